//! Arrows run one way: `web` and the command line use `app`, `app` uses the edges,
//! the edges use the engine, and siblings at the edge do not know each other. The
//! engine is pure.

use std::fs;
use std::path::{Path, PathBuf};

/// Which modules of the root crate a module may name with `crate::`.
const MAY_USE: [(&str, &[&str]); 17] = [
    ("cli", &["answer", "app", "auth", "config", "reports", "state", "web"]),
    ("web", &["answer", "app", "auth", "program_record", "reports"]),
    (
        "app",
        &[
            "answer",
            "auth",
            "config",
            "history",
            "language",
            "learned",
            "priors",
            "program_record",
            "published",
            "reports",
            "retrieval",
            "state",
            "store",
        ],
    ),
    (
        "state",
        &[
            "auth",
            "config",
            "history",
            "language",
            "learned",
            "priors",
            "program_record",
            "published",
            "retrieval",
            "store",
            "turns",
        ],
    ),
    ("turns", &[]),
    ("published", &["config", "history"]),
    ("learned", &["config", "history", "priors"]),
    ("priors", &[]),
    ("reports", &["answer"]),
    ("answer", &[]),
    ("program_record", &[]),
    ("history", &["config"]),
    ("retrieval", &["config"]),
    ("language", &["config"]),
    ("store", &["auth", "config"]),
    ("config", &[]),
    ("auth", &[]),
];

/// The only module that may name a heavy crate.
const ONLY_USER: [(&str, &str); 12] = [
    ("polars", "history"),
    ("qdrant_edge", "retrieval"),
    ("qdrant_client", "retrieval"),
    ("async_openai", "language"),
    ("reqwest", "language"),
    ("sqlx", "store"),
    ("axum", "web"),
    ("askama", "web"),
    ("kuva", "reports"),
    ("typst", "reports"),
    ("typst_pdf", "reports"),
    ("argon2", "auth"),
];

/// What the engine must not name: files, sockets, clocks, threads' order, globals.
const IMPURE: [&str; 9] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "thread_rng",
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The first folder or file name below `src/`, without `.rs`.
fn module_of(file: &Path) -> String {
    let below = file.strip_prefix(root().join("src")).expect("below src");
    let first = below.components().next().expect("a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The words that follow `prefix` in code lines (comments left out).
fn words_after<'a>(text: &'a str, prefix: &str) -> Vec<&'a str> {
    let code = text.lines().filter(|l| !l.trim_start().starts_with("//"));
    code.flat_map(|line| line.match_indices(prefix).map(move |(at, _)| &line[at + prefix.len()..]))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""))
        .filter(|word| !word.is_empty())
        .collect()
}

#[test]
fn modules_only_use_what_lies_below_them() {
    let mut wrong = Vec::new();
    for file in rust_files(&root().join("src")) {
        let module = module_of(&file);
        if module == "lib" || module == "main" {
            continue;
        }
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("{module} has no row in MAY_USE"));
            continue;
        };
        let text = fs::read_to_string(&file).expect("readable");
        for used in words_after(&text, "crate::") {
            if used != module && !allowed.contains(&used) {
                wrong.push(format!("{} uses crate::{used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point the wrong way:\n{}", wrong.join("\n"));
}

#[test]
fn heavy_crates_have_one_user_each() {
    let mut wrong = Vec::new();
    for file in rust_files(&root().join("src")) {
        let module = module_of(&file);
        let text = fs::read_to_string(&file).expect("readable");
        for (name, owner) in ONLY_USER {
            let used = text
                .lines()
                .filter(|l| !l.trim_start().starts_with("//"))
                .any(|l| l.contains(&format!("{name}::")));
            if used && module != owner {
                wrong.push(format!("{} uses {name}, which belongs to {owner}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_engine_is_pure() {
    let mut wrong = Vec::new();
    for file in rust_files(&root().join("crates/engine/src")) {
        let text = fs::read_to_string(&file).expect("readable");
        for name in IMPURE {
            if text.lines().any(|l| !l.trim_start().starts_with("//") && l.contains(name)) {
                wrong.push(format!("{} names {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_engine_depends_on_nothing_that_talks_to_the_outside() {
    let manifest = fs::read_to_string(root().join("crates/engine/Cargo.toml")).expect("readable");
    for heavy in ["tokio", "polars", "qdrant", "sqlx", "axum", "reqwest", "async-openai", "rand ="] {
        assert!(!manifest.contains(heavy), "the engine depends on {heavy}");
    }
}

/// Who reads the company, the model or an answer past the limits of who asks, and how often:
/// everything else goes through `State::company`, `State::books` and `Copilot::answer`, which
/// somebody who is limited to regions gets narrowed. A new place is a decision: it counts
/// (`State::counted`), cuts, or is never reached by who is limited.
const PAST_THE_LIMITS: [(&str, usize); 6] = [
    // The track record: sums of the company, without partners.
    ("src/app/accuracy.rs", 1),
    // Played whole, counted for the asker.
    ("src/app/ask.rs", 1),
    // An answer, cut by `scope::may_read`; sales of partners that the forecast names.
    ("src/app/copilot.rs", 2),
    // Never of who is limited; and scores of what was given, by nobody.
    ("src/app/ledger.rs", 4),
    // What programs cost, after who is limited was told that it is left out.
    ("src/app/programs.rs", 4),
    // Where it is narrowed; reconciliation: replayed whole, compared for the asker.
    ("src/state.rs", 6),
];

#[test]
fn who_reads_past_the_limits_of_who_asks_is_named() {
    let ways = ["whole()", "state.model", "&self.model", "store.answer("];
    let mut found = Vec::new();
    for file in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&file).expect("readable");
        let code = text.lines().filter(|l| !l.trim_start().starts_with("//") && !l.contains("fn whole"));
        let times = code.filter(|l| ways.iter().any(|way| l.contains(way))).count();
        let place = file.strip_prefix(root()).expect("below").display().to_string();
        // The store's own test, and models of languages, are other things.
        if times > 0 && !place.starts_with("src/store/") && !place.starts_with("src/l") {
            found.push((place, times));
        }
    }
    found.sort();
    let named: Vec<(String, usize)> = PAST_THE_LIMITS.iter().map(|(p, n)| ((*p).to_owned(), *n)).collect();
    assert_eq!(found, named);
}
