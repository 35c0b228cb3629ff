//! Writes the front matter of a version: the keys of PAYOUTS.md in its order, those
//! that say nothing left out. What [`super::front_matter::parse`] reads back are the
//! same terms. Knows nothing of the text below.

use rust_decimal::Decimal;

use crate::calendar::PeriodKind;

use super::money;
use super::terms::{Measure, Pay, Rate, StackingMode, Terms, TierMode};

/// TOML between its two fences, with a line break at the end. The id must be one that
/// a file may have; names may hold anything but control characters.
pub fn front_matter(id: &str, version: u32, name: &str, terms: &Terms) -> String {
    let mut out = String::from("+++\n");
    let mut key = |name: &str, value: String| out.push_str(&format!("{name} = {value}\n"));
    let cash = |amount: Decimal| quoted(&cash(amount, &terms.currency));
    key("id", quoted(id));
    key("version", version.to_string());
    key("name", quoted(name));
    key("kind", quoted(terms.kind.as_str()));
    key("currency", quoted(&terms.currency));
    key("effective", format!("{{ from = \"{}\", to = \"{}\" }}", terms.effective.start, terms.effective.end));
    if let Some(s) = &terms.stacking {
        let mode = match s.mode {
            StackingMode::Stack => "stack",
            StackingMode::BestOf => "best_of",
            StackingMode::Exclusive => "exclusive",
        };
        let group = quoted(&s.group);
        key("stacking", format!("{{ group = {group}, mode = \"{mode}\", priority = {} }}", s.priority));
    }
    let a = &terms.applies_to;
    if !(a.skus.is_empty() && a.families.is_empty()) {
        key("applies_to", format!("{{ skus = {}, families = {} }}", list(&a.skus), list(&a.families)));
    }
    if let Some(eligible) = eligible(terms) {
        key("eligible", eligible);
    }
    key("measure", quoted(if terms.measure == Measure::Units { "units" } else { "revenue" }));
    key("period", quoted(period(terms.period)));
    key("rate", rate(&terms.rate, &terms.currency));
    if let Some(minimum) = terms.minimum {
        key("minimum", plain(minimum));
    }
    if let Some(target) = terms.target {
        key("target", plain(target));
    }
    if let Some(a) = terms.accelerator {
        let (above, times) = (plain(a.above_attainment), plain(a.multiplier));
        key("accelerator", format!("{{ above_attainment = {above}, multiplier = {times} }}"));
    }
    if let Some(growth) = terms.growth {
        let above = plain(growth.above);
        key("growth", format!("{{ baseline = \"same_period_last_year\", above = {above} }}"));
    }
    if let Some(percent) = terms.override_percent {
        key("override", format!("{{ percent = {} }}", plain(percent)));
    }
    if !terms.bundle.is_empty() {
        key("bundle", format!("{{ skus_all = {} }}", list(&terms.bundle)));
    }
    if let Some(days) = terms.claim_within_days {
        key("claim_within_days", days.to_string());
    }
    let caps = [
        ("per_transaction", terms.caps.per_transaction),
        ("per_partner", terms.caps.per_partner),
        ("program_budget", terms.caps.program_budget),
    ];
    let caps: Vec<String> =
        caps.iter().filter_map(|(name, cap)| cap.map(|c| format!("{name} = {}", cash(c)))).collect();
    if !caps.is_empty() {
        key("caps", format!("{{ {} }}", caps.join(", ")));
    }
    out.push_str("+++\n");
    out
}

fn eligible(terms: &Terms) -> Option<String> {
    let e = &terms.eligible;
    let types: Vec<String> = e.partner_types.iter().map(|t| t.as_str().to_owned()).collect();
    let mut parts = Vec::new();
    for (name, values) in [("tiers", &e.tiers), ("regions", &e.regions), ("partner_types", &types)] {
        if !values.is_empty() {
            parts.push(format!("{name} = {}", list(values)));
        }
    }
    if e.deal_registration_required {
        parts.push("deal_registration = \"required\"".to_owned());
    }
    if e.new_customer_only {
        parts.push("new_customer_only = true".to_owned());
    }
    (!parts.is_empty()).then(|| format!("{{ {} }}", parts.join(", ")))
}

