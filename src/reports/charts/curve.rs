//! What each value of a lever would do: a line with its interval over the values that
//! were tried, and the one chosen.

use super::canvas::{Anchor, Canvas};
use super::scale::{Scale, ticks};
use super::{ACCENT, ACCENT_TEXT, AXIS, BAND, Chart, GRID, MUTED, TEXT, text_width};
use crate::reports::format;

/// One value that was tried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveDot {
    /// The value.
    pub x: f64,
    /// What it does, expected.
    pub y: f64,
    /// P10 and P90.
    pub interval: (f64, f64),
}

/// What the curve shows.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveData {
    /// Name of the figure, such as `Net margin, change`.
    pub what: String,
    /// What the values are, such as `Rate, increase by percent`.
    pub lever: String,
    /// By value, smallest first.
    pub dots: Vec<CurveDot>,
    /// The value taken, and what it is.
    pub chosen: Option<(f64, String)>,
    /// The level that was asked for.
    pub target: Option<f64>,
    /// Currency where the figure is money.
    pub currency: Option<String>,
    /// Whether the figure is a share of 1.
    pub share: bool,
}

impl CurveData {
    fn write(&self, value: f64) -> String {
        match &self.currency {
            Some(currency) => format::money(value, currency),
            None if self.share => format::percent(value),
            None => format::count(value),
        }
    }

    fn write_short(&self, value: f64, largest: f64) -> String {
        match &self.currency {
            Some(currency) => format::money_short(value, largest, currency),
            None if self.share => format::percent(value),
            None => format::short(value, largest),
        }
    }
}

/// The height of the line at a value, straight between the values tried; `None`
/// outside of them.
pub fn height(dots: &[CurveDot], x: f64) -> Option<f64> {
    if let Some(dot) = dots.iter().find(|d| (d.x - x).abs() < 1e-9) {
        return Some(dot.y);
    }
    dots.windows(2)
        .find(|pair| pair[0].x < x && x < pair[1].x)
        .map(|pair| pair[0].y + (x - pair[0].x) / (pair[1].x - pair[0].x) * (pair[1].y - pair[0].y))
}

/// Draws the curve; `None` below two values.
pub fn curve(data: &CurveData) -> Option<Chart> {
    let (first, last) = (data.dots.first()?, data.dots.last().filter(|_| data.dots.len() > 1)?);
    let chosen = data.chosen.as_ref().and_then(|(x, words)| {
        let y = height(&data.dots, *x)?;
        Some(format!(" At {}, {words}, {}.", format::number(*x, 2), data.write(y)))
    });
    let alternative = format!(
        "Line chart of {} over values from {} ({}) to {} ({}).{}",
        data.what.to_lowercase(),
        format::number(first.x, 2),
        data.write(first.y),
        format::number(last.x, 2),
        data.write(last.y),
        chosen.unwrap_or_default()
    );
    Some(Chart::draw(alternative, (760.0, ""), |width, class, label| draw(data, width).finish(class, label)))
}

fn draw(data: &CurveData, width: f64) -> Canvas {
    let narrow = width < 500.0;
    let (top, bottom) = (40.0, if narrow { 230.0 } else { 260.0 });
    let ends = || {
        let dots = data.dots.iter().flat_map(|d| [d.y, d.interval.0, d.interval.1]);
        dots.chain(data.target)
    };
    let levels = ticks(ends().fold(0.0, f64::min), ends().fold(0.0, f64::max), 4);
    let range = (levels.first().copied().unwrap_or(0.0), levels.last().copied().unwrap_or(1.0));
    let largest = range.1.max(-range.0);
    let words: Vec<String> = levels.iter().map(|l| data.write_short(*l, largest)).collect();
    let left = words.iter().map(|w| text_width(w, false)).fold(0.0, f64::max) + 12.0;
    let right = width - 18.0;
    let y = Scale::new(range, (bottom, top));
    let low = data.dots.first().map_or(0.0, |d| d.x);
    let high = data.dots.last().map_or(1.0, |d| d.x);
    let x = Scale::new((low, high), (left + 8.0, right));
    let mut canvas = Canvas::new(width, bottom + 44.0);
    for (level, words) in levels.iter().zip(&words) {
        let at = y.at(*level);
        canvas.line((left, at), (right, at), if *level == 0.0 { AXIS } else { GRID }, 1.0, "");
        canvas.text((left - 8.0, at + 4.0), words, Anchor::End, MUTED, false);
    }
    canvas.text((0.0, 14.0), &data.what, Anchor::Start, MUTED, false);
    values(&mut canvas, data, &x, (low, high), bottom);
    let line = |value: &dyn Fn(&CurveDot) -> f64| -> Vec<(f64, f64)> {
        data.dots.iter().map(|d| (x.at(d.x), y.at(value(d)))).collect()
    };
    canvas.band(&line(&|d| d.interval.0), &line(&|d| d.interval.1), BAND);
    canvas.polyline(&line(&|d| d.y), ACCENT, 2.5, "");
    if let Some(target) = data.target {
        let at = y.at(target);
        canvas.line((left, at), (right, at), TEXT, 1.25, "5 4");
        let words = format!("Asked for: {}", data.write(target));
        canvas.text((right, at - 6.0), &words, Anchor::End, TEXT, true);
    }
    for dot in marked(&data.dots) {
        let tip = format!(
            "{}: {}, 8 in 10 between {} and {}",
            format::number(dot.x, if dot.x.fract() == 0.0 { 0 } else { 2 }),
            data.write(dot.y),
            data.write(dot.interval.0),
            data.write(dot.interval.1)
        );
        canvas.tipped(&tip, "hit", |c| c.dot((x.at(dot.x), y.at(dot.y)), 4.0, ACCENT));
    }
    chosen(&mut canvas, data, (&x, &y), (left, right), (top, bottom));
    canvas
}

