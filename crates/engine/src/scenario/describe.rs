//! Levers in words, with their figures: for labels, for choices and for the page.
//! Says what a lever is, not what it brings.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::company::Company;
use crate::programs::{Program, ProgramVersion, Terms};

use super::change::{self, Unit};
use super::figures;
use super::{Audience, Lever, Operation, Parameter, Sweep, audience};

/// A lever in words: `Product X SPIFF rate from $40.00 to $42.00 per unit`. The
/// figures are those of the version in force when the lever starts, else of the
/// last version.
pub fn describe(lever: &Lever, company: &Company) -> String {
    let day = lever.period.as_ref().map_or(company.today(), |p| p.start.max(company.today()));
    describe_on(lever, company, day)
}

/// As [`describe`], by the version in force on `day`.
pub fn describe_on(lever: &Lever, company: &Company, day: NaiveDate) -> String {
    let Some(program) = company.program(&lever.program) else {
        return super::launch::describe(lever, company);
    };
    let version = version_near(program, day);
    let name = program.name();
    match (lever.parameter, lever.operation, lever.value.as_deref()) {
        (Parameter::Active, Operation::SetTo, Some("true")) => {
            format!("{name} runs on the terms of version {}", version.version)
        }
        (Parameter::Active, ..) => format!("{name} paused"),
        (parameter, operation, value) if change::unit(&version.terms, parameter).is_none() => {
            listed(name, parameter, operation, value.unwrap_or("?"))
        }
        _ => moved(name, lever, &version.terms, company),
    }
}

/// The version in force on a day; else the last that began before it; else the first.
pub fn version_near(program: &Program, day: NaiveDate) -> &ProgramVersion {
    program
        .version_on(day)
        .or_else(|| program.versions.iter().rev().find(|v| v.terms.effective.start <= day))
        .unwrap_or(&program.versions[0])
}

fn listed(name: &str, parameter: Parameter, operation: Operation, value: &str) -> String {
    let what = parameter_words(parameter);
    match operation {
        Operation::Add => format!("{name} {what}: {value} added"),
        Operation::Remove => format!("{name} {what}: {value} removed"),
        _ => format!("{name} {what} set to {}", value.replace('_', " ")),
    }
}

fn moved(name: &str, lever: &Lever, terms: &Terms, company: &Company) -> String {
    let tier = lever.tier_from.as_deref().and_then(|t| t.parse::<Decimal>().ok());
    let what = match tier {
        Some(from) if lever.parameter == Parameter::TierRate => {
            format!("rate of the tier from {}", figures::number(from))
        }
        _ => parameter_words(lever.parameter).to_owned(),
    };
    let Ok(before) = change::current(terms, lever.parameter, tier) else {
        return format!("{name} {what}");
    };
    let words = |v: Decimal| change::words(v, terms, lever.parameter);
    let after = change::apply(lever, terms, &company.catalog).ok().flatten().and_then(|new| {
        // A moved threshold is found again by its place, not by its old name.
        let tier =
            if lever.parameter == Parameter::TierThreshold { moved_tier(terms, &new, tier) } else { tier };
        change::current(&new, lever.parameter, tier).ok().flatten()
    });
    match (before, after) {
        (Some(before), Some(after)) => {
            let from = words(before);
            format!(
                "{name} {what} from {} to {}",
                from.strip_suffix(" per unit").unwrap_or(&from),
                words(after)
            )
        }
        (Some(before), None) if lever.operation == Operation::Remove => {
            format!("{name} {what} of {} removed", words(before))
        }
        (None, Some(after)) => format!("{name} {what} set to {} (none so far)", words(after)),
        (Some(before), None) => format!("{name} {what} (now {})", words(before)),
        (None, None) => format!("{name} {what}"),
    }
}

fn moved_tier(old: &Terms, new: &Terms, from: Option<Decimal>) -> Option<Decimal> {
    use crate::programs::terms::Rate;
    let (Rate::Tiered { tiers: before, .. }, Rate::Tiered { tiers: after, .. }) = (&old.rate, &new.rate)
    else {
        return None;
    };
    let at = before.iter().position(|t| Some(t.from) == from)?;
    after.get(at).map(|t| t.from)
}

