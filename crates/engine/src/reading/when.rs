//! When a change applies: the period said, its past or future, or the named
//! default; and whether the program runs then.

use chrono::NaiveDate;
use serde_json::json;

use crate::calendar::{FiscalCalendar, Span};
use crate::programs::Program;
use crate::scenario::findings::info;
use crate::scenario::{Lever, Operation, Parameter, Period};

use super::days::{Almanac, range_words};
use super::desk::{Desk, choice};
use super::periods::{Form, PeriodMark};
use super::spans::combine;

/// The period of the draft. `Err`: something must be asked first; holds the period
/// that is meant as far as it is known.
pub(crate) fn period(desk: &mut Desk<'_>, marks: &[PeriodMark]) -> Result<Period, Period> {
    let (span, label) = desk.almanac.default_quarter();
    let default = Period { start: span.start, end: span.end, label };
    let marks = without_heading(desk, marks);
    let Ok(merged) = combine(marks, &desk.almanac) else {
        return one_of(desk, marks).ok_or(default);
    };
    let length =
        merged.as_ref().is_some_and(|m| matches!(marks[0].form, Form::Length(..)) && m.form == Form::Whole);
    if let Some(at) = desk.vague.clone().filter(|_| merged.is_none() || length) {
        return which_quarter(desk, at).ok_or(default);
    }
    let Some(mark) = merged else {
        if desk.almanac.past {
            let (span, label) = desk.almanac.relative(crate::calendar::PeriodKind::Quarter, -1);
            desk.assumed("period", format!("no period was named: the last whole quarter, {label}"));
            desk.hindcast = true;
            return Ok(Period { start: span.start, end: span.end, label });
        }
        desk.assumed(
            "period",
            format!("no period was named: the first quarter that begins today or later, {}", default.label),
        );
        return Ok(default);
    };
    for part in marks {
        desk.said("period", core(desk, part));
    }
    named_defaults(desk, &mark);
    if mark.form == Form::Whole
        && mark.span.days() == 1
        && matches!(mark.recurring, Some(super::days::Recurring::Day(..)))
    {
        return one_day(desk, &mark).ok_or(default);
    }
    let period = Period { start: mark.span.start, end: mark.span.end, label: mark.label.clone() };
    let today = desk.context.company.today();
    if desk.almanac.past && mark.span.start < today {
        return Ok(looked_back(desk, period, today));
    }
    if mark.span.end < today {
        if !looks_ahead(desk) {
            return Ok(looked_back(desk, period, today));
        }
        return past(desk, &mark, today).ok_or(period);
    }
    calendar_alternative(desk, &mark);
    Ok(period)
}

/// "Q4 package: A in October, …": a heading in which the time of the change lies.
fn without_heading<'m>(desk: &Desk<'_>, marks: &'m [PeriodMark]) -> &'m [PeriodMark] {
    let [heading, rest @ ..] = marks else { return marks };
    let colon = (heading.at.end..heading.at.end + 3).any(|i| desk.sheet.word(i) == ":");
    let inside = |m: &PeriodMark| {
        let (whole, part) = (heading.span, m.span);
        m.form == Form::Whole && part != whole && whole.contains(part.start) && whole.contains(part.end)
    };
    if heading.at.start < 3 && colon && !rest.is_empty() && rest.iter().all(inside) { rest } else { marks }
}

/// "Over the holidays": which days are those? Quarters are offered.
fn which_quarter(desk: &mut Desk<'_>, at: std::ops::Range<usize>) -> Option<Period> {
    use crate::calendar::PeriodKind::Quarter;
    const QUARTERS: i32 = 3;
    let today = desk.context.company.today();
    let offered: Vec<Period> = (0..=QUARTERS)
        .map(|n| desk.almanac.relative(Quarter, n))
        .filter(|(span, _)| span.end >= today)
        .map(|(span, label)| Period { start: span.start.max(today), end: span.end, label })
        .collect();
    let choices = offered
        .iter()
        .map(|p| {
            let label = format!("{}: {}", p.label, range_words(p.span()));
            choice(format!("{}_{}", p.start, p.end), label, json!({"period": p}))
        })
        .collect();
    let text = desk.sheet.text(at);
    let answer = desk.ask("period", format!("Which days are meant by {text:?}?"), choices)?;
    offered.into_iter().find(|p| format!("{}_{}", p.start, p.end) == answer)
}

