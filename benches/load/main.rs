//! How the server bears company, over HTTP, as people meet it: `cargo bench --bench load`.
//!
//! - demo company, nobody else there: one question, to the first sign of progress and to
//!   the answer; its page, its reports (aims: 0.1 s, 0.7 s, PDF 1.5 s, workbook 0.5 s);
//! - demo company, 30 people asking different questions at once (aims: 95 in 100 within
//!   6 s, none fails, less than 1.5 GB);
//! - `cargo bench --bench load -- --partners 100000`: a company of that many partners
//!   instead, pages and one answer (aims: 1 s, 20 s).
//!
//! Prints what was measured and judges nothing; the answers are kept in a folder that
//! goes with the run.

#![allow(clippy::print_stdout, reason = "its output is the table")]

mod company;
mod server;

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use server::{Failed, Server};

const PEOPLE: usize = 30;
const QUESTION: &str = "raise the Product X SPIFF 5% for Q3";
const PAGES: [&str; 7] =
    ["/", "/scenarios", "/programs", "/accuracy", "/data", "/earnings", "/data/reconciliation"];

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    match partners()? {
        Some(partners) => crowd_of_partners(partners, folder.path()).await,
        None => {
            alone(&Server::start(folder.path()).await?).await?;
            crowd_of_people(&Server::start(folder.path()).await?).await
        }
    }
}

/// The number behind `--partners`.
fn partners() -> Result<Option<usize>, Failed> {
    let arguments: Vec<String> = std::env::args().collect();
    let Some(at) = arguments.iter().position(|a| a == "--partners") else { return Ok(None) };
    let number = arguments.get(at + 1).ok_or("--partners needs a number")?;
    Ok(Some(number.parse()?))
}

/// One person at a time. The first question of a server also warms it up, so that it is
/// told apart.
async fn alone(server: &Server) -> Result<(), Failed> {
    for visit in ["first question", "again", "again"] {
        let asked = server.watch(QUESTION).await?;
        println!("{visit}: progress after {}, answer after {}", s(asked.progress), s(asked.took));
    }
    let id = server.ask(QUESTION).await?.id;
    pages(server, &PAGES).await?;
    pages(server, &[&format!("/answers/{id}")]).await?;
    for file in ["report.pdf", "report.pdf", "report.xlsx"] {
        pages(server, &[&format!("/answers/{id}/{file}")]).await?;
    }
    println!("peak memory {} MB", server.peak_memory()?);
    Ok(())
}

/// Everybody asks something else, at once.
async fn crowd_of_people(server: &Server) -> Result<(), Failed> {
    let questions = questions()?;
    let asked = futures::future::join_all(questions.iter().map(|q| server.ask(q))).await;
    let mut took: Vec<Duration> = asked.iter().flatten().map(|a| a.took).collect();
    took.sort_unstable();
    for (question, answer) in questions.iter().zip(&asked) {
        if let Err(failed) = answer {
            println!("FAILED {question}: {failed}");
        }
    }
    let at = |share: f64| took.get((share * took.len() as f64).ceil() as usize - 1).copied().map(s);
    println!(
        "{} people at once: {} answered, half within {}, 95 in 100 within {}, all within {}; peak memory {} MB",
        questions.len(),
        took.len(),
        at(0.5).unwrap_or_default(),
        at(0.95).unwrap_or_default(),
        at(1.0).unwrap_or_default(),
        server.peak_memory()?
    );
    Ok(())
}

/// Pages and an answer with very many partners.
async fn crowd_of_partners(partners: usize, folder: &Path) -> Result<(), Failed> {
    let source = folder.join("source");
    let lines = company::write(partners, &source)?;
    println!("a company of {partners} partners and {lines} transaction lines");
    println!("import: {}", s(server::import(&source, folder)?));
    let server = Server::start(folder).await?;
    println!("served after {}", s(server.started));
    for visit in ["first question", "again"] {
        let asked = server.watch(QUESTION).await?;
        println!("{visit}: progress after {}, answer after {}", s(asked.progress), s(asked.took));
        pages(&server, &[&format!("/answers/{}", asked.id)]).await?;
    }
    pages(&server, &PAGES).await?;
    println!("peak memory {} MB", server.peak_memory()?);
    Ok(())
}

async fn pages(server: &Server, paths: &[&str]) -> Result<(), Failed> {
    for path in paths {
        let got = server.get(path).await?;
        println!("{path}: {} in {}, {} kB", got.status, s(got.took), got.bytes / 1000);
    }
    Ok(())
}

/// As many answerable what-if questions of the shipped set as there are people, evenly
/// spread over it.
fn questions() -> Result<Vec<String>, Failed> {
    let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/questions/demo.jsonl");
    let text = std::fs::read_to_string(set)?;
    let lines = text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    let fit = |line: &&Value| {
        let intent = line.pointer("/expect/scenario/intent").and_then(Value::as_str);
        let alone = line.get("previous").is_none() && line.get("partner").is_none();
        alone && matches!(intent, Some("forecast" | "compare"))
    };
    let fit: Vec<&Value> = lines.iter().filter(fit).collect();
    let step = (fit.len() / PEOPLE).max(1);
    Ok(fit
        .iter()
        .step_by(step)
        .take(PEOPLE)
        .filter_map(|l| Some(l["question"].as_str()?.to_owned()))
        .collect())
}

/// Seconds.
fn s(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}
