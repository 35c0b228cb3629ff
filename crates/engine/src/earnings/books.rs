//! One partner's own books: the only place of this module that reads the company of
//! everybody, and takes from it what this partner may know.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use crate::calendar::{FiscalCalendar, Span};
use crate::catalog::{Catalog, Partner, PartnerIx, Product};
use crate::company::Company;
use crate::programs::cite::Cited;
use crate::programs::funds::Funds;
use crate::programs::rule_book::RuleBook;
use crate::programs::settle::{SettleOptions, settle};
use crate::programs::terms::ProgramKind;
use crate::programs::trace::{Trace, TraceOf, trace_with};
use crate::programs::{PayoutLine, Program};
use crate::sales::{LineKind, PayoutRole, SaleLine};

/// Position of the partner in its own books.
pub(crate) const OWN: PartnerIx = 0;
/// Stands for whoever else sold to a customer before; sells nothing that counts.
const SOMEBODY: PartnerIx = 1;
/// The transaction of such a sale, as traces name it.
const EARLIER_SALE: &str = "an earlier sale";

/// What the sales of everybody decide about one partner, worked out once for a data
/// set and held until the next one.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    partner: String,
    /// Last day of the data, which others' sales may set.
    as_of: NaiveDate,
    /// Own pay, overrides as sums, clawbacks.
    payouts: Vec<PayoutLine>,
    funds: Funds,
    /// Customers of this partner that bought from another one first.
    known_customers: BTreeSet<String>,
}

impl Published {
    /// Works it out; `None` where there is no such partner.
    pub fn of(company: &Company, partner_id: &str) -> Option<Self> {
        let partner = company.catalog.partner(partner_id)?;
        let rules = RuleBook::of(&company.programs);
        let all = settle(company, &rules, &SettleOptions::default()).payouts;
        Some(Self {
            partner: partner_id.to_owned(),
            as_of: company.as_of,
            funds: Funds::of(company, &all, partner),
            known_customers: known_customers(company, partner),
            payouts: all.into_iter().filter(|p| p.partner == partner).collect(),
        })
    }

    /// What was taken back for returns in a span; zero or negative.
    pub fn clawed_back(&self, span: Span) -> Decimal {
        let back = self.payouts.iter().filter(|p| p.role == PayoutRole::Clawback);
        back.filter(|p| p.kind != ProgramKind::Mdf && span.contains(p.period_end)).map(|p| p.amount).sum()
    }
}

/// Customers whose first sale, in the order of PAYOUTS.md, step 4, is another partner's.
fn known_customers(company: &Company, partner: PartnerIx) -> BTreeSet<String> {
    let mut first: BTreeMap<&str, &SaleLine> = BTreeMap::new();
    for line in company.lines.iter().filter(|l| l.kind == LineKind::Sale) {
        if let Some(customer) = line.customer_id.as_deref().filter(|c| !c.is_empty()) {
            let seen = first.entry(customer).or_insert(line);
            if line.order(seen).is_lt() {
                *seen = line;
            }
        }
    }
    let own = company.lines.iter().filter(|l| l.partner == partner && l.kind == LineKind::Sale);
    own.filter_map(|line| line.customer_id.as_deref())
        .filter(|customer| first.get(customer).is_some_and(|line| line.partner != partner))
        .map(str::to_owned)
        .collect()
}

/// One partner's sales, registrations, targets and payouts, and the rules without
/// budgets. Cannot be made without naming the partner.
#[derive(Debug, Clone)]
pub struct OwnBooks {
    company: Company,
    rules: RuleBook,
    payouts: Vec<PayoutLine>,
    funds: Funds,
}

impl OwnBooks {
    /// The books of a partner of a company; `None` where there is no such partner.
    pub fn open(company: &Company, partner_id: &str) -> Option<Self> {
        Self::of(company, &Published::of(company, partner_id)?)
    }

    /// The books of the partner that something was published about.
    pub fn of(company: &Company, published: &Published) -> Option<Self> {
        let partner = company.catalog.partner(&published.partner)?;
        let programs: Vec<Program> = company.programs.iter().map(without_budgets).collect();
        let own = |of: PartnerIx| of == partner;
        let mut lines: Vec<SaleLine> = company.lines.iter().filter(|l| own(l.partner)).cloned().collect();
        lines.iter_mut().for_each(|line| line.partner = OWN);
        lines.extend(earlier_sales(&lines, &published.known_customers));
        lines.sort_by(|a, b| a.order(b));
        let mut registrations: Vec<_> =
            company.registrations.iter().filter(|r| own(r.partner)).cloned().collect();
        registrations.iter_mut().for_each(|r| r.partner = OWN);
        let mut targets: Vec<_> = company.targets.iter().filter(|t| own(t.partner)).cloned().collect();
        targets.iter_mut().for_each(|t| t.partner = OWN);
        let mut recorded: Vec<_> = company.payouts.iter().filter(|p| own(p.partner)).cloned().collect();
        recorded.iter_mut().for_each(|p| p.partner = OWN);
        Some(Self {
            rules: RuleBook::of(&programs),
            payouts: published.payouts.clone(),
            funds: published.funds.clone(),
            company: Company {
                catalog: catalog(&company.catalog, partner),
                programs,
                lines,
                registrations,
                targets,
                payouts: recorded,
                as_of: published.as_of,
                calendar: company.calendar,
            },
        })
    }

