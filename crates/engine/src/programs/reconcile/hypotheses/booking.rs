//! What went wrong in the books rather than with a rule: not booked, booked with the
//! wrong sign, booked twice.

use crate::programs::cite;
use crate::sales::PayoutRole;

use super::super::bench::{Bench, Case};
use super::super::report::DifferenceReason as Why;
use super::Explanation;

/// Why a line that is due is not in the books, by its role.
pub(in super::super) fn unbooked(role: PayoutRole) -> Why {
    match role {
        PayoutRole::Own => Why::Missing,
        PayoutRole::Override => Why::OverrideMissed,
        PayoutRole::Clawback => Why::ReturnNotClawedBack,
    }
}

/// Due with the other sign.
pub(in super::super) fn wrong_sign(case: &Case<'_>) -> bool {
    !case.expected.is_zero() && case.recorded == -case.expected
}

/// Twice what is due, in one row.
pub(in super::super) fn doubled(case: &Case<'_>) -> bool {
    !case.expected.is_zero() && case.recorded == case.expected + case.expected
}

/// An override without one of the children.
pub(super) fn child_missed(bench: &Bench<'_>) -> Option<Explanation> {
    if bench.case.key.role != PayoutRole::Override || bench.case.recorded >= bench.case.expected {
        return None;
    }
    let partners = &bench.excerpt.company.catalog.partners;
    let mut sellers: Vec<usize> = bench
        .verdicts
        .iter()
        .filter(|(_, reason)| reason.is_none())
        .map(|(ix, _)| bench.line(*ix).partner)
        .collect();
    sellers.sort_unstable();
    sellers.dedup();
    let missed =
        sellers.into_iter().find(|child| bench.facts_give(|c| c.lines.retain(|l| l.partner != *child)))?;
    let cause = format!("without the sales of {}", partners[missed].id);
    Some(Explanation::new(cause, cite::OVERRIDE))
}
