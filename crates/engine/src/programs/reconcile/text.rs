//! A reconciliation as plain text for the terminal. Formats only.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::report::{Difference, DifferenceReason, Misfiled, NotCovered, Reconciliation, Sums, counted};

/// Rows shown of each kind; the rest are counted.
const ROWS_MAX: usize = 50;

/// Writes a reconciliation out: a line that sums up, the differences by reason with
/// the sentence behind each, then what is misfiled and what was not judged.
pub fn render(report: &Reconciliation) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write(report, &mut text);
    text
}

fn write(report: &Reconciliation, out: &mut String) -> std::fmt::Result {
    let share = report.share_reproduced.map_or("nothing to compare".to_owned(), |share| {
        // Cut, not rounded: 100% is only said when all of it is.
        format!("{:.2}% reproduced to the cent", (share * 10_000.0).floor() / 100.0)
    });
    let (lines, differ) =
        (counted(report.lines, "payout line"), counted(report.differences.len(), "difference"));
    writeln!(out, "{lines} compared as of {}: {share}, {differ}", report.as_of)?;
    sums(out, "Payouts", &report.currency, &report.payouts)?;
    sums(out, "Funds", &report.currency, &report.funds)?;
    for (reason, differences) in by_reason(&report.differences) {
        section(out, reason, &differences)?;
    }
    misfiled(out, &report.misfiled)?;
    not_covered(out, &report.not_covered)
}

fn sums(out: &mut String, name: &str, currency: &str, sums: &Sums) -> std::fmt::Result {
    if sums.expected.is_zero() && sums.recorded.is_zero() {
        return Ok(());
    }
    let Sums { expected, recorded, difference } = sums;
    writeln!(out, "{name}: {recorded} {currency} booked, {expected} by the rules, difference {difference}")
}

/// The most frequent reason first, ties by name.
fn by_reason(differences: &[Difference]) -> Vec<(DifferenceReason, Vec<&Difference>)> {
    let mut by: BTreeMap<&str, (DifferenceReason, Vec<&Difference>)> = BTreeMap::new();
    for difference in differences {
        let entry = by.entry(difference.reason.as_str()).or_insert_with(|| (difference.reason, Vec::new()));
        entry.1.push(difference);
    }
    let mut all: Vec<_> = by.into_values().collect();
    all.sort_by_key(|(_, differences)| std::cmp::Reverse(differences.len()));
    all
}

fn section(out: &mut String, reason: DifferenceReason, differences: &[&Difference]) -> std::fmt::Result {
    let name = reason.as_str().replace('_', " ");
    writeln!(out, "\n{name}: {}", differences.len())?;
    for difference in differences.iter().take(ROWS_MAX) {
        row(out, difference)?;
    }
    more(out, differences.len())
}

fn row(out: &mut String, d: &Difference) -> std::fmt::Result {
    let id = d.payout_id.as_deref().unwrap_or("(no row)");
    let of = d.transaction_id.as_ref().map(|t| format!(" {t}")).unwrap_or_default();
    writeln!(
        out,
        "  {id:<10} {} v{} {} {}{of} {} to {}  due {}  booked {}  {:+}",
        d.program_id,
        d.program_version,
        d.partner_id,
        d.role.as_str(),
        d.period_start,
        d.period_end,
        d.expected,
        d.recorded,
        d.difference
    )?;
    let clause = d.clause.as_ref().map(|c| format!("   [v{} §{}]", c.version, c.clause)).unwrap_or_default();
    writeln!(out, "             {}{clause}", d.detail)?;
    if !d.also_fits.is_empty() {
        let names: Vec<String> = d.also_fits.iter().map(|r| r.as_str().replace('_', " ")).collect();
        writeln!(out, "             The same amount comes out by: {}", names.join(", "))?;
    }
    Ok(())
}

fn misfiled(out: &mut String, all: &[Misfiled]) -> std::fmt::Result {
    if all.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nRight amount in the wrong place: {}", all.len())?;
    for one in all.iter().take(ROWS_MAX) {
        let ids = one.payout_ids.join(", ");
        writeln!(out, "  {ids}  {} {}  {}", one.program_id, one.partner_id, one.detail)?;
    }
    more(out, all.len())
}

fn not_covered(out: &mut String, all: &[NotCovered]) -> std::fmt::Result {
    if all.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nNot compared")?;
    for one in all {
        let program = one.program_id.as_ref().map(|id| format!("{id}: ")).unwrap_or_default();
        let lines = counted(one.lines, "line");
        writeln!(out, "  {program}{lines}, {} of them agree. {}", one.agree, one.detail)?;
    }
    Ok(())
}

fn more(out: &mut String, shown_of: usize) -> std::fmt::Result {
    if shown_of > ROWS_MAX { writeln!(out, "  … and {} more", shown_of - ROWS_MAX) } else { Ok(()) }
}
