//! What the programs in force could pay together on one more unit, against its
//! margin at list price. "Could": the best tier, accelerated, every condition of the
//! deal met, up to the caps; stacking is obeyed (PAYOUTS.md, step 3). Funds (kind
//! `mdf`) are no payouts and stay out.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use crate::catalog::{Catalog, Partner, PartnerType, Product};
use crate::company::Company;
use crate::finding::Severity;
use crate::programs::money;
use crate::programs::terms::{ProgramKind, ProgramVersion, StackingMode, Terms};

use super::finding::{LintCode, LintFinding};
use super::shape::{money_shown, tiers, unit_pay};

/// Partners that the terms cannot tell apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Class<'c> {
    tier: &'c str,
    region: &'c str,
    partner_type: PartnerType,
    /// Whether an override would be paid to somebody.
    parent: bool,
}

/// One program's part.
struct Part<'v> {
    version: &'v ProgramVersion,
    own: Decimal,
    /// To the parent.
    over: Decimal,
}

/// A product on which too much could be paid.
struct Excess<'c, 'v> {
    product: &'c Product,
    class: Class<'c>,
    day: NaiveDate,
    list_price: Decimal,
    margin: Decimal,
    total: Decimal,
    parts: Vec<Part<'v>>,
}

/// Checks every product on `today` and on every later day on which a version or a
/// price begins or a version has ended.
pub(super) fn check(
    company: &Company,
    live: &[&ProgramVersion],
    today: NaiveDate,
    out: &mut Vec<LintFinding>,
) {
    let classes = classes(&company.catalog, today);
    let days = days(&company.catalog, live, today);
    let mut found: Vec<Excess<'_, '_>> = Vec::new();
    for product in &company.catalog.products {
        let worst = |day: &NaiveDate| {
            let all = classes.iter().filter_map(|class| excess(product, class, *day, live));
            all.max_by_key(|e| e.total)
        };
        found.extend(days.iter().find_map(worst));
    }
    while !found.is_empty() {
        let with = programs(&found[0].parts);
        let same: Vec<_> = found.extract_if(.., |e| programs(&e.parts) == with).collect();
        out.extend(finding(&same));
    }
}

fn classes(catalog: &Catalog, day: NaiveDate) -> BTreeSet<Class<'_>> {
    let class = |p: &'_ Partner| p.parent.is_some_and(|ix| catalog.partners[ix].active);
    let active = catalog.partners.iter().filter(|p| p.active);
    active
        .map(|p| Class {
            tier: p.tier_on(day),
            region: &p.region,
            partner_type: p.partner_type,
            parent: class(p),
        })
        .collect()
}

fn days(catalog: &Catalog, live: &[&ProgramVersion], today: NaiveDate) -> BTreeSet<NaiveDate> {
    let prices =
        catalog.products.iter().flat_map(|p| p.prices.iter().filter_map(|price| price.effective_from));
    let launches = catalog.products.iter().filter_map(|p| p.launched_on);
    let versions = live.iter().map(|v| v.terms.effective);
    let dates = versions.flat_map(|days| [days.start, days.end + Days::new(1)]);
    dates.chain(prices).chain(launches).filter(|day| *day > today).chain([today]).collect()
}

