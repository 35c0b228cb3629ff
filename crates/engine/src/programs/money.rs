//! Exact money: rounding, minor units and arithmetic that saturates instead of
//! panicking. No rules here.

use rust_decimal::{Decimal, RoundingStrategy};

/// Digits kept before the final rounding, so that thirds that were divided apart
/// add up again (1/3 + 1/3 + 1/3 is 1, not 0.999…).
const WORKING_DIGITS: u32 = 12;

/// One hundredth: turns percent into a factor without a division.
pub(crate) const PERCENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Digits after the point of a currency's minor unit (ISO 4217).
pub fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// Rounds half away from zero to `digits` (PAYOUTS.md, step 8).
pub fn round(amount: Decimal, digits: u32) -> Decimal {
    if amount.scale() <= digits {
        return amount;
    }
    let half_up = RoundingStrategy::MidpointAwayFromZero;
    amount.round_dp_with_strategy(WORKING_DIGITS, half_up).round_dp_with_strategy(digits, half_up)
}

/// Drops the noise of divisions: 12 digits after the point, no needless zeros.
pub fn working(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(WORKING_DIGITS, RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// A limit in whole minor units: a cap finer than a cent pays the lower cent.
pub(crate) fn floor(limit: Decimal, digits: u32) -> Decimal {
    limit.round_dp_with_strategy(digits, RoundingStrategy::ToNegativeInfinity)
}

/// Sum that stops at the largest representable number.
pub(crate) fn add(a: Decimal, b: Decimal) -> Decimal {
    a.saturating_add(b)
}

/// Difference that stops at the largest representable number.
pub(crate) fn sub(a: Decimal, b: Decimal) -> Decimal {
    a.saturating_sub(b)
}

/// Product that stops at the largest representable number.
pub(crate) fn mul(a: Decimal, b: Decimal) -> Decimal {
    a.saturating_mul(b)
}

/// Quotient; zero where there is none.
pub(crate) fn div(a: Decimal, b: Decimal) -> Decimal {
    a.checked_div(b).unwrap_or(Decimal::ZERO)
}

/// `a * b / c`, multiplied first and divided last.
pub(crate) fn share(a: Decimal, b: Decimal, c: Decimal) -> Decimal {
    if b == c { a } else { div(mul(a, b), c) }
}

/// What is left of `limit` after `used`; never negative.
pub(crate) fn left(limit: Decimal, used: Decimal) -> Decimal {
    sub(limit, used).max(Decimal::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(s: &str) -> Decimal {
        s.parse().expect("a decimal")
    }

    #[test]
    fn halves_round_away_from_zero() {
        assert_eq!(round(d("2.345"), 2), d("2.35"));
        assert_eq!(round(d("-2.345"), 2), d("-2.35"));
        assert_eq!(round(d("2.3449999999"), 2), d("2.34"));
        assert_eq!(round(d("0.5"), minor_digits("JPY")), d("1"));
        assert_eq!(round(d("1.2345"), minor_digits("KWD")), d("1.235"));
    }

    #[test]
    fn three_thirds_are_one_before_rounding() {
        let third = div(Decimal::ONE, d("3"));
        let one = add(add(third, third), third);
        assert!(one < Decimal::ONE);
        assert_eq!(round(sub(one, d("0.995")), 2), d("0.01"));
    }

    #[test]
    fn huge_numbers_saturate() {
        assert_eq!(mul(Decimal::MAX, Decimal::MAX), Decimal::MAX);
        assert_eq!(div(Decimal::ONE, Decimal::ZERO), Decimal::ZERO);
        assert_eq!(left(d("5"), d("7")), Decimal::ZERO);
    }
}
