//! A question that changes the last scenario of the conversation: "and for EMEA
//! only?", "what about 10%?", "same for Product Y". What it leaves out is taken from
//! that scenario, put into words and read again, so that every check applies.

use crate::scenario::{Draft, Intent, Lever, Operation, Parameter};

use super::board::Board;
use super::desk::Desk;
use super::lexicon;
use super::numbers::Given;
use super::reader::Reader;
use super::sheet::Use;
use super::splitting::{Passage, Slot, Survey};
use super::token::{Token, tokens};
use super::{Source, assemble, conversation, options, splitting, when};

const OPENERS: &[&str] = &[
    "and", "also", "now", "but", "same", "then", "instead", "only", "vs", "versus", "or", "just", "ok",
    "okay", "again",
];

/// Whether the words lean on an earlier question.
pub(crate) fn leans(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let first = (0..sheet.len()).find(|i| !sheet.unknown(*i)).unwrap_or(0);
    if sheet.is(first, OPENERS) || sheet.has(&["also", "too"]) {
        return true;
    }
    let about = |i: usize| sheet.is(i, &["what", "how"]) && sheet.word(i + 1) == "about";
    sheet.is(0, OPENERS)
        || about(0)
        || sheet.follows(0, &["the", "same"])
        || sheet.follows(0, &["compare", "that"])
        || sheet.follows(0, &["make", "it"])
        || (0..sheet.len()).any(|i| {
            sheet.is(i, &["it", "that", "them"]) && i > 0 && survey.parts.ops.iter().any(|o| o.at.end == i)
        })
}

/// Whether a question says all that a change needs.
pub(crate) fn complete(survey: &Survey<'_>) -> bool {
    let whole = 0..survey.sheet.len();
    let subject = survey.has(Slot::Program, &whole) || survey.has(Slot::Product, &whole);
    let change = survey.has(Slot::Verb, &whole) || survey.has(Slot::Number, &whole);
    subject && change
}

/// The draft of the last scenario, changed.
pub(crate) fn read(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    previous: &Draft,
    board: &mut Board,
) -> Option<Draft> {
    let whole = 0..survey.sheet.len();
    let has = |slot| survey.has(slot, &whole);
    let changes =
        has(Slot::Number) || has(Slot::Program) || has(Slot::Product) || has(Slot::Parameter) || verb(survey);
    if !changes && (has(Slot::Audience) || has(Slot::Period)) {
        return elsewhere(reader, previous, board);
    }
    let one = previous.options.len() == 1 && previous.options[0].levers.len() == 1;
    if !changes || previous.options.is_empty() {
        return nothing(reader, board);
    }
    if adds(survey) {
        return added(reader, survey, previous, board);
    }
    if !one {
        let (mut desk, _) = reader.recognise_all();
        desk.ask(
            "question",
            "The last question had several changes: which one is meant? Ask it in full".to_owned(),
            vec![],
        );
        board.take(desk);
        return None;
    }
    let lever = &previous.options[0].levers[0];
    let against = survey.sheet.is(0, &["vs", "versus", "or", "compare"])
        || survey.sheet.has(&["compare", "compared", "versus", "vs"]);
    let mut draft = replaced(reader, survey, previous, lever, board)?;
    if against {
        let old = previous.options[0].clone();
        draft.intent = Intent::Compare;
        draft.options.insert(0, old);
        for entry in &mut board.provenance {
            entry.field = entry.field.replacen("options[0]", "options[1]", 1);
        }
        unify(previous, &mut draft);
    }
    Some(draft)
}

/// Two options of different times or audiences say so in their levers.
fn unify(previous: &Draft, draft: &mut Draft) {
    let own = |lever: &mut Lever, from: &Draft| {
        if from.period.span() != draft.period.span() || previous.period.span() != draft.period.span() {
            lever.period.get_or_insert_with(|| from.period.clone());
        }
        if previous.audience != draft.audience {
            lever.audience.get_or_insert_with(|| from.audience.clone());
        }
    };
    let now = Draft { options: Vec::new(), ..draft.clone() };
    let mut options = std::mem::take(&mut draft.options);
    for (o, option) in options.iter_mut().enumerate() {
        let from = if o == 0 { previous } else { &now };
        option.levers.iter_mut().for_each(|l| own(l, from));
    }
    if previous.audience != draft.audience {
        draft.audience = crate::scenario::Audience::default();
    }
    draft.options = options;
}

