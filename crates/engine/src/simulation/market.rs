//! The cells of a question: for every series of a touched partner and every
//! simulated month the expected sales of each arm, and how far they move with a
//! draw of the response. Made once a question; draws nothing.

use serde::{Deserialize, Serialize};

use super::effect::{Beta, NORMALS, REGRESSORS, beyond, effect, lagged_incentive, tame};
use super::gammas::Gammas;
use super::number;
use super::reach::Reach;
use super::window::Window;
use crate::baseline::{Baseline, MarketAhead, Shocks};
use crate::calendar::Month;
use crate::catalog::Product;
use crate::company::Company;
use crate::panel::Panel;
use crate::programs::incentive::Incentives;
use crate::response::{LAGS, ResponseModel};

/// Months of history whose mean incentive the level is taken to be learned at.
const ANCHOR_MONTHS: usize = 12;

/// What the cells of a series need in one arm.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmCells {
    /// Expected units by month at the fitted response, less the variance term.
    pub mean: Vec<f64>,
    /// By month: how the log moves with the standard normals of the response.
    pub deviation: Vec<[f64; NORMALS]>,
    /// Effective incentive by month, as a share of list price.
    pub x: Vec<f64>,
}

/// One series of a touched partner.
#[derive(Debug, Clone)]
pub struct SeriesCells {
    /// Position in the panel.
    pub series: usize,
    /// Product.
    pub product: usize,
    /// Row of market shocks.
    pub shock: usize,
    /// Whether anything depends on its sales; others stay empty.
    pub needed: bool,
    /// Whether a changed program covers it.
    pub covered: bool,
    /// Units already sold in the first month that is not over, and its position.
    pub observed: (f64, usize),
    /// Uncertainty of the level; `None`: certain.
    pub level: Option<Gammas>,
    /// Shape of the overdispersion of each month; infinite: none.
    pub dispersion: Vec<f64>,
    /// Net price of a unit by month.
    pub price: Vec<f64>,
    /// Net price less unit cost, less expected returns, by month.
    pub margin: Vec<f64>,
    /// List price of a unit by month.
    pub list_price: Vec<f64>,
    /// One an arm; arms after the first that equal it are `None`.
    pub arms: Vec<Option<ArmCells>>,
}

impl SeriesCells {
    /// Units of a month that were sold before anything is simulated.
    pub fn observed_in(&self, h: usize) -> f64 {
        if h == self.observed.1 { self.observed.0 } else { 0.0 }
    }
}

/// A touched partner.
#[derive(Debug, Clone)]
pub struct PartnerCells {
    /// Position in the catalogue.
    pub partner: usize,
    /// All its series, in the order of the panel.
    pub series: Vec<SeriesCells>,
}

impl PartnerCells {
    /// Whether an arm after the first sells otherwise than the baseline.
    pub fn sells_otherwise(&self, arm: usize) -> bool {
        self.series.iter().any(|series| series.arms[arm].is_some())
    }
}

/// All cells of a question.
#[derive(Debug, Clone)]
pub struct Market {
    /// Simulated months.
    pub months: usize,
    /// Leading months whose sales are known: the baseline's are what they were.
    pub known: usize,
    /// Arms.
    pub arms: usize,
    /// In the order of [`Reach::partners`].
    pub partners: Vec<PartnerCells>,
    /// A response held fixed in place of draws: the standard normals of each product.
    pub response: Option<Vec<[f64; NORMALS]>>,
    /// Rows of market shocks: products in regions, over the months that are not known.
    pub shock_rows: Vec<MarketAhead>,
    /// What moves them from month to month.
    pub shocks: Shocks,
    /// Standard deviation in logs of a partner's month.
    pub partner_sigma: f64,
    /// By product: some option lies outside the observed range.
    pub extrapolated: Vec<bool>,
    /// A response was cut to tenfold somewhere.
    pub cut: bool,
}

/// Effective incentive by cell as the response takes it. Where the history cannot
/// tell the two apart `main` is their sum and `firm` is 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incentive {
    /// What reaches the seller, or both.
    pub main: Vec<f64>,
    /// What reaches the firm, where it has a response of its own.
    pub firm: Vec<f64>,
}

impl Incentive {
    /// From what the rules give.
    pub fn of(incentives: Incentives, told_apart: bool) -> Self {
        if told_apart {
            return Self { main: incentives.seller, firm: incentives.firm };
        }
        let main = incentives.seller.iter().zip(&incentives.firm).map(|(a, b)| a + b).collect();
        Self { main, firm: vec![0.0; incentives.firm.len()] }
    }
}

/// What [`Market::of`] is made from.
pub struct MarketInputs<'a> {
    pub company: &'a Company,
    pub panel: &'a Panel,
    pub response: &'a ResponseModel,
    pub baseline: &'a Baseline,
    /// Effective incentive of the panel's cells.
    pub history: &'a Incentive,
    /// Of the simulated cells, one an arm, series-major.
    pub ahead: &'a [Incentive],
    /// Net price of the simulated cells, series-major.
    pub net_price: &'a [f64],
    /// Months of the panel that are whole.
    pub usable: usize,
    pub window: &'a Window,
    pub reach: &'a Reach,
}

