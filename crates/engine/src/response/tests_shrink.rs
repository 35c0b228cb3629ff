//! Shrinkage against cases that can be followed by hand, and against sums of lags.

use proptest::prelude::*;

use super::LAGS;
use super::shrink::{Own, Prior, Shrunk};

fn own(estimate: f64, se: f64) -> Own {
    Own::of_first(estimate, se * se)
}

/// All lags, with an error of 1 each that is mostly opposed from lag to lag.
fn opposed(estimate: [f64; LAGS]) -> Own {
    let covariance = [[1.0, -0.6, 0.1], [-0.6, 1.0, -0.6], [0.1, -0.6, 1.0]];
    Own::new(estimate, covariance, [true; LAGS], 1.0)
}

fn variance_of_sum(s: &Shrunk) -> f64 {
    s.covariance.iter().flatten().sum()
}

#[test]
fn shrunk_lies_between_the_own_estimate_and_the_mean() {
    let all = [own(1.0, 0.5), own(3.0, 0.2), own(2.2, 1.5), own(2.5, 0.3), own(-1.0, 2.0)];
    let prior = Prior::of(&all).expect("a prior");
    for o in all {
        let (estimate, variance) = o.lag(0).expect("known");
        let s = prior.shrink(Some(o));
        let (low, high) = (estimate.min(prior.mean()), estimate.max(prior.mean()));
        assert!((low - 0.1..=high + 0.1).contains(&s.mean[0]), "{s:?}");
        // Not knowing the spread may cost more than shrinking gains, by a little.
        assert!(s.covariance[0][0] < 1.3 * variance && s.covariance[0][0] > 0.0, "{s:?}");
        // Of the other lags nobody says anything.
        assert_eq!((s.mean[1], s.mean[2], s.covariance[1][1]), (0.0, 0.0, 0.0));
    }
    // The vaguer the own estimate, the less of it is left.
    assert!(prior.shrink(Some(all[1])).share > prior.shrink(Some(all[0])).share);
    assert!(prior.shrink(Some(all[0])).share > prior.shrink(Some(all[4])).share);
}

#[test]
fn alone_a_product_keeps_its_own_estimate_and_tells_others_little() {
    let one = own(2.0, 0.4);
    let prior = Prior::of(&[one]).expect("a prior");
    let kept = prior.shrink(Some(one));
    assert!((kept.mean[0] - 2.0).abs() < 1e-6 && (kept.covariance[0][0] - 0.16).abs() < 1e-6, "{kept:?}");
    let other = prior.shrink(None);
    assert!((other.mean[0] - 2.0).abs() < 1e-6);
    assert!(other.covariance[0][0].sqrt() > 0.8 && other.share == 0.0, "{other:?}");
}

#[test]
fn equal_estimates_pool_and_distant_ones_do_not() {
    let alike = [own(2.0, 0.3), own(2.1, 0.3), own(1.9, 0.3), own(2.0, 0.3)];
    assert!(Prior::of(&alike).expect("a prior").shrink(Some(alike[1])).share < 0.6);
    let apart = [own(0.0, 0.1), own(4.0, 0.1), own(8.0, 0.1), own(2.0, 0.1)];
    assert!(Prior::of(&apart).expect("a prior").shrink(Some(apart[1])).share > 0.99);
    // Apart around nothing: the size of the mean says nothing of the spread.
    let around = [own(-3.0, 0.2), own(3.0, 0.2), own(-2.0, 0.2), own(2.0, 0.2)];
    assert!(Prior::of(&around).expect("a prior").shrink(Some(around[0])).share > 0.95);
    assert!(Prior::of(&[]).is_none());
}

