//! Which term of a program a question moves: words to parameters. Knows what programs have, never what they are called.

use std::ops::Range;

use crate::programs::Terms;
use crate::programs::terms::Rate;
use crate::scenario::Parameter;

use crate::reading::lexicon;
use crate::reading::sheet::{Sheet, Use};

mod tiers;

pub(crate) use tiers::{Tiers, tiers};

/// A parameter as said: every parameter the words may mean.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Said {
    pub parameters: Vec<Parameter>,
    pub at: Range<usize>,
}

/// Finds the word for the term that moves and takes it off the sheet. Words for
/// the rate itself count only where nothing else is said.
pub(crate) fn find(sheet: &mut Sheet<'_>) -> Vec<Said> {
    let mut found: Vec<Said> = Vec::new();
    for i in 0..sheet.len() {
        if let Some(said) = at(sheet, i).filter(|s| s.at.clone().all(|k| sheet.free(k))) {
            sheet.claim(said.at.clone(), Use::Lever);
            match found.last_mut() {
                Some(before)
                    if before.parameters == said.parameters
                        && !apart(sheet, before.at.end..said.at.start) =>
                {
                    before.at.end = said.at.end;
                }
                _ => found.push(said),
            }
        }
    }
    caps(sheet, &mut found);
    found
}

/// Whether a figure stands between two words for a term: then there are two of them.
fn apart(sheet: &Sheet<'_>, between: Range<usize>) -> bool {
    between.clone().any(|k| sheet.uses[k] == Use::Number)
        && between.clone().any(|k| sheet.is(k, &["and", ",", ";", "with", "plus"]))
}

fn at(sheet: &Sheet<'_>, i: usize) -> Option<Said> {
    use Parameter as P;
    if !sheet.free(i) || part_of_name(sheet, i) {
        return None;
    }
    let one = |p: P, n: usize| Some(Said { parameters: vec![p], at: i..i + n });
    let threshold = |k: usize| sheet.is(k, &["threshold", "thresholds", "hurdle", "requirement"]);
    match sheet.word(i) {
        "deal" if sheet.is(i + 1, &["registration", "reg"]) => one(
            P::DealRegistration,
            2 + usize::from(sheet.is(i + 2, &["requirement", "restriction", "condition"])),
        ),
        // "require a registered deal"; the Registered Deal Commission is a name.
        "registered"
            if sheet.is(i + 1, &["deal", "deals"])
                && lexicon::kind(sheet.word(i + 2)).is_none()
                && sheet.is(
                    i.wrapping_sub(1),
                    &["a", "an", "the", "any", "only", "no", "require", "requires"],
                ) =>
        {
            one(P::DealRegistration, 2)
        }
        "registration" if !sheet.is(i.wrapping_sub(1), &["deal"]) => {
            one(P::DealRegistration, 1 + usize::from(sheet.is(i + 1, &["requirement"])))
        }
        "new" if sheet.is(i + 1, &["customer", "customers", "logos", "logo"]) => one(P::NewCustomerOnly, 2),
        "marginal" | "retroactive" => one(P::RateMode, 1),
        "growth" if threshold(i + 1) => one(P::GrowthAbove, 2),
        "accelerator" | "accelerators" | "kicker" | "multiplier" => {
            let n = 1 + usize::from(sheet.is(i + 1, &["multiplier", "factor"]));
            if threshold(i + n) || sheet.is(i + n, &["attainment"]) {
                one(P::AcceleratorAbove, n + 1)
            } else {
                one(P::AcceleratorMultiplier, n)
            }
        }
        "parent" if sheet.is(i + 1, &["override", "overrides"]) => one(P::Override, 2),
        "override" | "overrides" => one(P::Override, 1),
        "existing" | "returning" | "repeat" | "old" if sheet.is(i + 1, &["customer", "customers"]) => {
            one(P::NewCustomerOnly, 2)
        }
        // "at most $800 per partner"
        "at" | "up" | "no" | "not" if bound(sheet, i).is_some() => Some(Said {
            parameters: vec![P::CapPerPartner, P::CapPerTransaction],
            at: i..i + bound(sheet, i).unwrap_or(1),
        }),
        "minimum" | "min" | "floor" | "minimums" => one(P::Minimum, 1 + usize::from(threshold(i + 1))),
        "target" | "targets" | "quota" | "quotas" if !purpose(sheet, i) => one(P::Target, 1),
        word if lexicon::BUDGET.contains(&word) => {
            one(P::ProgramBudget, 1 + usize::from(sheet.is(i + 1, &["cap", "limit", "ceiling"])))
        }
        "threshold" | "thresholds" => Some(Said {
            parameters: vec![P::TierThreshold, P::GrowthAbove, P::AcceleratorAbove],
            at: i..i + 1,
        }),
        "hurdle" => Some(Said {
            parameters: vec![P::TierThreshold, P::GrowthAbove, P::AcceleratorAbove, P::Minimum],
            at: i..i + 1,
        }),
        "program" | "overall" | "total" if sheet.is(i + 1, &["budget"]) => one(P::ProgramBudget, 2),
        "program" | "overall" | "total" if sheet.is(i + 1, &["cap", "limit"]) => one(P::ProgramBudget, 2),
        // "cap total spend at 180k": of the whole program.
        word if lexicon::CAP.contains(&word)
            && sheet.is(sheet.skip(i + 1, &["the", "our"]), &["total", "overall", "whole"])
            && sheet.is(
                sheet.skip(i + 1, &["the", "our"]) + 1,
                &["spend", "spending", "payout", "payouts", "cost", "costs"],
            ) =>
        {
            one(P::ProgramBudget, sheet.skip(i + 1, &["the", "our"]) + 2 - i)
        }
        // "limit it to new customers": a verb.
        word if lexicon::RESTRICT.contains(&word) && customers_behind(sheet, i) => None,
        word if lexicon::CAP.contains(&word) => {
            Some(Said { parameters: vec![P::CapPerPartner, P::CapPerTransaction], at: i..i + 1 })
        }
        _ => None,
    }
}

