//! Figures as people read them: money, counts, shares, ranges. Formats only.

use crate::forecast::Quantity;

/// Formats the money of one currency.
#[derive(Debug, Clone, Copy)]
pub struct Money<'a> {
    currency: &'a str,
}

impl<'a> Money<'a> {
    /// By ISO code.
    pub fn of(currency: &'a str) -> Self {
        Self { currency }
    }

    /// `$12,345`, `€12,345`, `CHF 12,345`; `−$5`; cents below one alone, because an
    /// amount of a forecast is not known to the cent.
    pub fn show(&self, value: f64) -> String {
        let digits = if (0.005..0.995).contains(&value.abs()) { 2 } else { 0 };
        let amount = grouped(value.abs(), digits);
        let symbol = match self.currency {
            "USD" => "$".to_owned(),
            "EUR" => "€".to_owned(),
            "GBP" => "£".to_owned(),
            "JPY" => "¥".to_owned(),
            other => format!("{other} "),
        };
        format!("{}{symbol}{amount}", sign(value, digits))
    }

    /// With its sign, also when positive.
    pub fn signed(&self, value: f64) -> String {
        let shown = self.show(value);
        if value > 0.0 && !shown.starts_with('−') { format!("+{shown}") } else { shown }
    }

    /// `between $1 and $2`.
    pub fn range(&self, low: f64, high: f64) -> String {
        format!("between {} and {}", self.show(low), self.show(high))
    }
}

/// `1,234`; one digit after the point below 100, where it is not whole.
pub fn count(value: f64) -> String {
    let digits = if value.abs() < 99.95 && value.fract().abs() > 0.05 { 1 } else { 0 };
    format!("{}{}", sign(value, digits), grouped(value.abs(), digits))
}

/// `8.3%` of 0.083; whole percent from 20%.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    let digits = if value.abs() < 19.95 && (value - value.round()).abs() > 0.04 { 1 } else { 0 };
    format!("{}{}%", sign(value, digits), grouped(value.abs(), digits))
}

/// A probability in words that do not claim certainty.
pub fn chance(probability: f64) -> String {
    match probability {
        p if p >= 0.995 => "more than 99%".to_owned(),
        p if p <= 0.005 => "less than 1%".to_owned(),
        p => format!("{:.0}%", p * 100.0),
    }
}

/// 10th and 90th percentile, where both are known.
pub fn eight_in_ten(q: &Quantity) -> Option<(f64, f64)> {
    q.p10.zip(q.p90)
}

/// What rounds to zero has no sign.
fn sign(value: f64, digits: usize) -> &'static str {
    let half = 0.5 / 10f64.powi(digits as i32);
    if value <= -half { "−" } else { "" }
}

fn grouped(value: f64, digits: usize) -> String {
    let plain = format!("{value:.digits$}");
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    if rest.is_empty() { out } else { format!("{out}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_counts_and_shares_read_well() {
        let usd = Money::of("USD");
        assert_eq!(usd.show(12345.4), "$12,345");
        assert_eq!(usd.show(-1_234_567.8), "−$1,234,568");
        assert_eq!(usd.show(60.25), "$60");
        assert_eq!((usd.show(0.4), usd.show(0.0)), ("$0.40".into(), "$0".into()));
        assert_eq!(usd.show(-0.001), "$0");
        assert_eq!(usd.signed(320.0), "+$320");
        assert_eq!(usd.signed(-320.0), "−$320");
        assert_eq!(Money::of("EUR").show(999.6), "€1,000");
        assert_eq!(Money::of("CHF").range(100.0, 250.0), "between CHF 100 and CHF 250");
        assert_eq!((count(1234.4), count(12.34), count(12.0)), ("1,234".into(), "12.3".into(), "12".into()));
        assert_eq!(
            (percent(0.0833), percent(0.5), percent(-0.05)),
            ("8.3%".into(), "50%".into(), "−5%".into())
        );
        assert_eq!(
            (chance(0.64), chance(1.0), chance(0.0)),
            ("64%".into(), "more than 99%".into(), "less than 1%".into())
        );
    }
}
