//! The truth behind sales: levels, seasons, shocks and the response to incentives
//! (FORECASTING.md §6):
//!
//! log λ = a_i(tier) + a_k + lifecycle_k(t) + season_k + s_{region,k,t} + f(x_t) − .35·f(x_{t−1}),
//! f(x) = β_k·x, s an AR(1) with ρ = .7 and a standard deviation of .18 in the long run.
//!
//! This is the plain world: tiers change by a coin, nothing is taken from other
//! partners, nothing is anticipated, and only flat seller-facing pay moves sales.

use super::partners::{REGIONS, TIERS};
use super::products::{self, Item};
use crate::books::{Partner, PriceChange, Product, TierChange};
use crate::calendar::Month;
use crate::random::Stream;
use crate::shape::Shape;

/// Months after the data that the truth knows of: a quarter and its tail.
pub const AHEAD: usize = 6;
/// Share of last month's response that is missing this month.
pub const PULL_FORWARD: f64 = 0.35;
/// AR(1) coefficient of the shocks.
pub const SHOCK_RHO: f64 = 0.7;
/// Their standard deviation in the long run.
pub const SHOCK_SD: f64 = 0.18;
/// Size of the negative binomial.
pub const NB_R: f64 = 2.5;
/// Probability that a long-tail pair sells nothing in a month.
pub const ZERO_SHARE: f64 = 0.35;
/// Below this expectation a pair is long-tail.
const LONG_TAIL: f64 = 0.7;
const LEVEL_OF_TIER: [f64; 4] = [0.75, 0.4, 0.05, -0.25];

/// A pair of partner and product that sells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Position of the partner.
    pub partner: usize,
    /// Position of the product.
    pub product: usize,
    /// Log level a_i + a_k.
    pub level: f64,
    /// Whether zero inflation holds.
    pub long_tail: bool,
}

/// The company before any sale.
#[derive(Debug, Clone)]
pub struct Market {
    /// Size.
    pub shape: Shape,
    /// Partners sorted by id.
    pub partners: Vec<Partner>,
    /// Tier changes.
    pub tier_changes: Vec<TierChange>,
    /// What the generator knows of products, sorted by SKU.
    pub items: Vec<Item>,
    /// Products sorted by SKU.
    pub products: Vec<Product>,
    /// Price changes.
    pub price_changes: Vec<PriceChange>,
    /// β_k: log units per 1.0 of effective incentive.
    pub beta: Vec<f64>,
    /// Pairs that sell, by partner and product.
    pub pairs: Vec<Pair>,
    /// `s[region][product][month]`, [`AHEAD`] months beyond the data.
    pub shocks: Vec<Vec<Vec<f64>>>,
    growth: Vec<f64>,
    season: Vec<[f64; 12]>,
}

impl Market {
    /// Draws a company.
    pub fn new(seed: u64, shape: &Shape) -> Self {
        let (partners, tier_changes) = super::partners::partners(seed, shape);
        let items = products::items(shape);
        let draw = |purpose: &str, k: usize| Stream::new(seed, purpose, &[k]).normal();
        let per_product = |f: &dyn Fn(usize) -> f64| (0..items.len()).map(f).collect::<Vec<f64>>();
        let pairs = pairs(seed, shape, &partners, &tier_changes, &items);
        Self {
            beta: per_product(&|k| (4.0 + draw("beta", k)).clamp(1.8, 6.2)),
            growth: per_product(&|k| (0.05 + 0.06 * draw("growth", k)).clamp(-0.08, 0.18)),
            season: (0..items.len()).map(|k| season(seed, &items[k])).collect(),
            shocks: shocks(seed, shape.months + AHEAD, items.len()),
            products: products::products(&items),
            price_changes: products::price_changes(shape, &items),
            shape: shape.clone(),
            partners,
            tier_changes,
            items,
            pairs,
        }
    }

    /// The month of a position in time.
    pub fn month(&self, t: usize) -> Month {
        self.shape.first_month().plus(t as i32)
    }

    /// Position of a partner's region.
    pub fn region(&self, partner: usize) -> usize {
        REGIONS.iter().position(|r| r.0 == self.partners[partner].region).unwrap_or(0)
    }

    /// The tier a partner holds in a month; tiers change on first days only.
    pub fn tier(&self, partner: usize, month: Month) -> &str {
        tier_in(&self.partners[partner], &self.tier_changes, month)
    }

    /// Usual discount off list of a tier.
    pub fn discount(&self, partner: usize, month: Month) -> f64 {
        match self.tier(partner, month) {
            "Platinum" => 0.18,
            "Gold" => 0.14,
            "Silver" => 0.10,
            _ => 0.06,
        }
    }

