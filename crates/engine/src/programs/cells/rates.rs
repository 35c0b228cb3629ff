//! The rates of one version, compiled to `f64`, and what a run of sales earns by
//! them. PAYOUTS.md steps 5 to 7 (per partner); knows nothing of partners, months
//! or budgets.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::calendar::PeriodKind;
use crate::programs::terms::{Measure, Pay, ProgramKind, Rate, Terms, TierMode};

/// Measures are sums of floats: a threshold counts as reached this close below it,
/// far less than a minor unit and far more than the error of such a sum.
pub(super) const CLOSE: f64 = 1e-6;

/// How the measure moves the rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Flat,
    Marginal,
    Retroactive,
}

/// A rate from a threshold on: money a unit plus a share of revenue, one of them 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tier {
    from: f64,
    per_unit: f64,
    share: f64,
}

impl Tier {
    fn of(from: f64, pay: Pay) -> Self {
        match pay {
            Pay::PerUnit(v) => Self { from, per_unit: number(v), share: 0.0 },
            Pay::Percent(v) => Self { from, per_unit: 0.0, share: number(v) / 100.0 },
        }
    }

    #[inline(always)]
    fn on(&self, units: f64, revenue: f64) -> f64 {
        self.per_unit * units + self.share * revenue
    }
}

/// The terms of one segment of a program, as numbers.
#[derive(Debug, Clone)]
pub(crate) struct CellTerms {
    pub program: usize,
    pub version: u32,
    pub kind: ProgramKind,
    pub period: PeriodKind,
    pub measure: Measure,
    pub mode: Mode,
    /// Ascending; exactly one when flat.
    pub tiers: Vec<Tier>,
    /// 0: none.
    pub minimum: f64,
    pub target: Option<f64>,
    /// Attainment as a share of target from which `multiplier` holds.
    pub attainment: f64,
    /// 1: no accelerator.
    pub multiplier: f64,
    /// `1 + above / 100`.
    pub growth: Option<f64>,
    pub cap_partner: f64,
    pub cap_transaction: f64,
    /// Share of revenue to the direct parent; 0: none.
    pub override_share: f64,
}

/// Qualifying sales of a stretch of time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Volume {
    pub units: f64,
    pub revenue: f64,
    /// Pay by the transaction, already worked out; 0 for longer periods.
    pub pay: f64,
}

/// Which parts of a volume the pay of a slice, or of one after it in its period, depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub units: bool,
    pub revenue: bool,
    pub pay: bool,
}

/// What a stretch of sales earns, up to what only the whole period decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Earned {
    pub terms: u32,
    /// Pay that the period's measure does not move (flat, marginal, transaction).
    pub pay: f64,
    /// Units weighted by the accelerator, for retroactive rates.
    pub units: f64,
    /// Revenue weighted by the accelerator, for retroactive rates.
    pub revenue: f64,
    /// Measure above which growth pays: B·(1 + above/100); infinite without a B.
    pub need: f64,
}

pub(crate) fn number(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(0.0)
}

fn or_endless(value: Option<Decimal>) -> f64 {
    value.map_or(f64::INFINITY, number)
}

impl CellTerms {
    pub fn of(program: usize, version: u32, terms: &Terms) -> Self {
        let (mode, tiers) = match &terms.rate {
            Rate::Flat(pay) => (Mode::Flat, vec![Tier::of(0.0, *pay)]),
            Rate::Tiered { tiers, mode } => {
                let tiers = tiers.iter().map(|t| Tier::of(number(t.from), t.pay)).collect();
                match mode {
                    TierMode::Marginal => (Mode::Marginal, tiers),
                    TierMode::Retroactive => (Mode::Retroactive, tiers),
                }
            }
        };
        Self {
            program,
            version,
            kind: terms.kind,
            period: terms.period,
            measure: terms.measure,
            mode,
            tiers,
            minimum: terms.minimum.map_or(0.0, number),
            target: terms.target.map(number),
            attainment: terms.accelerator.map_or(0.0, |a| number(a.above_attainment) / 100.0),
            multiplier: terms.accelerator.map_or(1.0, |a| number(a.multiplier)),
            growth: terms.growth.map(|g| 1.0 + number(g.above) / 100.0),
            cap_partner: or_endless(terms.caps.per_partner),
            cap_transaction: or_endless(terms.caps.per_transaction),
            override_share: terms.override_percent.map_or(0.0, |p| number(p) / 100.0),
        }
    }

    /// Whether every transaction is paid by itself.
    pub fn by_transaction(&self) -> bool {
        self.period == PeriodKind::Transaction
    }

