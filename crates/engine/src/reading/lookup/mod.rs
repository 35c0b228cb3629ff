//! Questions about the rules, which change nothing: who is eligible, what a cap is,
//! when a program ends. Answered elsewhere, by citing clauses.

use crate::scenario::{Audience, Draft, Intent, Lookup, Period};

use crate::reading::assemble::Parts;
use crate::reading::board::Board;
use crate::reading::names::{Entity, Mention};
use crate::reading::operations::Verb;
use crate::reading::programs::{self, Found};
use crate::reading::reader::Reader;
use crate::reading::sheet::{Sheet, Use};
use crate::reading::splitting::{Slot, Survey};
use crate::reading::subject;
use crate::reading::terms;
use crate::reading::{clauses, goal, lexicon};

mod about;

use about::{DURATION, ELIGIBLE, RATES, RETURNS, about, claims};

const ASKS: &[&str] = &[
    "who",
    "which",
    "what",
    "what's",
    "whats",
    "there",
    "when",
    "where",
    "is",
    "are",
    "does",
    "do",
    "did",
    "how",
    "can",
    "explain",
    "describe",
    "until",
    "tell",
    "show",
    "may",
    "whose",
    "summarise",
    "summarize",
    "remind",
    "till",
];

/// Whether the question asks what the rules say.
pub(crate) fn is_lookup(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let whole = 0..sheet.len();
    let first = sheet.skip(0, &["so", "and", "hi", "hey", "hello", ",", "can", "you", "could", "me", "by"]);
    let sums_up =
        sheet.is(first, &["sum", "summary", "rules"]) || sheet.follows(first, &["tell", "me", "about"]);
    // "do the same for …": an order.
    if crate::reading::followup::repeats(survey) {
        return false;
    }
    // "It is allowed that … ?"
    let whether = sheet.follows(first, &["it", "is"])
        && sheet.is(first + 2, &["allowed", "permitted", "true", "correct", "right"])
        && sheet.tokens.last().is_some_and(|t| t.text == "?");
    let asks = sheet.is(first, ASKS) || sheet.is(0, ASKS) || sums_up || whether || asks_behind(survey);
    // "Can we let … in?" asks what would happen; "can … join?" what the rules say.
    let ours =
        (0..2).any(|i| sheet.is(i, &["can", "could", "should", "may"]) && sheet.is(i + 1, &["we", "i"]));
    let lets = survey.parts.ops.iter().any(|o| matches!(o.verb, Verb::Include | Verb::Exclude));
    if ours && lets {
        return false;
    }
    let terse =
        sheet.tokens.last().is_some_and(|t| t.text == "?") && sheet.len() <= 10 && about(survey) != "other";
    // "If a customer sends goods back, …": what the rules say of it.
    let returns = about(survey) == "returns" && !survey.has(Slot::Number, &whole);
    let asks = asks || returns && sheet.is(0, &["if", "when"]);
    let supposes = sheet.has(&["if"]) && !returns
        || sheet.has(&[
            "suppose",
            "supposing",
            "imagine",
            "were",
            "better",
            "worse",
            "compare",
            "versus",
            "vs",
            "without",
            "would",
        ]);
    // "reported 40 days after": a time, no amount.
    let days = |n: &super::numbers::Number| sheet.is(n.at.end, &["day", "days", "week", "weeks", "months"]);
    let amounts = survey.parts.numbers.iter().any(|n| !days(n)) && survey.has(Slot::Number, &whole);
    // "Does a return reduce what was paid?", "can a claim still be made?"
    let told = returns || about(survey) == "other" && claims(sheet);
    let moves = survey.parts.ops.iter().any(|o| {
        let quiet = told && matches!(o.verb, Verb::Down | Verb::Remove | Verb::Set)
            || matches!(o.verb, Verb::Be | Verb::Include | Verb::Exclude | Verb::Require)
            || o.verb == Verb::Restrict
                && sheet.is(
                    o.at.start.wrapping_sub(1),
                    &["the", "a", "monthly", "quarterly", "partner", "any", "what", "which", "deal", "our"],
                )
            || sheet.follows(o.at.start, &["add", "up"])
            || sheet.before(o.at.start) == "add"
            || sheet.is(o.at.start, &["end", "ended", "stopped", "ends", "start", "keep", "take", "takes"]);
        !quiet
    });
    let program = survey.has(Slot::Program, &whole);
    let broad = (0..sheet.len()).any(|i| sheet.is(i, lexicon::GENERIC)) || survey.has(Slot::Product, &whole);
    let rules = about(survey) != "other" && broad;
    (asks || terse)
        && goal::find(survey).is_none()
        && !supposes
        && !amounts
        && !moves
        && (program || rules)
        && !outcome(survey)
}

