//! Two sets of effects taken out exactly: the larger set is eliminated group by group,
//! which leaves the normal equations of the smaller one (its Schur complement), and
//! these fall apart into blocks of groups that meet anywhere. For partners × months of
//! a product each block is as small as the months of a region. Must not be used where
//! the blocks are large: [`Layout::of`] says when.

use rayon::prelude::*;

use crate::response::linear::dot;

/// A pivot below this share of its diagonal is the constant that two sets of effects
/// share in every block: one group of the block is held at zero.
const PIVOT_MIN: f64 = 1e-11;
/// Work worth doing, as multiples of the rows: products of pairs of rows of a group,
/// and steps of the factorisation.
const WORK_MAX: usize = 200;

/// Where everything stands; depends on the groups alone.
pub(super) struct Layout {
    /// Which of the two sets is eliminated.
    pub large: usize,
    /// Rows ordered by group of the large set, and within it of the small one.
    order: Vec<u32>,
    /// Position within its block of the small group, in that order.
    local: Vec<u32>,
    blocks: Vec<Block>,
}

/// Groups that meet one another, and no others.
struct Block {
    /// Groups of the small set.
    small: Vec<u32>,
    large: Vec<Part>,
}

/// A group of the large set in its block.
struct Part {
    group: u32,
    /// Its part of `order`.
    range: std::ops::Range<usize>,
    /// First row and first position in the block, where rows and positions both follow
    /// one another without gaps: then plain slices serve.
    run: Option<(usize, usize)>,
}

/// The factored equations at some weights: lower triangles, row by row.
pub(super) struct Factors {
    of_block: Vec<Vec<f64>>,
}

impl Layout {
    /// `None` where alternating is cheaper, or there are not two sets.
    pub(super) fn of(groups: &[Vec<u32>], levels: &[usize]) -> Option<Self> {
        let ([one, two], [levels_one, levels_two]) = (groups, levels) else { return None };
        let large = usize::from(levels_two > levels_one);
        let (large_groups, small_groups) = if large == 0 { (one, two) } else { (two, one) };
        let (larges, smalls) = (levels[large], levels[1 - large]);
        let order = sorted_by(large_groups, larges, &sorted_by(small_groups, smalls, &all(one.len())));
        let ranges = ranges(&order, large_groups, larges);
        let worth = WORK_MAX * order.len();
        if ranges.iter().map(|r| r.len() * r.len()).sum::<usize>() > worth {
            return None;
        }
        let block_of = blocks_of(&order, &ranges, small_groups, smalls);
        let count = block_of.iter().max().map_or(0, |b| *b as usize + 1);
        let mut blocks: Vec<Block> =
            (0..count).map(|_| Block { small: Vec::new(), large: Vec::new() }).collect();
        let mut place = vec![0; smalls];
        for (group, block) in block_of.iter().enumerate() {
            let small = &mut blocks[*block as usize].small;
            place[group] = small.len() as u32;
            small.push(group as u32);
        }
        for (group, range) in ranges.into_iter().enumerate().filter(|(_, r)| !r.is_empty()) {
            let first = small_groups[order[range.start] as usize];
            let part = Part { group: group as u32, range, run: None };
            blocks[block_of[first as usize] as usize].large.push(part);
        }
        if blocks.iter().map(|b| b.small.len().pow(3) / 6).sum::<usize>() > worth {
            return None;
        }
        let local: Vec<u32> = order.iter().map(|row| place[small_groups[*row as usize] as usize]).collect();
        for part in blocks.iter_mut().flat_map(|b| &mut b.large) {
            let (rows, at) = (&order[part.range.clone()], &local[part.range.clone()]);
            let follow = rows.windows(2).zip(at.windows(2));
            let is_run = follow.into_iter().all(|(r, a)| r[0] + 1 == r[1] && a[0] + 1 == a[1]);
            part.run = is_run.then(|| (rows[0] as usize, at[0] as usize));
        }
        Some(Self { large, order, local, blocks })
    }

