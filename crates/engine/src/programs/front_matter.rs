//! One file of a program: the front matter becomes checked [`Terms`], the text
//! below it [`Clause`](super::Clause)s (PAYOUTS.md, "A version is one Markdown
//! file"). The same checks serve the terms of a `launch` lever. Must not look at
//! other versions; [`super::assemble`] does.

use std::cell::RefCell;

use sha2::{Digest, Sha256};

use crate::calendar::Span;
use crate::finding::{Severity, SourceFinding};

use super::clauses;
use super::keys::{Held, Keys, Notes};
use super::source_lines::SourceLines;
use super::terms::{ProgramVersion, Terms};
use super::terms_of_keys;
use super::values::{self, Spot};

/// A checked version, with warnings; or everything that is wrong with it.
pub type Checked = Result<(ProgramVersion, Vec<SourceFinding>), Vec<SourceFinding>>;

const KEYS: [&str; 20] = [
    "id",
    "version",
    "name",
    "kind",
    "currency",
    "effective",
    "stacking",
    "applies_to",
    "eligible",
    "measure",
    "period",
    "rate",
    "minimum",
    "target",
    "accelerator",
    "growth",
    "override",
    "bundle",
    "claim_within_days",
    "caps",
];

/// Longest file that is read: agreed text is pages, not books.
const LONGEST_BYTES: usize = 1 << 20;

/// Reads one version. `file`: its path such as `programs/spiff-product-x/v3.md`,
/// which must agree with the id and version inside.
///
/// # Errors
/// All findings, warnings included, as soon as one of them is an error.
pub fn parse(file: &str, text: &str) -> Checked {
    let notes = Notes { file: file.to_owned(), findings: RefCell::default() };
    if text.len() > LONGEST_BYTES {
        notes.add(SourceFinding::error(file, None, "larger than 1 MB; a program file holds one version"));
        return Err(notes.findings.into_inner());
    }
    let parts = match split(text) {
        Ok(parts) => parts,
        Err((line, message)) => {
            notes.add(SourceFinding::error(file, Some(line), message));
            return Err(notes.findings.into_inner());
        }
    };
    let mut findings = Vec::new();
    let root = values::of_toml(file, &parts.toml, parts.toml_line - 1, &mut findings);
    let read = read(&notes, &root, &Defaults::default());
    drop_consequences(&mut notes.findings.borrow_mut(), &findings);
    findings.into_iter().for_each(|finding| notes.add(finding));
    let clauses = clauses::parse(&parts.body, parts.body_line);
    for finding in clauses::findings(file, &clauses) {
        notes.add(finding);
    }
    let digest = hex(&Sha256::digest(text.as_bytes()));
    let version = read.map(|read| {
        check_name(&notes, &root, file, &read);
        let lines = SourceLines::of(&root, &clauses, &parts.body, parts.body_line);
        ProgramVersion {
            program: read.id,
            version: read.version,
            name: read.name,
            terms: read.terms,
            clauses,
            file: file.to_owned(),
            lines,
            digest,
        }
    });
    conclude(version, notes)
}

/// Where the front matter is not TOML, what was read on those lines is a guess and
/// a missing key may only be unreadable.
fn drop_consequences(findings: &mut Vec<SourceFinding>, syntax: &[SourceFinding]) {
    if !syntax.is_empty() {
        findings.retain(|f| {
            !f.message.starts_with("missing key") && syntax.iter().all(|other| other.line != f.line)
        });
    }
}

/// What a `launch` lever may leave out of its terms.
#[derive(Debug, Clone, Default)]
pub struct Defaults {
    /// The proposed id.
    pub id: Option<String>,
    /// Version number.
    pub version: Option<u32>,
    /// The company's currency.
    pub currency: Option<String>,
    /// The days of the scenario.
    pub effective: Option<Span>,
}