/// A parameter in words.
pub fn parameter_words(parameter: Parameter) -> &'static str {
    match parameter {
        Parameter::Rate => "rate",
        Parameter::TierRate => "tier rate",
        Parameter::TierThreshold => "tier threshold",
        Parameter::RateMode => "tier mode",
        Parameter::Minimum => "minimum",
        Parameter::Target => "target",
        Parameter::AcceleratorMultiplier => "accelerator multiplier",
        Parameter::AcceleratorAbove => "accelerator attainment",
        Parameter::GrowthAbove => "growth threshold",
        Parameter::Override => "override",
        Parameter::CapPerPartner => "cap per partner",
        Parameter::CapPerTransaction => "cap per transaction",
        Parameter::ProgramBudget => "program budget",
        Parameter::EligibleTiers => "eligible tiers",
        Parameter::EligibleRegions => "eligible regions",
        Parameter::EligiblePartnerTypes => "eligible partner types",
        Parameter::DealRegistration => "deal registration",
        Parameter::NewCustomerOnly => "new customers only",
        Parameter::Products => "products",
        Parameter::Active => "active",
        Parameter::Program => "program",
    }
}

/// The label of one lever: `Product X SPIFF +5%`, `Product X SPIFF cap per partner
/// at $6,000`. The rate goes without saying.
pub fn label(lever: &Lever, company: &Company) -> String {
    let new = super::launch::name(lever);
    let name = company.program(&lever.program).map_or(new, Program::name);
    let subject = match (lever.parameter, &lever.tier_from) {
        (Parameter::Rate, _) | (Parameter::Active, _) | (Parameter::Program, _) => name.to_owned(),
        (Parameter::TierRate, Some(from)) => format!("{name} tier from {}", text_number(from)),
        (parameter, _) => format!("{name} {}", parameter_words(parameter)),
    };
    format!("{subject} {}", change_words(lever, company))
}

/// The label of an option: its levers in words. Levers of their own time or audience
/// say so, so that options can be told apart.
pub fn label_of(levers: &[Lever], company: &Company) -> String {
    let words = |l: &Lever| {
        let mut text = label(l, company);
        if let Some(who) = l.audience.as_ref().filter(|a| **a != Audience::default()) {
            text.push_str(&format!(" for {}", audience::describe(who, &company.catalog)));
        }
        if let Some(period) = &l.period {
            text.push_str(&format!(" in {}", period.label));
        }
        text
    };
    levers.iter().map(words).collect::<Vec<_>>().join(", ")
}

/// The label of an option with a lever over a range: `Product X SPIFF 3 to 8`.
pub fn ranged_label(levers: &[Lever], range: &Sweep, company: &Company) -> String {
    let label = label_of(levers, company);
    let [from, to] = [&range.from, &range.to].map(|end| text_number(end));
    format!("{} {from} to {to}", label.trim_end_matches(" to be found"))
}

fn change_words(lever: &Lever, company: &Company) -> String {
    let value = lever.value.as_deref();
    let terms = company.program(&lever.program).map(|p| &p.latest().terms);
    let unit = terms.and_then(|t| change::unit(t, lever.parameter));
    let shown = |text: &str| match (unit, text.parse::<Decimal>()) {
        (Some(Unit::Money | Unit::MoneyPerUnit), Ok(v)) => figures::short_money(v, &company.catalog.currency),
        (Some(Unit::Percent), Ok(v)) => figures::percent(v),
        _ => text_number(text),
    };
    let Some(text) = value else {
        return match lever.operation {
            Operation::Pause => "paused".to_owned(),
            Operation::Launch => "launched".to_owned(),
            Operation::Remove => "removed".to_owned(),
            _ => "to be found".to_owned(),
        };
    };
    match lever.operation {
        Operation::IncreaseByPercent => format!("+{}%", text_number(text)),
        Operation::DecreaseByPercent => format!("-{}%", text_number(text)),
        Operation::IncreaseByPoints => format!("+{} points", text_number(text)),
        Operation::DecreaseByPoints => format!("-{} points", text_number(text)),
        Operation::IncreaseByAmount => format!("+{}", shown(text)),
        Operation::DecreaseByAmount => format!("-{}", shown(text)),
        Operation::MultiplyBy => format!("×{}", text_number(text)),
        Operation::SetTo if lever.parameter == Parameter::Active && text == "true" => "extended".to_owned(),
        Operation::SetTo if lever.parameter == Parameter::Active => "paused".to_owned(),
        Operation::SetTo => format!("at {}", shown(text).replace('_', " ")),
        Operation::Add => format!("+ {text}"),
        Operation::Remove => format!("without {text}"),
        Operation::Pause | Operation::Launch => text.to_owned(),
    }
}

fn text_number(text: &str) -> String {
    text.parse::<Decimal>().map_or_else(|_| text.to_owned(), figures::number)
}
