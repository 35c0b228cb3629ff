//! The lines of a settlement in their order, with the look-ups that rules need:
//! first sales, deals, registrations, targets, last year. Only facts of the
//! company; what they mean for pay is decided by the steps.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{FiscalCalendar, Span};
use crate::catalog::{PartnerIx, ProductIx};
use crate::company::Company;
use crate::sales::{DealRegistration, LineKind, SaleLine};

use super::money;
use super::qualify;
use super::rule_book::RuleBook;
use super::rules::{ProgramIx, Rule, RuleIx, Rules};
use super::settle::SettleOptions;
use super::terms::Measure;

/// Position of a line in [`Ledger::lines`].
pub type LineIx = usize;

/// Lines in order and everything that is looked up about them.
#[derive(Debug)]
pub struct Ledger<'a> {
    /// The company.
    pub company: &'a Company,
    /// The rules, compiled.
    pub rules: Rules<'a>,
    /// Sales and returns in the order (`sold_on`, `transaction_id`, `line_no`).
    pub lines: Vec<&'a SaleLine>,
    /// By line: its transaction, numbered in order of appearance.
    pub transaction: Vec<u32>,
    /// Digits of the minor unit.
    pub digits: u32,
    by_partner: Vec<Vec<LineIx>>,
    first_sale: HashMap<&'a str, LineIx>,
    deals: HashMap<(PartnerIx, &'a str, NaiveDate), Vec<ProductIx>>,
    targets: HashMap<(ProgramIx, PartnerIx, NaiveDate), Decimal>,
    /// Last year's measure by rule, partner and first day: filled when first asked for.
    baselines: RefCell<HashMap<(RuleIx, PartnerIx, NaiveDate), Decimal>>,
}

impl<'a> Ledger<'a> {
    /// Orders the lines and builds the look-ups that some rule will ask for.
    pub fn new(company: &'a Company, book: &'a RuleBook, options: &'a SettleOptions<'a>) -> Self {
        let rules = Rules::new(book, &company.catalog);
        let lines = lines_in_order(company, options);
        let any = |asks: fn(&Rule<'_>) -> bool| rules.rules.iter().any(asks);
        let first_sale =
            if any(|r| r.terms.eligible.new_customer_only) { first_sales(&lines) } else { HashMap::new() };
        let deals = if any(|r| !r.bundle.is_empty()) { deals(&lines) } else { HashMap::new() };
        let by_partner = if any(|r| r.terms.growth.is_some()) {
            by_partner(&lines, company.catalog.partners.len())
        } else {
            Vec::new()
        };
        let positions: HashMap<&str, ProgramIx> =
            book.programs.iter().enumerate().map(|(ix, p)| (p.id.as_str(), ix)).collect();
        let targets = company.targets.iter().filter_map(|t| {
            let program = *positions.get(t.program_id.as_str())?;
            Some(((program, t.partner, t.period_start), t.target))
        });
        Self {
            company,
            transaction: number_transactions(&lines),
            digits: money::minor_digits(&company.catalog.currency),
            targets: targets.collect(),
            rules,
            lines,
            by_partner,
            first_sale,
            deals,
            baselines: RefCell::default(),
        }
    }

    /// The fiscal calendar.
    pub fn calendar(&self) -> FiscalCalendar {
        self.company.calendar
    }

    /// The deal registration of an identifier.
    pub fn registration(&self, id: &str) -> Option<&'a DealRegistration> {
        let all = &self.company.registrations;
        all.binary_search_by(|r| r.id.as_str().cmp(id)).ok().map(|ix| &all[ix])
    }

    /// The transaction of a customer's first sale, any product, any partner.
    pub fn first_transaction(&self, customer: &str) -> Option<&'a str> {
        self.first_sale.get(customer).map(|ix| self.lines[*ix].transaction_id.as_str())
    }

    /// The products that one partner sold to one customer on one day.
    pub fn deal<'s>(&'s self, line: &'s SaleLine) -> Option<&'s [ProductIx]> {
        let customer = line.customer_id.as_deref().filter(|c| !c.is_empty())?;
        self.deals.get(&(line.partner, customer, line.sold_on)).map(Vec::as_slice)
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
        if let Some(known) = self.baselines.borrow().get(&key) {
            return *known;
        }
        let before = FiscalCalendar::year_before(period);
        let rule = &self.rules.rules[rule];
        let own = self.by_partner.get(partner).map(Vec::as_slice).unwrap_or_default();
        let from = own.partition_point(|ix| self.lines[*ix].sold_on < before.start);
        let total = own[from..]
            .iter()
            .map(|ix| self.lines[*ix])
            .take_while(|line| line.sold_on <= before.end)
            .filter(|line| line.kind == LineKind::Sale && qualify::fails(self, rule, line).is_none())
            .fold(Decimal::ZERO, |sum, line| money::add(sum, measure(rule, line)));
        self.baselines.borrow_mut().insert(key, total);
        total
    }
}

