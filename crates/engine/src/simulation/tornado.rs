//! What the net result of an option depends on: a few short plays on the same random
//! numbers, each with one assumption moved, compared with the same pairs played as they
//! are. A bar's ends are the option's net with that shift added. Every option by itself.
//!
//! * The response of every product at its P10 and P90 (the lag-0 coefficient that far
//!   out, the others where they are then expected), and without carry-over.
//! * Sales if nothing changes at their P10 and P90, in proportion.
//! * Unit margin a tenth lower and higher; the least and the greatest share of what the
//!   change adds that the history lets be taken from partners that it does not reach
//!   ([`crate::response::Shift`]), where others sell these products. These two move no sale
//!   and need no play.
//! * Budgets that do not limit, where one may run out.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::effect::{Beta, NORMALS};
use super::ledger::Groups;
use super::market::Market;
use super::metrics::{Name, Side, Sums};
use super::play::PairSums;
use super::prepare::Prepared;
use super::rounds::Rounds;
use super::spread::quantity;
use super::words::others_sell;
use super::{Arm, Continue, Extras, Played, Request, Sales, SimulationError, round};
use crate::forecast::TornadoBar;

/// Pairs of a short play; an even number, so that they mirror each other.
const PAIRS: usize = 32;
/// A tenth and nine tenths of a standard normal.
const P90: f64 = 1.281_551_565_545;
/// Relative change of the unit margin.
const MARGIN: f64 = 0.1;
/// Bars narrower than a cent are none.
const WIDTH_MIN: f64 = 0.005;

/// The bars of every option, one option after the other.
pub fn tornados(
    played: &Played,
    progress: &(dyn Fn(f64) -> Continue + Sync),
) -> Result<Vec<TornadoBar>, SimulationError> {
    let count = played.request.options.len();
    let mut bars = Vec::new();
    for option in 0..count {
        bars.extend(tornado(played, option, &|done| progress((option as f64 + done) / count as f64))?);
    }
    Ok(bars)
}

/// The bars of an option, widest first; ties by name.
fn tornado(
    played: &Played,
    option: usize,
    progress: &(dyn Fn(f64) -> Continue + Sync),
) -> Result<Vec<TornadoBar>, SimulationError> {
    let bar = |assumption: &str, words: [&str; 2], nets: [f64; 2]| bar(option, assumption, words, nets);
    let change = Side::Difference(option + 1);
    let sums =
        Sums { pairs: played.pairs, arms: played.stage.arms(), eligible: &played.stage.reach.eligible };
    let mean = |side: Side, name: Name| quantity(&sums.values(Groups::TOTAL, side, name)).mean.unwrap_or(0.0);
    let (net, margin) = (mean(change, Name::Net), mean(change, Name::Margin));
    let levels = quantity(&sums.values(Groups::TOTAL, Side::Level(0), Name::Units));
    let one = Alone::of(played, option);
    let plays = one.plays(played, levels_of(levels), progress)?;
    let mut bars: Vec<TornadoBar> = plays
        .into_iter()
        .map(|p| bar(p.assumption, p.words.each_ref().map(String::as_str), p.shift.map(|shift| net + shift)))
        .collect();
    let tenth = MARGIN * margin;
    bars.push(bar("Unit margin", ["10% lower", "10% higher"], [net - tenth, net + tenth]));
    if margin > 0.0 && others_sell(played.request, played.stage.reach) {
        let bounds = played.request.model.response.shift.bar;
        let words = bounds.map(|share| format!("{:.0}% of it", share * 100.0));
        bars.push(bar(
            "What the change adds is taken from partners it does not reach",
            [&words[0], &words[1]],
            bounds.map(|share| net - share * margin),
        ));
    }
    bars.retain(|b| (b.net_high - b.net_low).abs() >= WIDTH_MIN);
    let width = |b: &TornadoBar| (b.net_high - b.net_low).abs();
    bars.sort_by(|a, b| width(b).total_cmp(&width(a)).then_with(|| a.assumption.cmp(&b.assumption)));
    Ok(bars)
}