/// Closest that two dots stand, as a share of the width: closer ones would lie on each other.
const APART_MIN: f64 = 0.014;

/// The values that get a dot. The line runs through all of them.
fn marked(dots: &[CurveDot]) -> impl Iterator<Item = &CurveDot> {
    let width = dots.first().zip(dots.last()).map_or(0.0, |(first, last)| last.x - first.x);
    let mut taken = f64::NEG_INFINITY;
    dots.iter().filter(move |dot| {
        let apart = dot.x - taken >= width * APART_MIN;
        if apart {
            taken = dot.x;
        }
        apart
    })
}

/// The values below the axis: those tried where there is room, else round ones.
fn values(canvas: &mut Canvas, data: &CurveData, x: &Scale, (low, high): (f64, f64), bottom: f64) {
    let write = |v: f64| format::number(v, if (v - v.round()).abs() < 1e-9 { 0 } else { 1 });
    let mut free = f64::MIN;
    let tried: Vec<f64> = if data.dots.len() <= 12 {
        data.dots.iter().map(|d| d.x).collect()
    } else {
        ticks(low, high, 6).into_iter().filter(|v| *v >= low && *v <= high).collect()
    };
    for value in tried {
        let (at, words) = (x.at(value), write(value));
        let half = text_width(&words, false) / 2.0;
        canvas.line((at, bottom), (at, bottom + 4.0), AXIS, 1.0, "");
        if at - half > free {
            canvas.text((at, bottom + 19.0), &words, Anchor::Middle, MUTED, false);
            free = at + half + 6.0;
        }
    }
    canvas.text((x.at(high), bottom + 37.0), &data.lever, Anchor::End, MUTED, false);
}

fn chosen(
    canvas: &mut Canvas,
    data: &CurveData,
    (x, y): (&Scale, &Scale),
    (left, right): (f64, f64),
    (top, bottom): (f64, f64),
) {
    let Some((value, words)) = &data.chosen else { return };
    let Some(level) = height(&data.dots, *value) else { return };
    let (at, up) = (x.at(*value), y.at(level));
    canvas.line((at, top - 8.0), (at, bottom), ACCENT, 1.25, "2 3");
    canvas.dot((at, up), 6.0, ACCENT_TEXT);
    let shown = format::number(*value, if value.fract().abs() < 1e-9 { 0 } else { 2 });
    let words = format!("{shown}, {words}: {}", data.write(level));
    let half = text_width(&words, true) / 2.0;
    let (anchor, place) = match at {
        at if at - half < left => (Anchor::Start, at.max(left)),
        at if at + half > right => (Anchor::End, at.min(right)),
        at => (Anchor::Middle, at),
    };
    canvas.text((place, top - 13.0), &words, anchor, ACCENT_TEXT, true);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(values: &[f64]) -> CurveData {
        let dot = |x: &f64| CurveDot { x: *x, y: 100.0 - x * 10.0, interval: (-200.0, 150.0) };
        CurveData {
            what: "Net margin, change".to_owned(),
            lever: "Rate, set to".to_owned(),
            dots: values.iter().map(dot).collect(),
            chosen: Some((5.0, "found".to_owned())),
            target: None,
            currency: Some("EUR".to_owned()),
            share: false,
        }
    }

    #[test]
    fn the_chosen_value_stands_on_the_line_even_between_values() {
        assert_eq!(height(&data(&[0.0, 10.0]).dots, 5.0), Some(50.0));
        assert_eq!(height(&data(&[0.0, 10.0]).dots, 11.0), None);
        let chart = curve(&data(&[0.0, 10.0])).expect("a chart");
        for svg in [&chart.wide, &chart.narrow] {
            assert!(svg.contains("5, found: €50") && !svg.contains("NaN"), "{svg}");
        }
        assert!(chart.alternative.contains("At 5.00, found, €50"), "{}", chart.alternative);
    }

    #[test]
    fn one_value_is_no_curve_and_many_do_not_crowd_the_axis() {
        assert!(curve(&data(&[1.0])).is_none());
        let many: Vec<f64> = (0..60).map(|i| f64::from(i) * 2.5).collect();
        let chart = curve(&data(&many)).expect("a chart");
        assert!(chart.narrow.matches("text-anchor=\"middle\"").count() < 14, "{}", chart.narrow);
        // A search ends among values that lie on each other: one dot for them.
        let chart = curve(&data(&[0.0, 5.0, 5.02, 5.04, 10.0])).expect("a chart");
        assert_eq!(chart.wide.matches("<title>").count(), 3, "{}", chart.wide);
    }
}