/// What a rule counts of a line: units or net revenue.
pub fn measure(rule: &Rule<'_>, line: &SaleLine) -> Decimal {
    match rule.terms.measure {
        Measure::Units => line.units,
        Measure::Revenue => line.net_revenue,
    }
}

fn lines_in_order<'a>(company: &'a Company, options: &'a SettleOptions<'a>) -> Vec<&'a SaleLine> {
    let known = |line: &&SaleLine| options.through.is_none_or(|day| line.sold_on <= day);
    let mut lines: Vec<&SaleLine> = company.lines.iter().chain(options.extra).filter(known).collect();
    // Numbers of one digit have the same order as their bytes.
    if !options.extra.is_empty() || lines.iter().any(|line| line.line_no > 9) {
        lines.sort_by(|a, b| a.order(b));
    }
    lines
}

/// Lines of one transaction mostly follow each other, so most need no look-up.
fn number_transactions(lines: &[&SaleLine]) -> Vec<u32> {
    let mut numbers: HashMap<&str, u32> = HashMap::with_capacity(lines.len());
    let mut of_line = Vec::with_capacity(lines.len());
    for line in lines {
        let next = numbers.len() as u32;
        of_line.push(*numbers.entry(line.transaction_id.as_str()).or_insert(next));
    }
    of_line
}

fn by_partner(lines: &[&SaleLine], partners: usize) -> Vec<Vec<LineIx>> {
    let mut by = vec![Vec::new(); partners];
    for (ix, line) in lines.iter().enumerate() {
        by[line.partner].push(ix);
    }
    by
}

fn first_sales<'a>(lines: &[&'a SaleLine]) -> HashMap<&'a str, LineIx> {
    let mut first = HashMap::new();
    for (ix, line) in lines.iter().enumerate().filter(|(_, l)| l.kind == LineKind::Sale) {
        if let Some(customer) = line.customer_id.as_deref().filter(|c| !c.is_empty()) {
            first.entry(customer).or_insert(ix);
        }
    }
    first
}

fn deals<'a>(lines: &[&'a SaleLine]) -> HashMap<(PartnerIx, &'a str, NaiveDate), Vec<ProductIx>> {
    let mut deals: HashMap<_, Vec<ProductIx>> = HashMap::new();
    for line in lines.iter().filter(|l| l.kind == LineKind::Sale) {
        if let Some(customer) = line.customer_id.as_deref().filter(|c| !c.is_empty()) {
            deals.entry((line.partner, customer, line.sold_on)).or_default().push(line.product);
        }
    }
    deals
}

/// For every return the sale it takes back, where that is known.
pub fn originals(lines: &[&SaleLine]) -> Vec<(LineIx, LineIx)> {
    let key = |line: &SaleLine| line.original_transaction_id.clone().map(|id| (id, line.line_no));
    let returns = || lines.iter().enumerate().filter(|(_, l)| l.kind == LineKind::Return);
    let wanted: HashSet<(String, u32)> = returns().filter_map(|(_, l)| key(l)).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut sales: HashMap<(&str, u32), LineIx> = HashMap::new();
    let ids: HashSet<&str> = wanted.iter().map(|(id, _)| id.as_str()).collect();
    for (ix, line) in lines.iter().enumerate().filter(|(_, l)| l.kind == LineKind::Sale) {
        if ids.contains(line.transaction_id.as_str()) {
            sales.entry((line.transaction_id.as_str(), line.line_no)).or_insert(ix);
        }
    }
    returns()
        .filter_map(|(ix, line)| {
            let id = line.original_transaction_id.as_deref()?;
            Some((ix, *sales.get(&(id, line.line_no))?))
        })
        .collect()
}
