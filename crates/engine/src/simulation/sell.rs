//! Sells the cells of one partner in one pair of draws: expected units of every
//! arm, counts of both draws on common luck, and the sums of covered products.
//! Knows nothing of pay.

use super::chance::Shared;
use super::counts::{Cell, moved};
use super::keyed::{Key, Stream};
use super::ledger::{DRAWS, Drawn, Expected, FIELDS, Groups, Ledger, drawn_at, expected_at};
use super::market::{PartnerCells, SeriesCells};
use super::stage::Stage;

type Fields = [f64; FIELDS];

/// Working memory for selling.
pub struct Seller {
    /// By arm: units of the partner last sold for in both draws, series × months.
    pub units: Vec<Vec<[f64; DRAWS]>>,
    /// By month: what the partner's sales share.
    of_month: Vec<f64>,
    /// Arms whose rates differ from the baseline's, and the baseline.
    distinct: Vec<usize>,
    /// Of the cell at hand, one a distinct arm.
    rates: Vec<f64>,
    drawn: Vec<[f64; DRAWS]>,
    order: Vec<usize>,
    out: Vec<f64>,
    of_series: Vec<Sale>,
    of_partner: Vec<Sale>,
    /// By month × arm.
    by_month: Vec<Sale>,
}

/// What is sold in a pair: units, revenue and margin, expected and in both draws.
type Sale = [[f64; 3]; 1 + DRAWS];
const NO_SALE: Sale = [[0.0; 3]; 1 + DRAWS];

/// Where the draws of one partner stand.
struct Turn<'a> {
    stage: &'a Stage<'a>,
    shared: &'a Shared,
    keys: [Key; DRAWS],
    /// Position of the partner in the market.
    i: usize,
}

impl Seller {
    pub fn of(stage: &Stage) -> Self {
        let arms = stage.arms();
        let longest = stage.market.partners.iter().map(|p| p.series.len()).max().unwrap_or(0);
        Self {
            units: vec![vec![[0.0; DRAWS]; longest * stage.market.months]; arms],
            of_month: vec![1.0; stage.market.months],
            distinct: Vec::with_capacity(arms),
            rates: vec![0.0; arms],
            drawn: vec![[0.0; DRAWS]; arms],
            order: vec![0; arms],
            out: vec![0.0; arms],
            of_series: vec![NO_SALE; arms],
            of_partner: vec![NO_SALE; arms],
            by_month: vec![NO_SALE; arms * stage.market.months],
        }
    }

    /// Sells for one partner. `lift`, by option: expected units of treated volume in the
    /// period, and what the option adds, tail included.
    pub fn sell(
        &mut self,
        stage: &Stage,
        shared: &Shared,
        pair: u64,
        i: usize,
        ledger: &mut Ledger,
        lift: &mut [[f64; 2]],
    ) {
        let partner = &stage.market.partners[i];
        let key = |draw: usize| {
            Key::new(stage.seed, Stream::Cell, pair * DRAWS as u64 + draw as u64).and(partner.partner as u64)
        };
        let turn = Turn { stage, shared, keys: std::array::from_fn(key), i };
        self.of_partner.fill(NO_SALE);
        self.by_month.fill(NO_SALE);
        for (h, factor) in self.of_month.iter_mut().enumerate() {
            *factor = shared.partner(partner.partner, stage.window.month(h), stage.market.partner_sigma);
        }
        for local in 0..partner.series.len() {
            self.series(&turn, partner, local, ledger, lift);
        }
        let payee = &stage.payees[i];
        for (arm, sale) in self.of_partner.iter().enumerate() {
            let fields = fields(sale);
            for row in stage.rows_of(i, payee).into_iter().chain([Groups::TOTAL]) {
                ledger.add_all(row, arm, &fields);
            }
        }
        for (at, sale) in self.by_month.iter().enumerate() {
            let (h, arm) = (at / stage.arms(), at % stage.arms());
            let Some(row) = stage.months.rows[h] else { continue };
            let fields = fields(sale);
            ledger.add_all(row, arm, &fields);
            if stage.months.in_period[h] {
                ledger.add_all(Groups::GROSS, arm, &fields);
            }
        }
    }

    fn series(
        &mut self,
        turn: &Turn,
        partner: &PartnerCells,
        local: usize,
        ledger: &mut Ledger,
        lift: &mut [[f64; 2]],
    ) {
        let (stage, series) = (turn.stage, &partner.series[local]);
        let months = stage.market.months;
        if !series.needed {
            self.units.iter_mut().for_each(|u| u[local * months..(local + 1) * months].fill([0.0; DRAWS]));
            return;
        }
        self.distinct.clear();
        self.distinct.extend((0..stage.arms()).filter(|a| series.arms[*a].is_some()));
        self.of_series.fill(NO_SALE);
        let level = turn.shared.level(partner.partner, series);
        let keys = turn.keys.map(|key| key.and(series.product as u64));
        for h in 0..months {
            self.rates_of(turn, series, level, h);
            self.count(stage, series, &keys, (local, h));
            if series.covered && stage.months.rows[h].is_some() {
                self.sum(turn, series, h, lift);
            }
        }
        if series.covered {
            for arm in self.distinct.iter().copied() {
                ledger.add_all(stage.groups.product(series.product), arm, &fields(&self.of_series[arm]));
                add_sale(&mut self.of_partner[arm], &self.of_series[arm]);
            }
        }
    }

