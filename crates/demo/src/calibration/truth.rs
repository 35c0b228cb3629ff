//! What the change really does, given the response and the shocks that really come:
//! expected units by the generator's own rates; payouts by selling the quarter again and
//! again with counts common to both arms, paid by the exact calculator; net of both.

use rust_decimal::prelude::ToPrimitive;
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::{RuleBook, SettleOptions, settle};

use super::ask::{QUARTER, Question, TAIL};
use super::company::Subject;
use super::lines::{Sale, book};
use crate::company::cells::{Cell, not_zero, rate};
use crate::company::incentive::to_f64;
use crate::company::market::{NB_R, ZERO_SHARE};
use crate::company::products::list_price;
use crate::random::Stream;

/// Share of what is sold that stays sold (the generator's returns).
const KEPT: f64 = 0.96;

/// The truth of one question.
#[derive(Debug, Clone, Copy)]
pub struct Truth {
    /// Change of expected units, tail included.
    pub units: f64,
    /// Change of expected payouts, funds aside, tail included.
    pub payout: f64,
    /// Standard error of `payout`: quarters sold again are a sample.
    pub payout_error: f64,
    /// Change of expected margin.
    pub margin: f64,
    /// Change of expected margin less that of payouts.
    pub net: f64,
    /// Expected units of the reached pairs in the quarter as the rules stand.
    pub expected: f64,
    /// Units that they really sell.
    pub sold: f64,
}

/// One pair in one month ahead.
struct Ahead {
    pair: usize,
    t: usize,
    /// Rates, zero inflation not yet taken off.
    rate: [f64; 2],
    /// Pay a unit by what moves sellers.
    pay: [f64; 2],
    list: f64,
    cost: f64,
}

/// The truth of a question, from `samples` quarters.
pub fn truth(seed: u64, samples: usize, subject: &Subject, question: &Question) -> Truth {
    let market = &subject.world.market;
    let ahead = cells(subject, question);
    let kept = |c: &Ahead| not_zero(&market.pairs[c.pair]);
    let units: f64 = ahead.iter().map(|c| kept(c) * (c.rate[1] - c.rate[0])).sum();
    let in_quarter = |c: &&Ahead| c.t < market.shape.months + QUARTER && question.reaches(c.pair);
    let expected = ahead.iter().filter(in_quarter).map(|c| kept(c) * c.rate[0]).sum();
    let counts = counts(seed, usize::MAX, subject, &ahead);
    let sold = ahead.iter().zip(&counts).filter(|(c, _)| in_quarter(c)).map(|(_, n)| f64::from(n[0])).sum();
    let Paid { payout, error, price_share } = paid(seed, samples, subject, question, &ahead);
    let margin: f64 = ahead
        .iter()
        .map(|c| {
            let share = price_share[market.pairs[c.pair].product];
            // The partner's own discount, and the lots' as the product's lines have it.
            let usual = 1.0 - market.discount(market.pairs[c.pair].partner, market.month(c.t));
            let price = c.list * usual * share;
            kept(c) * (c.rate[1] - c.rate[0]) * (price - c.cost) * KEPT
        })
        .sum();
    Truth { units, payout, payout_error: error, margin, net: margin - payout, expected, sold }
}

fn cells(subject: &Subject, question: &Question) -> Vec<Ahead> {
    let world = &subject.world;
    let market = &world.market;
    let added = [0, 1].map(|arm: usize| world.departures.added(market, &question.x[arm]));
    let months = market.shape.months..market.shape.months + QUARTER + TAIL;
    let mut cells = Vec::new();
    for (p, pair) in market.pairs.iter().enumerate() {
        let product = &market.products[pair.product];
        for t in months.clone() {
            let month = market.month(t);
            let list = to_f64(list_price(product, &market.price_changes, month));
            let rate = [0, 1].map(|arm| rate(market, &question.x[arm], &added[arm], p, t));
            if rate[0] <= 0.0 {
                continue;
            }
            let pay = [0, 1].map(|arm| question.x[arm][p][t] * list);
            let cost = market.price_changes.iter().rfind(|c| c.sku == product.sku && c.from <= month.first());
            let cost = to_f64(cost.map_or(product.unit_cost, |c| c.unit_cost));
            cells.push(Ahead { pair: p, t, rate, pay, list, cost });
        }
    }
    cells
}

