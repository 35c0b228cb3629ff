//! The steps of one group's pay in words and figures, from the shares that the
//! calculation made. Every step's amount is the difference it made, so that the
//! running sum can be followed on a pocket calculator.

use rust_decimal::Decimal;

use crate::calendar::PeriodKind;
use crate::sales::PayoutRole;

use super::accumulate::Group;
use super::adjust::{self, Share};
use super::caps::{self, Due};
use super::cite::{self, Cited, Topic, cite};
use super::ledger::Ledger;
use super::money;
use super::payout::Reason;
use super::rules::{Factor, Rule, Schedule};
use super::settle::OwnPay;
use super::tiers::{self, Piece};
use super::trace::{GroupTrace, Step, Telling, as_sold};

/// The shares of a group after all steps but rounding and budget.
pub(super) fn shares(ledger: &Ledger<'_>, own: &OwnPay, ix: usize, group: &Group) -> Vec<Share> {
    let (mut shares, mut dues) = (Vec::new(), Vec::new());
    adjust::share_out(ledger, group, own.groups.of(group), as_sold(ledger), &mut shares);
    caps::due(ledger, group, &mut shares, own.month_used[ix], &mut dues);
    shares
}

/// The steps of own pay.
pub(super) fn own(telling: &Telling<'_>, own: &OwnPay, ix: usize, group: &Group) -> GroupTrace {
    let shares = shares(telling.ledger, own, ix, group);
    let mut steps = Steps::new(telling, &shares);
    base(&mut steps, &shares);
    accelerator(&mut steps, &shares);
    minimum(&mut steps, &shares);
    growth(&mut steps, &shares);
    let dues = &own.dues[own.of_group[ix].clone()];
    let left = caps::limit(telling.ledger, &shares, own.month_used[ix]);
    end(&mut steps, group, &shares, dues, left);
    steps.into_group(PayoutRole::Own, group, &shares)
}

/// The steps of an override.
pub(super) fn parent(
    telling: &Telling<'_>,
    group: &Group,
    mut shares: Vec<Share>,
    dues: &[Due],
) -> GroupTrace {
    let ledger = telling.ledger;
    let mut undone = Vec::new();
    caps::due(ledger, group, &mut shares, Decimal::ZERO, &mut undone);
    let mut steps = Steps::new(telling, &shares);
    for ix in rules_of(&shares) {
        let rule = &ledger.rules.rules[ix];
        let of_rule = || shares.iter().filter(|s| s.entry.rule == ix);
        let revenue = sum(of_rule().map(|s| s.piece.revenue));
        let percent = rule.terms.override_percent.unwrap_or_default();
        let detail = format!(
            "{}% of {} net revenue of {} lines of direct children",
            plain(percent),
            plain(revenue),
            of_rule().count()
        );
        steps.add("override", rule.version, cite::OVERRIDE, sum(of_rule().map(|s| s.base)), detail);
    }
    let left =
        dues.first().filter(|d| group.kind == PeriodKind::Transaction && d.due < d.gross).map(|d| d.due);
    end(&mut steps, group, &shares, dues, left);
    steps.into_group(PayoutRole::Override, group, &shares)
}

struct Steps<'t> {
    telling: &'t Telling<'t>,
    steps: Vec<Step>,
    running: Decimal,
    version: u32,
}

impl<'t> Steps<'t> {
    fn new(telling: &'t Telling<'t>, shares: &[Share]) -> Self {
        let rule = |s: &Share| &telling.ledger.rules.rules[s.entry.rule];
        let version = shares.last().map_or(0, |s| rule(s).version);
        Self { telling, steps: Vec::new(), running: Decimal::ZERO, version }
    }

    fn rule(&self, share: &Share) -> &'t Rule<'t> {
        &self.telling.ledger.rules.rules[share.entry.rule]
    }

    fn add(&mut self, step: &'static str, version: u32, topic: Topic, amount: Decimal, detail: String) {
        let clause: Option<Cited> = cite(self.telling.version(version), topic);
        self.running = money::add(self.running, amount);
        let (amount, running) = (money::working(amount), money::working(self.running));
        self.steps.push(Step { step, detail, amount, running, clause });
    }

    /// Where nothing changed there is nothing to tell.
    fn add_change(
        &mut self,
        step: &'static str,
        topic: Topic,
        amount: Decimal,
        detail: impl FnOnce() -> String,
    ) {
        if !money::working(amount).is_zero() {
            self.add(step, self.version, topic, amount, detail());
        }
    }

