//! Earnings in words: exact amounts, rates, distances, what a sale brings. Formats
//! what was calculated; makes no figure of its own.

use rust_decimal::Decimal;

use crate::calendar::{MONTHS, day_in_words};
use crate::programs::money as exact;
use crate::programs::terms::{Measure, Pay};

use super::claims::{Deadline, DeadlineKind};
use super::distance::Closing;
use super::outlook::{Coming, Interval, Outlook};
use super::standing::{Mark, MarkKind, Standing};
use super::what_if::WhatIf;

/// `$1,240`, `$1,240.50`, `−CHF 3`: cents where there are some.
pub fn money(amount: Decimal, currency: &str) -> String {
    let digits = if amount.fract().is_zero() { 0 } else { exact::minor_digits(currency) };
    let symbol = match currency {
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        "JPY" => "¥".to_owned(),
        other => format!("{other} "),
    };
    let sign = if amount.is_sign_negative() && !amount.is_zero() { "−" } else { "" };
    format!("{sign}{symbol}{}", grouped(amount.abs(), digits))
}

/// With its sign, also when positive.
pub fn signed(amount: Decimal, currency: &str) -> String {
    let text = money(amount, currency);
    if amount > Decimal::ZERO { format!("+{text}") } else { text }
}

/// `1,234` or `1,234.5`: digits after the point only where they are needed.
pub fn number(value: Decimal) -> String {
    let value = value.normalize();
    let sign = if value.is_sign_negative() && !value.is_zero() { "−" } else { "" };
    format!("{sign}{}", grouped(value.abs(), value.scale()))
}

