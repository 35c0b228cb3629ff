//! The first sheet: the verdict, what was asked, and the figures of every option.

use rust_xlsxwriter::Worksheet;
use spiffcast_engine::forecast::Forecast;

use super::sheet::{Styles, heads, print_wide, put};
use crate::answer::Answer;
use crate::reports::ReportError;
use crate::reports::format;
use crate::reports::metrics::FIGURES;

/// Columns of the figures.
const HEADS: [&str; 8] = [
    "",
    "If nothing changes",
    "With the change",
    "Difference",
    "Difference, low (1 in 10)",
    "Difference, high (1 in 10)",
    "May bring, low",
    "May bring, high",
];

pub fn write(
    sheet: &mut Worksheet,
    answer: &Answer,
    forecast: &Forecast,
    labels: &[String],
    company: Option<&str>,
    styles: &Styles,
) -> Result<(), ReportError> {
    sheet.set_name("Summary")?;
    sheet.set_column_width(0, 26)?;
    sheet.set_column_range_width(1, 7, 17)?;
    print_wide(sheet);
    let mut row = 0;
    if let Some(summary) = &answer.summary {
        sheet.merge_range(row, 0, row, 7, &summary.headline, &styles.title)?;
        sheet.set_row_height(row, 40)?;
        row += 1;
        for paragraph in summary.text.split("\n\n") {
            sheet.merge_range(row, 0, row, 7, paragraph, &styles.text)?;
            // About 130 characters a line of the merged cells.
            let lines = paragraph.chars().count() / 130 + 1;
            sheet.set_row_height(row, 15.5 * lines as f64)?;
            row += 1;
        }
    }
    for line in company.map(ToOwned::to_owned).into_iter().chain(frame(answer, forecast)) {
        sheet.merge_range(row, 0, row, 7, &line, &styles.muted)?;
        row += 1;
    }
    for (i, name) in labels.iter().enumerate() {
        row += 1;
        sheet.write_string_with_format(row, 0, name, &styles.heading)?;
        heads(sheet, row + 1, &HEADS.map(ToOwned::to_owned), styles)?;
        row += 2;
        for figure in FIGURES {
            let Some(metric) = forecast.metrics.get(figure.key) else { continue };
            let (scenario, difference) = (metric.options.get(i), metric.difference.get(i));
            sheet.write_string_with_format(row, 0, figure.name, &styles.strong)?;
            let values = [
                metric.baseline.mean,
                scenario.and_then(|q| q.mean),
                difference.and_then(|q| q.mean),
                difference.and_then(|q| q.p10),
                difference.and_then(|q| q.p90),
                scenario.and_then(|q| q.outcome_p10),
                scenario.and_then(|q| q.outcome_p90),
            ];
            for (k, value) in values.into_iter().enumerate() {
                put(sheet, (row, 1 + k as u16), value, styles.figure(figure.unit))?;
            }
            row += 1;
        }
    }
    Ok(())
}

fn frame(answer: &Answer, forecast: &Forecast) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(question) = &answer.run.question {
        lines.push(format!("Asked: {question}"));
    }
    let horizon = &forecast.horizon;
    lines.push(format!(
        "Period {}; effects counted to {}. Data to {}. Money in {}.",
        format::span(horizon.start, horizon.end),
        format::date(horizon.tail_end),
        format::date(forecast.as_of),
        forecast.currency
    ));
    lines.push(format!(
        "Answered {}. A draft recommendation, not a commitment. Low and high: 8 in 10 draws lie between.",
        format::moment(&answer.run.created_at)
    ));
    lines
}
