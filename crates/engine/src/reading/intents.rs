//! Questions that are understood and not answered yet: each is told apart from a
//! single change, so that none is mistaken for one. Says what a question is;
//! drafts for these are to be made here, one intent at a time.

use crate::scenario::Draft;

use super::board::Board;
use super::names::Mention;
use super::operations::{Op, Verb};
use super::reader::Reader;
use super::sheet::{Sheet, Use};
use super::splitting::{Slot, Survey};
use super::{EXAMPLE, earnings, followup, goal, happened, lexicon, lookup, options, outside, sweep};

/// A kind of question beyond a single change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Beyond {
    /// Code of the finding.
    pub code: &'static str,
    /// What was understood.
    pub message: &'static str,
    /// What to do.
    pub hint: &'static str,
}

const fn beyond_of(code: &'static str, message: &'static str, hint: &'static str) -> Beyond {
    Beyond { code, message, hint }
}

const PRICE: Beyond = beyond_of(
    "not_a_lever",
    "This changes a price or a discount, which is not part of an incentive program",
    "Ask about a rate, a cap, a budget or another term of a program",
);
const BOOKS: Beyond = beyond_of(
    "books",
    "This asks what has been spent, which no rule says",
    "See the program's page, or ask what a change would cost",
);
const ELSEWHERE: Beyond = beyond_of("out_of_scope", "This is not about an incentive program", EXAMPLE);
const CONDITION: Beyond =
    beyond_of("condition", "The change depends on a condition", "Ask about the change without the condition");
const NO_LEVER: Beyond = beyond_of(
    "not_a_lever",
    "This changes a term that no forecast depends on",
    "Ask about a rate, a cap, a budget or another term of a program",
);
const FOLLOW_UP: Beyond = beyond_of(
    "follow_up",
    "This refers to an earlier question",
    "Ask it in full: which program, what change, when",
);
/// What the recognisers have found so far.
pub(crate) struct Found<'a> {
    pub mentions: &'a [Mention],
    pub ops: &'a [Op],
}

/// Whether "too" stands in a question that names its own amount, term or audience, and
/// so leans on nothing.
fn says_more(survey: &Survey<'_>) -> bool {
    let whole = 0..survey.sheet.len();
    [Slot::Number, Slot::Parameter, Slot::Audience].into_iter().any(|slot| survey.has(slot, &whole))
}

/// Reads a question by what it asks for. `None` where no draft could be made, with
/// the reason on the board.
pub(crate) fn draft(reader: &Reader<'_>, survey: &Survey<'_>, board: &mut Board) -> Option<Draft> {
    if earnings::is_earnings(reader, survey) {
        return earnings::read(reader, board);
    }
    if let Some(previous) = reader.context.last() {
        let leans = followup::leans(survey)
            || followup::leaves_program(reader, survey, previous)
            || !survey.has(Slot::Program, &(0..survey.sheet.len()));
        let alone = followup::complete(survey)
            && !survey.sheet.has(&["also"])
            && !followup::on_top(survey)
            && !followup::leaves(survey)
            && !followup::repeats(survey)
            && !followup::leaves_program(reader, survey, previous)
            && !survey.sheet.is(0, &["same"])
            && (!survey.sheet.has(&["too"]) || says_more(survey));
        let about = survey.sheet.is(0, &["what", "how"]) && survey.sheet.word(1) == "about";
        if leans && !alone && (about || !lookup::is_lookup(survey)) {
            return followup::read(reader, survey, previous, board);
        }
    }
    if happened::asks(survey) {
        happened::stop(reader, board);
        return None;
    }
    if spent(&survey.sheet) {
        stop(reader, board, BOOKS.code, BOOKS.message, BOOKS.hint, true);
        return None;
    }
    if goal::untargeted::asks(survey) {
        goal::untargeted::ask(reader, board);
        return None;
    }
    if outside::errand(survey) || outside::ranking(survey) {
        stop(reader, board, ELSEWHERE.code, ELSEWHERE.message, ELSEWHERE.hint, true);
        return None;
    }
    if outside::no_lever(survey) {
        stop(reader, board, NO_LEVER.code, NO_LEVER.message, NO_LEVER.hint, true);
        return None;
    }
    if lookup::is_lookup(survey) {
        // "How much is left in the budget?": that is not in any rule.
        if survey.sheet.has(&["left", "spent", "used", "consumed", "remaining"])
            && survey.sheet.has(lexicon::BUDGET)
        {
            stop(reader, board, BOOKS.code, BOOKS.message, BOOKS.hint, true);
            return None;
        }
        return lookup::read(reader, survey, board);
    }
    if let Some(beyond) = beyond(survey) {
        stop(reader, board, beyond.code, beyond.message, beyond.hint, true);
        return None;
    }
    if let Some(found) = goal::find(survey) {
        return goal::read(reader, survey, found, board);
    }
    if let Some(ranged) = sweep::find(survey)
        && !sweep::replaces(reader, survey, &ranged)
    {
        return sweep::read(reader, survey, ranged, board);
    }
    if sweep::open(survey) {
        let (mut desk, _) = reader.recognise_all();
        desk.ask("sweep", "From which value to which? Ask it again with both".to_owned(), vec![]);
        board.take(desk);
        return None;
    }
    if changes_nothing(survey) {
        let whole = 0..survey.sheet.len();
        let about = [Slot::Program, Slot::Product, Slot::Parameter, Slot::Number]
            .into_iter()
            .any(|s| survey.has(s, &whole));
        if !about {
            stop(reader, board, ELSEWHERE.code, ELSEWHERE.message, ELSEWHERE.hint, true);
            return None;
        }
        if survey.has(Slot::Program, &whole) && wishes(&survey.sheet) {
            ask_change(reader, board);
            return None;
        }
        stop(reader, board, "no_change", "The question names no change of a program", EXAMPLE, false);
        return None;
    }
    options::read(reader, survey, board)
}

