//! What the answer rests on: how the question was read, rules cited, evidence,
//! assumptions, what the net depends on, and what reproduces it.

use rust_xlsxwriter::Worksheet;
use spiffcast_engine::forecast::Forecast;

use super::sheet::{Styles, print_wide, put};
use crate::answer::Answer;
use crate::reports::metrics::Unit;
use crate::reports::{ReportError, sentences, side_by_side};

pub fn write(
    sheet: &mut Worksheet,
    answer: &Answer,
    forecast: &Forecast,
    labels: &[String],
    styles: &Styles,
) -> Result<(), ReportError> {
    sheet.set_name("Assumptions")?;
    print_wide(sheet);
    sheet.set_column_width(0, 34)?;
    sheet.set_column_width(1, 90)?;
    sheet.set_column_range_width(2, 3, 18)?;
    let mut row = 0;
    for (heading, lines) in sections(answer, forecast, labels) {
        if lines.is_empty() {
            continue;
        }
        sheet.write_string_with_format(row, 0, heading, &styles.heading)?;
        row += 1;
        for (name, text) in lines {
            sheet.write_string_with_format(row, 0, &name, &styles.text)?;
            sheet.write_string_with_format(row, 1, &text, &styles.text)?;
            row += 1;
        }
        row += 1;
    }
    for (option, label) in labels.iter().enumerate() {
        let mut bars = forecast.tornado.iter().filter(|bar| bar.option == option).peekable();
        if bars.peek().is_none() {
            continue;
        }
        let of = if labels.len() > 1 { format!(" of {label}") } else { String::new() };
        let heading = format!("What the net{of} depends on");
        sheet.write_string_with_format(row, 0, heading, &styles.heading)?;
        sheet.write_string_with_format(row, 2, "Net at its low end", &styles.head)?;
        sheet.write_string_with_format(row, 3, "Net at its high end", &styles.head)?;
        for bar in bars {
            row += 1;
            sheet.write_string_with_format(row, 0, &bar.assumption, &styles.text)?;
            sheet.write_string_with_format(row, 1, format!("{} to {}", bar.low, bar.high), &styles.text)?;
            put(sheet, (row, 2), Some(bar.net_low), styles.figure(Unit::Money))?;
            put(sheet, (row, 3), Some(bar.net_high), styles.figure(Unit::Money))?;
        }
        row += 2;
    }
    Ok(())
}

type Lines = Vec<(String, String)>;

fn sections(answer: &Answer, forecast: &Forecast, labels: &[String]) -> [(&'static str, Lines); 6] {
    let mut read: Lines = Vec::new();
    if let Some(scenario) = &answer.reading.scenario {
        read.push(("Period".to_owned(), scenario.period.label.clone()));
        read.extend(scenario.options.iter().map(|o| ("Option".to_owned(), o.label.clone())));
    }
    read.push(("Reader".to_owned(), answer.reading.reader.clone()));
    let rules = answer.citations.iter();
    let rules = rules.map(|c| (format!("{} v{} §{}", c.program, c.version, c.clause), c.quote.clone()));
    let evidence = forecast.evidence.iter().map(|e| {
        let flags: String = e.flags.iter().map(|flag| format!(", {flag}")).collect();
        let share = e.share_from_history * 100.0;
        let text = format!(
            "grade {}, {} changes seen, {share:.0}% from its own history{flags}",
            e.grade.as_str(),
            e.changes
        );
        (e.sku.clone(), text)
    });
    let assumed = forecast.approximations.iter().map(|a| (String::new(), a.clone()));
    let record = (String::new(), sentences::track_record(forecast.accuracy));
    // Of several options, those of the one that leaves the most, named beside them.
    let best = side_by_side::best(forecast).unwrap_or(0);
    let of = labels.get(best).filter(|_| labels.len() > 1).cloned().unwrap_or_default();
    let limits = sentences::limits(forecast, best).into_iter().map(|line| (of.clone(), line));
    let b = &answer.bundle;
    let bundle = [
        ("Run", answer.run.id.clone()),
        ("Data", b.data.clone()),
        ("Rules", b.rules.clone()),
        ("Scenario", b.scenario.clone().unwrap_or_default()),
        ("Priors", b.priors.clone()),
        ("Settings", b.settings.clone()),
        ("Seed and draws", format!("{}, {}", b.seed, b.draws)),
        ("Engine", b.engine.clone()),
    ];
    [
        ("How the question was read", read),
        ("Rules cited", rules.collect()),
        ("Evidence", evidence.chain(std::iter::once(record)).collect()),
        ("Caps and tiers on the way", limits.collect()),
        ("Assumed and approximated", assumed.collect()),
        ("What reproduces it", bundle.map(|(name, text)| (name.to_owned(), text)).to_vec()),
    ]
}
