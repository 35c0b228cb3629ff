//! What a lever is about: the program, the term that moves and, where the rate has
//! tiers, the tier. Asks where the words fit more than one; never guesses.

use rust_decimal::Decimal;
use serde_json::json;

use crate::calendar::Span;
use crate::programs::terms::Rate;
use crate::programs::{Program, Terms};
use crate::scenario::describe::{parameter_words, version_near};
use crate::scenario::{Parameter, change, figures};

use super::desk::{Desk, choice};
use super::lexicon;
use super::programs::Found;
use super::sheet::Use;
use super::terms::{self, Said, Tiers};

/// Most programs offered as choices.
const CHOICES_MAX: usize = 8;

/// The program that is meant; asks, or fails, where the words do not say.
pub(crate) fn program(desk: &mut Desk<'_>, found: Found, said: &[Said], span: Span) -> Option<usize> {
    let field = desk.field("program");
    match found {
        Found::Fits { programs, at } => {
            at.iter().for_each(|a| desk.said(&field, a.clone()));
            let having = with_term(desk, &programs, said);
            match having.as_slice() {
                [one] => Some(*one),
                many => pick(desk, many, span),
            }
        }
        Found::Nothing => {
            let fits = |p: &Program| {
                said.iter().all(|s| s.parameters.iter().any(|q| terms::has(&p.latest().terms, *q)))
            };
            let all: Vec<usize> = (0..desk.context.company.programs.len())
                .filter(|p| fits(&desk.context.company.programs[*p]))
                .collect();
            // "Find me the best rate": of which program?
            let rate = desk.sheet.has(&["rate", "rates"]);
            let idle = said.is_empty() && !rate && !desk.sheet.uses.contains(&super::sheet::Use::Number);
            if idle {
                let message = "The question names no program and no amount".to_owned();
                desk.fail("no_change", "question", message, super::EXAMPLE);
                return None;
            }
            if all.is_empty() {
                let message = "No program has what this would change".to_owned();
                desk.fail("unknown_program", field, message, "Name the program");
                return None;
            }
            pick(desk, &all, span)
        }
        Found::Unknown { text, at } => {
            desk.said(&field, at);
            let finding = crate::scenario::check::unknown_program(&text, &field, desk.context.company);
            desk.findings.push(finding);
            None
        }
        Found::Several { first, text } => {
            let name = desk.context.company.programs[first].name().to_owned();
            let message = format!("The question names {name} and also {text:?}");
            desk.outside("several_changes", message, "Ask about one program at a time");
            None
        }
    }
}

/// Of several programs, the only one that has the term that moves. A term may be
/// introduced where there is none, so only what is raised or lowered tells.
fn with_term(desk: &Desk<'_>, programs: &[usize], said: &[Said]) -> Vec<usize> {
    let moved =
        desk.sheet.has(lexicon::UP) || desk.sheet.has(lexicon::DOWN) || desk.sheet.has(lexicon::REMOVE);
    let company = desk.context.company;
    let has = |p: &usize| {
        said.iter().all(|s| s.parameters.iter().any(|q| terms::has(&company.programs[*p].latest().terms, *q)))
    };
    let having: Vec<usize> = programs.iter().copied().filter(has).collect();
    if programs.len() > 1 && moved && !said.is_empty() && having.len() == 1 {
        having
    } else {
        programs.to_vec()
    }
}

fn pick(desk: &mut Desk<'_>, programs: &[usize], span: Span) -> Option<usize> {
    let company = desk.context.company;
    // Programs that run in the period go first.
    let runs = |p: &usize| {
        company.programs[*p].versions.iter().any(|v| v.terms.effective.intersection(&span).is_some())
    };
    let mut order: Vec<usize> = programs.iter().copied().filter(|p| runs(p)).collect();
    order.extend(programs.iter().copied().filter(|p| !runs(p)));
    order.truncate(CHOICES_MAX);
    let choices: Vec<_> = order
        .iter()
        .map(|p| {
            let program = &company.programs[*p];
            let label = format!("{}: {}", program.name(), pays(program, span));
            choice(program.id.clone(), label, desk.lever_patch(&[("program", json!(program.id))]))
        })
        .collect();
    let answer = desk.ask(&desk.field("program"), "Which program do you mean?".to_owned(), choices)?;
    company.programs.iter().position(|p| p.id == answer)
}

