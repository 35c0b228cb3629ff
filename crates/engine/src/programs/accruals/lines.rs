//! What was paid, summed up and brought down to single lines. Spreads amounts that
//! the calculation made; makes none.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::programs::accumulate::Entry;
use crate::programs::adjust::Share;
use crate::programs::caps::Due;
use crate::programs::ledger::Ledger;
use crate::programs::money;
use crate::programs::settle::Work;

use super::RoleAmounts;

/// Everything that is due, by role.
pub(super) fn due(work: &Work) -> RoleAmounts {
    let own = sum(work.own.dues.iter().map(|d| d.paid));
    let overrides = sum(work.overrides.dues.iter().flatten().map(|d| d.paid));
    let clawbacks = sum(work.clawbacks.iter().map(|(_, c)| c.amount));
    RoleAmounts::new(own, overrides, -clawbacks)
}

/// What each line of a group was paid: its pay after the caps of lines, not rounded.
/// What the caps of a transaction and the budget cut is shared in proportion, so
/// that the lines of a version add up to its payout line, but for its rounding.
pub(super) fn paid(ledger: &Ledger<'_>, shares: &[Share], dues: &[Due]) -> Vec<(Entry, Decimal)> {
    let version = |rule: usize| ledger.rules.rules[rule].version;
    let of = |due: &Due, share: &Share| version(due.rule) == version(share.entry.rule);
    let mut all = Vec::with_capacity(shares.len());
    for due in dues {
        let kept = sum(shares.iter().filter(|s| of(due, s)).map(|s| s.kept));
        let cut = money::round(kept, ledger.digits) != due.paid;
        for share in shares.iter().filter(|s| of(due, s)) {
            let paid = if cut { money::share(share.kept, due.paid, kept) } else { share.kept };
            all.push((share.entry, paid));
        }
    }
    all
}

/// What some lines of a group were paid, rounded by version like a payout line.
pub(super) fn paid_for(
    ledger: &Ledger<'_>,
    shares: &[Share],
    dues: &[Due],
    counts: impl Fn(&Entry) -> bool,
) -> Decimal {
    let mut by_version: BTreeMap<u32, Decimal> = BTreeMap::new();
    for (entry, paid) in paid(ledger, shares, dues).into_iter().filter(|(entry, _)| counts(entry)) {
        let of_version = by_version.entry(ledger.rules.rules[entry.rule].version).or_default();
        *of_version = money::add(*of_version, paid);
    }
    sum(by_version.into_values().map(|paid| money::round(paid, ledger.digits)))
}

pub(super) fn sum(amounts: impl Iterator<Item = Decimal>) -> Decimal {
    amounts.fold(Decimal::ZERO, money::add)
}
