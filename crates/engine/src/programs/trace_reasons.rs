//! Why a sale does not count, or earns nothing, in plain words and with the facts
//! that a reader would look up. Words only: the tests are in [`super::qualify`].

use rust_decimal::Decimal;

use crate::sales::SaleLine;

use super::ledger::{Ledger, LineIx};
use super::payout::Reason;
use super::rules::Rule;
use super::stacking::{self, Claim};
use super::terms::StackingMode;

/// The words for a reason. `rule`: the terms that held on the day.
pub(super) fn words(ledger: &Ledger<'_>, rule: Option<&Rule<'_>>, ix: LineIx, reason: &Reason) -> String {
    let line = ledger.lines[ix];
    let (partner, product) =
        (&ledger.company.catalog.partners[line.partner], &ledger.company.catalog.products[line.product]);
    let eligible = rule.map(|r| &r.terms.eligible);
    let day = line.sold_on;
    match reason {
        Reason::OutsideEffectiveDates => format!("no version is in force on {day}"),
        Reason::Paused => format!("the scenario pauses the program on {day}"),
        Reason::ProductNotCovered => {
            format!("{} of family {} is not among the products covered", product.sku, product.family)
        }
        Reason::TierNotEligible => {
            let tiers = eligible.map(|e| e.tiers.join(", ")).unwrap_or_default();
            format!("the partner's tier on {day} is {}; eligible: {tiers}", partner.tier_on(day))
        }
        Reason::RegionNotEligible => {
            let regions = eligible.map(|e| e.regions.join(", ")).unwrap_or_default();
            format!("the partner's region is {}; eligible: {regions}", partner.region)
        }
        Reason::PartnerTypeNotEligible => {
            let types = eligible.map(|e| e.partner_types.iter().map(|t| t.as_str()).collect::<Vec<_>>());
            let types = types.unwrap_or_default().join(", ");
            format!("the partner is a {}; eligible: {types}", partner.partner_type.as_str())
        }
        Reason::PartnerInactive => "the partner's status is inactive".to_owned(),
        Reason::NoApprovedDealRegistration => registration(ledger, line),
        Reason::NotANewCustomer => customer(ledger, line),
        Reason::BundleIncomplete => bundle(ledger, rule, ix),
        Reason::ReportedLate => late(rule, line),
        Reason::SupersededBy(program) => format!("{program} pays this sale instead"),
        Reason::BelowMinimum => "the measure of the period is below the minimum".to_owned(),
        Reason::NoBaseline if rule.is_some_and(|r| r.terms.period == crate::calendar::PeriodKind::Transaction) => {
            "a single transaction has no period a year earlier to grow from; the rules are silent, so nothing is paid".to_owned()
        }
        Reason::NoBaseline => "nothing qualified in the same period a year earlier to grow from".to_owned(),
        Reason::BudgetExhausted => "the budget has run out".to_owned(),
    }
}

fn registration(ledger: &Ledger<'_>, line: &SaleLine) -> String {
    let Some(id) = line.deal_registration_id.as_deref().filter(|id| !id.is_empty()) else {
        return "no deal registration is named on the sale".to_owned();
    };
    let Some(deal) = ledger.registration(id) else { return format!("there is no deal registration {id}") };
    let catalog = &ledger.company.catalog;
    match (deal.approved_on, deal.expires_on) {
        _ if deal.partner != line.partner => format!("{id} was registered by another partner"),
        _ if deal.product != line.product => format!("{id} is for {}", catalog.products[deal.product].sku),
        (None, _) => format!("{id} was not approved"),
        (Some(approved), _) if approved > line.sold_on => {
            format!("{id} was approved on {approved}, after the sale")
        }
        (_, Some(expired)) => format!("{id} expired on {expired}, before the sale"),
        (_, None) => format!("{id} does not hold"),
    }
}

fn customer(ledger: &Ledger<'_>, line: &SaleLine) -> String {
    let customer = line.customer_id.as_deref().filter(|c| !c.is_empty());
    match customer.map(|c| (c, ledger.first_transaction(c))) {
        Some((customer, Some(first))) => format!("customer {customer} bought first in {first}"),
        _ => "no customer is named on the sale, and one without a name is never new".to_owned(),
    }
}

fn bundle(ledger: &Ledger<'_>, rule: Option<&Rule<'_>>, ix: LineIx) -> String {
    let (line, deal) = (ledger.lines[ix], ledger.deal(ix));
    let customer = line.customer_id.as_deref().filter(|c| !c.is_empty());
    let (Some(customer), Some(rule)) = (customer, rule) else {
        return "no customer is named on the sale, so it belongs to no deal".to_owned();
    };
    let named = rule.terms.bundle.iter().zip(&rule.bundle);
    let missing = named.filter(|(_, product)| product.is_none_or(|p| !deal.contains(&p)));
    let missing: Vec<&str> = missing.map(|(sku, _)| sku.as_str()).collect();
    format!("the sales to {customer} on {} lack {}", line.sold_on, missing.join(", "))
}

fn late(rule: Option<&Rule<'_>>, line: &SaleLine) -> String {
    let (limit, reported) = (rule.and_then(|r| r.terms.claim_within_days), line.reported_on);
    match (limit, reported) {
        (Some(limit), Some(reported)) => {
            let days = (reported - line.sold_on).num_days();
            format!("reported on {reported}, {days} days after the sale; the deadline is {limit} days")
        }
        _ => "reported after the deadline".to_owned(),
    }
}

/// Who pays a superseded line instead, and what decided it.
pub(super) fn superseded(ledger: &Ledger<'_>, ix: LineIx, claims: &[Claim], claim: &Claim) -> String {
    let own = &ledger.rules.rules[claim.rule];
    let winner =
        claims.iter().map(|c| &ledger.rules.rules[c.rule]).find(|r| Some(r.program) == claim.superseded_by);
    let (Some(winner), Some(stacking)) = (winner, own.terms.stacking.as_ref()) else {
        return "another program pays this sale instead".to_owned();
    };
    let group = &stacking.group;
    let members = claims.iter().map(|c| &ledger.rules.rules[c.rule]);
    let modes: Vec<StackingMode> = members
        .filter_map(|r| r.terms.stacking.as_ref())
        .filter(|s| s.group == *group)
        .map(|s| s.mode)
        .collect();
    let priority = |rule: &Rule<'_>| rule.terms.stacking.as_ref().map_or(i64::MAX, |s| s.priority);
    let decided = if modes.contains(&StackingMode::Exclusive) {
        format!("its priority is {}, here {}", priority(winner), priority(own))
    } else {
        let pay = |rule| stacking::flat_pay(rule, ledger.facts[ix].sold).normalize();
        let (one, other) = (pay(winner), pay(own));
        let tie = match one == other {
            true => {
                format!("; at equal pay the priority decides: {}, here {}", priority(winner), priority(own))
            }
            false => String::new(),
        };
        format!("it pays {one} for the sale, here {other}{tie}")
    };
    let mixed = if modes.windows(2).any(|w| w[0] != w[1]) {
        "; the programs of the group name different modes, the rules are silent, and the strictest holds"
    } else {
        ""
    };
    format!("of group {group} only {} is paid: {decided}{mixed}", winner.program_id)
}

/// A figure without needless zeros.
pub(super) fn plain(figure: Decimal) -> Decimal {
    super::money::working(figure)
}
