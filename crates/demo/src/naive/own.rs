//! The partner's own lines: gathers qualifying lines into groups (step 4) and turns
//! paid groups into payout lines. Caps are [`super::caps`], budgets [`super::budget`].

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::lookup::Lookup;
use super::marks::reached;
use super::qualify::fails;
use super::stacking::Verdict;
use super::{Item, PayoutLine, Role};
use crate::books::Line;
use crate::calendar::year_earlier;
use crate::terms::{Measure, Period, Terms};

/// The lines that share a running measure: partner × fiscal period, or a transaction.
pub struct Group<'a> {
    pub partner: &'a str,
    pub start: NaiveDate,
    pub end: NaiveDate,
    pub transaction: Option<&'a str>,
    /// In the order of step 4.
    pub items: Vec<Item<'a>>,
    /// What the month had used of its cap when the transaction was paid.
    pub month_used: Decimal,
    /// One a version, in the order of their first lines.
    pub dues: Vec<Due<'a>>,
}

/// What a group is due under one version.
#[derive(Debug, Clone)]
pub struct Due<'a> {
    pub version: u32,
    /// Terms of the first line.
    pub terms: &'a Terms,
    pub units: Decimal,
    pub revenue: Decimal,
    pub measure: Decimal,
    pub base: Decimal,
    pub earned: Decimal,
    /// After caps, rounded.
    pub capped: Decimal,
    /// After the budget: what is paid.
    pub paid: Decimal,
    /// The least `per_transaction` of its lines.
    pub cap_per_transaction: Option<Decimal>,
    /// The least `per_partner` of its lines.
    pub cap_per_partner: Option<Decimal>,
    /// The least `program_budget` of its lines.
    pub budget: Option<Decimal>,
    pub reason: Option<&'static str>,
}

/// The qualifying lines of a program, in the order of step 4.
pub fn items<'a>(lookup: &Lookup<'a>, verdicts: &[Verdict<'a>]) -> Vec<Item<'a>> {
    let mut baselines = HashMap::new();
    let mut items = Vec::new();
    for (sale, verdict) in verdicts.iter().enumerate() {
        let Verdict::Counts(version, terms) = verdict else { continue };
        let line = lookup.sales[sale];
        let (start, end) = lookup.period(terms.period, line.sold_on);
        let baseline = match terms.growth_above {
            None => Decimal::ZERO,
            Some(_) => *baselines
                .entry((core::ptr::from_ref(*terms), line.partner.as_str(), start))
                .or_insert_with(|| baseline(lookup, terms, &line.partner, (start, end))),
        };
        items.push(Item {
            sale,
            line,
            version: *version,
            terms,
            units: line.units,
            revenue: line.net_revenue,
            target: terms.target,
            baseline,
        });
    }
    items
}

/// B of step 6: the measure, gross of returns, of the partner's lines a year earlier that
/// qualify under these terms but for dates and stacking.
fn baseline(lookup: &Lookup, terms: &Terms, partner: &str, period: (NaiveDate, NaiveDate)) -> Decimal {
    if terms.period == Period::Transaction {
        return Decimal::ZERO;
    }
    let (from, to) = year_earlier(period.0, period.1);
    let measure = |l: &&Line| match terms.measure {
        Measure::Units => l.units,
        Measure::Revenue => l.net_revenue,
    };
    let lines = lookup.sales_between(partner, from, to);
    reached!("own.baseline_of_some_lines" if lines.iter().any(|l| fails(lookup, terms, l).is_some()));
    lines.iter().filter(|l| fails(lookup, terms, l).is_none()).map(measure).sum()
}

/// Partner, fiscal period (of other periods) and transaction (of period `transaction`).
type GroupKey<'a> = (&'a str, Option<(NaiveDate, NaiveDate)>, Option<&'a str>);

/// Groups by partner and period, in the order of their first lines.
pub fn groups<'a>(lookup: &Lookup<'a>, program: usize, items: Vec<Item<'a>>) -> Vec<Group<'a>> {
    let mut at: BTreeMap<GroupKey, usize> = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for mut item in items {
        let (start, end) = lookup.period(item.terms.period, item.line.sold_on);
        let by_transaction = item.terms.period == Period::Transaction;
        let transaction = by_transaction.then_some(item.line.transaction_id.as_str());
        let key = (item.line.partner.as_str(), (!by_transaction).then_some((start, end)), transaction);
        let at = *at.entry(key).or_insert_with(|| {
            let partner = item.line.partner.as_str();
            let (items, dues) = (Vec::new(), Vec::new());
            groups.push(Group { partner, start, end, transaction, items, month_used: Decimal::ZERO, dues });
            groups.len() - 1
        });
        let row = lookup.target(lookup.programs[program].id, &item.line.partner, groups[at].start);
        reached!("own.target_of_a_row" if row.is_some() && item.terms.accelerator.is_some());
        reached!("own.target_of_the_terms" if row.is_none() && item.target.is_some());
        reached!("own.target_of_neither" if row.or(item.target).is_none() && item.terms.accelerator.is_some());
        item.target = row.or(item.target);
        groups[at].items.push(item);
    }
    groups
}

/// One line a group and version.
pub fn payout_lines(lookup: &Lookup, program: usize, groups: &[Group]) -> Vec<PayoutLine> {
    let mut lines = Vec::new();
    for group in groups {
        for due in &group.dues {
            let payee = (group.partner, (group.start, group.end), group.transaction);
            lines.push(payout_line(lookup.programs[program].id, Role::Own, payee, due));
        }
    }
    lines
}

/// Who is paid, over what, and for which transaction.
pub type Payee<'a> = (&'a str, (NaiveDate, NaiveDate), Option<&'a str>);

/// The payout line of what is due.
pub fn payout_line(program: &str, role: Role, payee: Payee, due: &Due) -> PayoutLine {
    let (partner, (start, end), transaction) = payee;
    let (start, end) = cut(start, end, transaction, due.terms);
    PayoutLine {
        program: program.to_owned(),
        version: due.version,
        partner: partner.to_owned(),
        role,
        period_start: start,
        period_end: end,
        transaction_id: transaction.map(str::to_owned),
        qualifying_units: due.units,
        qualifying_revenue: due.revenue,
        measure: due.measure,
        base: due.base,
        uplift: due.earned - due.base,
        cap_cut: super::round(due.earned, &due.terms.currency) - due.capped,
        budget_cut: due.capped - due.paid,
        amount: due.paid,
        reason: due.reason.unwrap_or_default().to_owned(),
    }
}

/// The fiscal period cut to the version's dates; the day of the sale for transactions.
fn cut(start: NaiveDate, end: NaiveDate, transaction: Option<&str>, terms: &Terms) -> (NaiveDate, NaiveDate) {
    reached!("own.period_cut_at_its_start" if transaction.is_none() && terms.from > start);
    reached!("own.period_cut_at_its_end" if transaction.is_none() && terms.to < end);
    if transaction.is_some() { (start, end) } else { (start.max(terms.from), end.min(terms.to)) }
}
