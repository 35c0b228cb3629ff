//! The baseline against worlds whose truth is known, and against bad histories.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::response::world::{FIRST, Reach, Shape, Stream, World, company, panel, world};
use crate::sales::{LineKind, SaleLine};

fn quiet() -> Shape {
    Shape { partners: 60, products: 4, reach: vec![Reach::Never], season: 0.5, ..Shape::default() }
}

/// Forecasts the last `ahead` months of a world from those before.
fn held_out(w: &World, ahead: usize) -> Baseline {
    let cut = w.panel.month(w.panel.months - ahead - 1);
    forecast(&w.company, &w.panel, &[], cut, &[], cut.plus(1), ahead)
}

fn is_sound(b: &Baseline) -> bool {
    let all = b.mean.iter().chain(&b.level_shape).chain(&b.dispersion);
    let shares = b.net_price_share.iter().chain(&b.return_share);
    let markets =
        b.markets.iter().flat_map(|m| m.level.iter().chain(&m.width).chain(&m.common).chain([&m.start]));
    let slopes = b.markets.iter().flat_map(|m| &m.slope);
    let s = &b.shocks;
    let shocks = [
        &s.rho,
        &s.sigma,
        &s.product_share,
        &s.company.rho,
        &s.company.sigma,
        &s.company.start,
        &b.partner_sigma,
    ];
    all.chain(shares).chain(shocks).chain(markets).all(|v| v.is_finite() && *v >= 0.0)
        && slopes.into_iter().all(|v| v.is_finite())
        && b.market_of.len() == b.level_shape.len()
        && s.product_share <= 1.0
        && s.company.rho < 1.0
        && b.level_shape.iter().chain(&b.dispersion).all(|v| *v > 0.0)
        && b.return_share.iter().all(|v| *v <= 1.0)
        && b.shocks.rho < 1.0
}

#[test]
fn a_seasonal_world_is_forecast_better_than_by_last_year() {
    let (mut own, mut naive, mut best, mut bias, mut total) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for seed in 0..6 {
        let w = world(seed, &quiet());
        let b = held_out(&w, 6);
        for s in 0..w.panel.series.len() {
            for j in 0..6 {
                let t = w.panel.months - 6 + j;
                let truth = w.mean[w.panel.at(s, t)];
                own += (b.mean[s * 6 + j] - truth).abs();
                naive += (w.panel.units[w.panel.at(s, t - 12)] - truth).abs();
                best += (w.mean[w.panel.at(s, t - 12)] - truth).abs();
                bias += b.mean[s * 6 + j] - truth;
                total += truth;
            }
        }
    }
    assert!(own < 0.5 * naive, "own {}, last year {}", own / total, naive / total);
    // Not far from knowing last year's true means.
    assert!(own < 1.3 * best, "own {}, best {}", own / total, best / total);
    assert!((bias / total).abs() < 0.06, "bias {}", bias / total);
}

#[test]
fn levels_are_cleaned_of_incentives() {
    let mut w = world(3, &quiet());
    let first = w.panel.month(w.panel.months);
    let sum = |w: &World, e: &[f64]| {
        forecast(&w.company, &w.panel, e, first.plus(-1), &[], first, 3).mean.iter().sum::<f64>()
    };
    let plain = sum(&w, &[]);
    let mut exposure = vec![1.0; w.panel.units.len()];
    for s in 0..w.panel.series.len() {
        for t in w.panel.months - 6..w.panel.months {
            let at = w.panel.at(s, t);
            exposure[at] = 1.5;
            w.panel.units[at] *= 1.5;
        }
    }
    let (cleaned, raw) = (sum(&w, &exposure) / plain, sum(&w, &[]) / plain);
    assert!((0.95..1.05).contains(&cleaned) && raw > 1.2, "{cleaned} {raw}");
}

