//! What partners really sold against what a version asks for: its terms are played
//! over the whole history as if they had always held. Only periods that are over
//! count, and only where there are enough of them to say anything.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{Month, PeriodKind, Span};
use crate::company::Company;
use crate::finding::Severity;
use crate::programs::rule_book::{RuleBook, Segment};
use crate::programs::settle::{SettleOptions, settle};
use crate::programs::terms::{Measure, ProgramVersion, Rate};
use crate::sales::{LineKind, PayoutRole};

use super::finding::{LintCode, LintFinding};
use super::shape::{money_shown, tiers};

/// Fewer results than this say nothing about what partners can reach.
const LEAST_RESULTS: usize = 20;
/// Fewer periods than this say nothing about what is usual.
const LEAST_PERIODS: usize = 3;
/// From this percent of results on, a target asks nothing.
const NEARLY_ALL: usize = 90;
/// Up to this percent of results, a target is out of reach.
const NEARLY_NONE: usize = 2;
/// From this percent of reports on, a deadline is missed by most.
const MOSTLY: usize = 50;

/// One partner's result of one period (or of one transaction) that is over.
struct Past {
    partner: usize,
    /// Fiscal period; of a transaction its day.
    period: Span,
    measure: Decimal,
    paid: Decimal,
}

/// Checks a version against the sales history.
pub(super) fn check(version: &ProgramVersion, company: &Company, out: &mut Vec<LintFinding>) {
    out.extend(claims(version, company));
    let terms = &version.terms;
    let tiered = matches!(terms.rate, Rate::Tiered { .. });
    // Playing the terms is the dear part: only where there is something to ask.
    if !tiered && terms.accelerator.is_none() && terms.caps.program_budget.is_none() {
        return;
    }
    let past = play(version, company);
    out.extend(tier_never_reached(version, company, &past));
    out.extend(target(version, company, &past));
    out.extend(budget(version, company, &past));
}

/// Settles the version's terms over the history, without its budget. Rivals of its
/// stacking group stay as they were.
fn play(version: &ProgramVersion, company: &Company) -> Vec<Past> {
    let Some(first) = company.lines.first().map(|l| Month::of(l.sold_on).first_day()) else {
        return Vec::new();
    };
    let span = Span::new(first, company.as_of);
    let mut terms = version.terms.clone();
    terms.caps.program_budget = None;
    terms.effective = span;
    let kind = terms.period;
    let mut book = RuleBook::of(&company.programs);
    let Some(rules) = book.program_mut(&version.program) else { return Vec::new() };
    let segment =
        Segment { version: version.version, span, audience: None, terms: Some(terms), changed: false };
    rules.segments = vec![segment];
    let options = SettleOptions {
        through: Some(company.as_of),
        program: Some(&version.program),
        ..SettleOptions::default()
    };
    settle(company, &book, &options)
        .payouts
        .into_iter()
        .filter(|p| p.role == PayoutRole::Own)
        .map(|p| Past {
            partner: p.partner,
            period: company.calendar.period_of(kind, p.period_start),
            measure: p.measure,
            paid: p.amount,
        })
        .filter(|past| past.period.start >= span.start && past.period.end <= span.end)
        .collect()
}

fn tier_never_reached(version: &ProgramVersion, company: &Company, past: &[Past]) -> Option<LintFinding> {
    let best = past.iter().max_by_key(|p| p.measure).filter(|_| past.len() >= LEAST_RESULTS)?;
    let (at, tier) =
        tiers(&version.terms.rate).into_iter().enumerate().find(|(_, tier)| tier.from > best.measure)?;
    Some(LintFinding::at(
        LintCode::TierNeverReached,
        Severity::Warning,
        version,
        &format!("rate.tiers[{at}]"),
        format!(
            "no partner ever reached the tier from {}: the best of {} {} was {} ({}, {})",
            tier.from,
            past.len(),
            results(version.terms.period),
            quantity(version, best.measure),
            company.catalog.partners[best.partner].id,
            best.period.start
        ),
        "Lower the threshold if somebody should reach it.",
    ))
}

