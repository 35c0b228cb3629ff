//! Style sheets, scripts and pictures, embedded in the binary. The address of an
//! asset holds a digest of all of them, so that browsers may keep it for a year
//! and script modules can import each other by relative paths.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use super::errors::Failure;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/static");

struct Assets {
    digest: String,
    files: BTreeMap<String, Vec<u8>>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(load);

/// The files by path; the style sheets become one, in the order of their names.
fn load() -> Assets {
    let mut files = BTreeMap::new();
    let mut css = Vec::new();
    for folder in std::iter::once(&FILES).chain(FILES.dirs()) {
        let mut found: Vec<_> = folder.files().collect();
        found.sort_by_key(|f| f.path());
        for file in found {
            let path = file.path().to_string_lossy().replace('\\', "/");
            if path.ends_with(".css") {
                css.extend_from_slice(file.contents());
                css.push(b'\n');
            } else {
                files.insert(path, file.contents().to_vec());
            }
        }
    }
    files.insert("app.css".to_owned(), css);
    let mut hash = Sha256::new();
    for (path, bytes) in &files {
        hash.update(path.as_bytes());
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    let digest = hash.finalize().iter().take(6).map(|b| format!("{b:02x}")).collect();
    Assets { digest, files }
}

/// The address of an asset.
pub fn url(path: &str) -> String {
    format!("/static/{}/{path}", ASSETS.digest)
}

/// An asset under the current digest; another digest is not found, so that an old
/// address never brings new content.
pub async fn serve(Path((digest, path)): Path<(String, String)>) -> Response {
    if digest != ASSETS.digest {
        return Failure::not_found("This file belongs to another version.").into_response();
    }
    send(&path, "public, max-age=31536000, immutable")
}

/// Browsers ask for this name of their own accord.
pub async fn favicon() -> Response {
    send("favicon.svg", "public, max-age=86400")
}

fn send(path: &str, cache: &'static str) -> Response {
    let Some(bytes) = ASSETS.files.get(path) else {
        return Failure::not_found("There is no such file.").into_response();
    };
    let kind = match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
    (headers, bytes.as_slice()).into_response()
}
