//! Open periods: those that hold as-of and end after it, at the rate reached and
//! at the expected rate.
//!
//! **Expected rate**: the group is calculated as it is expected to be at the
//! period's end, by PAYOUTS.md, steps 4 to 8, on the sales so far followed by the
//! sales still expected; the accrual is the part of the sales so far, rounded by
//! version. So under a retroactive rate they earn the rate of the tier expected at
//! the end; under a marginal one each part keeps its tier; pay held back by a
//! minimum is accrued once the minimum is expected to be met; growth uses the
//! growth expected; caps serve the sales so far first; a budget expected to run out
//! is shared as expected. This is the estimate of variable consideration that
//! finance accrues for volume rebates (ASC 606-10-32-5 to 32-9 and 55-216 to
//! 55-220), with the expected end of the period as the most likely amount.
//!
//! Periods of a transaction are never open. A partner that sold nothing yet in the
//! period accrues nothing and is not expected to draw on its budget.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::calendar::{PeriodKind, Span};
use crate::programs::accumulate::{Entry, Group};
use crate::programs::adjust::{self, Quantity, Share};
use crate::programs::caps::{self, Due};
use crate::programs::ledger::{Ledger, LineIx};
use crate::programs::money;
use crate::programs::rules::{ProgramIx, Schedule};
use crate::programs::settle::Work;
use crate::programs::tiers;

use super::lines::{self, sum};
use super::outlook::{Coming, Outlook, Prospects};
use super::{Ground, RoleAmounts};

/// A program's period that is not finished. Its amounts are those of sales of the
/// period; clawbacks of earlier periods are in the months.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OpenPeriod {
    /// The whole fiscal period.
    pub period: Span,
    /// Pay on the measure so far: what is due.
    pub at_rate_reached: RoleAmounts,
    /// What the sales so far will have earned when the period ends as expected.
    /// Overrides have one rate and are the same.
    pub at_expected_rate: RoleAmounts,
    /// By partner: where the own pay comes from.
    pub partners: Vec<OpenPartner>,
}

/// One partner's own pay in an open period.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OpenPartner {
    /// Partner.
    pub partner_id: String,
    /// Measure so far, gross of returns.
    #[schemars(with = "String")]
    pub measure: Decimal,
    /// Measure expected at the end of the period.
    #[schemars(with = "String")]
    pub expected_measure: Decimal,
    /// Threshold of the tier reached; none without tiers or below the first.
    #[schemars(with = "Option<String>")]
    pub tier_reached: Option<Decimal>,
    /// Threshold of the tier expected at the end.
    #[schemars(with = "Option<String>")]
    pub tier_expected: Option<Decimal>,
    /// Measure expected in percent of the target, where there is one.
    #[schemars(with = "Option<String>")]
    pub attainment_expected: Option<Decimal>,
    /// Own pay at the rate reached.
    #[schemars(with = "String")]
    pub reached: Decimal,
    /// Own pay at the expected rate.
    #[schemars(with = "String")]
    pub expected: Decimal,
}

/// One group as it is expected to end.
struct Ending<'g> {
    group: &'g Group,
    /// Position in the own pay.
    at: usize,
    entries: Vec<Entry>,
    coming: Vec<Coming>,
    shares: Vec<Share>,
    /// At the end of the period, budgets included.
    dues: Vec<Due>,
}

