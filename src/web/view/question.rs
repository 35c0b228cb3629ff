//! "How I read your question": the words of the question cut where fields begin
//! and end, and the fields with their values and where they came from.

use spiffcast_engine::company::Company;
use spiffcast_engine::finding::Finding;
use spiffcast_engine::reading::{Reading, Source, Status};

use crate::answer::Answer;
use crate::reports::reading::{self, ReadField};
use crate::web::corrections::{self, Editor, Refused};

/// A piece of the question.
pub struct Piece {
    /// The words.
    pub text: String,
    /// Numbers of the fields that come from them, with spaces between; empty for none.
    pub fields: String,
    /// The first of them, to link to.
    pub first: usize,
    /// Whether it is the first piece of that field, and so carries its anchor.
    pub opens: bool,
    /// A word that carries weight and was not used.
    pub unused: bool,
}

/// A field of the scenario and where it came from.
pub struct Field {
    /// From 1.
    pub number: usize,
    /// Its path in the scenario.
    pub path: String,
    /// Name for people.
    pub name: String,
    /// Value for people.
    pub value: String,
    /// Its sources.
    pub origins: Vec<Origin>,
    /// How it is corrected, where it can be.
    pub editor: Option<Editor>,
    /// What the checks said of a correction of it.
    pub problems: Vec<String>,
    /// Where it is corrected, if not here; empty for nowhere.
    pub elsewhere: String,
}

/// Options whose fields can be corrected, and all of whose charts are shown, on one page.
pub const TOGETHER_MAX: usize = 2;

/// Where a value came from.
pub struct Origin {
    /// `your words`, `rule`, `this conversation` or `assumed`.
    pub kind: &'static str,
    /// The words, the clause, the reason.
    pub text: String,
    /// Where to read it; empty for nowhere.
    pub link: String,
}

/// The reading of an answer whose fields can be corrected.
#[derive(Clone, Copy)]
pub struct Editing<'a> {
    /// The option that the page shows: of more than two, the fields of the others are
    /// corrected on pages of their own, because eight forms of each are more than a page
    /// may weigh.
    pub option: usize,
    /// A correction that was refused, which is shown again.
    pub refused: Option<&'a Refused>,
}

/// The fields in the order in which they were found, each once; of a scenario that can be
/// corrected, all that it holds.
pub fn fields(reading: &Reading, company: &Company, editing: Option<Editing<'_>>) -> Vec<Field> {
    let Some((draft, editing)) = reading.scenario.as_ref().zip(editing) else {
        let found = reading::fields(reading, company, &[]).into_iter().enumerate();
        return found.map(|(i, field)| shown(field, i + 1, company)).collect();
    };
    let together = draft.options.len() <= TOGETHER_MAX;
    let mut always = ["period", "audience"].map(ToOwned::to_owned).to_vec();
    always.extend(corrections::paths(draft, |option| together || option == editing.option));
    let found = reading::fields(reading, company, &always);
    let places: Vec<String> = found.iter().map(|field| field.path.clone()).collect();
    let field = |(i, field): (usize, ReadField<'_>)| {
        let (path, number) = (field.path.clone(), i + 1);
        let field = shown(field, number, company);
        let away = option_of(&path).filter(|option| !together && *option != editing.option);
        if let Some(option) = away.filter(|_| !field.value.is_empty()) {
            return Field { elsewhere: format!("?option={}#field-{number}", option + 1), ..field };
        }
        match corrections::editor(&path, draft, company) {
            Some(editor) => edited(Field { editor: Some(editor), ..field }, editing.refused),
            None => Field { elsewhere: part_of(&path, &places), ..field },
        }
    };
    // What is empty here was taken away by a correction.
    found.into_iter().enumerate().map(field).filter(|field| !field.value.is_empty()).collect()
}

fn shown(field: ReadField<'_>, number: usize, company: &Company) -> Field {
    Field {
        number,
        editor: None,
        problems: Vec::new(),
        elsewhere: String::new(),
        origins: field.sources.iter().map(|source| origin(source, number, company)).collect(),
        path: field.path,
        name: field.name,
        value: field.value,
    }
}

/// With what was typed and what was found, where it is the field that was refused.
fn edited(field: Field, refused: Option<&Refused>) -> Field {
    let Some(refused) = refused.filter(|refused| refused.path() == Some(&field.path)) else {
        return field;
    };
    Field {
        editor: field.editor.map(|editor| editor.again(&refused.fields)),
        problems: refused.findings.iter().map(Finding::said).collect(),
        ..field
    }
}

/// Where a part of what stands at `path` is corrected: of a whole option its first field,
/// of a launch its terms, of a term that is no number what is done with it.
fn part_of(path: &str, places: &[String]) -> String {
    let of_lever = |from: &str, to: &str| path.strip_suffix(from).map(|lever| format!("{lever}{to}"));
    let stem = of_lever(".operation", ".terms").or_else(|| of_lever(".parameter", ".operation"));
    let stem = stem.unwrap_or_else(|| path.to_owned());
    let part = |place: &&String| place.starts_with(&stem) && **place != path;
    let at = places.iter().position(|place| part(&place));
    at.map_or_else(String::new, |at| format!("#field-{}", at + 1))
}

/// `options[2].levers[0].value` as 2.
fn option_of(path: &str) -> Option<usize> {
    path.strip_prefix("options[")?.split_once(']')?.0.parse().ok()
}