/// "Do something about it", "it costs too much": a change is wished for, but not said.
fn wishes(sheet: &Sheet<'_>) -> bool {
    let asks = ["what", "how", "which", "when", "who", "did", "why", "is", "are", "does", "was"];
    let vague =
        ["something", "anything", "better", "fix", "improve", "rethink", "tweak", "adjust", "overhaul"];
    let too = (0..sheet.len())
        .any(|i| sheet.word(i) == "too" && sheet.is(i + 1, &["much", "little", "high", "low"]));
    !sheet.is(0, &asks) && (too || sheet.has(&vague))
}

/// "Do something about the Controller Rebate": of what and by how much is to be said.
fn ask_change(reader: &Reader<'_>, board: &mut Board) {
    let (mut desk, _) = reader.recognise_all();
    let question = "What should change of it, by how much or to what? Ask it again with the change";
    desk.ask("options[0].levers[0].operation", question.to_owned(), vec![]);
    board.take(desk);
}

/// "What did we pay out on it last quarter?"
fn spent(sheet: &Sheet<'_>) -> bool {
    let asks = sheet.is(0, &["what", "how"]) && !sheet.has(&["if", "would", "suppose"]);
    let past = |i: usize| {
        sheet.follows(i, &["did", "we"]) && sheet.is(i + 2, &["pay", "spend", "accrue"])
            || sheet.follows(i, &["have", "we"]) && sheet.is(i + 2, &["paid", "spent", "accrued"])
    };
    asks && (0..sheet.len()).any(past)
}

fn stop(reader: &Reader<'_>, board: &mut Board, code: &str, message: &str, hint: &str, outside: bool) {
    let (mut desk, _) = reader.recognise_all();
    if outside {
        desk.outside(code, message.to_owned(), hint);
    } else {
        desk.fail(code, "question", message.to_owned(), hint);
    }
    board.take(desk);
}

