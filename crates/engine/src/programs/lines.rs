//! Transaction lines put in order, partner by partner, and what follows from the order
//! alone: transactions, first sales, deals, returns. Every line is looked at once. No
//! rules here.

use std::num::NonZeroU32;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::catalog::{PartnerIx, ProductIx};
use crate::company::Company;
use crate::sales::{DealRegistration, LineKind, SaleLine};

use super::adjust::Quantity;
use super::ledger::LineIx;
use super::quick::{Key, QuickMap};
use super::settle::SettleOptions;

/// What the steps ask of every line, side by side in memory.
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    /// What was sold.
    pub sold: Quantity,
    /// Day of the sale or return.
    pub sold_on: NaiveDate,
    /// Day it became known, where recorded.
    pub reported_on: Option<NaiveDate>,
    /// What.
    pub product: u32,
    /// Its place in the order over all partners.
    pub place: u32,
    /// Its transaction, numbered.
    pub transaction: u32,
    /// Sale or return.
    pub kind: LineKind,
    /// Whether it belongs to its customer's first transaction; false where nobody asks.
    pub first_sale: bool,
    /// Whether it claims a registration that allows it; false where nobody asks.
    pub registered: bool,
    /// Whether something of it came back.
    pub came_back: bool,
    /// The deal it belongs to, where a bundle asks about its product.
    deal: Option<DealIx>,
}

/// Position of a deal.
type DealIx = NonZeroU32;

/// What some rule asks about.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// New customers.
    pub customers: bool,
    /// Registrations.
    pub registrations: bool,
    /// By product: whether its sales make up the deals that bundles ask about.
    pub bundled: Vec<bool>,
}

/// Lines partner by partner, each partner's in the order of PAYOUTS.md, step 4.
#[derive(Debug)]
pub(super) struct Sorted<'a> {
    pub lines: Vec<&'a SaleLine>,
    pub facts: Vec<Fact>,
    /// By partner: where its lines begin; one more at the end.
    pub starts: Vec<LineIx>,
    /// Sales and the returns that take them back, by sale, each sale's in order; returns
    /// of an unknown sale are left out.
    pub returns: Vec<(LineIx, LineIx)>,
    /// Whether lines of one transaction may lie apart.
    pub recur: bool,
    pub deals: Deals,
}

impl<'a> Sorted<'a> {
    pub fn new(company: &'a Company, options: &'a SettleOptions<'a>, asked: &Asked) -> Self {
        let (in_order, starts, mut returns) = in_order(company, options);
        let Some(first) = in_order.first() else { return Self::none(starts) };
        let mut sorted = Self {
            facts: vec![Fact::NONE; in_order.len()],
            lines: vec![first; in_order.len()],
            returns: Vec::new(),
            recur: false,
            deals: Deals::default(),
            starts,
        };
        let mut next = sorted.starts.clone();
        let mut transactions = Transactions::default();
        let mut by_customer = ByCustomer::default();
        let mut customers: QuickMap<Key<'_>, &str> = QuickMap::default();
        let registrations = Registrations::new(company, asked.registrations);
        for (place, line) in in_order.iter().enumerate() {
            let at = next[line.partner];
            next[line.partner] += 1;
            let sale = line.kind == LineKind::Sale;
            sorted.lines[at] = line;
            sorted.facts[at] = Fact {
                sold: Quantity::sold(line),
                sold_on: line.sold_on,
                reported_on: line.reported_on,
                product: line.product as u32,
                place: place as u32,
                transaction: transactions.number(&line.transaction_id),
                kind: line.kind,
                first_sale: asked.customers && sale && is_first(&mut customers, line),
                registered: asked.registrations && registrations.allow(line),
                came_back: false,
                deal: if sale && asked.bundled[line.product] {
                    sorted.deals.add(&mut by_customer, line)
                } else {
                    None
                },
            };
            returns.see(line, at);
        }
        if transactions.fell {
            Transactions::renumber(&in_order, &mut sorted);
        }
        sorted.returns = returns.by_sale();
        sorted.returns.iter().for_each(|(sale, _)| sorted.facts[*sale].came_back = true);
        sorted
    }

    fn none(starts: Vec<LineIx>) -> Self {
        let (lines, facts, returns) = Default::default();
        Self { lines, facts, starts, returns, recur: false, deals: Deals::default() }
    }
}

impl Fact {
    const NONE: Self = Self {
        sold: Quantity { units: Decimal::ZERO, revenue: Decimal::ZERO },
        sold_on: NaiveDate::MIN,
        reported_on: None,
        product: 0,
        place: 0,
        transaction: 0,
        kind: LineKind::Sale,
        first_sale: false,
        registered: false,
        came_back: false,
        deal: None,
    };
}

/// The lines that count, in order over all partners; by partner where its lines begin
/// once they lie partner by partner; and what the returns among them name.
fn in_order<'a>(
    company: &'a Company,
    options: &'a SettleOptions<'a>,
) -> (Vec<&'a SaleLine>, Vec<LineIx>, Returns<'a>) {
    let mut returns = Returns::default();
    let mut lines = Vec::with_capacity(company.lines.len() + options.extra.len());
    let mut starts = vec![0; company.catalog.partners.len() + 1];
    // Numbers of one digit have the same order as their bytes.
    let mut sorted = options.extra.is_empty();
    let known = |line: &&SaleLine| options.through.is_none_or(|day| line.sold_on <= day);
    for line in company.lines.iter().chain(options.extra).filter(known) {
        sorted &= line.line_no <= 9;
        starts[line.partner + 1] += 1;
        returns.announce(line);
        lines.push(line);
    }
    if !sorted {
        lines.sort_by(|a, b| a.order(b));
    }
    for partner in 1..starts.len() {
        starts[partner] += starts[partner - 1];
    }
    (lines, starts, returns)
}

