//! An answer as a workbook: summary, breakdowns with live sums, quantiles, and what it
//! rests on. Names are written as text and never as formulas; the only formulas are our
//! own sums. The same answer gives the same bytes.

mod breakdown;
mod compared;
mod quantiles;
mod rests_on;
mod sheet;
mod summary;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};

use super::{Beside, IS_NOT, ReportError, exhibits, side_by_side};
use crate::answer::Answer;
pub(super) use sheet::{Styles, heads, print_wide, put};

/// The workbook of an answer.
pub fn render(answer: &Answer, beside: &Beside<'_>) -> Result<Vec<u8>, ReportError> {
    let forecast = answer.forecast.as_ref().ok_or(ReportError::NoForecast)?;
    let styles = Styles::of(&forecast.currency);
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(answer, beside.letterhead.company.as_deref()));
    let labels = exhibits::option_names(answer.reading.scenario.as_ref(), forecast, beside.company);
    let company = beside.letterhead.company.as_deref();
    summary::write(workbook.add_worksheet(), answer, forecast, &labels, company, &styles)?;
    if let Some(side) = side_by_side::side_by_side(forecast, &labels) {
        compared::write(workbook.add_worksheet(), forecast, &side, &styles)?;
    }
    let by = &forecast.by;
    for (name, what, rows) in [
        ("By month", "Month", &by.month),
        ("By program", "Program", &by.program),
        ("By product", "Product", &by.product),
        ("By region", "Region", &by.region),
        ("By tier", "Tier", &by.tier),
        ("By partner", "Partner", &by.partner),
    ] {
        if !rows.is_empty() {
            breakdown::write(workbook.add_worksheet(), (name, what), rows, &labels, &styles)?;
        }
    }
    quantiles::write(workbook.add_worksheet(), forecast, &labels, &styles)?;
    rests_on::write(workbook.add_worksheet(), answer, forecast, &labels, &styles)?;
    Ok(workbook.save_to_buffer()?)
}

fn properties(answer: &Answer, company: Option<&str>) -> DocProperties {
    let title = answer.summary.as_ref().map_or("A scenario", |s| s.headline.as_str());
    let properties = DocProperties::new()
        .set_title(title)
        .set_author(company.unwrap_or("Spiffcast"))
        .set_company(company.unwrap_or_default())
        .set_comment(IS_NOT);
    // When it was answered, not when it was written: the file is a function of the answer.
    let seconds = chrono::DateTime::parse_from_rfc3339(&answer.run.created_at).map_or(0, |at| at.timestamp());
    match ExcelDateTime::from_timestamp(seconds) {
        Ok(at) => properties.set_creation_datetime(&at),
        Err(_) => properties,
    }
}