    /// `totals` are the weights of the groups of the small set.
    pub(super) fn factor(&self, weights: &[f64], large: &[f64], totals: &[f64]) -> Factors {
        let one = |block: &Block| {
            let side = block.small.len();
            let mut a = vec![0.0; side * side];
            for (i, group) in block.small.iter().enumerate() {
                a[i * side + i] = totals[*group as usize];
            }
            let mut gathered = Vec::new();
            for part in &block.large {
                let at = &self.local[part.range.clone()];
                let inverse = 1.0 / large[part.group as usize];
                if let Some((row, first)) = part.run {
                    let own = &weights[row..row + at.len()];
                    for r in 0..own.len() {
                        let from = (first + r) * side + first;
                        let factor = own[r] * inverse;
                        a[from..=from + r].iter_mut().zip(own).for_each(|(a, w)| *a -= factor * w);
                    }
                } else {
                    gathered.clear();
                    gathered.extend(self.order[part.range.clone()].iter().map(|r| weights[*r as usize]));
                    eliminate(&mut a, side, at, &gathered, inverse);
                }
            }
            cholesky(&mut a, side, |i| totals[block.small[i] as usize]);
            a
        };
        Factors { of_block: self.blocks.par_iter().map(one).collect() }
    }

    /// Takes the effects of both sets out of a column. `inverse` are the reciprocals
    /// of the large groups' weights.
    pub(super) fn free(&self, factors: &Factors, weights: &[f64], inverse: &[f64], v: &mut [f64]) {
        let mut right = Vec::new();
        for (block, lower) in self.blocks.iter().zip(&factors.of_block) {
            right.clear();
            right.resize(block.small.len(), 0.0);
            for part in &block.large {
                self.within(part, weights, inverse, v, &mut right);
            }
            substitute(lower, &mut right);
            for part in &block.large {
                self.apply(part, weights, inverse, v, &right);
            }
        }
    }

    /// Takes the group's mean out of `v`, and adds what is left to the small groups.
    fn within(&self, part: &Part, w: &[f64], inverse: &[f64], v: &mut [f64], right: &mut [f64]) {
        let (inverse, n) = (inverse[part.group as usize], part.range.len());
        if let Some((row, first)) = part.run {
            let (v, w) = (&mut v[row..row + n], &w[row..row + n]);
            let mean = dot(v, w) * inverse;
            for ((v, w), right) in v.iter_mut().zip(w).zip(&mut right[first..first + n]) {
                *v -= mean;
                *right += *v * w;
            }
            return;
        }
        let rows = &self.order[part.range.clone()];
        let mean = rows.iter().map(|r| v[*r as usize] * w[*r as usize]).sum::<f64>() * inverse;
        for (r, at) in rows.iter().zip(&self.local[part.range.clone()]) {
            v[*r as usize] -= mean;
            right[*at as usize] += v[*r as usize] * w[*r as usize];
        }
    }

    /// Takes the small groups' effects out, and what they moved the group's mean by.
    fn apply(&self, part: &Part, w: &[f64], inverse: &[f64], v: &mut [f64], effect: &[f64]) {
        let (inverse, n) = (inverse[part.group as usize], part.range.len());
        if let Some((row, first)) = part.run {
            let effect = &effect[first..first + n];
            let mean = dot(effect, &w[row..row + n]) * inverse;
            v[row..row + n].iter_mut().zip(effect).for_each(|(v, e)| *v -= e - mean);
            return;
        }
        let rows = || self.order[part.range.clone()].iter().zip(&self.local[part.range.clone()]);
        let mean = rows().map(|(r, at)| effect[*at as usize] * w[*r as usize]).sum::<f64>() * inverse;
        rows().for_each(|(r, at)| v[*r as usize] -= effect[*at as usize] - mean);
    }
}

