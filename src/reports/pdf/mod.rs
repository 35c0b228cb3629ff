//! An answer as a PDF for a director's desk, set by typst in-process. The template gets
//! data and pictures by name; no text of an answer is ever read as markup. The same
//! answer gives the same bytes: the date is the answer's, never the clock's.

mod content;
mod fonts;
mod parts;
mod world;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde_json::Value;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::charts::on_paper;
use super::{Beside, ReportError};
use crate::answer::Answer;
use content::Picture;
use fonts::readable;
use world::Paper;

/// How many documents later what one left in the typesetter's memory is let go.
const MEMORY: usize = 2;
/// Longest word that is never broken, in characters; longer ones break after so many.
const WORD_MAX: usize = 36;
const WORD_PART: usize = 12;

/// The document of an answer.
pub fn render(answer: &Answer, beside: &Beside<'_>) -> Result<Vec<u8>, ReportError> {
    let forecast = answer.forecast.as_ref().ok_or(ReportError::NoForecast)?;
    let (content, pictures) = content::content(answer, forecast, beside);
    let mut data = serde_json::to_value(&content)?;
    make_readable(&mut data);
    let mut files = vec![("data.json".to_owned(), serde_json::to_vec(&data)?)];
    files.extend(pictures.iter().map(file));
    if let Some(logo) = &beside.letterhead.logo {
        files.push((logo.name().to_owned(), logo.bytes.clone()));
    }
    let world = Paper::new(files).ok_or_else(|| ReportError::Pdf("no template".to_owned()))?;
    let document = typst::compile(&world).output;
    let bytes = document.and_then(|document| {
        // Archives and screen readers first; a logo or a letter may stand in the way.
        let strict = options(answer, &[PdfStandard::A_2a, PdfStandard::Ua_1]);
        typst_pdf::pdf(&document, &strict).or_else(|errors| {
            tracing::debug!("a document is no archive copy: {}", said(&errors));
            typst_pdf::pdf(&document, &options(answer, &[]))
        })
    });
    typst::comemo::evict(MEMORY);
    bytes.map_err(|errors| ReportError::Pdf(said(&errors)))
}

fn options(answer: &Answer, standards: &[PdfStandard]) -> PdfOptions {
    PdfOptions {
        ident: Smart::Custom(answer.run.id.clone()),
        creator: Smart::Custom(Some("Spiffcast".to_owned())),
        timestamp: answered_at(answer).map(Timestamp::new_utc),
        standards: PdfStandards::new(standards).unwrap_or_default(),
        ..PdfOptions::default()
    }
}

fn answered_at(answer: &Answer) -> Option<Datetime> {
    let at = DateTime::parse_from_rfc3339(&answer.run.created_at).ok()?.with_timezone(&Utc);
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
