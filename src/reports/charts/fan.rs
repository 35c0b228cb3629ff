//! The months: what was sold, what comes if nothing changes, and what the
//! scenario brings, with its interval and the wider spread of single outcomes.

use super::canvas::{Anchor, Canvas};
use super::scale::{Scale, spread, ticks};
use super::{ACCENT, ACCENT_TEXT, AXIS, BAND_OUTCOME, BASELINE, Chart, GRID, MUTED, PAST, TEXT, text_width};
use crate::reports::format;

/// One month of the forecast. Units.
#[derive(Debug, Clone, PartialEq)]
pub struct FanPoint {
    /// `2026-07`.
    pub month: String,
    /// If nothing changes.
    pub baseline: f64,
    /// With the change.
    pub scenario: f64,
    /// What the change does, expected, and its P10 and P90.
    pub change: (f64, (f64, f64)),
    /// P10 and P90 of what the month may bring.
    pub outcome: (f64, f64),
}

/// What the fan chart shows.
#[derive(Debug, Clone, PartialEq)]
pub struct FanData {
    /// Whole months that were sold, oldest first: (`2026-05`, units).
    pub actual: Vec<(String, f64)>,
    /// The months after them.
    pub forecast: Vec<FanPoint>,
    /// Last day of the data, in words.
    pub as_of: String,
    /// What the line of the scenario is called.
    pub scenario: String,
}

/// Draws the months; `None` without a month of forecast.
pub fn fan(data: &FanData) -> Option<Chart> {
    let last = data.forecast.last()?;
    let alternative = format!(
        "Line chart of monthly units. {} months of actual sales, then the forecast. In {} {} units with the \
         change against {} if nothing changes; 8 in 10 outcomes lie between {} and {}. Below, what the change does \
         month by month: {}.",
        data.actual.len(),
        format::month(&last.month, true),
        format::count(last.scenario),
        format::count(last.baseline),
        format::count(last.outcome.0),
        format::count(last.outcome.1),
        data.forecast.iter().map(change_words).collect::<Vec<_>>().join(", "),
    );
    Some(Chart::draw(alternative, (760.0, ""), |width, class, label| draw(data, width).finish(class, label)))
}

/// `July 2026 +12`.
fn change_words(point: &FanPoint) -> String {
    let change = format::signed(point.change.0, format::count(point.change.0));
    format!("{} {change}", format::month(&point.month, true))
}

fn draw(data: &FanData, width: f64) -> Canvas {
    let narrow = width < 500.0;
    // A phone has room for the months next to the forecast only.
    let shown = if narrow { 8 } else { 18 };
    let actual = &data.actual[data.actual.len().saturating_sub(shown)..];
    let (top, bottom, left) = (36.0, if narrow { 240.0 } else { 270.0 }, 44.0);
    let ends = end_labels(data, narrow);
    let room = ends.iter().map(EndLabel::width).fold(0.0, f64::max);
    let right = width - room - 14.0;
    let months = actual.len() + data.forecast.len();
    let highest = actual
        .iter()
        .map(|a| a.1)
        .chain(data.forecast.iter().flat_map(|p| [p.outcome.1, p.scenario, p.baseline]))
        .fold(0.0, f64::max);
    let levels = ticks(0.0, highest, 4);
    let y = Scale::new((0.0, levels.last().copied().unwrap_or(1.0)), (bottom, top));
    let x = Scale::new((0.0, months.saturating_sub(1).max(1) as f64), (left + 8.0, right));

    let mut canvas = Canvas::new(width, bottom + 44.0 + CHANGE);
    for level in &levels {
        let at = y.at(*level);
        canvas.line((left, at), (right, at), if *level == 0.0 { AXIS } else { GRID }, 1.0, "");
        canvas.text((left - 8.0, at + 4.0), &format::short(*level, highest), Anchor::End, MUTED, false);
    }
    if !narrow {
        canvas.text((0.0, top - 20.0), "Units a month", Anchor::Start, MUTED, false);
    }
    month_labels(&mut canvas, data, actual, &x, bottom, narrow);
    marks(&mut canvas, data, actual, (&x, &y), (top, bottom));
    draw_end_labels(&mut canvas, &ends, right, &y, (top, bottom));
    changes(&mut canvas, data, actual.len(), &x, (left, right), bottom + 44.0);
    tips(&mut canvas, data, actual, &x, (top, bottom + 44.0 + CHANGE));
    canvas
}

/// Height of what the change does, below the months.
const CHANGE: f64 = 112.0;

