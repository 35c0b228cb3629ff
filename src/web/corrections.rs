//! Correcting a field of the reading in place: which fields can be edited and how
//! (for the page), and the corrections of a form that comes back. The names of the
//! form's fields are known here alone; what a correction means is the engine's.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use spiffcast_engine::calendar::PeriodKind;
use spiffcast_engine::catalog::PartnerType;
use spiffcast_engine::company::Company;
use spiffcast_engine::named_period::period_name;
use spiffcast_engine::programs::terms::{Pay, Rate};
use spiffcast_engine::scenario::{Audience, AudienceEntry, Draft, Lever, Operation, Parameter, Period};

use crate::reports::format;

/// Names of fields that hold a value begin with this, the path of the field after it.
const SET: &str = "set.";
/// Names of the boxes of an audience begin with this.
const WHO: &str = "who.";
/// Quarters ahead that are offered as periods.
const QUARTERS: i32 = 5;
/// Names of the lists.
const PROGRAMS: &str = "offered-programs";
const PERIODS: &str = "offered-periods";

/// How a field is edited.
pub enum Editor {
    /// How much, and by or to.
    Amount {
        /// Name of the value.
        name: String,
        /// The value.
        value: String,
        /// Name of the operation.
        operation: String,
        /// What may be done.
        choices: Vec<Choice>,
    },
    /// Text, with a list of what may be meant that all fields of its kind share.
    Text {
        /// Name of the form's field.
        name: String,
        /// What stands there.
        value: String,
        /// Name of the list.
        list: &'static str,
        /// How to say it.
        hint: String,
    },
    /// Who.
    Audience {
        /// Says that the boxes count, ticked or not.
        marker: String,
        /// Included, then left out.
        sides: Vec<Side>,
    },
}

/// One of a list.
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// Whether it stands now.
    pub chosen: bool,
}

/// Who is meant, or who is left out.
pub struct Side {
    /// What it says.
    pub legend: &'static str,
    /// Boxes by kind.
    pub groups: Vec<Group>,
    /// Name of the field of partners.
    pub partners: String,
    /// Names of partners, with commas.
    pub named: String,
}

/// Boxes of one kind.
pub struct Group {
    /// Name of the boxes.
    pub name: String,
    /// The boxes.
    pub choices: Vec<Choice>,
}

