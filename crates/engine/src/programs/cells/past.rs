//! What past lines say about lines to come: the share that qualifies, and how
//! large single transactions are (FORECASTING.md §4, "Cells and lines"). Own lines
//! are shrunk to those of all partners of the product.

use chrono::{Days, NaiveDate};

use crate::company::Company;
use crate::panel::Panel;

use super::qualify::sales_between;
use super::rates::{CellTerms, Mode, number};

/// Days of lines that count as the recent past. Not the whole history: in its first
/// months every customer looks new and registration is often not yet in use.
const WINDOW: u64 = 730;

/// Lines of the product that the peers' figure counts as much as.
const PEER_LINES: f64 = 10.0;

/// Sizes looked at where the pay of each must be worked out.
const MOST_SIZES: usize = 128;

fn window(company: &Company) -> (NaiveDate, NaiveDate) {
    let end = company.today();
    (end.checked_sub_days(Days::new(WINDOW)).unwrap_or(NaiveDate::MIN), end)
}

fn shrink(n: f64, own: f64, peer: f64) -> f64 {
    (n * own + PEER_LINES * peer) / (n + PEER_LINES)
}

#[derive(Clone, Copy, Default)]
struct Tally {
    lines: f64,
    units: f64,
    passed: f64,
}

impl Tally {
    fn add(&mut self, units: f64, passes: bool) {
        self.lines += 1.0;
        self.units += units;
        self.passed += if passes { units } else { 0.0 };
    }

    fn share(&self) -> Option<f64> {
        (self.units > 0.0).then(|| self.passed / self.units)
    }
}

/// Share of the units of each series whose lines pass some tests (`passes`: by
/// position in the company's lines): own lines shrunk
/// to the product's, those of a product without lines taken from all products, and
/// 1 where there are no lines at all.
pub(crate) fn qualifying_shares(company: &Company, panel: &Panel, passes: &[bool]) -> Vec<f64> {
    let mut own = vec![Tally::default(); panel.series.len()];
    let mut peers = vec![Tally::default(); company.catalog.products.len()];
    let mut all = Tally::default();
    let (from, before) = window(company);
    for (at, line) in sales_between(company, from, before) {
        let (units, passes) = (number(line.units), passes[at]);
        all.add(units, passes);
        peers[line.product].add(units, passes);
        if let Some(series) = panel.series_of(line.partner, line.product) {
            own[series].add(units, passes);
        }
    }
    let anyone = all.share().unwrap_or(1.0);
    let of = |(tally, (_, product)): (&Tally, &(usize, usize))| {
        let peer = peers[*product].share().unwrap_or(anyone);
        tally.share().map_or(peer, |share| shrink(tally.lines, share, peer))
    };
    own.iter().zip(&panel.series).map(of).collect()
}

/// Units of past lines, ascending, with running sums.
#[derive(Debug, Clone, Default)]
struct Sizes {
    units: Vec<f64>,
    sums: Vec<f64>,
}

impl Sizes {
    fn of(mut units: Vec<f64>) -> Self {
        units.sort_unstable_by(f64::total_cmp);
        let mut sum = 0.0;
        let sums = units
            .iter()
            .map(|u| {
                sum += u;
                sum
            })
            .collect();
        Self { units, sums }
    }

    fn total(&self) -> f64 {
        self.sums.last().copied().unwrap_or(0.0)
    }

    /// Share of the units that is left when each line is cut to `most` units.
    fn kept(&self, most: f64) -> Option<f64> {
        let total = self.total();
        if total <= 0.0 {
            return None;
        }
        let whole = self.units.partition_point(|u| *u <= most);
        let below = if whole == 0 { 0.0 } else { self.sums[whole - 1] };
        Some((below + most * (self.units.len() - whole) as f64) / total)
    }

    /// Pay of a unit when each line is paid as a transaction of its own.
    fn pay_of_unit(&self, terms: &CellTerms, price: f64) -> Option<f64> {
        let n = self.units.len();
        let looked_at = n.min(MOST_SIZES);
        let (mut units, mut pay) = (0.0, 0.0);
        for i in 0..looked_at {
            let size = self.units[(2 * i + 1) * n / (2 * looked_at)];
            units += size;
            pay += terms.transaction_pay(size, price);
        }
        (units > 0.0).then(|| pay / units)
    }
}

/// Sizes of past lines by series and by product.
#[derive(Debug, Default)]
pub(crate) struct PastSizes {
    own: Vec<Sizes>,
    peers: Vec<Sizes>,
}

impl PastSizes {
    pub fn new(company: &Company, panel: &Panel) -> Self {
        let mut own = vec![Vec::new(); panel.series.len()];
        let mut peers = vec![Vec::new(); company.catalog.products.len()];
        let (from, before) = window(company);
        for (_, line) in sales_between(company, from, before) {
            let units = number(line.units);
            peers[line.product].push(units);
            if let Some(series) = panel.series_of(line.partner, line.product) {
                own[series].push(units);
            }
        }
        let sorted = |all: Vec<Vec<f64>>| all.into_iter().map(Sizes::of).collect();
        Self { own: sorted(own), peers: sorted(peers) }
    }

    /// Expected pay of one unit of a series at a net price, each past line taken as
    /// a transaction; where nothing was sold, as for a transaction of one unit.
    pub fn pay_of_unit(&self, terms: &CellTerms, series: usize, product: usize, price: f64) -> f64 {
        let (own, peers) = (&self.own[series], &self.peers[product]);
        let flat = terms.flat(1.0, price);
        let of = |sizes: &Sizes| {
            let capped_only = terms.mode == Mode::Flat
                && terms.minimum <= 0.0
                && terms.multiplier == 1.0
                && terms.growth.is_none();
            if capped_only && flat > 0.0 {
                sizes.kept(terms.cap_transaction / flat).map(|kept| kept * flat)
            } else {
                sizes.pay_of_unit(terms, price)
            }
        };
        let n = own.units.len() as f64;
        match (of(own), of(peers)) {
            (Some(own), Some(peer)) => shrink(n, own, peer),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => terms.transaction_pay(1.0, price),
        }
    }
}
