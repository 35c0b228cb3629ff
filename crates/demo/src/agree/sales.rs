//! Sales and returns of a random world, with the registrations and targets they meet.

use chrono::{Datelike, Days as Count, Months};
use rust_decimal::Decimal;

use super::company::SKUS;
use super::days::Days;
use super::draw::Draw;
use crate::books::{Books, Line, Registration, Target};
use crate::calendar::period_of;

const UNITS: [&str; 8] = ["1", "2", "3", "5", "10", "12", "0", "0.5"];
const REVENUES: [&str; 8] = ["100", "33.33", "200", "1000", "10.05", "0.01", "400", "0"];

pub fn sales(draw: &mut Draw, days: &Days, books: &mut Books) {
    registrations(draw, days, books);
    let transactions = draw.between(2, 7);
    for number in 0..transactions {
        let partner = draw.pick(&books.partners).id.clone();
        let day = days.sale(draw);
        let customer = draw.maybe(2, |d| (*d.pick(&["c1", "c2", ""])).to_owned());
        let many = draw.once_in(15);
        let lines = if many { 11 } else { *draw.pick(&[1, 1, 1, 2, 3]) };
        let several_days = draw.once_in(20);
        let several_partners = draw.once_in(25);
        for line_no in 1..=lines {
            let sold_on = if several_days { *draw.pick(&days.now) } else { day };
            let mut line = line(draw, books);
            line.transaction_id = format!("T{}", 12 - number);
            line.line_no = line_no;
            line.sold_on = sold_on;
            line.reported_on = draw.maybe(2, |d| sold_on + Count::new(*d.pick(&[0, 1, 2, 30, 31])));
            line.partner.clone_from(&partner);
            if several_partners {
                line.partner.clone_from(&draw.pick(&books.partners).id);
            }
            line.customer.clone_from(&customer);
            books.lines.push(line);
        }
    }
    if draw.once_in(6) {
        sold_before(books);
    }
    targets(draw, books);
}

/// The same was sold a year earlier: growth is nothing, exactly.
fn sold_before(books: &mut Books) {
    let now = books.lines.iter().filter(|l| l.sold_on.year() == 2026).cloned();
    let before: Vec<Line> = now
        .map(|line| Line {
            transaction_id: format!("{}-before", line.transaction_id),
            sold_on: line.sold_on - Months::new(12),
            ..line
        })
        .collect();
    books.lines.extend(before);
}

fn line(draw: &mut Draw, books: &Books) -> Line {
    Line {
        transaction_id: String::new(),
        line_no: 1,
        sold_on: Default::default(),
        reported_on: None,
        partner: String::new(),
        sku: (*draw.pick(&SKUS)).to_owned(),
        units: draw.decimal(&UNITS),
        net_revenue: draw.decimal(&REVENUES),
        customer: None,
        registration: draw.maybe(2, |d| match d.pick(&books.registrations) {
            _ if d.once_in(8) => "unknown".to_owned(),
            registration => registration.id.clone(),
        }),
        return_of: None,
    }
}

fn registrations(draw: &mut Draw, days: &Days, books: &mut Books) {
    for number in 0..draw.between(1, 3) {
        let day = *draw.pick(&days.now);
        books.registrations.push(Registration {
            id: format!("D{number}"),
            partner: draw.pick(&books.partners).id.clone(),
            sku: (*draw.pick(&SKUS)).to_owned(),
            submitted_on: day,
            status: "approved".to_owned(),
            approved_on: (!draw.once_in(6)).then_some(day),
            expires_on: draw.maybe(2, |d| *d.pick(&days.now)),
            expected_close_on: None,
            estimated_units: None,
        });
    }
}

/// Rows for some periods in which something was sold.
fn targets(draw: &mut Draw, books: &mut Books) {
    for _ in 0..draw.between(0, 3) {
        let version = draw.pick(&books.versions);
        let line = draw.pick(&books.lines);
        let period_start = period_of(version.terms.period, line.sold_on, books.first_month).0;
        let target = draw.decimal(&["0", "1", "5", "10", "100", "400"]);
        let (program, partner) = (version.program.clone(), line.partner.clone());
        let same =
            |t: &Target| t.program == program && t.partner == partner && t.period_start == period_start;
        if !books.targets.iter().any(same) {
            books.targets.push(Target { program, partner, period_start, target });
        }
    }
}

/// Returns of some lines: partial, whole, several, in the same period or months later.
pub fn returns(draw: &mut Draw, books: &mut Books) {
    let sales = books.lines.clone();
    for number in 0..*draw.pick(&[0, 0, 1, 2, 3, 4]) {
        let sale = draw.pick(&sales);
        let taken = |of: fn(&Line) -> Decimal| -> Decimal {
            let same = |l: &&Line| {
                l.return_of.as_deref() == Some(sale.transaction_id.as_str()) && l.line_no == sale.line_no
            };
            books.lines.iter().filter(same).map(|l| of(l).abs()).sum()
        };
        let units = sale.units - taken(|l| l.units);
        let revenue = sale.net_revenue - taken(|l| l.net_revenue);
        let part = *draw.pick(&["1", "1", "0.5", "0.3"]);
        let cents = if part == "1" { 10 } else { 2 };
        let sign = if draw.once_in(6) { -Decimal::ONE } else { Decimal::ONE };
        let of = |all: Decimal| (all * super::draw::dec(part)).round_dp(cents).min(all) * sign;
        let (units, net_revenue) = match draw.between(1, 6) {
            1 => (of(units), Decimal::ZERO),
            2 => (Decimal::ZERO, of(revenue)),
            _ => (of(units), of(revenue)),
        };
        books.lines.push(Line {
            transaction_id: format!("R{}", 12 - number),
            sold_on: sale.sold_on + Count::new(*draw.pick(&[0, 1, 5, 20, 70, 400])),
            reported_on: None,
            units,
            net_revenue,
            return_of: Some(sale.transaction_id.clone()),
            ..sale.clone()
        });
    }
}
