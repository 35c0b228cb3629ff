//! The value that reaches a goal: "what rate gets 10% more units while keeping cost
//! under 60k". Finds what is to be reached and its conditions; what is to move is
//! read from the words that are left.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::scenario::{Condition, Draft, Goal, Intent, Operation, figures};

use super::assemble;
use super::board::Board;
use super::desk::{Desk, choice};
use super::lexicon;
use super::numbers::{Given, Number};
use super::options;
use super::reader::Reader;
use super::sheet::{Sheet, Use};
use super::splitting::Survey;

/// Something to be reached, or a condition.
#[derive(Debug, Clone, PartialEq)]
struct Aim {
    metric: Option<&'static str>,
    direction: &'static str,
    value: Option<Decimal>,
    relative: Option<&'static str>,
    at: Range<usize>,
    /// An absolute change, which a goal cannot say.
    change: bool,
}

/// The metric a word names; `Some(None)` where it may be two.
fn metric(word: &str) -> Option<Option<&'static str>> {
    Some(Some(match word {
        "units" | "volume" | "volumes" | "unit" => "units",
        "revenue" | "revenues" | "turnover" => "revenue",
        "margin" | "margins" => "margin",
        "payout" | "payouts" | "cost" | "costs" | "spend" | "spending" | "expense" | "liability" => "payout",
        "net" | "profit" | "profits" => "net",
        "roi" => "roi",
        "uptake" | "participation" | "earners" | "adoption" => "partners_earning",
        "sales" => return Some(None),
        _ => return None,
    }))
}

const UNDER: &[&str] =
    &["under", "below", "within", "most", "max", "maximum", "less", "beneath", "exceeding", "exceed"];
const OVER: &[&str] = &["above", "over", "least", "beyond", "exceeds"];
const SURE: &[&str] = &[
    "confidence",
    "confident",
    "sure",
    "certain",
    "certainty",
    "probability",
    "likelihood",
    "likely",
    "chance",
];

/// Everything a goal says.
pub(crate) struct Found {
    aims: Vec<Aim>,
    confidence: Option<(Decimal, Range<usize>)>,
}

/// The goal of a question, if it has one.
pub(crate) fn find(survey: &Survey<'_>) -> Option<Found> {
    let sheet = &survey.sheet;
    let confidence = confidence(sheet, &survey.parts.numbers);
    let mut aims: Vec<Aim> = Vec::new();
    aims.extend(break_even(sheet));
    aims.extend(extreme(sheet));
    for number in &survey.parts.numbers {
        if confidence.as_ref().is_some_and(|(_, at)| at.contains(&number.at.start)) {
            continue;
        }
        aims.extend(with_number(sheet, number));
    }
    let asks = seeks(sheet, &aims);
    (asks && !aims.is_empty()).then_some(Found { aims, confidence })
}

/// Whether the question looks for a value.
fn seeks(sheet: &Sheet<'_>, aims: &[Aim]) -> bool {
    if aims.is_empty() || sheet.has(&["if"]) && !sheet.has(&["how"]) {
        return false;
    }
    let whole = |a: &Aim| matches!(a.direction, "break_even" | "maximize" | "minimize");
    let first = sheet.skip(0, &["at", "so", "and", "to", "find", "tell", "me", "please", "by"]);
    let asks = sheet.is(first, &["what", "which", "what's"])
        && !sheet.is(first + 1, &["if", "happens", "would", "does", "do", "will", "are"]);
    // "… stays below $80,000. What must the rate be?"
    let asks = asks
        || (1..sheet.len()).any(|i| {
            sheet.is(i - 1, &[".", ":", "?", "!", ","])
                && sheet.is(i, &["what", "which"])
                && !sheet.is(i + 1, &["if", "happens", "would", "does", "do", "will", "are", "is"])
                && (i + 1..sheet.len())
                    .any(|k| sheet.is(k, &["must", "need", "should", "gets", "get", "needs", "has"]))
        });
    // "what would the SPIFF need to be for 5% more revenue"
    let needs = sheet.is(first, &["what", "what's", "how", "where", "which"])
        && (first..sheet.len()).any(|i| {
            sheet.is(i, &["need", "needs", "have", "has", "must"])
                && sheet.is(sheet.skip(i + 1, &["to"]), &["be", "sit", "go", "land"])
        });
    let how = needs
        || (0..sheet.len()).any(|i| {
            sheet.word(i) == "how"
                && (sheet.is(i + 1, &["high", "low", "far"])
                    || sheet.is(i + 1, &["much", "many"])
                        && (i + 2..(i + 6).min(sheet.len())).any(|k| {
                            sheet.is(
                                k,
                                &["should", "must", "can", "need", "needs", "needed", "budget", "required"],
                            )
                        }))
        });
    let finds = sheet.has(&["find"])
        || (0..3)
            .any(|i| sheet.is(i, &["maximize", "maximise", "minimize", "minimise", "optimize", "optimise"]));
    aims.iter().any(whole) && !sheet.has(&["or", "vs", "versus"]) || asks || how || finds
}