fn nothing(reader: &Reader<'_>, board: &mut Board) -> Option<Draft> {
    let (mut desk, _) = reader.recognise_all();
    desk.outside(
        "follow_up",
        "What should change is not said".to_owned(),
        "Ask it in full: which program, what change, when",
    );
    board.take(desk);
    None
}

/// A verb that moves something; "without Silver" only names an audience.
fn verb(survey: &Survey<'_>) -> bool {
    use super::operations::Verb as V;
    let audience = survey.has(Slot::Audience, &(0..survey.sheet.len()));
    survey.parts.ops.iter().any(|o| match o.verb {
        V::Be | V::Set => false,
        V::Without | V::Exclude | V::Remove | V::Restrict | V::Include => !audience,
        _ => true,
    })
}

/// "also pause …", "drop the cap too": a change beside the one before.
fn adds(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let whole = 0..sheet.len();
    let beside = sheet.has(&["also", "too"]) || sheet.follows(0, &["and", "with"]);
    let subject = survey.has(Slot::Program, &whole) || survey.has(Slot::Parameter, &whole);
    beside && subject && (survey.has(Slot::Verb, &whole) || survey.has(Slot::Number, &whole))
}

/// Another time or audience for the whole scenario.
fn elsewhere(reader: &Reader<'_>, previous: &Draft, board: &mut Board) -> Option<Draft> {
    let (mut desk, parts) = reader.recognise_all();
    claim_openers(&mut desk);
    let mut draft = previous.clone();
    let levers = draft.options.iter_mut().flat_map(|o| &mut o.levers);
    let everyone = desk.sheet.has(&["everyone", "everybody", "all"]);
    let who = assemble::audience(&mut desk, &parts.mentions);
    let named =
        desk.provenance.iter().any(|p| p.field == "audience" && !matches!(p.source, Source::Default { .. }));
    desk.provenance
        .retain(|p| !(p.field == "audience" && matches!(p.source, Source::Default { .. })) || everyone);
    let mut period = None;
    if !parts.periods.is_empty() {
        period = when::period(&mut desk, &parts.periods).ok();
        if period.is_none() {
            board.take(desk);
            return None;
        }
    }
    let Some(who) = who else {
        board.take(desk);
        return None;
    };
    for lever in levers {
        if let (Some(_), Some(_)) = (&period, &lever.period) {
            lever.period = None;
        }
        if named && lever.audience.is_some() {
            lever.audience = None;
        }
    }
    for op in &parts.ops {
        desk.sheet.claim(op.at.clone(), Use::Name);
    }
    for i in 0..desk.sheet.len() {
        if desk.sheet.free(i)
            && desk.sheet.is(i, &["without", "with", "for", "in", "exclude", "only", "again"])
        {
            desk.sheet.claim(i..i + 1, Use::Name);
        }
    }
    if named {
        draft.audience = who;
    }
    if let Some(period) = period {
        draft.period = period;
        if desk.hindcast && draft.intent == Intent::Forecast {
            draft.intent = Intent::Hindcast;
        }
    }
    for option in &mut draft.options {
        *option = options::option(std::mem::take(&mut option.levers), reader);
    }
    kept(&mut desk);
    board.take(desk);
    Some(draft)
}

fn claim_openers(desk: &mut Desk<'_>) {
    for i in 0..desk.sheet.len() {
        let opener = desk.sheet.is(i, OPENERS)
            || desk.sheet.is(
                i,
                &[
                    "about", "that", "it", "too", "compare", "with", "again", "was", "were", "instead",
                    "rather", "to",
                ],
            );
        if desk.sheet.free(i) && opener {
            desk.sheet.claim(i..i + 1, Use::Idle);
        }
    }
}

/// What is taken over from the conversation.
fn kept(desk: &mut Desk<'_>) {
    let said: Vec<String> = desk.provenance.iter().map(|p| p.field.clone()).collect();
    let kept = conversation::kept(desk.context, |field| !said.iter().any(|s| s == field));
    desk.provenance.extend(kept);
}