/// Net price of every simulated cell: the list price in force times the share of it
/// that the series brings in. Series-major.
pub fn net_prices(company: &Company, panel: &Panel, share: &[f64], first: Month, months: usize) -> Vec<f64> {
    let list =
        |product: &Product, h: usize| number(product.price_on(first.plus(h as i32).first_day()).list_price);
    let products = company.catalog.products.iter();
    let lists: Vec<f64> =
        products.flat_map(|product| (0..months).map(move |h| list(product, h).max(0.0))).collect();
    let mut out = Vec::with_capacity(panel.series.len() * months);
    for (s, (_, product)) in panel.series.iter().enumerate() {
        let share = share.get(s).copied().filter(|v| v.is_finite() && *v >= 0.0).unwrap_or(1.0);
        out.extend(lists[product * months..(product + 1) * months].iter().map(|list| share * list));
    }
    out
}

/// Incentives of a month and the two before it, from the arm where it is simulated
/// and from history before that.
fn lagged(history: &[f64], first: usize, ahead: &[f64], h: usize) -> [f64; LAGS] {
    std::array::from_fn(|lag| {
        let x = match h.checked_sub(lag) {
            Some(h) => ahead.get(h),
            None => (first + h).checked_sub(lag).and_then(|t| history.get(t)),
        };
        x.copied().filter(|x| x.is_finite()).unwrap_or(0.0)
    })
}

/// The incentive of one series, history and ahead.
struct Path<'a> {
    history: (&'a [f64], &'a [f64]),
    ahead: (&'a [f64], &'a [f64]),
    first: usize,
}

impl Path<'_> {
    fn at(&self, h: usize) -> [f64; REGRESSORS] {
        let main = lagged(self.history.0, self.first, self.ahead.0, h);
        let firm = lagged(self.history.1, self.first, self.ahead.1, h);
        [main[0], main[1], main[2], firm[0]]
    }

    /// Mean incentives that the level of the series was learned at.
    fn anchor(&self, usable: usize) -> [f64; REGRESSORS] {
        let end = usable.min(self.history.0.len());
        let months = end.min(ANCHOR_MONTHS);
        let mut sum = [0.0; REGRESSORS];
        for t in end - months..end {
            let x = lagged_incentive(self.history.0, self.history.1, t);
            sum.iter_mut().zip(x).for_each(|(slot, x)| *slot += x);
        }
        sum.map(|v| v / (months as f64).max(1.0))
    }
}

impl Market {
    /// Lays out the cells.
    pub fn of(inputs: &MarketInputs) -> Self {
        let catalog = &inputs.company.catalog;
        let mut market = Self {
            months: inputs.window.months,
            known: inputs.window.known,
            arms: inputs.ahead.len(),
            partners: Vec::with_capacity(inputs.reach.partners.len()),
            response: None,
            shock_rows: Vec::new(),
            shocks: inputs.baseline.shocks,
            partner_sigma: inputs.baseline.partner_sigma,
            extrapolated: vec![false; catalog.products.len()],
            cut: false,
        };
        for &partner in &inputs.reach.partners {
            let from = inputs.panel.series.partition_point(|(p, _)| *p < partner);
            let to = inputs.panel.series.partition_point(|(p, _)| *p <= partner);
            let series = (from..to).map(|s| market.series(inputs, s)).collect();
            market.partners.push(PartnerCells { partner, series });
        }
        market
    }

    /// What the markets bring in the period: revenue of covered products at expected sales,
    /// shock row × month that is not known.
    pub fn weights(&self, in_period: &[bool]) -> Vec<f64> {
        let ahead = self.shock_rows.first().map_or(0, |row| row.width.len());
        let mut weights = vec![0.0; self.shock_rows.len() * ahead];
        for series in self.partners.iter().flat_map(|p| &p.series).filter(|s| s.covered) {
            let Some(cells) = &series.arms[0] else { continue };
            for h in (self.known..self.months).filter(|h| in_period[*h]) {
                let revenue = cells.mean[h] * series.price[h];
                weights[series.shock * ahead + h - self.known] += tame(revenue, 0.0).max(0.0);
            }
        }
        weights
    }

    fn shock_row(&mut self, wanted: &MarketAhead) -> usize {
        let same = |row: &MarketAhead| (row.region, row.product) == (wanted.region, wanted.product);
        self.shock_rows.iter().position(same).unwrap_or_else(|| {
            self.shock_rows.push(wanted.clone());
            self.shock_rows.len() - 1
        })
    }