/// The lists that fields of a reading share: once on a page, because every field of eight
/// options with all programs in it is more than a page may weigh.
pub fn lists(company: &Company) -> [(&'static str, Vec<String>); 2] {
    let programs = company.programs.iter().map(|p| offered_name(&p.id, company)).collect();
    [(PROGRAMS, programs), (PERIODS, periods(company))]
}

/// The name of a program; its identifier where several have the name.
fn offered_name(id: &str, company: &Company) -> String {
    let Some(program) = company.program(id) else { return id.to_owned() };
    let same = company.programs.iter().filter(|p| p.name() == program.name()).count();
    if same == 1 { program.name().to_owned() } else { id.to_owned() }
}

/// How the field at a path of the scenario is edited; `None` where it is not.
pub fn editor(path: &str, draft: &Draft, company: &Company) -> Option<Editor> {
    if path == "period" {
        return Some(period(path, &draft.period, company));
    }
    if path == "audience" {
        return audience(path, &draft.audience, company);
    }
    let (lever, field) = lever(path, draft)?;
    let settled = lever.operation != Operation::Launch;
    match field {
        "program" if settled => Some(program(path, lever, company)),
        "value" if settled => amount(path, lever, company),
        "period" => Some(period(path, lever.period.as_ref()?, company)),
        "audience" => audience(path, lever.audience.as_ref()?, company),
        _ => None,
    }
}

/// `options[0].levers[1].value` as the lever and `value`.
fn lever<'d, 'p>(path: &'p str, draft: &'d Draft) -> Option<(&'d Lever, &'p str)> {
    let (option, rest) = path.strip_prefix("options[")?.split_once("].levers[")?;
    let (lever, field) = rest.split_once("].")?;
    let lever = draft.options.get(option.parse::<usize>().ok()?)?.levers.get(lever.parse::<usize>().ok()?)?;
    Some((lever, field))
}

fn program(path: &str, lever: &Lever, company: &Company) -> Editor {
    Editor::Text {
        name: format!("{SET}{path}"),
        value: offered_name(&lever.program, company),
        list: PROGRAMS,
        hint: format!("Type a part of the name; left empty, it offers all {}.", company.programs.len()),
    }
}

const BY_PERCENT: [Operation; 2] = [Operation::IncreaseByPercent, Operation::DecreaseByPercent];
const BY_POINTS: [Operation; 2] = [Operation::IncreaseByPoints, Operation::DecreaseByPoints];
const BY_AMOUNT: [Operation; 2] = [Operation::IncreaseByAmount, Operation::DecreaseByAmount];

fn amount(path: &str, lever: &Lever, company: &Company) -> Option<Editor> {
    let value = lever.value.clone()?;
    let is_number = value.parse::<rust_decimal::Decimal>().is_ok();
    let mut operations = if is_number {
        let by_part = if is_percent(lever, company) { BY_POINTS } else { BY_AMOUNT };
        [&BY_PERCENT[..], &by_part, &[Operation::SetTo, Operation::MultiplyBy]].concat()
    } else {
        Vec::new()
    };
    if !operations.contains(&lever.operation) {
        operations.push(lever.operation);
    }
    let choice = |operation: &Operation| Choice {
        value: word(operation),
        label: format::capital(&format::words(&word(operation))),
        chosen: *operation == lever.operation,
    };
    Some(Editor::Amount {
        name: format!("{SET}{path}"),
        value,
        operation: format!("{SET}{}operation", path.strip_suffix("value")?),
        choices: operations.iter().map(choice).collect(),
    })
}

fn word(operation: &Operation) -> String {
    serde_json::to_value(operation).ok().and_then(|v| v.as_str().map(ToOwned::to_owned)).unwrap_or_default()
}

/// Whether the lever moves something that is a percent itself.
fn is_percent(lever: &Lever, company: &Company) -> bool {
    use Parameter::{AcceleratorAbove, GrowthAbove, Override, TierRate};
    let pays_percent = || {
        company.program(&lever.program).is_some_and(|p| match &p.latest().terms.rate {
            Rate::Flat(pay) => matches!(pay, Pay::Percent(_)),
            Rate::Tiered { tiers, .. } => tiers.iter().any(|t| matches!(t.pay, Pay::Percent(_))),
        })
    };
    match lever.parameter {
        AcceleratorAbove | GrowthAbove | Override => true,
        Parameter::Rate | TierRate => pays_percent(),
        _ => false,
    }
}

fn period(path: &str, period: &Period, company: &Company) -> Editor {
    let calendar = company.calendar;
    let span = period.span();
    let days = || format!("{}..{}", span.start, span.end);
    let whole = |kind| calendar.period_of(kind, span.start) == span;
    let named = [PeriodKind::Quarter, PeriodKind::Half, PeriodKind::Year].into_iter().any(whole);
    let value = if named { period_name(span, calendar) } else { days() };
    let hint = match periods(company).get(1) {
        Some(next) => format!("Such as {next}, 2026-08 or 2026-08-10..2026-09-05."),
        None => String::new(),
    };
    Editor::Text { name: format!("{SET}{path}"), value, list: PERIODS, hint }
}

/// The quarters from today on.
fn periods(company: &Company) -> Vec<String> {
    let calendar = company.calendar;
    let quarter = |n: i32| {
        let first = calendar.period_of(PeriodKind::Quarter, company.today());
        let month = spiffcast_engine::calendar::Month::of(first.start).plus(3 * n);
        period_name(calendar.period_of(PeriodKind::Quarter, month.first_day()), calendar)
    };
    (0..QUARTERS).map(quarter).collect()
}

/// Audiences of several alternatives are not edited here: a form would flatten them.
fn audience(path: &str, audience: &Audience, company: &Company) -> Option<Editor> {
    if audience.include.len() > 1 || audience.exclude.len() > 1 {
        return None;
    }
    let side = |legend, key: &str, entry: Option<&AudienceEntry>| {
        let entry = entry.cloned().unwrap_or_default();
        let name = |kind: &str| format!("{WHO}{path}.{key}.{kind}");
        let group = |kind: &str, all: &[&str], held: &[String]| Group {
            name: name(kind),
            choices: all.iter().map(|item| box_of(item, held)).collect(),
        };
        let types = PartnerType::ALL.map(PartnerType::as_str);
        let named = entry.partners.iter().map(|id| partner_name(id, company)).collect::<Vec<_>>();
        Side {
            legend,
            groups: vec![
                group("tiers", &company.catalog.tiers(), &entry.tiers),
                group("regions", &lived_in(company), &entry.regions),
                group("partner_types", &types, &entry.partner_types),
            ],
            partners: name("partners"),
            named: named.join("; "),
        }
    };
    let sides = vec![
        side("For", "include", audience.include.first()),
        side("Not for", "exclude", audience.exclude.first()),
    ];
    Some(Editor::Audience { marker: format!("{WHO}{path}"), sides })
}

fn box_of(item: &str, held: &[String]) -> Choice {
    Choice {
        value: item.to_owned(),
        label: format::words(item),
        chosen: held.iter().any(|name| name == item),
    }
}

fn partner_name(id: &str, company: &Company) -> String {
    company.catalog.partner(id).map_or_else(|| id.to_owned(), |ix| company.catalog.partners[ix].name.clone())
}

/// The corrections of a form: paths to values.
pub fn read(fields: &[(String, String)], company: &Company) -> BTreeMap<String, Value> {
    let mut corrections = BTreeMap::new();
    for (name, value) in fields {
        if let Some(path) = name.strip_prefix(SET) {
            let value = value.trim();
            let value =
                if path.ends_with(".program") { program_id(value, company) } else { value.to_owned() };
            corrections.insert(path.to_owned(), Value::String(value));
        } else if let Some(path) = name.strip_prefix(WHO).filter(|path| path.ends_with("audience")) {
            corrections.insert(path.to_owned(), who(path, fields, company));
        }
    }
    corrections
}

fn who(path: &str, fields: &[(String, String)], company: &Company) -> Value {
    let all = |key: &str, kind: &str| -> Vec<String> {
        let name = format!("{WHO}{path}.{key}.{kind}");
        fields.iter().filter(|(n, v)| *n == name && !v.trim().is_empty()).map(|(_, v)| v.clone()).collect()
    };
    let side = |key: &str| {
        let named = all(key, "partners");
        let partners: Vec<String> = named
            .iter()
            .flat_map(|text| text.split([';', '\n']))
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(|name| partner_id(name, company))
            .collect();
        let entry = AudienceEntry {
            tiers: all(key, "tiers"),
            regions: all(key, "regions"),
            partner_types: all(key, "partner_types"),
            partners,
        };
        if entry == AudienceEntry::default() { Vec::new() } else { vec![entry] }
    };
    json!({ "include": side("include"), "exclude": side("exclude") })
}

/// The identifier of a partner that was named; the name where there is none, for the
/// checks to say so.
fn partner_id(name: &str, company: &Company) -> String {
    let partners = &company.catalog.partners;
    let found = partners.iter().find(|p| p.id == name || p.name.to_lowercase() == name.to_lowercase());
    found.map_or_else(|| name.to_owned(), |p| p.id.clone())
}

/// The identifier of a program that was named; the name where it is none's, or not one's
/// alone, for the checks to say so.
fn program_id(name: &str, company: &Company) -> String {
    let of = |p: &&spiffcast_engine::programs::Program| p.name().to_lowercase() == name.to_lowercase();
    let mut found = company.programs.iter().filter(of);
    match (company.program(name), found.next(), found.next()) {
        (None, Some(only), None) => only.id.clone(),
        _ => name.to_owned(),
    }
}

/// Regions with a partner that who corrects may know.
fn lived_in(company: &Company) -> Vec<&str> {
    let somebody = |region: &&str| company.catalog.partners.iter().any(|p| p.region == **region);
    company.catalog.regions().into_iter().filter(somebody).collect()
}
