//! Corrections: fields of a draft set to other values by a person, as paths of the
//! draft ("options\[0].levers\[0].value") to what shall stand there. Gives a draft,
//! which still has to be checked; makes up no field that the draft does not have.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::company::Company;
use crate::finding::Finding;
use crate::named_period::{parse_period, period_name};

use super::describe::ranged_label;
use super::findings::error;
use super::{Draft, Operation, Parameter, Period, label_of};

/// Most fields that one correction may set.
pub const CORRECTIONS_MAX: usize = 32;

/// The draft with some of its fields set. A period may be given as
/// [`parse_period`] reads it (`Q4 2026`). Options whose levers changed are labelled
/// anew.
///
/// # Errors
/// Every path that the draft does not have and every value that does not fit.
pub fn correct(
    draft: &Draft,
    values: &BTreeMap<String, Value>,
    company: &Company,
) -> Result<Draft, Vec<Finding>> {
    let broken = |field: &str, e: &dyn std::fmt::Display| {
        let message = format!("This does not fit here: {e}");
        vec![error("does_not_fit", field, message, "Give the field a value of its own kind")]
    };
    if values.len() > CORRECTIONS_MAX {
        let message = format!("{} fields at once; at most {CORRECTIONS_MAX} are set", values.len());
        return Err(vec![error("too_many_corrections", "", message, "Correct fewer fields")]);
    }
    let mut whole = serde_json::to_value(draft).map_err(|e| broken("", &e))?;
    let mut findings = Vec::new();
    for (path, value) in values {
        match place(&mut whole, path) {
            Some(place) => match read_value(path, value, company) {
                Ok(value) => *place = value,
                Err(finding) => findings.push(finding),
            },
            None => findings.push(unknown(path)),
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let named = values.keys().next().map_or("", String::as_str);
    let mut corrected: Draft = serde_json::from_value(whole).map_err(|e| broken(named, &e))?;
    // A pause has no value of its own: with one, it is said whether the program runs.
    for lever in corrected.options.iter_mut().flat_map(|o| &mut o.levers) {
        let pause = lever.parameter == Parameter::Active && lever.operation == Operation::Pause;
        if pause && lever.value.is_some() {
            lever.operation = Operation::SetTo;
        }
    }
    let range_moved = corrected.sweep != draft.sweep;
    for (i, (option, before)) in corrected.options.iter_mut().zip(&draft.options).enumerate() {
        let range = corrected.sweep.as_ref().filter(|sweep| sweep.option == i);
        if option.levers != before.levers || range.is_some() && range_moved {
            option.label = match range {
                Some(range) => ranged_label(&option.levers, range, company),
                None => label_of(&option.levers, company),
            };
        }
    }
    Ok(corrected)
}

fn unknown(path: &str) -> Finding {
    let message = format!("The scenario has no field {path:?}");
    error("unknown_field", path, message, "Take the path from the reading's provenance")
}

/// The place of a path such as `options[0].levers[1].value`, where there is one.
fn place<'v>(root: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    let mut at = root;
    for step in path.split(['.', '[']) {
        at = match step.strip_suffix(']') {
            Some(index) => at.get_mut(index.parse::<usize>().ok()?)?,
            None => at.get_mut(step)?,
        };
    }
    Some(at)
}

fn read_value(path: &str, value: &Value, company: &Company) -> Result<Value, Finding> {
    let is_period = path == "period" || path.ends_with(".period");
    match value {
        Value::String(text) if is_period => {
            let span = parse_period(text, company.calendar)
                .map_err(|e| error("period_not_understood", path, e.to_string(), "Such as Q4 2026"))?;
            let label = period_name(span, company.calendar);
            Ok(json!(Period { start: span.start, end: span.end, label }))
        }
        other => Ok(other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::sample::company;
    use crate::scenario::{Intent, Lever, Operation, Parameter, tests};

    const VALUE: &str = "options[0].levers[0].value";

    fn draft() -> Draft {
        let by = Operation::IncreaseByPercent;
        tests::draft(vec![tests::lever("spiff-product-x", Parameter::Rate, by, "5")])
    }

    fn set(path: &str, value: Value) -> Result<Draft, Vec<Finding>> {
        correct(&draft(), &BTreeMap::from([(path.to_owned(), value)]), &company())
    }

    #[test]
    fn a_value_is_set_and_the_option_labelled_anew() {
        let after = set("options[0].levers[0].value", json!("7")).expect("fits");
        assert_eq!(after.options[0].levers[0].value.as_deref(), Some("7"));
        assert!(after.options[0].label.contains("+7%"), "{}", after.options[0].label);
        assert_eq!(Draft { options: draft().options, ..after }, draft(), "nothing else moved");
    }

    #[test]
    fn a_period_is_read_as_people_write_it() {
        let after = set("period", json!("Q4 2026")).expect("fits");
        assert_eq!(after.period.span().start.to_string(), "2026-10-01");
        assert_eq!(after.period.label, "Q4 2026");
        let after = set("period", json!("2026-08-10..2026-09-05")).expect("fits");
        assert_eq!(after.period.label, "10 August 2026 to 5 September 2026");
        let code = |r: Result<Draft, Vec<Finding>>| r.expect_err("refused")[0].code.clone();
        assert_eq!(code(set("period", json!("someday"))), "period_not_understood");
        assert_eq!(code(set("period", json!(3))), "does_not_fit");
    }

    #[test]
    fn a_pause_with_a_value_says_whether_the_program_runs() {
        let pause =
            Lever { value: None, ..tests::lever("spiff-product-x", Parameter::Active, Operation::Pause, "") };
        let paths = BTreeMap::from([(VALUE.to_owned(), json!("true"))]);
        let after = correct(&tests::draft(vec![pause]), &paths, &company()).expect("fits");
        assert_eq!(after.options[0].levers[0].operation, Operation::SetTo);
        assert!(after.options[0].label.contains("extended"), "{}", after.options[0].label);
    }

    #[test]
    fn an_option_over_a_range_is_labelled_by_it() {
        let mut swept = Draft { intent: Intent::Sweep, ..draft() };
        swept.options[0].levers[0].value = None;
        let range = json!({ "option": 0, "lever": 0, "from": "3", "to": "8", "step": "1" });
        swept.sweep = serde_json::from_value(range).expect("a range");
        let range = json!({ "option": 0, "lever": 0, "from": "2", "to": "12.5", "step": "1" });
        let paths = BTreeMap::from([("sweep".to_owned(), range)]);
        let after = correct(&swept, &paths, &company()).expect("fits");
        assert_eq!(after.sweep.expect("a range").to, "12.5");
        assert!(after.options[0].label.ends_with(" 2 to 12.5"), "{}", after.options[0].label);
        assert!(!after.options[0].label.contains("to be found"), "{}", after.options[0].label);
    }

    #[test]
    fn what_is_not_there_is_not_made_up() {
        for path in
            ["", "options[9].levers[0].value", "options[0].margin", "options[0", "__proto__", "options.0"]
        {
            let findings = set(path, json!("1")).expect_err("no such field");
            assert_eq!(findings[0].code, "unknown_field", "{path}");
        }
        let many = (0..40).map(|i| (format!("f{i}"), json!(1))).collect();
        assert_eq!(correct(&draft(), &many, &company()).expect_err("many")[0].code, "too_many_corrections");
    }
}