fn bar(option: usize, assumption: &str, [low, high]: [&str; 2], [net_low, net_high]: [f64; 2]) -> TornadoBar {
    let money = |v: f64| if v.is_finite() { round::value(v, round::Digits::Money) } else { 0.0 };
    TornadoBar {
        option,
        assumption: assumption.to_owned(),
        low: low.to_owned(),
        high: high.to_owned(),
        net_low: money(net_low),
        net_high: money(net_high),
    }
}

/// P10 and P90 of a quantity as shares of its mean; nothing where it has no spread.
fn levels_of(q: crate::forecast::Quantity) -> Option<[f64; 2]> {
    let (low, high, mean) = (q.p10?, q.p90?, q.mean?);
    (mean > 0.0 && high > low).then(|| [(low / mean).max(0.0), high / mean])
}

/// What an assumption does: shifts of the net at its two ends.
struct Shifted {
    assumption: &'static str,
    words: [String; 2],
    shift: [f64; 2],
}

/// An assumption to play at its two ends; `None`: as it is.
struct Wanted {
    assumption: &'static str,
    words: [String; 2],
    ends: [Option<Prepared>; 2],
}

fn words(low: &str, high: &str) -> [String; 2] {
    [low.to_owned(), high.to_owned()]
}

/// An option alone.
struct Alone<'a> {
    options: &'a [Arm],
    /// Laid out again where there are others.
    prepared: Option<Prepared>,
}

impl<'a> Alone<'a> {
    fn of(played: &Played<'a>, option: usize) -> Self {
        let options = &played.request.options[option..=option];
        let again = || {
            let request = part(played.request, options);
            let mut reach = played.prepared.reach.clone();
            reach.differs = vec![reach.differs[0].clone(), reach.differs[option + 1].clone()];
            reach.eligible = vec![reach.eligible[0], reach.eligible[option + 1]];
            Prepared::of(&request, played.prepared.window.clone(), reach)
        };
        Self { options, prepared: (played.request.options.len() > 1).then(again) }
    }

    /// What to play, budgets aside.
    fn wanted(&self, played: &Played, levels: Option<[f64; 2]>) -> Vec<Wanted> {
        let prepared = self.prepared.as_ref().unwrap_or(played.prepared);
        let with = |market: Market| prepared.with(market);
        let mut wanted = Vec::new();
        let responses = [-P90, P90].map(|z| fixed_response(played, prepared, z).map(with));
        if responses.iter().all(Option::is_some) {
            let assumption = "How strongly sales answer an incentive";
            wanted.push(Wanted { assumption, words: words("P10", "P90"), ends: responses });
            let request = part(played.request, self.options);
            let none = with(prepared.market_with(&request, &without_carry_over(played)));
            let assumption = "Carry-over to later months";
            wanted.push(Wanted {
                assumption,
                words: words("none", "as estimated"),
                ends: [Some(none), None],
            });
        }
        if let Some(levels) = levels {
            wanted.push(Wanted {
                assumption: "Sales if nothing changes",
                words: levels.map(|l| format!("{:+.1}%", (l - 1.0) * 100.0).replace('-', "−")),
                ends: levels.map(|l| Some(with(at_level(&prepared.market, l)))),
            });
        }
        wanted
    }

