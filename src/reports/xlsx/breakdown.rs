//! A breakdown as a sheet: baseline, first option and difference of each figure a row,
//! with a live sum under every column that adds up.

use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{Formula, Worksheet};
use spiffcast_engine::forecast::Row;

use super::sheet::{Styles, heads, print_wide, put};
use crate::reports::ReportError;
use crate::reports::format;
use crate::reports::metrics::{FIGURES, Figure, Unit};

/// Figures that add up over rows; shares and heads do not.
const ADD_UP: [&str; 5] = ["units", "revenue", "margin", "payout", "net"];

/// A column: which figure, of which arm.
struct Column {
    figure: &'static Figure,
    /// `None`: the baseline; otherwise the option, and whether its difference.
    arm: Option<(usize, bool)>,
}

impl Column {
    fn value(&self, row: &Row) -> Option<f64> {
        let metric = row.metrics.get(self.figure.key)?;
        match self.arm {
            None => metric.baseline.mean,
            Some((option, false)) => metric.options.get(option)?.mean,
            Some((option, true)) => metric.difference.get(option)?.mean,
        }
    }

    /// Of several options, which one.
    fn head(&self, labels: &[String]) -> String {
        let option = |i: usize| labels.get(i).filter(|_| labels.len() > 1);
        let arm = match self.arm {
            None => "now".to_owned(),
            Some((i, false)) => {
                option(i).map_or_else(|| "with the change".to_owned(), |l| format!("with {l}"))
            }
            Some((i, true)) => {
                option(i).map_or_else(|| "difference".to_owned(), |l| format!("difference, {l}"))
            }
        };
        format!("{}, {arm}", self.figure.name)
    }
}

pub fn write(
    sheet: &mut Worksheet,
    (name, what): (&str, &str),
    rows: &[Row],
    labels: &[String],
    styles: &Styles,
) -> Result<(), ReportError> {
    sheet.set_name(name)?;
    print_wide(sheet);
    let columns = columns(labels.len());
    let mut names = vec![what.to_owned(), "Name".to_owned()];
    names.extend(columns.iter().map(|c| c.head(labels)));
    heads(sheet, 0, &names, styles)?;
    // Labels of options take the lines they need.
    sheet.set_row_height(0, if labels.len() > 1 { 92 } else { 46 })?;
    sheet.set_column_width(0, 14)?;
    sheet.set_column_width(1, 30)?;
    sheet.set_column_range_width(2, 1 + columns.len() as u16, 15)?;
    sheet.set_freeze_panes(1, 2)?;
    for (i, row) in rows.iter().enumerate() {
        let at = 1 + i as u32;
        sheet.write_string_with_format(at, 0, &row.key, &styles.text)?;
        let shown = if name == "By month" { format::month(&row.key, true) } else { row.name.clone() };
        sheet.write_string_with_format(at, 1, &shown, &styles.text)?;
        for (k, column) in columns.iter().enumerate() {
            put(sheet, (at, 2 + k as u16), column.value(row), styles.figure(column.figure.unit))?;
        }
    }
    let last = rows.len() as u32;
    sheet.autofilter(0, 0, last, 1 + columns.len() as u16)?;
    sheet.write_string_with_format(last + 1, 0, "Sum", styles.total(Unit::Count))?;
    for (k, column) in columns.iter().enumerate() {
        let at = 2 + k as u16;
        let sum: f64 = rows.iter().filter_map(|row| column.value(row)).sum();
        let formula = format!("=SUM({}:{})", row_col_to_cell(1, at), row_col_to_cell(last, at));
        let formula = Formula::new(formula).set_result(sum.to_string());
        sheet.write_formula_with_format(last + 1, at, formula, styles.total(column.figure.unit))?;
    }
    Ok(())
}

fn columns(options: usize) -> Vec<Column> {
    let figures = FIGURES.iter().filter(|figure| ADD_UP.contains(&figure.key));
    figures
        .flat_map(|figure| {
            let arms = (0..options).flat_map(|i| [Some((i, false)), Some((i, true))]);
            std::iter::once(None).chain(arms).map(move |arm| Column { figure, arm })
        })
        .collect()
}
