//! Every quantity of the totals with its quantiles: what the change does, what the
//! period may bring, and the error of the simulation.

use rust_xlsxwriter::Worksheet;
use spiffcast_engine::forecast::{Forecast, Quantity};

use super::sheet::{Styles, heads, print_wide, put};
use crate::reports::ReportError;
use crate::reports::metrics::FIGURES;

const HEADS: [&str; 9] =
    ["Figure", "Arm", "Mean", "P10", "P50", "P90", "Error of the simulation", "Outcome P10", "Outcome P90"];

pub fn write(
    sheet: &mut Worksheet,
    forecast: &Forecast,
    labels: &[String],
    styles: &Styles,
) -> Result<(), ReportError> {
    sheet.set_name("Quantiles")?;
    print_wide(sheet);
    heads(sheet, 0, &HEADS.map(ToOwned::to_owned), styles)?;
    sheet.set_column_width(0, 22)?;
    sheet.set_column_width(1, 22)?;
    sheet.set_column_range_width(2, 8, 16)?;
    sheet.set_freeze_panes(1, 2)?;
    let mut row = 1;
    let many = labels.len() > 1;
    let label = |i: usize| labels.get(i).map_or("", String::as_str);
    let option = |i: usize| if many { label(i).to_owned() } else { "With the change".to_owned() };
    let change = |i: usize| if many { format!("Difference, {}", label(i)) } else { "Difference".to_owned() };
    for figure in FIGURES {
        let Some(metric) = forecast.metrics.get(figure.key) else { continue };
        let options = metric.options.iter().enumerate().map(|(i, q)| (option(i), q));
        let differences = metric.difference.iter().enumerate().map(|(i, q)| (change(i), q));
        let baseline = std::iter::once(("If nothing changes".to_owned(), &metric.baseline));
        for (arm, quantity) in baseline.chain(options).chain(differences) {
            sheet.write_string_with_format(row, 0, figure.name, &styles.text)?;
            sheet.write_string_with_format(row, 1, &arm, &styles.text)?;
            for (k, value) in values(quantity).into_iter().enumerate() {
                put(sheet, (row, 2 + k as u16), value, styles.figure(figure.unit))?;
            }
            row += 1;
        }
    }
    Ok(())
}

fn values(q: &Quantity) -> [Option<f64>; 7] {
    [q.mean, q.p10, q.p50, q.p90, q.mcse, q.outcome_p10, q.outcome_p90]
}
