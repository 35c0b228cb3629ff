//! Finds partners, tiers, registrations, first sales and deals in the books. Says what
//! is written there and decides nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::marks::reached;
use crate::books::{Books, Change, Line, Partner, Registration};
use crate::calendar::period_of;
use crate::terms::{Period, Terms, Version};

/// A program with its versions and the changes laid over them.
pub struct Rules<'a> {
    pub id: &'a str,
    pub versions: Vec<&'a Version>,
    pub changes: Vec<&'a Change>,
}

/// Step 1 for one line.
pub enum InForce<'a> {
    /// No version on that day.
    None,
    /// A scenario paused the program.
    Paused(&'a Version),
    /// These terms of this version.
    Terms(&'a Version, &'a Terms),
}

/// Partner, customer and day.
type Deal<'a> = (&'a str, &'a str, NaiveDate);

pub struct Lookup<'a> {
    pub books: &'a Books,
    /// Sales in the order of step 4.
    pub sales: Vec<&'a Line>,
    /// Returns in the same order.
    pub returns: Vec<&'a Line>,
    /// Sorted by id.
    pub programs: Vec<Rules<'a>>,
    partners: HashMap<&'a str, &'a Partner>,
    families: HashMap<&'a str, &'a str>,
    registrations: HashMap<&'a str, &'a Registration>,
    first_transactions: HashMap<&'a str, &'a str>,
    deals: HashMap<Deal<'a>, BTreeSet<&'a str>>,
    targets: HashMap<(&'a str, &'a str, NaiveDate), Decimal>,
    sales_of_partner: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Lookup<'a> {
    pub fn new(books: &'a Books) -> Self {
        let in_order = |returned: bool| {
            let mut lines: Vec<&Line> =
                books.lines.iter().filter(|l| l.return_of.is_some() == returned).collect();
            // "Compared as bytes": line 10 stands before line 2.
            lines.sort_by_key(|l| (l.sold_on, l.transaction_id.as_bytes(), l.line_no.to_string()));
            lines
        };
        let sales = in_order(false);
        reached!("lookup.bytes_of_line_numbers" if sales.windows(2).any(|two| {
            two[0].transaction_id == two[1].transaction_id && two[0].line_no > two[1].line_no
        }));
        let mut first_transactions = HashMap::new();
        let mut deals: HashMap<Deal, BTreeSet<&str>> = HashMap::new();
        let mut sales_of_partner: HashMap<&str, Vec<usize>> = HashMap::new();
        for (s, line) in sales.iter().enumerate() {
            sales_of_partner.entry(&line.partner).or_default().push(s);
            if let Some(customer) = known_customer(line) {
                first_transactions.entry(customer).or_insert(line.transaction_id.as_str());
                deals.entry((&line.partner, customer, line.sold_on)).or_default().insert(&line.sku);
            }
        }
        Self {
            books,
            sales,
            returns: in_order(true),
            programs: rules(books),
            partners: books.partners.iter().map(|p| (p.id.as_str(), p)).collect(),
            families: books.products.iter().map(|p| (p.sku.as_str(), p.family.as_str())).collect(),
            registrations: books.registrations.iter().map(|r| (r.id.as_str(), r)).collect(),
            first_transactions,
            deals,
            targets: books
                .targets
                .iter()
                .map(|t| ((t.program.as_str(), t.partner.as_str(), t.period_start), t.target))
                .collect(),
            sales_of_partner,
        }
    }

    /// Step 1: the terms of a sale line under a program. Of several changes the last counts.
    pub fn in_force(&self, program: usize, line: &Line) -> InForce<'a> {
        let rules = &self.programs[program];
        let day = line.sold_on;
        let Some(version) = rules.versions.iter().find(|v| v.terms.from <= day && day <= v.terms.to) else {
            return InForce::None;
        };
        let holds = |c: &&&Change| {
            c.from <= day && day <= c.to && c.partners.as_ref().is_none_or(|p| p.contains(&line.partner))
        };
        reached!("lookup.two_changes_on_a_day" if rules.changes.iter().filter(holds).count() > 1);
        match rules.changes.iter().rev().find(holds) {
            None => InForce::Terms(version, &version.terms),
            Some(change) => match &change.terms {
                None => InForce::Paused(version),
                Some(terms) => {
                    reached!("lookup.changed_terms");
                    reached!("lookup.changed_for_some_partners" if change.partners.is_some());
                    InForce::Terms(version, terms)
                }
            },
        }
    }

    pub fn partner(&self, id: &str) -> Option<&'a Partner> {
        self.partners.get(id).copied()
    }

    pub fn family(&self, sku: &str) -> &'a str {
        self.families.get(sku).copied().unwrap_or("")
    }

    /// The tier held on a day: the last change by then, else that of the partners table.
    pub fn tier(&self, partner: &'a Partner, day: NaiveDate) -> &'a str {
        let history = || self.books.tier_changes.iter().filter(|c| c.partner == partner.id);
        reached!("lookup.tier_before_the_first_row" if history().next().is_some() && history().all(|c| c.from > day));
        reached!("lookup.tier_on_its_first_day" if history().any(|c| c.from == day));
        history()
            .filter(|c| c.from <= day)
            .max_by_key(|c| c.from)
            .map_or(partner.tier.as_str(), |c| c.tier.as_str())
    }

    pub fn registration(&self, id: &str) -> Option<&'a Registration> {
        self.registrations.get(id).copied()
    }

    /// Whether a line belongs to its customer's first transaction.
    pub fn is_first_sale(&self, line: &Line) -> bool {
        let first = known_customer(line).and_then(|c| self.first_transactions.get(c));
        reached!("lookup.no_customer" if first.is_none());
        reached!("lookup.new_customer" if first.is_some_and(|first| *first == line.transaction_id));
        first.is_some_and(|first| *first == line.transaction_id)
    }

    /// Whether the deal of a line holds every one of these SKUs.
    pub fn deal_holds(&self, line: &Line, skus: &[String]) -> bool {
        known_customer(line)
            .and_then(|c| self.deals.get(&(line.partner.as_str(), c, line.sold_on)))
            .is_some_and(|sold| {
                let whole = skus.iter().all(|s| sold.contains(s.as_str()));
                reached!("lookup.bundle_of_two" if whole && skus.len() > 1);
                whole
            })
    }

    /// The row of `targets` of a partner's period.
    pub fn target(&self, program: &str, partner: &str, start: NaiveDate) -> Option<Decimal> {
        self.targets.get(&(program, partner, start)).copied()
    }

    pub fn period(&self, period: Period, day: NaiveDate) -> (NaiveDate, NaiveDate) {
        period_of(period, day, self.books.first_month)
    }

    /// The sales of a partner between two days, both included.
    pub fn sales_between(&self, partner: &str, from: NaiveDate, to: NaiveDate) -> Vec<&'a Line> {
        let all = self.sales_of_partner.get(partner);
        let lines = all.into_iter().flatten().map(|s| self.sales[*s]);
        lines.filter(|l| from <= l.sold_on && l.sold_on <= to).collect()
    }
}

/// An empty customer is no customer.
fn known_customer(line: &Line) -> Option<&str> {
    line.customer.as_deref().filter(|c| !c.is_empty())
}

fn rules(books: &Books) -> Vec<Rules<'_>> {
    let mut programs: BTreeMap<&str, Rules> = BTreeMap::new();
    for version in &books.versions {
        let id = version.program.as_str();
        let rules =
            programs.entry(id).or_insert_with(|| Rules { id, versions: Vec::new(), changes: Vec::new() });
        rules.versions.push(version);
    }
    for change in &books.changes {
        if let Some(rules) = programs.get_mut(change.program.as_str()) {
            rules.changes.push(change);
        }
    }
    programs.into_values().collect()
}
