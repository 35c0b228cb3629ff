//! What holds of every program and every history.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;

use super::history::{backs, deals, give_back, of_partner, register, sum, world};
use super::sample::{self, versions};
use crate::programs::terms::StackingMode;
use crate::programs::testing::{World, day, span};
use crate::programs::trace::{TraceOf, trace};
use crate::programs::{PayoutLine, SettleOptions, settle};
use crate::sales::PayoutRole;

const PARTNERS: [&str; 3] = ["A", "B", "D"];

/// A whole company: program `p` and a rival `q` in its group, sales and returns.
fn company() -> impl Strategy<Value = World> {
    let mode = prop_oneof![Just(StackingMode::Stack), Just(StackingMode::Exclusive)];
    (versions(), versions(), mode, 0i64..3, deals(), backs()).prop_map(
        |(p, q, mode, priority, deals, backs)| {
            let (p, q) = sample::stacked(p, &q, mode, priority);
            let mut world = world(&p, &deals);
            *world.version("q", 1) = q;
            register(&mut world);
            give_back(&mut world, &deals, &backs);
            world
        },
    )
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let company = self.company();
        f.debug_struct("World").field("programs", &company.programs).field("lines", &company.lines).finish()
    }
}

proptest! {
    /// Own pay and overrides are never negative, clawbacks never positive, and what
    /// was clawed back of a partner's own pay is never more than was paid.
    /// Conditions: no override, for the last one: an override is clawed back by
    /// percent of the returned revenue, which asks neither for caps nor for what was paid.
    #[test]
    fn own_pay_is_never_negative(world in company()) {
        let payouts = world.settle();
        for line in &payouts {
            let negative = line.role == PayoutRole::Clawback;
            prop_assert!(if negative { line.amount <= Decimal::ZERO } else { line.amount >= Decimal::ZERO }, "{line:?}");
            prop_assert!(line.cap_cut >= Decimal::ZERO && line.budget_cut >= Decimal::ZERO, "{line:?}");
        }
        for (partner, program) in PARTNERS.iter().flat_map(|partner| [(partner, "p"), (partner, "q")]) {
            let of_program = of_partner(&payouts, partner).filter(|l| l.program_id == program);
            // Only D is a parent, so that A and B hold own pay alone.
            prop_assert!(*partner == "D" || sum(of_program) >= Decimal::ZERO);
        }
    }

    /// Lines sum to the total: every line is base + uplift − cuts in whole cents, the
    /// totals of payouts and funds are all lines, and the traces of all partners and
    /// programs tell the same sum. Conditions: none.
    #[test]
    fn lines_sum_to_the_total(world in company()) {
        let (company, book) = (world.company(), world.book());
        let settled = settle(&company, &book, &SettleOptions::default());
        for line in &settled.payouts {
            prop_assert_eq!(line.base + line.uplift - line.cap_cut - line.budget_cut, line.amount, "{:?}", line);
            prop_assert_eq!(line.amount.round_dp(2), line.amount);
        }
        let all = sum(settled.payouts.iter());
        prop_assert_eq!(settled.total() + settled.fund_accrual(), all);
        let mut told = Decimal::ZERO;
        for (partner, program) in (0..3).flat_map(|partner| [(partner, "p"), (partner, "q")]) {
            let period = span("2025-01-01", "2028-12-31");
            let of = TraceOf { partner, program, period, through: None, extra: &[] };
            let trace = trace(&company, &book, of).expect("a trace");
            told += trace.groups.iter().map(|g| g.paid).chain(trace.clawbacks.iter().map(|c| c.amount)).sum::<Decimal>();
        }
        prop_assert_eq!(told, all);
    }

    /// Replays are idempotent: the same company settled again, settled through a day
    /// first, settled with some lines handed in as imagined ones, or asked for one
    /// partner and program at a time, owes the same. Conditions: none.
    #[test]
    fn replays_are_idempotent(world in company(), on in 1u32..=12, every in 1usize..4) {
        let (mut company, book) = (world.company(), world.book());
        let all = settle(&company, &book, &SettleOptions::default());
        let through = Some(day(&format!("2026-{on:02}-15")));
        let early = settle(&company, &book, &SettleOptions { through, ..SettleOptions::default() });
        prop_assert_eq!(&settle(&company, &book, &SettleOptions::default()), &all);
        for (partner, program) in (0..3).flat_map(|partner| [(partner, "p"), (partner, "q")]) {
            let options = SettleOptions { partner: Some(partner), program: Some(program), ..SettleOptions::default() };
            let of_both = |p: &&PayoutLine| p.partner == partner && p.program_id == program;
            let asked: Vec<PayoutLine> = all.payouts.iter().filter(of_both).cloned().collect();
            prop_assert_eq!(settle(&company, &book, &options).payouts, asked);
        }
        let lines = company.lines.clone();
        let imagined = |at: &usize| at.is_multiple_of(every);
        let pick = |keep: bool| (0..lines.len()).filter(|at| imagined(at) == keep).map(|at| lines[at].clone()).collect::<Vec<_>>();
        company.lines = pick(false);
        let extra = pick(true);
        prop_assert_eq!(&settle(&company, &book, &SettleOptions { extra: &extra, ..SettleOptions::default() }), &all);
        company.lines = lines.into_iter().filter(|line| Some(line.sold_on) <= through).collect();
        prop_assert_eq!(settle(&company, &book, &SettleOptions::default()), early);
    }
}

/// The samples are worth something: among a few hundred of them every role, every
/// cut and every reason of a payout occurs.
#[test]
fn the_samples_reach_every_step() {
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..400 {
        let world = company().new_tree(&mut runner).expect("a sample").current();
        for line in world.settle() {
            let mut see =
                |what: &str, is: bool| is.then(|| seen.insert(format!("{} {what}", line.role.as_str())));
            see("paid", line.amount > Decimal::ZERO);
            see("cap", line.cap_cut > Decimal::ZERO);
            see("budget", line.budget_cut > Decimal::ZERO);
            see("faster", line.uplift > Decimal::ZERO);
            see("slower", line.uplift < Decimal::ZERO && line.amount > Decimal::ZERO);
            see("taken", line.amount < Decimal::ZERO);
            see(line.reason.as_ref().map_or("", |reason| reason.name()), line.reason.is_some());
        }
    }
    let expected = [
        "clawback taken",
        "override cap",
        "override paid",
        "own below_minimum",
        "own budget",
        "own budget_exhausted",
        "own cap",
        "own faster",
        "own no_baseline",
        "own paid",
        "own slower",
    ];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}