fn changes_nothing(survey: &Survey<'_>) -> bool {
    let needs = survey.sheet.has(&["need", "needs", "needed", "must"])
        && survey.sheet.has(&["registration"])
        && survey.has(Slot::Program, &(0..survey.sheet.len()));
    let switched =
        needs || survey.sheet.has(&["marginal", "retroactive", "only", "existing", "repeat", "returning"]);
    let parts = &survey.parts;
    let launches = super::launch::is_launch(&survey.sheet, parts);
    // "a bit higher", "more generous": by how much is to be asked.
    let vague = (0..survey.sheet.len()).any(|i| {
        survey.sheet.free(i)
            && (survey
                .sheet
                .is(i, &["higher", "richer", "bigger", "lower", "smaller", "generous", "attractive"]))
    });
    // "change the Product X SPIFF": to what is to be asked.
    let set = parts.ops.iter().any(|o| o.verb == Verb::Set && o.at.start < 3)
        && !survey.sheet.is(0, &["what", "how", "which", "when", "who", "did", "why"]);
    let vague =
        (vague || set || introduces(&survey.sheet)) && survey.has(Slot::Program, &(0..survey.sheet.len()));
    !switched
        && !vague
        && !launches
        && parts.numbers.is_empty()
        && parts.ops.iter().all(|o| matches!(o.verb, Verb::Be | Verb::Set))
}

/// "We need a cap on it", "put a minimum on …": a term that is to come, without its figure.
fn introduces(sheet: &Sheet<'_>) -> bool {
    const VERBS: &[&str] = &[
        "need",
        "want",
        "put",
        "add",
        "introduce",
        "set",
        "have",
        "with",
        "had",
        "give",
        "try",
        "like",
        "place",
    ];
    (0..sheet.len()).any(|i| {
        let term = sheet
            .skip(i + 1, &["new", "monthly", "quarterly", "partner", "program", "total", "overall", "deal"]);
        let named = sheet.is(term, lexicon::CAP)
            || sheet.is(term, lexicon::BUDGET)
            || sheet.is(term, &["minimum", "floor", "target", "threshold", "accelerator", "override"]);
        let first = !sheet.is(0, &["what's", "which", "who", "does", "is", "how"]);
        sheet.is(i, &["a", "an", "some"]) && named && first && i > 0 && sheet.is(i - 1, VERBS)
    })
}

fn beyond(survey: &Survey<'_>) -> Option<Beyond> {
    let found = Found { mentions: &survey.parts.mentions, ops: &survey.parts.ops };
    let sheet = &survey.sheet;
    if price(sheet, &found) {
        Some(PRICE)
    } else if goal::find(survey).is_none() && condition(sheet, &found) {
        Some(CONDITION)
    } else if !about_program(sheet, found.mentions) && follow_up(sheet)
        || followup::repeats(survey) && survey.parts.numbers.is_empty() && found.ops.is_empty()
    {
        Some(FOLLOW_UP)
    } else {
        None
    }
}

/// Whether the question looks back: "what if we had", "would have".
pub(crate) fn looks_back(sheet: &Sheet<'_>) -> bool {
    let said = |i: usize| {
        sheet.follows(i, &["looking", "back"]) || sheet.is(i, &["hindsight", "retrospect", "retrospectively"])
    };
    if (0..sheet.len()).any(said) {
        return true;
    }
    (0..sheet.len()).any(|i| {
        // "we had lunch" looks back at nothing.
        let done = |k: usize| {
            sheet.word(k).ends_with("ed")
                || sheet.is(
                    k,
                    &[
                        "been", "paid", "set", "kept", "run", "cut", "put", "given", "gone", "made", "left",
                        "let", "not", "only", "had", "got", "never",
                    ],
                )
        };
        let opens = sheet
            .is(i.wrapping_sub(2), &["if", "suppose", "supposing", "imagine", "assume", "assuming", "wish"])
            || sheet.is(i.wrapping_sub(1), &["if", "suppose", "supposing", "imagine"])
            || i == 0;
        // "Had a coffee with two of them": something that was had.
        let thing = sheet
            .is(i + 1, &["a", "an", "some", "another", "my", "lunch", "coffee", "dinner", "drinks"])
            && !(i.saturating_sub(4)..i)
                .any(|k| sheet.is(k, &["if", "suppose", "supposing", "imagine", "wish"]));
        let had = sheet.word(i) == "had"
            && !thing
            && !sheet.is(i + 1, &["better", "to"])
            && (opens
                || (i + 1..(i + 8).min(sheet.len())).any(done)
                || (0..i).any(|k| sheet.is(k, &["if", "what"])));
        let would = sheet.is(i, &["would", "could", "should"])
            && (i + 1..(i + 12).min(sheet.len())).any(|k| {
                // "would 7% on the Care Plan have done": far from its verb, a participle tells.
                let done = sheet.word(k + 1).ends_with("ed")
                    || sheet.is(k + 1, &["been", "done", "cost", "brought", "got", "given", "meant"]);
                (k < i + 7 || done)
                    && sheet.word(k) == "have"
                    && !sheet.is(k + 1, &["to", "a", "the", "on", "an", "any"])
            });
        had || would
    })
}

