//! Remarks that name nothing of a program's: where and when something was talked about,
//! what stands in brackets, a question about the outcome that names products, a word
//! that only supposes. Taken off the sheet before anything else is looked for.

use std::ops::Range;

use super::sheet::{Sheet, Use};
use super::token::Kind;
use super::{clauses, frame, lexicon};

const MEETINGS: &[&str] = &[
    "meeting",
    "call",
    "review",
    "session",
    "workshop",
    "kickoff",
    "off",
    "offsite",
    "discussion",
    "chat",
    "conversation",
    "standup",
    "qbr",
    "sync",
    "lunch",
    "townhall",
    "board",
    "deck",
    "paper",
    "committee",
    "conference",
    "submission",
    "round",
    "pack",
    "presentation",
    "report",
    "slides",
    "slide",
    "memo",
    "briefing",
    "steerco",
    "fixe",
    "retreat",
    "summit",
    "fair",
    "exhibition",
    "planning",
    "email",
    "mail",
];
const BACK: &[&str] = &[
    "yesterday",
    "yesterday's",
    "today",
    "today's",
    "tomorrow",
    "tomorrow's",
    "monday's",
    "last",
    "this",
    "our",
    "the",
];

/// Words of a question for a value, which is none about the outcome.
const VALUES: &[&str] = &[
    "rate",
    "rates",
    "percentage",
    "level",
    "tier",
    "tiers",
    "target",
    "minimum",
    "threshold",
    "far",
    "high",
    "low",
    "my",
    "i'd",
    "i'll",
    "earn",
    "happened",
    "did",
    "eligible",
    "rules",
    "period",
    "long",
];

/// Takes such remarks off the sheet.
pub(super) fn claim(sheet: &mut Sheet<'_>) {
    for i in 0..sheet.len() {
        // "which one leaves more": no product called One.
        if sheet.word(i) == "one" && i > 0 && sheet.is(i - 1, &["which", "that", "this"]) {
            sheet.claim(i..i + 1, Use::Idle);
        }
        // "what is happening when it is increased": supposes no condition.
        if sheet.word(i) == "when"
            && sheet.is(i.wrapping_sub(1), &["happens", "happening", "happen", "look", "looks"])
        {
            sheet.claim(i..i + 1, Use::Idle);
        }
        if let Some(at) = meeting(sheet, i).or_else(|| supposes(sheet, i)).or_else(|| wishes(sheet, i)) {
            sheet.claim(at, Use::Idle);
        }
    }
    for at in purposes(sheet) {
        sheet.claim(at, Use::Idle);
    }
    for at in helps(sheet) {
        sheet.claim(at, Use::Idle);
    }
    for at in brackets(sheet).into_iter().chain(outcomes(sheet)) {
        sheet.claim(at, Use::Idle);
    }
}

/// "after yesterday's steering meeting", "at the kick-off".
fn meeting(sheet: &Sheet<'_>, i: usize) -> Option<Range<usize>> {
    let leads = ["after", "following", "since", "from", "in", "at", "during", "before", "for", "of", "to"];
    const FOR: &[&str] =
        &["fun", "curiosity", "reference", "information", "orientation", "interest", "planning"];
    if sheet.word(i) == "for" && sheet.is(i + 1, FOR) && sheet.uses.get(i + 1) == Some(&Use::Free) {
        return Some(i..i + 2);
    }
    if !sheet.is(i, &leads) || !(sheet.is(i + 1, BACK) || weekday(sheet.word(i + 1))) {
        return None;
    }
    let end = (i + 2..(i + 7).min(sheet.len())).find(|k| sheet.is(*k, MEETINGS))?;
    let off =
        sheet.word(end) == "off" && !(sheet.word(end - 1) == "-" && sheet.is(end - 2, &["kick", "take"]));
    let plain = (i + 2..end).all(|k| {
        let lever = sheet.is_number(k) || lexicon::kind(sheet.word(k)).is_some() || sheet.tokens[k].name_like;
        let clause = sheet.is(k, &[",", ";", ".", "we", "and", "if"]);
        let moves = lexicon::mover(sheet.word(k)) && sheet.word(k) != "kick";
        !(lever || clause || moves)
    });
    (plain && !off).then_some(i..end + 1)
}

