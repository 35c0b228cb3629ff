//! Which structures an example exercises, read from its terms and from what came
//! out, so that no page can claim a rule it does not show.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use spiffcast_engine::calendar::PeriodKind;
use spiffcast_engine::programs::PayoutLine;
use spiffcast_engine::programs::terms::{Pay, Rate, StackingMode, Terms, TierMode};

use crate::page::Example;
use crate::terms::Version;

/// Every one must appear in some example.
pub const REQUIRED: &[&str] = &[
    "kind spiff",
    "kind rebate",
    "kind commission",
    "kind growth",
    "kind mdf",
    "measure units",
    "measure revenue",
    "period transaction",
    "period month",
    "period quarter",
    "period half",
    "period year",
    "flat per_unit",
    "flat percent",
    "marginal per_unit",
    "marginal percent",
    "retroactive per_unit",
    "retroactive percent",
    "minimum",
    "target",
    "target row",
    "accelerator",
    "decelerator",
    "growth",
    "override",
    "bundle",
    "claim_within_days",
    "deal_registration",
    "new_customer_only",
    "eligible tiers",
    "eligible regions",
    "eligible partner_types",
    "applies_to skus",
    "applies_to families",
    "per_transaction",
    "per_partner",
    "program_budget",
    "stack",
    "best_of",
    "exclusive",
    "several versions",
    "lever",
    "lever for some partners",
    "pause",
    "return",
    "open period",
    "fiscal year",
    "tier history",
    "role own",
    "role override",
    "role clawback",
    "reason outside_effective_dates",
    "reason paused",
    "reason product_not_covered",
    "reason tier_not_eligible",
    "reason region_not_eligible",
    "reason partner_type_not_eligible",
    "reason partner_inactive",
    "reason no_approved_deal_registration",
    "reason not_a_new_customer",
    "reason bundle_incomplete",
    "reason reported_late",
    "reason superseded_by",
    "reason below_minimum",
    "reason no_baseline",
    "reason budget_exhausted",
];

/// Of an example's terms and tables.
pub fn of_terms(versions: &[Version], example: &Example) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for version in versions {
        of_version(version.terms(), &mut all);
    }
    let mut add = |name: &str, there: bool| there.then(|| all.insert(name.to_owned()));
    let programs: BTreeSet<&str> = versions.iter().map(Version::program).collect();
    add("several versions", programs.len() < versions.len());
    add("lever", !example.levers.is_empty());
    add("lever for some partners", example.levers.iter().any(|l| l.contains_key("partners")));
    add("pause", example.levers.iter().any(|l| l.contains_key("pause")));
    add("open period", example.tables.iter().any(|t| t.caption.starts_with("Owed through ")));
    for (name, caption) in [
        ("return", "Returns"),
        ("target row", "Targets"),
        ("fiscal year", "Settings"),
        ("tier history", "Tiers"),
    ] {
        add(name, example.rows(caption).next().is_some());
    }
    all
}

fn of_version(terms: &Terms, all: &mut BTreeSet<String>) {
    all.insert(format!("kind {}", terms.kind.as_str()));
    all.insert(format!("measure {:?}", terms.measure).to_lowercase());
    all.insert(format!("period {}", period(terms.period)));
    all.insert(rate(&terms.rate));
    let mut add = |name: &str, there: bool| there.then(|| all.insert(name.to_owned()));
    let (eligible, caps) = (&terms.eligible, &terms.caps);
    add("minimum", terms.minimum.is_some());
    add("target", terms.target.is_some());
    add("accelerator", terms.accelerator.is_some_and(|a| a.multiplier > Decimal::ONE));
    add("decelerator", terms.accelerator.is_some_and(|a| a.multiplier < Decimal::ONE));
    add("growth", terms.growth.is_some());
    add("override", terms.override_percent.is_some());
    add("bundle", !terms.bundle.is_empty());
    add("claim_within_days", terms.claim_within_days.is_some());
    add("deal_registration", eligible.deal_registration_required);
    add("new_customer_only", eligible.new_customer_only);
    add("eligible tiers", !eligible.tiers.is_empty());
    add("eligible regions", !eligible.regions.is_empty());
    add("eligible partner_types", !eligible.partner_types.is_empty());
    add("applies_to skus", !terms.applies_to.skus.is_empty());
    add("applies_to families", !terms.applies_to.families.is_empty());
    add("per_transaction", caps.per_transaction.is_some());
    add("per_partner", caps.per_partner.is_some());
    add("program_budget", caps.program_budget.is_some());
    let mode = terms.stacking.as_ref().map(|s| s.mode);
    add("stack", mode == Some(StackingMode::Stack));
    add("best_of", mode == Some(StackingMode::BestOf));
    add("exclusive", mode == Some(StackingMode::Exclusive));
}

fn period(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Transaction => "transaction",
        PeriodKind::Month => "month",
        PeriodKind::Quarter => "quarter",
        PeriodKind::Half => "half",
        PeriodKind::Year => "year",
    }
}

fn rate(rate: &Rate) -> String {
    let of = |pay: &Pay| match pay {
        Pay::PerUnit(_) => "per_unit",
        Pay::Percent(_) => "percent",
    };
    match rate {
        Rate::Flat(pay) => format!("flat {}", of(pay)),
        Rate::Tiered { tiers, mode } => {
            let mode = match mode {
                TierMode::Marginal => "marginal",
                TierMode::Retroactive => "retroactive",
            };
            format!("{mode} {}", tiers.first().map_or("", |t| of(&t.pay)))
        }
    }
}

/// Of what is owed.
pub fn of_payouts(payouts: &[PayoutLine]) -> BTreeSet<String> {
    let roles = payouts.iter().map(|p| format!("role {}", p.role.as_str()));
    let reasons = payouts.iter().filter_map(|p| Some(format!("reason {}", p.reason.as_ref()?.name())));
    roles.chain(reasons).collect()
}
