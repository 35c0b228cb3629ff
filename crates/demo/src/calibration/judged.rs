//! What the engine said beside the truth: places of the truth among draws, errors in
//! standard deviations, flags. Takes both sides as they are.

use spiffcast_engine::forecast::{Forecast, Quantity};
use spiffcast_engine::programs::RuleBook;
use spiffcast_engine::programs::incentive::{incentives, predicted_volume};
use spiffcast_engine::response::{self, LAGS};
use spiffcast_engine::simulation::{Arm, Bound, Continue, MetricName, Request, Scale, simulate_judged};

use super::Setup;
use super::ask::{Question, quarter};
use super::company::Subject;
use super::stats::normal_below;
use super::truth::Truth;
use crate::company::incentive::to_f64;
use crate::company::market::PULL_FORWARD;
use crate::company::products::list_price;
use crate::random::Stream;

/// Half of an 80% interval of a normal, in standard deviations.
const HALF_80: f64 = 1.281_551_565_544_6;

/// An estimate is one where its standard error is below this: half of a usual response.
const KNOWN_SE: f64 = 2.0;

/// One figure of an answer and its truth.
#[derive(Debug, Clone, Copy)]
pub struct Estimate {
    /// What is so.
    pub truth: f64,
    /// What was said.
    pub mean: f64,
    /// How sure.
    pub sd: f64,
    /// Place of the truth in what was said, 0 to 1.
    pub place: f64,
}

impl Estimate {
    fn normal(truth: f64, mean: f64, sd: f64) -> Self {
        Self { truth, mean, sd, place: normal_below((truth - mean) / sd) }
    }

    /// Error in standard deviations.
    pub fn z(&self) -> f64 {
        (self.truth - self.mean) / self.sd
    }

    /// Whether the central interval of a probability holds the truth.
    pub fn inside(&self, probability: f64) -> bool {
        (self.place - 0.5).abs() <= probability / 2.0
    }
}

/// How far the response of one product was missed.
#[derive(Debug, Clone, Copy)]
pub struct ProductError {
    /// Shrunk, own before shrinkage, mean of all products, naive before-and-after.
    pub missed: [f64; 4],
    /// Error of the naive estimate in its own standard errors.
    pub naive_z: f64,
}

/// One trial.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Seed of the company.
    pub seed: u64,
    /// Partners, products, months.
    pub size: [usize; 3],
    /// Program and its rate before and after.
    pub asked: (String, [f64; 2]),
    /// Response of one product at random, by lag, with its grade.
    pub beta: Option<([Estimate; LAGS], &'static str)>,
    /// Change in units, payout, net.
    pub change: [Estimate; 3],
    /// Change in margin, of which net is what payouts leave.
    pub margin: Estimate,
    /// Standard error of the true payout, from the quarters behind it.
    pub payout_error: f64,
    /// Expected sales of the reached pairs if nothing changes.
    pub expected: Estimate,
    /// Whether the 80% interval of outcomes holds what they sell.
    pub outcome_inside: bool,
    /// Flags of the evidence shown.
    pub flags: Vec<String>,
    /// By product that had an estimate of its own.
    pub products: Vec<ProductError>,
}

impl Judged {
    /// Whether units go where they were said to go.
    pub fn sign_is_right(&self) -> bool {
        self.change[0].mean * self.change[0].truth > 0.0
    }
}

/// Asks the engine and compares. `None` where it refuses the question.
pub fn judge(
    seed: u64,
    setup: &Setup,
    subject: &Subject,
    question: &Question,
    truth: &Truth,
) -> Option<Judged> {
    let (forecast, places) = ask(seed, setup, subject, question, truth)?;
    let world = &subject.world;
    let change = |metric: &str, truth: f64, place: f64| -> Option<Estimate> {
        let (mean, sd) = spread(&forecast.metrics.get(metric)?.difference.first().copied()?)?;
        Some(Estimate { truth, mean, sd, place })
    };
    let units = forecast.metrics.get("units")?.baseline;
    let (mean, sd) = spread(&units)?;
    let mut flags: Vec<String> = forecast.evidence.iter().flat_map(|e| e.flags.clone()).collect();
    flags.sort();
    flags.dedup();
    Some(Judged {
        seed,
        size: [world.market.partners.len(), world.market.items.len(), world.market.shape.months],
        asked: (question.program.clone(), question.rate.map(to_f64)),
        beta: beta(seed, subject),
        change: [
            change("units", truth.units, places[0])?,
            change("payout", truth.payout, places[1])?,
            change("net", truth.net, places[2])?,
        ],
        margin: change("margin", truth.margin, places[3])?,
        payout_error: truth.payout_error,
        expected: Estimate::normal(truth.expected, mean, sd),
        outcome_inside: units.outcome_p10? <= truth.sold && truth.sold <= units.outcome_p90?,
        flags,
        products: products(subject),
    })
}

