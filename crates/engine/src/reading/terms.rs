//! Which term of a program a question moves: words to parameters, and the tier
//! that is meant. Knows what programs have, never what they are called.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::programs::Terms;
use crate::programs::terms::{Rate, RateTier};
use crate::scenario::Parameter;

use super::lexicon;
use super::numbers::{Given, Number};
use super::sheet::{Sheet, Use};

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

/// Which tiers are meant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tiers {
    Unsaid,
    All(Range<usize>),
    One(Decimal, Range<usize>),
    /// A tier is named that the program does not have.
    Wrong(Range<usize>),
}

const TIER: &[&str] =
    &["tier", "tiers", "band", "bands", "bracket", "brackets", "level", "threshold", "step", "rung", "rungs"];

/// Finds the tier that the words name. `words_at`: where a word for thresholds was
/// already taken, which names a tier as well as the word tier does.
pub(crate) fn tiers(
    sheet: &mut Sheet<'_>,
    terms: &Terms,
    numbers: &mut Vec<Number>,
    words_at: Option<Range<usize>>,
) -> Tiers {
    let Rate::Tiered { tiers, .. } = &terms.rate else { return Tiers::Unsaid };
    let is_tier = |sheet: &Sheet<'_>, i: usize| {
        // "the top rate", "the base rate"
        let ends = sheet.is(i.wrapping_sub(1), &["top", "highest", "bottom", "lowest", "base", "entry"]);
        let rate = sheet.is(i, &["rate", "rates"]) && ends && (sheet.free(i) || sheet.uses[i] == Use::Lever);
        (sheet.is(i, TIER) && sheet.free(i)) || rate || words_at.as_ref().is_some_and(|r| r.contains(&i))
    };
    for i in 0..sheet.len() {
        if !is_tier(sheet, i) {
            continue;
        }
        if let Some(found) = one_tier(sheet, tiers, numbers, i) {
            if let Tiers::One(from, _) = &found {
                described(sheet, numbers, *from);
            }
            return found;
        }
    }
    // "2.5% from $30,000": where the tier starts stands for it.
    let leads = ["from", "above", "over", "beyond", "past"];
    let place = numbers.iter().position(|n| {
        let start = tiers.iter().any(|t| !t.from.is_zero() && Some(t.from) == n.value);
        let apart = matches!(n.given, Given::Money | Given::Units)
            || n.given == Given::Bare && n.value.is_some_and(|v| v > Decimal::ONE_HUNDRED);
        start
            && apart
            && numbers.len() > 1
            && sheet.is(n.at.start.wrapping_sub(1), &leads)
            && sheet.word(n.at.end) != "to"
    });
    if let Some(place) = place.filter(|_| words_at.is_none()) {
        let number = numbers.remove(place);
        sheet.claim(number.at.start - 1..number.at.end, Use::Lever);
        if let Some(from) = number.value {
            return Tiers::One(from, number.at);
        }
    }
    if let Some(i) = (0..sheet.len()).find(|i| sheet.follows(*i, &["across", "the", "board"])) {
        sheet.claim(i..i + 3, Use::Lever);
        return Tiers::All(i..i + 3);
    }
    Tiers::Unsaid
}

