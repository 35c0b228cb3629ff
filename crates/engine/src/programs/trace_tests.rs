//! Traces: nothing is left out, and the steps add up to what is paid.

use rust_decimal::Decimal;

use super::front_matter;
use super::settle::{SettleOptions, settle};
use super::terms::{Accelerator, Growth, Measure, Pay, Rate, StackingMode, TierMode};
use super::testing::{World, d, percent_tiers, span, stacked};
use super::trace::{Trace, TraceOf, trace};
use super::trace_text::render;
use crate::calendar::{PeriodKind, Span};

fn of<'t>(program: &'t str, partner: usize, period: Span) -> TraceOf<'t> {
    TraceOf { partner, program, period, through: None, extra: &[] }
}

fn traced(world: &World, program: &str, partner: usize) -> Trace {
    let year = span("2026-01-01", "2026-12-31");
    trace(&world.company(), &world.book(), of(program, partner, year)).expect("a trace")
}

/// Step names and amounts of the first group.
fn steps(trace: &Trace) -> Vec<String> {
    trace.groups[0].steps.iter().map(|s| format!("{} {}", s.step, s.amount)).collect()
}

#[test]
fn the_true_up_is_a_step_of_its_own() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.measure = Measure::Revenue;
    terms.period = PeriodKind::Quarter;
    terms.rate = percent_tiers(TierMode::Retroactive, &[("0", "2"), ("50000", "3")]);
    world.sale("T1", "A", "X1", "2026-05-31", "1", "40000");
    world.sale("T2", "A", "X1", "2026-06-15", "1", "30000");
    world.give_back("R1", "T2", "2026-08-20", "1", "25000");
    let trace = traced(&world, "p", 0);
    assert_eq!(steps(&trace), ["base 800", "base 900", "true_up 400"]);
    assert_eq!(trace.groups[0].steps[2].detail, "40000 × 3% − 800 earned when sold, once 50000 was reached");
    assert_eq!(trace.clawbacks[0].detail, "paid 2100 − taken back before 0 − still due 900");
    assert_eq!(trace.total, d("900"));
}

#[test]
fn every_step_from_base_to_budget_is_told() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.rate = percent_tiers(TierMode::Marginal, &[("0", "1"), ("10", "2.005")]);
    terms.target = Some(d("10"));
    terms.accelerator = Some(Accelerator { above_attainment: d("150"), multiplier: d("2") });
    terms.growth = Some(Growth { above: d("0") });
    terms.caps.per_partner = Some(d("20"));
    terms.caps.program_budget = Some(d("15"));
    world.sale("L1", "A", "X1", "2025-07-01", "5", "500");
    world.sale("T1", "A", "X1", "2026-07-01", "20", "2000");
    let trace = traced(&world, "p", 0);
    // 1000·1% + 1000·2.005% = 30.05; above 15 units 500·2.005% = 10.025 again;
    // 40.075 × 15/20 = 30.05625; cut to 20; the budget has 15.
    assert_eq!(
        steps(&trace),
        [
            "base 10",
            "base 20.05",
            "accelerator 10.025",
            "growth -10.01875",
            "cap_per_partner -10.05625",
            "program_budget -5"
        ]
    );
    assert_eq!(trace.total, d("15"));
}

