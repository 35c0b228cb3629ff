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
        if let Some(cap) = ledger.rules.rules[share.entry.rule].terms.caps.per_partner {
            share.kept = share.pay.min(money::left(money::floor(cap, ledger.digits), total));
        }
        total = money::add(total, share.kept);
    }
}

fn due_by_version(ledger: &Ledger<'_>, shares: &[Share], dues: &mut Vec<Due>) {
    let start = dues.len();
    for share in shares {
        let version = ledger.rules.rules[share.entry.rule].version;
        let known = dues[start..].iter().position(|d| ledger.rules.rules[d.rule].version == version);
        let at = known.map_or_else(
            || {
                dues.push(Due::nothing(share));
                dues.len() - 1
            },
            |at| start + at,
        );
        dues[at].count(share);
        dues[at].rule = tighter(ledger, dues[at].rule, share.entry.rule);
        dues[at].due = money::add(dues[at].due, share.kept);
    }
    for due in &mut dues[start..] {
        due.round(ledger.digits);
    }
}

/// The rule with the lower budget, the later one where they are equal: a scenario may
/// change a budget between two lines of one period, and the lowest one holds.
fn tighter(ledger: &Ledger<'_>, earlier: RuleIx, later: RuleIx) -> RuleIx {
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
    let caps = rules.filter(|r| r.version == rule_of(rule).version).filter_map(|r| cap(&r.terms.caps));
    Some(money::floor(caps.min()?, ledger.digits))
}

impl Due {
    fn nothing(first: &Share) -> Self {
        let zero = Decimal::ZERO;
        Self {
            rule: first.entry.rule,
            units: zero,
            revenue: zero,
            measure: zero,
            base: zero,
            gross: zero,
            due: zero,
            paid: zero,
            reason: first.reason.clone(),
        }
    }

    fn count(&mut self, share: &Share) {
        self.units = money::add(self.units, share.piece.units);
        self.revenue = money::add(self.revenue, share.piece.revenue);
        self.measure = money::add(self.measure, share.piece.measure);
        self.base = money::add(self.base, share.base);
        self.gross = money::add(self.gross, share.pay);
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
        let budget = money::floor(rule.terms.caps.program_budget?, ledger.digits);
        Some(money::left(budget, self.used.get(&rule.version).copied().unwrap_or_default()))
    }

    /// Books what was paid.
    pub fn book(&mut self, ledger: &Ledger<'_>, rule: RuleIx, paid: Decimal) {
        let used = self.used.entry(ledger.rules.rules[rule].version).or_default();
        *used = money::add(*used, paid);
    }
}

/// Budgets of a program paid by period: `dues` are (period, partner, position) of
/// everything that is due. Periods follow each other; the one in which a budget
/// runs out is shared pro rata, later ones get nothing.
pub fn apply_budgets(ledger: &Ledger<'_>, dues: &mut [Due], places: &mut [(Span, PartnerIx, usize)]) {
    let version = |dues: &[Due], at: usize| ledger.rules.rules[dues[at].rule].version;
    places.sort_by_key(|(period, partner, at)| (*period, version(dues, *at), *partner));
    let mut budgets = Budgets::default();
    let mut from = 0;
    while from < places.len() {
        let key = |place: &(Span, PartnerIx, usize)| (place.0, version(dues, place.2));
        let to = from + places[from..].iter().take_while(|p| key(p) == key(&places[from])).count();
        let at: Vec<usize> = places[from..to].iter().map(|p| p.2).collect();
        // A scenario may give some partners another budget: the lowest one holds.
        if let Some(left) = at.iter().filter_map(|a| budgets.left(ledger, dues[*a].rule)).min() {
            let amounts: Vec<Decimal> = at.iter().map(|a| dues[*a].due).collect();
            for (at, part) in at.iter().zip(pro_rata(&amounts, left, ledger.digits)) {
                dues[*at].cut_to(part);
            }
        }
        for at in at {
            budgets.book(ledger, dues[at].rule, dues[at].paid);
        }
        from = to;
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
