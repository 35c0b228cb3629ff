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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::lint::testing::Files;

    #[test]
    fn a_finding_is_a_line_that_editors_can_follow() {
        let text = render(&Files::one("minimum = \"0\"").lint());
        assert_eq!(
            text,
            "programs/p/v1.md:11: warning: minimum_without_effect: a minimum of 0 is always met\n    Remove `minimum`, or raise it above 0.\n1 warning.\n"
        );
        assert_eq!(render(&[]), "No findings about the programs.\n");
    }

    #[test]
    fn clauses_are_cited_and_findings_are_counted_by_severity() {
        let mut files = Files::one("minimum = \"0\"")
            .with("## 1 Purpose\n\n1.1 Sell more.", "## 3 Caps\n\n3.1 The budget is $5.00.");
        files.change("p", 1, "2026-12-31", "2026-05-31");
        let text = render(&files.lint());
        assert!(text.starts_with("programs/p/v1.md:16: error: clause_contradicts_terms: §3.1 says \"$5.00\", the terms have no such figure\n"), "{text}");
        assert!(text.ends_with("1 error, 1 info.\n"), "{text}");
    }

    #[test]
    fn json_names_codes_and_severities_in_snake_case() {
        let json = serde_json::to_value(Files::one("minimum = \"0\"").lint()).expect("json");
        assert_eq!(json[0]["code"], "minimum_without_effect");
        assert_eq!((&json[0]["severity"], &json[0]["line"]), (&"warning".into(), &11.into()));
        let back: Vec<LintFinding> = serde_json::from_value(json).expect("the same findings");
        assert_eq!(back, Files::one("minimum = \"0\"").lint());
    }
}
