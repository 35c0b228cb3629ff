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

use rand_distr::{Distribution, Gamma};

use super::keyed::{Key, Keyed, NORMAL_ABOVE};
use super::lanes::{Lanes, exp, ln};
use super::ledger::DRAWS;

/// A term of a distribution below this cannot be hit by a uniform of 52 bits.
const TERM_MIN: f64 = 1e-18;
/// Counts that lanes step through together; the few above go on by themselves.
const STEPS: usize = 32;
/// Up to as many lanes that are not settled are cheaper worked out one by one.
const FEW: u32 = 2;
/// Lanes that step together: few enough to stay in registers.
const ABREAST: usize = 8;
type Abreast = Lanes<ABREAST>;
/// `1 / (k + 1)`.
const NEXT: [f64; STEPS] = {
    let mut next = [0.0; STEPS];
    let mut k = 0;
    while k < STEPS {
        next[k] = 1.0 / (k + 1) as f64;
        k += 1;
    }
    next
};

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
        let Rates { of, order } = rates;
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
        let agreed = sort(of, order);
        for (draws, counts) in both.into_iter().zip(counts) {
            if agreed {
                walk(order, |nth, from, to| {
                    counts[to] = self.step(draws, nth, (&of[from], &of[to]), &counts[from]);
                });
            } else {
                self.one_by_one(draws, of, order, counts);
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
        let mut counts = self.invert_all(u, rates, none);
        for lane in (0..P).filter(|lane| rates[*lane] > NORMAL_ABOVE) {
            let mut generator = self.key.and(draws.of(lane)).generator();
            let luck = luck(&mut generator, self.shape).unwrap_or(1.0);
            counts[lane] = generator.poisson(rates[lane] * luck);
        }
        counts
    }

    /// Inverts the distributions of all lanes, some side by side.
    #[inline(always)]
    fn invert_all<const P: usize>(&self, u: &Lanes<P>, rates: &Lanes<P>, none: &Lanes<P>) -> Lanes<P> {
        let mut counts = [0.0; P];
        for from in (0..P).step_by(ABREAST) {
            let to = P.min(from + ABREAST);
            // A uniform below 0 is settled at once.
            let (mut own, mut means, mut term) = ([-1.0; ABREAST], [0.0; ABREAST], [0.0; ABREAST]);
            own[..to - from].copy_from_slice(&u[from..to]);
            means[..to - from].copy_from_slice(&rates[from..to]);
            term[..to - from].copy_from_slice(&none[from..to]);
            let found = self.invert_abreast(&own, &means, &term);
            counts[from..to].copy_from_slice(&found[..to - from]);
        }
        counts
    }

    #[inline(always)]
    fn invert_abreast(&self, u: &Abreast, means: &Abreast, none: &Abreast) -> Abreast {
        let poisson = self.shape.is_infinite();
        let odds = means.map(|mean| odds(mean, self.shape));
        let (mut term, mut below, mut counts) = (*none, *none, [0.0; ABREAST]);
        for (k, next) in NEXT.iter().enumerate() {
            let factor = if poisson { *next } else { (self.shape + k as f64) * next };
            let mut open = 0;
            for lane in 0..ABREAST {
                let is_open = u[lane] >= below[lane];
                open |= u64::from(is_open);
                counts[lane] += if is_open { 1.0 } else { 0.0 };
                term[lane] *= odds[lane] * factor;
                below[lane] += term[lane];
            }
            if open == 0 {
                return counts;
            }
        }
        for lane in 0..ABREAST {
            // Above a mean of 30 another way is taken.
            if u[lane] >= below[lane] && means[lane] <= NORMAL_ABOVE {
                let state = (term[lane], below[lane], counts[lane]);
                counts[lane] = invert_from(u[lane], state, means[lane], self.shape);
            }
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
            return count - left_out(u, step, none, generator);
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
        order: &mut Vec<usize>,
        counts: &mut [Lanes<P>],
    ) {
        for lane in 0..P {
            order.sort_by(|a, b| of[*a][lane].total_cmp(&of[*b][lane]).then(a.cmp(b)));
            walk(order, |nth, from, to| {
                let (rates, count) = ((of[from][lane], of[to][lane]), counts[from][lane]);
                let (key, draw) = (self.key.and(nth), draws.of(lane));
                let [mean] = self.moves(&[rates.0], &[rates.1], &[count]);
                let step = Step { from: rates.0, to: rates.1, count, mean };
                let u = key.nth(draw);
                counts[to][lane] = if u >= 1.0 - mean {
                    self.moved(u, &step, self.unmoved(&step), || key.and(draw).generator())
                } else {
                    count
                };
            });
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

/// Steps from the baseline (arm 0) up to the highest arm, then from it down to the
/// lowest: `step(number of the step, from, to)`.
#[inline(always)]
fn walk(order: &[usize], mut step: impl FnMut(u64, usize, usize)) {
    let start = order.iter().position(|arm| *arm == 0).unwrap_or(0);
    let mut nth = 0;
    for at in start + 1..order.len() {
        step(nth, order[at - 1], order[at]);
        nth += 1;
    }
    for at in (0..start).rev() {
        step(nth, order[at + 1], order[at]);
        nth += 1;
    }
}

/// A gamma of mean 1; nothing for a shape that leaves no luck.
fn luck(generator: &mut Keyed, shape: f64) -> Option<f64> {
    if !(shape > 0.0 && shape < 1e9) {
        return None;
    }
    Gamma::new(shape, 1.0 / shape).ok().map(|gamma| gamma.sample(generator))
}

/// [`nothing`], lane by lane.
#[inline(always)]
fn nothing_sold<const P: usize>(means: &Lanes<P>, shape: f64) -> Lanes<P> {
    let mut out = [0.0; P];
    if shape.is_infinite() {
        for lane in 0..P {
            out[lane] = exp(-means[lane]);
        }
    } else {
        for lane in 0..P {
            out[lane] = ln(1.0 + means[lane] / shape);
        }
        for lane in 0..P {
            out[lane] = exp(-shape * out[lane]);
        }
    }
    out
}

/// `P(N = 0)`: `(1 + mean / shape)^(−shape)`; 1 for a mean of 0.
#[cfg(test)]
fn nothing(mean: f64, shape: f64) -> f64 {
    let [none] = nothing_sold(&[mean], shape);
    none
}

/// How much more likely the next count is, but for what the count itself does.
#[inline(always)]
fn odds(mean: f64, shape: f64) -> f64 {
    if shape.is_infinite() { mean } else { mean / (shape + mean) }
}

/// The count whose distribution function first exceeds `u`, from one whose term and
/// distribution function are known: negative binomial of a mean and shape, Poisson for an
/// infinite shape.
fn invert_from(u: f64, (mut term, mut below, mut count): (f64, f64, f64), mean: f64, shape: f64) -> f64 {
    let (poisson, odds) = (shape.is_infinite(), odds(mean, shape));
    while u >= below {
        let factor = if poisson { 1.0 } else { shape + count };
        let next = NEXT.get(count as usize).copied().unwrap_or_else(|| 1.0 / (count + 1.0));
        count += 1.0;
        term *= odds * factor * next;
        below += term;
        if term < TERM_MIN && count > mean {
            break;
        }
    }
    count
}

/// How many whole sales a step to a lower rate leaves out: by inversion of `u` where few
/// are expected to go or to stay, else a rounded normal. `none`: the chance that the rarer
/// of the two, going and staying, befalls none.
fn left_out(u: f64, step: &Step, none: f64, generator: impl FnOnce() -> Keyed) -> f64 {
    let (count, goes) = (step.count, 1.0 - step.to / step.from);
    let p = goes.min(1.0 - goes);
    // The higher the uniform the more go, so the fewer stay.
    let u = if goes > p { 1.0 - u } else { u };
    let rare = if count * p > NORMAL_ABOVE {
        let sd = (count * p * (1.0 - p)).sqrt();
        (count * p + sd * generator().normal()).round().clamp(0.0, count)
    } else {
        let (mut term, mut below, mut k) = (none, none, 0.0);
        while u >= below && k < count {
            term *= (count - k) / (k + 1.0) * p / (1.0 - p);
            below += term;
            k += 1.0;
        }
        k
    };
    if goes > p { count - rare } else { rare }
}

/// What becomes of `units` that were really sold when the rate is `ratio` times that of
/// the time: each is kept with that chance, or as many are added as a Poisson count
/// brings. The mean is `units · ratio`.
pub fn moved(key: Key, units: f64, ratio: f64) -> f64 {
    if units <= 0.0 || !ratio.is_finite() || ratio == 1.0 {
        return units.max(0.0);
    }
    let mut generator = key.generator();
    if ratio > 1.0 {
        return units + generator.poisson(units * (ratio - 1.0));
    }
    let lost = 1.0 - ratio.max(0.0);
    // Whole units one by one where they are few, else by the normal.
    if units <= 64.0 {
        let gone = (0..units.floor() as usize).filter(|_| generator.uniform() < lost).count() as f64;
        return (units - gone - units.fract() * lost).max(0.0);
    }
    let sd = (units * lost * (1.0 - lost)).sqrt();
    (units - (units * lost + sd * generator.normal()).round()).clamp(0.0, units)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::keyed::Stream;

    fn drawn<const P: usize>(rates: &[f64], shape: f64, first: u64) -> [Vec<Lanes<P>>; DRAWS] {
        let mut counts = [vec![[0.0; P]; rates.len()], vec![[0.0; P]; rates.len()]];
        let mut rates = Rates { of: rates.iter().map(|r| [*r; P]).collect(), order: Vec::new() };
        let key = Key::new(9, Stream::Cell, 0);
        Cell { key, shape }.draw(first, &mut rates, &mut counts);
        counts
    }

    #[test]
    fn counts_have_their_rates_as_means_and_share_their_luck() {
        let n = 60_000u64;
        for shape in [2.5, 0.3, f64::INFINITY] {
            let rates = [4.0, 4.4, 4.0, 60.0, 0.0, 3.6, 1.0];
            let (mut sums, mut squares, mut added, mut kept) = ([0.0; 7], 0.0, 0.0, 0.0);
            for first in (0..n / 2).step_by(16) {
                let counts = drawn::<16>(&rates, shape, first);
                for out in counts.iter().flat_map(|c| (0..16).map(|l| c.iter().map(move |arm| arm[l]))) {
                    let out: Vec<f64> = out.collect();
                    assert_eq!(out[0], out[2]);
                    assert!(out[1] >= out[0] && out[3] >= out[1] && out[4] == 0.0);
                    assert!(out[5] <= out[0] && out[6] <= out[5]);
                    sums.iter_mut().zip(&out).for_each(|(sum, v)| *sum += v);
                    squares += (out[0] - 4.0).powi(2);
                    added += (out[0] - 4.0) * (out[1] - out[0] - 0.4);
                    kept += (out[0] - 4.0) * (out[6] - 1.0);
                }
            }
            let over = if shape.is_finite() { 1.0 / shape } else { 0.0 };
            let variance = 4.0 + 16.0 * over;
            for (sum, rate) in sums.iter().zip(rates) {
                let se = ((rate + rate * rate * over) / n as f64).sqrt();
                assert!((sum / n as f64 - rate).abs() <= 5.0 * se, "{shape} {rate}: {}", sum / n as f64);
            }
            let spread = squares / n as f64 / variance;
            assert!((spread - 1.0).abs() < 0.12, "negative binomial spread at {shape}: {spread}");
            // Luck is shared: Cov(N, what the next adds) = λ·Δ·Var(g).
            let covariance = added / n as f64;
            assert!((covariance - 1.6 * over).abs() < 0.05 + 0.3 * over, "{shape}: {covariance}");
            // Of a part: Cov(N, N') = λ' + λ·λ'·Var(g).
            let covariance = kept / n as f64;
            assert!((covariance - 1.0 - 4.0 * over).abs() < 0.05 + 0.4 * over, "{shape}: {covariance}");
        }
    }

    #[test]
    fn counts_do_not_depend_on_the_other_arms_nor_on_the_block() {
        for shape in [1.7, f64::INFINITY] {
            let alone = drawn::<16>(&[3.0], shape, 0);
            let beside = drawn::<16>(&[3.0, 2.0, 5.0, 9.0, 40.0], shape, 0);
            assert_eq!(alone[0][0], beside[0][0]);
            assert_eq!(alone[1][0], beside[1][0]);
            for pair in 0..16 {
                let one = drawn::<1>(&[3.0, 2.0, 5.0, 9.0, 40.0], shape, pair);
                for (draw, arm) in (0..DRAWS).flat_map(|d| (0..5).map(move |a| (d, a))) {
                    assert_eq!(one[draw][arm][0], beside[draw][arm][pair as usize], "{pair} {arm}");
                }
            }
        }
    }

    #[test]
    fn lanes_that_order_their_arms_differently_keep_the_order() {
        let mut rates = Rates {
            of: vec![[3.0; 4], [2.0, 4.0, 3.0, 3.5], [4.0, 2.0, 3.0, 3.5], [3.5, 3.5, 2.5, 9.0]],
            order: Vec::new(),
        };
        for i in 0..2_000 {
            let key = Key::new(9, Stream::Cell, i);
            let mut counts = [vec![[0.0; 4]; 4], vec![[0.0; 4]; 4]];
            Cell { key, shape: 0.8 }.draw(0, &mut rates, &mut counts);
            for (counts, lane) in counts.iter().flat_map(|c| (0..4).map(move |lane| (c, lane))) {
                for (a, b) in (0..4).flat_map(|a| (0..4).map(move |b| (a, b))) {
                    let (low, high) = (rates.of[a][lane], rates.of[b][lane]);
                    assert!(low > high || counts[a][lane] <= counts[b][lane], "{lane}: {counts:?}");
                }
            }
        }
    }

    #[test]
    fn a_count_is_what_the_textbook_says() {
        // Shape 2, mean 1: p = 2/3; P(0) = 4/9, P(1) = 2 · 4/9 · 1/3.
        let none = nothing(1.0, 2.0);
        assert!((none - 4.0 / 9.0).abs() < 1e-12);
        let cell = Cell { key: Key::new(1, Stream::Cell, 0), shape: 2.0 };
        let u = [none - 1e-9, none, none + 8.0 / 27.0 - 1e-9, none + 8.0 / 27.0 + 1e-9];
        assert_eq!(cell.invert_all(&u, &[1.0; 4], &[none; 4]), [0.0, 1.0, 1.0, 2.0]);
        let last = 1.0 - f64::EPSILON / 2.0;
        assert!(cell.invert_all(&[last], &[1.0], &[none])[0] < 100.0);
        assert!(cell.invert_all(&[last], &[29.0], &[nothing(29.0, 2.0)])[0] < 1_000.0);
        // Each of three stays with chance 1/4: none does in 27 of 64.
        let gone = |u: f64| {
            let step = Step { from: 4.0, to: 1.0, count: 3.0, mean: 2.25 };
            left_out(u, &step, cell.unmoved(&step), || cell.key.generator())
        };
        let staying = [27.0 / 64.0 - 1e-9, 27.0 / 64.0 + 1e-9, 1.0 - 1e-9];
        assert_eq!(staying.map(|below| gone(1.0 - below)), [3.0, 2.0, 0.0]);
        let step = Step { from: 4.0, to: 0.0, count: 3.0, mean: 3.0 };
        assert_eq!(left_out(0.5, &step, cell.unmoved(&step), || cell.key.generator()), 3.0);
    }

    #[test]
    fn real_sales_are_moved_by_the_ratio() {
        let n = 20_000u64;
        for (units, ratio) in [(7.0, 1.2), (7.0, 0.8), (200.0, 0.9), (200.0, 1.1), (0.0, 2.0), (5.0, 1.0)] {
            let all: Vec<f64> = (0..n).map(|i| moved(Key::new(4, Stream::Cell, i), units, ratio)).collect();
            let mean = all.iter().sum::<f64>() / n as f64;
            let se = (units * (ratio - 1.0f64).abs() / n as f64).sqrt();
            assert!((mean - units * ratio).abs() <= 5.0 * se + 1e-9, "{units} {ratio}: {mean}");
            assert!(all.iter().all(|v| if ratio < 1.0 { *v <= units } else { *v >= units }));
        }
    }
}