fn confidence(sheet: &Sheet<'_>, numbers: &[Number]) -> Option<(Decimal, Range<usize>)> {
    let number = numbers
        .iter()
        .find(|n| n.given == Given::Percent && (n.at.end..n.at.end + 2).any(|i| sheet.is(i, SURE)))?;
    let end = (number.at.end..number.at.end + 2).find(|i| sheet.is(*i, SURE))? + 1;
    let mut start = number.at.start;
    while start > 0
        && sheet.is(start - 1, &["with", "at", "least", "a", "be", "to", "we", "are", "and", ","])
        && sheet.free(start - 1)
    {
        start -= 1;
    }
    Some((number.value? / Decimal::ONE_HUNDRED, start..end))
}

fn break_even(sheet: &Sheet<'_>) -> Option<Aim> {
    let at = (0..sheet.len()).find_map(|i| {
        if sheet.follows(i, &["break", "even"]) || sheet.follows(i, &["breaks", "even"]) {
            Some(i..i + 2)
        } else if sheet.follows(i, &["break", "-", "even"]) {
            Some(i..i + 3)
        } else {
            sheet.is(i, &["breakeven"]).then(|| i..i + 1)
        }
    })?;
    Some(Aim { metric: Some("net"), direction: "break_even", value: None, relative: None, at, change: false })
}

/// "maximizes net", "the best rate for margin".
fn extreme(sheet: &Sheet<'_>) -> Option<Aim> {
    (0..sheet.len()).find_map(|i| {
        let word = sheet.word(i);
        let most = ["maximi", "optimi", "optima"].iter().any(|w| word.starts_with(w)) && word != "maximum";
        let least = word.starts_with("minimi");
        let beside = metric(sheet.word(i + 1)).is_some() && !sheet.is(i.wrapping_sub(1), &["at"]);
        let most = most || beside && sheet.is(i, &["highest", "most", "best", "greatest", "largest"]);
        let least = least || beside && sheet.is(i, &["lowest", "smallest"]);
        if !(most || least) || !sheet.free(i) {
            return None;
        }
        let k = (i + 1..(i + 5).min(sheet.len())).find(|k| metric(sheet.word(*k)).is_some());
        let named = k.and_then(|k| metric(sheet.word(k)));
        let direction = if least { "minimize" } else { "maximize" };
        // The best rate of all is the one that leaves most.
        let metric = named.unwrap_or(Some("net"));
        let end = k.map_or(i + 1, |k| k + 1);
        Some(Aim { metric, direction, value: None, relative: None, at: i..end, change: false })
    })
}