/// "… to new customers" behind a verb of limits.
fn customers_behind(sheet: &Sheet<'_>, i: usize) -> bool {
    (i + 1..(i + 8).min(sheet.len())).any(|k| {
        sheet.word(k) == "to"
            && sheet.is(k + 1, &["new"])
            && sheet.is(k + 2, &["customer", "customers", "logos"])
    })
}

/// "at most", "up to", "no more than" before a sum for each partner or deal.
fn bound(sheet: &Sheet<'_>, i: usize) -> Option<usize> {
    let phrases: &[&[&str]] =
        &[&["at", "most"], &["up", "to"], &["no", "more", "than"], &["not", "more", "than"]];
    let phrase = phrases.iter().find(|p| sheet.follows(i, p))?;
    let end = i + phrase.len();
    let sum = (end..end + 3).any(|k| sheet.is_number(k));
    let each = (end + 1..end + 6).any(|k| {
        sheet.is(k, EACH)
            && (sheet.is(k + 1, PARTNER) && !sheet.is(k + 1, &["month", "quarter", "period"])
                || sheet.is(k + 1, DEAL))
    });
    (sum && each).then_some(phrase.len())
}

/// "the target bonus": a word for a term that is part of a program's name, right
/// before the kind of program.
pub(crate) fn part_of_name(sheet: &Sheet<'_>, i: usize) -> bool {
    let word = sheet.word(i);
    let kind = lexicon::kind(sheet.word(i + 1)).is_some() && !lexicon::RATE.contains(&sheet.word(i + 1));
    kind && sheet.names.programs.iter().any(|p| p.strong.contains(word))
}

