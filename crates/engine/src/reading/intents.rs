//! Questions that are understood and not answered yet: each is told apart from a
//! single change, so that none is mistaken for one. Says what a question is;
//! drafts for these are to be made here, one intent at a time.

use super::lexicon;
use super::names::Mention;
use super::numbers::Number;
use super::operations::{Op, Verb};
use super::periods::PeriodMark;
use super::sheet::{Sheet, Use};

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

const fn beyond(code: &'static str, message: &'static str, hint: &'static str) -> Beyond {
    Beyond { code, message, hint }
}

const EARNINGS: Beyond = beyond(
    "earnings",
    "This asks about a partner's own earnings",
    "Use the earnings page or `spiffcast earnings --partner ID`",
);
const GOAL: Beyond = beyond(
    "goal_seek",
    "This asks for the value that reaches a goal",
    "Ask about one value at a time, such as \"raise it 5%\"",
);
const SWEEP: Beyond = beyond("sweep", "This asks about a range of values", "Ask about one value at a time");
const COMPARE: Beyond = beyond("compare", "This compares several options", "Ask about one option at a time");
const HINDCAST: Beyond = beyond(
    "hindcast",
    "This asks what would have happened in the past",
    "Ask about a period that ends today or later",
);
const LAUNCH: Beyond =
    beyond("launch", "This asks about a new program", "Ask about a change of an existing program");
const PRICE: Beyond = beyond(
    "not_a_lever",
    "This changes a price or a discount, which is not part of an incentive program",
    "Ask about a rate, a cap, a budget or another term of a program",
);
const CONDITION: Beyond =
    beyond("condition", "The change depends on a condition", "Ask about the change without the condition");
const FOLLOW_UP: Beyond = beyond(
    "follow_up",
    "This refers to an earlier question",
    "Ask it in full: which program, what change, when",
);
const LOOKUP: Beyond = beyond(
    "lookup",
    "This asks what the rules say, and changes nothing",
    "Open the program's page to read its clauses",
);

/// What the recognisers have found so far.
pub(crate) struct Found<'a> {
    pub mentions: &'a [Mention],
    pub numbers: &'a [Number],
    pub periods: &'a [PeriodMark],
    pub ops: &'a [Op],
}

/// The intent beyond a single change, if it is one.
pub(crate) fn beyond_one_change(sheet: &Sheet<'_>, found: &Found<'_>, past: bool) -> Option<Beyond> {
    let about = about_program(sheet, found.mentions);
    let checks: [(bool, Beyond); 9] = [
        (earnings(sheet), EARNINGS),
        (goal(sheet), GOAL),
        (sweep(sheet, found), SWEEP),
        (compare(sheet, found), COMPARE),
        (past, HINDCAST),
        (launch(sheet), LAUNCH),
        (price(sheet, found), PRICE),
        (condition(sheet, found), CONDITION),
        (!about && follow_up(sheet), FOLLOW_UP),
    ];
    let first = checks.into_iter().find(|(is, _)| *is).map(|(_, beyond)| beyond);
    first.or_else(|| (about && lookup(sheet, found)).then_some(LOOKUP))
}

/// Whether the question looks back: "what if we had", "would have".
pub(crate) fn looks_back(sheet: &Sheet<'_>) -> bool {
    (0..sheet.len()).any(|i| {
        let had = sheet.word(i) == "had" && !sheet.is(i + 1, &["better", "to"]);
        let would = sheet.is(i, &["would", "could", "should"])
            && sheet.word(sheet.skip(i + 1, &["we", "it", "sales", "revenue", "that"])) == "have";
        had || would && !sheet.is(i + 2, &["to"])
    })
}

fn about_program(sheet: &Sheet<'_>, mentions: &[Mention]) -> bool {
    mentions.iter().any(|m| m.program().is_some() || m.is_product())
        || (0..sheet.len()).any(|i| sheet.free(i) && lexicon::kind(sheet.word(i)).is_some())
}

fn earnings(sheet: &Sheet<'_>) -> bool {
    let first_person = |i: usize| sheet.is(i, &["i", "i'll", "i'd", "my"]);
    let own = (0..sheet.len()).any(|i| {
        first_person(i)
            && (i + 1..(i + 4).min(sheet.len())).any(|k| {
                sheet.is(
                    k,
                    &[
                        "earn",
                        "earned",
                        "earning",
                        "earnings",
                        "sell",
                        "sold",
                        "paid",
                        "payout",
                        "payouts",
                        "commission",
                        "make",
                    ],
                )
            })
    });
    own || sheet.has(&["i"])
        && (sheet.has(&["earn", "far"]) || (0..sheet.len()).any(|i| sheet.follows(i, &["next", "tier"])))
}