fn excess<'c, 'v>(
    product: &'c Product,
    class: &Class<'c>,
    day: NaiveDate,
    live: &[&'v ProgramVersion],
) -> Option<Excess<'c, 'v>> {
    let sold = product.launched_on.is_none_or(|from| from <= day)
        && product.end_of_life_on.is_none_or(|to| day <= to);
    if !sold {
        return None;
    }
    let price = product.price_on(day);
    let margin = money::sub(price.list_price, price.unit_cost);
    let qualifying = live.iter().filter(|v| qualifies(&v.terms, class, product, day));
    let parts: Vec<Part<'v>> = qualifying
        .map(|version| Part {
            version,
            own: most(&version.terms, price.list_price),
            over: match version.terms.override_percent.filter(|_| class.parent) {
                Some(percent) => money::mul(money::mul(percent, money::PERCENT), price.list_price),
                None => Decimal::ZERO,
            },
        })
        .collect();
    let mut parts = stacked(parts);
    parts.retain(|p| !pay(p).is_zero());
    parts.sort_by_key(|p| std::cmp::Reverse(pay(p)));
    let total = parts.iter().fold(Decimal::ZERO, |sum, p| money::add(sum, pay(p)));
    (total > margin && !parts.is_empty()).then_some(Excess {
        product,
        class: class.clone(),
        day,
        list_price: price.list_price,
        margin,
        total,
        parts,
    })
}

fn pay(part: &Part<'_>) -> Decimal {
    money::add(part.own, part.over)
}

fn qualifies(terms: &Terms, class: &Class<'_>, product: &Product, day: NaiveDate) -> bool {
    let e = &terms.eligible;
    let names = |list: &[String], name: &str| list.is_empty() || list.iter().any(|n| n == name);
    terms.kind != ProgramKind::Mdf
        && terms.effective.contains(day)
        && terms.covers(&product.sku, &product.family)
        && names(&e.tiers, class.tier)
        && names(&e.regions, class.region)
        && (e.partner_types.is_empty() || e.partner_types.contains(&class.partner_type))
}

/// The most that one more unit can earn: the best tier, accelerated, up to the caps.
fn most(terms: &Terms, list_price: Decimal) -> Decimal {
    let rates = tiers(&terms.rate);
    let best = rates.iter().map(|t| unit_pay(t.pay, list_price)).max().unwrap_or_default();
    let factor = terms.accelerator.map_or(Decimal::ONE, |a| a.multiplier.max(Decimal::ONE));
    let caps = [terms.caps.per_transaction, terms.caps.per_partner, terms.caps.program_budget];
    caps.into_iter().flatten().fold(money::mul(best, factor), Decimal::min)
}

/// Keeps of every group what it could pay together at most.
fn stacked(parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    let mut kept: Vec<Part<'_>> = Vec::new();
    let mut groups: Vec<(String, Vec<Part<'_>>)> = Vec::new();
    for part in parts {
        match &part.version.terms.stacking {
            None => kept.push(part),
            Some(s) => match groups.iter_mut().find(|(name, _)| *name == s.group) {
                Some((_, members)) => members.push(part),
                None => groups.push((s.group.clone(), vec![part])),
            },
        }
    }
    for (_, members) in groups {
        let has =
            |mode| members.iter().any(|p| p.version.terms.stacking.as_ref().is_some_and(|s| s.mode == mode));
        // A group whose members disagree is resolved as the calculator does it.
        if has(StackingMode::Exclusive) {
            kept.extend(first_by_priority(members));
        } else if has(StackingMode::BestOf) {
            kept.extend(members.into_iter().max_by_key(|p| pay(p)));
        } else {
            kept.extend(members);
        }
    }
    kept
}

/// The dearest of those that could be first: a program that asks something of the
/// deal may not qualify, then the next one is.
fn first_by_priority(mut members: Vec<Part<'_>>) -> Option<Part<'_>> {
    let priority = |p: &Part<'_>| p.version.terms.stacking.as_ref().map_or(i64::MAX, |s| s.priority);
    members.sort_by(|a, b| (priority(a), &a.version.program).cmp(&(priority(b), &b.version.program)));
    let sure = |p: &Part<'_>| {
        let (terms, e) = (&p.version.terms, &p.version.terms.eligible);
        terms.bundle.is_empty() && !e.deal_registration_required && !e.new_customer_only
    };
    let last = members.iter().position(sure).unwrap_or(members.len().saturating_sub(1));
    members.truncate(last + 1);
    members.into_iter().max_by_key(|p| pay(p))
}

/// The programs of an excess, by name.
fn programs(parts: &[Part<'_>]) -> Vec<String> {
    let mut ids: Vec<String> = parts.iter().map(|p| p.version.program.clone()).collect();
    ids.sort();
    ids
}

/// One finding for all products on which the same programs meet, told by the worst.
fn finding(same: &[Excess<'_, '_>]) -> Option<LintFinding> {
    let worst = same.iter().max_by_key(|e| money::sub(e.total, e.margin))?;
    let main = worst.parts.first()?.version;
    let told: Vec<String> = worst
        .parts
        .iter()
        .map(|p| match (p.own, p.over) {
            (own, over) if over.is_zero() => {
                format!("{} {}", p.version.program, money_shown(own, &p.version.terms))
            }
            (own, over) => format!(
                "{} {} and {} to the parent",
                p.version.program,
                money_shown(own, &p.version.terms),
                money_shown(over, &p.version.terms)
            ),
        })
        .collect();
    let others: Vec<&str> =
        same.iter().map(|e| e.product.sku.as_str()).filter(|sku| *sku != worst.product.sku).collect();
    let others = if others.is_empty() { String::new() } else { format!("; likewise {}", others.join(", ")) };
    Some(LintFinding::at(
        LintCode::StacksBeyondMargin,
        Severity::Warning,
        main,
        "rate",
        format!(
            "from {} one more unit of {} (list price {}, margin {}) can pay {} to a {} {} in {}: {}{others}",
            worst.day,
            worst.product.sku,
            money_shown(worst.list_price, &main.terms),
            money_shown(worst.margin, &main.terms),
            money_shown(worst.total, &main.terms),
            worst.class.tier,
            worst.class.partner_type.as_str(),
            worst.class.region,
            told.join(", ")
        ),
        "Lower a rate, add a cap, or put the programs into one stacking group with `best_of` or `exclusive`.",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::finding::LintCode::*;
    use super::super::testing::{Files, fires, silent};

    /// Product X1 for $100 with a margin of 40; `p` and `q` pay on it.
    fn two(p: &str, q: &str, more: [&str; 2]) -> Files {
        let mut files = Files::new();
        for (program, pay, more) in [("p", p, more[0]), ("q", q, more[1])] {
            files.version(
                program,
                1,
                ("2026-01-01", "2026-12-31"),
                &format!("applies_to = {{ skus = [\"X1\"] }}\n{more}"),
            );
            files.change(program, 1, "per_unit = \"10.00\"", pay);
        }
        files
    }

    const UNITS: &str = "per_unit = \"30\"";

    #[test]
    fn programs_that_stack_beyond_the_margin_are_named() {
        let files = two(UNITS, "percent = \"10.01\"", ["", ""]);
        let says = "one more unit of X1 (list price $100.00, margin $40.00) can pay $40.01 to a";
        fires(&files, StacksBeyondMargin, "p/v1.md:10", says);
        fires(&files, StacksBeyondMargin, "p/v1.md:10", "p $30.00, q $10.01");
        silent(&two(UNITS, "percent = \"10\"", ["", ""]), StacksBeyondMargin);
    }

    #[test]
    fn stacking_groups_and_eligibility_are_obeyed() {
        let group = |mode: &str, priority: u32| {
            format!("stacking = {{ group = \"g\", mode = \"{mode}\", priority = {priority} }}")
        };
        let of = |mode: &str, more: [&str; 2]| {
            let q = format!("{}\n{}", group(mode, 2), more[1]);
            two(UNITS, UNITS, [&format!("{}\n{}", group(mode, 1), more[0]), &q])
        };
        fires(&of("stack", ["", ""]), StacksBeyondMargin, "p/v1.md:10", "can pay $60.00");
        silent(&of("exclusive", ["", ""]), StacksBeyondMargin);
        let best_of = of("best_of", ["", ""]);
        let mut transactions = best_of;
        for program in ["p", "q"] {
            transactions.change(program, 1, "\"month\"", "\"transaction\"");
        }
        silent(&transactions, StacksBeyondMargin);
        let gold = "eligible = { tiers = [\"Gold\"] }";
        silent(&of("stack", [gold, "eligible = { tiers = [\"Silver\"] }"]), StacksBeyondMargin);
        fires(
            &of("stack", [gold, "eligible = { regions = [\"EMEA\"] }"]),
            StacksBeyondMargin,
            "p/v1.md:10",
            "Gold reseller in EMEA",
        );
    }

    #[test]
    fn caps_overrides_accelerators_and_later_days_count() {
        silent(&two(UNITS, UNITS, ["caps = { per_partner = \"10\" }", ""]), StacksBeyondMargin);
        let over = two(UNITS, "per_unit = \"9\"", ["override = { percent = \"2\" }", ""]);
        fires(&over, StacksBeyondMargin, "p/v1.md:10", "p $30.00 and $2.00 to the parent, q $9.00");
        let fast = "target = \"5\"\naccelerator = { above_attainment = \"100\", multiplier = \"1.5\" }";
        fires(&two(UNITS, "per_unit = \"1\"", [fast, ""]), StacksBeyondMargin, "p/v1.md:10", "p $45.00");
        let mut later = two(UNITS, UNITS, ["", ""]);
        later.change("q", 1, "2026-01-01", "2026-09-01");
        fires(&later, StacksBeyondMargin, "p/v1.md:10", "from 2026-09-01");
        let mut past = two(UNITS, UNITS, ["", ""]);
        past.change("q", 1, "2026-12-31", "2026-06-30");
        silent(&past, StacksBeyondMargin);
        silent(&two(UNITS, UNITS, ["", ""]).fund(), StacksBeyondMargin);
    }

    impl Files {
        fn fund(mut self) -> Self {
            self.change("q", 1, "\"spiff\"", "\"mdf\"");
            self
        }
    }
}
