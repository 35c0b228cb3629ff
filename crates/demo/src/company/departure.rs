//! Worlds that the estimator does not assume (FORECASTING.md §6): one departure at a
//! time from the plain world, on top of the same draws. Off by default; then nothing
//! here touches a number.

use super::cells::{cells, incentives};
use super::incentive::moves_sales;
use super::market::{Market, PULL_FORWARD};
use super::partners::{REGIONS, TIERS};
use crate::books::TierChange;
use crate::calendar::Month;
use crate::random::Stream;
use crate::terms::Version;

/// One way in which a company is not as the estimator takes it to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// The response levels off: f(x) = β·c·(1 − exp(−x/c)), c = 0.08.
    Saturating,
    /// Partners with less incentive lose business to those with more.
    TakenFromOthers,
    /// Buyers wait for an announced rise and hurry before a fall.
    Anticipated,
    /// Half of the windows come with a lower price for the same partners.
    Promoted,
    /// Partners rise and fall between tiers with their last quarter's sales.
    TiersFollowSales,
}

/// Incentive at which a saturating response has 63% of all it can reach.
const LEVELS_OFF: f64 = 0.08;
/// Log units lost per log unit that the market's mean response is above one's own.
const TAKEN: f64 = 0.3;
/// Share of the response that moves to the month after an announced rise.
const WAITING: f64 = 0.25;
/// A promotion: share off the price, and log units of sales per log unit of price.
const PROMOTION: f64 = 0.08;
const ELASTICITY: f64 = 1.5;
const PROMOTED_SHARE: f64 = 0.5;
/// A quarter this far from the mean quarter before it moves a partner a tier.
const PROMOTED_ABOVE: f64 = 1.35;
const DEMOTED_BELOW: f64 = 0.65;

impl Departure {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Saturating, Self::TakenFromOthers, Self::Anticipated, Self::Promoted, Self::TiersFollowSales];

    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Saturating => "response saturates",
            Self::TakenFromOthers => "taken from ineligible partners",
            Self::Anticipated => "announced changes anticipated",
            Self::Promoted => "price promotions at the same time",
            Self::TiersFollowSales => "tiers follow sales",
        }
    }
}

/// What a departure adds to a company.
#[derive(Debug, Clone, Default)]
pub struct Departures {
    kind: Option<Departure>,
    /// By pair and month: share off the price. Empty: none anywhere.
    promotion: Vec<Vec<f64>>,
}

impl Departures {
    /// The departure on a market whose programs and incentives are known.
    pub fn of(
        seed: u64,
        kind: Option<Departure>,
        market: &Market,
        versions: &[Version],
        x: &[Vec<f64>],
    ) -> Self {
        let promotion = match kind {
            Some(Departure::Promoted) => promotions(seed, market, versions, x),
            _ => Vec::new(),
        };
        Self { kind, promotion }
    }

    /// Share off the price of a pair in a month.
    pub fn promotion(&self, pair: usize, t: usize) -> f64 {
        self.promotion.get(pair).and_then(|path| path.get(t)).copied().unwrap_or(0.0)
    }

    /// What is added to the log of every pair's expected sales, by month, when these
    /// are the incentives. Empty: nothing anywhere.
    pub fn added(&self, market: &Market, x: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let by_pair = |f: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
            (0..x.len()).map(|p| (0..x[p].len()).map(|t| f(p, t)).collect()).collect()
        };
        let beta = |p: usize| market.beta[market.pairs[p].product];
        match self.kind {
            None | Some(Departure::TiersFollowSales) => Vec::new(),
            Some(Departure::Saturating) => by_pair(&|p, t| {
                let missing = |x: f64| LEVELS_OFF * (1.0 - libm::exp(-x / LEVELS_OFF)) - x;
                beta(p) * (missing(x[p][t]) - PULL_FORWARD * missing(x[p][t.saturating_sub(1)]))
            }),
            Some(Departure::TakenFromOthers) => {
                let mean = market_means(market, x);
                by_pair(&|p, t| {
                    let pair = &market.pairs[p];
                    let ahead = mean[market.region(pair.partner)][pair.product][t] - x[p][t];
                    -TAKEN * beta(p) * ahead.max(0.0)
                })
            }
            Some(Departure::Anticipated) => by_pair(&|p, t| {
                let next = x[p].get(t + 1).copied().unwrap_or(x[p][t]);
                -WAITING * beta(p) * (next - x[p][t])
            }),
            Some(Departure::Promoted) => by_pair(&|p, t| -ELASTICITY * libm::log(1.0 - self.promotion(p, t))),
        }
    }
}

