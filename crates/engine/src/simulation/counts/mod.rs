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
mod smooth;
#[cfg(test)]
mod tests;

use super::gammas::Gammas;
use super::keyed::{Key, Keyed, NORMAL_ABOVE, near_normal};
use super::lanes::{Lanes, bits, exp, ln, normals};
use super::ledger::DRAWS;

use inversion::{invert_all, invert_from, left_out, luck, nothing_sold};

pub use known::moved;

/// Part of a cell's key for what sells much.
const MANY: u64 = u64::MAX;
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
pub struct Rates<T, const P: usize> {
    /// By arm.
    pub of: Vec<[T; P]>,
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
        rates: &mut Rates<f64, P>,
        counts: &mut [Vec<Lanes<P>>; DRAWS],
    ) {
        let Rates { of, order, steps } = rates;
        let Some(baseline) = of.first() else { return };
        let u = uniforms::<P>(self.key, first);
        let sold = if u.iter().any(|u| is_open(u, baseline)) {
            self.baseline(first, &u, baseline)
        } else {
            [[0.0; P]; DRAWS]
        };
        counts.iter_mut().zip(sold).for_each(|(counts, sold)| counts[0] = sold);
        if of.len() == 1 {
            return;
        }
        if sort(of, order) {
            // A step between two goes up in some lanes and down in others as it comes.
            let only = [(0, 1)];
            let steps = if of.len() == 2 { &only[..] } else { walk(order, steps) };
            for (nth, (from, to)) in steps.iter().enumerate() {
                let key = self.key.and(nth as u64);
                let u = uniforms::<P>(key, first);
                for (draw, (u, counts)) in u.iter().zip(counts.iter_mut()).enumerate() {
                    let draws = Draws { first, draw };
                    counts[*to] = self.step((key, draws, u), (&of[*from], &of[*to]), &counts[*from]);
                }
            }
        } else {
            for (draw, counts) in counts.iter_mut().enumerate() {
                self.one_by_one(Draws { first, draw }, of, (order, steps), counts);
            }
        }
    }

    /// Counts of the baseline in both draws.
    #[inline(always)]
    fn baseline<const P: usize>(
        &self,
        first: u64,
        u: &[Lanes<P>; DRAWS],
        rates: &Lanes<P>,
    ) -> [Lanes<P>; DRAWS] {
        let mut sold = invert_all(self.shape, u, rates, &nothing_sold(rates, self.shape));
        let many = lanes_above(rates, NORMAL_ABOVE);
        if many != 0 {
            for (draw, sold) in sold.iter_mut().enumerate() {
                self.many(Draws { first, draw }, rates, many, sold);
            }
        }
        sold
    }

    /// Counts of the lanes whose rate is above 30: luck drawn, then a rounded normal, or
    /// what is quicker below 30 after all.
    #[inline(always)]
    fn many<const P: usize>(&self, draws: Draws, rates: &Lanes<P>, mut many: u64, sold: &mut Lanes<P>) {
        let key = self.key.and(MANY);
        let luck = match Gammas::of(self.shape) {
            Some(gammas) => gammas.draw(key, |lane| draws.of(lane)),
            None => [1.0; P],
        };
        let key = key.and(MANY);
        let mut z = [0.0; P];
        for lane in 0..P {
            [z[lane], _] = key.halves(draws.of(lane));
        }
        let z = normals(&z);
        let mut rounded = [0.0; P];
        for lane in 0..P {
            rounded[lane] = near_normal(rates[lane] * luck[lane], z[lane]);
        }
        while many != 0 {
            let lane = many.trailing_zeros() as usize;
            many &= many - 1;
            let mean = rates[lane] * luck[lane];
            sold[lane] = if mean > NORMAL_ABOVE {
                rounded[lane]
            } else {
                key.and(draws.of(lane)).generator().poisson(mean)
            };
        }
    }

    /// Counts of the next arm in the order, from those of the one before it, with the key and
    /// the uniforms of the step.
    #[inline(always)]
    fn step<const P: usize>(
        &self,
        (key, draws, u): (Key, Draws, &Lanes<P>),
        (from, to): (&Lanes<P>, &Lanes<P>),
        counts: &Lanes<P>,
    ) -> Lanes<P> {
        let means = self.moves(from, to, counts);
        let (mut out, mut open) = self.moved_once(u, (from, to), counts, &means);
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

    /// Counts after a step where bounds tell that it moves nothing or one sale, and the
    /// other lanes as bits. With mean m at most `b = m²·(1 + 1/r)/2` of the probability
    /// is on two and more, and at least `m − b` on one and more: that holds for what is
    /// added (of shape r + n) and for what is left out.
    #[inline(always)]
    fn moved_once<const P: usize>(
        &self,
        u: &Lanes<P>,
        (from, to): (&Lanes<P>, &Lanes<P>),
        counts: &Lanes<P>,
        means: &Lanes<P>,
    ) -> (Lanes<P>, u64) {
        let half = if self.shape.is_infinite() { 0.5 } else { 0.5 + 0.5 / self.shape };
        let (mut out, mut left) = ([0.0; P], [0; P]);
        for lane in 0..P {
            let (above, mean) = (1.0 - u[lane], means[lane]);
            let more = half * mean * mean;
            let by = if to[lane] < from[lane] { -1.0 } else { 1.0 };
            let is_one = (above > more) & (above <= mean - more);
            out[lane] = counts[lane] + if is_one { by } else { 0.0 };
            left[lane] = u64::from((above <= mean) & !is_one);
        }
        (out, bits(&left))
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
                let u = key.halves(draws.first + lane as u64)[draws.draw];
                counts[*to][lane] = if u >= 1.0 - mean {
                    self.moved(u, &step, self.unmoved(&step), || key.and(draw).generator())
                } else {
                    count
                };
            }
        }
    }
}

