//! Passwords: argon2id, computed off the async threads and only a few at a time, so
//! that a flood of sign-ins takes neither all memory nor all cores. A name that nobody
//! has costs the same as a wrong password: both compute one hash.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use super::token;

/// Fewest characters of a password. No other rule, as NIST SP 800-63B has it, but that
/// it must not be the login.
pub const CHARS_MIN: usize = 12;
/// Most characters: more is no password but an attack on the hash.
pub const CHARS_MAX: usize = 1_000;
/// Memory of one hash, KiB.
const MEMORY_KIB: u32 = 64 * 1_024;
/// Passes over the memory.
const PASSES: u32 = 3;
/// Hashes computed at once; with [`MEMORY_KIB`] the most memory that sign-ins take.
const AT_ONCE: usize = 2;
/// How long a sign-in waits for its turn.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// Why there is no hash or no comparison.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Not a password that is taken.
    #[error("{0}")]
    Unfit(String),
    /// Too many at once.
    #[error("too many sign-ins are being checked; try again in a few seconds")]
    Busy,
    /// A fault of ours.
    #[error("the password could not be computed: {0}")]
    Broken(String),
}

/// Computes hashes of passwords. Cheap to clone; all clones share the same places.
#[derive(Debug, Clone)]
pub struct Passwords {
    params: Params,
    /// A hash that nobody's password has, for names that nobody has.
    nobody: Arc<str>,
    places: Arc<Semaphore>,
    computed: Arc<AtomicUsize>,
}

impl Passwords {
    /// As strong as people's passwords need: 100 to 400 ms on a server core.
    pub fn strong() -> Result<Self, PasswordError> {
        Self::with(MEMORY_KIB, PASSES)
    }

    /// Other costs, for tests that sign in often.
    pub fn with(memory_kib: u32, passes: u32) -> Result<Self, PasswordError> {
        let params = Params::new(memory_kib, passes, 1, None).map_err(broken)?;
        // The salt and the sum are made up: there is no password of this hash to find.
        let nobody =
            format!("$argon2id$v=19$m={memory_kib},t={passes},p=1$bm9ib2R5IGF0IGFsbC4${}", "A".repeat(43));
        PasswordHash::new(&nobody).map_err(broken)?;
        let places = Arc::new(Semaphore::new(AT_ONCE));
        Ok(Self { params, nobody: nobody.into(), places, computed: Arc::default() })
    }

    /// Hashes computed so far.
    pub fn computed(&self) -> usize {
        self.computed.load(Ordering::Relaxed)
    }

    /// The hash to store of a new password.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let (params, password) = (self.params.clone(), password.to_owned());
        let salt = token::salt().map_err(broken)?;
        self.compute(move || {
            let hash = argon2(params).hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(broken)
        })
        .await
    }

    /// Whether a password is the one of a stored hash; `None` for somebody who has no
    /// password, whom nothing fits.
    pub async fn is_right(&self, stored: Option<&str>, password: &str) -> Result<bool, PasswordError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.nobody).to_owned();
        // What is too long is never anybody's; it is compared all the same, cut.
        let fits = password.chars().count() <= CHARS_MAX;
        let password: String = password.chars().take(CHARS_MAX).collect();
        let params = self.params.clone();
        let right = self
            .compute(move || {
                let hash = PasswordHash::new(&stored).map_err(broken)?;
                Ok(argon2(params).verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(right && known && fits)
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let place = tokio::time::timeout(WAIT_MAX, Arc::clone(&self.places).acquire_owned()).await;
        let place = place.map_err(|_| PasswordError::Busy)?.map_err(broken)?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        // The place goes with the work: who hangs up does not make room for another.
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        work.await.map_err(broken)?
    }
}

fn argon2(params: Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn broken(error: impl std::fmt::Display) -> PasswordError {
    PasswordError::Broken(error.to_string())
}

/// Whether a new password is taken.
pub fn check(password: &str, login: &str) -> Result<(), PasswordError> {
    let chars = password.chars().count();
    let unfit = |text: String| Err(PasswordError::Unfit(text));
    if chars < CHARS_MIN {
        return unfit(format!("A password needs {CHARS_MIN} characters or more; this has {chars}."));
    }
    if chars > CHARS_MAX {
        return unfit(format!("A password may have {CHARS_MAX} characters; this has {chars}."));
    }
    if password.trim().to_lowercase() == login.to_lowercase() {
        return unfit("The password must not be the login.".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_alone_and_nobody_has_one() {
        let passwords = Passwords::with(8, 1).expect("parameters");
        let hash = passwords.hash("correct horse battery").await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash("correct horse battery").await.expect("a hash"), "salted");
        assert!(passwords.is_right(Some(&hash), "correct horse battery").await.expect("compared"));
        for wrong in ["correct horse batter", "", "Correct horse battery"] {
            assert!(!passwords.is_right(Some(&hash), wrong).await.expect("compared"), "{wrong}");
        }
        let before = passwords.computed();
        assert!(!passwords.is_right(None, "correct horse battery").await.expect("compared"));
        assert_eq!(passwords.computed(), before + 1, "nobody costs as much as somebody");
    }

    /// Eight at once, each of which ends only beside another: two are at work, never
    /// three.
    #[tokio::test(flavor = "multi_thread")]
    async fn two_hashes_are_computed_at_once_and_no_more() {
        let passwords = Passwords::with(8, 1).expect("parameters");
        let now = Arc::new(AtomicUsize::new(0));
        let pair = Arc::new(std::sync::Barrier::new(AT_ONCE));
        let asked: Vec<_> = (0..4 * AT_ONCE)
            .map(|asker| {
                let (passwords, now, pair) = (passwords.clone(), Arc::clone(&now), Arc::clone(&pair));
                let work = tokio::spawn(async move {
                    let counted = move || {
                        now.fetch_add(1, Ordering::SeqCst);
                        pair.wait();
                        let at_work = now.load(Ordering::SeqCst);
                        pair.wait();
                        now.fetch_sub(1, Ordering::SeqCst);
                        Ok(at_work)
                    };
                    passwords.compute(counted).await
                });
                (asker, work)
            })
            .collect();
        for (asker, work) in asked {
            let at_work = work.await.expect("no panic").expect("its turn");
            assert!(at_work <= AT_ONCE, "asker {asker}: {at_work} at work");
        }
        assert_eq!(passwords.computed(), 4 * AT_ONCE);
    }

    #[test]
    fn only_length_and_the_login_count() {
        assert!(check("aaaaaaaaaaaa", "ana").is_ok());
        for (password, login) in [("elevenchars", "ana"), ("ana@example.com", "Ana@Example.com")] {
            assert!(check(password, login).is_err(), "{password}");
        }
        assert!(check(&"x".repeat(1_001), "ana").is_err());
    }

    #[tokio::test]
    #[ignore = "a measurement: cargo test --release --lib -- --ignored --nocapture strong_takes"]
    async fn strong_takes_its_time() {
        let passwords = Passwords::strong().expect("parameters");
        let mut best = Duration::MAX;
        for _ in 0..7 {
            let started = std::time::Instant::now();
            passwords.hash("correct horse battery").await.expect("a hash");
            best = best.min(started.elapsed());
        }
        eprintln!("one hash: {best:.1?}");
        assert!((Duration::from_millis(100)..=Duration::from_millis(400)).contains(&best), "{best:?}");
    }
}