fn weekday(word: &str) -> bool {
    const DAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    DAYS.contains(&word.strip_suffix("'s").unwrap_or(word))
}

/// "Provided the top tier was paid at 3.5%", "assuming that we raise …": supposes, where
/// it opens a sentence that has the change.
fn supposes(sheet: &Sheet<'_>, i: usize) -> Option<Range<usize>> {
    let opens = i == 0 || sheet.is(i - 1, &[".", "!", "?", ";", ":"]);
    if !opens || !sheet.is(i, &["provided", "providing", "assuming", "granted"]) {
        return None;
    }
    let end = (i..sheet.len()).find(|k| sheet.is(*k, &[",", ".", "?", ";"])).unwrap_or(sheet.len());
    let number = (i..end).any(|k| sheet.is_number(k) || lexicon::MULTIPLY.contains(&sheet.word(k)));
    let moved = (i..end).any(|k| lexicon::mover(sheet.word(k)) || sheet.is(k, lexicon::BE));
    (number && moved).then(|| i..i + 1 + usize::from(sheet.word(i + 1) == "that"))
}

/// "To clear the warehouse, …", "…, to please our distributors": why, not for whom and
/// not what, where no "there" or "them" leads back to it.
fn purposes(sheet: &Sheet<'_>) -> Vec<Range<usize>> {
    /// What is done to people without any term being for them.
    const PLEASES: &[&str] = &[
        "please", "appease", "calm", "satisfy", "convince", "persuade", "impress", "placate", "pacify",
        "thank", "soothe", "humour", "humor", "mollify",
    ];
    /// Verbs of aims that no program has.
    const AIMS: &[&str] = &[
        "counter",
        "match",
        "beat",
        "fight",
        "clear",
        "boost",
        "support",
        "protect",
        "win",
        "defend",
        "react",
        "respond",
        "compete",
        "attract",
        "motivate",
        "drive",
        "stimulate",
        "accelerate",
        "revive",
        "offset",
        "compensate",
        "celebrate",
        "close",
        "catch",
        "stay",
        "keep",
        "help",
        "free",
        "stop",
        "avoid",
        "prevent",
        "grow",
        "increase",
        "secure",
        "gain",
        "regain",
        "recover",
        "save",
        "balance",
        "use",
        "make",
        "show",
        "spend",
        "exhaust",
    ];
    let mut found = Vec::new();
    for i in 0..sheet.len() {
        let opens = i == 0
            || sheet.is(i - 1, &[",", ".", ";", ":", "?", "!", "-", "–", "—", "just", "simply", "only"])
            || sheet.follows(i.saturating_sub(2), &["in", "order"]) && i >= 2;
        let verb = i + 1;
        if sheet.word(i) != "to" {
            continue;
        }
        let stops = |k: usize| sheet.is(k, &[",", ".", ";", ":", "?", "!"]) || clauses::dash(sheet, k);
        let subject = |k: usize| sheet.is(k, &["we", "i", "you", "let", "let's", "what", "how"]);
        let pleases = opens && sheet.is(verb, PLEASES);
        let end = (i + 2..sheet.len()).find(|k| stops(*k) || pleases && subject(*k)).unwrap_or(sheet.len());
        // Behind the change such a clause ends the sentence; before it a comma ends it.
        let closed =
            if opens { end < sheet.len() || i > 0 } else { end == sheet.len() || !sheet.is(end, &[","]) };
        let aims = sheet.is(verb, AIMS) && closed;
        let names = (verb..end).any(|k| frame::named(sheet, k));
        let plain = (verb..end).all(|k| {
            !sheet.is_number(k)
                && !sheet.is(k, &["$", "€", "£", "%", "it", "that", "only"])
                && lexicon::kind(sheet.word(k)).is_none()
                && !lexicon::CAP.contains(&sheet.word(k))
                && (opens || !lexicon::BUDGET.contains(&sheet.word(k)))
                && !lexicon::EXCEPT.contains(&sheet.word(k))
        });
        let timed = (verb..end).any(|k| frame::time(sheet, k));
        let elsewhere = (0..i).chain(end..sheet.len()).any(|k| frame::time(sheet, k));
        let back = (0..sheet.len()).any(|k| sheet.is(k, &["there", "them", "their", "they", "those"]));
        if plain
            && (!timed || elsewhere)
            && (pleases && !back || aims && !names && moved_beside(sheet, &(i..end)))
        {
            found.push(i..end);
        }
    }
    found
}

