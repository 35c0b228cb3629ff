//! A partner's outlook as files. Every amount says whether it is exact or a forecast, and
//! every file what it is not.

mod csv;
mod markdown;
mod sheet;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};
use serde::Serialize;
use spiffcast_engine::earnings::Outlook;

use super::ReportError;
use super::xlsx::Styles;

pub use self::csv::render as csv;
pub use self::markdown::render as markdown;
pub(super) use self::sheet::write as write_sheet;

/// What a document about a partner's earnings is not.
pub const IS_NOT: [&str; 4] = [
    "No commitment to pay: what is paid follows from the agreed rules and from the sales that are made.",
    "No invoice and no credit note.",
    "No statement about any other partner: it is made of the partner's own data, and of effects that all partners \
     share, pooled over five or more.",
    "Forecasts are as likely too low as too high, and 2 in 10 lie outside the range that is given.",
];

/// The outlook as JSON, as the API has it, with what it is not.
pub fn json(outlook: &Outlook) -> Result<Vec<u8>, ReportError> {
    #[derive(Serialize)]
    struct Told<'a> {
        #[serde(flatten)]
        outlook: &'a Outlook,
        is_not: [&'static str; 4],
    }
    Ok(serde_json::to_vec_pretty(&Told { outlook, is_not: IS_NOT })?)
}

/// The outlook as a workbook. The same one gives the same bytes.
///
/// `company` is the name on documents, where the settings have one.
pub fn xlsx(outlook: &Outlook, name: &str, company: Option<&str>) -> Result<Vec<u8>, ReportError> {
    let mut workbook = Workbook::new();
    let title = format!("Outlook of {name}, {}", outlook.label);
    workbook.set_properties(&properties(&title, outlook, company));
    write_sheet(workbook.add_worksheet(), outlook, company, &Styles::of(&outlook.currency))?;
    Ok(workbook.save_to_buffer()?)
}

/// Properties of a workbook about a partner: of the day of the data, not of the clock.
pub(super) fn properties(title: &str, outlook: &Outlook, company: Option<&str>) -> DocProperties {
    let as_of = outlook.as_of.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
    let properties = DocProperties::new()
        .set_title(title)
        .set_author(company.unwrap_or("Spiffcast"))
        .set_company(company.unwrap_or_default())
        .set_comment(IS_NOT[0]);
    match ExcelDateTime::from_timestamp(as_of) {
        Ok(at) => properties.set_creation_datetime(&at),
        Err(_) => properties,
    }
}
