//! Counts of one cell in several arms on the same luck (FORECASTING.md §4), for a block
//! of pairs at once: the baseline draws, what is higher adds to it and what is lower
//! leaves out of it. So equal rates give equal counts, a higher one never sells less, and
//! the baseline sells the same whatever it is compared with.
//!
//! With luck `g ~ Gamma(r, 1/r)` and `N ~ Poisson(λ·g)`, N is negative binomial and
//! `g | N = n ~ Gamma(r + n, 1/(r + λ))`. So what the next higher rate adds,
//! `Poisson(Δλ·g)` given n, is negative binomial too, of shape `r + n` and mean
//! `Δλ·(r + n)/(r + λ)` (Pólya's urn). What the next lower rate sells of n is
//! `Binomial(n, λ'/λ)`, whatever g was (Poisson thinning). That is the joint law of
//! drawing g first, from one uniform an arm. All counts are found by inverting their
//! distributions; above a mean of 30 g is drawn, and counts are rounded normals with
//! their skewness corrected.
//!
//! **Mostly nothing.** `P(nothing is added) ≥ 1 − mean` and `P(nothing is left out) ≥
//! 1 − mean`, too: a uniform below that is settled without the distribution.

mod inversion;
mod known;
#[cfg(test)]
mod tests;

use super::keyed::{Key, Keyed, NORMAL_ABOVE};
use super::lanes::{Lanes, exp, ln};
use super::ledger::DRAWS;

use inversion::{invert_all, invert_from, left_out, luck, nothing_sold};

pub use known::moved;

/// Up to as many lanes that are not settled are cheaper worked out one by one.
const FEW: u32 = 2;

/// One cell, ready to draw from.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// Of the cell in every draw.
    pub key: Key,
    /// Shape of the overdispersion; infinite: none.
    pub shape: f64,
}

/// Rates of a cell by arm, the baseline first, with room for their order.
#[derive(Debug, Clone, Default)]
pub struct Rates<const P: usize> {
    /// By arm.
    pub of: Vec<Lanes<P>>,
    order: Vec<usize>,
    /// Steps from arm to arm.
    steps: Vec<(usize, usize)>,
}

/// From the rate and count of one arm to the rate of the next.
struct Step {
    from: f64,
    to: f64,
    count: f64,
    /// Sales that are expected to come or to go.
    mean: f64,
}

impl Cell {
    /// Draws the counts of every arm in both draws of the pairs from `first` on.
    #[inline(always)]
    pub fn draw<const P: usize>(
        &self,
        first: u64,
        rates: &mut Rates<P>,
        counts: &mut [Vec<Lanes<P>>; DRAWS],
    ) {
        let Rates { of, order, steps } = rates;
        let Some(baseline) = of.first() else { return };
        let both: [Draws; DRAWS] =
            std::array::from_fn(|draw| Draws { first: first * DRAWS as u64 + draw as u64 });
        let u = both.map(|draws| draws.uniform::<P>(self.key));
        if u.iter().any(|u| open_lanes(u, baseline) != 0) {
            let none = nothing_sold(baseline, self.shape);
            for ((draws, u), counts) in both.iter().zip(&u).zip(counts.iter_mut()) {
                counts[0] = self.baseline(*draws, u, baseline, &none);
            }
        } else {
            counts.iter_mut().for_each(|counts| counts[0] = [0.0; P]);
        }
        if of.len() == 1 {
            return;
        }
        if sort(of, order) {
            walk(order, steps);
            for (draws, counts) in both.into_iter().zip(counts) {
                for (nth, (from, to)) in steps.iter().enumerate() {
                    counts[*to] = self.step(draws, nth as u64, (&of[*from], &of[*to]), &counts[*from]);
                }
            }
        } else {
            for (draws, counts) in both.into_iter().zip(counts) {
                self.one_by_one(draws, of, (order, steps), counts);
            }
        }
    }

