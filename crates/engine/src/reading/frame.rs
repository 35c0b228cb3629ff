//! What only frames a question: "my boss keeps asking: should we …", "Partners love
//! it.", "…, where would we land?" It names nothing of the company's, no number and
//! no time, so that no word in it can be the one that moves a lever.

use std::ops::Range;

use super::lexicon;
use super::sheet::{Sheet, Use};
use super::token::Kind;
use super::{clauses, idioms, remarks, unmoved};

/// Words behind which the question itself begins.
const MARKS: &[&str] = &["whether", "if"];
const MODALS: &[&str] = &["should", "could", "can", "shall", "may", "might"];
const ENDS: &[&str] = &[".", "?", "!", ";", ":", "—", "…"];
/// Words that begin a clause of their own behind a comma or a dash.
const CLAUSES: &[&str] = &[
    "what", "what's", "whats", "how", "how's", "where", "is", "are", "would", "will", "does", "do", "can",
    "could", "should", "any", "thoughts", "please", "thanks", "or", "so", "am", "worth", "good", "bad",
];
/// Words of a frame that would belong to what is asked.
const WEIGH: &[&str] = &[
    "wherever",
    "unless",
    "only",
    "same",
    "instead",
    "earn",
    "make",
    "sell",
    "when",
    "breakeven",
    "even",
    "find",
    "had",
    "have",
    "rather",
    "without",
    "other",
    "otherwise",
    "both",
    "else",
    "compare",
    "compared",
    "versus",
    "vs",
    "against",
    "which",
    "best",
    "highest",
    "lowest",
    "most",
    "least",
    "high",
    "low",
    "far",
    "nothing",
    "everyone",
    "everybody",
    "all",
    "anyone",
    "i'll",
    "earning",
    "earnings",
    "selling",
    "sold",
    "option",
    "options",
];

/// Words that are part of a time.
const TIMES: &[&str] =
    &["quarter", "quarters", "half", "year", "month", "months", "fiscal", "fy", "sept", "h1", "h2"];
/// Phrases that say nothing wherever they stand.
const IDLE: &[&[&str]] = &[
    &["at", "the", "same", "time"],
    &["sir", "or", "madam"],
    &["ladies", "and", "gentlemen"],
    &["yes", "or", "no"],
    &["good", "or", "bad"],
    &["yay", "or", "nay"],
    &["smart", "or", "not"],
    &["or", "not"],
    &["pay", "for", "itself"],
    &["pays", "for", "itself"],
    &["paid", "for", "itself"],
    &["pay", "for", "themselves"],
    &["for", "a", "moment"],
    &["for", "a", "second"],
    &["for", "a", "sec"],
    &["for", "a", "minute"],
    &["at", "all"],
    &["get", "away", "with"],
    &["these", "days"],
    &["out", "loud"],
    &["for", "the", "record"],
    &["as", "a", "test"],
    &["once", "more"],
    &["once", "again"],
    &["on", "the", "table"],
    &["long", "story", "short"],
    &["no", "rush"],
    &["no", "hurry"],
    &["no", "idea"],
    &["no", "worries"],
    &["no", "pressure"],
    &["first", "of", "all"],
    &["one", "quick", "question"],
    &["bottom", "line"],
    &["all", "in", "all"],
    &["in", "it", "for", "us"],
    &["something", "new"],
    &["one", "more", ":"],
    &["one", "more", "thing"],
    &["at", "once"],
    &["earn", "it", "back"],
    &["earns", "it", "back"],
    &["earn", "itself", "back"],
    &["make", "it", "back"],
    &["not", "a", "comparison"],
    &["both", "together"],
    &["both", "steps"],
    &["these", "steps"],
    &["two", "steps"],
    &["cost", "vs", "benefit"],
    &["costs", "vs", "benefits"],
    &["cost", "versus", "benefit"],
    &["costs", "and", "benefits"],
    &["pros", "and", "cons"],
    &["risk", "vs", "reward"],
    &["upside", "vs", "downside"],
    &["before", "noon"],
    &["before", "lunch"],
    &["by", "noon"],
    &["by", "tomorrow"],
    &["by", "tonight"],
    &["by", "lunch"],
    &["end", "of", "day"],
    &["in", "the", "event"],
    &["net", "effect"],
    &["better", "off"],
    &["worse", "off"],
    &["out", "of", "the", "door"],
    &["out", "the", "door"],
    &["over", "the", "line"],
    &["same", "pot", "of", "money"],
    &["same", "amount", "of", "money"],
    &["same", "money"],
    &["two", "ways", "to", "spend", "it"],
    &["two", "ways", "to", "go"],
    &["not", "points"],
    &["not", "percentage", "points"],
    &["not", "in", "points"],
    &["not", "by", "points"],
    &["but", "this", "time"],
    &["in", "one", "go"],
    &["once", "and", "for", "all"],
    &["work", "out"],
    &["works", "out"],
    &["out", "of", "curiosity"],
    &["off", "the", "record"],
    &["for", "argument's", "sake"],
    &["for", "the", "sake", "of", "argument"],
];

