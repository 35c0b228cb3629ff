//! Sells the cells of one partner in a block of pairs of draws: expected units of every
//! arm, counts of both draws on common luck, and the sums of covered products. Partner
//! by partner, series by series, month by month; the pairs of the block side by side.
//! Knows nothing of pay.

use pulp::{Arch, Simd, WithSimd};

use super::chance::Shared;
use super::counts::{Cell, Rates, moved};
use super::effect::NORMALS;
use super::keyed::{Key, Stream};
use super::lanes::{Lanes, add};
use super::ledger::{DRAWS, Groups, Ledger};
use super::market::{ArmCells, SeriesCells};
use super::real::{Real, each, gather};
use super::sale::{Sale, Units, Worth, add_sale, add_worth, apart, nothing, put, put_units};
use super::stage::Stage;

/// Working memory for selling.
pub struct Seller<T, const P: usize> {
    arch: Arch,
    /// By draw and arm: units of the partner last sold for, series × months. An arm that
    /// sells what the baseline sells is not written.
    pub units: [Vec<Vec<[T; P]>>; DRAWS],
    /// By month: what the partner's sales share.
    of_month: Vec<[T; P]>,
    /// The baseline, and the arms in which the partner sells otherwise.
    sells: Vec<usize>,
    /// The same of the series at hand.
    distinct: Vec<usize>,
    /// Of the cell at hand, one a distinct arm.
    rates: Rates<T, P>,
    drawn: [Vec<[T; P]>; DRAWS],
    /// By arm: units of the series at hand since what a unit is worth last changed.
    of_series: Vec<Units<T, P>>,
    /// By month × arm.
    by_month: Vec<Sale<T, P>>,
}

/// Expected units of an option by pair: of treated volume in the period, and what the
/// option adds to it, tail included.
pub type Lift<const P: usize> = [Lanes<P>; 2];

/// Where the draws of one series stand.
struct Turn<'a, T, const P: usize> {
    stage: &'a Stage<'a>,
    shared: &'a Shared<T, P>,
    series: &'a SeriesCells,
    /// Position of the partner in the market, of the series among the partner's.
    at: (usize, usize),
    key: Key,
    level: [T; P],
}

/// The work of one partner, compiled for every set of vector instructions.
struct OnePartner<'a, 's, T, const P: usize> {
    seller: &'a mut Seller<T, P>,
    stage: &'s Stage<'s>,
    shared: &'s Shared<T, P>,
    i: usize,
    ledger: &'a mut Ledger<P>,
    lift: &'a mut [Lift<P>],
}

impl<T: Real, const P: usize> WithSimd for OnePartner<'_, '_, T, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { seller, stage, shared, i, ledger, lift } = self;
        seller.partner(stage, shared, i, ledger, lift);
    }
}

impl<T: Real, const P: usize> Seller<T, P> {
    pub fn of(stage: &Stage) -> Self {
        let (arms, months) = (stage.arms(), stage.market.months);
        let longest = stage.market.partners.iter().map(|p| p.series.len()).max().unwrap_or(0);
        let nought = [T::default(); P];
        Self {
            arch: Arch::new(),
            units: std::array::from_fn(|_| vec![vec![nought; longest * months]; arms]),
            of_month: vec![nought; months],
            sells: Vec::with_capacity(arms),
            distinct: Vec::with_capacity(arms),
            rates: Rates::default(),
            drawn: std::array::from_fn(|_| vec![nought; arms]),
            of_series: vec![[nought; 1 + DRAWS]; arms],
            by_month: vec![nothing(); arms * months],
        }
    }

    /// Sells for one partner; adds what is sold to the ledger and to every option's lift.
    pub fn sell(
        &mut self,
        stage: &Stage,
        shared: &Shared<T, P>,
        i: usize,
        ledger: &mut Ledger<P>,
        lift: &mut [Lift<P>],
    ) {
        let arch = self.arch;
        arch.dispatch(OnePartner { seller: self, stage, shared, i, ledger, lift });
    }

