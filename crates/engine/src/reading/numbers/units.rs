//! What a number is given in: percent, points, money, factors, units sold.

use crate::reading::lexicon;
use crate::reading::sheet::Sheet;

use super::{Core, Given};

/// Currency signs and codes. `$` stands for any dollar.
pub(super) fn currency_at(sheet: &Sheet<'_>, i: usize) -> (Option<&'static str>, usize) {
    let code = match sheet.word(i) {
        "$" => "$",
        "us" if sheet.word(i + 1) == "$" => return (Some("USD"), i + 2),
        "usd" => "USD",
        "dollar" | "dollars" | "bucks" | "buck" => "$",
        "€" | "eur" | "euro" | "euros" => "EUR",
        "£" | "gbp" | "pounds" | "pound" | "quid" => "GBP",
        "¥" | "jpy" | "yen" => "JPY",
        "chf" => "CHF",
        _ => return (None, i),
    };
    (Some(code), i + 1)
}

pub(super) fn unit_word(sheet: &Sheet<'_>, i: usize) -> bool {
    sheet.is(
        i,
        &[
            "%",
            "percent",
            "pct",
            "percentage",
            "point",
            "points",
            "pp",
            "ppt",
            "pts",
            "basis",
            "bps",
            "dollar",
            "dollars",
            "bucks",
            "per",
            "unit",
            "times",
            "x",
        ],
    )
}

pub(super) fn unit(sheet: &Sheet<'_>, i: usize, core: &Core) -> (Given, usize) {
    let glued = sheet.tokens.get(i).is_some_and(|t| !t.spaced);
    let points = |i: usize| sheet.is(i, &["point", "points", "pts"]);
    // "two full percentage points"
    let whole = sheet.skip(i, &["full", "whole", "entire"]);
    let i = if points(whole) || points(whole + 1) && sheet.is(whole, &["percentage", "percent"]) {
        whole
    } else {
        i
    };
    match sheet.word(i) {
        "%" | "percent" | "percentage" | "pct" | "％" if points(i + 1) => (Given::Points, i + 2),
        "%" | "percent" | "pct" | "percentage" | "％" => (Given::Percent, i + 1),
        "per" if sheet.word(i + 1) == "cent" => (Given::Percent, i + 2),
        "pp" | "ppt" | "ppts" | "pts" | "point" | "points" | "bps" | "bp" => (Given::Points, i + 1),
        "basis" if points(i + 1) => (Given::Points, i + 2),
        "x" if glued => (Given::Times, i + 1),
        "×" | "times" | "fold" => (Given::Times, i + 1),
        "unit" | "units" | "pieces" | "pcs" => (Given::Units, i + 1),
        "cents" | "cent" | "pence" => (Given::Money, i + 1),
        "p" if glued && sheet.company.catalog.currency == "GBP" => (Given::Money, i + 1),
        _ if sheet.is(i.wrapping_sub(1), &["fiver", "tenner"]) => (Given::Money, i),
        _ if core.fraction => (Given::Percent, i),
        _ => (Given::Bare, i),
    }
}

/// `per unit`, `a unit`, `/unit`, `each`, `apiece`.
pub(super) fn per_unit(sheet: &Sheet<'_>, end: usize) -> (bool, usize) {
    // "for every pump", "on each unit"
    let each = sheet.is(end, &["for", "on"]) && sheet.is(end + 1, &["each", "every"]);
    if each {
        let (found, after) = per_unit(sheet, end + 1);
        return if found { (true, after) } else { (false, end) };
    }
    if sheet.is(end, &["each", "apiece"])
        && !sheet.is(end + 1, &["partner", "reseller", "deal", "transaction"])
    {
        return (true, end + 1);
    }
    let one = sheet.is(end, &["per", "a", "/", "each", "every"])
        || sheet.word(end) == "by" && sheet.is(end + 1, &["unit", "piece", "item"]);
    let product = |i: usize| {
        sheet.is_word(i)
            && !lexicon::known(sheet.word(i))
            && !sheet.names.products_with(sheet.word(i)).is_empty()
    };
    if one
        && (sheet.is(
            end + 1,
            &["unit", "piece", "item", "box", "licence", "license", "seat", "pop", "go", "throw"],
        ) || product(end + 1))
    {
        return (true, end + 2 + usize::from(sheet.is(end + 2, &["sold", "shipped", "moved"])));
    }
    // "1.5% of revenue": what a percent is of anyway.
    if sheet.is(end.wrapping_sub(1), &["%", "percent", "pct"])
        && sheet.word(end) == "of"
        && sheet.is(sheet.skip(end + 1, &["net"]), &["revenue", "revenues", "sales", "turnover"])
    {
        return (false, sheet.skip(end + 1, &["net"]) + 1);
    }
    (false, end)
}
