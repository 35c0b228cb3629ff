//! Where one change ends and the next begins, and which of them are alternatives.

use std::ops::Range;

use super::cuts::{Cut, Link, cuts, pieces};
use super::survey::{Slot, Survey};
use crate::reading::sheet::{Sheet, Use};
use crate::reading::{launch, lexicon};

/// A part of the question that says a change, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Passage {
    pub at: Range<usize>,
    /// Whether it is an alternative to what stands before it.
    pub alternative: bool,
    /// "Doing nothing": the baseline itself.
    pub nothing: bool,
    /// What it is set against ("…, not Q3"): understood, and no part of it.
    pub not: Vec<Range<usize>>,
}

impl Passage {
    /// A stretch that stands alone.
    pub fn whole(at: Range<usize>) -> Self {
        Self { at, alternative: false, nothing: false, not: Vec::new() }
    }
}

/// "Option A:", "opt 1": the tokens of a label.
pub(crate) fn label(sheet: &Sheet<'_>, i: usize) -> Option<Range<usize>> {
    let word = sheet.is(i, &["option", "opt", "scenario", "variant", "alternative", "case", "plan"]);
    let name = sheet
        .tokens
        .get(i + 1)
        .is_some_and(|t| t.text.chars().count() == 1 && t.text.chars().all(char::is_alphanumeric));
    (word && name).then(|| i..i + 2)
}

/// "compare EMEA with APAC for …": the first of two that fill the same slot.
fn opens(survey: &Survey<'_>, at: &Range<usize>, link: Link, next: &Range<usize>) -> bool {
    let strong = matches!(link, Link::Or | Link::Versus | Link::With);
    let slots = [Slot::Audience, Slot::Period, Slot::Program, Slot::Product];
    strong && slots.iter().any(|s| survey.has(*s, at) && survey.has(*s, next))
}

/// "…, not the Edge SPIFF", "…, not Q3": set against what was said before.
fn contrast(survey: &Survey<'_>, at: &Range<usize>, before: Option<&Range<usize>>) -> bool {
    let sheet = &survey.sheet;
    let first = sheet.skip(at.start, &["but", "and"]);
    let both = |s: Slot| before.is_some_and(|b| survey.has(s, at) && survey.has(s, b));
    let alone = |s: Slot| survey.phrases.iter().filter(|p| p.ends_in(at)).all(|p| p.slot == s);
    sheet.word(first) == "not" && [Slot::Program, Slot::Period].iter().any(|s| both(*s) && alone(*s))
}

pub(crate) const VERSUS: &[&str] = &["vs", "versus", "against"];
pub(crate) const COMPARE: &[&str] =
    &["compare", "compared", "comparing", "comparison", "difference", "better", "best", "worse", "which"];

/// Whether the question weighs one thing against another.
pub(crate) fn compares(sheet: &Sheet<'_>) -> bool {
    (0..sheet.len()).any(|i| sheet.free(i) && (sheet.is(i, COMPARE) || sheet.is(i, VERSUS)))
}

/// Cuts a question into passages, in its order.
pub(crate) fn split(survey: &Survey<'_>) -> Vec<Passage> {
    let sheet = &survey.sheet;
    let compares = compares(sheet);
    let cuts = cuts(sheet, compares);
    let parts = pieces(sheet.len(), &cuts);
    let mut passages: Vec<Passage> = Vec::new();
    // Links that were passed over since the last passage began.
    let mut pending: Option<(usize, bool)> = None;
    let launches = launch::is_launch(sheet, &survey.parts);
    let all = parts.clone();
    for (k, at) in parts.into_iter().enumerate() {
        let link = k.checked_sub(1).map(|c| cuts[c].link);
        let strong = matches!(link, Some(Link::Or | Link::Versus | Link::With))
            || compares && link == Some(Link::Comma);
        let opens_with = k == 0
            && cuts.first().is_some_and(|c| {
                matches!(c.link, Link::Or | Link::Versus | Link::With) || c.link == Link::And && compares
            });
        let nothing = is_nothing(survey, &at) && (link.is_some() && (strong || compares) || opens_with);
        let before = passages.last().map(|s| s.at.clone());
        let next = cuts.get(k).map(|c| c.link).zip(all.get(k + 1));
        let opens = passages.is_empty()
            && compares
            && next.is_some_and(|(link, next)| opens(survey, &at, link, next));
        // "A and B both up 10%": the first of a list of programs.
        let listed = passages.is_empty()
            && survey.has(Slot::Program, &at)
            && next.is_some_and(|(link, next)| {
                matches!(link, Link::And | Link::Comma)
                    && survey.has(Slot::Program, next)
                    && survey.has(Slot::Number, next)
                    && next.clone().any(|i| sheet.is(i, &["both", "each", "all"]))
            });
        // The limits of a new program belong to it.
        let limit = launches
            && !passages.is_empty()
            && survey.has(Slot::Parameter, &at)
            && !survey.has(Slot::Program, &at);
        if contrast(survey, &at, before.as_ref()) {
            if let Some(last) = passages.last_mut() {
                last.not.push(at.clone());
            }
            continue;
        }
        let starts = !limit
            && (nothing || opens || listed || starts_anew(survey, &at, before.as_ref(), strong, compares));
        if !starts {
            match passages.last_mut() {
                Some(last) => last.at.end = at.end,
                None => pending = Some(pending.map_or((at.start, false), |p| p)),
            }
            continue;
        }
        let start = pending.take().map_or(at.start, |(start, _)| start);
        let labelled = label(sheet, at.start).is_some();
        let alternative =
            !passages.is_empty() && (labelled || matches!(link, Some(Link::Or | Link::Versus | Link::With)));
        passages.push(Passage { at: start..at.end, alternative, nothing, not: Vec::new() });
    }
    if passages.is_empty() {
        return vec![Passage::whole(0..sheet.len())];
    }
    alternatives(survey, &mut passages, &cuts, compares);
    passages
}