#[test]
fn shocks_and_dispersion_are_found() {
    let w = world(2, &Shape { partners: 240, products: 6, level: 8.0, ..quiet() });
    let first = w.panel.month(w.panel.months);
    let b = forecast(&w.company, &w.panel, &[], first.plus(-1), &[], first, 3);
    let Shocks { rho, sigma, .. } = b.shocks;
    assert!((0.55..0.85).contains(&rho), "{rho}");
    let long_run = sigma / (1.0 - rho * rho).sqrt();
    assert!((0.12..0.24).contains(&long_run), "{long_run}");
    let [least, most] = [f64::min, f64::max].map(|f| b.dispersion.iter().copied().reduce(f).unwrap_or(0.0));
    assert!(least > 1.8 && most < 3.6, "{least} {most}");
}

#[test]
fn partly_reported_months_count_for_their_share() {
    let mut w = world(4, &quiet());
    let first = w.panel.month(w.panel.months);
    let whole = forecast(&w.company, &w.panel, &[], first.plus(-1), &[], first, 3);
    for s in 0..w.panel.series.len() {
        let at = w.panel.at(s, w.panel.months - 1);
        w.panel.units[at] *= 0.5;
    }
    let sum = |b: &Baseline| b.mean.iter().sum::<f64>();
    let half = forecast(&w.company, &w.panel, &[], first.plus(-2), &[0.5], first, 3);
    let blind = forecast(&w.company, &w.panel, &[], first.plus(-1), &[], first, 3);
    assert!((sum(&half) / sum(&whole) - 1.0).abs() < 0.04);
    assert!(sum(&blind) < 0.95 * sum(&whole));
}

#[test]
fn nothing_is_expected_of_inactive_partners_and_ended_products() {
    let mut w = world(1, &quiet());
    let first = w.panel.month(w.panel.months);
    w.company.catalog.partners[3].active = false;
    w.company.catalog.products[1].end_of_life_on = Some(first.plus(1).first_day());
    let b = forecast(&w.company, &w.panel, &[], first.plus(-1), &[], first, 3);
    for (s, (partner, product)) in w.panel.series.iter().enumerate() {
        let ahead = &b.mean[s * 3..s * 3 + 3];
        match (partner, product) {
            (3, _) => assert_eq!(ahead, [0.0; 3]),
            (_, 1) => assert!(ahead[0] > 0.0 && ahead[1] < 0.1 * ahead[0] && ahead[2] == 0.0, "{ahead:?}"),
            _ => assert!(ahead.iter().all(|m| *m > 0.0)),
        }
    }
}

#[test]
fn a_thousandfold_outlier_moves_its_series_only_a_little() {
    let mut w = world(5, &quiet());
    let first = w.panel.month(w.panel.months);
    let before = forecast(&w.company, &w.panel, &[], first.plus(-1), &[], first, 1);
    let at = w.panel.at(20, w.panel.months - 4);
    w.panel.units[at] = 1000.0 * (1.0 + w.panel.units[at]);
    let after = forecast(&w.company, &w.panel, &[], first.plus(-1), &[], first, 1);
    assert!(after.mean[20] < 6.0 * before.mean[20] + 6.0, "{} {}", after.mean[20], before.mean[20]);
    for s in (0..w.panel.series.len()).filter(|s| *s != 20) {
        let moved = after.mean[s] / before.mean[s];
        assert!((0.8..1.25).contains(&moved), "{s}: {moved}");
    }
}

