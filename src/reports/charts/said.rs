//! What was said and what came: a range a row with the dot of what came, and the
//! tenths of forecasts that outcomes fell into.

use super::canvas::{Anchor, Canvas};
use super::scale::{Scale, ticks};
use super::{ACCENT, ACCENT_TEXT, AXIS, BAND, BASELINE, Chart, GRID, MUTED, TEXT, fitted, text_width};
use crate::reports::format;

const OUTSIDE: &str = "var(--bad)";

/// One change. Shares of the units without it.
#[derive(Debug, Clone, PartialEq)]
pub struct SaidRow {
    /// Name for people.
    pub name: String,
    /// When, shown beside the name where there is room.
    pub when: String,
    /// Expected.
    pub said: f64,
    /// The range of 8 in 10 outcomes.
    pub range: (f64, f64),
    /// What came.
    pub came: f64,
    /// Whether it came inside the range.
    pub inside: bool,
}

fn percent(share: f64) -> String {
    format::signed(share, format!("{}%", format::number(share * 100.0, 0)))
}

/// Draws the rows in the order given; `None` without one.
pub fn said(rows: &[SaidRow]) -> Option<Chart> {
    rows.first()?;
    let inside = rows.iter().filter(|r| r.inside).count();
    let alternative = format!(
        "Chart of {} past changes: the range said for the change of units, and what came. {inside} came inside \
         their range.",
        rows.len()
    );
    Some(Chart::draw(alternative, (1000.0, ""), |width, class, label| draw(rows, width).finish(class, label)))
}

fn draw(rows: &[SaidRow], width: f64) -> Canvas {
    let narrow = width < 500.0;
    let (names, row, top) = if narrow { (128.0, 24.0, 22.0) } else { (300.0, 25.0, 22.0) };
    let bottom = top + row * rows.len() as f64;
    let ends = || rows.iter().flat_map(|r| [r.said, r.range.0, r.range.1, r.came]);
    let levels = ticks(ends().fold(0.0, f64::min), ends().fold(0.0, f64::max), if narrow { 3 } else { 7 });
    let range = (levels.first().copied().unwrap_or(0.0), levels.last().copied().unwrap_or(1.0));
    let x = Scale::new(range, (names + 14.0, width - 24.0));
    let mut canvas = Canvas::new(width, bottom + 24.0);
    for level in &levels {
        let at = x.at(*level);
        canvas.line((at, top), (at, bottom), if *level == 0.0 { AXIS } else { GRID }, 1.0, "");
        canvas.text((at, bottom + 17.0), &percent(*level), Anchor::Middle, MUTED, false);
    }
    for (i, one) in rows.iter().enumerate() {
        let middle = top + row * (i as f64 + 0.5);
        let when = if narrow { String::new() } else { format!("  {}", one.when) };
        let name = fitted(&one.name, names - text_width(&when, false), false);
        canvas.text((0.0, middle + 4.0), &name, Anchor::Start, TEXT, false);
        canvas.text((names, middle + 4.0), &when, Anchor::End, MUTED, false);
        let tip = format!(
            "{}, {}: said {} (8 in 10: {} to {}), came {}",
            one.name,
            one.when,
            percent(one.said),
            percent(one.range.0),
            percent(one.range.1),
            percent(one.came)
        );
        let color = if one.inside { ACCENT } else { OUTSIDE };
        canvas.tipped(&tip, "hit", |c| {
            c.bar(0.0, middle - row / 2.0, width, row, "transparent");
            let (low, high) = (x.at(one.range.0), x.at(one.range.1));
            c.bar(low, middle - 5.0, high - low, 10.0, BAND);
            c.line((x.at(one.said), middle - 7.0), (x.at(one.said), middle + 7.0), TEXT, 2.0, "");
            c.dot((x.at(one.came), middle), 5.0, color);
        });
    }
    legend(&mut canvas, if narrow { 0.0 } else { names + 14.0 }, narrow);
    canvas
}