/// Reads the terms of a `launch` lever: JSON with the keys of a program file and
/// the same checks. `name`: what findings call the source. There are no clauses.
///
/// # Errors
/// All findings, warnings included, as soon as one of them is an error.
pub fn from_json(name: &str, value: &serde_json::Value, defaults: &Defaults) -> Checked {
    let notes = Notes { file: name.to_owned(), findings: RefCell::default() };
    let root = values::of_json(value);
    let digest = hex(&Sha256::digest(value.to_string().as_bytes()));
    let version = read(&notes, &root, defaults).map(|read| ProgramVersion {
        program: read.id,
        version: read.version,
        name: read.name,
        terms: read.terms,
        clauses: Vec::new(),
        file: name.to_owned(),
        lines: SourceLines::default(),
        digest,
    });
    conclude(version, notes)
}

struct Read {
    id: String,
    version: u32,
    name: String,
    terms: Terms,
}

fn conclude(version: Option<ProgramVersion>, notes: Notes) -> Checked {
    let mut findings = notes.findings.into_inner();
    findings.sort_by_key(|f| f.line);
    match version {
        Some(version) if findings.iter().all(|f| f.severity != Severity::Error) => Ok((version, findings)),
        _ => Err(findings),
    }
}

fn read(notes: &Notes, root: &Spot, defaults: &Defaults) -> Option<Read> {
    let keys = Keys::root(notes, root).only(&KEYS);
    let id = match (&defaults.id, keys.get("id")) {
        (Some(id), None) => Some(id.clone()),
        _ => keys.need("id").and_then(identifier),
    };
    let version = match (defaults.version, keys.get("version")) {
        (Some(version), None) => Some(version),
        _ => keys.need("version").and_then(|v| v.integer(1, 100_000)).and_then(|v| u32::try_from(v).ok()),
    };
    let name = match (&id, &defaults.id, keys.get("name")) {
        (Some(id), Some(_), None) => Some(id.clone()),
        _ => keys.need("name").and_then(Held::text).map(str::to_owned),
    };
    let terms = terms_of_keys::read(keys, defaults.currency.as_deref(), defaults.effective);
    Some(Read { id: id?, version: version?, name: name?, terms: terms? })
}

fn identifier(held: Held<'_>) -> Option<String> {
    let id = held.text()?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if id.len() > 100 || !id.chars().all(plain) {
        held.error("an id is at most 100 of a-z, 0-9, `-` and `_`");
        return None;
    }
    Some(id.to_owned())
}

/// The path says id and version too; two truths are one too many.
fn check_name(notes: &Notes, root: &Spot, file: &str, read: &Read) {
    let keys = Keys::root(notes, root);
    let mut parts = file.rsplit(['/', '\\']);
    let stem = parts.next().unwrap_or_default();
    let expected = format!("v{}.md", read.version);
    if stem != expected {
        keys.error("version", format!("version {} belongs in a file named {expected}", read.version));
    }
    if let Some(folder) = parts.next().filter(|folder| *folder != read.id) {
        keys.error("id", format!("id `{}` does not match its folder `{folder}`", read.id));
    }
}

struct Parts {
    toml: String,
    toml_line: usize,
    body: String,
    body_line: usize,
}

/// What stands below the front matter, with a line break at its end.
pub(super) fn body(text: &str) -> Option<String> {
    let parts = split(text).ok()?;
    Some(parts.body + "\n")
}

/// Splits at the two fences. CRLF becomes LF and a byte order mark is dropped.
fn split(text: &str) -> Result<Parts, (usize, &'static str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let lines: Vec<&str> = text.lines().collect();
    let fence = |line: &&str| matches!(line.trim_end(), "+++" | "---");
    let open = lines.iter().position(|l| !l.trim().is_empty()).unwrap_or(0);
    let missing = "no front matter; a program file begins with `+++`, its terms as TOML, and `+++`";
    let mark = lines.get(open).filter(|l| fence(l)).ok_or((open + 1, missing))?.trim_end();
    let close = lines[open + 1..].iter().position(|l| l.trim_end() == mark);
    let close = open + 1 + close.ok_or((open + 1, "the front matter is not closed by a second fence"))?;
    Ok(Parts {
        toml: lines[open + 1..close].join("\n"),
        toml_line: open + 2,
        body: lines[close + 1..].join("\n"),
        body_line: close + 2,
    })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
