//! What takes a socket: heads and bodies that never come to an end, ones that are too
//! large, requests that contradict themselves, more connections than there are places.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use spiffcast::auth::Role;
use spiffcast::web::{self, Options};

use crate::people::{People, Person};
use crate::running::Reply;
use crate::samples::Scripted;

/// Where a server with small limits listens, and somebody who is signed in there.
async fn serve(options: Options) -> (SocketAddr, Person, People) {
    let people = People::demo().await;
    let person = people.enter(Role::Manager).await;
    let listener =
        web::bind("127.0.0.1:0".parse().expect("an address"), &people.accounts).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let copilot = Scripted::new(Duration::ZERO);
    tokio::spawn(web::serve(listener, copilot, people.accounts.clone(), options, std::future::pending()));
    (address, person, people)
}

fn quick() -> Options {
    Options {
        head_time_max: Duration::from_millis(600),
        body_time_max: Duration::from_millis(600),
        ..Options::default()
    }
}

fn open(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("connected");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
    stream
}

/// Sends bytes a few at a time until the other side has enough, and how long that took.
fn drip(mut stream: TcpStream, begin: &str, bytes: &str) -> (Option<Reply>, Duration) {
    let begun = Instant::now();
    stream.write_all(begin.as_bytes()).expect("sent");
    let mut writer = stream.try_clone().expect("a handle");
    let bytes = bytes.to_owned();
    let writing = std::thread::spawn(move || {
        for byte in bytes.bytes() {
            if writer.write_all(&[byte]).is_err() || begun.elapsed() > Duration::from_secs(15) {
                break;
            }
            std::thread::sleep(Duration::from_millis(30));
        }
    });
    let reply = Reply::read(&mut stream);
    let took = begun.elapsed();
    drop(stream);
    writing.join().expect("no panic");
    (reply, took)
}

fn ask(address: SocketAddr, person: &Person, length: usize) -> String {
    format!(
        "POST /api/v1/ask HTTP/1.1\r\nhost: {address}\r\ncookie: {}\r\nx-form-token: {}\r\ncontent-type: application/json\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n",
        person.cookie(),
        person.form_token()
    )
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("no panic")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_too_slowly_is_cut_off() {
    let (address, person, _people) = serve(quick()).await;
    let long = "x".repeat(400);
    let heads = [
        // A head that never ends, one that never begins, and nothing at all.
        (format!("GET /sign-in HTTP/1.1\r\nhost: {address}\r\nx: "), long.clone()),
        (String::new(), format!("GET /{long}")),
        (String::new(), String::new()),
        // After a whole request, on the same connection.
        (format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\n\r\n"), String::new()),
    ];
    for (begin, rest) in heads {
        let said = begin.clone();
        let (_, took) = apart(move || drip(open(address), &begin, &rest)).await;
        assert!(took < Duration::from_secs(8), "{said:?} held a place for {took:?}");
    }
    let begin = ask(address, &person, 400);
    let (reply, took) = apart(move || drip(open(address), &begin, &long)).await;
    assert!(took < Duration::from_secs(8), "{took:?}");
    let reply = reply.expect("it is said");
    assert_eq!(reply.status, 408, "{}", reply.body);
    assert!(reply.body.contains("too slowly"), "{}", reply.body);
    // A form as well, whose token is looked for in its body.
    let begin = format!(
        "POST /sign-in HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         connection: close\r\ncontent-length: 400\r\n\r\n"
    );
    let (reply, _) = apart(move || drip(open(address), &begin, &"x".repeat(400))).await;
    assert_eq!(reply.expect("it is said").status, 408);
    // Whoever is quick is served meanwhile and after.
    let body = r#"{"question": "raise the Product X SPIFF 5% for Q3"}"#;
    let whole = ask(address, &person, body.len()) + body;
    let (reply, _) = apart(move || drip(open(address), &whole, "")).await;
    assert_eq!(reply.expect("an answer").status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_connections_than_there_are_places_wait_their_turn() {
    let (address, _, _people) = serve(Options { connections_max: 4, ..quick() }).await;
    let (status, took) = apart(move || {
        let idle: Vec<TcpStream> = (0..12).map(|_| open(address)).collect();
        let begun = Instant::now();
        let request = format!("GET /healthz HTTP/1.0\r\nhost: {address}\r\n\r\n");
        let (reply, _) = drip(open(address), &request, "");
        drop(idle);
        (reply.expect("an answer").status, begun.elapsed())
    })
    .await;
    assert_eq!(status, 200);
    assert!(took < Duration::from_secs(15), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_contradicts_itself_is_refused() {
    let (address, person, _people) = serve(Options::default()).await;
    let body = |size: usize| format!(r#"{{"question": "{}"}}"#, "x".repeat(size));
    let large = body(300 << 10);
    let whole = ask(address, &person, large.len()) + &large;
    let deep = format!(r#"{{"question": {}1{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    let nested = ask(address, &person, deep.len()) + &deep;
    let chunked = ask(address, &person, 0).replace("content-length: 0", "transfer-encoding: chunked");
    let piece = "x".repeat(64 << 10);
    let chunks: String = (0..8).map(|_| format!("{:x}\r\n{piece}\r\n", piece.len())).collect();
    let head =
        |more: &str| format!("GET /sign-in HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{more}\r\n");
    let smuggled = ask(address, &person, 4)
        .replace("content-length: 4", "content-length: 4\r\ntransfer-encoding: chunked");
    let cases: [(&str, String, &[u16]); 9] = [
        ("a huge body", whole, &[413]),
        ("a huge body in pieces", format!("{chunked}{chunks}0\r\n\r\n"), &[413]),
        ("deeply nested", nested, &[400]),
        ("a huge header", head(&format!("x: {}\r\n", "x".repeat(200 << 10))), &[431]),
        ("many headers", head(&(0..2_000).map(|n| format!("x-{n}: 1\r\n")).collect::<String>()), &[431]),
        (
            "a huge address",
            format!("GET /{} HTTP/1.1\r\nhost: {address}\r\n\r\n", "x".repeat(100 << 10)),
            &[414, 431],
        ),
        (
            "two lengths",
            ask(address, &person, 4).replace("content-length: 4", "content-length: 4\r\ncontent-length: 40")
                + "null",
            &[400],
        ),
        // RFC 9112, 6.1: the chunks count and the length does not; nothing is left over.
        ("a length and chunks", smuggled + "0\r\n\r\nGET /users HTTP/1.1\r\n\r\n", &[400, 422]),
        ("no head at all", "\u{16}\u{3}\u{1}\u{2}\u{0}\r\n\r\n".to_owned(), &[400]),
    ];
    for (what, request, expected) in cases {
        let reply = apart(move || {
            let mut stream = open(address);
            // The other side may have read enough before all is sent.
            let _ = stream.write_all(request.as_bytes());
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
        .await;
        let status = reply.split(' ').nth(1).and_then(|s| s.parse::<u16>().ok());
        // A connection that is closed on what is still being sent loses the answer.
        assert!(status.is_none_or(|s| expected.contains(&s)), "{what}: {reply}");
        assert_eq!(
            reply.matches("HTTP/1.1 ").count(),
            usize::from(status.is_some()),
            "{what}: one answer at most"
        );
    }
    let alive = format!("GET /healthz HTTP/1.0\r\nhost: {address}\r\n\r\n");
    assert_eq!(apart(move || drip(open(address), &alive, "")).await.0.expect("an answer").status, 200);
}