#[test]
fn what_is_known_of_the_sum_of_lags_is_kept() {
    let all: Vec<Own> = [3.5, 4.0, 4.5, 4.2, 3.8]
        .iter()
        .enumerate()
        .map(|(i, b)| opposed([*b, -1.4 + 0.2 * i as f64, 0.3 - 0.1 * i as f64]))
        .collect();
    let prior = Prior::of(&all).expect("a prior");
    for o in &all {
        let s = prior.shrink(Some(*o));
        // The own sum has variance 3 − 2·1.1; with errors taken one by one it would be 3.
        assert!(variance_of_sum(&s) < 0.8, "{s:?}");
        let apart: f64 = (0..LAGS).map(|l| s.covariance[l][l]).sum();
        assert!(variance_of_sum(&s) < 0.8 * apart, "{s:?}");
    }
    // A lag that is told takes along those that are not.
    let told = prior.shrink(Some(own(6.0, 0.1)));
    let plain = prior.shrink(None);
    assert!(told.mean[0] > plain.mean[0] + 1.0 && told.mean[1] < plain.mean[1], "{told:?} {plain:?}");
}

#[test]
fn products_that_are_not_known_share_all_of_the_means_error() {
    let all: Vec<Own> = [3.0, 4.0, 5.0].iter().map(|b| opposed([*b, -1.0, 0.0])).collect();
    let prior = Prior::of(&all).expect("a prior");
    let shared = |s: &Shrunk| s.common[0].iter().map(|v| v * v).sum::<f64>();
    let (known, unknown) = (prior.shrink(Some(all[0])), prior.shrink(None));
    assert!(shared(&unknown) > shared(&known) && shared(&known) > 0.0);
    assert!(shared(&unknown) < unknown.covariance[0][0]);
}

/// Up to what rounding does to numbers of a size.
fn is_semidefinite(m: &[[f64; LAGS]; LAGS], size: f64) -> bool {
    let eigen = nalgebra::Matrix3::from_fn(|a, b| m[a][b]).symmetric_eigenvalues();
    eigen.iter().all(|e| e.is_finite() && *e >= -1e-9 * size.max(1e-12))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Covariances without rank, errors of any size, lags that are not known, and wild
    /// estimates beside sober ones: always a mean, and a covariance that is one and holds
    /// the shared part.
    #[test]
    fn odd_estimates_give_sound_answers(
        products in proptest::collection::vec(
            (
                proptest::array::uniform3(-1e3..1e3f64),
                proptest::array::uniform3(-1.0..1.0f64),
                -9.0..9.0f64,
                any::<[bool; LAGS]>(),
                1.0..9.0f64,
            ),
            0..6,
        ),
        of_mean in proptest::option::of((-50.0..50.0f64, 1e-12..1e3f64)),
    ) {
        let all: Vec<Own> = products
            .iter()
            .map(|(estimate, v, log, known, widened)| {
                // Of rank one.
                let size = 10f64.powf(*log);
                let covariance = std::array::from_fn(|a| std::array::from_fn(|b| v[a] * v[b] * size));
                Own::new(*estimate, covariance, *known, *widened)
            })
            .collect();
        let Some(prior) = Prior::with(&all, of_mean) else {
            prop_assert!(of_mean.is_none());
            return Ok(());
        };
        prop_assert!(prior.mean().is_finite() && prior.spread().is_finite());
        for own in all.iter().copied().map(Some).chain([None]) {
            let s = prior.shrink(own);
            prop_assert!(s.mean.iter().all(|m| m.is_finite()), "{:?}", s);
            prop_assert!((0.0..=1.0).contains(&s.share));
            let size = s.covariance.iter().flatten().fold(0.0_f64, |s, v| s.max(v.abs()));
            prop_assert!(is_semidefinite(&s.covariance, size), "{:?}", s);
            let rest: [[f64; LAGS]; LAGS] = std::array::from_fn(|a| {
                std::array::from_fn(|b| {
                    s.covariance[a][b] - (0..LAGS).map(|m| s.common[a][m] * s.common[b][m]).sum::<f64>()
                })
            });
            prop_assert!(is_semidefinite(&rest, size), "{:?}", s);
        }
    }
}
