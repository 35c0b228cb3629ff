//! PAYOUTS.md, step 2: whether a line qualifies, by the first test that fails.
//! Says nothing about pay or about other programs.

use crate::sales::SaleLine;

use super::ledger::Ledger;
use super::payout::Reason;
use super::rules::{ProgramIx, Rule, RuleIx};

/// The rule under which a line qualifies for a program (steps 1 and 2).
///
/// # Errors
/// The first test that fails.
pub fn qualify(ledger: &Ledger<'_>, program: ProgramIx, line: &SaleLine) -> Result<RuleIx, Reason> {
    let ix = ledger.rules.rule_ix(program, line.partner, line.sold_on)?;
    match fails(ledger, &ledger.rules.rules[ix], line) {
        None => Ok(ix),
        Some(reason) => Err(reason),
    }
}

/// The first test but that of the dates that a line fails under a rule.
pub fn fails(ledger: &Ledger<'_>, rule: &Rule<'_>, line: &SaleLine) -> Option<Reason> {
    if !rule.covers(line.product) {
        return Some(Reason::ProductNotCovered);
    }
    let eligible = &rule.terms.eligible;
    if !eligible.tiers.is_empty() {
        let partner = &ledger.company.catalog.partners[line.partner];
        if !rule.admits_tier(ledger.rules.tier(partner.tier_on(line.sold_on))) {
            return Some(Reason::TierNotEligible);
        }
    }
    if let Some(reason) = rule.partner_fails(line.partner) {
        return Some(reason.clone());
    }
    if eligible.deal_registration_required && !is_registered(ledger, line) {
        return Some(Reason::NoApprovedDealRegistration);
    }
    if eligible.new_customer_only && !is_new_customer(ledger, line) {
        return Some(Reason::NotANewCustomer);
    }
    if !rule.bundle.is_empty() && !is_bundled(ledger, rule, line) {
        return Some(Reason::BundleIncomplete);
    }
    is_late(rule, line).then_some(Reason::ReportedLate)
}

/// Same partner and SKU, approved by the day of the sale and not expired.
fn is_registered(ledger: &Ledger<'_>, line: &SaleLine) -> bool {
    let id = line.deal_registration_id.as_deref().filter(|id| !id.is_empty());
    let Some(deal) = id.and_then(|id| ledger.registration(id)) else {
        return false;
    };
    deal.partner == line.partner
        && deal.product == line.product
        && deal.approved_on.is_some_and(|day| day <= line.sold_on)
        && deal.expires_on.is_none_or(|day| day >= line.sold_on)
}

fn is_new_customer(ledger: &Ledger<'_>, line: &SaleLine) -> bool {
    let customer = line.customer_id.as_deref().filter(|c| !c.is_empty());
    customer.and_then(|c| ledger.first_transaction(c)).is_some_and(|first| first == line.transaction_id)
}

fn is_bundled(ledger: &Ledger<'_>, rule: &Rule<'_>, line: &SaleLine) -> bool {
    let Some(deal) = ledger.deal(line) else {
        return false;
    };
    rule.bundle.iter().all(|product| product.is_some_and(|p| deal.contains(&p)))
}

fn is_late(rule: &Rule<'_>, line: &SaleLine) -> bool {
    match (rule.terms.claim_within_days, line.reported_on) {
        (Some(limit), Some(reported)) => (reported - line.sold_on).num_days() > limit,
        _ => false,
    }
}
