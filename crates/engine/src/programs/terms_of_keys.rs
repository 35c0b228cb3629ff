//! Terms from keys: what each key of PAYOUTS.md may hold and which keys go
//! together. Reports everything it finds through the keys and reads on.

use rust_decimal::Decimal;

use crate::calendar::{PeriodKind, Span};
use crate::catalog::PartnerType;

use super::keys::{AMOUNT, ATTAINMENT, FACTOR, GROWTH, Held, Keys, PER_UNIT, PERCENT, POSITIVE};
use super::money;
use super::terms::{
    Accelerator, AppliesTo, Caps, Eligible, Growth, Measure, Pay, ProgramKind, Rate, RateTier, Stacking,
    StackingMode, Terms, TierMode,
};

const KINDS: [(&str, ProgramKind); 5] = [
    ("spiff", ProgramKind::Spiff),
    ("rebate", ProgramKind::Rebate),
    ("commission", ProgramKind::Commission),
    ("growth", ProgramKind::Growth),
    ("mdf", ProgramKind::Mdf),
];
const PERIODS: [(&str, PeriodKind); 5] = [
    ("transaction", PeriodKind::Transaction),
    ("month", PeriodKind::Month),
    ("quarter", PeriodKind::Quarter),
    ("half", PeriodKind::Half),
    ("year", PeriodKind::Year),
];
const MEASURES: [(&str, Measure); 2] = [("units", Measure::Units), ("revenue", Measure::Revenue)];
const STACKING_MODES: [(&str, StackingMode); 3] = [
    ("stack", StackingMode::Stack),
    ("best_of", StackingMode::BestOf),
    ("exclusive", StackingMode::Exclusive),
];
const TIER_MODES: [(&str, TierMode); 2] =
    [("marginal", TierMode::Marginal), ("retroactive", TierMode::Retroactive)];

/// Reads all terms; `None` where a required key is missing or unreadable. What is
/// wrong in an optional key is only a finding, which is an error all the same.
pub(super) fn read(keys: Keys<'_>, currency: Option<&str>, effective: Option<Span>) -> Option<Terms> {
    let kind = keys.need("kind").and_then(|h| h.word(&KINDS));
    let currency = match (currency, keys.get("currency")) {
        (Some(currency), None) => Some(currency.to_owned()),
        _ => keys.need("currency").and_then(currency_code),
    };
    let effective = match (effective, keys.get("effective")) {
        (Some(span), None) => Some(span),
        _ => keys.need("effective").and_then(days),
    };
    let measure = keys.need("measure").and_then(|h| h.word(&MEASURES));
    let period = keys.need("period").and_then(|h| h.word(&PERIODS));
    let rate = keys.need("rate").and_then(rate);
    let optional = |key, bounds| keys.get(key).and_then(|h| h.decimal(bounds));
    let stacking = keys.get("stacking").and_then(stacking);
    let applies_to = keys.get("applies_to").and_then(applies_to).unwrap_or_default();
    let eligible = keys.get("eligible").and_then(eligible).unwrap_or_default();
    let minimum = optional("minimum", AMOUNT);
    let target = optional("target", POSITIVE);
    let accelerator = keys.get("accelerator").and_then(accelerator);
    let growth = keys.get("growth").and_then(growth);
    let override_percent = keys.get("override").and_then(override_percent);
    let bundle = keys.get("bundle").and_then(bundle).unwrap_or_default();
    let claim_within_days = keys.get("claim_within_days").and_then(|h| h.integer(0, 3660));
    let caps = keys.get("caps").and_then(|h| caps(h, currency.as_deref())).unwrap_or_default();
    let terms = Terms {
        kind: kind?,
        currency: currency?,
        effective: effective?,
        stacking,
        applies_to,
        eligible,
        measure: measure?,
        period: period?,
        rate: rate?,
        minimum,
        target,
        accelerator,
        growth,
        override_percent,
        bundle,
        claim_within_days,
        caps,
    };
    together(keys, &terms);
    Some(terms)
}

