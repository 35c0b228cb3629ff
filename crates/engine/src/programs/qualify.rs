//! PAYOUTS.md, step 2: whether a line qualifies, by the first test that fails.
//! Says nothing about pay or about other programs.

use super::ledger::{Ledger, LineIx};
use super::lines::Fact;
use super::payout::Reason;
use super::rules::{Rule, RuleIx};
use super::sieve::Follow;

/// The rules under which a sale qualifies (steps 1 and 2), at most one a program, in
/// their order. `follow` is on the way of the line's partner.
pub(crate) fn qualifying(
    ledger: &Ledger<'_>,
    follow: &mut Follow<'_>,
    ix: LineIx,
    mut qualifies: impl FnMut(RuleIx),
) {
    let fact = &ledger.facts[ix];
    let partner = follow.partner;
    let open = follow.on(fact.sold_on, |program| ledger.rules.rule_ix(program, partner, fact.sold_on).ok());
    for rule in open.common(ledger.rules.sieve.covers(fact.product as usize)) {
        let asks = &ledger.rules.rules[rule];
        if !asks.asks || deal_fails(ledger, asks, ix).is_none() {
            qualifies(rule);
        }
    }
}

/// Whether a line passes every test of a rule but that of the dates.
pub(crate) fn passes(ledger: &Ledger<'_>, rule: RuleIx, ix: LineIx) -> bool {
    let (fact, partner) = (&ledger.facts[ix], ledger.lines[ix].partner);
    let sieve = &ledger.rules.sieve;
    sieve.covers(fact.product as usize).has(rule)
        && sieve.admits(rule, partner, fact.sold_on)
        && deal_fails(ledger, &ledger.rules.rules[rule], ix).is_none()
}

/// The first test but that of the dates that a line fails under a rule.
pub fn fails(ledger: &Ledger<'_>, rule: &Rule<'_>, ix: LineIx) -> Option<Reason> {
    let line = ledger.lines[ix];
    if !rule.covers(line.product) {
        return Some(Reason::ProductNotCovered);
    }
    let partner = &ledger.company.catalog.partners[line.partner];
    if !rule.admits_tier(ledger.rules.tier(partner.tier_on(line.sold_on))) {
        return Some(Reason::TierNotEligible);
    }
    rule.partner_fails(partner).or_else(|| deal_fails(ledger, rule, ix))
}

/// The first test of the deal that a line fails.
fn deal_fails(ledger: &Ledger<'_>, rule: &Rule<'_>, ix: LineIx) -> Option<Reason> {
    let eligible = &rule.terms.eligible;
    if eligible.deal_registration_required && !ledger.facts[ix].registered {
        return Some(Reason::NoApprovedDealRegistration);
    }
    if eligible.new_customer_only && !ledger.facts[ix].first_sale {
        return Some(Reason::NotANewCustomer);
    }
    if !rule.bundle.is_empty() && !is_bundled(ledger, rule, ix) {
        return Some(Reason::BundleIncomplete);
    }
    is_late(rule, &ledger.facts[ix]).then_some(Reason::ReportedLate)
}

fn is_bundled(ledger: &Ledger<'_>, rule: &Rule<'_>, ix: LineIx) -> bool {
    let deal = ledger.deal(ix);
    rule.bundle.iter().all(|product| product.is_some_and(|p| deal.contains(&p)))
}

fn is_late(rule: &Rule<'_>, fact: &Fact) -> bool {
    match (rule.terms.claim_within_days, fact.reported_on) {
        (Some(limit), Some(reported)) => (reported - fact.sold_on).num_days() > limit,
        _ => false,
    }
}
