//! What the net result depends on: a bar an assumption from its value at one end to
//! that at the other, around the value as forecast. Widest first.

use super::canvas::{Anchor, Canvas};
use super::scale::{Scale, ticks};
use super::{ACCENT, AXIS, BASELINE, Chart, GRID, MUTED, TEXT, fitted, text_width};
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
    let names: Vec<Vec<String>> = lines.iter().map(|line| wrapped(&line.name, width)).collect();
    // Two lines of a long name on a phone take the room of two lines.
    let most = names.iter().map(Vec::len).max().unwrap_or(1) as f64;
    let (row, top) = (28.0 + LINE * most, 44.0);
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
    legend(&mut canvas, &format::signed(middle, format::money(middle, currency)), narrow);
    for (i, (line, names)) in lines.iter().zip(&names).enumerate() {
        bar(&mut canvas, line, names, (top + row * i as f64, middle), x, currency);
    }
    canvas
}

/// Height of a line of a name.
const LINE: f64 = 16.0;

/// A name on at most two lines.
fn wrapped(name: &str, width: f64) -> Vec<String> {
    if text_width(name, false) <= width {
        return vec![name.to_owned()];
    }
    let mut first = String::new();
    for word in name.split_inclusive(' ') {
        if text_width(&format!("{first}{word}"), false) > width {
            break;
        }
        first.push_str(word);
    }
    let rest = fitted(name[first.len()..].trim(), width, false);
    vec![first.trim_end().to_owned(), rest]
}

/// What the two colours and the dashed line are, above the bars.
fn legend(canvas: &mut Canvas, middle: &str, narrow: bool) {
    let words = ["at its low end", "at its high end"];
    let mut at = 0.0;
    for (word, color) in words.iter().zip([BASELINE, ACCENT]) {
        canvas.bar(at, 3.0, 14.0, 10.0, color);
        canvas.text((at + 20.0, 12.0), word, Anchor::Start, MUTED, false);
        at += 20.0 + text_width(word, false) + 14.0;
    }
    let (at, level) = if narrow { (0.0, 28.0) } else { (at, 12.0) };
    canvas.line((at + 7.0, level - 12.0), (at + 7.0, level + 2.0), TEXT, 1.25, "3 3");
    canvas.text((at + 20.0, level), &format!("as forecast, {middle}"), Anchor::Start, MUTED, false);
}

/// The name stands above its bar, so that long assumptions can be read on a phone; no
/// line runs through it.
fn bar(
    canvas: &mut Canvas,
    line: &TornadoLine,
    names: &[String],
    (top, middle): (f64, f64),
    x: Scale,
    currency: &str,
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
    let mut below = top;
    for name in names {
        canvas.bar(0.0, below + 2.0, text_width(name, false), LINE, "var(--surface)");
        canvas.text((0.0, below + 14.0), name, Anchor::Start, TEXT, false);
        below += LINE;
    }
    canvas.tipped(&tip, "hit", |c| {
        for ((_, value), color) in [(&line.low, BASELINE), (&line.high, ACCENT)] {
            c.bar(x.at(middle), below + 5.0, x.at(*value) - x.at(middle), 12.0, color);
        }
    });
    canvas.line((x.at(middle), below + 2.0), (x.at(middle), below + 20.0), TEXT, 1.25, "3 3");
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
        assert!(chart.wide.contains("at its low end") && chart.wide.contains("as forecast, +$100"));
        let long = "How strongly sales answer the incentive (all products, from the history of each)";
        assert_eq!(wrapped(long, 350.0).len(), 2);
        assert!(
            wrapped(long, 350.0).iter().all(|l| text_width(l, false) <= 350.0),
            "{:?}",
            wrapped(long, 350.0)
        );
        assert!(tornado(&[], 0.0, "USD").is_none());
    }
}
