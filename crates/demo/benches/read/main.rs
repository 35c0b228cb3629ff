//! How fast questions are read: the shipped sets over their own companies, and the
//! demo company's over one with 2,000 products and 10,000 partners. Prints a Markdown
//! table for docs/BENCHMARKS.md.
//!
//! `cargo bench -p spiffcast-demo --bench read`: one thread, wall time, each question
//! the best of some runs, because other work on the machine only ever adds to it.

#![allow(clippy::print_stdout, reason = "its output is the table")]

#[path = "../../tests/it/catalogue.rs"]
mod catalogue;
mod large;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use spiffcast_engine::company::Company;
use spiffcast_engine::reading::evaluate::{Question, parse};
use spiffcast_engine::reading::{Context, Names, read};

const DEMO: &[&str] = &[
    include_str!("../../../../data/questions/demo.jsonl"),
    include_str!("../../../../data/questions/blind-demo.jsonl"),
    include_str!("../../../../data/questions/aside-demo.jsonl"),
];
const SECOND: &[&str] = &[
    include_str!("../../../../data/questions/harrow.jsonl"),
    include_str!("../../../../data/questions/blind-harrow.jsonl"),
    include_str!("../../../../data/questions/aside-harrow.jsonl"),
];
const TIMES: usize = 7;

fn main() {
    println!(
        "| company | partners | products | names indexed in | questions | median | 99th percentile | longest |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let demo = catalogue::demo();
    row("demo", &demo, DEMO);
    row("second", &catalogue::second(), SECOND);
    row("demo, grown", &large::grown(&demo, 10_000, 2_000), DEMO);
}

fn row(name: &str, company: &Company, sets: &[&str]) {
    let questions: Vec<Question> =
        sets.iter().flat_map(|set| parse(set).expect("a set without errors")).collect();
    let (indexing, names) = best_of(|| Names::of(company));
    let mut times: Vec<Duration> = questions.iter().map(|q| time(q, company, &names)).collect();
    times.sort_unstable();
    let at = |share: usize| milliseconds(times[(times.len() - 1) * share / 100]);
    println!(
        "| {name} | {} | {} | {} ms | {} | {} ms | {} ms | {} ms |",
        company.catalog.partners.len(),
        company.catalog.products.len(),
        milliseconds(indexing),
        times.len(),
        at(50),
        at(99),
        at(100),
    );
}

/// The last turn alone: the ones before it were questions of their own.
fn time(question: &Question, company: &Company, names: &Names) -> Duration {
    let answers = BTreeMap::new();
    let mut last = None;
    for turn in &question.previous {
        last = Some(read(
            turn,
            &Context {
                company,
                names,
                answers: &answers,
                previous: last.as_ref(),
                partner: question.partner.as_deref(),
            },
        ));
    }
    let context = Context {
        company,
        names,
        answers: &answers,
        previous: last.as_ref(),
        partner: question.partner.as_deref(),
    };
    best_of(|| read(&question.question, &context)).0
}

fn best_of<T>(mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut best: Option<(Duration, T)> = None;
    for _ in 0..TIMES {
        let start = Instant::now();
        let out = black_box(work());
        let took = start.elapsed();
        if best.as_ref().is_none_or(|(b, _)| took < *b) {
            best = Some((took, out));
        }
    }
    best.expect("at least one run")
}

fn milliseconds(took: Duration) -> String {
    format!("{:.2}", took.as_secs_f64() * 1e3)
}