/// Takes the frame of a question off the sheet.
pub(crate) fn claim(sheet: &mut Sheet<'_>) {
    for i in 0..sheet.len() {
        if let Some(phrase) = IDLE.iter().find(|p| sheet.follows(i, p)) {
            sheet.claim(i..i + phrase.len(), Use::Idle);
        }
    }
    idioms::claim(sheet);
    instead(sheet);
    both_of_them(sheet);
    unmoved::claim(sheet);
    remarks::claim(sheet);
    let stretches = stretches(sheet);
    let of_weight = |s: &Range<usize>| s.clone().any(|i| content(sheet, i));
    let moves = |s: &Range<usize>| s.clone().any(|i| sheet.is_number(i) || lexicon::mover(sheet.word(i)));
    let rest: Vec<&Range<usize>> = stretches.iter().filter(|s| of_weight(s)).collect();
    let idle = if rest.iter().any(|s| moves(s)) {
        stretches.iter().filter(|s| !of_weight(s) && quiet(sheet, s)).cloned().collect()
    } else {
        Vec::new()
    };
    let lead = lead(sheet, &stretches);
    for stretch in idle.into_iter().chain(lead) {
        sheet.claim(stretch, Use::Idle);
    }
}

/// "at 120 instead", "make it $30 instead": in the place of what holds today, where the
/// question has one change and turns nothing down.
fn instead(sheet: &mut Sheet<'_>) {
    const BEHIND: &[&str] = &["of", "the", "raise", "cut", "to", "give", "pay"];
    let turned =
        (0..sheet.len()).any(|i| sheet.is(i, lexicon::NEGATION) || sheet.is(i, &["or", "rather", "vs"]));
    let kinds = (0..sheet.len()).filter(|i| lexicon::kind(sheet.word(*i)).is_some()).count();
    if turned || kinds > 1 {
        return;
    }
    for i in 1..sheet.len() {
        let stops = |k: &usize| sheet.is(*k, ENDS) || sheet.word(*k) == ",";
        let start = (0..i).rev().find(stops).map_or(0, |k| k + 1);
        let valued = (start..i).any(|k| sheet.is_number(k) || sheet.is(k, lexicon::NUMBER_WORDS));
        let sentence = clauses::sentence(sheet, i);
        let moves = |k: usize| lexicon::mover(sheet.word(k)) && !sheet.word(k + 1).ends_with("ing");
        let alone = !(0..sheet.len()).any(|k| !sentence.contains(&k) && moves(k));
        if sheet.word(i) == "instead" && valued && alone && !sheet.is(i + 1, BEHIND) {
            sheet.claim(i..i + 1, Use::Idle);
        }
    }
}

