//! A program that does not exist yet: "a $30 SPIFF on Product Y in Q4, capped at
//! $2,000 a partner". Makes a launch lever with terms in the keys of a program file;
//! what the words leave out is a named default or asked for. To whom it is open is
//! the audience of the change, as for every other lever.

use std::ops::Range;

use serde_json::{Map, Value, json};

use crate::programs::terms::ProgramKind;
use crate::scenario::{Lever, Operation, Parameter, figures};

use super::assemble::{self, Change, Parts};
use super::desk::{Desk, choice};
use super::lexicon;
use super::names::{Entity, Mention};
use super::numbers::{Given, Number};
use super::programs::product_mentions;
use super::sheet::{Sheet, Use};
use super::terms::{self, Said};
use super::when;

const ARTICLES: &[&str] = &["a", "an", "another", "new"];
const BEFORE_KIND: &[&str] = &[
    "new",
    "brand",
    "quarterly",
    "monthly",
    "annual",
    "yearly",
    "promotional",
    "second",
    "little",
    "quick",
    "extra",
    "special",
    "additional",
    "temporary",
    "short",
    "small",
    "one",
    "-",
    "off",
    "time",
    "flat",
];

/// Where the words for a new program are: from the article to the kind.
fn place(sheet: &Sheet<'_>, parts: &Parts) -> Option<(Range<usize>, ProgramKind, bool)> {
    let number_at = |i: usize| parts.numbers.iter().find(|n| n.at.start == i);
    (0..sheet.len()).find_map(|i| {
        if !sheet.free(i) || !sheet.is(i, ARTICLES) {
            return None;
        }
        let mut j = sheet.skip(i + 1, BEFORE_KIND);
        let amount = number_at(j);
        if let Some(number) = amount {
            j = number.at.end;
            while sheet.uses.get(j) == Some(&Use::Number) && number_at(j).is_none() {
                j += 1;
            }
        }
        j = sheet.skip(j, &["-", "off", "flat", "one", "time", "special", "per", "unit"]);
        let launched = (i.saturating_sub(4)..i).any(|k| sheet.is(k, lexicon::LAUNCH));
        if sheet.unknown(j) && amount.is_none() {
            j += 1;
        }
        // "launch a Services rebate": for what it is.
        while launched && sheet.uses.get(j) == Some(&Use::Name) {
            j += 1;
        }
        // "introduce a new payment": any kind.
        let payment = launched
            && (i..j).any(|k| sheet.word(k) == "new")
            && sheet.is(j, &["payment", "reward", "offer", "award", "thing"]);
        let kind = if payment { Some(None) } else { lexicon::kind(sheet.word(j)) };
        let kind = kind.filter(|_| sheet.free(j))?;
        // "a program budget": a term, not a program.
        if sheet.is(j + 1, lexicon::BUDGET) || sheet.is(j + 1, lexicon::CAP) {
            return None;
        }
        let verb = (i.saturating_sub(4)..i).any(|k| {
            sheet.is(k, lexicon::LAUNCH)
                || sheet.is(k, &["ran", "run", "running", "try", "start", "started", "starting"])
        });
        let said_new = (i..j).any(|k| sheet.word(k) == "new");
        let article = sheet.word(i) != "new" || said_new;
        let stands = amount.is_some() || verb || said_new;
        (article && stands).then(|| (i..j + 1, kind.unwrap_or(ProgramKind::Spiff), kind.is_some()))
    })
}

/// Whether a change introduces a program.
pub(crate) fn is_launch(sheet: &Sheet<'_>, parts: &Parts) -> bool {
    parts.mentions.iter().all(|m| m.program().is_none()) && place(sheet, parts).is_some()
}

/// Reads the change; `None` where something must be asked first.
pub(crate) fn read(desk: &mut Desk<'_>, parts: Parts) -> Option<Change> {
    let (at, kind, kind_said) = place(&desk.sheet, &parts)?;
    let Parts { mentions, mut numbers, ops, periods } = parts;
    for op in &ops {
        if desk.sheet.is(op.at.start, lexicon::LAUNCH) || op.at.end <= at.start {
            desk.sheet.claim(op.at.clone(), Use::Lever);
        }
    }
    claim_words(desk, &at);
    if !kind_said {
        desk.assumed(desk.field("terms.kind"), "no kind of program was named: a SPIFF");
    }
    let period = when::period(desk, &periods);
    let said = terms::find(&mut desk.sheet);
    let mut keys = Map::new();
    keys.insert("kind".into(), json!(kind.as_str()));
    limits(desk, &said, &mut numbers, &mut keys);
    switches(&said, &mut keys);
    products(desk, &mentions, &mut keys);
    let people: Vec<Mention> = mentions.iter().filter(|m| !m.is_product()).cloned().collect();
    let audience = assemble::audience(desk, &people);
    let amount = amount(desk, &numbers)?;
    counting(desk, kind, &amount, &mut keys);
    let (period, audience) = (period.ok()?, audience?);
    if period.end < desk.context.company.today() {
        desk.fail(
            "period_past",
            "period",
            format!("{} is past", period.label),
            "A new program starts today or later",
        );
        return None;
    }
    let name = name(desk, kind, &mentions);
    let id = proposed(desk, &name);
    keys.insert("name".into(), json!(name));
    desk.said(desk.field("terms"), at.clone());
    desk.said(desk.field("operation"), at);
    desk.assumed(desk.field("program"), "a new program: the identifier is proposed");
    let lever = Lever {
        terms: Some(Value::Object(keys)),
        ..assemble::lever(&id, Parameter::Program, Operation::Launch, None)
    };
    Some(Change { levers: vec![lever], period, audience, hindcast: false })
}

