//! Sentences beside the question that have figures or times of their own: "We lost 3
//! deals last week.", "Revenue was down 12%.", "I have 5 minutes". They are left out,
//! and listed as not used, only where every figure in them plainly belongs to
//! something else and the rest asks for a change by itself.

use std::ops::Range;

mod context;
mod opinions;
mod scene;

use super::sheet::Sheet;
use super::token::{Kind, Token};
use super::{clauses, frame, lexicon};

/// What is measured, as the subject of such a sentence.
const MEASURED: &[&str] = &[
    "share",
    "attach",
    "pipeline",
    "bookings",
    "results",
    "numbers",
    "business",
    "quarter",
    "month",
    "year",
    "growth",
    "rates",
    "income",
    "ebit",
    "ebitda",
    "inventory",
    "stock",
    "churn",
    "wins",
    "shipments",
    "orders",
    "deals",
    "demand",
    "number",
    "count",
    "headcount",
    "team",
    "kickoff",
];
/// Others than the company.
const OTHERS: &[&str] =
    &["competitor", "competitors", "competition", "competitor's", "rival", "rivals", "theirs", "elsewhere"];
/// Words that name a place or a thing by a number.
const LABELS: &[&str] = &[
    "slide", "page", "item", "ticket", "room", "version", "chapter", "point", "agenda", "case", "line", "#",
];
/// What a sum of money was or is to be, beside any program.
const SUMS: &[&str] = &[
    "save", "saving", "saved", "spend", "spent", "lost", "lose", "losing", "cost", "made", "owe", "invested",
];
/// Nouns that are counted, beside those that nobody knows.
const COUNTED: &[&str] = &[
    "deal",
    "deals",
    "partners",
    "accounts",
    "customers",
    "customer",
    "people",
    "orders",
    "sales",
    "times",
    "minutes",
    "hours",
    "companies",
    "firms",
    "members",
    "colleagues",
    "meetings",
    "years",
    "weeks",
    "months",
    "days",
    "quarters",
    "things",
    "questions",
    "guys",
    "folks",
    "countries",
    "stores",
    "slides",
    "reps",
    "rep",
    "heads",
    "employees",
    "staff",
    "bars",
    "emails",
    "mails",
    "calls",
    "tickets",
    "units",
    "boxes",
    "offices",
    "hires",
    "kids",
    "coffees",
    "pumps",
    "licences",
    "licenses",
    "seats",
    "leads",
];
/// Words of a wish or a limit: what they say of a figure may be meant for the answer.
const WISHES: &[&str] = &[
    "must",
    "should",
    "shall",
    "keep",
    "keeping",
    "stay",
    "stays",
    "least",
    "most",
    "under",
    "below",
    "above",
    "within",
    "exceed",
    "exceeding",
    "max",
    "maximum",
    "minimum",
    "without",
    "unless",
    "only",
    "if",
    "suppose",
    "what",
    "reach",
    "hit",
    "aim",
    "instead",
    "rather",
    "either",
    "let's",
    "lets",
];

/// "Re: incentive review 2026 —", "Subject: …": the head of a mail.
fn heads(sheet: &Sheet<'_>, all: &[Range<usize>]) -> Vec<Range<usize>> {
    let head = |at: &Range<usize>| at.len() == 1 && sheet.is(at.start, &["re", "subject", "fwd", "fw"]);
    all.windows(2)
        .filter(|w| head(&w[0]) && w[1].start == w[0].end + 1)
        .map(|w| w[0].start..w[1].end)
        .collect()
}

