//! Random tokens, what is kept of them, and what forms carry. A token is shown once
//! and stored as its SHA-256 alone: 256 random bits need no slow hash.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// Random bytes of a token.
const BYTES: usize = 32;
/// What every API key begins with, so that a scanner for leaked secrets knows it.
pub const KEY_PREFIX: &str = "spiffcast_";
/// Characters of a password that is made here: 16 of 32 letters are 80 bits.
const PASSWORD_CHARS: usize = 16;
/// Letters and digits that are not mistaken for each other.
const PASSWORD_ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The system gives no random numbers: nothing secret can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random numbers")]
pub struct NoRandomness;

fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A new token: 64 hexadecimal digits.
pub fn token() -> Result<String, NoRandomness> {
    random::<BYTES>().map(|bytes| hex(&bytes))
}

/// A new API key.
pub fn key() -> Result<String, NoRandomness> {
    token().map(|token| format!("{KEY_PREFIX}{token}"))
}

/// A short name for a session or a key, for lists; no secret.
pub fn id() -> Result<String, NoRandomness> {
    random::<6>().map(|bytes| hex(&bytes))
}

/// Salt of a password.
pub fn salt() -> Result<[u8; 16], NoRandomness> {
    random()
}

/// A password that somebody else is to use once.
pub fn one_time_password() -> Result<String, NoRandomness> {
    let bytes: [u8; PASSWORD_CHARS] = random()?;
    // 256 is a multiple of 32: every letter is as likely as any other.
    Ok(bytes.iter().map(|b| char::from(PASSWORD_ALPHABET[usize::from(b % 32)])).collect())
}

/// What is stored of a token.
pub fn digest(token: &str) -> String {
    hex(&Sha256::digest(token))
}

/// Whether a text can be a token of [`token`]: nothing else is looked up.
pub fn is_token(text: &str) -> bool {
    text.len() == 2 * BYTES && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Hexadecimal digits of the part of a form's token that differs from page to page.
const NONCE_DIGITS: usize = 16;

/// What the forms of a page carry: made from the token of the session, which no other
/// site and no other session knows, and different on each page, so that compressed
/// pages tell nothing of it by their length.
pub fn form_token(session: &str) -> String {
    // Without randomness it is the same on each page, and still nobody else's.
    let nonce = hex(&random::<8>().unwrap_or_default());
    let sum = hex(&mac(session, &nonce).finalize().into_bytes());
    nonce + &sum
}

/// Whether a form carries what the forms of this session carry; takes as long
/// wherever the two differ.
pub fn is_form_token(session: &str, carried: &str) -> bool {
    let Some((nonce, sum)) = carried.split_at_checked(NONCE_DIGITS) else { return false };
    let digit = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = sum.as_bytes().chunks(2).map(digit).collect();
    bytes.is_some_and(|bytes| mac(session, nonce).verify_slice(&bytes).is_ok())
}

fn mac(session: &str, nonce: &str) -> Hmac<Sha256> {
    let mut mac =
        <Hmac<Sha256> as Mac>::new_from_slice(session.as_bytes()).expect("a key of any length is taken");
    mac.update(b"spiffcast form ");
    mac.update(nonce.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_look_like_tokens() {
        let (one, two) = (token().expect("a token"), token().expect("a token"));
        assert_ne!(one, two);
        assert!(is_token(&one) && !is_token(&one[1..]) && !is_token(&format!("{}g", &one[1..])));
        assert!(key().expect("a key").starts_with(KEY_PREFIX));
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(one_time_password().expect("a password").len(), PASSWORD_CHARS);
    }

    #[test]
    fn a_form_of_another_session_is_not_taken() {
        let (mine, other) = (token().expect("a token"), token().expect("a token"));
        let carried = form_token(&mine);
        assert!(is_form_token(&mine, &carried));
        assert_ne!(carried, form_token(&mine), "another on each page");
        for wrong in [form_token(&other), String::new(), "é".into(), carried[2..].to_owned(), mine.clone()] {
            assert!(!is_form_token(&mine, &wrong), "{wrong}");
        }
    }
}