    /// Counts of the baseline; `none`: the chance of nothing.
    #[inline(always)]
    fn baseline<const P: usize>(
        &self,
        draws: Draws,
        u: &Lanes<P>,
        rates: &Lanes<P>,
        none: &Lanes<P>,
    ) -> Lanes<P> {
        let mut counts = invert_all(self.shape, u, rates, none);
        for lane in (0..P).filter(|lane| rates[*lane] > NORMAL_ABOVE) {
            let mut generator = self.key.and(draws.of(lane)).generator();
            let luck = luck(&mut generator, self.shape).unwrap_or(1.0);
            counts[lane] = generator.poisson(rates[lane] * luck);
        }
        counts
    }

    /// Counts of the `nth` arm in the order, from those of the one before it.
    #[inline(always)]
    fn step<const P: usize>(
        &self,
        draws: Draws,
        nth: u64,
        (from, to): (&Lanes<P>, &Lanes<P>),
        counts: &Lanes<P>,
    ) -> Lanes<P> {
        let key = self.key.and(nth);
        let u = draws.uniform::<P>(key);
        let means = self.moves(from, to, counts);
        let mut out = *counts;
        let mut open = open_lanes(&u, &means);
        let together = (open.count_ones() > FEW).then(|| self.unmoved_all(from, to, counts, &means));
        while open != 0 {
            let lane = open.trailing_zeros() as usize;
            open &= open - 1;
            let step = Step { from: from[lane], to: to[lane], count: counts[lane], mean: means[lane] };
            let none = together.map_or_else(|| self.unmoved(&step), |none| none[lane]);
            out[lane] = self.moved(u[lane], &step, none, || key.and(draws.of(lane)).generator());
        }
        out
    }

    /// How many sales a step is expected to add or to leave out.
    #[inline(always)]
    fn moves<const P: usize>(&self, from: &Lanes<P>, to: &Lanes<P>, counts: &Lanes<P>) -> Lanes<P> {
        let mut means = [0.0; P];
        if self.shape.is_infinite() {
            for lane in 0..P {
                let (less, part) = (to[lane] - from[lane], counts[lane] / from[lane]);
                means[lane] = if less >= 0.0 { less } else { -less * part };
            }
        } else {
            for lane in 0..P {
                let (less, count) = (to[lane] - from[lane], counts[lane]);
                // (r + n)/(r + λ) of what is more, n/λ of what is less.
                let (above, below) = if less >= 0.0 { (self.shape, less) } else { (0.0, -less) };
                means[lane] = below * ((above + count) / (above + from[lane]));
            }
        }
        for (mean, (from, to)) in means.iter_mut().zip(from.iter().zip(to)) {
            // Nothing is nothing, whatever the rest.
            *mean = if from == to { 0.0 } else { *mean };
        }
        means
    }

    /// The chance that a step moves nothing: `(1 + mean/(r + n))^−(r + n)` of what is
    /// more, `(1 − p)^n` of what is less, p being the rarer of going and staying.
    #[inline(always)]
    fn unmoved_all<const P: usize>(
        &self,
        from: &Lanes<P>,
        to: &Lanes<P>,
        counts: &Lanes<P>,
        means: &Lanes<P>,
    ) -> Lanes<P> {
        let (mut power, mut base, mut poisson) = ([0.0; P], [0.0; P], [0.0; P]);
        for lane in 0..P {
            let (stays, shape) = (to[lane] / from[lane], self.shape + counts[lane]);
            let is_less = to[lane] < from[lane];
            power[lane] = if is_less { counts[lane] } else { -shape };
            base[lane] = if is_less { stays.max(1.0 - stays) } else { 1.0 + means[lane] / shape };
            poisson[lane] = if is_less { f64::NEG_INFINITY } else { -means[lane] };
        }
        let mut none = [0.0; P];
        for lane in 0..P {
            none[lane] = exp(power[lane] * ln(base[lane]));
        }
        if self.shape.is_infinite() {
            for lane in 0..P {
                none[lane] = if poisson[lane] > f64::NEG_INFINITY { exp(poisson[lane]) } else { none[lane] };
            }
        }
        none
    }

