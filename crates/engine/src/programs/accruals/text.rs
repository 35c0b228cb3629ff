//! Accruals as plain text for a terminal. Formats only.

use std::fmt::Write;

use rust_decimal::Decimal;

use super::open::OpenPeriod;
use super::{Accruals, MonthAccrual, ProgramAccruals, RoleAmounts, Totals};

/// Months shown of each program, the latest; the earlier ones are summed up.
const MOST_MONTHS: usize = 13;

/// Writes accruals out.
pub fn render(accruals: &Accruals) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write(accruals, &mut text);
    text
}

fn write(accruals: &Accruals, out: &mut String) -> std::fmt::Result {
    writeln!(out, "Accruals to {}, {}", accruals.as_of, accruals.currency)?;
    let expected = match accruals.outlook {
        "supplied" => "the expected rate takes the forecast of the rest of each open period",
        _ => "the expected rate takes each partner's run rate in the period so far",
    };
    writeln!(out, "({expected})")?;
    totals(accruals, out, "Payouts, all programs but funds", &accruals.payouts)?;
    if accruals.programs.iter().any(|p| p.fund) {
        totals(accruals, out, "Funds, apart from payouts", &accruals.funds)?;
    }
    for program in &accruals.programs {
        one(accruals, out, program)?;
    }
    returns(accruals, out)
}

fn totals(accruals: &Accruals, out: &mut String, title: &str, totals: &Totals) -> std::fmt::Result {
    writeln!(out, "\n{title}")?;
    due(accruals, out, totals.due, totals.due_at_expected_rate)?;
    writeln!(out, "  clawback exposure {}", money(accruals, totals.exposure))?;
    months(accruals, out, &totals.months)
}

fn due(accruals: &Accruals, out: &mut String, due: RoleAmounts, expected: Decimal) -> std::fmt::Result {
    writeln!(
        out,
        "  due to date {} = own {} + override {} + clawback {}",
        money(accruals, due.total),
        money(accruals, due.own),
        money(accruals, due.overrides),
        money(accruals, due.clawbacks)
    )?;
    writeln!(out, "  with open periods at the expected rate {}", money(accruals, expected))
}

fn one(accruals: &Accruals, out: &mut String, program: &ProgramAccruals) -> std::fmt::Result {
    let fund = if program.fund { ", a fund" } else { "" };
    writeln!(out, "\n{} ({}){fund}", program.program_name, program.program_id)?;
    due(accruals, out, program.due, program.due_at_expected_rate)?;
    months(accruals, out, &program.months)?;
    for open in &program.open {
        open_period(accruals, out, open)?;
    }
    for b in &program.budgets {
        writeln!(
            out,
            "  budget of v{}: {} − used {} = left {}",
            b.version,
            money(accruals, b.budget),
            money(accruals, b.used),
            money(accruals, b.left)
        )?;
    }
    for r in &program.recorded {
        let (accrued, paid) = (money(accruals, r.accrued), money(accruals, r.paid));
        writeln!(out, "  recorded as {}: {} lines, accrued {accrued}, paid {paid}", r.status, r.lines)?;
    }
    let exposure = &program.exposure;
    if !exposure.rows.is_empty() {
        writeln!(
            out,
            "  clawback exposure {}, of {} paid on sales inside the return window",
            money(accruals, exposure.amount),
            money(accruals, exposure.paid_in_window)
        )?;
    }
    for row in &exposure.rows {
        writeln!(
            out,
            "    {} sold {} to {} days ago: {} × {}% = {}",
            row.family,
            row.from_day,
            row.to_day,
            money(accruals, row.paid),
            row.percent.normalize(),
            money(accruals, row.amount)
        )?;
    }
    Ok(())
}

fn months(accruals: &Accruals, out: &mut String, months: &[MonthAccrual]) -> std::fmt::Result {
    let hidden = months.len().saturating_sub(MOST_MONTHS);
    if months.is_empty() {
        return Ok(());
    }
    let head = ["month", "new sales", "true-up", "override", "clawback", "accrued", "due to date"];
    row(out, head.map(str::to_owned))?;
    if let Some(last) = hidden.checked_sub(1).map(|last| &months[last]) {
        let dots = || "…".to_owned();
        let due = money(accruals, last.due_to_date);
        row(out, [format!("to {}", last.month), dots(), dots(), dots(), dots(), dots(), due])?;
    }
    for m in &months[hidden..] {
        let amounts = [
            m.new_sales,
            m.true_up,
            m.accrued.overrides,
            m.accrued.clawbacks,
            m.accrued.total,
            m.due_to_date,
        ];
        let [a, b, c, d, e, f] = amounts.map(|amount| money(accruals, amount));
        row(out, [m.month.clone(), a, b, c, d, e, f])?;
    }
    Ok(())
}

fn row(out: &mut String, [month, rest @ ..]: [String; 7]) -> std::fmt::Result {
    write!(out, "  {month:<10}")?;
    for cell in rest {
        write!(out, " {cell:>14}")?;
    }
    writeln!(out)
}

fn open_period(accruals: &Accruals, out: &mut String, open: &OpenPeriod) -> std::fmt::Result {
    writeln!(
        out,
        "  open {} to {}: at the rate reached {}, at the expected rate {}",
        open.period.start,
        open.period.end,
        money(accruals, open.at_rate_reached.total),
        money(accruals, open.at_expected_rate.total)
    )?;
    for p in open.partners.iter().filter(|p| p.reached != p.expected) {
        let tier = |tier: Option<Decimal>| match (tier, p.tier_expected) {
            (Some(from), _) => format!(" (tier from {})", from.normalize()),
            (None, Some(_)) => " (below the first tier)".to_owned(),
            (None, None) => String::new(),
        };
        let attained = p.attainment_expected.map(|a| format!(", {}% of target", a.normalize()));
        writeln!(
            out,
            "    {}: measure {}{}, expected {}{}{}: {} becomes {}",
            p.partner_id,
            p.measure,
            tier(p.tier_reached),
            p.expected_measure.round_dp(2).normalize(),
            tier(p.tier_expected),
            attained.unwrap_or_default(),
            money(accruals, p.reached),
            money(accruals, p.expected)
        )?;
    }
    Ok(())
}

fn returns(accruals: &Accruals, out: &mut String) -> std::fmt::Result {
    let history = &accruals.returns;
    if history.steps.is_empty() {
        return writeln!(out, "\nNothing ever came back: no return window, no exposure");
    }
    writeln!(out, "\nReturns: 95% of what came back did so within {} days of the sale", history.window_days)?;
    for s in &history.steps {
        writeln!(
            out,
            "  {} after {} to {} days: {} of {} = {}%",
            s.family,
            s.from_day,
            s.to_day,
            money(accruals, s.returned),
            money(accruals, s.sold),
            s.percent.normalize()
        )?;
    }
    Ok(())
}

/// An amount with all digits of the minor unit.
fn money(accruals: &Accruals, amount: Decimal) -> String {
    format!("{:.*}", accruals.digits as usize, amount)
}
