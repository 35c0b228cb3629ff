//! Sentences of small forecasts, word by word.

use std::collections::BTreeMap;

use super::tell;
use crate::calendar::FiscalCalendar;
use crate::catalog::{Catalog, Product};
use crate::company::Company;
use crate::forecast::{
    Breakdown, Breakeven, Budget, BudgetArm, Coefficient, Comparison, CostSplit, Evidence, Forecast, Grade,
    GrossOfPullForward, Horizon, Metric, Quantity, Row,
};
use crate::scenario::{Audience, Draft, Intent, Period, ScenarioOption};

fn q(mean: f64, spread: f64) -> Quantity {
    Quantity {
        mean: Some(mean),
        p10: Some(mean - spread),
        p50: Some(mean),
        p90: Some(mean + spread),
        mcse: Some(0.0),
        outcome_p10: Some(mean - 2.0 * spread),
        outcome_p90: Some(mean + 2.0 * spread),
    }
}

fn metric(baseline: f64, differences: &[(f64, f64)]) -> Metric {
    Metric {
        baseline: q(baseline, 0.0),
        options: differences.iter().map(|(d, s)| q(baseline + d, *s)).collect(),
        difference: differences.iter().map(|(d, s)| q(*d, *s)).collect(),
    }
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a date")
}

/// Knows the product and the program by name.
fn company() -> Company {
    let product = Product {
        sku: "PX-100".into(),
        name: "Product X 100".into(),
        family: "X".into(),
        launched_on: None,
        end_of_life_on: None,
        prices: Vec::new(),
    };
    Company {
        catalog: Catalog::new(Vec::new(), vec![product], "USD".into()),
        programs: Vec::new(),
        lines: Vec::new(),
        registrations: Vec::new(),
        targets: Vec::new(),
        payouts: Vec::new(),
        as_of: day("2026-06-30"),
        calendar: FiscalCalendar::default(),
    }
}

fn draft(labels: &[&str]) -> Draft {
    Draft {
        intent: Intent::Forecast,
        period: Period { start: day("2026-07-01"), end: day("2026-09-30"), label: "Q3 2026".into() },
        audience: Audience::default(),
        options: labels.iter().map(|l| ScenarioOption { label: (*l).into(), levers: Vec::new() }).collect(),
        sweep: None,
        goal: None,
        earnings: None,
        lookup: None,
    }
}

