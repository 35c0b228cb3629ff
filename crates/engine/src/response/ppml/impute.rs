//! What would have been there without treatment: effects are learned from untreated
//! rows alone and laid over the treated ones (Borusyak, Jaravel and Spiess 2024).
//! Where effects differ by time of treatment a plain two-way fit is wrong; this is not.

use super::{Design, DesignError, Fit, fit, fit_linear};

/// The untreated outcome of every row of a design with two sets of effects; `None`
/// where no untreated row ties its groups together.
///
/// `exponential`: the mean is exp(effects), by Poisson; else it is their sum.
pub fn untreated(
    y: &[f64],
    groups: &[Vec<u32>; 2],
    weights: Option<&[f64]>,
    is_untreated: &[bool],
    exponential: bool,
) -> Result<Vec<Option<f64>>, DesignError> {
    let rows: Vec<usize> = (0..y.len()).filter(|&i| is_untreated.get(i) == Some(&true)).collect();
    let pick = |c: &[f64]| rows.iter().map(|&i| c[i]).collect::<Vec<f64>>();
    let own = groups.each_ref().map(|g| rows.iter().map(|&i| g[i]).collect::<Vec<u32>>());
    let picked_weights = weights.map(pick);
    let outcome = pick(y);
    let design = Design { y: &outcome, x: &[], groups: &own, weights: picked_weights.as_deref() };
    let fitted = if exponential { fit(&design)? } else { fit_linear(&design)? };
    let level = |i: usize, fitted: &Fit| {
        if exponential { fitted.mu[i].ln() } else { outcome[fitted.rows[i] as usize] - fitted.residual[i] }
    };
    let ties: Vec<(u32, u32, f64)> = (0..fitted.rows.len())
        .map(|i| {
            let row = fitted.rows[i] as usize;
            (own[0][row], own[1][row], level(i, &fitted))
        })
        .collect();
    let effects = Effects::of(&ties, groups);
    let value = |i: usize| effects.at(groups[0][i], groups[1][i]);
    Ok((0..y.len()).map(|i| value(i).map(|v| if exponential { v.exp() } else { v })).collect())
}

/// Effects of both sets, known up to a constant within each part that rows tie together.
struct Effects {
    one: Vec<Option<(u32, f64)>>,
    two: Vec<Option<(u32, f64)>>,
}

impl Effects {
    /// Walks from group to group: level = one + two on every row.
    fn of(ties: &[(u32, u32, f64)], groups: &[Vec<u32>; 2]) -> Self {
        let levels = |g: &Vec<u32>| g.iter().max().map_or(0, |m| *m as usize + 1);
        let (ones, twos) = (levels(&groups[0]), levels(&groups[1]));
        let mut of_one = vec![Vec::new(); ones];
        let mut of_two = vec![Vec::new(); twos];
        for (i, (a, b, _)) in ties.iter().enumerate() {
            of_one[*a as usize].push(i);
            of_two[*b as usize].push(i);
        }
        let mut found = Self { one: vec![None; ones], two: vec![None; twos] };
        for start in 0..ones {
            if found.one[start].is_some() || of_one[start].is_empty() {
                continue;
            }
            let part = start as u32;
            found.one[start] = Some((part, 0.0));
            let mut open = vec![(true, start)];
            while let Some((is_one, group)) = open.pop() {
                let known = if is_one { found.one[group] } else { found.two[group] };
                let (_, value) = known.unwrap_or((part, 0.0));
                for &tie in if is_one { &of_one[group] } else { &of_two[group] } {
                    let (a, b, level) = ties[tie];
                    let other = if is_one { &mut found.two[b as usize] } else { &mut found.one[a as usize] };
                    if other.is_none() {
                        *other = Some((part, level - value));
                        open.push((!is_one, if is_one { b as usize } else { a as usize }));
                    }
                }
            }
        }
        found
    }

    fn at(&self, one: u32, two: u32) -> Option<f64> {
        let (part, a) = self.one[one as usize]?;
        let (other, b) = self.two[two as usize]?;
        (part == other).then_some(a + b)
    }
}
