//! Who sells what in an example: three partners and three products, and the rows
//! that the example lays over them.

use rust_decimal::Decimal;
use spiffcast_engine::catalog::{Partner, PartnerType, Price, Product};

use crate::company::{day, each, needed};
use crate::page::{Example, Row};

/// A partner whose parent is still a name: positions hold once all are sorted.
struct Named {
    partner: Partner,
    parent: Option<String>,
}

/// A Gold reseller in EMEA without a parent.
fn named(id: &str) -> Named {
    let partner = Partner {
        id: id.to_owned(),
        name: id.to_owned(),
        partner_type: PartnerType::Reseller,
        tier: "Gold".to_owned(),
        region: "EMEA".to_owned(),
        country: None,
        parent: None,
        onboarded_on: None,
        active: true,
        tier_history: Vec::new(),
    };
    Named { partner, parent: None }
}

/// The resellers `acme` and `birch`, children of the distributor `delta`.
fn everybody() -> Vec<Named> {
    let (mut acme, mut birch, mut delta) = (named("acme"), named("birch"), named("delta"));
    acme.parent = Some("delta".to_owned());
    birch.parent = Some("delta".to_owned());
    birch.partner.partner_type = PartnerType::Msp;
    birch.partner.tier = "Silver".to_owned();
    birch.partner.region = "AMER".to_owned();
    delta.partner.partner_type = PartnerType::Distributor;
    delta.partner.tier = "Platinum".to_owned();
    vec![acme, birch, delta]
}

/// The partners of an example, sorted.
///
/// # Errors
/// The row that cannot be read, and why.
pub fn partners(example: &Example) -> Result<Vec<Partner>, String> {
    let mut all = everybody();
    each(example, "Partners", |row| lay_over(&mut all, row))?;
    each(example, "Tiers", |row| {
        let id = needed(row, "partner")?;
        let held = all.iter_mut().find(|n| n.partner.id == id).ok_or_else(|| format!("who is `{id}`?"))?;
        held.partner.tier_history.push((day(needed(row, "from")?)?, needed(row, "tier")?.to_owned()));
        Ok(())
    })?;
    all.sort_by(|a, b| a.partner.id.cmp(&b.partner.id));
    let ids: Vec<String> = all.iter().map(|n| n.partner.id.clone()).collect();
    let resolve = |named: Named| {
        let parent = named.parent.map(|parent| {
            ids.iter().position(|id| *id == parent).ok_or_else(|| format!("no parent is named `{parent}`"))
        });
        Ok(Partner { parent: parent.transpose()?, ..named.partner })
    };
    all.into_iter().map(resolve).collect()
}

/// A row changes what it names and leaves the rest; an unknown name is a new partner.
fn lay_over(all: &mut Vec<Named>, row: &Row) -> Result<(), String> {
    let id = needed(row, "partner")?;
    let at = all.iter().position(|n| n.partner.id == id).unwrap_or_else(|| {
        all.push(named(id));
        all.len() - 1
    });
    let Named { partner, parent } = &mut all[at];
    if let Some(kind) = row.get("type") {
        partner.partner_type = kind.parse().map_err(|()| format!("`{kind}` is no type of partner"))?;
    }
    match row.get("active") {
        Some("yes") | None => (),
        Some("no") => partner.active = false,
        Some(other) => return Err(format!("`active` is `yes` or `no`, not `{other}`")),
    }
    row.get("tier").into_iter().for_each(|tier| tier.clone_into(&mut partner.tier));
    row.get("region").into_iter().for_each(|region| region.clone_into(&mut partner.region));
    match row.get("parent") {
        Some("none") => *parent = None,
        Some(id) => *parent = Some(id.to_owned()),
        None => (),
    }
    Ok(())
}

fn product(sku: &str, family: &str) -> Product {
    let price = Price { effective_from: None, list_price: Decimal::ONE_HUNDRED, unit_cost: Decimal::TEN };
    Product {
        sku: sku.to_owned(),
        name: sku.to_owned(),
        family: family.to_owned(),
        launched_on: None,
        end_of_life_on: None,
        prices: vec![price],
    }
}

/// The products of an example, sorted.
///
/// # Errors
/// The row that cannot be read, and why.
pub fn products(example: &Example) -> Result<Vec<Product>, String> {
    let mut all = vec![product("PX-100", "PX"), product("PX-200", "PX"), product("SVC-10", "Services")];
    all.extend(each(example, "Products", |row| Ok(product(needed(row, "sku")?, row.or("family", "PX"))))?);
    all.sort_by(|a, b| a.sku.cmp(&b.sku));
    Ok(all)
}
