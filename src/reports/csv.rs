//! A forecast as one tidy table: a row a breakdown key, metric and arm. Text that
//! a spreadsheet would take for a formula is marked as text.

use spiffcast_engine::forecast::{Forecast, Metrics, Quantity, Row};

use super::{IS_NOT, ReportError};
use crate::answer::Answer;

const HEADER: [&str; 13] = [
    "breakdown",
    "key",
    "name",
    "metric",
    "arm",
    "option",
    "mean",
    "p10",
    "p50",
    "p90",
    "mcse",
    "outcome_p10",
    "outcome_p90",
];

/// The table of an answer's forecast, in UTF-8.
pub fn render(answer: &Answer) -> Result<Vec<u8>, ReportError> {
    let forecast = answer.forecast.as_ref().ok_or(ReportError::NoForecast)?;
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(HEADER)?;
    for region in &answer.bundle.regions {
        let mut record =
            vec!["counted".to_owned(), plain_text(region), "figures are of these regions alone".to_owned()];
        record.resize(HEADER.len(), String::new());
        table.write_record(&record)?;
    }
    write_metrics(&mut table, ["total", "", ""], &forecast.metrics)?;
    for (breakdown, rows) in breakdowns(forecast) {
        for row in rows {
            write_metrics(&mut table, [breakdown, &row.key, &row.name], &row.metrics)?;
        }
    }
    write_limits(&mut table, forecast)?;
    // A row and no comment: every reader of tables takes it.
    let mut note = vec!["note".to_owned(), String::new(), IS_NOT.to_owned()];
    note.resize(HEADER.len(), String::new());
    table.write_record(&note)?;
    table.into_inner().map_err(|e| ReportError::Csv(e.into_error().into()))
}

fn breakdowns(forecast: &Forecast) -> [(&'static str, &[Row]); 6] {
    let by = &forecast.by;
    [
        ("month", &by.month),
        ("program", &by.program),
        ("product", &by.product),
        ("tier", &by.tier),
        ("region", &by.region),
        ("partner", &by.partner),
    ]
}

fn write_metrics(
    table: &mut csv::Writer<Vec<u8>>,
    place: [&str; 3],
    metrics: &Metrics,
) -> Result<(), ReportError> {
    for (name, metric) in metrics {
        let options = metric.options.iter().enumerate().map(|(i, q)| ("option", Some(i), q));
        let differences = metric.difference.iter().enumerate().map(|(i, q)| ("difference", Some(i), q));
        let baseline = std::iter::once(("baseline", None, &metric.baseline));
        for (arm, option, quantity) in baseline.chain(options).chain(differences) {
            let option = option.map_or(String::new(), |i: usize| (i + 1).to_string());
            let mut record: Vec<String> = place.iter().map(|text| plain_text(text)).collect();
            record.extend([plain_text(name), arm.to_owned(), option]);
            record.extend(figures(quantity));
            table.write_record(&record)?;
        }
    }
    Ok(())
}

/// Caps and tiers: chances as `probability`, partners and money as quantities; and what
/// the net depends on, its low end as P10 and its high end as P90.
fn write_limits(table: &mut csv::Writer<Vec<u8>>, forecast: &Forecast) -> Result<(), ReportError> {
    let chance = |p: f64| Quantity { mean: Some(p), ..Quantity::default() };
    for cap in &forecast.caps {
        let arms = std::iter::once(&cap.baseline).chain(&cap.options);
        for (i, arm) in arms.enumerate() {
            for (name, q) in
                [("probability", chance(arm.probability)), ("partners", arm.partners), ("cut", arm.cut)]
            {
                write_arm(table, ["cap", &cap.program, ""], name, i, &q)?;
            }
        }
    }
    for tier in &forecast.tiers {
        for (i, q) in std::iter::once(&tier.baseline).chain(&tier.options).enumerate() {
            let name = format!("tier {} from {}", tier.tier, tier.from);
            write_arm(table, ["tier", &tier.program, &name], "partners", i, q)?;
        }
    }
    for bar in &forecast.tornado {
        let q = Quantity { p10: Some(bar.net_low), p90: Some(bar.net_high), ..Quantity::default() };
        let ends = format!("{} to {}", bar.low, bar.high);
        write_arm(table, ["assumption", &bar.assumption, &ends], "net", 1 + bar.option, &q)?;
    }
    Ok(())
}

/// One row of an arm: 0 is the baseline, then the options.
fn write_arm(
    table: &mut csv::Writer<Vec<u8>>,
    place: [&str; 3],
    name: &str,
    arm: usize,
    q: &Quantity,
) -> Result<(), ReportError> {
    let (word, option) = if arm == 0 { ("baseline", String::new()) } else { ("option", arm.to_string()) };
    let mut record: Vec<String> = place.iter().map(|text| plain_text(text)).collect();
    record.extend([name.to_owned(), word.to_owned(), option]);
    record.extend(figures(q));
    table.write_record(&record)?;
    Ok(())
}

fn figures(q: &Quantity) -> impl Iterator<Item = String> {
    [q.mean, q.p10, q.p50, q.p90, q.mcse, q.outcome_p10, q.outcome_p90]
        .into_iter()
        .map(|figure| figure.map_or(String::new(), |f| f.to_string()))
}

/// A leading `=`, `+`, `-`, `@`, in full width too, or a tab or a return makes a
/// spreadsheet compute; an apostrophe before it makes it text.
pub(super) fn plain_text(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\t' | '\r' | '\n') => {
            format!("'{text}")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_looks_like_a_formula_is_text() {
        assert_eq!(plain_text("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(plain_text("Northwind"), "Northwind");
    }
}
