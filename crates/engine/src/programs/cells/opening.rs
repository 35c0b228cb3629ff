//! Where a fiscal period in progress stands when the cells begin: the company's
//! real lines already sold in it, line by line (PAYOUTS.md, steps 1 to 6). Also
//! what a version has spent of its budget, where the books do not say.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::calendar::{FiscalCalendar, Month, PeriodKind, Span};
use crate::catalog::PartnerIx;
use crate::sales::{PayoutRole, SaleLine};

use super::qualify::sales_between;
use super::rates::{CellTerms, Earned, Volume, due_each, number};
use super::table::TermsTable;

/// What has been earned in a group (partner × fiscal period) so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Opening {
    pub earned: Vec<Earned>,
    pub measure: f64,
    /// What the direct parent gets for it.
    pub overrides: f64,
}

impl Opening {
    fn add(&mut self, terms: &CellTerms, ix: u32, line: &SaleLine, accelerate_from: f64, need: f64) {
        let volume = Volume { units: number(line.units), revenue: number(line.net_revenue), pay: 0.0 };
        let earned = terms.earn(ix, self.measure, &volume, accelerate_from, need);
        self.measure += terms.count(&volume);
        self.overrides += terms.override_share * volume.revenue;
        match self.earned.last_mut().filter(|last| last.terms == ix) {
            Some(last) => {
                last.pay += earned.pay;
                last.units += earned.units;
                last.revenue += earned.revenue;
            }
            None => self.earned.push(earned),
        }
    }
}

/// Groups by program, partner and first day of the fiscal period.
pub(crate) type Groups = BTreeMap<(usize, PartnerIx, NaiveDate), Opening>;

/// Last year's measure, for growth (PAYOUTS.md, step 6).
#[derive(Debug, Default)]
pub(crate) struct GrowthBases {
    known: HashMap<(u32, NaiveDate), Vec<f64>>,
    /// Whether an older year had to stand in for one that is not over yet.
    pub older: bool,
}

impl GrowthBases {
    /// Measure above which growth pays: B·(1 + above/100); infinite where B is 0;
    /// 0 for terms without growth. B counts the last year whose same period is
    /// wholly in the data.
    pub fn need(&mut self, table: &TermsTable<'_>, ix: u32, partner: PartnerIx, period: Span) -> f64 {
        let Some(factor) = table.terms[ix as usize].growth else { return 0.0 };
        let bases = self.known.entry((ix, period.start)).or_insert_with(|| {
            let mut year = FiscalCalendar::year_before(period);
            while year.end > table.company.as_of {
                year = FiscalCalendar::year_before(year);
                self.older = true;
            }
            measures(table, ix, year)
        });
        let base = bases[partner];
        if base > 0.0 { base * factor } else { f64::INFINITY }
    }
}

/// The measure of every partner's lines of a span that qualify but for the dates
/// of the version and stacking, gross of returns.
fn measures(table: &TermsTable<'_>, ix: u32, span: Span) -> Vec<f64> {
    let mut out = vec![0.0; table.company.catalog.partners.len()];
    for (at, line) in sales_between(table.company, span.start, span.end + chrono::Days::new(1)) {
        if table.qualifies(ix, at, line) {
            let volume = Volume { units: number(line.units), revenue: number(line.net_revenue), pay: 0.0 };
            out[line.partner] += table.terms[ix as usize].count(&volume);
        }
    }
    out
}

/// What is earned so far in the groups of `since` and later, before `before`.
/// `since`: by program, the first day wanted; programs by the transaction have no
/// groups.
pub(crate) fn groups(
    table: &TermsTable<'_>,
    bases: &mut GrowthBases,
    since: &[Option<NaiveDate>],
    before: NaiveDate,
) -> Groups {
    let mut groups = Groups::new();
    let Some(from) = since.iter().flatten().min() else { return groups };
    let wanted: Vec<bool> = since.iter().map(Option::is_some).collect();
    table.walk(&wanted, *from, before, |ix, line| {
        let terms = &table.terms[ix as usize];
        let program = terms.program;
        if terms.by_transaction() || since[program].is_none_or(|day| line.sold_on < day) {
            return;
        }
        let period = table.company.calendar.period_of(terms.period, line.sold_on);
        let target = table.target(program, line.partner, period.start);
        let need = bases.need(table, ix, line.partner, period);
        let group = groups.entry((program, line.partner, period.start)).or_default();
        group.add(terms, ix, line, terms.accelerate_from(target), need);
    });
    groups
}

