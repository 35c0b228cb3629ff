//! How well questions are read.

use std::fmt::Write as _;
use std::io::{IsTerminal, Read as _};
use std::path::Path;

use indicatif::ProgressBar;

use super::{Ended, Failure, bar, print_json, settings};
use crate::app::evaluate::{self, About, EvaluateError, Evaluation};
use crate::cli::arguments::{Arguments, Evaluate, Set};
use crate::cli::{Outcome, terminal};
use crate::config::ReaderPolicy;
use crate::reports::format;

/// Longest file of questions, in bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

impl From<EvaluateError> for Failure {
    fn from(error: EvaluateError) -> Self {
        let outcome = match &error {
            EvaluateError::Lines(_) => Outcome::Findings,
            EvaluateError::Start(_) => Outcome::Broken,
        };
        Self { error: error.into(), outcome }
    }
}

pub async fn evaluate(arguments: &Arguments, asked: Evaluate) -> Ended {
    let mut settings = settings(arguments)?;
    settings.reader = asked.reader.map_or(settings.reader, ReaderPolicy::from);
    if asked.reader == Some(crate::cli::arguments::Reader::Llm) && settings.llm.is_none() {
        let error = anyhow::anyhow!(
            "no language model is connected: set OPENAI_BASE_URL or OPENAI_API_KEY (docs/LANGUAGE_MODELS.md)"
        );
        return Err(Failure { error, outcome: Outcome::Findings });
    }
    let text = text(&asked.file)?;
    let name = asked.file.display();
    let mut questions = evaluate::questions(&text).map_err(|error| {
        let outcome = Outcome::Findings;
        Failure { error: anyhow::anyhow!("{name} is no set of questions:\n{error}"), outcome }
    })?;
    questions.truncate(asked.limit.unwrap_or(usize::MAX));
    let about = match asked.company {
        None => About::Serving,
        Some(Set::Demo) => About::Demo,
        Some(Set::Harrow) => About::Second,
    };
    let readers = evaluate::readers(&settings, about).await?;
    let bar = if asked.json || !std::io::stderr().is_terminal() { ProgressBar::hidden() } else { bar() };
    let all = questions.len();
    let made =
        evaluate::run(&readers, &questions, &|done| bar.set_message(format!("{done} of {all} questions")))
            .await;
    bar.finish_and_clear();
    if asked.json {
        print_json(&made)?
    } else {
        terminal::emit(&render(&made))
    }
    Ok(Outcome::Done)
}

fn text(file: &Path) -> Result<String, Failure> {
    let failed = |error: std::io::Error| {
        let outcome =
            if error.kind() == std::io::ErrorKind::NotFound { Outcome::NotFound } else { Outcome::Broken };
        Failure {
            error: anyhow::Error::new(error).context(format!("cannot read {}", file.display())),
            outcome,
        }
    };
    let mut text = String::new();
    let opened = std::fs::File::open(file).map_err(failed)?;
    opened.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// The scores as a table. Every figure is the evaluation's own; writing to a String
/// cannot fail.
fn render(made: &Evaluation) -> String {
    let mut text = String::new();
    for wrong in &made.wrong {
        let _ = writeln!(
            text,
            "{} {} by the {} reader: {}",
            wrong.id,
            wrong.verdict.replace('_', " "),
            wrong.reader,
            wrong.question
        );
        for line in wrong.asked.iter().chain(&wrong.findings) {
            let _ = writeln!(text, "    {line}");
        }
    }
    for one in &made.not_taken {
        let _ = writeln!(text, "{} the model's reading was not taken: {}", one.id, one.question);
        for line in &one.why {
            let _ = writeln!(text, "    {line}");
        }
    }
    if !made.wrong.is_empty() || !made.not_taken.is_empty() {
        text.push('\n');
    }
    let model = made.model.as_deref().map_or(String::new(), |model| format!(" with {model}"));
    let (score, rates) = (&made.score, &made.rates);
    let mut row = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<34}{value:>10}");
    };
    row("reader", format!("{}{model}", made.reader));
    row("questions", score.questions.to_string());
    row("read as expected", score.right.to_string());
    let of =
        |share: f64, part: usize, whole: usize| format!("{}   ({part} of {whole})", format::percent(share));
    row("exact, of answerable", of(rates.exact_match, score.exact, score.answerable));
    row("fields right", of(rates.field_accuracy, score.fields_right, score.fields));
    row("asked back without need", of(rates.needless_clarification, score.needless, score.answerable));
    row("asking back: precision", of(rates.clarification_precision, score.asked_rightly, score.asked));
    row("asking back: recall", of(rates.clarification_recall, score.to_ask_met, score.to_ask));
    row("silent errors", of(rates.silent_error, score.silent_errors, score.questions));
    row("  at most, with 95% confidence", format::percent(rates.silent_error_upper_95));
    for (reader, count) in &made.read_by {
        row(&format!("read by {reader}"), count.to_string());
    }
    let milliseconds = |ms: f64| format!("{} ms", format::number(ms, 1));
    row("time, median", milliseconds(made.latency_ms.p50));
    row("time, 99 of 100 within", milliseconds(made.latency_ms.p99));
    if made.tokens.requests > 0 {
        row("requests to the model", made.tokens.requests.to_string());
        row("tokens sent", made.tokens.prompt.to_string());
        row("tokens received", made.tokens.completion.to_string());
    }
    text
}
