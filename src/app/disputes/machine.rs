//! The states of a dispute and what leads from one to another. Pure.
//!
//! ```text
//! open ── answer ──> answered ── say ──> open
//! open, answered ── resolve ──> resolved      open, answered ── reject ──> rejected
//! ```

use crate::auth::Permission;

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Finance is to answer.
    Open,
    /// The partner may say more.
    Answered,
    /// Closed: the partner was right.
    Resolved,
    /// Closed: the statement stands.
    Rejected,
}

/// What somebody does, always with words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The partner says more.
    Say,
    /// Finance answers.
    Answer,
    /// Finance closes it in the partner's favour.
    Resolve,
    /// Finance closes it as it stands.
    Reject,
}

/// A closed dispute takes no more words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed;

impl State {
    /// All, in the order of pages.
    pub const ALL: [Self; 4] = [Self::Open, Self::Answered, Self::Resolved, Self::Rejected];

    /// The word of the database and of addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Resolved => "resolved",
            Self::Rejected => "rejected",
        }
    }

    /// The state that a word names.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing leads on from it.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Resolved | Self::Rejected)
    }

    /// Where an act leads.
    ///
    /// # Errors
    /// `Closed` where it is.
    pub fn after(self, act: Act) -> Result<Self, Closed> {
        if self.is_closed() {
            return Err(Closed);
        }
        Ok(match act {
            Act::Say => Self::Open,
            Act::Answer => Self::Answered,
            Act::Resolve => Self::Resolved,
            Act::Reject => Self::Rejected,
        })
    }
}

impl Act {
    /// All.
    pub const ALL: [Self; 4] = [Self::Say, Self::Answer, Self::Resolve, Self::Reject];

    /// The word of the database and of forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Say => "say",
            Self::Answer => "answer",
            Self::Resolve => "resolve",
            Self::Reject => "reject",
        }
    }

    /// The act that a word names.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == word)
    }

    /// What it takes.
    pub fn needs(self) -> Permission {
        match self {
            Self::Say => Permission::DisputesOwn,
            Self::Answer | Self::Resolve | Self::Reject => Permission::DisputesAnswer,
        }
    }

    /// The row of the trail that it leaves.
    pub fn trail(self) -> &'static str {
        match self {
            Self::Say => "dispute_said",
            Self::Answer => "dispute_answered",
            Self::Resolve => "dispute_resolved",
            Self::Reject => "dispute_rejected",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_in_every_state_leads_where_the_picture_says() {
        use Act::*;
        use State::*;
        let expected = [
            (Open, [Ok(Open), Ok(Answered), Ok(Resolved), Ok(Rejected)]),
            (Answered, [Ok(Open), Ok(Answered), Ok(Resolved), Ok(Rejected)]),
            (Resolved, [Err(Closed); 4]),
            (Rejected, [Err(Closed); 4]),
        ];
        for (state, leads) in expected {
            for (act, to) in [Say, Answer, Resolve, Reject].into_iter().zip(leads) {
                assert_eq!(state.after(act), to, "{state:?} {act:?}");
            }
        }
        assert!(State::ALL.into_iter().all(|s| State::of(s.as_str()) == Some(s)));
        assert!(Act::ALL.into_iter().all(|a| Act::of(a.as_str()) == Some(a)));
        assert_eq!((State::of("shut"), Act::of("open")), (None, None));
    }
}
