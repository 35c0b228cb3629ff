//! One change put together from what the recognisers found: subject, amount, time
//! and audience. Everything uncertain is asked; nothing is filled in silently.

use serde_json::json;

use crate::calendar::Span;
use crate::programs::Terms;
use crate::scenario::describe::version_near;
use crate::scenario::{Audience, Lever, Operation, Parameter, Period, figures};

use super::amount::{self, Asked};
use super::audiences;
use super::desk::{Desk, choice};
use super::lexicon;
use super::lists;
use super::names::{Entity, Mention};
use super::numbers::Number;
use super::operations::{Op, Verb};
use super::periods::PeriodMark;
use super::place::{Place, place};
use super::programs;
use super::subject;
use super::terms;
use super::when;

/// A change as read: its levers, when and for whom.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub levers: Vec<Lever>,
    pub period: Period,
    pub audience: Audience,
    /// Whether it looks back at a past period.
    pub hindcast: bool,
}

/// What the recognisers hand over.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub mentions: Vec<Mention>,
    pub numbers: Vec<Number>,
    pub ops: Vec<Op>,
    pub periods: Vec<PeriodMark>,
}

/// What is changed, without by how much: for what is to be found or swept.
pub(crate) fn subject(desk: &mut Desk<'_>, parts: Parts) -> Option<Change> {
    let Parts { mut mentions, mut numbers, periods, .. } = parts;
    let said = terms::find(&mut desk.sheet);
    let period = when::period(desk, &periods);
    let settled = period.is_ok();
    let period = period.unwrap_or_else(|p| p);
    let found = programs::resolve(&mut desk.sheet, &mut mentions, false);
    let program = subject::program(desk, found, &said, period.span());
    let company = desk.context.company;
    let levers = program.and_then(|p| {
        let terms = &version_near(&company.programs[p], period.start.max(company.today())).terms;
        let parameter = subject::parameter(desk, &said, terms)?;
        if crate::scenario::change::unit(terms, parameter).is_none() {
            let message = format!(
                "The {} has no number to look for",
                crate::scenario::describe::parameter_words(parameter)
            );
            desk.outside("not_a_number", message, "Ask about a rate, a cap, a budget or another number");
            return None;
        }
        let words = said.first().filter(|_| parameter == Parameter::TierThreshold).map(|s| s.at.clone());
        let tiers_said = terms::tiers(&mut desk.sheet, terms, &mut numbers, words);
        let tiers = subject::tiers(desk, terms, parameter, tiers_said, None)?;
        let id = company.programs[p].id.as_str();
        let lever_of = |from: Option<rust_decimal::Decimal>| Lever {
            tier_from: from.map(figures::plain),
            ..lever(id, parameter, Operation::SetTo, None)
        };
        Some(tiers.into_iter().map(lever_of).collect::<Vec<_>>())
    });
    let audience = audience(desk, &mentions);
    let levers = levers?;
    settled.then_some(())?;
    let first = when::running(desk, &company.programs[program?], &period, false, false)?;
    Some(change(desk, first, levers, period, audience?))
}

