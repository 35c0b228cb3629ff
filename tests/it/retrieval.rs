//! The contract of search: the same for the index inside the process, always, and for
//! a Qdrant server where `QDRANT_URL` names one.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use spiffcast::config::{QdrantSettings, Secret};
use spiffcast::history::{self, Place};
use spiffcast::retrieval::{self, Hit, Kind, Query, Retriever};
use spiffcast_engine::calendar::{FiscalCalendar, Span};
use spiffcast_engine::company::Company;
use tempfile::TempDir;

/// The demo company, loaded once for all tests.
fn company() -> &'static Company {
    static COMPANY: OnceLock<Company> = OnceLock::new();
    COMPANY.get_or_init(|| {
        history::load(&Place::Demo, FiscalCalendar::default()).expect("the demo company").company
    })
}

fn q3() -> Span {
    Span::new("2026-07-01".parse().expect("a day"), "2026-09-30".parse().expect("a day"))
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(work)
}

async fn embedded(folder: &Path) -> Arc<dyn Retriever> {
    retrieval::open(company(), folder, None).await.expect("an index")
}

/// The homes of the index that can be reached here.
async fn homes(folder: &Path) -> Vec<Arc<dyn Retriever>> {
    let mut homes = vec![embedded(folder).await];
    if let Ok(url) = std::env::var("QDRANT_URL") {
        let api_key = std::env::var("QDRANT_API_KEY").ok().map(Secret::new);
        let server = QdrantSettings { url, api_key };
        let home = retrieval::open(company(), folder, Some(&server)).await.expect("an index");
        assert_eq!(home.notice(), None, "QDRANT_URL is set, so the server must answer");
        homes.push(home);
    }
    homes
}

fn clauses(text: &str) -> Query {
    Query {
        text: text.into(),
        kinds: vec![Kind::Clause],
        in_force_on: Some(q3()),
        limit: 8,
        ..Query::default()
    }
}

#[test]
fn the_question_brings_the_clauses_in_force_first() {
    run(async {
        let folder = TempDir::new().expect("a folder");
        let program = company().program("spiff-product-x").expect("the program");
        let version = program.version_on(q3().start).expect("a version in force").version;
        for home in homes(folder.path()).await {
            let hits = home.search(&clauses("raise the Product X SPIFF 5% for Q3")).await.expect("hits");
            assert_eq!(hits.len(), 8, "{}", home.describe());
            for hit in &hits[..3] {
                let found = (hit.program.as_deref(), hit.version);
                assert_eq!(found, (Some("spiff-product-x"), Some(version)), "{hits:#?}");
            }
            assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
            assert!(hits.iter().all(|h| h.clause.is_some() && !h.excerpt.is_empty()));
        }
    });
}

#[test]
fn filters_hold() {
    run(async {
        let folder = TempDir::new().expect("a folder");
        for home in homes(folder.path()).await {
            let all =
                Query { limit: 200, kinds: vec![], ..clauses("Product X SPIFF Gold partner EMEA eligible") };
            let hits = home.search(&all).await.expect("hits");
            assert!(hits.iter().all(|h| h.effective.is_none_or(|e| e.intersection(&q3()).is_some())));
            assert!(hits.iter().map(|h| h.kind).collect::<HashSet<_>>().len() >= 4, "{}", hits.len());
            let one = Query { programs: vec!["rebate-volume".into()], in_force_on: None, ..all.clone() };
            let hits = home.search(&one).await.expect("hits");
            assert!(!hits.is_empty() && hits.iter().all(|h| h.program.as_deref() == Some("rebate-volume")));
            let versions: HashSet<_> = hits.iter().map(|h| h.version).collect();
            assert!(versions.len() > 1, "without a day every version may answer");
            let none = Query { programs: vec!["no-such-program".into()], ..all.clone() };
            assert_eq!(home.search(&none).await.expect("no hits"), Vec::<Hit>::new());
            assert_eq!(
                home.search(&Query { limit: 0, ..all.clone() }).await.expect("no hits"),
                Vec::<Hit>::new()
            );
            let product = Query { kinds: vec![Kind::Product], text: "PX-100".into(), limit: 1, ..all };
            assert_eq!(home.search(&product).await.expect("hits")[0].id, "product:PX-100");
        }
    });
}