fn one_tier(sheet: &mut Sheet<'_>, tiers: &[RateTier], numbers: &mut Vec<Number>, i: usize) -> Option<Tiers> {
    let nth = |n: usize| tiers.get(n).map(|t| t.from);
    // "the top loyalty tier": the name may stand between.
    let mut q = i;
    while q > 0 && sheet.uses[q - 1] == Use::Name {
        q -= 1;
    }
    if q < i && sheet.is(q.wrapping_sub(1), &["top", "highest", "upper", "bottom", "lowest", "entry", "base"])
    {
        let top = sheet.is(q - 1, &["top", "highest", "upper"]);
        sheet.claim(q - 1..q, Use::Lever);
        sheet.claim(i..i + 1, Use::Lever);
        let from = if top { nth(tiers.len() - 1) } else { nth(0) };
        return Some(from.map_or(Tiers::Wrong(i..i + 1), |from| Tiers::One(from, i..i + 1)));
    }
    let (mut start, mut end) = (i, i + 1);
    // "the 50k tier", "the 3% tier", "tier from 50,000", "tier 2", "the 2nd tier".
    let before = numbers.iter().position(|n| {
        n.at.end == i
            || (n.at.end < i
                && (n.at.end..i).all(|k| sheet.is(k, &["st", "nd", "rd", "th", "-", "+", "unit", "units"])))
    });
    let lead = sheet.skip(i + 1, &["from", "above", "at", "over", "starting", "of", "beginning"]);
    let after = numbers
        .iter()
        .position(|n| n.at.start == lead && (lead > i + 1 || matches!(n.given, Given::Bare | Given::Units)));
    let after_fits = after.filter(|a| {
        let n = &numbers[*a];
        let by_from = tiers.iter().any(|t| Some(t.from) == n.value);
        lead == i + 1 && n.given == Given::Bare || by_from && (lead > i + 1 || numbers.len() > 1)
    });
    let found = if sheet.is(i.wrapping_sub(1), &["top", "highest", "last", "upper", "final"]) {
        start = i - 1;
        nth(tiers.len() - 1)
    } else if sheet.is(i.wrapping_sub(1), &["bottom", "lowest", "first", "base", "entry", "starting"]) {
        start = i - 1;
        nth(0)
    } else if let Some(n) = ["second", "third", "fourth"].iter().position(|w| sheet.before(i) == *w) {
        start = i - 1;
        nth(n + 1)
    } else if sheet.before(i) == "middle" && tiers.len() == 3 {
        start = i - 1;
        nth(1)
    } else if sheet.is(i.wrapping_sub(1), &["all", "every", "each"])
        || (sheet.word(i.wrapping_sub(1)) == "the" && sheet.is(i.wrapping_sub(2), &["all"]))
    {
        sheet.claim(i - 1..i + 1, Use::Lever);
        if sheet.before(i - 1) == "all" || sheet.before(i) == "the" {
            sheet.claim(i - 2..i + 1, Use::Lever);
        }
        if sheet.is(i + 1, &["rate", "rates"]) {
            sheet.claim(i + 1..i + 2, Use::Lever);
        }
        return Some(Tiers::All(i - 1..i + 1));
    } else if let Some(place) = before.filter(|b| counts_all(sheet, &numbers[*b], tiers)) {
        let number = numbers.remove(place);
        sheet.claim(number.at.start - 1..i + 1, Use::Lever);
        return Some(Tiers::All(number.at.start - 1..i + 1));
    } else if let Some(place) = before {
        let number = numbers.remove(place);
        start = number.at.start;
        let ordinal = sheet.is(i - 1, &["st", "nd", "rd", "th"]);
        by_number(tiers, &number, ordinal)
    } else if let Some(place) = after_fits {
        let number = numbers.remove(place);
        end = number.at.end;
        by_number(tiers, &number, lead == i + 1 && number.given == Given::Bare)
    } else {
        return None;
    };
    if sheet.is(end, &["rate", "rates", "tier", "threshold"]) && sheet.free(end) {
        end += 1;
    }
    sheet.claim(start..end, Use::Lever);
    Some(found.map_or(Tiers::Wrong(start..end), |from| Tiers::One(from, start..end)))
}

/// "the top tier (from $100,000)", "(90k and above)": where it starts, said in brackets.
fn described(sheet: &mut Sheet<'_>, numbers: &mut Vec<Number>, from: Decimal) {
    let bracket = |n: &Number| {
        let lead =
            (0..n.at.start).rev().find(|i| !sheet.is(*i, &["from", "above", "over", "at", "starting"]));
        lead.is_some_and(|i| sheet.word(i) == "(") && n.value == Some(from) && n.given != Given::Percent
    };
    let Some(place) = numbers.iter().position(bracket).filter(|_| numbers.len() > 1) else { return };
    let number = numbers.remove(place);
    let start = (0..number.at.start).rev().find(|i| sheet.word(*i) == "(").unwrap_or(number.at.start);
    let end = (number.at.end..sheet.len()).find(|i| sheet.word(*i) == ")").unwrap_or(number.at.end);
    sheet.claim(start..end, Use::Lever);
}

/// "all three tiers"
fn counts_all(sheet: &Sheet<'_>, number: &Number, tiers: &[RateTier]) -> bool {
    sheet.is(number.at.start.wrapping_sub(1), &["all", "the"])
        && number.given == Given::Bare
        && number.value == Some(Decimal::from(tiers.len()))
        && !sheet.is_number(number.at.start)
}

fn by_number(tiers: &[RateTier], number: &Number, ordinal: bool) -> Option<Decimal> {
    let value = number.value?;
    if ordinal {
        let n: usize = value.try_into().ok()?;
        return tiers.get(n.checked_sub(1)?).map(|t| t.from);
    }
    if number.given == Given::Percent {
        let mut fits = tiers.iter().filter(|t| t.pay.value() == value);
        let first = fits.next()?;
        return fits.next().is_none().then_some(first.from);
    }
    tiers.iter().find(|t| t.from == value).map(|t| t.from)
}
