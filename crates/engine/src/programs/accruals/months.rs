//! How what is due spreads over calendar months: the increase from month's end to
//! month's end. Programs whose periods are months or transactions are read off one
//! calculation, because a month that is over never changes; those with longer
//! periods are calculated again at each month's end, from the lines that count: of
//! the period that the month belongs to, or of all time where a budget makes earlier
//! periods matter.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{Month, PeriodKind, Span};
use crate::programs::accumulate::Groups;
use crate::programs::ledger::Ledger;
use crate::programs::money;
use crate::programs::rules::{ProgramIx, Rule};
use crate::programs::settle::Work;
use crate::programs::trace_steps;

use super::lines::{self, sum};
use super::{Ground, MonthAccrual, RoleAmounts, no_minus_zero};

/// The months of a program from its first counted line to as-of. `work`: at as-of.
pub(super) fn months(ground: &Ground<'_>, program: ProgramIx, work: &Work) -> Vec<MonthAccrual> {
    let days = ground.counted[program].iter().map(|entry| ground.ledger.facts[entry.line].sold_on);
    let Some(first) = days.min().map(Month::of) else { return Vec::new() };
    let last = Month::of(ground.as_of);
    let all = (first.0..=last.0).map(Month);
    // A parent's group may hold two children's lines of one transaction.
    let crossing = |all: &Groups| all.groups.iter().any(|g| crosses_months(ground.ledger, all, g));
    if crossing(&work.own.groups) || crossing(&work.overrides.groups) {
        step_by_step(ground, program, work, all)
    } else {
        at_once(ground, work, all)
    }
}

/// Whether pay of a group may still change after a month's end.
fn crosses_months(ledger: &Ledger<'_>, groups: &Groups, group: &super::super::accumulate::Group) -> bool {
    let month = |entry: &super::Entry| Month::of(ledger.lines[entry.line].sold_on);
    match group.kind {
        PeriodKind::Month => false,
        PeriodKind::Transaction => {
            let entries = groups.of(group);
            entries.first().map(month) != entries.last().map(month)
        }
        PeriodKind::Quarter | PeriodKind::Half | PeriodKind::Year => true,
    }
}

/// Every amount belongs to the month of its sale or of its return.
fn at_once(ground: &Ground<'_>, work: &Work, months: impl Iterator<Item = Month>) -> Vec<MonthAccrual> {
    let mut by_month: BTreeMap<Month, RoleAmounts> = BTreeMap::new();
    let mut book = |day: NaiveDate, amounts: RoleAmounts| {
        let entry = by_month.entry(Month::of(day)).or_default();
        *entry = entry.plus(amounts);
    };
    let zero = Decimal::ZERO;
    for (ix, group) in work.own.groups.groups.iter().enumerate() {
        book(group.period.start, RoleAmounts::new(work.own.paid(ix), zero, zero));
    }
    for (group, dues) in work.overrides.groups.groups.iter().zip(&work.overrides.dues) {
        book(group.period.start, RoleAmounts::new(zero, sum(dues.iter().map(|d| d.paid)), zero));
    }
    for step in work.clawbacks.iter().flat_map(|(_, clawback)| &clawback.steps) {
        book(ground.ledger.lines[step.returned].sold_on, RoleAmounts::new(zero, zero, -step.amount));
    }
    let mut due = Decimal::ZERO;
    let month = |month: Month| {
        let accrued = by_month.get(&month).copied().unwrap_or_default();
        due = money::add(due, accrued.total);
        told(ground, month, accrued, zero, due)
    };
    months.map(month).collect()
}

/// The calculation at each month's end less that of the month before, of the sales
/// whose pay may still move; and what was taken back of older ones.
fn step_by_step(
    ground: &Ground<'_>,
    program: ProgramIx,
    whole: &Work,
    months: impl Iterator<Item = Month>,
) -> Vec<MonthAccrual> {
    let mut before: Option<(NaiveDate, Work)> = None;
    let mut due_to_date = Decimal::ZERO;
    let step = |month: Month| {
        let from = moving_since(ground.ledger, program, month);
        let work = ground.work(program, Span::new(from, month.last_day().min(ground.as_of)));
        let earlier = before.take().filter(|(since, _)| *since == from).map(|(_, work)| work);
        let due_before = earlier.as_ref().map(lines::due).unwrap_or_default();
        let earned_before = earlier.as_ref().map_or(Decimal::ZERO, |b| paid_in_open(b, month));
        let true_up = money::sub(now_for_earlier(ground.ledger, &work, month), earned_before);
        let back =
            RoleAmounts::new(Decimal::ZERO, Decimal::ZERO, -taken_back(ground.ledger, whole, month, from));
        let accrued = lines::due(&work).minus(due_before).plus(back);
        due_to_date = money::add(due_to_date, accrued.total);
        before = Some((from, work));
        told(ground, month, accrued, true_up, due_to_date)
    };
    months.map(step).collect()
}

/// The first day of the sales whose own pay may change in a month: of the longest
/// period that holds it. Budgets and transactions reach back further.
fn moving_since(ledger: &Ledger<'_>, program: ProgramIx, month: Month) -> NaiveDate {
    let start = |rule: &Rule<'_>| match (rule.terms.period, rule.terms.caps.program_budget) {
        (PeriodKind::Transaction, _) | (_, Some(_)) => NaiveDate::MIN,
        (kind, None) => ledger.calendar().period_of(kind, month.first_day()).start,
    };
    ledger.rules.of(program).map(start).min().unwrap_or(NaiveDate::MIN)
}

/// What was taken back in a month of sales before `from`, whose pay is final.
fn taken_back(ledger: &Ledger<'_>, whole: &Work, month: Month, from: NaiveDate) -> Decimal {
    let steps = whole.clawbacks.iter().flat_map(|(_, clawback)| &clawback.steps);
    let day = |line: usize| ledger.lines[line].sold_on;
    let of_month = steps.filter(|s| Month::of(day(s.returned)) == month && day(s.original) < from);
    sum(of_month.map(|s| s.amount))
}

fn told(
    ground: &Ground<'_>,
    month: Month,
    accrued: RoleAmounts,
    true_up: Decimal,
    due_to_date: Decimal,
) -> MonthAccrual {
    MonthAccrual {
        month: month.key(),
        through: month.last_day().min(ground.as_of),
        new_sales: no_minus_zero(money::sub(accrued.own, true_up)),
        true_up: no_minus_zero(true_up),
        accrued,
        due_to_date,
    }
}

/// What was paid, a month earlier, for groups whose period goes on in `month`.
fn paid_in_open(before: &Work, month: Month) -> Decimal {
    let groups = before.own.groups.groups.iter().enumerate();
    let open = groups.filter(|(_, g)| g.period.contains(month.first_day()));
    sum(open.map(|(ix, _)| before.own.paid(ix)))
}

/// What the lines sold before `month` are paid now, in groups whose period holds
/// the month.
fn now_for_earlier(ledger: &Ledger<'_>, work: &Work, month: Month) -> Decimal {
    let own = &work.own;
    let begins = month.first_day();
    let mut total = Decimal::ZERO;
    for (ix, group) in own.groups.groups.iter().enumerate() {
        let earlier = |entry: &super::Entry| ledger.lines[entry.line].sold_on < begins;
        if !group.period.contains(begins) || !own.groups.of(group).first().is_some_and(earlier) {
            continue;
        }
        let shares = trace_steps::shares(ledger, own, ix, group);
        let dues = &own.dues[own.of_group[ix].clone()];
        total = money::add(total, lines::paid_for(ledger, &shares, dues, earlier));
    }
    total
}