fn goal(sheet: &Sheet<'_>) -> bool {
    let limits = (0..sheet.len()).any(|i| {
        sheet.is(i, &["keep", "keeping", "stay", "staying", "while"])
            && (i..(i + 6).min(sheet.len()))
                .any(|k| sheet.is(k, &["under", "below", "within", "above", "over"]))
    });
    let even = (0..sheet.len()).any(|i| {
        sheet.follows(i, &["break", "even"])
            || sheet.is(i, &["breakeven"])
            || sheet.follows(i, &["break", "-", "even"])
    });
    let best = sheet
        .has(&["maximize", "maximise", "minimize", "minimise", "optimal", "optimize", "optimise"])
        || (0..sheet.len())
            .any(|i| sheet.word(i) == "best" && (i..i + 3).any(|k| sheet.is(k, lexicon::RATE)));
    let how_far = (0..sheet.len()).any(|i| {
        sheet.word(i) == "how"
            && (sheet.is(i + 1, &["high", "low", "far"])
                || sheet.is(i + 1, &["much", "many"])
                    && sheet.is(i + 2, &["should", "must", "can", "do"])
                    && sheet.is(i + 3, &["we", "i", "the"]))
    });
    let which = (0..sheet.len()).any(|i| {
        sheet.is(i, &["what", "which"])
            && (i + 1..(i + 8).min(sheet.len())).any(|k| {
                sheet.is(
                    k,
                    &[
                        "gets",
                        "get",
                        "gives",
                        "achieves",
                        "achieve",
                        "reaches",
                        "reach",
                        "needed",
                        "maximizes",
                        "delivers",
                        "need",
                        "brings",
                    ],
                )
            })
            && (i + 1..(i + 7).min(sheet.len()))
                .any(|k| sheet.is(k, lexicon::RATE) || sheet.is(k, &["increase", "cap", "budget"]))
            && !sheet.is(i + 1, &["if", "happens", "would", "do", "does", "will"])
    });
    limits || even || best || how_far || which
}

fn sweep(sheet: &Sheet<'_>, found: &Found<'_>) -> bool {
    let steps = (0..sheet.len()).any(|i| {
        sheet.follows(i, &["in", "steps"])
            || sheet.follows(i, &["steps", "of"])
            || sheet.follows(i, &["in", "increments"])
    });
    let ranged = found.numbers.windows(2).any(|pair| {
        let (a, b) = (&pair[0], &pair[1]);
        let link = a.at.end..b.at.start;
        let led = |word: &str| a.at.start > 0 && sheet.word(a.at.start - 1) == word;
        let one = link.len() == 1;
        (one && sheet.is(link.start, &["-", "–", "—"]))
            || (one && sheet.word(link.start) == "to" && !led("from"))
            || (one && sheet.word(link.start) == "and" && led("between"))
            // "5-10%": the hyphen was taken for a sign.
            || (link.is_empty() && b.sign == Some(false))
    });
    steps || ranged
}

fn compare(sheet: &Sheet<'_>, found: &Found<'_>) -> bool {
    let words =
        ["compare", "compared", "comparing", "comparison", "versus", "vs", "against", "better", "worse"];
    if sheet.has(&words) {
        return true;
    }
    (0..sheet.len()).any(|i| {
        if !sheet.free(i) || sheet.word(i) != "or" {
            return false;
        }
        let next = sheet.skip(
            i + 1,
            &["by", "to", "the", "a", "at", "in", "for", "maybe", "even", "just", "rather", "should", "we"],
        );
        let number = found.numbers.iter().any(|n| n.at.contains(&next));
        let period = found.periods.iter().any(|p| p.at.contains(&next));
        let program =
            found.mentions.iter().any(|m| m.at.contains(&next) && (m.program().is_some() || m.is_product()));
        let verb = found.ops.iter().any(|o| o.at.contains(&next) && o.verb != Verb::Be);
        number || period || program || verb || lexicon::kind(sheet.word(next)).is_some()
    }) || (sheet.is(0, &["should"]) && sheet.has(&["or"]))
}

fn launch(sheet: &Sheet<'_>) -> bool {
    let kind = |i: usize| lexicon::kind(sheet.word(i)).is_some();
    (0..sheet.len()).any(|i| {
        let new = sheet.free(i) && sheet.word(i) == "new" && (i + 1..(i + 5).min(sheet.len())).any(kind);
        let start = sheet.free(i)
            && sheet.is(i, lexicon::LAUNCH)
            && sheet.is(i + 1, &["a", "an", "another", "new", "some"])
            && (i + 1..(i + 7).min(sheet.len())).any(kind);
        new || start
    })
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
        if !(sheet.uses[i] != Use::Name && sheet.is(i, &markers)) || (i == 0 && sheet.word(i) == "when") {
            return false;
        }
        let end = (i + 1..sheet.len())
            .find(|k| sheet.is(*k, &[",", ";"]) || sheet.is(*k, &markers))
            .unwrap_or(sheet.len());
        let outside = lever(0..i) || lever(end..sheet.len());
        !lever(i + 1..end) && outside && end > i + 1
    }) || sheet.has(&["unless", "provided", "depending"])
}

fn follow_up(sheet: &Sheet<'_>) -> bool {
    sheet.is(0, &["and", "also", "now", "but", "same", "then", "instead", "only"])
        || sheet.follows(0, &["what", "about"])
        || sheet.follows(0, &["how", "about"])
        || sheet.follows(0, &["the", "same"])
}

fn lookup(sheet: &Sheet<'_>, found: &Found<'_>) -> bool {
    let asks = sheet.is(
        0,
        &[
            "who", "which", "what", "what's", "when", "where", "is", "are", "does", "do", "how", "can",
            "explain", "describe",
        ],
    );
    let supposes = sheet.has(&["if", "happens", "happen", "suppose"]);
    let moves = found.ops.iter().any(|o| !matches!(o.verb, Verb::Be | Verb::Include | Verb::Exclude));
    asks && !supposes && !moves && found.numbers.is_empty()
}