/// A single change; `None` where it could not be put together, with the reason on
/// the desk.
pub(crate) fn one_change(desk: &mut Desk<'_>, parts: Parts) -> Option<Change> {
    let Parts { mut mentions, mut numbers, ops, periods } = parts;
    let said = terms::find(&mut desk.sheet);
    let period = when::period(desk, &periods);
    let settled = period.is_ok();
    let period = period.unwrap_or_else(|p| p);
    let span = Span::new(period.start, period.end);
    let takes =
        ops.iter().any(|o| matches!(o.verb, Verb::Remove | Verb::Stop | Verb::Without | Verb::Resume));
    let described = takes && numbers.iter().all(|n| describes(desk, n, &mentions));
    let lists = (numbers.is_empty() || described) && !ops.iter().any(|o| matches!(o.verb, Verb::Times(_)));
    let moves_list = |o: &Op| {
        matches!(
            o.verb,
            Verb::Include
                | Verb::Add
                | Verb::Exclude
                | Verb::Remove
                | Verb::Resume
                | Verb::Down
                | Verb::Restrict
        ) || o.verb == Verb::Without
            && mentions.iter().any(|m| m.is_product() && m.at.start == desk.sheet.skip(o.at.end, &["the"]))
    };
    let product_value = lists && ops.iter().any(moves_list) && products_beside(desk, &mentions, &ops);
    let mentions_before = mentions.clone();
    let found = programs::resolve(&mut desk.sheet, &mut mentions, product_value);
    let runs = match &found {
        programs::Found::Fits { at, .. } => at.clone(),
        _ => Vec::new(),
    };
    let skus = skus_named(&mentions_before, &runs);
    let program = subject::program(desk, found, &said, span);
    if let Some(p) = program {
        wider(desk, p, &skus);
    }
    let company = desk.context.company;
    let levers = program.and_then(|p| {
        // A look back is at the terms of then.
        let day = if desk.hindcast { period.start } else { period.start.max(company.today()) };
        let version = version_near(&company.programs[p], day);
        let terms = &version.terms;
        let id = company.programs[p].id.clone();
        let moves = if lists { lists::moves(desk, &mut mentions, &said, &ops) } else { None };
        if let Some(moves) = moves {
            let levers = settle_moves(desk, moves, &said, terms, &id)?;
            return as_described(desk, &numbers, &levers, terms).then_some(levers);
        }
        numeric(desk, &said, terms, &id, &runs, &mut numbers, &ops)
    });
    let audience = audience(desk, &mentions);
    let levers = levers?;
    let program = &company.programs[program?];
    let starts = levers.iter().any(|l| l.parameter == Parameter::Active && l.operation == Operation::SetTo);
    if !settled {
        return None;
    }
    // "Prolong it for Q4 at $20": run on, and at another rate.
    let resumes = ops.iter().find(|o| o.verb == Verb::Resume).map(|o| o.at.clone());
    let first = when::running(desk, program, &period, starts, resumes.is_some())?;
    if let Some(at) = resumes.filter(|_| !first.is_empty()) {
        desk.sheet.claim(at.clone(), super::sheet::Use::Lever);
        let words = ["running", "going", "one", "more", "quarter", "so", "another", "alive"];
        (0..desk.sheet.len()).filter(|i| desk.sheet.is(*i, &words)).collect::<Vec<_>>().into_iter().for_each(
            |i| {
                if desk.sheet.free(i) {
                    desk.sheet.claim(i..i + 1, super::sheet::Use::Lever);
                }
            },
        );
        desk.said(desk.field("active"), at);
    }
    Some(change(desk, first, levers, period, audience?))
}

/// Whether products are named as what is added or removed. "Drop the SPIFF on
/// Product X" drops the program; "drop PX-200 from it" the product.
fn products_beside(desk: &Desk<'_>, mentions: &[Mention], ops: &[Op]) -> bool {
    let only_down = !ops.iter().any(|o| {
        matches!(
            o.verb,
            Verb::Include
                | Verb::Add
                | Verb::Exclude
                | Verb::Remove
                | Verb::Resume
                | Verb::Restrict
                | Verb::Without
        )
    });
    // "get rid of the SPIFF on Product X": the product says which program.
    let says_which = |m: &Mention| {
        let sheet = &desk.sheet;
        let lead = (0..m.at.start).rev().find(|i| !sheet.is(*i, &["the", "our"])).unwrap_or(0);
        sheet.is(lead, &["on", "for"])
            && (lead.saturating_sub(4)..lead).any(|i| lexicon::kind(sheet.word(i)).is_some())
    };
    mentions
        .iter()
        .any(|m| m.is_product() && !says_which(m) && (!only_down || desk.sheet.word(m.at.end) == "from"))
}

/// Products named to say which program is meant.
fn skus_named(mentions: &[Mention], runs: &[std::ops::Range<usize>]) -> Vec<usize> {
    let inside = |m: &&Mention| m.is_product() && runs.iter().any(|r| r.contains(&m.at.start));
    let products = |e: &Entity| if let Entity::Product(p) = e { Some(*p) } else { None };
    mentions.iter().filter(inside).flat_map(|m| m.entities.iter().filter_map(products)).collect()
}

/// A change of a program changes it for every product it covers.
fn wider(desk: &mut Desk<'_>, program: usize, named: &[usize]) {
    let company = desk.context.company;
    let terms = &company.programs[program].latest().terms;
    let products = &company.catalog.products;
    let covered = || products.iter().enumerate().filter(|(_, p)| terms.covers(&p.sku, &p.family));
    if named.is_empty() || covered().all(|(i, _)| named.contains(&i)) {
        return;
    }
    let others = covered().filter(|(i, _)| !named.contains(i)).count();
    let message = format!(
        "{} also covers {others} other product{}: the change holds for all of them",
        company.programs[program].name(),
        if others == 1 { "" } else { "s" }
    );
    let field = desk.field("program");
    desk.findings.push(crate::scenario::findings::warning("covers_more", field, message, ""));
}