fn grouped(value: Decimal, digits: u32) -> String {
    let text = format!("{:.1$}", exact::round(value, digits), digits as usize);
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let mut out = String::with_capacity(text.len() + 8);
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

/// `$40 a unit` or `2.5% of net revenue`.
pub fn rate(pay: Pay, currency: &str) -> String {
    match pay {
        Pay::PerUnit(amount) => format!("{} a unit", money(amount, currency)),
        Pay::Percent(percent) => format!("{}% of net revenue", number(percent)),
    }
}

/// `30 units` or `$30,000`.
pub fn measure(amount: Decimal, of: Measure, currency: &str) -> String {
    match of {
        Measure::Units if amount == Decimal::ONE => "1 unit".to_owned(),
        Measure::Units => format!("{} units", number(amount)),
        Measure::Revenue => money(amount, currency),
    }
}

/// `August 2026` of `2026-08`.
pub fn month(key: &str) -> String {
    let named = |key: &str| {
        let (year, month) = key.split_once('-')?;
        Some(format!("{} {year}", MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?))
    };
    named(key).unwrap_or_else(|| key.to_owned())
}

/// What is missing to a mark and what closes it: one sentence.
pub fn distance(standing: &Standing, mark: &Mark, currency: &str) -> String {
    let missing = match mark.kind {
        MarkKind::Cap => money(mark.missing, currency),
        _ => measure(mark.missing, standing.measure, currency),
    };
    let to = match mark.kind {
        MarkKind::Cap => format!("the cap of {}", money(mark.at, currency)),
        _ => mark.what.clone(),
    };
    if mark.reached {
        return match mark.kind {
            MarkKind::Cap => format!("The cap of {} is reached.", money(mark.at, currency)),
            _ => format!("Reached: {}.", mark.what),
        };
    }
    if standing.funds_exhausted {
        return "The funds of this program are exhausted: nothing more is paid.".to_owned();
    }
    match &mark.closing {
        Some(closing) => format!("{} reach {to}: {}.", closing_words(closing), brings(closing, currency)),
        None => format!("{missing} more to {to}."),
    }
}

fn closing_words(closing: &Closing) -> String {
    let more = if closing.units == Decimal::ONE { "more unit" } else { "more units" };
    format!("{} {more} of {} in {}", number(closing.units), closing.sku, month(&closing.month))
}

fn brings(closing: &Closing, currency: &str) -> String {
    let own = signed(closing.program_pays, currency);
    if closing.program_pays == closing.all_pay {
        return own;
    }
    format!("{own} from this program, {} from all together", signed(closing.all_pay, currency))
}

/// The answer to a what-if: a headline and a paragraph.
pub fn what_if(asked: &WhatIf, name: &str, currency: &str) -> (String, String) {
    let sales: Vec<String> = asked
        .sales
        .iter()
        .map(|s| format!("{} more {} in {}", number(s.units), s.sku, month(&s.month)))
        .collect();
    let sales = sales.join(" and ");
    let headline = if asked.more.is_zero() {
        format!("{sales} would pay {name} nothing more.")
    } else {
        format!("{sales} would pay {name} {} more.", money(asked.more, currency))
    };
    (headline, what_if_parts(asked, currency).join(" "))
}

fn what_if_parts(asked: &WhatIf, currency: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let paying: Vec<String> = asked
        .programs
        .iter()
        .filter(|g| !g.more.is_zero() && !g.fund)
        .map(|g| format!("{} {}", g.name, signed(g.more, currency)))
        .collect();
    if !paying.is_empty() {
        parts.push(format!("{}.", paying.join(", ")));
    }
    for gain in &asked.programs {
        for crossing in &gain.reaches {
            parts.push(match crossing.kind {
                MarkKind::Cap => format!("{}: the cap of {} binds.", gain.name, crossing.label),
                _ => format!("{} reaches a mark in {}: {}.", gain.name, crossing.label, crossing.what),
            });
        }
        if gain.funds_exhausted {
            parts.push(format!("{}: the funds are exhausted, nothing more is paid.", gain.name));
        }
    }
    if !asked.fund_more.is_zero() {
        parts.push(format!("{} more accrue to funds.", money(asked.fund_more, currency)));
    }
    for sale in &asked.sales {
        let from = match sale.price_from.as_str() {
            "own_product" => "the average net price of the last 12 months",
            "own_sales" => "list price at the average discount of the last 12 months",
            _ => "list price",
        };
        parts.push(format!("{} at {} a unit, {from}.", sale.sku, money(sale.unit_price, currency)));
    }
    parts.push(
        "Calculated exactly, as if sold in one sale to a known customer without a deal registration."
            .to_owned(),
    );
    parts
}

/// Where the partner stands and what comes next: a headline and a paragraph.
pub fn standings(all: &[Standing], due: (&str, Decimal), name: &str, currency: &str) -> (String, String) {
    let (label, amount) = due;
    let headline = format!("{name} has earned {} for {label} so far.", money(amount, currency));
    let next = all.iter().filter(|s| !s.funds_exhausted).filter_map(|s| {
        let mark = s.marks.iter().find(|m| !m.reached && m.closing.is_some())?;
        Some(format!("{} ({}): {}", s.name, s.label, distance(s, mark, currency)))
    });
    (headline, next.collect::<Vec<_>>().join(" "))
}

/// `$9,100 to $16,000`: what a forecast lies between 8 times in 10.
pub fn range(of: &Interval, currency: &str) -> String {
    format!("{} to {}", money(of.p10, currency), money(of.p90, currency))
}

/// What a quarter is heading to: exact and forecast, each named.
pub fn outlook(of: &Outlook) -> String {
    let currency = &of.currency;
    let all = |what: &str, coming: &Coming| {
        format!(
            "{what}: {} in all (forecast, 8 in 10 from {}).",
            money(coming.total.p50, currency),
            range(&coming.total, currency)
        )
    };
    let mut parts = vec![
        all(&format!("{} as it stands", of.label), &of.coming),
        format!("{} of it is settled (exact).", money(of.settled.amount, currency)),
    ];
    if let Some(with) = &of.with_sales {
        parts.push(all("With the imagined sales", with));
    }
    parts.extend(of.programs.iter().filter_map(|p| {
        let next = p.next_tier.as_ref()?;
        let with =
            next.chance_with.map_or_else(String::new, |with| format!(", {} with the sales", chance(with)));
        Some(format!(
            "{}: {} chance to reach {} in {} (forecast{with}).",
            p.name,
            chance(next.chance),
            next.what,
            next.label
        ))
    }));
    parts.join(" ")
}

/// `62%`; what rounds to none or to sure is said as such.
pub fn chance(of: f64) -> String {
    match of {
        c if c < 0.01 => "under 1%".to_owned(),
        c if c > 0.99 => "over 99%".to_owned(),
        c => format!("{:.0}%", c * 100.0),
    }
}

/// What must be done by when.
pub fn deadline(of: &Deadline) -> String {
    let units = of.units.map(|units| format!("{} × ", number(units))).unwrap_or_default();
    let by = match (of.by, of.days_left) {
        (Some(last), Some(0)) => format!("by {}, today", day_in_words(last)),
        (Some(last), Some(1)) => format!("by {}, 1 day left", day_in_words(last)),
        (Some(last), Some(days)) => format!("by {}, {days} days left", day_in_words(last)),
        _ => "no last day".to_owned(),
    };
    match of.kind {
        DeadlineKind::DealRegistration => {
            format!("Deal {} ({units}{}) must be sold {by}.", of.id, of.sku)
        }
        DeadlineKind::Report => format!("Sale {} ({units}{}) must be reported {by}.", of.id, of.sku),
        DeadlineKind::Approval => {
            format!("Deal {} ({units}{}) waits for approval: sold before, it does not count.", of.id, of.sku)
        }
    }
}