    #[inline(always)]
    fn partner(
        &mut self,
        stage: &Stage,
        shared: &Shared<T, P>,
        i: usize,
        ledger: &mut Ledger<P>,
        lift: &mut [Lift<P>],
    ) {
        let partner = &stage.market.partners[i];
        let key = Key::new(stage.seed, Stream::Cell, partner.partner as u64);
        self.sells.clear();
        self.sells.extend((0..stage.arms()).filter(|arm| *arm == 0 || partner.sells_otherwise(*arm)));
        self.by_month.fill(nothing());
        for (h, factor) in self.of_month.iter_mut().enumerate() {
            *factor = shared.partner(partner.partner, stage.window.month(h), stage.market.partner_sigma);
        }
        for (local, series) in partner.series.iter().enumerate() {
            if !series.needed {
                self.sell_nothing(stage.market.months, local);
                continue;
            }
            let (key, level) = (key.and(series.product as u64), shared.level(partner.partner, series));
            let turn = Turn { stage, shared, series, at: (i, local), key, level };
            self.series(&turn, ledger, lift);
        }
        if stage.counts[i] {
            self.book(stage, i, ledger);
        }
    }

    fn sell_nothing(&mut self, months: usize, local: usize) {
        for units in &mut self.units {
            for arm in &self.sells {
                units[*arm][local * months..(local + 1) * months].fill([T::default(); P]);
            }
        }
    }

    #[inline(always)]
    fn series(&mut self, turn: &Turn<T, P>, ledger: &mut Ledger<P>, lift: &mut [Lift<P>]) {
        let (stage, series) = (turn.stage, turn.series);
        self.distinct.clear();
        self.distinct.extend(self.sells.iter().filter(|arm| series.arms[**arm].is_some()));
        self.rates.of.resize(self.distinct.len(), [T::default(); P]);
        // What nobody counts is sold all the same: it is paid, and draws on budgets.
        let booked = series.covered && stage.counts[turn.at.0];
        let mut worth = [0.0; 3];
        for h in 0..stage.market.months {
            self.rates_of(turn, h);
            self.count(turn, h);
            if booked && stage.months.rows[h].is_some() {
                let now = [1.0, series.price[h], series.margin[h]];
                if now != worth {
                    self.put_series(turn, worth, ledger);
                    worth = now;
                }
                self.sum(turn, h, worth, lift);
            }
        }
        if booked {
            self.put_series(turn, worth, ledger);
        }
    }

    /// Adds what the series sold since its worth last changed to its product.
    #[inline(always)]
    fn put_series(&mut self, turn: &Turn<T, P>, worth: Worth, ledger: &mut Ledger<P>) {
        let row = turn.stage.groups.product(turn.series.product);
        for arm in &self.distinct {
            let units = &mut self.of_series[*arm];
            put_units(ledger.row(row, *arm), units, worth);
            *units = [[T::default(); P]; 1 + DRAWS];
        }
    }

    /// Expected units of the cell in every distinct arm.
    #[inline(always)]
    fn rates_of(&mut self, turn: &Turn<T, P>, h: usize) {
        let (market, series) = (turn.stage.market, turn.series);
        let mut common = [T::of(1.0); P];
        if h >= market.known {
            let (month, shock) = (&self.of_month[h], &turn.shared.shocks[series.shock * market.months + h]);
            common = each(|lane| turn.level[lane] * month[lane] * shock[lane]);
        }
        let normals = &turn.shared.response[series.product];
        for (rates, arm) in self.rates.of.iter_mut().zip(&self.distinct) {
            if let Some(cells) = &series.arms[*arm] {
                *rates = rates_at(cells, h, &common, normals);
            }
        }
    }

    /// Counts of the cell in both draws, by arm.
    #[inline(always)]
    fn count(&mut self, turn: &Turn<T, P>, h: usize) {
        let (stage, series) = (turn.stage, turn.series);
        let key = turn.key.and(stage.window.month(h).0 as u64);
        if h < stage.market.known {
            moved_all(key, turn.shared.first, &self.rates.of, &mut self.drawn);
        } else {
            let cell = Cell { key, shape: series.dispersion[h] };
            T::draw(&cell, turn.shared.first, &mut self.rates, &mut self.drawn);
        }
        let at = turn.at.1 * stage.market.months + h;
        let sold = T::of(series.observed_in(h));
        for (units, drawn) in self.units.iter_mut().zip(&self.drawn) {
            let with_sold = |drawn: &[T; P]| each(|lane| sold + drawn[lane]);
            let baseline = with_sold(&drawn[0]);
            self.sells.iter().for_each(|arm| units[*arm][at] = baseline);
            for (drawn, arm) in drawn.iter().zip(&self.distinct).skip(1) {
                units[*arm][at] = with_sold(drawn);
            }
        }
    }