/// A look back at a period, up to the day the data ends.
fn looked_back(desk: &mut Desk<'_>, mut period: Period, today: NaiveDate) -> Period {
    desk.hindcast = true;
    let last = today - chrono::Days::new(1);
    if period.end > last {
        period.end = last;
        period.label = range_words(period.span());
    }
    let message = format!("{} is past: this is what would have happened then", period.label);
    desk.findings.push(info("hindcast", "period", message));
    period
}

/// Verbs as they are said of what is still to come.
const AHEAD: &[&str] = &[
    "raise",
    "increase",
    "bump",
    "lift",
    "boost",
    "hike",
    "cut",
    "lower",
    "trim",
    "reduce",
    "decrease",
    "drop",
    "set",
    "make",
    "pause",
    "stop",
    "suspend",
    "launch",
    "introduce",
    "add",
    "remove",
    "open",
    "double",
    "halve",
    "triple",
    "pay",
    "put",
    "give",
    "take",
    "move",
    "change",
    "extend",
    "will",
    "going",
    "shall",
    "let's",
    "lets",
    "slash",
    "afford",
];

/// Whether the words speak of what is still to come.
fn looks_ahead(desk: &Desk<'_>) -> bool {
    desk.sheet.has(AHEAD)
}

/// The tokens of a mark without its leading preposition.
fn core(desk: &Desk<'_>, mark: &PeriodMark) -> std::ops::Range<usize> {
    let lead = ["in", "for", "during", "over", "throughout", "within", "on", "of", "at", "across", "the"];
    let start = desk.sheet.skip(mark.at.start, &lead);
    start.min(mark.at.end.saturating_sub(1))..mark.at.end
}

fn named_defaults(desk: &mut Desk<'_>, mark: &PeriodMark) {
    match mark.form {
        Form::From => desk.assumed("period", "no end was named: the end of the quarter in which it starts"),
        Form::Until => desk.assumed("period", "no start was named: today"),
        Form::Length(..) => desk.assumed("period", "no start was named: today"),
        Form::Whole => {}
    }
}

/// "On 1 August": on that day alone, or from it on.
fn one_day(desk: &mut Desk<'_>, mark: &PeriodMark) -> Option<Period> {
    let from = Span::new(mark.span.start, desk.almanac.quarter_end(mark.span.start));
    let patch =
        |span: Span, label: &str| json!({"period": {"start": span.start, "end": span.end, "label": label}});
    let label = range_words(from);
    let choices = vec![
        choice("from", format!("from that day on: {label}"), patch(from, &label)),
        choice("only", format!("only on {}", mark.label), patch(mark.span, &mark.label)),
    ];
    let answer = desk.ask("period", format!("Only on {}, or from that day on?", mark.label), choices)?;
    let (span, label) = if answer == "from" { (from, label) } else { (mark.span, mark.label.clone()) };
    Some(Period { start: span.start, end: span.end, label })
}

/// Two periods that do not fit into one.
fn one_of(desk: &mut Desk<'_>, marks: &[PeriodMark]) -> Option<Period> {
    let choices = marks
        .iter()
        .map(|m| {
            let patch = json!({"period": {"start": m.span.start, "end": m.span.end, "label": m.label}});
            choice(
                format!("{}_{}", m.span.start, m.span.end),
                format!("{}: {}", m.label, range_words(m.span)),
                patch,
            )
        })
        .collect();
    let answer = desk.ask("period", "Which of these periods do you mean?".to_owned(), choices)?;
    let mark = marks.iter().find(|m| format!("{}_{}", m.span.start, m.span.end) == answer)?;
    Some(Period { start: mark.span.start, end: mark.span.end, label: mark.label.clone() })
}

