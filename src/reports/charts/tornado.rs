//! What the net result depends on: a bar an assumption from its value at one end to
//! that at the other, around the value as forecast. Widest first.

use super::canvas::{Anchor, Canvas};
use super::scale::{Scale, ticks};
use super::{ACCENT, AXIS, BASELINE, Chart, GRID, MUTED, TEXT, fitted};
use crate::reports::format;

/// One assumption. Money.
#[derive(Debug, Clone, PartialEq)]
pub struct TornadoLine {
    /// What is assumed.
    pub name: String,
    /// Its low end, in words, and the net there.
    pub low: (String, f64),
    /// The same of its high end.
    pub high: (String, f64),
}

/// Draws the bars in the order given around `middle`, the net as forecast; `None`
/// without a bar.
pub fn tornado(lines: &[TornadoLine], middle: f64, currency: &str) -> Option<Chart> {
    let widest = lines.first()?;
    let money = |v: f64| format::signed(v, format::money(v, currency));
    let alternative = format!(
        "Tornado chart of the change in net margin, {} as forecast. The widest bar is “{}”: {} ({}) to {} ({}).",
        money(middle),
        widest.name,
        money(widest.low.1),
        widest.low.0,
        money(widest.high.1),
        widest.high.0,
    );
    Some(Chart::draw(alternative, (760.0, ""), |width, class, label| {
        draw(lines, middle, currency, width).finish(class, label)
    }))
}

fn draw(lines: &[TornadoLine], middle: f64, currency: &str, width: f64) -> Canvas {
    let narrow = width < 500.0;
    let (row, top) = (44.0, 6.0);
    let bottom = top + row * lines.len() as f64;
    let ends = || lines.iter().flat_map(|l| [l.low.1, l.high.1]).chain([middle]);
    let levels = ticks(ends().fold(0.0, f64::min), ends().fold(0.0, f64::max), if narrow { 2 } else { 5 });
    let range = (levels.first().copied().unwrap_or(0.0), levels.last().copied().unwrap_or(1.0));
    let x = Scale::new(range, (24.0, width - 24.0));
    let mut canvas = Canvas::new(width, bottom + 24.0);
    for level in &levels {
        let at = x.at(*level);
        canvas.line((at, top), (at, bottom), if *level == 0.0 { AXIS } else { GRID }, 1.0, "");
        let text = format::money_short(*level, range.1.max(-range.0), currency);
        canvas.text((at, bottom + 17.0), &text, Anchor::Middle, MUTED, false);
    }
    for (i, line) in lines.iter().enumerate() {
        bar(&mut canvas, line, (top + row * i as f64, middle), x, (width, currency));
    }
    canvas.line((x.at(middle), top), (x.at(middle), bottom), TEXT, 1.25, "3 3");
    canvas
}

/// The name stands above its bar, so that long assumptions can be read on a phone.
fn bar(
    canvas: &mut Canvas,
    line: &TornadoLine,
    (top, middle): (f64, f64),
    x: Scale,
    (width, currency): (f64, &str),
) {
    let money = |v: f64| format::signed(v, format::money(v, currency));
    let tip = format!(
        "{}: {} {}, {} {}",
        line.name,
        line.low.0,
        money(line.low.1),
        line.high.0,
        money(line.high.1)
    );
    canvas.text((0.0, top + 14.0), &fitted(&line.name, width, false), Anchor::Start, TEXT, false);
    canvas.tipped(&tip, "hit", |c| {
        for ((_, value), color) in [(&line.low, BASELINE), (&line.high, ACCENT)] {
            c.bar(x.at(middle), top + 21.0, x.at(*value) - x.at(middle), 12.0, color);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_go_to_both_sides_and_are_told_in_words() {
        let line = TornadoLine {
            name: "Unit margin".to_owned(),
            low: ("10% lower".to_owned(), -200.0),
            high: ("10% higher".to_owned(), 400.0),
        };
        let chart = tornado(&[line], 100.0, "USD").expect("a chart");
        assert!(chart.alternative.contains("+$100 as forecast"), "{}", chart.alternative);
        assert!(chart.wide.contains("var(--baseline)") && chart.wide.contains("var(--accent)"));
        assert!(chart.narrow.contains("Unit margin"));
        assert!(tornado(&[], 0.0, "USD").is_none());
    }
}