/// What single keys cannot tell.
fn together(keys: Keys<'_>, terms: &Terms) {
    let transaction = terms.period == PeriodKind::Transaction;
    if terms.caps.per_transaction.is_some() && !transaction {
        keys.error("caps", "`per_transaction` only goes with period = \"transaction\"");
    }
    if terms.stacking.as_ref().is_some_and(|s| s.mode == StackingMode::BestOf)
        && !(transaction && matches!(terms.rate, Rate::Flat(_)))
    {
        keys.error("stacking", "`best_of` only goes with period = \"transaction\" and a flat rate");
    }
    if terms.accelerator.is_some() && terms.target.is_none() {
        keys.warning(
            "accelerator",
            "there is no `target`: only partners with a row in the targets accelerate",
        );
    }
    if terms.growth.is_some() && transaction {
        keys.warning("growth", "a transaction has no period a year earlier: nothing would ever be paid");
    }
}

fn currency_code(held: Held<'_>) -> Option<String> {
    let code = held.text()?;
    if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
        return Some(code.to_owned());
    }
    held.error("expected a currency code of three capitals, such as \"USD\"");
    None
}

fn days(held: Held<'_>) -> Option<Span> {
    let keys = held.table()?.only(&["from", "to"]);
    let (from, to) = (keys.need("from").and_then(Held::day), keys.need("to").and_then(Held::day));
    let span = Span::new(from?, to?);
    if span.start > span.end {
        keys.error("from", format!("`from` {} is after `to` {}", span.start, span.end));
        return None;
    }
    Some(span)
}

fn stacking(held: Held<'_>) -> Option<Stacking> {
    let keys = held.table()?.only(&["group", "mode", "priority"]);
    let group = keys.need("group").and_then(Held::text);
    let mode = keys.need("mode").and_then(|h| h.word(&STACKING_MODES));
    let priority = match keys.get("priority") {
        Some(held) => held.integer(-1_000_000, 1_000_000),
        None if mode == Some(StackingMode::Exclusive) => {
            keys.need("priority");
            None
        }
        None => Some(0),
    };
    Some(Stacking { group: group?.to_owned(), mode: mode?, priority: priority? })
}

fn applies_to(held: Held<'_>) -> Option<AppliesTo> {
    let keys = held.table()?.only(&["skus", "families"]);
    let texts = |key| keys.get(key).map(Held::texts).unwrap_or_default();
    Some(AppliesTo { skus: texts("skus"), families: texts("families") })
}

fn eligible(held: Held<'_>) -> Option<Eligible> {
    let known = ["tiers", "regions", "partner_types", "deal_registration", "new_customer_only"];
    let keys = held.table()?.only(&known);
    let texts = |key| keys.get(key).map(Held::texts).unwrap_or_default();
    let types = keys.get("partner_types").and_then(Held::list).unwrap_or_default();
    let words = PartnerType::ALL.map(|t| (t.as_str(), t));
    let registration = [("required", true), ("not_required", false)];
    Some(Eligible {
        tiers: texts("tiers"),
        regions: texts("regions"),
        partner_types: types.into_iter().filter_map(|t| t.word(&words)).collect(),
        deal_registration_required: keys
            .get("deal_registration")
            .and_then(|h| h.word(&registration))
            .unwrap_or(false),
        new_customer_only: keys.get("new_customer_only").and_then(Held::boolean).unwrap_or(false),
    })
}

fn rate(held: Held<'_>) -> Option<Rate> {
    let keys = held.table()?.only(&["per_unit", "percent", "tiers", "mode"]);
    let ways = ["per_unit", "percent", "tiers"].into_iter().filter(|way| keys.has(way)).count();
    if ways != 1 {
        keys.error("rate", "a rate has exactly one of `per_unit`, `percent` and `tiers`");
        return None;
    }
    let Some(list) = keys.get("tiers") else {
        if let Some(mode) = keys.get("mode") {
            mode.error("`mode` only goes with `tiers`");
        }
        return pay(keys).map(Rate::Flat);
    };
    let tiers = tiers(list);
    let mode = keys.need("mode").and_then(|h| h.word(&TIER_MODES));
    Some(Rate::Tiered { tiers: tiers?, mode: mode? })
}

