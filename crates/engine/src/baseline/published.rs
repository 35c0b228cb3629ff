//! What the sales of many partners say about all of them, to be forecast with by one
//! that sees its own sales alone: season, trend and shocks of its markets, how quickly
//! levels forget, how far months scatter. Every figure is pooled over at least
//! [`POOL_MIN`] partners; where fewer sell, over the next wider pool (product, family,
//! company), and where the company has fewer, there is none. It must not hold a level,
//! a sale or a name of anybody.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::cells::Cells;
use super::effects::{Company as CompanyShock, Effects, Path};
use super::filter::{Filter, Level};
use super::kalman::Ar;
use super::learn::{CLASSES, Learned, OVERDISPERSION_START, SETTING_START, Setting, class_of};
use super::levels::{Parent, SCATTER_MAX, SCATTER_MIN};
use super::markets::Markets;
use super::season::Season;
use super::trend::Slope;
use super::widths::Widths;
use super::{Fitted, shares, shocks};
use crate::calendar::Month;
use crate::catalog::{PartnerIx, ProductIx};
use crate::company::Company;
use crate::panel::Panel;

/// A figure rests on the sales of at least so many partners, or is not published.
pub const POOL_MIN: usize = 5;
/// Months in which a partner must have sold to count.
const POOL_MONTHS: usize = 12;
/// Units with which the factor of a partner over all its products leans on 1.
const PARTNER_LEAN: f64 = 5.0;
/// Units a month of a product that nobody may be told about.
const LEVEL_UNKNOWN: f64 = 1.0;

/// Over whom a figure is pooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pool {
    /// The partners of a region that sell the product.
    Market,
    /// All that sell the product.
    Product,
    /// All that sell the product's family.
    Family,
    /// Everybody.
    Company,
    /// Nobody: the company has too few partners.
    Nobody,
}

/// The shared effects of a history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SharedBaseline {
    first_month: Month,
    last_month: Month,
    families: Vec<Family>,
    partner_variance: f64,
    widths: Widths,
    ar: Ar,
    product_share: f64,
    company: Option<CompanyShock>,
    season_shared_error: f64,
    /// By region, then by product of the catalogue.
    regions: Vec<(String, Vec<Market>)>,
    /// By tier, then by product: where levels start from.
    tiers: Vec<(String, Vec<Start>)>,
}

/// How levels of a family forget and months scatter.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Family {
    setting: Setting,
    overdispersion: [f64; CLASSES.len()],
}

/// What moves a product in a region.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Market {
    pool: Pool,
    path: Path,
    season: [f64; 12],
    season_error: f64,
    slope: Slope,
    log: Vec<f64>,
    factor: Vec<f64>,
}

/// Where the level of a product starts from.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Start {
    mean: f64,
    shape: f64,
}

/// Who sells what, as far as it counts for pooling.
struct Sellers<'a> {
    learned: &'a Learned,
    /// By series: whether it sold lately.
    sold: Vec<bool>,
}

impl Sellers<'_> {
    fn of<'a>(learned: &'a Learned, panel: &Panel) -> Sellers<'a> {
        let end = (learned.last_month.0 - panel.first_month.0 + 1).clamp(0, panel.months as i32) as usize;
        let from = end.saturating_sub(POOL_MONTHS);
        let sold = |s: usize| panel.units_of(s)[from..end].iter().any(|units| *units > 0.0);
        Sellers { learned, sold: (0..panel.series.len()).map(sold).collect() }
    }

    /// Whether enough partners sell what `holds` for.
    fn enough(&self, holds: impl Fn(usize) -> bool) -> bool {
        let all = self.learned.series.iter().enumerate();
        let of = all.filter(|(s, _)| self.sold[*s] && holds(*s)).map(|(_, (partner, _))| *partner);
        of.collect::<BTreeSet<PartnerIx>>().len() >= POOL_MIN
    }

    /// The narrowest of some pools with enough partners: which, and the series in it.
    fn narrowest(&self, pools: &[(Pool, &dyn Fn(usize) -> bool)]) -> (Pool, Vec<usize>) {
        let all = 0..self.learned.series.len();
        let found = pools.iter().find(|(_, holds)| self.enough(holds));
        found.map_or((Pool::Nobody, Vec::new()), |(pool, holds)| {
            (*pool, all.filter(|s| self.sold[*s] && holds(*s)).collect())
        })
    }
}

