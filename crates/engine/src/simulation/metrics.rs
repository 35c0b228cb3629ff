//! The metrics of a row of the answer from the sums of its pairs. Knows which
//! metrics a row has and how each follows from the fields of the ledger.

use super::ledger::{self, DRAWS, Drawn, Expected, FIELDS, drawn_at, expected_at};
use super::play::PairSums;
use super::round::{Digits, quantity as round};
use super::spread::{PairValue, error_of_mean, expectations, quantity};
use crate::forecast::{Metric, Metrics, Quantity};

type Fields = [f64; FIELDS];

/// What can be asked of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// Units sold.
    Units,
    /// Net revenue.
    Revenue,
    /// Gross margin.
    Margin,
    /// Payouts, funds apart.
    Payout,
    /// Accrued to funds.
    FundAccrual,
    /// Margin after payout.
    Net,
    /// Return on incentive.
    Roi,
    /// Partners that earn something.
    PartnersEarning,
    /// Their share of those eligible.
    UptakeShare,
}

/// What is sold.
pub const SALES: [Name; 3] = [Name::Units, Name::Revenue, Name::Margin];

impl Name {
    const ALL: [Self; 9] = [
        Self::Units,
        Self::Revenue,
        Self::Margin,
        Self::Payout,
        Self::FundAccrual,
        Self::Net,
        Self::Roi,
        Self::PartnersEarning,
        Self::UptakeShare,
    ];

    /// The metric of a key in [`Metrics`].
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.key() == key)
    }

    /// Key in [`Metrics`].
    pub fn key(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::Revenue => "revenue",
            Self::Margin => "margin",
            Self::Payout => "payout",
            Self::FundAccrual => "fund_accrual",
            Self::Net => "net",
            Self::Roi => "roi",
            Self::PartnersEarning => "partners_earning",
            Self::UptakeShare => "uptake_share",
        }
    }

    fn digits(self) -> Digits {
        match self {
            Self::Revenue | Self::Margin | Self::Payout | Self::FundAccrual | Self::Net => Digits::Money,
            Self::Units | Self::PartnersEarning => Digits::Units,
            Self::Roi | Self::UptakeShare => Digits::Share,
        }
    }
}

/// Reads the sums of all pairs.
#[derive(Clone, Copy)]
pub struct Sums<'a> {
    pub pairs: &'a [PairSums],
    pub arms: usize,
    /// By arm: partners eligible for a changed program.
    pub eligible: &'a [usize],
}

/// One arm, or an option less the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Level(usize),
    Difference(usize),
}

