//! Numbers, money and dates as people read them, in one place for pages, charts
//! and reports. A real minus sign, thousands with commas, dates in words; no
//! locale, no clock.

use chrono::{Datelike, NaiveDate};
use spiffcast_engine::calendar::MONTHS;

/// Shown where a figure is undefined.
pub const NONE: &str = "–";

/// `12,345` or `−1,234.5`: at most `places` decimals, zeros at the end kept.
pub fn number(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let text = format!("{:.places$}", value.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut out = String::with_capacity(text.len() + 8);
    // A value that rounds to zero carries no sign.
    if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A count that may be an expectation: whole from 10 up, one decimal below.
pub fn count(value: f64) -> String {
    number(value, if value.abs() < 9.95 && value.fract().abs() > 1e-9 { 1 } else { 0 })
}

/// `$12,345`, `€12`, `CHF 12,345`: an amount of a forecast, which is not known to the
/// cent; cents below one alone. What is exact has [`money_places`].
pub fn money(value: f64, currency: &str) -> String {
    money_places(value, currency, if (0.005..0.995).contains(&value.abs()) { 2 } else { 0 })
}

/// Money with a fixed number of decimals.
pub fn money_places(value: f64, currency: &str, places: usize) -> String {
    let text = number(value, places);
    if text == NONE {
        return text;
    }
    let (sign, digits) = text.strip_prefix('−').map_or(("", text.as_str()), |rest| ("−", rest));
    format!("{sign}{}{digits}", symbol(currency))
}

/// `$1.2M`, `$340k`: for axes, where room is scarce. `largest` of the axis decides
/// the unit, so that all its labels share one.
pub fn money_short(value: f64, largest: f64, currency: &str) -> String {
    let text = short(value, largest);
    let (sign, digits) = text.strip_prefix('−').map_or(("", text.as_str()), |rest| ("−", rest));
    format!("{sign}{}{digits}", symbol(currency))
}

/// `1.2M`, `340k`, `75`, in the unit that suits `largest`.
pub fn short(value: f64, largest: f64) -> String {
    let (scale, unit) = match largest.abs().max(value.abs()) {
        s if s >= 999_500_000.0 => (1e9, "B"),
        s if s >= 999_500.0 => (1e6, "M"),
        s if s >= 9_995.0 => (1e3, "k"),
        _ => (1.0, ""),
    };
    let scaled = value / scale;
    let whole = |places: i32| {
        let shifted = scaled * 10f64.powi(places);
        (shifted - shifted.round()).abs() < 1e-6
    };
    let places =
        if whole(0) || scaled.abs() >= 100.0 { 0 } else { 1 + usize::from(!whole(1) && scaled.abs() < 10.0) };
    let unit = if value == 0.0 { "" } else { unit };
    format!("{}{unit}", number(scaled, places))
}

/// `3.2%` of a share of 1.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    let whole = (value - value.round()).abs() < 1e-6;
    let places = usize::from(!whole && value.abs() < 99.95);
    let text = number(value, places);
    if text == NONE { text } else { format!("{text}%") }
}

/// A probability in whole percent, never a false certainty: `<1%`, `37%`, `>99%`.
pub fn chance(probability: f64) -> String {
    match probability {
        p if !p.is_finite() => NONE.to_owned(),
        p if p <= 0.0 => "0%".to_owned(),
        p if p < 0.01 => "<1%".to_owned(),
        p if p >= 1.0 => "100%".to_owned(),
        p if p > 0.99 => ">99%".to_owned(),
        p => format!("{:.0}%", p * 100.0),
    }
}

/// Puts a plus before what is not negative or zero.
pub fn signed(value: f64, text: String) -> String {
    let zero = !text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if value > 0.0 && !zero { format!("+{text}") } else { text }
}

/// `1 July 2026`.
pub fn date(day: NaiveDate) -> String {
    format!("{} {} {}", day.day(), MONTHS[day.month0() as usize], day.year())
}

/// `1 Jul 2026`.
pub fn date_short(day: NaiveDate) -> String {
    format!("{} {} {}", day.day(), &MONTHS[day.month0() as usize][..3], day.year())
}

/// `1 July – 30 September 2026`; the year once where both ends share it.
pub fn span(start: NaiveDate, end: NaiveDate) -> String {
    if start == end {
        return date(start);
    }
    if start.year() != end.year() {
        return format!("{} – {}", date(start), date(end));
    }
    format!("{} {} – {}", start.day(), MONTHS[start.month0() as usize], date(end))
}

/// `Jul` of `2026-07`, `July 2026` when `long`; what is no month stays as it is.
pub fn month(key: &str, long: bool) -> String {
    let parsed = key.split_once('-').and_then(|(year, month)| {
        let month: usize = month.parse().ok()?;
        let name = MONTHS.get(month.checked_sub(1)?)?;
        Some((year.to_owned(), *name))
    });
    match parsed {
        Some((year, name)) if long => format!("{name} {year}"),
        Some((_, name)) => name[..3].to_owned(),
        None => key.to_owned(),
    }
}

/// `12 Jul 2026, 09:30 UTC` of an RFC 3339 time; what is none stays as it is.
pub fn moment(rfc3339: &str) -> String {
    chrono::DateTime::parse_from_rfc3339(rfc3339).map_or_else(
        |_| rfc3339.to_owned(),
        |at| {
            let at = at.to_utc();
            format!("{}, {} UTC", date_short(at.date_naive()), at.format("%H:%M"))
        },
    )
}

/// `eligible_partner_types` as `eligible partner types`.
pub fn words(snake_case: &str) -> String {
    snake_case.replace('_', " ")
}

/// The first letter in upper case.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn symbol(currency: &str) -> String {
    match currency {
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        "JPY" => "¥".to_owned(),
        "INR" => "₹".to_owned(),
        other => format!("{other}\u{a0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(s: &str) -> NaiveDate {
        s.parse().expect("a date")
    }

    #[test]
    fn money_reads_well() {
        assert_eq!(money(12345.4, "USD"), "$12,345");
        assert_eq!(money(-1_234_567.0, "EUR"), "−€1,234,567");
        assert_eq!(money(60.25, "GBP"), "£60");
        assert_eq!(money(-0.4, "GBP"), "−£0.40");
        assert_eq!(money(40.0, "USD"), "$40");
        assert_eq!(money(-0.001, "USD"), "$0");
        assert_eq!(money(12.0, "CHF"), "CHF\u{a0}12");
        assert_eq!(money(f64::NAN, "USD"), NONE);
        assert_eq!(money_short(1_250_000.0, 2e6, "USD"), "$1.25M");
        assert_eq!(money_short(-5_000.0, 40_000.0, "USD"), "−$5k");
        assert_eq!(money_short(0.0, 40_000.0, "USD"), "$0");
    }

    #[test]
    fn numbers_shrink_and_sign() {
        assert_eq!(short(75.0, 75.0), "75");
        assert_eq!(short(2_500.0, 5_000.0), "2,500");
        assert_eq!(short(2_500.0, 15_000.0), "2.5k");
        assert_eq!(short(0.25, 1.0), "0.25");
        assert_eq!(signed(3.2, percent(0.032)), "+3.2%");
        assert_eq!(signed(-3.2, percent(-0.032)), "−3.2%");
        assert_eq!(signed(0.0001, number(0.0001, 0)), "0");
        assert_eq!(percent(0.5), "50%");
        assert_eq!(percent(1.25), "125%");
        assert_eq!(chance(0.004), "<1%");
        assert_eq!(chance(0.996), ">99%");
        assert_eq!(count(1234.4), "1,234");
        assert_eq!(count(12.34), "12");
        assert_eq!(count(1.26), "1.3");
    }

    #[test]
    fn days_are_words() {
        assert_eq!(date(day("2026-07-01")), "1 July 2026");
        assert_eq!(span(day("2026-07-01"), day("2026-09-30")), "1 July – 30 September 2026");
        assert_eq!(span(day("2025-12-01"), day("2026-01-31")), "1 December 2025 – 31 January 2026");
        assert_eq!(month("2026-07", false), "Jul");
        assert_eq!(month("2026-07", true), "July 2026");
        assert_eq!(month("2026-13", true), "2026-13");
        assert_eq!(moment("2026-07-12T09:30:00Z"), "12 Jul 2026, 09:30 UTC");
    }
}
