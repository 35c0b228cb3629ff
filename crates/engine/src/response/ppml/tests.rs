//! Known answers: numbers of an independent implementation on data made by
//! formula, cases worked by hand, and simulated truth.

use super::*;

/// 30 units × 24 periods in 7 regions, made by integer formula.
struct Formula {
    unit: Vec<u32>,
    time: Vec<u32>,
    region: Vec<u32>,
    region_time: Vec<u32>,
    x: Vec<Vec<f64>>,
    y: Vec<f64>,
}

fn formula() -> Formula {
    let mut f = Formula {
        unit: vec![],
        time: vec![],
        region: vec![],
        region_time: vec![],
        x: vec![vec![], vec![]],
        y: vec![],
    };
    for i in 0..30u32 {
        for t in 0..24u32 {
            let h = f64::from((i * 7919 + t * 104_729 + i * t * 31) % 1000) / 1000.0;
            let on = (i * 13 + t / 3 * 7) % 5 < 2 && i % 3 != 0;
            let x1 = if on { 0.05 + 0.01 * f64::from(i % 2) } else { 0.0 };
            let x2 = f64::from((i * 37 + t * 11 + i * t) % 17) / 17.0;
            let mean = (0.3 + 0.04 * f64::from(i) + 0.05 * f64::from(t % 12) + 6.0 * x1 + 0.4 * x2).exp();
            f.y.push(if i == 29 || t == 23 { 0.0 } else { (mean * 2.0 * h * h).floor() });
            f.unit.push(i);
            f.time.push(t);
            f.region.push(i % 7);
            f.region_time.push(i % 7 * 100 + t);
            f.x[0].push(x1);
            f.x[1].push(x2);
        }
    }
    f
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 2e-6 * expected.abs(), "{found} is not {expected}");
}

// Expected numbers: pyfixest 0.60.0, fepois, tolerances 1e-12, on the same rows.
#[test]
fn coefficients_and_standard_errors_agree_with_an_independent_implementation() {
    let f = formula();
    let groups = [f.unit.clone(), f.time.clone()];
    let fit = fit(&Design { y: &f.y, x: &f.x, groups: &groups, weights: None }).expect("fits");
    assert!(fit.converged);
    assert_eq!(fit.rows.len(), 667);
    assert_eq!(fit.dropped_zero, 53);
    close(fit.beta[0], 3.7510566396111606);
    close(fit.beta[1], 0.7615069608300227);
    let table: [(&[&[u32]], [f64; 2]); 5] = [
        (&[&f.unit], [2.0328946447585863, 0.15749085646579114]),
        (&[&f.unit, &f.time], [2.217321917214345, 0.16065051018108747]),
        (&[&f.region, &f.time], [2.5007950806309243, 0.10755501823080953]),
        (&[&f.region], [2.385996832631126, 0.10464475399264835]),
        (&[], [2.0578676649935552, 0.1645493625670192]),
    ];
    for (by, expected) in table {
        let covariance = fit.clustered(by).expect("clusters");
        close(covariance.se(0), expected[0]);
        close(covariance.se(1), expected[1]);
    }
}

#[test]
fn one_set_and_crossed_sets_of_effects_agree_too() {
    let f = formula();
    let one = [f.unit.clone()];
    let fit_one = fit(&Design { y: &f.y, x: &f.x, groups: &one, weights: None }).expect("fits");
    close(fit_one.beta[0], 4.102450857079487);
    close(fit_one.clustered(&[&f.unit]).expect("clusters").se(0), 2.1683920271164756);
    let crossed = [f.unit.clone(), f.region_time.clone()];
    let fit_crossed = fit(&Design { y: &f.y, x: &f.x, groups: &crossed, weights: None }).expect("fits");
    assert_eq!(fit_crossed.rows.len(), 638);
    close(fit_crossed.beta[0], 3.763794132754404);
    close(fit_crossed.beta[1], 0.7161460745244962);
    close(fit_crossed.clustered(&[&f.unit]).expect("clusters").se(1), 0.17157878679025795);
}

