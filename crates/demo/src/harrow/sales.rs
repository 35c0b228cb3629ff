//! Plain sales: a few lines a partner and month, without any response to pay.

use rust_decimal::Decimal;

use crate::books::{Line, Partner, Product};
use crate::calendar::Month;
use crate::random::Stream;

/// Months of history that end with the month of the last day.
const MONTHS: i32 = 24;

/// Sale lines up to the last day of the data, which one of them falls on.
pub fn sales(seed: u64, partners: &[Partner], products: &[Product]) -> Vec<Line> {
    let last = super::as_of();
    let mut lines = Vec::new();
    for m in 0..MONTHS {
        let month = Month::of(last).plus(m + 1 - MONTHS);
        for (i, partner) in partners.iter().enumerate() {
            let mut stream = Stream::new(seed, "harrow sale", &[i, m as usize]);
            for n in 0..stream.between(1, 4) {
                let product = stream.pick(products);
                let day = month.first() + chrono::Days::new(stream.between(0, 19) as u64);
                let units = Decimal::from(stream.between(1, 12));
                lines.push(Line {
                    transaction_id: format!("T-{}-{}-{n}", month.key(), partner.id),
                    line_no: 1,
                    sold_on: day,
                    reported_on: None,
                    partner: partner.id.clone(),
                    sku: product.sku.clone(),
                    units,
                    net_revenue: (units * product.list_price * Decimal::new(9, 1)).round_dp(2),
                    customer: None,
                    registration: None,
                    return_of: None,
                });
            }
        }
    }
    if let Some(line) = lines.last_mut() {
        line.sold_on = last;
    }
    lines
}