/// "Product X SPIFF - what's the monthly max?": the question begins behind what it is about.
fn asks_behind(survey: &Survey<'_>) -> bool {
    const OPENS: &[&str] =
        &["what", "what's", "whats", "who", "when", "which", "is", "are", "does", "do", "how"];
    let sheet = &survey.sheet;
    let begins = |i: usize| {
        let cut = sheet.is(i - 1, &[":", ",", ".", "—", "–"]) || clauses::dash(sheet, i - 1);
        cut && sheet.is(i, OPENS)
            && !sheet.is(i + 1, &["if", "about", "happens", "you", "we", "comes", "would", "will"])
    };
    let still = survey.parts.ops.iter().all(|o| o.verb == Verb::Be);
    still && about(survey) != "other" && (1..sheet.len()).any(begins)
}

/// "forecast revenue", "why did sales fall": about what happens, not about rules.
fn outcome(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let metrics = [
        "sales", "revenue", "revenues", "margin", "margins", "roi", "profit", "uptake", "cost", "costs",
        "save", "saves", "saved",
    ];
    sheet.has(&metrics) && !sheet.has(&["count", "counts", "qualify", "eligible"]) && !claims(sheet)
        || sheet.is(0, &["why"])
}

/// The draft of such a question.
pub(crate) fn read(reader: &Reader<'_>, survey: &Survey<'_>, board: &mut Board) -> Option<Draft> {
    let (mut desk, parts) = reader.recognise_all();
    let Parts { mut mentions, ops, periods, .. } = parts;
    let about = about(survey);
    let at = words(&desk.sheet);
    let span = desk.almanac.default_quarter().0;
    let said = terms::find(&mut desk.sheet);
    for op in ops {
        desk.sheet.claim(op.at, Use::Lever);
    }
    for mark in &periods {
        desk.said("period", mark.at.clone());
    }
    let people: Vec<_> =
        mentions.iter().filter(|m| m.has(|e| matches!(e, Entity::Partner(_)))).cloned().collect();
    let found = programs::resolve(&mut desk.sheet, &mut mentions, false);
    let named =
        survey.has(Slot::Program, &(0..survey.sheet.len())) && !broad_only(survey) || kind_said(&desk.sheet);
    desk.path = "lookup".to_owned();
    let programs = match found {
        Found::Nothing => Some(Vec::new()),
        Found::Fits { .. } | Found::Unknown { .. } if !named => Some(Vec::new()),
        // "Do A and B add up?": about both.
        Found::Several { .. } => Some(named_programs(&mentions, reader)),
        found => subject::program(&mut desk, found, &said, span)
            .map(|p| vec![reader.context.company.programs[p].id.clone()]),
    };
    for mention in mentions.iter().chain(&people) {
        desk.sheet.claim(mention.at.clone(), Use::Name);
    }
    desk.said("lookup.about", at.clone());
    claim(&mut desk.sheet);
    // Asked about a word that is none of the rules': whether they speak of it is found out
    // by searching, not by the topic beside it.
    let strange = |i: usize| {
        let word = desk.sheet.word(i);
        let content = word.len() > 3 && word != "about" && !lexicon::filler(word);
        desk.sheet.free(i) && desk.sheet.is_word(i) && content
    };
    let about = if about == "eligibility" && (0..desk.sheet.len()).any(strange) { "other" } else { about };
    let period = match periods.first() {
        Some(mark) => Period { start: mark.span.start, end: mark.span.end, label: mark.label.clone() },
        None => {
            let (span, label) = desk.almanac.default_quarter();
            desk.assumed("period", "a question about the rules; no period was named");
            Period { start: span.start, end: span.end, label }
        }
    };
    board.take(desk);
    Some(Draft {
        intent: Intent::Lookup,
        period,
        audience: Audience::default(),
        options: Vec::new(),
        sweep: None,
        goal: None,
        earnings: None,
        lookup: Some(Lookup { programs: programs?, about: about.to_owned() }),
    })
}