    /// The partner.
    pub fn partner(&self) -> &Partner {
        &self.company.catalog.partners[OWN]
    }

    /// The fiscal calendar.
    pub fn calendar(&self) -> FiscalCalendar {
        self.company.calendar
    }

    /// The words of a clause.
    pub fn clause(&self, program: &str, cited: &Cited) -> Option<&str> {
        let version = self.program(program)?.versions.iter().find(|v| v.version == cited.version)?;
        version.clauses.iter().find(|c| c.number == cited.clause).map(|c| c.text.as_str())
    }

    /// A company of this partner alone: no cost, no budget, no other's sale.
    pub(crate) fn company(&self) -> &Company {
        &self.company
    }

    /// The rules, without budgets.
    pub(crate) fn rules(&self) -> &RuleBook {
        &self.rules
    }

    /// What is owed, by the calculation over everybody.
    pub(crate) fn payouts(&self) -> &[PayoutLine] {
        &self.payouts
    }

    /// Which funds are exhausted.
    pub(crate) fn funds(&self) -> &Funds {
        &self.funds
    }

    /// How these books are settled, with imagined sales on top.
    pub(crate) fn options<'o>(&'o self, extra: &'o [SaleLine]) -> SettleOptions<'o> {
        SettleOptions { partner: Some(OWN), extra, funds: Some(&self.funds), ..SettleOptions::default() }
    }

    /// Own pay and clawbacks in these books, with imagined sales on top.
    pub fn settle(&self, extra: &[SaleLine]) -> Vec<PayoutLine> {
        settle(&self.company, &self.rules, &self.options(extra)).payouts
    }

    /// How own pay under a program came about.
    pub(crate) fn trace(&self, program: &str, period: Span, extra: &[SaleLine]) -> Option<Trace> {
        let of = TraceOf { partner: OWN, program, period, through: None, extra };
        trace_with(&self.company, &self.rules, of, Some(&self.funds))
    }

    /// A program by identifier.
    pub(crate) fn program(&self, id: &str) -> Option<&Program> {
        self.company.program(id)
    }
}

fn without_budgets(program: &Program) -> Program {
    let mut program = program.clone();
    super::rules::redact(&mut program);
    program.versions.iter_mut().for_each(|v| v.terms.caps.program_budget = None);
    program
}

/// What a partner may know of the catalogue: itself, and products without their cost.
fn catalog(all: &Catalog, partner: PartnerIx) -> Catalog {
    let own = Partner { parent: None, ..all.partners[partner].clone() };
    let somebody = Partner {
        id: String::new(),
        name: "another partner".to_owned(),
        active: false,
        country: None,
        onboarded_on: None,
        tier_history: Vec::new(),
        ..own.clone()
    };
    let without_cost = |product: &Product| {
        let mut product = product.clone();
        product.prices.iter_mut().for_each(|price| price.unit_cost = Decimal::ZERO);
        product
    };
    Catalog::new(vec![own, somebody], all.products.iter().map(without_cost).collect(), all.currency.clone())
}

/// For every customer that bought elsewhere first a sale of nothing, on the day before
/// its first one here: when and from whom is not told.
fn earlier_sales(own: &[SaleLine], customers: &BTreeSet<String>) -> Vec<SaleLine> {
    let mut first: BTreeMap<&str, &SaleLine> = BTreeMap::new();
    for line in own.iter().filter(|l| l.kind == LineKind::Sale) {
        if let Some(customer) = line.customer_id.as_deref().filter(|c| customers.contains(*c)) {
            let seen = first.entry(customer).or_insert(line);
            if line.sold_on < seen.sold_on {
                *seen = line;
            }
        }
    }
    let sale = |line: &SaleLine| SaleLine {
        transaction_id: EARLIER_SALE.to_owned(),
        line_no: 1,
        sold_on: line.sold_on.checked_sub_days(Days::new(1)).unwrap_or(line.sold_on),
        reported_on: None,
        partner: SOMEBODY,
        units: Decimal::ZERO,
        net_revenue: Decimal::ZERO,
        deal_registration_id: None,
        original_transaction_id: None,
        ..line.clone()
    };
    first.into_values().map(sale).collect()
}
