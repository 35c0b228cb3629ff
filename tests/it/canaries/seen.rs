//! What a reply says, whatever kind of file it is: the text of a page, of JSON and CSV as
//! it is, of a workbook part by part, of a PDF as its reader sees it.

use std::io::{Cursor, Read, Write};
use std::process::{Command, Stdio};

use axum::http::{HeaderMap, header};

/// All text of a reply.
pub fn text(headers: &HeaderMap, bytes: &[u8]) -> String {
    let of = |name| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut all = format!("{} {} ", of(header::LOCATION), of(header::CONTENT_DISPOSITION));
    let kind = of(header::CONTENT_TYPE);
    if kind.contains("spreadsheetml") || bytes.starts_with(b"PK\x03\x04") {
        all.push_str(&workbook(bytes));
    } else if kind == "application/pdf" || bytes.starts_with(b"%PDF") {
        all.push_str(&document(bytes));
    } else {
        all.push_str(&String::from_utf8_lossy(bytes));
    }
    all
}

fn workbook(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook");
    let mut all = String::new();
    for at in 0..archive.len() {
        archive.by_index(at).expect("a part").read_to_string(&mut all).expect("text");
        all.push('\n');
    }
    all
}

fn document(bytes: &[u8]) -> String {
    let command =
        Command::new("pdftotext").args(["-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = command.expect("pdftotext is installed (poppler-utils)");
    let mut input = child.stdin.take().expect("piped");
    let bytes = bytes.to_vec();
    let fed = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output().expect("it ends");
    let _ = fed.join();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A page or a problem without the number of its request and the tokens of its forms.
pub fn without_request(text: &str) -> String {
    let long = |word: &str| word.len() >= 32 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| !long(word))
        .collect::<Vec<_>>()
        .join(" ")
}
