//! Returns in a trace: for each the group calculated again without everything that
//! came back so far, or why nothing is taken back. Amounts are those of
//! [`super::returns`]; the steps are told from the same shares.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::calendar::PeriodKind;
use crate::sales::{LineKind, PayoutRole};

use super::accumulate::Group;
use super::adjust::{self, Quantity};
use super::caps;
use super::cite::{self, cite};
use super::ledger::LineIx;
use super::money;
use super::returns::ClawbackStep;
use super::rules::RuleIx;
use super::settle::Work;
use super::trace::{ClawbackTrace, Step, Telling};
use super::trace_reasons::plain;
use super::{trace_limits, trace_steps};

/// Returns of the partner, and of its children where it was paid an override, whose
/// clawbacks fall into the period; in order.
pub(super) fn clawbacks(telling: &Telling<'_>, work: &Work) -> Vec<ClawbackTrace> {
    let (ledger, of) = (telling.ledger, telling.of);
    let originals: HashMap<LineIx, LineIx> = ledger.originals().into_iter().collect();
    let places: HashMap<LineIx, (usize, RuleIx)> = places(work);
    let taken: HashMap<LineIx, ClawbackStep> = steps_of(work, of.partner, true);
    let of_children: HashMap<LineIx, ClawbackStep> = steps_of(work, of.partner, false);
    let own = ledger.lines_of(of.partner).filter(|ix| ledger.facts[*ix].kind == LineKind::Return);
    let children = of_children.keys().copied().filter(|ix| ledger.lines[*ix].partner != of.partner);
    let mut returns: Vec<LineIx> = own.chain(children).collect();
    returns.sort_unstable_by_key(|ix| ledger.facts[*ix].place);
    let mut so_far: HashMap<LineIx, Quantity> = HashMap::new();
    let mut before: HashMap<usize, Decimal> = HashMap::new();
    let mut all = Vec::new();
    for ix in returns {
        let line = ledger.lines[ix];
        let sale = originals.get(&ix).copied();
        let place = sale.and_then(|sale| places.get(&sale).copied()).filter(|_| line.partner == of.partner);
        let back = Back { telling, returned: ix, sale };
        match (place, sale) {
            (Some((group, rule)), Some(sale)) => {
                let known = so_far.entry(sale).or_insert(Quantity::NONE);
                *known = known.plus(ledger.facts[ix].sold.abs());
                let amount = taken.get(&ix).map_or(Decimal::ZERO, |s| s.amount);
                let clawed = before.entry(group).or_default();
                if back.told(Some(rule)) {
                    all.push(back.own(work, group, rule, &so_far, *clawed, amount));
                }
                *clawed = money::add(*clawed, amount);
            }
            _ if line.partner == of.partner && back.told(None) => all.push(back.nothing()),
            _ => {}
        }
        if let Some(step) = of_children.get(&ix) {
            let rule = places.get(&step.original).map(|p| p.1);
            if back.told(rule) {
                all.extend(rule.map(|rule| back.of_parent(rule, step)));
            }
        }
    }
    all
}

/// The groups and rules of the sales that counted and of which something came back.
fn places(work: &Work) -> HashMap<LineIx, (usize, RuleIx)> {
    let returned = work.own.groups.returned.iter();
    returned.map(|(entry, group)| (entry.line, (*group, entry.rule))).collect()
}

/// Clawback steps booked for a partner, by return: of own pay or of overrides.
fn steps_of(work: &Work, partner: usize, own: bool) -> HashMap<LineIx, ClawbackStep> {
    let of_partner = work.clawbacks.iter().filter(|(key, _)| key.partner == partner);
    let steps = of_partner.flat_map(|(_, clawback)| &clawback.steps).filter(|s| s.paid.is_some() == own);
    steps.map(|step| (step.returned, *step)).collect()
}

/// One return.
struct Back<'t> {
    telling: &'t Telling<'t>,
    returned: LineIx,
    sale: Option<LineIx>,
}