/// What a program pays and until when, in a few words.
fn pays(program: &Program, span: Span) -> String {
    let version = version_near(program, span.start);
    let rate = match &version.terms.rate {
        Rate::Flat(pay) => change::words(pay.value(), &version.terms, Parameter::Rate),
        Rate::Tiered { tiers, .. } => {
            let rates: Vec<String> = tiers
                .iter()
                .map(|t| change::words(t.pay.value(), &version.terms, Parameter::TierRate))
                .collect();
            format!("{} by tier", rates.join(", "))
        }
    };
    format!("{rate}, {} to {}", version.terms.effective.start, version.terms.effective.end)
}

/// The parameter that moves, from what was said and what the program has.
pub(crate) fn parameter(desk: &mut Desk<'_>, said: &[Said], terms: &Terms) -> Option<Parameter> {
    let field = desk.field("parameter");
    let Some(first) = said.first() else {
        return Some(rate(desk, terms));
    };
    // A growth or accelerator threshold is one thing said with two words.
    let mut fits: Vec<Parameter> = first.parameters.clone();
    let mut at = first.at.clone();
    for other in &said[1..] {
        let both: Vec<Parameter> = fits.iter().copied().filter(|p| meet(*p, &other.parameters)).collect();
        let merged: Vec<Parameter> = if both.is_empty() {
            other.parameters.iter().copied().filter(|p| meet(*p, &fits)).collect()
        } else {
            both
        };
        if merged.is_empty() {
            let message = format!(
                "The question names two terms: {} and {}",
                desk.sheet.text(at),
                desk.sheet.text(other.at.clone())
            );
            desk.outside("several_changes", message, "Ask about one term at a time");
            return None;
        }
        fits = merged;
        at = at.start.min(other.at.start)..at.end.max(other.at.end);
    }
    desk.said(&field, at);
    let own: Vec<Parameter> = fits.iter().copied().filter(|p| terms::has(terms, *p)).collect();
    match (own.as_slice(), fits.as_slice()) {
        ([one], _) => Some(*one),
        // What the program does not have is for the check to say.
        ([], [one, ..]) => Some(*one),
        ([], []) => None,
        (many, _) => {
            let many = many.to_vec();
            ask_parameter(desk, &many, terms)
        }
    }
}

fn meet(parameter: Parameter, others: &[Parameter]) -> bool {
    others.iter().any(|o| {
        *o == parameter
            || matches!(
                (parameter, o),
                (Parameter::AcceleratorAbove, Parameter::AcceleratorMultiplier)
                    | (Parameter::GrowthAbove, Parameter::TierThreshold)
            ) && parameter == Parameter::AcceleratorAbove
    })
}

fn ask_parameter(desk: &mut Desk<'_>, many: &[Parameter], terms: &Terms) -> Option<Parameter> {
    let choices: Vec<_> = many
        .iter()
        .map(|p| {
            let now = change::current(terms, *p, None).ok().flatten();
            let label = match now {
                Some(now) => format!("the {}, now {}", parameter_words(*p), change::words(now, terms, *p)),
                None => format!("the {}", parameter_words(*p)),
            };
            let id = change::name_of(p);
            choice(id.clone(), label, desk.lever_patch(&[("parameter", json!(id))]))
        })
        .collect();
    let answer = desk.ask(&desk.field("parameter"), "Which of its terms do you mean?".to_owned(), choices)?;
    many.iter().copied().find(|p| change::name_of(p) == answer)
}

