//! Sells the cells of one partner in a block of pairs of draws: expected units of every
//! arm, counts of both draws on common luck, and the sums of covered products. Partner
//! by partner, series by series, month by month; the pairs of the block side by side.
//! Knows nothing of pay.

use pulp::{Arch, Simd, WithSimd};

use super::chance::Shared;
use super::counts::{Cell, Rates, moved};
use super::effect::NORMALS;
use super::keyed::{Key, Stream};
use super::lanes::{Lanes, add, exp};
use super::ledger::{DRAWS, Drawn, Expected, FIELDS, Groups, Ledger, drawn_at, expected_at};
use super::market::{ArmCells, SeriesCells};
use super::stage::Stage;

/// Working memory for selling.
pub struct Seller<const P: usize> {
    arch: Arch,
    /// By draw and arm: units of the partner last sold for, series × months. An arm that
    /// sells what the baseline sells is not written.
    pub units: [Vec<Vec<Lanes<P>>>; DRAWS],
    /// By month: what the partner's sales share.
    of_month: Vec<Lanes<P>>,
    /// The baseline, and the arms in which the partner sells otherwise.
    sells: Vec<usize>,
    /// The same of the series at hand.
    distinct: Vec<usize>,
    /// Of the cell at hand, one a distinct arm.
    rates: Rates<P>,
    drawn: [Vec<Lanes<P>>; DRAWS],
    /// By arm: units of the series at hand since what a unit is worth last changed.
    of_series: Vec<Units<P>>,
    /// By month × arm.
    by_month: Vec<Sale<P>>,
}

/// Units: expected, then in both draws.
type Units<const P: usize> = [Lanes<P>; 1 + DRAWS];
/// The same in units, revenue and margin.
type Sale<const P: usize> = [[Lanes<P>; 3]; 1 + DRAWS];
/// What a unit counts for: itself, revenue, margin.
type Worth = [f64; 3];

/// Expected units of an option by pair: of treated volume in the period, and what the
/// option adds to it, tail included.
pub type Lift<const P: usize> = [Lanes<P>; 2];

/// Where the draws of one series stand.
struct Turn<'a, const P: usize> {
    stage: &'a Stage<'a>,
    shared: &'a Shared<P>,
    series: &'a SeriesCells,
    /// Position of the partner in the market, of the series among the partner's.
    at: (usize, usize),
    key: Key,
    level: Lanes<P>,
}

/// The work of one partner, compiled for every set of vector instructions.
struct OnePartner<'a, 's, const P: usize> {
    seller: &'a mut Seller<P>,
    stage: &'s Stage<'s>,
    shared: &'s Shared<P>,
    i: usize,
    ledger: &'a mut Ledger<P>,
    lift: &'a mut [Lift<P>],
}

impl<const P: usize> WithSimd for OnePartner<'_, '_, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { seller, stage, shared, i, ledger, lift } = self;
        seller.partner(stage, shared, i, ledger, lift);
    }
}

impl<const P: usize> Seller<P> {
    pub fn of(stage: &Stage) -> Self {
        let (arms, months) = (stage.arms(), stage.market.months);
        let longest = stage.market.partners.iter().map(|p| p.series.len()).max().unwrap_or(0);
        let no_sale = [[[0.0; P]; 3]; 1 + DRAWS];
        Self {
            arch: Arch::new(),
            units: std::array::from_fn(|_| vec![vec![[0.0; P]; longest * months]; arms]),
            of_month: vec![[1.0; P]; months],
            sells: Vec::with_capacity(arms),
            distinct: Vec::with_capacity(arms),
            rates: Rates::default(),
            drawn: std::array::from_fn(|_| vec![[0.0; P]; arms]),
            of_series: vec![[[0.0; P]; 1 + DRAWS]; arms],
            by_month: vec![no_sale; arms * months],
        }
    }