/// Either draw of the pairs from the first one on.
#[derive(Debug, Clone, Copy)]
struct Draws {
    first: u64,
    draw: usize,
}

impl Draws {
    /// The number of a lane's draw among all draws.
    #[inline(always)]
    fn of(self, lane: usize) -> u64 {
        (self.first + lane as u64) * DRAWS as u64 + self.draw as u64
    }
}

/// One uniform a draw of the pairs from `first` on.
#[inline(always)]
fn uniforms<const P: usize>(key: Key, first: u64) -> [Lanes<P>; DRAWS] {
    let (mut one, mut two) = ([0.0; P], [0.0; P]);
    for lane in 0..P {
        [one[lane], two[lane]] = key.halves(first + lane as u64);
    }
    [one, two]
}

/// The lanes whose value is above a limit, as bits.
#[inline(always)]
fn lanes_above<const P: usize>(values: &Lanes<P>, limit: f64) -> u64 {
    let mut above = [0; P];
    for lane in 0..P {
        above[lane] = u64::from(values[lane] > limit);
    }
    bits(&above)
}

/// Whether some lane is not settled by its mean.
#[inline(always)]
fn is_open<const P: usize>(u: &Lanes<P>, means: &Lanes<P>) -> bool {
    let mut open = 0;
    for lane in 0..P {
        open |= u64::from(u[lane] >= 1.0 - means[lane]);
    }
    open != 0
}

/// Orders the arms by their rates in the first lane; whether all lanes agree.
#[inline(always)]
fn sort<const P: usize>(of: &[Lanes<P>], order: &mut Vec<usize>) -> bool {
    if of.len() == 2 {
        return true;
    }
    order.clear();
    order.extend(0..of.len());
    order.sort_by(|a, b| of[*a][0].total_cmp(&of[*b][0]).then(a.cmp(b)));
    let ascends = |pair: &[usize]| (0..P).all(|lane| of[pair[0]][lane] <= of[pair[1]][lane]);
    order.windows(2).all(ascends)
}

/// The steps from the baseline (arm 0) up to the highest arm, then from it down to the
/// lowest: from which arm to which.
fn walk<'s>(order: &[usize], steps: &'s mut Vec<(usize, usize)>) -> &'s [(usize, usize)] {
    let start = order.iter().position(|arm| *arm == 0).unwrap_or(0);
    steps.clear();
    steps.extend(order[start..].windows(2).map(|pair| (pair[0], pair[1])));
    steps.extend(order[..=start].windows(2).rev().map(|pair| (pair[1], pair[0])));
    steps
}