/// The rate: said with a word for it, or meant by naming only the program.
fn rate(desk: &mut Desk<'_>, terms: &Terms) -> Parameter {
    let field = desk.field("parameter");
    let words: Vec<usize> = (0..desk.sheet.len())
        .filter(|i| {
            desk.sheet.free(*i)
                && (desk.sheet.is(*i, lexicon::RATE) || desk.sheet.is(*i, &["payout", "payouts"]))
        })
        .collect();
    match words.first() {
        Some(i) => {
            desk.sheet.claim(*i..*i + 1, Use::Lever);
            desk.said(field, *i..*i + 1);
        }
        None => desk.assumed(field, "a change of a program without a named term is a change of its rate"),
    }
    match terms.rate {
        Rate::Flat(_) => Parameter::Rate,
        Rate::Tiered { .. } => Parameter::TierRate,
    }
}

/// The tiers a lever moves: one, or all of them, each a lever of its own.
pub(crate) fn tiers(
    desk: &mut Desk<'_>,
    terms: &Terms,
    parameter: Parameter,
    said: Tiers,
    old: Option<Decimal>,
) -> Option<Vec<Option<Decimal>>> {
    if !matches!(parameter, Parameter::TierRate | Parameter::TierThreshold) {
        return Some(vec![None]);
    }
    let Rate::Tiered { tiers, .. } = &terms.rate else { return Some(vec![None]) };
    let field = desk.field("tier_from");
    let threshold = parameter == Parameter::TierThreshold;
    let all: Vec<Option<Decimal>> =
        tiers.iter().filter(|t| !threshold || !t.from.is_zero()).map(|t| Some(t.from)).collect();
    // "from 50,000 to 60,000" and "from 3% to 3.5%" name the tier by what it has.
    let by_old: Vec<Option<Decimal>> = tiers
        .iter()
        .filter(|t| old.is_some_and(|o| if threshold { t.from == o } else { t.pay.value() == o }))
        .map(|t| Some(t.from))
        .collect();
    match said {
        // "lower the entry threshold from 25 to 20": what it has tells which, and the
        // tier from nothing has no threshold.
        Tiers::One(from, at) if threshold && from.is_zero() => {
            desk.said(field, at);
            let lowest = all.first().copied().map(|t| vec![t]);
            if by_old.len() == 1 { Some(by_old) } else { lowest }
        }
        Tiers::One(from, at) => {
            desk.said(field, at);
            Some(vec![Some(from)])
        }
        Tiers::All(at) => {
            desk.said(field, at);
            Some(all)
        }
        Tiers::Wrong(at) => {
            let text = desk.sheet.text(at);
            let have: Vec<String> = tiers.iter().map(|t| figures::number(t.from)).collect();
            let hint = format!("The tiers start at {}", have.join(", "));
            desk.fail("unknown_tier_from", field, format!("The program has no tier {text:?}"), hint);
            None
        }
        Tiers::Unsaid if by_old.len() == 1 => Some(by_old),
        Tiers::Unsaid if all.len() == 1 => {
            desk.assumed(field, "the only threshold the program has");
            Some(all)
        }
        Tiers::Unsaid => ask_tier(desk, terms, parameter, all),
    }
}

fn ask_tier(
    desk: &mut Desk<'_>,
    terms: &Terms,
    parameter: Parameter,
    all: Vec<Option<Decimal>>,
) -> Option<Vec<Option<Decimal>>> {
    let mut choices: Vec<_> = all
        .iter()
        .flatten()
        .map(|from| {
            let now = change::current(terms, parameter, Some(*from)).ok().flatten().unwrap_or_default();
            let start = change::words(*from, terms, Parameter::TierThreshold);
            let label = match parameter {
                Parameter::TierRate => {
                    format!("the tier from {start}, now {}", change::words(now, terms, parameter))
                }
                _ => format!("the threshold at {start}"),
            };
            let id = figures::plain(*from);
            choice(id.clone(), label, desk.lever_patch(&[("tier_from", json!(id))]))
        })
        .collect();
    choices.push(choice("all", "all of them", json!({})));
    let answer = desk.ask(&desk.field("tier_from"), "Which tier do you mean?".to_owned(), choices)?;
    if answer == "all" {
        return Some(all);
    }
    Some(all.into_iter().filter(|t| t.is_some_and(|t| figures::plain(t) == answer)).collect())
}