/// An empty text is none.
fn known(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|t| !t.is_empty())
}

/// Whether a sale belongs to its customer's first transaction, any product, any
/// partner. Asked in order.
fn is_first<'a>(first: &mut QuickMap<Key<'a>, &'a str>, line: &'a SaleLine) -> bool {
    let first_of = |customer: &'a str| *first.entry(customer.into()).or_insert(&line.transaction_id);
    known(&line.customer_id).map(first_of).is_some_and(|first| first == line.transaction_id)
}

/// Transactions, numbered while identifiers rise: then equal ones lie together.
#[derive(Default)]
struct Transactions<'a> {
    last: &'a str,
    number: u32,
    /// Whether an identifier was below the one before it.
    fell: bool,
}

impl<'a> Transactions<'a> {
    fn number(&mut self, id: &'a str) -> u32 {
        if self.last != id {
            self.fell |= id < self.last;
            self.last = id;
            self.number += 1;
        }
        self.number
    }

    /// Lines of several days may share a transaction: looks every one up.
    fn renumber(in_order: &[&'a SaleLine], sorted: &mut Sorted<'a>) {
        sorted.recur = true;
        let mut numbers: QuickMap<Key<'_>, u32> = QuickMap::default();
        let mut number = |line: &&'a SaleLine| {
            let next = numbers.len() as u32;
            *numbers.entry(line.transaction_id.as_str().into()).or_insert(next)
        };
        let by_place: Vec<u32> = in_order.iter().map(&mut number).collect();
        sorted.facts.iter_mut().for_each(|fact| fact.transaction = by_place[fact.place as usize]);
    }
}

/// Returns, and the sales that they name.
#[derive(Default)]
struct Returns<'a> {
    /// Sales named by transaction and number: positions in `sales`.
    named: QuickMap<(Key<'a>, u32), usize>,
    /// The first line of each name, once it was seen.
    sales: Vec<Option<LineIx>>,
    /// Returns, and positions in `sales`.
    back: Vec<(LineIx, usize)>,
}

impl<'a> Returns<'a> {
    /// What a return names, if it names something.
    fn name(line: &'a SaleLine) -> Option<(Key<'a>, u32)> {
        Some((line.original_transaction_id.as_deref()?.into(), line.line_no))
    }

    fn announce(&mut self, line: &'a SaleLine) {
        if line.kind == LineKind::Return
            && let Some(name) = Self::name(line)
        {
            let next = self.sales.len();
            if *self.named.entry(name).or_insert(next) == next {
                self.sales.push(None);
            }
        }
    }

    /// Takes a line, once all returns were announced.
    fn see(&mut self, line: &'a SaleLine, at: LineIx) {
        if line.kind == LineKind::Return {
            let named = Self::name(line).and_then(|name| self.named.get(&name));
            self.back.extend(named.map(|sale| (at, *sale)));
        } else if !self.named.is_empty()
            && let Some(sale) = self.named.get(&(line.transaction_id.as_str().into(), line.line_no))
        {
            self.sales[*sale].get_or_insert(at);
        }
    }

    fn by_sale(self) -> Vec<(LineIx, LineIx)> {
        let found = |(at, sale): &(LineIx, usize)| Some((self.sales[*sale]?, *at));
        let mut all: Vec<(LineIx, LineIx)> = self.back.iter().filter_map(found).collect();
        // Stable: returns were seen in order.
        all.sort_by_key(|(sale, _)| *sale);
        all
    }
}

/// The deals that registrations allow.
struct Registrations<'a>(QuickMap<Key<'a>, &'a DealRegistration>);

impl<'a> Registrations<'a> {
    fn new(company: &'a Company, asked: bool) -> Self {
        let all = company.registrations.iter().filter(|_| asked);
        Self(all.map(|r| (r.id.as_str().into(), r)).collect())
    }

    /// Same partner and SKU, approved by the day of the sale and not expired.
    fn allow(&self, line: &SaleLine) -> bool {
        known(&line.deal_registration_id).and_then(|id| self.0.get(&id.into())).is_some_and(|deal| {
            deal.partner == line.partner
                && deal.product == line.product
                && deal.approved_on.is_some_and(|day| day <= line.sold_on)
                && deal.expires_on.is_none_or(|day| day >= line.sold_on)
        })
    }
}

/// What was sold to whom, of the products that bundles ask about: by deal.
#[derive(Debug, Default)]
pub(super) struct Deals(Vec<Vec<ProductIx>>);

/// Deals by partner, customer and day.
type ByCustomer<'a> = QuickMap<(PartnerIx, Key<'a>, NaiveDate), DealIx>;

impl Deals {
    fn add<'a>(&mut self, by_customer: &mut ByCustomer<'a>, line: &'a SaleLine) -> Option<DealIx> {
        let key = (line.partner, known(&line.customer_id)?.into(), line.sold_on);
        let next = DealIx::MIN.checked_add(self.0.len() as u32)?;
        let deal = *by_customer.entry(key).or_insert(next);
        if deal == next {
            self.0.push(Vec::new());
        }
        self.0[deal.get() as usize - 1].push(line.product);
        Some(deal)
    }

    /// The products of the deal of a line.
    pub fn of(&self, fact: &Fact) -> &[ProductIx] {
        fact.deal.map_or(&[], |deal| &self.0[deal.get() as usize - 1])
    }
}