#[test]
fn one_sale_or_none_gives_a_little_and_not_nothing_sure() {
    let mut w = world(10, &quiet());
    let (months, first) = (w.panel.months, w.panel.month(w.panel.months));
    // Product 3 was sold once; partner 7 has been there all along and never sold a thing.
    w.company.catalog.partners[7].onboarded_on = Some(FIRST.first_day());
    for s in 0..w.panel.series.len() {
        let (partner, product) = w.panel.series[s];
        if product == 3 || partner == 7 {
            let cells = w.panel.at(s, 0)..w.panel.at(s, months);
            w.panel.units[cells].fill(0.0);
        }
    }
    let sold = w.panel.series_of(12, 3).expect("a series");
    let at = w.panel.at(sold, months - 2);
    w.panel.units[at] = 1.0;
    let b = forecast(&w.company, &w.panel, &[], first.plus(-1), &[], first, 3);
    assert!(is_sound(&b));
    let ahead = |s: usize| b.mean[s * 3..s * 3 + 3].iter().sum::<f64>();
    let sum = |keep: &dyn Fn(usize, usize) -> bool| -> f64 {
        let series = w.panel.series.iter().enumerate();
        series.filter(|(_, (i, k))| keep(*i, *k)).map(|(s, _)| ahead(s)).sum()
    };
    let of_product = sum(&|_, k| k == 3);
    assert!(of_product > 0.0 && of_product < 1.0, "{of_product}");
    let of_partner = sum(&|i, k| i == 7 && k < 3);
    let usual = sum(&|_, k| k < 3) / 60.0;
    assert!(of_partner >= 0.0 && of_partner < 0.1 * usual, "{of_partner} of {usual}");
    let silent = w.panel.series_of(7, 0).expect("a series");
    assert!(b.level_shape[silent] < b.level_shape[w.panel.series_of(8, 0).expect("a series")]);
}

#[test]
fn a_new_partner_borrows_from_its_tier() {
    let mut w = world(6, &quiet());
    let months = w.panel.months;
    // Partner 40 (Gold) began last month, with a single sale.
    let joined = w.panel.month(months - 1).first_day();
    w.company.catalog.partners[40].onboarded_on = Some(joined);
    for s in (0..w.panel.series.len()).filter(|s| w.panel.series[*s].0 == 40) {
        let cells = w.panel.at(s, 0)..w.panel.at(s, months);
        w.panel.units[cells].fill(0.0);
    }
    let first_series = w.panel.series_of(40, 0).expect("a series");
    let at = w.panel.at(first_series, months - 1);
    w.panel.units[at] = 1.0;
    let first = w.panel.month(months);
    let b = forecast(&w.company, &w.panel, &[], first.plus(-1), &[], first, 1);
    let gold: Vec<f64> = (0..60)
        .filter(|i| i % 4 == 0 && *i != 40)
        .filter_map(|i| w.panel.series_of(i, 1))
        .map(|s| b.mean[s])
        .collect();
    let mean = gold.iter().sum::<f64>() / gold.len() as f64;
    let other = w.panel.series_of(40, 1).expect("a series");
    assert!(b.mean[other] > 0.1 * mean && b.mean[other] < mean, "{} of {mean}", b.mean[other]);
    assert!(b.level_shape[other] < b.level_shape[0]);
}

#[test]
fn prices_and_returns_are_shares() {
    let mut w = world(7, &quiet());
    for at in 0..w.panel.units.len() {
        w.panel.returned_units[at] = 0.04 * w.panel.units[at];
    }
    let b = held_out(&w, 1);
    assert!(b.net_price_share.iter().all(|p| (p - 0.9).abs() < 0.01), "{:?}", b.net_price_share[0]);
    assert!(b.return_share.iter().all(|p| (p - 0.04).abs() < 0.01), "{:?}", b.return_share[0]);
}

#[test]
fn ten_years_ahead_is_still_finite_and_the_trend_has_faded() {
    let w = world(8, &quiet());
    let far = w.panel.month(w.panel.months).plus(120);
    let b = forecast(&w.company, &w.panel, &[], far.plus(-121), &[], far, 24);
    assert!(is_sound(&b));
    assert!((b.mean[0] / b.mean[12] - 1.0).abs() < 1e-3);
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let w = world(9, &quiet());
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("a pool");
    let one = pool(1).install(|| format!("{:?}", held_out(&w, 3)));
    assert_eq!(one, pool(7).install(|| format!("{:?}", held_out(&w, 3))));
}

fn line(sold_on: NaiveDate, delay: u64) -> SaleLine {
    SaleLine {
        transaction_id: "T".to_owned(),
        line_no: 1,
        sold_on,
        reported_on: Some(sold_on + chrono::Days::new(delay)),
        partner: 0,
        product: 0,
        units: 1.into(),
        net_revenue: 1.into(),
        customer_id: None,
        deal_registration_id: None,
        kind: LineKind::Sale,
        original_transaction_id: None,
    }
}

