//! Caps and budgets hold, and what they cut they cut to the cent.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::history::{deals, register, world};
use super::sample::versions;
use crate::calendar::{Month, PeriodKind};
use crate::programs::PayoutLine;
use crate::sales::PayoutRole;

/// What a cap of the partner counts: the calendar month of transactions, else the
/// period of the line.
fn counted(line: &PayoutLine, period: PeriodKind) -> (String, String) {
    let span = match period {
        PeriodKind::Transaction => Month::of(line.period_start).key(),
        _ => line.period_start.to_string(),
    };
    (line.partner_id.clone(), span)
}

proptest! {
    /// No transaction, no partner's month or period, of own pay or of overrides, is
    /// paid more than its cap; and where a cap cut something, the transaction's cap or
    /// the partner's is used up to the cent. Conditions: one version a period (two
    /// that share a cap are rounded apart and may pass it by a cent); caps in whole
    /// cents.
    #[test]
    fn caps_hold_exactly(p in versions(), deals in deals()) {
        let p = p.alone();
        let mut world = world(&p, &deals);
        register(&mut world);
        let caps = p.one.caps;
        for role in [PayoutRole::Own, PayoutRole::Override] {
            let mut used: BTreeMap<(String, String), Decimal> = BTreeMap::new();
            // In the order in which transactions count: the days do not repeat a
            // partner's transaction, and ids break ties as bytes.
            for line in world.settle().iter().filter(|l| l.role == role) {
                let used = used.entry(counted(line, p.one.period)).or_default();
                let due = line.amount + line.budget_cut;
                let to_transaction = caps.per_transaction.is_some_and(|cap| due == cap);
                let to_partner = caps.per_partner.is_some_and(|cap| *used + due == cap);
                prop_assert!(line.cap_cut.is_zero() || to_transaction || to_partner, "{line:?}");
                *used += line.amount;
                if role == PayoutRole::Own {
                    prop_assert!(caps.per_transaction.is_none_or(|cap| line.amount <= cap), "{line:?}");
                }
                prop_assert!(caps.per_partner.is_none_or(|cap| *used <= cap), "{line:?}");
            }
        }
    }

    /// No version pays more than its budget as own pay; where the budget cut
    /// something, it is used up to the cent, and nothing is cut before the period
    /// (or transaction) in which it ran out. Overrides are not cut. Conditions:
    /// budgets in whole cents.
    #[test]
    fn budgets_hold_exactly(p in versions(), deals in deals()) {
        let mut world = world(&p, &deals);
        register(&mut world);
        let payouts = world.settle();
        for (version, terms) in [(1, Some(&p.one)), (2, p.two.as_ref())] {
            let lines = || payouts.iter().filter(move |l| l.program_version == version);
            prop_assert!(lines().all(|l| l.role == PayoutRole::Own || l.budget_cut.is_zero()));
            let own = || lines().filter(|l| l.role == PayoutRole::Own);
            let Some(budget) = terms.and_then(|t| t.caps.program_budget) else {
                prop_assert!(own().all(|l| l.budget_cut.is_zero()));
                continue;
            };
            let paid: Decimal = own().map(|l| l.amount).sum();
            prop_assert!(paid <= budget, "{paid} {budget}");
            if let Some(first) = own().find(|l| !l.budget_cut.is_zero()) {
                prop_assert_eq!(paid, budget);
                let later = own().filter(|l| l.period_start > first.period_end);
                prop_assert_eq!(later.map(|l| l.amount).sum::<Decimal>(), Decimal::ZERO);
            }
        }
    }
}
