//! A cap or the budget was left out (PAYOUTS.md, step 7).

use rust_decimal::Decimal;

use crate::programs::cite;
use crate::programs::terms::{Caps, Terms};

use super::super::bench::Bench;
use super::super::excerpt::short_budget;
use super::Explanation;

/// Paid without one of the limits, or without any.
pub(super) fn not_applied(bench: &Bench<'_>) -> Option<Explanation> {
    let own = bench.terms()?.caps;
    let amount = |cap: Option<Decimal>| cap.map(|c| c.normalize().to_string());
    let budget = short_budget(bench.case.due).then_some(own.program_budget).flatten();
    let partner = amount(own.per_partner)
        .map(|cap| (Caps { per_partner: None, ..own }, "cap of a partner", cap, cite::PARTNER_CAP));
    let transaction = amount(own.per_transaction).map(|cap| {
        (Caps { per_transaction: None, ..own }, "cap of a transaction", cap, cite::TRANSACTION_CAP)
    });
    let short = amount(budget)
        .map(|cap| (Caps { program_budget: None, ..own }, "budget of the version", cap, cite::BUDGET));
    for (left, what, cap, topic) in [partner, transaction, short].into_iter().flatten() {
        if without(bench, left) {
            return Some(Explanation::new(format!("without the {what}, {cap}"), topic));
        }
    }
    if without(bench, Caps::default()) {
        return Some(Explanation::new("without any cap or budget", cite::PARTNER_CAP));
    }
    by_version(bench)
}

/// The budget is kept as the excerpt holds it, unless it is what is left out.
fn without(bench: &Bench<'_>, caps: Caps) -> bool {
    bench.terms_give(|terms| {
        let program_budget = caps.program_budget.and(terms.caps.program_budget);
        Terms { caps: Caps { program_budget, ..caps }, ..terms.clone() }
    })
}

/// The cap counts the whole period, not every version by itself.
fn by_version(bench: &Bench<'_>) -> Option<Explanation> {
    let cap = bench.terms()?.caps.per_partner?;
    let whole =
        bench.terms_give(|terms| Terms { caps: Caps { per_partner: None, ..terms.caps }, ..terms.clone() });
    let alone = bench.gave()?.min(cap);
    let fits = !whole && alone == bench.case.recorded && alone != bench.case.expected;
    let cause = "if the cap of a partner is counted for this version alone instead of the whole period";
    fits.then(|| Explanation::new(cause, cite::PARTNER_CAP))
}
