//! Names in the terms against the catalogue: tiers, regions, types, products,
//! currency, parents and stacking groups. Spelling is the catalogue's.

use crate::catalog::{Catalog, PartnerType};
use crate::company::Company;
use crate::finding::Severity;
use crate::programs::terms::{ProgramVersion, StackingMode};
use crate::sales::Target;

use super::finding::{LintCode, LintFinding};

/// Checks the names of every version.
pub(super) fn check(version: &ProgramVersion, company: &Company, out: &mut Vec<LintFinding>) {
    let catalog = &company.catalog;
    currency(version, catalog, out);
    eligible(version, catalog, out);
    products(version, catalog, out);
    out.extend(override_without_parents(version, catalog));
    out.extend(targets(version, &company.targets));
}

fn currency(version: &ProgramVersion, catalog: &Catalog, out: &mut Vec<LintFinding>) {
    let own = &version.terms.currency;
    if *own != catalog.currency {
        let message = format!("pays in {own}, but the company's data is in {}", catalog.currency);
        let hint =
            format!("Convert the terms to {}; exchange rates are not supported yet.", catalog.currency);
        let code = LintCode::CurrencyForeign;
        out.push(LintFinding::at(code, Severity::Error, version, "currency", message, hint));
    }
}

fn eligible(version: &ProgramVersion, catalog: &Catalog, out: &mut Vec<LintFinding>) {
    let eligible = &version.terms.eligible;
    let types: Vec<String> = eligible.partner_types.iter().map(|t| t.as_str().to_owned()).collect();
    let known = |t: &&PartnerType| catalog.partners.iter().any(|p| p.partner_type == **t);
    let known_types: Vec<&str> = PartnerType::ALL.iter().filter(known).map(|t| t.as_str()).collect();
    let lists = [
        (
            LintCode::TierUnknown,
            "tiers",
            "no partner holds or held the tier",
            &eligible.tiers,
            catalog.tiers(),
        ),
        (
            LintCode::RegionUnknown,
            "regions",
            "no partner is in the region",
            &eligible.regions,
            catalog.regions(),
        ),
        (LintCode::PartnerTypeUnknown, "partner_types", "no partner is of the type", &types, known_types),
    ];
    for (code, key, says, names, known) in lists {
        unknown(version, code, Severity::Warning, &format!("eligible.{key}"), says, names, &known, out);
    }
}

fn products(version: &ProgramVersion, catalog: &Catalog, out: &mut Vec<LintFinding>) {
    let terms = &version.terms;
    let skus: Vec<&str> = catalog.products.iter().map(|p| p.sku.as_str()).collect();
    let (code, says) = (LintCode::SkuUnknown, "no product has the SKU");
    for (key, names) in [("applies_to.skus", &terms.applies_to.skus), ("bundle.skus_all", &terms.bundle)] {
        unknown(version, code, Severity::Error, key, says, names, &skus, out);
    }
    let (families, names) = (catalog.families(), &terms.applies_to.families);
    let says = "no product is of the family";
    let key = "applies_to.families";
    unknown(version, LintCode::FamilyUnknown, Severity::Warning, key, says, names, &families, out);
    let uncovered = |sku: &&String| {
        catalog.product(sku).is_some_and(|ix| !terms.covers(sku, &catalog.products[ix].family))
    };
    for sku in terms.bundle.iter().filter(uncovered) {
        out.push(LintFinding::at(
            LintCode::BundleSkuNotCovered,
            Severity::Warning,
            version,
            "bundle.skus_all",
            format!("the bundle needs {sku}, but applies_to does not cover it: its lines earn nothing"),
            format!("Add {sku} to applies_to.skus, or leave it if it should only be in the deal."),
        ));
    }
}

#[expect(clippy::too_many_arguments, reason = "one row of a table, spelled out at every call")]
fn unknown(
    version: &ProgramVersion,
    code: LintCode,
    severity: Severity,
    key: &str,
    says: &str,
    names: &[String],
    known: &[&str],
    out: &mut Vec<LintFinding>,
) {
    for name in names.iter().filter(|n| !known.contains(&n.as_str())) {
        let near = known
            .iter()
            .map(|k| (strsim::jaro_winkler(&k.to_lowercase(), &name.to_lowercase()), *k))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(closeness, _)| *closeness > 0.8);
        let hint = match near {
            Some((_, near)) => format!("Did you mean `{near}`? Known: {}.", some_of(known)),
            None => format!("Correct the name; known: {}.", some_of(known)),
        };
        out.push(LintFinding::at(code, severity, version, key, format!("{says} `{name}`"), hint));
    }
}