#[test]
fn lines_that_do_not_count_say_why_and_where_it_is_written() {
    let text = "+++\nid = \"p\"\nversion = 1\nname = \"P\"\nkind = \"spiff\"\ncurrency = \"USD\"\neffective = { from = \"2026-01-01\", to = \"2026-12-31\" }\nmeasure = \"units\"\nperiod = \"month\"\neligible = { tiers = [\"Gold\"] }\napplies_to = { skus = [\"X1\"] }\nrate = { per_unit = \"40.00\" }\n+++\n## 2 Eligibility\n**2.1** Gold tier.\n**2.2** The products.\n## 3 Calculation\n**3.1** $40.\n";
    let (version, _) = front_matter::parse("programs/p/v1.md", text).expect("a version");
    let mut world = World::new();
    *world.program("p") = version.terms.clone();
    world.program("q").stacking = stacked("g", StackingMode::Exclusive, 1);
    world.sale("T1", "A", "X2", "2026-07-01", "1", "100");
    world.sale("T2", "A", "X1", "2026-07-02", "1", "100");
    world.sale("T3", "A", "X1", "2027-07-02", "1", "100");
    world.sale("T4", "B", "X1", "2026-07-02", "1", "100");
    let mut company = world.company();
    company.programs[0].versions[0] = version;
    let period = span("2026-07-01", "2027-12-31");
    let told = |partner| trace(&company, &world.book(), of("p", partner, period)).expect("a trace");
    let a = told(0);
    let lines: Vec<_> = a
        .lines
        .iter()
        .map(|l| {
            let reason = l.reason.as_ref().map(ToString::to_string).unwrap_or_default();
            let clause = l.clause.as_ref().map(|c| c.clause.clone()).unwrap_or_default();
            format!("{} {reason} {clause}", l.transaction_id)
        })
        .collect();
    assert_eq!(lines, ["T1 product_not_covered 2.2", "T2  ", "T3 outside_effective_dates "]);
    assert_eq!(a.groups[0].steps[0].clause.as_ref().map(|c| c.clause.as_str()), Some("3.1"));
    assert_eq!(told(1).lines[0].reason.as_ref().map(|r| r.name()), Some("tier_not_eligible"));
    let text = render(&a);
    for words in ["T2/1 X1 1 units 100.00", "base: 1 units × 40 | +40 | so far 40   [v1 §3.1]", "Total 40.00"]
    {
        assert!(text.contains(words), "{words} in {text}");
    }
}

#[test]
fn a_superseded_line_names_the_winner() {
    let mut world = World::new();
    world.program("a").stacking = stacked("g", StackingMode::Exclusive, 1);
    world.program("b").stacking = stacked("g", StackingMode::Exclusive, 2);
    world.sale("T1", "A", "X1", "2026-07-01", "1", "100");
    let trace = traced(&world, "b", 0);
    assert_eq!(trace.lines[0].reason.as_ref().map(ToString::to_string).as_deref(), Some("superseded_by a"));
    assert_eq!(trace.total, Decimal::ZERO);
}

#[test]
fn transactions_and_overrides_are_told_one_by_one() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Transaction;
    terms.rate = Rate::Flat(Pay::Percent(d("5")));
    terms.override_percent = Some(d("1"));
    terms.caps.per_transaction = Some(d("50"));
    terms.caps.per_partner = Some(d("60"));
    world.sale("T1", "A", "X1", "2026-07-01", "1", "1200");
    world.sale("T2", "A", "X1", "2026-07-02", "1", "333.33");
    let own = traced(&world, "p", 0);
    assert_eq!(steps(&own), ["base 60", "cap_per_transaction -10"]);
    let second: Vec<_> = own.groups[1].steps.iter().map(|s| format!("{} {}", s.step, s.amount)).collect();
    assert_eq!(second, ["base 16.6665", "rounding 0.0035", "cap_per_partner -6.67"]);
    assert_eq!(own.groups[1].transaction_id.as_deref(), Some("T2"));
    let parent = traced(&world, "p", 2);
    assert_eq!(steps(&parent), ["override 12"]);
    assert_eq!(parent.total, d("15.33"));
}

#[test]
fn the_steps_of_a_trace_add_up_to_the_settlement() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Quarter;
    terms.minimum = Some(d("3"));
    terms.rate = percent_tiers(TierMode::Retroactive, &[("1", "1"), ("4", "1.333"), ("9", "2.777")]);
    terms.override_percent = Some(d("0.7"));
    terms.caps.per_partner = Some(d("40"));
    terms.caps.program_budget = Some(d("99.99"));
    for (at, partner) in ["A", "B", "D", "A", "B", "A"].into_iter().enumerate() {
        for month in 1..=9 {
            let units = ((at * 7 + month * 3) % 5).to_string();
            let on = format!("2026-0{month}-1{at}");
            world.sale(&format!("T{month}{at}"), partner, "X1", &on, &units, &format!("{units}77.77"));
        }
    }
    let all = settle(&world.company(), &world.book(), &SettleOptions::default()).payouts;
    for partner in 0..3 {
        let trace = traced(&world, "p", partner);
        let owed: Vec<_> = all.iter().filter(|p| p.partner == partner).cloned().collect();
        assert_eq!(trace.payouts, owed);
        let told = trace.groups.iter().fold(Decimal::ZERO, |sum, g| sum + g.paid);
        assert_eq!(told, trace.total);
        assert!(!trace.groups.is_empty());
    }
}