    /// Whether pay is proportional to sales, caps of the partner aside.
    pub fn proportional(&self) -> bool {
        let within =
            self.mode == Mode::Flat && self.minimum <= 0.0 && self.multiplier == 1.0 && self.growth.is_none();
        within && (!self.by_transaction() || self.cap_transaction.is_infinite())
    }

    /// Which parts of a volume matter; `measured`: whether the period's measure does.
    pub fn counts(&self, measured: bool) -> Counts {
        let by_period = !self.by_transaction();
        let any = |rate: fn(&Tier) -> f64| by_period && self.tiers.iter().any(|t| rate(t) != 0.0);
        let measures = |measure: Measure| measured && self.measure == measure;
        Counts {
            units: any(|t| t.per_unit) || measures(Measure::Units),
            revenue: any(|t| t.share) || measures(Measure::Revenue) || self.override_share != 0.0,
            pay: !by_period,
        }
    }

    /// Whether the measure of the period moves the pay.
    pub fn is_measured(&self) -> bool {
        !self.by_transaction() && !self.proportional()
    }

    /// What a volume counts for tiers, target, growth and minimum.
    pub fn count(&self, volume: &Volume) -> f64 {
        match self.measure {
            Measure::Units => volume.units,
            Measure::Revenue => volume.revenue,
        }
    }

    /// Flat pay of a volume; for tiers that of the first.
    #[inline(always)]
    pub fn flat(&self, units: f64, revenue: f64) -> f64 {
        self.tiers.first().map_or(0.0, |t| t.on(units, revenue))
    }

    /// Measure from which the accelerator holds; infinite without one or without a
    /// target (attainment cannot be told, so nothing is accelerated).
    pub fn accelerate_from(&self, target: Option<f64>) -> f64 {
        match target.or(self.target) {
            Some(target) if self.multiplier != 1.0 => target * self.attainment,
            _ => f64::INFINITY,
        }
    }

    /// What `volume` earns when the running measure stands at `start` before it
    /// (PAYOUTS.md, steps 5 and 6: base and accelerator).
    pub fn earn(&self, ix: u32, start: f64, volume: &Volume, accelerate_from: f64, need: f64) -> Earned {
        let mut earned = Earned { terms: ix, pay: 0.0, units: 0.0, revenue: 0.0, need };
        let end = start + self.count(volume);
        let uplift = self.multiplier - 1.0;
        match self.mode {
            Mode::Marginal => earned.pay = self.marginal(start, end, volume, accelerate_from),
            Mode::Flat => {
                let weight = 1.0 + uplift * part_above(start, end, accelerate_from);
                earned.pay = self.flat(volume.units, volume.revenue) * weight;
            }
            Mode::Retroactive => {
                let weight = 1.0 + uplift * part_above(start, end, accelerate_from);
                earned.units = volume.units * weight;
                earned.revenue = volume.revenue * weight;
            }
        }
        earned
    }

    fn marginal(&self, start: f64, end: f64, volume: &Volume, accelerate_from: f64) -> f64 {
        let measure = end - start;
        if measure <= 0.0 {
            return 0.0;
        }
        let mut pay = 0.0;
        for (i, tier) in self.tiers.iter().enumerate() {
            let from = tier.from.max(start);
            let to = self.tiers.get(i + 1).map_or(end, |next| next.from.min(end));
            if to > from {
                let above = (to - from.max(accelerate_from)).max(0.0);
                let weighted = (to - from) + (self.multiplier - 1.0) * above;
                pay += tier.on(volume.units, volume.revenue) * weighted / measure;
            }
        }
        pay
    }

    /// Thresholds of the tiers; none where flat.
    pub fn thresholds(&self) -> Vec<f64> {
        if self.mode == Mode::Flat { Vec::new() } else { self.tiers.iter().map(|t| t.from).collect() }
    }

    /// The highest tier that a measure reaches.
    pub fn tier_at(&self, measure: f64) -> Option<usize> {
        let reached = |t: &Tier| t.from <= measure + CLOSE;
        if self.mode == Mode::Flat { None } else { self.tiers.iter().rposition(reached) }
    }

    /// [`CellTerms::count`] in several draws.
    #[inline(always)]
    pub fn counted<'a, const N: usize>(&self, units: &'a [f64; N], revenue: &'a [f64; N]) -> &'a [f64; N] {
        match self.measure {
            Measure::Units => units,
            Measure::Revenue => revenue,
        }
    }

    /// Pay by the tier that the measure reaches, in several draws.
    #[inline(always)]
    pub fn retroactive<const N: usize>(
        &self,
        units: &[f64; N],
        revenue: &[f64; N],
        measure: &[f64; N],
    ) -> [f64; N] {
        let (mut per_unit, mut share) = ([0.0; N], [0.0; N]);
        for tier in &self.tiers {
            for lane in 0..N {
                let reached = tier.from <= measure[lane] + CLOSE;
                per_unit[lane] = if reached { tier.per_unit } else { per_unit[lane] };
                share[lane] = if reached { tier.share } else { share[lane] };
            }
        }
        let mut pay = [0.0; N];
        for lane in 0..N {
            pay[lane] = per_unit[lane] * units[lane] + share[lane] * revenue[lane];
        }
        pay
    }

