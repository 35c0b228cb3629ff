//! Traces as a reader with a pocket calculator sees them: whole texts, each checked
//! by hand once and held since.

use super::rule_book::RuleBook;
use super::terms::{Accelerator, Clause, Growth, Measure, Pay, Rate, StackingMode, TierMode};
use super::testing::{World, d, percent_tiers, span, stacked, unit_tiers};
use super::trace::{TraceOf, trace};
use super::trace_text::render;
use crate::calendar::{PeriodKind, Span};
use crate::company::Company;

const YEAR: (&str, &str) = ("2026-01-01", "2026-12-31");

fn text(world: &World, partner: usize, period: (&str, &str)) -> String {
    told(&world.company(), &world.book(), partner, span(period.0, period.1))
}

fn told(company: &Company, book: &RuleBook, partner: usize, period: Span) -> String {
    let of = TraceOf { partner, program: "p", period, through: None, extra: &[] };
    render(&trace(company, book, of).expect("a trace"))
}

macro_rules! example {
    ($name:ident, $told:expr) => {
        #[test]
        fn $name() {
            let expected = include_str!(concat!("trace_examples/", stringify!($name), ".txt"));
            let told = $told;
            assert!(told == expected, "told:\n{told}\nexpected:\n{expected}");
        }
    };
}

example!(retroactive_tiers_with_a_true_up_and_a_return, {
    let mut world = World::new();
    let terms = world.program("p");
    terms.measure = Measure::Revenue;
    terms.period = PeriodKind::Quarter;
    terms.rate = percent_tiers(TierMode::Retroactive, &[("0", "2"), ("50000", "3")]);
    world.sale("T1", "A", "X1", "2026-05-31", "1", "40000");
    world.sale("T2", "A", "X1", "2026-06-15", "1", "30000");
    world.give_back("R1", "T2", "2026-08-20", "1", "25000");
    text(&world, 0, YEAR)
});

example!(marginal_tiers_with_accelerator_growth_cap_and_budget, {
    let mut world = World::new();
    let terms = world.program("p");
    terms.rate = percent_tiers(TierMode::Marginal, &[("2", "1"), ("10", "2.005")]);
    terms.target = Some(d("10"));
    terms.accelerator = Some(Accelerator { above_attainment: d("150"), multiplier: d("2") });
    terms.growth = Some(Growth { above: d("5") });
    terms.minimum = Some(d("10"));
    terms.caps.per_partner = Some(d("20"));
    terms.caps.program_budget = Some(d("25"));
    world.sale("L1", "A", "X1", "2025-07-01", "5", "500");
    world.sale("L2", "B", "X1", "2025-07-01", "5", "500");
    world.sale("T0", "A", "X1", "2026-06-01", "9", "900");
    world.sale("T1", "A", "X1", "2026-07-01", "20", "2000");
    world.sale("T2", "B", "X1", "2026-07-01", "16", "1600");
    text(&world, 0, YEAR)
});

example!(a_cap_of_the_month_across_two_versions, {
    let mut world = World::new();
    for (version, from, to, rate) in
        [(1, "2026-01-01", "2026-07-14", "40"), (2, "2026-07-15", "2026-12-31", "42.005")]
    {
        let terms = world.version("p", version);
        terms.effective = span(from, to);
        terms.rate = Rate::Flat(Pay::PerUnit(d(rate)));
        terms.caps.per_partner = Some(d("1000"));
    }
    world.sale("T1", "A", "X1", "2026-07-10", "20", "2000");
    world.sale("T2", "A", "X1", "2026-07-20", "10", "1000");
    world.sale("T3", "A", "X1", "2026-08-03", "3", "300");
    world.give_back("R1", "T1", "2026-09-01", "4", "400");
    text(&world, 0, YEAR)
});

example!(transactions_with_their_cap_that_of_the_month_and_the_budget, {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Transaction;
    terms.rate = Rate::Flat(Pay::Percent(d("5")));
    terms.caps.per_transaction = Some(d("50"));
    terms.caps.per_partner = Some(d("60.005"));
    terms.caps.program_budget = Some(d("70"));
    terms.growth = None;
    world.sale("T1/1", "A", "X1", "2026-07-01", "1", "1200");
    world.sale("T1/2", "A", "X2", "2026-07-01", "1", "33.33");
    world.sale("T2", "A", "X1", "2026-07-02", "1", "333.33");
    world.sale("T3", "A", "X1", "2026-08-02", "1", "500");
    world.give_back("R1", "T1/1", "2026-08-05", "1", "1000");
    text(&world, 0, YEAR)
});

