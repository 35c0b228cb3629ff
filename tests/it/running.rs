//! The real binary as a server, and requests to it over a socket: for what a router in
//! the same process cannot show.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use spiffcast::auth::token;

/// The binary, without what the surroundings would connect it to.
pub fn spiffcast() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spiffcast"));
    for key in
        ["OPENAI_API_KEY", "OPENAI_BASE_URL", "QDRANT_URL", "SPIFFCAST_AUDIT_KEY_FILE", "SPIFFCAST_LOG"]
    {
        command.env_remove(key);
    }
    command
}

/// A server that is killed when it is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// One over a data folder, once it says that it is ready.
    pub fn start(data: &Path) -> Self {
        let mut command = spiffcast();
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        Self::of(command)
    }

    /// One that a command starts.
    pub fn of(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("the binary runs");
        // From here on it is killed whatever happens.
        let mut server = Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        let mut lines = BufReader::new(server.child.stderr.take().expect("piped"));
        let mut told = String::new();
        loop {
            let mut line = String::new();
            let read = lines.read_line(&mut line).expect("text");
            told.push_str(&line);
            assert!(read > 0, "it did not start: {told}");
            if let Some((_, rest)) = line.split_once("ready: http://") {
                server.address = rest.split('/').next().expect("an address").parse().expect("an address");
                // Whoever writes into a pipe that nobody reads stands still.
                std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
                return server;
            }
        }
    }

    /// Writes a line to what was started, and reads lines until one that is `done`.
    pub fn told(&mut self, line: &str) -> String {
        let input = self.child.stdin.as_mut().expect("piped");
        writeln!(input, "{line}").and_then(|()| input.flush()).expect("sent");
        let output = self.child.stdout.as_mut().expect("piped");
        let (mut told, mut byte) = (Vec::new(), [0]);
        while !told.ends_with(b"\ndone\n") && told != b"done\n" {
            assert!(output.read(&mut byte).expect("read") > 0, "{}", String::from_utf8_lossy(&told));
            told.push(byte[0]);
        }
        String::from_utf8_lossy(&told).into_owned()
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub fn get(&self, path: &str, cookie: &str) -> Option<Reply> {
        self.send("GET", path, &[("cookie", cookie)], "")
    }

    /// A question with a key.
    pub fn ask(&self, key: &str, question: &str) -> Option<Reply> {
        let body = serde_json::json!({ "question": question }).to_string();
        let key = format!("Bearer {key}");
        self.send(
            "POST",
            "/api/v1/ask",
            &[("authorization", &key), ("content-type", "application/json")],
            &body,
        )
    }

    /// The form of the sign-in page, filled in.
    pub fn sign_in(&self, login: &str, password: &str) -> Option<Reply> {
        let before = self.get("/sign-in", "")?.cookie("spiffcast_before")?;
        let form = token::form_token(&before);
        let fields = [("form_token", form.as_str()), ("login", login), ("password", password)];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let cookie = format!("spiffcast_before={before}");
        let headers = [("cookie", cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", "/sign-in", &headers, &body)
    }

    /// One request over a connection of its own; `None` where no answer came.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Reply> {
        // HTTP/1.0: the answer ends with the connection.
        let mut request = format!(
            "{method} {path} HTTP/1.0\r\nhost: {}\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(body);
        self.raw(request.as_bytes())
    }

    /// Bytes as they are.
    pub fn raw(&self, request: &[u8]) -> Option<Reply> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(90))).ok()?;
        stream.write_all(request).ok()?;
        Reply::read(&mut stream)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    pub fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Self { status, head: head.to_owned(), body: body.to_owned() })
    }

    /// The value of a cookie that is set.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let start = format!("set-cookie: {name}=");
        let line = self.head.lines().find_map(|line| line.strip_prefix(&start))?;
        line.split(';').next().filter(|value| !value.is_empty()).map(ToOwned::to_owned)
    }
}

/// What a command of the binary did: its exit code, and what it said on either way.
pub fn run(arguments: &[&str], data: &Path) -> (Option<i32>, String) {
    let output = spiffcast().args(arguments).arg("--data").arg(data).output().expect("the binary runs");
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code(), told.concat())
}

/// [`run`], of what must succeed.
pub fn done(arguments: &[&str], data: &Path) -> String {
    let (code, told) = run(arguments, data);
    assert_eq!(code, Some(0), "{arguments:?}: {told}");
    told
}

/// Somebody with a password, and a key of theirs.
pub fn add(login: &str, role: &str, password: &str, scopes: &str, data: &Path) -> String {
    let mut command = spiffcast();
    command.args(["user", "add", login, "--role", role, "--password-stdin", "--data"]).arg(data);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the binary runs");
    writeln!(child.stdin.take().expect("piped"), "{password}").expect("sent");
    assert!(child.wait().expect("it ends").success());
    let key = spiffcast().args(["user", "key", login, "--scopes", scopes, "--data"]).arg(data).output();
    String::from_utf8_lossy(&key.expect("the binary runs").stdout).trim().to_owned()
}