/// A wholly past span in a question about the future.
fn past(desk: &mut Desk<'_>, mark: &PeriodMark, today: NaiveDate) -> Option<Period> {
    let mut choices = Vec::new();
    let next = mark.recurring.and_then(|what| {
        let (span, year) = Almanac { past: false, ..desk.almanac }.choose(what, None, today)?;
        Some((span, desk.almanac.label(what, year)))
    });
    if let Some((span, label)) = &next {
        let patch = json!({"period": {"start": span.start, "end": span.end, "label": label}});
        choices.push(choice("next", format!("{label}: {}", range_words(*span)), patch));
    }
    choices.push(choice(
        "hindcast",
        format!("what would have happened in {}", mark.label),
        json!({"intent": "hindcast"}),
    ));
    let question = format!("{} is past: today is {today}. What do you mean?", mark.label);
    match desk.ask("period", question, choices)?.as_str() {
        "next" => next.map(|(span, label)| Period { start: span.start, end: span.end, label }),
        _ => {
            let period = Period { start: mark.span.start, end: mark.span.end, label: mark.label.clone() };
            Some(looked_back(desk, period, today))
        }
    }
}

/// Where fiscal quarters are not calendar quarters, says what the other would be.
fn calendar_alternative(desk: &mut Desk<'_>, mark: &PeriodMark) {
    use super::days::Recurring;
    if desk.almanac.calendar.first_month == 1 {
        return;
    }
    let Some(what @ (Recurring::Quarter(_) | Recurring::Half(_))) = mark.recurring else { return };
    let plain = Almanac { calendar: FiscalCalendar::default(), ..desk.almanac };
    if let Some((span, year)) = plain.choose(what, None, desk.context.company.today()) {
        let message = format!(
            "{} is read in the fiscal calendar: {}. The calendar's {} would be {}",
            mark.label,
            range_words(mark.span),
            plain.label(what, year),
            range_words(span)
        );
        desk.findings.push(info("fiscal_calendar", "period", message));
    }
}

/// Levers that must go first so that the program runs in the period: none where it
/// runs. Asks where it does not.
pub(crate) fn running(
    desk: &mut Desk<'_>,
    program: &Program,
    period: &Period,
    starts: bool,
    resumes: bool,
) -> Option<Vec<Lever>> {
    let today = desk.context.company.today();
    let span = if desk.hindcast { period.span() } else { Span::new(period.start.max(today), period.end) };
    let runs = program.versions.iter().any(|v| v.terms.effective.intersection(&span).is_some());
    // "run it through December", which is longer than it runs.
    let last_day = program.versions.iter().map(|v| v.terms.effective.end).max();
    let longer = resumes && last_day.is_some_and(|d| d < span.end);
    if runs && !longer || starts || span.start > span.end {
        return Some(Vec::new());
    }
    let last = program.latest();
    let extend = format!("run it on the terms of version {} in {}", last.version, period.label);
    let field = desk.field("active");
    let choices = vec![
        choice(
            "extend",
            extend,
            json!({desk.path.clone(): {"program": program.id, "parameter": "active", "operation": "set_to", "value": "true"}}),
        ),
        choice("launch", "launch a new program instead", json!({desk.field("operation"): "launch"})),
    ];
    let question = format!(
        "{} has no version in force in {}: the last ends on {}. What should happen?",
        program.name(),
        period.label,
        last.terms.effective.end
    );
    if desk.hindcast {
        let message = format!("{} had no version in force in {}", program.name(), period.label);
        desk.fail("not_in_force", desk.field("program"), message, "Name another period");
        return None;
    }
    if !resumes && desk.ask(&field, question, choices)? == "launch" {
        desk.outside(
            "launch",
            "This asks about a new program".to_owned(),
            "Ask about a change of an existing program",
        );
        return None;
    }
    Some(vec![Lever {
        program: program.id.clone(),
        parameter: Parameter::Active,
        operation: Operation::SetTo,
        value: Some("true".to_owned()),
        tier_from: None,
        period: None,
        audience: None,
        terms: None,
    }])
}
