//! A draft of program versions as its page shows it.

use spiffcast_engine::catalog::Catalog;
use spiffcast_engine::finding::Severity;
use spiffcast_engine::forecast::Quantity;
use spiffcast_engine::programs::revise::Part;
use spiffcast_engine::programs::{ProgramVersion, front_matter};

use super::changes::{TermChange, term_changes};
use super::diff::{SideRow, Words, side_by_side};
use crate::app::drafts::port::{Change, Checks, DraftView, ImpactRow, VersionFile};
use crate::app::drafts::steps::State;
use crate::reports::format;

/// The change of one program.
pub struct ChangeBlock {
    /// Program.
    pub program: String,
    /// Its name.
    pub name: String,
    /// One a file: its number, and what it is, in words.
    pub plan: Vec<(String, String)>,
    /// Budgets that are shared, in words.
    pub budgets: Vec<String>,
    /// The files.
    pub files: Vec<FileBlock>,
}

/// A file beside the version it was made from.
pub struct FileBlock {
    /// `v4`.
    pub label: String,
    /// `v3`.
    pub base: String,
    /// `v3, today`.
    pub today: String,
    /// `v4, proposed`.
    pub proposed: String,
    /// Where it stands.
    pub file: String,
    /// Whether it is shown at once: it holds the change.
    pub open: bool,
    /// Whether its editor is.
    pub editing: bool,
    /// What it is, in words.
    pub what: String,
    /// Terms of both.
    pub terms: Vec<TermChange>,
    /// Clauses of both.
    pub rows: Vec<SideRow>,
    /// The whole file, to edit.
    pub text: String,
}

/// A row of the accrual impact.
pub struct ImpactLine {
    /// `July 2026`; `In all`.
    pub month: String,
    /// Whether it is the sum.
    pub sum: bool,
    /// Rules as they are.
    pub baseline: String,
    /// With the change.
    pub option: String,
    /// What the change does.
    pub difference: String,
    /// Its interval.
    pub interval: String,
}

/// A check that was made.
pub struct CheckLine {
    /// `good`, `fair` or `bad`.
    pub class: &'static str,
    /// `passed`, `look`, `failed`.
    pub word: &'static str,
    /// What was found.
    pub text: String,
}