fn about_program(sheet: &Sheet<'_>, mentions: &[Mention]) -> bool {
    mentions.iter().any(|m| m.program().is_some() || m.is_product())
        || (0..sheet.len()).any(|i| sheet.free(i) && lexicon::kind(sheet.word(i)).is_some())
}

fn price(sheet: &Sheet<'_>, found: &Found<'_>) -> bool {
    let moves = found.ops.iter().any(|o| o.verb != Verb::Be);
    let kind = (0..sheet.len()).any(|i| lexicon::kind(sheet.word(i)).is_some())
        || found.mentions.iter().any(|m| m.program().is_some());
    moves && !kind && sheet.has(&["price", "prices", "pricing", "discount", "discounts"])
}

/// A clause that makes the change depend on something: "if sales drop", "when
/// units exceed 100". The clause that holds the change itself is no condition.
fn condition(sheet: &Sheet<'_>, found: &Found<'_>) -> bool {
    let markers = ["if", "when", "unless", "once", "provided", "assuming", "whenever"];
    let lever = |range: std::ops::Range<usize>| {
        let program = found
            .mentions
            .iter()
            .any(|m| range.contains(&m.at.start) && (m.program().is_some() || m.is_product()));
        program || range.clone().any(|i| sheet.free(i) && lexicon::kind(sheet.word(i)).is_some())
    };
    (0..sheet.len()).any(|i| {
        let asks_when = i == 0
            && sheet.word(i) == "when"
            && sheet.is(1, &["does", "do", "did", "is", "will", "would", "was", "are"]);
        if asks_when || matches!(sheet.uses[i], Use::Name | Use::Idle) || !sheet.is(i, &markers) {
            return false;
        }
        // "What if it were …": the change itself.
        if sheet.word(i) == "if"
            && sheet.is(i.wrapping_sub(1), &["what", "see", "wonder", "wondering", "happens", "but"])
        {
            return false;
        }
        let end = (i + 1..sheet.len())
            .find(|k| sheet.is(*k, &[",", ";"]) && sheet.uses[*k] != Use::Period || sheet.is(*k, &markers))
            .unwrap_or(sheet.len());
        // "… what would we see if it paid 1.25%": the change itself, the only figure.
        let figure = |mut r: std::ops::Range<usize>| r.any(|k| sheet.uses[k] == Use::Number);
        let pronoun = sheet.is(i + 1, &["it", "they", "that", "this", "we"]);
        let moved = found.ops.iter().any(|o| (o.at.start < i || o.at.start >= end) && o.verb != Verb::Be);
        // "what happens to its uptake if we raise it": the change itself, about what was named.
        let moves = found.ops.iter().any(|o| (i + 1..end).contains(&o.at.start) && o.verb != Verb::Be);
        let named = (i + 1..end).any(|k| sheet.is(k, &["it", "that", "them"]));
        if sheet.word(i) == "if" && moves && named && !moved && !figure(0..i) && !figure(end..sheet.len()) {
            return false;
        }
        if sheet.word(i) == "if"
            && pronoun
            && figure(i + 1..end)
            && !figure(0..i)
            && !figure(end..sheet.len())
            && !moved
        {
            return false;
        }
        let outside = lever(0..i) || lever(end..sheet.len());
        !lever(i + 1..end) && outside && end > i + 1
    }) || (0..sheet.len())
        .any(|i| sheet.is(i, &["unless", "provided", "depending"]) && sheet.uses[i] != Use::Idle)
}

fn follow_up(sheet: &Sheet<'_>) -> bool {
    sheet.is(0, &["and", "also", "now", "but", "same", "then", "instead", "only"])
        || sheet.follows(0, &["what", "about"])
        || sheet.follows(0, &["how", "about"])
        || sheet.follows(0, &["the", "same"])
}