fn claim_words(desk: &mut Desk<'_>, at: &Range<usize>) {
    desk.sheet.claim(at.clone(), Use::Lever);
    for i in 0..at.start {
        let verb = desk.sheet.is(i, lexicon::LAUNCH)
            || desk.sheet.is(i, &["ran", "run", "running", "started", "starting"]);
        if verb && desk.sheet.free(i) {
            desk.sheet.claim(i..i + 1, Use::Lever);
        }
    }
    for i in at.end..desk.sheet.len() {
        if desk.sheet.free(i)
            && desk.sheet.is(
                i,
                &[
                    "deals",
                    "deal",
                    "sales",
                    "every",
                    "each",
                    "paying",
                    "pays",
                    "monthly",
                    "quarterly",
                    "yearly",
                    "sold",
                    "sell",
                    "sells",
                    "shipped",
                ],
            )
        {
            desk.sheet.claim(i..i + 1, Use::Idle);
        }
    }
}

/// Caps, budget, minimum and target, each with the number beside it.
fn limits(desk: &mut Desk<'_>, said: &[Said], numbers: &mut Vec<Number>, keys: &mut Map<String, Value>) {
    let mut caps = Map::new();
    for term in said {
        let after = |n: &Number| n.at.start >= term.at.end && n.at.start - term.at.end <= 3;
        let before = |n: &Number| n.at.end <= term.at.start && term.at.start - n.at.end <= 1;
        let found = numbers.iter().position(after).or_else(|| numbers.iter().position(before));
        let Some(number) = found.map(|i| numbers.remove(i)) else { continue };
        let Some(value) = number.value.map(figures::plain) else { continue };
        let lead = number.at.start.saturating_sub(1);
        desk.sheet.claim(number.at.clone(), Use::Number);
        if desk.sheet.is(lead, &["at", "of", "to"]) {
            desk.sheet.claim(lead..number.at.start, Use::Number);
        }
        match term.parameters.first() {
            Some(Parameter::CapPerPartner) => drop(caps.insert("per_partner".into(), json!(value))),
            Some(Parameter::CapPerTransaction) => drop(caps.insert("per_transaction".into(), json!(value))),
            Some(Parameter::ProgramBudget) => drop(caps.insert("program_budget".into(), json!(value))),
            Some(Parameter::Minimum) => drop(keys.insert("minimum".into(), json!(value))),
            Some(Parameter::Target) => drop(keys.insert("target".into(), json!(value))),
            _ => {}
        }
        desk.said(desk.field("terms"), term.at.start.min(number.at.start)..term.at.end.max(number.at.end));
    }
    if !caps.is_empty() {
        keys.insert("caps".into(), Value::Object(caps));
    }
}

fn switches(said: &[Said], keys: &mut Map<String, Value>) {
    let has = |p: Parameter| said.iter().any(|s| s.parameters == [p]);
    let mut eligible = Map::new();
    if has(Parameter::NewCustomerOnly) {
        eligible.insert("new_customer_only".into(), json!(true));
    }
    if has(Parameter::DealRegistration) {
        eligible.insert("deal_registration".into(), json!("required"));
    }
    if !eligible.is_empty() {
        keys.insert("eligible".into(), Value::Object(eligible));
    }
}

fn products(desk: &mut Desk<'_>, mentions: &[Mention], keys: &mut Map<String, Value>) {
    let company = desk.context.company;
    let (mut skus, mut families) = (Vec::new(), Vec::new());
    for mention in product_mentions(mentions) {
        let family = mention
            .entities
            .iter()
            .find_map(|e| if let Entity::Family(f) = e { Some(f.clone()) } else { None });
        match family {
            Some(family) => families.push(family),
            None => skus.extend(mention.entities.iter().filter_map(|e| match e {
                Entity::Product(p) => Some(company.catalog.products[*p].sku.clone()),
                _ => None,
            })),
        }
        let mut end = mention.at.end;
        while desk.sheet.is(end, &["family", "products", "line", "units"]) && desk.sheet.free(end) {
            end += 1;
        }
        desk.sheet.claim(mention.at.start..end, Use::Name);
        desk.said(desk.field("terms"), mention.at.clone());
    }
    if skus.is_empty() && families.is_empty() {
        desk.assumed(desk.field("terms"), "no product was named: every product");
        return;
    }
    families.sort();
    families.dedup();
    keys.insert("applies_to".into(), json!({"skus": skus, "families": families}));
}

