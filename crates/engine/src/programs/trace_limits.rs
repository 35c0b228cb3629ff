//! The last steps of a group in words and figures: caps, rounding, budgets, each
//! with what was used before, so that what is left can be worked out again.

use rust_decimal::Decimal;

use crate::calendar::{Month, PeriodKind};

use super::accumulate::Group;
use super::adjust::Share;
use super::caps::{self, CapOf, Due};
use super::cite::{self, Topic};
use super::ledger::Ledger;
use super::money;
use super::rules::Rule;
use super::settle::OwnPay;
use super::trace_reasons::plain;
use super::trace_steps::{Steps, sum};

/// The cap of the period, then rounding: run by run of lines under the same terms,
/// because the partner's total counts across versions.
pub(super) fn period(steps: &mut Steps<'_>, group: &Group, shares: &[Share], dues: &[Due]) {
    let mut used = Decimal::ZERO;
    for run in shares.chunk_by(|a, b| a.entry.rule == b.entry.rule) {
        let (pay, kept) = (sum(run.iter().map(|s| s.pay)), sum(run.iter().map(|s| s.kept)));
        let rule = steps.rule(&run[0]);
        if let Some(cap) = rule.terms.caps.per_partner.filter(|_| pay != kept) {
            let cap = cap_words(steps.ledger(), cap);
            let detail = format!(
                "at most {cap} a partner and {}; {} used before, so {} of the pay of {} is kept",
                unit(group.kind),
                plain(used),
                plain(kept),
                plain(pay)
            );
            steps.add_change("cap_per_partner", rule, cite::PARTNER_CAP, money::sub(kept, pay), || detail);
        }
        used = money::add(used, kept);
    }
    round(steps, shares, dues);
}

/// Rounds by version: once a payout line. Gives what each line comes to.
fn round(steps: &mut Steps<'_>, shares: &[Share], dues: &[Due]) -> Vec<Decimal> {
    let ledger = steps.ledger();
    let mut rounded = Vec::with_capacity(dues.len());
    for due in dues {
        let rule = &ledger.rules.rules[due.rule];
        let of_version = shares.iter().filter(|s| ledger.rules.rules[s.entry.rule].version == rule.version);
        let from = sum(of_version.map(|s| s.kept));
        let to = money::round(from, ledger.digits);
        let detail = || format!("{} to {}: half away from zero, once a payout line", plain(from), plain(to));
        steps.add_change("rounding", rule, cite::ROUNDING, money::sub(to, from), detail);
        rounded.push(to);
    }
    rounded
}

/// Rounding of a transaction's payout lines, then its own cap and what the month's
/// cap leaves, which the lines of two versions use up one after the other.
/// `month_used`: what the partner's month had been paid before.
pub(super) fn transaction(steps: &mut Steps<'_>, shares: &[Share], dues: &[Due], month_used: Decimal) {
    let mut amounts = round(steps, shares, dues);
    let own = Cap {
        step: "cap_per_transaction",
        topic: cite::TRANSACTION_CAP,
        of: |caps| caps.per_transaction,
        unit: "transaction",
    };
    let month = Cap {
        step: "cap_per_partner",
        topic: cite::PARTNER_CAP,
        of: |caps| caps.per_partner,
        unit: "partner and calendar month",
    };
    for (cap, used) in [(own, Decimal::ZERO), (month, month_used)] {
        cap.cut(steps, shares, dues, used, &mut amounts);
    }
}

/// One of the two caps of a transaction.
struct Cap {
    step: &'static str,
    topic: Topic,
    of: CapOf,
    unit: &'static str,
}

impl Cap {
    /// Cuts the payout lines of a transaction in order.
    fn cut(
        &self,
        steps: &mut Steps<'_>,
        shares: &[Share],
        dues: &[Due],
        mut used: Decimal,
        amounts: &mut [Decimal],
    ) {
        let ledger = steps.ledger();
        for (due, amount) in dues.iter().zip(amounts) {
            let rule = &ledger.rules.rules[due.rule];
            if let Some(cap) = caps::least(ledger, shares, due.rule, self.of) {
                let left = money::left(cap, used);
                let kept = (*amount).min(left);
                let detail = || self.words(ledger, rule, cap, used);
                steps.add_change(self.step, rule, self.topic, money::sub(kept, *amount), detail);
                *amount = kept;
            }
            used = money::add(used, *amount);
        }
    }

    fn words(&self, ledger: &Ledger<'_>, rule: &Rule<'_>, cap: Decimal, used: Decimal) -> String {
        let written = (self.of)(&rule.terms.caps).unwrap_or(cap);
        let figure = if money::floor(written, ledger.digits) == cap {
            cap_words(ledger, written)
        } else {
            format!("{} (the least of its lines; the rules are silent)", plain(cap))
        };
        if used.is_zero() {
            return format!("at most {figure} a {}", self.unit);
        }
        let left = money::left(cap, used);
        format!("at most {figure} a {} − {} used before = {} left", self.unit, plain(used), plain(left))
    }
}

