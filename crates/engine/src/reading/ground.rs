//! Grounding: whether a draft that somebody proposed (a language model, say) says
//! what the question says. Every number, name, period and audience must be found in
//! the question, a cited clause or a named default, and what the built-in reader
//! understood for certain must not be contradicted. Accepts nothing on trust.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::calendar::Span;
use crate::company::Company;
use crate::finding::Finding;
use crate::scenario::change::{self, Unit};
use crate::scenario::describe::version_near;
use crate::scenario::findings::error;
use crate::scenario::{Audience, Draft, Lever, Operation, Parameter};

use super::lexicon;
use super::names::{Entity, Mention};
use super::numbers::{Given, Number};
use super::operations::Verb;
use super::reader::Reader;
use super::spans::combine;
use super::{Context, Reading, Status, assemble, audiences, programs, read, terms, unreadable};

/// A clause that a draft cites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// Program.
    pub program: String,
    /// Version.
    pub version: u32,
    /// Number of the clause.
    pub clause: String,
    /// Its words.
    pub text: String,
}

/// What the question holds, for a draft to be held against.
struct Evidence<'a> {
    company: &'a Company,
    programs: BTreeSet<String>,
    numbers: Vec<Number>,
    clause_numbers: BTreeSet<Decimal>,
    up: bool,
    down: bool,
    relative: bool,
    stops: bool,
    times: Vec<Decimal>,
    spans: Vec<Span>,
    audience: Audience,
    mentions: Vec<Mention>,
}

/// Everything in a draft that is not grounded, as errors; empty when all of it is.
/// Fields that the built-in reader would have to ask about are errors too: the
/// words do not settle them, whoever reads.
pub fn ground(draft: &Draft, question: &str, cited: &[Cited], context: &Context<'_>) -> Vec<Finding> {
    if let Some(finding) = unreadable(question) {
        return vec![finding];
    }
    let reader = Reader::new(question, context);
    let evidence = gather(&reader, cited);
    let own = read(question, context);
    let mut found = Vec::new();
    unsettled(&own, &mut found);
    match (&own.status, &own.scenario) {
        (Status::Ready, Some(read)) => agree(draft, read, &mut found),
        _ => {
            numbers_used(draft, &evidence, &mut found);
            spans(draft, &evidence, &mut found);
            people(draft, &evidence, &mut found);
        }
    }
    for (o, option) in draft.options.iter().enumerate() {
        for (l, lever) in option.levers.iter().enumerate() {
            // A lever that only lets the program run on is asked about, not said.
            let path = format!("options[{o}].levers[{l}]");
            hold(lever, &path, draft, &evidence, &mut found);
        }
    }
    found.dedup();
    found
}

fn ungrounded(field: String, what: &str, hint: &str) -> Finding {
    error("ungrounded", field, format!("{what} is not in the question, a cited clause or a default"), hint)
}

/// What the words leave open nobody may settle.
fn unsettled(own: &Reading, found: &mut Vec<Finding>) {
    let open = own.clarifications.iter().filter(|c| c.field != "question");
    for clarification in open {
        let hint = clarification.choices.iter().map(|c| c.label.as_str()).collect::<Vec<_>>().join(" / ");
        found.push(error("unsettled", clarification.field.clone(), clarification.question.clone(), hint));
    }
}

/// A draft against a reading that left nothing open.
fn agree(draft: &Draft, own: &Draft, found: &mut Vec<Finding>) {
    let differs = |field: &str, what: &str| {
        let message = format!("The {what} is not the one that the question names");
        error("differs", field, message, "Ask the person which is meant")
    };
    if draft.intent != own.intent {
        found.push(differs("intent", "intent"));
    }
    let several =
        own.options.iter().flat_map(|o| &o.levers).any(|l| l.period.is_some() || l.audience.is_some());
    if !several && draft.period.span() != own.period.span() {
        found.push(differs("period", "period"));
    }
    if !several && sorted(&draft.audience) != sorted(&own.audience) {
        found.push(differs("audience", "audience"));
    }
    if draft.sweep != own.sweep {
        found.push(differs("sweep", "range"));
    }
    if draft.goal != own.goal {
        found.push(differs("goal", "goal"));
    }
    if draft.earnings != own.earnings {
        found.push(differs("earnings", "partner or sale"));
    }
    if draft.lookup != own.lookup {
        found.push(differs("lookup", "rule asked about"));
    }
    let levers = |d: &Draft| -> Vec<Vec<Lever>> {
        d.options.iter().map(|o| o.levers.iter().map(|l| effective(l, d)).collect()).collect()
    };
    let (theirs, ours) = (levers(draft), levers(own));
    let same = theirs.len() == ours.len()
        && theirs
            .iter()
            .zip(&ours)
            .all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_lever(a, b)));
    if !same {
        found.push(differs("options", "change"));
    }
}

