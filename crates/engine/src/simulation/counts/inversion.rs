//! Counts from uniforms: the inversion of negative binomial, Poisson and binomial
//! distributions, over all lanes where that pays. Knows no arms and no cells.

use rand_distr::{Distribution, Gamma};

use super::super::keyed::{Keyed, NORMAL_ABOVE};
use super::super::lanes::{Lanes, exp, ln};
use super::super::ledger::DRAWS;

/// A term of a distribution below this cannot be hit by a uniform of 52 bits.
const TERM_MIN: f64 = 1e-18;
/// Counts that lanes step through together; the few above go on by themselves.
const STEPS: usize = 32;
/// Steps between two looks at whether any lane goes on: more than needed do no harm.
const UNCHECKED: usize = 4;
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

/// A gamma of mean 1; nothing for a shape that leaves no luck.
pub fn luck(generator: &mut Keyed, shape: f64) -> Option<f64> {
    if !(shape > 0.0 && shape < 1e9) {
        return None;
    }
    Gamma::new(shape, 1.0 / shape).ok().map(|gamma| gamma.sample(generator))
}

/// [`nothing`], lane by lane.
#[inline(always)]
pub fn nothing_sold<const P: usize>(means: &Lanes<P>, shape: f64) -> Lanes<P> {
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
pub fn nothing(mean: f64, shape: f64) -> f64 {
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
pub fn invert_from(u: f64, (mut term, mut below, mut count): (f64, f64, f64), mean: f64, shape: f64) -> f64 {
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

/// How many of `count` whole sales are left out when each goes with a chance: by inversion of `u` where few
/// are expected to go or to stay, else a rounded normal. `none`: the chance that the rarer
/// of the two, going and staying, befalls none.
pub fn left_out(u: f64, count: f64, goes: f64, none: f64, generator: impl FnOnce() -> Keyed) -> f64 {
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

/// Inverts the distributions of all lanes in both draws, some side by side: the draws of a
/// lane have their distribution in common, so that its terms are worked out once.
#[inline(always)]
pub fn invert_all<const P: usize>(
    shape: f64,
    u: &[Lanes<P>; DRAWS],
    rates: &Lanes<P>,
    none: &Lanes<P>,
) -> [Lanes<P>; DRAWS] {
    let mut counts = [[0.0; P]; DRAWS];
    for from in (0..P).step_by(ABREAST) {
        let to = P.min(from + ABREAST);
        // A uniform below 0 is settled at once, and so is one where luck is drawn instead.
        let (mut own, mut means, mut term) = ([[-1.0; ABREAST]; DRAWS], [0.0; ABREAST], [0.0; ABREAST]);
        means[..to - from].copy_from_slice(&rates[from..to]);
        term[..to - from].copy_from_slice(&none[from..to]);
        for (own, u) in own.iter_mut().zip(u) {
            own[..to - from].copy_from_slice(&u[from..to]);
            for (own, mean) in own.iter_mut().zip(&means) {
                *own = if *mean > NORMAL_ABOVE { -1.0 } else { *own };
            }
        }
        let found = invert_abreast(shape, &own, &means, &term);
        for (counts, found) in counts.iter_mut().zip(found) {
            counts[from..to].copy_from_slice(&found[..to - from]);
        }
    }
    counts
}

#[inline(always)]
fn invert_abreast(
    shape: f64,
    [one, two]: &[Abreast; DRAWS],
    means: &Abreast,
    none: &Abreast,
) -> [Abreast; DRAWS] {
    let poisson = shape.is_infinite();
    let odds = means.map(|mean| odds(mean, shape));
    let (mut term, mut below) = (*none, *none);
    let (mut first, mut second) = ([0.0; ABREAST], [0.0; ABREAST]);
    for (from, few) in NEXT.chunks(UNCHECKED).enumerate() {
        for (k, next) in few.iter().enumerate() {
            let count = (from * UNCHECKED + k) as f64;
            let factor = if poisson { *next } else { (shape + count) * next };
            for lane in 0..ABREAST {
                first[lane] += if one[lane] >= below[lane] { 1.0 } else { 0.0 };
                second[lane] += if two[lane] >= below[lane] { 1.0 } else { 0.0 };
                term[lane] *= odds[lane] * factor;
                below[lane] += term[lane];
            }
        }
        let mut open = false;
        for lane in 0..ABREAST {
            open |= (one[lane] >= below[lane]) | (two[lane] >= below[lane]);
        }
        if !open {
            return [first, second];
        }
    }
    let mut counts = [first, second];
    for (counts, u) in counts.iter_mut().zip([one, two]) {
        for lane in 0..ABREAST {
            if u[lane] >= below[lane] {
                let state = (term[lane], below[lane], counts[lane]);
                counts[lane] = invert_from(u[lane], state, means[lane], shape);
            }
        }
    }
    counts
}
