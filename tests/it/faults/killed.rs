//! `kill -9` at random moments. A handful of trials in the ordinary suite;
//! `SPIFFCAST_KILL_TRIALS=200` makes as many of each kind.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use spiffcast::history::{self, Digests, Place};
use spiffcast::store::Store;
use spiffcast_engine::calendar::FiscalCalendar;

use super::{PASSWORD, QUESTION, rows, source};
use crate::history::World;
use crate::running::{self, Server, done, run};

pub(super) fn trials(otherwise: usize) -> usize {
    std::env::var("SPIFFCAST_KILL_TRIALS").ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// Moments, other ones each run; what it began with is told by a failure.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new() -> Self {
        let seed = uuid::Uuid::now_v7().as_u128() as u64;
        eprintln!("kill trials: seed {seed}");
        Self(seed)
    }

    /// Below 1.
    pub(super) fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn serving(data: &Path) -> Digests {
    let place = Place::Folder(data.to_owned());
    history::load(&place, FiscalCalendar::default()).expect("whole data").digests
}

#[tokio::test]
async fn an_import_killed_at_any_moment_leaves_the_old_or_the_new_data_and_a_whole_trail() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let one = source(folder.path(), "one", |_| ());
    let other = source(folder.path(), "other", |world: &mut World| {
        let text = String::from_utf8(world.files["partners.csv"].clone()).expect("text");
        world.files.insert("partners.csv".to_owned(), text.replace("Beta", "Gamma").into_bytes());
    });
    let begun = Instant::now();
    done(&["import", one.to_str().expect("text")], &data);
    let whole = begun.elapsed();
    let first = serving(&data);
    done(&["import", other.to_str().expect("text")], &data);
    let second = serving(&data);
    let (mut before, mut moves) = (second.clone(), 2);
    let store = Store::open(&data).await.expect("opened");
    let (mut dice, mut moved, mut late) = (Dice::new(), 0, 0);
    let trials = trials(8);
    for trial in 0..trials {
        let head = store.audit_head().await.expect("a head");
        let (from, to) = if before == first { (&other, &second) } else { (&one, &first) };
        let mut command = running::spiffcast();
        command.arg("import").arg(from).arg("--data").arg(&data);
        let mut child = command.stderr(std::process::Stdio::null()).spawn().expect("the binary runs");
        std::thread::sleep(whole.mul_f64(dice.roll()));
        child.kill().expect("killed");
        child.wait().expect("ended");

        let now = serving(&data);
        assert!(now == before || now == *to, "trial {trial}: neither the old nor the new data");
        if now != before {
            (before, moves, moved) = (now, moves + 1, moved + 1);
            late += usize::from(rows(&store, "import").await.len() < moves);
        }
        let found = store.verify_audit(Some(&head)).await.expect("walked");
        assert_eq!(found.broken, None, "trial {trial}");
        if trial % 4 == 3 || trial + 1 == trials {
            // The server starts again, with what the pointer names, and tells the trail.
            let server = Server::start(&data);
            assert_eq!(server.get("/healthz", "").expect("an answer").status, 200);
            drop(server);
            let told = rows(&store, "import").await;
            assert_eq!(told.len(), moves, "trial {trial}: a row for each import, and no other");
            assert_eq!(told[0].subject, before.data, "trial {trial}: the last one is what serves");
        }
    }
    // A whole import still goes through, and leaves nothing of the others behind.
    let last = if before == first { &other } else { &one };
    done(&["import", last.to_str().expect("text")], &data);
    let sets = fs::read_dir(data.join("sets")).expect("sets").count();
    assert!(sets <= 2, "{sets} sets");
    eprintln!("{trials} imports killed: {moved} had moved the pointer, {late} of them before their row");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_while_it_writes_loses_nothing_that_it_acknowledged() {
    let world = World::new();
    world.import().expect("imported");
    let data = world.data();
    let key = running::add("ana", "manager", PASSWORD, "ask", &data);
    let (mut dice, mut asked, mut entered) = (Dice::new(), 0, 0);
    let trials = trials(4);
    let mut acknowledged: Vec<String> = Vec::new();
    for trial in 0..trials {
        let head = Store::open(&data).await.expect("opened").audit_head().await.expect("a head");
        let mut server = Server::start(&data);
        let over = AtomicBool::new(false);
        let kill_after = Duration::from_millis(150 + (dice.roll() * 900.0) as u64);
        let (answers, sessions) = std::thread::scope(|scope| {
            let (server, over, key) = (&server, &over, &key);
            let ask = move || {
                let mut ids = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let Some(reply) = server.ask(key, QUESTION).filter(|reply| reply.status == 200) else {
                        continue;
                    };
                    // Half an answer is none.
                    let Ok(answer) = serde_json::from_str::<serde_json::Value>(&reply.body) else { continue };
                    ids.push(answer["run"]["id"].as_str().expect("an id").to_owned());
                }
                ids
            };
            let enter = move || {
                let mut sessions = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let reply = server.sign_in("ana", PASSWORD);
                    sessions.extend(reply.and_then(|reply| reply.cookie("spiffcast_session")));
                }
                sessions
            };
            let asking = [scope.spawn(ask), scope.spawn(ask)];
            let entering = scope.spawn(enter);
            std::thread::sleep(kill_after);
            kill_by_id(server);
            over.store(true, Ordering::Relaxed);
            let answers: Vec<String> = asking.into_iter().flat_map(|t| t.join().expect("no panic")).collect();
            (answers, entering.join().expect("no panic"))
        });
        server.kill();
        acknowledged.extend(answers.iter().cloned());
        let store = Store::open(&data).await.expect("it opens again");
        let found = store.verify_audit(Some(&head)).await.expect("walked");
        assert_eq!(found.broken, None, "trial {trial}");
        for id in &acknowledged {
            assert!(store.answer(id).await.expect("read").is_some(), "trial {trial}: {id} was acknowledged");
        }
        let kept = store.recent(1_000, None).await.expect("listed");
        let told = rows(&store, "answer").await;
        let ids = |ids: Vec<String>| ids.into_iter().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(
            ids(kept.into_iter().map(|row| row.id).collect()),
            ids(told.iter().take(1_000).map(|row| row.subject.clone()).collect()),
            "trial {trial}: an answer and its row, or neither"
        );
        asked += answers.len();
        entered += sessions.len();
        assert!(rows(&store, "sign_in").await.len() >= entered, "trial {trial}: a sign-in without its row");
        if let Some(session) = sessions.last() {
            let again = Server::start(&data);
            let page = again.get("/account", &format!("spiffcast_session={session}")).expect("an answer");
            assert_eq!(page.status, 200, "trial {trial}: a session that was begun goes on");
        }
    }
    let (code, told) = run(&["audit", "verify"], &data);
    assert_eq!(code, Some(0), "{told}");
    eprintln!("{trials} servers killed: {asked} answers and {entered} sign-ins acknowledged, all there");
}

/// `kill -9` of a server that other threads still use.
pub(super) fn kill_by_id(server: &Server) {
    let id = server.id().to_string();
    assert!(std::process::Command::new("kill").args(["-9", &id]).status().expect("kill runs").success());
}
