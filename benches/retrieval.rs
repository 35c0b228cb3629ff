//! How long a search over 10,000 clauses takes with the index inside the process:
//! `cargo bench --bench retrieval`. The aim is under 5 ms at the 99th percentile.

use std::time::{Duration, Instant};

use spiffcast::history::{self, Place};
use spiffcast::retrieval::{self, Kind, Query};
use spiffcast_engine::calendar::{FiscalCalendar, Span};
use spiffcast_engine::company::Company;

const CLAUSES: usize = 10_000;
const ROUNDS: usize = 20;
const QUESTIONS: &str = include_str!("../data/questions/retrieval-demo.jsonl");

fn main() {
    let mut company =
        history::load(&Place::Demo, FiscalCalendar::default()).expect("the demo company").company;
    let clauses = grow(&mut company);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::TempDir::new().expect("a folder");
    let started = Instant::now();
    let opened = runtime.block_on(retrieval::open(&company, folder.path(), None));
    let index = opened.expect("an index");
    eprintln!("{clauses} clauses indexed in {:.2?}", started.elapsed());
    let questions: Vec<String> = QUESTIONS.lines().map(question).collect();
    let today = company.today();
    for in_force_on in [Some(Span::new(today, today)), None] {
        let mut times: Vec<Duration> = Vec::new();
        for _ in 0..ROUNDS {
            for text in &questions {
                let query = Query {
                    text: text.clone(),
                    kinds: vec![Kind::Clause],
                    in_force_on,
                    limit: 8,
                    ..Query::default()
                };
                let started = Instant::now();
                runtime.block_on(index.search(&query)).expect("hits");
                times.push(started.elapsed());
            }
        }
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        let which = if in_force_on.is_some() { "in force today" } else { "of any day" };
        eprintln!(
            "{which}: {} searches, median {:.2?}, 99th percentile {:.2?}",
            times.len(),
            at(0.5),
            at(0.99)
        );
    }
}

/// Copies of the programs under other names until there are clauses enough.
fn grow(company: &mut Company) -> usize {
    let originals = company.programs.clone();
    let count = |company: &Company| -> usize {
        company.programs.iter().flat_map(|p| &p.versions).map(|v| v.clauses.len()).sum()
    };
    for copy in 1.. {
        if count(company) >= CLAUSES {
            break;
        }
        company.programs.extend(originals.iter().cloned().map(|mut program| {
            program.id = format!("{}-{copy}", program.id);
            for version in &mut program.versions {
                version.program.clone_from(&program.id);
                version.name = format!("{} {copy}", version.name);
            }
            program
        }));
    }
    count(company)
}

fn question(line: &str) -> String {
    let read: serde_json::Value = serde_json::from_str(line).expect("a judgement");
    read["question"].as_str().expect("a question").to_owned()
}
