//! The parts of a draft that belong to one intent: a sweep's range, a goal, a
//! partner's outlook, a question about the rules. Checks them; a lever itself is
//! checked in `check`.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::Span;
use crate::company::Company;
use crate::finding::Finding;
use crate::programs::rule_book::ProgramRules;

use super::check::{not_in_force, unknown_program};
use super::findings::{error, suggest};
use super::{Draft, EarningsQuery, Goal, Lever, Lookup, Sweep, change};

/// Most values of a sweep: each is a forecast of its own.
const SWEEP_VALUES_MAX: i64 = 50;
/// Most conditions beside a goal.
const CONDITIONS_MAX: usize = 8;
const METRICS: [&str; 7] = ["units", "revenue", "margin", "payout", "net", "roi", "partners_earning"];
const DIRECTIONS: [&str; 5] = ["at_least", "at_most", "maximize", "minimize", "break_even"];
const TOPICS: [&str; 6] = ["eligibility", "rate", "caps", "period", "returns", "other"];

/// Everything wrong with the parts that belong to the intent.
pub(super) fn check(draft: &Draft, company: &Company, found: &mut Vec<Finding>) {
    let pointed = draft.sweep.as_ref().map(|s| ("sweep", s.option, s.lever));
    let pointed = pointed.into_iter().chain(draft.goal.as_ref().map(|g| ("goal", g.option, g.lever)));
    for (key, option, lever) in pointed {
        if draft.options.get(option).and_then(|o| o.levers.get(lever)).is_none() {
            let message = format!("There is no options[{option}].levers[{lever}]");
            found.push(error("no_such_lever", key, message, ""));
        }
    }
    draft.sweep.iter().for_each(|sweep| range(sweep, found));
    draft.goal.iter().for_each(|part| goal(part, draft, found));
    draft.earnings.iter().for_each(|query| earnings(query, company, found));
    draft.lookup.iter().for_each(|lookup| rules(lookup, company, found));
}

fn number(text: &str, field: &str, found: &mut Vec<Finding>) -> Option<Decimal> {
    match change::decimal(text, "value") {
        Ok(number) => Some(number),
        Err(misfit) => {
            found.push(error(misfit.code, field, misfit.message, misfit.hint));
            None
        }
    }
}

fn range(sweep: &Sweep, found: &mut Vec<Finding>) {
    let from = number(&sweep.from, "sweep.from", found);
    let to = number(&sweep.to, "sweep.to", found);
    let step = number(&sweep.step, "sweep.step", found);
    let (Some(from), Some(to), Some(step)) = (from, to, step) else { return };
    if from >= to {
        let message = format!("The range ends at {} and starts at {}", sweep.to, sweep.from);
        found.push(error("range_empty", "sweep", message, "Give the smaller value first"));
    } else if step <= Decimal::ZERO {
        found.push(error("step_not_positive", "sweep.step", "The step must be above 0".to_owned(), ""));
    } else if (to - from) / step > Decimal::from(SWEEP_VALUES_MAX - 1) {
        let message = format!("The range has more than {SWEEP_VALUES_MAX} values");
        found.push(error("too_many_values", "sweep.step", message, "Use a larger step"));
    }
}

fn one_of(word: &str, known: &[&str], field: &str, code: &str, found: &mut Vec<Finding>) -> bool {
    let fits = known.contains(&word);
    if !fits {
        let message = format!("{word:?} is not known");
        found.push(error(code, field, message, format!("Use {}", known.join(", "))));
    }
    fits
}

