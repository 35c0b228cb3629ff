//! The lines of a settlement in their order, with the look-ups that rules need:
//! first sales, deals, registrations, targets, last year. Only facts of the
//! company; what they mean for pay is decided by the steps.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{FiscalCalendar, Span};
use crate::catalog::{PartnerIx, ProductIx};
use crate::company::Company;
use crate::sales::{DealRegistration, LineKind, SaleLine};

use super::funds::Funds;
use super::lines::{Asked, Deals, Fact, Sorted};
use super::money;
use super::qualify;
use super::quick::QuickMap;
use super::rule_book::RuleBook;
use super::rules::{ProgramIx, Rule, RuleIx, Rules};
use super::settle::SettleOptions;

/// Position of a line in [`Ledger::lines`].
pub type LineIx = usize;

/// Lines in order and everything that is looked up about them.
#[derive(Debug)]
pub struct Ledger<'a> {
    /// The company.
    pub company: &'a Company,
    /// The rules, compiled.
    pub rules: Rules<'a>,
    /// Sales and returns, partner by partner, each partner's in the order (`sold_on`,
    /// `transaction_id`, `line_no`): what counts together lies together.
    pub lines: Vec<&'a SaleLine>,
    /// By line: what is asked again and again.
    pub facts: Vec<Fact>,
    /// Sales and the returns that take them back, by sale, each sale's in order.
    returns: Vec<(LineIx, LineIx)>,
    /// Whether lines of one transaction may lie apart, being of several days.
    pub transactions_recur: bool,
    /// Digits of the minor unit.
    pub digits: u32,
    /// Versions whose funds are exhausted, where a partner's own books are settled.
    pub funds: Option<&'a Funds>,
    /// By partner: where its lines begin; one more at the end.
    starts: Vec<LineIx>,
    deals: Deals,
    targets: QuickMap<(ProgramIx, PartnerIx, NaiveDate), Decimal>,
    /// Last year's measure by rule, partner and first day: filled when first asked for.
    baselines: Mutex<QuickMap<(RuleIx, PartnerIx, NaiveDate), Decimal>>,
}

impl<'a> Ledger<'a> {
    /// Orders the lines and builds the look-ups that some rule will ask for.
    pub fn new(company: &'a Company, book: &'a RuleBook, options: &'a SettleOptions<'a>) -> Self {
        let rules = Rules::new(book, &company.catalog);
        let any = |asks: fn(&Rule<'_>) -> bool| rules.rules.iter().any(asks);
        let asked = Asked {
            customers: any(|r| r.terms.eligible.new_customer_only),
            registrations: any(|r| r.terms.eligible.deal_registration_required),
            bundled: bundled(&rules, company.catalog.products.len()),
        };
        let Sorted { lines, facts, starts, returns, recur, deals } = Sorted::new(company, options, &asked);
        Self {
            company,
            funds: options.funds,
            targets: targets(company, book),
            digits: money::minor_digits(&company.catalog.currency),
            rules,
            lines,
            facts,
            returns,
            transactions_recur: recur,
            starts,
            deals,
            baselines: Mutex::default(),
        }
    }

    /// The fiscal calendar.
    pub fn calendar(&self) -> FiscalCalendar {
        self.company.calendar
    }

    /// The lines of a partner, in order.
    pub fn lines_of(&self, partner: PartnerIx) -> Range<LineIx> {
        self.starts[partner]..self.starts[partner + 1]
    }

    /// The returns that take a sale back, in order.
    pub fn returns_of(&self, sale: LineIx) -> impl Iterator<Item = LineIx> + '_ {
        let from = self.returns.partition_point(|(other, _)| *other < sale);
        self.returns[from..].iter().take_while(move |(other, _)| *other == sale).map(|(_, back)| *back)
    }

    /// Returns and the sales that they take back, in the order of the returns.
    pub fn originals(&self) -> Vec<(LineIx, LineIx)> {
        let mut all: Vec<_> = self.returns.iter().map(|(sale, back)| (*back, *sale)).collect();
        all.sort_unstable_by_key(|(back, _)| self.facts[*back].place);
        all
    }

    /// A deal registration by its key.
    pub fn registration(&self, id: &str) -> Option<&'a DealRegistration> {
        let all = &self.company.registrations;
        all.binary_search_by(|r| r.id.as_str().cmp(id)).ok().map(|ix| &all[ix])
    }

    /// The transaction of a customer's first sale, any product, any partner. Looks
    /// through all lines: for who asks about one sale.
    pub fn first_transaction(&self, customer: &str) -> Option<&'a str> {
        let bought = |line: &SaleLine| line.customer_id.as_deref() == Some(customer);
        let sales = self.lines.iter().zip(&self.facts).filter(|(_, fact)| fact.kind == LineKind::Sale);
        let first = sales.filter(|(line, _)| bought(line)).min_by_key(|(_, fact)| fact.place);
        first.map(|(line, _)| line.transaction_id.as_str())
    }

    /// The products of bundles that one partner sold to one customer on one day.
    pub fn deal(&self, line: LineIx) -> &[ProductIx] {
        self.deals.of(&self.facts[line])
    }

    /// The target of a partner's period: its row in the targets, else that of the terms.
    pub fn target(&self, rule: &Rule<'_>, partner: PartnerIx, period: Span) -> Option<Decimal> {
        self.targets.get(&(rule.program, partner, period.start)).copied().or(rule.terms.target)
    }

    /// B of PAYOUTS.md, step 6: the measure, gross of returns, of the partner's
    /// lines of the same fiscal period a year earlier that qualify under this rule
    /// but for dates and stacking.
    pub fn baseline(&self, rule: RuleIx, partner: PartnerIx, period: Span) -> Decimal {
        let key = (rule, partner, period.start);
        let known = || self.baselines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(baseline) = known().get(&key) {
            return *baseline;
        }
        let before = FiscalCalendar::year_before(period);
        let own = self.lines_of(partner);
        let from = own.start + self.facts[own.clone()].partition_point(|fact| fact.sold_on < before.start);
        let total = (from..own.end)
            .take_while(|ix| self.facts[*ix].sold_on <= before.end)
            .filter(|ix| self.facts[*ix].kind == LineKind::Sale && qualify::passes(self, rule, *ix))
            .map(|ix| self.facts[ix].sold.measure(&self.rules.rules[rule]))
            .fold(Decimal::ZERO, money::add);
        known().insert(key, total);
        total
    }
}

/// By product: whether its sales make up the deals that bundles ask about, being of the
/// bundle or paid by a rule with one.
fn bundled(rules: &Rules<'_>, products: usize) -> Vec<bool> {
    let bundles: Vec<&Rule<'_>> = rules.rules.iter().filter(|rule| !rule.bundle.is_empty()).collect();
    let asks = |product: ProductIx| {
        bundles.iter().any(|rule| rule.covers(product) || rule.bundle.contains(&Some(product)))
    };
    (0..products).map(asks).collect()
}

fn targets(company: &Company, book: &RuleBook) -> QuickMap<(ProgramIx, PartnerIx, NaiveDate), Decimal> {
    let programs: QuickMap<&str, ProgramIx> =
        book.programs.iter().enumerate().map(|(ix, p)| (p.id.as_str(), ix)).collect();
    let row = |t: &crate::sales::Target| {
        let program = *programs.get(t.program_id.as_str())?;
        Some(((program, t.partner, t.period_start), t.target))
    };
    company.targets.iter().filter_map(row).collect()
}