/// Mean incentive over the pairs of a region and product, by month.
fn market_means(market: &Market, x: &[Vec<f64>]) -> Vec<Vec<Vec<f64>>> {
    let months = x.first().map_or(0, Vec::len);
    let mut sums = vec![vec![(vec![0.0; months], 0.0); market.items.len()]; REGIONS.len()];
    for (pair, path) in market.pairs.iter().zip(x) {
        let (sum, n) = &mut sums[market.region(pair.partner)][pair.product];
        sum.iter_mut().zip(path).for_each(|(s, x)| *s += x);
        *n += 1.0;
    }
    let mean = |(sum, n): (Vec<f64>, f64)| sum.into_iter().map(|s| s / f64::max(n, 1.0)).collect();
    sums.into_iter().map(|row| row.into_iter().map(mean).collect()).collect()
}

/// Promotions of the windows that a coin picks, for the partners these pay; none after
/// the data.
fn promotions(seed: u64, market: &Market, versions: &[Version], x: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let months = market.shape.months;
    let mut paths = vec![vec![0.0; x.first().map_or(0, Vec::len)]; x.len()];
    let counting = versions.iter().filter(|v| moves_sales(&v.terms));
    for (n, version) in counting.enumerate() {
        if !Stream::new(seed, "promotion", &[n]).chance(PROMOTED_SHARE) {
            continue;
        }
        let alone = incentives(market, std::slice::from_ref(version));
        for (path, paid) in paths.iter_mut().zip(&alone) {
            for t in (0..months).filter(|t| paid[*t] > 0.0) {
                path[t] = PROMOTION;
            }
        }
    }
    paths
}

/// Lets tiers follow sales: at every quarter's start partners far above or below their
/// mean quarter so far move one tier.
pub fn tiers_by_sales(seed: u64, market: &mut Market, versions: &[Version]) {
    for i in 0..market.partners.len() {
        let id = &market.partners[i].id;
        if let Some(first) = market.tier_changes.iter().find(|c| c.partner == *id) {
            market.partners[i].tier = first.tier.clone();
        }
    }
    market.tier_changes.clear();
    let start = market.shape.first_month();
    let first_quarter = (3 - start.0.rem_euclid(3)).rem_euclid(3) as usize;
    for t in (first_quarter + 6..market.shape.months).step_by(3) {
        let sold = sold_by_partner(seed, market, versions);
        for (i, sold) in sold.iter().enumerate() {
            let last: f64 = sold[t - 3..t].iter().sum();
            let before: f64 = sold[..t - 3].iter().sum::<f64>() * 3.0 / (t - 3) as f64;
            if before >= 3.0 {
                move_tier(market, i, last / before, start.plus(t as i32));
            }
        }
    }
}

fn sold_by_partner(seed: u64, market: &Market, versions: &[Version]) -> Vec<Vec<f64>> {
    let x = incentives(market, versions);
    let mut sold = vec![vec![0.0; market.shape.months]; market.partners.len()];
    for cell in cells(seed, market, &x, &[]) {
        sold[market.pairs[cell.pair].partner][cell.t] += f64::from(cell.units);
    }
    sold
}

fn move_tier(market: &mut Market, i: usize, growth: f64, month: Month) {
    let partner = &market.partners[i];
    let Some(rank) = TIERS.iter().position(|t| t.0 == partner.tier) else { return };
    let next = if growth > PROMOTED_ABOVE {
        rank.max(1) - 1
    } else if growth < DEMOTED_BELOW {
        (rank + 1).min(TIERS.len() - 1)
    } else {
        rank
    };
    if next == rank || partner.onboarded_on >= month.first() {
        return;
    }
    let row = |tier: &str, from| TierChange { partner: partner.id.clone(), tier: tier.to_owned(), from };
    let mut rows = Vec::new();
    if !market.tier_changes.iter().any(|c| c.partner == partner.id) {
        rows.push(row(&partner.tier, partner.onboarded_on));
    }
    rows.push(row(TIERS[next].0, month.first()));
    market.tier_changes.extend(rows);
    market.partners[i].tier = TIERS[next].0.to_owned();
}