/// A finding about a file.
pub struct FoundLine {
    /// `error`, `warning` or `info`.
    pub severity: &'static str,
    /// `v4, line 32`.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// The word of a state on pages, and its class.
pub fn state(state: State) -> (&'static str, &'static str) {
    match state {
        State::Draft => ("in the works", "fair"),
        State::Submitted => ("waits for a decision", "weak"),
        State::Approved => ("approved", "strong"),
        State::Rejected => ("rejected", "none"),
        State::Withdrawn => ("withdrawn", "over"),
    }
}

/// The changes, one a program.
pub fn changes(draft: &DraftView, catalog: &Catalog) -> Vec<ChangeBlock> {
    draft.content.changes.iter().map(|change| block(change, &draft.currency, catalog)).collect()
}

fn block(change: &Change, currency: &str, catalog: &Catalog) -> ChangeBlock {
    let plan = change.files.iter().map(|f| (format!("v{}", f.version), what(f))).collect();
    let cash = |text: &str| text.parse().map_or_else(|_| text.to_owned(), |v| money(v, currency));
    let budgets = change.budgets.iter().map(|b| {
        let how = match change.by_forecast {
            true => "goes first to the change, up to what it pays in 9 of 10 draws of the forecast; the days after it have what remains",
            false => "is shared by the days that each version still has",
        };
        format!(
            "The budget of v{} is {}. Its sales so far have earned {}; the rest, {}, {how}. \
             The author may share it otherwise, never beyond what is left.",
            b.version,
            cash(&b.budget),
            cash(&b.used),
            cash(&b.left)
        )
    });
    ChangeBlock {
        program: change.program.clone(),
        name: change.name.clone(),
        plan,
        budgets: budgets.collect(),
        files: change.files.iter().map(|file| file_block(file, catalog)).collect(),
    }
}

fn money(value: f64, currency: &str) -> String {
    format::money_places(value, currency, if value.fract() == 0.0 { 0 } else { 2 })
}

fn read(file: &str, text: &str) -> Option<ProgramVersion> {
    front_matter::parse(file, text).ok().map(|(version, _)| version)
}

/// What a file is, in words.
fn what(file: &VersionFile) -> String {
    let days = read(&file.file, &file.text).map(|v| v.terms.effective);
    let span = days.map(|d| format::span(d.start, d.end)).unwrap_or_default();
    match file.part {
        Part::Ends => {
            let end = days.map(|d| format::date(d.end)).unwrap_or_default();
            format!("as it is, but ends on {end}")
        }
        Part::Changed => format!("{span}: the change, made from v{}", file.base),
        Part::Resumes => format!("{span}: the terms of v{} again", file.base),
    }
}

fn file_block(file: &VersionFile, catalog: &Catalog) -> FileBlock {
    let base_file = file.file.replace(&format!("/v{}.md", file.version), &format!("/v{}.md", file.base));
    let (before, after) = (read(&base_file, &file.before), read(&file.file, &file.text));
    let terms = before.zip(after).map(|(old, new)| term_changes(&old.terms, &new.terms, catalog));
    FileBlock {
        label: format!("v{}", file.version),
        base: format!("v{}", file.base),
        today: format!("v{}, today", file.base),
        proposed: format!("v{}, proposed", file.version),
        file: file.file.clone(),
        open: file.part == Part::Changed,
        editing: false,
        what: what(file),
        terms: terms.unwrap_or_default(),
        rows: side_by_side(clauses(&file.before), clauses(&file.text)).into_iter().map(read_out).collect(),
        text: file.text.clone(),
    }
}

/// A row as it is read, without the marks of Markdown; with them where they are what
/// differs.
fn read_out(row: SideRow) -> SideRow {
    let plain = |side: &[Words]| -> Vec<Words> {
        let of = |(at, words): (usize, &Words)| {
            let text = words.text.replace("**", "");
            let text = if at == 0 { text.trim_start_matches('#').trim_start().to_owned() } else { text };
            Words { text, marked: words.marked }
        };
        side.iter().enumerate().map(of).collect()
    };
    let (before, after) = (plain(&row.before), plain(&row.after));
    let text = |side: &[Words]| side.iter().map(|words| words.text.as_str()).collect::<String>();
    if row.changed && text(&before) == text(&after) {
        return row;
    }
    SideRow { before, after, changed: row.changed }
}

/// What stands below the front matter.
fn clauses(text: &str) -> &str {
    let mut fences = text.match_indices('\n').filter(|(at, _)| {
        let line = text[at + 1..].lines().next().unwrap_or_default().trim_end();
        line == "+++" || line == "---"
    });
    let second = fences.next().map(|(at, _)| at + 4);
    second.and_then(|at| text.get(at..)).unwrap_or(text)
}

/// What it accrues by month; empty where the forecast has no months.
pub fn impact(rows: &[ImpactRow], currency: &str) -> Vec<ImpactLine> {
    let mut lines = Vec::new();
    for row in rows {
        let sum = row.month == "all";
        let name = if sum { "In all".to_owned() } else { format::month(&row.month, true) };
        lines.push(impact_line(name, sum, [row.baseline, row.option, row.difference], currency));
        // Accruals to funds stand apart: they are never summed with payouts (PAYOUTS.md).
        if let Some(funds) = row.funds.filter(|_| sum) {
            lines.push(impact_line("To funds, apart".to_owned(), false, funds, currency));
        }
    }
    lines
}

fn impact_line(month: String, sum: bool, figures: [Quantity; 3], currency: &str) -> ImpactLine {
    let cash = |q: &Quantity| q.mean.map_or_else(|| format::NONE.to_owned(), |v| format::money(v, currency));
    let signed = |v: f64| format::signed(v, format::money(v, currency));
    let [baseline, option, difference] = figures;
    ImpactLine {
        month,
        sum,
        baseline: cash(&baseline),
        option: cash(&option),
        difference: difference.mean.map_or_else(|| format::NONE.to_owned(), signed),
        interval: match (difference.p10, difference.p90) {
            (Some(low), Some(high)) => format!("{} to {}", signed(low), signed(high)),
            _ => String::new(),
        },
    }
}

/// The checks in sentences.
pub fn check_lines(checks: &Checks, currency: &str) -> Vec<CheckLine> {
    let passed = |text: String| CheckLine { class: "strong", word: "passed", text };
    let look = |text: String| CheckLine { class: "weak", word: "look", text };
    let failed = |text: String| CheckLine { class: "none", word: "failed", text };
    let mut lines = vec![match (checks.errors, checks.findings.len()) {
        (0, 0) => passed("Every file parses, and its text says what its terms say.".to_owned()),
        (0, n) => look(format!("Every file parses. {n} {} to look at.", plural(n, "finding"))),
        (n, _) => failed(format!("{n} {} to mend before it can be submitted.", plural(n, "error"))),
    }];
    if let Some(past) = &checks.past {
        let count = format::count(past.lines as f64);
        lines.push(match past.moved {
            0 => passed(format!("The past stays: {count} payouts so far come out the same, to the cent.")),
            n => failed(format!("{n} of {count} payouts so far would come out otherwise.")),
        });
    }
    for trial in &checks.trials {
        let cash = |text: &str| text.parse().map_or_else(|_| text.to_owned(), |v| money(v, currency));
        let sales = format!(
            "{} past sales of the company, put into the days of the change",
            format::count(trial.sales as f64)
        );
        lines.push(if trial.differ == 0 {
            passed(format!(
                "The files pay what the option pays: on {sales}, {} to {} partners, each the same to the cent.",
                cash(&trial.by_files),
                trial.partners
            ))
        } else if trial.cut.0 != trial.cut.1 {
            look(format!(
                "On {sales}, the option pays {} and the files {}: a version has its own share of the budget, which cuts {} instead of {}.",
                cash(&trial.by_option),
                cash(&trial.by_files),
                cash(&trial.cut.1),
                cash(&trial.cut.0)
            ))
        } else {
            look(format!(
                "On {sales}, the option pays {} and the files {}; {} of {} partners differ.",
                cash(&trial.by_option),
                cash(&trial.by_files),
                trial.differ,
                trial.partners
            ))
        });
    }
    lines
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

/// What the checks found, by place.
pub fn found(checks: &Checks) -> Vec<FoundLine> {
    let line = |f: &crate::app::drafts::port::CheckFinding| {
        let file = f.file.rsplit('/').next().unwrap_or_default().trim_end_matches(".md");
        let place = match f.line {
            Some(line) if !file.is_empty() => format!("{file}, line {line}"),
            _ => file.to_owned(),
        };
        FoundLine {
            severity: match f.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "info",
            },
            place,
            message: format::capital(&f.message),
            hint: f.hint.clone(),
        }
    };
    checks.findings.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn funds_are_never_summed_with_payouts() {
        let of = |mean| Quantity { mean: Some(mean), p10: Some(1.0), p90: Some(9.0), ..Quantity::default() };
        let funds = Some([of(10.0), of(10.0), of(0.0)]);
        let row = |month: &str| ImpactRow {
            month: month.to_owned(),
            baseline: of(100.0),
            option: of(105.0),
            difference: of(5.0),
            funds,
        };
        let lines = impact(&[row("2026-07"), row("all")], "USD");
        let told: Vec<(&str, &str)> =
            lines.iter().map(|line| (line.month.as_str(), line.option.as_str())).collect();
        assert_eq!(told, [("July 2026", "$105"), ("In all", "$105"), ("To funds, apart", "$10")]);
        assert_eq!(lines[0].interval, "+$1 to +$9");
    }

    #[test]
    fn marks_of_markdown_are_read_over_unless_they_are_what_differs() {
        let read = |before: &str, after: &str| {
            let row = side_by_side(before, after).remove(0);
            let row = read_out(row);
            let text = |side: &[Words]| side.iter().map(|w| w.text.as_str()).collect::<String>();
            (text(&row.before), text(&row.after))
        };
        assert_eq!(read("## 1 Pay", "## 1 Pay"), ("1 Pay".to_owned(), "1 Pay".to_owned()));
        assert_eq!(read("**1.1** Pays $4.", "**1.1** Pays $5.").1, "1.1 Pays $5.");
        assert_eq!(read("**1.1** Pays.", "1.1 Pays.").0, "**1.1** Pays.");
    }

    #[test]
    fn clauses_are_what_stands_below_the_second_fence() {
        assert_eq!(clauses("+++\nid = 1\n+++\n\n## 1 P\ntext\n").trim(), "## 1 P\ntext");
        assert_eq!(clauses("no fences\nat all"), "no fences\nat all");
    }
}
