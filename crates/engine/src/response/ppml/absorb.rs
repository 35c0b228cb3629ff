//! Absorbs fixed effects: takes weighted group means of any number of group
//! vectors out of a column. The result is the limit of alternating projections
//! (FORECASTING.md §2). Two sets whose equations fall into small blocks are solved
//! exactly ([`super::direct`]); what is left, and every other structure, by conjugate
//! gradients on the group coefficients with the group weights as preconditioner.
//! Must not know about regressions.

use super::direct::{Factors, Layout};

/// Group structure and current weights.
pub(super) struct Absorber<'a> {
    groups: &'a [Vec<u32>],
    /// First coefficient of each group vector; the last entry is their number.
    first: Vec<usize>,
    /// Reciprocal of the weight of each group, all vectors one after the other.
    inverse_weight: Vec<f64>,
    weights: Vec<f64>,
    /// Sum of the weights.
    total: f64,
    direct: Option<Layout>,
    factors: Option<Factors>,
}

const SWEEPS_MAX: usize = 500;

impl<'a> Absorber<'a> {
    /// Groups numbered from 0 without gaps; `levels[d]` of vector `d`.
    pub(super) fn new(groups: &'a [Vec<u32>], levels: &[usize]) -> Self {
        let mut first = vec![0];
        for l in levels {
            first.push(first[first.len() - 1] + l);
        }
        let direct = Layout::of(groups, levels);
        Self {
            groups,
            first,
            inverse_weight: Vec::new(),
            weights: Vec::new(),
            total: 0.0,
            direct,
            factors: None,
        }
    }

    pub(super) fn set_weights(&mut self, weights: &[f64]) {
        self.weights.clear();
        self.weights.extend_from_slice(weights);
        self.total = weights.chunks(64).map(|w| w.iter().sum::<f64>()).sum();
        let mut total = vec![0.0; self.first[self.groups.len()]];
        self.scatter(weights, &mut total);
        self.inverse_weight = total.iter().map(|w| if *w > 0.0 { 1.0 / w } else { 0.0 }).collect();
        self.factors = self.direct.as_ref().map(|layout| {
            let (one, two) = total.split_at(self.first[1]);
            let (large, small) = if layout.large == 0 { (one, two) } else { (two, one) };
            layout.factor(weights, large, small)
        });
    }

    /// Takes out of `v` what the exact solution of two sets says; whether there is one.
    fn solve(&self, v: &mut [f64]) -> bool {
        let (Some(layout), Some(factors)) = (&self.direct, &self.factors) else { return false };
        let (one, two) = self.inverse_weight.split_at(self.first[1]);
        layout.free(factors, &self.weights, if layout.large == 0 { one } else { two }, v);
        true
    }

    /// Weighted sums of a column by group. Two sets are the usual case: one pass.
    fn sums(&self, v: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        if let [one, two] = self.groups {
            let (o_one, o_two) = out.split_at_mut(self.first[1]);
            for (((a, b), w), v) in one.iter().zip(two).zip(&self.weights).zip(v) {
                let own = v * w;
                o_one[*a as usize] += own;
                o_two[*b as usize] += own;
            }
            return;
        }
        let weighted: Vec<f64> = v.iter().zip(&self.weights).map(|(v, w)| v * w).collect();
        self.scatter(&weighted, out);
    }

    /// What the effects explain of a column with these sums, as a sum of squares.
    fn explained(&self, left: &[f64]) -> f64 {
        left.iter().zip(&self.inverse_weight).map(|(r, d)| r * r * d).sum()
    }

    pub(super) fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Whether two sets of effects are solved, not approached.
    pub(super) fn is_exact(&self) -> bool {
        self.direct.is_some()
    }

    /// Sum of the weights.
    pub(super) fn total(&self) -> f64 {
        self.total
    }

    /// Sums a column by group.
    fn scatter(&self, column: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for (d, group) in self.groups.iter().enumerate() {
            let out = &mut out[self.first[d]..self.first[d + 1]];
            for (g, v) in group.iter().zip(column) {
                out[*g as usize] += v;
            }
        }
    }

    /// Spreads group coefficients over rows (`plain`) and sums the weighted rows by
    /// group again (`image`). Two sets of effects are the usual case: one pass.
    fn apply(&self, coefficients: &[f64], plain: &mut [f64], weighted: &mut [f64], image: &mut [f64]) {
        if let [one, two] = self.groups {
            image.fill(0.0);
            let (c_one, c_two) = coefficients.split_at(self.first[1]);
            let (i_one, i_two) = image.split_at_mut(self.first[1]);
            for (((a, b), w), q) in one.iter().zip(two).zip(&self.weights).zip(plain) {
                let (a, b) = (*a as usize, *b as usize);
                *q = c_one[a] + c_two[b];
                let own = *q * w;
                i_one[a] += own;
                i_two[b] += own;
            }
            return;
        }
        self.gather(coefficients, plain, weighted);
        self.scatter(weighted, image);
    }

    /// Spreads group coefficients over rows, weighted in `weighted`.
    fn gather(&self, coefficients: &[f64], plain: &mut [f64], weighted: &mut [f64]) {
        plain.fill(0.0);
        for (d, group) in self.groups.iter().enumerate() {
            let own = &coefficients[self.first[d]..self.first[d + 1]];
            for (q, g) in plain.iter_mut().zip(group) {
                *q += own[*g as usize];
            }
        }
        for ((out, q), w) in weighted.iter_mut().zip(plain).zip(&self.weights) {
            *out = *q * w;
        }
    }

    /// Takes the effects out of `v`. Stops when what is left of them is below
    /// `tolerance²` times `scale` (a weighted sum of squares). An exact solution is
    /// looked at again, and improved where rounding spoiled it, if `verify`.
    pub(super) fn residualise(&self, v: &mut [f64], scale: f64, tolerance: f64, verify: bool) {
        if self.groups.is_empty() || v.is_empty() {
            return;
        }
        let size = self.first[self.groups.len()];
        if self.solve(v) && !verify {
            return;
        }
        let mut left = vec![0.0; size];
        self.sums(v, &mut left);
        let mut norm = self.explained(&left);
        if norm.is_nan() || norm <= tolerance * tolerance * scale {
            return;
        }
        let mut plain = vec![0.0; v.len()];
        let mut weighted = vec![0.0; v.len()];
        let mut direction: Vec<f64> = left.iter().zip(&self.inverse_weight).map(|(r, d)| r * d).collect();
        let mut image = vec![0.0; size];
        for _ in 0..SWEEPS_MAX {
            if norm.is_nan() || norm <= tolerance * tolerance * scale {
                return;
            }
            self.apply(&direction, &mut plain, &mut weighted, &mut image);
            let curvature: f64 = direction.iter().zip(&image).map(|(p, a)| p * a).sum();
            if curvature.is_nan() || curvature <= 0.0 {
                return;
            }
            let step = norm / curvature;
            v.iter_mut().zip(&plain).for_each(|(v, q)| *v -= step * q);
            left.iter_mut().zip(&image).for_each(|(r, a)| *r -= step * a);
            let next = self.explained(&left);
            let turn = next / norm;
            for ((p, r), d) in direction.iter_mut().zip(&left).zip(&self.inverse_weight) {
                *p = r * d + turn * *p;
            }
            norm = next;
        }
    }
}
