//! PAYOUTS.md, steps 7 and 8: caps, rounding and budgets. Takes the pay of lines
//! and says what of it is due; knows nothing of rates.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::calendar::{Month, PeriodKind, Span};
use crate::catalog::PartnerIx;

use super::accumulate::Group;
use super::adjust::Share;
use super::ledger::Ledger;
use super::money;
use super::payout::Reason;
use super::quick::QuickMap;
use super::rules::RuleIx;
use super::settle::OwnPay;
use super::terms::Caps;

/// What one version owes a group. Amounts in whole minor units.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    /// A rule of the version: that with the lowest budget, else of its last line.
    pub rule: RuleIx,
    /// Units that counted.
    pub units: Decimal,
    /// Net revenue that counted.
    pub revenue: Decimal,
    /// Measure that counted.
    pub measure: Decimal,
    /// Step 5.
    pub base: Decimal,
    /// Step 6.
    pub gross: Decimal,
    /// After caps and rounding, before budgets.
    pub due: Decimal,
    /// After budgets.
    pub paid: Decimal,
    /// Why nothing, or less, is paid.
    pub reason: Option<Reason>,
}

/// Steps 7 and 8 without budgets, one [`Due`] a version, appended to `dues`.
/// `used`: for period `transaction`, what the month has used of its cap.
pub fn due(ledger: &Ledger<'_>, group: &Group, shares: &mut [Share], used: Decimal, dues: &mut Vec<Due>) {
    if group.kind == PeriodKind::Transaction {
        due_of_transaction(ledger, shares, used, dues);
    } else {
        cap_period(ledger, shares);
        due_by_version(ledger, shares, dues);
    }
}

/// In order, the partner's total may not exceed the cap of the line's version.
fn cap_period(ledger: &Ledger<'_>, shares: &mut [Share]) {
    let mut total = Decimal::ZERO;
    for share in shares {
        if let Some(cap) = ledger.rules.rules[share.entry.rule].limits.per_partner {
            share.kept = share.pay.min(money::left(cap, total));
        }
        total = money::add(total, share.kept);
    }
}

fn due_by_version(ledger: &Ledger<'_>, shares: &[Share], dues: &mut Vec<Due>) {
    let start = dues.len();
    let version = |rule: RuleIx| ledger.rules.rules[rule].version;
    for share in shares {
        let rule = share.entry.rule;
        match dues[start..].iter_mut().find(|due| due.rule == rule || version(due.rule) == version(rule)) {
            Some(due) => {
                due.count(share);
                due.rule = tighter(ledger, due.rule, rule);
            }
            None => dues.push(Due::of(share)),
        }
    }
    for due in &mut dues[start..] {
        due.round(ledger.digits);
    }
}

/// The rule with the lower budget, the later one where they are equal: a scenario may
/// change a budget between two lines of one period, and the lowest one holds.
fn tighter(ledger: &Ledger<'_>, earlier: RuleIx, later: RuleIx) -> RuleIx {
    if earlier == later {
        return later;
    }
    let budget = |rule: RuleIx| ledger.rules.rules[rule].terms.caps.program_budget;
    match (budget(earlier), budget(later)) {
        (Some(_), None) => earlier,
        (Some(one), Some(other)) if one < other => earlier,
        _ => later,
    }
}

/// By version the rounded sum of the transaction's lines, cut to `per_transaction`, then
/// to what is left of the month. Lines of one transaction may fall into two versions;
/// their payout lines use up one another's caps in order (the documents are silent: the
/// reading that pays less).
fn due_of_transaction(ledger: &Ledger<'_>, shares: &[Share], used: Decimal, dues: &mut Vec<Due>) {
    let start = dues.len();
    due_by_version(ledger, shares, dues);
    let caps: [(Decimal, CapOf); 2] = [(Decimal::ZERO, |caps| caps.per_transaction), (used, MONTH)];
    for (mut used, cap) in caps {
        for due in &mut dues[start..] {
            if let Some(cap) = least(ledger, shares, due.rule, cap) {
                due.due = due.due.min(money::left(cap, used));
            }
            used = money::add(used, due.due);
            due.paid = due.due;
        }
    }
}

