//! How numbers of the rules are written for people: `$1,200.00`, `4.725%`,
//! `50,000`. Formatting only; no rounding of what is calculated with.

use rust_decimal::Decimal;

/// Money with its sign, two decimals at least, thousands separated. Currencies
/// without a well-known sign are named: `CHF 40.00`.
pub fn money(value: Decimal, currency: &str) -> String {
    let digits = grouped(&padded(value.abs()));
    let minus = if value.is_sign_negative() && !value.is_zero() { "-" } else { "" };
    match symbol(currency) {
        Some(symbol) => format!("{minus}{symbol}{digits}"),
        None => format!("{minus}{currency} {digits}"),
    }
}

/// Money without needless decimals, for labels: `$5`, `$2.50`.
pub fn short_money(value: Decimal, currency: &str) -> String {
    let text = money(value, currency);
    text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
}

/// A percent without needless zeros: `4.725%`.
pub fn percent(value: Decimal) -> String {
    format!("{}%", plain(value))
}

/// A number without needless zeros, thousands separated: `50,000`, `1.5`.
pub fn number(value: Decimal) -> String {
    grouped(&plain(value))
}

/// Decimal text without needless zeros, as scenarios hold it: `5`, `1.5`.
pub fn plain(value: Decimal) -> String {
    value.round_dp(10).normalize().to_string()
}

/// The sign of a currency, where everybody knows it.
pub fn symbol(currency: &str) -> Option<&'static str> {
    match currency {
        "USD" => Some("$"),
        "EUR" => Some("€"),
        "GBP" => Some("£"),
        _ => None,
    }
}

fn padded(value: Decimal) -> String {
    let value = value.round_dp(6).normalize();
    let decimals = value.scale().max(2);
    format!("{value:.*}", decimals as usize)
}

fn grouped(text: &str) -> String {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let mut out = String::with_capacity(text.len() + 4);
    out.push_str(sign);
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(s: &str) -> Decimal {
        s.parse().expect("a decimal")
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(money(d("42"), "USD"), "$42.00");
        assert_eq!(money(d("1234567.5"), "EUR"), "€1,234,567.50");
        assert_eq!(money(d("-3.125"), "CHF"), "-CHF 3.125");
        assert_eq!(short_money(d("5"), "USD"), "$5");
        assert_eq!(short_money(d("2.5"), "USD"), "$2.50");
        assert_eq!(percent(d("4.7250")), "4.725%");
        assert_eq!(number(d("50000")), "50,000");
        assert_eq!(plain(d("5.00")), "5");
    }
}
