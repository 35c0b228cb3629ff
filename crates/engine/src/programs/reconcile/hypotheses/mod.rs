//! What may have gone wrong with a line: a table of hypotheses, each of which pays
//! the line again as if it were true. One that gives the recorded amount to the cent
//! explains it. The rarer the facts a hypothesis needs (a cap that cut, a late line),
//! the earlier it stands: where several give the same amount, that one is likelier,
//! and the others are told as well.

mod booking;
mod caps;
mod reading;
mod returns;
mod rounding;
mod tests_lifted;
mod versions;

use crate::programs::cite::Topic;

use super::bench::Bench;
use super::report::DifferenceReason as Why;

pub(super) use booking::{doubled, unbooked, wrong_sign};

/// An explanation that gives the recorded amount.
#[derive(Debug, Clone)]
pub(super) struct Explanation {
    /// A sentence without a full stop that goes on from "is what comes out".
    pub cause: String,
    /// Where the rule stands.
    pub topic: Topic,
    /// Transactions it names.
    pub transactions: Vec<String>,
    /// Version whose clause is cited; `None`: the line's own.
    pub version: Option<u32>,
}

impl Explanation {
    fn new(cause: impl Into<String>, topic: Topic) -> Self {
        Self { cause: cause.into(), topic, transactions: Vec::new(), version: None }
    }
}

/// One row of the table.
struct Hypothesis {
    why: Why,
    explain: fn(&Bench<'_>) -> Option<Explanation>,
    /// Whether a cap may have been left out on top.
    with_caps_off: bool,
}

const fn row(why: Why, explain: fn(&Bench<'_>) -> Option<Explanation>) -> Hypothesis {
    Hypothesis { why, explain, with_caps_off: false }
}

const fn row_of_terms(why: Why, explain: fn(&Bench<'_>) -> Option<Explanation>) -> Hypothesis {
    Hypothesis { why, explain, with_caps_off: true }
}

/// Replays, the ones that need the rarest facts first.
const TABLE: [Hypothesis; 17] = [
    row(Why::CapNotApplied, caps::not_applied),
    row_of_terms(Why::MinimumIgnored, reading::minimum_ignored),
    row_of_terms(Why::GrowthIgnored, reading::growth_ignored),
    row_of_terms(Why::TierMisread, reading::tier_misread),
    row_of_terms(Why::TargetMisread, reading::target_misread),
    row_of_terms(Why::AcceleratorMissed, reading::accelerator_missed),
    row_of_terms(Why::LateReportPaid, tests_lifted::late_report),
    row_of_terms(Why::IneligiblePartnerPaid, tests_lifted::ineligible_partner),
    row_of_terms(Why::RegistrationMissingPaid, tests_lifted::registration),
    row_of_terms(Why::ExistingCustomerPaid, tests_lifted::new_customer),
    row_of_terms(Why::IncompleteBundlePaid, tests_lifted::bundle),
    row_of_terms(Why::SupersededProgramPaid, tests_lifted::superseded),
    row(Why::OutsideDatesPaid, tests_lifted::outside_dates),
    row(Why::OverrideMissed, booking::child_missed),
    row(Why::ReturnNotClawedBack, returns::not_clawed_back),
    row_of_terms(Why::WrongVersionRate, versions::wrong_version),
    row(Why::Rounding, rounding::rounded_otherwise),
];

/// Explanations by replay that fit, in the order of the table. Only where none does,
/// those that need a cap left out on top.
pub(super) fn by_replay(bench: &mut Bench<'_>) -> Vec<(Why, Explanation)> {
    let all = |bench: &Bench<'_>| -> Vec<(Why, Explanation)> {
        let rows = TABLE.iter().filter(|h| h.with_caps_off || !bench.uncapped);
        rows.filter_map(|h| Some((h.why, (h.explain)(bench)?))).collect()
    };
    let fit = all(bench);
    let capped = bench.terms().is_some_and(|t| t.caps != Default::default());
    if !fit.is_empty() || !capped {
        return fit;
    }
    bench.uncapped = true;
    let mut fit = all(bench);
    for (_, explanation) in &mut fit {
        explanation.cause.push_str(", and no cap is applied");
    }
    bench.uncapped = false;
    fit
}
