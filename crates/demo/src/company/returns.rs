//! Goods that come back one to two months later: each unit with probability .04.

use chrono::{Days, NaiveDate};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::books::Line;
use crate::random::Stream;

const SHARE: f64 = 0.04;

/// Returns of these sales up to a day, in order of day.
pub fn returns(seed: u64, sales: &[Line], last_day: NaiveDate) -> Vec<Line> {
    let mut returns: Vec<Line> = Vec::new();
    for (n, sale) in sales.iter().enumerate() {
        let mut stream = Stream::new(seed, "return", &[n]);
        let back = stream.binomial(sale.units.to_u32().unwrap_or(0), SHARE);
        let sold_on = sale.sold_on + Days::new(stream.between(30, 61) as u64);
        let reported_on = sold_on + Days::new(stream.between(1, 5) as u64);
        if back == 0 || reported_on > last_day {
            continue;
        }
        let share = Decimal::from(back) / sale.units;
        let revenue = sale.net_revenue * share;
        returns.push(Line {
            transaction_id: String::new(),
            sold_on,
            reported_on: Some(reported_on),
            units: Decimal::from(back),
            net_revenue: revenue.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero),
            registration: None,
            return_of: Some(sale.transaction_id.clone()),
            ..sale.clone()
        });
    }
    returns.sort_by_key(|r| r.sold_on);
    for (n, line) in returns.iter_mut().enumerate() {
        line.transaction_id = format!("R{:05}", n + 1);
    }
    returns
}
