//! What moved in the history of one product's incentive, and whether others stood
//! still at the same time: the facts behind the evidence grade. Looks at the
//! incentive only, never at sales.

use std::collections::BTreeMap;

use super::Data;
use super::rows::Incentive;
use crate::catalog::ProductIx;

/// The changes of one product's incentive.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Changes {
    /// Months in which the incentive of some partners moved.
    pub count: usize,
    /// Of these, with partners of the same region that did not move.
    pub controlled: usize,
    /// Whether partners of the same tier and region were treated differently in
    /// at least half of the controlled changes, or first reached at different times.
    pub randomised_or_staggered: bool,
    /// Least and greatest incentive.
    pub range: [f64; 2],
}

/// A move of less than this share of the observed range is drift (of a price, of a
/// predicted volume), not a change.
const MOVE_SHARE: f64 = 0.1;
const MOVE_MIN: f64 = 1e-6;
/// A change must reach this share of the partners who sell the product.
const REACH: f64 = 0.02;
/// Share of a stratum that counts as "some of them".
const SOME: f64 = 0.2;

#[derive(Default, Clone, Copy)]
struct Tally {
    moved: usize,
    stayed: usize,
}

impl Tally {
    fn size(&self) -> usize {
        self.moved + self.stayed
    }
    fn is_mixed(&self, share: f64, least: usize) -> bool {
        let some = (share * self.size() as f64).max(1.0);
        self.size() >= least && self.moved as f64 >= some && self.stayed as f64 >= some
    }
}

pub(super) fn changes(data: &Data, product: ProductIx, x: Incentive) -> Changes {
    let series = &data.series_of[product];
    let range = range(data, series, x);
    let threshold = (MOVE_SHARE * (range[1] - range[0])).max(MOVE_MIN);
    let mut found = Changes { count: 0, controlled: 0, randomised_or_staggered: false, range };
    let mut first_moves: BTreeMap<u32, BTreeMap<usize, usize>> = BTreeMap::new();
    let mut has_moved = vec![false; series.len()];
    let mut within_stratum = 0;
    for t in 1..data.lives.usable {
        let day = data.panel.month(t).first_day();
        let mut regions: BTreeMap<u32, Tally> = BTreeMap::new();
        let mut strata: BTreeMap<(u32, &str), Tally> = BTreeMap::new();
        let mut movers = Vec::new();
        for (n, &s) in series.iter().enumerate() {
            if !data.lives.months(data.panel, s).contains(&t) {
                continue;
            }
            let partner = data.panel.series[s].0;
            let region = data.region[partner];
            let moved = (x.at(s, t) - x.at(s, t - 1)).abs() > threshold;
            let tier = data.company.catalog.partners[partner].tier_on(day);
            for tally in [regions.entry(region).or_default(), strata.entry((region, tier)).or_default()] {
                *if moved { &mut tally.moved } else { &mut tally.stayed } += 1;
            }
            if moved {
                movers.push((n, region));
            }
        }
        let present: usize = regions.values().map(Tally::size).sum();
        if movers.is_empty() || (movers.len() as f64) < REACH * present as f64 {
            continue;
        }
        found.count += 1;
        for (n, region) in movers {
            if !std::mem::replace(&mut has_moved[n], true) {
                *first_moves.entry(region).or_default().entry(t).or_default() += 1;
            }
        }
        found.controlled += usize::from(regions.values().any(|r| r.is_mixed(0.05, 2)));
        within_stratum += usize::from(strata.values().any(|s| s.is_mixed(SOME, 6)));
    }
    let is_staggered = |dates: &BTreeMap<usize, usize>| {
        let all: usize = dates.values().sum();
        dates.values().filter(|n| **n as f64 >= SOME * all as f64).count() >= 2
    };
    found.randomised_or_staggered = (within_stratum > 0 && 2 * within_stratum >= found.controlled)
        || (found.controlled > 0 && first_moves.values().any(is_staggered));
    found
}

fn range(data: &Data, series: &[usize], x: Incentive) -> [f64; 2] {
    let mut range = [f64::INFINITY, f64::NEG_INFINITY];
    for &s in series {
        for t in data.lives.months(data.panel, s) {
            range = [range[0].min(x.at(s, t)), range[1].max(x.at(s, t))];
        }
    }
    if range[0] > range[1] { [0.0, 0.0] } else { range }
}
