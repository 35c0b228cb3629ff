//! Exponential, logarithm and standard normal in single precision, lane by lane: for luck
//! that needs no more digits ([`super::counts`], amounts). Like those of [`super::lanes`]
//! they use no fused operations, so that every machine gives the same bits.

use super::lanes::Lanes;

/// Single numbers of several pairs side by side.
pub type Singles<const P: usize> = [f32; P];

const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;
/// Adding and taking off `1.5 · 2^23` rounds to a whole number.
const ROUND: f32 = 12_582_912.0;
const EXP_MAX: f32 = 87.0;
/// `1 / k!` from k = 0: the rest of the series is below 2e-7 at ½ ln 2.
const EXP_SERIES: [f32; 7] = [1.0, 1.0, 0.5, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0];
/// `2 / (2k + 1)` from k = 0: the rest is below 1e-7.
const LN_SERIES: [f32; 4] = [2.0, 2.0 / 3.0, 2.0 / 5.0, 2.0 / 7.0];
/// As in [`super::lanes::normals`].
const FAR_OUT: f32 = 5.0;
const MIDDLE: [f32; 9] = [
    2.810_226_4e-8,
    3.432_739_4e-7,
    -3.523_387_7e-6,
    -4.391_506_5e-6,
    2.185_808_7e-4,
    -1.253_725e-3,
    -4.177_681_6e-3,
    0.246_640_73,
    1.501_409_4,
];
const TAIL: [f32; 9] = [
    -2.002_142_6e-4,
    1.009_505_6e-4,
    1.349_343_2e-3,
    -3.673_428_4e-3,
    5.739_508e-3,
    -7.622_461_3e-3,
    9.438_871e-3,
    1.001_674,
    2.832_976_8,
];

/// `e^x` to 4e-7 of itself, for |x| up to 87; beyond, the value there.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = if x > -EXP_MAX { x } else { -EXP_MAX };
    let x = if x < EXP_MAX { x } else { EXP_MAX };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    let [a0, a1, a2, a3, a4, a5, a6] = EXP_SERIES;
    let (r2, r4) = (r * r, (r * r) * (r * r));
    let series = (a0 + a1 * r) + (a2 + a3 * r) * r2 + ((a4 + a5 * r) + a6 * r2) * r4;
    series * f32::from_bits(shifted.to_bits().wrapping_add(127) << 23)
}

/// `ln x` to 4e-7 (of itself beyond 1) for a positive normal x.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    const ROOT_HALF: u32 = 0x3F35_04F3;
    const MANTISSA: u32 = 0x007F_FFFF;
    let above = x.to_bits().wrapping_sub(ROOT_HALF).wrapping_add(1 << 30);
    let m = f32::from_bits((above & MANTISSA).wrapping_add(ROOT_HALF));
    let k = f32::from_bits((above >> 23) | 0x4B00_0000) - (8_388_608.0 + 128.0);
    let s = (m - 1.0) / (m + 1.0);
    let [a0, a1, a2, a3] = LN_SERIES;
    let s2 = s * s;
    let series = (a0 + a1 * s2) + (a2 + a3 * s2) * (s2 * s2);
    k * LN_2_HIGH + (s * series + k * LN_2_LOW)
}

#[inline(always)]
fn polynomial(x: f32, terms: &[f32; 9]) -> f32 {
    let [a8, a7, a6, a5, a4, a3, a2, a1, a0] = terms;
    let (x2, x4) = (x * x, (x * x) * (x * x));
    let low = (a0 + a1 * x) + (a2 + a3 * x) * x2;
    let high = (a4 + a5 * x) + (a6 + a7 * x) * x2;
    low + (high + a8 * x4) * x4
}

/// Standard normals at uniform numbers in (0, 1), to 3e-6.
#[inline(always)]
pub fn normals<const P: usize>(u: &Lanes<P>) -> Singles<P> {
    const { assert!(P <= 64, "a bit a lane") }
    let (mut w, mut x, mut out) = ([0.0f32; P], [0.0f32; P], [0.0f32; P]);
    for lane in 0..P {
        w[lane] = (4.0 * u[lane] * (1.0 - u[lane])) as f32;
        x[lane] = (std::f64::consts::SQRT_2 * (2.0 * u[lane] - 1.0)) as f32;
    }
    for lane in 0..P {
        w[lane] = -ln(w[lane]);
        out[lane] = x[lane] * polynomial(w[lane] - 2.5, &MIDDLE);
    }
    let mut any = false;
    for lane in 0..P {
        any |= w[lane] >= FAR_OUT;
    }
    for lane in 0..if any { P } else { 0 } {
        if w[lane] >= FAR_OUT {
            out[lane] = x[lane] * polynomial(w[lane].sqrt() - 3.0, &TAIL);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::count::normal_below;

    #[test]
    fn exponential_and_logarithm_are_those_of_the_library() {
        for i in -80_000..80_000 {
            let x = i as f32 * 1e-3 + 1e-6;
            let known = f64::from(x).exp();
            assert!((f64::from(exp(x)) / known - 1.0).abs() < 4e-7, "{x}: {} {known}", exp(x));
            let power = known as f32;
            let log = f64::from(power).ln();
            assert!((f64::from(ln(power)) - log).abs() < 4e-7 * log.abs().max(1.0), "{power}: {log}");
        }
        assert_eq!((exp(0.0), ln(1.0), exp(1e9)), (1.0, 0.0, exp(EXP_MAX)));
    }

    #[test]
    fn a_normal_is_the_one_below_which_the_uniform_lies() {
        for i in 0..20_000 {
            let u = (f64::from(i) + 0.5) / 20_000.0;
            let [z] = normals(&[u]);
            assert!((normal_below(f64::from(z)) - u).abs() < 3e-6, "{u}: {z}");
        }
        let [low, high] = normals(&[2f64.powi(-33), 1.0 - 2f64.powi(-33)]);
        assert!((low + 6.337).abs() < 0.02 && (high - 6.337).abs() < 0.02, "{low} {high}");
    }
}
