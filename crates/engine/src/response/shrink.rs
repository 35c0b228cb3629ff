//! Empirical-Bayes shrinkage of the products' coefficients towards their mean
//! (FORECASTING.md §2). Given τ², exactly the formulas there; τ² itself is not
//! plugged in as one number but weighed by its restricted likelihood, because with
//! a dozen products its estimate is often zero where the truth is not, and the
//! intervals would be too narrow.

/// A product's own estimate and its squared standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Own {
    pub estimate: f64,
    pub variance: f64,
    /// By how much `variance` is wider than the sampling variance, because few clusters
    /// carry it. Right for one product's interval; in the mean of many, errors of errors
    /// average out.
    pub widened: f64,
}

impl Own {
    /// An estimate whose variance is as it is.
    pub(super) fn new(estimate: f64, variance: f64) -> Self {
        Self { estimate, variance, widened: 1.0 }
    }
}

/// One possible spread between products.
#[derive(Debug, Clone, Copy)]
struct Point {
    weight: f64,
    tau2: f64,
    /// Mean of the products at this spread, and its variance.
    gamma: f64,
    gamma_variance: f64,
}

/// What the products together say about any one of them.
#[derive(Debug, Clone)]
pub(super) struct Prior {
    points: Vec<Point>,
}

/// A shrunk coefficient.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Shrunk {
    pub mean: f64,
    pub variance: f64,
    /// B: share of the product's own estimate.
    pub share: f64,
    /// Expected τ² plus the variance of the mean: what is not known without the
    /// product's own history.
    pub prior_variance: f64,
    /// Part of `variance` that all products share: the error of their mean, as far
    /// as this one leans on it, (1−B)²·Var(γ).
    pub shared: f64,
}

const POINTS: usize = 80;

impl Prior {
    /// From the products' own estimates; `None` when there are none.
    ///
    /// The spread τ has a half-normal prior whose scale is half the mean response, or
    /// the spread by moments (DerSimonian and Laird 1986) where that is greater:
    /// responses of products of one company differ, but rarely by more than their mean.
    pub(super) fn of(own: &[Own]) -> Option<Self> {
        Self::with(own, None)
    }

    /// With an estimate of the products' mean itself, from elsewhere than their own
    /// estimates: it takes part at every spread without the spread between products.
    pub(super) fn with(own: &[Own], of_mean: Option<Own>) -> Option<Self> {
        if own.is_empty() && of_mean.is_none() {
            return None;
        }
        let point = |own: &[Own], tau2: f64| point(own, of_mean, tau2);
        let fixed = point(own, 0.0);
        let scale = (0.5 * fixed.gamma.abs()).max(moments(own, fixed.gamma).sqrt()).max(1e-9);
        let mut points: Vec<Point> = (0..POINTS)
            .map(|i| {
                // Midpoints up to four scales.
                let tau = 4.0 * scale * (i as f64 + 0.5) / POINTS as f64;
                let mut p = point(own, tau * tau);
                p.weight -= 0.5 * (tau / scale).powi(2);
                p
            })
            .collect();
        let most = points.iter().fold(f64::NEG_INFINITY, |m, p| m.max(p.weight));
        points.iter_mut().for_each(|p| p.weight = (p.weight - most).exp());
        let total: f64 = points.iter().map(|p| p.weight).sum();
        points.iter_mut().for_each(|p| p.weight /= total);
        Some(Self { points })
    }

    /// The mean of the products.
    pub(super) fn mean(&self) -> f64 {
        self.expect(|p| p.gamma)
    }

    /// Standard deviation between products.
    pub(super) fn spread(&self) -> f64 {
        self.expect(|p| p.tau2).sqrt()
    }

    fn expect(&self, f: impl Fn(&Point) -> f64) -> f64 {
        self.points.iter().map(|p| p.weight * f(p)).sum()
    }

