//! How what is left of a budget is shared between the versions of a draft. Under one budget
//! the first sales take first: so the version that holds the change gets what the forecast
//! says it may pay, and the days after it the rest. The share by days
//! (`programs::revise`) stays where the forecast does not tell.

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use spiffcast_engine::forecast::Forecast;
use spiffcast_engine::programs::revise::{Part, Revised, Revision};

/// A version after the change keeps one part in so many of its share by days: nothing is
/// no budget.
const KEPT_PART: i64 = 10;

/// Shares the budget of a change by the forecast, whose `arm` is the option drafted; whether
/// it could. Together the versions have what they had.
pub fn by_forecast(revised: &mut Revised, forecast: &Forecast, arm: usize) -> bool {
    let shared = match revised.budgets.as_slice() {
        [budget] => budget.version,
        _ => return false,
    };
    let Some(need) = need(&revised.program, forecast, arm) else { return false };
    let own = |r: &&mut Revision| r.base == shared && r.terms.caps.program_budget.is_some();
    let of_change = |r: &Revision| {
        let days = r.terms.effective;
        r.part == Part::Changed && days.start == forecast.horizon.start && days.end == forecast.horizon.end
    };
    let (mut changed, others): (Vec<&mut Revision>, Vec<&mut Revision>) =
        revised.revisions.iter_mut().filter(own).partition(|r| of_change(r));
    let [changed] = changed.as_mut_slice() else { return false };
    let end = changed.terms.effective.end;
    // What comes before it has its own share, and what it earned.
    let mut later: Vec<&mut Revision> =
        others.into_iter().filter(|r| r.terms.effective.start > end).collect();
    if later.is_empty() {
        return false;
    }
    let budget = |r: &Revision| r.terms.caps.program_budget.unwrap_or_default();
    let kept = |r: &Revision| (budget(r) / Decimal::from(KEPT_PART)).floor().max(Decimal::ONE);
    let after: Decimal = later.iter().map(|r| budget(r)).sum();
    let pool = budget(changed) + after;
    let share = need.min(pool - later.iter().map(|r| kept(r)).sum::<Decimal>());
    if share < Decimal::ONE {
        return false;
    }
    // The rest as it was shared: by days, in whole units; what does not divide is nobody's.
    let rest = pool - share;
    let parts: Vec<Decimal> = later.iter().map(|r| (rest * budget(r) / after).floor()).collect();
    if parts.iter().any(|part| part.is_zero()) {
        return false;
    }
    changed.terms.caps.program_budget = Some(share);
    for (revision, part) in later.iter_mut().zip(parts) {
        revision.terms.caps.program_budget = Some(part);
    }
    true
}

/// What the change may pay in its days: the upper end of 8 in 10 outcomes, in whole units.
fn need(program: &str, forecast: &Forecast, arm: usize) -> Option<Decimal> {
    let row = forecast.by.program.iter().find(|row| row.key == program)?;
    let pay = row.metrics.get("payout")?.options.get(arm)?;
    let most = pay.outcome_p90.or(pay.p90).or(pay.mean)?;
    Decimal::from_f64(most.max(0.0)).map(|most| most.ceil())
}
