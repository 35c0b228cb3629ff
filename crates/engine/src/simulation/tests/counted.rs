//! Figures of some partners alone: everybody is played, and what is counted are parts of one
//! whole.

use rayon::ThreadPoolBuilder;
use rust_decimal::Decimal;

use super::world::*;
use crate::forecast::{Forecast, Metric, Metrics, Quantity, Row};
use crate::model::Model;
use crate::programs::RuleBook;
use crate::programs::terms::Caps;
use crate::simulation::{Continue, Extras, Request, SimulationError, simulate_with};

const PARTNERS: usize = 9;

/// A SPIFF with a cap and a budget that runs out, and an override from EMEA to APAC.
fn chained() -> Model {
    let mut terms = spiff(40);
    terms.caps = Caps {
        per_partner: Some(Decimal::from(900)),
        program_budget: Some(Decimal::from(16_000)),
        ..Caps::default()
    };
    let mut rebate = spiff(10);
    rebate.override_percent = Some(Decimal::from(1));
    let programs = vec![program("rebate", vec![rebate]), program("spiff", vec![spiff(35), terms])];
    let mut world = company(PARTNERS, 2, programs, |i, k, _| 4.0 + (3 * i + k) as f64);
    let versions = &mut world.0.programs[1].versions;
    versions[0].terms.effective = span(("2024-01-01", "2025-12-31"));
    versions[1].terms.effective = span(("2026-01-01", "2027-12-31"));
    // P01 of EMEA sells below P00 of APAC, P03 of APAC below P02 of EMEA.
    world.0.catalog.partners[1].parent = Some(0);
    world.0.catalog.partners[3].parent = Some(2);
    model(world, Some((2.0, 0.5)))
}

fn of_region(model: &Model, region: &str) -> Vec<bool> {
    model.company.catalog.partners.iter().map(|p| p.region == region).collect()
}

fn play(
    model: &Model,
    period: (&str, &str),
    extras: &Extras,
    counted: Option<&[bool]>,
) -> Result<Forecast, SimulationError> {
    let baseline = RuleBook::of(&model.company.programs);
    let audience = of_region(model, "EMEA");
    let options = [
        arm(scaled(&baseline, "spiff", 150, span(period), Some(&audience))),
        arm(scaled(&baseline, "spiff", 50, span(period), None)),
    ];
    let changed = ["spiff".to_owned()];
    let request = Request {
        model,
        period: span(period),
        baseline: &baseline,
        options: &options,
        changed_programs: &changed,
        seed: 7,
        draws: 200,
        counted,
    };
    simulate_with(&request, extras, &|_| Continue::Yes).map(|(forecast, _)| forecast)
}

fn means(metric: &Metric) -> Vec<f64> {
    let all = std::iter::once(&metric.baseline).chain(&metric.options).chain(&metric.difference);
    all.map(|q: &Quantity| q.mean.unwrap_or(0.0)).collect()
}

/// That two parts come to the whole, up to rounding.
fn add_up(what: &str, parts: [&Metrics; 2], whole: &Metrics) {
    for name in ["units", "revenue", "margin", "payout", "net", "partners_earning"] {
        let Some(of_whole) = whole.get(name) else { continue };
        let of =
            |part: &Metrics| part.get(name).map(means).unwrap_or_else(|| vec![0.0; means(of_whole).len()]);
        let (one, two) = (of(parts[0]), of(parts[1]));
        for (at, sum) in means(of_whole).into_iter().enumerate() {
            let parts = one[at] + two[at];
            assert!((parts - sum).abs() <= 0.1 + 1e-9 * sum.abs(), "{what} {name} {at}: {parts} of {sum}");
        }
    }
}

fn metrics<'f>(rows: &'f [Row], key: &str, none: &'f Metrics) -> &'f Metrics {
    rows.iter().find(|row| row.key == key).map_or(none, |row| &row.metrics)
}

