//! Step by step from one amount to another: each bar begins where the one above ends,
//! from an honest zero line, with the interval on the result.

use super::canvas::{Anchor, Canvas};
use super::scale::{Scale, ticks};
use super::{ACCENT, AXIS, BASELINE, Chart, GRID, MUTED, PAST, TEXT, fitted, text_width};
use crate::reports::format;

/// How a step is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// From zero, the first amount.
    Total,
    /// Added to what stands above it.
    Part,
    /// From zero, what is left.
    Result,
}

/// One step. Money.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Name for people.
    pub name: String,
    /// Amount, with its sign.
    pub value: f64,
    /// How it is drawn.
    pub kind: StepKind,
    /// P10 and P90, shown on the result.
    pub interval: Option<(f64, f64)>,
}

/// Draws the steps in the order given; `None` without one.
pub fn waterfall(steps: &[Step], currency: &str) -> Option<Chart> {
    let (first, last) = (steps.first()?, steps.last()?);
    let money = |v: f64| format::signed(v, format::money(v, currency));
    let between: Vec<String> = steps[1..steps.len() - 1]
        .iter()
        .map(|s| format!("{} {}", s.name.to_lowercase(), money(s.value)))
        .collect();
    let alternative = format!(
        "Waterfall chart from {} {} to {} {}: {}.",
        first.name.to_lowercase(),
        money(first.value),
        last.name.to_lowercase(),
        money(last.value),
        between.join(", ")
    );
    Some(Chart::draw(alternative, (760.0, ""), |width, class, label| {
        draw(steps, currency, width).finish(class, label)
    }))
}

/// Where each bar begins and ends.
fn spans(steps: &[Step]) -> Vec<(f64, f64)> {
    let mut level = 0.0;
    steps
        .iter()
        .map(|step| {
            let from = if step.kind == StepKind::Part { level } else { 0.0 };
            level = from + step.value;
            (from, level)
        })
        .collect()
}

fn draw(steps: &[Step], currency: &str, width: f64) -> Canvas {
    let narrow = width < 500.0;
    let spans = spans(steps);
    // On a phone the name stands above its bar.
    let (row, names) = if narrow { (42.0, 0.0) } else { (32.0, 236.0) };
    let (top, bottom) = (6.0, 6.0 + row * steps.len() as f64);
    let ends = || {
        let intervals = steps.iter().filter_map(|s| s.interval).flat_map(|(low, high)| [low, high]);
        spans.iter().flat_map(|(from, to)| [*from, *to]).chain(intervals)
    };
    let levels = ticks(ends().fold(0.0, f64::min), ends().fold(0.0, f64::max), if narrow { 3 } else { 5 });
    let range = (levels.first().copied().unwrap_or(0.0), levels.last().copied().unwrap_or(1.0));
    let labels: Vec<String> =
        steps.iter().map(|s| format::signed(s.value, format::money(s.value, currency))).collect();
    let room = labels.iter().map(|l| text_width(l, true)).fold(0.0, f64::max) + 12.0;
    let x = Scale::new(range, (names + if narrow { 14.0 } else { 26.0 }, width - room));
    let mut canvas = Canvas::new(width, bottom + 24.0);
    for level in &levels {
        let at = x.at(*level);
        canvas.line((at, top), (at, bottom), if *level == 0.0 { AXIS } else { GRID }, 1.0, "");
        let text = format::money_short(*level, range.1.max(-range.0), currency);
        canvas.text((at, bottom + 17.0), &text, Anchor::Middle, MUTED, false);
    }
    for (i, ((step, label), (from, to))) in steps.iter().zip(&labels).zip(&spans).enumerate() {
        let upper = top + row * i as f64;
        let middle = if narrow { upper + 27.0 } else { upper + row / 2.0 };
        let result = step.kind == StepKind::Result;
        let name = fitted(&step.name, if narrow { width } else { names }, result);
        if narrow {
            // No line runs through a name.
            let room = text_width(&name, result).min(width - 60.0);
            canvas.bar(0.0, upper + 3.0, room, 14.0, "var(--surface)");
            canvas.text((0.0, upper + 14.0), &name, Anchor::Start, TEXT, result);
        } else {
            canvas.text((names, middle + 4.0), &name, Anchor::End, TEXT, result);
        }
        if steps.get(i + 1).is_some_and(|next| next.kind == StepKind::Part) {
            let at = x.at(*to);
            canvas.line((at, middle + 8.0), (at, middle + row - 8.0), AXIS, 1.0, "2 2");
        }
        canvas.tipped(&tip(step, label, currency), "hit", |c| {
            c.bar(x.at(*from), middle - 8.0, x.at(*to) - x.at(*from), 16.0, color(step));
            if let Some((low, high)) = step.interval {
                c.line((x.at(low), middle), (x.at(high), middle), TEXT, 1.25, "");
                for end in [low, high] {
                    c.line((x.at(end), middle - 4.0), (x.at(end), middle + 4.0), TEXT, 1.25, "");
                }
            }
        });
        canvas.text((width, middle + 4.0), label, Anchor::End, TEXT, result);
    }
    canvas
}

fn color(step: &Step) -> &'static str {
    match step.kind {
        StepKind::Result => PAST,
        _ if step.value >= 0.0 => ACCENT,
        _ => BASELINE,
    }
}

fn tip(step: &Step, label: &str, currency: &str) -> String {
    step.interval.map_or_else(
        || format!("{}: {label}", step.name),
        |(low, high)| {
            format!(
                "{}: {label}, 8 in 10 chance between {} and {}",
                step.name,
                format::money(low, currency),
                format::money(high, currency)
            )
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, value: f64, kind: StepKind) -> Step {
        Step { name: name.to_owned(), value, kind, interval: None }
    }

    #[test]
    fn a_part_begins_where_the_one_above_ends() {
        let steps = [
            step("Revenue", 100.0, StepKind::Total),
            step("Goods", -60.0, StepKind::Part),
            step("Paid", -70.0, StepKind::Part),
            step("Net", -30.0, StepKind::Result),
        ];
        assert_eq!(spans(&steps), vec![(0.0, 100.0), (100.0, 40.0), (40.0, -30.0), (0.0, -30.0)]);
        let chart = waterfall(&steps, "USD").expect("a chart");
        assert!(chart.alternative.contains("goods −$60, paid −$70"), "{}", chart.alternative);
        for svg in [&chart.wide, &chart.narrow] {
            assert!(svg.contains("+$100") && svg.contains("−$30") && !svg.contains("NaN"), "{svg}");
        }
        assert!(waterfall(&[], "USD").is_none());
    }
}