/// One of `per_unit` and `percent`.
fn pay(keys: Keys<'_>) -> Option<Pay> {
    match (keys.get("per_unit"), keys.get("percent")) {
        (Some(held), None) => held.decimal(PER_UNIT).map(Pay::PerUnit),
        (None, Some(held)) => held.decimal(PERCENT).map(Pay::Percent),
        _ => {
            keys.error("percent", "expected exactly one of `per_unit` and `percent`");
            None
        }
    }
}

fn tiers(held: Held<'_>) -> Option<Vec<RateTier>> {
    const MOST: usize = 100;
    let items = held.list()?;
    if items.is_empty() || items.len() > MOST {
        held.error(format!("expected 1 to {MOST} tiers"));
        return None;
    }
    let read: Vec<Option<(Held<'_>, RateTier)>> = items
        .into_iter()
        .map(|item| {
            let keys = item.table()?.only(&["from", "per_unit", "percent"]);
            let (from, pay) = (keys.need("from").and_then(|h| h.decimal(AMOUNT)), pay(keys));
            Some((item, RateTier { from: from?, pay: pay? }))
        })
        .collect();
    let tiers: Vec<(Held<'_>, RateTier)> = read.iter().flatten().copied().collect();
    for pair in tiers.windows(2) {
        let ((_, before), (item, tier)) = (pair[0], pair[1]);
        if tier.from == before.from {
            item.error(format!("two tiers begin at {}", tier.from));
        } else if tier.from < before.from {
            item.error(format!("tiers must ascend: {} after {}", tier.from, before.from));
        }
    }
    let unit = |tier: &RateTier| std::mem::discriminant(&tier.pay);
    if let Some((item, _)) = tiers.iter().find(|(_, t)| unit(t) != unit(&tiers[0].1)) {
        item.error("tiers of one rate must all be `per_unit` or all `percent`");
    }
    (tiers.len() == read.len()).then(|| tiers.into_iter().map(|(_, tier)| tier).collect())
}

fn accelerator(held: Held<'_>) -> Option<Accelerator> {
    let keys = held.table()?.only(&["above_attainment", "multiplier"]);
    let above = keys.need("above_attainment").and_then(|h| h.decimal(ATTAINMENT));
    let multiplier = keys.need("multiplier").and_then(|h| h.decimal(FACTOR));
    Some(Accelerator { above_attainment: above?, multiplier: multiplier? })
}

fn growth(held: Held<'_>) -> Option<Growth> {
    let keys = held.table()?.only(&["baseline", "above"]);
    let baseline = keys.need("baseline").and_then(|h| h.word(&[("same_period_last_year", ())]));
    let above = keys.need("above").and_then(|h| h.decimal(GROWTH));
    baseline?;
    Some(Growth { above: above? })
}

fn override_percent(held: Held<'_>) -> Option<Decimal> {
    let keys = held.table()?.only(&["percent"]);
    keys.need("percent").and_then(|h| h.decimal(PERCENT))
}

fn bundle(held: Held<'_>) -> Option<Vec<String>> {
    let skus = held.table()?.only(&["skus_all"]).need("skus_all")?;
    let texts = skus.texts();
    if texts.is_empty() {
        skus.error("a bundle names at least one SKU");
    }
    Some(texts)
}

fn caps(held: Held<'_>, currency: Option<&str>) -> Option<Caps> {
    let keys = held.table()?.only(&["per_transaction", "per_partner", "program_budget"]);
    let digits = currency.map_or(2, money::minor_digits);
    let cap = |key| {
        let held = keys.get(key)?;
        let amount = held.decimal(AMOUNT)?;
        if amount.normalize().scale() > digits {
            held.warning("is finer than the currency's smallest coin; the lower amount holds");
        }
        Some(amount)
    };
    Some(Caps {
        per_transaction: cap("per_transaction"),
        per_partner: cap("per_partner"),
        program_budget: cap("program_budget"),
    })
}
