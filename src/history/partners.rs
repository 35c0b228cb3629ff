//! The tables `partners` and `partner_tiers`.

use std::collections::HashMap;

use chrono::NaiveDate;
use spiffcast_engine::catalog::{Partner, PartnerType};

use super::cells::Cells;
use super::frame::RawTable;
use super::report::{FileReport, Notes};

const TYPES: [(&str, PartnerType); 4] = [
    ("reseller", PartnerType::Reseller),
    ("distributor", PartnerType::Distributor),
    ("msp", PartnerType::Msp),
    ("referral", PartnerType::Referral),
];

/// Partners sorted by identifier, parents resolved.
pub(super) fn partners(raw: &RawTable, report: &mut FileReport) -> Vec<Partner> {
    let mut cells = Cells::new(raw, report);
    let ids = cells.ids("partner_id");
    let names = cells.names("name");
    let types = cells.words("partner_type", &TYPES, None);
    let tiers = cells.names("tier");
    let regions = cells.names("region");
    let countries = cells.optional_names("country");
    let parents = cells.optional_ids("parent_partner_id");
    let onboarded = cells.optional_days("onboarded_on");
    let active = cells.words("status", &[("active", true), ("inactive", false)], Some(true));
    unique(&mut cells, "partner_id", &ids);

    let mut order: Vec<usize> = (0..raw.rows).collect();
    order.sort_by_key(|row| ids[*row]);
    let position: HashMap<&str, usize> = order.iter().enumerate().map(|(at, row)| (ids[*row], at)).collect();
    let parent_of = resolve_parents(&mut cells, &ids, &parents, &position);
    let partner = |row: &usize| Partner {
        id: ids[*row].to_owned(),
        name: names[*row].to_owned(),
        partner_type: types[*row],
        tier: tiers[*row].to_owned(),
        region: regions[*row].to_owned(),
        country: countries[*row].map(str::to_owned),
        parent: parent_of[*row],
        onboarded_on: onboarded[*row],
        active: active[*row],
        tier_history: Vec::new(),
    };
    order.iter().map(partner).collect()
}

/// Reports identifiers that appear twice. Bad cells (empty) were reported before.
pub(super) fn unique(cells: &mut Cells<'_>, column: &'static str, ids: &[&str]) {
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(ids.len());
    let mut notes = Notes::default();
    for (row, id) in ids.iter().enumerate().filter(|(_, id)| !id.is_empty()) {
        if let Some(first) = seen.insert(id, row) {
            let first = cells.place(first);
            notes.error(row, column, id, format!("the same {column} as {first}; it must be unique"));
        }
    }
    cells.note(notes);
}

fn resolve_parents(
    cells: &mut Cells<'_>,
    ids: &[&str],
    parents: &[Option<&str>],
    position: &HashMap<&str, usize>,
) -> Vec<Option<usize>> {
    let mut notes = Notes::default();
    let by_id: HashMap<&str, Option<&str>> = ids.iter().copied().zip(parents.iter().copied()).collect();
    let mut resolved = Vec::with_capacity(ids.len());
    for (row, parent) in parents.iter().enumerate() {
        resolved.push(parent.and_then(|p| position.get(p).copied()));
        let Some(parent) = parent else { continue };
        if !position.contains_key(parent) {
            notes.error(row, "parent_partner_id", parent, "no such partner_id in partners");
        } else if is_own_ancestor(ids[row], &by_id) {
            notes.error(row, "parent_partner_id", parent, "the parents form a circle");
        }
    }
    cells.note(notes);
    resolved
}

fn is_own_ancestor(id: &str, parent_of: &HashMap<&str, Option<&str>>) -> bool {
    let mut at = id;
    // A chain longer than the number of partners has met another circle, which is
    // reported at its own members.
    for _ in 0..parent_of.len() {
        match parent_of.get(at).copied().flatten() {
            Some(parent) if parent == id => return true,
            Some(parent) => at = parent,
            None => return false,
        }
    }
    false
}

/// Tier changes, put into the partners they belong to.
pub(super) fn tiers(
    raw: &RawTable,
    report: &mut FileReport,
    partner_of: &HashMap<String, usize>,
    partners: &mut [Partner],
) {
    let mut cells = Cells::new(raw, report);
    let ids = cells.ids("partner_id");
    let tiers = cells.names("tier");
    let from = cells.days("effective_from");
    let known = cells.refer("partner_id", &ids, partner_of, "partners");
    let mut seen: HashMap<(&str, NaiveDate), usize> = HashMap::new();
    let mut notes = Notes::default();
    for row in 0..raw.rows {
        if ids[row].is_empty() || from[row] == NaiveDate::default() {
            continue;
        }
        if let Some(first) = seen.insert((ids[row], from[row]), row) {
            let text = format!("the same partner_id and effective_from as {}", cells.place(first));
            notes.error(row, "effective_from", &from[row].to_string(), text);
        }
        if let Some(partner) = known[row].and_then(|p| partners.get_mut(p)) {
            partner.tier_history.push((from[row], tiers[row].to_owned()));
        }
    }
    cells.note(notes);
    for partner in partners {
        partner.tier_history.sort();
    }
}