    fn plays(
        &self,
        played: &Played,
        levels: Option<[f64; 2]>,
        progress: &(dyn Fn(f64) -> Continue + Sync),
    ) -> Result<Vec<Shifted>, SimulationError> {
        let request = part(played.request, self.options);
        let prepared = self.prepared.as_ref().unwrap_or(played.prepared);
        let wanted = self.wanted(played, levels);
        let endless = may_run_out(played.pairs).then(|| prepared.without_budgets());
        // Short plays fill no machine by themselves: they run side by side.
        let ends = wanted.iter().flat_map(|w| &w.ends).flatten().chain(&endless);
        let all: Vec<&Prepared> = std::iter::once(prepared).chain(ends).collect();
        let sales = if played.stage.smooth { Sales::Amounts } else { Sales::Counts };
        let done = AtomicUsize::new(0);
        let play = |prepared: &&Prepared| {
            // Whole plays only: what several have done of theirs would go back and forth.
            let heard = |_: f64| progress(done.load(Ordering::Relaxed) as f64 / all.len() as f64);
            let net = net_of(prepared, &request, sales, &heard);
            done.fetch_add(1, Ordering::Relaxed);
            net
        };
        let nets: Result<Vec<f64>, SimulationError> = all.par_iter().map(play).collect();
        let mut nets = nets?.into_iter();
        let base = nets.next().unwrap_or(0.0);
        let mut shift =
            |is_played: bool| if is_played { nets.next().map_or(0.0, |net| net - base) } else { 0.0 };
        let mut out: Vec<Shifted> = Vec::with_capacity(wanted.len() + 1);
        for Wanted { assumption, words, ends } in &wanted {
            let shift = ends.each_ref().map(|end| shift(end.is_some()));
            out.push(Shifted { assumption, words: words.clone(), shift });
        }
        if endless.is_some() {
            let shift = [0.0, shift(true)];
            out.push(Shifted { assumption: "Budgets", words: words("as they are", "do not limit"), shift });
        }
        Ok(out)
    }
}

fn part<'a>(request: &Request<'a>, options: &'a [Arm]) -> Request<'a> {
    Request { options, ..*request }
}

/// Mean net of the change over a short play.
fn net_of(
    prepared: &Prepared,
    request: &Request,
    sales: Sales,
    progress: &(dyn Fn(f64) -> Continue + Sync),
) -> Result<f64, SimulationError> {
    let stage = prepared.stage(request, false, sales);
    let extras = Extras { totals_only: true, ..Extras::default() };
    let draws = (2 * PAIRS).min(request.draws);
    let pairs = Rounds::of(&stage, draws, &extras).play(&stage, progress)?;
    let sums = Sums { pairs: &pairs, arms: stage.arms(), eligible: &stage.reach.eligible };
    let nets = sums.values(Groups::TOTAL, Side::Difference(1), Name::Net);
    Ok(nets.iter().map(|v| v.expected).sum::<f64>() / (nets.len() as f64).max(1.0))
}

/// The cells with every product's response held where its lag-0 coefficient is `z`
/// standard deviations out; nothing where no covered product has a known response.
fn fixed_response(played: &Played, prepared: &Prepared, z: f64) -> Option<Market> {
    let products = &played.request.model.response.products;
    let mut any = false;
    let normals = |(p, product): (usize, &crate::response::ProductResponse)| {
        let Some(beta) = Beta::of(product) else { return [0.0; NORMALS] };
        let length = beta.factor[0].iter().map(|v| v * v).sum::<f64>().sqrt();
        any |= played.stage.reach.covered[p];
        if length > 0.0 { beta.factor[0].map(|v| z * v / length) } else { [0.0; NORMALS] }
    };
    let response: Vec<[f64; NORMALS]> = products.iter().enumerate().map(normals).collect();
    any.then(|| Market { response: Some(response), ..prepared.market.clone() })
}

fn without_carry_over(played: &Played) -> crate::response::ResponseModel {
    let mut response = played.request.model.response.clone();
    for product in &mut response.products {
        let Some(lags) = &mut product.lags else { continue };
        for lag in 1..lags.mean.len() {
            lags.mean[lag] = 0.0;
            lags.cholesky[lag].fill(0.0);
            product.diagnostics.common[lag].fill(0.0);
        }
    }
    response
}

fn at_level(market: &Market, level: f64) -> Market {
    let mut market = market.clone();
    let cells = market.partners.iter_mut().flat_map(|p| &mut p.series).flat_map(|s| &mut s.arms).flatten();
    cells.flat_map(|arm| &mut arm.mean).for_each(|mean| *mean *= level);
    market
}

/// Whether a budget ran out in any draw.
fn may_run_out(pairs: &[PairSums]) -> bool {
    pairs.iter().flat_map(|p| &p.budgets).flatten().any(|b| b.exhausted.is_some())
}