/// What the three marks are, above the rows.
fn legend(canvas: &mut Canvas, from: f64, narrow: bool) {
    let words = ["8 in 10", "said", "came", "came outside"];
    let mut at = from;
    for (i, word) in words.iter().enumerate() {
        match i {
            0 => canvas.bar(at, 3.0, 14.0, 10.0, BAND),
            1 => canvas.line((at + 7.0, 1.0), (at + 7.0, 15.0), TEXT, 2.0, ""),
            2 => canvas.dot((at + 7.0, 8.0), 5.0, ACCENT),
            _ => canvas.dot((at + 7.0, 8.0), 5.0, OUTSIDE),
        }
        canvas.text((at + 18.0, 12.0), word, Anchor::Start, MUTED, false);
        at += 18.0 + text_width(word, false) + if narrow { 4.0 } else { 18.0 };
    }
}

/// The share of outcomes in each tenth of their forecasts, lowest first: all a tenth
/// where forecasts are as sure as they should be. `None` without any.
pub fn tenths(shares: &[f64], cases: usize) -> Option<Chart> {
    if cases == 0 || shares.is_empty() {
        return None;
    }
    let alternative = format!(
        "Bar chart of where {cases} outcomes fell in their forecasts, by tenths from lowest to highest: {}.",
        shares.iter().map(|s| format::percent(*s)).collect::<Vec<_>>().join(", ")
    );
    Some(Chart::draw(alternative, (1000.0, ""), |width, class, label| {
        draw_tenths(shares, width).finish(class, label)
    }))
}

fn draw_tenths(shares: &[f64], width: f64) -> Canvas {
    let (top, bottom) = (18.0, 150.0);
    let most = shares.iter().copied().fold(0.2, f64::max);
    let y = Scale::new((0.0, most), (bottom, top));
    let step = width / shares.len() as f64;
    let mut canvas = Canvas::new(width, bottom + 24.0);
    for (i, share) in shares.iter().enumerate() {
        let at = step * i as f64;
        let tip = format!("Tenth {} of {}: {} of outcomes", i + 1, shares.len(), format::percent(*share));
        canvas.tipped(&tip, "hit", |c| {
            c.bar(at + step * 0.12, y.at(*share), step * 0.76, bottom - y.at(*share), ACCENT);
        });
        let words = format!("{}%", format::number(share * 100.0, 0));
        canvas.text((at + step / 2.0, y.at(*share) - 4.0), &words, Anchor::Middle, ACCENT_TEXT, false);
    }
    let even = y.at(1.0 / shares.len() as f64);
    canvas.line((0.0, even), (width, even), BASELINE, 1.25, "4 3");
    canvas.line((0.0, bottom), (width, bottom), AXIS, 1.0, "");
    let narrow = width < 500.0;
    let (low, high) =
        if narrow { ("sold less", "sold more") } else { ("sold less than said", "sold more than said") };
    canvas.text((0.0, bottom + 17.0), low, Anchor::Start, MUTED, false);
    canvas.text((width, bottom + 17.0), high, Anchor::End, MUTED, false);
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_outside_has_another_colour_than_what_came_inside() {
        let row = |name: &str, came: f64, inside| SaidRow {
            name: name.to_owned(),
            when: "1 Jul 2025".to_owned(),
            said: 0.1,
            range: (-0.1, 0.3),
            came,
            inside,
        };
        let chart = said(&[row("In", 0.2, true), row("Out", -0.4, false)]).expect("a chart");
        // Once each in the legend, and once each in the rows.
        assert_eq!(chart.wide.matches("var(--bad)").count(), 2);
        assert!(chart.wide.contains("Out, 1 Jul 2025: said +10% (8 in 10: −10% to +30%), came −40%"));
        assert!(chart.alternative.contains("1 came inside"));
        assert!(said(&[]).is_none());
    }

    #[test]
    fn tenths_show_the_even_line() {
        let chart = tenths(&[0.1; 10], 50).expect("a chart");
        assert_eq!(chart.wide.matches("10%").count(), 30, "a bar, its tip and its place in the words each");
        assert!(chart.wide.contains("stroke-dasharray"));
        assert!(tenths(&[0.1; 10], 0).is_none());
    }
}