    fn unmoved(&self, step: &Step) -> f64 {
        let [none] = self.unmoved_all(&[step.from], &[step.to], &[step.count], &[step.mean]);
        none
    }

    /// The count after a step that is not settled by its mean; `none`: the chance that it
    /// moves nothing.
    fn moved(&self, u: f64, step: &Step, none: f64, generator: impl FnOnce() -> Keyed) -> f64 {
        let count = step.count;
        if step.to < step.from {
            return count - left_out(u, count, 1.0 - step.to / step.from, none, generator);
        }
        let shape = self.shape + count;
        if step.mean > NORMAL_ABOVE {
            let mut generator = generator();
            let luck = luck(&mut generator, shape).unwrap_or(1.0);
            return count + generator.poisson(step.mean * luck);
        }
        count + invert_from(u, (none, none, 0.0), step.mean, shape)
    }

    /// Lane by lane, where draws of the response order the arms differently.
    fn one_by_one<const P: usize>(
        &self,
        draws: Draws,
        of: &[Lanes<P>],
        (order, steps): (&mut [usize], &mut Vec<(usize, usize)>),
        counts: &mut [Lanes<P>],
    ) {
        for lane in 0..P {
            order.sort_by(|a, b| of[*a][lane].total_cmp(&of[*b][lane]).then(a.cmp(b)));
            walk(order, steps);
            for (nth, (from, to)) in steps.iter().enumerate() {
                let (rates, count) = ((of[*from][lane], of[*to][lane]), counts[*from][lane]);
                let (key, draw) = (self.key.and(nth as u64), draws.of(lane));
                let [mean] = self.moves(&[rates.0], &[rates.1], &[count]);
                let step = Step { from: rates.0, to: rates.1, count, mean };
                let u = key.nth(draw);
                counts[*to][lane] = if u >= 1.0 - mean {
                    self.moved(u, &step, self.unmoved(&step), || key.and(draw).generator())
                } else {
                    count
                };
            }
        }
    }
}

/// The draws of the lanes: every second one, from the first pair's on.
#[derive(Debug, Clone, Copy)]
struct Draws {
    first: u64,
}

impl Draws {
    #[inline(always)]
    fn of(self, lane: usize) -> u64 {
        self.first + (lane * DRAWS) as u64
    }

    #[inline(always)]
    fn uniform<const P: usize>(self, key: Key) -> Lanes<P> {
        std::array::from_fn(|lane| key.nth(self.of(lane)))
    }
}

/// The lanes that are not settled by their means, as bits.
#[inline(always)]
fn open_lanes<const P: usize>(u: &Lanes<P>, means: &Lanes<P>) -> u64 {
    const { assert!(P <= 64, "a bit a lane") }
    let mut open = 0;
    for lane in 0..P {
        open |= u64::from(u[lane] >= 1.0 - means[lane]) << lane;
    }
    open
}

/// Orders the arms by their rates in the first lane; whether all lanes agree.
#[inline(always)]
fn sort<const P: usize>(of: &[Lanes<P>], order: &mut Vec<usize>) -> bool {
    order.clear();
    order.extend(0..of.len());
    if of.len() == 2 {
        // A step goes up in some lanes and down in others as it comes.
        return true;
    }
    order.sort_by(|a, b| of[*a][0].total_cmp(&of[*b][0]).then(a.cmp(b)));
    let ascends = |pair: &[usize]| (0..P).all(|lane| of[pair[0]][lane] <= of[pair[1]][lane]);
    order.windows(2).all(ascends)
}

/// The steps from the baseline (arm 0) up to the highest arm, then from it down to the
/// lowest: from which arm to which.
fn walk(order: &[usize], steps: &mut Vec<(usize, usize)>) {
    let start = order.iter().position(|arm| *arm == 0).unwrap_or(0);
    steps.clear();
    steps.extend(order[start..].windows(2).map(|pair| (pair[0], pair[1])));
    steps.extend(order[..=start].windows(2).rev().map(|pair| (pair[1], pair[0])));
}