/// What the change does, month by month, on a scale of its own: beside all that is sold
/// it would not be seen.
fn changes(
    canvas: &mut Canvas,
    data: &FanData,
    begin: usize,
    x: &Scale,
    (left, right): (f64, f64),
    top: f64,
) {
    canvas.text((0.0, top + 12.0), "What the change does, units a month", Anchor::Start, MUTED, false);
    let ends = || data.forecast.iter().flat_map(|p| [p.change.0, p.change.1.0, p.change.1.1]);
    let levels = ticks(ends().fold(0.0, f64::min), ends().fold(0.0, f64::max), 2);
    let range = (levels.first().copied().unwrap_or(0.0), levels.last().copied().unwrap_or(1.0));
    let y = Scale::new(range, (top + CHANGE - 8.0, top + 26.0));
    for level in &levels {
        let at = y.at(*level);
        canvas.line((left, at), (right, at), if *level == 0.0 { AXIS } else { GRID }, 1.0, "");
        let words = format::short(*level, range.1.max(-range.0));
        canvas.text((left - 8.0, at + 4.0), &words, Anchor::End, MUTED, false);
    }
    let half = ((x.at(1.0) - x.at(0.0)) * 0.3).clamp(2.0, 14.0);
    for (i, point) in data.forecast.iter().enumerate() {
        let (at, (value, (low, high))) = (x.at((begin + i) as f64), point.change);
        let (from, to) = (y.at(0.0), y.at(value));
        canvas.bar(at - half, from.min(to), 2.0 * half, (from - to).abs().max(0.5), ACCENT);
        canvas.line((at, y.at(low)), (at, y.at(high)), TEXT, 1.25, "");
    }
    if let Some(last) = data.forecast.last() {
        let value = format::signed(last.change.0, format::count(last.change.0));
        canvas.text((right + 10.0, y.at(last.change.0) + 4.0), &value, Anchor::Start, ACCENT_TEXT, true);
    }
}

fn month_labels(
    canvas: &mut Canvas,
    data: &FanData,
    actual: &[(String, f64)],
    x: &Scale,
    bottom: f64,
    narrow: bool,
) {
    let months: Vec<&str> =
        actual.iter().map(|a| a.0.as_str()).chain(data.forecast.iter().map(|p| p.month.as_str())).collect();
    let step = x.at(1.0) - x.at(0.0);
    let every = (34.0 / step).ceil().max(1.0) as usize;
    let first = actual.len() % every;
    let mut year_shown = "";
    for (i, month) in months.iter().enumerate().filter(|(i, _)| i % every == first) {
        let at = x.at(i as f64);
        canvas.text((at, bottom + 18.0), &format::month(month, false), Anchor::Middle, MUTED, false);
        let year = month.split('-').next().unwrap_or_default();
        if year != year_shown && (!narrow || step > 20.0) {
            canvas.text((at, bottom + 33.0), year, Anchor::Middle, MUTED, false);
            year_shown = year;
        }
    }
}

fn marks(
    canvas: &mut Canvas,
    data: &FanData,
    actual: &[(String, f64)],
    (x, y): (&Scale, &Scale),
    (top, bottom): (f64, f64),
) {
    let begin = actual.len();
    // Bands and lines start where the last actual ends, so that nothing seems to jump.
    let joint = actual.last().map(|a| (x.at(begin as f64 - 1.0), y.at(a.1)));
    let points = |value: &dyn Fn(&FanPoint) -> f64| -> Vec<(f64, f64)> {
        let future = data.forecast.iter().enumerate();
        joint
            .into_iter()
            .chain(future.map(|(i, p)| (x.at((begin + i) as f64), y.at(value(p).max(0.0)))))
            .collect()
    };
    canvas.band(&points(&|p| p.outcome.0), &points(&|p| p.outcome.1), BAND_OUTCOME);
    if let Some((at, _)) = joint {
        let words = format!("Data to {}", data.as_of);
        canvas.line((at, top - 24.0), (at, bottom), AXIS, 1.0, "2 3");
        let anchor = if at > 110.0 + text_width(&words, false) || actual.len() > 5 {
            Anchor::End
        } else {
            Anchor::Start
        };
        let aside = if anchor == Anchor::End { -6.0 } else { 6.0 };
        canvas.text((at + aside, top - 20.0), &words, anchor, MUTED, false);
    }
    let past: Vec<(f64, f64)> =
        actual.iter().enumerate().map(|(i, a)| (x.at(i as f64), y.at(a.1.max(0.0)))).collect();
    canvas.polyline(&past, PAST, 2.0, "");
    // Above the highest month the line cannot run through its own name.
    let peak = past.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((at, level)) = peak.filter(|_| past.len() > 2) {
        canvas.text((at, (level - 8.0).max(top - 2.0)), "Sold", Anchor::Middle, PAST, true);
    }
    canvas.polyline(&points(&|p| p.baseline), BASELINE, 2.0, "5 4");
    let scenario = points(&|p| p.scenario);
    canvas.polyline(&scenario, ACCENT, 2.5, "");
    for point in scenario.iter().skip(usize::from(joint.is_some())) {
        canvas.dot(*point, 3.5, ACCENT);
    }
}

