//! Whom and what the changed programs touch: the partners that are eligible for
//! one of them under any arm, the products they cover, the series whose sales the
//! payout rules of these partners need. Everybody else is not part of the answer.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::window::Window;
use super::{Request, SimulationError};
use crate::calendar::{Month, Span};
use crate::catalog::{Partner, PartnerIx, Product};
use crate::company::Company;
use crate::programs::RuleBook;
use crate::programs::rule_book::{ProgramRules, Segment};
use crate::programs::terms::{Eligible, Terms};

/// The reach of a request. Arms: 0 is the baseline, then the options in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// Touched partners, ascending.
    pub partners: Vec<PartnerIx>,
    /// By product: whether a changed program covers it in any arm.
    pub covered: Vec<bool>,
    /// Identifiers of the programs whose pay the change can move: those that cover
    /// one of these products, and those that share a stacking group with them. The
    /// others pay the same in every arm and are left out.
    pub programs: BTreeSet<String>,
    /// Of these, the changed ones and those of their stacking groups: on the same
    /// sales, only their pay can differ between arms.
    pub changed: BTreeSet<String>,
    /// By product: whether one of these programs covers it.
    pub paid: Vec<bool>,
    /// By arm: how many of the partners that figures count are eligible for a changed program.
    pub eligible: Vec<usize>,
    /// By arm, then by position in `partners`: whether the arm's rules differ from
    /// the baseline's for this partner. Always false in arm 0.
    pub differs: Vec<Vec<bool>>,
}

/// Whether a partner passes the tests that ask about partners only (PAYOUTS.md,
/// step 2), on a day.
pub fn is_eligible(eligible: &Eligible, partner: &Partner, day: NaiveDate) -> bool {
    let holds = |list: &[String], value: &str| list.is_empty() || list.iter().any(|v| v == value);
    partner.active
        && holds(&eligible.tiers, partner.tier_on(day))
        && holds(&eligible.regions, &partner.region)
        && (eligible.partner_types.is_empty() || eligible.partner_types.contains(&partner.partner_type))
}

impl Reach {
    /// The reach of a request within a window.
    pub fn of(request: &Request, window: &Window) -> Result<Self, SimulationError> {
        let company = &request.model.company;
        let arms: Vec<&RuleBook> = request.arms().collect();
        let changed: Vec<&str> = request.changed_programs.iter().map(String::as_str).collect();
        let unknown = |id: &&&str| !arms.iter().any(|a| a.programs.iter().any(|p| p.id == **id));
        if let Some(id) = changed.iter().find(unknown) {
            return Err(SimulationError::UnknownProgram { program: (*id).to_owned() });
        }
        let open = open_days(window);
        let eligible: Vec<Vec<bool>> =
            arms.iter().map(|book| eligible_partners(company, book, &changed, open)).collect();
        let partners: Vec<PartnerIx> =
            (0..company.catalog.partners.len()).filter(|i| eligible.iter().any(|e| e[*i])).collect();
        if !partners.iter().any(|partner| request.counts(*partner)) {
            return Err(SimulationError::NobodyTouched { programs: changed.join(", ") });
        }
        let simulated = window.simulated();
        let covered = covered_products(company, &arms, open, |id| changed.contains(&id));
        let products: Vec<&Product> =
            company.catalog.products.iter().zip(&covered).filter(|(_, c)| **c).map(|(p, _)| p).collect();
        let covers = |t: &&Terms| products.iter().any(|p| t.covers(&p.sku, &p.family));
        let programs =
            with_groups(&arms, simulated, |id, terms| changed.contains(&id) || terms.iter().any(covers));
        let changed = with_groups(&arms, simulated, |id, _| changed.contains(&id));
        let paid = covered_products(company, &arms, simulated, |id| programs.contains(id));
        let differs = arms.iter().map(|arm| differing_partners(arms[0], arm, &partners, simulated)).collect();
        let counted = |e: &Vec<bool>| (0..e.len()).filter(|i| e[*i] && request.counts(*i)).count();
        let eligible = eligible.iter().map(counted).collect();
        Ok(Self { partners, covered, programs, changed, paid, eligible, differs })
    }
}

/// The days of the period on which changes can act.
fn open_days(window: &Window) -> Span {
    Span::new(window.period.start.max(window.first.first_day()), window.period.end)
}

