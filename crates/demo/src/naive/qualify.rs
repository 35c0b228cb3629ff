//! Step 2: whether a sale line qualifies, and the first test that it fails.

use super::lookup::Lookup;
use super::marks::reached;
use crate::books::Line;
use crate::terms::Terms;

/// Why a line does not count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No version holds its day.
    OutsideEffectiveDates,
    /// A scenario paused the program.
    Paused,
    /// Neither SKU nor family is covered.
    ProductNotCovered,
    /// Tier on the day.
    TierNotEligible,
    /// Region.
    RegionNotEligible,
    /// Type.
    PartnerTypeNotEligible,
    /// Status.
    PartnerInactive,
    /// Registration missing, another's, not yet approved or expired.
    NoApprovedDealRegistration,
    /// The customer bought before.
    NotANewCustomer,
    /// The deal lacks a SKU.
    BundleIncomplete,
    /// After the claim window.
    ReportedLate,
    /// Another program of the group took it.
    SupersededBy(String),
}

impl Reason {
    /// The name of PAYOUTS.md.
    pub fn name(&self) -> String {
        match self {
            Self::OutsideEffectiveDates => "outside_effective_dates",
            Self::Paused => "paused",
            Self::ProductNotCovered => "product_not_covered",
            Self::TierNotEligible => "tier_not_eligible",
            Self::RegionNotEligible => "region_not_eligible",
            Self::PartnerTypeNotEligible => "partner_type_not_eligible",
            Self::PartnerInactive => "partner_inactive",
            Self::NoApprovedDealRegistration => "no_approved_deal_registration",
            Self::NotANewCustomer => "not_a_new_customer",
            Self::BundleIncomplete => "bundle_incomplete",
            Self::ReportedLate => "reported_late",
            Self::SupersededBy(program) => return format!("superseded_by {program}"),
        }
        .to_owned()
    }
}

/// The tests of step 2 in their order, but for the dates. `None`: it qualifies.
pub fn fails(lookup: &Lookup, terms: &Terms, line: &Line) -> Option<Reason> {
    let Some(partner) = lookup.partner(&line.partner) else {
        return Some(Reason::PartnerInactive);
    };
    if !covers(terms, &line.sku, lookup.family(&line.sku)) {
        return Some(Reason::ProductNotCovered);
    }
    if !allows(&terms.tiers, lookup.tier(partner, line.sold_on)) {
        return Some(Reason::TierNotEligible);
    }
    if !allows(&terms.regions, &partner.region) {
        return Some(Reason::RegionNotEligible);
    }
    if !allows(&terms.partner_types, &partner.partner_type) {
        return Some(Reason::PartnerTypeNotEligible);
    }
    if !partner.active {
        return Some(Reason::PartnerInactive);
    }
    if terms.deal_registration_required && !registered(lookup, line) {
        return Some(Reason::NoApprovedDealRegistration);
    }
    if terms.new_customer_only && !lookup.is_first_sale(line) {
        return Some(Reason::NotANewCustomer);
    }
    if !terms.bundle.is_empty() && !lookup.deal_holds(line, &terms.bundle) {
        return Some(Reason::BundleIncomplete);
    }
    late(terms, line).then_some(Reason::ReportedLate)
}

fn allows(list: &[String], value: &str) -> bool {
    list.is_empty() || list.iter().any(|v| v == value)
}

fn covers(terms: &Terms, sku: &str, family: &str) -> bool {
    let everything = terms.skus.is_empty() && terms.families.is_empty();
    reached!("qualify.covered_by_family_alone" if !terms.skus.is_empty() && !terms.skus.iter().any(|s| s == sku) && terms.families.iter().any(|f| f == family));
    everything || terms.skus.iter().any(|s| s == sku) || terms.families.iter().any(|f| f == family)
}

fn registered(lookup: &Lookup, line: &Line) -> bool {
    let registration = line.registration.as_deref().and_then(|id| lookup.registration(id));
    reached!("qualify.registration_unknown" if line.registration.is_some() && registration.is_none());
    reached!("qualify.registration_of_another" if registration.is_some_and(|r| r.partner != line.partner));
    reached!("qualify.registration_on_its_first_day" if registration.is_some_and(|r| r.approved_on == Some(line.sold_on)));
    reached!("qualify.registration_on_its_last_day" if registration.is_some_and(|r| r.expires_on == Some(line.sold_on)));
    registration.is_some_and(|r| {
        r.partner == line.partner
            && r.sku == line.sku
            && r.approved_on.is_some_and(|day| day <= line.sold_on)
            && r.expires_on.is_none_or(|day| day >= line.sold_on)
    })
}

fn late(terms: &Terms, line: &Line) -> bool {
    match (terms.claim_within_days, line.reported_on) {
        (Some(days), Some(reported_on)) => {
            reached!("qualify.reported_on_the_last_day" if (reported_on - line.sold_on).num_days() == days);
            (reported_on - line.sold_on).num_days() > days
        }
        _ => false,
    }
}
