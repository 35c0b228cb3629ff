//! Scores against sums by hand, and the rolling origin on histories of every kind.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::naive;
use super::score::{Case, Tally};
use super::*;
use crate::baseline::count::Count;
use crate::response::world::{Stream, company};
use crate::sales::{LineKind, SaleLine};

#[test]
fn draws_score_like_their_distances() {
    // E|X − y| − ½ E|X − X'| over all pairs of three draws.
    let case = Case::of_draws(&[1.0, 4.0, 7.0], 4.0, 5.0, 0.5);
    let mut tally = Tally::default();
    tally.add(&case, 2.0);
    let scores = tally.scores();
    let by_hand = (4.0 + 1.0 + 2.0) / 3.0 - (3.0 + 6.0 + 3.0) / 9.0;
    assert!((scores.crps.expect("a value") - by_hand / 5.0).abs() < 1e-12);
    assert!((scores.bias.expect("a value") + 0.2).abs() < 1e-12);
    assert!((scores.rmsse.expect("a value") - 0.5).abs() < 1e-12);
}

#[test]
fn the_three_kinds_of_forecast_score_alike_where_they_are_alike() {
    // A large count, its normal and draws at the normal's quantiles.
    let count = Count::new(70.0, 1e6);
    let sd = count.variance().sqrt();
    let quantile = |i: usize| 70.0 + sd * crate::baseline::count::normal_quantile((i as f64 + 0.5) / 400.0);
    let draws: Vec<f64> = (0..400).map(quantile).collect();
    for units in [55.0, 70.0, 90.0] {
        let score = |case: &Case| {
            let mut tally = Tally::default();
            tally.add(case, 1.0);
            tally.scores().crps.expect("a value")
        };
        let own = score(&Case::of_count(count, units, 0.5));
        let normal = score(&Case::of_normal(70.0, sd, units));
        let drawn = score(&Case::of_draws(&draws, 70.0, units, 0.5));
        assert!((own / normal - 1.0).abs() < 0.06, "{units}: {own} {normal}");
        assert!((drawn / normal - 1.0).abs() < 0.02, "{units}: {drawn} {normal}");
    }
}

#[test]
fn nothing_scored_is_null_and_not_a_number_that_is_none() {
    let scores = Tally::default().scores();
    assert_eq!((scores.cases, scores.crps, scores.bias, scores.rmsse), (0, None, None, None));
    let json = serde_json::to_string(&scores).expect("JSON");
    assert_eq!(serde_json::from_str::<Scores>(&json).expect("scores"), scores);
}

#[test]
fn the_naive_forecast_is_last_year_again() {
    let past: Vec<f64> = (0..30).map(|t| f64::from(t % 12) + f64::from(t / 12)).collect();
    let mut tally = Tally::default();
    // Month 30 is the seventh of its year: 6 + 1 of the year before.
    tally.add(&naive::case(&past, 0, 10.0), 1.0);
    assert!((tally.scores().wape.expect("a value") - 0.3).abs() < 1e-12);
    // The last months not yet reported: the year before them.
    let mut open = past;
    open[18] = f64::NAN;
    let mut tally = Tally::default();
    tally.add(&naive::case(&open, 0, 10.0), 1.0);
    assert!((tally.scores().wape.expect("a value") - 0.4).abs() < 1e-12);
}

#[test]
fn what_was_known_on_a_day_is_what_had_been_reported() {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
    let mut c = company(4, 1, day("2026-06-30"));
    c.catalog.partners[2].active = false;
    c.lines = vec![
        line(0, "2026-01-10", Some("2026-01-12")),
        line(0, "2026-03-20", Some("2026-04-03")),
        line(2, "2026-02-10", None),
    ];
    let known = as_known(&c, day("2026-03-31"));
    assert_eq!(known.as_of, day("2026-03-31"));
    assert_eq!(known.lines.len(), 2);
    // Inactive today, and yet it had just sold.
    assert!(known.catalog.partners[2].active);
    assert!(!as_known(&c, day("2026-06-30")).catalog.partners[2].active);
}

fn line(partner: usize, sold_on: &str, reported_on: Option<&str>) -> SaleLine {
    SaleLine {
        transaction_id: format!("T{partner}{sold_on}"),
        line_no: 1,
        sold_on: sold_on.parse().expect("a date"),
        reported_on: reported_on.map(|d| d.parse().expect("a date")),
        partner,
        product: 0,
        units: 1.into(),
        net_revenue: 90.into(),
        customer_id: None,
        deal_registration_id: None,
        kind: LineKind::Sale,
        original_transaction_id: None,
    }
}

#[test]
fn plans_leave_a_history_and_reach_to_its_end() {
    let first = Month(2024 * 12);
    let plan = Plan::recent(first, first.plus(29), 6, 3);
    assert_eq!(plan.origins, (21..=26).map(|m| first.plus(m)).collect::<Vec<_>>());
    assert_eq!(Plan::recent(first, first.plus(21), 6, 3).origins, vec![first.plus(17), first.plus(18)]);
    assert!(Plan::recent(first, first.plus(12), 6, 3).origins.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn no_history_gives_a_score_that_is_no_number(
        seed in any::<u64>(),
        busy in 0.0..1.0f64,
        outlier in prop::sample::select(vec![1i64, 1000]),
    ) {
        let as_of = NaiveDate::from_ymd_opt(2026, 6, 30).expect("a day");
        let mut c = company(4, 2, as_of);
        let mut random = Stream(seed);
        for m in 0..24 {
            for partner in 0..4 {
                if random.uniform() < busy {
                    let mut sale = line(partner, "2026-06-30", None);
                    sale.sold_on = Month::of(as_of).plus(-m).first_day();
                    sale.reported_on = Some(sale.sold_on + chrono::Days::new((random.uniform() * 40.0) as u64));
                    sale.product = usize::from(random.uniform() < 0.5);
                    sale.units = (if m == 5 { outlier } else { 1 } * (1 + (random.uniform() * 5.0) as i64)).into();
                    c.lines.push(sale);
                }
            }
        }
        let plan = Plan::recent(Month::of(as_of).plus(-23), Month::of(as_of), 2, 3);
        let found = backtest(&c, &plan, &|_| ());
        for scores in found.levels.iter().flat_map(|l| [&l.own, &l.naive]) {
            let all = [scores.crps, scores.bias, scores.wape, scores.rmsse, scores.coverage_80, scores.coverage_90];
            prop_assert!(all.iter().flatten().all(|v| v.is_finite()), "{scores:?}");
            prop_assert!(scores.pit.iter().all(|v| (0.0..=1.0).contains(v)));
        }
    }
}