    fn into_group(self, role: PayoutRole, group: &Group, shares: &[Share]) -> GroupTrace {
        let lines = &self.telling.ledger.lines;
        let first = shares.first().filter(|_| group.kind == PeriodKind::Transaction);
        GroupTrace {
            role,
            period: group.period,
            transaction_id: first.map(|s| lines[s.entry.line].transaction_id.clone()),
            paid: money::working(self.running),
            steps: self.steps,
        }
    }
}

/// Base pay by version and tier. Under a retroactive rate every line first earns
/// the tier reached when it was sold; the steps up that came later are a true-up.
fn base(steps: &mut Steps<'_>, shares: &[Share]) {
    let total = shares.last().map_or(Decimal::ZERO, |s| s.piece.to);
    for ix in rules_of(shares) {
        let rule = &steps.telling.ledger.rules.rules[ix];
        let of_rule: Vec<&Share> = shares.iter().filter(|s| s.entry.rule == ix).collect();
        let whole = of_rule.iter().map(|s| s.piece);
        match &rule.schedule {
            Schedule::Flat(factor) => tell_parts(steps, rule, None, *factor, whole),
            Schedule::Marginal(tiers) => {
                for (at, (from, factor)) in tiers.iter().enumerate() {
                    let to = tiers.get(at + 1).map(|t| t.0);
                    let parts = of_rule.iter().filter_map(|s| s.piece.between(*from, to));
                    tell_parts(steps, rule, Some(*from), *factor, parts);
                }
            }
            Schedule::Retroactive(tiers) => {
                for (at, (from, factor)) in tiers.iter().enumerate() {
                    let sold_at = |p: &Piece| tiers::tier_at(tiers, p.to) == Some(at);
                    tell_parts(steps, rule, Some(*from), *factor, whole.clone().filter(sold_at));
                }
                true_up(steps, rule, tiers, &of_rule, total);
            }
        }
    }
}

fn tell_parts(
    steps: &mut Steps<'_>,
    rule: &Rule<'_>,
    tier: Option<Decimal>,
    factor: Factor,
    pieces: impl Iterator<Item = Piece> + Clone,
) {
    if pieces.clone().next().is_none() {
        return;
    }
    let amount = sum(pieces.clone().map(|p| p.at(factor)));
    let quantity = money::working(sum(pieces.map(|p| p.at(Factor { value: Decimal::ONE, ..factor }))));
    let tier = tier.map(|from| format!(" (tier from {})", plain(from))).unwrap_or_default();
    steps.add("base", rule.version, cite::RATE, amount, format!("{}{tier}", product(quantity, factor)));
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
    let reached = tiers::tier_at(tiers, total);
    let Some(reached) = reached else { return };
    let (from, now) = tiers[reached];
    let late = shares.iter().filter(|s| tiers::tier_at(tiers, s.piece.to) != Some(reached));
    let then =
        |s: &Share| tiers::tier_at(tiers, s.piece.to).map_or(Decimal::ZERO, |t| s.piece.at(tiers[t].1));
    let amount = sum(late.clone().map(|s| money::sub(s.piece.at(now), then(s))));
    let quantity = sum(late.clone().map(|s| s.piece.at(Factor { value: Decimal::ONE, ..now })));
    if late.clone().next().is_some() {
        let earned = sum(late.map(|s| then(s)));
        let detail = format!(
            "{} − {} earned when sold, once {} was reached",
            product(quantity, now),
            plain(money::working(earned)),
            plain(from)
        );
        steps.add("true_up", rule.version, cite::RATE, amount, detail);
    }
}

fn accelerator(steps: &mut Steps<'_>, shares: &[Share]) {
    for ix in rules_of(shares) {
        let rule = &steps.telling.ledger.rules.rules[ix];
        let Some(accelerator) = rule.terms.accelerator else { continue };
        let of_rule = || shares.iter().filter(|s| s.entry.rule == ix && !s.accelerated.is_zero());
        let Some(threshold) = of_rule().find_map(|s| s.accelerates_above) else { continue };
        let extra = money::sub(accelerator.multiplier, Decimal::ONE);
        let amount = sum(of_rule().map(|s| s.accelerated));
        let above = money::working(money::div(amount, extra));
        let detail = format!(
            "pay {} on what lies above {} ({}% of target) × ({} − 1)",
            plain(above),
            plain(threshold),
            plain(accelerator.above_attainment),
            plain(accelerator.multiplier)
        );
        steps.add("accelerator", rule.version, cite::ACCELERATOR, amount, detail);
    }
}

