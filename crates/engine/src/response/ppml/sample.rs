//! Which rows can say anything: drops groups that are all zero (their effect is
//! minus infinity) and groups of one row, again and again until none is left,
//! and numbers the remaining groups without gaps.

use super::Design;

/// The rows that are used, in the order of the design.
pub(super) struct Sample {
    /// Position in the design.
    pub rows: Vec<u32>,
    pub y: Vec<f64>,
    pub weights: Vec<f64>,
    /// Columns of regressors.
    pub x: Vec<Vec<f64>>,
    /// Group of each row, from 0 without gaps, one vector a set of effects.
    pub groups: Vec<Vec<u32>>,
    /// Number of groups, one a set of effects.
    pub levels: Vec<usize>,
    pub dropped_zero: usize,
    pub dropped_single: usize,
}

impl Sample {
    /// Selects among the rows marked in `keep`, which is updated.
    pub(super) fn select(design: &Design, keep: &mut [bool]) -> Self {
        let (mut dropped_zero, mut dropped_single) = (0, 0);
        loop {
            let before = dropped_zero + dropped_single;
            for groups in design.groups {
                let size = groups.iter().max().map_or(0, |m| *m as usize + 1);
                let (mut rows, mut total) = (vec![0usize; size], vec![0.0; size]);
                for i in (0..keep.len()).filter(|&i| keep[i]) {
                    rows[groups[i] as usize] += 1;
                    total[groups[i] as usize] += design.y[i];
                }
                for i in 0..keep.len() {
                    let g = groups[i] as usize;
                    if keep[i] && total[g] <= 0.0 {
                        keep[i] = false;
                        dropped_zero += 1;
                    } else if keep[i] && rows[g] == 1 {
                        keep[i] = false;
                        dropped_single += 1;
                    }
                }
            }
            if dropped_zero + dropped_single == before {
                break;
            }
        }
        let rows = (0..keep.len() as u32).filter(|&i| keep[i as usize]).collect();
        Self { dropped_zero, dropped_single, ..Self::of_rows(design, rows) }
    }

    /// Every row, whatever it says.
    pub(super) fn whole(design: &Design) -> Self {
        Self::of_rows(design, (0..design.y.len() as u32).collect())
    }

    fn of_rows(design: &Design, rows: Vec<u32>) -> Self {
        let pick = |column: &[f64]| rows.iter().map(|&i| column[i as usize]).collect::<Vec<f64>>();
        let (groups, levels) = design.groups.iter().map(|g| compact(g, &rows)).unzip();
        Self {
            y: pick(design.y),
            weights: design.weights.map_or_else(|| vec![1.0; rows.len()], pick),
            x: design.x.iter().map(|c| pick(c)).collect(),
            groups,
            levels,
            rows,
            dropped_zero: 0,
            dropped_single: 0,
        }
    }
}

/// The groups of some rows, numbered by first appearance, and how many there are.
pub(super) fn compact(groups: &[u32], rows: &[u32]) -> (Vec<u32>, usize) {
    let size = groups.iter().max().map_or(0, |m| *m as usize + 1);
    let mut number = vec![u32::MAX; size];
    let mut next = 0;
    let compacted = rows
        .iter()
        .map(|&i| {
            let slot = &mut number[groups[i as usize] as usize];
            if *slot == u32::MAX {
                *slot = next;
                next += 1;
            }
            *slot
        })
        .collect();
    (compacted, next as usize)
}
