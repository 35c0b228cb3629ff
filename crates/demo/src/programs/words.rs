//! Figures, dates and lists as people write them in program texts.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::terms::{Measure, Pay, Period};

/// `$5,000.00`.
pub fn money(amount: Decimal) -> String {
    let text = format!("{amount:.2}");
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    format!("${}.{cents}", thousands(whole))
}

/// `50,000`.
fn thousands(digits: &str) -> String {
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 January 2026`.
pub fn date(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// `2.5%`.
pub fn percent(value: Decimal) -> String {
    format!("{}%", value.normalize())
}

/// `$40.00 per unit` or `2.5% of net revenue`.
pub fn pay(pay: Pay) -> String {
    match pay {
        Pay::PerUnit(amount) => format!("{} per unit", money(amount)),
        Pay::Percent(value) => format!("{} of net revenue", percent(value)),
    }
}

/// `25 units` or `$50,000.00 of net revenue`.
pub fn quantity(measure: Measure, value: Decimal) -> String {
    match measure {
        Measure::Units => format!("{} units", thousands(&value.normalize().to_string())),
        Measure::Revenue => format!("{} of net revenue", money(value)),
    }
}

/// `units sold` or `net revenue`.
pub fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Units => "units sold",
        Measure::Revenue => "net revenue",
    }
}

/// `calendar month`.
pub fn period(period: Period) -> &'static str {
    match period {
        Period::Transaction => "transaction",
        Period::Month => "calendar month",
        Period::Quarter => "fiscal quarter",
        Period::Half => "fiscal half-year",
        Period::Year => "fiscal year",
    }
}

/// `A`, `A and B`, `A, B and C`.
pub fn list(items: &[String], last: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// `resellers`, `managed service providers` … of the data's words.
pub fn partner_types(types: &[String]) -> Vec<String> {
    let plural = |t: &String| match t.as_str() {
        "msp" => "managed service providers".to_owned(),
        "referral" => "referral partners".to_owned(),
        other => format!("{other}s"),
    };
    types.iter().map(plural).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(money(Decimal::new(25_000_000, 2)), "$250,000.00");
        assert_eq!(money(Decimal::new(4000, 2)), "$40.00");
        assert_eq!(percent(Decimal::new(250, 2)), "2.5%");
        assert_eq!(date(NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date")), "1 January 2026");
        let items = ["A".to_owned(), "B".to_owned(), "C".to_owned()];
        assert_eq!(list(&items, "and"), "A, B and C");
    }
}