/// "… help us catch up", "would it get them going": what comes of it, said of people
/// without a name.
fn helps(sheet: &Sheet<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for i in 0..sheet.len() {
        let whom = sheet.is(i + 1, &["us", "them", "me", "you", "things", "sales", "people", "partners"]);
        if !(sheet.is(i, &["help", "helps", "helping"]) && whom) {
            continue;
        }
        let stops = |k: usize| {
            sheet.is(k, &[",", ".", ";", ":", "?", "!", "if", "in", "for", "and"]) || clauses::dash(sheet, k)
        };
        let end = (i + 2..sheet.len()).find(|k| stops(*k)).unwrap_or(sheet.len());
        let plain = (i + 2..end).all(|k| {
            let term = [lexicon::CAP, lexicon::BUDGET].iter().any(|list| sheet.is(k, list));
            !(sheet.is_number(k) || frame::named(sheet, k) || frame::time(sheet, k) || term)
                && lexicon::kind(sheet.word(k)).is_none()
                && !clauses::turns(sheet.word(k))
        });
        if plain && end - i <= 8 && moved_beside(sheet, &(i..end)) {
            found.push(i..end);
        }
    }
    found
}

/// Whether something is moved outside of a stretch, so that the rest asks by itself.
fn moved_beside(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    let rest = || (0..at.start).chain(at.end..sheet.len());
    let named = rest().any(|k| lexicon::kind(sheet.word(k)).is_some() || frame::named(sheet, k));
    let moved = rest().any(|k| {
        sheet.is_number(k) || lexicon::mover(sheet.word(k)) || lexicon::MULTIPLY.contains(&sheet.word(k))
    });
    let seeks = rest().any(|k| {
        let supposes = sheet.word(k) == "what" && sheet.is(k + 1, &["if", "happens", "would", "does", "do"]);
        sheet.is(k, &["what", "which", "how", "must", "need", "needs", "find", "take", "takes"]) && !supposes
    });
    named && moved && !seeks
}

/// "keeps pushing for 4.5%", "is asking for": somebody wants it.
fn wishes(sheet: &Sheet<'_>, i: usize) -> Option<Range<usize>> {
    // "Some want it 10% higher, others …"
    let people = sheet.is(i, &["some", "others", "many", "most"]);
    if people
        && sheet
            .is(i + 1, &["want", "say", "prefer", "think", "argue", "would", "suggest", "favour", "favor"])
    {
        return Some(i..i + 2);
    }
    let wants =
        ["pushing", "push", "pushes", "pushed", "asking", "lobbying", "calling", "pressing", "begging"];
    if !sheet.is(i, &wants) || sheet.word(i + 1) != "for" {
        return None;
    }
    Some(i - usize::from(i > 0 && sheet.is(i - 1, &["keeps", "keep", "kept", "is", "are"]))..i + 2)
}