fn minimum(steps: &mut Steps<'_>, shares: &[Share]) {
    let total = shares.last().map_or(Decimal::ZERO, |s| s.piece.to);
    for ix in rules_of(shares) {
        let rule = &steps.telling.ledger.rules.rules[ix];
        let Some(minimum) = rule.terms.minimum.filter(|m| *m > total) else { continue };
        let of_rule = shares.iter().filter(|s| s.entry.rule == ix);
        let lost = sum(of_rule.map(|s| money::add(s.base, s.accelerated)));
        let detail = format!("{} is below the minimum of {}", plain(total), plain(minimum));
        steps.add("minimum", rule.version, cite::MINIMUM, -lost, detail);
    }
}

fn growth(steps: &mut Steps<'_>, shares: &[Share]) {
    let total = shares.last().map_or(Decimal::ZERO, |s| s.piece.to);
    for ix in rules_of(shares) {
        let rule = &steps.telling.ledger.rules.rules[ix];
        let of_rule = || shares.iter().filter(|s| s.entry.rule == ix);
        let (Some(growth), Some(baseline)) = (rule.terms.growth, of_rule().find_map(|s| s.baseline)) else {
            continue;
        };
        if of_rule().any(|s| s.reason == Some(Reason::BelowMinimum)) {
            continue;
        }
        let before = sum(of_rule().map(|s| money::add(s.base, s.accelerated)));
        let change = money::sub(sum(of_rule().map(|s| s.pay)), before);
        let bar = adjust::growth_bar(baseline, growth.above);
        let detail = if baseline.is_zero() {
            "nothing was sold in the same period of last year".to_owned()
        } else {
            format!(
                "last year {} + {}% = {}; pay {} × max(0, {} − {}) / {}",
                plain(baseline),
                plain(growth.above),
                plain(bar),
                plain(money::working(before)),
                plain(total),
                plain(bar),
                plain(total)
            )
        };
        steps.add("growth", rule.version, cite::GROWTH, change, detail);
    }
}

/// Caps, rounding and budget.
fn end(steps: &mut Steps<'_>, group: &Group, shares: &[Share], dues: &[Due], limit: Option<Decimal>) {
    let pay = sum(shares.iter().map(|s| s.pay));
    let kept = sum(shares.iter().map(|s| s.kept));
    let rule = shares.last().map(|s| steps.rule(s));
    let cap = rule.and_then(|r| r.terms.caps.per_partner).unwrap_or_default();
    if group.kind == PeriodKind::Transaction {
        let rounded = sum(dues.iter().map(|d| d.gross));
        rounding(steps, money::sub(rounded, pay));
        let (due, limit) = (sum(dues.iter().map(|d| d.due)), limit.unwrap_or_default());
        let own_cap = rule.and_then(|r| r.terms.caps.per_transaction).is_some_and(|cap| cap <= limit);
        let (step, topic, what) = if own_cap {
            ("cap_per_transaction", cite::TRANSACTION_CAP, "a transaction is paid at most")
        } else {
            ("cap_per_partner", cite::PARTNER_CAP, "the partner's cap of the month leaves")
        };
        steps.add_change(step, topic, money::sub(due, rounded), || format!("{what} {}", plain(limit)));
    } else {
        let detail = || format!("a partner is paid at most {} in the period", plain(cap));
        steps.add_change("cap_per_partner", cite::PARTNER_CAP, money::sub(kept, pay), detail);
        rounding(steps, money::sub(sum(dues.iter().map(|d| d.due)), kept));
    }
    let cut = sum(dues.iter().map(|d| money::sub(d.paid, d.due)));
    let detail = || "what is left of the program's budget, shared if it runs out here".to_owned();
    steps.add_change("program_budget", cite::BUDGET, cut, detail);
}

fn rounding(steps: &mut Steps<'_>, amount: Decimal) {
    let detail = || "half away from zero, once a payout line".to_owned();
    steps.add_change("rounding", cite::ROUNDING, amount, detail);
}

/// The rules of a group's lines, in order of appearance.
fn rules_of(shares: &[Share]) -> Vec<usize> {
    let mut rules: Vec<usize> = Vec::new();
    for share in shares {
        if !rules.contains(&share.entry.rule) {
            rules.push(share.entry.rule);
        }
    }
    rules
}

fn sum(amounts: impl Iterator<Item = Decimal>) -> Decimal {
    amounts.fold(Decimal::ZERO, money::add)
}

/// A figure without needless zeros.
fn plain(figure: Decimal) -> Decimal {
    figure.normalize()
}
