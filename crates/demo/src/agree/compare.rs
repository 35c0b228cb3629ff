//! Holds payout lines and the reasons of uncounted lines against each other.

use std::collections::{BTreeMap, BTreeSet};

use spiffcast_engine::programs::ledger::Ledger;
use spiffcast_engine::programs::{SettleOptions, stacking};
use spiffcast_engine::sales::LineKind;

use super::engine::Both;
use crate::books::Books;
use crate::naive::{self, PayoutLine, Reason, Role};

/// What differs, in words; `None`: they agree.
pub fn difference(books: &Books) -> Option<String> {
    let naive = naive::settle(books);
    let both = Both::new(books);
    let ours = told(naive.lines.iter().map(|l| (key(l), of_naive(books, l))));
    let theirs = told(both.settle().iter().map(of_engine));
    let lines = differ(&ours, &theirs);
    lines.or_else(|| differ(&reasons_of_naive(&naive), &reasons_of_engine(&both)))
}

/// Lines by what identifies them.
type Told = BTreeMap<String, String>;

fn told(lines: impl Iterator<Item = (String, String)>) -> Told {
    let mut told = Told::new();
    for (key, line) in lines {
        if let Some(other) = told.insert(key.clone(), line) {
            told.insert(format!("{key} (twice)"), other);
        }
    }
    told
}

fn differ(ours: &Told, theirs: &Told) -> Option<String> {
    let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let shown = |line: Option<&String>| line.map_or("nothing".to_owned(), Clone::clone);
    let mut text = String::new();
    for key in keys.into_iter().filter(|k| ours.get(*k) != theirs.get(*k)) {
        let (naive, engine) = (shown(ours.get(key)), shown(theirs.get(key)));
        text.push_str(&format!("  {key}\n    naive:  {naive}\n    engine: {engine}\n"));
    }
    (!text.is_empty()).then_some(text)
}

fn key(l: &PayoutLine) -> String {
    let transaction = l.transaction_id.as_deref().unwrap_or("-");
    let role = l.role.as_str();
    format!("{} v{} {} {role} {} {transaction}", l.program, l.version, l.partner, l.period_start)
}

/// Base and uplift are not rounded by the naive calculator; the engine rounds each of
/// them so that a line adds up.
fn of_naive(books: &Books, l: &PayoutLine) -> String {
    let version = books.versions.iter().find(|v| v.program == l.program && v.version == l.version);
    let currency = version.map_or("", |v| v.terms.currency.as_str());
    let round = |amount| if l.role == Role::Clawback { amount } else { naive::round(amount, currency) };
    let (base, earned) = (round(l.base), round(l.base + l.uplift));
    format!(
        "to {} units {} revenue {} measure {} base {} uplift {} cap_cut {} budget_cut {} amount {} {currency} {}",
        l.period_end,
        l.qualifying_units.normalize(),
        l.qualifying_revenue.normalize(),
        l.measure.normalize(),
        base.normalize(),
        (earned - base).normalize(),
        l.cap_cut.normalize(),
        l.budget_cut.normalize(),
        l.amount.normalize(),
        l.reason,
    )
}

fn of_engine(l: &spiffcast_engine::programs::PayoutLine) -> (String, String) {
    let transaction = l.transaction_id.as_deref().unwrap_or("-");
    let (id, version, partner) = (&l.program_id, l.program_version, &l.partner_id);
    let key = format!("{id} v{version} {partner} {} {} {transaction}", l.role.as_str(), l.period_start);
    let line = format!(
        "to {} units {} revenue {} measure {} base {} uplift {} cap_cut {} budget_cut {} amount {} {} {}",
        l.period_end,
        l.qualifying_units.normalize(),
        l.qualifying_revenue.normalize(),
        l.measure.normalize(),
        l.base.normalize(),
        l.uplift.normalize(),
        l.cap_cut.normalize(),
        l.budget_cut.normalize(),
        l.amount.normalize(),
        l.currency,
        l.reason.as_ref().map(ToString::to_string).unwrap_or_default(),
    );
    (key, line)
}

/// By program and line, what became of every sale; days without a version left out.
fn reasons_of_naive(naive: &naive::Settlement) -> Told {
    let show = |c: &naive::Considered| {
        let reason = c.reason.as_ref().map_or("counts".to_owned(), Reason::name);
        (format!("{} {}/{}", c.program, c.transaction_id, c.line_no), reason)
    };
    told(naive.considered.iter().map(show))
}

fn reasons_of_engine(both: &Both) -> Told {
    let options = SettleOptions::default();
    let ledger = Ledger::new(&both.company, &both.rules, &options);
    let mut all = Vec::new();
    for (ix, line) in ledger.lines.iter().enumerate().filter(|(_, l)| l.kind == LineKind::Sale) {
        for (at, program) in both.rules.programs.iter().enumerate() {
            let reason = stacking::why_not(&ledger, at, ix);
            let reason = reason.map_or("counts".to_owned(), |r| r.to_string());
            if reason != "outside_effective_dates" {
                all.push((format!("{} {}/{}", program.id, line.transaction_id, line.line_no), reason));
            }
        }
    }
    told(all.into_iter())
}