fn eligible_partners(company: &Company, book: &RuleBook, changed: &[&str], open: Span) -> Vec<bool> {
    let rules: Vec<&ProgramRules> =
        book.programs.iter().filter(|p| changed.contains(&p.id.as_str())).collect();
    let days: Vec<BTreeSet<NaiveDate>> = rules.iter().map(|p| days_that_matter(p, open)).collect();
    let of_partner = |(i, partner): (usize, &Partner)| {
        rules.iter().zip(&days).any(|(program, days)| {
            let tier_days = partner.tier_history.iter().map(|(day, _)| *day).filter(|d| open.contains(*d));
            days.iter().copied().chain(tier_days).any(|day| {
                let terms = program.segment(i, day).and_then(|s| s.terms.as_ref());
                terms.is_some_and(|t| is_eligible(&t.eligible, partner, day))
            })
        })
    };
    company.catalog.partners.iter().enumerate().map(of_partner).collect()
}

/// Days on which the segment of a program may change: between two of them nothing does.
fn days_that_matter(program: &ProgramRules, open: Span) -> BTreeSet<NaiveDate> {
    let borders = program
        .segments
        .iter()
        .flat_map(|s| [Some(s.span.start), s.span.end.succ_opt()])
        .flatten()
        .filter(|day| open.contains(*day));
    let months = (Month::of(open.start).0..=Month::of(open.end).0).map(|m| Month(m).first_day());
    borders.chain(months.filter(|day| open.contains(*day))).chain([open.start]).collect()
}

fn covered_products(
    company: &Company,
    arms: &[&RuleBook],
    span: Span,
    wanted: impl Fn(&str) -> bool,
) -> Vec<bool> {
    let terms: Vec<&Terms> = arms
        .iter()
        .flat_map(|a| &a.programs)
        .filter(|p| wanted(&p.id))
        .flat_map(|p| &p.segments)
        .filter(|s| s.span.intersection(&span).is_some())
        .filter_map(|s| s.terms.as_ref())
        .collect();
    company.catalog.products.iter().map(|p| terms.iter().any(|t| t.covers(&p.sku, &p.family))).collect()
}

/// The programs that `wanted` names, and by and by those that share a stacking group
/// with one found: which of a group pays for a line decides what the others count.
fn with_groups(arms: &[&RuleBook], span: Span, wanted: impl Fn(&str, &[&Terms]) -> bool) -> BTreeSet<String> {
    let programs: Vec<(&str, Vec<&Terms>)> = arms
        .iter()
        .flat_map(|a| &a.programs)
        .map(|p| {
            let acting = p.segments.iter().filter(|s| s.span.intersection(&span).is_some());
            (p.id.as_str(), acting.filter_map(|s| s.terms.as_ref()).collect())
        })
        .collect();
    let group = |t: &&Terms| t.stacking.as_ref().map(|s| s.group.clone());
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut groups: BTreeSet<String> = BTreeSet::new();
    loop {
        let before = found.len();
        for (id, terms) in &programs {
            let grouped = |t: &&Terms| group(t).is_some_and(|g| groups.contains(&g));
            if wanted(id, terms) || terms.iter().any(grouped) {
                found.insert((*id).to_owned());
                groups.extend(terms.iter().filter_map(group));
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// By position in `partners`: whether a segment that only one of the two books has
/// holds for the partner within the span.
fn differing_partners(baseline: &RuleBook, arm: &RuleBook, partners: &[PartnerIx], span: Span) -> Vec<bool> {
    let find = |book: &RuleBook, id: &str| -> Vec<Segment> {
        book.programs.iter().find(|p| p.id == id).map(|p| p.segments.clone()).unwrap_or_default()
    };
    let ids: BTreeSet<&str> = baseline.programs.iter().chain(&arm.programs).map(|p| p.id.as_str()).collect();
    let mut different: Vec<Segment> = Vec::new();
    for id in ids {
        let (one, two) = (find(baseline, id), find(arm, id));
        different.extend(one.iter().filter(|s| !two.contains(s)).cloned());
        different.extend(two.iter().filter(|s| !one.contains(s)).cloned());
    }
    different.retain(|s| s.span.intersection(&span).is_some());
    let reached = |i: &PartnerIx| {
        different.iter().any(|s| s.audience.as_ref().is_none_or(|a| a.get(*i).copied().unwrap_or(false)))
    };
    partners.iter().map(reached).collect()
}
