//! Looks at the shape of a CSV file before polars reads its columns: encoding,
//! quoting, the number of fields a record, and the physical line each record
//! starts on. It must not look at what the cells mean.
//!
//! RFC 4180, strictly: a quote opens a field only at its start, is doubled inside,
//! and closes it at its end. Strictness is what makes polars and this scan agree
//! on where a record ends; a file that bends the rules is refused with the line.

use std::borrow::Cow;

use spiffcast_engine::finding::SourceFinding;

use super::limits::{CELL_BYTES_MAX, COLUMNS_MAX, ROWS_MAX};
use super::report::FileReport;

/// A file whose records are well formed.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    /// Names of the first record, trimmed.
    pub header: Vec<String>,
    /// The physical line each record of `body` starts on, from 1.
    pub lines: Vec<u32>,
    /// The records after the header, without blank and malformed ones.
    pub body: Cow<'a, [u8]>,
}

/// Scans a file. `None` where it cannot be read at all; records with a wrong number
/// of fields are reported and left out, so that the rest can still be checked.
pub(super) fn scan<'a>(bytes: &'a [u8], report: &mut FileReport) -> Option<Shape<'a>> {
    let bytes = decodable(bytes, report)?;
    let mut scanner = Scanner { bytes, at: 0, line: 1 };
    let header = header(&mut scanner, report)?;
    let start = scanner.at;
    let (mut lines, mut left_out) = (Vec::new(), Vec::<(usize, usize)>::new());
    while scanner.at < bytes.len() {
        let (from, line) = (scanner.at, scanner.line);
        match scanner.record() {
            Err(problem) => {
                report.add(SourceFinding::error(report.file.clone(), Some(scanner.line), problem));
                return None;
            }
            Ok(record) if record.fields == header.len() && record.longest <= CELL_BYTES_MAX => {
                lines.push(line as u32);
            }
            Ok(record) => {
                left_out.push((from, scanner.at));
                if let Some(problem) = record.problem(header.len()) {
                    report.add(SourceFinding::error(report.file.clone(), Some(line), problem));
                }
            }
        }
        if lines.len() > ROWS_MAX {
            report.error(format!("more than {ROWS_MAX} rows; split the history into several companies"));
            return None;
        }
    }
    Some(Shape { header, lines, body: without(bytes, start, &left_out) })
}

fn decodable<'a>(bytes: &'a [u8], report: &mut FileReport) -> Option<&'a [u8]> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        report.error("the file is UTF-16; save it as UTF-8");
        return None;
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Err(e) = std::str::from_utf8(bytes) {
        let before = &bytes[..e.valid_up_to()];
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let byte = bytes.get(e.valid_up_to()).copied().unwrap_or_default();
        let message = format!("not UTF-8 (byte {byte:#04x}); save the file as UTF-8");
        report.add(SourceFinding::error(report.file.clone(), Some(line), message));
        return None;
    }
    if let Some(at) = bytes.iter().position(|b| *b == 0) {
        let line = bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
        let message = "a NUL character; this is not a text file";
        report.add(SourceFinding::error(report.file.clone(), Some(line), message));
        return None;
    }
    Some(bytes)
}

fn header(scanner: &mut Scanner<'_>, report: &mut FileReport) -> Option<Vec<String>> {
    let from = scanner.at;
    let record = match scanner.record() {
        Ok(record) => record,
        Err(problem) => {
            report.add(SourceFinding::error(report.file.clone(), Some(1), problem));
            return None;
        }
    };
    let text = String::from_utf8_lossy(&scanner.bytes[from..scanner.at]);
    let text = text.trim_end_matches(['\r', '\n']);
    if text.trim().is_empty() {
        report.error("the file has no header; the first line must name the columns");
        return None;
    }
    if record.fields > COLUMNS_MAX {
        report.error(format!("{} columns; at most {COLUMNS_MAX} are read", record.fields));
        return None;
    }
    if record.fields == 1 && (text.contains(';') || text.contains('\t')) {
        report.error("columns are separated by semicolons or tabs; save the file with commas");
        return None;
    }
    Some(fields_of(text))
}

/// The fields of one well-formed record.
fn fields_of(text: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            _ => field.push(c),
        }
    }
    fields.push(field);
    fields.into_iter().map(|f| f.trim().to_owned()).collect()
}

/// The body without the given stretches; borrowed where there are none.
fn without<'a>(bytes: &'a [u8], start: usize, left_out: &[(usize, usize)]) -> Cow<'a, [u8]> {
    if left_out.is_empty() {
        return Cow::Borrowed(&bytes[start..]);
    }
    let (mut kept, mut at) = (Vec::with_capacity(bytes.len() - start), start);
    for (from, to) in left_out {
        kept.extend_from_slice(&bytes[at..*from]);
        at = *to;
    }
    kept.extend_from_slice(&bytes[at..]);
    Cow::Owned(kept)
}

struct Record {
    fields: usize,
    /// Longest field, in bytes.
    longest: usize,
    blank: bool,
}

