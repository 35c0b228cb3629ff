//! One lever over a range: "between 3% and 8% in steps of 1". The lever is read with
//! the far end of the range in its place, so that what is unclear of one value is
//! asked of the range too.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::scenario::change::current;
use crate::scenario::describe::{ranged_label, version_near};
use crate::scenario::{Draft, Intent, ScenarioOption, Sweep, figures};

use super::assemble;
use super::board::Board;
use super::lexicon;
use super::numbers::{Given, Number};
use super::operations::Verb;
use super::reader::Reader;
use super::sheet::Sheet;
use super::splitting::Survey;
use super::token::{Kind, Token};

/// A range as said.
pub(crate) struct Ranged {
    from: Number,
    to: Number,
    step: Option<Decimal>,
    /// Tokens of the range, and of the step where one is said.
    at: Range<usize>,
    step_at: Option<Range<usize>>,
    by: bool,
    /// Whether nothing but "to" says that it is a range.
    bare: bool,
}

impl Ranged {
    /// Whether more than "to" says that it is a range.
    pub(crate) fn asked(&self) -> bool {
        !self.bare
    }
}

const STEPS: &[&str] = &["step", "steps", "increment", "increments", "interval", "intervals"];

/// Finds a range of values.
pub(crate) fn find(survey: &Survey<'_>) -> Option<Ranged> {
    let sheet = &survey.sheet;
    let numbers = &survey.parts.numbers;
    let step = step(sheet, numbers);
    let asked = sheet.has(&[
        "sweep",
        "anywhere",
        "range",
        "ranging",
        "anything",
        "everything",
        "vary",
        "varying",
        "varied",
        "curve",
        "plot",
        "graph",
        "chart",
        "sensitivity",
    ]);
    numbers.windows(2).find_map(|pair| {
        let (a, b) = (&pair[0], &pair[1]);
        if step.as_ref().is_some_and(|(_, at, _)| at.contains(&b.at.start)) {
            return None;
        }
        let link: Vec<&str> = (a.at.end..b.at.start)
            .map(|i| sheet.word(i))
            .filter(|w| !matches!(*w, "per" | "unit" | "a"))
            .collect();
        let lead = sheet.before(a.at.start);
        let dash = link.is_empty() && b.sign == Some(false) && !b.loose_sign
            || matches!(link.as_slice(), ["-" | "–" | "—"]);
        let between = lead == "between" && matches!(link.as_slice(), ["and" | "to" | "-"]);
        let to = matches!(link.as_slice(), ["to" | "up"] | ["up", "to"] | ["through"] | ["until"]);
        let from = to && (lead != "from" || step.is_some() || asked);
        if !(dash || between || from) {
            return None;
        }
        let start = a.at.start - usize::from(matches!(lead, "between" | "from" | "by" | "at"));
        // "by 10% to €18" is no range.
        let alike = a.given == b.given || a.given == Given::Bare || b.given == Given::Bare;
        if !alike {
            return None;
        }
        let by = lead == "by" || (start > 0 && sheet.before(start) == "by");
        let start = if by && lead != "by" { start - 1 } else { start };
        Some(Ranged {
            from: a.clone(),
            to: b.clone(),
            step: step.as_ref().map(|(value, ..)| *value),
            at: start..b.at.end,
            step_at: step.as_ref().map(|(_, at, _)| at.clone()),
            by,
            bare: from && !between && !dash && step.is_none() && !asked && !by,
        })
    })
}

/// "Try a range of rates on it": a range is wished for, and none is said.
pub(crate) fn open(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let several = (0..sheet.len()).any(|i| {
        sheet.is(i, &["different", "several", "various", "few", "many"])
            && sheet.is(i + 1, &["rates", "values", "levels", "amounts"])
    });
    let wished = sheet.has(&["range", "curve", "sweep", "vary", "sensitivity", "plot"]) || several;
    let named = survey.has(super::splitting::Slot::Program, &(0..sheet.len()));
    let still = survey.parts.ops.iter().all(|o| matches!(o.verb, Verb::Be | Verb::Set));
    let asks = sheet.is(0, &["what", "what's", "when", "is", "does"]);
    wished && named && still && survey.parts.numbers.is_empty() && !asks
}

