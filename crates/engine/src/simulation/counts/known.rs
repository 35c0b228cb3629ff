//! Single sales of months that are known, moved by a change (`known` lays them out).

use super::super::keyed::Key;

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