/// A lever with the period and the audience that hold for it.
fn effective(lever: &Lever, draft: &Draft) -> Lever {
    Lever {
        period: Some(lever.period.clone().unwrap_or_else(|| draft.period.clone())),
        audience: Some(lever.audience.clone().unwrap_or_else(|| draft.audience.clone())),
        ..lever.clone()
    }
}

fn same_lever(a: &Lever, b: &Lever) -> bool {
    let number = |t: &Option<String>| t.as_deref().map(|t| t.parse::<Decimal>().map_err(|_| t.to_owned()));
    a.program == b.program
        && a.parameter == b.parameter
        && a.operation == b.operation
        && number(&a.value) == number(&b.value)
        && number(&a.tier_from) == number(&b.tier_from)
        && a.period.as_ref().map(|p| p.span()) == b.period.as_ref().map(|p| p.span())
        && a.audience.as_ref().map(sorted) == b.audience.as_ref().map(sorted)
}

/// An audience in an order of its own, for comparing.
fn sorted(audience: &Audience) -> Audience {
    let mut out = audience.clone();
    for entry in out.include.iter_mut().chain(&mut out.exclude) {
        for list in [&mut entry.tiers, &mut entry.regions, &mut entry.partner_types, &mut entry.partners] {
            list.sort_unstable();
        }
    }
    let key = |e: &crate::scenario::AudienceEntry| {
        (e.tiers.clone(), e.regions.clone(), e.partner_types.clone(), e.partners.clone())
    };
    out.include.sort_by_key(key);
    out.exclude.sort_by_key(key);
    out
}

fn gather<'a>(reader: &Reader<'a>, cited: &[Cited]) -> Evidence<'a> {
    let company = reader.context.company;
    let (mut desk, parts) = reader.recognise_all();
    let assemble::Parts { mut mentions, numbers, ops, periods } = parts;
    let default = desk.almanac.default_quarter().0;
    let mut spans: Vec<Span> = periods.iter().map(|p| p.span).collect();
    if let Ok(Some(merged)) = combine(&periods, &desk.almanac) {
        spans = vec![merged.span];
    }
    if periods.is_empty() {
        spans.push(default);
    }
    let _ = terms::find(&mut desk.sheet);
    let all = mentions.clone();
    let named = mentions.iter().filter_map(Mention::program).map(|p| company.programs[p].id.clone());
    let mut programs: BTreeSet<String> = named.collect();
    if let programs::Found::Fits { programs: fits, .. } =
        programs::resolve(&mut desk.sheet, &mut mentions, false)
        && let [one] = fits.as_slice()
    {
        programs.insert(company.programs[*one].id.clone());
    }
    let has = |verbs: &[Verb]| ops.iter().any(|o| verbs.contains(&o.verb));
    let sign = |up: bool| numbers.iter().any(|n| n.sign == Some(up));
    let relative = desk.sheet.has(&["relative", "relatively", "than"]);
    let up = has(&[Verb::Up, Verb::Add]) || sign(true) || desk.sheet.has(lexicon::MORE);
    let down = has(&[Verb::Down, Verb::Remove]) || sign(false) || desk.sheet.has(lexicon::LESS);
    let stops = has(&[Verb::Stop, Verb::Without]);
    let times = ops.iter().filter_map(|o| if let Verb::Times(f) = o.verb { Some(f) } else { None }).collect();
    let audience = audiences::read(&mut desk.sheet, &mentions, None).audience;
    let clause_numbers = cited.iter().flat_map(|c| clause_numbers(&c.text, reader)).collect();
    Evidence {
        company,
        programs,
        numbers,
        clause_numbers,
        up,
        down,
        relative,
        stops,
        times,
        spans,
        audience,
        mentions: all,
    }
}