fn goal(goal: &Goal, draft: &Draft, found: &mut Vec<Finding>) {
    one_of(&goal.metric, &METRICS, "goal.metric", "unknown_metric", found);
    let known = one_of(&goal.direction, &DIRECTIONS, "goal.direction", "unknown_direction", found);
    let bounded = matches!(goal.direction.as_str(), "at_least" | "at_most");
    match &goal.value {
        Some(value) if bounded => drop(number(value, "goal.value", found)),
        Some(_) if known => {
            let message = format!("{} has no value", goal.direction);
            found.push(error("value_not_wanted", "goal.value", message, "Leave value null"));
        }
        None if bounded => {
            let message = format!("{} needs a value", goal.direction);
            found.push(error("value_missing", "goal.value", message, "Say how much"));
        }
        _ => {}
    }
    if let Some(relative) = &goal.relative {
        one_of(relative, &["percent", "absolute"], "goal.relative", "unknown_value", found);
    }
    if goal.subject_to.len() > CONDITIONS_MAX {
        let message = format!("{} conditions are more than {CONDITIONS_MAX}", goal.subject_to.len());
        found.push(error("too_many_conditions", "goal.subject_to", message, ""));
    }
    for (i, condition) in goal.subject_to.iter().enumerate() {
        let at = |key: &str| format!("goal.subject_to[{i}].{key}");
        one_of(&condition.metric, &METRICS, &at("metric"), "unknown_metric", found);
        one_of(&condition.direction, &DIRECTIONS[..2], &at("direction"), "unknown_direction", found);
        number(&condition.value, &at("value"), found);
    }
    if let Some(confidence) = &goal.confidence
        && let Some(share) = number(confidence, "goal.confidence", found)
        && !(share > Decimal::ZERO && share < Decimal::ONE)
    {
        let message = format!("The confidence {confidence} does not lie between 0 and 1");
        found.push(error("value_out_of_bounds", "goal.confidence", message, "Write 80% as 0.8"));
    }
    let lever = draft.options.get(goal.option).and_then(|o| o.levers.get(goal.lever));
    if lever.is_some_and(|l| l.value.is_some()) {
        let field = format!("options[{}].levers[{}].value", goal.option, goal.lever);
        let message = "The value is what is looked for".to_owned();
        found.push(error("value_not_wanted", field, message, "Leave value null"));
    }
}

/// The lever whose value is looked for: a number, of terms that are in force.
pub(super) fn sought(
    lever: &Lever,
    path: &str,
    span: Span,
    rules: &ProgramRules,
    company: &Company,
    found: &mut Vec<Finding>,
) {
    let held = rules
        .segments
        .iter()
        .filter(|s| s.span.intersection(&span).is_some())
        .filter_map(|s| s.terms.as_ref());
    let mut any = false;
    for terms in held {
        any = true;
        let tier = match lever.tier_from.as_deref().map(|t| change::decimal(t, "tier_from")).transpose() {
            Ok(tier) => tier,
            Err(misfit) => {
                found.push(error(misfit.code, format!("{path}.{}", misfit.at), misfit.message, misfit.hint));
                return;
            }
        };
        if change::unit(terms, lever.parameter).is_none() {
            let message =
                format!("{} is not a number that could be found", change::name_of(&lever.parameter));
            found.push(error(
                "not_a_number",
                format!("{path}.parameter"),
                message,
                "Look for a rate, a cap or another number",
            ));
            return;
        }
        if let Err(misfit) = change::current(terms, lever.parameter, tier) {
            found.push(error(misfit.code, format!("{path}.{}", misfit.at), misfit.message, misfit.hint));
            return;
        }
    }
    if !any {
        found.push(not_in_force(lever, path, span, company));
    }
}

/// Everything wrong with a question about earnings alone.
pub fn check_earnings(query: &EarningsQuery, company: &Company) -> Vec<Finding> {
    let mut found = Vec::new();
    earnings(query, company, &mut found);
    found
}

fn earnings(query: &EarningsQuery, company: &Company, found: &mut Vec<Finding>) {
    if company.catalog.partner(&query.partner).is_none() {
        let ids = company.catalog.partners.iter().map(|p| p.id.as_str());
        let message = format!("There is no partner {:?}", query.partner);
        found.push(error("unknown_partner", "earnings.partner", message, suggest(&query.partner, ids)));
    }
    for (i, extra) in query.extra.iter().enumerate() {
        let at = |key: &str| format!("earnings.extra[{i}].{key}");
        if company.catalog.product(&extra.sku).is_none() {
            let skus = company.catalog.products.iter().map(|p| p.sku.as_str());
            let message = format!("There is no SKU {:?}", extra.sku);
            found.push(error("unknown_product", at("sku"), message, suggest(&extra.sku, skus)));
        }
        if !change::decimal(&extra.units, "units").is_ok_and(|units| units > Decimal::ZERO) {
            found.push(error(
                "not_a_quantity",
                at("units"),
                "Units must be a positive number".to_owned(),
                "",
            ));
        }
        if NaiveDate::parse_from_str(&format!("{}-01", extra.on), "%Y-%m-%d").is_err() || extra.on.len() != 7
        {
            let message = format!("{:?} is not a month", extra.on);
            found.push(error("not_a_month", at("on"), message, "Write it as 2026-08"));
        }
    }
    crate::earnings::extra::check(query, company, found);
}

fn rules(lookup: &Lookup, company: &Company, found: &mut Vec<Finding>) {
    for program in &lookup.programs {
        if company.program(program).is_none() {
            found.push(unknown_program(program, "lookup.programs", company));
        }
    }
    one_of(&lookup.about, &TOPICS, "lookup.about", "unknown_topic", found);
}