/// "for the two of them", "just for those two": whom the question names, of whom there are
/// at least two.
fn both_of_them(sheet: &mut Sheet<'_>) {
    const PHRASES: &[&[&str]] = &[
        &["for", "the", "two", "of", "them"],
        &["for", "both", "of", "them"],
        &["for", "the", "both", "of", "them"],
        &["for", "those", "two"],
        &["for", "these", "two"],
        &["to", "the", "two", "of", "them"],
        &["to", "both", "of", "them"],
        &["for", "the", "pair", "of", "them"],
        &["the", "two", "of", "them"],
        &["both", "of", "them"],
    ];
    let partner = |i: usize| {
        sheet.is_word(i) && sheet.tokens[i].name_like && !sheet.names.partners_with(sheet.word(i)).is_empty()
    };
    let runs = (0..sheet.len()).filter(|i| partner(*i) && (*i == 0 || !partner(*i - 1))).count();
    if runs < 2 {
        return;
    }
    for i in 0..sheet.len() {
        if let Some(phrase) = PHRASES.iter().find(|p| sheet.follows(i, p)) {
            let just = usize::from(i > 0 && sheet.is(i - 1, &["just", "only"]));
            sheet.claim(i - just..i + phrase.len(), Use::Idle);
        }
    }
}

/// The question cut at its sentences and at clauses that begin like one.
fn stretches(sheet: &Sheet<'_>) -> Vec<Range<usize>> {
    let (mut out, mut from) = (Vec::new(), 0);
    for i in 0..sheet.len() {
        let dash = sheet.is(i, &["-", "–"])
            && sheet.tokens[i].spaced
            && sheet.tokens.get(i + 1).is_some_and(|t| t.spaced && t.kind == Kind::Word);
        let clause = (sheet.word(i) == "," || dash) && sheet.is(i + 1, CLAUSES);
        let lead = dash && (from..i).all(|k| !content(sheet, k));
        if sheet.is(i, ENDS) || clause || lead {
            out.push(from..i);
            from = i + 1;
        }
    }
    out.push(from..sheet.len());
    out.retain(|s| !s.is_empty());
    out
}

/// Whether a stretch says nothing that could turn the rest round.
fn quiet(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    let object = |i: usize| sheet.is(i, &["it", "that", "them", "this", "those", "these"]);
    at.clone().all(|i| {
        let word = sheet.word(i);
        let goal = ["maxim", "minim", "optim"].iter().any(|w| word.starts_with(w));
        let except = lexicon::EXCEPT.contains(&word);
        let turned = lexicon::NEGATION.contains(&word)
            && at.clone().any(|k| sheet.is(k, lexicon::PARTNER_NOUNS) || object(k));
        let refers = lexicon::mover(word) && object(i + 1);
        !(WEIGH.contains(&word) || goal || except || turned || refers || narrows(sheet, at, i))
    })
}

/// "… for healthcare partners", "but not Zenith": somebody the reader does not know.
pub(crate) fn narrows(sheet: &Sheet<'_>, at: &Range<usize>, i: usize) -> bool {
    if !sheet.unknown(i) {
        return false;
    }
    let polite = at
        .clone()
        .any(|k| sheet.is(k, &["sorry", "thanks", "thank", "hi", "hello", "dear", "cheers", "regards"]));
    let lead = (at.start..i)
        .rev()
        .find(|k| !(sheet.is(*k, &["the", "our", "all", "any", "a"]) || sheet.unknown(*k)));
    let led = lead.is_some_and(|k| {
        sheet.is(k, &["for", "among", "within", "only", "not", "except", "in", "at"])
            || lexicon::NEGATION.contains(&sheet.word(k))
    });
    // "Kind regards, Jens, but not Zorpia": no manners turn anything round.
    let turned =
        lead.is_some_and(|k| clauses::turns(sheet.word(k)) || sheet.is(k, &["not", "except", "only"]));
    sheet.is(i + 1, lexicon::PARTNER_NOUNS)
        || turned && sheet.tokens[i].name_like
        || led && !polite && (sheet.tokens[i].name_like || !sheet.is(lead.unwrap_or(i), &["in", "at", "not"]))
}

