//! The real program on a folder of its own, and somebody who talks to it: with a key over
//! the API, and as a browser does on its pages.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use spiffcast::auth::token::form_token;

/// Whatever stops a measurement.
pub type Failed = Box<dyn Error + Send + Sync>;

const PROGRAM: &str = env!("CARGO_BIN_EXE_spiffcast");
const LOGIN: &str = "load";
const PASSWORD: &str = "measure what is slow 7";
/// What is measured over the API.
const SCOPES: &str = "ask,answers-read";
/// Longest wait for the server to answer at all: a large company is learned from first.
const START_MAX: Duration = Duration::from_secs(1_800);

/// A server at work; it ends with this.
pub struct Server {
    child: Child,
    base: String,
    key: String,
    /// Of somebody who has signed in.
    session: String,
    client: Client,
    /// From its start to its first answer.
    pub started: Duration,
}

/// An answered question.
pub struct Asked {
    pub id: String,
    /// To the first sign of progress; all of it where progress was not watched.
    pub progress: Duration,
    pub took: Duration,
}

/// A page or a file.
pub struct Got {
    pub status: u16,
    pub took: Duration,
    /// As it came, compressed where the server does that.
    pub bytes: usize,
}

/// The program, at work in a folder where it finds or makes its own data.
fn program(folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder);
    command
}

/// Makes tables the data of the program in `folder`; how long that took.
pub fn import(source: &Path, folder: &Path) -> Result<Duration, Failed> {
    let begun = Instant::now();
    run(program(folder).arg("import").arg(source), "")?;
    Ok(begun.elapsed())
}

/// What a command printed.
fn run(command: &mut Command, input: &str) -> Result<String, Failed> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("no input")?.write_all(input.as_bytes())?;
    let out = child.wait_with_output()?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned().into());
    }
    Ok(String::from_utf8(out.stdout)?)
}

/// A form with its fields.
fn form(request: RequestBuilder, fields: &[(String, String)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

/// What an answer sets a cookie to.
fn set_cookie(answer: &Response, name: &str) -> Result<String, Failed> {
    let set = answer.headers().get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
    let mut values = set.filter_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.split(';').next());
    let value = values.next().ok_or_else(|| format!("{} sets no cookie {name}", answer.url()))?;
    Ok(value.to_owned())
}

/// A key of somebody who may ask.
fn key(folder: &Path) -> Result<String, Failed> {
    let user = |rest: &[&str], input: &str| run(program(folder).arg("user").args(rest), input);
    if !user(&["list"], "")?.contains(LOGIN) {
        user(&["add", LOGIN, "--role", "manager", "--password-stdin"], &format!("{PASSWORD}\n"))?;
    }
    let printed = user(&["key", LOGIN, "--scopes", SCOPES], "")?;
    let key = printed.split_whitespace().max_by_key(|word| word.len()).ok_or("no key was printed")?;
    Ok(key.to_owned())
}

impl Server {
    /// Starts one in a folder, on a free port, and waits until it answers.
    pub async fn start(folder: &Path) -> Result<Self, Failed> {
        let key = key(folder)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let begun = Instant::now();
        let child = program(folder)
            .args(["serve", "--listen", &address.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let base = format!("http://{address}");
        let client = Client::builder().redirect(Policy::none()).build()?;
        let mut server = Self { child, base, key, session: String::new(), client, started: Duration::ZERO };
        while server.get("/healthz").await.is_err() {
            if begun.elapsed() > START_MAX || server.child.try_wait()?.is_some() {
                return Err("the server does not answer".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server.started = begun.elapsed();
        server.session = server.sign_in().await?;
        Ok(server)
    }

    /// Fills in the form of the sign-in page; gives the token of the session.
    async fn sign_in(&self) -> Result<String, Failed> {
        let path = format!("{}/sign-in", self.base);
        let before = set_cookie(&self.client.get(&path).send().await?, "spiffcast_before")?;
        let fields = [("form_token", form_token(&before).as_str()), ("login", LOGIN), ("password", PASSWORD)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let request = self.client.post(&path).header("cookie", format!("spiffcast_before={before}"));
        set_cookie(&form(request, &fields).send().await?, "spiffcast_session")
    }

    /// As the browser of who signed in sends it.
    fn signed_in(&self, request: RequestBuilder) -> RequestBuilder {
        request
            .header("cookie", format!("spiffcast_session={}", self.session))
            .header("x-form-token", form_token(&self.session))
    }

    /// Fetches what is there, to the last byte.
    pub async fn get(&self, path: &str) -> Result<Got, Failed> {
        let begun = Instant::now();
        let request = self.client.get(format!("{}{path}", self.base)).header("accept-encoding", "gzip");
        let answer = self.signed_in(request).send().await?;
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await?.len();
        Ok(Got { status, took: begun.elapsed(), bytes })
    }

    /// Asks over the API.
    pub async fn ask(&self, question: &str) -> Result<Asked, Failed> {
        let begun = Instant::now();
        let request = self
            .client
            .post(format!("{}/api/v1/ask", self.base))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.key))
            .body(serde_json::json!({ "question": question }).to_string());
        let answer = request.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            return Err(format!("{status} {text}").into());
        }
        let answer: Value = serde_json::from_str(&text)?;
        let id = answer.pointer("/run/id").and_then(Value::as_str).ok_or("an answer without an id")?;
        Ok(Asked { id: id.to_owned(), progress: begun.elapsed(), took: begun.elapsed() })
    }

    /// Asks as the page does: starts, then follows the progress to the end.
    pub async fn watch(&self, question: &str) -> Result<Asked, Failed> {
        let begun = Instant::now();
        let request = self.client.post(format!("{}/ask/start", self.base));
        let request = self.signed_in(form(request, &[("question".to_owned(), question.to_owned())]));
        let started: Value = serde_json::from_str(&request.send().await?.text().await?)?;
        let events = started["events"].as_str().ok_or("no progress to follow")?;
        let mut stream = self.signed_in(self.client.get(format!("{}{events}", self.base))).send().await?;
        let (mut progress, mut text) = (None, String::new());
        while let Some(piece) = stream.chunk().await? {
            progress.get_or_insert_with(|| begun.elapsed());
            text.push_str(&String::from_utf8_lossy(&piece));
        }
        let took = begun.elapsed();
        let (_, rest) = text.split_once("/answers/").ok_or_else(|| format!("no answer came: {text}"))?;
        let id = rest.split(|c: char| !c.is_ascii_hexdigit() && c != '-').next().unwrap_or_default();
        Ok(Asked { id: id.to_owned(), progress: progress.unwrap_or(took), took })
    }

    /// The most memory that it has held, in MB.
    pub fn peak_memory(&self) -> Result<u64, Failed> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|l| l.starts_with("VmHWM")).ok_or("no figure of memory")?;
        let kilobytes: u64 = line.split_whitespace().nth(1).ok_or("no figure of memory")?.parse()?;
        Ok(kilobytes / 1_000)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing is left to do about it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
