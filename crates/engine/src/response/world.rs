//! Small companies with a known truth, for tests: levels by partner and tier,
//! seasons, common shocks, launches after weak months, negative binomial counts.

use chrono::NaiveDate;
use rand_core::RngCore;
use rand_distr::{Distribution, Gamma, Poisson, StandardNormal};
use rust_decimal::Decimal;

use crate::calendar::{FiscalCalendar, Month};
use crate::catalog::{Catalog, Partner, PartnerType, Price, Product};
use crate::company::Company;
use crate::panel::Panel;

/// A stream of random numbers (SplitMix64).
pub(crate) struct Stream(pub u64);

impl RngCore for Stream {
    fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn fill_bytes(&mut self, out: &mut [u8]) {
        out.iter_mut().for_each(|b| *b = self.next_u64() as u8);
    }
}

impl Stream {
    pub(crate) fn normal(&mut self) -> f64 {
        StandardNormal.sample(self)
    }
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
    pub(crate) fn negative_binomial(&mut self, mean: f64, shape: f64) -> f64 {
        let rate = mean * Gamma::new(shape, 1.0 / shape).expect("a shape").sample(self);
        if rate < 1e-9 { 0.0 } else { Poisson::new(rate).expect("a rate").sample(self) }
    }
}

/// Who is reached in a window.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Reach {
    /// Platinum and Gold.
    Top,
    /// Everyone.
    All,
    /// By a coin a partner.
    Coin,
    /// Nobody, ever.
    Never,
}

#[derive(Clone)]
pub(crate) struct Shape {
    pub partners: usize,
    pub products: usize,
    pub months: usize,
    /// By product, repeated.
    pub reach: Vec<Reach>,
    pub beta: f64,
    pub beta_spread: f64,
    /// Units a month of a Silver partner.
    pub level: f64,
    /// Whether launches follow weak months.
    pub confounded: bool,
    pub season: f64,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            partners: 90,
            products: 6,
            months: 42,
            reach: vec![Reach::Top],
            beta: 4.0,
            beta_spread: 1.0,
            level: 4.0,
            confounded: true,
            season: 0.25,
        }
    }
}

pub(crate) struct World {
    pub company: Company,
    pub panel: Panel,
    /// Effective incentive a cell.
    pub x: Vec<f64>,
    /// True lag 0 a product.
    pub beta: Vec<f64>,
    /// True mean a cell.
    pub mean: Vec<f64>,
}

pub(crate) const PULL: f64 = 0.35;
pub(crate) const FIRST: Month = Month(2023 * 12);
const TIERS: [&str; 4] = ["Gold", "Platinum", "Registered", "Silver"];
const REGIONS: [&str; 3] = ["AMER", "APAC", "EMEA"];

pub(crate) fn company(partners: usize, products: usize, as_of: NaiveDate) -> Company {
    let partner = |i: usize| Partner {
        id: format!("P-{i:04}"),
        name: format!("Partner {i}"),
        partner_type: PartnerType::Reseller,
        tier: TIERS[i % 4].to_owned(),
        region: REGIONS[i / 4 % 3].to_owned(),
        country: None,
        parent: None,
        onboarded_on: None,
        active: true,
        tier_history: vec![],
    };
    let product = |k: usize| Product {
        sku: format!("K-{k:02}"),
        name: format!("Product {k}"),
        family: format!("Family {}", k / 3),
        launched_on: None,
        end_of_life_on: None,
        prices: vec![Price {
            effective_from: None,
            list_price: Decimal::from(100),
            unit_cost: Decimal::from(60),
        }],
    };
    let catalog = Catalog::new(
        (0..partners).map(partner).collect(),
        (0..products).map(product).collect(),
        "USD".to_owned(),
    );
    Company {
        catalog,
        programs: vec![],
        lines: vec![],
        registrations: vec![],
        targets: vec![],
        payouts: vec![],
        as_of,
        calendar: FiscalCalendar::default(),
    }
}

/// A panel of every pair, empty.
pub(crate) fn panel(partners: usize, products: usize, months: usize) -> Panel {
    let series: Vec<_> = (0..partners).flat_map(|i| (0..products).map(move |k| (i, k))).collect();
    let cells = series.len() * months;
    Panel {
        first_month: FIRST,
        months,
        series,
        units: vec![0.0; cells],
        revenue: vec![0.0; cells],
        returned_units: vec![0.0; cells],
    }
}

pub(crate) fn world(seed: u64, shape: &Shape) -> World {
    let mut random = Stream(seed.wrapping_mul(0x5851_f42d_4c95_7f2d) ^ 0x1405_7b7e);
    let (n, products, months) = (shape.partners, shape.products, shape.months);
    let mut panel = panel(n, products, months);
    let company = company(n, products, FIRST.plus(months as i32 - 1).last_day());
    let size: Vec<f64> =
        (0..n).map(|i| [0.5, 0.95, -0.6, 0.0][i % 4] + 0.5 * random.normal() + shape.level.ln()).collect();
    let (mut x, mut mean) = (vec![0.0; panel.units.len()], vec![0.0; panel.units.len()]);
    let mut beta = Vec::new();
    for k in 0..products {
        beta.push(shape.beta + shape.beta_spread * random.normal());
        let level = 0.3 * random.normal();
        let phase = random.uniform() * 12.0;
        let season = |t: usize| shape.season * (std::f64::consts::TAU * (t as f64 + phase) / 12.0).sin();
        let mut shocks = vec![vec![0.0; months]; 3];
        for shock in &mut shocks {
            let mut s = 0.18 * random.normal();
            for cell in shock.iter_mut() {
                *cell = s;
                s = 0.7 * s + 0.18 * 0.714 * random.normal();
            }
        }
        let reach = shape.reach[k % shape.reach.len()];
        let mean_shock = |t: usize| shocks.iter().map(|s| s[t]).sum::<f64>() / 3.0 + season(t);
        for start in windows(shape, months, &mean_shock, &mut random) {
            let rate = 0.02 + 0.04 * random.uniform();
            for i in 0..n {
                let coin = random.uniform() < 0.5;
                let reached = match reach {
                    Reach::Top => i % 4 < 2,
                    Reach::All => true,
                    Reach::Coin => coin,
                    Reach::Never => false,
                };
                for t in start..(start + 3).min(months) {
                    if reached {
                        x[panel.at(i * products + k, t)] = rate;
                    }
                }
            }
        }
        for i in 0..n {
            let own = 0.4 * random.normal();
            for t in 0..months {
                let at = panel.at(i * products + k, t);
                let before = if t > 0 { x[at - 1] } else { x[at] };
                let log = size[i]
                    + level
                    + own
                    + season(t)
                    + shocks[i / 4 % 3][t]
                    + beta[k] * (x[at] - PULL * before);
                mean[at] = log.exp();
                panel.units[at] = random.negative_binomial(mean[at], 2.5);
                panel.revenue[at] = 90.0 * panel.units[at];
            }
        }
    }
    World { company, panel, x, beta, mean }
}

/// Starts of about five windows of three months, two months apart at least.
fn windows(shape: &Shape, months: usize, strength: &dyn Fn(usize) -> f64, random: &mut Stream) -> Vec<usize> {
    let mut order: Vec<(f64, usize)> = (3..months.saturating_sub(3))
        .map(|t| (if shape.confounded { strength(t) } else { random.uniform() }, t))
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut starts: Vec<usize> = Vec::new();
    for (_, t) in order {
        if starts.len() < 5 && starts.iter().all(|s| s.abs_diff(t) >= 6) {
            starts.push(t);
        }
    }
    starts.sort_unstable();
    starts
}
