//! Standard errors of a fit: clustered by one or two dimensions, or by leaving out
//! one cluster at a time. Never touches the coefficients.

use super::sample::compact;
use super::{DesignError, Fit};
use crate::response::linear::{self, Square};

/// Without any one cluster this share of the variation must be left.
const CARRIED_BY_OTHERS: f64 = 0.4;

/// A row that makes up more of its group than this is treated as if it made up this.
const SHARE_MAX: f64 = 0.8;

/// Covariance of the coefficients.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    /// `k × k`, row by row; zero rows where a coefficient is not identified.
    pub matrix: Vec<f64>,
    /// Number of clusters, the least over the dimensions.
    pub clusters: usize,
}

impl Covariance {
    /// Standard error of a coefficient.
    pub fn se(&self, coefficient: usize) -> f64 {
        let k = self.matrix.len().isqrt();
        self.matrix[coefficient * k + coefficient].max(0.0).sqrt()
    }
}

impl Fit {
    /// Covariance clustered by one or more dimensions, each a cluster number a row
    /// of the design. Two dimensions: V₁ + V₂ − V₁₂, made positive semi-definite
    /// (Cameron, Gelbach and Miller 2011). Multiplier G/(G−1)·(n−1)/(n−k) with G
    /// the least number of clusters of any dimension and k without the effects
    /// nested in a cluster (FORECASTING.md §2). More than two dimensions: the
    /// first two count.
    pub fn clustered(&self, by: &[&[u32]]) -> Result<Covariance, DesignError> {
        let dimensions = by.iter().take(2).map(|c| self.clusters_of(c)).collect::<Result<Vec<_>, _>>()?;
        let clusters = dimensions.iter().map(|(_, g)| *g).min().unwrap_or(self.rows.len());
        let mut meat = match dimensions.as_slice() {
            [] => self.meat(&(0..self.rows.len() as u32).collect::<Vec<_>>(), self.rows.len()),
            [(ids, g), ..] => self.meat(ids, *g),
        };
        if let [(a, _), (b, levels_b)] = dimensions.as_slice() {
            let both: Vec<u64> =
                a.iter().zip(b).map(|(a, b)| u64::from(*a) * *levels_b as u64 + u64::from(*b)).collect();
            let (crossed, levels) = renumber(&both);
            let second = self.meat(b, *levels_b);
            let shared = self.meat(&crossed, levels);
            for ((m, s), c) in meat.iter_mut().zip(second).zip(shared) {
                *m += s - c;
            }
        }
        let g = clusters as f64;
        let ids: Vec<&[u32]> = dimensions.iter().map(|(ids, _)| ids.as_slice()).collect();
        let n = self.rows.len() as f64;
        let degrees = (n - self.counted_coefficients(&ids) as f64).max(1.0);
        let factor = if clusters > 1 { g / (g - 1.0) } else { 1.0 } * (n - 1.0) / degrees;
        let k = self.beta.len();
        let sandwich = linear::product(&linear::product(&self.bread, &meat, k), &self.bread, k);
        let scaled: Square = sandwich.iter().map(|v| v * factor).collect();
        Ok(Covariance { matrix: linear::positive_part(&scaled, k), clusters })
    }

