//! What closes the gap to a mark: whole units of one product that count for the
//! program, found by arithmetic and proved by the calculator, with what the program and
//! all programs together pay for them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::Months;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::Month;
use crate::catalog::ProductIx;
use crate::programs::money;
use crate::programs::payout::PayoutLine;
use crate::programs::rules::ProgramIx;
use crate::programs::terms::{Measure, ProgramKind};
use crate::sales::LineKind;

use super::books::{OWN, OwnBooks};
use super::extra::{self, EXTRA_UNITS_MAX, PricedSale};
use super::standing::{Mark, MarkKind, Sheet, Standing};

/// Sales that reach a mark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Closing {
    /// Product: of those that count the one that the partner sold most of lately.
    pub sku: String,
    /// The fewest whole units that reach the mark.
    #[schemars(with = "String")]
    pub units: Decimal,
    /// Month of the sale: the one that holds today.
    pub month: String,
    /// Net revenue at the partner's own price.
    #[schemars(with = "String")]
    pub net_revenue: Decimal,
    /// What this program pays more for them.
    #[schemars(with = "String")]
    pub program_pays: Decimal,
    /// What all programs together pay more, without funds (a fund's own mark: with it).
    #[schemars(with = "String")]
    pub all_pay: Decimal,
}

/// Fills in what closes the next mark of a measure and the cap of every standing.
pub(super) fn close(books: &OwnBooks, found: Vec<(ProgramIx, Standing)>) -> Vec<Standing> {
    let gap = Gap { books, before: books.settle(&[]), counting: counting(books) };
    let close = |(program, mut standing): (ProgramIx, Standing)| {
        if !standing.funds_exhausted {
            let next = standing.marks.iter().position(|m| !m.reached && m.kind != MarkKind::Cap);
            let cap = standing.marks.iter().position(|m| !m.reached && m.kind == MarkKind::Cap);
            for at in [next, cap].into_iter().flatten() {
                standing.marks[at].closing = gap.closing(program, &standing, &standing.marks[at]);
            }
        }
        standing
    };
    found.into_iter().map(close).collect()
}

/// By program the products of which a bare sale this month counts, those sold most of
/// in the last 12 months first.
fn counting(books: &OwnBooks) -> BTreeMap<ProgramIx, Vec<ProductIx>> {
    let company = books.company();
    let since = company.as_of.checked_sub_months(Months::new(12)).unwrap_or(company.as_of);
    let mut sold: BTreeMap<ProductIx, Decimal> = BTreeMap::new();
    let own = company.lines.iter().filter(|l| l.partner == OWN && l.kind == LineKind::Sale);
    for line in own.filter(|l| l.sold_on > since) {
        let units = sold.entry(line.product).or_default();
        *units = money::add(*units, line.units);
    }
    let month = Month::of(company.today());
    let days = month.span();
    let on_sale = (0..company.catalog.products.len()).filter(|p| {
        let product = &company.catalog.products[*p];
        product.launched_on.is_none_or(|day| day <= days.end)
            && product.end_of_life_on.is_none_or(|day| day >= days.start)
    });
    let probes: Vec<PricedSale> = on_sale.map(|p| extra::of(books, p, Decimal::ONE, month)).collect();
    let lines = extra::lines(books, &probes);
    Sheet::of(books, &lines, |sheet| {
        let mut counting: BTreeMap<ProgramIx, Vec<ProductIx>> = BTreeMap::new();
        for (program, work) in sheet.works.iter().enumerate() {
            let entries = work.own.groups.entries.iter().map(|entry| sheet.ledger.lines[entry.line]);
            let probed = entries.filter(|line| lines.iter().any(|l| l.transaction_id == line.transaction_id));
            let mut products: Vec<ProductIx> = probed.map(|line| line.product).collect();
            products.sort_by_key(|p| (Reverse(sold.get(p).copied().unwrap_or_default()), *p));
            counting.insert(program, products);
        }
        counting
    })
}

struct Gap<'a> {
    books: &'a OwnBooks,
    before: Vec<PayoutLine>,
    counting: BTreeMap<ProgramIx, Vec<ProductIx>>,
}

impl Gap<'_> {
    fn closing(&self, program: ProgramIx, standing: &Standing, mark: &Mark) -> Option<Closing> {
        let product = *self.counting.get(&program)?.first()?;
        let month = Month::of(self.books.company().today());
        let sale = |units: u32| extra::of(self.books, product, Decimal::from(units), month);
        let reaches = |units: u32| self.reaches(program, standing, mark, &sale(units));
        let units = fewest(self.guess(standing, mark, &sale(1)), &reaches)?;
        Some(self.told(standing, sale(units)))
    }

    /// Units by arithmetic: exact for what is measured, a first guess for a cap.
    fn guess(&self, standing: &Standing, mark: &Mark, one: &PricedSale) -> Decimal {
        match (mark.kind, standing.measure) {
            (MarkKind::Cap, _) => {
                let paid = self.told(standing, one.clone()).program_pays;
                money::div(mark.missing, paid)
            }
            (_, Measure::Units) => mark.missing,
            (_, Measure::Revenue) => money::div(mark.missing, one.unit_price),
        }
    }

    /// Whether a sale reaches a mark, by the calculator.
    fn reaches(&self, program: ProgramIx, standing: &Standing, mark: &Mark, sale: &PricedSale) -> bool {
        let lines = extra::lines(self.books, std::slice::from_ref(sale));
        Sheet::of(self.books, &lines, |sheet| match mark.kind {
            MarkKind::Cap => sheet.pay(program, standing.period) >= mark.at,
            _ => sheet.measure(program, standing.period) >= mark.at,
        })
    }

    /// What is paid more for a sale.
    fn told(&self, standing: &Standing, sale: PricedSale) -> Closing {
        let after = self.books.settle(&extra::lines(self.books, std::slice::from_ref(&sale)));
        let more =
            |counts: &dyn Fn(&PayoutLine) -> bool| money::sub(sum(&after, counts), sum(&self.before, counts));
        Closing {
            program_pays: more(&|p| p.program_id == standing.program),
            all_pay: more(&|p| p.kind != ProgramKind::Mdf || p.program_id == standing.program),
            sku: sale.sku,
            units: sale.units,
            month: sale.month,
            net_revenue: sale.net_revenue,
        }
    }
}

fn sum(payouts: &[PayoutLine], counts: &dyn Fn(&PayoutLine) -> bool) -> Decimal {
    payouts.iter().filter(|p| counts(p)).fold(Decimal::ZERO, |sum, p| money::add(sum, p.amount))
}

/// The fewest units that reach; `None` where not even the most do. More units never
/// reach less.
fn fewest(guess: Decimal, reaches: &dyn Fn(u32) -> bool) -> Option<u32> {
    let guess: u32 = guess.ceil().try_into().unwrap_or(EXTRA_UNITS_MAX);
    let mut high = guess.clamp(1, EXTRA_UNITS_MAX);
    while !reaches(high) {
        if high == EXTRA_UNITS_MAX {
            return None;
        }
        high = high.saturating_mul(2).min(EXTRA_UNITS_MAX);
    }
    // Most guesses are right: the unit before it decides.
    let mut low = high - 1;
    if low == 0 || !reaches(low) {
        return Some(high);
    }
    high = low;
    low = 0;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if reaches(middle) { high = middle } else { low = middle }
    }
    Some(high)
}
