//! One change: its program, term, tier, operation and value.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::Terms;
use spiffcast_engine::programs::terms::Rate;
use spiffcast_engine::scenario::change::{self, Unit};
use spiffcast_engine::scenario::describe::{parameter_words, version_near};
use spiffcast_engine::scenario::{Draft, Lever, Operation, Parameter};

use super::control::{Choice, Control, Editor};
use super::{PROGRAMS, SET, audience, explored, offered_name, period, terms};
use crate::reports::format;

/// Names of fields that hold a term, and the tier it is of, begin with this.
const TERM: &str = "term.";

/// A field of a change.
pub struct Place<'a> {
    /// Its path in the scenario.
    pub path: &'a str,
    /// The change.
    pub lever: &'a Lever,
    /// Option and lever.
    pub at: (usize, usize),
    /// The field.
    pub field: &'a str,
}

/// How the field is edited.
pub fn editor(place: &Place<'_>, draft: &Draft, company: &Company) -> Option<Editor> {
    let Place { path, lever, .. } = *place;
    let sought = |part: Option<(usize, usize)>| part == Some(place.at);
    let launch = lever.operation == Operation::Launch;
    match place.field {
        "program" if launch => {
            Some(line(Control::text(format!("{SET}{path}"), "", &lever.program), "Letters, digits and -."))
        }
        "program" => Some(program(path, lever, company)),
        "terms" if launch => terms::editor(place, company),
        "value" if launch => terms::rate(place),
        "terms.kind" if launch => terms::kind(path, lever.terms.as_ref()?),
        "parameter" => parameter(place, draft, company),
        "tier_from" => tier(place, draft, company),
        "operation" => operation(place, draft, company),
        "value" if sought(draft.sweep.as_ref().map(|s| (s.option, s.lever))) => {
            Some(explored::range(draft.sweep.as_ref()?))
        }
        "value" => value(place, draft, company),
        "active" => {
            let (option, _) = place.at;
            let is_active = |l: &Lever| l.parameter == Parameter::Active;
            let at = draft.options[option].levers.iter().position(is_active)?;
            let path = format!("options[{option}].levers[{at}].value");
            let lever = &draft.options[option].levers[at];
            value(&Place { path: &path, lever, at: (option, at), field: "value" }, draft, company)
        }
        "period" => Some(period::editor(path, lever.period.as_ref()?, company)),
        "audience" => Some(audience::editor(path, lever.audience.as_ref()?, company)),
        _ => None,
    }
}

fn line(control: Control, hint: &str) -> Editor {
    Editor::line(vec![control], hint)
}

fn program(path: &str, lever: &Lever, company: &Company) -> Editor {
    let text = Control::Text {
        name: format!("{SET}{path}"),
        label: String::new(),
        value: offered_name(&lever.program, company),
        list: PROGRAMS,
        optional: false,
    };
    let hint = format!("Type a part of the name; left empty, it offers all {}.", company.programs.len());
    line(text, &hint)
}

/// The terms that the change meets first.
fn terms_of<'c>(lever: &Lever, draft: &Draft, company: &'c Company) -> Option<&'c Terms> {
    let start = lever.period.as_ref().unwrap_or(&draft.period).start;
    Some(&version_near(company.program(&lever.program)?, start).terms)
}

/// Terms that are numbers.
const NUMBERS: [Parameter; 10] = [
    Parameter::Rate,
    Parameter::Minimum,
    Parameter::Target,
    Parameter::AcceleratorMultiplier,
    Parameter::AcceleratorAbove,
    Parameter::GrowthAbove,
    Parameter::Override,
    Parameter::CapPerPartner,
    Parameter::CapPerTransaction,
    Parameter::ProgramBudget,
];
/// Terms that are lists.
const LISTS: [Parameter; 4] = [
    Parameter::EligibleTiers,
    Parameter::EligibleRegions,
    Parameter::EligiblePartnerTypes,
    Parameter::Products,
];

/// The terms of the same sort that the program has, each tier by itself.
fn parameter(place: &Place<'_>, draft: &Draft, company: &Company) -> Option<Editor> {
    let lever = place.lever;
    let terms = terms_of(lever, draft, company)?;
    let own = change::name_of(&lever.parameter);
    let now = match lever.tier_from.as_deref() {
        Some(from) if tiered(lever.parameter) => format!("{own}@{from}"),
        _ => own,
    };
    let mut choices: Vec<Choice> = Vec::new();
    let mut offer = |parameter: Parameter, tier: Option<Decimal>| {
        let (word, words) = (change::name_of(&parameter), format::capital(parameter_words(parameter)));
        choices.push(match tier {
            Some(from) => Choice::of(format!("{word}@{from}"), format!("{words}, tier from {from}"), &now),
            None => Choice::of(word, words, &now),
        });
    };
    if LISTS.contains(&lever.parameter) {
        LISTS.iter().for_each(|list| offer(*list, None));
    } else if change::unit(terms, lever.parameter).is_some() {
        let has = |p: &&Parameter| change::current(terms, **p, None).is_ok_and(|v| v.is_some());
        NUMBERS.iter().filter(has).for_each(|number| offer(*number, None));
        for from in tiers(terms) {
            offer(Parameter::TierRate, Some(from));
            offer(Parameter::TierThreshold, Some(from));
        }
    } else {
        return None;
    }
    let mut controls = vec![Control::choose(format!("{TERM}{}", place.path), "", &now, choices)];
    if lever.tier_from.is_some() {
        controls.push(Control::hidden(format!("{TERM}{}.tiered", place.path), "1"));
    }
    Some(Editor::line(controls, ""))
}

fn tiered(parameter: Parameter) -> bool {
    matches!(parameter, Parameter::TierRate | Parameter::TierThreshold)
}

