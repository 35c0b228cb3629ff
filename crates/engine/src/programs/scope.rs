//! Which programs and partners must be looked at so that the asked-for payouts are
//! right: stacking needs the rivals of a program, a budget everybody who draws on
//! it, an override the children. Decides no pay.

use crate::catalog::PartnerIx;

use super::ledger::Ledger;
use super::rules::ProgramIx;
use super::settle::SettleOptions;
use super::stacking;

/// What to look at.
#[derive(Debug, Clone)]
pub struct Scope {
    /// By position in the rule book.
    pub programs: Vec<ProgramScope>,
    /// The partners asked for and their children; `None`: everyone.
    partners: Option<Vec<bool>>,
    /// The partner asked for.
    payee: Option<PartnerIx>,
}

/// What to do about one program.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProgramScope {
    /// Its payouts are asked for.
    pub paid: bool,
    /// Its say on lines matters.
    needed: bool,
    /// It must be looked at for all partners.
    everyone: bool,
}

impl Scope {
    /// The scope of the options.
    pub fn new(ledger: &Ledger<'_>, program_ids: &[&str], options: &SettleOptions<'_>) -> Self {
        let asked = |id: &str| options.program.is_none_or(|program| program == id);
        let mut programs: Vec<ProgramScope> = program_ids
            .iter()
            .map(|id| ProgramScope { paid: asked(id), ..ProgramScope::default() })
            .collect();
        for program in (0..programs.len()).filter(|p| asked(program_ids[*p])) {
            let budget = ledger.rules.of(program).any(|r| r.terms.caps.program_budget.is_some());
            for rival in stacking::rivals(ledger, program) {
                programs[rival].needed = true;
                programs[rival].everyone |= budget;
            }
        }
        let partners = options.partner.map(|payee| {
            let all = ledger.company.catalog.partners.iter().enumerate();
            all.map(|(ix, p)| ix == payee || p.parent == Some(payee)).collect()
        });
        Self { programs, partners, payee: options.partner }
    }

    /// Whether a program's say on a partner's lines matters.
    pub fn needs(&self, program: ProgramIx, partner: PartnerIx) -> bool {
        let scope = self.programs[program];
        scope.needed && (scope.everyone || self.partners.as_ref().is_none_or(|p| p[partner]))
    }

    /// Whether payouts to this partner are asked for.
    pub fn pays(&self, partner: PartnerIx) -> bool {
        self.payee.is_none_or(|payee| payee == partner)
    }
}
