//! Budgets as a partner may know them: the funds of a version are exhausted or they
//! are not. No amounts of the budget itself, and nobody else's pay; only what the one
//! partner's own groups came to under versions whose funds ran out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::catalog::PartnerIx;
use crate::company::Company;
use crate::sales::PayoutRole;

use super::money;
use super::payout::PayoutLine;

/// A version of a program.
type Version = (String, u32);
/// A payout line of a version: its first day and transaction.
type Place = (NaiveDate, Option<String>);

/// The versions whose funds are exhausted, and one partner's own pay under them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Funds {
    exhausted: BTreeSet<Version>,
    paid: BTreeMap<(Version, Place), Decimal>,
}

impl Funds {
    /// Reads them off the payouts of everybody (PAYOUTS.md, step 7): a version's funds
    /// are exhausted once its own pay reached the budget or was cut to it.
    pub fn of(company: &Company, payouts: &[PayoutLine], partner: PartnerIx) -> Self {
        let digits = money::minor_digits(&company.catalog.currency);
        let mut used: BTreeMap<(&str, u32), (Decimal, bool)> = BTreeMap::new();
        for line in payouts.iter().filter(|p| p.role == PayoutRole::Own) {
            let entry = used.entry((&line.program_id, line.program_version)).or_default();
            entry.0 = money::add(entry.0, line.amount);
            entry.1 |= !line.budget_cut.is_zero();
        }
        let mut exhausted = BTreeSet::new();
        for version in company.programs.iter().flat_map(|p| &p.versions) {
            let Some(budget) = version.terms.caps.program_budget else { continue };
            let (paid, cut) =
                used.get(&(version.program.as_str(), version.version)).copied().unwrap_or_default();
            if cut || money::left(money::floor(budget, digits), paid).is_zero() {
                exhausted.insert((version.program.clone(), version.version));
            }
        }
        let own = payouts.iter().filter(|p| p.partner == partner && p.role == PayoutRole::Own);
        let paid = own
            .map(|p| (((p.program_id.clone(), p.program_version), place(p)), p.amount))
            .filter(|((version, _), _)| exhausted.contains(version))
            .collect();
        Self { exhausted, paid }
    }

    /// Whether the funds of a version are exhausted.
    pub fn are_exhausted(&self, program: &str, version: u32) -> bool {
        self.exhausted.contains(&(program.to_owned(), version))
    }

    /// What a payout line may come to; `None`: whatever it is due. Where the funds are
    /// exhausted a line gets what it got, and a new one nothing.
    pub(super) fn left(
        &self,
        (program, version): (&str, u32),
        start: NaiveDate,
        transaction: Option<&str>,
    ) -> Option<Decimal> {
        let version = (program.to_owned(), version);
        let place = (start, transaction.map(str::to_owned));
        let paid = self.exhausted.contains(&version).then(|| self.paid.get(&(version, place)).copied())?;
        Some(paid.unwrap_or_default())
    }
}

fn place(line: &PayoutLine) -> Place {
    (line.period_start, line.transaction_id.clone())
}
