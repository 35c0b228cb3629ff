//! A lever in words that read back as the same lever, for a question that leaves them
//! out; and what the words of such a question say about it.

use crate::company::Company;
use crate::programs::terms::Measure;
use crate::scenario::change::{self, Unit};
use crate::scenario::{Draft, Lever, Operation, Parameter};

use crate::reading::lexicon;
use crate::reading::numbers::Given;
use crate::reading::splitting::Survey;
use crate::reading::token::{Token, tokens};

/// Beyond the end of any question: where words of the conversation stand.
pub(super) const OFFSET: usize = 100_000;

/// The words of a lever as tokens that stand behind every question.
pub(super) fn behind(lever: &Lever, previous: &Draft, company: &Company) -> Vec<Token> {
    let mut words = tokens(&in_words(lever, previous, company));
    words.iter_mut().for_each(|t| {
        t.start += OFFSET;
        t.end += OFFSET;
    });
    words
}

pub(super) fn own_direction(survey: &Survey<'_>) -> bool {
    use crate::reading::operations::Verb as V;
    survey.parts.ops.iter().any(|o| matches!(o.verb, V::Up | V::Down | V::Add | V::Times(_)))
        || survey.parts.numbers.iter().any(|n| n.sign.is_some())
        || survey.sheet.has(lexicon::MORE)
        || survey.sheet.has(lexicon::LESS)
}

pub(super) fn same_amount(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    (0..sheet.len()).any(|i| sheet.follows(i, &["make", "it"]) || sheet.follows(i, &["set", "it"]))
        && !sheet.has(&["to", "at"])
}

pub(super) fn same_unit(lever: &Lever, given: Given) -> bool {
    use Operation as O;
    match lever.operation {
        // Points can only be a change, never a new value.
        O::IncreaseByPercent | O::DecreaseByPercent => {
            matches!(given, Given::Percent | Given::Bare | Given::Points)
        }
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

/// The word for the term of a lever, with a space before it; nothing for the rate.
pub(super) fn term(lever: &Lever) -> &'static str {
    match lever.parameter {
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
    }
}

/// A lever in words that read back as the same lever.
fn in_words(lever: &Lever, previous: &Draft, company: &Company) -> String {
    use Operation as O;
    let value = lever.value.as_deref().unwrap_or_default();
    let id = &lever.program;
    let what = term(lever);
    let tier = lever.tier_from.as_deref().map(|t| format!(" tier from {t}")).unwrap_or_default();
    let unit = unit(lever, company);
    let amount = match lever.operation {
        O::IncreaseByPercent => format!("raise {id}{what}{tier} by {value}% relative"),
        O::DecreaseByPercent => format!("cut {id}{what}{tier} by {value}% relative"),
        O::IncreaseByPoints => format!("raise {id}{what}{tier} by {value} points"),
        O::DecreaseByPoints => format!("cut {id}{what}{tier} by {value} points"),
        O::IncreaseByAmount => format!("raise {id}{what}{tier} by {value}{unit}"),
        O::DecreaseByAmount => format!("cut {id}{what}{tier} by {value}{unit}"),
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

/// What an amount of the lever's term is in, as a word behind it.
fn unit(lever: &Lever, company: &Company) -> String {
    let terms = company.program(&lever.program).map(|p| &p.latest().terms);
    match terms.and_then(|t| change::unit(t, lever.parameter)) {
        Some(Unit::MoneyPerUnit | Unit::Money | Unit::Measure(Measure::Revenue)) => {
            format!(" {}", company.catalog.currency)
        }
        Some(Unit::Measure(Measure::Units)) => " units".to_owned(),
        _ => String::new(),
    }
}

pub(super) fn is_mover(word: &str) -> bool {
    lexicon::UP.contains(&word) || lexicon::DOWN.contains(&word) || lexicon::SET.contains(&word)
}
