//! A program's budget: what is left today, against what the period is expected
//! to take from it with and without the change.

use super::canvas::{Anchor, Canvas};
use super::scale::{Scale, ticks};
use super::{ACCENT, ACCENT_TEXT, AXIS, BAND, BASELINE, Chart, GRID, MUTED, TEXT, text_width};
use crate::reports::format;

/// What one arm takes from the budget. Money.
#[derive(Debug, Clone, PartialEq)]
pub struct BudgetArm {
    /// Name of the row.
    pub label: String,
    /// Expected pay of the period.
    pub payout: f64,
    /// P10 and P90 of single outcomes.
    pub interval: (f64, f64),
    /// Said after the bar, such as `12% chance it runs out`.
    pub note: String,
    /// Whether this is the scenario.
    pub accent: bool,
}

/// What the budget chart shows.
#[derive(Debug, Clone, PartialEq)]
pub struct BudgetData {
    /// Name of the program.
    pub program: String,
    /// Left today.
    pub left: f64,
    /// Baseline first.
    pub arms: Vec<BudgetArm>,
    /// What the bars are, such as `Pay of 1 July – 30 September 2026`.
    pub period: String,
    /// Currency code.
    pub currency: String,
}

/// Draws a budget; `None` without arms.
pub fn budget(data: &BudgetData) -> Option<Chart> {
    if data.arms.is_empty() {
        return None;
    }
    let arms: Vec<String> = data
        .arms
        .iter()
        .map(|a| {
            format!(
                "{}: {} expected, 8 in 10 between {} and {}, {}",
                a.label,
                format::money(a.payout, &data.currency),
                format::money(a.interval.0, &data.currency),
                format::money(a.interval.1, &data.currency),
                a.note
            )
        })
        .collect();
    let alternative = format!(
        "Bar chart of the budget of {}: {} left today. {}.",
        data.program,
        format::money(data.left, &data.currency),
        arms.join(". ")
    );
    Some(Chart::draw(alternative, (760.0, ""), |width, class, label| draw(data, width).finish(class, label)))
}

fn draw(data: &BudgetData, width: f64) -> Canvas {
    let (left, right, top, row) = (8.0, width - 16.0, 30.0, 56.0);
    let bottom = top + row * data.arms.len() as f64;
    let highest = data.arms.iter().map(|a| a.interval.1.max(a.payout)).fold(data.left, f64::max) * 1.02;
    let levels = ticks(0.0, highest, if width < 500.0 { 3 } else { 6 });
    let x = Scale::new((0.0, levels.last().copied().unwrap_or(1.0)), (left, right));
    let mut canvas = Canvas::new(width, bottom + 44.0);
    canvas.text((right + 8.0, bottom + 37.0), &data.period, Anchor::End, MUTED, false);
    for level in &levels {
        let at = x.at(*level);
        canvas.line((at, top), (at, bottom), if *level == 0.0 { AXIS } else { GRID }, 1.0, "");
        let last = (at - right).abs() < 1.0;
        let (anchor, at) = match () {
            () if *level == 0.0 => (Anchor::Start, at),
            () if last => (Anchor::End, at + 8.0),
            () => (Anchor::Middle, at),
        };
        canvas.text(
            (at, bottom + 18.0),
            &format::money_short(*level, levels.last().copied().unwrap_or(*level), &data.currency),
            anchor,
            MUTED,
            false,
        );
    }
    for (i, arm) in data.arms.iter().enumerate() {
        arm_row(&mut canvas, arm, &data.currency, (&x, right), top + row * i as f64);
    }
    let at = x.at(data.left);
    canvas.line((at, top - 8.0), (at, bottom), TEXT, 1.5, "");
    let words = format!("{} left today", format::money(data.left, &data.currency));
    let anchor = if at + text_width(&words, true) > right { Anchor::End } else { Anchor::Start };
    canvas.text((at, top - 14.0), &words, anchor, TEXT, true);
    canvas
}

fn arm_row(canvas: &mut Canvas, arm: &BudgetArm, currency: &str, (x, right): (&Scale, f64), top: f64) {
    let (line, text) = if arm.accent { (ACCENT, ACCENT_TEXT) } else { (BASELINE, TEXT) };
    let heading = format!("{}: {}", arm.label, format::money(arm.payout, currency));
    canvas.text((x.at(0.0) + 6.0, top + 18.0), &heading, Anchor::Start, text, true);
    let after = x.at(0.0) + 14.0 + text_width(&heading, true);
    if after + text_width(&arm.note, false) < right {
        canvas.text((after, top + 18.0), &arm.note, Anchor::Start, MUTED, false);
    }
    let middle = top + 36.0;
    let tip = format!(
        "{}: {} expected, 8 in 10 outcomes between {} and {}",
        arm.label,
        format::money(arm.payout, currency),
        format::money(arm.interval.0, currency),
        format::money(arm.interval.1, currency)
    );
    canvas.tipped(&tip, "hit", |c| {
        c.bar(x.at(0.0), middle - 5.0, x.at(arm.payout) - x.at(0.0), 10.0, line);
        c.bar(
            x.at(arm.interval.0),
            middle - 9.0,
            x.at(arm.interval.1) - x.at(arm.interval.0),
            18.0,
            if arm.accent { BAND } else { "var(--band-grey)" },
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_left_and_survives_nothing() {
        let mut data = BudgetData {
            program: "Product X SPIFF".to_owned(),
            left: 60_000.0,
            arms: vec![],
            period: "Pay of 1 July – 30 September 2026".to_owned(),
            currency: "USD".to_owned(),
        };
        assert!(budget(&data).is_none());
        data.arms.push(BudgetArm {
            label: "If nothing changes".to_owned(),
            payout: 0.0,
            interval: (0.0, 0.0),
            note: "0% chance it runs out".to_owned(),
            accent: false,
        });
        data.left = 0.0;
        let chart = budget(&data).expect("a chart");
        assert!(chart.wide.contains("$0 left today") && !chart.wide.contains("NaN"), "{}", chart.wide);
    }
}
