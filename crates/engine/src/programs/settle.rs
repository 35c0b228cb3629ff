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

use super::accumulate::{self, Groups};
use super::adjust::{self, Quantity};
use super::caps::{self, Budgets, Due, Months};
use super::ledger::{self, Ledger};
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
    let works = work(&ledger, rules, options);
    let mut payouts = Vec::new();
    for work in &works {
        payouts.extend(work.payouts(&ledger));
    }
    let payee = options.partner;
    payouts.retain(|p| payee.is_none_or(|payee| p.partner == payee));
    Settlement { payouts }
}

fn order(p: &PayoutLine) -> (NaiveDate, PartnerIx, u32, PayoutRole, Option<&str>) {
    (p.period_start, p.partner, p.program_version, p.role, p.transaction_id.as_deref())
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
pub(crate) fn work(ledger: &Ledger<'_>, rules: &RuleBook, options: &SettleOptions<'_>) -> Vec<Work> {
    let originals = ledger::originals(&ledger.lines);
    counted(ledger, rules, options).iter().map(|counted| Work::of(ledger, counted, &originals)).collect()
}

/// Steps 1 to 3: the lines that count, by program, in order.
pub(crate) fn counted(
    ledger: &Ledger<'_>,
    rules: &RuleBook,
    options: &SettleOptions<'_>,
) -> Vec<Vec<accumulate::Entry>> {
    let ids: Vec<&str> = rules.programs.iter().map(|p| p.id.as_str()).collect();
    accumulate::counted(ledger, &Scope::new(ledger, &ids, options))
}

/// Steps 5 to 8 for every group of a program.
fn own_pay(ledger: &Ledger<'_>, groups: Groups) -> OwnPay {
    let mut own = OwnPay { groups, ..OwnPay::default() };
    let (mut months, mut budgets) = (Months::default(), Budgets::default());
    let mut shares = Vec::new();
    let mut by_period = Vec::new();
    for group in &own.groups.groups {
        let entries = own.groups.of(group);
        let sold = |entry: &accumulate::Entry| Quantity::sold(ledger.lines[entry.line]);
        adjust::share_out(ledger, group, entries, sold, &mut shares);
        let from = own.dues.len();
        let used = match group.kind {
            PeriodKind::Transaction => months.used(group),
            _ => Decimal::ZERO,
        };
        caps::due(ledger, group, &mut shares, used, &mut own.dues);
        let of_group = from..own.dues.len();
        if group.kind == PeriodKind::Transaction {
            for due in &mut own.dues[of_group.clone()] {
                if let Some(left) = budgets.left(ledger, due.rule) {
                    due.cut_to(left);
                }
                months.book(group, due.paid);
                budgets.book(ledger, due.rule, due.paid);
            }
        } else {
            by_period.extend(of_group.clone().map(|at| (group.period, group.partner, at)));
        }
        own.month_used.push(used);
        own.of_group.push(of_group);
    }
    caps::apply_budgets(ledger, &mut own.dues, &mut by_period);
    own
}

impl Work {
    /// Steps 4 to 10 for the lines of one program that count. `originals`: returns
    /// and their sales, in the order of the returns.
    pub fn of(
        ledger: &Ledger<'_>,
        counted: &[accumulate::Entry],
        originals: &[(ledger::LineIx, ledger::LineIx)],
    ) -> Self {
        let groups = accumulate::group(ledger, counted, |e| Some(ledger.lines[e.line].partner));
        let own = own_pay(ledger, groups);
        let overrides = overrides::overrides(ledger, counted);
        let clawbacks = returns::clawbacks(ledger, &own, originals).into_iter().collect();
        Self { own, overrides, clawbacks }
    }

    /// The payout lines of the program, in order.
    pub fn payouts(&self, ledger: &Ledger<'_>) -> Vec<PayoutLine> {
        let mut payouts = Vec::new();
        for (group, dues) in self.own.groups.groups.iter().zip(&self.own.of_group) {
            for due in &self.own.dues[dues.clone()] {
                let first = self.own.groups.of(group).first();
                payouts.push(line(ledger, group, first, due, PayoutRole::Own));
            }
        }
        for (group, dues) in self.overrides.groups.groups.iter().zip(&self.overrides.dues) {
            for due in dues {
                let first = self.overrides.groups.of(group).first();
                payouts.push(line(ledger, group, first, due, PayoutRole::Override));
            }
        }
        payouts.extend(self.clawbacks.iter().map(|(key, clawback)| taken_back(ledger, key, clawback)));
        payouts.sort_by(|a, b| order(a).cmp(&order(b)));
        payouts
    }
}

/// A payout line of what is due. Its period is the fiscal period cut to the
/// version's dates.
pub(crate) fn line(
    ledger: &Ledger<'_>,
    group: &accumulate::Group,
    first: Option<&accumulate::Entry>,
    due: &Due,
    role: PayoutRole,
) -> PayoutLine {
    let rule = &ledger.rules.rules[due.rule];
    let period = match group.kind {
        PeriodKind::Transaction => group.period,
        _ => group.period.intersection(&rule.version_span).unwrap_or(group.period),
    };
    let transaction = first.filter(|_| group.kind == PeriodKind::Transaction);
    PayoutLine {
        program_id: rule.program_id.to_owned(),
        program_version: rule.version,
        partner_id: ledger.company.catalog.partners[group.partner].id.clone(),
        role,
        period_start: period.start,
        period_end: period.end,
        transaction_id: transaction.map(|e| ledger.lines[e.line].transaction_id.clone()),
        qualifying_units: due.units,
        qualifying_revenue: due.revenue,
        measure: due.measure,
        base: due.base,
        uplift: money::sub(due.gross, due.base),
        cap_cut: money::sub(due.gross, due.due),
        budget_cut: money::sub(due.due, due.paid),
        amount: due.paid,
        currency: rule.terms.currency.clone(),
        reason: due.reason.clone(),
        kind: rule.terms.kind,
        partner: group.partner,
    }
}

/// The payout line of clawbacks of one key, negative.
pub(crate) fn taken_back(ledger: &Ledger<'_>, key: &ClawbackKey, clawback: &Clawback) -> PayoutLine {
    let original = clawback.original;
    let rule = &ledger.rules.rules[original.rule];
    let zero = Decimal::ZERO;
    PayoutLine {
        program_id: rule.program_id.to_owned(),
        program_version: key.version,
        partner_id: ledger.company.catalog.partners[key.partner].id.clone(),
        role: PayoutRole::Clawback,
        period_start: key.period.start,
        period_end: key.period.end,
        transaction_id: key.transaction.map(|_| ledger.lines[original.line].transaction_id.clone()),
        qualifying_units: -clawback.units,
        qualifying_revenue: -clawback.revenue,
        measure: -returns::measure(ledger, original.rule, clawback),
        base: -clawback.amount,
        uplift: zero,
        cap_cut: zero,
        budget_cut: zero,
        amount: -clawback.amount,
        currency: rule.terms.currency.clone(),
        reason: None,
        kind: rule.terms.kind,
        partner: key.partner,
    }
}