/// The budgets that cut this group's dues, with what they held.
pub(super) fn budgets(steps: &mut Steps<'_>, own: &OwnPay, ix: usize) {
    for due in &own.dues[own.of_group[ix].clone()] {
        if due.paid == due.due {
            continue;
        }
        let ledger = steps.ledger();
        let rule = &ledger.rules.rules[due.rule];
        let detail = match own.groups.groups[ix].kind {
            _ if ledger.funds.is_some() => "the funds of the program are exhausted".to_owned(),
            PeriodKind::Transaction => of_transactions(ledger, own, ix, rule),
            kind => shared(ledger, own, ix, rule, due, kind),
        };
        let cut = money::sub(due.paid, due.due);
        steps.add_change("program_budget", rule, cite::BUDGET, cut, || detail);
    }
}

fn of_transactions(ledger: &Ledger<'_>, own: &OwnPay, ix: usize, rule: &Rule<'_>) -> String {
    let earlier = own.dues[..own.of_group[ix].start].iter();
    let of_version = |due: &&Due| ledger.rules.rules[due.rule].version == rule.version;
    let used = sum(earlier.filter(of_version).map(|d| d.paid));
    let budget = rule.terms.caps.program_budget.unwrap_or_default();
    let left = money::left(money::floor(budget, ledger.digits), used);
    let words = cap_words(ledger, budget);
    format!(
        "the budget of version {}: {words} − {} paid before = {} left",
        rule.version,
        plain(used),
        plain(left)
    )
}

/// Where a budget runs out in a period it is shared among all that are due something.
fn shared(
    ledger: &Ledger<'_>,
    own: &OwnPay,
    ix: usize,
    rule: &Rule<'_>,
    due: &Due,
    kind: PeriodKind,
) -> String {
    let period = own.groups.groups[ix].period;
    let of_version = |due: &&Due| ledger.rules.rules[due.rule].version == rule.version;
    let (mut used, mut total, mut partners) = (Decimal::ZERO, Decimal::ZERO, 0);
    let mut budget = rule.terms.caps.program_budget.unwrap_or(Decimal::MAX);
    let mut several = false;
    for (at, group) in own.groups.groups.iter().enumerate().filter(|(_, g)| g.kind != PeriodKind::Transaction)
    {
        for other in own.dues[own.of_group[at].clone()].iter().filter(of_version) {
            if group.period < period {
                used = money::add(used, other.paid);
            } else if group.period == period {
                (total, partners) = (money::add(total, other.due), partners + 1);
                if let Some(theirs) = ledger.rules.rules[other.rule].terms.caps.program_budget {
                    several |= theirs != budget;
                    budget = budget.min(theirs);
                }
            }
        }
    }
    let left = money::left(money::floor(budget, ledger.digits), used);
    let words = cap_words(ledger, budget);
    let lowest = if several { " (the lowest of several; the rules are silent)" } else { "" };
    let held = format!(
        "the budget of version {}{lowest}: {words} − {} paid for earlier periods = {} left",
        rule.version,
        plain(used),
        plain(left)
    );
    if left.is_zero() {
        return held;
    }
    format!(
        "{held} for {} due to {partners} partners in the {}: {} × {} ÷ {} = {}; in whole minor units, those left over to the largest fractions: {}",
        plain(total),
        unit(kind),
        plain(due.due),
        plain(left),
        plain(total),
        plain(money::share(due.due, left, total)),
        plain(due.paid)
    )
}

/// What a partner's calendar month had been paid before a group, in a program of
/// period `transaction`.
pub(super) fn month_used<'p>(
    groups: &[Group],
    ix: usize,
    mut paid: impl FnMut(usize) -> Decimal + 'p,
) -> Decimal {
    let month = |group: &Group| (group.partner, Month::of(group.period.start));
    let earlier = groups[..ix].iter().enumerate();
    sum(earlier
        .filter(|(_, g)| g.kind == PeriodKind::Transaction && month(g) == month(&groups[ix]))
        .map(|(at, _)| paid(at)))
}

/// A cap, and what of it can be paid in whole minor units.
fn cap_words(ledger: &Ledger<'_>, cap: Decimal) -> String {
    let whole = money::floor(cap, ledger.digits);
    if whole == cap {
        plain(cap).to_string()
    } else {
        format!("{} (as {}: the rules are silent on parts of a minor unit)", plain(whole), plain(cap))
    }
}

fn unit(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Transaction => "transaction",
        PeriodKind::Month => "month",
        PeriodKind::Quarter => "quarter",
        PeriodKind::Half => "half-year",
        PeriodKind::Year => "year",
    }
}