    /// Whether a pair can sell in a month at all.
    pub fn trades(&self, pair: &Pair, month: Month) -> bool {
        let partner = &self.partners[pair.partner];
        let quit = Shape::last_month().plus(-9 - (pair.partner % 7) as i32);
        products::on_sale(&self.products[pair.product], month)
            && partner.onboarded_on <= month.first()
            && (partner.active || month <= quit)
    }

    /// Expected units of a pair in month `t` given the shock, this month's and last
    /// month's effective incentive; zero inflation not yet taken off.
    pub fn rate(&self, pair: &Pair, t: usize, shock: f64, x: f64, x_before: f64) -> f64 {
        let month = self.month(t);
        if !self.trades(pair, month) {
            return 0.0;
        }
        let k = pair.product;
        let log = pair.level
            + self.growth[k] * t as f64 / 12.0
            + self.lifecycle(k, month)
            + self.season[k][month.of_year()]
            + shock
            + self.beta[k] * (x - PULL_FORWARD * x_before);
        libm::exp(log)
    }

    /// The shock of a pair's product and region in month `t`.
    pub fn shock(&self, pair: &Pair, t: usize) -> f64 {
        self.shocks[self.region(pair.partner)][pair.product][t]
    }

    /// A launch ramps up over half a year; the last half year before the end fades.
    fn lifecycle(&self, product: usize, month: Month) -> f64 {
        let product = &self.products[product];
        let mut log = 0.0;
        if let Some(day) = product.launched_on {
            let age = month.0 - Month::of(day).0;
            log -= 1.2 * f64::from((6 - age).clamp(0, 6)) / 6.0;
        }
        if let Some(day) = product.end_of_life_on {
            let left = Month::of(day).0 - month.0;
            log -= 1.0 * f64::from((6 - left).clamp(0, 6)) / 6.0;
        }
        log
    }
}

fn tier_in<'a>(partner: &'a Partner, changes: &'a [TierChange], month: Month) -> &'a str {
    changes
        .iter()
        .rfind(|c| c.partner == partner.id && c.from <= month.first())
        .map_or(partner.tier.as_str(), |c| c.tier.as_str())
}

fn pairs(
    seed: u64,
    shape: &Shape,
    partners: &[Partner],
    changes: &[TierChange],
    items: &[Item],
) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (i, partner) in partners.iter().enumerate() {
        // The level belongs to the tier a partner starts with; later changes of tier are a coin's.
        let start = tier_in(partner, changes, Month::of(partner.onboarded_on).plus(1));
        let rank = TIERS.iter().position(|t| t.0 == start).unwrap_or(3);
        let size = LEVEL_OF_TIER[rank]
            + 0.3 * Stream::new(seed, "size", &[i]).normal()
            + if partner.partner_type == "distributor" { 0.3 } else { 0.0 }
            - if partner.partner_type == "referral" { 0.3 } else { 0.0 };
        for (k, item) in items.iter().enumerate() {
            let mut stream = Stream::new(seed, "pair", &[i, k]);
            let carried = item.carried * [1.15, 1.1, 1.0, 0.95][rank];
            let always = i == 41 && item.family == "Product X";
            if !(stream.chance(carried) || always) {
                continue;
            }
            let level = size + libm::log(item.units * shape.volume) + 0.2 * stream.normal();
            pairs.push(Pair { partner: i, product: k, level, long_tail: libm::exp(level) < LONG_TAIL });
        }
    }
    pairs
}

fn shocks(seed: u64, months: usize, products: usize) -> Vec<Vec<Vec<f64>>> {
    let path = |region: usize, product: usize| {
        let mut stream = Stream::new(seed, "shock", &[region, product]);
        let fresh = SHOCK_SD * libm::sqrt(1.0 - SHOCK_RHO * SHOCK_RHO);
        let mut s = SHOCK_SD * stream.normal();
        (0..months)
            .map(|_| {
                let now = s;
                s = SHOCK_RHO * s + fresh * stream.normal();
                now
            })
            .collect()
    };
    (0..REGIONS.len()).map(|r| (0..products).map(|k| path(r, k)).collect()).collect()
}

/// Quarter ends are strong everywhere; the rest belongs to the family and a little to the product.
fn season(seed: u64, item: &Item) -> [f64; 12] {
    let family = item.family.bytes().map(usize::from).sum();
    let mut of_family = Stream::new(seed, "season", &[family]);
    let phase = of_family.between(0, 11) as f64;
    let height = 0.06 + 0.06 * of_family.uniform();
    let mut own = Stream::new(seed, "season of", &[item.sku.bytes().map(usize::from).sum()]);
    core::array::from_fn(|m| {
        let wave = libm::cos(2.0 * core::f64::consts::PI * (m as f64 - phase) / 12.0);
        let quarter_end = if m % 3 == 2 { 0.13 } else { -0.065 };
        height * wave + quarter_end + 0.03 * own.normal()
    })
}