fn target(version: &ProgramVersion, company: &Company, past: &[Past]) -> Option<LintFinding> {
    let own: BTreeMap<(usize, NaiveDate), Decimal> = company
        .targets
        .iter()
        .filter(|t| t.program_id == version.program)
        .map(|t| ((t.partner, t.period_start), t.target))
        .collect();
    // Without an accelerator nothing depends on a target; that is said elsewhere.
    version.terms.accelerator?;
    let of = |p: &Past| own.get(&(p.partner, p.period.start)).copied().or(version.terms.target);
    let with: Vec<bool> = past.iter().filter_map(|p| Some(p.measure >= of(p)?)).collect();
    let (all, reached) = (with.len(), with.iter().filter(|reached| **reached).count());
    let share = |percent: usize| all * percent;
    let (code, says, hint) = if all < LEAST_RESULTS {
        return None;
    } else if reached * 100 >= share(NEARLY_ALL) {
        (
            LintCode::TargetAlwaysReached,
            "asks for nothing",
            "Raise the target, or raise accelerator.above_attainment.",
        )
    } else if reached * 100 <= share(NEARLY_NONE) {
        (LintCode::TargetNeverReached, "is out of reach", "Lower the target so that it can pull.")
    } else {
        return None;
    };
    let key = if version.terms.target.is_some() { "target" } else { "accelerator" };
    let rows = if own.is_empty() { "" } else { " (targets of their own included)" };
    Some(LintFinding::at(
        code,
        Severity::Warning,
        version,
        key,
        format!(
            "the target{} {says}: reached in {reached} of {all} {} with sales{rows}",
            version.terms.target.map(|t| format!(" of {}", quantity(version, t))).unwrap_or_default(),
            results(version.terms.period)
        ),
        hint,
    ))
}

/// The middle of what the periods that are over would have paid; months for period
/// `transaction`.
fn budget(version: &ProgramVersion, company: &Company, past: &[Past]) -> Option<LintFinding> {
    let budget = version.terms.caps.program_budget?;
    let monthly = version.terms.period == PeriodKind::Transaction;
    let mut by_period: BTreeMap<NaiveDate, Decimal> = BTreeMap::new();
    for p in past {
        let period = if monthly { Month::of(p.period.start).span() } else { p.period };
        if period.end <= company.as_of {
            let sum = by_period.entry(period.start).or_default();
            *sum = sum.saturating_add(p.paid);
        }
    }
    let mut paid: Vec<Decimal> = by_period.into_values().filter(|sum| !sum.is_zero()).collect();
    paid.sort();
    let usual = *paid.get(paid.len() / 2).filter(|_| paid.len() >= LEAST_PERIODS)?;
    (budget < usual).then(|| {
        LintFinding::at(
            LintCode::BudgetBelowOnePeriod,
            Severity::Warning,
            version,
            "caps.program_budget",
            format!(
                "the budget of {} would not last one {}: these terms would usually have paid {} (middle of {} of them)",
                money_shown(budget, &version.terms),
                period(version.terms.period),
                money_shown(usual, &version.terms),
                paid.len()
            ),
            "Raise the budget, lower the rate, or limit who takes part.",
        )
    })
}

/// A deadline that most reports of covered products miss.
fn claims(version: &ProgramVersion, company: &Company) -> Option<LintFinding> {
    let limit = version.terms.claim_within_days?;
    let products = &company.catalog.products;
    let covered: Vec<bool> = products.iter().map(|p| version.terms.covers(&p.sku, &p.family)).collect();
    let sales = company.lines.iter().filter(|l| l.kind == LineKind::Sale && covered[l.product]);
    let lags: Vec<i64> = sales.filter_map(|l| Some((l.reported_on? - l.sold_on).num_days())).collect();
    let late = lags.iter().filter(|lag| **lag > limit).count();
    (lags.len() >= LEAST_RESULTS && late * 100 >= lags.len() * MOSTLY).then(|| {
        LintFinding::at(
            LintCode::ClaimsMostlyLate,
            Severity::Warning,
            version,
            "claim_within_days",
            format!(
                "{late} of {} reports of covered sales came later than {limit} days and would earn nothing",
                lags.len()
            ),
            "Raise claim_within_days, or make partners report earlier.",
        )
    })
}

fn results(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Transaction => "transactions",
        PeriodKind::Month => "partner-months",
        PeriodKind::Quarter => "partner-quarters",
        PeriodKind::Half => "partner-half-years",
        PeriodKind::Year => "partner-years",
    }
}