    /// Covariance from leaving out one cluster at a time, with the effects held:
    /// (G−1)/G · Σ (A−A_g)⁻¹ s_g s_gᵀ (A−A_g)⁻¹ (MacKinnon, Nielsen and Webb 2023,
    /// CV₃). The effects that reach over clusters bend towards a cluster's own rows:
    /// its residuals and regressors are freed from that by 1/(1−h), h being a row's
    /// share of the weight of its group. Where few clusters carry the variation it is honest, while the plain
    /// one is too small. `None` where one cluster carries most of what identifies a
    /// coefficient: its error cannot be seen from the others.
    pub fn leave_one_out(&self, by: &[u32]) -> Result<Option<Covariance>, DesignError> {
        let (ids, clusters) = self.clusters_of(by)?;
        let k = self.beta.len();
        if clusters < 2 || k == 0 {
            return Ok(None);
        }
        let (mut information, mut scores) = (vec![0.0; clusters * k * k], vec![0.0; clusters * k]);
        let shares = self.shares_of_effects(&ids);
        for (i, g) in ids.iter().enumerate() {
            let g = *g as usize;
            let weight = self.weights[i] / (1.0 - shares[i]);
            for a in 0..k {
                let weighted = self.freed[a][i] * self.mu[i] * weight;
                scores[g * k + a] += self.freed[a][i] * self.residual[i] * weight;
                for b in 0..k {
                    information[(g * k + a) * k + b] += weighted * self.freed[b][i];
                }
            }
        }
        let mut total = vec![0.0; k * k];
        for i in 0..ids.len() {
            let weight = self.mu[i] * self.weights[i];
            for a in 0..k {
                for b in 0..k {
                    total[a * k + b] += weight * self.freed[a][i] * self.freed[b][i];
                }
            }
        }
        let factor = (clusters as f64 - 1.0) / clusters as f64;
        let mut matrix = vec![0.0; k * k];
        for g in 0..clusters {
            let own = &information[g * k * k..(g + 1) * k * k];
            let rest: Square = total.iter().zip(own).map(|(t, o)| t - o).collect();
            for c in 0..k {
                if self.identified[c] && rest[c * k + c] < CARRIED_BY_OTHERS * total[c * k + c] {
                    return Ok(None);
                }
            }
            let mut used = self.identified.clone();
            let inverse = linear::inverse(&rest, k, &mut used, 1e-9);
            if used != self.identified {
                return Ok(None);
            }
            let moved = linear::times(&inverse, &scores[g * k..(g + 1) * k]);
            linear::add_outer(&mut matrix, &moved, factor);
        }
        Ok(Some(Covariance { matrix, clusters }))
    }

    /// Covariance clustered by `by` and, for shocks common to all rows of a month
    /// that die out over `lags` months, by time: V_cluster + V_time − V_row, V_time
    /// with Bartlett weights over the lags (Thompson 2011; Driscoll and Kraay 1998).
    /// `time` is a running number a row of the design.
    pub fn clustered_with_common_shocks(
        &self,
        by: &[u32],
        time: &[u32],
        lags: usize,
    ) -> Result<Covariance, DesignError> {
        let k = self.beta.len();
        let (ids, clusters) = self.clusters_of(by)?;
        self.clusters_of(time)?;
        let span = self.rows.iter().map(|r| time[*r as usize] as usize + 1).max().unwrap_or(0);
        let mut total = vec![vec![0.0; k]; span];
        for (i, r) in self.rows.iter().enumerate() {
            for (c, freed) in self.freed.iter().enumerate() {
                total[time[*r as usize] as usize][c] += freed[i] * self.residual[i] * self.weights[i];
            }
        }
        let mut meat = self.meat(&ids, clusters);
        let rows = self.meat(&(0..self.rows.len() as u32).collect::<Vec<_>>(), self.rows.len());
        meat.iter_mut().zip(rows).for_each(|(m, r)| *m -= r);
        for t in 0..span {
            for lag in 0..=lags.min(t) {
                let weight = 1.0 - lag as f64 / (lags as f64 + 1.0);
                for a in 0..k {
                    for b in 0..k {
                        let (now, then) = (&total[t], &total[t - lag]);
                        let both = now[a] * then[b] + then[a] * now[b];
                        meat[a * k + b] += weight * both * if lag == 0 { 0.5 } else { 1.0 };
                    }
                }
            }
        }
        let factor = if clusters > 1 { clusters as f64 / (clusters as f64 - 1.0) } else { 1.0 };
        let sandwich = linear::product(&linear::product(&self.bread, &meat, k), &self.bread, k);
        let scaled: Square = sandwich.iter().map(|v| v * factor).collect();
        Ok(Covariance { matrix: linear::positive_part(&scaled, k), clusters })
    }