impl Back<'_> {
    /// Whether the period of its clawback is told.
    fn told(&self, rule: Option<usize>) -> bool {
        let ledger = self.telling.ledger;
        let kind = rule.map_or(PeriodKind::Transaction, |rule| ledger.rules.rules[rule].terms.period);
        self.telling.tells(ledger.calendar().period_of(kind, ledger.lines[self.returned].sold_on))
    }

    fn own(
        &self,
        work: &Work,
        group: usize,
        rule: usize,
        returned: &HashMap<LineIx, Quantity>,
        before: Decimal,
        amount: Decimal,
    ) -> ClawbackTrace {
        let still_due = self.still_due(work, group, returned);
        let due = still_due.last().map_or(Decimal::ZERO, |s| s.running);
        let paid = work.own.paid(group);
        let none = if amount.is_zero() { ": nothing is taken back" } else { "" };
        let detail = format!(
            "paid {} − taken back before {} − still due {}{none}",
            plain(paid),
            plain(before),
            plain(due)
        );
        let version = self.telling.ledger.rules.rules[rule].version;
        ClawbackTrace {
            still_due,
            detail,
            amount: -amount,
            clause: cite(self.telling.version(version), cite::RETURNS),
            ..self.nothing()
        }
    }

    /// The group of the sale, calculated again without budget.
    fn still_due(&self, work: &Work, ix: usize, returned: &HashMap<LineIx, Quantity>) -> Vec<Step> {
        let ledger = self.telling.ledger;
        let own = &work.own;
        let group: &Group = &own.groups.groups[ix];
        let entries = own.groups.of(group);
        let left = entries.iter().map(|entry| {
            let sold = ledger.facts[entry.line].sold;
            returned.get(&entry.line).map_or(sold, |back| sold.minus(*back))
        });
        let (mut shares, mut dues) = (Vec::new(), Vec::new());
        adjust::share_out(ledger, group, entries, left, &mut shares);
        caps::due(ledger, group, &mut shares, own.month_used[ix], &mut dues);
        let mut steps = trace_steps::pay(self.telling, &shares);
        if group.kind == PeriodKind::Transaction {
            // The month's cap leaves what it left when the sale was paid.
            trace_limits::transaction(&mut steps, &shares, &dues, own.month_used[ix]);
        } else {
            trace_limits::period(&mut steps, group, &shares, &dues);
        }
        steps.steps
    }

    fn of_parent(&self, rule: usize, step: &ClawbackStep) -> ClawbackTrace {
        let rule = &self.telling.ledger.rules.rules[rule];
        let back = self.telling.ledger.lines[self.returned];
        let percent = rule.terms.override_percent.unwrap_or_default();
        let exact = super::overrides::of(percent, back.net_revenue.abs());
        let detail = format!(
            "{}% of {} returned = {}, rounded",
            plain(percent),
            plain(back.net_revenue.abs()),
            plain(exact)
        );
        ClawbackTrace {
            of: PayoutRole::Override,
            detail,
            amount: -step.amount,
            clause: cite(self.telling.version(rule.version), cite::RETURNS),
            ..self.nothing()
        }
    }

    /// A return for which nothing was paid.
    fn nothing(&self) -> ClawbackTrace {
        let lines = &self.telling.ledger.lines;
        let back = lines[self.returned];
        let detail = match self.sale {
            Some(_) => "the sale did not count here: nothing was paid for it, nothing is taken back",
            None => "the data do not hold the sale: nothing is taken back",
        };
        ClawbackTrace {
            of: PayoutRole::Own,
            transaction_id: back.transaction_id.clone(),
            returned_on: back.sold_on,
            original_transaction_id: self.sale.map(|sale| lines[sale].transaction_id.clone()),
            line_no: back.line_no,
            units: back.units.abs(),
            net_revenue: back.net_revenue.abs(),
            still_due: Vec::new(),
            detail: detail.to_owned(),
            amount: Decimal::ZERO,
            clause: None,
        }
    }
}
