//! How many pairs are played, and which of their rows are kept. Draws grow in rounds of
//! fixed size, so that the answer does not depend on threads, until the Monte Carlo
//! standard error of what an option changes in payout and net is below a hundredth of
//! its interval's width (FORECASTING.md §4).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use super::ledger::{DRAWS, FIELDS, Groups};
use super::metrics::{Name, Side, Sums};
use super::play::{Bench, PairSums};
use super::real::Real;
use super::spread::quantity;
use super::stage::Stage;
use super::{Continue, DRAWS_MAX, Extras, SimulationError};

/// Most numbers kept for partner rows: 128 MB.
const PARTNER_VALUES_MAX: usize = 16_000_000;
/// Pairs of a block, played side by side between two looks at progress.
const BLOCK: usize = 16;
/// Pairs of a block where there are very many partners,
const SMALL_BLOCK: usize = 8;
/// and where a block of those is too much as well.
const LEAST_BLOCK: usize = 2;
/// Most numbers that a block keeps of partners' pay and rows, a thread: 64 MB.
const BLOCK_VALUES_MAX: usize = 8_000_000;
/// Most that small blocks keep, on all threads: 1.6 GB.
const SMALL_BLOCK_VALUES_MAX: usize = 200_000_000;
/// Pairs of a further round: whole blocks, and even.
const ROUND: usize = 256;
/// Precise: the error of a mean is below this share of its interval's width,
const ERROR_OF_WIDTH: f64 = 0.01;
/// or of the mean itself, where the interval has no width to speak of.
const ERROR_OF_MEAN: f64 = 0.001;
/// Share of the progress that the first round is where more may follow.
const FIRST: f64 = 0.7;

/// The plan of a play.
#[derive(Debug, Clone, Copy)]
pub struct Rounds {
    first: usize,
    most: usize,
    /// Partner rows are kept of every so manieth couple of mirrored pairs.
    pub every: usize,
    /// Where partner rows begin, and the length of a whole ledger.
    partners_from: usize,
    all: usize,
    /// Pairs of a block. No figure depends on it.
    pub block: usize,
}

impl Rounds {
    pub fn of(stage: &Stage, draws: usize, extras: &Extras) -> Self {
        let first = draws.div_ceil(DRAWS);
        let most = extras.draws_max.min(DRAWS_MAX).div_ceil(DRAWS).max(first);
        let width = stage.arms() * FIELDS;
        let (from, whole) = (stage.groups.partner(0) * width, stage.groups.count() * width);
        let all = if extras.totals_only { from } else { whole };
        let every = ((all - from) * most).div_ceil(PARTNER_VALUES_MAX).max(1);
        let block = block(stage.arms() * stage.kept() * DRAWS + whole);
        Self { first, most, every, partners_from: from, all, block }
    }

    /// Plays until the figures are precise; pairs in their order.
    pub fn play(
        &self,
        stage: &Stage,
        progress: &(dyn Fn(f64) -> Continue + Sync),
    ) -> Result<Vec<PairSums>, SimulationError> {
        let mut pairs: Vec<PairSums> = Vec::new();
        let mut until = self.first;
        loop {
            let from = pairs.len();
            let run = from..until;
            pairs.extend(match (self.block, stage.smooth) {
                (BLOCK, false) => self.round::<f64, BLOCK>(stage, run, progress)?,
                (BLOCK, true) => self.round::<f32, BLOCK>(stage, run, progress)?,
                (SMALL_BLOCK, false) => self.round::<f64, SMALL_BLOCK>(stage, run, progress)?,
                (SMALL_BLOCK, true) => self.round::<f32, SMALL_BLOCK>(stage, run, progress)?,
                (_, false) => self.round::<f64, LEAST_BLOCK>(stage, run, progress)?,
                (_, true) => self.round::<f32, LEAST_BLOCK>(stage, run, progress)?,
            });
            if until >= self.most || is_precise(stage, &pairs) {
                return Ok(pairs);
            }
            until = (until + ROUND).min(self.most);
        }
    }

    /// Plays some pairs, block by block.
    fn round<T: Real, const P: usize>(
        &self,
        stage: &Stage,
        run: std::ops::Range<usize>,
        progress: &(dyn Fn(f64) -> Continue + Sync),
    ) -> Result<Vec<PairSums>, SimulationError> {
        let (done, stopped) = (AtomicUsize::new(run.start), AtomicBool::new(false));
        let blocks: Vec<usize> = run.clone().step_by(P).collect();
        let play = |bench: &mut Option<Bench<T, P>>, from: &usize| -> Vec<PairSums> {
            if stopped.load(Ordering::Relaxed) {
                return Vec::new();
            }
            let bench = bench.get_or_insert_with(|| Bench::of(stage));
            let kept: Vec<usize> = (*from..(from + P).min(run.end)).map(|pair| self.kept(pair)).collect();
            let played = bench.play(stage, *from as u64, &kept);
            let finished = done.fetch_add(kept.len(), Ordering::Relaxed) + kept.len();
            if progress(self.share(finished)) == Continue::Stop {
                stopped.store(true, Ordering::Relaxed);
            }
            played
        };
        let played: Vec<Vec<PairSums>> = blocks.par_iter().map_init(|| None, play).collect();
        if stopped.into_inner() {
            return Err(SimulationError::Stopped);
        }
        Ok(played.into_iter().flatten().collect())
    }

    /// How many values of the ledger are kept of a pair.
    fn kept(&self, pair: usize) -> usize {
        if (pair / 2).is_multiple_of(self.every) { self.all } else { self.partners_from }
    }

    fn share(&self, pairs: usize) -> f64 {
        let part = |done: usize, of: usize| done as f64 / of.max(1) as f64;
        if self.most == self.first {
            part(pairs, self.first)
        } else if pairs <= self.first {
            FIRST * part(pairs, self.first)
        } else {
            FIRST + (1.0 - FIRST) * part(pairs - self.first, self.most - self.first)
        }
    }
}

/// Pairs of a block of which each keeps so many numbers.
fn block(a_pair: usize) -> usize {
    if a_pair * BLOCK <= BLOCK_VALUES_MAX {
        BLOCK
    } else if a_pair * SMALL_BLOCK * rayon::current_num_threads() <= SMALL_BLOCK_VALUES_MAX {
        SMALL_BLOCK
    } else {
        LEAST_BLOCK
    }
}

/// Whether payout and net of every option's change are known well enough.
fn is_precise(stage: &Stage, pairs: &[PairSums]) -> bool {
    let sums = Sums { pairs, arms: stage.arms(), eligible: &stage.reach.eligible };
    let precise = |arm: usize, name: Name| {
        let q = quantity(&sums.values(Groups::TOTAL, Side::Difference(arm), name));
        let (Some(error), Some(low), Some(high), Some(mean)) = (q.mcse, q.p10, q.p90, q.mean) else {
            return true;
        };
        error <= (ERROR_OF_WIDTH * (high - low)).max(ERROR_OF_MEAN * mean.abs())
    };
    (1..stage.arms()).all(|arm| [Name::Payout, Name::Net].into_iter().all(|name| precise(arm, name)))
}
