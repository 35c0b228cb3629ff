//! Breaks the units of cells into transactions of one to three lines, with days,
//! customers, prices and the day each was reported. The units of a partner, product
//! and month add up to the cell's draw.

use chrono::{Datelike, Days, NaiveDate};
use rust_decimal::{Decimal, RoundingStrategy};

use super::cells::Cell;
use super::departure::Departures;
use super::market::Market;
use super::products::list_price;
use crate::books::Line;
use crate::calendar::Month;
use crate::random::Stream;

/// A part of a cell that becomes one line.
struct Lot {
    product: usize,
    units: u32,
    /// Share off the price.
    promotion: f64,
}

/// All sale lines in order of day, partner and number; also those not yet reported.
pub fn transactions(seed: u64, market: &Market, departures: &Departures, cells: &[Cell]) -> Vec<Line> {
    let nobody = vec![0; market.partners.len()];
    continued(seed, market, departures, cells, &nobody)
}

/// The same where partners already have some customers, by partner how many; cells
/// may lie after the history.
pub fn continued(
    seed: u64,
    market: &Market,
    departures: &Departures,
    cells: &[Cell],
    customers: &[usize],
) -> Vec<Line> {
    let months = cells.iter().map(|c| c.t + 1).max().unwrap_or(0);
    let mut sold: Vec<Vec<Vec<Lot>>> =
        market.partners.iter().map(|_| (0..months).map(|_| Vec::new()).collect()).collect();
    for cell in cells.iter().filter(|c| c.units > 0) {
        let pair = &market.pairs[cell.pair];
        let mut stream = Stream::new(seed, "lots", &[pair.partner, pair.product, cell.t]);
        let promotion = departures.promotion(cell.pair, cell.t);
        sold[pair.partner][cell.t].extend(lots(&mut stream, pair.product, cell.units, promotion));
    }
    let mut groups: Vec<Vec<Line>> = Vec::new();
    for (i, months) in sold.into_iter().enumerate() {
        let mut seller = Seller::new(seed, market, i, customers[i]);
        for (t, lots) in months.into_iter().enumerate() {
            groups.extend(seller.month(market.month(t), lots));
        }
    }
    // Stable: transactions of one day stay in the order of partners.
    groups.sort_by_key(|lines| lines[0].sold_on);
    for (n, lines) in groups.iter_mut().enumerate() {
        for (l, line) in lines.iter_mut().enumerate() {
            line.transaction_id = format!("T{:06}", n + 1);
            line.line_no = l as u32 + 1;
        }
    }
    groups.concat()
}

fn lots(stream: &mut Stream, product: usize, units: u32, promotion: f64) -> Vec<Lot> {
    let mut left = units;
    let mut lots = Vec::new();
    while left > 0 {
        let size = match stream.uniform() {
            u if u < 0.30 => stream.between(1, 2),
            u if u < 0.72 => stream.between(3, 5),
            _ => stream.between(6, 14),
        };
        let size = (size as u32).min(left);
        lots.push(Lot { product, units: size, promotion });
        left -= size;
    }
    lots
}

/// A partner while its months are played.
struct Seller<'a> {
    market: &'a Market,
    partner: usize,
    stream: Stream,
    customers: Vec<String>,
}

impl<'a> Seller<'a> {
    fn new(seed: u64, market: &'a Market, partner: usize, customers: usize) -> Self {
        let stream = Stream::new(seed, "transactions", &[partner]);
        let customers = (0..customers).map(|n| customer_id(partner, n)).collect();
        Self { market, partner, stream, customers }
    }

    /// The transactions of one month.
    fn month(&mut self, month: Month, mut lots: Vec<Lot>) -> Vec<Vec<Line>> {
        self.stream.shuffle(&mut lots);
        let mut groups = Vec::new();
        while let Some(first) = lots.pop() {
            let deal = self.deal(first, &mut lots);
            groups.push(self.transaction(month, deal));
        }
        groups
    }

