//! No room: a limit on the size of files, which every Unix has, and a small file system
//! of its own, where one may be mounted without being root.

use std::process::Command;

use spiffcast::history::{self, Place};
use spiffcast::store::Store;
use spiffcast_engine::calendar::FiscalCalendar;

use super::{PASSWORD, QUESTION, source};
use crate::history::World;
use crate::running::{self, Server, done};

#[tokio::test]
async fn an_import_without_room_changes_nothing_and_says_so() {
    let world = World::new();
    let served = world.import().expect("imported").digests;
    let data = world.data();
    let other = source(data.parent().expect("a parent"), "other", |world| {
        // More than fits below the limit, and hard to pack.
        let mut text = String::from_utf8(world.files["transactions.csv"].clone()).expect("text");
        for n in 0..60_000_u64 {
            let units = n.wrapping_mul(2_654_435_761) % 9_973 + 1;
            text.push_str(&format!(
                "N-{units}-{n},1,2026-02-{:02},,P-1,PX-100,{units},{units}.5,USD,sale,\n",
                n % 28 + 1
            ));
        }
        world.files.insert("transactions.csv".to_owned(), text.into_bytes());
    });
    running::add("ana", "manager", PASSWORD, "ask", &data);
    // What is in the log of the database goes into its file, and below the limit.
    Store::open(&data).await.expect("opened").close().await;
    // Blocks of 512 bytes; without the signal, writing fails as on a full disk.
    let script = r#"trap '' XFSZ; ulimit -f 512; exec "$@""#;
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_spiffcast"), "import"]);
    let output = command.arg(&other).arg("--data").arg(&data).output().expect("sh runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && told.contains("cannot write the file"), "{told}");
    let now = history::load(&Place::Folder(data.clone()), FiscalCalendar::default()).expect("whole data");
    assert_eq!(now.digests, served);
    done(&["import", other.to_str().expect("text")], &data);
}

/// With mounts of its own, and nothing of it left when it ends.
const APART: [&str; 5] = ["--map-root-user", "--mount", "--pid", "--fork", "--kill-child"];

/// A data folder on a file system of a few megabytes, which lines of input fill, free and
/// look at.
const SMALL_DISK: &str = r#"
mount -t tmpfs -o size=48m none "$2" || exit 9
cp -r "$3"/. "$2"
"$1" serve --listen 127.0.0.1:0 --data "$2" & server=$!
while read -r asked; do
  case "$asked" in
    fill) cat /dev/zero > "$2/filler" 2>/dev/null ;;
    free) rm "$2/filler" ;;
    import) "$1" import "$4" --data "$2" 2>&1; echo "code $?" ;;
    verify) "$1" audit verify --data "$2" 2>&1 ;;
    stop) kill -9 $server ;;
  esac
  echo done
done
kill -9 $server 2>/dev/null
"#;

#[test]
fn a_server_on_a_full_disk_reads_on_says_what_is_wrong_and_recovers() {
    let try_it = Command::new("unshare")
        .args(APART)
        .args(["sh", "-c", "mount -t tmpfs -o size=1m none /mnt"])
        .output();
    if !try_it.is_ok_and(|output| output.status.success()) {
        eprintln!("NOTICE: no file system may be mounted here; the test of a full disk does not run.");
        return;
    }
    let world = World::new();
    world.import().expect("imported");
    let data = world.data();
    let key = running::add("ana", "manager", PASSWORD, "ask,answers-read", &data);
    let other = source(data.parent().expect("a parent"), "other", |world| {
        let text = String::from_utf8(world.files["partners.csv"].clone()).expect("text");
        world.files.insert("partners.csv".to_owned(), text.replace("Beta", "Gamma").into_bytes());
    });
    let small = tempfile::tempdir().expect("a folder");
    let mut command = Command::new("unshare");
    command.args(APART).args(["sh", "-c", SMALL_DISK, "sh", env!("CARGO_BIN_EXE_spiffcast")]);
    for key in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "QDRANT_URL", "SPIFFCAST_AUDIT_KEY_FILE"] {
        command.env_remove(key);
    }
    command.arg(small.path()).arg(&data).arg(&other);
    let mut server = Server::of(command);
    let first = server.ask(&key, QUESTION).expect("an answer");
    assert_eq!(first.status, 200, "{}", first.body);
    let id: serde_json::Value = serde_json::from_str(&first.body).expect("JSON");
    let kept = format!("/api/v1/scenarios/{}", id["run"]["id"].as_str().expect("an id"));
    let entered = server.sign_in("ana", PASSWORD).expect("an answer");
    let cookie = format!("spiffcast_session={}", entered.cookie("spiffcast_session").expect("a session"));

    server.told("fill");
    let mut refused = 0;
    for _ in 0..3 {
        // What still fits into pages that are there may succeed.
        for reply in
            [server.ask(&key, QUESTION), server.sign_in("ana", PASSWORD)].map(|r| r.expect("an answer"))
        {
            assert!(matches!(reply.status, 200 | 303 | 503), "{} {}", reply.status, reply.body);
            refused += usize::from(reply.status == 503);
            assert!(!reply.body.contains("database or disk"), "no internals: {}", reply.body);
        }
    }
    assert!(refused > 0, "the disk was full");
    let bearer = format!("Bearer {key}");
    assert_eq!(server.send("GET", &kept, &[("authorization", &bearer)], "").expect("an answer").status, 200);
    for path in ["/", "/account", "/scenarios", "/healthz"] {
        assert_eq!(server.get(path, &cookie).expect("an answer").status, 200, "{path}");
    }
    let told = server.told("import");
    assert!(!told.contains("code 0") && told.contains("code "), "{told}");

    server.told("free");
    assert_eq!(server.ask(&key, QUESTION).expect("an answer").status, 200);
    assert_eq!(server.sign_in("ana", PASSWORD).expect("an answer").status, 303);
    assert!(server.told("import").contains("code 0"));
    assert!(server.told("verify").contains("all as they were written"));
    server.told("stop");
}
