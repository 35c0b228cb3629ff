//! The part of a company that one payout line depends on: the payee and its
//! children, their lines of the period, the rivals of the program. Small, so that
//! the line can be paid again under many imagined rules, however large the company.
//! Others who buy from the same budget are replaced by what the budget left.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::calendar::{FiscalCalendar, Month, PeriodKind, Span};
use crate::catalog::{Catalog, Partner, PartnerIx};
use crate::company::Company;
use crate::programs::Program;
use crate::programs::payout::{PayoutLine, Reason};
use crate::programs::rule_book::RuleBook;
use crate::sales::{LineKind, PayoutRole, SaleLine};

use super::books::{Key, version_of};

/// The payee's position in an excerpt.
pub(super) const PAYEE: PartnerIx = 0;

/// A company cut down to one payout line.
#[derive(Debug, Clone)]
pub(super) struct Excerpt {
    pub company: Company,
    pub rules: RuleBook,
}

/// What is looked up once for all excerpts.
#[derive(Debug)]
pub(super) struct Library<'a> {
    company: &'a Company,
    lines_of: Vec<Vec<usize>>,
    children_of: Vec<Vec<PartnerIx>>,
    /// First sale of every customer; empty unless some program asks for it.
    first_sale: HashMap<&'a str, usize>,
}

impl<'a> Library<'a> {
    pub fn new(company: &'a Company) -> Self {
        let partners = company.catalog.partners.len();
        let mut lines_of = vec![Vec::new(); partners];
        for (ix, line) in company.lines.iter().enumerate() {
            lines_of[line.partner].push(ix);
        }
        let mut children_of = vec![Vec::new(); partners];
        for (ix, partner) in company.catalog.partners.iter().enumerate() {
            if let Some(parent) = partner.parent {
                children_of[parent].push(ix);
            }
        }
        let mut versions = company.programs.iter().flat_map(|p| &p.versions);
        let asked = versions.any(|v| v.terms.eligible.new_customer_only);
        let mut first_sale = HashMap::new();
        let sales = company.lines.iter().enumerate().filter(|(_, l)| asked && l.kind == LineKind::Sale);
        for (ix, line) in sales {
            if let Some(customer) = customer(line) {
                first_sale.entry(customer).or_insert(ix);
            }
        }
        Self { company, lines_of, children_of, first_sale }
    }

    /// What the line of a key depends on; `due`: the line as the rules give it.
    pub fn excerpt(&self, key: &Key<'_>, due: Option<&PayoutLine>) -> Excerpt {
        let partners = self.partners(key);
        let kept = self.lines(key, due, &partners);
        let place: HashMap<PartnerIx, PartnerIx> =
            partners.iter().enumerate().map(|(at, ix)| (*ix, at)).collect();
        let products: BTreeSet<usize> = kept.iter().map(|ix| self.company.lines[*ix].product).collect();
        let product_place: HashMap<usize, usize> =
            products.iter().enumerate().map(|(at, ix)| (*ix, at)).collect();
        let stranger = partners.len();
        let line = |ix: &usize| {
            let line = &self.company.lines[*ix];
            let partner = place.get(&line.partner).copied().unwrap_or(stranger);
            SaleLine { partner, product: product_place[&line.product], ..line.clone() }
        };
        let programs = rivals(&self.company.programs, key.program);
        Excerpt {
            rules: rules(&programs, key, due),
            company: Company {
                catalog: self.catalog(&partners, &products),
                lines: kept.iter().map(line).collect(),
                registrations: self.registrations(&kept, &place, &product_place),
                targets: self.targets(key),
                payouts: Vec::new(),
                programs,
                as_of: self.company.as_of,
                calendar: self.company.calendar,
            },
        }
    }

    /// The payee first, then its children where their sales matter.
    fn partners(&self, key: &Key<'_>) -> Vec<PartnerIx> {
        let children = self.children_of[key.partner].iter().copied().filter(|_| key.role != PayoutRole::Own);
        std::iter::once(key.partner).chain(children).collect()
    }

    fn lines(&self, key: &Key<'_>, due: Option<&PayoutLine>, partners: &[PartnerIx]) -> Vec<usize> {
        let program = &self.company.programs[key.program];
        let grows = program.versions.iter().any(|v| v.terms.growth.is_some());
        let spans = window(key, key.kind(self.company), grows);
        let alone = key.transaction.filter(|_| key.role == PayoutRole::Own && short_budget(due));
        let wanted = |line: &SaleLine| match alone {
            Some(id) => line.transaction_id == id,
            // The lines of a transaction may be of several days.
            None => {
                spans.iter().any(|s| s.contains(line.sold_on))
                    || key.transaction.is_some_and(|id| line.transaction_id == id)
            }
        };
        let own = partners.iter().flat_map(|p| &self.lines_of[*p]).copied();
        let mut kept: BTreeSet<usize> = own.filter(|ix| wanted(&self.company.lines[*ix])).collect();
        let customers: HashSet<&str> =
            kept.iter().filter_map(|ix| customer(&self.company.lines[*ix])).collect();
        kept.extend(customers.iter().filter_map(|customer| self.first_sale.get(customer)));
        kept.into_iter().collect()
    }