impl SharedBaseline {
    /// Takes from a fit what may be published.
    pub fn of(fitted: &Fitted, company: &Company, panel: &Panel) -> Self {
        let learned = &fitted.learned;
        let sellers = Sellers::of(learned, panel);
        let whole = sellers.enough(|_| true);
        let effects = &learned.effects;
        let catalog = &company.catalog;
        let families = catalog.families();
        let of_product =
            |product: ProductIx| families.binary_search(&catalog.products[product].family.as_str()).ok();
        let region = |s: usize| catalog.partners[learned.series[s].0].region.as_str();
        let day = learned.last_month.last_day();
        let tier = |s: usize| catalog.partners[learned.series[s].0].tier_on(day);
        let products = 0..catalog.products.len();
        let market = |name: &str, product: ProductIx| {
            let family = of_product(product);
            let (pool, series) = sellers.narrowest(&[
                (Pool::Market, &|s| learned.series[s].1 == product && region(s) == name),
                (Pool::Product, &|s| learned.series[s].1 == product),
                (Pool::Family, &|s| Some(learned.family[s]) == family),
                (Pool::Company, &|_| true),
            ]);
            Market::of(learned, pool, &series)
        };
        let start = |name: &str, product: ProductIx| {
            let family = of_product(product);
            let (_, series) = sellers.narrowest(&[
                (Pool::Market, &|s| learned.series[s].1 == product && tier(s) == name),
                (Pool::Product, &|s| learned.series[s].1 == product),
                (Pool::Family, &|s| Some(learned.family[s]) == family),
                (Pool::Company, &|_| true),
            ]);
            Start::of(learned, &series)
        };
        let by_product = |of: &dyn Fn(ProductIx) -> Market| products.clone().map(of).collect::<Vec<_>>();
        Self {
            first_month: panel.first_month,
            last_month: learned.last_month,
            families: (0..families.len()).map(|f| Family::of(learned, &sellers, f)).collect(),
            partner_variance: if whole { learned.partner_variance } else { 0.0 },
            widths: if whole { fitted.widths.clone() } else { Widths::plain() },
            ar: if whole { effects.ar } else { shocks::START },
            product_share: if whole { effects.product_share } else { 0.0 },
            company: effects.company.clone().filter(|_| whole),
            season_shared_error: if whole { effects.season.shared_error } else { 0.0 },
            regions: catalog
                .regions()
                .into_iter()
                .map(|name| (name.to_owned(), by_product(&|product| market(name, product))))
                .collect(),
            tiers: catalog
                .tiers()
                .into_iter()
                .map(|name| (name.to_owned(), products.clone().map(|p| start(name, p)).collect()))
                .collect(),
        }
    }

    /// Over whom the effects of a product in a region are pooled.
    pub fn pool(&self, region: &str, product: ProductIx) -> Pool {
        self.market(region, product).map_or(Pool::Nobody, |market| market.pool)
    }

    /// Last month that the effects were learned from.
    pub fn last_month(&self) -> Month {
        self.last_month
    }

    fn market(&self, region: &str, product: ProductIx) -> Option<&Market> {
        self.regions.iter().find(|(name, _)| name == region).and_then(|(_, all)| all.get(product))
    }
}

impl Family {
    /// Of the family, else of all families with enough partners, by series.
    fn of(learned: &Learned, sellers: &Sellers, family: usize) -> Self {
        let pool = sellers
            .narrowest(&[(Pool::Family, &|s| learned.family[s] == family), (Pool::Company, &|_| true)]);
        let (Pool::Family | Pool::Company, series) = pool else {
            return Self { setting: SETTING_START, overdispersion: [OVERDISPERSION_START; CLASSES.len()] };
        };
        let mean = |of: &dyn Fn(usize) -> f64| mean(&series, |s| of(learned.family[s]));
        Self {
            setting: Setting {
                discount: mean(&|f| learned.setting[f].discount),
                back: mean(&|f| learned.setting[f].back),
            },
            overdispersion: std::array::from_fn(|class| {
                mean(&|f| learned.overdispersion[f * CLASSES.len() + class])
            }),
        }
    }
}

/// Mean over the series of a pool.
fn mean(series: &[usize], of: impl Fn(usize) -> f64) -> f64 {
    series.iter().map(|s| of(*s)).sum::<f64>() / (series.len() as f64).max(1.0)
}

