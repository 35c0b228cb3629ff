//! A return was left out of a clawback (PAYOUTS.md, step 10).

use crate::programs::cite;
use crate::programs::ledger::LineIx;
use crate::sales::{LineKind, PayoutRole};

use super::super::bench::Bench;
use super::Explanation;

/// Returns of one period that are tried, each left out alone.
const RETURNS_TRIED_MAX: usize = 60;

/// The clawback without one of the returns of its period.
pub(super) fn not_clawed_back(bench: &Bench<'_>) -> Option<Explanation> {
    let key = &bench.case.key;
    if key.role != PayoutRole::Clawback || bench.case.recorded.abs() >= bench.case.expected.abs() {
        return None;
    }
    let lines = bench.excerpt.company.lines.iter().enumerate();
    let returns: Vec<LineIx> = lines
        .filter(|(_, l)| l.kind == LineKind::Return && key.period.contains(l.sold_on))
        .map(|(ix, _)| ix)
        .collect();
    let left_out = returns.into_iter().take(RETURNS_TRIED_MAX).find(|ix| {
        bench.facts_give(|company| {
            company.lines.remove(*ix);
        })
    })?;
    let line = bench.line(left_out);
    let of = line.original_transaction_id.as_deref().unwrap_or_default();
    let cause = format!("without the return {} of {of} on {}", line.transaction_id, line.sold_on);
    Some(Explanation { transactions: bench.names(&[left_out]), ..Explanation::new(cause, cite::RETURNS) })
}
