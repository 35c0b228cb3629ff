//! Options side by side: what each changes with its interval, and how often one beats
//! another.

use rust_xlsxwriter::Worksheet;
use spiffcast_engine::forecast::Forecast;

use super::sheet::{Styles, heads, print_wide, put};
use crate::reports::ReportError;
use crate::reports::metrics::{FIGURES, Unit};
use crate::reports::side_by_side::{self, SideBySide};

pub fn write(
    sheet: &mut Worksheet,
    forecast: &Forecast,
    side: &SideBySide,
    styles: &Styles,
) -> Result<(), ReportError> {
    sheet.set_name("Options")?;
    print_wide(sheet);
    let options = side.options.len();
    let columns = FIGURES.iter().filter(|figure| forecast.metrics.contains_key(figure.key));
    let mut names = vec!["Option".to_owned()];
    names.extend(columns.clone().flat_map(|figure| {
        ["difference", "low (1 in 10)", "high (1 in 10)"].map(|what| format!("{}, {what}", figure.name))
    }));
    heads(sheet, 0, &names, styles)?;
    sheet.set_row_height(0, 46)?;
    sheet.set_column_width(0, 40)?;
    sheet.set_column_range_width(1, (names.len().max(options + 1) - 1) as u16, 15)?;
    sheet.set_freeze_panes(1, 1)?;
    for (i, label) in side.options.iter().enumerate() {
        let at = 1 + i as u32;
        sheet.write_string_with_format(at, 0, label, &styles.strong)?;
        for (k, figure) in columns.clone().enumerate() {
            let q = forecast.metrics[figure.key].difference.get(i).copied().unwrap_or_default();
            for (value, column) in [q.mean, q.p10, q.p90].into_iter().zip(1 + 3 * k as u16..) {
                put(sheet, (at, column), value, styles.figure(figure.unit))?;
            }
        }
    }
    let top = options as u32 + 2;
    sheet.write_string_with_format(top, 0, "Which is better", &styles.heading)?;
    let note = "Share of draws in which the option of a row leaves more net margin than that of a column.";
    sheet.write_string_with_format(top + 1, 0, note, &styles.note)?;
    let mut names = vec![String::new()];
    names.extend(side.options.iter().cloned());
    heads(sheet, top + 2, &names, styles)?;
    for (a, label) in side.options.iter().enumerate() {
        let at = top + 3 + a as u32;
        sheet.write_string_with_format(at, 0, label, &styles.strong)?;
        for b in (0..options).filter(|b| *b != a) {
            let share = side_by_side::share(forecast, a, b);
            put(sheet, (at, 1 + b as u16), share, styles.figure(Unit::Share))?;
        }
    }
    Ok(())
}