/// The last change with something else in its place.
fn replaced(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    previous: &Draft,
    lever: &Lever,
    board: &mut Board,
) -> Option<Draft> {
    let words = in_words(lever, previous);
    let mut said: Vec<Token> = survey.sheet.tokens.clone();
    said.retain(|t| {
        !matches!(
            t.word.as_str(),
            "and"
                | "also"
                | "now"
                | "but"
                | "then"
                | "vs"
                | "versus"
                | "compare"
                | "same"
                | "again"
                | "about"
                | "instead"
        )
    });
    // The number as it was, in another unit: "how about $45" after "raise 5%" is a
    // new value, and "make it 7.5%" another amount of the same.
    let numbers = &survey.parts.numbers;
    let mut context = tokens(&words);
    context.iter_mut().for_each(|t| {
        t.start += OFFSET;
        t.end += OFFSET;
    });
    let other_unit = numbers.first().is_some_and(|n| !same_unit(lever, n.given));
    if other_unit && !survey.sheet.has(&["by", "to", "at"]) && !own_direction(survey) {
        if let Some(place) = said
            .iter()
            .position(|t| numbers.first().is_some_and(|n| survey.sheet.tokens[n.at.start].start == t.start))
        {
            let at = Token { text: "at".into(), word: "at".into(), ..said[place].clone() };
            said.insert(place, Token { kind: super::token::Kind::Word, end: at.start, spaced: true, ..at });
            if let Some(number) = said.get_mut(place + 1) {
                number.spaced = true;
            }
        }
    } else if same_amount(survey) {
        said.retain(|t| !matches!(t.word.as_str(), "make" | "it" | "set"));
    }
    let cut = context.len();
    let all: Vec<Token> = context.into_iter().chain(said).collect();
    let joint = Survey::of(reader, all);
    let passages = vec![Passage::whole(0..cut), Passage::whole(cut..joint.sheet.len())];
    let piece = splitting::compose(&joint, &passages, 1);
    let (mut desk, parts) = reader.recognise(piece.tokens);
    let change = assemble::one_change(&mut desk, parts);
    claim_openers(&mut desk);
    earlier(&mut desk, reader);
    kept(&mut desk);
    board.take(desk);
    board.coverage.forget(OFFSET);
    let change = change?;
    let whole = 0..survey.sheet.len();
    let intent = if change.hindcast { Intent::Hindcast } else { Intent::Forecast };
    let audience =
        if survey.has(Slot::Audience, &whole) { change.audience } else { previous.audience.clone() };
    let period = if survey.has(Slot::Period, &whole) { change.period } else { previous.period.clone() };
    let mut levers = change.levers;
    for new in &mut levers {
        new.period = lever.period.clone().filter(|_| !survey.has(Slot::Period, &whole));
        new.audience = lever.audience.clone().filter(|_| !survey.has(Slot::Audience, &whole));
    }
    Some(Draft {
        intent,
        period,
        audience,
        options: vec![options::option(levers, reader)],
        sweep: None,
        goal: None,
        earnings: None,
        lookup: None,
    })
}

/// Beyond the end of any question: where words of the conversation stand.
const OFFSET: usize = 100_000;

/// Sources in words of the conversation are the conversation.
fn earlier(desk: &mut Desk<'_>, _reader: &Reader<'_>) {
    for entry in &mut desk.provenance {
        if matches!(entry.source, Source::Question { start, .. } if start >= OFFSET) {
            entry.source = Source::Conversation { turn: desk.context.last_turn() };
        }
    }
}

fn own_direction(survey: &Survey<'_>) -> bool {
    use super::operations::Verb as V;
    survey.parts.ops.iter().any(|o| matches!(o.verb, V::Up | V::Down | V::Add | V::Times(_)))
        || survey.parts.numbers.iter().any(|n| n.sign.is_some())
        || survey.sheet.has(lexicon::MORE)
        || survey.sheet.has(lexicon::LESS)
}

fn same_amount(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    (0..sheet.len()).any(|i| sheet.follows(i, &["make", "it"]) || sheet.follows(i, &["set", "it"]))
        && !sheet.has(&["to", "at"])
}

fn same_unit(lever: &Lever, given: Given) -> bool {
    use Operation as O;
    match lever.operation {
        O::IncreaseByPercent | O::DecreaseByPercent => given == Given::Percent || given == Given::Bare,
        // A percent of a percent stays in doubt, and is asked about.
        O::IncreaseByPoints | O::DecreaseByPoints => {
            matches!(given, Given::Points | Given::Percent | Given::Bare)
        }
        O::IncreaseByAmount | O::DecreaseByAmount => {
            matches!(given, Given::Money | Given::Bare | Given::Units)
        }
        _ => true,
    }
}