#[test]
fn the_reporting_lag_follows_from_the_dates() {
    let as_of = NaiveDate::from_ymd_opt(2026, 6, 30).expect("a day");
    let june = Month::of(as_of);
    let mut c = company(4, 1, as_of);
    assert_eq!(reporting_lag(&c), (june, vec![]));
    // Half of the sales are reported the same day, half 20 days later.
    for d in 0..700u64 {
        let day = as_of - chrono::Days::new(d);
        c.lines.extend([line(day, 0), line(day, 20)]);
    }
    let (usable, shares) = reporting_lag(&c);
    assert_eq!((usable, shares.len()), (june.plus(-1), 1));
    // Of a month, all but its last 20 days are wholly known, and half of those:
    // 1 − 10/30.4 at the mean length of the months looked at.
    assert!((shares[0] - 0.671).abs() < 0.002, "{shares:?}");
    // A month in progress counts for its days.
    c.as_of = NaiveDate::from_ymd_opt(2026, 6, 15).expect("a day");
    c.lines.iter_mut().for_each(|l| l.reported_on = None);
    let (usable, shares) = reporting_lag(&c);
    assert!(usable == june.plus(-1) && (shares[0] - 15.0 / 30.4).abs() < 0.003, "{shares:?}");
    // Without lines to learn from the days that are past count.
    c.lines.clear();
    assert_eq!(reporting_lag(&c), (june.plus(-1), vec![0.5]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn no_outlier_wrecks_its_family(seed in 0u64..500, place in 0.0..1.0f64) {
        let mut w = world(seed, &quiet());
        let first = w.panel.month(w.panel.months);
        let made = |w: &World| forecast(&w.company, &w.panel, &[], first.plus(-1), &[], first, 3).mean;
        let before = made(&w);
        let at = (place * w.panel.units.len() as f64) as usize;
        w.panel.units[at] = 1000.0 * (1.0 + w.panel.units[at]);
        let after = made(&w);
        let sum = |mean: &[f64]| -> f64 {
            let others = (0..w.panel.series.len()).filter(|s| *s != at / w.panel.months);
            others.flat_map(|s| &mean[s * 3..s * 3 + 3]).sum()
        };
        let moved = sum(&after) / sum(&before);
        prop_assert!((0.97..1.03).contains(&moved), "all others {}", moved);
        for s in (0..w.panel.series.len()).filter(|s| *s != at / w.panel.months) {
            let moved = after[s * 3] / before[s * 3];
            prop_assert!((0.7..1.4).contains(&moved), "{}: {}", s, moved);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn no_history_gives_a_number_that_is_none(
        seed in any::<u64>(),
        months in 1usize..40,
        partners in 1usize..5,
        products in 1usize..4,
        zero in 0.0..1.0f64,
        scale in prop::sample::select(vec![0.0, 1.0, 1e3, 1e9]),
        broken in prop::sample::select(vec![0.0, f64::NAN, f64::INFINITY, -5.0]),
        from in -14i32..130,
        usable in -3i32..45,
    ) {
        let mut random = Stream(seed);
        let as_of = FIRST.plus(months as i32 - 1).last_day();
        let mut c = company(partners, products, as_of);
        let mut p = panel(partners, products, months);
        for at in 0..p.units.len() {
            let sold = if random.uniform() < zero { 0.0 } else { (scale * random.uniform()).round() };
            p.units[at] = if random.uniform() < 0.02 { broken } else { sold };
            p.revenue[at] = sold * 50.0 * random.uniform();
            p.returned_units[at] = 2.0 * sold * random.uniform();
        }
        c.catalog.partners[0].onboarded_on = Some(as_of);
        c.catalog.products[0].launched_on = Some(as_of);
        let exposure: Vec<f64> = p.units.iter().map(|_| random.uniform() * 2.0).collect();
        let b = forecast(&c, &p, &exposure, FIRST.plus(usable), &[0.9, 0.4], FIRST.plus(from), 4);
        prop_assert_eq!(b.mean.len(), p.series.len() * 4);
        prop_assert!(is_sound(&b), "{:?}", b);
    }
}