    /// How many equal clusters would carry as much of the variation that identifies
    /// a coefficient: (ΣA_g)²/ΣA_g² (after Carter, Schnepel and Steigerwald 2017).
    pub fn effective_clusters(&self, by: &[u32], coefficient: usize) -> Result<f64, DesignError> {
        let (ids, clusters) = self.clusters_of(by)?;
        let mut carried = vec![0.0; clusters];
        for (i, g) in ids.iter().enumerate() {
            carried[*g as usize] += self.weights[i] * self.mu[i] * self.freed[coefficient][i].powi(2);
        }
        let (sum, squares) = carried.iter().fold((0.0, 0.0), |(s, q), a| (s + a, q + a * a));
        Ok(if squares > 0.0 { sum * sum / squares } else { 0.0 })
    }

    /// Share of each row in the weight of its groups, over the sets of effects that
    /// are not nested in the clusters.
    fn shares_of_effects(&self, clusters: &[u32]) -> Vec<f64> {
        let mut shares = vec![0.0; self.rows.len()];
        for (groups, &levels) in self.groups.iter().zip(&self.levels) {
            if nested(groups, levels, clusters) {
                continue;
            }
            let mut total = vec![0.0; levels];
            for (i, g) in groups.iter().enumerate() {
                total[*g as usize] += self.mu[i] * self.weights[i];
            }
            for (i, g) in groups.iter().enumerate() {
                shares[i] += self.mu[i] * self.weights[i] / total[*g as usize];
            }
        }
        shares.iter().map(|s| f64::min(*s, SHARE_MAX)).collect()
    }

    /// The cluster of each row used, numbered from 0, and how many there are.
    pub(crate) fn clusters_of(&self, by: &[u32]) -> Result<(Vec<u32>, usize), DesignError> {
        let needed = self.rows.last().map_or(0, |r| *r as usize + 1);
        if by.len() < needed {
            let what = "a cluster dimension".to_owned();
            return Err(DesignError::Length { what, found: by.len(), expected: needed });
        }
        Ok(compact(by, &self.rows))
    }

    /// Sum over clusters of the outer products of their scores.
    fn meat(&self, ids: &[u32], clusters: usize) -> Square {
        let k = self.beta.len();
        let mut scores = vec![0.0; clusters * k];
        for (i, g) in ids.iter().enumerate() {
            for (c, freed) in self.freed.iter().enumerate() {
                scores[*g as usize * k + c] += freed[i] * self.residual[i] * self.weights[i];
            }
        }
        let mut meat = vec![0.0; k * k];
        if k > 0 {
            scores.chunks(k).for_each(|s| linear::add_outer(&mut meat, s, 1.0));
        }
        meat
    }

    /// Coefficients that count against the rows: the regressors, and the effects
    /// not nested in a cluster dimension, less one redundant level a further set.
    fn counted_coefficients(&self, clusters: &[&[u32]]) -> usize {
        let regressors = self.identified.iter().filter(|i| **i).count();
        let all: usize = self.levels.iter().sum::<usize>() - self.levels.len().saturating_sub(1);
        let is_nested = |d: usize| clusters.iter().any(|c| nested(&self.groups[d], self.levels[d], c));
        let nested: Vec<usize> =
            (0..self.levels.len()).filter(|&d| is_nested(d)).map(|d| self.levels[d]).collect();
        regressors + all + nested.len() - nested.iter().sum::<usize>()
    }
}

/// Whether each group lies in one cluster.
fn nested(groups: &[u32], levels: usize, clusters: &[u32]) -> bool {
    let mut cluster_of = vec![u32::MAX; levels];
    groups.iter().zip(clusters).all(|(g, c)| {
        let known = &mut cluster_of[*g as usize];
        if *known == u32::MAX {
            *known = *c;
        }
        *known == *c
    })
}

fn renumber(ids: &[u64]) -> (Vec<u32>, usize) {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let number = |id: &u64| sorted.partition_point(|s| s < id) as u32;
    (ids.iter().map(number).collect(), sorted.len())
}