    /// Adds a cell of a covered product: the baseline as it is, options by what
    /// they differ.
    #[inline(always)]
    fn sum(&mut self, turn: &Turn<T, P>, h: usize, worth: Worth, lift: &mut [Lift<P>]) {
        let (stage, series) = (turn.stage, turn.series);
        let (in_period, sold) = (stage.months.in_period[h], T::of(series.observed_in(h)));
        let rates = &self.rates.of;
        for (k, arm) in self.distinct.iter().copied().enumerate() {
            let [one, two] = &self.drawn;
            let sale = [apart(rates, k, sold), apart(one, k, sold), apart(two, k, sold)];
            add_worth(&mut self.by_month[h * stage.arms() + arm], &sale, worth);
            if in_period || arm > 0 {
                self.of_series[arm].iter_mut().zip(&sale).for_each(|(to, from)| gather(to, from));
            }
            if arm > 0 {
                add(&mut lift[arm - 1][1], &sale[0]);
            }
        }
        for (option, lift) in lift.iter_mut().enumerate() {
            if in_period && stage.is_treated(turn.at.0, series, option + 1) {
                add(&mut lift[0], &rates[0]);
            }
        }
    }

    /// Books what the partner sold.
    #[inline(always)]
    fn book(&self, stage: &Stage, i: usize, ledger: &mut Ledger<P>) {
        let rows = stage.rows_of(i, &stage.payees[i]);
        for arm in self.sells.iter().copied() {
            let (mut total, mut gross) = (nothing(), nothing());
            for h in 0..stage.market.months {
                let Some(row) = stage.months.rows[h] else { continue };
                let sale = &self.by_month[h * stage.arms() + arm];
                put(ledger.row(row, arm), sale);
                if stage.months.in_period[h] {
                    add_sale(&mut gross, sale);
                }
                if stage.months.in_period[h] || arm > 0 {
                    add_sale(&mut total, sale);
                }
            }
            put(ledger.row(Groups::GROSS, arm), &gross);
            for row in rows.clone().chain([Groups::TOTAL]) {
                put(ledger.row(row, arm), &total);
            }
        }
    }
}

/// Expected units of an arm's month: `mean · common · e^(deviation · normals)`.
#[inline(always)]
fn rates_at<T: Real, const P: usize>(
    cells: &ArmCells,
    h: usize,
    common: &[T; P],
    normals: &[[T; P]; NORMALS],
) -> [T; P] {
    let mut log = [T::default(); P];
    let mut any = false;
    for (deviation, normal) in cells.deviation[h].iter().zip(normals).filter(|(d, _)| **d != 0.0) {
        any = true;
        let (so_far, deviation) = (log, T::of(*deviation));
        log = each(|lane| so_far[lane] + deviation * normal[lane]);
    }
    let (mean, mut rates, nought) = (T::of(cells.mean[h]), *common, T::default());
    if any {
        rates = each(|lane| common[lane] * log[lane].exp());
    }
    // A rate that is no number sells nothing.
    each(|lane| {
        let units = mean * rates[lane];
        if units > nought { units } else { nought }
    })
}

/// A month that is known: the baseline is what was sold, whatever the luck.
fn moved_all<T: Real, const P: usize>(
    key: Key,
    first: u64,
    rates: &[[T; P]],
    drawn: &mut [Vec<[T; P]>; DRAWS],
) {
    for (draw, drawn) in drawn.iter_mut().enumerate() {
        for lane in 0..P {
            let key = key.and((first + lane as u64) * DRAWS as u64 + draw as u64);
            let sold: f64 = rates[0][lane].into();
            for (drawn, rates) in drawn.iter_mut().zip(rates) {
                let rate: f64 = rates[lane].into();
                drawn[lane] = T::of(if sold > 0.0 { moved(key, sold, rate / sold) } else { 0.0 });
            }
        }
    }
}