/// A forecast with these differences of net, one an option.
fn forecast(net: &[(f64, f64)], grade: Grade) -> Forecast {
    let same = |d: (f64, f64)| vec![d; net.len()];
    let metrics: BTreeMap<String, Metric> = [
        ("units", metric(1000.0, &same((80.0, 20.0)))),
        ("revenue", metric(900_000.0, &same((72_000.0, 18_000.0)))),
        ("margin", metric(300_000.0, &same((24_000.0, 6_000.0)))),
        ("payout", metric(40_000.0, &same((5_200.0, 900.0)))),
        ("fund_accrual", metric(0.0, &same((0.0, 0.0)))),
        ("net", metric(260_000.0, net)),
        ("roi", metric(0.0, &same((0.62, 0.3)))),
        ("partners_earning", metric(90.0, &same((4.0, 1.0)))),
        ("uptake_share", metric(0.75, &same((0.03, 0.01)))),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect();
    let revenue = BTreeMap::from([("revenue".to_owned(), metric(900_000.0, &same((0.0, 0.0))))]);
    Forecast {
        as_of: day("2026-06-30"),
        currency: "USD".into(),
        horizon: Horizon { start: day("2026-07-01"), end: day("2026-09-30"), tail_end: day("2026-11-30") },
        gross_of_pull_forward: GrossOfPullForward {
            units: metrics["units"].clone(),
            payout: metrics["payout"].clone(),
            net: metric(260_000.0, &net.iter().map(|(d, s)| (d + 1500.0, *s)).collect::<Vec<_>>()),
        },
        metrics,
        cost_split: vec![
            CostSplit { mechanical: q(2_000.0, 10.0), behavioural: q(3_200.0, 900.0) };
            net.len()
        ],
        budgets: Vec::new(),
        breakeven: vec![Breakeven { lift: Some(0.031), probability: Some(0.64) }; net.len()],
        comparison: Vec::new(),
        by: Breakdown {
            product: vec![Row { key: "PX-100".into(), name: "Product X 100".into(), metrics: revenue }],
            program: vec![Row {
                key: "spiff".into(),
                name: "Product X SPIFF".into(),
                metrics: BTreeMap::new(),
            }],
            ..Breakdown::default()
        },
        evidence: vec![Evidence {
            sku: "PX-100".into(),
            grade,
            share_from_history: 0.7,
            changes: 5,
            response: Coefficient::default(),
            range: [0.0, 0.1],
            flags: Vec::new(),
        }],
        precedents: Vec::new(),
        approximations: vec!["One".into(), "Two".into()],
        sweep: None,
        goal: None,
        accuracy: None,
        ..Forecast::default()
    }
}

#[test]
fn a_sure_gain_is_told_with_its_figures() {
    let f = forecast(&[(18_800.0, 5_000.0)], Grade::B);
    let (headline, text) = tell(&draft(&["Product X SPIFF +5%"]), &f, &company());
    assert_eq!(headline, "Product X SPIFF +5% raises net margin by about $18,800 in Q3 2026.");
    let wanted = "Payouts rise by about $5,200, from $40,000 to $45,200; there is an 8 in 10 chance that the extra \
        payout is between $4,300 and $6,100. Of the $5,200, $2,000 is paid on sales that come anyway, $3,200 on sales that \
        the change brings.\n\nUnits of the products covered rise by about 80 (8%), 8 in 10 between 60 and 100; revenue \
        changes by +$72,000. Net margin after payouts changes by about +$18,800 (8 in 10: +$13,800 to +$23,800), \
        the months after the period included; +$20,300 within the period alone. With the luck of single sales it \
        may come out anywhere from +$8,800 to +$28,800. The return on the extra payout is 62% (8 in 10: 32% to \
        92%). It breaks even at a lift of 3.1% in the units it reaches; the chance of doing better is 64%.\n\nAbout 94 \
        partners earn under it, 78% of those eligible; without the change 90. Evidence for Product X 100 is grade \
        B: past changes can be held against partners they did not reach, but they are few or not clean.";
    assert_eq!(text, wanted);
}

#[test]
fn a_change_of_a_fund_alone_is_not_nothing() {
    let mut f = forecast(&[(0.0, 0.0)], Grade::B);
    let still = |name: &str| metric(if name == "fund_accrual" { 30_000.0 } else { 40_000.0 }, &[(0.0, 0.0)]);
    for name in ["payout", "net", "units", "revenue"] {
        f.metrics.insert(name.to_owned(), still(name));
    }
    f.metrics.insert("fund_accrual".to_owned(), metric(30_000.0, &[(-30_000.0, 100.0)]));
    let (headline, text) = tell(&draft(&["Fund paused"]), &f, &company());
    let wanted =
        "Fund paused lowers fund accrual by about $30,000 in Q3 2026; payouts and sales stay as they are.";
    assert_eq!(headline, wanted);
    assert!(text.contains("Fund accrual, which is no payout, changes by about −$30,000."), "{text}");
}

#[test]
fn an_open_question_and_a_loss_are_called_so() {
    let told = |net| tell(&draft(&["It"]), &forecast(&[net], Grade::A), &company()).0;
    assert_eq!(
        told((1_000.0, 5_000.0)),
        "It is open whether It pays for itself in Q3 2026: the middle estimate raises net margin by about $1,000, \
         and the range holds both gain and loss."
    );
    assert_eq!(told((-9_000.0, 500.0)), "It lowers net margin by about $9,000 in Q3 2026.");
}

#[test]
fn weak_evidence_leads_with_the_breakeven() {
    for grade in [Grade::C, Grade::PriorOnly] {
        let mut f = forecast(&[(18_800.0, 5_000.0)], grade);
        let (headline, text) = tell(&draft(&["The SPIFF"]), &f, &company());
        assert_eq!(
            headline,
            "The SPIFF pays for itself in Q3 2026 if it lifts the units it reaches by more than 3.1%; the history \
             is too thin to say that it does."
        );
        assert!(text.starts_with("It breaks even at a lift of 3.1%"), "{text}");
        f.breakeven[0].probability = None;
        assert!(tell(&draft(&["The SPIFF"]), &f, &company()).1.contains("the history cannot say"));
    }
}

#[test]
fn budgets_say_when_and_how_likely() {
    let mut f = forecast(&[(100.0, 500.0)], Grade::B);
    let arm = |probability: f64, gone: &[(&str, &str)]| BudgetArm {
        probability_exhausted: probability,
        exhausted_on: gone.iter().map(|(k, v)| ((*k).to_owned(), day(v))).collect(),
        unfunded: q(1_250.0, 100.0),
    };
    f.budgets.push(Budget {
        program: "spiff".into(),
        budget: "60000.00".into(),
        left: "14000.00".into(),
        baseline: arm(0.2, &[]),
        options: vec![arm(0.71, &[("p50", "2026-09-12")])],
    });
    let (_, text) = tell(&draft(&["It"]), &f, &company());
    assert!(
        text.contains(
            "Of the budget of Product X SPIFF, $14,000 is left today; the chance that it runs out is 71%, around \
             12 September 2026 and $1,250 going unpaid, against 20% without the change."
        ),
        "{text}"
    );
}

#[test]
fn several_options_are_ranked() {
    let mut f = forecast(&[(1_000.0, 500.0), (4_000.0, 500.0)], Grade::B);
    f.comparison = vec![Comparison { a: 0, b: 1, metric: "net".into(), probability_b_better: 0.83 }];
    let (headline, text) = tell(&draft(&["SPIFF +5%", "SPIFF +10%"]), &f, &company());
    assert_eq!(
        headline,
        "Of the 2 options SPIFF +10% leaves the most net margin on average in Q3 2026: about +$4,000 against the \
         rules as they are, with a chance of 83% of beating SPIFF +5%."
    );
    f.comparison[0].probability_b_better = 0.39;
    let (headline, _) = tell(&draft(&["SPIFF +5%", "SPIFF +10%"]), &f, &company());
    let more_often =
        "as they are; it is close, and SPIFF +5% comes out ahead more often, in 61% of the draws.";
    assert!(headline.ends_with(more_often), "{headline}");
    f.comparison[0].probability_b_better = 0.55;
    let (headline, _) = tell(&draft(&["SPIFF +5%", "SPIFF +10%"]), &f, &company());
    assert!(headline.ends_with("; it is close: it beats SPIFF +5% in 55% of the draws."), "{headline}");
    assert!(
        text.starts_with("SPIFF +10%: net +$4,000 (8 in 10: +$3,500 to +$4,500), payouts +$5,200."),
        "{text}"
    );
}

#[test]
fn nothing_changed_is_said_so() {
    let mut f = forecast(&[(0.0, 0.0)], Grade::A);
    for m in f.metrics.values_mut() {
        m.difference = vec![q(0.0, 0.0)];
    }
    assert_eq!(tell(&draft(&["It"]), &f, &company()).0, "It changes nothing in Q3 2026.");
}
