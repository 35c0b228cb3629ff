//! How long a sign-in has to wait after failed ones: nothing for the first, then twice
//! as long each time, up to a limit. A login and an address are counted apart.

/// What failures are counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// The name that is typed, whether anybody has it or not.
    Login,
    /// Where the request comes from.
    Address,
}

/// Failures of so long ago are forgotten, seconds.
pub const FORGOTTEN_AFTER_SECONDS: i64 = 24 * 3_600;

impl Counted {
    /// The word of the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Address => "address",
        }
    }

    /// Attempts without any delay: people mistype, and many may share an address.
    fn free(self) -> u32 {
        match self {
            Self::Login => 5,
            Self::Address => 30,
        }
    }

    /// Longest delay, seconds. Short enough for a login that nobody can be kept out of
    /// their own account for a day.
    fn delay_max(self) -> i64 {
        match self {
            Self::Login => 15 * 60,
            Self::Address => 60 * 60,
        }
    }

    /// Seconds to wait after so many failed attempts in a row.
    pub fn delay_seconds(self, failures: u32) -> i64 {
        match failures.checked_sub(self.free()) {
            None => 0,
            Some(beyond) => 1_i64.checked_shl(beyond.min(30)).unwrap_or(i64::MAX).min(self.delay_max()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_are_bounded() {
        let delays: Vec<i64> = (1..=9).map(|n| Counted::Login.delay_seconds(n)).collect();
        assert_eq!(delays, [0, 0, 0, 0, 1, 2, 4, 8, 16]);
        assert_eq!(Counted::Login.delay_seconds(u32::MAX), 900);
        assert_eq!((Counted::Address.delay_seconds(29), Counted::Address.delay_seconds(30)), (0, 1));
        assert_eq!(Counted::Address.delay_seconds(200), 3_600);
    }
}