/// Whether a number only says which one is meant: `the $5,000 cap`.
fn describes(desk: &Desk<'_>, number: &Number, mentions: &[Mention]) -> bool {
    let sheet = &desk.sheet;
    let after = number.at.end;
    let noun = sheet.is(after, lexicon::CAP)
        || sheet.is(after, lexicon::BUDGET)
        || sheet.is(after, lexicon::OTHER_PARAMETERS)
        || sheet.is(after, lexicon::RATE)
        || lexicon::kind(sheet.word(after)).is_some()
        || mentions.iter().any(|m| m.at.start == after);
    noun && sheet
        .is(number.at.start.wrapping_sub(1), &["the", "our", "a", "this", "current", "existing", "of"])
}

/// What a number says about the term that goes must be so.
fn as_described(desk: &mut Desk<'_>, numbers: &[Number], levers: &[Lever], terms: &Terms) -> bool {
    let parameter = levers.first().map_or(Parameter::Rate, |l| l.parameter);
    let parameter = if parameter == Parameter::Active { Parameter::Rate } else { parameter };
    let now = crate::scenario::change::current(terms, parameter, None).ok().flatten();
    for number in numbers {
        if number.value != now {
            let text = desk.sheet.text(number.at.clone());
            let now = now
                .map_or_else(|| "none".to_owned(), |n| crate::scenario::change::words(n, terms, parameter));
            let message = format!("The question speaks of {text}; the rules say {now}");
            desk.fail(
                "not_the_current_value",
                desk.field("value"),
                message,
                "Leave the number out, or name the other program",
            );
            return false;
        }
        desk.sheet.claim(number.at.clone(), super::sheet::Use::Number);
    }
    true
}

pub(crate) fn lever(
    program: &str,
    parameter: Parameter,
    operation: Operation,
    value: Option<String>,
) -> Lever {
    Lever {
        program: program.to_owned(),
        parameter,
        operation,
        value,
        tier_from: None,
        period: None,
        audience: None,
        terms: None,
    }
}

/// Moves without numbers as levers. A removal still has to say of what.
fn settle_moves(
    desk: &mut Desk<'_>,
    moves: Vec<lists::Move>,
    said: &[terms::Said],
    terms: &Terms,
    id: &str,
) -> Option<Vec<Lever>> {
    let mut levers = Vec::new();
    for (parameter, operation, value) in moves {
        let taken_away = parameter == Parameter::Active && operation == Operation::Remove;
        let parameter = if taken_away { subject::parameter(desk, said, terms)? } else { parameter };
        levers.push(lever(id, parameter, operation, value));
    }
    Some(levers)
}

fn numeric(
    desk: &mut Desk<'_>,
    said: &[terms::Said],
    terms: &Terms,
    id: &str,
    runs: &[std::ops::Range<usize>],
    numbers: &mut Vec<Number>,
    ops: &[Op],
) -> Option<Vec<Lever>> {
    let parameter = subject::parameter(desk, said, terms)?;
    if crate::scenario::change::unit(terms, parameter).is_none() {
        let message =
            format!("{} and a number are two changes", crate::scenario::describe::parameter_words(parameter));
        desk.outside("several_changes", message, "Ask about one change at a time");
        return None;
    }
    let parameter = if tier_starts(desk, parameter, numbers) { Parameter::TierThreshold } else { parameter };
    let parameter =
        if growth_starts(desk, parameter, terms, numbers) { Parameter::GrowthAbove } else { parameter };
    let kick_in = kicks_in(desk, parameter, numbers);
    let parameter = if kick_in { Parameter::AcceleratorAbove } else { parameter };
    let words = said.first().filter(|_| parameter == Parameter::TierThreshold).map(|s| s.at.clone());
    let tiers_said = terms::tiers(&mut desk.sheet, terms, numbers, words);
    let parameter = match (&tiers_said, parameter) {
        // "start the top tier at 40,000" is not supported as a rate in units or money.
        (terms::Tiers::One(..) | terms::Tiers::All(_), Parameter::Rate) => Parameter::TierRate,
        _ => parameter,
    };
    let parameter = if moved_threshold(desk, terms, parameter, &tiers_said, numbers) {
        Parameter::TierThreshold
    } else {
        parameter
    };
    let old = numbers
        .iter()
        .find(|n| place(&desk.sheet, n, runs, numbers.len() > 1).0 == Place::Old)
        .and_then(|n| n.value);
    let tiers = subject::tiers(desk, terms, parameter, tiers_said, old)?;
    let asked = Asked { terms, parameter, tier: tiers.first().copied().flatten(), runs };
    let amount = amount::read(desk, &asked, numbers, ops)?;
    let value = figures::plain(amount.value);
    Some(
        tiers
            .into_iter()
            .map(|from| Lever {
                tier_from: from.map(figures::plain),
                ..lever(id, parameter, amount.operation, Some(value.clone()))
            })
            .collect(),
    )
}