fn some_of(known: &[&str]) -> String {
    const MOST: usize = 12;
    let more = if known.len() > MOST { ", …" } else { "" };
    format!("{}{more}", known[..known.len().min(MOST)].join(", "))
}

fn override_without_parents(version: &ProgramVersion, catalog: &Catalog) -> Option<LintFinding> {
    let terms = &version.terms;
    let percent = terms.override_percent.filter(|p| !p.is_zero())?;
    let eligible = &terms.eligible;
    let sells = |p: &&crate::catalog::Partner| {
        (eligible.regions.is_empty() || eligible.regions.contains(&p.region))
            && (eligible.partner_types.is_empty() || eligible.partner_types.contains(&p.partner_type))
    };
    let mut children = catalog.partners.iter().filter(sells);
    let parent = |p: &crate::catalog::Partner| p.parent.is_some_and(|ix| catalog.partners[ix].active);
    (!children.any(parent)).then(|| {
        LintFinding::at(
            LintCode::OverrideWithoutParents,
            Severity::Warning,
            version,
            "override",
            format!(
                "the override of {}% reaches nobody: no eligible partner has an active parent",
                percent.normalize()
            ),
            "Set parent_partner_id of the partners concerned, or remove `override`.",
        )
    })
}

/// An accelerator needs a target, a target an accelerator.
fn targets(version: &ProgramVersion, targets: &[Target]) -> Option<LintFinding> {
    let terms = &version.terms;
    let rows = targets.iter().any(|t| t.program_id == version.program);
    match (terms.target, terms.accelerator) {
        (None, Some(_)) if !rows => Some(LintFinding::at(
            LintCode::AcceleratorWithoutTarget,
            Severity::Warning,
            version,
            "accelerator",
            "there is no `target` and the targets have no row for this program: nobody ever accelerates",
            "Add `target`, or rows for this program to the targets.",
        )),
        (Some(target), None) => Some(LintFinding::at(
            LintCode::TargetWithoutEffect,
            Severity::Warning,
            version,
            "target",
            format!("nothing depends on the target of {target}: there is no `accelerator`"),
            "Add `accelerator`, or make it a `minimum` if nothing should be earned below it.",
        )),
        _ => None,
    }
}

/// Members of one stacking group that share days and are not resolved as written.
pub(super) fn stacking(versions: &[&ProgramVersion], out: &mut Vec<LintFinding>) {
    for (at, version) in versions.iter().enumerate() {
        let Some(own) = &version.terms.stacking else { continue };
        let mut others = versions[..at].iter().filter_map(|v| Some((v, v.terms.stacking.as_ref()?)));
        let found = others.find_map(|(v, other)| {
            let meets = v.program != version.program
                && other.group == own.group
                && v.terms.effective.intersection(&version.terms.effective).is_some();
            let problem = if own.mode != other.mode {
                format!("stacks as {}, {} as {}", word(own.mode), v.program, word(other.mode))
            } else if own.mode == StackingMode::Exclusive && own.priority == other.priority {
                format!("has priority {}, and so has {}: the id decides", own.priority, v.program)
            } else {
                return None;
            };
            meets.then_some(problem)
        });
        if let Some(problem) = found {
            out.push(LintFinding::at(
                LintCode::StackingUnclear,
                Severity::Warning,
                version,
                "stacking",
                format!("in group `{}` this program {problem}", own.group),
                "Give all programs of a group one mode, and under `exclusive` each its own priority.",
            ));
        }
    }
}

