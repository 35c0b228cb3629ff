//! Numbers of several pairs of draws side by side, a lane a pair, so that one pass over
//! cells and rules serves a whole block of pairs and loops over lanes become vector
//! instructions. The exponential and the logarithm are our own for that reason alone: a
//! call of the library's would be made lane by lane. Neither uses fused operations, so
//! that every machine gives the same bits.

/// One number a pair of the block.
pub type Lanes<const P: usize> = [f64; P];

/// ln 2 in two parts: `k · LN_2_HIGH` is exact for every exponent k of a float.
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Adding and taking off `1.5 · 2^52` rounds to a whole number, which then stands in the
/// lowest bits of the sum.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// Beyond this the exponential is taken to be that of the limit: still a normal float.
const EXP_MAX: f64 = 700.0;
/// `1 / k!` from k = 0: the rest of the series is below 1e-14 at ½ ln 2.
const EXP_SERIES: [f64; 12] = [
    1.0,
    1.0,
    0.5,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
];
/// `2 / (2k + 1)` from k = 0: the rest is below 1e-15 at the largest s.
const LN_SERIES: [f64; 9] =
    [2.0, 2.0 / 3.0, 2.0 / 5.0, 2.0 / 7.0, 2.0 / 9.0, 2.0 / 11.0, 2.0 / 13.0, 2.0 / 15.0, 2.0 / 17.0];

/// `e^x` to 1e-13 of itself, for |x| up to 700; beyond, the value there. `e^x = 2^k · e^r`
/// with |r| ≤ ½ ln 2.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    // Written so that each is one instruction; what is no number becomes the lower end.
    let x = if x > -EXP_MAX { x } else { -EXP_MAX };
    let x = if x < EXP_MAX { x } else { EXP_MAX };
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    // Pairs of pairs (Estrin): a short chain of operations instead of one term at a time.
    let [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11] = EXP_SERIES;
    let (r2, r4) = (r * r, (r * r) * (r * r));
    let low = (a0 + a1 * r) + (a2 + a3 * r) * r2;
    let middle = (a4 + a5 * r) + (a6 + a7 * r) * r2;
    let high = (a8 + a9 * r) + (a10 + a11 * r) * r2;
    let series = low + (middle + high * r4) * r4;
    let power = shifted.to_bits().wrapping_add(1023) << 52;
    series * f64::from_bits(power)
}

/// `ln x` to 1e-13 for a positive normal x: `x = 2^k · m` with m in [√½, √2), and
/// `ln m = 2 · artanh s`, `s = (m − 1) / (m + 1)`.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    const ROOT_HALF: u64 = 0x3FE6_A09E_667F_3BCD;
    const MANTISSA: u64 = 0x000F_FFFF_FFFF_FFFF;
    // The exponent with √½ as the border, biased by one so that it stays positive.
    let above = x.to_bits().wrapping_sub(ROOT_HALF).wrapping_add(1 << 62);
    let m = f64::from_bits((above & MANTISSA).wrapping_add(ROOT_HALF));
    let k = f64::from_bits((above >> 52) | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1024.0);
    let s = (m - 1.0) / (m + 1.0);
    let [a0, a1, a2, a3, a4, a5, a6, a7, a8] = LN_SERIES;
    let s2 = s * s;
    let (s4, s8) = (s2 * s2, (s2 * s2) * (s2 * s2));
    let low = (a0 + a1 * s2) + (a2 + a3 * s2) * s4;
    let high = (a4 + a5 * s2) + (a6 + a7 * s2) * s4;
    let series = low + (high + a8 * s8) * s8;
    k * LN_2_HIGH + (s * series + k * LN_2_LOW)
}

/// Where the logarithm leaves the middle of the normal distribution: beyond 3.2 standard
/// deviations, one lane in several hundred.
const FAR_OUT: f64 = 5.0;
/// Of the inverse error function over x, highest power first: in w − 2.5 up to
/// [`FAR_OUT`], in √w − 3 beyond (Giles 2012, *GPU Computing Gems*, ch. 10, single
/// precision).
const MIDDLE: [f64; 9] = [
    2.810_226_36e-8,
    3.432_739_39e-7,
    -3.523_387_7e-6,
    -4.391_506_54e-6,
    2.185_808_7e-4,
    -1.253_725_03e-3,
    -4.177_681_64e-3,
    0.246_640_727,
    1.501_409_41,
];
const TAIL: [f64; 9] = [
    -2.002_142_57e-4,
    1.009_505_58e-4,
    1.349_343_22e-3,
    -3.673_428_44e-3,
    5.739_507_73e-3,
    -7.622_461_3e-3,
    9.438_870_47e-3,
    1.001_674_06,
    2.832_976_82,
];