    fn series(&mut self, inputs: &MarketInputs, s: usize) -> SeriesCells {
        let (months, panel) = (self.months, inputs.panel);
        let (_, product) = panel.series[s];
        let covered = inputs.reach.covered[product];
        let needed = covered || inputs.reach.paid[product];
        let price = inputs.net_price[s * months..(s + 1) * months].to_vec();
        let kept = 1.0 - tame(inputs.baseline.return_share[s], 0.0).clamp(0.0, 1.0);
        let entry = &inputs.company.catalog.products[product];
        let on = |h: usize| entry.price_on(inputs.window.month(h).first_day());
        let cost = |h: usize| number(on(h).unit_cost);
        let margin = price.iter().enumerate().map(|(h, p)| (p - cost(h)) * kept).collect();
        let list_price = (0..months).map(|h| number(on(h).list_price)).collect();
        let arms = if needed { self.arms_of(inputs, s, product) } else { vec![None; self.arms] };
        SeriesCells {
            series: s,
            product,
            shock: self.shock_row(&inputs.baseline.markets[inputs.baseline.market_of[s]]),
            needed,
            covered,
            observed: (observed(inputs, s), inputs.window.known),
            level: Gammas::of(inputs.baseline.level_shape[s]),
            dispersion: inputs.baseline.dispersion[s * months..(s + 1) * months]
                .iter()
                .map(|r| if usable_shape(*r) { *r } else { f64::INFINITY })
                .collect(),
            price,
            margin,
            list_price,
            arms,
        }
    }

    fn arms_of(&mut self, inputs: &MarketInputs, s: usize, product: usize) -> Vec<Option<ArmCells>> {
        let baseline = self.arm_cells(inputs, s, product, 0, None).0;
        let mut arms = Vec::with_capacity(self.arms);
        for arm in 1..self.arms {
            let (cells, outside) = self.arm_cells(inputs, s, product, arm, Some(&baseline));
            let same = baseline == cells;
            self.extrapolated[product] |= outside && !same;
            arms.push((!same).then_some(cells));
        }
        arms.insert(0, Some(baseline));
        arms
    }

    /// The cells of an arm, and whether a month of the period lies outside the
    /// observed range. A month that is known is what was sold, moved by the difference
    /// of incentive to the baseline.
    fn arm_cells(
        &mut self,
        inputs: &MarketInputs,
        s: usize,
        product: usize,
        arm: usize,
        baseline: Option<&ArmCells>,
    ) -> (ArmCells, bool) {
        let (months, panel) = (self.months, inputs.panel);
        let past = s * panel.months..(s + 1) * panel.months;
        let next = s * months..(s + 1) * months;
        let path = |arm: usize| Path {
            history: (&inputs.history.main[past.clone()], &inputs.history.firm[past.clone()]),
            ahead: (&inputs.ahead[arm].main[next.clone()], &inputs.ahead[arm].firm[next.clone()]),
            first: (inputs.window.first.0 - panel.first_month.0).max(0) as usize,
        };
        let (path, of_baseline) = (path(arm), path(0));
        let learned_at = path.anchor(inputs.usable);
        let response = &inputs.response.products[product];
        let beta = Beta::of(response);
        let mut cells = ArmCells { mean: Vec::new(), deviation: Vec::new(), x: Vec::new() };
        let mut anywhere = false;
        for h in 0..months {
            let x = path.at(h);
            let known = h < self.known;
            let seen = if known { of_baseline.at(h) } else { learned_at };
            let level = tame(inputs.baseline.mean[s * months + h], 0.0).max(0.0) * inputs.window.ahead_in(h);
            let outside = beyond(response.range, &x);
            let effect = effect(beta.as_ref(), &x, &seen, outside);
            anywhere |= outside > 0.0 && inputs.window.in_period(h);
            self.cut |= effect.cut;
            cells.mean.push(match baseline {
                None if known => level,
                _ if known => level * effect.log_lift.exp(),
                _ => level * effect.log_mean.exp(),
            });
            cells.deviation.push(effect.deviation);
            cells.x.push(x[0] + x[LAGS]);
        }
        (cells, anywhere)
    }
}

fn observed(inputs: &MarketInputs, s: usize) -> f64 {
    if inputs.window.ahead >= 1.0 {
        return 0.0;
    }
    let at = inputs.window.open().0 - inputs.panel.first_month.0;
    let month = usize::try_from(at).ok();
    month.and_then(|t| inputs.panel.units_of(s).get(t)).map_or(0.0, |u| tame(*u, 0.0).max(0.0))
}

fn usable_shape(shape: f64) -> bool {
    shape.is_finite() && (1e-3..1e9).contains(&shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lags_cross_from_the_horizon_into_history() {
        let history = [1.0, 2.0, 3.0];
        assert_eq!(lagged(&history, 3, &[4.0, 5.0], 0), [4.0, 3.0, 2.0]);
        assert_eq!(lagged(&history, 3, &[4.0, 5.0], 1), [5.0, 4.0, 3.0]);
        assert_eq!(lagged(&history, 0, &[4.0], 0), [4.0, 0.0, 0.0]);
        let flat = [1.0; 4];
        let path = Path { history: (&flat, &[0.5; 4]), ahead: (&[], &[]), first: 4 };
        assert_eq!(path.anchor(4), [1.0, 0.75, 0.5, 0.5]);
        let empty = Path { history: (&[], &[]), ahead: (&[], &[]), first: 0 };
        assert_eq!(empty.anchor(0), [0.0; REGRESSORS]);
    }
}
