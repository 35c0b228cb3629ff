//! Sales were paid that do not qualify (PAYOUTS.md, steps 2 and 3): the test that
//! they fail is lifted and the line paid again. Only a test that some sale of the
//! line's period really fails is lifted.

use crate::company::Company;
use crate::programs::cite::{self, Topic};
use crate::programs::ledger::LineIx;
use crate::programs::payout::Reason;
use crate::programs::terms::{Eligible, Terms};

use super::super::bench::Bench;
use super::super::excerpt::PAYEE;
use super::Explanation;

/// Of so many late lines every part is tried; of more, each alone and all together.
const PARTS_OF_AT_MOST: usize = 5;

/// Sales reported after the claim window.
pub(super) fn late_report(bench: &Bench<'_>) -> Option<Explanation> {
    let limit = bench.terms()?.claim_within_days?;
    let late = bench.failing(|r| *r == Reason::ReportedLate);
    let part = parts(&late).into_iter().find(|part| {
        // As if reported on the day of the sale.
        bench.facts_give(|company| part.iter().for_each(|ix| company.lines[*ix].reported_on = None))
    })?;
    let told: Vec<String> = part.iter().map(|ix| told_late(bench, *ix)).collect();
    let cause = format!("with {}; {limit} days are allowed", told.join(" and "));
    let topic = cite::topic_of(&Reason::ReportedLate);
    Some(Explanation { transactions: bench.names(&part), ..Explanation::new(cause, topic) })
}

fn told_late(bench: &Bench<'_>, ix: LineIx) -> String {
    let line = bench.line(ix);
    let days = line.reported_on.map_or(0, |day| (day - line.sold_on).num_days());
    format!("{}/{}, reported after {days} days", line.transaction_id, line.line_no)
}

/// The parts of some lines that may have been paid, all of them first.
fn parts(lines: &[LineIx]) -> Vec<Vec<LineIx>> {
    if lines.is_empty() {
        return Vec::new();
    }
    if lines.len() > PARTS_OF_AT_MOST {
        return std::iter::once(lines.to_vec()).chain(lines.iter().map(|ix| vec![*ix])).collect();
    }
    let part = |bits: u32| {
        lines.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, ix)| *ix).collect()
    };
    (1..1_u32 << lines.len()).rev().map(part).collect()
}

/// Who the partner is does not qualify.
pub(super) fn ineligible_partner(bench: &Bench<'_>) -> Option<Explanation> {
    let tests = [
        (Reason::TierNotEligible, "tier"),
        (Reason::RegionNotEligible, "region"),
        (Reason::PartnerTypeNotEligible, "type"),
        (Reason::PartnerInactive, "status"),
    ];
    tests.into_iter().find_map(|(reason, what)| {
        let failing = bench.failing(|r| *r == reason);
        let first = *failing.first()?;
        // What the first test hides, later ones may refuse as well.
        let who = |terms: &Terms| Terms { eligible: open_to_everyone(&terms.eligible), ..terms.clone() };
        let fits = bench.both_give(|c| lift(c, &reason), |terms| lift_terms(terms, &reason))
            || bench.both_give(activate, who)
            || bench.both_give(activate, everything_qualifies);
        let cause = fits.then(|| told_partner(bench, first, &reason, what))?;
        let names = bench.names(&failing);
        Some(Explanation { transactions: names, ..Explanation::new(cause, cite::topic_of(&reason)) })
    })
}

fn told_partner(bench: &Bench<'_>, line: LineIx, reason: &Reason, what: &str) -> String {
    let line = bench.line(line);
    let partner = &bench.excerpt.company.catalog.partners[line.partner];
    let held = match reason {
        Reason::TierNotEligible => partner.tier_on(line.sold_on),
        Reason::RegionNotEligible => &partner.region,
        Reason::PartnerTypeNotEligible => partner.partner_type.as_str(),
        _ => {
            return format!(
                "if {} were active; its status today is inactive, and the data do not say since when",
                partner.id
            );
        }
    };
    let day = line.sold_on;
    format!("for an eligible partner; {}, {what} {held} on {day}, fails `{reason}`", partner.id)
}

fn lift(company: &mut Company, reason: &Reason) {
    if *reason == Reason::PartnerInactive {
        activate(company);
    }
}