// With one set of effects the coefficient is, conditionally on the totals, that of
// a logit. Unit 0 sells 1 without and 3 with x = 1, unit 1 sells 2 and 6: the means
// triple, and beta = ln 3 exactly; the fit is perfect.
#[test]
fn a_case_worked_by_hand() {
    let y = [1.0, 3.0, 2.0, 6.0];
    let x = [vec![0.0, 1.0, 0.0, 1.0]];
    let groups = [vec![0, 0, 1, 1]];
    let fit = fit(&Design { y: &y, x: &x, groups: &groups, weights: None }).expect("fits");
    assert!((fit.beta[0] - 3.0_f64.ln()).abs() < 1e-9);
    assert!(fit.mu.iter().zip(&y).all(|(m, y)| (m - y).abs() < 1e-8));
    // Information: sum of mu·(x − share)², shares 3/4: (1+2)·9/16 + (3+6)·1/16 = 9/4.
    assert!((fit.bread[0] - 4.0 / 9.0).abs() < 1e-9);
}

#[test]
fn what_the_effects_swallow_is_flagged_and_not_estimated() {
    let f = formula();
    let by_time: Vec<f64> = f.time.iter().map(|t| f64::from(t % 5)).collect();
    let twice: Vec<f64> = f.x[1].iter().map(|v| 2.0 * v - 1.0).collect();
    let x = [f.x[1].clone(), by_time, twice, vec![7.0; f.y.len()]];
    let groups = [f.unit.clone(), f.time.clone()];
    let fit = fit(&Design { y: &f.y, x: &x, groups: &groups, weights: None }).expect("fits");
    assert_eq!(fit.identified, [true, false, false, false]);
    assert_eq!(&fit.beta[1..], [0.0, 0.0, 0.0]);
    assert!(fit.residual_share[0] > 0.1 && fit.residual_share[1] < 1e-12);
    let covariance = fit.clustered(&[&f.unit]).expect("clusters");
    assert!(covariance.se(0) > 0.0);
    assert_eq!([covariance.se(1), covariance.se(2), covariance.se(3)], [0.0; 3]);
}

#[test]
fn separated_rows_are_found_and_dropped() {
    let f = formula();
    let mut y = f.y.clone();
    let mut treated = vec![0.0; y.len()];
    let mut count = 0;
    // Nothing is ever sold where the third regressor is one: its coefficient would
    // run to minus infinity.
    for i in 0..y.len() {
        if f.unit[i] % 4 == 1 && f.time[i] % 6 == 2 {
            y[i] = 0.0;
            treated[i] = 1.0;
            count += 1;
        }
    }
    let x = [f.x[0].clone(), f.x[1].clone(), treated.clone()];
    let groups = [f.unit.clone(), f.time.clone()];
    let with = fit(&Design { y: &y, x: &x, groups: &groups, weights: None }).expect("fits");
    assert!(with.converged);
    assert!(with.dropped_separated > 0 && with.dropped_separated <= count);
    assert!(!with.identified[2]);
    let kept: Vec<usize> = (0..y.len()).filter(|&i| treated[i] == 0.0).collect();
    let pick = |c: &[f64]| kept.iter().map(|&i| c[i]).collect::<Vec<_>>();
    let pick_group = |c: &[u32]| kept.iter().map(|&i| c[i]).collect::<Vec<_>>();
    let without = fit(&Design {
        y: &pick(&y),
        x: &[pick(&x[0]), pick(&x[1])],
        groups: &[pick_group(&f.unit), pick_group(&f.time)],
        weights: None,
    })
    .expect("fits");
    close(with.beta[0], without.beta[0]);
    close(with.beta[1], without.beta[1]);
}

#[test]
fn a_design_without_sales_or_with_bad_values_is_refused() {
    let groups = [vec![0, 0, 1]];
    let none = fit(&Design { y: &[0.0; 3], x: &[], groups: &groups, weights: None });
    assert_eq!(none.map(|f| f.rows.len()), Err(DesignError::Empty));
    let bad = fit(&Design { y: &[1.0, f64::NAN, 0.0], x: &[], groups: &groups, weights: None });
    assert!(matches!(bad, Err(DesignError::Value { row: 1, .. })));
    let short = fit(&Design { y: &[1.0; 3], x: &[vec![0.0]], groups: &groups, weights: None });
    assert!(matches!(short, Err(DesignError::Length { found: 1, expected: 3, .. })));
}

