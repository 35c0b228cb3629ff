//! How much there is of each month: one bar a month, with what is still to come on top
//! of the last ones.

use super::canvas::{Anchor, Canvas};
use super::scale::{Scale, ticks};
use super::{AXIS, Chart, GRID, MUTED, PAST, TEXT};
use crate::reports::format;

/// One month.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthBar {
    /// `2026-05`.
    pub key: String,
    /// How many there are.
    pub count: f64,
    /// Share expected to be there by now, 0 to 1; 1 for months that are whole.
    pub reported: f64,
}

/// Draws the months in the order given; `None` without one. `what` is counted.
pub fn months(bars: &[MonthBar], what: &str) -> Option<Chart> {
    let (first, last) = (bars.first()?, bars.last()?);
    let late = bars.iter().filter(|b| b.reported < 1.0).count();
    let alternative = format!(
        "Bar chart of {what} a month from {} to {}, the last month {}. {}",
        format::month(&first.key, true),
        format::month(&last.key, true),
        format::count(last.count),
        match late {
            0 => "Every month is whole.".to_owned(),
            1 => "The last month is not wholly reported yet.".to_owned(),
            n => format!("The last {n} months are not wholly reported yet."),
        }
    );
    Some(Chart::draw(alternative, (760.0, ""), |width, class, label| {
        draw(bars, what, width).finish(class, label)
    }))
}

fn draw(bars: &[MonthBar], what: &str, width: f64) -> Canvas {
    let (left, top, bottom) = (46.0, 14.0, 150.0);
    let whole = |b: &MonthBar| b.count / b.reported.max(0.05);
    let levels = ticks(0.0, bars.iter().map(whole).fold(0.0, f64::max), 3);
    let most = levels.last().copied().unwrap_or(1.0);
    let y = Scale::new((0.0, most), (bottom, top));
    let step = (width - left - 4.0) / bars.len() as f64;
    let bar = (step * 0.72).max(1.0);
    let mut canvas = Canvas::new(width, bottom + 24.0);
    for level in &levels {
        let at = y.at(*level);
        canvas.line((left, at), (width, at), if *level == 0.0 { AXIS } else { GRID }, 1.0, "");
        canvas.text((left - 6.0, at + 4.0), &format::short(*level, most), Anchor::End, MUTED, false);
    }
    for (i, month) in bars.iter().enumerate() {
        let x = left + step * (i as f64 + 0.5) - bar / 2.0;
        let mut tip = format!("{}: {} {what}", format::month(&month.key, true), format::count(month.count));
        if month.reported < 1.0 {
            tip.push_str(&format!(", about {} of what is to be expected", format::percent(month.reported)));
        }
        canvas.tipped(&tip, "hit", |c| {
            if month.reported < 1.0 {
                c.bar(x, y.at(whole(month)), bar, y.at(month.count) - y.at(whole(month)), GRID);
            }
            c.bar(x, y.at(month.count), bar, bottom - y.at(month.count), PAST);
        });
        if month.key.ends_with("-01") || i == 0 && bars.len() < 12 {
            canvas.text((x + bar / 2.0, bottom + 17.0), &month.key[..4], Anchor::Middle, TEXT, false);
        }
    }
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_to_come_is_drawn_and_said() {
        let bar = |key: &str, count, reported| MonthBar { key: key.to_owned(), count, reported };
        let chart =
            months(&[bar("2026-01", 100.0, 1.0), bar("2026-02", 40.0, 0.4)], "lines").expect("a chart");
        assert!(chart.alternative.ends_with("The last month is not wholly reported yet."));
        assert!(chart.wide.contains("about 40% of what is to be expected"));
        assert_eq!(months(&[], "lines"), None);
    }
}
