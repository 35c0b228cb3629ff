//! The steps of one group's pay in words and figures, from the shares that the
//! calculation made: base, true-up, accelerator, minimum, growth. Every step's
//! amount is the difference it made, so that the running sum can be followed on a
//! pocket calculator. [`super::trace_limits`] tells the rest.

use rust_decimal::Decimal;

use crate::calendar::{FiscalCalendar, PeriodKind};
use crate::sales::PayoutRole;

use super::accumulate::Group;
use super::adjust::{self, Share};
use super::caps;
use super::cite::{self, Topic, cite};
use super::ledger::Ledger;
use super::money;
use super::overrides::{self, Overrides};
use super::payout::Reason;
use super::rules::{Factor, Rule, RuleIx, Schedule};
use super::settle::OwnPay;
use super::terms::Measure;
use super::tiers::{self, Piece};
use super::trace::{GroupTrace, Step, Telling};
use super::trace_limits;
use super::trace_reasons::plain;

/// The shares of a group after all steps but rounding and budget.
pub(super) fn shares(ledger: &Ledger<'_>, own: &OwnPay, ix: usize, group: &Group) -> Vec<Share> {
    let entries = own.groups.of(group);
    let sold = entries.iter().map(|entry| ledger.facts[entry.line].sold);
    let (mut shares, mut dues) = (Vec::new(), Vec::new());
    adjust::share_out(ledger, group, entries, sold, &mut shares);
    caps::due(ledger, group, &mut shares, own.month_used[ix], &mut dues);
    shares
}

/// The steps of own pay.
pub(super) fn own(telling: &Telling<'_>, own: &OwnPay, ix: usize, group: &Group) -> GroupTrace {
    let shares = shares(telling.ledger, own, ix, group);
    let mut steps = pay(telling, &shares);
    let dues = &own.dues[own.of_group[ix].clone()];
    if group.kind == PeriodKind::Transaction {
        trace_limits::transaction(&mut steps, &shares, dues, own.month_used[ix]);
    } else {
        trace_limits::period(&mut steps, group, &shares, dues);
    }
    trace_limits::budgets(&mut steps, own, ix);
    steps.into_group(PayoutRole::Own, group, &shares, own.paid(ix))
}

/// Steps 5 and 6 of any shares.
pub(super) fn pay<'t>(telling: &'t Telling<'t>, shares: &[Share]) -> Steps<'t> {
    let mut steps = Steps { telling, steps: Vec::new(), running: Decimal::ZERO };
    base(&mut steps, shares);
    accelerator(&mut steps, shares);
    minimum(&mut steps, shares);
    growth(&mut steps, shares);
    steps
}

/// The steps of an override: one a version and child.
pub(super) fn parent(telling: &Telling<'_>, all: &Overrides, ix: usize, group: &Group) -> GroupTrace {
    let ledger = telling.ledger;
    let mut shares: Vec<Share> = overrides::line_by_line(ledger, all.groups.of(group)).collect();
    let dues = &all.dues[ix];
    caps::due(ledger, group, &mut shares, Decimal::ZERO, &mut Vec::new());
    let mut steps = Steps { telling, steps: Vec::new(), running: Decimal::ZERO };
    let child = |share: &Share| ledger.lines[share.entry.line].partner;
    let mut keys: Vec<(RuleIx, usize)> = Vec::new();
    for key in shares.iter().map(|s| (s.entry.rule, child(s))) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    for (ix, of) in keys {
        let lines = || shares.iter().filter(|s| s.entry.rule == ix && child(s) == of);
        let rule = &ledger.rules.rules[ix];
        let detail = format!(
            "{}% of {} net revenue of {} ({} {})",
            plain(rule.terms.override_percent.unwrap_or_default()),
            plain(sum(lines().map(|s| s.piece.revenue))),
            ledger.company.catalog.partners[of].id,
            lines().count(),
            if lines().count() == 1 { "line" } else { "lines" }
        );
        steps.add("override", rule, cite::OVERRIDE, sum(lines().map(|s| s.base)), detail);
    }
    let paid = |at: usize| sum(all.dues[at].iter().map(|d| d.paid));
    if group.kind == PeriodKind::Transaction {
        let used = trace_limits::month_used(&all.groups.groups, ix, paid);
        trace_limits::transaction(&mut steps, &shares, dues, used);
    } else {
        trace_limits::period(&mut steps, group, &shares, dues);
    }
    steps.into_group(PayoutRole::Override, group, &shares, paid(ix))
}

