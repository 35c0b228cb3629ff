//! Goes through everything that was paired or left over, judges what can be judged
//! and adds up. The order of the report is made here.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;

use crate::calendar::Span;
use crate::company::Company;
use crate::programs::money;
use crate::programs::terms::ProgramKind;

use super::bench::Case;
use super::books::{Due, Key, Row};
use super::coverage::Coverage;
use super::explain::{Booked, Explainer};
use super::pairing::{Match, Pairing};
use super::report::{
    Difference, Misfiled, NotCovered, NotCoveredWhy, Reconciliation, Sums, counted, in_full,
};
use super::words::{astray, cut, meaning};

/// Adds up.
pub(super) struct Tally<'d, 'a> {
    company: &'a Company,
    rows: &'d [Row<'a>],
    dues: &'d [Due<'a>],
    digits: u32,
    coverage: Coverage<'a>,
    explainer: Explainer<'a>,
    lines: usize,
    reproduced: usize,
    payouts: Sums,
    funds: Sums,
    differences: Vec<Difference>,
    misfiled: Vec<Misfiled>,
    not_covered: BTreeMap<(NotCoveredWhy, Option<usize>), NotCovered>,
}

/// One line with what is booked for it.
struct Item<'d, 'a> {
    key: Key<'a>,
    cut: Span,
    due: Option<&'d Due<'a>>,
    row: Option<&'d Row<'a>>,
    expected: Decimal,
    recorded: Decimal,
    already: Decimal,
    twin: Option<&'d str>,
}

