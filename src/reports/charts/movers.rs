//! Who moves: one bar a partner or an option from an honest zero line.

use super::canvas::{Anchor, Canvas};
use super::scale::{Scale, ticks};
use super::{ACCENT, AXIS, Chart, GRID, MUTED, TEXT, text_width, told_apart};
use crate::reports::format;

/// One partner or option. Money.
#[derive(Debug, Clone, PartialEq)]
pub struct MoverBar {
    /// Name for people.
    pub name: String,
    /// Difference to the baseline.
    pub value: f64,
    /// P10 and P90 of the difference.
    pub interval: (f64, f64),
}

/// Draws the bars in the order given; `None` without one. `what` names the value, `by`
/// whose it is.
pub fn movers(bars: &[MoverBar], what: &str, by: &str, currency: &str) -> Option<Chart> {
    let first = bars.iter().max_by(|a, b| a.value.abs().total_cmp(&b.value.abs()))?;
    let alternative = format!(
        "Bar chart of the change in {what} by {by}, {} bars. The largest is {}: {}.",
        bars.len(),
        first.name,
        format::signed(first.value, format::money(first.value, currency)),
    );
    Some(Chart::draw(alternative, (760.0, ""), |width, class, label| {
        draw(bars, currency, width).finish(class, label)
    }))
}

fn draw(bars: &[MoverBar], currency: &str, width: f64) -> Canvas {
    let narrow = width < 500.0;
    // As wide as the names are, within reason: bars need room too.
    let longest = bars.iter().map(|b| text_width(&b.name, false)).fold(0.0, f64::max);
    let names = if narrow { longest.clamp(60.0, 128.0) } else { longest.clamp(120.0, 320.0) };
    let (row, top) = (if narrow { 24.0 } else { 26.0 }, 6.0);
    let bottom = top + row * bars.len() as f64;
    let ends = || bars.iter().flat_map(|b| [b.value, b.interval.0, b.interval.1]);
    let levels = ticks(ends().fold(0.0, f64::min), ends().fold(0.0, f64::max), if narrow { 2 } else { 5 });
    let range = (levels.first().copied().unwrap_or(0.0), levels.last().copied().unwrap_or(1.0));
    let labels: Vec<String> =
        bars.iter().map(|b| format::signed(b.value, format::money(b.value, currency))).collect();
    let room = labels.iter().map(|l| text_width(l, false)).fold(0.0, f64::max) + 12.0;
    let x = Scale::new(range, (names + 8.0, width - room));
    let mut canvas = Canvas::new(width, bottom + 24.0);
    for level in &levels {
        let at = x.at(*level);
        canvas.line((at, top), (at, bottom), if *level == 0.0 { AXIS } else { GRID }, 1.0, "");
        canvas.text(
            (at, bottom + 17.0),
            &format::money_short(*level, range.1.max(-range.0), currency),
            Anchor::Middle,
            MUTED,
            false,
        );
    }
    let cut = told_apart(&bars.iter().map(|bar| bar.name.as_str()).collect::<Vec<_>>(), names);
    for (i, (bar, label)) in bars.iter().zip(&labels).enumerate() {
        let middle = top + row * (i as f64 + 0.5);
        canvas.text((names, middle + 4.0), &cut[i], Anchor::End, TEXT, false);
        let tip = format!(
            "{}: {label}, 8 in 10 chance between {} and {}",
            bar.name,
            format::money(bar.interval.0, currency),
            format::money(bar.interval.1, currency)
        );
        canvas.tipped(&tip, "hit", |c| {
            let color = if bar.value < 0.0 { "var(--baseline)" } else { ACCENT };
            c.bar(x.at(0.0), middle - 6.0, x.at(bar.value) - x.at(0.0), 12.0, color);
            c.line((x.at(bar.interval.0), middle), (x.at(bar.interval.1), middle), TEXT, 1.25, "");
        });
        canvas.text((width, middle + 4.0), label, Anchor::End, TEXT, false);
    }
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_point_left_of_zero() {
        let bars = vec![
            MoverBar { name: "Up".to_owned(), value: 100.0, interval: (50.0, 150.0) },
            MoverBar { name: "Down".to_owned(), value: -40.0, interval: (-80.0, 10.0) },
        ];
        let chart = movers(&bars, "net", "partner", "USD").expect("a chart");
        assert!(chart.wide.contains("+$100") && chart.wide.contains("−$40"));
        assert!(chart.wide.contains("var(--baseline)"));
        assert!(movers(&[], "net", "partner", "USD").is_none());
    }
}