/// "the first rung 1% to 1.25%": from what holds today to something else, no range.
pub(crate) fn replaces(reader: &Reader<'_>, survey: &Survey<'_>, ranged: &Ranged) -> bool {
    if !ranged.bare {
        return false;
    }
    let (mut desk, parts) = reader.recognise(with_far_end(survey, ranged));
    let company = reader.context.company;
    let Some(change) = assemble::one_change(&mut desk, parts) else { return false };
    let [lever] = change.levers.as_slice() else { return false };
    let Some(program) = company.program(&lever.program) else { return false };
    let terms = &version_near(program, change.period.start.max(company.today())).terms;
    let tier = lever.tier_from.as_ref().and_then(|t| t.parse().ok());
    current(terms, lever.parameter, tier).ok().flatten() == ranged.from.value
}

/// "in steps of 1", "step 2.5", "in $2 steps", "in 5% increments".
fn step(sheet: &Sheet<'_>, numbers: &[Number]) -> Option<(Decimal, Range<usize>, usize)> {
    if let Some(i) = (0..sheet.len()).find(|i| sheet.follows(*i, &["one", "at", "a", "time"])) {
        return Some((Decimal::ONE, i..i + 4, i));
    }
    // "every 2 euros", "$2 at a time"
    let apart = |n: &&Number| {
        sheet.is(n.at.start.wrapping_sub(1), &["every"]) || sheet.follows(n.at.end, &["at", "a", "time"])
    };
    if let Some(n) = numbers.iter().rfind(apart).filter(|_| numbers.len() > 2) {
        let every = usize::from(sheet.is(n.at.start.wrapping_sub(1), &["every"]));
        let end = n.at.end + if sheet.word(n.at.end) == "at" { 3 } else { 0 };
        return Some((n.value?, n.at.start - every..end, n.at.start));
    }
    // "from 20 to 32 dollars by 4"
    if let [.., a, b, n] = numbers
        && sheet.is(n.at.start.wrapping_sub(1), &["by"])
        && (a.at.end..b.at.start).any(|i| sheet.word(i) == "to")
        && sheet.before(a.at.start) == "from"
        && n.at.start <= b.at.end + 1
    {
        return Some((n.value?, n.at.start - 1..n.at.end, n.at.start));
    }
    // "every half point"
    if let Some(i) = (0..sheet.len()).find(|i| {
        sheet.is(*i, &["every", "each", "by"])
            && sheet.word(i + 1) == "half"
            && sheet.is(
                i + 2,
                &[
                    "point",
                    "points",
                    "percent",
                    "percentage",
                    "euro",
                    "dollar",
                    "pound",
                    "euros",
                    "dollars",
                    "pounds",
                ],
            )
    }) {
        let end = i + 3 + usize::from(sheet.is(i + 3, &["point", "points"]));
        return Some((Decimal::new(5, 1), i..end, i));
    }
    // "at every euro between 14 and 20"
    if let Some(i) = (0..sheet.len()).find(|i| {
        sheet.word(*i) == "every"
            && sheet.is(i + 1, &["euro", "dollar", "pound", "point", "percent", "cent"])
            && numbers.len() == 2
    }) {
        let value = if sheet.word(i + 1) == "cent" { Decimal::new(1, 2) } else { Decimal::ONE };
        return Some((value, i..i + 2, i));
    }
    let i = (0..sheet.len()).find(|i| sheet.is(*i, STEPS))?;
    let after = sheet.skip(i + 1, &["of", "size", "by", "=", ":"]);
    let behind = numbers.iter().find(|n| n.at.start == after);
    let before =
        numbers.iter().find(|n| n.at.end == i || (n.at.end + 1 == i && sheet.is(i - 1, &["-", "point"])));
    // "2.5" in "step 2.5"; "half point" in "in half point steps".
    let number = behind.or(before);
    let (value, start, end) = match number {
        Some(n) => (n.value?, n.at.start.min(i), n.at.end.max(i + 1)),
        None if sheet.is(i.wrapping_sub(2), &["half"]) => (Decimal::new(5, 1), i - 2, i + 1),
        None => return None,
    };
    let start = if start > 0 && sheet.is(start - 1, &["in", "with", "by"]) { start - 1 } else { start };
    Some((value, start..end, i))
}