impl Record {
    fn problem(&self, columns: usize) -> Option<String> {
        if self.blank {
            None
        } else if self.fields == columns {
            let longest = self.longest;
            Some(format!("a field of {longest} bytes; at most {CELL_BYTES_MAX} are allowed"))
        } else {
            Some(format!("{} fields, but the header has {columns}", self.fields))
        }
    }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Physical line of `at`, from 1.
    line: usize,
}

impl Scanner<'_> {
    /// Steps over one record and its line end.
    fn record(&mut self) -> Result<Record, String> {
        let from = self.at;
        let mut record = Record { fields: 1, longest: 0, blank: false };
        loop {
            let field = self.at;
            let end = if self.bytes.get(self.at) == Some(&b'"') { self.quoted()? } else { self.plain()? };
            record.longest = record.longest.max(self.at - field);
            match end {
                End::Field => record.fields += 1,
                End::Record => {
                    record.blank =
                        record.fields == 1 && self.bytes[from..self.at].iter().all(u8::is_ascii_whitespace);
                    return Ok(record);
                }
            }
        }
    }

    fn plain(&mut self) -> Result<End, String> {
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b',' => return Ok(End::Field),
                b'\n' => {
                    self.line += 1;
                    return Ok(End::Record);
                }
                b'"' => {
                    return Err("a quote inside an unquoted field; write the whole field in quotes \
                                and double the quote"
                        .into());
                }
                _ => {}
            }
        }
        Ok(End::Record)
    }

    fn quoted(&mut self) -> Result<End, String> {
        let opened = self.line;
        self.at += 1;
        loop {
            let byte = self.bytes.get(self.at).copied();
            self.at += 1;
            match byte {
                None => {
                    self.line = opened;
                    return Err("a quote opens here and is never closed".into());
                }
                Some(b'\n') => self.line += 1,
                Some(b'"') if self.bytes.get(self.at) == Some(&b'"') => self.at += 1,
                Some(b'"') => return self.after_quote(),
                Some(_) => {}
            }
        }
    }

    fn after_quote(&mut self) -> Result<End, String> {
        let rest = &self.bytes[self.at..];
        let (skip, end) = match rest {
            [] => (0, End::Record),
            [b',', ..] => (1, End::Field),
            [b'\n', ..] => (1, End::Record),
            [b'\r', b'\n', ..] => (2, End::Record),
            [b'\r'] => (1, End::Record),
            _ => return Err("text after a closing quote; double the quotes inside a quoted field".into()),
        };
        self.at += skip;
        self.line += usize::from(matches!(rest.get(skip.wrapping_sub(1)), Some(b'\n')));
        Ok(end)
    }
}

#[derive(Clone, Copy)]
enum End {
    Field,
    Record,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(text: &str) -> (Option<Shape<'_>>, Vec<String>) {
        let mut report = FileReport::new("t.csv");
        let shape = scan(text.as_bytes(), &mut report);
        (shape, report.finish().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn lines_are_those_of_the_physical_file() {
        let (shape, findings) = scanned("a,b\r\n1,\"x\r\ny\"\r\n\r\n2,z\r\n3,\"q\"\"q\"");
        let shape = shape.expect("a shape");
        assert_eq!(findings, Vec::<String>::new());
        assert_eq!(shape.header, ["a", "b"]);
        assert_eq!(shape.lines, [2, 5, 6]);
        assert_eq!(shape.body.as_ref(), b"1,\"x\r\ny\"\r\n2,z\r\n3,\"q\"\"q\"");
    }

    #[test]
    fn records_with_a_wrong_number_of_fields_are_left_out_and_reported() {
        let (shape, findings) = scanned("a,b\n1\n2,3\n4,5,6\n");
        assert_eq!(shape.expect("a shape").lines, [3]);
        assert_eq!(findings.len(), 2);
        assert!(findings[0].starts_with("error t.csv:2: 1 fields, but the header has 2"), "{findings:?}");
        assert!(findings[1].starts_with("error t.csv:4: 3 fields"), "{findings:?}");
    }

    #[test]
    fn bad_quoting_names_the_line() {
        for (text, expected) in [
            ("a,b\n1,x\"y\n", "error t.csv:2: a quote inside"),
            ("a,b\n1,2\n3,\"open\n\n", "error t.csv:3: a quote opens here"),
            ("a,b\n\"x\"y,2\n", "error t.csv:2: text after a closing quote"),
        ] {
            let (shape, findings) = scanned(text);
            assert!(shape.is_none());
            assert!(findings[0].starts_with(expected), "{findings:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_stepped_over_and_other_encodings_are_named() {
        let (shape, _) = scanned("\u{feff}a,b\n1,2\n");
        assert_eq!(shape.expect("a shape").header, ["a", "b"]);
        let mut report = FileReport::new("t.csv");
        assert!(scan(b"a,b\n1,caf\xe9\n", &mut report).is_none());
        assert_eq!(
            report.finish()[0].to_string(),
            "error t.csv:2: not UTF-8 (byte 0xe9); save the file as UTF-8"
        );
        let mut report = FileReport::new("t.csv");
        assert!(scan(b"\xff\xfea\0", &mut report).is_none());
        assert!(report.finish()[0].message.contains("UTF-16"));
    }
}