impl<'d, 'a> Tally<'d, 'a> {
    pub fn new(company: &'a Company, rows: &'d [Row<'a>], dues: &'d [Due<'a>], digits: u32) -> Self {
        Self {
            company,
            rows,
            dues,
            digits,
            coverage: Coverage::new(company, rows, dues),
            explainer: Explainer::new(company, digits),
            lines: 0,
            reproduced: 0,
            payouts: Sums::default(),
            funds: Sums::default(),
            differences: Vec::new(),
            misfiled: Vec::new(),
            not_covered: BTreeMap::new(),
        }
    }

    /// The whole report.
    pub fn report(mut self, pairing: &Pairing) -> Reconciliation {
        for one in &pairing.matches {
            self.matched(one);
        }
        let mut on_top: HashMap<usize, Decimal> = HashMap::new();
        for (row, own) in &pairing.surplus {
            self.surplus(*row, own.map(|at| (at, &pairing.matches[at])), &mut on_top);
        }
        for due in &pairing.missing {
            self.missing(*due);
        }
        self.finish()
    }

    fn matched(&mut self, one: &Match) {
        let (Some(row), Some(due)) = (one.rows.first(), one.dues.first()) else { return };
        let (row, due) = (&self.rows[*row], &self.dues[*due]);
        let recorded = sum(one.rows.iter().map(|row| self.rows[*row].amount(self.digits)));
        let expected = sum(one.dues.iter().map(|due| self.dues[*due].line.amount));
        if recorded.is_zero() && expected.is_zero() {
            return;
        }
        let item = Item {
            key: due.key,
            cut: cut(due),
            due: Some(due),
            row: Some(row),
            expected,
            recorded,
            already: Decimal::ZERO,
            twin: None,
        };
        let covered = self.judge(&item, one.dues.len());
        if covered && recorded == expected && !one.in_place {
            self.misfiled(one);
        }
    }

    /// A row without a line of its own; `own`: what stands at its key already.
    fn surplus(&mut self, row: usize, own: Option<(usize, &Match)>, on_top: &mut HashMap<usize, Decimal>) {
        let row = &self.rows[row];
        let amount = row.amount(self.digits);
        let due = own.and_then(|(_, m)| m.dues.first()).map(|due| &self.dues[*due]);
        let others = own.map(|(_, m)| m.rows.as_slice()).unwrap_or_default();
        let amounts = || others.iter().map(|other| &self.rows[*other]);
        let twin = amounts().find(|other| other.amount(self.digits) == amount);
        let before = sum(amounts().map(|other| other.amount(self.digits)));
        let already = own.map_or(before, |(at, _)| {
            let so_far = on_top.entry(at).or_default();
            let already = money::add(before, *so_far);
            *so_far = money::add(*so_far, amount);
            already
        });
        let item = Item {
            key: row.key,
            cut: row.payout.period,
            due,
            row: Some(row),
            expected: Decimal::ZERO,
            recorded: amount,
            already,
            twin: twin.map(|other| other.payout.id.as_str()),
        };
        self.judge(&item, 1);
    }

    fn missing(&mut self, due: usize) {
        let due = &self.dues[due];
        let (expected, zero) = (due.line.amount, Decimal::ZERO);
        let item = Item {
            key: due.key,
            cut: cut(due),
            due: Some(due),
            row: None,
            expected,
            recorded: zero,
            already: zero,
            twin: None,
        };
        self.judge(&item, 1);
    }

    /// Counts a line and explains it where it differs. Whether it could be judged.
    fn judge(&mut self, item: &Item<'_, '_>, lines: usize) -> bool {
        let agrees = item.expected == item.recorded;
        let gap = match item.row {
            Some(_) => self.coverage.gap(&item.key, agrees),
            None => self.coverage.gap_unbooked(&item.key, item.cut),
        };
        if let Some(why) = gap {
            self.leave_out(item, why, lines, agrees);
            return false;
        }
        self.lines += lines;
        let sums = if self.is_fund(&item.key) { &mut self.funds } else { &mut self.payouts };
        sums.expected = money::add(sums.expected, item.expected);
        sums.recorded = money::add(sums.recorded, item.recorded);
        if agrees {
            self.reproduced += lines;
        } else {
            let difference = self.difference(item);
            self.differences.push(difference);
        }
        true
    }

    fn is_fund(&self, key: &Key<'_>) -> bool {
        self.company.programs[key.program].latest().terms.kind == ProgramKind::Mdf
    }

    fn leave_out(&mut self, item: &Item<'_, '_>, why: NotCoveredWhy, lines: usize, agrees: bool) {
        let program = (why == NotCoveredWhy::ProgramNotBooked).then_some(item.key.program);
        let program_id = program.map(|at| self.company.programs[at].id.clone());
        let entry = self.not_covered.entry((why, program)).or_insert_with(|| NotCovered {
            why,
            program_id,
            lines: 0,
            agree: 0,
            difference: Decimal::ZERO,
            detail: meaning(why).to_owned(),
        });
        entry.lines += lines;
        entry.agree += if agrees { lines } else { 0 };
        entry.difference = money::add(entry.difference, money::sub(item.recorded, item.expected));
    }

    fn difference(&mut self, item: &Item<'_, '_>) -> Difference {
        let (key, company) = (&item.key, self.company);
        let line = item.due.map(|due| due.line);
        // A row on top of a line is explained with it: all that is booked for it.
        let on_top = !item.already.is_zero();
        let due = if on_top || item.row.is_none_or(|_| item.expected.is_zero()) {
            line.map_or(Decimal::ZERO, |line| line.amount)
        } else {
            item.expected
        };
        let verdict = self.explainer.explain(&Booked {
            case: Case {
                key: *key,
                due: line,
                expected: due,
                recorded: money::add(item.already, item.recorded),
            },
            booked: item.row.is_some(),
            already: item.already,
            twin: item.twin,
        });
        let full = |amount| in_full(amount, self.digits);
        let astray = item.row.zip(item.due).and_then(|(row, due)| astray(row, due));
        Difference {
            payout_id: item.row.map(|row| row.payout.id.clone()),
            program_id: company.programs[key.program].id.clone(),
            program_version: key.version,
            partner_id: company.catalog.partners[key.partner].id.clone(),
            role: key.role,
            period_start: item.cut.start,
            period_end: item.cut.end,
            transaction_id: key.transaction.map(str::to_owned),
            expected: full(item.expected),
            recorded: full(item.recorded),
            difference: full(money::sub(item.recorded, item.expected)),
            reason: verdict.why,
            detail: verdict.detail + &astray.map(|told| format!(" The row is {told}.")).unwrap_or_default(),
            clause: verdict.clause,
            transactions: verdict.transactions,
            also_fits: verdict.also_fits,
        }
    }

    fn misfiled(&mut self, one: &Match) {
        let rows: Vec<&Row<'_>> = one.rows.iter().map(|row| &self.rows[*row]).collect();
        let dues: Vec<&Due<'_>> = one.dues.iter().map(|due| &self.dues[*due]).collect();
        let detail = match (rows.as_slice(), dues.as_slice()) {
            ([row], [due]) => {
                format!("The amount is right; the row is {}.", astray(row, due).unwrap_or_default())
            }
            _ => format!(
                "{} in the books, {} by the rules, all of one period: the sums agree.",
                counted(rows.len(), "row"),
                counted(dues.len(), "line")
            ),
        };
        self.misfiled.push(Misfiled {
            payout_ids: rows.iter().map(|row| row.payout.id.clone()).collect(),
            program_id: dues[0].line.program_id.clone(),
            partner_id: dues[0].line.partner_id.clone(),
            detail,
        });
    }

    fn finish(mut self) -> Reconciliation {
        self.differences.sort_by(|a, b| order(a).cmp(&order(b)));
        self.misfiled.sort_by(|a, b| a.payout_ids.cmp(&b.payout_ids));
        let digits = self.digits;
        let sums = |sums: Sums| Sums {
            expected: in_full(sums.expected, digits),
            recorded: in_full(sums.recorded, digits),
            difference: in_full(money::sub(sums.recorded, sums.expected), digits),
        };
        let mut not_covered: Vec<NotCovered> = self.not_covered.into_values().collect();
        for one in &mut not_covered {
            one.difference = in_full(one.difference, digits);
        }
        Reconciliation {
            as_of: self.company.as_of,
            currency: self.company.catalog.currency.clone(),
            lines: self.lines,
            share_reproduced: (self.lines > 0).then(|| self.reproduced as f64 / self.lines as f64),
            payouts: sums(self.payouts),
            funds: sums(self.funds),
            differences: self.differences,
            misfiled: self.misfiled,
            not_covered,
        }
    }
}

fn order(d: &Difference) -> impl Ord + '_ {
    (d.period_start, &d.program_id, &d.partner_id, d.role, d.program_version, &d.transaction_id, &d.payout_id)
}

fn sum(amounts: impl Iterator<Item = Decimal>) -> Decimal {
    amounts.fold(Decimal::ZERO, money::add)
}