/// Takes such sentences out of a question; what was taken out, in its order.
pub(crate) fn drop(sheet: &mut Sheet<'_>) -> Vec<Token> {
    let all = clauses::clauses(sheet);
    let apart = |at: &&Range<usize>| {
        tells(sheet, at)
            || opinions::judges(sheet, at)
            || opinions::repeats(sheet, at)
            || context::sets(sheet, at)
    };
    let mut beside: Vec<Range<usize>> = all.iter().filter(apart).cloned().collect();
    beside.extend(heads(sheet, &all));
    let inside = |i: usize| beside.iter().any(|at| at.contains(&i));
    let scene = if names_a_stranger(sheet) { Vec::new() } else { scene::left_out(sheet) };
    let told: Vec<Range<usize>> = scene.into_iter().filter(|at| !inside(at.start)).collect();
    beside.extend(told);
    if beside.is_empty() {
        return Vec::new();
    }
    let inside = |i: usize| beside.iter().any(|at| at.contains(&i));
    let rest: Vec<usize> = (0..sheet.len()).filter(|i| !inside(*i)).collect();
    if !asks_for_a_change(sheet, &rest) {
        return Vec::new();
    }
    let left: Vec<bool> = (0..sheet.len()).map(inside).collect();
    let (mut out, mut kept) = (Vec::new(), Vec::new());
    for (token, aside) in std::mem::take(&mut sheet.tokens).into_iter().zip(left) {
        if aside { out.push(token) } else { kept.push(token) }
    }
    // "…, so raise it": the joint is left in front.
    let opens =
        |t: &Token| t.kind == Kind::Symbol && !matches!(t.text.as_str(), "$" | "€" | "£" | "+" | "-" | "#");
    while kept.first().is_some_and(opens) {
        kept.remove(0);
    }
    sheet.uses = vec![super::sheet::Use::Free; kept.len()];
    sheet.tokens = kept;
    out
}

/// "… for zorpian partners", "but not Zorpia": whoever that is, nothing is left out that
/// may say so, and no draft without it is right.
pub(crate) fn names_a_stranger(sheet: &Sheet<'_>) -> bool {
    (0..sheet.len()).any(|i| {
        let before = (0..i).rev().find(|k| !sheet.is(*k, &["the", "our", "all", "any"]));
        let led = before.is_some_and(|k| sheet.is(k, &["for", "except", "only", "not"]));
        let turned = before.is_some_and(|k| sheet.is(k, &["except", "only", "not"]));
        let someone = sheet.is(i + 1, lexicon::PARTNER_NOUNS) || turned && sheet.tokens[i].name_like;
        sheet.unknown(i) && !frame::named(sheet, i) && led && someone
    })
}

/// Whether what is left names a program and moves it.
fn asks_for_a_change(sheet: &Sheet<'_>, rest: &[usize]) -> bool {
    let named = rest.iter().any(|i| {
        matches!(lexicon::kind(sheet.word(*i)), Some(Some(_))) || sheet.names.words.contains(sheet.word(*i))
    });
    named && rest.iter().any(|i| moves(sheet, *i))
}

/// A figure, a verb or a word that by itself moves something.
fn moves(sheet: &Sheet<'_>, i: usize) -> bool {
    let verb = lexicon::mover(sheet.word(i)) || sheet.is(i, &["no", "without"]);
    sheet.is_number(i) || verb || number_word(sheet, i) || switches(sheet, i)
}

/// A word that by itself moves a term from one state to the other.
fn switches(sheet: &Sheet<'_>, i: usize) -> bool {
    sheet.is(i, &["existing", "eligible", "optional", "required", "retroactive", "marginal", "repeat"])
}

fn number_word(sheet: &Sheet<'_>, i: usize) -> bool {
    let vague = ["one", "bit", "little", "lot", "few", "some", "couple", "several", "slightly", "somewhat"];
    lexicon::NUMBER_WORDS.contains(&sheet.word(i)) && !sheet.is(i, &vague)
}