/// A name and a value at the right end of a line.
struct EndLabel {
    /// Units at which it would like to stand.
    at: f64,
    /// Pixels it is moved from there.
    shift: f64,
    name: String,
    value: String,
    color: &'static str,
    bold: bool,
}

impl EndLabel {
    fn width(&self) -> f64 {
        text_width(&self.name, self.bold).max(text_width(&self.value, self.bold))
    }
}

fn end_labels(data: &FanData, narrow: bool) -> Vec<EndLabel> {
    let Some(last) = data.forecast.last() else { return Vec::new() };
    let (scenario, baseline, outcomes) = if narrow {
        ("Change".to_owned(), "No change", "8 in 10")
    } else {
        (super::fitted(&data.scenario, 168.0, true), "If nothing changes", "8 in 10 outcomes")
    };
    let label = |at: f64, shift: f64, name: &str, value: String, color, bold| EndLabel {
        at,
        shift,
        name: name.to_owned(),
        value,
        color,
        bold,
    };
    vec![
        label(last.outcome.1, -8.0, outcomes, format!("to {}", format::count(last.outcome.1)), MUTED, false),
        label(last.scenario, 0.0, &scenario, format::count(last.scenario), ACCENT_TEXT, true),
        label(last.baseline, 0.0, baseline, format::count(last.baseline), TEXT, true),
        label(last.outcome.0, 8.0, "", format!("from {}", format::count(last.outcome.0)), MUTED, false),
    ]
}

/// Moves the labels apart and writes them.
fn draw_end_labels(
    canvas: &mut Canvas,
    labels: &[EndLabel],
    right: f64,
    y: &Scale,
    (top, bottom): (f64, f64),
) {
    let wanted: Vec<f64> = labels.iter().map(|l| y.at(l.at) + l.shift).collect();
    let places = spread(&wanted, 32.0, top, bottom + 4.0);
    for (place, label) in places.iter().zip(labels) {
        canvas.text((right + 10.0, place - 2.0), &label.name, Anchor::Start, label.color, label.bold);
        let below = if label.name.is_empty() { 0.0 } else { 12.0 };
        canvas.text((right + 10.0, place + below), &label.value, Anchor::Start, label.color, label.bold);
    }
}

fn tips(canvas: &mut Canvas, data: &FanData, actual: &[(String, f64)], x: &Scale, (top, bottom): (f64, f64)) {
    let step = x.at(1.0) - x.at(0.0);
    let mut area = |i: usize, tip: String| {
        canvas.tipped(&tip, "hit", |c| {
            c.bar(x.at(i as f64) - step / 2.0, top, step, bottom - top, "transparent");
        });
    };
    for (i, (month, units)) in actual.iter().enumerate() {
        area(i, format!("{}: {} units sold", format::month(month, true), format::count(*units)));
    }
    for (i, p) in data.forecast.iter().enumerate() {
        let tip = format!(
            "{}: {} units with the change, {} if nothing changes; the change does {} ({} to {}); 8 in 10 outcomes \
             {} to {}",
            format::month(&p.month, true),
            format::count(p.scenario),
            format::count(p.baseline),
            format::signed(p.change.0, format::count(p.change.0)),
            format::count(p.change.1.0),
            format::count(p.change.1.1),
            format::count(p.outcome.0),
            format::count(p.outcome.1),
        );
        area(actual.len() + i, tip);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(actual: usize, forecast: usize) -> FanData {
        FanData {
            actual: (0..actual).map(|i| (format!("2025-{:02}", i % 12 + 1), 900.0 + i as f64)).collect(),
            forecast: (0..forecast)
                .map(|i| FanPoint {
                    month: format!("2026-{:02}", i + 7),
                    baseline: 1000.0,
                    scenario: 1040.0,
                    change: (40.0, (20.0, 60.0)),
                    outcome: (800.0, 1300.0),
                })
                .collect(),
            as_of: "30 June 2026".to_owned(),
            scenario: "A <b>label</b> & more".to_owned(),
        }
    }

    #[test]
    fn draws_both_sizes_from_zero_to_many_months() {
        assert!(fan(&data(12, 0)).is_none());
        for (actual, forecast) in [(0, 1), (1, 1), (0, 3), (18, 4), (40, 14)] {
            let chart = fan(&data(actual, forecast)).expect("a chart");
            for svg in [&chart.wide, &chart.narrow] {
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
                assert!(!svg.contains("<b>"), "{svg}");
            }
        }
    }

    #[test]
    fn says_what_it_shows() {
        let chart = fan(&data(18, 4)).expect("a chart");
        assert!(chart.alternative.contains("In October 2026 1,040 units"), "{}", chart.alternative);
        assert!(chart.wide.contains("8 in 10 outcomes"));
        assert!(chart.wide.contains("Data to 30 June 2026"));
        assert!(chart.alternative.ends_with("October 2026 +40."), "{}", chart.alternative);
        assert!(chart.wide.contains("What the change does, units a month"));
    }
}
