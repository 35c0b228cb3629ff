//! A draft against the words alone, where the reader made no draft of its own of
//! them: one change of one number, every part of it found in the words or a cited
//! clause. Whatever the words cannot vouch for is refused.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::finding::Finding;
use crate::scenario::change::{self, Unit};
use crate::scenario::describe::version_near;
use crate::scenario::findings::error;
use crate::scenario::{Draft, Intent, Lever, Operation, Parameter};

use super::Cited;
use super::agree::sorted;
use crate::reading::names::Mention;
use crate::reading::numbers::{Given, Number};
use crate::reading::operations::Verb;
use crate::reading::place::{Place, place};
use crate::reading::programs::{self, Found};
use crate::reading::reader::Reader;
use crate::reading::spans::combine;
use crate::reading::{Context, assemble, audiences, lexicon, terms};

/// Checks a draft of a question that the reader could not read.
pub(super) fn check(
    draft: &Draft,
    question: &str,
    cited: &[Cited],
    context: &Context<'_>,
    found: &mut Vec<Finding>,
) {
    let mut missing = |field: &str, what: &str| {
        let message = format!("{what} is not in the question, a cited clause or a default");
        found.push(error("ungrounded", field, message, "Ask the person"));
    };
    let lever = match draft.options.as_slice() {
        [one] if draft.intent == Intent::Forecast => match one.levers.as_slice() {
            [lever] if lever.operation != Operation::Launch => lever,
            _ => return missing("options", "More than one change"),
        },
        _ => return missing("intent", "What is asked for"),
    };
    let reader = Reader::new(question, context);
    let words = Words::of(&reader);
    let path = "options[0].levers[0]";
    if words.program.as_deref() != Some(lever.program.as_str()) {
        return missing(&format!("{path}.program"), &format!("The program {:?}", lever.program));
    }
    let period = lever.period.as_ref().unwrap_or(&draft.period);
    if Some(period.span()) != words.span {
        missing("period", &format!("The period {} to {}", period.start, period.end));
    }
    if words.audience.as_ref() != Some(&sorted(lever.audience.as_ref().unwrap_or(&draft.audience))) {
        missing("audience", "The audience");
    }
    let Some(program) = context.company.program(&lever.program) else { return };
    let terms = &version_near(program, period.start).terms;
    let parameter = match words.parameters.as_slice() {
        [] => matches!(lever.parameter, Parameter::Rate | Parameter::TierRate | Parameter::Active),
        said => said.iter().all(|p| p.contains(&lever.parameter)),
    };
    if !parameter || lever.tier_from.is_some() {
        missing(&format!("{path}.parameter"), "The term that moves");
    }
    if !words.says(lever, change::unit(terms, lever.parameter)) && !clause_says(lever, &words, cited, context)
    {
        let what =
            format!("{} {}", change::name_of(&lever.operation), lever.value.as_deref().unwrap_or_default());
        missing(&format!("{path}.value"), &what);
    }
}

/// What the words hold, each part only where it is one and no more.
struct Words {
    program: Option<String>,
    span: Option<crate::calendar::Span>,
    audience: Option<crate::scenario::Audience>,
    parameters: Vec<Vec<Parameter>>,
    numbers: Vec<(Number, Place)>,
    up: bool,
    down: bool,
    stops: bool,
    times: Vec<Decimal>,
}