/// A number beside a metric: what is to be reached, or kept.
fn with_number(sheet: &Sheet<'_>, number: &Number) -> Option<Aim> {
    let value = number.value?;
    let near_after =
        (number.at.end..(number.at.end + 4).min(sheet.len())).find(|k| metric(sheet.word(*k)).is_some());
    let near_before =
        (number.at.start.saturating_sub(5)..number.at.start).rev().find(|k| metric(sheet.word(*k)).is_some());
    let more = (number.at.end..number.at.end + 2).any(|i| sheet.is(i, lexicon::MORE));
    let fewer = (number.at.end..number.at.end + 2).any(|i| sheet.is(i, &["less", "fewer", "lower"]));
    let between = |a: usize, b: usize, words: &[&str]| (a..b).any(|i| sheet.is(i, words));
    let percent = number.given == Given::Percent;
    let relative = if percent { "percent" } else { "absolute" };
    let lose = (number.at.start.saturating_sub(5)..number.at.start)
        .any(|i| sheet.is(i, &["losing", "lose", "loss", "dropping"]));
    let make = |metric_at: usize, direction, value: Decimal, relative, change| {
        let start = lead(sheet, metric_at.min(number.at.start));
        Some(Aim {
            metric: metric(sheet.word(metric_at))?,
            direction,
            value: Some(value),
            relative: Some(relative),
            at: start..(metric_at + 1).max(number.at.end).max(number.at.end + usize::from(more || fewer)),
            change,
        })
    };
    if number.given == Given::Units && number.value.is_some() {
        return Some(Aim {
            metric: Some("units"),
            direction: "at_least",
            value: Some(value),
            relative: Some("absolute"),
            at: lead(sheet, number.at.start)..number.at.end,
            change: false,
        });
    }
    if let Some(k) = near_after.filter(|_| lose) {
        return make(k, "at_least", -value, "percent", !percent);
    }
    if let Some(k) = near_after.filter(|_| more || fewer) {
        let (direction, value) = if fewer { ("at_most", -value) } else { ("at_least", value) };
        return make(k, direction, value, relative, !percent);
    }
    if let Some(k) = near_after.filter(|k| {
        percent
            && *k <= number.at.end + 1
            && between(k.saturating_sub(1), *k + 2, &["growth", "uplift", "increase"])
    }) {
        return make(k, "at_least", value, relative, false);
    }
    let k = near_before?;
    let under = between(k, number.at.start, UNDER)
        || sheet.follows(number.at.start.saturating_sub(2), &["down", "to"]);
    if under {
        return make(k, "at_most", value, relative, false);
    }
    let bounded = (k..number.at.start).any(|i| {
        sheet.is(i, &["no", "not"]) && sheet.follows(i + 1, &["more", "than"])
            || sheet.follows(i, &["up", "to"])
    });
    if bounded {
        return make(k, "at_most", value, relative, false);
    }
    if (k..number.at.start).any(|i| sheet.follows(i, &["no", "less", "than"])) {
        return make(k, "at_least", value, relative, false);
    }
    let kept =
        (k.saturating_sub(3)..number.at.start).any(|i| sheet.is(i, &["without", "not", "never", "don't"]));
    if kept && between(k, number.at.start, OVER) {
        return make(k, "at_most", value, relative, false);
    }
    if between(k, number.at.start, OVER) {
        return make(k, "at_least", value, relative, false);
    }
    let by = sheet.before(number.at.start) == "by" || between(k, number.at.start, &["up"]);
    let raised = (k.saturating_sub(3)..k).any(|i| sheet.is(i, lexicon::UP))
        || between(k, number.at.start, lexicon::UP);
    if percent && by && raised {
        return make(k, "at_least", value, relative, false);
    }
    if matches!(sheet.before(number.at.start), "to" | "of" | "at") && !percent {
        return make(k, "at_least", value, relative, false);
    }
    None
}

/// The verbs that lead an aim: "gets us", "while keeping", "lifts".
fn lead(sheet: &Sheet<'_>, from: usize) -> usize {
    let words = [
        "gets", "get", "us", "gives", "give", "keep", "keeps", "keeping", "while", "still", "and", "the",
        "our", "without", "more", "than", "losing", "lose", "lifts", "lift", "raises", "raise", "by",
        "total", "with", "to", "that", "at", "least", "bring", "brings", "reach", "reaches", "achieve",
        "achieves", "we", "a", ",", "most", "no", "stay", "staying",
    ];
    let mut start = from;
    while start > 0
        && sheet.free(start - 1)
        && (sheet.is(start - 1, &words) || sheet.is(start - 1, lexicon::UP))
    {
        start -= 1;
    }
    start
}

