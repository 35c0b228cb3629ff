//! Payout lines before they are written out: what each is of, and where it stands
//! among the others. Computes no pay.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{PeriodKind, Span};
use crate::catalog::PartnerIx;
use crate::sales::PayoutRole;

use super::accumulate::{Entry, Group};
use super::caps::Due;
use super::ledger::{Ledger, LineIx};
use super::money;
use super::payout::PayoutLine;
use super::returns::{Clawback, ClawbackKey};
use super::rules::RuleIx;

/// A payout line to be.
pub(super) struct Draft<'w> {
    partner: PartnerIx,
    period: Span,
    role: PayoutRole,
    rule: RuleIx,
    version: u32,
    /// For period `transaction`: a line of it, and its identifier.
    transaction: Option<&'w str>,
    of: Of<'w>,
}

/// What it pays or takes back.
enum Of<'w> {
    Due(&'w Due),
    Clawback(&'w Clawback),
}

impl<'w> Draft<'w> {
    /// A payout line of what is due. Its period is the fiscal period cut to the
    /// version's dates.
    pub fn of_due(
        ledger: &'w Ledger<'_>,
        group: &Group,
        first: Option<&Entry>,
        due: &'w Due,
        role: PayoutRole,
    ) -> Self {
        let rule = &ledger.rules.rules[due.rule];
        let by_transaction = group.kind == PeriodKind::Transaction;
        let cut = group.period.intersection(&rule.version_span).filter(|_| !by_transaction);
        Self {
            partner: group.partner,
            period: cut.unwrap_or(group.period),
            role,
            rule: due.rule,
            version: rule.version,
            transaction: first.filter(|_| by_transaction).map(|first| transaction_id(ledger, first.line)),
            of: Of::Due(due),
        }
    }

    /// The payout line of clawbacks of one key.
    pub fn of_clawback(ledger: &'w Ledger<'_>, key: &ClawbackKey, clawback: &'w Clawback) -> Self {
        Self {
            partner: key.partner,
            period: key.period,
            role: PayoutRole::Clawback,
            rule: clawback.original.rule,
            version: key.version,
            transaction: key.transaction.map(|_| transaction_id(ledger, clawback.original.line)),
            of: Of::Clawback(clawback),
        }
    }

    /// By period, partner, version, role and transaction.
    pub fn order(&self) -> (NaiveDate, PartnerIx, u32, PayoutRole, Option<&'w str>) {
        (self.period.start, self.partner, self.version, self.role, self.transaction)
    }

    /// First day and transaction.
    pub fn place(&self) -> (NaiveDate, Option<&'w str>) {
        (self.period.start, self.transaction)
    }

    /// Written out; what is taken back is negative.
    pub fn line(&self, ledger: &Ledger<'_>) -> PayoutLine {
        let rule = &ledger.rules.rules[self.rule];
        let zero = Decimal::ZERO;
        let line = PayoutLine {
            program_id: rule.program_id.to_owned(),
            program_version: self.version,
            partner_id: ledger.company.catalog.partners[self.partner].id.clone(),
            role: self.role,
            period_start: self.period.start,
            period_end: self.period.end,
            transaction_id: self.transaction.map(str::to_owned),
            qualifying_units: zero,
            qualifying_revenue: zero,
            measure: zero,
            base: zero,
            uplift: zero,
            cap_cut: zero,
            budget_cut: zero,
            amount: zero,
            currency: rule.terms.currency.clone(),
            reason: None,
            kind: rule.terms.kind,
            partner: self.partner,
        };
        match self.of {
            Of::Due(due) => PayoutLine {
                qualifying_units: due.units,
                qualifying_revenue: due.revenue,
                measure: due.measure,
                base: due.base,
                uplift: money::sub(due.gross, due.base),
                cap_cut: money::sub(due.gross, due.due),
                budget_cut: money::sub(due.due, due.paid),
                amount: due.paid,
                reason: due.reason.clone(),
                ..line
            },
            Of::Clawback(clawback) => PayoutLine {
                qualifying_units: -clawback.sold.units,
                qualifying_revenue: -clawback.sold.revenue,
                measure: -clawback.sold.measure(rule),
                base: -clawback.amount,
                amount: -clawback.amount,
                ..line
            },
        }
    }
}

fn transaction_id<'l>(ledger: &'l Ledger<'_>, line: LineIx) -> &'l str {
    &ledger.lines[line].transaction_id
}