fn word(mode: StackingMode) -> &'static str {
    match mode {
        StackingMode::Stack => "stack",
        StackingMode::BestOf => "best_of",
        StackingMode::Exclusive => "exclusive",
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::LintCode::*;
    use super::super::testing::{Files, fires, silent};

    #[test]
    fn names_exist_among_the_partners() {
        let tiers = |tier: &str| Files::one(&format!("eligible = {{ tiers = [\"Gold\", \"{tier}\"] }}"));
        fires(&tiers("Sliver"), TierUnknown, "p/v1.md:11", "the tier `Sliver`");
        silent(&tiers("Silver"), TierUnknown);
        let regions = |region: &str| Files::one(&format!("eligible = {{ regions = [\"{region}\"] }}"));
        fires(&regions("APAC"), RegionUnknown, "p/v1.md:11", "the region `APAC`");
        silent(&regions("EMEA"), RegionUnknown);
        let types = |kind: &str| Files::one(&format!("eligible = {{ partner_types = [\"{kind}\"] }}"));
        fires(&types("referral"), PartnerTypeUnknown, "p/v1.md:11", "the type `referral`");
        silent(&types("msp"), PartnerTypeUnknown);
    }

    #[test]
    fn products_exist_and_bundles_are_covered() {
        let applies = |more: &str| Files::one(&format!("\napplies_to = {{ {more} }}"));
        fires(&applies("skus = [\"X1\", \"X9\"]"), SkuUnknown, "p/v1.md:12", "`X9`");
        silent(&applies("skus = [\"X1\", \"X2\"]"), SkuUnknown);
        fires(&applies("families = [\"Y\"]"), FamilyUnknown, "p/v1.md:12", "`Y`");
        silent(&applies("families = [\"X\"]"), FamilyUnknown);
        let bundle = |skus: &str| {
            Files::one(&format!("applies_to = {{ {skus} }}\nbundle = {{ skus_all = [\"X1\", \"S1\"] }}"))
        };
        fires(&bundle("families = [\"X\"]"), BundleSkuNotCovered, "p/v1.md:12", "needs S1");
        silent(&bundle("families = [\"X\", \"Services\"]"), BundleSkuNotCovered);
    }

    #[test]
    fn money_is_the_companys() {
        fires(&Files::one("").with("USD", "EUR"), CurrencyForeign, "p/v1.md:6", "pays in EUR");
        silent(&Files::one(""), CurrencyForeign);
    }

    #[test]
    fn an_override_has_somebody_to_reach() {
        let of = |kind: &str| {
            Files::one(&format!(
                "eligible = {{ partner_types = [\"{kind}\"] }}\noverride = {{ percent = \"1\" }}"
            ))
        };
        fires(&of("distributor"), OverrideWithoutParents, "p/v1.md:12", "1% reaches nobody");
        silent(&of("reseller"), OverrideWithoutParents);
        let mut files = of("reseller");
        files.world.partner("D").active = false;
        fires(&files, OverrideWithoutParents, "p/v1.md:12", "active parent");
    }

    #[test]
    fn targets_and_accelerators_go_together() {
        let accelerator = "accelerator = { above_attainment = \"100\", multiplier = \"2\" }";
        let mut files = Files::one(accelerator);
        fires(&files, AcceleratorWithoutTarget, "p/v1.md:11", "nobody ever accelerates");
        files.world.target("p", "A", "2026-01-01", "5");
        silent(&files, AcceleratorWithoutTarget);
        silent(&Files::one(&format!("{accelerator}\ntarget = \"5\"")), AcceleratorWithoutTarget);
        fires(&Files::one("target = \"5\""), TargetWithoutEffect, "p/v1.md:11", "the target of 5");
        silent(&Files::one(&format!("{accelerator}\ntarget = \"5\"")), TargetWithoutEffect);
    }

    #[test]
    fn groups_are_resolved_one_way() {
        let two = |mode: &str, priority: u32| {
            let mut files = Files::one("stacking = { group = \"g\", mode = \"exclusive\", priority = 1 }");
            let own = format!("stacking = {{ group = \"g\", mode = \"{mode}\", priority = {priority} }}");
            files.version("q", 1, ("2026-01-01", "2026-12-31"), &own);
            files
        };
        fires(&two("stack", 2), StackingUnclear, "q/v1.md:11", "stacks as stack, p as exclusive");
        fires(&two("exclusive", 1), StackingUnclear, "q/v1.md:11", "has priority 1, and so has p");
        silent(&two("exclusive", 2), StackingUnclear);
    }
}