/// The draft of a goal.
pub(crate) fn read(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    found: Found,
    board: &mut Board,
) -> Option<Draft> {
    let mut sheet = survey.sheet.copy();
    sheet.claim(0..sheet.len(), Use::Free);
    for aim in &found.aims {
        sheet.claim(aim.at.clone(), Use::Lever);
    }
    if let Some((_, at)) = &found.confidence {
        sheet.claim(at.clone(), Use::Lever);
    }
    board.coverage.settle(&sheet);
    let left = (0..sheet.len()).filter(|i| sheet.free(*i)).map(|i| sheet.tokens[i].clone()).collect();
    let (mut desk, parts) = reader.recognise(left);
    let numbers: Vec<Number> = parts.numbers.clone();
    let change = assemble::subject(&mut desk, parts);
    idle(&mut desk);
    let goal = goal(&mut desk, survey, &found);
    let spare = numbers
        .iter()
        .find(|n| n.at.clone().all(|i| desk.sheet.uses[i] == Use::Number) && !tier_number(&desk, n));
    if let (Some(number), Some(_)) = (spare, &change) {
        let text = desk.sheet.text(number.at.clone());
        desk.ask("goal", format!("What is {text} for: the change itself, or what it should reach?"), vec![]);
    }
    board.take(desk);
    let (change, mut goal) = (change?, goal?);
    goal.lever = change.levers.len().checked_sub(1)?;
    let mut levers = change.levers;
    let by_percent = (0..sheet.len()).any(|i| {
        sheet.word(i) == "by"
            && sheet.is(i + 1, &["what", "how"])
            && sheet.is(i + 2, &["percent", "percentage", "many"])
    });
    if by_percent {
        levers[goal.lever].operation = Operation::IncreaseByPercent;
    }
    Some(Draft {
        intent: Intent::GoalSeek,
        period: change.period,
        audience: change.audience,
        options: vec![options::option(levers, reader)],
        sweep: None,
        goal: Some(goal),
        earnings: None,
        lookup: None,
    })
}

/// A number that named a tier was taken as part of the lever.
fn tier_number(desk: &Desk<'_>, number: &Number) -> bool {
    number.at.clone().any(|i| desk.sheet.uses[i] == Use::Lever)
}

/// Words that only say that a value is looked for.
fn idle(desk: &mut Desk<'_>) {
    let words = [
        "rate", "rates", "best", "high", "low", "far", "still", "keep", "keeping", "find", "take", "go",
        "set", "to", "at", "get", "gets", "need", "raise", "lower", "cut", "much", "and", "while", "with",
        "how", "optimal", "right", "that", "even", "up", "down", "push", "set", "ideal", "most", "should",
        "for", "without", "stays", "hold", "holds", "must", "be", "which", "value", "level", "make", "stay",
        "as", "by", "percent", "increase", "before", "until", "can", "have", "would", "needed", "required",
        "be", "pay", "afford", "sit", "so", "if", "want", "order", "not", "going", "over", "past", "highest",
        "lowest", "maximum", "max", "has", "must", "figure", "amount", "point", "hitting", "hit", "our",
        "allowed", "possible",
    ];
    for i in 0..desk.sheet.len() {
        if desk.sheet.free(i) && desk.sheet.is(i, &words) {
            desk.sheet.claim(i..i + 1, Use::Idle);
        }
    }
}

fn goal(desk: &mut Desk<'_>, survey: &Survey<'_>, found: &Found) -> Option<Goal> {
    // What is to be gained goes before what is to be kept.
    let main = found.aims.iter().find(|a| a.direction != "at_most").or(found.aims.first())?;
    let mut metrics = Vec::new();
    for aim in &found.aims {
        let source = survey.sheet.source(aim.at.clone());
        desk.provenance.push(super::Provenance { field: "goal".to_owned(), source });
        if aim.change {
            let text = survey.sheet.text(aim.at.clone());
            desk.ask("goal.value", format!("How much is {text:?} in percent, or as a total?"), vec![]);
            return None;
        }
        metrics.push(match aim.metric {
            Some(metric) => metric,
            None => match desk
                .ask(
                    "goal.metric",
                    "Sales in units, or in revenue?".to_owned(),
                    vec![
                        choice("units", "units sold", serde_json::json!({"goal.metric": "units"})),
                        choice("revenue", "net revenue", serde_json::json!({"goal.metric": "revenue"})),
                    ],
                )?
                .as_str()
            {
                "units" => "units",
                _ => "revenue",
            },
        });
    }
    let subject_to =
        found.aims.iter().zip(&metrics).filter(|(a, _)| *a != main).filter_map(|(aim, metric)| {
            Some(Condition {
                metric: (*metric).to_owned(),
                direction: aim.direction.to_owned(),
                value: figures::plain(aim.value?),
            })
        });
    let at = found.aims.iter().position(|a| a == main)?;
    Some(Goal {
        option: 0,
        lever: 0,
        metric: metrics[at].to_owned(),
        direction: main.direction.to_owned(),
        value: main.value.map(figures::plain),
        relative: main.relative.map(str::to_owned),
        subject_to: subject_to.collect(),
        confidence: found.confidence.as_ref().map(|(c, _)| figures::plain(*c)),
    })
}