fn clause_numbers(text: &str, reader: &Reader<'_>) -> Vec<Decimal> {
    let (_, parts) = Reader::new(text, reader.context).recognise_all();
    parts.numbers.into_iter().filter_map(|n| n.value).collect()
}

/// One lever against what the question holds.
fn hold(lever: &Lever, path: &str, draft: &Draft, evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    if !evidence.programs.contains(&lever.program) {
        found.push(ungrounded(
            format!("{path}.program"),
            &format!("The program {:?}", lever.program),
            "Ask which program is meant",
        ));
        return;
    }
    let Some(program) = evidence.company.program(&lever.program) else { return };
    let start = lever.period.as_ref().unwrap_or(&draft.period).start;
    let unit = change::unit(&version_near(program, start).terms, lever.parameter);
    if let Some(from) = &lever.tier_from
        && !tier_said(from, evidence)
    {
        found.push(ungrounded(
            format!("{path}.tier_from"),
            &format!("The tier from {from}"),
            "Ask which tier is meant",
        ));
    }
    direction(lever, path, evidence, found);
    match (unit, lever.value.as_deref()) {
        (Some(unit), Some(value)) if !number_said(lever, unit, value, evidence) => {
            let what = format!("{} {value}", change::name_of(&lever.operation));
            found.push(ungrounded(format!("{path}.value"), &what, "Ask for the value"));
        }
        (None, Some(value)) if !name_said(lever.parameter, value, evidence) => {
            found.push(ungrounded(format!("{path}.value"), &format!("{value:?}"), "Ask for the name"));
        }
        _ => {}
    }
    let unit_is_percent = unit == Some(Unit::Percent);
    let relative = matches!(lever.operation, Operation::IncreaseByPercent | Operation::DecreaseByPercent);
    if unit_is_percent && relative && !evidence.relative {
        let message = "Relative, or percentage points? The words do not say".to_owned();
        found.push(error("unsettled", format!("{path}.operation"), message, "Ask the person"));
    }
}

/// Tiers are named by numbers or by words for their place; the latter only the
/// built-in reader resolves, and it has agreed by then.
fn tier_said(from: &str, evidence: &Evidence<'_>) -> bool {
    let Ok(from) = from.parse::<Decimal>() else { return false };
    let numbered = evidence.numbers.iter().any(|n| n.value == Some(from));
    numbered || evidence.clause_numbers.contains(&from) || evidence.numbers.len() <= 1
}

fn direction(lever: &Lever, path: &str, evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    use Operation as O;
    let fits = match lever.operation {
        O::IncreaseByPercent | O::IncreaseByPoints | O::IncreaseByAmount => evidence.up,
        O::DecreaseByPercent | O::DecreaseByPoints | O::DecreaseByAmount => evidence.down,
        O::Pause => evidence.stops,
        _ => true,
    };
    if !fits {
        let message =
            format!("No word of the question says {}", change::name_of(&lever.operation).replace('_', " "));
        found.push(error("ungrounded", format!("{path}.operation"), message, "Ask for the direction"));
    }
}

fn number_said(lever: &Lever, unit: Unit, value: &str, evidence: &Evidence<'_>) -> bool {
    use Operation as O;
    let Ok(value) = value.parse::<Decimal>() else { return false };
    if lever.operation == O::SetTo && evidence.clause_numbers.contains(&value) {
        return true;
    }
    let given = |fits: &[Given]| {
        evidence
            .numbers
            .iter()
            .any(|n| n.value == Some(value) && fits.contains(&n.given) && n.other_currency.is_none())
    };
    match lever.operation {
        O::IncreaseByPercent | O::DecreaseByPercent => given(&[Given::Percent]),
        O::IncreaseByPoints | O::DecreaseByPoints => given(&[Given::Points]),
        O::IncreaseByAmount | O::DecreaseByAmount => {
            given(&[Given::Money, Given::Units]) || per_unit(value, evidence)
        }
        O::MultiplyBy => given(&[Given::Times]) || evidence.times.contains(&value),
        O::SetTo if unit == Unit::Percent => given(&[Given::Percent, Given::Bare]),
        O::SetTo => given(&[Given::Money, Given::Units, Given::Bare, Given::Times]),
        _ => true,
    }
}