impl Market {
    /// The mean of the markets of a pool's series, each series with the same weight;
    /// of a single market that market.
    fn of(learned: &Learned, pool: Pool, series: &[usize]) -> Self {
        let effects = &learned.effects;
        let mean = |of: &dyn Fn(usize) -> f64| mean(series, |s| of(learned.markets.of[s]));
        let path = |of: fn(&Path) -> f64| mean(&|g| of(&effects.path[g]));
        let slope = |of: fn(&Slope) -> f64| mean(&|g| of(&effects.slope[learned.markets.list[g].product]));
        let months = effects.log.first().map_or(0, Vec::len);
        let none = if series.is_empty() { 1.0 } else { 0.0 };
        Self {
            pool,
            path: Path {
                level: path(|p| p.level),
                level_error: path(|p| p.level_error),
                shock: path(|p| p.shock),
                shock_variance: path(|p| p.shock_variance),
                shock_by_level: path(|p| p.shock_by_level),
                level_by_slope: path(|p| p.level_by_slope),
                shock_by_slope: path(|p| p.shock_by_slope),
            },
            season: std::array::from_fn(|month| mean(&|g| effects.season.log[g][month])),
            season_error: mean(&|g| effects.season.error[g]),
            slope: Slope { mean: slope(|s| s.mean), variance: slope(|s| s.variance) },
            log: (0..months).map(|t| mean(&|g| effects.log[g][t])).collect(),
            factor: (0..months).map(|t| none + mean(&|g| effects.factor[g][t])).collect(),
        }
    }
}

impl Start {
    fn of(learned: &Learned, series: &[usize]) -> Self {
        if series.is_empty() {
            return Self { mean: LEVEL_UNKNOWN, shape: 1.0 / SCATTER_MAX };
        }
        let middle = mean(series, |s| learned.level[s].mean).max(1e-9);
        let apart = mean(series, |s| (learned.level[s].mean / middle - 1.0).powi(2));
        Self { mean: middle, shape: 1.0 / apart.clamp(SCATTER_MIN, SCATTER_MAX) }
    }
}

impl Fitted {
    /// The baseline of one partner's own sales in the light of what is shared.
    ///
    /// `company` and `panel` hold this partner alone, of `region` and `tier`; `exposure`
    /// as in [`super::fit`].
    pub fn of_own(
        shared: &SharedBaseline,
        company: &Company,
        panel: &Panel,
        exposure: &[f64],
        (usable_through, reported_share): (Month, &[f64]),
        (region, tier): (&str, &str),
    ) -> Self {
        let cells = Cells::of(company, panel, exposure, usable_through, reported_share);
        let markets = Markets::of(&cells);
        let effects = shared.effects(&cells, &markets, region);
        let starts = shared.tiers.iter().find(|(name, _)| name == tier).map(|(_, starts)| starts);
        let start = |product: ProductIx| {
            let known = starts.and_then(|starts| starts.get(product)).copied();
            known.unwrap_or(Start { mean: LEVEL_UNKNOWN, shape: 1.0 / SCATTER_MAX })
        };
        let own = Own { shared, cells: &cells, markets: &markets, effects: &effects };
        let parents = own.parents(&start);
        let guess: Vec<usize> = parents.iter().map(|p| class_of(p.mean)).collect();
        let level = own.levels(&parents, &guess);
        let class: Vec<usize> = level.iter().map(|l| class_of(l.mean)).collect();
        let level = own.levels(&parents, &class);
        let shares = shares::estimate(company, panel, &cells);
        let learned = Learned {
            last_month: cells.last_month(),
            series: panel.series.clone(),
            family: cells.family.clone(),
            level,
            setting: shared.families.iter().map(|f| f.setting).collect(),
            class,
            overdispersion: shared.families.iter().flat_map(|f| f.overdispersion).collect(),
            partner_variance: shared.partner_variance,
            markets,
            effects,
        };
        Self { learned, widths: shared.widths.clone(), shares }
    }
}

impl SharedBaseline {
    /// The published effects, laid out for the markets and months of one partner.
    fn effects(&self, cells: &Cells, markets: &Markets, region: &str) -> Effects {
        let mut effects = Effects::none(cells, markets);
        let mut season = Season::none(markets.list.len());
        season.shared_error = self.season_shared_error;
        for (g, own) in markets.list.iter().enumerate() {
            let Some(market) = self.market(region, own.product) else { continue };
            season.log[g] = market.season;
            season.error[g] = market.season_error;
            effects.path[g] = market.path;
            effects.slope[own.product] = market.slope;
            for t in 0..cells.end {
                let at = usize::try_from(cells.panel.month(t).0 - self.first_month.0);
                let of = |row: &[f64], none: f64| {
                    at.as_ref().ok().and_then(|at| row.get(*at)).copied().unwrap_or(none)
                };
                effects.log[g][t] = of(&market.log, 0.0);
                effects.factor[g][t] = of(&market.factor, 1.0);
            }
        }
        Effects {
            season,
            ar: self.ar,
            product_share: self.product_share,
            company: self.company.clone(),
            ..effects
        }
    }
}

/// One partner's cells in the light of what is shared.
struct Own<'a> {
    shared: &'a SharedBaseline,
    cells: &'a Cells<'a>,
    markets: &'a Markets,
    effects: &'a Effects,
}