fn origin(source: &Source, number: usize, company: &Company) -> Origin {
    let (kind, text) = reading::told(source, company);
    let link = match source {
        Source::Question { .. } => format!("#word-{number}"),
        Source::Rule { program, version, clause } => clause_link(program, *version, clause),
        Source::Conversation { .. } | Source::Regions { .. } | Source::Default { .. } => String::new(),
    };
    Origin { kind, text, link }
}

/// The address of a clause.
pub fn clause_link(program: &str, version: u32, clause: &str) -> String {
    format!("/programs/{program}/v{version}#c{clause}")
}

/// The question in pieces. Offsets count Unicode scalar values; those outside the
/// question are left out.
pub fn pieces(question: &str, reading: &Reading) -> Vec<Piece> {
    let chars: Vec<char> = question.chars().collect();
    let mut paths: Vec<&str> = Vec::new();
    let mut spans: Vec<(usize, usize, usize)> = Vec::new();
    for entry in &reading.provenance {
        let number = paths.iter().position(|p| *p == entry.field).unwrap_or_else(|| {
            paths.push(&entry.field);
            paths.len() - 1
        }) + 1;
        if let Source::Question { start, end, .. } = &entry.source
            && start < end
            && *end <= chars.len()
        {
            spans.push((*start, *end, number));
        }
    }
    let unused = unused_spans(&chars, &reading.unused_words);
    let mut cuts: Vec<usize> = vec![0, chars.len()];
    cuts.extend(spans.iter().flat_map(|s| [s.0, s.1]));
    cuts.extend(unused.iter().flat_map(|s| [s.0, s.1]));
    cuts.sort_unstable();
    cuts.dedup();
    let mut opened: Vec<usize> = Vec::new();
    cuts.windows(2)
        .map(|cut| {
            let numbers: Vec<usize> =
                spans.iter().filter(|s| s.0 <= cut[0] && cut[1] <= s.1).map(|s| s.2).collect();
            let first = numbers.first().copied().unwrap_or(0);
            let opens = first > 0 && !opened.contains(&first);
            opened.push(first);
            Piece {
                text: chars[cut[0]..cut[1]].iter().collect(),
                first,
                opens,
                fields: numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
                unused: unused.iter().any(|s| s.0 <= cut[0] && cut[1] <= s.1),
            }
        })
        .collect()
}

/// Where the unused words stand: each at its first place as a word of its own.
fn unused_spans(chars: &[char], words: &[String]) -> Vec<(usize, usize)> {
    let edge = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_none_or(|c| !c.is_alphanumeric());
    words
        .iter()
        .filter_map(|word| {
            let word: Vec<char> = word.chars().collect();
            if word.is_empty() {
                return None;
            }
            let start = chars.windows(word.len()).enumerate().position(|(i, window)| {
                let same = window.iter().zip(&word).all(|(a, b)| a.to_lowercase().eq(b.to_lowercase()));
                same && edge(i.checked_sub(1)) && edge(Some(i + word.len()))
            })?;
            Some((start, start + word.len()))
        })
        .collect()
}

/// What the page says when a reading has no forecast; `None` for one that is ready.
pub fn standstill(answer: &Answer) -> Option<(&'static str, &'static str)> {
    match answer.reading.status {
        Status::Ready => None,
        Status::NeedsClarification => Some((
            "One thing to settle first",
            "This can be read in more than one way. Choose what you mean; nothing was simulated yet.",
        )),
        Status::Unsupported => Some((
            "This is outside of what can be answered",
            "The question was understood, but no forecast can be made for it.",
        )),
        Status::Failed => Some((
            "This question could not be read",
            "Name a program, what to change about it, by how much and when: “raise the Product X SPIFF 5% for Q3”.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use spiffcast_engine::reading::Provenance;

    use super::*;

    fn reading(spans: &[(&str, usize, usize)], unused: &[&str]) -> Reading {
        Reading {
            status: Status::Ready,
            scenario: None,
            reader: "built-in".to_owned(),
            unused_words: unused.iter().map(ToString::to_string).collect(),
            provenance: spans
                .iter()
                .map(|(field, start, end)| Provenance {
                    field: (*field).to_owned(),
                    source: Source::Question { start: *start, end: *end, text: String::new() },
                })
                .collect(),
            clarifications: vec![],
            findings: vec![],
            chosen: vec![],
        }
    }

    #[test]
    fn cuts_by_scalar_values_and_overlaps() {
        let pieces =
            pieces("é€ raise 5% now", &reading(&[("a", 3, 11), ("b", 9, 11), ("c", 90, 99)], &["NOW"]));
        let shown: Vec<(&str, &str, bool)> =
            pieces.iter().map(|p| (p.text.as_str(), p.fields.as_str(), p.unused)).collect();
        assert_eq!(
            shown,
            [
                ("é€ ", "", false),
                ("raise ", "1", false),
                ("5%", "1 2", false),
                (" ", "", false),
                ("now", "", true)
            ]
        );
    }

    #[test]
    fn an_unused_word_is_a_whole_word() {
        let pieces = pieces("another thing, other", &reading(&[], &["other"]));
        let unused: Vec<&str> = pieces.iter().filter(|p| p.unused).map(|p| p.text.as_str()).collect();
        assert_eq!(unused, ["other"]);
        assert_eq!(pieces.last().map(|p| p.text.as_str()), Some("other"));
    }
}
