//! The exact calculator: everything that is owed under a rule book. Reads top to
//! bottom like the order of calculation of PAYOUTS.md; every step is a file of its
//! own. Exact decimals only; simulated cells are paid by [`super::cells`].

use std::ops::Range;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::PeriodKind;
use crate::catalog::PartnerIx;
use crate::company::Company;
use crate::sales::{PayoutRole, SaleLine};

use super::accumulate::{self, Entry, Group, Groups};
use super::adjust;
use super::caps::{self, Budgets, Due, Months};
use super::draft::Draft;
use super::funds::Funds;
use super::ledger::Ledger;
use super::money;
use super::overrides::{self, Overrides};
use super::payout::PayoutLine;
use super::returns::{self, Clawback, ClawbackKey};
use super::rule_book::RuleBook;
use super::scope::Scope;
use super::terms::ProgramKind;

/// What to settle.
#[derive(Debug, Clone, Default)]
pub struct SettleOptions<'o> {
    /// Only lines sold by this day; `None`: all.
    pub through: Option<NaiveDate>,
    /// Only payouts to this partner. Everybody else still counts where the rules
    /// make it matter: budgets, stacking, first sales.
    pub partner: Option<PartnerIx>,
    /// Only payouts of this program.
    pub program: Option<&'o str>,
    /// Imagined lines on top of the company's.
    pub extra: &'o [SaleLine],
    /// Where a partner's own books are settled: versions whose funds are exhausted.
    pub funds: Option<&'o Funds>,
}

/// What is owed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settlement {
    /// By program, period, partner, version, role and transaction. Groups that
    /// qualified but earned nothing are there with an amount of zero.
    pub payouts: Vec<PayoutLine>,
}

impl Settlement {
    /// What is paid out: everything but funds (kind `mdf`).
    pub fn total(&self) -> Decimal {
        self.sum(|p| p.kind != ProgramKind::Mdf)
    }

    /// What accrues to funds.
    pub fn fund_accrual(&self) -> Decimal {
        self.sum(|p| p.kind == ProgramKind::Mdf)
    }

    fn sum(&self, counts: impl Fn(&PayoutLine) -> bool) -> Decimal {
        self.payouts.iter().filter(|p| counts(p)).fold(Decimal::ZERO, |sum, p| money::add(sum, p.amount))
    }
}

/// Computes every payout line. Never fails: what a check of the data or of the
/// programs should have found is computed by the reading that pays less.
pub fn settle(company: &Company, rules: &RuleBook, options: &SettleOptions<'_>) -> Settlement {
    let ledger = Ledger::new(company, rules, options);
    let mut payouts = Vec::new();
    work(&ledger, rules, options).for_each(|work| work.payouts(&ledger, &mut payouts));
    let payee = options.partner;
    payouts.retain(|p| payee.is_none_or(|payee| p.partner == payee));
    Settlement { payouts }
}

/// Everything that was computed for one program.
#[derive(Debug)]
pub(crate) struct Work {
    /// Steps 4 to 8.
    pub own: OwnPay,
    /// Step 9.
    pub overrides: Overrides,
    /// Step 10.
    pub clawbacks: Vec<(ClawbackKey, Clawback)>,
}

/// Own pay of one program.
#[derive(Debug, Default)]
pub struct OwnPay {
    /// Lines that count, by partner and period.
    pub groups: Groups,
    /// What is due, one a version and group.
    pub dues: Vec<Due>,
    /// By group: where its dues are.
    pub of_group: Vec<Range<usize>>,
    /// By group: for period `transaction`, what the month had used of its cap when it
    /// was paid.
    pub month_used: Vec<Decimal>,
}

impl OwnPay {
    /// What was paid for a group.
    pub fn paid(&self, group: usize) -> Decimal {
        self.dues[self.of_group[group].clone()].iter().fold(Decimal::ZERO, |sum, d| money::add(sum, d.paid))
    }
}

/// Steps 1 to 10, program by program.
pub(crate) fn work<'l>(
    ledger: &'l Ledger<'l>,
    rules: &RuleBook,
    options: &SettleOptions<'_>,
) -> impl Iterator<Item = Work> + use<'l> {
    counted(ledger, rules, options).into_iter().map(|groups| Work::of(ledger, groups, NaiveDate::MAX))
}