/// By program, the first day of the fiscal period that is in progress when the
/// cells begin; `None` where one begins with them.
pub(crate) fn in_progress(table: &TermsTable<'_>, first: Month, last: Month) -> Vec<Option<NaiveDate>> {
    let horizon = Span::new(first.first_day(), last.last_day());
    let begins = |of: &crate::programs::rule_book::ProgramRules| {
        of.segments
            .iter()
            .filter(|s| s.span.intersection(&horizon).is_some())
            .filter_map(|s| s.terms.as_ref())
            .filter(|t| t.period != PeriodKind::Transaction)
            .map(|t| table.company.calendar.period_of(t.period, horizon.start).start)
            .filter(|start| *start < horizon.start)
            .min()
    };
    table.rules.programs.iter().map(begins).collect()
}

/// Own pay of a version in some groups.
fn paid_in<'g>(terms: &[CellTerms], groups: impl Iterator<Item = &'g Opening>, version: u32) -> f64 {
    let mut paid = 0.0;
    for group in groups {
        due_each(terms, &group.earned, group.measure, |stretch, pay| {
            if terms[stretch.terms as usize].version == version {
                paid += pay;
            }
        });
    }
    paid
}

/// Own pay under a version before `before`: what the books recorded for periods
/// that were over, plus the lines of the period in progress (`open`); where the
/// books have no row of the version, its lines from `life.start` on.
pub(crate) fn spent(
    table: &TermsTable<'_>,
    bases: &mut GrowthBases,
    open: &Groups,
    program: usize,
    version: u32,
    life: Span,
    before: NaiveDate,
) -> f64 {
    let id = &table.rules.programs[program].id;
    let (mut rows, mut recorded) = (false, 0.0);
    for row in &table.company.payouts {
        let own = row.role == PayoutRole::Own && row.program_version == version;
        if own && row.program_id == *id {
            rows = true;
            recorded += if row.period.end < before { number(row.accrued) } else { 0.0 };
        }
    }
    if rows {
        let of_program = open.iter().filter(|((p, _, _), _)| *p == program).map(|(_, group)| group);
        return recorded + paid_in(&table.terms, of_program, version);
    }
    let period = table
        .terms
        .iter()
        .find(|t| t.program == program && t.version == version)
        .map_or(PeriodKind::Transaction, |t| t.period);
    if period == PeriodKind::Transaction {
        return spent_by_transaction(table, program, version, life, before);
    }
    let mut since = vec![None; table.rules.programs.len()];
    since[program] = Some(table.company.calendar.period_of(period, life.start).start);
    let groups = groups(table, bases, &since, before);
    paid_in(&table.terms, groups.values(), version)
}

/// A transaction under one program, all its lines.
struct Transaction {
    partner: PartnerIx,
    month: Month,
    group: Opening,
}

fn spent_by_transaction(
    table: &TermsTable<'_>,
    program: usize,
    version: u32,
    life: Span,
    before: NaiveDate,
) -> f64 {
    let mut wanted = vec![false; table.rules.programs.len()];
    wanted[program] = true;
    let mut all: Vec<Transaction> = Vec::new();
    let mut place: HashMap<(PartnerIx, &str), usize> = HashMap::new();
    table.walk(&wanted, Month::of(life.start).first_day(), before, |ix, line| {
        let terms = &table.terms[ix as usize];
        let at = *place.entry((line.partner, &line.transaction_id)).or_insert_with(|| {
            let (partner, month) = (line.partner, Month::of(line.sold_on));
            all.push(Transaction { partner, month, group: Opening::default() });
            all.len() - 1
        });
        all[at].group.add(terms, ix, line, terms.accelerate_from(None), 0.0);
    });
    let mut months: HashMap<(PartnerIx, Month), f64> = HashMap::new();
    let mut paid = 0.0;
    for transaction in &all {
        let group = &transaction.group;
        let Some(stretch) = group.earned.first() else { continue };
        let terms = &table.terms[stretch.terms as usize];
        let pay = CellTerms::transaction_due(&table.terms, &group.earned, group.measure);
        let month = months.entry((transaction.partner, transaction.month)).or_default();
        let kept = pay.min((terms.cap_partner - *month).max(0.0));
        *month += kept;
        paid += if terms.version == version { kept } else { 0.0 };
    }
    paid
}
