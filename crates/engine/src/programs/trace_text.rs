//! A trace as plain text whose arithmetic can be followed with a pocket
//! calculator. Formats only.

use std::fmt::Write;

use rust_decimal::Decimal;

use crate::sales::PayoutRole;

use super::cite::Cited;
use super::trace::{ClawbackTrace, GroupTrace, LineTrace, Step, Trace};

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
        returned(trace, out, back)?;
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
    let why = if line.reason.is_some() { format!("  {}", reason(line)) } else { String::new() };
    let cut = if share.kept == share.adjusted { String::new() } else { format!(" of {}", share.adjusted) };
    writeln!(
        out,
        "  {} {}/{} {} {} units {} | running {} to {} | pay {}{cut}{why}",
        line.sold_on,
        line.transaction_id,
        line.line_no,
        line.sku,
        line.units.normalize(),
        money(trace, line.net_revenue),
        share.from.normalize(),
        share.to.normalize(),
        share.kept
    )
}

fn left_out_line(out: &mut String, line: &LineTrace) -> std::fmt::Result {
    let (id, no, units) = (&line.transaction_id, line.line_no, line.units.normalize());
    writeln!(out, "  {} {id}/{no} {} {units} units: {}", line.sold_on, line.sku, reason(line))
}

/// `tier_not_eligible: the partner's tier … [v1 §2.1]`.
fn reason(line: &LineTrace) -> String {
    let Some(name) = &line.reason else { return String::new() };
    let why = line.why.as_deref().unwrap_or_default();
    format!("{name}: {why}{}", cited(line.clause.as_ref()))
}

fn steps(trace: &Trace, out: &mut String, group: &GroupTrace) -> std::fmt::Result {
    let role = if group.role == PayoutRole::Override { "Override" } else { "Own pay" };
    let of = match &group.transaction_id {
        Some(id) => format!("{id} of {}", group.period.start),
        None => format!("{} to {}", group.period.start, group.period.end),
    };
    writeln!(out, "\n{role}, {of}: measure {}", group.measure)?;
    list(out, "  ", &group.steps)?;
    writeln!(out, "  paid {}", money(trace, group.paid))
}

/// One step a line: what it is, its arithmetic, what it changes and the sum so far.
fn list(out: &mut String, indent: &str, steps: &[Step]) -> std::fmt::Result {
    let several = steps.windows(2).any(|pair| pair[0].version != pair[1].version);
    for step in steps {
        let clause = cited(step.clause.as_ref());
        let name = step.step.replace('_', " ");
        let version = if several { format!(" v{}", step.version) } else { String::new() };
        writeln!(
            out,
            "{indent}{name}{version}: {} | {} | so far {}{clause}",
            step.detail,
            signed(step.amount),
            step.running
        )?;
    }
    Ok(())
}

/// The change of a step, with its sign.
fn signed(amount: Decimal) -> String {
    if amount.is_sign_negative() && !amount.is_zero() {
        format!("{amount}")
    } else {
        format!("+{}", amount.abs())
    }
}

fn returned(trace: &Trace, out: &mut String, back: &ClawbackTrace) -> std::fmt::Result {
    let of = if back.of == PayoutRole::Override { "override, " } else { "" };
    let sale = back.original_transaction_id.as_deref().unwrap_or("an unknown sale");
    writeln!(
        out,
        "  {} {} of {sale}/{}: {} units, {} came back",
        back.returned_on,
        back.transaction_id,
        back.line_no,
        back.units.normalize(),
        money(trace, back.net_revenue)
    )?;
    if !back.still_due.is_empty() {
        writeln!(out, "    without all that came back so far:")?;
        list(out, "      ", &back.still_due)?;
    }
    let clause = cited(back.clause.as_ref());
    writeln!(out, "    {of}{} | {}{clause}", back.detail, money(trace, back.amount))
}

fn cited(clause: Option<&Cited>) -> String {
    clause.map(|c| format!("   [v{} §{}]", c.version, c.clause)).unwrap_or_default()
}

/// An amount with all digits of the minor unit.
fn money(trace: &Trace, amount: Decimal) -> String {
    let amount = if amount.is_zero() { Decimal::ZERO } else { amount };
    let digits = amount.normalize().scale().max(trace.digits) as usize;
    format!("{:.*}", digits, amount)
}
