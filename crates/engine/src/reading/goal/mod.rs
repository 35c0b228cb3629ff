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
use super::numbers::Number;
use super::options;
use super::reader::Reader;
use super::sheet::Use;
use super::splitting::Survey;

mod aims;
mod figured;
mod phrases;
mod seeks;
pub(crate) mod untargeted;

use aims::{Aim, break_even, confidence, extreme};
use figured::with_number;
use seeks::seeks;

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
    // "Does it break even to raise it to $18?": what comes of a change that is said.
    let whether = sheet
        .is(sheet.skip(0, &["so", "and", "please"]), &["does", "do", "would", "will", "is", "can", "could"]);
    let said = |n: &Number| sheet.is(n.at.start.wrapping_sub(1), &["to", "by", "at"]);
    let even = aims.iter().all(|a| a.direction == "break_even");
    if whether && even && survey.parts.numbers.iter().any(said) {
        return None;
    }
    let asks = seeks(sheet, &aims);
    (asks && !aims.is_empty()).then_some(Found { aims, confidence })
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
        // "revenue in Q4 rises by 4%": the time within it is the change's.
        let own = |i: &usize| !matches!(survey.sheet.uses[*i], Use::Period | Use::Name);
        for i in aim.at.clone().filter(own) {
            sheet.claim(i..i + 1, Use::Lever);
        }
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
        "rate",
        "rates",
        "best",
        "high",
        "low",
        "far",
        "still",
        "keep",
        "keeping",
        "find",
        "take",
        "go",
        "set",
        "to",
        "at",
        "get",
        "gets",
        "need",
        "raise",
        "lower",
        "cut",
        "much",
        "and",
        "while",
        "with",
        "how",
        "optimal",
        "optimise",
        "optimize",
        "maximise",
        "maximize",
        "minimise",
        "minimize",
        "largest",
        "biggest",
        "curve",
        "goal",
        "objective",
        "aim",
        "lever",
        "win",
        "achieve",
        "reach",
        "grow",
        "i",
        "right",
        "that",
        "even",
        "up",
        "down",
        "push",
        "set",
        "ideal",
        "most",
        "should",
        "for",
        "without",
        "stays",
        "hold",
        "holds",
        "must",
        "be",
        "which",
        "value",
        "level",
        "make",
        "stay",
        "as",
        "by",
        "percent",
        "increase",
        "before",
        "until",
        "can",
        "have",
        "would",
        "needed",
        "required",
        "be",
        "pay",
        "afford",
        "sit",
        "so",
        "if",
        "want",
        "order",
        "not",
        "going",
        "over",
        "past",
        "highest",
        "lowest",
        "maximum",
        "max",
        "has",
        "must",
        "figure",
        "amount",
        "point",
        "hitting",
        "hit",
        "our",
        "allowed",
        "possible",
        "least",
        "cheapest",
        "smallest",
        "way",
        "take",
        "takes",
        "find",
        "solve",
        "determine",
        "identify",
        "calculate",
        "necessary",
        "big",
        "large",
        "deep",
        "generous",
        "more",
        "extra",
        "sell",
        "of",
        "before",
        "there",
        "out",
    ];
    for i in 0..desk.sheet.len() {
        let moves =
            [lexicon::UP, lexicon::DOWN, lexicon::SET, lexicon::BE].iter().any(|l| desk.sheet.is(i, l));
        if desk.sheet.free(i) && (moves || desk.sheet.is(i, &words)) {
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
        // A condition is a level; a change of it has no place in a scenario.
        if aim != main && (aim.gain || aim.relative == Some("percent")) {
            let text = survey.sheet.text(aim.at.clone());
            desk.ask("goal.subject_to", format!("Which total is meant by {text:?}?"), vec![]);
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
        gain: main.gain,
        subject_to: subject_to.collect(),
        confidence: found.confidence.as_ref().map(|(c, _)| figures::plain(*c)),
    })
}
