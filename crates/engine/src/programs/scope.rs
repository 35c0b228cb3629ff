//! Which programs and partners must be looked at so that the asked-for payouts are
//! right: stacking needs the rivals of a program, a budget everybody who draws on
//! it, an override the children. Decides no pay.

use crate::catalog::PartnerIx;

use super::ledger::Ledger;
use super::settle::SettleOptions;
use super::sieve::RuleSet;
use super::stacking;

/// What to look at.
#[derive(Debug, Clone)]
pub struct Scope {
    /// By position in the rule book.
    pub programs: Vec<ProgramScope>,
    /// The partners asked for and their children; `None`: everyone.
    partners: Option<Vec<bool>>,
    /// The rules that matter for them.
    of_asked: RuleSet,
    /// The rules that matter for everybody else.
    of_others: RuleSet,
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
        let rules = &ledger.rules.rules;
        Self {
            of_asked: RuleSet::of(rules, |r| programs[r.program].needed),
            of_others: RuleSet::of(rules, |r| programs[r.program].needed && programs[r.program].everyone),
            programs,
            partners,
        }
    }

    /// The rules whose say on a partner's lines matters.
    pub(crate) fn rules(&self, partner: PartnerIx) -> &RuleSet {
        let asked = self.partners.as_ref().is_none_or(|asked| asked[partner]);
        if asked { &self.of_asked } else { &self.of_others }
    }
}
