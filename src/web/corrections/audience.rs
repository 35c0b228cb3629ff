//! To whom: boxes for tiers, regions and types, and partners by name; one set of them for
//! every alternative.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use spiffcast_engine::catalog::PartnerType;
use spiffcast_engine::company::Company;
use spiffcast_engine::scenario::{Audience, AudienceEntry};

use super::control::{Choice, Control, Editor, Part};
use super::typed;
use crate::reports::format;

/// Names of the boxes begin with this, the path of the audience after it.
const WHO: &str = "who.";

/// The boxes of every alternative; one set of empty ones where there is none.
pub fn editor(path: &str, audience: &Audience, company: &Company) -> Editor {
    let mut parts = Vec::new();
    for (side, legend, entries) in
        [("include", "For", &audience.include), ("exclude", "Not for", &audience.exclude)]
    {
        for i in 0..entries.len().max(1) {
            let entry = entries.get(i).cloned().unwrap_or_default();
            let legend = if i == 0 { legend.to_owned() } else { format!("Or {}", legend.to_lowercase()) };
            parts.push(Part { legend, controls: boxes(&stem(path, side, i), &entry, company) });
        }
    }
    parts[0].controls.insert(0, Control::hidden(format!("{WHO}{path}"), counts(audience)));
    Editor { parts, hint: "Nothing ticked under “For” means everyone.".to_owned() }
}

/// What the names of the boxes of an alternative begin with.
fn stem(path: &str, side: &str, nth: usize) -> String {
    let nth = if nth == 0 { String::new() } else { nth.to_string() };
    format!("{WHO}{path}.{side}{nth}")
}

/// How many alternatives there are to read again: `1,1`.
fn counts(audience: &Audience) -> String {
    format!("{},{}", audience.include.len().max(1), audience.exclude.len().max(1))
}

fn boxes(stem: &str, entry: &AudienceEntry, company: &Company) -> Vec<Control> {
    let group = |kind: &str, all: &[&str], held: &[String]| Control::Boxes {
        name: format!("{stem}.{kind}"),
        choices: all.iter().map(|item| box_of(item, held)).collect(),
    };
    let types = PartnerType::ALL.map(PartnerType::as_str);
    let named: Vec<String> = entry.partners.iter().map(|id| partner_name(id, company)).collect();
    vec![
        group("tiers", &company.catalog.tiers(), &entry.tiers),
        group("regions", &lived_in(company), &entry.regions),
        group("partner_types", &types, &entry.partner_types),
        Control::optional(format!("{stem}.partners"), "Partners, with ; between", named.join("; ")),
    ]
}

fn box_of(item: &str, held: &[String]) -> Choice {
    let chosen = held.iter().any(|name| name == item);
    Choice { value: item.to_owned(), label: format::words(item), chosen }
}

/// Regions with a partner that who corrects may know.
fn lived_in(company: &Company) -> Vec<&str> {
    let somebody = |region: &&str| company.catalog.partners.iter().any(|p| p.region == **region);
    company.catalog.regions().into_iter().filter(somebody).collect()
}

fn partner_name(id: &str, company: &Company) -> String {
    company.catalog.partner(id).map_or_else(|| id.to_owned(), |ix| company.catalog.partners[ix].name.clone())
}

/// The audiences of a form.
pub fn read(fields: &[(String, String)], company: &Company) -> BTreeMap<String, Value> {
    let marked = fields.iter().filter_map(|(name, counts)| Some((name.strip_prefix(WHO)?, counts)));
    marked
        .filter(|(path, _)| path.ends_with("audience"))
        .map(|(path, counts)| (path.to_owned(), who(path, counts, fields, company)))
        .collect()
}

/// Most alternatives that are read on one side.
const ALTERNATIVES_MAX: usize = 16;

fn who(path: &str, counts: &str, fields: &[(String, String)], company: &Company) -> Value {
    let (include, exclude) = counts.split_once(',').unwrap_or(("1", "1"));
    let side = |side: &str, count: &str| -> Vec<AudienceEntry> {
        let count = count.parse::<usize>().unwrap_or(1).min(ALTERNATIVES_MAX);
        let all = (0..count).map(|i| entry(&stem(path, side, i), fields, company));
        all.filter(|entry| *entry != AudienceEntry::default()).collect()
    };
    json!({ "include": side("include", include), "exclude": side("exclude", exclude) })
}

fn entry(stem: &str, fields: &[(String, String)], company: &Company) -> AudienceEntry {
    let ticked = |kind: &str| -> Vec<String> {
        let name = format!("{stem}.{kind}");
        fields.iter().filter(|(n, v)| *n == name && !v.trim().is_empty()).map(|(_, v)| v.clone()).collect()
    };
    let named = typed(fields, &format!("{stem}.partners"));
    let names = named.split([';', '\n']).map(str::trim).filter(|name| !name.is_empty());
    AudienceEntry {
        tiers: ticked("tiers"),
        regions: ticked("regions"),
        partner_types: ticked("partner_types"),
        partners: names.map(|name| partner_id(name, company)).collect(),
    }
}

/// The identifier of a partner that was named; the name where there is none, for the
/// checks to say so.
fn partner_id(name: &str, company: &Company) -> String {
    let partners = &company.catalog.partners;
    let found = partners.iter().find(|p| p.id == name || p.name.to_lowercase() == name.to_lowercase());
    found.map_or_else(|| name.to_owned(), |p| p.id.clone())
}