    fn rates_of(&mut self, turn: &Turn, series: &SeriesCells, level: f64, h: usize) {
        let market = turn.stage.market;
        let shock = turn.shared.shocks[series.shock * market.months + h];
        let common = if h < market.known { 1.0 } else { level * self.of_month[h] * shock };
        let normals = &turn.shared.response[series.product];
        for (rate, arm) in self.rates.iter_mut().zip(series.arms.iter().flatten()) {
            let d = &arm.deviation[h];
            let log: f64 = d.iter().zip(normals).map(|(d, z)| d * z).sum();
            *rate = arm.mean[h] * common * if log == 0.0 { 1.0 } else { log.exp() };
        }
    }

    fn count(
        &mut self,
        stage: &Stage,
        series: &SeriesCells,
        keys: &[Key; DRAWS],
        (local, h): (usize, usize),
    ) {
        let (n, sold) = (self.distinct.len(), series.observed_in(h));
        let at = local * stage.market.months + h;
        let known = h < stage.market.known;
        let cell = Cell::of(&self.rates[..n], series.dispersion[h], &mut self.order[..n]);
        for (draw, key) in keys.iter().enumerate() {
            let out = &mut self.out[..n];
            let key = key.and(stage.window.month(h).0 as u64);
            if known {
                moved_all(key, &self.rates[..n], out);
            } else {
                cell.draw(key, out);
            }
            self.drawn.iter_mut().zip(out.iter()).for_each(|(drawn, out)| drawn[draw] = *out);
        }
        let with_sold = |drawn: &[f64; DRAWS]| drawn.map(|units| sold + units);
        let baseline = with_sold(&self.drawn[0]);
        self.units.iter_mut().for_each(|units| units[at] = baseline);
        for (drawn, arm) in self.drawn.iter().zip(&self.distinct).skip(1) {
            self.units[*arm][at] = with_sold(drawn);
        }
    }

    /// Adds a cell of a covered product: the baseline as it is, options by what
    /// they differ.
    fn sum(&mut self, turn: &Turn, series: &SeriesCells, h: usize, lift: &mut [[f64; 2]]) {
        let (stage, in_period) = (turn.stage, turn.stage.months.in_period[h]);
        let sold = series.observed_in(h);
        for (k, arm) in self.distinct.iter().copied().enumerate() {
            let less = if arm == 0 { (-sold, [-sold; DRAWS]) } else { (self.rates[0], self.drawn[0]) };
            let units = self.rates[k] - less.0;
            let mut sale = NO_SALE;
            sale[0] = worth(units, series, h);
            for draw in 0..DRAWS {
                sale[1 + draw] = worth(self.drawn[k][draw] - less.1[draw], series, h);
            }
            add_sale(&mut self.by_month[h * stage.arms() + arm], &sale);
            if in_period || arm > 0 {
                add_sale(&mut self.of_series[arm], &sale);
            }
            if arm > 0 {
                lift[arm - 1][1] += units;
            }
        }
        for (option, lift) in lift.iter_mut().enumerate() {
            if in_period && stage.is_treated(turn.i, series, option + 1) {
                lift[0] += self.rates[0];
            }
        }
    }
}

fn worth(units: f64, series: &SeriesCells, h: usize) -> [f64; 3] {
    [units, units * series.price[h], units * series.margin[h]]
}

fn add_sale(to: &mut Sale, from: &Sale) {
    for (to, from) in to.iter_mut().flatten().zip(from.iter().flatten()) {
        *to += from;
    }
}

/// As the ledger lays them out.
fn fields(sale: &Sale) -> Fields {
    let mut out = [0.0; FIELDS];
    let [expected, drawn @ ..] = sale;
    for (field, value) in [Expected::Units, Expected::Revenue, Expected::Margin].into_iter().zip(expected) {
        out[expected_at(field)] = *value;
    }
    for (draw, values) in drawn.iter().enumerate() {
        for (field, value) in [Drawn::Units, Drawn::Revenue, Drawn::Margin].into_iter().zip(values) {
            out[drawn_at(field, draw)] = *value;
        }
    }
    out
}

/// A month that is known: the baseline is what was sold, whatever the luck.
fn moved_all(key: Key, rates: &[f64], out: &mut [f64]) {
    let sold = rates[0];
    for (out, rate) in out.iter_mut().zip(rates) {
        *out = if sold > 0.0 { moved(key, sold, rate / sold) } else { 0.0 };
    }
}

/// The fields of a sale: its expectation and both draws.
pub fn sale(units: f64, drawn: [f64; DRAWS], price: f64, margin: f64) -> Fields {
    let mut fields = [0.0; FIELDS];
    fields[expected_at(Expected::Units)] = units;
    fields[expected_at(Expected::Revenue)] = units * price;
    fields[expected_at(Expected::Margin)] = units * margin;
    for (draw, units) in drawn.into_iter().enumerate() {
        fields[drawn_at(Drawn::Units, draw)] = units;
        fields[drawn_at(Drawn::Revenue, draw)] = units * price;
        fields[drawn_at(Drawn::Margin, draw)] = units * margin;
    }
    fields
}

/// Adds element by element.
pub fn add(to: &mut [f64], from: &[f64]) {
    for (slot, value) in to.iter_mut().zip(from) {
        *slot += value;
    }
}
