//! Figures to a sensible number of digits: readable, and the same bytes wherever
//! the last bits of a float would differ. The last step of a forecast; nothing is
//! computed from rounded figures.

use crate::forecast::Quantity;

/// How finely a figure is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// Cents.
    Money,
    /// Thousandths.
    Units,
    /// Four digits after the point.
    Share,
    /// Six digits after the point.
    Fine,
}

/// Rounds; a negative zero becomes zero.
pub fn value(value: f64, digits: Digits) -> f64 {
    let scale = match digits {
        Digits::Money => 1e2,
        Digits::Units => 1e3,
        Digits::Share => 1e4,
        Digits::Fine => 1e6,
    };
    let rounded = (value * scale).round() / scale;
    // Beyond 2^53 / scale there are no digits left to round.
    let kept = if rounded.is_finite() { rounded } else { value };
    if kept == 0.0 { 0.0 } else { kept }
}

/// Rounds every part; what is not finite becomes null.
pub fn quantity(q: Quantity, digits: Digits) -> Quantity {
    let part = |v: Option<f64>| v.filter(|v| v.is_finite()).map(|v| value(v, digits));
    Quantity {
        mean: part(q.mean),
        p10: part(q.p10),
        p50: part(q.p50),
        p90: part(q.p90),
        mcse: part(q.mcse),
        outcome_p10: part(q.outcome_p10),
        outcome_p90: part(q.outcome_p90),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_to_readable_figures() {
        assert_eq!(value(12.345678, Digits::Money), 12.35);
        assert_eq!(value(-0.0001, Digits::Money).to_string(), "0");
        assert_eq!(value(0.123456, Digits::Share), 0.1235);
        assert_eq!(value(1e300, Digits::Money), 1e300);
        let q = Quantity { mean: Some(f64::NAN), p10: Some(1.00049), ..Quantity::default() };
        assert_eq!(quantity(q, Digits::Units), Quantity { p10: Some(1.0), ..Quantity::default() });
    }
}
