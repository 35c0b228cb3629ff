//! Correcting a field of the reading in place: which fields can be edited and how
//! (for the page), and the corrections of a form that comes back. The names of the
//! form's fields are known here alone; what a correction means is the engine's.

mod audience;
mod control;
mod explored;
mod levers;
mod period;
mod terms;

use std::collections::BTreeMap;

use serde_json::Value;
use spiffcast_engine::company::Company;
use spiffcast_engine::finding::Finding;
use spiffcast_engine::scenario::{Draft, Lever};

pub use control::{Control, Editor};

/// Names of fields that hold a value begin with this, the path of the field after it.
const SET: &str = "set.";
/// Names of the lists.
const PROGRAMS: &str = "offered-programs";
const PERIODS: &str = "offered-periods";

/// A form that the checks refused: what was typed, and what they said.
pub struct Refused {
    /// The fields of the form.
    pub fields: Vec<(String, String)>,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Refused {
    /// Path of the field that the form was about.
    pub fn path(&self) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == EDITED).map(|(_, path)| path.as_str())
    }

    /// The option that it was about, where it was about one.
    pub fn option(&self) -> Option<usize> {
        let of = |name: &str| name.split_once("options[")?.1.split_once(']')?.0.parse().ok();
        self.fields.iter().find_map(|(name, _)| of(name))
    }
}

/// Says of a form which field it is about.
const EDITED: &str = "edited";

/// The lists that fields of a reading share: once on a page, because every field of eight
/// options with all programs in it is more than a page may weigh.
pub fn lists(company: &Company) -> [(&'static str, Vec<String>); 2] {
    let programs = company.programs.iter().map(|p| offered_name(&p.id, company)).collect();
    [(PROGRAMS, programs), (PERIODS, period::offered(company))]
}

/// How the field at a path of the scenario is edited; `None` where it is not.
pub fn editor(path: &str, draft: &Draft, company: &Company) -> Option<Editor> {
    match path {
        "period" => return Some(period::editor(path, &draft.period, company)),
        "audience" => return Some(audience::editor(path, &draft.audience, company)),
        "sweep" => return explored::range(draft.sweep.as_ref()?).into(),
        "sweep.step" => return explored::step(draft.sweep.as_ref()?).into(),
        "goal" => return explored::goal(draft.goal.as_ref()?).into(),
        _ => {}
    }
    let (lever, at, field) = lever(path, draft)?;
    levers::editor(&levers::Place { path, lever, at, field }, draft, company)
}

/// The paths of what a scenario holds besides its period and audience, of the options for
/// which `shown` holds: every one of them can be corrected, whoever named it.
pub fn paths(draft: &Draft, shown: impl Fn(usize) -> bool) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for (o, option) in draft.options.iter().enumerate().filter(|(o, _)| shown(*o)) {
        for (l, lever) in option.levers.iter().enumerate() {
            let held = [
                ("program", true),
                ("parameter", lever.terms.is_none()),
                ("tier_from", lever.tier_from.is_some()),
                ("value", lever.value.is_some()),
                ("terms", lever.terms.is_some()),
                ("period", lever.period.is_some()),
                ("audience", lever.audience.is_some()),
            ];
            let held = held.iter().filter(|(_, is_held)| *is_held);
            paths.extend(held.map(|(field, _)| format!("options[{o}].levers[{l}].{field}")));
        }
    }
    paths.extend(draft.sweep.is_some().then(|| "sweep".to_owned()));
    paths.extend(draft.goal.is_some().then(|| "goal".to_owned()));
    paths
}

/// `options[0].levers[1].value` as the lever, its place and `value`.
fn lever<'d, 'p>(path: &'p str, draft: &'d Draft) -> Option<(&'d Lever, (usize, usize), &'p str)> {
    let (option, rest) = path.strip_prefix("options[")?.split_once("].levers[")?;
    let (lever, field) = rest.split_once("].")?;
    let at: (usize, usize) = (option.parse().ok()?, lever.parse().ok()?);
    Some((draft.options.get(at.0)?.levers.get(at.1)?, at, field))
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
        }
    }
    corrections.extend(audience::read(fields, company));
    corrections.extend(levers::read(fields));
    corrections.extend(explored::read(fields));
    corrections.extend(terms::read(fields));
    corrections
}

/// The name of a program; its identifier where several have the name.
fn offered_name(id: &str, company: &Company) -> String {
    let Some(program) = company.program(id) else { return id.to_owned() };
    let same = company.programs.iter().filter(|p| p.name() == program.name()).count();
    if same == 1 { program.name().to_owned() } else { id.to_owned() }
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

/// The trimmed value of a field of a form; empty where it is not there.
fn typed(fields: &[(String, String)], name: &str) -> String {
    fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim().to_owned()).unwrap_or_default()
}
