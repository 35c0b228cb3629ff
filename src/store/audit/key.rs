//! The key of the seals: 32 random bytes in a file that only its owner reads. It never
//! enters the database and is never shown.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{AuditRow, feed};
use crate::store::StoreError;

/// The key of a trail.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// The key in a file; `None` where there is no such file.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, StoreError> {
        let wrong = |what: String| StoreError::Key(path.display().to_string(), what);
        match fs::read_to_string(path) {
            Ok(text) => {
                let bytes = unhex(text.trim()).ok_or_else(|| {
                    wrong(
                        "it holds no key, which is 64 hexadecimal digits; put the right file back".to_owned(),
                    )
                })?;
                let mac = Hmac::new_from_slice(&bytes).map_err(|e| wrong(e.to_string()))?;
                Ok(Some(Self(mac)))
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(wrong(e.to_string())),
        }
    }

    /// Makes a key where there is none. Written beside its place and linked there: whole
    /// or not at all, and never over one that is there.
    pub(super) fn make(path: &Path) -> Result<Self, StoreError> {
        let wrong = |what: String| StoreError::Key(path.display().to_string(), what);
        write_new(path).map_err(|e| wrong(format!("it cannot be made: {e}")))?;
        Self::read(path)?.ok_or_else(|| wrong("it is gone again".to_owned()))
    }

    /// The seal of a row that follows one with the seal `before`: HMAC-SHA256 over
    /// [`feed`], hexadecimal.
    pub(super) fn seal(&self, before: &str, seq: i64, row: &AuditRow<'_>) -> String {
        let mut mac = self.0.clone();
        feed(seq, before, row, &mut |bytes| mac.update(bytes));
        hex(&mac.finalize().into_bytes())
    }
}

fn write_new(path: &Path) -> io::Result<()> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| io::Error::other(e.to_string()))?;
    let making = path.with_extension(format!("new-{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&making)?;
    writeln!(file, "{}", hex(&bytes))?;
    file.sync_all()?;
    let linked = fs::hard_link(&making, path);
    fs::remove_file(&making)?;
    match linked {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}