/// Steps 1 to 4: the lines that count, by program and group.
pub(crate) fn counted(ledger: &Ledger<'_>, rules: &RuleBook, options: &SettleOptions<'_>) -> Vec<Groups> {
    let ids: Vec<&str> = rules.programs.iter().map(|p| p.id.as_str()).collect();
    accumulate::counted(ledger, &Scope::new(ledger, &ids, options))
}

/// Steps 5 to 8 for every group of a program.
fn own_pay(ledger: &Ledger<'_>, groups: Groups) -> OwnPay {
    let none = || vec![Decimal::ZERO; groups.groups.len()];
    let mut own = OwnPay {
        dues: Vec::with_capacity(groups.groups.len()),
        of_group: vec![0..0; groups.groups.len()],
        month_used: none(),
        groups: Groups::default(),
    };
    let (mut months, mut budgets) = (Months::default(), Budgets::default());
    let mut shares = Vec::new();
    for ix in groups.in_order(ledger) {
        let group = &groups.groups[ix];
        adjust::share_out_sold(ledger, group, groups.of(group), &mut shares);
        let from = own.dues.len();
        own.month_used[ix] = months.used(group);
        caps::due(ledger, group, &mut shares, own.month_used[ix], &mut own.dues);
        own.of_group[ix] = from..own.dues.len();
        // What is paid after all caps and the budget is what uses them up.
        if group.kind == PeriodKind::Transaction {
            let first = groups.of(group).first();
            for due in &mut own.dues[from..] {
                for left in [budgets.left(ledger, due.rule), funds_left(ledger, group, first, due)] {
                    left.into_iter().for_each(|left| due.cut_to(left));
                }
                months.book(group, due.paid);
                budgets.book(ledger, due.rule, due.paid);
            }
        }
    }
    own.groups = groups;
    caps::apply_budgets(ledger, &mut own);
    apply_funds(ledger, &mut own);
    own
}

/// Cuts what is due by period where funds are exhausted ([`Funds`]).
fn apply_funds(ledger: &Ledger<'_>, own: &mut OwnPay) {
    if ledger.funds.is_none() {
        return;
    }
    let by_period = own.groups.groups.iter().zip(&own.of_group);
    for (group, dues) in by_period.filter(|(group, _)| group.kind != PeriodKind::Transaction) {
        for due in &mut own.dues[dues.clone()] {
            funds_left(ledger, group, None, due).into_iter().for_each(|left| due.cut_to(left));
        }
    }
}

/// What the funds leave for a payout line; `None` where they are not exhausted.
fn funds_left(ledger: &Ledger<'_>, group: &Group, first: Option<&Entry>, due: &Due) -> Option<Decimal> {
    let funds = ledger.funds?;
    let rule = &ledger.rules.rules[due.rule];
    let (start, transaction) = Draft::of_due(ledger, group, first, due, PayoutRole::Own).place();
    funds.left((rule.program_id, rule.version), start, transaction)
}

impl Work {
    /// Steps 5 to 10 for the groups of one program, with the returns until a day.
    pub fn of(ledger: &Ledger<'_>, groups: Groups, until: NaiveDate) -> Self {
        let own = own_pay(ledger, groups);
        let overrides = overrides::overrides(ledger, &own.groups.entries);
        let clawbacks = returns::clawbacks(ledger, &own, until).into_iter().collect();
        Self { own, overrides, clawbacks }
    }

    /// The payout lines of the program, in order, behind those that are there.
    pub fn payouts(&self, ledger: &Ledger<'_>, payouts: &mut Vec<PayoutLine>) {
        let mut drafts: Vec<Draft<'_>> = Vec::with_capacity(self.own.dues.len());
        for (group, dues) in self.own.groups.groups.iter().zip(&self.own.of_group) {
            let first = self.own.groups.of(group).first();
            let dues = &self.own.dues[dues.clone()];
            drafts.extend(dues.iter().map(|due| Draft::of_due(ledger, group, first, due, PayoutRole::Own)));
        }
        for (group, dues) in self.overrides.groups.groups.iter().zip(&self.overrides.dues) {
            let first = self.overrides.groups.of(group).first();
            drafts.extend(
                dues.iter().map(|due| Draft::of_due(ledger, group, first, due, PayoutRole::Override)),
            );
        }
        drafts.extend(self.clawbacks.iter().map(|(key, clawback)| Draft::of_clawback(ledger, key, clawback)));
        drafts.sort_by(|a, b| a.order().cmp(&b.order()));
        payouts.extend(drafts.iter().map(|draft| draft.line(ledger)));
    }
}
