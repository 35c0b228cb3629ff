//! Marks on the branches of the naive calculator, for tests alone: the random worlds must
//! reach every one of them, so that no rule is agreed upon because it was never tried.
//! In an ordinary build a mark is nothing.

/// `reached!("caps.used_up")`, or `reached!("pay.at_a_tier" if from == measure)`.
macro_rules! reached {
    ($name:literal) => {
        reached!($name if true)
    };
    ($name:literal if $holds:expr) => {
        if cfg!(test) && $holds {
            $crate::naive::marks::reach($name);
        }
    };
}
pub(super) use reached;

#[cfg(test)]
pub use recorded::{MARKS, reach, take};

#[cfg(not(test))]
pub fn reach(_: &'static str) {}

#[cfg(test)]
mod recorded {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    thread_local! {
        static REACHED: RefCell<BTreeSet<&'static str>> = const { RefCell::new(BTreeSet::new()) };
    }

    /// Notes that this thread came by.
    pub fn reach(mark: &'static str) {
        REACHED.with_borrow_mut(|reached| reached.insert(mark));
    }

    /// What this thread reached since it was last asked.
    pub fn take() -> BTreeSet<&'static str> {
        REACHED.with_borrow_mut(std::mem::take)
    }

    /// Every mark there is.
    pub const MARKS: [&str; 86] = [
        "budget.cents_left_over",
        "budget.just_enough",
        "budget.lowest_of_a_change",
        "budget.nothing_left",
        "budget.shared",
        "budget.tie",
        "budget.transaction_cut",
        "budget.transaction_just_enough",
        "budget.transaction_nothing_left",
        "caps.cut_inside_a_line",
        "caps.finer_than_a_coin",
        "caps.just_enough",
        "caps.month_cut",
        "caps.month_just_enough",
        "caps.reason_of_some_lines",
        "caps.transaction_cut",
        "caps.two_versions_in_a_group",
        "caps.two_versions_in_a_transaction",
        "caps.used_up",
        "lookup.bundle_of_two",
        "lookup.bytes_of_line_numbers",
        "lookup.changed_for_some_partners",
        "lookup.changed_terms",
        "lookup.new_customer",
        "lookup.no_customer",
        "lookup.tier_before_the_first_row",
        "lookup.tier_on_its_first_day",
        "lookup.two_changes_on_a_day",
        "overrides.cut",
        "overrides.inactive_parent",
        "overrides.of_a_transaction",
        "overrides.of_two_children",
        "overrides.of_two_versions",
        "own.baseline_of_some_lines",
        "own.period_cut_at_its_end",
        "own.period_cut_at_its_start",
        "own.target_of_a_row",
        "own.target_of_neither",
        "own.target_of_the_terms",
        "pay.accelerated",
        "pay.at_a_tier",
        "pay.below_minimum",
        "pay.below_the_first_tier",
        "pay.decelerated",
        "pay.grown",
        "pay.grown_to_the_mark",
        "pay.growth_of_nothing",
        "pay.in_an_upper_tier",
        "pay.line_in_three_parts",
        "pay.mark_between_lines",
        "pay.mark_inside_a_line",
        "pay.minimum_just_met",
        "pay.no_baseline",
        "pay.no_measure_marginal",
        "pay.no_measure_whole",
        "pay.not_grown",
        "qualify.covered_by_family_alone",
        "qualify.registration_of_another",
        "qualify.registration_on_its_first_day",
        "qualify.registration_on_its_last_day",
        "qualify.registration_unknown",
        "qualify.reported_on_the_last_day",
        "returns.after_a_month_with_a_cap",
        "returns.again_from_a_group",
        "returns.again_of_a_line",
        "returns.in_a_later_period",
        "returns.in_the_same_period",
        "returns.more_due_than_paid",
        "returns.of_a_budget_that_ran_out",
        "returns.of_a_capped_group",
        "returns.of_a_line_that_does_not_count",
        "returns.of_an_override",
        "returns.of_two_versions",
        "returns.own",
        "returns.still_due",
        "returns.summed",
        "returns.written_negative",
        "round.half",
        "stacking.best_of",
        "stacking.best_of_after_the_cap",
        "stacking.best_of_tie",
        "stacking.best_of_tie_of_priority",
        "stacking.exclusive",
        "stacking.exclusive_among_others",
        "stacking.exclusive_tie",
        "stacking.stack",
    ];
}