/// Takes one group of the large set out: A −= w·wᵀ / W, lower triangle. `at` ascends.
fn eliminate(a: &mut [f64], side: usize, at: &[u32], weights: &[f64], inverse: f64) {
    for (r, (row, weight)) in at.iter().zip(weights).enumerate() {
        let factor = weight * inverse;
        let line = &mut a[*row as usize * side..(*row as usize + 1) * side];
        for (column, w) in at[..=r].iter().zip(weights) {
            line[*column as usize] -= factor * w;
        }
        // Several rows in one cell: those after this one belong to the triangle too.
        for (column, w) in at[r + 1..].iter().zip(&weights[r + 1..]).take_while(|(c, _)| *c == row) {
            line[*column as usize] -= factor * w;
        }
    }
}

/// Lower factor in place; a direction without a pivot gets a zero row and column.
fn cholesky(a: &mut [f64], side: usize, diagonal: impl Fn(usize) -> f64) {
    for i in 0..side {
        let (above, own) = a.split_at_mut(i * side);
        for j in 0..i {
            let row = &above[j * side..j * side + j + 1];
            let dot: f64 = own[..j].iter().zip(row).map(|(a, b)| a * b).sum();
            own[j] = if row[j] > 0.0 { (own[j] - dot) / row[j] } else { 0.0 };
        }
        let pivot = own[i] - own[..i].iter().map(|v| v * v).sum::<f64>();
        own[i] = if pivot > PIVOT_MIN * diagonal(i) { pivot.sqrt() } else { 0.0 };
    }
}

/// Solves L·Lᵀ·v = right in place; unknowns without a pivot are zero.
fn substitute(lower: &[f64], right: &mut [f64]) {
    let side = right.len();
    for i in 0..side {
        let row = &lower[i * side..i * side + i + 1];
        let dot: f64 = row[..i].iter().zip(right.iter()).map(|(l, v)| l * v).sum();
        right[i] = if row[i] > 0.0 { (right[i] - dot) / row[i] } else { 0.0 };
    }
    for i in (0..side).rev() {
        let row = &lower[i * side..i * side + i + 1];
        right[i] = if row[i] > 0.0 { right[i] / row[i] } else { 0.0 };
        let value = right[i];
        right[..i].iter_mut().zip(row).for_each(|(v, l)| *v -= l * value);
    }
}

fn all(rows: usize) -> Vec<u32> {
    (0..rows as u32).collect()
}

/// `rows` in the order of their groups, otherwise as they were.
fn sorted_by(groups: &[u32], levels: usize, rows: &[u32]) -> Vec<u32> {
    let mut next = vec![0u32; levels + 1];
    groups.iter().for_each(|g| next[*g as usize + 1] += 1);
    for g in 0..levels {
        next[g + 1] += next[g];
    }
    let mut out = vec![0; rows.len()];
    for row in rows {
        let slot = &mut next[groups[*row as usize] as usize];
        out[*slot as usize] = *row;
        *slot += 1;
    }
    out
}

fn ranges(order: &[u32], groups: &[u32], levels: usize) -> Vec<std::ops::Range<usize>> {
    let mut ranges = vec![0..0; levels];
    let mut start = 0;
    for end in 1..=order.len() {
        let group = groups[order[start] as usize];
        if end == order.len() || groups[order[end] as usize] != group {
            ranges[group as usize] = start..end;
            start = end;
        }
    }
    ranges
}

/// The block of every small group, numbered by first appearance.
fn blocks_of(order: &[u32], large: &[std::ops::Range<usize>], small: &[u32], smalls: usize) -> Vec<u32> {
    let mut parent = all(smalls);
    let root = |parent: &mut Vec<u32>, mut g: u32| {
        while parent[g as usize] != g {
            parent[g as usize] = parent[parent[g as usize] as usize];
            g = parent[g as usize];
        }
        g
    };
    for range in large.iter().filter(|r| !r.is_empty()) {
        let first = root(&mut parent, small[order[range.start] as usize]);
        for row in &order[range.clone()] {
            let other = root(&mut parent, small[*row as usize]);
            parent[other as usize] = first;
        }
    }
    let mut number = vec![u32::MAX; smalls];
    let mut next = 0;
    (0..smalls as u32)
        .map(|g| {
            let root = root(&mut parent, g) as usize;
            if number[root] == u32::MAX {
                number[root] = next;
                next += 1;
            }
            number[root]
        })
        .collect()
}