/// One of the caps of some terms.
pub(super) type CapOf = fn(&Caps) -> Option<Decimal>;
const MONTH: CapOf = |caps| caps.per_partner;

/// A cap of a version in whole minor units; a scenario may have changed it between two
/// lines of one transaction: the least one holds.
pub(super) fn least(ledger: &Ledger<'_>, shares: &[Share], rule: RuleIx, cap: CapOf) -> Option<Decimal> {
    let rule_of = |rule: RuleIx| &ledger.rules.rules[rule];
    let rules = shares.iter().map(|s| rule_of(s.entry.rule));
    rules.filter(|r| r.version == rule_of(rule).version).filter_map(|r| cap(&r.limits)).min()
}

impl Due {
    /// Of the first line of a version, not yet rounded.
    fn of(share: &Share) -> Self {
        Self {
            rule: share.entry.rule,
            units: share.piece.units,
            revenue: share.piece.revenue,
            measure: share.piece.measure,
            base: share.base,
            gross: share.pay,
            due: share.kept,
            paid: share.kept,
            reason: share.reason.clone(),
        }
    }

    /// Takes another line of the version.
    fn count(&mut self, share: &Share) {
        self.units = money::add(self.units, share.piece.units);
        self.revenue = money::add(self.revenue, share.piece.revenue);
        self.measure = money::add(self.measure, share.piece.measure);
        self.base = money::add(self.base, share.base);
        self.gross = money::add(self.gross, share.pay);
        self.due = money::add(self.due, share.kept);
        if self.reason != share.reason {
            self.reason = None;
        }
    }

    fn round(&mut self, digits: u32) {
        for amount in [&mut self.base, &mut self.gross, &mut self.due] {
            *amount = money::round(*amount, digits);
        }
        self.paid = self.due;
    }

    /// Cuts what is paid to a budget.
    pub fn cut_to(&mut self, limit: Decimal) {
        if limit < self.paid {
            self.paid = limit;
            self.reason = Some(Reason::BudgetExhausted);
        }
    }
}

/// What a partner's calendar months have used of their cap, in a program of
/// period `transaction`: what was paid after all caps and the budget.
#[derive(Debug, Default)]
pub struct Months {
    used: QuickMap<(PartnerIx, Month), Decimal>,
}

impl Months {
    /// What the month of a transaction has used.
    pub fn used(&self, group: &Group) -> Decimal {
        self.used.get(&(group.partner, Month::of(group.period.start))).copied().unwrap_or_default()
    }

    /// Books what was paid.
    pub fn book(&mut self, group: &Group, paid: Decimal) {
        let used = self.used.entry((group.partner, Month::of(group.period.start))).or_default();
        *used = money::add(*used, paid);
    }
}

/// What the versions of a program have used of their budgets, over their lives.
#[derive(Debug, Default)]
pub struct Budgets {
    used: QuickMap<u32, Decimal>,
}

impl Budgets {
    /// What is left under a rule; `None` without a budget.
    pub fn left(&self, ledger: &Ledger<'_>, rule: RuleIx) -> Option<Decimal> {
        let rule = &ledger.rules.rules[rule];
        let budget = rule.limits.program_budget?;
        Some(money::left(budget, self.used.get(&rule.version).copied().unwrap_or_default()))
    }

    /// Books what was paid.
    pub fn book(&mut self, ledger: &Ledger<'_>, rule: RuleIx, paid: Decimal) {
        let used = self.used.entry(ledger.rules.rules[rule].version).or_default();
        *used = money::add(*used, paid);
    }
}