#[test]
fn leaving_one_cluster_out_equals_the_plain_error_with_many_alike_clusters() {
    let f = formula();
    let groups = [f.unit.clone(), f.time.clone()];
    let fit = fit(&Design { y: &f.y, x: &f.x, groups: &groups, weights: None }).expect("fits");
    let plain = fit.clustered(&[&f.unit]).expect("clusters");
    let jackknife = fit.leave_one_out(&f.unit).expect("clusters").expect("identified");
    for c in 0..2 {
        let ratio = jackknife.se(c) / plain.se(c);
        assert!((0.95..1.25).contains(&ratio), "{ratio}");
    }
    // A regressor that one unit alone carries has no error that could be estimated.
    let alone: Vec<f64> =
        f.unit.iter().zip(&f.time).map(|(u, t)| f64::from(u8::from(*u == 4 && t % 2 == 0))).collect();
    let one = super::fit(&Design { y: &f.y, x: &[alone], groups: &groups, weights: None }).expect("fits");
    assert!(one.identified[0]);
    assert_eq!(one.leave_one_out(&f.unit).expect("clusters"), None);
}

#[test]
fn the_same_design_gives_the_same_bits() {
    let f = formula();
    let groups = [f.unit.clone(), f.time.clone()];
    let design = Design { y: &f.y, x: &f.x, groups: &groups, weights: None };
    let bits = |fit: Fit| fit.mu.iter().chain(&fit.beta).map(|v| v.to_bits()).collect::<Vec<_>>();
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("a pool");
    let one = pool(1).install(|| bits(fit(&design).expect("fits")));
    let seven = pool(7).install(|| bits(fit(&design).expect("fits")));
    assert_eq!(one, seven);
}

#[test]
fn a_row_that_weighs_two_counts_like_two_rows() {
    let f = formula();
    let weights: Vec<f64> = f.unit.iter().map(|u| if u % 3 == 0 { 2.0 } else { 1.0 }).collect();
    let twice: Vec<usize> =
        (0..f.y.len()).flat_map(|i| std::iter::repeat_n(i, weights[i] as usize)).collect();
    let pick = |c: &[f64]| twice.iter().map(|&i| c[i]).collect::<Vec<_>>();
    let pick_group = |c: &[u32]| twice.iter().map(|&i| c[i]).collect::<Vec<_>>();
    let groups = [f.unit.clone(), f.time.clone()];
    let weighted = fit(&Design { y: &f.y, x: &f.x, groups: &groups, weights: Some(&weights) }).expect("fits");
    let units = pick_group(&f.unit);
    let repeated = fit(&Design {
        y: &pick(&f.y),
        x: &[pick(&f.x[0]), pick(&f.x[1])],
        groups: &[units.clone(), pick_group(&f.time)],
        weights: None,
    })
    .expect("fits");
    close(weighted.beta[0], repeated.beta[0]);
    close(weighted.beta[1], repeated.beta[1]);
    close(weighted.bread[0], repeated.bread[0]);
    // The sandwich is the same but for the number of rows in the multiplier.
    let (a, b) =
        (weighted.clustered(&[&f.unit]).expect("fits"), repeated.clustered(&[&units]).expect("fits"));
    assert!((a.se(0) / b.se(0) - 1.0).abs() < 0.02);
}

#[test]
fn common_shocks_of_one_month_are_clusters_of_months() {
    let f = formula();
    let groups = [f.unit.clone()];
    let fit = fit(&Design { y: &f.y, x: &f.x, groups: &groups, weights: None }).expect("fits");
    let row: Vec<u32> = (0..f.y.len() as u32).collect();
    let months = fit.clustered(&[&f.time]).expect("clusters");
    let common = fit.clustered_with_common_shocks(&row, &f.time, 0).expect("clusters");
    // Multipliers: 23/22 · 695/(696 − 2 − 29) there (the last month sells nothing, but
    // stays), 696/695 here.
    let (n, g) = (fit.rows.len() as f64, 24.0);
    let there: f64 = g / (g - 1.0) * (n - 1.0) / (n - 31.0);
    let here: f64 = n / (n - 1.0);
    close(common.se(1) / here.sqrt(), months.se(1) / there.sqrt());
    // Shocks that last add to it where the regressor lasts too.
    let lasting = fit.clustered_with_common_shocks(&f.unit, &f.time, 4).expect("clusters");
    assert!(lasting.se(0).is_finite() && lasting.se(0) > 0.0);
}
