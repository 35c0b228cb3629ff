//! What past changes did: a dot for the units before a change and one for those after
//! it, a line between them, from an honest zero. What happened, not what the change did.

use super::canvas::{Anchor, Canvas};
use super::scale::{Scale, ticks};
use super::{ACCENT, ACCENT_TEXT, AXIS, BASELINE, Chart, GRID, MUTED, TEXT, fitted, text_width};
use crate::reports::format;

/// One past change. Units.
#[derive(Debug, Clone, PartialEq)]
pub struct PastPair {
    /// Which change.
    pub name: String,
    /// Units of the three months before it.
    pub before: f64,
    /// Units of the three months from it.
    pub after: f64,
    /// How far they moved: `+12%`.
    pub moved: String,
}

/// Draws the changes in the order given; `None` without one.
pub fn precedents(pairs: &[PastPair]) -> Option<Chart> {
    let first = pairs.first()?;
    let alternative = format!(
        "Chart of units in the three months before and from a past change, {} in all. The last, {}: {} before, {} \
         after, {}.",
        match pairs.len() {
            1 => "1 change".to_owned(),
            n => format!("{n} changes"),
        },
        first.name,
        format::count(first.before),
        format::count(first.after),
        first.moved,
    );
    Some(Chart::draw(alternative, (760.0, ""), |width, class, label| draw(pairs, width).finish(class, label)))
}

/// Room above the rows for what the two colours are, and height of a row: its name
/// stands above its dots, so that long ones can be read on a phone.
const TOP: f64 = 26.0;
const ROW: f64 = 38.0;

fn draw(pairs: &[PastPair], width: f64) -> Canvas {
    let bottom = TOP + ROW * pairs.len() as f64;
    let most = pairs.iter().flat_map(|p| [p.before, p.after]).fold(0.0, f64::max);
    let levels = ticks(0.0, most, if width < 500.0 { 3 } else { 6 });
    let highest = levels.last().copied().unwrap_or(1.0);
    let room = pairs.iter().map(|p| text_width(&p.moved, true)).fold(0.0, f64::max) + 16.0;
    let x = Scale::new((0.0, highest), (10.0, width - room));
    let mut canvas = Canvas::new(width, bottom + 24.0);
    for level in &levels {
        let at = x.at(*level);
        canvas.line((at, TOP), (at, bottom), if *level == 0.0 { AXIS } else { GRID }, 1.0, "");
        let text = format::short(*level, highest);
        canvas.text((at, bottom + 17.0), &text, Anchor::Middle, MUTED, false);
    }
    legend(&mut canvas);
    for (i, pair) in pairs.iter().enumerate() {
        row(&mut canvas, pair, TOP + ROW * i as f64, x, width);
    }
    canvas
}

/// What the two colours are, above the rows.
fn legend(canvas: &mut Canvas) {
    let mut at = 6.0;
    for (words, color) in [("3 months before", BASELINE), ("3 months from it", ACCENT)] {
        canvas.dot((at, 8.0), 4.5, color);
        canvas.text((at + 10.0, 12.0), words, Anchor::Start, MUTED, false);
        at += 10.0 + text_width(words, false) + 18.0;
    }
}

fn row(canvas: &mut Canvas, pair: &PastPair, top: f64, x: Scale, width: f64) {
    let level = top + 26.0;
    let tip = format!(
        "{}: {} units in the 3 months before, {} in the 3 months from it, {}",
        pair.name,
        format::count(pair.before),
        format::count(pair.after),
        pair.moved,
    );
    // Right of the zero line, which no name may cross.
    canvas.text((16.0, top + 13.0), &fitted(&pair.name, width - 16.0, false), Anchor::Start, TEXT, false);
    canvas.tipped(&tip, "hit", |c| {
        c.bar(0.0, top + 16.0, width, 20.0, "none");
        c.line((x.at(pair.before), level), (x.at(pair.after), level), MUTED, 2.0, "");
        c.dot((x.at(pair.before), level), 4.5, BASELINE);
        c.dot((x.at(pair.after), level), 4.5, ACCENT);
    });
    canvas.text((width, level + 4.0), &pair.moved, Anchor::End, ACCENT_TEXT, true);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_both_figures_and_how_far_they_moved() {
        let pair = |name: &str, before: f64, after: f64, moved: &str| PastPair {
            name: name.to_owned(),
            before,
            after,
            moved: moved.to_owned(),
        };
        let pairs = [pair("SPIFF v3", 3120.0, 3455.0, "+10.7%"), pair("SPIFF v2", 900.0, 800.0, "−11.1%")];
        let chart = precedents(&pairs).expect("a chart");
        for drawing in [&chart.wide, &chart.narrow] {
            assert!(
                drawing.contains("3,120 units in the 3 months before, 3,455 in the 3 months from it, +10.7%")
            );
            assert!(drawing.contains("−11.1%") && drawing.contains("SPIFF v2"));
        }
        assert!(chart.alternative.contains("2 changes in all. The last, SPIFF v3"), "{}", chart.alternative);
        assert!(precedents(&[]).is_none());
    }
}