    /// One to three lots of different products; Product X 100 likes to take its
    /// onboarding along.
    fn deal(&mut self, first: Lot, lots: &mut Vec<Lot>) -> Vec<Lot> {
        let sku = |lot: &Lot| self.market.items[lot.product].sku;
        let mut deal = vec![first];
        let companion = lots.iter().position(|l| sku(&deal[0]) == "PX-100" && sku(l) == "SVC-10");
        let mut size = 1 + self.stream.weighted(&[0.60, 0.27, 0.13]);
        if let Some(at) = companion.filter(|_| self.stream.chance(0.6)) {
            deal.push(lots.swap_remove(at));
            size = size.max(2);
        }
        while deal.len() < size {
            let Some(at) = lots.iter().position(|l| deal.iter().all(|d| d.product != l.product)) else {
                break;
            };
            deal.push(lots.swap_remove(at));
        }
        deal
    }

    fn transaction(&mut self, month: Month, deal: Vec<Lot>) -> Vec<Line> {
        let sold_on = self.day(month);
        let customer = self.customer();
        let reported_on = (!self.stream.chance(0.01)).then(|| sold_on + self.report_lag());
        let partner = &self.market.partners[self.partner];
        deal.into_iter()
            .map(|lot| {
                let product = &self.market.products[lot.product];
                let list = list_price(product, &self.market.price_changes, month);
                Line {
                    transaction_id: String::new(),
                    line_no: 0,
                    sold_on,
                    reported_on,
                    partner: partner.id.clone(),
                    sku: product.sku.clone(),
                    units: Decimal::from(lot.units),
                    net_revenue: self.net_revenue(month, &lot, list),
                    customer: customer.clone(),
                    registration: None,
                    return_of: None,
                }
            })
            .collect()
    }

    /// Working days mostly, more towards the end of the month.
    fn day(&mut self, month: Month) -> NaiveDate {
        let days = month.last().day();
        let weights: Vec<f64> = (0..days)
            .map(|d| {
                let day = month.first() + Days::new(u64::from(d));
                let weekend = if day.weekday().number_from_monday() > 5 { 0.08 } else { 1.0 };
                weekend * (0.7 + 0.8 * f64::from(d) / f64::from(days))
            })
            .collect();
        month.first() + Days::new(self.stream.weighted(&weights) as u64)
    }

    /// Known customers come back; one in eight transactions brings a new one; a few
    /// name none.
    fn customer(&mut self) -> Option<String> {
        if self.stream.chance(0.03) {
            return None;
        }
        if self.customers.is_empty() || self.stream.chance(0.12) {
            self.customers.push(customer_id(self.partner, self.customers.len()));
        }
        // The square prefers the first customers: a few large accounts.
        let u = self.stream.uniform();
        let at = (u * u * self.customers.len() as f64) as usize;
        let known = self.stream.chance(0.85);
        let at = if known { at } else { self.customers.len() - 1 };
        self.customers.get(at).cloned()
    }

    fn report_lag(&mut self) -> Days {
        let days = match self.stream.uniform() {
            u if u < 0.72 => self.stream.between(1, 6),
            u if u < 0.92 => self.stream.between(7, 20),
            u if u < 0.98 => self.stream.between(21, 40),
            _ => self.stream.between(41, 75),
        };
        Days::new(days as u64)
    }

    /// Units × list × (1 − discount), to the cent.
    fn net_revenue(&mut self, month: Month, lot: &Lot, list: Decimal) -> Decimal {
        let large = if lot.units >= 6 { 0.03 } else { 0.0 };
        let usual = self.market.discount(self.partner, month) + large;
        let discount = usual + 0.02 * self.stream.normal() + lot.promotion;
        let per_mille = 1000 - (discount.clamp(0.0, 0.4) * 1000.0) as i64;
        let revenue = Decimal::from(lot.units) * list * Decimal::new(per_mille, 3);
        revenue.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
    }
}

fn customer_id(partner: usize, n: usize) -> String {
    format!("C{:04}-{}", partner + 1, n + 1)
}
