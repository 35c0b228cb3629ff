//! What the user knows besides the history: `priors.toml` in the data folder, read and
//! checked. An absent file is no knowledge; a mistake in it is told and leaves its entry
//! out. What an entry means is the engine's.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};
use spiffcast_engine::catalog::Catalog;
use spiffcast_engine::finding::SourceFinding;
use spiffcast_engine::response::Priors;

const FILE: &str = "priors.toml";
/// Longest file, in bytes: some thousand entries.
const BYTES_MAX: u64 = 1024 * 1024;

/// The priors of a data folder.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Entries without a mistake.
    pub priors: Priors,
    /// What is wrong with the file.
    pub findings: Vec<SourceFinding>,
}

impl Known {
    /// Reads the folder's file.
    pub fn of(folder: &Path, catalog: &Catalog) -> Self {
        match read(&folder.join(FILE)) {
            Ok(None) => Self::default(),
            Ok(Some(text)) => {
                let (priors, findings) = Priors::parse(FILE, &text, catalog);
                Self { priors, findings }
            }
            Err(error) => {
                let finding = SourceFinding::error(FILE, None, format!("cannot be read: {error}"));
                Self { priors: Priors::default(), findings: vec![finding] }
            }
        }
    }

    /// Digest of the entries that count.
    pub fn digest(&self) -> String {
        let json = serde_json::to_vec(&self.priors).unwrap_or_default();
        format!("sha256:{:x}", Sha256::digest(json))
    }
}

fn read(path: &Path) -> std::io::Result<Option<String>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let mut text = String::new();
    file.take(BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > BYTES_MAX {
        return Err(std::io::Error::other(format!("it is longer than {BYTES_MAX} bytes")));
    }
    Ok(Some(text))
}