impl Words {
    fn of(reader: &Reader<'_>) -> Self {
        let company = reader.context.company;
        let (mut desk, parts) = reader.recognise_all();
        let assemble::Parts { mut mentions, numbers, ops, periods } = parts;
        let parameters = terms::find(&mut desk.sheet).into_iter().map(|s| s.parameters).collect();
        let span = match combine(&periods, &desk.almanac) {
            Ok(Some(mark)) => Some(mark.span),
            Ok(None) if desk.vague.is_none() => Some(desk.almanac.default_quarter().0),
            _ => None,
        };
        let has = |verbs: &[Verb]| ops.iter().any(|o| verbs.contains(&o.verb));
        let sign = |up: bool| numbers.iter().any(|n| n.sign == Some(up));
        let up = has(&[Verb::Up, Verb::Add]) || sign(true) || desk.sheet.has(lexicon::MORE);
        let down = has(&[Verb::Down, Verb::Remove]) || sign(false) || desk.sheet.has(lexicon::LESS);
        let stops = has(&[Verb::Stop]) && numbers.is_empty();
        let times =
            ops.iter().filter_map(|o| if let Verb::Times(f) = o.verb { Some(f) } else { None }).collect();
        let program = match programs::resolve(&mut desk.sheet, &mut mentions, false) {
            Found::Fits { programs, .. } => match programs.as_slice() {
                [one] => Some(company.programs[*one].id.clone()),
                _ => None,
            },
            _ => None,
        };
        let unclear = mentions.iter().any(|m: &Mention| m.is_audience() && m.entities.len() > 1);
        let said = audiences::read(&mut desk.sheet, &mentions, None);
        let audience = (!unclear && !said.mixed).then(|| sorted(&said.audience));
        let placed = |n: &Number| place(&desk.sheet, n, &[], numbers.len() > 1).0;
        let numbers = numbers.iter().map(|n| (n.clone(), placed(n))).collect();
        Self { program, span, audience, parameters, numbers, up, down, stops, times }
    }

    /// Whether the words say this operation with this value, and no other number.
    fn says(&self, lever: &Lever, unit: Option<Unit>) -> bool {
        use Operation as O;
        let value = lever.value.as_deref().and_then(|v| v.parse::<Decimal>().ok());
        if lever.operation == O::Pause {
            return self.stops && lever.parameter == Parameter::Active;
        }
        if lever.operation == O::MultiplyBy && self.numbers.is_empty() {
            return matches!(self.times.as_slice(), [one] if Some(*one) == value);
        }
        let [(number, place)] = self.numbers.as_slice() else { return false };
        let (Some(unit), true) = (unit, number.value.is_some() && number.value == value) else {
            return false;
        };
        if number.odd || number.other_currency.is_some() || self.up && self.down {
            return false;
        }
        let percent = unit == Unit::Percent;
        let moves = |up: bool, given: Given, fits: bool| {
            fits && number.given == given && *place != Place::To && (if up { self.up } else { self.down })
        };
        match lever.operation {
            // Of a percent, it may as well be points.
            O::IncreaseByPercent => moves(true, Given::Percent, !percent),
            O::DecreaseByPercent => moves(false, Given::Percent, !percent),
            O::IncreaseByPoints => moves(true, Given::Points, percent),
            O::DecreaseByPoints => moves(false, Given::Points, percent),
            O::IncreaseByAmount => moves(true, Given::Money, !percent),
            O::DecreaseByAmount => moves(false, Given::Money, !percent),
            O::SetTo => *place == Place::To && (number.given == Given::Percent) == percent,
            _ => false,
        }
    }
}

/// A value that the only clause cited of the program gives, as its only number,
/// where the words give none.
fn clause_says(lever: &Lever, words: &Words, cited: &[Cited], context: &Context<'_>) -> bool {
    let of_program: Vec<&Cited> = cited.iter().filter(|c| c.program == lever.program).collect();
    let [clause] = of_program.as_slice() else { return false };
    let (_, parts) = Reader::new(&clause.text, context).recognise_all();
    let numbers: BTreeSet<Decimal> = parts.numbers.into_iter().filter_map(|n| n.value).collect();
    let value = lever.value.as_deref().and_then(|v| v.parse::<Decimal>().ok());
    lever.operation == Operation::SetTo
        && words.numbers.is_empty()
        && numbers.len() == 1
        && value.is_some_and(|v| numbers.contains(&v))
}
