//! Steadies the products' own covariances before they are weighed against each other.
//! With few clusters an estimated covariance is mostly noise: its correlations from lag
//! to lag can say that a sum of lags is known exactly, where the clusters happen to move
//! alike. Never touches the coefficients, nor what is shown as a product's own error.

use super::LAGS;
use super::own::{Estimate, widened_for};

/// What the design and the other products say counts as so many clusters.
const CLUSTERS: f64 = 10.0;

/// Draws the covariance of each estimate towards what its design would give if months
/// were independent, times how far the covariances of all are above that: with f = G*−1
/// degrees of freedom of its own, D the design's and ρ the mean ratio,
/// S = (f·V + 10·ρ·D)/(f + 10), the posterior mean of a covariance under an inverse Wishart
/// prior (moderated variances: Smyth 2004; the ratio is pooled as its s₀²). Student's
/// widening is that of f and as many degrees as the others lend, 10 at most. `alike`:
/// estimates of one design, with or without controls.
pub(super) fn moderate(alike: &mut [&mut Estimate]) {
    let ratios: Vec<Option<(f64, f64)>> = alike.iter().map(|e| Some((degrees(e), ratio(e)?))).collect();
    let (all, sum) = ratios
        .iter()
        .flatten()
        .fold((0.0, 0.0), |(n, s), (degrees, ratio)| (n + degrees, s + degrees * ratio));
    for (estimate, ratio) in alike.iter_mut().zip(&ratios) {
        let Some((own, _)) = *ratio else { continue };
        let widened = widened_for(own + CLUSTERS.min(all - own));
        let drawn: [[f64; LAGS]; LAGS] = std::array::from_fn(|a| {
            std::array::from_fn(|b| {
                if !(estimate.identified[a] && estimate.identified[b]) {
                    return 0.0;
                }
                let (sampled, design) = (estimate.covariance[a][b] / estimate.widened, estimate.design[a][b]);
                widened * (own * sampled + CLUSTERS * sum / all * design) / (own + CLUSTERS)
            })
        });
        if drawn.iter().flatten().all(|v| v.is_finite()) {
            (estimate.covariance, estimate.widened) = (drawn, widened);
        }
    }
}

fn degrees(e: &Estimate) -> f64 {
    (e.clusters - 1.0).max(1.0)
}

/// By how much the sampling variances are above the design's, over the lags.
fn ratio(e: &Estimate) -> Option<f64> {
    let of = |l: usize| e.covariance[l][l] / e.widened / e.design[l][l];
    let ratios: Vec<f64> = (0..LAGS).filter(|l| e.identified[*l]).map(of).collect();
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    (mean.is_finite() && mean > 0.0).then_some(mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(covariance: [[f64; LAGS]; LAGS], clusters: f64) -> Estimate {
        Estimate {
            covariance,
            identified: [true; LAGS],
            clusters,
            design: [[2.0, -1.0, 0.0], [-1.0, 2.0, -1.0], [0.0, -1.0, 2.0]],
            ..Estimate::told(1.0, 1.0)
        }
    }

    #[test]
    fn few_clusters_lean_on_the_design_and_many_do_not() {
        // All errors alike: a sum of lags would look known to the last digit.
        let singular = [[4.0, -4.0, 0.0], [-4.0, 4.0, 0.0], [0.0, 0.0, 4.0]];
        let (mut few, mut many) = (estimate(singular, 2.0), estimate(singular, 500.0));
        moderate(&mut [&mut few, &mut many]);
        let of_sum = |e: &Estimate| e.covariance[0][0] + 2.0 * e.covariance[0][1] + e.covariance[1][1];
        assert!(of_sum(&few) > 3.0 && of_sum(&many) < 0.2, "{few:?} {many:?}");
        // The variances were twice the design's everywhere, and stay so but for Student's widening.
        assert!((few.covariance[0][0] / few.widened - 4.0).abs() < 1e-9);
        assert!(few.widened > 1.1 && many.widened < 1.01);
    }

    #[test]
    fn alone_an_estimate_keeps_its_size_and_nothing_odd_comes_of_odd_input() {
        let mut one = estimate([[4.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 4.0]], 3.0);
        moderate(&mut [&mut one]);
        assert!((one.covariance[2][2] / one.widened - 4.0).abs() < 1e-9);
        let mut nothing = Estimate::told(2.0, 0.3);
        moderate(&mut [&mut nothing]);
        assert_eq!((nothing.covariance[0][0], nothing.widened), (0.3, 1.0));
        moderate(&mut []);
    }
}