    /// Sells for one partner; adds what is sold to the ledger and to every option's lift.
    pub fn sell(
        &mut self,
        stage: &Stage,
        shared: &Shared<P>,
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
        shared: &Shared<P>,
        i: usize,
        ledger: &mut Ledger<P>,
        lift: &mut [Lift<P>],
    ) {
        let partner = &stage.market.partners[i];
        let key = Key::new(stage.seed, Stream::Cell, partner.partner as u64);
        self.sells.clear();
        self.sells.extend((0..stage.arms()).filter(|arm| *arm == 0 || partner.sells_otherwise(*arm)));
        self.by_month.iter_mut().flatten().flatten().for_each(|lanes| *lanes = [0.0; P]);
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
                units[*arm][local * months..(local + 1) * months].fill([0.0; P]);
            }
        }
    }

    #[inline(always)]
    fn series(&mut self, turn: &Turn<P>, ledger: &mut Ledger<P>, lift: &mut [Lift<P>]) {
        let (stage, series) = (turn.stage, turn.series);
        self.distinct.clear();
        self.distinct.extend(self.sells.iter().filter(|arm| series.arms[**arm].is_some()));
        self.rates.of.resize(self.distinct.len(), [0.0; P]);
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
    fn put_series(&mut self, turn: &Turn<P>, worth: Worth, ledger: &mut Ledger<P>) {
        let row = turn.stage.groups.product(turn.series.product);
        for arm in &self.distinct {
            let units = &mut self.of_series[*arm];
            put_units(ledger.row(row, *arm), units, worth);
            *units = [[0.0; P]; 1 + DRAWS];
        }
    }

    /// Expected units of the cell in every distinct arm.
    #[inline(always)]
    fn rates_of(&mut self, turn: &Turn<P>, h: usize) {
        let (market, series) = (turn.stage.market, turn.series);
        let mut common = [1.0; P];
        if h >= market.known {
            let (month, shock) = (&self.of_month[h], &turn.shared.shocks[series.shock * market.months + h]);
            for lane in 0..P {
                common[lane] = turn.level[lane] * month[lane] * shock[lane];
            }
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
    fn count(&mut self, turn: &Turn<P>, h: usize) {
        let (stage, series) = (turn.stage, turn.series);
        let key = turn.key.and(stage.window.month(h).0 as u64);
        if h < stage.market.known {
            moved_all(key, turn.shared.first, &self.rates.of, &mut self.drawn);
        } else {
            let cell = Cell { key, shape: series.dispersion[h] };
            if stage.smooth {
                cell.draw_smooth(turn.shared.first, &self.rates, &mut self.drawn);
            } else {
                cell.draw(turn.shared.first, &mut self.rates, &mut self.drawn);
            }
        }
        let at = turn.at.1 * stage.market.months + h;
        let sold = series.observed_in(h);
        for (units, drawn) in self.units.iter_mut().zip(&self.drawn) {
            let with_sold = |drawn: &Lanes<P>| drawn.map(|units| sold + units);
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
    fn sum(&mut self, turn: &Turn<P>, h: usize, worth: Worth, lift: &mut [Lift<P>]) {
        let (stage, series) = (turn.stage, turn.series);
        let (in_period, sold) = (stage.months.in_period[h], [series.observed_in(h); P]);
        let rates = &self.rates.of;
        for (k, arm) in self.distinct.iter().copied().enumerate() {
            let [one, two] = &self.drawn;
            let sale = [apart(rates, k, &sold), apart(one, k, &sold), apart(two, k, &sold)];
            add_worth(&mut self.by_month[h * stage.arms() + arm], &sale, worth);
            if in_period || arm > 0 {
                self.of_series[arm].iter_mut().zip(&sale).for_each(|(to, from)| add(to, from));
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
            let (mut total, mut gross) = ([[[0.0; P]; 3]; 1 + DRAWS], [[[0.0; P]; 3]; 1 + DRAWS]);
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

#[inline(always)]
fn add_sale<const P: usize>(to: &mut Sale<P>, sale: &Sale<P>) {
    to.iter_mut().flatten().zip(sale.iter().flatten()).for_each(|(to, from)| add(to, from));
}

/// Expected units of an arm's month: `mean · common · e^(deviation · normals)`.
#[inline(always)]
fn rates_at<const P: usize>(
    cells: &ArmCells,
    h: usize,
    common: &Lanes<P>,
    normals: &[Lanes<P>; NORMALS],
) -> Lanes<P> {
    let mut log = [0.0; P];
    let mut any = false;
    for (deviation, normal) in cells.deviation[h].iter().zip(normals).filter(|(d, _)| **d != 0.0) {
        any = true;
        for lane in 0..P {
            log[lane] += deviation * normal[lane];
        }
    }
    let (mean, mut rates) = (cells.mean[h], *common);
    if any {
        for lane in 0..P {
            rates[lane] *= exp(log[lane]);
        }
    }
    for rate in &mut rates {
        // A rate that is no number sells nothing.
        let units = mean * *rate;
        *rate = if units > 0.0 { units } else { 0.0 };
    }
    rates
}

/// Units of the baseline with what was sold before, or what the `k`-th distinct arm differs
/// by from it.
#[inline(always)]
fn apart<const P: usize>(units: &[Lanes<P>], k: usize, sold: &Lanes<P>) -> Lanes<P> {
    let mut out = units[k];
    let (by, sign) = if k == 0 { (sold, 1.0) } else { (&units[0], -1.0) };
    for lane in 0..P {
        out[lane] += sign * by[lane];
    }
    out
}

/// Adds units, expected and in both draws, with what a unit is worth.
#[inline(always)]
fn add_worth<const P: usize>(to: &mut Sale<P>, units: &Units<P>, worth: Worth) {
    for (to, units) in to.iter_mut().zip(units) {
        for (to, worth) in to.iter_mut().zip(worth) {
            // As in [`add`].
            let mut sum = *to;
            for lane in 0..P {
                sum[lane] += units[lane] * worth;
            }
            *to = sum;
        }
    }
}

/// Adds a sale to a row of the ledger.
#[inline(always)]
fn put<const P: usize>(row: &mut [Lanes<P>; FIELDS], sale: &Sale<P>) {
    let [expected, drawn @ ..] = sale;
    for (field, value) in [Expected::Units, Expected::Revenue, Expected::Margin].into_iter().zip(expected) {
        add(&mut row[expected_at(field)], value);
    }
    for (draw, values) in drawn.iter().enumerate() {
        for (field, value) in [Drawn::Units, Drawn::Revenue, Drawn::Margin].into_iter().zip(values) {
            add(&mut row[drawn_at(field, draw)], value);
        }
    }
}

/// Adds units with what one is worth to a row of the ledger.
#[inline(always)]
fn put_units<const P: usize>(row: &mut [Lanes<P>; FIELDS], units: &Units<P>, worth: Worth) {
    let mut sale = [[[0.0; P]; 3]; 1 + DRAWS];
    add_worth(&mut sale, units, worth);
    put(row, &sale);
}

/// A month that is known: the baseline is what was sold, whatever the luck.
fn moved_all<const P: usize>(key: Key, first: u64, rates: &[Lanes<P>], drawn: &mut [Vec<Lanes<P>>; DRAWS]) {
    for (draw, drawn) in drawn.iter_mut().enumerate() {
        for lane in 0..P {
            let key = key.and((first + lane as u64) * DRAWS as u64 + draw as u64);
            let sold = rates[0][lane];
            for (drawn, rates) in drawn.iter_mut().zip(rates) {
                drawn[lane] = if sold > 0.0 { moved(key, sold, rates[lane] / sold) } else { 0.0 };
            }
        }
    }
}

/// The fields of a sale: its expectation and both draws.
pub fn sale(units: f64, drawn: [f64; DRAWS], price: f64, margin: f64) -> [f64; FIELDS] {
    let worth = |units: f64| [[units], [units * price], [units * margin]];
    let mut fields = [[0.0]; FIELDS];
    put(&mut fields, &[worth(units), worth(drawn[0]), worth(drawn[1])]);
    fields.map(|[value]| value)
}
