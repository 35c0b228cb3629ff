//! What a lever does to the lists of a program: who is eligible and which
//! products are covered. An empty list means everything, before and after.

use crate::catalog::{Catalog, PartnerType, Product};
use crate::programs::Terms;

use super::change::{Misfit, misfit_operation};
use super::{Lever, Operation, Parameter};

/// Names of a list parameter's value: one, or several with commas.
pub(crate) fn names(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|n| !n.is_empty())
}

pub(super) fn lists(lever: &Lever, terms: &Terms, catalog: &Catalog) -> Result<Terms, Misfit> {
    let value = lever.value.as_deref().unwrap_or_default();
    let wanted: Vec<&str> = names(value).collect();
    if wanted.is_empty() {
        return Err(Misfit::new(
            "value_missing",
            "value",
            "No name is given".to_owned(),
            "Name what to add or remove",
        ));
    }
    let mut new = terms.clone();
    match lever.parameter {
        Parameter::EligibleTiers => {
            new.eligible.tiers = edited(lever, &terms.eligible.tiers, &catalog.tiers(), &wanted)?;
        }
        Parameter::EligibleRegions => {
            new.eligible.regions = edited(lever, &terms.eligible.regions, &catalog.regions(), &wanted)?;
        }
        Parameter::EligiblePartnerTypes => {
            let now: Vec<String> =
                terms.eligible.partner_types.iter().map(|t| t.as_str().to_owned()).collect();
            let all: Vec<&str> = PartnerType::ALL.iter().map(|t| t.as_str()).collect();
            let edited = edited(lever, &now, &all, &wanted)?;
            new.eligible.partner_types = edited.iter().filter_map(|t| t.parse().ok()).collect();
        }
        _ => products(lever, &mut new, catalog, &wanted)?,
    }
    Ok(new)
}

/// A list after the operation. An empty list means everything, before and after,
/// so taking from it spells out the rest, and it must never become empty.
fn edited(lever: &Lever, now: &[String], all: &[&str], wanted: &[&str]) -> Result<Vec<String>, Misfit> {
    if let Some(unknown) = wanted.iter().find(|w| !all.contains(w)) {
        return Err(Misfit::new(
            "unknown_name",
            "value",
            format!("{unknown:?} is not known"),
            super::findings::suggest(unknown, all.iter().copied()),
        ));
    }
    let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    match lever.operation {
        Operation::SetTo => Ok(owned(wanted)),
        Operation::Add if now.is_empty() => Ok(Vec::new()),
        Operation::Add => {
            let missing = wanted.iter().filter(|w| !now.iter().any(|n| n == *w)).map(|w| (*w).to_owned());
            Ok(now.iter().cloned().chain(missing).collect())
        }
        Operation::Remove => {
            let from = if now.is_empty() { owned(all) } else { now.to_vec() };
            let rest: Vec<String> = from.into_iter().filter(|n| !wanted.contains(&n.as_str())).collect();
            if rest.is_empty() {
                return Err(Misfit::new(
                    "nobody_left",
                    "value",
                    "Nothing would be left to qualify".to_owned(),
                    "Pause the program instead",
                ));
            }
            Ok(rest)
        }
        _ => Err(misfit_operation(lever, "add, remove or set_to")),
    }
}

fn products(lever: &Lever, new: &mut Terms, catalog: &Catalog, wanted: &[&str]) -> Result<(), Misfit> {
    let families = catalog.families();
    let (fams, skus): (Vec<&str>, Vec<&str>) = wanted.iter().copied().partition(|w| families.contains(w));
    if let Some(unknown) = skus.iter().find(|s| catalog.product(s).is_none()) {
        let known = catalog.products.iter().map(|p| p.sku.as_str()).chain(families.iter().copied());
        return Err(Misfit::new(
            "unknown_product",
            "value",
            format!("{unknown:?} is neither a SKU nor a family"),
            super::findings::suggest(unknown, known),
        ));
    }
    let covers_all = new.applies_to.skus.is_empty() && new.applies_to.families.is_empty();
    let own = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<String>>();
    match lever.operation {
        Operation::SetTo => {
            new.applies_to.skus = own(skus);
            new.applies_to.families = own(fams);
        }
        Operation::Add if covers_all => {}
        Operation::Add => {
            let covered: Vec<&str> = catalog
                .products
                .iter()
                .filter(|p| new.covers(&p.sku, &p.family))
                .map(|p| p.sku.as_str())
                .collect();
            let skus = skus.into_iter().filter(|s| !covered.contains(s)).collect();
            let fams = fams.into_iter().filter(|f| !new.applies_to.families.iter().any(|n| n == f)).collect();
            new.applies_to.skus.extend(own(skus));
            new.applies_to.families.extend(own(fams));
        }
        Operation::Remove => {
            let keep = |p: &&Product| {
                new.covers(&p.sku, &p.family)
                    && !skus.contains(&p.sku.as_str())
                    && !fams.contains(&p.family.as_str())
            };
            let rest: Vec<String> = catalog.products.iter().filter(keep).map(|p| p.sku.clone()).collect();
            let before = catalog.products.iter().filter(|p| new.covers(&p.sku, &p.family)).count();
            if rest.len() == before {
                return Ok(());
            }
            if rest.is_empty() {
                return Err(Misfit::new(
                    "nothing_covered",
                    "value",
                    "The program would cover no product".to_owned(),
                    "Pause the program instead",
                ));
            }
            new.applies_to.skus = rest;
            new.applies_to.families.clear();
        }
        _ => return Err(misfit_operation(lever, "add, remove or set_to")),
    }
    Ok(())
}
