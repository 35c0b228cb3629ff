//! What the rest of an open period is expected to bring, as lines that were not
//! sold yet. Says how much and under which terms; [`super::open`] pays for it.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use crate::calendar::{Month, Span};
use crate::catalog::{PartnerIx, ProductIx};
use crate::programs::accumulate::Group;
use crate::programs::adjust::Quantity;
use crate::programs::ledger::Ledger;
use crate::programs::money;
use crate::programs::rules::{ProgramIx, RuleIx};
use crate::sales::LineKind;

use super::Ground;

/// Sales expected after as-of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedSales {
    /// Who.
    pub partner: PartnerIx,
    /// What.
    pub product: ProductIx,
    /// When; of the month that holds as-of only what comes after that day.
    pub month: Month,
    /// Units.
    pub units: Decimal,
    /// Net revenue.
    pub revenue: Decimal,
}

/// Where expected sales come from.
#[derive(Debug, Clone, Copy, Default)]
pub enum Outlook<'o> {
    /// Every partner goes on as in the period so far: what counted so far × days
    /// still to come ÷ days so far, where only days on which the program has terms
    /// for the partner are counted.
    #[default]
    RunRate,
    /// Numbers of the caller, such as the baseline forecast. Of covered products in
    /// eligible hands the share is expected to count that did in the year up to
    /// as-of (measure that counted ÷ measure covered, over all partners of the
    /// program; 1 where nothing was sold): registrations, new customers, bundles,
    /// deadlines and stacking leave some out.
    Supplied(&'o [ExpectedSales]),
}

impl Outlook<'_> {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::RunRate => "run_rate",
            Self::Supplied(_) => "supplied",
        }
    }
}

/// Days of the past that say which share of covered sales counts.
const SHARE_WINDOW_DAYS: u64 = 365;

/// Something that is expected to be sold, and the terms of its day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coming {
    pub rule: RuleIx,
    pub quantity: Quantity,
}

/// The outlook made ready for one program.
pub(super) struct Prospects<'o> {
    supplied: Option<(HashMap<PartnerIx, Vec<&'o ExpectedSales>>, Decimal)>,
}

impl<'o> Prospects<'o> {
    /// Looks up what is needed once a program.
    pub fn new(ground: &Ground<'_>, program: ProgramIx, outlook: Outlook<'o>) -> Self {
        let Outlook::Supplied(sales) = outlook else { return Self { supplied: None } };
        let mut by_partner: HashMap<PartnerIx, Vec<&ExpectedSales>> = HashMap::new();
        for sale in sales {
            by_partner.entry(sale.partner).or_default().push(sale);
        }
        Self { supplied: Some((by_partner, counting_share(ground, program))) }
    }

    /// What the rest of a group's period is expected to add, in order of days.
    pub fn of(
        &self,
        ground: &Ground<'_>,
        program: ProgramIx,
        group: &Group,
        so_far: Quantity,
    ) -> Vec<Coming> {
        let Some(from) = ground.as_of.succ_opt() else { return Vec::new() };
        let rest = Span::new(from, group.period.end);
        match &self.supplied {
            None => run_rate(ground, program, group, rest, so_far),
            Some((by_partner, share)) => {
                let own = by_partner.get(&group.partner).map(Vec::as_slice).unwrap_or_default();
                supplied(ground.ledger, program, rest, own, *share)
            }
        }
    }
}

/// One piece a month still to come, under the terms of the last of its days that
/// has any.
fn run_rate(
    ground: &Ground<'_>,
    program: ProgramIx,
    group: &Group,
    rest: Span,
    so_far: Quantity,
) -> Vec<Coming> {
    let rule_on = |day| ground.ledger.rules.rule_ix(program, group.partner, day).ok();
    let elapsed = days(Span::new(group.period.start, ground.as_of)).filter(|d| rule_on(*d).is_some()).count();
    let elapsed = Decimal::from(elapsed);
    let months = (Month::of(rest.start).0..=Month::of(rest.end).0).map(Month);
    months
        .filter_map(|month| {
            let held: Vec<RuleIx> = days(month.span().intersection(&rest)?).filter_map(rule_on).collect();
            let of = |quantity| money::share(quantity, Decimal::from(held.len()), elapsed);
            let quantity = Quantity { units: of(so_far.units), revenue: of(so_far.revenue) };
            Some(Coming { rule: *held.last()?, quantity })
        })
        .collect()
}

fn days(span: Span) -> impl Iterator<Item = NaiveDate> {
    span.start.iter_days().take_while(move |day| *day <= span.end)
}

fn supplied(
    ledger: &Ledger<'_>,
    program: ProgramIx,
    rest: Span,
    sales: &[&ExpectedSales],
    share: Decimal,
) -> Vec<Coming> {
    let mut coming: Vec<(Month, Coming)> = sales
        .iter()
        .filter_map(|sale| {
            let day = sale.month.span().intersection(&rest)?.end;
            let rule = covering(ledger, program, sale.partner, sale.product, day)?;
            let of = |quantity| money::mul(quantity, share);
            let quantity = Quantity { units: of(sale.units), revenue: of(sale.revenue) };
            Some((sale.month, Coming { rule, quantity }))
        })
        .collect();
    coming.sort_by_key(|(month, _)| *month);
    coming.into_iter().map(|(_, coming)| coming).collect()
}

/// The rule that covers a product in a partner's hands on a day: the tests of step
/// 2 that need no line.
fn covering(
    ledger: &Ledger<'_>,
    program: ProgramIx,
    partner: PartnerIx,
    product: ProductIx,
    day: NaiveDate,
) -> Option<RuleIx> {
    let ix = ledger.rules.rule_ix(program, partner, day).ok()?;
    let rule = &ledger.rules.rules[ix];
    let partner = &ledger.company.catalog.partners[partner];
    let tier = ledger.rules.tier(partner.tier_on(day));
    (rule.covers(product) && rule.admits_tier(tier) && rule.partner_fails(partner).is_none()).then_some(ix)
}

/// Measure that counted ÷ measure covered, in the year up to as-of.
fn counting_share(ground: &Ground<'_>, program: ProgramIx) -> Decimal {
    let ledger = ground.ledger;
    let from = ground.as_of.checked_sub_days(Days::new(SHARE_WINDOW_DAYS)).unwrap_or(NaiveDate::MIN);
    let mut covered = Decimal::ZERO;
    for line in ledger.lines.iter().filter(|l| l.kind == LineKind::Sale && l.sold_on > from) {
        if let Some(rule) = covering(ledger, program, line.partner, line.product, line.sold_on) {
            covered = money::add(covered, Quantity::sold(line).measure(&ledger.rules.rules[rule]));
        }
    }
    let counted = ground.counted[program].iter().filter(|entry| ledger.facts[entry.line].sold_on > from);
    let counted = counted.fold(Decimal::ZERO, |sum, e| {
        money::add(sum, ledger.facts[e.line].sold.measure(&ledger.rules.rules[e.rule]))
    });
    if covered.is_zero() { Decimal::ONE } else { money::div(counted, covered) }
}