fn period(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Transaction | PeriodKind::Month => "month",
        PeriodKind::Quarter => "fiscal quarter",
        PeriodKind::Half => "fiscal half-year",
        PeriodKind::Year => "fiscal year",
    }
}

fn quantity(version: &ProgramVersion, amount: Decimal) -> String {
    match version.terms.measure {
        Measure::Units => format!("{} units", amount.normalize()),
        Measure::Revenue => money_shown(amount, &version.terms),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::LintCode::*;
    use super::super::testing::{Files, fires, silent};

    /// `sold` units of X1 at 100 in each of 20 months until June 2026 by partner A, the
    /// first `strong` of them ten times as many.
    fn history(mut files: Files, sold: u32, strong: u32) -> Files {
        for month in 0..20 {
            let (year, of_year) = (2024 + (month + 10) / 12, (month + 10) % 12 + 1);
            let units = if month < strong { sold * 10 } else { sold };
            let on = format!("{year}-{of_year:02}-15");
            let (units, revenue) = (units.to_string(), (units * 100).to_string());
            let late = format!("{year}-{of_year:02}-{}", if month < strong { "28" } else { "17" });
            files.world.sale(&format!("T{month:02}"), "A", "X1", &on, &units, &revenue).reported(&late);
        }
        files
    }

    #[test]
    fn a_tier_that_nobody_ever_reached_is_said() {
        let of = |from: &str| {
            let rate = format!(
                "rate = {{ tiers = [{{ from = \"0\", per_unit = \"1\" }}, {{ from = \"{from}\", per_unit = \"2\" }}], mode = \"marginal\" }}"
            );
            history(Files::one("").with("rate = { per_unit = \"10.00\" }", &rate), 5, 1)
        };
        fires(
            &of("51"),
            TierNeverReached,
            "p/v1.md:10",
            "the best of 20 partner-months was 50 units (A, 2024-11-01)",
        );
        silent(&of("50"), TierNeverReached);
    }

    #[test]
    fn a_target_asks_for_something_that_can_be_done() {
        let of = |target: &str, strong| {
            let more = format!(
                "accelerator = {{ above_attainment = \"100\", multiplier = \"2\" }}\ntarget = \"{target}\""
            );
            history(Files::one(&more), 5, strong)
        };
        fires(
            &of("6", 18),
            TargetAlwaysReached,
            "p/v1.md:12",
            "the target of 6 units asks for nothing: reached in 18 of 20 partner-months",
        );
        silent(&of("6", 17), TargetAlwaysReached);
        fires(&of("6", 0), TargetNeverReached, "p/v1.md:12", "reached in 0 of 20");
        silent(&of("6", 1), TargetNeverReached);
        // Targets of their own take the place of the one in the terms.
        let mut own = of("6", 18);
        own.world.target("p", "A", "2024-11-01", "5000");
        silent(&own, TargetAlwaysReached);
    }

    #[test]
    fn a_budget_lasts_longer_than_a_usual_period() {
        let of =
            |budget: &str| history(Files::one(&format!("caps = {{ program_budget = \"{budget}\" }}")), 5, 1);
        fires(
            &of("49.99"),
            BudgetBelowOnePeriod,
            "p/v1.md:11",
            "would not last one month: these terms would usually have paid $50.00",
        );
        silent(&of("50"), BudgetBelowOnePeriod);
    }

    #[test]
    fn most_reports_are_in_time() {
        let of = |strong| history(Files::one("claim_within_days = 5"), 5, strong);
        fires(
            &of(10),
            ClaimsMostlyLate,
            "p/v1.md:11",
            "10 of 20 reports of covered sales came later than 5 days",
        );
        silent(&of(9), ClaimsMostlyLate);
    }

    #[test]
    fn little_history_says_nothing() {
        let rate = "rate = { tiers = [{ from = \"0\", per_unit = \"1\" }, { from = \"51\", per_unit = \"2\" }], mode = \"marginal\" }";
        let mut files = Files::one("").with("rate = { per_unit = \"10.00\" }", rate);
        files.world.sale("T1", "A", "X1", "2026-01-15", "5", "500");
        silent(&files, TierNeverReached);
    }
}
