//! Retrieval against judgements: for each question, the clauses that govern it
//! (data/questions/README.md). Words alone, no embeddings.

use std::fs;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;
use spiffcast::history::{self, Place};
use spiffcast::retrieval::{self, Hit, Kind, Query, Retriever};
use spiffcast_engine::calendar::{FiscalCalendar, Span};
use spiffcast_engine::company::Company;
use tempfile::TempDir;

const DEMO: &str = include_str!("../../data/questions/retrieval-demo.jsonl");
const HARROW: &str = include_str!("../../data/questions/retrieval-harrow.jsonl");

/// A question with the clauses that govern it; one of them is enough.
#[derive(Deserialize)]
struct Judged {
    id: String,
    question: String,
    /// The day asked about; the company's today where there is none.
    on: Option<NaiveDate>,
    governing: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    program: String,
    version: u32,
    clause: String,
}

impl Judged {
    fn is_governing(&self, hit: &Hit) -> bool {
        let found = (hit.program.as_deref(), hit.version, hit.clause.as_deref());
        self.governing.iter().any(|g| found == (Some(&*g.program), Some(g.version), Some(&*g.clause)))
    }

    /// Every judgement names a clause that is there, in force on the day.
    fn is_sound(&self, company: &Company) -> bool {
        let on = self.on.unwrap_or(company.today());
        let holds = |g: &Rule| {
            let version = company.program(&g.program).and_then(|p| p.version_on(on));
            version.is_some_and(|v| v.version == g.version && v.clauses.iter().any(|c| c.number == g.clause))
        };
        !self.governing.is_empty() && self.governing.iter().all(holds)
    }
}

fn judged(set: &str) -> Vec<Judged> {
    set.lines().map(|line| serde_json::from_str(line).expect("a judgement")).collect()
}

/// How many questions have a governing clause first, and among the first three; prints
/// those that have not.
async fn score(set: &[Judged], company: &Company, home: &Arc<dyn Retriever>) -> (usize, usize) {
    let (mut first, mut third) = (0, 0);
    for one in set {
        assert!(one.is_sound(company), "{}: the judgement is not of this company on this day", one.id);
        let on = one.on.unwrap_or(company.today());
        let query = Query {
            text: one.question.clone(),
            kinds: vec![Kind::Clause],
            in_force_on: Some(Span::new(on, on)),
            limit: 3,
            ..Query::default()
        };
        let hits = home.search(&query).await.expect("hits");
        first += usize::from(hits.first().is_some_and(|h| one.is_governing(h)));
        if hits.iter().any(|h| one.is_governing(h)) {
            third += 1;
        } else {
            let found: Vec<_> = hits.iter().map(|h| h.id.as_str()).collect();
            eprintln!("{} {:?}: {found:?}", one.id, one.question);
        }
    }
    (first, third)
}

/// The governing clause is among the first three for at least 95% of the questions.
async fn holds(set: &str, least: usize, company: &Company) {
    let set = judged(set);
    assert!(set.len() >= least, "{} judgements", set.len());
    let folder = TempDir::new().expect("a folder");
    let home = retrieval::open(company, folder.path(), None).await.expect("an index");
    let (first, third) = score(&set, company, &home).await;
    eprintln!("first: {first}, among three: {third}, of {}", set.len());
    assert!(third * 100 >= set.len() * 95, "{third} of {} among the first three", set.len());
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(work)
}

#[test]
fn the_governing_clause_is_among_the_first_three() {
    let company = history::load(&Place::Demo, FiscalCalendar::default()).expect("the demo company").company;
    run(holds(DEMO, 100, &company));
}

#[test]
fn so_it_is_over_a_company_of_other_words() {
    let (source, data) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    for (path, bytes) in spiffcast_demo::harrow::harrow(1).files() {
        let file = source.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, bytes).expect("written");
    }
    let calendar = FiscalCalendar { first_month: spiffcast_demo::harrow::FIRST_MONTH };
    history::import(source.path(), data.path(), calendar, "ana", &|_| ()).expect("imported");
    let company = history::load(&Place::Folder(data.path().into()), calendar).expect("loaded").company;
    run(holds(HARROW, 30, &company));
}
