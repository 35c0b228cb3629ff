//! Writes the front matter of a version: the keys of PAYOUTS.md in its order, absent
//! ones left out.

use rust_decimal::Decimal;

use crate::terms::{Kind, Measure, Pay, Period, Rate, StackingMode, Terms, TierMode, Version};

/// TOML between the `+++` lines, ending in a newline.
pub fn front_matter(version: &Version) -> String {
    let t = &version.terms;
    let mut out = String::new();
    let mut key = |name: &str, value: String| out.push_str(&format!("{name} = {value}\n"));
    key("id", quoted(&version.program));
    key("version", version.version.to_string());
    key("name", quoted(&version.name));
    key("kind", quoted(kind(t.kind)));
    key("currency", quoted(&t.currency));
    key("effective", format!("{{ from = \"{}\", to = \"{}\" }}", t.from, t.to));
    if let Some(s) = &t.stacking {
        let mode = match s.mode {
            StackingMode::Stack => "stack",
            StackingMode::BestOf => "best_of",
            StackingMode::Exclusive => "exclusive",
        };
        let group = quoted(&s.group);
        key("stacking", format!("{{ group = {group}, mode = \"{mode}\", priority = {} }}", s.priority));
    }
    if !(t.skus.is_empty() && t.families.is_empty()) {
        key("applies_to", format!("{{ skus = {}, families = {} }}", list(&t.skus), list(&t.families)));
    }
    if let Some(eligible) = eligible(t) {
        key("eligible", eligible);
    }
    key("measure", quoted(if t.measure == Measure::Units { "units" } else { "revenue" }));
    key("period", quoted(period(t.period)));
    key("rate", rate(&t.rate));
    optional(t, &mut key);
    out
}

fn optional(t: &Terms, key: &mut impl FnMut(&str, String)) {
    let decimal = |d: Decimal| quoted(&d.to_string());
    if let Some(minimum) = t.minimum {
        key("minimum", decimal(minimum));
    }
    if let Some(target) = t.target {
        key("target", decimal(target));
    }
    if let Some((above, multiplier)) = t.accelerator {
        key("accelerator", format!("{{ above_attainment = \"{above}\", multiplier = \"{multiplier}\" }}"));
    }
    if let Some(above) = t.growth_above {
        key("growth", format!("{{ baseline = \"same_period_last_year\", above = \"{above}\" }}"));
    }
    if let Some(percent) = t.override_percent {
        key("override", format!("{{ percent = \"{percent}\" }}"));
    }
    if !t.bundle.is_empty() {
        key("bundle", format!("{{ skus_all = {} }}", list(&t.bundle)));
    }
    if let Some(days) = t.claim_within_days {
        key("claim_within_days", days.to_string());
    }
    let caps = [
        ("per_transaction", t.cap_per_transaction),
        ("per_partner", t.cap_per_partner),
        ("program_budget", t.program_budget),
    ];
    let caps: Vec<String> =
        caps.iter().filter_map(|(name, cap)| cap.map(|c| format!("{name} = \"{c}\""))).collect();
    if !caps.is_empty() {
        key("caps", format!("{{ {} }}", caps.join(", ")));
    }
}

fn eligible(t: &Terms) -> Option<String> {
    let mut parts = Vec::new();
    for (name, values) in [("tiers", &t.tiers), ("regions", &t.regions), ("partner_types", &t.partner_types)]
    {
        if !values.is_empty() {
            parts.push(format!("{name} = {}", list(values)));
        }
    }
    if t.deal_registration_required {
        parts.push("deal_registration = \"required\"".to_owned());
    }
    if t.new_customer_only {
        parts.push("new_customer_only = true".to_owned());
    }
    (!parts.is_empty()).then(|| format!("{{ {} }}", parts.join(", ")))
}

fn rate(rate: &Rate) -> String {
    match rate {
        Rate::Flat(pay) => format!("{{ {} }}", pay_key(pay)),
        Rate::Tiers(tiers, mode) => {
            let tiers: Vec<String> = tiers
                .iter()
                .map(|(from, pay)| format!("{{ from = \"{from}\", {} }}", pay_key(pay)))
                .collect();
            let mode = if *mode == TierMode::Marginal { "marginal" } else { "retroactive" };
            format!("{{ tiers = [{}], mode = \"{mode}\" }}", tiers.join(", "))
        }
    }
}

fn pay_key(pay: &Pay) -> String {
    match pay {
        Pay::PerUnit(amount) => format!("per_unit = \"{amount}\""),
        Pay::Percent(percent) => format!("percent = \"{percent}\""),
    }
}

/// The word of a kind.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Spiff => "spiff",
        Kind::Rebate => "rebate",
        Kind::Commission => "commission",
        Kind::Growth => "growth",
        Kind::Mdf => "mdf",
    }
}

fn period(period: Period) -> &'static str {
    match period {
        Period::Transaction => "transaction",
        Period::Month => "month",
        Period::Quarter => "quarter",
        Period::Half => "half",
        Period::Year => "year",
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn list(values: &[String]) -> String {
    format!("[{}]", values.iter().map(|v| quoted(v)).collect::<Vec<_>>().join(", "))
}