/// Under "compare", or before an "or", what only lists amounts are alternatives too.
fn alternatives(survey: &Survey<'_>, passages: &mut [Passage], cuts: &[Cut], compares: bool) {
    let explicit = passages.iter().any(|s| s.alternative);
    let link_before = |s: &Passage| cuts.iter().rfind(|c| c.at.end <= s.at.start).map(|c| c.link);
    for k in 1..passages.len() {
        let (before, this) = (passages[k - 1].at.clone(), passages[k].clone());
        let amounts_only = !survey.has(Slot::Program, &this.at)
            && !survey.has(Slot::Product, &this.at)
            && !survey.has(Slot::Parameter, &this.at)
            && !survey.has(Slot::Audience, &this.at)
            && (!survey.has(Slot::Period, &this.at)
                || k + 1 == passages.len()
                    && before_alternative(passages, k)
                    && !passages[..k].iter().any(|p| survey.has(Slot::Period, &p.at)))
            && survey.has(Slot::Number, &this.at)
            && !this.at.clone().any(|i| survey.sheet.word(i) == "there")
            && super::compose::says_else(&survey.sheet.tokens[this.at.clone()]).is_none();
        let last = k + 1 == passages.len();
        // "5% and a 10% raise of the Product X SPIFF"
        let first_bare = k == 1 && bare_amount(survey, &before);
        let listed = amounts_only || (last && first_bare && compares);
        let under_compare = compares && !explicit && link_before(&this).is_some();
        passages[k].alternative |= (listed && !owns_verb(survey, &this.at)) || under_compare;
    }
}

/// "$42, $44 and $46 in Q4": the time behind the last of a list is of all of it.
fn before_alternative(passages: &[Passage], k: usize) -> bool {
    passages[k - 1].alternative
}

fn bare_amount(survey: &Survey<'_>, at: &Range<usize>) -> bool {
    survey.has(Slot::Number, at) && !survey.has(Slot::Program, at) && !survey.has(Slot::Parameter, at)
}

fn owns_verb(survey: &Survey<'_>, at: &Range<usize>) -> bool {
    survey.has(Slot::Verb, at) || pays(survey, at)
}

/// Whether a stretch begins a change of its own, and does not only go on with what
/// stands before it.
fn starts_anew(
    survey: &Survey<'_>,
    at: &Range<usize>,
    before: Option<&Range<usize>>,
    strong: bool,
    compares: bool,
) -> bool {
    let number = survey.has(Slot::Number, at);
    let subject =
        [Slot::Program, Slot::Product, Slot::Parameter, Slot::Audience].iter().any(|s| survey.has(*s, at));
    let verb = moves(survey, at);
    let Some(before) = before else {
        if at.clone().any(|i| sheet_now(survey, i)) {
            return false;
        }
        return number || (verb && (subject || followed_by_amount(survey, at)));
    };
    // "…, so October to December, at 6%": the amount of what stands before it.
    let pays = pays(survey, at);
    let bare = number && !subject && !verb && !pays && !strong && !compares;
    if goes_on(survey, at) || bare && !survey.has(Slot::Number, before) {
        return false;
    }
    if number || (verb && subject) || (verb && strong) {
        return true;
    }
    let both = |slot| survey.has(slot, at) && survey.has(slot, before);
    if both(Slot::Program) && !only_explains(survey, at) {
        return true;
    }
    if both(Slot::Parameter) && !survey.has(Slot::Number, before) {
        return true;
    }
    let period = both(Slot::Period) && !survey.has(Slot::Audience, at);
    if period && (strong || whole_periods(survey, at, before)) {
        return true;
    }
    compares && strong && (both(Slot::Audience) || both(Slot::Product))
}

/// "…, and pay $55": what it pays, said with a verb of its own.
pub(super) fn pays(survey: &Survey<'_>, at: &Range<usize>) -> bool {
    at.clone().any(|i| {
        survey.sheet.is(i, &["pay", "pays", "paid", "paying", "offer", "offers", "offered", "offering"])
            && survey.parts.numbers.iter().any(|n| n.at.start == i + 1)
    })
}