/// What it pays; asks where the words do not say.
fn amount(desk: &mut Desk<'_>, numbers: &[Number]) -> Option<Number> {
    let field = desk.field("value");
    let number = match numbers {
        [] => {
            desk.ask(
                &field,
                "What should the new program pay: how much a unit, or which percent?".to_owned(),
                vec![],
            );
            return None;
        }
        [one] => one.clone(),
        many => {
            let texts: Vec<String> = many.iter().map(|n| desk.sheet.text(n.at.clone())).collect();
            let message = format!("The question gives several amounts: {}", texts.join(", "));
            desk.ask(&field, format!("{message}. Which one is what it pays?"), vec![]);
            return None;
        }
    };
    let text = desk.sheet.text(number.at.clone());
    if let Some(currency) = number.other_currency {
        let own = &desk.context.company.catalog.currency;
        desk.fail(
            "other_currency",
            field,
            format!("{text} is in {currency}; everything here is in {own}"),
            format!("Give the amount in {own}"),
        );
        return None;
    }
    if number.value.is_none() || number.odd || !matches!(number.given, Given::Money | Given::Percent) {
        let pay = number.value.filter(|_| !number.odd).map(figures::plain);
        let choices = pay.map_or_else(Vec::new, |v| {
            vec![
                choice("per_unit", format!("{v} in money for every unit"), json!({})),
                choice("percent", format!("{v}% of revenue"), json!({})),
            ]
        });
        let answer = desk.ask(&field, format!("Is {text} an amount a unit, or a percent?"), choices)?;
        let given = if answer == "percent" { Given::Percent } else { Given::Money };
        return Some(Number { given, ..number });
    }
    if number.sign == Some(false) {
        desk.fail("negative_value", field, format!("{text} is negative"), "Give a positive amount");
        return None;
    }
    desk.sheet.claim(number.at.clone(), Use::Number);
    let lead = number.at.start.saturating_sub(1);
    if desk.sheet.is(lead, &["of", "at", "paying"]) {
        desk.sheet.claim(lead..number.at.start, Use::Number);
    }
    desk.said(field, number.at.clone());
    Some(number)
}

/// What is counted and over what, where nobody said.
fn counting(desk: &mut Desk<'_>, kind: ProgramKind, amount: &Number, keys: &mut Map<String, Value>) {
    let value = amount.value.map(figures::plain).unwrap_or_default();
    let percent = amount.given == Given::Percent;
    keys.insert("rate".into(), if percent { json!({"percent": value}) } else { json!({"per_unit": value}) });
    let measure = if percent { "revenue" } else { "units" };
    let over = match kind {
        ProgramKind::Commission => "transaction",
        ProgramKind::Spiff => "month",
        _ => "quarter",
    };
    let said = [("quarterly", "quarter"), ("monthly", "month"), ("annual", "year"), ("yearly", "year")];
    let over = said.iter().find(|(word, _)| desk.sheet.has(&[*word])).map_or(over, |(_, over)| over);
    keys.insert("measure".into(), json!(measure));
    keys.insert("period".into(), json!(over));
    desk.assumed(desk.field("terms"), format!("a {} counts {measure} by {over}", kind.as_str()));
    if kind == ProgramKind::Growth {
        keys.insert("growth".into(), json!({"baseline": "same_period_last_year", "above": "0"}));
        desk.assumed(desk.field("terms"), "no growth threshold was named: any growth over last year");
    }
}

fn name(desk: &Desk<'_>, kind: ProgramKind, mentions: &[Mention]) -> String {
    let products: Vec<String> =
        product_mentions(mentions).iter().map(|m| desk.sheet.text(m.at.clone())).collect();
    let word = match kind {
        ProgramKind::Spiff => "SPIFF",
        ProgramKind::Rebate => "rebate",
        ProgramKind::Commission => "commission",
        ProgramKind::Growth => "growth rebate",
        ProgramKind::Mdf => "marketing fund",
    };
    if products.is_empty() {
        format!("New {word}")
    } else {
        format!("New {word} on {}", products.join(" and "))
    }
}

/// An identifier that no program has.
fn proposed(desk: &Desk<'_>, name: &str) -> String {
    let mut id = String::new();
    for c in name.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else if !id.ends_with('-') && !id.is_empty() {
            id.push('-');
        }
    }
    let id = id.trim_end_matches('-').chars().take(80).collect::<String>();
    let taken = |id: &str| desk.context.company.program(id).is_some();
    if !taken(&id) {
        return id;
    }
    (2..).map(|n| format!("{id}-{n}")).find(|id| !taken(id)).unwrap_or(id)
}
