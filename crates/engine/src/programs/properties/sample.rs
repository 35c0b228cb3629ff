//! Random programs of every structure.

use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::calendar::{PeriodKind, Span};
use crate::programs::terms::{
    Accelerator, AppliesTo, Caps, Eligible, Growth, Measure, Pay, ProgramKind, Rate, RateTier, Stacking,
    StackingMode, Terms, TierMode,
};
use crate::programs::testing::{d, day, span};

/// One or two versions of program `p`, with one measure and one period.
#[derive(Debug, Clone)]
pub struct Versions {
    pub one: Terms,
    pub two: Option<Terms>,
}

impl Versions {
    /// The same change to both.
    pub fn each(mut self, change: impl Fn(&mut Terms)) -> Self {
        change(&mut self.one);
        self.two.iter_mut().for_each(change);
        self
    }

    /// The first version alone, over all days.
    pub fn alone(mut self) -> Self {
        self.one.effective = span("2025-07-01", "2026-12-31");
        self.two = None;
        self
    }

    /// Rates that do not fall from tier to tier, and nothing decelerates.
    pub fn rising(self) -> Self {
        self.each(|terms| {
            if let Rate::Tiered { tiers, .. } = &mut terms.rate {
                let mut pays: Vec<Decimal> = tiers.iter().map(|t| t.pay.value()).collect();
                pays.sort_unstable();
                tiers.iter_mut().zip(pays).for_each(|(tier, pay)| tier.pay = tier.pay.with(pay));
            }
            if let Some(accelerator) = &mut terms.accelerator {
                accelerator.multiplier = accelerator.multiplier.max(Decimal::ONE);
            }
        })
    }

    /// Without a budget.
    pub fn unlimited(self) -> Self {
        self.each(|terms| terms.caps.program_budget = None)
    }
}

/// `p` and a rival `q` of one group.
pub fn stacked(p: Versions, q: &Versions, mode: StackingMode, priority: i64) -> (Versions, Terms) {
    let stacking = |priority| Some(Stacking { group: "g".into(), mode, priority });
    let q = Terms { stacking: stacking(1), effective: span("2025-07-01", "2026-12-31"), ..q.one.clone() };
    (p.each(|terms| terms.stacking = stacking(priority)), q)
}

fn rate(scale: i64) -> impl Strategy<Value = Rate> {
    let pay = |cents: u32, percent: bool| match percent {
        true => Pay::Percent(Decimal::new(cents.into(), 2)),
        false => Pay::PerUnit(Decimal::new(cents.into(), 2)),
    };
    let cents = prop_oneof![1u32..3_000, (1u32..30).prop_map(|whole| whole * 100)];
    let tiers = prop::collection::vec((0i64..60, cents.clone()), 1..5);
    let flat = (cents, any::<bool>()).prop_map(move |(cents, percent)| Rate::Flat(pay(cents, percent)));
    let tiered = (tiers, any::<bool>(), any::<bool>()).prop_map(move |(mut tiers, percent, marginal)| {
        tiers.sort_by_key(|t| t.0);
        tiers.dedup_by_key(|t| t.0);
        let tier = |(from, cents)| RateTier { from: Decimal::from(from * scale), pay: pay(cents, percent) };
        let mode = if marginal { TierMode::Marginal } else { TierMode::Retroactive };
        Rate::Tiered { tiers: tiers.into_iter().map(tier).collect(), mode }
    });
    prop_oneof![1 => flat, 3 => tiered]
}

fn caps(period: PeriodKind) -> impl Strategy<Value = Caps> {
    let amount = || prop::option::of(prop_oneof![1i64..80_000, (1i64..800).prop_map(|whole| whole * 100)]);
    (amount(), amount(), amount()).prop_map(move |(sale, partner, budget)| {
        let money = |cents: i64| Decimal::new(cents, 2);
        Caps {
            per_transaction: sale.filter(|_| period == PeriodKind::Transaction).map(money),
            per_partner: partner.map(money),
            program_budget: budget.map(|cents| money(cents * 3)),
        }
    })
}

prop_compose! {
    fn terms(measure: Measure, period: PeriodKind)(
        rate in rate(if measure == Measure::Units { 1 } else { 100 }),
        (minimum, target, multiplier, above) in (
            prop::option::weighted(0.3, 1i64..30),
            prop::option::weighted(0.4, 1i64..40),
            prop_oneof![Just("0"), Just("0.5"), Just("1.5"), Just("2.25")],
            80i64..130,
        ),
        growth in prop::option::weighted(0.2, -20i64..30),
        percent in prop::option::weighted(0.4, 1i64..300),
        caps in caps(period),
        (gold, registered, new, bundle) in (
            prop::bool::weighted(0.1),
            prop::bool::weighted(0.1),
            prop::bool::weighted(0.1),
            prop::bool::weighted(0.1),
        ),
        fund in prop::bool::weighted(0.1),
    ) -> Terms {
        let scale = if measure == Measure::Units { 1 } else { 100 };
        let multiplier = d(multiplier);
        Terms {
            kind: if fund { ProgramKind::Mdf } else { ProgramKind::Rebate },
            currency: "USD".into(),
            effective: span("2025-07-01", "2026-12-31"),
            stacking: None,
            applies_to: AppliesTo::default(),
            eligible: Eligible {
                tiers: if gold { vec!["Gold".into()] } else { Vec::new() },
                deal_registration_required: registered,
                new_customer_only: new,
                ..Eligible::default()
            },
            measure,
            period,
            rate,
            minimum: minimum.map(|m| Decimal::from(m * scale)),
            target: target.map(|t| Decimal::from(t * scale)),
            accelerator: target.map(|_| Accelerator { above_attainment: above.into(), multiplier }),
            growth: growth.filter(|_| period != PeriodKind::Transaction).map(|g| Growth { above: g.into() }),
            override_percent: percent.map(|p| Decimal::new(p, 2)),
            bundle: if bundle { vec!["X1".into(), "X2".into()] } else { Vec::new() },
            claim_within_days: None,
            caps,
        }
    }
}

/// Any structure, one version or two that follow each other within a period.
pub fn versions() -> impl Strategy<Value = Versions> {
    let measure = prop_oneof![Just(Measure::Units), Just(Measure::Revenue)];
    let period = prop_oneof![
        Just(PeriodKind::Transaction),
        Just(PeriodKind::Month),
        Just(PeriodKind::Quarter),
        Just(PeriodKind::Half),
        Just(PeriodKind::Year)
    ];
    (measure, period, any::<bool>(), 1u32..=28).prop_flat_map(|(measure, period, both, on)| {
        (terms(measure, period), terms(measure, period)).prop_map(move |(mut one, mut two)| {
            if !both {
                return Versions { one, two: None };
            }
            let last = day(&format!("2026-05-{on:02}"));
            let next = last.succ_opt().expect("a day after");
            one.effective = Span::new(one.effective.start, last);
            two.effective = Span::new(next, two.effective.end);
            Versions { one, two: Some(two) }
        })
    })
}