/// The open periods of a program. `work`: at as-of.
pub(super) fn periods(
    ground: &Ground<'_>,
    program: ProgramIx,
    work: &Work,
    outlook: Outlook<'_>,
) -> Vec<OpenPeriod> {
    let is_open = |period: Span, kind| {
        kind != PeriodKind::Transaction && period.contains(ground.as_of) && period.end > ground.as_of
    };
    let prospects = Prospects::new(ground, program, outlook);
    let own = work.own.groups.groups.iter().enumerate().filter(|(_, g)| is_open(g.period, g.kind));
    let mut endings: Vec<Ending<'_>> =
        own.map(|(at, group)| ending(ground, program, work, &prospects, at, group)).collect();
    share_budgets(ground.ledger, work, &mut endings);
    let backs = Backs { returned: returned(ground), clawed: clawed(work) };
    let mut open: BTreeMap<Span, OpenPeriod> = BTreeMap::new();
    for ending in &endings {
        let (reached, expected) = own_amounts(ground.ledger, work, ending, &backs);
        let period = entry(&mut open, ending.group.period);
        period.at_rate_reached = period.at_rate_reached.plus(reached);
        period.at_expected_rate = period.at_expected_rate.plus(expected);
        period.partners.push(partner(ground.ledger, ending, reached.own, expected.own));
    }
    for (group, dues) in work.overrides.groups.groups.iter().zip(&work.overrides.dues) {
        if is_open(group.period, group.kind) {
            let back = override_clawbacks(ground.ledger, work, group);
            let paid = RoleAmounts::new(Decimal::ZERO, sum(dues.iter().map(|d| d.paid)), -back);
            let period = entry(&mut open, group.period);
            period.at_rate_reached = period.at_rate_reached.plus(paid);
            period.at_expected_rate = period.at_expected_rate.plus(paid);
        }
    }
    let mut open: Vec<OpenPeriod> = open.into_values().collect();
    open.iter_mut().for_each(|o| o.partners.sort_by(|a, b| a.partner_id.cmp(&b.partner_id)));
    open
}

fn entry(open: &mut BTreeMap<Span, OpenPeriod>, period: Span) -> &mut OpenPeriod {
    open.entry(period).or_insert_with(|| OpenPeriod {
        period,
        at_rate_reached: RoleAmounts::default(),
        at_expected_rate: RoleAmounts::default(),
        partners: Vec::new(),
    })
}

/// The group with what is still expected behind it. Expected sales have line
/// numbers beyond those of the ledger.
fn ending<'g>(
    ground: &Ground<'_>,
    program: ProgramIx,
    work: &'g Work,
    prospects: &Prospects<'_>,
    at: usize,
    group: &'g Group,
) -> Ending<'g> {
    let ledger = ground.ledger;
    let mut entries = work.own.groups.of(group).to_vec();
    let coming = prospects.of(ground, program, group, group.sold);
    let beyond = ledger.lines.len();
    entries.extend(coming.iter().enumerate().map(|(n, c)| Entry { line: beyond + n, rule: c.rule }));
    let mut ending = Ending { group, at, entries, coming, shares: Vec::new(), dues: Vec::new() };
    let (shares, dues) = ending.calculate(ledger, &HashMap::new());
    (ending.shares, ending.dues) = (shares, dues);
    ending
}

impl Ending<'_> {
    /// Steps 5 to 8 without budget on all entries, less what came back.
    fn calculate(&self, ledger: &Ledger<'_>, returned: &HashMap<LineIx, Quantity>) -> (Vec<Share>, Vec<Due>) {
        let quantity = |entry: &Entry| match entry.line.checked_sub(ledger.lines.len()) {
            Some(coming) => self.coming[coming].quantity,
            None => {
                let sold = ledger.facts[entry.line].sold;
                returned.get(&entry.line).map_or(sold, |back| sold.minus(*back))
            }
        };
        let (mut shares, mut dues) = (Vec::new(), Vec::new());
        adjust::share_out(ledger, self.group, &self.entries, self.entries.iter().map(quantity), &mut shares);
        caps::due(ledger, self.group, &mut shares, Decimal::ZERO, &mut dues);
        (shares, dues)
    }
}

/// The part of the sales so far.
fn of_sales_so_far(ledger: &Ledger<'_>, shares: &[Share], dues: &[Due]) -> Decimal {
    lines::paid_for(ledger, shares, dues, |entry| entry.line < ledger.lines.len())
}

/// Shares budgets among the groups as they are expected to end, after everything
/// that closed periods used.
fn share_budgets(ledger: &Ledger<'_>, work: &Work, endings: &mut [Ending<'_>]) {
    let own = &work.own;
    let mut dues: Vec<Due> = Vec::new();
    let mut places = Vec::new();
    for (ix, group) in own.groups.groups.iter().enumerate() {
        let open = endings.iter().position(|e| e.at == ix);
        if open.is_none() && group.kind != PeriodKind::Transaction {
            for due in &own.dues[own.of_group[ix].clone()] {
                places.push((group.period, group.partner, dues.len()));
                dues.push(due.clone());
            }
        }
    }
    let closed = dues.len();
    for ending in endings.iter() {
        for due in &ending.dues {
            places.push((ending.group.period, ending.group.partner, dues.len()));
            dues.push(due.clone());
        }
    }
    caps::share_budgets(ledger, &mut dues, places.into_iter());
    let mut shared = dues.drain(closed..);
    for ending in endings.iter_mut() {
        ending.dues.iter_mut().zip(&mut shared).for_each(|(due, paid)| *due = paid);
    }
}