impl Own<'_> {
    fn rows(&self, s: usize) -> (&[f64], Vec<f64>) {
        let (panel, life) = (self.cells.panel, &self.cells.life[s]);
        let row = panel.at(s, life.start)..panel.at(s, life.end);
        let factor = &self.effects.factor[self.markets.of[s]][life.clone()];
        let exposure = self.cells.exposure[row.clone()].iter().zip(factor).map(|(x, f)| x * f).collect();
        (&self.cells.units[row], exposure)
    }

    /// Where each series starts from: its product and tier, times how much more than
    /// such a partner this one sells over all its products.
    fn parents(&self, start: &dyn Fn(ProductIx) -> Start) -> Vec<Parent> {
        let starts: Vec<Start> = self.cells.panel.series.iter().map(|(_, product)| start(*product)).collect();
        let (mut sold, mut expected) = (PARTNER_LEAN, PARTNER_LEAN);
        for (s, start) in starts.iter().enumerate() {
            let (units, exposure) = self.rows(s);
            for (units, exposure) in units.iter().zip(exposure).filter(|(_, x)| *x > 0.0) {
                sold += units;
                expected += start.mean * exposure;
            }
        }
        let more = sold / expected;
        starts.iter().map(|s| Parent { mean: (s.mean * more).max(1e-9), shape: s.shape }).collect()
    }

    fn levels(&self, parents: &[Parent], class: &[usize]) -> Vec<Level> {
        let level = |s: usize| {
            let family = &self.shared.families[self.cells.family[s]];
            let Setting { discount, back } = family.setting;
            let filter = Filter::new(parents[s], discount, back, family.overdispersion[class[s]]);
            let (units, exposure) = self.rows(s);
            filter.run(units, &exposure, |_| {})
        };
        (0..self.cells.series()).map(level).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::cells::sample::World;

    /// Partners that sell the first product, those of them in APAC, and those that sell
    /// the second one as well.
    fn fitted(partners: usize, in_apac: usize, second: usize) -> (Fitted, Company, Panel) {
        let mut world = World::new(partners, &["100", "200"]);
        for partner in 0..in_apac {
            world = world.partner(partner, |p| p.region = "APAC".into());
        }
        for month in 1..=12 {
            for partner in 0..partners {
                let units = (3 + (partner + month) % 4).to_string();
                world = world.sale(&format!("2025-{month:02}-10"), partner, 0, &units);
                if partner < second {
                    world = world.sale(&format!("2025-{month:02}-11"), partner, 1, "2");
                }
            }
        }
        world.company.as_of = "2025-12-31".parse().expect("a day");
        let panel = Panel::of_lines(world.company.lines.iter(), world.company.as_of);
        let fitted = super::super::fit(&world.company, &panel, &[], Month::of(world.company.as_of), &[]);
        (fitted, world.company, panel)
    }

    fn shared(partners: usize, in_apac: usize, second: usize) -> SharedBaseline {
        let (fitted, company, panel) = fitted(partners, in_apac, second);
        SharedBaseline::of(&fitted, &company, &panel)
    }

    #[test]
    fn a_figure_rests_on_five_partners_or_on_a_wider_pool() {
        let nine = shared(9, 3, 2);
        assert_eq!(nine.pool("EMEA", 0), Pool::Market, "six sell it there");
        assert_eq!(nine.pool("APAC", 0), Pool::Product, "three there, nine in all");
        assert_eq!(nine.pool("APAC", 1), Pool::Family, "two sell it, nine the family");
        let seven = shared(7, 3, 6);
        assert_eq!(seven.pool("EMEA", 0), Pool::Product, "four there, seven in all");
        let four = shared(4, 0, 4);
        assert_eq!(four.pool("EMEA", 0), Pool::Nobody);
        let market = four.market("EMEA", 0).expect("a market");
        assert!(market.factor.iter().all(|f| *f == 1.0) && market.log.iter().all(|l| *l == 0.0));
        assert!(four.company.is_none() && four.partner_variance == 0.0);
        assert!(four.tiers[0].1.iter().all(|start| start.mean == LEVEL_UNKNOWN));
    }

    #[test]
    fn a_wider_pool_is_the_mean_of_its_series() {
        let (fitted, company, panel) = fitted(9, 3, 0);
        let shared = SharedBaseline::of(&fitted, &company, &panel);
        let (six, all) = (shared.market("EMEA", 0).expect("it"), shared.market("APAC", 0).expect("it"));
        let three = Market::of(&fitted.learned, Pool::Market, &[0, 1, 2]);
        for t in 0..six.log.len() {
            let mean = (6.0 * six.log[t] + 3.0 * three.log[t]) / 9.0;
            assert!((all.log[t] - mean).abs() < 1e-12, "{} {mean}", all.log[t]);
        }
        assert_ne!(all.log, three.log, "what three alone brought is not published");
    }
}