/// Counts of every cell in both arms: equal where the rates are, never fewer where a
/// rate is higher.
fn counts(seed: u64, sample: usize, subject: &Subject, ahead: &[Ahead]) -> Vec<[u32; 2]> {
    let count = |c: &Ahead| {
        let mut stream = Stream::new(seed, "quarter", &[sample, c.pair, c.t]);
        let level = stream.gamma(NB_R) / NB_R;
        let zero = stream.chance(ZERO_SHARE) && subject.world.market.pairs[c.pair].long_tail;
        let [low, high] = if c.rate[0] <= c.rate[1] { [0, 1] } else { [1, 0] };
        let both = stream.poisson(c.rate[low] * level);
        let more = stream.poisson((c.rate[high] - c.rate[low]) * level);
        let mut counts = [both; 2];
        counts[high] += more;
        if zero { [0; 2] } else { counts }
    };
    ahead.iter().map(count).collect()
}

/// What quarters sold again came to.
struct Paid {
    /// Change of expected payouts, and its standard error.
    payout: f64,
    error: f64,
    /// By product: what lines bring beside the partner's usual price.
    price_share: Vec<f64>,
}

/// Change of expected payouts, and by product what lines bring beside the partner's usual
/// price. What moves sellers is known as an expectation: it steadies the mean of the
/// samples (a control variate with coefficient 1).
fn paid(seed: u64, samples: usize, subject: &Subject, question: &Question, ahead: &[Ahead]) -> Paid {
    let market = &subject.world.market;
    let rules = question.rules(subject);
    let steady = |units: &dyn Fn(usize, usize) -> f64| -> f64 {
        ahead.iter().enumerate().map(|(i, c)| c.pay[1] * units(i, 1) - c.pay[0] * units(i, 0)).sum()
    };
    let known = steady(&|i, arm| not_zero(&market.pairs[ahead[i].pair]) * ahead[i].rate[arm]);
    let mut beyond = Vec::with_capacity(samples);
    let mut prices = vec![[0.0; 2]; market.items.len()];
    for sample in 0..samples {
        let counts = counts(seed, sample, subject, ahead);
        let mut pay = [0.0; 2];
        for arm in 0..2 {
            let sold: Vec<Cell> = ahead
                .iter()
                .zip(&counts)
                .map(|(c, n)| Cell { pair: c.pair, t: c.t, x: 0.0, expected: 0.0, units: n[arm] })
                .collect();
            let sale = book(seed.wrapping_add(1 + sample as u64), subject, &sold);
            pay[arm] = settled(&sale, &rules[arm]);
            sale.prices(market, &mut prices);
        }
        let drawn = steady(&|i, arm| f64::from(counts[i][arm]));
        beyond.push(pay[1] - pay[0] - drawn);
    }
    let share = prices.iter().map(|[got, usual]| if *usual > 0.0 { got / usual } else { 1.0 });
    let n = samples as f64;
    let mean = beyond.iter().sum::<f64>() / n;
    let variance = beyond.iter().map(|b| (b - mean) * (b - mean)).sum::<f64>() / (n - 1.0).max(1.0);
    Paid { payout: known + mean, error: libm::sqrt(variance / n), price_share: share.collect() }
}

fn settled(sale: &Sale, rules: &RuleBook) -> f64 {
    let company: &Company = &sale.company;
    settle(company, rules, &SettleOptions::default()).total().to_f64().unwrap_or(0.0)
}