impl Sums<'_> {
    fn row(&self, pair: &PairSums, group: usize, arm: usize) -> Option<Fields> {
        let from = ledger::at(self.arms, group, arm, 0);
        pair.values.get(from..from + FIELDS)?.try_into().ok()
    }

    /// The fields of a row on one side, by pair; pairs that dropped it are left out.
    pub fn fields(&self, group: usize, side: Side) -> Vec<Fields> {
        let of = |pair: &PairSums| match side {
            Side::Level(0) => self.row(pair, group, 0),
            Side::Difference(arm) => self.row(pair, group, arm),
            Side::Level(arm) => {
                let (base, more) = (self.row(pair, group, 0)?, self.row(pair, group, arm)?);
                Some(std::array::from_fn(|i| base[i] + more[i]))
            }
        };
        self.pairs.iter().filter_map(of).collect()
    }

    /// A metric of a row by pair. [`Name::Roi`] and [`Name::UptakeShare`] have none.
    pub fn values(&self, group: usize, side: Side, name: Name) -> Vec<PairValue> {
        self.fields(group, side).iter().map(|f| pair_value(name, f)).collect()
    }

    /// The metrics of a row. Its fields are gathered once for all of them.
    pub fn metrics(&self, group: usize, names: &[Name]) -> Metrics {
        let gather = |side: Side| (side, self.fields(group, side));
        let options = 1..self.arms;
        let baseline = gather(Side::Level(0));
        let levels: Vec<_> = options.clone().map(|a| gather(Side::Level(a))).collect();
        let differences: Vec<_> = options.map(|a| gather(Side::Difference(a))).collect();
        let metric = |name: Name| {
            let of = |(side, fields): &(Side, Vec<Fields>)| self.quantity(group, *side, name, fields);
            Metric {
                baseline: of(&baseline),
                options: levels.iter().map(of).collect(),
                difference: differences.iter().map(of).collect(),
            }
        };
        names.iter().map(|name| (name.key().to_owned(), metric(*name))).collect()
    }

    /// One metric of a row.
    pub fn metric(&self, group: usize, name: Name) -> Metric {
        self.metrics(group, &[name]).remove(name.key()).unwrap_or_default()
    }

    fn quantity(&self, group: usize, side: Side, name: Name, fields: &[Fields]) -> Quantity {
        let exact = match name {
            Name::Roi => self.roi(group, side),
            Name::UptakeShare => self.uptake(group, side),
            _ => quantity(&fields.iter().map(|f| pair_value(name, f)).collect::<Vec<_>>()),
        };
        round(exact, name.digits())
    }

    /// (Σ Δmargin − Σ Δpayout) / Σ Δpayout of an option against the baseline. An arm
    /// by itself has no return: most of its margin would have come without a payout.
    /// Nothing where Δpayout may be nil or negative in more than 1% of the pairs.
    fn roi(&self, group: usize, side: Side) -> Quantity {
        let Side::Difference(_) = side else { return Quantity::default() };
        let net = self.values(group, side, Name::Net);
        let payout = self.values(group, side, Name::Payout);
        let (net_true, payout_true) = (expectations(&net), expectations(&payout));
        let n = payout.len();
        let not_paid = payout_true.iter().filter(|p| **p <= 0.0).count();
        if n == 0 || not_paid * 100 > n {
            return Quantity::default();
        }
        let mean = |v: &[PairValue]| v.iter().map(|v| v.expected).sum::<f64>() / n as f64;
        let (mean_net, mean_payout) = (mean(&net), mean(&payout));
        let ratio = mean_net / mean_payout;
        let ratios = net_true.iter().zip(&payout_true).filter(|(_, p)| **p > 0.0).map(|(n, p)| n / p);
        let spread = quantity(&ratios.map(|r| PairValue::known(r, [r; DRAWS])).collect::<Vec<_>>());
        // Outcomes: only where every draw pays.
        let drawn = net.iter().zip(&payout).map(|(n, p)| {
            let one = |d: usize| n.outcomes[d] / p.outcomes[d];
            PairValue::known(one(0), [one(0), one(1)])
        });
        let all_pay = payout.iter().all(|p| p.outcomes.iter().all(|o| *o > 0.0));
        let outcome = if all_pay { quantity(&drawn.collect::<Vec<_>>()) } else { Quantity::default() };
        // Delta method for a ratio of means.
        let residuals = net.iter().zip(&payout).map(|(a, b)| a.expected - ratio * b.expected);
        let mcse = error_of_mean(residuals) / mean_payout.abs();
        let finite = |v: f64| v.is_finite().then_some(v);
        Quantity {
            mean: finite(ratio),
            mcse: finite(mcse),
            outcome_p10: outcome.outcome_p10,
            outcome_p90: outcome.outcome_p90,
            ..spread
        }
    }

    /// Partners earning as a share of those eligible in the same arm.
    fn uptake(&self, group: usize, side: Side) -> Quantity {
        let share = |arm: usize| -> Option<Vec<PairValue>> {
            let eligible = self.eligible[arm] as f64;
            let values = self.values(group, Side::Level(arm), Name::PartnersEarning);
            let of = |v: PairValue| PairValue {
                expected: v.expected / eligible,
                apart: v.apart / eligible,
                outcomes: v.outcomes.map(|o| o / eligible),
            };
            (eligible > 0.0).then(|| values.into_iter().map(of).collect())
        };
        let values = match side {
            Side::Level(arm) => share(arm),
            Side::Difference(arm) => share(arm).zip(share(0)).map(|(option, base)| {
                let less = |(o, b): (&PairValue, &PairValue)| {
                    PairValue::drawn(std::array::from_fn(|d| o.outcomes[d] - b.outcomes[d]))
                };
                option.iter().zip(&base).map(less).collect()
            }),
        };
        values.map_or_else(Quantity::default, |v| quantity(&v))
    }
}

/// A metric of one pair. Units, revenue and margin are known as expectations; what
/// is paid only by drawing.
fn pair_value(name: Name, fields: &Fields) -> PairValue {
    let drawn = |field: Drawn| std::array::from_fn(|draw| fields[drawn_at(field, draw)]);
    match name {
        Name::Units => PairValue::known(fields[expected_at(Expected::Units)], drawn(Drawn::Units)),
        Name::Revenue => PairValue::known(fields[expected_at(Expected::Revenue)], drawn(Drawn::Revenue)),
        Name::Margin => PairValue::known(fields[expected_at(Expected::Margin)], drawn(Drawn::Margin)),
        Name::Payout => PairValue::drawn(drawn(Drawn::Payout)),
        Name::FundAccrual => PairValue::drawn(drawn(Drawn::Fund)),
        Name::PartnersEarning | Name::UptakeShare => PairValue::drawn(drawn(Drawn::Earning)),
        Name::Net | Name::Roi => {
            let margin = PairValue::known(fields[expected_at(Expected::Margin)], drawn(Drawn::Margin));
            margin.less(1.0, &PairValue::drawn(drawn(Drawn::Payout)))
        }
    }
}
