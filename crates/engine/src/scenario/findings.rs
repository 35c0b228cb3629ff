//! Short constructors of findings, so that checks read as what they check.

use crate::finding::{Finding, Severity};

pub(crate) fn error(
    code: &str,
    field: impl Into<String>,
    message: String,
    hint: impl Into<String>,
) -> Finding {
    make(Severity::Error, code, field.into(), message, hint.into())
}

pub(crate) fn warning(
    code: &str,
    field: impl Into<String>,
    message: String,
    hint: impl Into<String>,
) -> Finding {
    make(Severity::Warning, code, field.into(), message, hint.into())
}

pub(crate) fn info(code: &str, field: impl Into<String>, message: String) -> Finding {
    make(Severity::Info, code, field.into(), message, String::new())
}

fn make(severity: Severity, code: &str, field: String, message: String, hint: String) -> Finding {
    Finding { severity, code: code.to_owned(), field, message, hint }
}

/// The names most like `wanted`, best first, at most `most`.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let mut scored: Vec<(f64, &str)> = names
        .map(|name| (strsim::jaro_winkler(&wanted, &name.to_lowercase()), name))
        .filter(|(score, _)| *score > 0.55)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(most).map(|(_, name)| name).collect()
}

/// `"Did you mean A, B or C?"`, or a plain list of what there is.
pub(crate) fn suggest<'a>(wanted: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    let close = nearest(wanted, names.clone(), 3);
    if !close.is_empty() {
        return format!("Did you mean {}?", or_list(&close));
    }
    let all: Vec<&str> = names.take(8).collect();
    if all.is_empty() { "There are none.".to_owned() } else { format!("There are {}.", all.join(", ")) }
}

fn or_list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