#[test]
fn what_is_counted_are_parts_of_one_whole() {
    let model = chained();
    let (emea, apac) = (of_region(&model, "EMEA"), of_region(&model, "APAC"));
    let none = Metrics::new();
    for (period, hindcast) in
        [(Q3, false), (("2026-04-01", "2026-09-30"), false), (("2026-01-01", "2026-03-31"), true)]
    {
        let extras = Extras { hindcast, ..Extras::default() };
        let of = |counted: Option<&[bool]>| play(&model, period, &extras, counted).expect("a forecast");
        let (whole, one, two) = (of(None), of(Some(&emea)), of(Some(&apac)));
        let at = format!("{period:?}");
        assert!(whole.budgets[0].baseline.probability_exhausted > 0.5 || hindcast, "the budget is shared");
        add_up(&at, [&one.metrics, &two.metrics], &whole.metrics);
        let rows = |f: &Forecast| {
            [f.by.month.clone(), f.by.program.clone(), f.by.product.clone(), f.by.tier.clone()]
        };
        for ((of_whole, one), two) in rows(&whole).iter().zip(&rows(&one)).zip(&rows(&two)) {
            assert!(!of_whole.is_empty());
            for row in of_whole {
                let parts = [metrics(one, &row.key, &none), metrics(two, &row.key, &none)];
                add_up(&format!("{at} {}", row.key), parts, &row.metrics);
            }
        }
        let gross = |f: &Forecast| {
            let gross = f.gross_of_pull_forward.clone();
            Metrics::from([("units".to_owned(), gross.units), ("payout".to_owned(), gross.payout)])
        };
        add_up(&format!("{at} gross"), [&gross(&one), &gross(&two)], &gross(&whole));
        for option in 0..2 {
            let cost = |f: &Forecast| f.cost_split[option].mechanical.mean.expect("a mean");
            assert!((cost(&one) + cost(&two) - cost(&whole)).abs() < 0.1, "{at} mechanical {option}");
        }
        // A partner's own row is the same, whoever else is counted; others have none.
        for (part, region) in [(&one, "EMEA"), (&two, "APAC")] {
            assert_eq!(part.by.region.iter().map(|r| r.key.as_str()).collect::<Vec<_>>(), [region]);
            let partner = |row: &Row| model.company.catalog.partner(&row.key).expect("a partner");
            let is_of = |row: &&Row| model.company.catalog.partners[partner(row)].region == region;
            let own: Vec<Row> = whole.by.partner.iter().filter(is_of).cloned().collect();
            assert_eq!(part.by.partner, own, "{at} {region}");
            let named =
                part.caps.iter().flat_map(|c| &c.partners).chain(part.tiers.iter().flat_map(|t| &t.partners));
            for chance in named {
                assert!(own.iter().any(|row| row.key == chance.partner), "{at}: {} is told", chance.partner);
            }
            // Whether funds run out is everybody's; what is left of them would tell what others got.
            for (part, whole) in part.budgets.iter().zip(&whole.budgets) {
                assert_eq!(part.baseline.probability_exhausted, whole.baseline.probability_exhausted);
                assert_eq!(part.left, "");
            }
        }
        let before = |f: &Forecast| f.precedents.iter().map(|p| p.units_before).sum::<f64>();
        assert!((before(&one) + before(&two) - before(&whole)).abs() < 1e-6 && before(&whole) > 0.0);
    }
}

#[test]
fn counting_everybody_is_the_whole_and_counting_is_the_same_twice() {
    let model = chained();
    let extras = Extras { tornado: true, ..Extras::default() };
    let whole = play(&model, Q3, &extras, None).expect("a forecast");
    let all = play(&model, Q3, &extras, Some(&[true; PARTNERS])).expect("a forecast");
    // Only the order in which the same amounts are added differs.
    add_up("everybody", [&all.metrics, &Metrics::new()], &whole.metrics);
    assert_eq!(all.by.partner, whole.by.partner);
    let emea = of_region(&model, "EMEA");
    let again = |threads: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let forecast = pool.install(|| play(&model, Q3, &extras, Some(&emea))).expect("a forecast");
        serde_json::to_string(&forecast).expect("JSON")
    };
    let once = again(1);
    assert_eq!(once, again(1));
    assert_eq!(once, again(3), "with any number of threads");
    assert!(!once.contains("\"P00\""), "a partner that is not counted is not told");
}

#[test]
fn where_nobody_counted_is_reached_there_is_no_forecast() {
    let model = chained();
    let nobody = play(&model, Q3, &Extras::default(), Some(&[false; PARTNERS]));
    assert!(matches!(nobody, Err(SimulationError::NobodyTouched { .. })), "{nobody:?}");
}
