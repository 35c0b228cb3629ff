//! Which real lines qualify under which terms (PAYOUTS.md, steps 2 and 3), one
//! line at a time, for what cells take from the past: periods in progress, growth
//! baselines, spent budgets and qualifying shares. It pays nothing.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::catalog::{PartnerIx, ProductIx};
use crate::company::Company;
use crate::programs::terms::Terms;
use crate::sales::{LineKind, SaleLine};

/// The tests of step 2 that only a line can answer, in a form to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineTests {
    pub registration: bool,
    pub new_customer: bool,
    pub bundle: Vec<String>,
    pub claim_days: Option<i64>,
}

impl LineTests {
    pub fn of(terms: &Terms) -> Self {
        Self {
            registration: terms.eligible.deal_registration_required,
            new_customer: terms.eligible.new_customer_only,
            bundle: terms.bundle.clone(),
            claim_days: terms.claim_within_days,
        }
    }

    /// Whether every line passes.
    pub fn none(&self) -> bool {
        !self.registration && !self.new_customer && self.bundle.is_empty() && self.claim_days.is_none()
    }
}

/// Whether a partner may earn at all on a day: active, tier, region and type. For
/// days after the data ends the tier held at the end counts.
pub(crate) fn partner_passes(company: &Company, terms: &Terms, partner: PartnerIx, day: NaiveDate) -> bool {
    let who = &company.catalog.partners[partner];
    let tests = &terms.eligible;
    let tier = who.tier_on(day.min(company.as_of));
    who.active
        && (tests.tiers.is_empty() || tests.tiers.iter().any(|t| t == tier))
        && (tests.regions.is_empty() || tests.regions.contains(&who.region))
        && (tests.partner_types.is_empty() || tests.partner_types.contains(&who.partner_type))
}

/// Looks up what the tests of lines need.
pub(crate) struct LineBook<'a> {
    company: &'a Company,
    /// Customer → its first transaction.
    first_sale: HashMap<&'a str, &'a str>,
    /// Deal → its products; filled only where a program asks for bundles.
    deals: HashMap<(PartnerIx, &'a str, NaiveDate), HashSet<ProductIx>>,
}

impl<'a> LineBook<'a> {
    pub fn new<'b>(company: &'a Company, tests: impl Iterator<Item = &'b LineTests>) -> Self {
        let (mut new_customer, mut bundle) = (false, false);
        for test in tests {
            new_customer |= test.new_customer;
            bundle |= !test.bundle.is_empty();
        }
        let mut book = Self { company, first_sale: HashMap::new(), deals: HashMap::new() };
        if !new_customer && !bundle {
            return book;
        }
        for line in company.lines.iter().filter(|l| l.kind == LineKind::Sale) {
            let Some(customer) = line.customer_id.as_deref().filter(|c| !c.is_empty()) else { continue };
            if new_customer {
                book.first_sale.entry(customer).or_insert(&line.transaction_id);
            }
            if bundle {
                book.deals.entry((line.partner, customer, line.sold_on)).or_default().insert(line.product);
            }
        }
        book
    }

    /// The tests that only the line can answer.
    pub fn line_passes(&self, tests: &LineTests, line: &SaleLine) -> bool {
        (!tests.registration || self.registered(line))
            && (!tests.new_customer || self.new_customer(line))
            && (tests.bundle.is_empty() || self.bundled(&tests.bundle, line))
            && tests.claim_days.is_none_or(|most| {
                line.reported_on.is_none_or(|reported| (reported - line.sold_on).num_days() <= most)
            })
    }

    fn registered(&self, line: &SaleLine) -> bool {
        let Some(id) = line.deal_registration_id.as_deref() else { return false };
        let all = &self.company.registrations;
        let Ok(at) = all.binary_search_by(|r| r.id.as_str().cmp(id)) else { return false };
        let deal = &all[at];
        deal.partner == line.partner
            && deal.product == line.product
            && deal.approved_on.is_some_and(|day| day <= line.sold_on)
            && deal.expires_on.is_none_or(|day| day >= line.sold_on)
    }

    fn new_customer(&self, line: &SaleLine) -> bool {
        let customer = line.customer_id.as_deref();
        customer.and_then(|c| self.first_sale.get(c)).is_some_and(|first| *first == line.transaction_id)
    }

    fn bundled(&self, skus: &[String], line: &SaleLine) -> bool {
        let Some(customer) = line.customer_id.as_deref() else { return false };
        let Some(deal) = self.deals.get(&(line.partner, customer, line.sold_on)) else { return false };
        skus.iter().all(|sku| self.company.catalog.product(sku).is_some_and(|p| deal.contains(&p)))
    }
}

/// The sales of the company from one day up to but not including another, with their
/// positions among its lines.
pub(crate) fn sales_between(
    company: &Company,
    from: NaiveDate,
    before: NaiveDate,
) -> impl Iterator<Item = (usize, &SaleLine)> {
    let start = company.lines.partition_point(|l| l.sold_on < from);
    let end = company.lines.partition_point(|l| l.sold_on < before).max(start);
    (start..end).map(|at| (at, &company.lines[at])).filter(|(_, l)| l.kind == LineKind::Sale)
}