/// All programs that are named in full.
fn named_programs(mentions: &[Mention], reader: &Reader<'_>) -> Vec<String> {
    let mut programs: Vec<String> = mentions
        .iter()
        .filter_map(|m| Some(reader.context.company.programs[m.program()?].id.clone()))
        .collect();
    programs.dedup();
    programs
}

/// "which programs cover …": programs in general.
fn broad_only(survey: &Survey<'_>) -> bool {
    survey.sheet.has(&["programs", "programmes", "incentives", "bonuses", "schemes"])
}

fn kind_said(sheet: &Sheet<'_>) -> bool {
    (0..sheet.len()).any(|i| matches!(lexicon::kind(sheet.word(i)), Some(Some(_))))
        || (0..sheet.len()).any(|i| sheet.is(i, &["bonus", "incentive"]))
}

/// The word that says what is asked about; the first of the question otherwise.
fn words(sheet: &Sheet<'_>) -> std::ops::Range<usize> {
    let lists = [RETURNS, lexicon::CAP, lexicon::BUDGET, DURATION, ELIGIBLE, RATES];
    let found = lists.iter().find_map(|list| (0..sheet.len()).find(|i| sheet.free(*i) && sheet.is(*i, list)));
    let i = found.unwrap_or(0);
    i..i + 1
}

/// Words that such questions are made of.
fn claim(sheet: &mut Sheet<'_>) {
    for i in 0..sheet.len() {
        let known = [
            RETURNS,
            DURATION,
            ELIGIBLE,
            RATES,
            ASKS,
            lexicon::GENERIC,
            lexicon::PARTNER_NOUNS,
            lexicon::METRIC,
            lexicon::LAUNCH,
        ]
        .iter()
        .any(|list| sheet.is(i, list))
            || sheet.is(
                i,
                &[
                    "against",
                    "days",
                    "day",
                    "sale",
                    "have",
                    "report",
                    "many",
                    "weeks",
                    "handled",
                    "goods",
                    "returned",
                    "deadline",
                    "say",
                    "says",
                    "there",
                    "under",
                    "take",
                    "claim",
                    "claims",
                    "long",
                    "sum",
                    "up",
                    "rules",
                    "rule",
                    "clause",
                    "products",
                    "product",
                    "there",
                    "still",
                    "now",
                    "need",
                    "deal",
                    "happens",
                    "treated",
                    "conditions",
                    "all",
                    "which",
                    "on",
                    "in",
                    "for",
                    "too",
                    "also",
                    "get",
                    "most",
                    "allowed",
                    "any",
                    "more",
                    "everyone",
                    "much",
                    "how",
                    "than",
                    "details",
                    "terms",
                    "customer",
                    "customers",
                    "buyer",
                    "goods",
                    "back",
                    "send",
                    "sends",
                    "sent",
                    "money",
                    "if",
                    "when",
                    "one",
                    "both",
                    "comes",
                    "come",
                    "brought",
                    "again",
                    "double",
                    "twice",
                    "written",
                ],
            );
        if sheet.free(i) && (known || sheet.is_number(i)) {
            sheet.claim(i..i + 1, Use::Idle);
        }
    }
}