/// "(not by me!)", "(don't ask)": brackets without anything of the company's in them.
fn brackets(sheet: &Sheet<'_>) -> Vec<Range<usize>> {
    const OURSELVES: &[&str] =
        &["me", "i", "you", "him", "her", "us", "ask", "joking", "kidding", "yet", "urgent", "sure"];
    let mut found = Vec::new();
    for open in (0..sheet.len()).filter(|i| sheet.word(*i) == "(") {
        let Some(close) = (open..sheet.len()).find(|i| sheet.word(*i) == ")") else { continue };
        let inside = open + 1..close;
        let turned = inside.clone().any(|k| clauses::turns(sheet.word(k)));
        let own = inside.clone().any(|k| sheet.is(k, OURSELVES));
        let plain = inside.clone().all(|k| {
            let word = sheet.word(k);
            let known = lexicon::filler(word)
                || clauses::turns(word)
                || sheet.unknown(k) && !sheet.tokens[k].name_like;
            sheet.tokens[k].kind == Kind::Symbol && !sheet.is(k, &["$", "€", "£", "%", "+"])
                || known
                || sheet.is(k, &["by", "of", "to"])
        });
        if turned && own && plain {
            found.push(inside);
        }
    }
    found
}

/// "how many pumps would that cost us?", "where do we land by year end?": a question
/// about what comes of it, beside the change.
fn outcomes(sheet: &Sheet<'_>) -> Vec<Range<usize>> {
    let all = clauses::clauses(sheet);
    let figure = |at: &Range<usize>| {
        at.clone().any(|k| {
            sheet.is_number(k) || lexicon::NUMBER_WORDS.contains(&sheet.word(k)) && sheet.word(k) != "one"
        })
    };
    let program = |at: &Range<usize>| {
        at.clone().any(|k| {
            lexicon::kind(sheet.word(k)).is_some()
                || lexicon::CAP.contains(&sheet.word(k))
                || lexicon::BUDGET.contains(&sheet.word(k))
        })
    };
    let moves = |at: &Range<usize>| {
        let counts = sheet.follows(sheet.skip(at.start, &["and", "so", "but"]), &["how", "many"]);
        let sells = |k: usize| {
            counts
                && sheet.is(k, &["move", "shift", "push", "moved"])
                && lexicon::kind(sheet.word(k + 1)).is_none()
        };
        at.clone().any(|k| {
            lexicon::mover(sheet.word(k))
                && !sells(k)
                && !sheet.is(k, &["end", "add", "adds", "bring", "brings", "lose"])
        })
    };
    let changes = all.iter().any(|at| program(at) && (figure(at) || moves(at)));
    let asks = |at: &Range<usize>| {
        let first = sheet.skip(at.start, &["and", "so", "but"]);
        let many = sheet.follows(first, &["how", "many"])
            && at.clone().any(|k| sheet.is(k, &["would", "will", "do", "did", "can", "are"]));
        let land = sheet.follows(first, &["where", "do"])
            || sheet.follows(first, &["where", "would"])
            || sheet.follows(first, &["where", "will"]);
        let tied = at.clone().any(|k| {
            sheet.is(k, &["if", "when", "must", "need", "should", "only", "needed"])
                || clauses::turns(sheet.word(k))
        });
        let open = !tied && !figure(at) && !program(at) && !moves(at);
        let weighs = Range::clone(at).any(|k| {
            let word = sheet.word(k);
            let digits = word.chars().any(|c| c.is_ascii_digit());
            digits
                || sheet.is(k, VALUES)
                || (lexicon::COMPARE.contains(&word) && !matches!(word, "vs" | "versus"))
                || frame::named(sheet, k)
                || frame::time(sheet, k)
        });
        let narrowed = Range::clone(at).any(|k| frame::narrows(sheet, at, k));
        let outcome =
            sheet.is(first, &["what", "how", "where", "any"]) && !sheet.is(first + 1, &["about", "if"]);
        // "cost saved vs units lost?"
        let balance = sheet.has_in(at, &["vs", "versus"]) && !sheet.is(at.start, &["vs", "versus"]);
        open && !narrowed && (many || land || (outcome || balance) && !weighs)
    };
    if changes { all.iter().filter(|at| asks(at)).cloned().collect() } else { Vec::new() }
}
