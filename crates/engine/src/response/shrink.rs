//! Empirical-Bayes shrinkage of the products' responses towards their mean, all lags at
//! once (FORECASTING.md §2; Jackson, White and Riley 2013). Given the spread between
//! products it is the usual update; the spread itself is not plugged in as one number
//! but weighed by its restricted likelihood, because with a dozen products its estimate
//! is often zero where the truth is not, and the intervals would be too narrow.
//!
//! # Why all lags at once
//!
//! An incentive that stays for months tells the sum of its lags far better than each:
//! their errors are opposed. Drawn to their means one by one, lags give that away.

use nalgebra::{SMatrix, SVector};

use super::LAGS;
use super::spread;

pub(super) type Vector = SVector<f64, LAGS>;
pub(super) type Matrix = SMatrix<f64, LAGS, LAGS>;

/// A product's own estimate and the covariance of its error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Own {
    estimate: Vector,
    covariance: Matrix,
    known: [bool; LAGS],
    /// By how much `covariance` is wider than the sampling covariance, because few
    /// clusters carry it. Right for one product's interval; in the mean of many, errors
    /// of errors average out.
    widened: f64,
}

/// Added to each variance as a share of it: a covariance may be singular.
const RIDGE: f64 = 1e-9;

impl Own {
    /// An estimate of the lags that are `known`; one without a finite error is not.
    pub(super) fn new(
        estimate: [f64; LAGS],
        covariance: [[f64; LAGS]; LAGS],
        known: [bool; LAGS],
        widened: f64,
    ) -> Self {
        let told = |l: usize| {
            known[l] && estimate[l].is_finite() && covariance[l][l].is_finite() && covariance[l][l] > 0.0
        };
        let known: [bool; LAGS] = std::array::from_fn(told);
        let both = |a: usize, b: usize| {
            let ridge = if a == b { 1.0 + RIDGE } else { 1.0 };
            if known[a] && known[b] { covariance[a][b] * ridge } else { 0.0 }
        };
        Self {
            estimate: Vector::from_fn(|l, _| if known[l] { estimate[l] } else { 0.0 }),
            covariance: Matrix::from_fn(both),
            known,
            widened,
        }
    }

    /// An estimate of lag 0 alone, whose variance is as it is.
    pub(super) fn of_first(estimate: f64, variance: f64) -> Self {
        let mut covariance = [[0.0; LAGS]; LAGS];
        covariance[0][0] = variance;
        Self::new([estimate, 0.0, 0.0], covariance, [true, false, false], 1.0)
    }

    /// Estimate and variance of one lag.
    pub(super) fn lag(&self, lag: usize) -> Option<(f64, f64)> {
        self.known[lag].then(|| (self.estimate[lag], self.covariance[(lag, lag)]))
    }

    /// The same without the lags of which no other product says anything.
    fn within(self, active: [bool; LAGS]) -> Self {
        let known: [bool; LAGS] = std::array::from_fn(|l| self.known[l] && active[l]);
        Self { known, estimate: masked(&self.estimate, known), ..self }
    }

    /// (S + T)⁻¹ over the lags that are known, zero elsewhere, and the log of the
    /// determinant of S + T.
    fn weight(&self, between: &Matrix) -> (Matrix, f64) {
        let both = |a: usize, b: usize| match (self.known[a] && self.known[b], a == b) {
            (true, _) => self.covariance[(a, b)] + between[(a, b)],
            (false, same) => f64::from(u8::from(same)),
        };
        let (inverse, log) = inverse(&Matrix::from_fn(both));
        (Matrix::from_fn(|a, b| if self.known[a] && self.known[b] { inverse[(a, b)] } else { 0.0 }), log)
    }
}

fn masked(v: &Vector, keep: [bool; LAGS]) -> Vector {
    Vector::from_fn(|l, _| if keep[l] { v[l] } else { 0.0 })
}

/// Inverse and log-determinant of a positive definite matrix; where rounding has left it
/// otherwise, of its diagonal.
fn inverse(m: &Matrix) -> (Matrix, f64) {
    if let Some(factor) = m.cholesky() {
        let log = 2.0 * factor.l_dirty().diagonal().iter().map(|v| v.ln()).sum::<f64>();
        let inverse = factor.inverse();
        if log.is_finite() && inverse.iter().all(|v| v.is_finite()) {
            return (inverse, log);
        }
    }
    let diagonal = m.diagonal().map(|v| v.max(f64::MIN_POSITIVE));
    (Matrix::from_diagonal(&diagonal.map(f64::recip)), diagonal.iter().map(|v| v.ln()).sum())
}

/// One possible spread between products.
#[derive(Debug, Clone, Copy)]
struct Point {
    weight: f64,
    /// T, the covariance between products.
    between: Matrix,
    mean: Mean,
}

/// Mean of the products, and the covariance of its error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mean {
    pub estimate: Vector,
    pub error: Matrix,
}

/// What the products together say about any one of them.
#[derive(Debug, Clone)]
pub(super) struct Prior {
    points: Vec<Point>,
    active: [bool; LAGS],
}

/// A shrunk response.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shrunk {
    pub mean: [f64; LAGS],
    pub covariance: [[f64; LAGS]; LAGS],
    /// Share of lag 0's variance between products that the product's own estimate takes
    /// away: B, with one lag.
    pub share: f64,
    /// Loadings of the error on normals that all products share: that of their mean, as
    /// far as this one leans on it. Part of `covariance`.
    pub common: [[f64; LAGS]; LAGS],
}

impl Prior {
    /// From the products' own estimates; `None` when there are none.
    pub(super) fn of(own: &[Own]) -> Option<Self> {
        Self::with(own, None)
    }