/// "is $40 today", "we currently pay $40": a word that says so of a number.
fn sheet_now(survey: &Survey<'_>, i: usize) -> bool {
    let sheet = &survey.sheet;
    let given = |n: &crate::reading::numbers::Number| {
        sheet.is(n.at.start.wrapping_sub(1), &["to", "by", "at", "another"])
    };
    let behind = survey.parts.numbers.iter().any(|n| n.at.end == i && !given(n))
        && (sheet.is(i, &["today", "now", "currently", "presently"])
            || sheet.follows(i, &["at", "the", "moment"])
            || sheet.follows(i, &["right", "now"]));
    (sheet.is(i, &["still", "currently"]) || behind) && sheet.free(i)
}

/// Verbs that make a change, as opposed to those that only say where things stand.
fn moves(survey: &Survey<'_>, at: &Range<usize>) -> bool {
    survey.has(Slot::Verb, at)
}

/// "raise or cut it by 5%": the verb waits for the amount behind it.
fn followed_by_amount(survey: &Survey<'_>, at: &Range<usize>) -> bool {
    let sheet = &survey.sheet;
    let next = sheet.skip(at.end, &["or", "and", ","]);
    survey.of_slot(Slot::Verb, at).iter().any(|v| v.at.end == at.end)
        && survey.phrases.iter().any(|p| p.slot == Slot::Verb && p.at.start == next)
}

/// "… instead of $40", "… not $50", "with a minimum of 5" go on with the change.
fn goes_on(survey: &Survey<'_>, at: &Range<usize>) -> bool {
    let sheet = &survey.sheet;
    let first = sheet.skip(at.start, &["but", "and", ","]);
    let negated =
        sheet.is(first, &["not", "instead", "rather", "except", "excluding", "starting", "step", "steps"]);
    // "… on the Product X SPIFF, what does that do to margin?"
    // "we still pay $40 on it": what holds today is no change.
    // "…, MSPs excluded"
    let out = at.clone().any(|i| sheet.is(i, &["excluded", "excepted", "exempt", "exempted"]));
    if out
        && !survey.has(Slot::Number, at)
        && !survey.has(Slot::Program, at)
        && survey.has(Slot::Audience, at)
    {
        return true;
    }
    let today = at.clone().any(|i| sheet_now(survey, i));
    if today || restates(survey, at, first) {
        return true;
    }
    let asks = sheet.is(first, &["what", "how", "would", "will", "does", "do", "is", "thoughts"]);
    negated || asks && !survey.has(Slot::Number, at)
}

/// "…, so 7% becomes 5.6%", "…, i.e. 6.6%": what comes of the change before it.
fn restates(survey: &Survey<'_>, at: &Range<usize>, first: usize) -> bool {
    let sheet = &survey.sheet;
    let leads = sheet.is(first, &["so", "ie", "meaning", "which", "that", "making", "then"]);
    let becomes = sheet.has_in(at, &["becomes", "become", "ie", "meaning", "makes", "making"]);
    let own =
        [Slot::Program, Slot::Product, Slot::Audience, Slot::Parameter].iter().any(|s| survey.has(*s, at));
    leads && becomes && survey.has(Slot::Number, at) && !own
}

/// A program named only to say what else happens ("leave the rest as it is").
fn only_explains(survey: &Survey<'_>, at: &Range<usize>) -> bool {
    at.clone().any(|i| survey.sheet.is(i, &["leave", "leaving", "keep", "keeping"]))
}

fn whole_periods(survey: &Survey<'_>, at: &Range<usize>, before: &Range<usize>) -> bool {
    use crate::reading::periods::Form;
    let whole = |r: &Range<usize>| {
        survey.parts.periods.iter().filter(|p| r.contains(&p.at.start)).all(|p| p.form == Form::Whole)
    };
    whole(at) && whole(before)
}

const NOTHING: &[&str] = &[
    "nothing",
    "today",
    "now",
    "baseline",
    "status",
    "quo",
    "current",
    "currently",
    "existing",
    "is",
    "are",
    "unchanged",
    "none",
    "today's",
];

/// "doing nothing", "leaving it as it is", "the baseline", "no change".
fn is_nothing(survey: &Survey<'_>, at: &Range<usize>) -> bool {
    let sheet = &survey.sheet;
    let free = [Slot::Number, Slot::Program, Slot::Product, Slot::Audience, Slot::Parameter]
        .iter()
        .all(|s| !survey.has(*s, at));
    let says = at.clone().any(|i| sheet.is(i, NOTHING) || sheet.follows(i, &["no", "change"]));
    let only = at.clone().all(|i| {
        sheet.is(i, NOTHING)
            || sheet.uses[i] == Use::Period
            || lexicon::filler(sheet.word(i))
            || sheet.is(
                i,
                &[
                    "no", "change", "leave", "leaving", "keep", "keeping", "?", ".", "same", "rules", "at",
                    "stay", "staying",
                ],
            )
            || sheet.tokens[i].kind == crate::reading::token::Kind::Symbol
    });
    free && says && only
}
