//! What a stored set is made of: each file with its SHA-256, and the digests that
//! every answer names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spiffcast_engine::finding::SourceFinding;

/// Name of the manifest in the folder of a set.
pub(super) const FILE: &str = "manifest.json";

/// Digests of what serves, each `sha256:` and 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digests {
    /// Of the tables.
    pub data: String,
    /// Of the program files.
    pub rules: String,
}

/// The manifest of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Version of this layout.
    pub format: u32,
    pub digests: Digests,
    /// SHA-256 of each file, hexadecimal, by name.
    pub files: BTreeMap<String, String>,
    /// Warnings of the import, with the lines of the files it read.
    pub warnings: Vec<SourceFinding>,
}

impl Manifest {
    /// The manifest of some files.
    pub fn of<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f [u8])>,
        warnings: Vec<SourceFinding>,
    ) -> Self {
        let files: BTreeMap<String, String> =
            files.into_iter().map(|(name, bytes)| (name.to_owned(), sha256(bytes))).collect();
        let digest = |programs: bool| {
            let mut hash = Sha256::new();
            for (name, digest) in files.iter().filter(|(n, _)| n.starts_with("programs/") == programs) {
                hash.update(format!("{name} {digest}\n"));
            }
            format!("sha256:{}", hex(&hash.finalize()))
        };
        let digests = Digests { data: digest(false), rules: digest(true) };
        Self { format: 1, digests, files, warnings }
    }

    /// The name of the set: a digest of both digests.
    pub fn set_id(&self) -> String {
        sha256(format!("{} {}", self.digests.data, self.digests.rules).as_bytes())
    }
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