/// Steps as they are told.
pub(super) struct Steps<'t> {
    telling: &'t Telling<'t>,
    pub steps: Vec<Step>,
    running: Decimal,
}

impl<'t> Steps<'t> {
    pub fn ledger(&self) -> &'t Ledger<'t> {
        self.telling.ledger
    }

    pub fn rule(&self, share: &Share) -> &'t Rule<'t> {
        &self.telling.ledger.rules.rules[share.entry.rule]
    }

    fn add(&mut self, step: &'static str, rule: &Rule<'_>, topic: Topic, amount: Decimal, detail: String) {
        let clause = cite(self.telling.version(rule.version), topic);
        let scenario = if self.telling.changed(rule) { ", by terms that the scenario changed" } else { "" };
        self.running = money::add(self.running, amount);
        let (amount, running) = (money::working(amount), money::working(self.running));
        let detail = format!("{detail}{scenario}");
        self.steps.push(Step { step, version: rule.version, detail, amount, running, clause });
    }

    /// Where nothing changed there is nothing to tell.
    pub fn add_change(
        &mut self,
        step: &'static str,
        rule: &Rule<'_>,
        topic: Topic,
        amount: Decimal,
        detail: impl FnOnce() -> String,
    ) {
        if !money::working(amount).is_zero() {
            self.add(step, rule, topic, amount, detail());
        }
    }

    fn into_group(self, role: PayoutRole, group: &Group, shares: &[Share], paid: Decimal) -> GroupTrace {
        let lines = &self.telling.ledger.lines;
        let first = shares.first().filter(|_| group.kind == PeriodKind::Transaction);
        GroupTrace {
            role,
            period: group.period,
            transaction_id: first.map(|s| lines[s.entry.line].transaction_id.clone()),
            measure: plain(total_of(shares)),
            paid,
            steps: self.steps,
        }
    }
}

/// M: the running measure after the last line.
fn total_of(shares: &[Share]) -> Decimal {
    shares.last().map_or(Decimal::ZERO, |s| s.piece.to)
}

/// Base pay by version and tier. Under a retroactive rate every line first earns
/// the tier reached when it was sold; the steps up that came later are a true-up.
fn base(steps: &mut Steps<'_>, shares: &[Share]) {
    let total = total_of(shares);
    for ix in rules_of(shares) {
        let rule = &steps.ledger().rules.rules[ix];
        let of_rule: Vec<&Share> = shares.iter().filter(|s| s.entry.rule == ix).collect();
        let whole: Vec<Piece> = of_rule.iter().map(|s| s.piece).collect();
        match &rule.schedule {
            Schedule::Flat(factor) => tell(steps, "base", rule, *factor, &whole, String::new()),
            Schedule::Marginal(tiers) => {
                below_first(steps, rule, tiers, &whole, false);
                for (at, (from, factor)) in tiers.iter().enumerate() {
                    let to = tiers.get(at + 1).map(|t| t.0);
                    let parts: Vec<Piece> = whole.iter().filter_map(|p| p.between(*from, to)).collect();
                    let tier = format!(" (tier from {}{})", plain(*from), split_words(rule, *factor, &parts));
                    tell(steps, "base", rule, *factor, &parts, tier);
                }
            }
            Schedule::Retroactive(tiers) => {
                below_first(steps, rule, tiers, &whole, true);
                for (at, (from, factor)) in tiers.iter().enumerate() {
                    let sold_at = |p: &&Piece| tiers::tier_at(tiers, p.to) == Some(at);
                    let parts: Vec<Piece> = whole.iter().filter(sold_at).copied().collect();
                    tell(steps, "base", rule, *factor, &parts, format!(" (tier from {})", plain(*from)));
                }
                true_up(steps, rule, tiers, &of_rule, total);
            }
        }
    }
}

fn tell(
    steps: &mut Steps<'_>,
    step: &'static str,
    rule: &Rule<'_>,
    factor: Factor,
    pieces: &[Piece],
    tier: String,
) {
    if !pieces.is_empty() {
        let amount = sum(pieces.iter().map(|p| p.at(factor)));
        steps.add(
            step,
            rule,
            cite::RATE,
            amount,
            format!("{}{tier}", product(quantity(pieces, factor), factor)),
        );
    }
}

/// Units or revenue of pieces, as the factor multiplies them.
fn quantity(pieces: &[Piece], factor: Factor) -> Decimal {
    sum(pieces.iter().map(|p| p.at(Factor { value: Decimal::ONE, ..factor })))
}

