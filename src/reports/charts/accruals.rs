//! What a program accrued month by month: pay above an honest zero line, what was taken
//! back below it.

use super::canvas::{Anchor, Canvas};
use super::scale::{Scale, ticks};
use super::{AXIS, BASELINE, Chart, GRID, MUTED, PAST, TEXT, text_width};
use crate::reports::format;

/// Months of the wide drawing, and of the one for phones: the latest.
const MONTHS_MAX: [usize; 2] = [48, 18];

/// One month. Money.
#[derive(Debug, Clone, PartialEq)]
pub struct AccrualBar {
    /// `2026-05`.
    pub key: String,
    /// Pay and overrides that it added.
    pub pay: f64,
    /// What was taken back in it; negative.
    pub back: f64,
}

/// Draws the months in the order given, the latest where there are many; `None` without
/// one.
pub fn accruals(bars: &[AccrualBar], currency: &str) -> Option<Chart> {
    let (first, last) = (bars.first()?, bars.last()?);
    let most = bars.iter().max_by(|a, b| a.pay.total_cmp(&b.pay))?;
    let alternative = format!(
        "Bar chart of what accrued a month from {} to {}. The most was {} in {}; the last month added {}.",
        format::month(&first.key, true),
        format::month(&last.key, true),
        format::money(most.pay, currency),
        format::month(&most.key, true),
        format::money(last.pay + last.back, currency),
    );
    Some(Chart::draw(alternative, (760.0, ""), |width, class, label| {
        let shown = MONTHS_MAX[usize::from(width < 500.0)].min(bars.len());
        draw(&bars[bars.len() - shown..], currency, width).finish(class, label)
    }))
}

fn draw(bars: &[AccrualBar], currency: &str, width: f64) -> Canvas {
    let (top, bottom) = (14.0, 190.0);
    // What is taken back may be more than what is earned; both may turn.
    let ends = || bars.iter().flat_map(|b| [b.pay, b.back]);
    let levels = ticks(ends().fold(0.0, f64::min), ends().fold(0.0, f64::max), 4);
    let range = (levels.first().copied().unwrap_or(0.0), levels.last().copied().unwrap_or(1.0));
    let largest = range.1.max(-range.0);
    let words: Vec<String> = levels.iter().map(|l| format::money_short(*l, largest, currency)).collect();
    let left = words.iter().map(|w| text_width(w, false)).fold(0.0, f64::max) + 10.0;
    let y = Scale::new(range, (bottom, top));
    let step = (width - left - 4.0) / bars.len() as f64;
    let bar = (step * 0.72).clamp(1.0, 40.0);
    let mut canvas = Canvas::new(width, bottom + 24.0);
    for (level, words) in levels.iter().zip(&words) {
        let at = y.at(*level);
        canvas.line((left, at), (width, at), if *level == 0.0 { AXIS } else { GRID }, 1.0, "");
        canvas.text((left - 6.0, at + 4.0), words, Anchor::End, MUTED, false);
    }
    for (i, month) in bars.iter().enumerate() {
        let middle = left + step * (i as f64 + 0.5);
        canvas.tipped(&tip(month, currency), "hit", |c| {
            for (value, color) in [(month.pay, PAST), (month.back, BASELINE)] {
                let (from, to) = (y.at(0.0), y.at(value));
                if (from - to).abs() > 0.05 {
                    c.bar(middle - bar / 2.0, from.min(to), bar, (from - to).abs(), color);
                }
            }
        });
        if month.key.ends_with("-01") || i == 0 && bars.len() < 12 {
            canvas.text((middle, bottom + 17.0), &month.key[..4], Anchor::Middle, TEXT, false);
        }
    }
    canvas
}

fn tip(month: &AccrualBar, currency: &str) -> String {
    let name = format::month(&month.key, true);
    let mut tip = format!("{name}: {} accrued", format::money(month.pay, currency));
    if month.back != 0.0 {
        tip.push_str(&format!(", {} taken back", format::money(month.back.abs(), currency)));
    }
    tip
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_back_lies_below_the_zero_line() {
        let bar = |key: &str, pay: f64, back: f64| AccrualBar { key: key.to_owned(), pay, back };
        let chart =
            accruals(&[bar("2026-01", 400.0, 0.0), bar("2026-02", 100.0, -200.0)], "USD").expect("a chart");
        assert!(chart.wide.contains("February 2026: $100 accrued, $200 taken back"), "{}", chart.wide);
        assert!(chart.wide.contains("var(--baseline)") && chart.wide.contains("−$200"));
        assert!(chart.alternative.contains("The most was $400 in January 2026; the last month added −$100."));
        assert!(accruals(&[], "USD").is_none());
        let many: Vec<AccrualBar> =
            (0..120).map(|i| bar(&format!("20{:02}-01", i % 90 + 10), 1.0, 0.0)).collect();
        assert_eq!(accruals(&many, "USD").expect("a chart").narrow.matches("<title>").count(), 18);
    }
}
