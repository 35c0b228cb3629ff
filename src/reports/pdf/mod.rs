//! An answer as a PDF for a director's desk, set by typst in-process. The template gets
//! data and pictures by name; no text of an answer is ever read as markup. The same
//! answer gives the same bytes: the date is the answer's, never the clock's.

mod content;
mod fonts;
mod partner;
mod parts;
mod world;

use chrono::{DateTime, Datelike, NaiveTime, Timelike, Utc};
use serde_json::Value;
use spiffcast_engine::earnings::{Outlook, Statement};
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::charts::on_paper;
use super::{Beside, Letterhead, ReportError};
use crate::answer::Answer;
use content::Picture;
use fonts::readable;
use world::Paper;

/// The templates.
const REPORT: &str = include_str!("report.typ");
const PARTNER: &str = include_str!("partner.typ");
/// How many documents later what one left in the typesetter's memory is let go.
const MEMORY: usize = 2;
/// Longest word that is never broken, in characters; longer ones break after so many.
const WORD_MAX: usize = 36;
const WORD_PART: usize = 12;

/// The document of an answer.
pub fn render(answer: &Answer, beside: &Beside<'_>) -> Result<Vec<u8>, ReportError> {
    let forecast = answer.forecast.as_ref().ok_or(ReportError::NoForecast)?;
    let (content, pictures) = content::content(answer, forecast, beside);
    let stamp = Stamp { ident: answer.run.id.clone(), at: answered_at(answer) };
    set(REPORT, serde_json::to_value(&content)?, &pictures, beside.letterhead, &stamp)
}

/// The document of a partner: its statement and its outlook, dated by the data.
pub fn partner(
    statement: &Statement,
    outlook: &Outlook,
    letterhead: &Letterhead,
) -> Result<Vec<u8>, ReportError> {
    let content = partner::content(statement, outlook, letterhead);
    let ident = format!("{} {} {}", statement.partner, statement.as_of, outlook.snapshot);
    let stamp = Stamp { ident, at: moment(statement.as_of.and_time(NaiveTime::MIN).and_utc()) };
    set(PARTNER, serde_json::to_value(&content)?, &[], letterhead, &stamp)
}

/// What tells one document from another.
struct Stamp {
    ident: String,
    at: Option<Datetime>,
}

fn set(
    template: &str,
    mut data: Value,
    pictures: &[Picture],
    letterhead: &Letterhead,
    stamp: &Stamp,
) -> Result<Vec<u8>, ReportError> {
    make_readable(&mut data);
    let mut files = vec![("data.json".to_owned(), serde_json::to_vec(&data)?)];
    files.extend(pictures.iter().map(file));
    if let Some(logo) = &letterhead.logo {
        files.push((logo.name().to_owned(), logo.bytes.clone()));
    }
    let world = Paper::new(template, files).ok_or_else(|| ReportError::Pdf("no template".to_owned()))?;
    let document = typst::compile(&world).output;
    let bytes = document.and_then(|document| {
        // Archives and screen readers first; a logo or a letter may stand in the way.
        let strict = options(stamp, &[PdfStandard::A_2a, PdfStandard::Ua_1]);
        typst_pdf::pdf(&document, &strict).or_else(|errors| {
            tracing::debug!("a document is no archive copy: {}", said(&errors));
            typst_pdf::pdf(&document, &options(stamp, &[]))
        })
    });
    typst::comemo::evict(MEMORY);
    bytes.map_err(|errors| ReportError::Pdf(said(&errors)))
}

fn options(stamp: &Stamp, standards: &[PdfStandard]) -> PdfOptions {
    PdfOptions {
        ident: Smart::Custom(stamp.ident.clone()),
        creator: Smart::Custom(Some("Spiffcast".to_owned())),
        timestamp: stamp.at.map(Timestamp::new_utc),
        standards: PdfStandards::new(standards).unwrap_or_default(),
        ..PdfOptions::default()
    }
}

fn answered_at(answer: &Answer) -> Option<Datetime> {
    moment(DateTime::parse_from_rfc3339(&answer.run.created_at).ok()?.with_timezone(&Utc))
}

fn moment(at: DateTime<Utc>) -> Option<Datetime> {
    let small = |n: u32| u8::try_from(n).ok();
    let (month, day) = (small(at.month())?, small(at.day())?);
    let (hour, minute, second) = (small(at.hour())?, small(at.minute())?, small(at.second())?);
    Datetime::from_ymd_hms(at.year(), month, day, hour, minute, second)
}

fn file(picture: &Picture) -> (String, Vec<u8>) {
    (picture.file.clone(), readable(&on_paper(&picture.svg, "Inter")).into_bytes())
}

/// Every text, however deep.
fn make_readable(value: &mut Value) {
    match value {
        Value::String(text) => *text = may_break(&readable(text)),
        Value::Array(values) => values.iter_mut().for_each(make_readable),
        Value::Object(fields) => fields.values_mut().for_each(make_readable),
        _ => {}
    }
}

/// Words longer than a column may break anywhere; digests stay whole, to be copied.
fn may_break(text: &str) -> String {
    let long = |word: &str| word.chars().count() > WORD_MAX && !word.starts_with("sha256:");
    if !text.split_whitespace().any(long) {
        return text.to_owned();
    }
    let broken = |word: &str| -> String {
        if !long(word) {
            return word.to_owned();
        }
        let letters: Vec<char> = word.chars().collect();
        let parts: Vec<String> = letters.chunks(WORD_PART).map(|part| part.iter().collect()).collect();
        parts.join("\u{200b}")
    };
    text.split(' ').map(broken).collect::<Vec<_>>().join(" ")
}

fn said(errors: &[SourceDiagnostic]) -> String {
    let lines: Vec<&str> = errors.iter().map(|e| e.message.as_str()).collect();
    lines.join("; ")
}