/// A lever in words that read back as the same lever.
fn in_words(lever: &Lever, previous: &Draft) -> String {
    use Operation as O;
    let value = lever.value.as_deref().unwrap_or_default();
    let id = &lever.program;
    let what = match lever.parameter {
        Parameter::Rate | Parameter::TierRate | Parameter::Active | Parameter::Program => "",
        Parameter::CapPerPartner => " cap per partner",
        Parameter::CapPerTransaction => " cap per transaction",
        Parameter::ProgramBudget => " budget",
        Parameter::Minimum => " minimum",
        Parameter::Target => " target",
        Parameter::AcceleratorMultiplier => " accelerator",
        Parameter::AcceleratorAbove => " accelerator threshold",
        Parameter::GrowthAbove => " growth threshold",
        Parameter::Override => " override",
        Parameter::TierThreshold => " threshold",
        _ => "",
    };
    let tier = lever.tier_from.as_deref().map(|t| format!(" tier from {t}")).unwrap_or_default();
    let amount = match lever.operation {
        O::IncreaseByPercent => format!("raise {id}{what}{tier} by {value}% relative"),
        O::DecreaseByPercent => format!("cut {id}{what}{tier} by {value}% relative"),
        O::IncreaseByPoints => format!("raise {id}{what}{tier} by {value} points"),
        O::DecreaseByPoints => format!("cut {id}{what}{tier} by {value} points"),
        O::IncreaseByAmount => format!("raise {id}{what}{tier} by {value}"),
        O::DecreaseByAmount => format!("cut {id}{what}{tier} by {value}"),
        O::SetTo if lever.parameter == Parameter::Active => format!("extend {id}"),
        O::SetTo => format!("set {id}{what}{tier} to {value}"),
        O::MultiplyBy => format!("multiply {id}{what}{tier} {value}x"),
        O::Remove => format!("remove {id}{what}"),
        O::Pause => format!("pause {id}"),
        _ => format!("change {id}{what}"),
    };
    let amount = amount.replace(" relative", "");
    format!("{amount} from {} to {}", previous.period.start, previous.period.end)
}

/// The last scenario with one more change.
fn added(reader: &Reader<'_>, survey: &Survey<'_>, previous: &Draft, board: &mut Board) -> Option<Draft> {
    if previous.options.len() != 1 {
        return nothing(reader, board);
    }
    let last = previous.options[0].levers.last()?;
    let mut context = tokens(&in_words(last, previous));
    context.iter_mut().for_each(|t| {
        t.start += OFFSET;
        t.end += OFFSET;
    });
    let mut said = survey.sheet.tokens.clone();
    said.retain(|t| !matches!(t.word.as_str(), "also" | "too" | "and" | "now" | "then" | "with"));
    let cut = context.len();
    let joint = Survey::of(reader, context.into_iter().chain(said).collect());
    let passages = vec![Passage::whole(0..cut), Passage::whole(cut..joint.sheet.len())];
    let mut piece = splitting::compose(&joint, &passages, 1);
    let whole = 0..survey.sheet.len();
    let own_number = survey.has(Slot::Number, &whole) && !survey.has(Slot::Verb, &whole);
    if own_number {
        // "and with a cap of $1,200": a term that is set, whatever the verb before.
        piece.tokens.retain(|t| t.start < OFFSET || !is_mover(&t.word));
        let set = Token {
            text: "set".into(),
            word: "set".into(),
            start: OFFSET,
            end: OFFSET,
            alternatives: Vec::new(),
            kind: super::token::Kind::Word,
            spaced: true,
            name_like: false,
        };
        piece.tokens.insert(0, set);
    }
    let (mut desk, parts) = reader.recognise(piece.tokens);
    desk.path = format!("options[0].levers[{}]", previous.options[0].levers.len());
    let change = assemble::one_change(&mut desk, parts);
    claim_openers(&mut desk);
    earlier(&mut desk, reader);
    kept(&mut desk);
    board.take(desk);
    board.coverage.forget(OFFSET);
    let change = change?;
    let mut levers = previous.options[0].levers.clone();
    for mut new in change.levers {
        if survey.has(Slot::Period, &whole) && change.period.span() != previous.period.span() {
            new.period = Some(change.period.clone());
        }
        if survey.has(Slot::Audience, &whole) {
            new.audience = Some(change.audience.clone());
        }
        levers.push(new);
    }
    let mut draft = previous.clone();
    draft.options = vec![options::option(levers, reader)];
    Some(draft)
}

fn is_mover(word: &str) -> bool {
    lexicon::UP.contains(&word) || lexicon::DOWN.contains(&word) || lexicon::SET.contains(&word)
}