    /// [`CellTerms::marginal`] in several draws.
    #[inline(always)]
    pub fn marginal_lanes<const N: usize>(
        &self,
        units: &[f64; N],
        revenue: &[f64; N],
        start: &[f64; N],
        accelerate_from: f64,
    ) -> [f64; N] {
        let counted = self.counted(units, revenue);
        let (mut pay, mut end) = ([0.0; N], [0.0; N]);
        for lane in 0..N {
            end[lane] = start[lane] + counted[lane];
        }
        for (i, tier) in self.tiers.iter().enumerate() {
            let next = self.tiers.get(i + 1).map_or(f64::INFINITY, |next| next.from);
            let mut more = pay;
            for lane in 0..N {
                let from = larger(tier.from, start[lane]);
                let to = smaller(next, end[lane]);
                let above = larger(to - larger(from, accelerate_from), 0.0);
                let weighted = (to - from) + (self.multiplier - 1.0) * above;
                let part = tier.on(units[lane], revenue[lane]) * weighted / (end[lane] - start[lane]);
                more[lane] += if to > from { part } else { 0.0 };
            }
            pay = more;
        }
        for lane in 0..N {
            pay[lane] = if end[lane] - start[lane] > 0.0 { pay[lane] } else { 0.0 };
        }
        pay
    }

    /// Pay of a stretch before caps, once the period's measure is known.
    pub fn settled(&self, earned: &Earned, measure: f64) -> f64 {
        if self.minimum > measure + CLOSE {
            return 0.0;
        }
        let base = match self.mode {
            Mode::Retroactive => self
                .tiers
                .iter()
                .rev()
                .find(|t| t.from <= measure + CLOSE)
                .map_or(0.0, |t| t.on(earned.units, earned.revenue)),
            Mode::Flat | Mode::Marginal => earned.pay,
        };
        match self.growth {
            Some(_) if measure > 0.0 => base * ((measure - earned.need) / measure).max(0.0),
            Some(_) => 0.0,
            None => base,
        }
    }

    /// Pay of one transaction that holds `units` of one product at `price`, after
    /// the transaction's cap (PAYOUTS.md, steps 5 to 7). Growth has no meaning for
    /// a single transaction and pays nothing.
    pub fn transaction_pay(&self, units: f64, price: f64) -> f64 {
        if self.growth.is_some() {
            return 0.0;
        }
        let volume = Volume { units, revenue: units * price, pay: 0.0 };
        let earned = self.earn(0, 0.0, &volume, self.accelerate_from(None), 0.0);
        self.settled(&earned, self.count(&volume)).min(self.cap_transaction)
    }

    /// Pay of one real transaction from its lines, after the transaction's cap.
    pub fn transaction_due(terms: &[CellTerms], lines: &[Earned], measure: f64) -> f64 {
        let most = lines.first().map_or(0.0, |l| terms[l.terms as usize].cap_transaction);
        let pay: f64 = lines
            .iter()
            .map(|line| (&terms[line.terms as usize], line))
            .filter(|(of, _)| of.growth.is_none())
            .map(|(of, line)| of.settled(line, measure))
            .sum();
        pay.min(most)
    }
}

/// Of two numbers, as one instruction.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[inline(always)]
fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// Share of (start, end] that lies above a level.
fn part_above(start: f64, end: f64, level: f64) -> f64 {
    if end <= level {
        0.0
    } else if start >= level || end <= start {
        1.0
    } else {
        (end - level) / (end - start)
    }
}

/// Pay due on a period so far, cut to `per_partner` in order (PAYOUTS.md, steps 6
/// and 7); `each` sees the pay of every stretch after the cap.
pub(crate) fn due_each(
    terms: &[CellTerms],
    earned: &[Earned],
    measure: f64,
    mut each: impl FnMut(&Earned, f64),
) -> f64 {
    let mut total = 0.0;
    for stretch in earned {
        let of = &terms[stretch.terms as usize];
        // Pay by the transaction has met its minimum and growth already.
        let pay = if of.by_transaction() { stretch.pay } else { of.settled(stretch, measure) };
        let kept = pay.min((of.cap_partner - total).max(0.0));
        total += kept;
        each(stretch, kept);
    }
    total
}

/// Pay due on a period so far.
pub(crate) fn due(terms: &[CellTerms], earned: &[Earned], measure: f64) -> f64 {
    due_each(terms, earned, measure, |_, _| ())
}