/// `the top tier starts at 90,000`: where it starts, not what it pays.
fn tier_starts(desk: &mut Desk<'_>, parameter: Parameter, numbers: &[Number]) -> bool {
    let sheet = &mut desk.sheet;
    let amount = numbers.iter().all(|n| n.given != super::numbers::Given::Percent && !n.per_unit);
    if parameter != Parameter::TierRate || !amount {
        return false;
    }
    let words = ["start", "starts", "begin", "begins", "kick", "kicks"];
    let place = (0..sheet.len()).find(|i| {
        let next = sheet.skip(i + 1, &["in"]);
        sheet.free(*i) && sheet.is(*i, &words) && sheet.is(next, &["at", "from"])
    });
    let Some(i) = place else { return false };
    let end = sheet.skip(i + 1, &["in"]);
    sheet.claim(i..end, super::sheet::Use::Lever);
    true
}

/// `move the 90k tier to 80k`: too much to be a rate, so where it starts.
fn moved_threshold(
    desk: &Desk<'_>,
    terms: &Terms,
    parameter: Parameter,
    said: &terms::Tiers,
    numbers: &[Number],
) -> bool {
    use super::numbers::Given;
    let named = matches!(said, terms::Tiers::One(..)) && parameter == Parameter::TierRate;
    let percent =
        crate::scenario::change::unit(terms, parameter) == Some(crate::scenario::change::Unit::Percent);
    let much = numbers.iter().all(|n| {
        n.value.is_some_and(|v| v > rust_decimal::Decimal::ONE_HUNDRED)
            && matches!(n.given, Given::Bare | Given::Money)
    });
    let to = numbers.iter().any(|n| place(&desk.sheet, n, &[], numbers.len() > 1).0 == Place::To);
    named && percent && much && to
}

/// `the growth rebate kicks in above 8% growth`.
fn growth_starts(desk: &mut Desk<'_>, parameter: Parameter, terms: &Terms, numbers: &[Number]) -> bool {
    let flat = matches!(parameter, Parameter::Rate | Parameter::TierRate) && terms.growth.is_some();
    let sheet = &mut desk.sheet;
    let near = |sheet: &super::sheet::Sheet<'_>, n: &Number| sheet.word(n.at.end) == "growth";
    let Some(number) = numbers.iter().find(|n| near(sheet, n)).filter(|_| flat) else { return false };
    let words = [
        "kick", "kicks", "kicking", "start", "starts", "starting", "begin", "begins", "above", "from", "over",
    ];
    let Some(i) = (0..sheet.len()).find(|i| sheet.free(*i) && sheet.is(*i, &words)) else { return false };
    let end = sheet.skip(i + 1, &["in", "above", "from"]);
    sheet.claim(i..end.max(i + 1), super::sheet::Use::Lever);
    sheet.claim(number.at.end..number.at.end + 1, super::sheet::Use::Lever);
    true
}

/// `the accelerator kicks in at 110%`.
fn kicks_in(desk: &mut Desk<'_>, parameter: Parameter, numbers: &[Number]) -> bool {
    let sheet = &mut desk.sheet;
    let kick = (0..sheet.len())
        .find(|i| sheet.free(*i) && sheet.is(*i, &["kick", "kicks", "kicking", "starts", "start", "above"]));
    let Some(i) = kick.filter(|_| parameter == Parameter::AcceleratorMultiplier && !numbers.is_empty())
    else {
        return false;
    };
    let end = i + 1 + usize::from(sheet.word(i + 1) == "in");
    sheet.claim(i..end, super::sheet::Use::Lever);
    let of = (end..sheet.len())
        .find(|k| sheet.word(*k) == "of" && sheet.is(k + 1, &["target", "quota", "attainment", "plan"]));
    if let Some(k) = of {
        sheet.claim(k..k + 2, super::sheet::Use::Lever);
    }
    if let Some(k) = sheet.find_free(&["let", "have"]) {
        sheet.claim(k..k + 1, super::sheet::Use::Lever);
    }
    true
}