#[inline(always)]
fn polynomial(x: f64, terms: &[f64; 9]) -> f64 {
    let [a8, a7, a6, a5, a4, a3, a2, a1, a0] = terms;
    let (x2, x4) = (x * x, (x * x) * (x * x));
    let low = (a0 + a1 * x) + (a2 + a3 * x) * x2;
    let high = (a4 + a5 * x) + (a6 + a7 * x) * x2;
    low + (high + a8 * x4) * x4
}

/// The lanes that are marked with 1, not 0, as bits. Mostly there are none, which vectors
/// tell at once.
#[inline(always)]
pub fn bits<const P: usize>(marks: &[u64; P]) -> u64 {
    const { assert!(P <= 64, "a bit a lane") }
    let any = marks.iter().fold(0, |any, mark| any | mark);
    if any == 0 {
        return 0;
    }
    marks.iter().enumerate().fold(0, |bits, (lane, mark)| bits | mark << lane)
}

/// Standard normals at uniform numbers in (0, 1), to 2e-6.
#[inline(always)]
pub fn normals<const P: usize>(u: &Lanes<P>) -> Lanes<P> {
    let (mut w, mut out, mut far) = ([0.0; P], [0.0; P], [0; P]);
    for lane in 0..P {
        w[lane] = -ln(4.0 * u[lane] * (1.0 - u[lane]));
    }
    for lane in 0..P {
        let x = std::f64::consts::SQRT_2 * (2.0 * u[lane] - 1.0);
        out[lane] = x * polynomial(w[lane] - 2.5, &MIDDLE);
    }
    for lane in 0..P {
        far[lane] = u64::from(w[lane] >= FAR_OUT);
    }
    let mut far = bits(&far);
    while far != 0 {
        let lane = far.trailing_zeros() as usize;
        far &= far - 1;
        let x = std::f64::consts::SQRT_2 * (2.0 * u[lane] - 1.0);
        out[lane] = x * polynomial(w[lane].sqrt() - 3.0, &TAIL);
    }
    out
}

/// Adds lane by lane.
#[inline(always)]
pub fn add<T: Copy + Into<f64>, const P: usize>(to: &mut Lanes<P>, from: &[T; P]) {
    // By way of a copy: within long functions sums in place are compiled lane by lane.
    let mut sum = *to;
    for lane in 0..P {
        let more: f64 = from[lane].into();
        sum[lane] += more;
    }
    *to = sum;
}

/// Adds row by row and lane by lane.
#[inline(always)]
pub fn add_rows<const P: usize>(to: &mut [Lanes<P>], from: &[Lanes<P>]) {
    to.iter_mut().zip(from).for_each(|(to, from)| add(to, from));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::count::normal_below;

    fn grid() -> impl Iterator<Item = f64> {
        (0..400_000).map(|i| f64::from(i - 200_000) * 3.3e-3 + 1e-7)
    }

    #[test]
    fn the_exponential_is_that_of_the_library() {
        for x in grid().chain([0.0, 1e-300, -1e-9, 0.5, 690.0, -690.0]) {
            let (own, known) = (exp(x), x.exp());
            assert!((own / known - 1.0).abs() < 1e-13, "{x}: {own} {known}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(1e9), exp(EXP_MAX));
        assert!(exp(f64::NEG_INFINITY) > 0.0 && exp(f64::NEG_INFINITY) < 1e-300);
    }

    #[test]
    fn a_normal_is_the_one_below_which_the_uniform_lies() {
        for i in 0..20_000 {
            let u = (f64::from(i) + 0.5) / 20_000.0;
            let [z] = normals(&[u]);
            assert!((normal_below(z) - u).abs() < 2e-6, "{u}: {z}");
        }
        let [low, high] = normals(&[2f64.powi(-33), 1.0 - 2f64.powi(-33)]);
        assert!((low + 6.337).abs() < 0.01 && (high - 6.337).abs() < 0.01, "{low} {high}");
    }

    #[test]
    fn the_logarithm_is_that_of_the_library() {
        let mantissas = (1..100_000).map(|i| 1.0 + f64::from(i) / 50_000.0);
        for x in mantissas.chain(grid().map(f64::exp)).filter(|x| x.is_normal()) {
            let (own, known) = (ln(x), x.ln());
            assert!((own - known).abs() <= 1e-13 * known.abs().max(1.0), "{x}: {own} {known}");
        }
        assert_eq!(ln(1.0), 0.0);
        let near: f64 = 1.0 + 1e-12;
        assert!((ln(near) / near.ln() - 1.0).abs() < 1e-9);
    }
}