/// Where a tier of units is paid on revenue, or the other way round: how much of the
/// measure it holds.
fn split_words(rule: &Rule<'_>, factor: Factor, parts: &[Piece]) -> String {
    if factor.of_units == (rule.terms.measure == Measure::Units) {
        return String::new();
    }
    let length = sum(parts.iter().map(Piece::length));
    format!(", which holds {} {}; each sale is split in proportion", plain(length), measure_words(rule))
}

fn measure_words(rule: &Rule<'_>) -> &'static str {
    match rule.terms.measure {
        Measure::Units => "units",
        Measure::Revenue => "of net revenue",
    }
}

/// What lies below the first tier earns nothing, and is said.
fn below_first(
    steps: &mut Steps<'_>,
    rule: &Rule<'_>,
    tiers: &[(Decimal, Factor)],
    all: &[Piece],
    whole: bool,
) {
    let Some((first, _)) = tiers.first() else { return };
    let length = if whole {
        sum(all.iter().filter(|p| p.to < *first).map(Piece::length))
    } else {
        sum(all.iter().filter_map(|p| p.between(Decimal::ZERO, Some(*first))).map(|p| p.length()))
    };
    if length > Decimal::ZERO {
        let when = if whole { " when sold" } else { "" };
        let words = measure_words(rule);
        let detail =
            format!("{} {words} below the first tier (from {}){when}: nothing", plain(length), plain(*first));
        steps.add("base", rule, cite::RATE, Decimal::ZERO, detail);
    }
}

/// `40000 × 2%` or `12 units × 40`.
fn product(quantity: Decimal, factor: Factor) -> String {
    if factor.of_units {
        format!("{} units × {}", plain(quantity), plain(factor.value))
    } else {
        format!("{} × {}%", plain(quantity), plain(money::mul(factor.value, Decimal::ONE_HUNDRED)))
    }
}

fn true_up(
    steps: &mut Steps<'_>,
    rule: &Rule<'_>,
    tiers: &[(Decimal, Factor)],
    shares: &[&Share],
    total: Decimal,
) {
    let Some(reached) = tiers::tier_at(tiers, total) else { return };
    let (from, now) = tiers[reached];
    let late = shares.iter().map(|s| s.piece).filter(|p| tiers::tier_at(tiers, p.to) != Some(reached));
    let late: Vec<Piece> = late.collect();
    if late.is_empty() {
        return;
    }
    let then = |p: &Piece| tiers::tier_at(tiers, p.to).map_or(Decimal::ZERO, |t| p.at(tiers[t].1));
    let earned = sum(late.iter().map(then));
    let amount = money::sub(sum(late.iter().map(|p| p.at(now))), earned);
    let detail = format!(
        "{} − {} earned when sold, once {} was reached",
        product(quantity(&late, now), now),
        plain(earned),
        plain(from)
    );
    steps.add("true_up", rule, cite::RATE, amount, detail);
}

fn accelerator(steps: &mut Steps<'_>, shares: &[Share]) {
    let total = total_of(shares);
    for ix in rules_of(shares) {
        let rule = &steps.ledger().rules.rules[ix];
        let Some(accelerator) = rule.terms.accelerator else { continue };
        let of_rule = || shares.iter().filter(|s| s.entry.rule == ix);
        let Some(threshold) = of_rule().find_map(|s| s.accelerates_above) else {
            let none =
                "there is no target to pass; the rules are silent, so nothing is multiplied".to_owned();
            steps.add("accelerator", rule, cite::ACCELERATOR, Decimal::ZERO, none);
            continue;
        };
        let target = money::share(threshold, Decimal::ONE_HUNDRED, accelerator.above_attainment);
        let bar = match accelerator.above_attainment.is_zero() {
            true => "0% of the target".to_owned(),
            false => format!("{}% of the target of {}", plain(accelerator.above_attainment), plain(target)),
        };
        let bar = format!("{} ({bar})", plain(threshold));
        let above: Vec<Piece> = of_rule().filter_map(|s| s.piece.between(threshold, None)).collect();
        if above.is_empty() {
            let detail = format!("nothing of {} lies above {bar}", plain(total));
            steps.add("accelerator", rule, cite::ACCELERATOR, Decimal::ZERO, detail);
        }
        for (factor, parts) in by_tier(&rule.schedule, &above, total) {
            let extra = money::sub(accelerator.multiplier, Decimal::ONE);
            let amount = money::mul(sum(parts.iter().map(|p| p.at(factor))), extra);
            let detail = format!(
                "above {bar}: {} × ({} − 1){}",
                product(quantity(&parts, factor), factor),
                plain(accelerator.multiplier),
                split_words(rule, factor, &parts)
            );
            steps.add("accelerator", rule, cite::ACCELERATOR, amount, detail);
        }
    }
}

/// The parts of pieces by the rate that pays them.
fn by_tier(schedule: &Schedule, pieces: &[Piece], total: Decimal) -> Vec<(Factor, Vec<Piece>)> {
    let all = match schedule {
        Schedule::Flat(factor) => vec![(*factor, pieces.to_vec())],
        Schedule::Retroactive(tiers) => {
            tiers::tier_at(tiers, total).map(|tier| (tiers[tier].1, pieces.to_vec())).into_iter().collect()
        }
        Schedule::Marginal(tiers) => {
            let part = |(at, (from, factor)): (usize, &(Decimal, Factor))| {
                let to = tiers.get(at + 1).map(|t| t.0);
                (*factor, pieces.iter().filter_map(|p| p.between(*from, to)).collect())
            };
            tiers.iter().enumerate().map(part).collect()
        }
    };
    all.into_iter().filter(|(_, parts)| !parts.is_empty()).collect()
}

fn minimum(steps: &mut Steps<'_>, shares: &[Share]) {
    let total = total_of(shares);
    for ix in rules_of(shares) {
        let rule = &steps.ledger().rules.rules[ix];
        let Some(minimum) = rule.terms.minimum else { continue };
        let of_rule = shares.iter().filter(|s| s.entry.rule == ix);
        let lost = if minimum > total {
            sum(of_rule.map(|s| money::add(s.base, s.accelerated)))
        } else {
            Decimal::ZERO
        };
        let detail = if minimum > total {
            format!(
                "{} is below the minimum of {}: nothing of {} is due",
                plain(total),
                plain(minimum),
                plain(lost)
            )
        } else {
            format!("{} reaches the minimum of {}", plain(total), plain(minimum))
        };
        steps.add("minimum", rule, cite::MINIMUM, Decimal::ZERO - lost, detail);
    }
}

fn growth(steps: &mut Steps<'_>, shares: &[Share]) {
    let total = total_of(shares);
    for ix in rules_of(shares) {
        let rule = &steps.ledger().rules.rules[ix];
        let of_rule = || shares.iter().filter(|s| s.entry.rule == ix);
        let (Some(growth), Some(baseline)) = (rule.terms.growth, of_rule().find_map(|s| s.baseline)) else {
            continue;
        };
        if of_rule().any(|s| s.reason == Some(Reason::BelowMinimum)) {
            continue;
        }
        let before = sum(of_rule().map(|s| money::add(s.base, s.accelerated)));
        let after = sum(of_rule().map(|s| s.pay));
        let detail = if baseline.is_zero() {
            format!(
                "nothing to grow from in the same period a year earlier: nothing of {} is due",
                plain(before)
            )
        } else {
            growth_words(steps.ledger(), shares, baseline, growth.above, total, (before, after), rule)
        };
        steps.add("growth", rule, cite::GROWTH, money::sub(after, before), detail);
    }
}

fn growth_words(
    ledger: &Ledger<'_>,
    shares: &[Share],
    baseline: Decimal,
    above: Decimal,
    total: Decimal,
    (before, after): (Decimal, Decimal),
    rule: &Rule<'_>,
) -> String {
    let bar = adjust::growth_bar(baseline, above);
    let days = shares.last().map(|s| ledger.lines[s.entry.line].sold_on);
    let days =
        days.map(|day| FiscalCalendar::year_before(ledger.calendar().period_of(rule.terms.period, day)));
    let days = days.map(|span| format!(" from {} to {}", span.start, span.end)).unwrap_or_default();
    let bar_words = format!("{} counted{days} + {}% = {}", plain(baseline), plain(above), plain(bar));
    if total <= bar {
        return format!("{bar_words}; {} is not above it: nothing of {} is due", plain(total), plain(before));
    }
    format!(
        "{bar_words}; {} × ({} − {}) ÷ {} = {}, instead of {}",
        plain(before),
        plain(total),
        plain(bar),
        plain(total),
        plain(after),
        plain(before)
    )
}

/// The rules of a group's lines, in order of appearance.
fn rules_of(shares: &[Share]) -> Vec<RuleIx> {
    let mut rules: Vec<RuleIx> = Vec::new();
    for share in shares {
        if !rules.contains(&share.entry.rule) {
            rules.push(share.entry.rule);
        }
    }
    rules
}

pub(super) fn sum(amounts: impl Iterator<Item = Decimal>) -> Decimal {
    amounts.fold(Decimal::ZERO, money::add)
}