    /// β̂ = B·b + (1−B)·γ with variance B·s² + (1−B)²·Var(γ), averaged over τ².
    /// Without an own estimate B is 0 and τ² stays in the variance.
    pub(super) fn shrink(&self, own: Option<Own>) -> Shrunk {
        let share = |p: &Point| own.map_or(0.0, |o| p.tau2 / (p.tau2 + o.variance));
        let mean_at = |p: &Point| {
            let b = share(p);
            own.map_or(p.gamma, |o| b * o.estimate + (1.0 - b) * p.gamma)
        };
        let variance_at = |p: &Point| {
            let b = share(p);
            let from_own = own.map_or(p.tau2, |o| b * o.variance);
            from_own + (1.0 - b).powi(2) * p.gamma_variance
        };
        let mean = self.expect(mean_at);
        let between = self.expect(|p| (mean_at(p) - mean).powi(2));
        Shrunk {
            mean,
            variance: self.expect(variance_at) + between,
            share: self.expect(share),
            shared: self.expect(|p| (1.0 - share(p)).powi(2) * p.gamma_variance),
            prior_variance: self.expect(|p| p.tau2 + p.gamma_variance),
        }
    }
}

/// τ² by moments, from how far the estimates lie from their mean beyond their errors.
fn moments(own: &[Own], mean: f64) -> f64 {
    let sum = |f: &dyn Fn(&Own) -> f64| own.iter().map(f).sum::<f64>();
    let weight = sum(&|o| 1.0 / o.variance);
    let squares = sum(&|o| o.variance.powi(-2));
    let q = sum(&|o| (o.estimate - mean).powi(2) / o.variance);
    let spread = (q - (own.len() as f64 - 1.0)) / (weight - squares / weight);
    if own.len() > 1 && spread.is_finite() { spread.max(0.0) } else { 0.0 }
}

/// The mean at a spread, and the restricted log-likelihood of the spread as weight.
fn point(own: &[Own], of_mean: Option<Own>, tau2: f64) -> Point {
    let all = || own.iter().map(|o| (o, o.variance + tau2)).chain(of_mean.iter().map(|o| (o, o.variance)));
    let information: f64 = all().map(|(_, v)| 1.0 / v).sum();
    // Weighed by the wide variances, whose noise does less harm; in error by the plain ones.
    let plain = |o: &Own, v: f64| v - o.variance + o.variance / o.widened;
    let gamma_variance = all().map(|(o, v)| plain(o, v) / (v * v)).sum::<f64>() / information.powi(2);
    let gamma = all().map(|(o, v)| o.estimate / v).sum::<f64>() / information;
    let fit: f64 = all().map(|(o, v)| v.ln() + (o.estimate - gamma).powi(2) / v).sum();
    Point { weight: -0.5 * (fit + information.ln()), tau2, gamma, gamma_variance }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(estimate: f64, se: f64) -> Own {
        Own::new(estimate, se * se)
    }

    #[test]
    fn shrunk_lies_between_the_own_estimate_and_the_mean() {
        let all = [own(1.0, 0.5), own(3.0, 0.2), own(2.2, 1.5), own(2.5, 0.3), own(-1.0, 2.0)];
        let prior = Prior::of(&all).expect("a prior");
        for o in all {
            let s = prior.shrink(Some(o));
            let (low, high) = (o.estimate.min(prior.mean()), o.estimate.max(prior.mean()));
            assert!((low - 0.1..=high + 0.1).contains(&s.mean), "{s:?}");
            // Not knowing the spread may cost more than shrinking gains, by a little.
            assert!(s.variance < 1.3 * o.variance && s.variance > 0.0, "{s:?}");
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
        assert!((kept.mean - 2.0).abs() < 1e-9 && (kept.variance - 0.16).abs() < 1e-9);
        let other = prior.shrink(None);
        assert!((other.mean - 2.0).abs() < 1e-9);
        assert!(other.variance.sqrt() > 1.3 && other.share == 0.0);
    }

    #[test]
    fn equal_estimates_pool_and_distant_ones_do_not() {
        let alike =
            Prior::of(&[own(2.0, 0.3), own(2.1, 0.3), own(1.9, 0.3), own(2.0, 0.3)]).expect("a prior");
        let apart =
            Prior::of(&[own(0.0, 0.1), own(4.0, 0.1), own(8.0, 0.1), own(2.0, 0.1)]).expect("a prior");
        assert!(alike.shrink(Some(own(2.1, 0.3))).share < 0.6);
        assert!(apart.shrink(Some(own(4.0, 0.1))).share > 0.99);
        assert!(Prior::of(&[]).is_none());
    }
}
