//! Exponential, logarithm and standard normal in single precision, lane by lane: for luck
//! that needs no more digits ([`super::counts`], amounts). Like those of [`super::lanes`]
//! they use no fused operations, so that every machine gives the same bits.

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
/// Of the sine and the cosine, for angles up to an eighth of a turn: the rest of the series
/// is below 4e-7 and 3e-8.
const SINE: [f32; 3] = [-1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0];
const COSINE: [f32; 4] = [-1.0 / 2.0, 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40_320.0];

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

/// Two standard normals a lane, unrelated, from 64 bits: the first 24 give how far out a
/// point of the plane lies, the last 32 in which direction (Box and Muller 1958, *Annals of
/// Mathematical Statistics* 29). At most 5.9.
#[inline(always)]
pub fn normals<const P: usize>(bits: &[u64; P]) -> [Singles<P>; 2] {
    let (mut far, mut turn) = ([0u32; P], [0u32; P]);
    for lane in 0..P {
        (far[lane], turn[lane]) = ((bits[lane] >> 40) as u32, bits[lane] as u32);
    }
    let (mut one, mut two) = ([0.0; P], [0.0; P]);
    for lane in 0..P {
        let u = (far[lane] as i32 as f32 + 0.5) * (1.0 / 16_777_216.0);
        let radius = (-2.0 * ln(u)).sqrt();
        // The quarter of the turn, and the angle from its middle.
        let quarter = turn[lane] >> 30;
        let part = ((turn[lane] << 2) >> 9) as i32 as f32 * (1.0 / 8_388_608.0) - 0.5;
        let (sine, cosine) = sine_and_cosine(part * std::f32::consts::FRAC_PI_2);
        let odd = quarter & 1 != 0;
        let (x, y) = if odd { (sine, cosine) } else { (cosine, sine) };
        let (minus_x, minus_y) = ((quarter & 2) << 30, ((quarter + 1) & 2) << 30);
        one[lane] = radius * f32::from_bits(x.to_bits() ^ minus_x);
        two[lane] = radius * f32::from_bits(y.to_bits() ^ minus_y);
    }
    [one, two]
}

#[inline(always)]
fn sine_and_cosine(angle: f32) -> (f32, f32) {
    let square = angle * angle;
    let [s1, s2, s3] = SINE;
    let [c1, c2, c3, c4] = COSINE;
    let sine = angle + angle * square * (s1 + square * (s2 + square * s3));
    let cosine = 1.0 + square * (c1 + square * (c2 + square * (c3 + square * c4)));
    (sine, cosine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::count::normal_below;
    use crate::simulation::keyed::{Key, Stream};

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
    fn sine_and_cosine_are_those_of_the_library() {
        for i in -1_000..=1_000 {
            let angle = i as f32 * std::f32::consts::FRAC_PI_4 * 1e-3;
            let (sine, cosine) = sine_and_cosine(angle);
            let off = (f64::from(sine) - f64::from(angle).sin()).abs();
            assert!(
                off < 5e-7 && (f64::from(cosine) - f64::from(angle).cos()).abs() < 2e-7,
                "{angle}: {off}"
            );
        }
    }

    #[test]
    fn normals_are_normal_and_unrelated() {
        let n = 200_000u64;
        let key = Key::new(3, Stream::Cell, 1);
        let draw = |first: u64| normals::<16>(&std::array::from_fn(|lane| key.bits(first + lane as u64)));
        let all: Vec<[Singles<16>; 2]> = (0..n).step_by(16).map(draw).collect();
        let of = |nth: usize| -> Vec<f64> { all.iter().flat_map(|z| z[nth].map(f64::from)).collect() };
        let (one, two) = (of(0), of(1));
        let related: f64 = one.iter().zip(&two).map(|(a, b)| a * b).sum::<f64>() / n as f64;
        let squares: f64 = one.iter().zip(&two).map(|(a, b)| (a * a - 1.0) * (b * b - 1.0)).sum::<f64>();
        let error = 5.0 / (n as f64).sqrt();
        assert!(related.abs() < error && (squares / n as f64).abs() < 2.0 * error, "{related} {squares}");
        // Kolmogorov and Smirnov: beyond 1.95 / √n once in a thousand.
        for mut z in [one, two] {
            z.sort_by(f64::total_cmp);
            let off = |(i, z): (usize, &f64)| (normal_below(*z) - (i as f64 + 0.5) / n as f64).abs();
            let most = z.iter().enumerate().map(off).fold(0.0, f64::max);
            assert!(most < 1.95 / (n as f64).sqrt(), "{most}");
        }
        let [low, high] = [0, u64::MAX].map(|bits| normals(&[bits]));
        assert!((low[0][0].hypot(low[1][0]) - 5.887).abs() < 0.01, "{low:?}");
        assert!(high[0][0].abs() < 1e-3 && high[1][0].abs() < 1e-3, "{high:?}");
    }
}