/// Own pay and its clawbacks, at the rate reached and at the expected one. What came
/// back of the open period is taken off at the expected rate too (step 10).
fn own_amounts(
    ledger: &Ledger<'_>,
    work: &Work,
    ending: &Ending<'_>,
    backs: &Backs,
) -> (RoleAmounts, RoleAmounts) {
    let zero = Decimal::ZERO;
    let sold = || work.own.groups.of(ending.group).iter().map(|e| e.line);
    let back = sum(sold().filter_map(|line| backs.clawed.get(&line).copied()));
    let reached = RoleAmounts::new(work.own.paid(ending.at), zero, -back);
    let expected = of_sales_so_far(ledger, &ending.shares, &ending.dues);
    let back = if sold().any(|line| backs.returned.contains_key(&line)) {
        let (shares, dues) = ending.calculate(ledger, &backs.returned);
        money::left(expected, of_sales_so_far(ledger, &shares, &dues))
    } else {
        zero
    };
    (reached, RoleAmounts::new(expected, zero, -back))
}

/// What came back by as-of, and what own pay was clawed back for it, by line sold.
struct Backs {
    returned: HashMap<LineIx, Quantity>,
    clawed: HashMap<LineIx, Decimal>,
}

fn clawed(work: &Work) -> HashMap<LineIx, Decimal> {
    let mut clawed: HashMap<LineIx, Decimal> = HashMap::new();
    let steps = work.clawbacks.iter().flat_map(|(_, c)| &c.steps);
    for step in steps.filter(|s| s.paid.is_some()) {
        let sum = clawed.entry(step.original).or_default();
        *sum = money::add(*sum, step.amount);
    }
    clawed
}

/// Everything that came back by as-of, by line sold.
fn returned(ground: &Ground<'_>) -> HashMap<LineIx, Quantity> {
    let mut returned: HashMap<LineIx, Quantity> = HashMap::new();
    for (back, original) in &ground.originals {
        let so_far = returned.entry(*original).or_insert(Quantity::NONE);
        *so_far = so_far.plus(ground.ledger.facts[*back].sold.abs());
    }
    returned
}

/// What a parent's override of an open period was clawed back.
fn override_clawbacks(ledger: &Ledger<'_>, work: &Work, group: &Group) -> Decimal {
    let sold_in = |line: LineIx| group.period.contains(ledger.lines[line].sold_on);
    let of_parent = work.clawbacks.iter().filter(|(key, _)| key.partner == group.partner);
    let steps = of_parent.flat_map(|(_, c)| &c.steps).filter(|s| s.paid.is_none() && sold_in(s.original));
    sum(steps.map(|s| s.amount))
}

fn partner(ledger: &Ledger<'_>, ending: &Ending<'_>, reached: Decimal, expected: Decimal) -> OpenPartner {
    let sold = ending.shares.iter().filter(|s| s.entry.line < ledger.lines.len());
    let measure = sum(sold.map(|s| s.piece.measure));
    let expected_measure = money::working(sum(ending.shares.iter().map(|s| s.piece.measure)));
    let last = ending.shares.last().map(|s| &ledger.rules.rules[s.entry.rule]);
    let tier = |measure: Decimal| match &last?.schedule {
        Schedule::Flat(_) => None,
        Schedule::Marginal(all) | Schedule::Retroactive(all) => {
            tiers::tier_at(all, measure).map(|tier| all[tier].0)
        }
    };
    let target = last.and_then(|rule| ledger.target(rule, ending.group.partner, ending.group.period));
    let attained =
        |target: Decimal| money::round(money::share(expected_measure, Decimal::ONE_HUNDRED, target), 2);
    OpenPartner {
        partner_id: ledger.company.catalog.partners[ending.group.partner].id.clone(),
        measure: money::working(measure),
        expected_measure,
        tier_reached: tier(measure),
        tier_expected: tier(expected_measure),
        attainment_expected: target.filter(|t| !t.is_zero()).map(attained),
        reached,
        expected,
    }
}
