//! A small, fast, deterministic hash for maps keyed by positions, days and the
//! identifiers of a company's own files. Who would choose them to collide slows down
//! nobody but his own company.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// A map keyed by small numbers.
pub(crate) type QuickMap<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

/// Multiplies and folds.
#[derive(Debug, Default, Clone)]
pub(crate) struct Quick(u64);

/// A text with its hash at hand: a map that grows or looks past it need not read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key<'a> {
    // First, so that texts are compared only where the hashes are equal.
    hash: u64,
    text: &'a str,
}

impl<'a> From<&'a str> for Key<'a> {
    fn from(text: &'a str) -> Self {
        let mut hasher = Quick::default();
        hasher.write(text.as_bytes());
        Self { hash: hasher.finish(), text }
    }
}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// 2^64 divided by the golden ratio, odd: spreads consecutive numbers evenly.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        self.0 ^= bytes.len() as u64;
        words.iter().for_each(|word| self.write_u64(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            // The last eight bytes where there are as many: quicker than taking the
            // rest alone, and the length tells apart what that makes alike.
            let last = bytes.last_chunk::<8>().map(|last| u64::from_le_bytes(*last));
            self.write_u64(last.unwrap_or_else(|| rest.iter().fold(0, |word, b| word << 8 | u64::from(*b))));
        }
    }

    fn write_u8(&mut self, word: u8) {
        self.write_u64(u64::from(word));
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_i32(&mut self, word: i32) {
        self.write_u64(u64::from(word.cast_unsigned()));
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn write_isize(&mut self, word: isize) {
        self.write_u64(word as u64);
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(29) ^ word).wrapping_mul(SPREAD);
    }

    fn finish(&self) -> u64 {
        // The high bits are the well mixed ones; maps look at both ends.
        self.0 ^ (self.0 >> 32)
    }
}