fn per_unit(value: Decimal, evidence: &Evidence<'_>) -> bool {
    evidence.numbers.iter().any(|n| n.value == Some(value) && n.per_unit)
}

/// Names and switches of the parameters that are not numbers.
fn name_said(parameter: Parameter, value: &str, evidence: &Evidence<'_>) -> bool {
    let catalog = &evidence.company.catalog;
    let mentioned = |name: &str| {
        evidence.mentions.iter().flat_map(|m| &m.entities).any(|e| match e {
            Entity::Tier(t) | Entity::Region(t) | Entity::Family(t) => t == name,
            Entity::Type(t) => t.as_str() == name,
            Entity::Product(p) => catalog.products[*p].sku == name,
            _ => false,
        })
    };
    match parameter {
        Parameter::EligibleTiers
        | Parameter::EligibleRegions
        | Parameter::EligiblePartnerTypes
        | Parameter::Products => crate::scenario::lists::names(value).all(mentioned),
        _ => true,
    }
}

/// Every number of the question must have found its place in the draft: as a value,
/// or as what a term is today.
fn numbers_used(draft: &Draft, evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    let levers = || draft.options.iter().flat_map(|o| &o.levers);
    let mut held: BTreeSet<Decimal> = BTreeSet::new();
    let texts = levers().flat_map(|l| l.value.iter().chain(&l.tier_from));
    held.extend(texts.filter_map(|t| t.parse::<Decimal>().ok()));
    if let Some(sweep) = &draft.sweep {
        held.extend(
            [&sweep.from, &sweep.to, &sweep.step].into_iter().filter_map(|t| t.parse::<Decimal>().ok()),
        );
    }
    if let Some(goal) = &draft.goal {
        let texts = goal.value.iter().chain(&goal.confidence).chain(goal.subject_to.iter().map(|c| &c.value));
        held.extend(texts.filter_map(|t| t.parse::<Decimal>().ok()));
    }
    held.extend(draft.earnings.iter().flat_map(|e| &e.extra).filter_map(|x| x.units.parse::<Decimal>().ok()));
    for lever in levers() {
        let Some(program) = evidence.company.program(&lever.program) else { continue };
        let terms = &version_near(program, draft.period.start).terms;
        let tier = lever.tier_from.as_deref().and_then(|t| t.parse().ok());
        held.extend(change::current(terms, lever.parameter, tier).ok().flatten());
    }
    for number in &evidence.numbers {
        if number.value.is_none_or(|v| !held.contains(&v)) {
            let shown = number.value.map_or_else(|| "A number".to_owned(), |v| v.to_string());
            let message = format!("{shown} of the question has no place in the draft");
            found.push(error("number_dropped", "options", message, "Ask what it is for"));
        }
    }
}

fn spans(draft: &Draft, evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    if !evidence.spans.contains(&draft.period.span()) {
        let what = format!("The period {} to {}", draft.period.start, draft.period.end);
        found.push(ungrounded("period".to_owned(), &what, "Use the period that the question names"));
    }
    for (o, option) in draft.options.iter().enumerate() {
        for (l, lever) in option.levers.iter().enumerate() {
            if let Some(own) = lever.period.as_ref().filter(|p| !evidence.spans.contains(&p.span())) {
                let what = format!("The period {} to {}", own.start, own.end);
                found.push(ungrounded(
                    format!("options[{o}].levers[{l}].period"),
                    &what,
                    "Use a period that the question names",
                ));
            }
        }
    }
}

/// The audience as a whole must be the one the question names.
fn people(draft: &Draft, evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    let lists = draft.options.iter().flat_map(|o| &o.levers).any(|l| {
        matches!(
            l.parameter,
            Parameter::EligibleTiers | Parameter::EligibleRegions | Parameter::EligiblePartnerTypes
        )
    });
    let own = draft.options.iter().flat_map(|o| &o.levers).filter_map(|l| l.audience.as_ref());
    let said = sorted(&evidence.audience);
    let matches =
        sorted(&draft.audience) == said || own.clone().count() > 0 && own.clone().all(|a| sorted(a) == said);
    let by_list = lists && draft.audience == Audience::default();
    if !matches && !by_list {
        let message = "The audience is not the one that the question names".to_owned();
        found.push(error("ungrounded", "audience", message, "Ask to whom the change applies"));
    }
}