fn rate(rate: &Rate, currency: &str) -> String {
    let pay = |pay: Pay| match pay {
        Pay::PerUnit(amount) => format!("per_unit = {}", quoted(&cash(amount, currency))),
        Pay::Percent(percent) => format!("percent = {}", plain(percent)),
    };
    match rate {
        Rate::Flat(flat) => format!("{{ {} }}", pay(*flat)),
        Rate::Tiered { tiers, mode } => {
            let tiers: Vec<String> =
                tiers.iter().map(|t| format!("{{ from = {}, {} }}", plain(t.from), pay(t.pay))).collect();
            let mode = if *mode == TierMode::Marginal { "marginal" } else { "retroactive" };
            format!("{{ tiers = [{}], mode = \"{mode}\" }}", tiers.join(", "))
        }
    }
}

fn period(period: PeriodKind) -> &'static str {
    match period {
        PeriodKind::Transaction => "transaction",
        PeriodKind::Month => "month",
        PeriodKind::Quarter => "quarter",
        PeriodKind::Half => "half",
        PeriodKind::Year => "year",
    }
}

/// Decimal text of money: with its cents, and whatever is finer.
fn cash(amount: Decimal, currency: &str) -> String {
    let amount = amount.normalize();
    let places = amount.scale().max(money::minor_digits(currency)) as usize;
    format!("{amount:.places$}")
}

fn plain(value: Decimal) -> String {
    quoted(&value.normalize().to_string())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn list(values: &[String]) -> String {
    format!("[{}]", values.iter().map(|v| quoted(v)).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::front_matter::parse;
    use crate::programs::testing::d;

    const EVERYTHING: &str = "+++
id = \"p\"
version = 7
name = \"P \\\"plus\\\" \\\\ more\"
kind = \"rebate\"
currency = \"USD\"
effective = { from = \"2026-01-01\", to = \"2026-12-31\" }
stacking = { group = \"g\", mode = \"exclusive\", priority = -2 }
applies_to = { skus = [\"A\"], families = [\"F\"] }
eligible = { tiers = [\"Gold\"], regions = [\"EMEA\"], partner_types = [\"msp\"], deal_registration = \"required\", new_customer_only = true }
measure = \"revenue\"
period = \"quarter\"
rate = { tiers = [{ from = \"0\", percent = \"2\" }, { from = \"50000\", percent = \"3.25\" }], mode = \"retroactive\" }
minimum = \"10\"
target = \"100.5\"
accelerator = { above_attainment = \"110\", multiplier = \"1.5\" }
growth = { baseline = \"same_period_last_year\", above = \"5\" }
override = { percent = \"1\" }
bundle = { skus_all = [\"A\", \"B\"] }
claim_within_days = 30
caps = { per_partner = \"5000.00\", program_budget = \"250000.00\" }
+++

## 1 Purpose
**1.1** Sell.
";

    #[test]
    fn what_is_written_is_read_back_as_the_same_terms() {
        let (read, _) = parse("programs/p/v7.md", EVERYTHING).expect("a program");
        let written = front_matter(&read.program, read.version, &read.name, &read.terms);
        assert_eq!(written, EVERYTHING.split("\n\n").next().map(|f| format!("{f}\n")).expect("fences"));
        let (again, _) =
            parse("programs/p/v7.md", &format!("{written}\n## 1 P\n1.1 x\n")).expect("read back");
        assert_eq!((again.terms, again.name), (read.terms, read.name));
    }

    #[test]
    fn money_keeps_its_cents_and_what_is_finer() {
        assert_eq!(cash(d("42.0000"), "USD"), "42.00");
        assert_eq!(cash(d("0.1250"), "USD"), "0.125");
        assert_eq!(cash(d("500.0"), "JPY"), "500");
    }
}