/// The draft of a sweep.
pub(crate) fn read(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    ranged: Ranged,
    board: &mut Board,
) -> Option<Draft> {
    let tokens = with_far_end(survey, &ranged);
    let (mut desk, parts) = reader.recognise(tokens);
    let change = assemble::one_change(&mut desk, parts);
    for word in [
        "sweep",
        "anywhere",
        "range",
        "ranging",
        "anything",
        "everything",
        "vary",
        "varying",
        "varied",
        "curve",
        "plot",
        "graph",
        "chart",
        "sensitivity",
        "try",
        "values",
        "various",
        "different",
        "between",
        "every",
        "value",
    ] {
        while let Some(i) = desk.sheet.find_free(&[word]) {
            desk.sheet.claim(i..i + 1, super::sheet::Use::Lever);
        }
    }
    desk.said("sweep", 0..0);
    desk.provenance.pop();
    desk.provenance.push(super::Provenance {
        field: "sweep".to_owned(),
        source: survey.sheet.source(ranged.at.clone()),
    });
    let (from, to) = (ranged.from.value, ranged.to.value);
    let step = match (ranged.step, from.zip(to)) {
        (Some(step), _) => Some(step),
        (None, Some((from, to))) => {
            desk.assumed("sweep.step", "no step was named: five steps over the range");
            Some((to - from).abs() / Decimal::from(5))
        }
        _ => None,
    };
    board.take(desk);
    claimed(survey, &ranged, board);
    let (change, from, to, step) = (change?, from?, to?, step?);
    let lever = change.levers.len().checked_sub(1)?;
    let mut levers = change.levers;
    levers[lever].value = None;
    let sweep = Sweep {
        option: 0,
        lever,
        from: figures::plain(from),
        to: figures::plain(to),
        step: figures::plain(step),
    };
    let label = ranged_label(&levers, &sweep, reader.context.company);
    Some(Draft {
        intent: Intent::Sweep,
        period: change.period,
        audience: change.audience,
        options: vec![ScenarioOption { label, levers }],
        sweep: Some(sweep),
        goal: None,
        earnings: None,
        lookup: None,
    })
}

/// Words of the range and the step were read.
fn claimed(survey: &Survey<'_>, ranged: &Ranged, board: &mut Board) {
    let mut sheet = survey.sheet.copy();
    sheet.claim(0..sheet.len(), super::sheet::Use::Free);
    sheet.claim(ranged.at.clone(), super::sheet::Use::Number);
    if let Some(at) = &ranged.step_at {
        sheet.claim(at.clone(), super::sheet::Use::Number);
    }
    board.coverage.settle(&sheet);
}

/// The question with the far end of the range in the place of the range.
fn with_far_end(survey: &Survey<'_>, ranged: &Ranged) -> Vec<Token> {
    let sheet = &survey.sheet;
    let keep = |i: &usize| !ranged.at.contains(i) && !ranged.step_at.as_ref().is_some_and(|s| s.contains(i));
    let moves = survey.parts.ops.iter().any(|o| matches!(o.verb, Verb::Up | Verb::Down | Verb::Add));
    let comparative = (0..sheet.len()).any(|i| sheet.is(i, lexicon::MORE) || sheet.is(i, lexicon::LESS));
    // "+0% to +15%": the sign says the direction.
    let signed = ranged.to.sign == Some(true) && ranged.from.sign == Some(true);
    let mut number: Vec<Token> = ranged
        .to
        .at
        .clone()
        .filter(|i| !sheet.is(*i, &["-", "–", "−"]) && (signed || !sheet.is(*i, &["+"])))
        .map(|i| sheet.tokens[i].clone())
        .collect();
    if ranged.to.given == Given::Bare && ranged.from.given != Given::Bare {
        // "$40 to 50", "40% to 50": the unit said once.
        let digit = ranged.from.at.clone().find(|i| sheet.is_number(*i)).unwrap_or(ranged.from.at.start);
        let copy = |r: Range<usize>| r.map(|i| sheet.tokens[i].clone()).collect::<Vec<_>>();
        let (before, after) = (copy(ranged.from.at.start..digit), copy(digit + 1..ranged.from.at.end));
        number = before.into_iter().chain(number).chain(after).collect();
    }
    // "went up from €15 to €20": both are values, whatever moves.
    let from = sheet.is(ranged.at.start, &["from", "between"]) && ranged.to.given != Given::Percent;
    let word = if ranged.by {
        Some("by")
    } else if !moves && !comparative && !signed || from {
        Some("at")
    } else {
        None
    };
    if let (Some(word), Some(first)) = (word, number.first().cloned()) {
        let lead = Token {
            text: word.to_owned(),
            word: word.to_owned(),
            kind: Kind::Word,
            end: first.start,
            ..first
        };
        number.insert(0, lead);
    }
    if let Some(first) = number.first_mut() {
        first.spaced = true;
    }
    let mut out: Vec<Token> = (0..ranged.at.start).filter(keep).map(|i| sheet.tokens[i].clone()).collect();
    out.extend(number);
    out.extend((ranged.at.end..sheet.len()).filter(keep).map(|i| sheet.tokens[i].clone()));
    out
}
