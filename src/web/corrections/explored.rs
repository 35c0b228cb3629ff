//! What is explored: the range of a sweep, and a goal with its conditions.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use spiffcast_engine::scenario::{Condition, Goal, Sweep};

use super::control::{Choice, Control, Editor, Part};
use super::{SET, typed};

/// Names of the fields of a range.
const RANGE: &str = "range.";
/// Names of the fields of a goal.
const GOAL: &str = "goal.";
/// Most conditions that are read from a form.
const CONDITIONS_MAX: usize = 9;

const METRICS: [(&str, &str); 7] = [
    ("units", "Units sold"),
    ("revenue", "Net revenue"),
    ("margin", "Margin"),
    ("payout", "Payout"),
    ("net", "Net margin"),
    ("roi", "Return on incentive"),
    ("partners_earning", "Partners earning"),
];
const DIRECTIONS: [(&str, &str); 5] = [
    ("at_least", "At least"),
    ("at_most", "At most"),
    ("maximize", "As much as possible"),
    ("minimize", "As little as possible"),
    ("break_even", "Breaks even"),
];
const COUNTED: [(&str, &str); 3] =
    [("absolute", "in all"), ("gain", "more than without the change"), ("percent", "percent more")];

fn choose(name: String, label: &str, now: &str, all: &[(&str, &str)]) -> Control {
    let choices = all.iter().map(|(value, words)| Choice::of(*value, *words, now)).collect();
    Control::choose(name, label, now, choices)
}

/// From, to and step.
pub fn range(sweep: &Sweep) -> Editor {
    let controls = vec![
        Control::hidden(format!("{RANGE}at"), format!("{},{}", sweep.option, sweep.lever)),
        Control::text(format!("{RANGE}from"), "From", &sweep.from),
        Control::text(format!("{RANGE}to"), "to", &sweep.to),
        Control::text(format!("{RANGE}step"), "in steps of", &sweep.step),
    ];
    Editor::line(controls, "At most 50 values.")
}

/// The step alone.
pub fn step(sweep: &Sweep) -> Editor {
    Editor::line(vec![Control::text(format!("{SET}sweep.step"), "", &sweep.step)], "")
}

/// What is sought, how surely, and what must hold besides.
pub fn goal(goal: &Goal) -> Editor {
    let name = |key: &str| format!("{GOAL}{key}");
    let counted = match goal.relative.as_deref() {
        Some("percent") => "percent",
        _ if goal.gain => "gain",
        _ => "absolute",
    };
    let sought = vec![
        Control::hidden(name("at"), format!("{},{}", goal.option, goal.lever)),
        choose(name("metric"), "What", &goal.metric, &METRICS),
        choose(name("direction"), "How far", &goal.direction, &DIRECTIONS),
        Control::optional(name("value"), "How much", goal.value.clone().unwrap_or_default()),
        choose(name("relative"), "Counted", counted, &COUNTED),
        Control::optional(name("confidence"), "In % of draws", percent(goal.confidence.as_deref())),
    ];
    let mut parts = vec![Part { legend: "Sought".to_owned(), controls: sought }];
    for i in 0..=goal.subject_to.len() {
        let condition = goal.subject_to.get(i);
        let of = |part: fn(&Condition) -> &str| condition.map(part).unwrap_or_default();
        let name = |key: &str| format!("{GOAL}{i}.{key}");
        let metric = condition.map_or("payout", |c| &c.metric);
        let direction = condition.map_or("at_most", |c| &c.direction);
        let controls = vec![
            choose(name("metric"), "What", metric, &METRICS),
            choose(name("direction"), "How far", direction, &DIRECTIONS[..2]),
            Control::optional(name("value"), "How much", of(|c| &c.value)),
        ];
        let legend = if condition.is_some() { "While" } else { "And while" }.to_owned();
        parts.push(Part { legend, controls });
    }
    let hint = "A condition without an amount is left out. Without a share of draws, the average must hold.";
    Editor { parts, hint: hint.to_owned() }
}

/// `0.8` as `80`; what is no number stays as it is.
fn percent(share: Option<&str>) -> String {
    let share = share.unwrap_or_default();
    share
        .parse::<Decimal>()
        .map_or_else(|_| share.to_owned(), |s| (s * Decimal::ONE_HUNDRED).normalize().to_string())
}

/// `80` as `0.8`; what is no number stays as it is, for the checks to say so.
fn share(percent: &str) -> String {
    percent
        .trim_end_matches('%')
        .parse::<Decimal>()
        .map_or_else(|_| percent.to_owned(), |p| (p / Decimal::ONE_HUNDRED).normalize().to_string())
}

/// The range and the goal of a form.
pub fn read(fields: &[(String, String)]) -> BTreeMap<String, Value> {
    let mut corrections = BTreeMap::new();
    let of = |stem: &str, key: &str| typed(fields, &format!("{stem}{key}"));
    if let Some((option, lever)) = at(&of(RANGE, "at")) {
        let [from, to, step] = ["from", "to", "step"].map(|key| of(RANGE, key));
        let range = json!({ "option": option, "lever": lever, "from": from, "to": to, "step": step });
        corrections.insert("sweep".to_owned(), range);
    }
    if let Some((option, lever)) = at(&of(GOAL, "at")) {
        let said = |text: String| (!text.is_empty()).then_some(text);
        let direction = of(GOAL, "direction");
        // The others have no amount to keep to.
        let bounded = matches!(direction.as_str(), "at_least" | "at_most");
        let relative = of(GOAL, "relative");
        let condition = |i: usize| {
            let [metric, direction, value] =
                ["metric", "direction", "value"].map(|key| of(GOAL, &format!("{i}.{key}")));
            (!value.is_empty()).then(|| json!({ "metric": metric, "direction": direction, "value": value }))
        };
        let goal = json!({
            "option": option,
            "lever": lever,
            "metric": of(GOAL, "metric"),
            "direction": direction,
            "value": said(of(GOAL, "value")).filter(|_| bounded),
            "relative": bounded.then(|| if relative == "percent" { "percent" } else { "absolute" }),
            "gain": bounded && relative == "gain",
            "subject_to": (0..CONDITIONS_MAX).filter_map(condition).collect::<Vec<_>>(),
            "confidence": said(of(GOAL, "confidence")).map(|text| share(&text)),
        });
        corrections.insert("goal".to_owned(), goal);
    }
    corrections
}

/// `0,1` as option and lever.
fn at(text: &str) -> Option<(usize, usize)> {
    let (option, lever) = text.split_once(',')?;
    Some((option.parse().ok()?, lever.parse().ok()?))
}