    /// With an estimate of the products' mean at lag 0, and its variance, from elsewhere
    /// than their own estimates: it takes part at every spread without the spread
    /// between products.
    pub(super) fn with(own: &[Own], of_mean: Option<(f64, f64)>) -> Option<Self> {
        let of_mean = of_mean.map(|(estimate, variance)| Own::of_first(estimate, variance));
        let active = std::array::from_fn(|l| own.iter().chain(&of_mean).any(|o| o.known[l]));
        if active == [false; LAGS] {
            return None;
        }
        let together = Together { own, of_mean, active };
        let (fixed, _) = together.at(&Matrix::zeros());
        let mut points: Vec<Point> = spread::possible(own, &fixed, active)
            .into_iter()
            .map(|(between, log_prior)| {
                let (mean, log_likelihood) = together.at(&between);
                Point { weight: log_prior + log_likelihood, between, mean }
            })
            .collect();
        let most = points.iter().map(|p| p.weight).filter(|w| !w.is_nan()).fold(f64::NEG_INFINITY, f64::max);
        points.iter_mut().for_each(|p| p.weight = (p.weight - most).exp());
        points.retain(|p| p.weight > 1e-12);
        let total: f64 = points.iter().map(|p| p.weight).sum();
        points.iter_mut().for_each(|p| p.weight /= total);
        (!points.is_empty()).then_some(Self { points, active })
    }

    /// The mean of the products at lag 0.
    pub(super) fn mean(&self) -> f64 {
        self.points.iter().map(|p| p.weight * p.mean.estimate[0]).sum()
    }

    /// Standard deviation between products at lag 0.
    pub(super) fn spread(&self) -> f64 {
        self.points.iter().map(|p| p.weight * p.between[(0, 0)]).sum::<f64>().sqrt()
    }

    /// With B = T(S + T)⁻¹: the mean γ + B(b − γ), the covariance (I−B)T(I−B)ᵀ + BSBᵀ of
    /// what is left besides the error of γ, and (I−B)·Var(γ)·(I−B)ᵀ of that; averaged over
    /// T. Without an own estimate B is 0.
    pub(super) fn shrink(&self, own: Option<Own>) -> Shrunk {
        let own = own.map(|o| o.within(self.active));
        let (mut mean, mut second, mut common, mut share) =
            (Vector::zeros(), Matrix::zeros(), Matrix::zeros(), 0.0);
        let at: Vec<(f64, Vector)> = self
            .points
            .iter()
            .map(|p| {
                let taken = own.map_or(Matrix::zeros(), |o| p.between * o.weight(&p.between).0);
                let left = Matrix::identity() - taken;
                let moved =
                    own.map_or(Vector::zeros(), |o| taken * (o.estimate - masked(&p.mean.estimate, o.known)));
                let from_own = own.map_or(Matrix::zeros(), |o| taken * o.covariance * taken.transpose());
                let rest = left * p.between * left.transpose() + from_own;
                let shared = left * p.mean.error * left.transpose();
                second += (rest + shared) * p.weight;
                common += left * factor(&p.mean.error) * p.weight;
                let known = (p.between[(0, 0)] - rest[(0, 0)]) / p.between[(0, 0)];
                share += p.weight * if known.is_finite() { known.clamp(0.0, 1.0) } else { 0.0 };
                mean += (p.mean.estimate + moved) * p.weight;
                (p.weight, p.mean.estimate + moved)
            })
            .collect();
        for (weight, there) in at {
            let off = there - mean;
            second += off * off.transpose() * weight;
        }
        let square = |m: &Matrix| std::array::from_fn(|a| std::array::from_fn(|b| m[(a, b)]));
        // A sum of weights may come out a rounding above 1.
        let share = share.clamp(0.0, 1.0);
        Shrunk { mean: mean.into(), covariance: square(&second), share, common: square(&common) }
    }
}

fn factor(m: &Matrix) -> Matrix {
    let rows: [[f64; LAGS]; LAGS] = std::array::from_fn(|a| std::array::from_fn(|b| m[(a, b)]));
    let lower = super::linear::cholesky(&rows);
    Matrix::from_fn(|a, b| lower[a][b])
}

/// All that is known of the products' mean.
struct Together<'a> {
    own: &'a [Own],
    of_mean: Option<Own>,
    active: [bool; LAGS],
}

impl Together<'_> {
    /// The mean at a spread, and the restricted log-likelihood of the spread. Weighed by
    /// the wide covariances, whose noise does less harm; in error by the plain ones.
    fn at(&self, between: &Matrix) -> (Mean, f64) {
        let nothing = Matrix::zeros();
        let all = || self.own.iter().map(|o| (o, between)).chain(self.of_mean.iter().map(|o| (o, &nothing)));
        let weights: Vec<(Matrix, f64)> = all().map(|(o, t)| o.weight(t)).collect();
        let (mut information, mut sum, mut meat) = (Matrix::zeros(), Vector::zeros(), Matrix::zeros());
        for ((o, t), (weight, _)) in all().zip(&weights) {
            information += weight;
            sum += weight * o.estimate;
            meat += weight * (o.covariance / o.widened + t) * weight;
        }
        for l in (0..LAGS).filter(|l| !self.active[*l]) {
            information[(l, l)] = 1.0;
        }
        let (inverse, log_information) = inverse(&information);
        let estimate = masked(&(inverse * sum), self.active);
        let mut fit = log_information;
        for ((o, _), (weight, log)) in all().zip(&weights) {
            let off = o.estimate - masked(&estimate, o.known);
            fit += log + off.dot(&(weight * off));
        }
        (Mean { estimate, error: inverse * meat * inverse }, -0.5 * fit)
    }
}