/// What leads the first stretch of weight: up to "if", "whether", "should we".
fn lead(sheet: &Sheet<'_>, stretches: &[Range<usize>]) -> Option<Range<usize>> {
    let first = stretches.iter().find(|s| (*s).clone().any(|i| content(sheet, i)))?;
    let content = first.clone().find(|i| content(sheet, *i))?;
    let end = (first.start..content).rev().find(|i| {
        let asks = sheet.is(*i, MODALS) && sheet.is(i + 1, &["we", "i", "you"]);
        sheet.is(*i, MARKS) || asks
    })?;
    let weighs = |i: usize| {
        let word = sheet.word(i);
        lexicon::NEGATION.contains(&word) || lexicon::EXCEPT.contains(&word) || WEIGH.contains(&word)
    };
    let switch = |i: usize| sheet.is(i, &["marginal", "retroactive", "eligible", "required"]);
    let moves = (end..sheet.len()).any(|i| sheet.is_number(i) || lexicon::mover(sheet.word(i)) || switch(i));
    let end_of_mark = end + usize::from(sheet.word(end) == "whether");
    (moves && !(first.start..end).any(weighs)).then_some(first.start..end_of_mark)
}

/// Names, numbers, times and terms of programs.
fn content(sheet: &Sheet<'_>, i: usize) -> bool {
    let word = sheet.word(i);
    let digits = word.chars().any(|c| c.is_ascii_digit());
    let symbol = matches!(word, "$" | "€" | "£" | "%" | "+");
    let number = lexicon::NUMBER_WORDS.contains(&word)
        && !matches!(word, "one" | "bit" | "little" | "lot" | "few" | "some" | "couple");
    let times = lexicon::MULTIPLY.contains(&word) && !matches!(word, "again" | "factor");
    let term = times
        || [lexicon::CAP, lexicon::BUDGET].iter().any(|list| list.contains(&word))
        || lexicon::OTHER_PARAMETERS.contains(&word)
            && !matches!(word, "level" | "top" | "bottom" | "above" | "entry");
    named(sheet, i)
        || digits
        || symbol
        || number
        || term
        || time(sheet, i)
        || lexicon::kind(word).is_some() && word != "plan"
}

/// A word of a name of the company's: of a product, a tier, a partner.
pub(crate) fn named(sheet: &Sheet<'_>, i: usize) -> bool {
    let word = sheet.word(i);
    let Some(token) = sheet.tokens.get(i) else { return false };
    // "Marketing keeps asking": a department.
    const SAYS: &[&str] = &[
        "keeps",
        "keep",
        "says",
        "said",
        "say",
        "wants",
        "want",
        "thinks",
        "think",
        "asks",
        "asked",
        "insists",
        "told",
        "likes",
        "loves",
        "hopes",
        "suggests",
        "suggested",
        "believes",
        "complains",
        "wanted",
    ];
    // "Distributors keep telling us … What if they got $48": them.
    let back = sheet.has(&["they", "them", "their"]);
    if sheet.is(i + 1, SAYS) && !back {
        return false;
    }
    let own = sheet.names.words.contains(word)
        && !lexicon::working(word)
        && (!lexicon::filler(word) || token.name_like);
    // At the opening of a sentence a capital tells nothing, and is held for a name.
    let capital = token.text.chars().next().is_some_and(char::is_uppercase);
    let partner = !lexicon::known(word) && !sheet.names.partners_with(word).is_empty() && capital;
    (own || partner) && token.kind == Kind::Word
}

/// A word of a time.
pub(crate) fn time(sheet: &Sheet<'_>, i: usize) -> bool {
    let word = sheet.word(i);
    let month = word.len() >= 3
        && crate::calendar::MONTHS.iter().any(|m| m.to_lowercase().starts_with(word))
        && (!matches!(word, "may" | "mar" | "march" | "dec") || sheet.tokens[i].name_like);
    month || TIMES.contains(&word)
}
