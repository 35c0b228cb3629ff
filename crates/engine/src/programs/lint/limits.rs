//! Caps and budgets against the pay of a single unit at the list price of a day, and
//! against each other. What the history says about budgets is in [`super::reach`].

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::catalog::{Catalog, Product};
use crate::finding::Severity;
use crate::programs::terms::{Pay, ProgramVersion};

use super::finding::{LintCode, LintFinding};
use super::shape::{money_shown, on_sale, shown, tiers, unit_pay};

/// Checks the caps of a version.
pub(super) fn check(version: &ProgramVersion, catalog: &Catalog, day: NaiveDate, out: &mut Vec<LintFinding>) {
    let caps = &version.terms.caps;
    let all = [
        ("per_transaction", caps.per_transaction),
        ("per_partner", caps.per_partner),
        ("program_budget", caps.program_budget),
    ];
    let caps: Vec<(&str, Decimal)> = all.into_iter().filter_map(|(name, cap)| Some((name, cap?))).collect();
    let pays = unit_pays(version, catalog, day);
    // A cap above another one adds nothing to what that one says.
    if let Some((name, cap)) = caps.iter().min_by_key(|(_, cap)| *cap) {
        out.extend(below_one_unit(version, name, *cap, &pays));
    }
    for pair in caps.windows(2) {
        out.extend(pointless(version, pair[0], pair[1]));
    }
}

/// Every product on sale with the pay of its first unit, least first.
fn unit_pays<'c>(
    version: &ProgramVersion,
    catalog: &'c Catalog,
    day: NaiveDate,
) -> Vec<(Decimal, &'c Product, Pay)> {
    let rates = tiers(&version.terms.rate);
    let Some(lowest) = rates.iter().map(|t| t.pay).find(|pay| !pay.value().is_zero()) else {
        return Vec::new();
    };
    let products = on_sale(&version.terms, catalog, day);
    let mut pays: Vec<_> =
        products.into_iter().map(|p| (unit_pay(lowest, p.price_on(day).list_price), p, lowest)).collect();
    pays.sort_by_key(|(pay, _, _)| *pay);
    pays
}

fn below_one_unit(
    version: &ProgramVersion,
    name: &str,
    cap: Decimal,
    pays: &[(Decimal, &Product, Pay)],
) -> Option<LintFinding> {
    let above = pays.iter().filter(|(pay, _, _)| *pay > cap).count();
    let (pay, product, rate) = pays.last().filter(|_| above > 0)?;
    // Growth pays only a share of the rate: one unit is never sure to reach the cap.
    if version.terms.growth.is_some() {
        return None;
    }
    let all = above == pays.len();
    let among = if all {
        "every product covered".to_owned()
    } else {
        format!("{above} of the {} products covered", pays.len())
    };
    Some(LintFinding::at(
        LintCode::CapBelowOneUnit,
        if all { Severity::Error } else { Severity::Warning },
        version,
        &format!("caps.{name}"),
        format!(
            "caps.{name} of {} is below the pay of one unit of {among}: {} at {} pays {}",
            money_shown(cap, &version.terms),
            product.sku,
            shown(*rate, &version.terms),
            money_shown(*pay, &version.terms)
        ),
        format!("Raise caps.{name} to at least {}, or lower the rate.", money_shown(*pay, &version.terms)),
    ))
}

/// Of two caps the one that is smaller in scope must be the smaller amount.
fn pointless(
    version: &ProgramVersion,
    narrow: (&str, Decimal),
    wide: (&str, Decimal),
) -> Option<LintFinding> {
    (narrow.1 >= wide.1).then(|| {
        LintFinding::at(
            LintCode::CapWithoutEffect,
            Severity::Warning,
            version,
            &format!("caps.{}", narrow.0),
            format!(
                "caps.{} of {} never binds: caps.{} of {} always cuts first",
                narrow.0,
                money_shown(narrow.1, &version.terms),
                wide.0,
                money_shown(wide.1, &version.terms)
            ),
            format!("Lower caps.{}, or remove it.", narrow.0),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::LintCode::*;
    use super::super::testing::{Files, fires, silent};
    use crate::finding::Severity;
    use crate::programs::testing::d;

    #[test]
    fn a_cap_pays_at_least_one_unit() {
        for name in ["per_partner", "program_budget"] {
            let of = |cap: &str| Files::one(&format!("minimum = \"2\"\ncaps = {{ {name} = \"{cap}\" }}"));
            fires(
                &of("9.99"),
                CapBelowOneUnit,
                "p/v1.md:12",
                "every product covered: X2 at $10.00 a unit pays $10.00",
            );
            silent(&of("10.00"), CapBelowOneUnit);
        }
        let of = |cap: &str| {
            let files = Files::one(&format!("caps = {{ per_transaction = \"{cap}\" }}"));
            files.with("\"month\"", "\"transaction\"").with("per_unit = \"10.00\"", "percent = \"10\"")
        };
        fires(&of("9.99"), CapBelowOneUnit, "p/v1.md:11", "caps.per_transaction of $9.99");
        silent(&of("10"), CapBelowOneUnit);
    }

    #[test]
    fn a_cap_below_the_dearest_product_alone_is_a_warning() {
        let mut files =
            Files::one("caps = { per_partner = \"10\" }").with("per_unit = \"10.00\"", "percent = \"10\"");
        silent(&files, CapBelowOneUnit);
        files.world.product("X1").prices[0].list_price = d("100.10");
        fires(&files, CapBelowOneUnit, "p/v1.md:11", "1 of the 3 products covered: X1 at 10% pays $10.01");
        assert!(files.lint().iter().any(|f| f.code == CapBelowOneUnit && f.severity == Severity::Warning));
    }

    #[test]
    fn narrow_caps_are_the_smaller_ones() {
        let of = |budget: &str| {
            Files::one(&format!("caps = {{ per_partner = \"500\", program_budget = \"{budget}\" }}"))
        };
        fires(&of("500"), CapWithoutEffect, "p/v1.md:11", "caps.per_partner of $500.00 never binds");
        silent(&of("500.01"), CapWithoutEffect);
    }
}