fn tiers(terms: &Terms) -> Vec<Decimal> {
    match &terms.rate {
        Rate::Tiered { tiers, .. } => tiers.iter().map(|tier| tier.from.normalize()).collect(),
        Rate::Flat(_) => Vec::new(),
    }
}

fn tier(place: &Place<'_>, draft: &Draft, company: &Company) -> Option<Editor> {
    let terms = terms_of(place.lever, draft, company)?;
    let now = place.lever.tier_from.clone()?;
    let pays = |from: Decimal| {
        let rate = change::current(terms, Parameter::TierRate, Some(from)).ok().flatten();
        let rate = rate.map(|rate| change::words(rate, terms, Parameter::TierRate)).unwrap_or_default();
        let from_words = change::words(from, terms, Parameter::TierThreshold);
        Choice::of(from.to_string(), format!("From {from_words}: {rate}"), &now)
    };
    let choices = tiers(terms).into_iter().map(pays).collect();
    Some(line(Control::choose(format!("{SET}{}", place.path), "", &now, choices), ""))
}

const BY_PERCENT: [Operation; 2] = [Operation::IncreaseByPercent, Operation::DecreaseByPercent];
const BY_POINTS: [Operation; 2] = [Operation::IncreaseByPoints, Operation::DecreaseByPoints];
const BY_AMOUNT: [Operation; 2] = [Operation::IncreaseByAmount, Operation::DecreaseByAmount];
const TO_LIST: [Operation; 3] = [Operation::Add, Operation::Remove, Operation::SetTo];

/// What may be done with the term.
fn operations(lever: &Lever, terms: Option<&Terms>) -> Vec<Operation> {
    let unit = terms.and_then(|terms| change::unit(terms, lever.parameter));
    let mut operations = match unit {
        Some(unit) => {
            let by_part = if unit == Unit::Percent { BY_POINTS } else { BY_AMOUNT };
            [&BY_PERCENT[..], &by_part, &[Operation::SetTo, Operation::MultiplyBy]].concat()
        }
        None if LISTS.contains(&lever.parameter) => TO_LIST.to_vec(),
        None => Vec::new(),
    };
    if !operations.contains(&lever.operation) {
        operations.push(lever.operation);
    }
    operations
}

fn operation(place: &Place<'_>, draft: &Draft, company: &Company) -> Option<Editor> {
    if let Some(words) = switched(place.lever) {
        let path = place.path.replace("].operation", "].value");
        return Some(line(switch(&path, place.lever, words), ""));
    }
    let stem = place.path.strip_suffix("operation")?;
    Some(line(how(stem, "", place.lever, terms_of(place.lever, draft, company)), ""))
}

fn how(stem: &str, label: &str, lever: &Lever, terms: Option<&Terms>) -> Control {
    let now = change::name_of(&lever.operation);
    let words = |operation: &Operation| {
        let name = change::name_of(operation);
        Choice::of(&*name, format::capital(&format::words(&name)), &now)
    };
    let choices = operations(lever, terms).iter().map(words).collect();
    Control::choose(format!("{SET}{stem}operation"), label, &now, choices)
}

/// The words that a term which is no number and no list may have.
fn switched(lever: &Lever) -> Option<&'static [(&'static str, &'static str)]> {
    Some(match lever.parameter {
        Parameter::Active => &[("false", "Paused"), ("true", "Runs on")],
        Parameter::DealRegistration => &[("required", "Required"), ("not_required", "Not required")],
        Parameter::NewCustomerOnly => &[("true", "New customers only"), ("false", "All customers")],
        Parameter::RateMode => &[("marginal", "Marginal"), ("retroactive", "Retroactive")],
        _ => return None,
    })
}

fn switch(path: &str, lever: &Lever, words: &[(&str, &str)]) -> Control {
    // A pause has no value of its own.
    let now = lever.value.as_deref().unwrap_or("false");
    let choices = words.iter().map(|(word, label)| Choice::of(*word, *label, now)).collect();
    Control::choose(format!("{SET}{path}"), "", now, choices)
}

fn value(place: &Place<'_>, draft: &Draft, company: &Company) -> Option<Editor> {
    let Place { path, lever, .. } = *place;
    if let Some(words) = switched(lever) {
        return Some(line(switch(path, lever, words), ""));
    }
    let now = lever.value.clone()?;
    let stem = path.strip_suffix("value")?;
    let how = how(stem, "How", lever, terms_of(lever, draft, company));
    let hint = match lever.parameter {
        Parameter::EligibleTiers => format!("One of {}.", company.catalog.tiers().join(", ")),
        Parameter::EligibleRegions => format!("One of {}.", company.catalog.regions().join(", ")),
        Parameter::Products => "A SKU or a family.".to_owned(),
        _ => String::new(),
    };
    Some(Editor::line(vec![how, Control::text(format!("{SET}{path}"), "", now)], hint))
}

/// The terms of a form: `tier_rate@50` is a term and its tier.
pub fn read(fields: &[(String, String)]) -> BTreeMap<String, Value> {
    let mut corrections = BTreeMap::new();
    for (name, chosen) in fields {
        let Some(path) = name.strip_prefix(TERM) else { continue };
        let Some(stem) = path.strip_suffix("parameter") else { continue };
        let (word, tier) =
            chosen.split_once('@').map_or((&**chosen, None), |(word, from)| (word, Some(from)));
        corrections.insert(path.to_owned(), Value::String(word.to_owned()));
        let was_tiered = fields.iter().any(|(n, _)| n.strip_suffix(".tiered") == Some(name));
        if tier.is_some() || was_tiered {
            let tier = tier.map_or(Value::Null, |from| Value::String(from.to_owned()));
            corrections.insert(format!("{stem}tier_from"), tier);
        }
    }
    corrections
}
