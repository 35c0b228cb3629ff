//! A trace as plain text whose arithmetic can be followed with a pocket
//! calculator. Formats only.

use std::fmt::Write;

use rust_decimal::Decimal;

use crate::sales::PayoutRole;

use super::cite::Cited;
use super::trace::{GroupTrace, LineTrace, Trace};

/// Lines shown of each kind, counted or not; the rest are summed up.
const MOST_LINES: usize = 200;

/// Writes a trace out.
pub fn render(trace: &Trace) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write(trace, &mut text);
    text
}

fn write(trace: &Trace, out: &mut String) -> std::fmt::Result {
    writeln!(out, "{} ({})", trace.program_name, trace.program_id)?;
    writeln!(out, "{} ({})", trace.partner_name, trace.partner_id)?;
    writeln!(out, "{} to {}, {}", trace.period.start, trace.period.end, trace.currency)?;
    let (counted, left_out): (Vec<_>, Vec<_>) = trace.lines.iter().partition(|l| l.share.is_some());
    section(out, "Sales that counted", &counted, |out, line| counted_line(trace, out, line))?;
    section(out, "Sales that did not count", &left_out, left_out_line)?;
    for group in &trace.groups {
        steps(trace, out, group)?;
    }
    if !trace.clawbacks.is_empty() {
        writeln!(out, "\nReturns")?;
    }
    for back in &trace.clawbacks {
        let of = if back.of == PayoutRole::Override { "override, " } else { "" };
        writeln!(
            out,
            "  {} {} of {}/{}: {of}{} = {}{}",
            back.returned_on,
            back.transaction_id,
            back.original_transaction_id,
            back.line_no,
            back.detail,
            money(trace, back.amount),
            cited(back.clause.as_ref())
        )?;
    }
    writeln!(out, "\nPayout lines")?;
    for p in &trace.payouts {
        let role = match p.role {
            PayoutRole::Own => "own",
            PayoutRole::Override => "override",
            PayoutRole::Clawback => "clawback",
        };
        let of = p.transaction_id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
        let reason = p.reason.as_ref().map(|r| format!("  {r}")).unwrap_or_default();
        let amount = money(trace, p.amount);
        writeln!(
            out,
            "  v{} {role}{of} {} to {}  {amount}{reason}",
            p.program_version, p.period_start, p.period_end
        )?;
    }
    writeln!(out, "  Total {}", money(trace, trace.total))
}

fn section(
    out: &mut String,
    title: &str,
    lines: &[&LineTrace],
    mut tell: impl FnMut(&mut String, &LineTrace) -> std::fmt::Result,
) -> std::fmt::Result {
    writeln!(out, "\n{title}: {}", lines.len())?;
    for line in lines.iter().take(MOST_LINES) {
        tell(out, line)?;
    }
    if lines.len() > MOST_LINES {
        writeln!(out, "  … and {} more", lines.len() - MOST_LINES)?;
    }
    Ok(())
}

fn counted_line(trace: &Trace, out: &mut String, line: &LineTrace) -> std::fmt::Result {
    let Some(share) = &line.share else { return Ok(()) };
    let reason = line.reason.as_ref().map(|r| format!("  {r}")).unwrap_or_default();
    writeln!(
        out,
        "  {} {}/{} {} {} units {} | running {} to {} | pay {}{reason}",
        line.sold_on,
        line.transaction_id,
        line.line_no,
        line.sku,
        line.units.normalize(),
        money(trace, line.net_revenue),
        share.from.normalize(),
        share.to.normalize(),
        share.kept.normalize()
    )
}

fn left_out_line(out: &mut String, line: &LineTrace) -> std::fmt::Result {
    let reason = line.reason.as_ref().map(ToString::to_string).unwrap_or_default();
    let (id, no, clause) = (&line.transaction_id, line.line_no, cited(line.clause.as_ref()));
    writeln!(
        out,
        "  {} {id}/{no} {} {} units: {reason}{clause}",
        line.sold_on,
        line.sku,
        line.units.normalize()
    )
}

fn steps(trace: &Trace, out: &mut String, group: &GroupTrace) -> std::fmt::Result {
    let role = if group.role == PayoutRole::Override { "Override" } else { "Own pay" };
    match &group.transaction_id {
        Some(id) => writeln!(out, "\n{role}, {id} of {}", group.period.start)?,
        None => writeln!(out, "\n{role}, {} to {}", group.period.start, group.period.end)?,
    }
    for step in &group.steps {
        let clause = cited(step.clause.as_ref());
        let name = step.step.replace('_', " ");
        writeln!(out, "  {name}: {} = {}   so far {}{clause}", step.detail, step.amount, step.running)?;
    }
    writeln!(out, "  paid {}", money(trace, group.paid))
}

fn cited(clause: Option<&Cited>) -> String {
    clause.map(|c| format!("   [v{} §{}]", c.version, c.clause)).unwrap_or_default()
}

/// An amount with all digits of the minor unit.
fn money(trace: &Trace, amount: Decimal) -> String {
    let digits = amount.normalize().scale().max(trace.digits) as usize;
    format!("{:.*}", digits, amount)
}