/// Whether a clause only tells something: it speaks, has a figure or a past time of its
/// own, names no program and wishes for nothing.
fn tells(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    let figures: Vec<usize> = at.clone().filter(|i| sheet.is_number(*i) || number_word(sheet, *i)).collect();
    // "… we, in October, November and December, raise": a time alone tells nothing.
    let times = clauses::past(sheet, at);
    let speaks = clauses::speaks(sheet, at) || clauses::reason_at(sheet, at.start);
    let subject = measured(sheet, at);
    const PAYS: &[&str] = &["pays", "pay", "offers", "offer", "gives", "raised", "upped", "cut"];
    let others =
        at.clone().any(|i| sheet.is(i, OTHERS)) || sheet.unknown(at.start) && sheet.is(at.start + 1, PAYS);
    if !(speaks || others) || (figures.is_empty() && !times) || clauses::asks(sheet, at) && subject.is_none()
    {
        return false;
    }
    let program = at.clone().any(|i| {
        lexicon::kind(sheet.word(i)).is_some_and(|_| sheet.word(i) != "growth" && sheet.word(i) != "plan")
            || lexicon::CAP.contains(&sheet.word(i))
            || lexicon::BUDGET.contains(&sheet.word(i))
            || sheet.is(i, &["tier", "tiers", "threshold", "accelerator", "override"])
    });
    let named = at.clone().any(|i| frame::named(sheet, i));
    // "I only have 5 minutes" wishes for nothing.
    let have = |i: usize| sheet.word(i) == "only" && sheet.is(i + 1, &["have", "got", "had"]);
    let wishes = at.clone().any(|i| sheet.is(i, WISHES) && !have(i));
    // "I want 10% more units": what is to be reached.
    let aims = at.clone().any(|i| sheet.is(i, &["want", "wants", "need", "needs", "like"]))
        && at.clone().any(|i| sheet.is(i, lexicon::METRIC))
        && !at.clone().any(|i| sheet.is(i, &["save", "saving"]));
    if aims {
        return false;
    }
    let happened = clauses::past(sheet, at);
    if program || wishes || named && !(subject.is_some() && happened) {
        return false;
    }
    let moves = at.clone().any(|i| {
        let noun = sheet.is(i.wrapping_sub(1), &["price", "prices", "tax", "cost", "wage", "tariff", "rate"]);
        lexicon::mover(sheet.word(i))
            && !noun
            && !clauses::past(sheet, &(i..i + 1))
            && subject.is_none_or(|s| s >= i)
    });
    if moves && !others {
        return false;
    }
    // "It was 40 last year": what "it" was is for the change to say.
    let first = sheet.skip(at.start, &["and", "so", "but", "then", "well", "now"]);
    let it = (first..first + 2).any(|i| sheet.is(i, &["it", "that", "that's", "this", "it's", "they"]))
        && !figures.is_empty();
    let dated = figures.iter().all(|i| year(sheet, *i));
    if it && !dated && !others {
        return false;
    }
    figures.iter().all(|i| others || elsewhere(sheet, at, *i, subject))
}

/// The subject, where it is something measured: "sales", "our market share".
fn measured(sheet: &Sheet<'_>, at: &Range<usize>) -> Option<usize> {
    let verb = at.clone().find(|i| clauses::speaks(sheet, &(*i..*i + 1)) && !sheet.is(*i, &["we", "our"]))?;
    (at.start..verb)
        .find(|i| sheet.is(*i, lexicon::METRIC) || sheet.is(*i, MEASURED) || sheet.is(*i, &["target"]))
}

fn year(sheet: &Sheet<'_>, i: usize) -> bool {
    sheet.is_number(i) && sheet.word(i).len() == 4 && sheet.word(i).starts_with("20")
}

/// Whether a figure plainly belongs to something that no program pays.
fn elsewhere(sheet: &Sheet<'_>, at: &Range<usize>, i: usize, subject: Option<usize>) -> bool {
    let mut end = i + 1;
    while at.contains(&end)
        && (number_word(sheet, end)
            || sheet.is(end, &["k", "m", "%", "percent", "th", "st", "nd", "rd", "-", "or"])
            || sheet.is_number(end))
    {
        end += 1;
    }
    let end = sheet.skip(
        end,
        &[
            "new",
            "big",
            "more",
            "different",
            "of",
            "our",
            "their",
            "the",
            "large",
            "small",
            "good",
            "extra",
            "other",
        ],
    );
    let word = sheet.word(end);
    let thing = sheet.is_word(end)
        && (!lexicon::working(word) || lexicon::COMMON.contains(&word))
        && !lexicon::filler(word);
    let noun = at.contains(&end) && (sheet.is(end, COUNTED) || thing);
    let clock = sheet.is(i + 1, &["am", "pm", "o'clock"]) || sheet.before(i) == ":";
    let label = sheet.is(i.wrapping_sub(1), LABELS);
    let sum = (i.saturating_sub(4).max(at.start)..i).any(|k| sheet.is(k, SUMS));
    let of_subject = subject.is_some_and(|s| s < i);
    noun || clock
        || label
        || sum
        || of_subject
        || year(sheet, i)
        || frame::time(sheet, i)
        || frame::time(sheet, i + 1)
}