/// Budgets of a program paid by period.
pub fn apply_budgets(ledger: &Ledger<'_>, own: &mut OwnPay) {
    let by_period = own.groups.groups.iter().zip(&own.of_group);
    let places = by_period
        .filter(|(group, _)| group.kind != PeriodKind::Transaction)
        .flat_map(|(group, dues)| dues.clone().map(move |at| (group.period, group.partner, at)));
    share_budgets(ledger, &mut own.dues, places);
}

/// Shares budgets among `dues`, whose (period, partner, position) are `places`. Periods
/// follow each other; the one in which a budget runs out is shared pro rata, later ones
/// get nothing.
pub fn share_budgets(
    ledger: &Ledger<'_>,
    dues: &mut [Due],
    places: impl Iterator<Item = (Span, PartnerIx, usize)>,
) {
    let rule = |due: &Due| &ledger.rules.rules[due.rule];
    if dues.iter().all(|due| rule(due).limits.program_budget.is_none()) {
        return;
    }
    let mut places: Vec<(Span, u32, PartnerIx, usize)> =
        places.map(|(period, partner, at)| (period, rule(&dues[at]).version, partner, at)).collect();
    places.sort_unstable();
    let mut budgets = Budgets::default();
    for sharing in places.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let at = || sharing.iter().map(|place| place.3);
        // A scenario may give some partners another budget: the lowest one holds.
        if let Some(left) = at().filter_map(|at| budgets.left(ledger, dues[at].rule)).min() {
            let amounts: Vec<Decimal> = at().map(|at| dues[at].due).collect();
            for (at, part) in at().zip(pro_rata(&amounts, left, ledger.digits)) {
                dues[at].cut_to(part);
            }
        }
        for at in at() {
            budgets.book(ledger, dues[at].rule, dues[at].paid);
        }
    }
}

/// Shares `left` in proportion to `amounts` (whole minor units); the cents left
/// over go to the largest fractions, ties in the order given.
fn pro_rata(amounts: &[Decimal], left: Decimal, digits: u32) -> Vec<Decimal> {
    let total = amounts.iter().fold(Decimal::ZERO, |sum, a| money::add(sum, *a));
    if total <= left {
        return amounts.to_vec();
    }
    let minor = |amount: Decimal| {
        money::mul(amount, Decimal::from(10_u32.pow(digits))).trunc().to_i128().unwrap_or_default()
    };
    let (left, total) = (minor(left), minor(total).max(1));
    // (whole minor units, remainder): exact in integers while both fit; beyond
    // 10^19 minor units the product saturates rather than failing.
    let mut parts: Vec<(i128, i128)> = amounts
        .iter()
        .map(|amount| minor(*amount).saturating_mul(left))
        .map(|product| (product / total, product % total))
        .collect();
    let spare = left - parts.iter().map(|(whole, _)| whole).sum::<i128>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|ix| std::cmp::Reverse(parts[*ix].1));
    for ix in order.into_iter().take(usize::try_from(spare).unwrap_or(0)) {
        parts[ix].0 += 1;
    }
    parts
        .into_iter()
        .map(|(whole, _)| Decimal::try_from_i128_with_scale(whole, digits).unwrap_or_default())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(amounts: &[&str], left: &str) -> Vec<String> {
        let d = |s: &str| s.parse::<Decimal>().expect("a decimal");
        let amounts: Vec<Decimal> = amounts.iter().map(|a| d(a)).collect();
        pro_rata(&amounts, d(left), 2).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn spare_cents_go_to_the_largest_fractions_then_by_order() {
        assert_eq!(shares(&["10.00", "10.00", "10.00"], "10.00"), ["3.34", "3.33", "3.33"]);
        assert_eq!(shares(&["1.00", "4.00", "1.00"], "1.00"), ["0.17", "0.67", "0.16"]);
        assert_eq!(shares(&["1.00", "2.00"], "3.00"), ["1.00", "2.00"]);
        assert_eq!(shares(&["1.00", "2.00"], "0.00"), ["0.00", "0.00"]);
    }
}