/// The audience, asked for where a name fits several partners or "and" can mean
/// both or either.
pub(crate) fn audience(desk: &mut Desk<'_>, mentions: &[Mention]) -> Option<Audience> {
    let catalog = &desk.context.company.catalog;
    let mut chosen = None;
    if let Some(unclear) = mentions.iter().find(|m| m.is_audience() && people(m).len() > 1) {
        let fits = people(unclear);
        let choices = fits
            .iter()
            .take(8)
            .map(|p| {
                let partner = &catalog.partners[*p];
                let patch = json!({"audience.include[0].partners": [partner.id]});
                choice(
                    partner.id.clone(),
                    format!("{} ({}, {})", partner.name, partner.id, partner.region),
                    patch,
                )
            })
            .collect();
        let text = desk.sheet.text(unclear.at.clone());
        let answer = desk.ask("audience", format!("Which partner is {text:?}?"), choices);
        chosen = answer.and_then(|id| catalog.partner(&id));
        chosen?;
    }
    let said = audiences::read(&mut desk.sheet, mentions, chosen);
    let mut who = said.audience;
    if said.mixed {
        who = both_or_either(desk, who)?;
    }
    for at in said.at {
        desk.said("audience", at);
    }
    if who == Audience::default() && !desk.provenance.iter().any(|p| p.field == "audience") {
        desk.assumed("audience", "nobody was named: everyone");
    }
    Some(who)
}

pub(crate) fn people(mention: &Mention) -> Vec<usize> {
    let all: Vec<usize> = mention
        .entities
        .iter()
        .filter_map(|e| if let Entity::Partner(p) = e { Some(*p) } else { None })
        .collect();
    if mention.entities.len() > all.len() { Vec::new() } else { all }
}

/// "Gold and EMEA": each apart, or those who are both.
fn both_or_either(desk: &mut Desk<'_>, who: Audience) -> Option<Audience> {
    let words = |a: &Audience| crate::scenario::audience::describe(a, &desk.context.company.catalog);
    let mut merged = crate::scenario::AudienceEntry::default();
    for entry in &who.include {
        merged.tiers.extend(entry.tiers.iter().cloned());
        merged.regions.extend(entry.regions.iter().cloned());
        merged.partner_types.extend(entry.partner_types.iter().cloned());
        merged.partners.extend(entry.partners.iter().cloned());
    }
    let both = Audience { include: vec![merged], exclude: who.exclude.clone() };
    let choices = vec![
        choice("either", words(&who), json!({"audience": who})),
        choice("both", words(&both), json!({"audience": both})),
    ];
    let answer = desk.ask("audience.include", "Those who are either, or both?".to_owned(), choices)?;
    Some(if answer == "both" { both } else { who })
}

fn change(
    desk: &mut Desk<'_>,
    first: Vec<Lever>,
    levers: Vec<Lever>,
    period: Period,
    audience: Audience,
) -> Change {
    let shift = first.len();
    if shift > 0 {
        // What the question says is about the lever behind the ones put first.
        let (path, behind) = (desk.path.clone(), shifted(&desk.path, shift));
        for entry in &mut desk.provenance {
            if let Some(rest) = entry.field.strip_prefix(&path) {
                entry.field = format!("{behind}{rest}");
            }
        }
    }
    let levers = first.into_iter().chain(levers).collect();
    Change { levers, period, audience, hindcast: desk.hindcast }
}

/// `options[0].levers[1]` for `options[0].levers[0]` and 1.
fn shifted(path: &str, by: usize) -> String {
    let number = |text: &str| text.strip_suffix(']').and_then(|n| n.parse::<usize>().ok());
    match path.rsplit_once('[').and_then(|(head, tail)| Some((head, number(tail)?))) {
        Some((head, n)) => format!("{head}[{}]", n + by),
        None => path.to_owned(),
    }
}