example!(an_override_on_two_children, {
    let mut world = World::new();
    let terms = world.program("p");
    terms.override_percent = Some(d("1.5"));
    terms.eligible.tiers = vec!["Gold".into(), "Silver".into()];
    terms.caps.per_partner = Some(d("40"));
    world.sale("T1", "A", "X1", "2026-07-01", "1", "1234.50");
    world.sale("T2", "B", "X1", "2026-07-03", "2", "999.99");
    world.sale("T3", "A", "X1", "2026-07-04", "1", "600");
    world.sale("T4", "D", "X1", "2026-07-04", "1", "600");
    world.give_back("R1", "T2", "2026-08-03", "1", "333.33");
    text(&world, 2, YEAR)
});

example!(sales_that_do_not_count, {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Transaction;
    terms.rate = Rate::Flat(Pay::Percent(d("4")));
    terms.effective = span("2026-02-01", "2026-12-31");
    terms.applies_to.skus = vec!["X1".into(), "S1".into()];
    terms.bundle = vec!["X1".into(), "S1".into()];
    terms.eligible.new_customer_only = true;
    terms.eligible.deal_registration_required = true;
    terms.eligible.tiers = vec!["Gold".into()];
    terms.claim_within_days = Some(30);
    terms.stacking = stacked("g", StackingMode::BestOf, 2);
    let rival = world.program("rival");
    rival.period = PeriodKind::Transaction;
    rival.rate = Rate::Flat(Pay::PerUnit(d("9")));
    rival.applies_to.skus = vec!["X1".into()];
    rival.stacking = stacked("g", StackingMode::BestOf, 1);
    world.partner("A").tier_history = vec![(super::testing::day("2026-03-01"), "Gold".into())];
    world.partner("A").tier = "Silver".into();
    world.registration("D1", "A", "X1", "2026-03-05", Some("2026-05-31"));
    world.registration("D2", "A", "S1", "2026-03-05", None);
    world.sale("T1", "A", "X1", "2026-01-15", "1", "100");
    world.sale("T2", "A", "X2", "2026-03-15", "1", "100");
    world.sale("T3", "A", "X1", "2026-02-15", "1", "100");
    world.sale("T4", "A", "X1", "2026-03-15", "1", "100");
    world.sale("T5", "A", "X1", "2026-03-02", "1", "100").registered("D1");
    world.sale("T6", "A", "X1", "2026-06-02", "1", "100").registered("D1");
    world.sale("T7", "A", "X1", "2026-04-02", "1", "100").registered("D2");
    world.sale("T8/1", "A", "X1", "2026-04-03", "10", "1000").registered("D1").customer("C1");
    world
        .sale("T8/2", "A", "S1", "2026-04-03", "1", "300")
        .registered("D2")
        .customer("C1")
        .reported("2026-05-03");
    world
        .sale("T8/3", "A", "S1", "2026-04-03", "1", "200")
        .registered("D2")
        .customer("C1")
        .reported("2026-05-04");
    world.sale("T9", "A", "X1", "2026-04-04", "1", "100").registered("D1").customer("C2");
    world.sale("U1", "A", "X1", "2026-04-05", "1", "100").registered("D1").customer("C1");
    world.give_back("R1", "T9", "2026-05-01", "1", "100");
    text(&world, 0, YEAR)
});

example!(a_scenario_laid_over_the_middle_of_a_quarter, {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Quarter;
    terms.measure = Measure::Revenue;
    terms.rate = unit_tiers(TierMode::Retroactive, &[("1000", "40"), ("3000", "45")]);
    terms.minimum = Some(d("1500"));
    world.sale("T1", "A", "X1", "2026-07-10", "8", "800");
    world.sale("T2", "A", "X1", "2026-08-10", "9", "900");
    world.sale("T3", "A", "X1", "2026-09-10", "10", "1500");
    let mut company = world.company();
    company.programs[0].versions[0].clauses = vec![Clause {
        number: "3.1".into(),
        heading: "Calculation".into(),
        text: "$40 a unit.".into(),
        line: 1,
    }];
    let mut book = world.book();
    book.program_mut("p").expect("a program").overlay(span("2026-08-01", "2026-08-31"), None, |terms| {
        let rate = unit_tiers(TierMode::Retroactive, &[("1000", "42"), ("3000", "47.25")]);
        Some(super::Terms { rate, ..terms.clone() })
    });
    told(&company, &book, 0, span("2026-07-01", "2026-09-30"))
});

example!(yen_have_no_cents, {
    let mut world = World::new();
    let terms = world.currency("JPY").program("p");
    terms.measure = Measure::Revenue;
    terms.rate = percent_tiers(TierMode::Marginal, &[("0", "1.25"), ("100000", "2.5")]);
    terms.target = Some(d("100000"));
    terms.accelerator = Some(Accelerator { above_attainment: d("100"), multiplier: d("0.5") });
    world.sale("T1", "A", "X1", "2026-07-10", "1", "99999");
    world.sale("T2", "A", "X1", "2026-07-11", "1", "12345");
    text(&world, 0, YEAR)
});
