//! Width factors by split conformal prediction: forecasts are made again from the
//! ends of shorter histories, and the factor brings the share of months inside the
//! nominal intervals to what it should be, one a horizon and demand class and one a
//! horizon for markets (Lei and others 2018, Journal of the American Statistical
//! Association 113; locally by group). Few cases: factors are drawn towards 1.

use serde::{Deserialize, Serialize};

use super::Baseline;
use super::ahead::Ahead;
use super::cells::Cells;
use super::count::{Count, normal_quantile};
use super::learn::{CLASSES, Learned, Setting, worth_it};
use super::partners::{PartnerMonth, Partners};
use crate::company::Company;
use crate::panel::Panel;

/// Width factors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Widths {
    /// By horizon, then class.
    class: [[f64; CLASSES.len()]; HORIZONS.len()],
    /// By horizon.
    market: [f64; HORIZONS.len()],
    /// What partners' months were seen to share, and with which weight to believe it.
    partner: Option<(f64, f64)>,
}

/// Horizons by months ahead: one belongs to the first that it does not exceed.
const HORIZONS: [i32; 3] = [1, 3, i32::MAX];
/// Histories cut so many months before the end.
const CUTS: [usize; 4] = [3, 6, 9, 12];
/// A cut history must keep this many months.
const MONTHS_MIN: usize = 18;
/// Months scored after each cut.
const MONTHS_AHEAD: usize = 6;
/// Cases with which a factor leans on 1.
const CLASS_LEAN: f64 = 300.0;
const MARKET_LEAN: f64 = 60.0;
/// Partners' months with which what they share leans on the one-step errors.
const PARTNER_LEAN: f64 = 300.0;
const FACTOR_MIN: f64 = 0.7;
const FACTOR_MAX: f64 = 2.0;
/// The intervals that are matched.
const NOMINAL: [f64; 2] = [0.8, 0.9];

impl Widths {
    /// As the model has it.
    pub(super) fn plain() -> Self {
        let class = [[1.0; CLASSES.len()]; HORIZONS.len()];
        Self { class, market: [1.0; HORIZONS.len()], partner: None }
    }

    pub(super) fn of_class(&self, class: usize, months: i32) -> f64 {
        self.class[horizon(months)][class]
    }

    pub(super) fn of_market(&self, months: i32) -> f64 {
        self.market[horizon(months)]
    }

    /// Relative variance that a partner's series share in a month; `seen`: as the
    /// history's one-step errors have it, which know nothing of partners that rise or
    /// fall for longer.
    pub(super) fn partner_variance(&self, seen: f64) -> f64 {
        self.partner.map_or(seen, |(own, weight)| worth_it(weight * own + (1.0 - weight) * seen))
    }

    /// Learns the factors of a history by forecasting its own last year from before.
    pub(super) fn learn(
        company: &Company,
        panel: &Panel,
        exposure: &[f64],
        whole: &Cells,
        setting: &[Setting],
    ) -> Self {
        let mut errors = Errors::default();
        for cut in CUTS {
            let Some(end) = whole.end.checked_sub(cut).filter(|end| *end >= MONTHS_MIN) else { continue };
            let cells = Cells::of(company, panel, exposure, panel.month(end - 1), &[]);
            let learned = Learned::of(&cells, Some(setting));
            let months = MONTHS_AHEAD.min(whole.end - end);
            let widths = Self::plain();
            let ahead =
                Ahead { company, learned: &learned, widths: &widths, first: panel.month(end), months };
            errors.compare(whole, &ahead.forecast(), end, &learned.class);
        }
        errors.widths()
    }
}

fn horizon(months: i32) -> usize {
    HORIZONS.iter().position(|most| months <= *most).unwrap_or(HORIZONS.len() - 1)
}

/// Errors of forecasts that were made again, in standard deviations of a normal.
#[derive(Default)]
struct Errors {
    class: [[Vec<f64>; CLASSES.len()]; HORIZONS.len()],
    market: [Vec<f64>; HORIZONS.len()],
    /// Share of the variance of a market's month that is counting, summed.
    counting: [f64; HORIZONS.len()],
    partner: Partners,
}

