//! Small multiples: the same figures place by place, a panel a figure with a scale of
//! its own, the zero line in each.

use super::canvas::{Anchor, Canvas};
use super::scale::Scale;
use super::{ACCENT, AXIS, BASELINE, Chart, MUTED, TEXT, fitted, text_width};
use crate::reports::format;

/// A panel. Money.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Name of the figure.
    pub name: String,
}

/// A place: its change of every panel's figure with P10 and P90.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceRow {
    /// Name for people.
    pub name: String,
    /// One a panel.
    pub values: Vec<(f64, (f64, f64))>,
}

/// Places of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceGroup {
    /// Such as `Region`.
    pub name: String,
    /// In the order drawn.
    pub rows: Vec<PlaceRow>,
    /// How many were left out.
    pub more: usize,
}

/// A row's height, and that of a group's heading.
const ROW: f64 = 24.0;

/// Draws the panels beside each other, on a phone below each other; `None` without a
/// group.
pub fn places(panels: &[Panel], groups: &[PlaceGroup], currency: &str) -> Option<Chart> {
    if groups.is_empty() || panels.is_empty() {
        return None;
    }
    let money = |v: f64| format::signed(v, format::money(v, currency));
    let said = |row: &PlaceRow| {
        let values = panels.iter().zip(&row.values);
        let values: Vec<String> =
            values.map(|(p, (v, _))| format!("{} {}", p.name.to_lowercase(), money(*v))).collect();
        format!("{}: {}", row.name, values.join(", "))
    };
    let all: Vec<String> = groups.iter().flat_map(|g| g.rows.iter().map(said)).collect();
    let alternative = format!("Bar charts of the change by place. {}.", all.join("; "));
    Some(Chart::draw(alternative, (760.0, ""), |width, class, label| {
        draw(panels, groups, currency, width).finish(class, label)
    }))
}

fn draw(panels: &[Panel], groups: &[PlaceGroup], currency: &str, width: f64) -> Canvas {
    let narrow = width < 500.0;
    let lines: usize = groups.iter().map(|g| 1 + g.rows.len() + usize::from(g.more > 0)).sum();
    let height = 26.0 + ROW * lines as f64 + 6.0 * groups.len() as f64;
    let names = if narrow { 104.0 } else { 132.0 };
    if narrow {
        let mut canvas = Canvas::new(width, height * panels.len() as f64);
        for i in 0..panels.len() {
            let top = height * i as f64;
            row_names(&mut canvas, groups, names, top);
            panel(&mut canvas, (panels, i), groups, currency, (names, width), top);
        }
        return canvas;
    }
    let mut canvas = Canvas::new(width, height);
    row_names(&mut canvas, groups, names, 0.0);
    let each = (width - names) / panels.len() as f64;
    for i in 0..panels.len() {
        let left = names + each * i as f64;
        panel(&mut canvas, (panels, i), groups, currency, (left, left + each), 0.0);
    }
    canvas
}

/// Top of every row, heading rows left out, in the order of the groups.
fn tops(groups: &[PlaceGroup], top: f64) -> Vec<f64> {
    let mut at = top + 26.0;
    let mut out = Vec::new();
    for group in groups {
        at += ROW;
        for _ in &group.rows {
            out.push(at);
            at += ROW;
        }
        at += 6.0 + if group.more > 0 { ROW } else { 0.0 };
    }
    out
}

fn row_names(canvas: &mut Canvas, groups: &[PlaceGroup], names: f64, top: f64) {
    let tops = tops(groups, top);
    let mut row = 0;
    for group in groups {
        let first = tops.get(row).copied().unwrap_or(top);
        canvas.text((0.0, first - 7.0), &group.name, Anchor::Start, MUTED, true);
        for place in &group.rows {
            let name = fitted(&place.name, names - 8.0, false);
            canvas.text((0.0, tops[row] + 16.0), &name, Anchor::Start, TEXT, false);
            row += 1;
        }
        if group.more > 0 {
            let words = format!("and {} more", group.more);
            canvas.text((0.0, tops[row - 1] + ROW + 16.0), &words, Anchor::Start, MUTED, false);
        }
    }
}

fn panel(
    canvas: &mut Canvas,
    (panels, index): (&[Panel], usize),
    groups: &[PlaceGroup],
    currency: &str,
    (left, right): (f64, f64),
    top: f64,
) {
    let rows: Vec<&PlaceRow> = groups.iter().flat_map(|g| &g.rows).collect();
    let value = |row: &PlaceRow| row.values.get(index).copied().unwrap_or_default();
    let ends = || rows.iter().flat_map(|r| [value(r).0, value(r).1.0, value(r).1.1]);
    let range = (ends().fold(0.0, f64::min), ends().fold(0.0, f64::max));
    let label = |v: f64| format::signed(v, format::money(v, currency));
    let room = rows.iter().map(|r| text_width(&label(value(r).0), false)).fold(0.0, f64::max) + 10.0;
    let x = Scale::new(range, (left + 4.0, (right - room - 14.0).max(left + 30.0)));
    canvas.text((left + 4.0, top + 14.0), &panels[index].name, Anchor::Start, TEXT, true);
    let tops = tops(groups, top);
    let bottom = tops.last().map_or(top, |t| t + ROW);
    let zero = x.at(0.0);
    canvas.line((zero, top + 24.0), (zero, bottom), AXIS, 1.0, "");
    for (row, at) in rows.iter().zip(&tops) {
        let (amount, (low, high)) = value(row);
        let tip = format!(
            "{}, {}: {}, 8 in 10 chance between {} and {}",
            row.name,
            panels[index].name.to_lowercase(),
            label(amount),
            format::money(low, currency),
            format::money(high, currency)
        );
        let middle = at + ROW / 2.0;
        canvas.tipped(&tip, "hit", |c| {
            c.bar(left, *at, right - left, ROW, "transparent");
            let color = if amount < 0.0 { BASELINE } else { ACCENT };
            c.bar(zero, middle - 5.0, x.at(amount) - zero, 10.0, color);
            c.line((x.at(low), middle), (x.at(high), middle), TEXT, 1.25, "");
        });
        canvas.text((right - 14.0, middle + 4.0), &label(amount), Anchor::End, TEXT, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_stands_in_every_panel() {
        let panels = [Panel { name: "Revenue".to_owned() }, Panel { name: "Net".to_owned() }];
        let row = |name: &str, v: f64| PlaceRow {
            name: name.to_owned(),
            values: vec![(v, (v - 1.0, v + 1.0)), (-v, (-v, -v))],
        };
        let rows = vec![row("EMEA", 10.0), row("מזרח", 0.0)];
        let groups = [PlaceGroup { name: "Region".to_owned(), rows, more: 2 }];
        let chart = places(&panels, &groups, "USD").expect("a chart");
        for svg in [&chart.wide, &chart.narrow] {
            assert!(svg.contains("+$10") && svg.contains("−$10") && svg.contains("and 2 more"), "{svg}");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
        assert_eq!(chart.narrow.matches(">EMEA<").count(), 2, "a name a panel on a phone");
        assert!(places(&panels, &[], "USD").is_none());
    }
}