    fn catalog(&self, partners: &[PartnerIx], products: &BTreeSet<usize>) -> Catalog {
        let all = &self.company.catalog;
        let mut kept: Vec<Partner> = partners.iter().map(|ix| all.partners[*ix].clone()).collect();
        for (at, partner) in kept.iter_mut().enumerate() {
            partner.parent = (at != PAYEE).then_some(PAYEE);
        }
        // Whoever else made a customer's first sale.
        kept.push(Partner { id: String::new(), parent: None, ..kept[PAYEE].clone() });
        let products = products.iter().map(|ix| all.products[*ix].clone()).collect();
        Catalog::new(kept, products, all.currency.clone())
    }

    fn registrations(
        &self,
        kept: &[usize],
        place: &HashMap<PartnerIx, PartnerIx>,
        product_place: &HashMap<usize, usize>,
    ) -> Vec<crate::sales::DealRegistration> {
        let named: BTreeSet<&str> =
            kept.iter().filter_map(|ix| self.company.lines[*ix].deal_registration_id.as_deref()).collect();
        let all = &self.company.registrations;
        let found = named.into_iter().filter_map(|id| {
            let deal = &all[all.binary_search_by(|r| r.id.as_str().cmp(id)).ok()?];
            // A deal of someone or something else stays one: no position is its own.
            let partner = place.get(&deal.partner).copied().unwrap_or(usize::MAX);
            let product = product_place.get(&deal.product).copied().unwrap_or(usize::MAX);
            Some(crate::sales::DealRegistration { partner, product, ..deal.clone() })
        });
        found.collect()
    }

    fn targets(&self, key: &Key<'_>) -> Vec<crate::sales::Target> {
        let id = &self.company.programs[key.program].id;
        let own = self.company.targets.iter().filter(|t| t.partner == key.partner && t.program_id == *id);
        own.map(|t| crate::sales::Target { partner: PAYEE, ..t.clone() }).collect()
    }
}

/// The days whose sales matter for a line.
fn window(key: &Key<'_>, kind: PeriodKind, grows: bool) -> Vec<Span> {
    if key.role == PayoutRole::Clawback {
        return vec![Span::new(chrono::NaiveDate::MIN, key.period.end)];
    }
    let period = match kind {
        // The cap of a partner counts the month up to the transaction.
        PeriodKind::Transaction => Span::new(Month::of(key.period.start).first_day(), key.period.end),
        _ => key.period,
    };
    let before = (grows && kind != PeriodKind::Transaction).then(|| FiscalCalendar::year_before(period));
    std::iter::once(period).chain(before).collect()
}

/// The program first, then those that share a stacking group with it.
fn rivals(programs: &[Program], own: usize) -> Vec<Program> {
    let groups = |p: &Program| -> Vec<String> {
        p.versions.iter().filter_map(|v| v.terms.stacking.as_ref().map(|s| s.group.clone())).collect()
    };
    let shared = groups(&programs[own]);
    let is_rival = |p: &Program| groups(p).iter().any(|g| shared.contains(g));
    let kept = programs.iter().enumerate().filter(|(ix, p)| *ix == own || is_rival(p));
    kept.map(|(_, p)| p.clone()).collect()
}

/// The rules as they are, but that a budget holds only what it left to this line.
fn rules(programs: &[Program], key: &Key<'_>, due: Option<&PayoutLine>) -> RuleBook {
    let mut book = RuleBook::of(programs);
    let id = due.map(|line| line.program_id.as_str());
    for program in &mut book.programs {
        for segment in &mut program.segments {
            let Some(terms) = segment.terms.as_mut() else { continue };
            let short = due.filter(|_| id == Some(program.id.as_str()) && segment.version == key.version);
            terms.caps.program_budget = short.filter(|line| short_budget(Some(line))).map(|line| line.amount);
        }
    }
    book
}

/// Whether the budget cut the line.
pub(super) fn short_budget(due: Option<&PayoutLine>) -> bool {
    due.is_some_and(|line| !line.budget_cut.is_zero() || line.reason == Some(Reason::BudgetExhausted))
}

fn customer(line: &SaleLine) -> Option<&str> {
    line.customer_id.as_deref().filter(|c| !c.is_empty())
}

impl Excerpt {
    /// The version of the key, with its clauses.
    pub fn version(&self, program: &str, number: u32) -> Option<&crate::programs::ProgramVersion> {
        self.company.programs.iter().find(|p| p.id == program).and_then(|p| version_of(p, number))
    }
}