/// The forecast, and the place of each truth among its draws.
fn ask(
    seed: u64,
    setup: &Setup,
    subject: &Subject,
    question: &Question,
    truth: &Truth,
) -> Option<(Forecast, Vec<f64>)> {
    let [baseline, rules] = question.rules(subject);
    let bound = |metric, value| Bound { metric, scale: Scale::Change, at_least: true, value };
    let bounds = [
        bound(MetricName::Units, truth.units),
        bound(MetricName::Payout, truth.payout),
        bound(MetricName::Net, truth.net),
        bound(MetricName::Margin, truth.margin),
    ];
    let request = Request {
        model: &subject.model,
        period: quarter(),
        baseline: &baseline,
        options: &[Arm { label: "changed".to_owned(), rules }],
        changed_programs: std::slice::from_ref(&question.program),
        seed,
        draws: setup.draws,
        counted: None,
    };
    let (forecast, kept) = simulate_judged(&request, &bounds, &|_| Continue::Yes).ok()?;
    // Draws above the truth; half a draw at either end belongs to nobody.
    let pairs = (setup.draws.div_ceil(2)) as f64;
    let place = |above: &f64| 1.0 - (above * pairs + 0.5) / (pairs + 1.0);
    Some((forecast, kept.first()?.iter().map(place).collect()))
}

fn spread(q: &Quantity) -> Option<(f64, f64)> {
    Some((q.mean?, ((q.p90? - q.p10?) / (2.0 * HALF_80)).max(1e-9)))
}

/// The response of a product at random among those of which something is known.
fn beta(seed: u64, subject: &Subject) -> Option<([Estimate; LAGS], &'static str)> {
    let market = &subject.world.market;
    let known: Vec<usize> =
        (0..market.items.len()).filter(|k| subject.model.response.products[*k].lags.is_some()).collect();
    if known.is_empty() {
        return None;
    }
    let product = *Stream::new(seed, "product", &[]).pick(&known);
    let response = &subject.model.response.products[product];
    let lags = response.lags?;
    let truth = [1.0, -PULL_FORWARD, 0.0].map(|share| share * market.beta[product]);
    let of = |lag: usize| Estimate::normal(truth[lag], lags.mean[lag], lags.se(lag).max(1e-9));
    Some((std::array::from_fn(of), response.grade.as_str()))
}

fn products(subject: &Subject) -> Vec<ProductError> {
    let (market, model) = (&subject.world.market, &subject.model);
    let naive = naive(subject);
    let of = |(k, response): (usize, &response::ProductResponse)| {
        let (own, own_se) = response.diagnostics.unshrunk?;
        if own_se > KNOWN_SE {
            return None;
        }
        let (pooled, _) = response.diagnostics.pooled?;
        let (naive, naive_se) = naive[k]?;
        let off = |estimate: f64| estimate - market.beta[k];
        let missed = [off(response.lags?.mean[0]), off(own), off(pooled), off(naive)];
        Some(ProductError { missed, naive_z: off(naive) / naive_se })
    };
    model.response.products.iter().enumerate().filter_map(of).collect()
}

/// What a comparison of months with and without an incentive would say.
fn naive(subject: &Subject) -> Vec<Option<(f64, f64)>> {
    let (market, model) = (&subject.world.market, &subject.model);
    let (company, panel) = (&model.company, &model.panel);
    let price = |product: usize, t: usize| {
        let first = crate::calendar::Month(panel.month(t).0);
        to_f64(list_price(&market.products[product], &market.price_changes, first))
    };
    let prices: Vec<f64> =
        panel.series.iter().flat_map(|(_, k)| (0..panel.months).map(|t| price(*k, t))).collect();
    let rules = RuleBook::of(&company.programs);
    let expected = predicted_volume(panel);
    let x = incentives(company, panel, &rules, panel.first_month, panel.months, &expected, &prices);
    response::naive(company, panel, &x.seller, model.usable_through)
}