/// "to hit our target": why something is asked, not what is to move.
fn purpose(sheet: &Sheet<'_>, i: usize) -> bool {
    let from = i.saturating_sub(3);
    // "Target: 1,500 units. What does that take?"
    if sheet.word(i + 1) == ":" && (i == 0 || sheet.is(i - 1, &[".", ";"])) {
        return true;
    }
    // "Target 5,000 units in Q3: which SPIFF?"
    let asks = (i + 1..sheet.len()).any(|k| sheet.is(k, &["which", "what", "how"]));
    let term = sheet.is(i + 1, &["of", "to", "for", "at", "on", "from", "by"]);
    if !term && (i == 0 || sheet.is(i - 1, &[".", ";"])) && asks {
        return true;
    }
    // "at 120% of target"
    if sheet.before(i) == "of" && i > 1 && sheet.uses[i - 2] == Use::Number {
        return true;
    }
    (from..i).any(|k| sheet.is(k, &["hit", "reach", "meet", "make", "achieve", "our", "my"]))
}

const EACH: &[&str] = &["per", "a", "each", "every", "/", "for", "one"];
const PARTNER: &[&str] = &["partner", "partners", "reseller", "account", "month", "quarter", "period"];
const DEAL: &[&str] = &["transaction", "transactions", "deal", "deals", "order", "orders", "sale", "invoice"];

/// Settles which cap is meant by the words beside it: `per partner`, `deal cap`.
fn caps(sheet: &mut Sheet<'_>, found: &mut [Said]) {
    let open = |s: &Said| {
        s.parameters.contains(&Parameter::CapPerPartner)
            || s.parameters.contains(&Parameter::CapPerTransaction)
    };
    if !found.iter().any(open) {
        return;
    }
    for i in 0..sheet.len() {
        if !sheet.free(i) {
            continue;
        }
        // The cap that a word belongs to is the one next to it.
        let distance =
            |s: &Said| if s.at.start > i { s.at.start - i } else { (i + 1).saturating_sub(s.at.end) };
        let Some(said) = found.iter_mut().filter(|s| open(s)).min_by_key(|s| distance(s)) else { return };
        let led = i > 0 && sheet.free(i - 1) && sheet.is(i - 1, EACH);
        let hyphen = i > 1 && sheet.word(i - 1) == "-" && sheet.is(i - 2, EACH);
        let beside = sheet.is(i + 1, lexicon::CAP) || said.at.end == i;
        let parameter = if sheet.is(i, PARTNER) && (led || hyphen || beside)
            || (sheet.is(i, &["monthly", "quarterly", "partner's"]) && (beside || sheet.is(i + 1, PARTNER)))
        {
            Parameter::CapPerPartner
        } else if sheet.is(i, DEAL) && (led || hyphen || beside) {
            Parameter::CapPerTransaction
        } else {
            continue;
        };
        let start = if hyphen {
            i - 2
        } else if led {
            i - 1
        } else {
            i
        };
        // Two of them at once ("a partner a month") say the same.
        if said.parameters.len() == 1 && said.parameters[0] != parameter {
            continue;
        }
        said.parameters = vec![parameter];
        // "per partner and quarter"
        let period = sheet.is(i + 1, &["and", "&", "/"])
            && sheet.is(i + 2, &["month", "quarter", "period", "partner"]);
        sheet.claim(start..i + 1 + if period { 2 } else { 0 }, Use::Lever);
    }
}

/// The parameters of a program that numbers can move and that its terms have.
pub(crate) fn has(terms: &Terms, parameter: Parameter) -> bool {
    match parameter {
        Parameter::Rate => matches!(terms.rate, Rate::Flat(_)),
        Parameter::TierRate | Parameter::TierThreshold | Parameter::RateMode => {
            matches!(terms.rate, Rate::Tiered { .. })
        }
        Parameter::Minimum => terms.minimum.is_some(),
        Parameter::Target => terms.target.is_some(),
        Parameter::AcceleratorMultiplier | Parameter::AcceleratorAbove => terms.accelerator.is_some(),
        Parameter::GrowthAbove => terms.growth.is_some(),
        Parameter::Override => terms.override_percent.is_some(),
        Parameter::CapPerPartner => terms.caps.per_partner.is_some(),
        Parameter::CapPerTransaction => terms.caps.per_transaction.is_some(),
        Parameter::ProgramBudget => terms.caps.program_budget.is_some(),
        _ => true,
    }
}
