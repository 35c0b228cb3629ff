//! Findings as plain text: one a paragraph, file and line first so that editors can
//! jump to it. Formats only.

use std::fmt::Write;

use crate::finding::Severity;

use super::finding::LintFinding;

/// Writes findings out, and a last line that counts them; one line where there are none.
///
/// ```text
/// programs/spiff-x/v3.md:11: warning: minimum_without_effect: nothing is earned below 20 anyway …
///     Remove `minimum`, or raise it above 20.
/// ```
pub fn render(findings: &[LintFinding]) -> String {
    let mut text = String::new();
    for finding in findings {
        // Writing to a String cannot fail.
        let _ = paragraph(&mut text, finding);
    }
    text.push_str(&count(findings));
    text.push('\n');
    text
}

fn paragraph(out: &mut String, f: &LintFinding) -> std::fmt::Result {
    let line = f.line.map(|line| format!(":{line}")).unwrap_or_default();
    let clause = f.clause.as_ref().map(|c| format!("§{c} ")).unwrap_or_default();
    writeln!(out, "{}{line}: {}: {}: {clause}{}", f.file, word(f.severity), f.code.name(), f.message)?;
    if !f.hint.is_empty() {
        writeln!(out, "    {}", f.hint)?;
    }
    Ok(())
}

fn count(findings: &[LintFinding]) -> String {
    let of = |severity, one: &str| match findings.iter().filter(|f| f.severity == severity).count() {
        0 => None,
        1 => Some(format!("1 {one}")),
        n if one == "info" => Some(format!("{n} {one}")),
        n => Some(format!("{n} {one}s")),
    };
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info")];
    let counts: Vec<String> = counts.into_iter().filter_map(|(severity, one)| of(severity, one)).collect();
    if counts.is_empty() { "No findings about the programs.".to_owned() } else { counts.join(", ") + "." }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}
