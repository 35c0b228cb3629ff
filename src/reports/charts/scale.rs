//! From values to pixels, and where an axis has its ticks.

/// A linear map from values to pixels.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    from: (f64, f64),
    to: (f64, f64),
}

impl Scale {
    /// Maps `from.0..from.1` to `to.0..to.1`. An empty range maps to the start.
    pub fn new(from: (f64, f64), to: (f64, f64)) -> Self {
        Self { from, to }
    }

    /// The pixel of a value.
    pub fn at(&self, value: f64) -> f64 {
        let width = self.from.1 - self.from.0;
        if width == 0.0 {
            return self.to.0;
        }
        self.to.0 + (value - self.from.0) / width * (self.to.1 - self.to.0)
    }
}

/// Round values (1, 2, 2.5 or 5 times a power of ten apart) that cover `low..high`,
/// zero always among them: about `wanted` of them.
pub fn ticks(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let (low, high) = (low.min(0.0), high.max(0.0));
    let span = if high - low > 0.0 { high - low } else { 1.0 };
    let raw = span / wanted.max(1) as f64;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|m| m * power)
        .find(|s| *s >= raw * 0.999)
        .unwrap_or(10.0 * power);
    let first = (low / step + 1e-9).floor() as i64;
    let last = (high / step - 1e-9).ceil().max((first + 1) as f64) as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

/// Moves label places apart until none is nearer than `gap` to the next, keeping
/// their order and staying inside `low..high` as far as there is room.
pub fn spread(places: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*a].total_cmp(&places[*b]));
    let mut out = places.to_vec();
    let mut floor = low;
    for &i in &order {
        out[i] = out[i].max(floor);
        floor = out[i] + gap;
    }
    let mut ceiling = high;
    for &i in order.iter().rev() {
        out[i] = out[i].min(ceiling);
        ceiling = out[i] - gap;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_zero() {
        assert_eq!(ticks(120.0, 930.0, 4), vec![0.0, 250.0, 500.0, 750.0, 1000.0]);
        assert_eq!(ticks(-40.0, 60.0, 4), vec![-50.0, -25.0, 0.0, 25.0, 50.0, 75.0]);
        assert_eq!(ticks(0.0, 0.0, 4).first(), Some(&0.0));
        assert!(ticks(0.0, 1e-3, 3).len() < 6);
    }

    #[test]
    fn labels_stand_apart() {
        let out = spread(&[50.0, 48.0, 10.0], 14.0, 0.0, 60.0);
        assert!(out[0] - out[1] >= 14.0 - 1e-9, "{out:?}");
        assert!(out[0] <= 60.0 && (out[2] - 10.0).abs() < 1e-9);
    }

    #[test]
    fn maps_linearly() {
        let scale = Scale::new((0.0, 10.0), (100.0, 0.0));
        assert!((scale.at(2.5) - 75.0).abs() < 1e-9);
        assert!((Scale::new((1.0, 1.0), (5.0, 9.0)).at(1.0) - 5.0).abs() < 1e-9);
    }
}