#[test]
fn no_text_breaks_the_search() {
    let long = "spiff ".repeat(2_000);
    let texts = [
        "",
        "   \n\t ",
        "\u{0}\u{1}\u{7f}",
        "\u{202e}\u{200d}\u{feff}",
        "👩‍👩‍👧‍👦 ＳＰＩＦＦ ﷽ e\u{301}\u{301}\u{301}",
        "中文问题 القسيمة вопрос",
        "'; DROP TABLE clauses; -- {\"must\": []}",
        "§ % $ -5% 5000% 1e300",
        long.as_str(),
    ];
    run(async {
        let folder = TempDir::new().expect("a folder");
        for home in homes(folder.path()).await {
            for text in texts {
                home.search(&clauses(text)).await.expect("an answer, if an empty one");
                let odd = Query { programs: vec![text.into()], ..clauses("spiff") };
                assert_eq!(home.search(&odd).await.expect("no hits"), Vec::<Hit>::new());
            }
            let giant = "x".repeat(1_000_000);
            home.search(&clauses(&giant)).await.expect("an answer, if an empty one");
            assert!(home.search(&clauses("")).await.expect("no hits").is_empty());
            assert!(!home.search(&clauses(&long)).await.expect("hits").is_empty());
        }
    });
}

#[test]
fn the_index_is_kept_and_a_broken_one_is_built_again() {
    run(async {
        let folder = TempDir::new().expect("a folder");
        let question = clauses("monthly cap");
        let expected = embedded(folder.path()).await.search(&question).await.expect("hits");
        let index = only_folder(&folder.path().join("retrieval"));
        let made = fs::metadata(&index).expect("the index").created().expect("a time");
        assert_eq!(embedded(folder.path()).await.search(&question).await.expect("hits"), expected);
        assert_eq!(fs::metadata(&index).expect("the index").created().expect("a time"), made, "built twice");
        // Every file cut to half its length, then every file gone.
        for_each_file(&index, &|path, bytes| fs::write(path, &bytes[..bytes.len() / 2]).expect("written"));
        assert_eq!(embedded(folder.path()).await.search(&question).await.expect("hits"), expected);
        for_each_file(&index, &|path, _| fs::remove_file(path).expect("removed"));
        assert_eq!(embedded(folder.path()).await.search(&question).await.expect("hits"), expected);
        // What is left of an index that was being built is no obstacle.
        fs::create_dir_all(folder.path().join("retrieval/.new/segments")).expect("a folder");
        fs::remove_dir_all(&index).expect("removed");
        assert_eq!(embedded(folder.path()).await.search(&question).await.expect("hits"), expected);
    });
}

fn only_folder(folder: &Path) -> std::path::PathBuf {
    let folders = fs::read_dir(folder).expect("a folder").flatten().map(|e| e.path()).filter(|p| p.is_dir());
    let found: Vec<_> = folders.collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

fn for_each_file(folder: &Path, work: &dyn Fn(&Path, &[u8])) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            for_each_file(&entry.path(), work);
        } else {
            work(&entry.path(), &fs::read(entry.path()).expect("readable"));
        }
    }
}

#[test]
fn two_may_search_one_folder_and_none_is_needed() {
    run(async {
        let folder = TempDir::new().expect("a folder");
        let (first, second) = (embedded(folder.path()).await, embedded(folder.path()).await);
        let question = clauses("returns and clawback");
        let expected = first.search(&question).await.expect("hits");
        assert!(!expected.is_empty());
        assert_eq!(second.search(&question).await.expect("hits"), expected);
        assert!(second.describe().contains("temporary"), "{}", second.describe());
        let file = folder.path().join("a-file");
        fs::write(&file, "").expect("written");
        let nowhere = embedded(&file.join("below")).await;
        assert_eq!(nowhere.search(&question).await.expect("hits"), expected);
    });
}

#[test]
fn a_server_that_does_not_answer_is_named_and_replaced() {
    run(async {
        let folder = TempDir::new().expect("a folder");
        let url = "http://user:canary@127.0.0.1:9".to_owned();
        let server = QdrantSettings { url, api_key: Some(Secret::new("canary")) };
        let home = retrieval::open(company(), folder.path(), Some(&server)).await.expect("an index");
        assert!(!home.search(&clauses("product x spiff")).await.expect("hits").is_empty());
        let notice = home.notice().expect("a notice");
        assert!(notice.contains("127.0.0.1:9") && notice.contains("built-in index"), "{notice}");
        assert!(!notice.contains("canary") && !home.describe().contains("canary"), "{notice}");
    });
}