/// The payee and its children; the stranger at the end does not matter.
fn activate(company: &mut Company) {
    company.catalog.partners[PAYEE..].iter_mut().for_each(|p| p.active = true);
}

fn lift_terms(terms: &Terms, reason: &Reason) -> Terms {
    let mut terms = terms.clone();
    match reason {
        Reason::TierNotEligible => terms.eligible.tiers.clear(),
        Reason::RegionNotEligible => terms.eligible.regions.clear(),
        Reason::PartnerTypeNotEligible => terms.eligible.partner_types.clear(),
        Reason::NoApprovedDealRegistration => terms.eligible.deal_registration_required = false,
        Reason::NotANewCustomer => terms.eligible.new_customer_only = false,
        Reason::BundleIncomplete => terms.bundle.clear(),
        Reason::ReportedLate => terms.claim_within_days = None,
        _ => {}
    }
    terms
}

fn open_to_everyone(eligible: &Eligible) -> Eligible {
    let mut eligible = eligible.clone();
    eligible.tiers.clear();
    eligible.regions.clear();
    eligible.partner_types.clear();
    eligible
}

/// Every test but dates and products.
fn everything_qualifies(terms: &Terms) -> Terms {
    let terms = Terms { bundle: Vec::new(), claim_within_days: None, ..terms.clone() };
    Terms { eligible: Eligible::default(), ..terms }
}

/// No approved registration.
pub(super) fn registration(bench: &Bench<'_>) -> Option<Explanation> {
    of_deal(bench, &Reason::NoApprovedDealRegistration, "if a deal registration is not asked for")
}

/// Not the customer's first transaction.
pub(super) fn new_customer(bench: &Bench<'_>) -> Option<Explanation> {
    of_deal(bench, &Reason::NotANewCustomer, "if a customer who bought before is taken for a new one")
}

/// A deal that lacks a SKU.
pub(super) fn bundle(bench: &Bench<'_>) -> Option<Explanation> {
    of_deal(bench, &Reason::BundleIncomplete, "if an incomplete bundle is paid")
}

fn of_deal(bench: &Bench<'_>, reason: &Reason, cause: &str) -> Option<Explanation> {
    let failing = bench.failing(|r| r == reason);
    // A line that passes one test of the deal may fail the ones behind it.
    let fits = !failing.is_empty()
        && (bench.terms_give(|terms| lift_terms(terms, reason)) || bench.terms_give(everything_qualifies));
    fits.then(|| told_lines(bench, &failing, cause, cite::topic_of(reason)))
}

fn told_lines(bench: &Bench<'_>, lines: &[LineIx], cause: &str, topic: Topic) -> Explanation {
    let names = bench.names(lines);
    let told = match names.as_slice() {
        [] => cause.to_owned(),
        [one] => format!("{cause}: {one}"),
        [first, rest @ ..] => format!("{cause}: {first} and {} more", rest.len()),
    };
    Explanation { transactions: names, ..Explanation::new(told, topic) }
}

/// Another program of the group pays.
pub(super) fn superseded(bench: &Bench<'_>) -> Option<Explanation> {
    let failing = bench.failing(|r| matches!(r, Reason::SupersededBy(_)));
    let reason = bench.verdicts.iter().find(|(ix, _)| failing.first() == Some(ix))?.1.clone()?;
    let Reason::SupersededBy(winner) = &reason else { return None };
    let fits = bench.terms_give(|terms| Terms { stacking: None, ..terms.clone() });
    let cause = format!("with sales that {winner} pays instead");
    fits.then(|| told_lines(bench, &failing, &cause, cite::topic_of(&reason)))
}

/// Days on which no version, or another one, is in force.
pub(super) fn outside_dates(bench: &Bench<'_>) -> Option<Explanation> {
    let effective = bench.terms()?.effective;
    let period = bench.case.key.period;
    let inside = effective.start <= period.start && period.end <= effective.end;
    if inside || bench.held_instead().is_some() {
        return None;
    }
    let cause = format!(
        "if the version is taken to hold on all days from {} to {}; it holds from {} to {}",
        period.start, period.end, effective.start, effective.end
    );
    bench.dates_give(period).then(|| Explanation::new(cause, cite::topic_of(&Reason::OutsideEffectiveDates)))
}