impl Errors {
    fn compare(&mut self, whole: &Cells, made: &Baseline, end: usize, class: &[usize]) {
        for j in 0..made.months {
            let (t, at) = (end + j, horizon(j as i32 + 1));
            let mut partners = vec![PartnerMonth::default(); whole.partners];
            let mut sums = vec![[0.0; 3]; made.markets.len()];
            for s in 0..whole.series() {
                let cell = whole.panel.at(s, t);
                let exposure = whole.exposure[cell];
                let mean = made.mean[s * made.months + j] * exposure;
                if !whole.life[s].contains(&t) || mean <= 0.0 {
                    continue;
                }
                let units = whole.units[cell];
                let own = 1.0 / made.level_shape[s] + 1.0 / made.dispersion[s * made.months + j];
                let market = &made.markets[made.market_of[s]];
                partners[whole.panel.series[s].0].add(units, mean, own, market, &made.shocks, j);
                let shared = made.partner_sigma.powi(2).exp_m1();
                let luck = own + shared + own * shared;
                let common = market.variance(&made.shocks, j);
                let shape = 1.0 / ((1.0 + luck) * common.exp() - 1.0).max(1e-9);
                let (fewer, at_most) = Count::new(mean, shape).below(units);
                // Counts are few values: a fixed place between the two, spread evenly.
                let place = fewer + (at_most - fewer) * even(s, t);
                self.class[at][class[s]].push(normal_quantile(place).abs());
                let sum = &mut sums[made.market_of[s]];
                sum[0] += units;
                sum[1] += mean;
                sum[2] += mean * (1.0 + luck * mean);
            }
            self.partner.add(&partners, made.partner_sigma.powi(2).exp_m1());
            for (g, [sold, mean, counting]) in sums.into_iter().enumerate().filter(|(_, s)| s[1] > 1.0) {
                let common = made.markets[g].variance(&made.shocks, j).exp_m1() * mean * mean;
                let variance = ((counting + common) / (mean * mean)).ln_1p();
                let off = ((sold + 0.5) / (mean + 0.5)).ln() + variance / 2.0;
                self.market[at].push((off / variance.sqrt()).abs());
                self.counting[at] += counting / (counting + common);
            }
        }
    }

    fn widths(mut self) -> Widths {
        let mut widths = Widths::plain();
        widths.partner = self.partner.variance(PARTNER_LEAN);
        for h in 0..HORIZONS.len() {
            for c in 0..CLASSES.len() {
                widths.class[h][c] = factor(&mut self.class[h][c], CLASS_LEAN);
            }
            let cases = self.market[h].len() as f64;
            let whole = factor(&mut self.market[h], MARKET_LEAN);
            // Counting is not widened: what common shocks must be for the whole to be.
            let counting = if cases > 0.0 { (self.counting[h] / cases).min(0.95) } else { 0.0 };
            let shocks = (whole * whole - counting) / (1.0 - counting);
            widths.market[h] = shocks.max(0.0).sqrt().clamp(FACTOR_MIN, FACTOR_MAX);
        }
        widths
    }
}

/// How much wider the intervals must be for the right share of errors to lie inside.
fn factor(errors: &mut [f64], lean: f64) -> f64 {
    if errors.is_empty() {
        return 1.0;
    }
    errors.sort_by(f64::total_cmp);
    let n = errors.len();
    let ratio = |nominal: f64| {
        let at = (((n + 1) as f64 * nominal).ceil() as usize).clamp(1, n) - 1;
        errors[at] / normal_quantile((1.0 + nominal) / 2.0)
    };
    let log = NOMINAL.iter().map(|p| ratio(*p).max(1e-3).ln()).sum::<f64>() / NOMINAL.len() as f64;
    (log * n as f64 / (n as f64 + lean)).exp().clamp(FACTOR_MIN, FACTOR_MAX)
}

/// A number in [0, 1) that belongs to a cell: multiples of the golden ratio and of √2.
fn even(s: usize, t: usize) -> f64 {
    (s as f64 * 0.618_033_988_749_895 + t as f64 * std::f64::consts::SQRT_2).fract()
}
