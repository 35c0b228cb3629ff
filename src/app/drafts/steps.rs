//! Which step may follow which in the life of a program draft, and who may take it. Pure:
//! facts in, next state or refusal out; the transaction that it is asked in is elsewhere.
//!
//! ```text
//! draft ──submit──> submitted ──approve──> approved
//!   │ edit              ├──────reject────> rejected ──revise──> (a new draft)
//!   └──────withdraw─────┴────────────────> withdrawn ─revise──> (a new draft)
//! ```
//!
//! A draft whose program got other rules since is stale: it can be withdrawn or rejected,
//! not submitted and not approved.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a draft is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its author works on it.
    Draft,
    /// It waits for a decision.
    Submitted,
    /// Somebody else approved it; its files are written and never change.
    Approved,
    /// Somebody else refused it, with a reason.
    Rejected,
    /// Its author took it back.
    Withdrawn,
}

impl State {
    /// Every state, in the order of pages.
    pub const ALL: [Self; 5] =
        [Self::Draft, Self::Submitted, Self::Approved, Self::Rejected, Self::Withdrawn];

    /// The word of the database, the API and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// What is true of it: "the draft …".
    fn words(self) -> &'static str {
        match self {
            Self::Draft => "was not submitted",
            Self::Submitted => "waits for a decision",
            Self::Approved => "was approved",
            Self::Rejected => "was rejected",
            Self::Withdrawn => "was withdrawn",
        }
    }

    /// Whether something can still become of it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Submitted)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no state of a draft; there are draft, submitted, approved, rejected, withdrawn")]
pub struct NoState(String);

impl FromStr for State {
    type Err = NoState;

    fn from_str(word: &str) -> Result<Self, NoState> {
        Self::ALL.into_iter().find(|state| state.as_str() == word).ok_or_else(|| NoState(word.to_owned()))
    }
}

/// What somebody does with a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Changes its text.
    Edit,
    /// Hands it in.
    Submit,
    /// Takes it back.
    Withdraw,
    /// Decides for it.
    Approve,
    /// Decides against it.
    Reject,
    /// Begins a new draft where this one ended.
    Revise,
    /// Says something about it.
    Comment,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 7] =
        [Self::Edit, Self::Submit, Self::Withdraw, Self::Approve, Self::Reject, Self::Revise, Self::Comment];

    /// The word for people: "it cannot be … now".
    fn done(self) -> &'static str {
        match self {
            Self::Edit => "edited",
            Self::Submit => "submitted",
            Self::Withdraw => "withdrawn",
            Self::Approve => "approved",
            Self::Reject => "rejected",
            Self::Revise => "revised",
            Self::Comment => "commented on",
        }
    }

    /// Whether it is the decision of somebody else.
    pub fn decides(self) -> bool {
        matches!(self, Self::Approve | Self::Reject)
    }
}

/// What a step is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Login of who made the draft.
    pub author: &'a str,
    /// Login of who takes the step.
    pub who: &'a str,
    /// Whether this one may make drafts.
    pub may_write: bool,
    /// Whether this one may decide.
    pub may_decide: bool,
    /// How often the draft was changed.
    pub revision: i64,
    /// The revision that this one looked at.
    pub seen: i64,
    /// Why the draft does not fit the rules of today any more.
    pub stale: Option<&'a str>,
    /// Checks of its files that fail.
    pub broken: usize,
    /// What this one says about it.
    pub words: &'a str,
}

/// Why a step is not taken; each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The role does not reach.
    #[error("this takes the permission {0}")]
    NotAllowed(&'static str),
    /// Somebody else's draft.
    #[error("the draft is {0}'s: only its author edits, submits and withdraws it. Write a comment instead")]
    NotAuthor(String),
    /// One's own draft.
    #[error("nobody decides on a draft of their own: somebody else with the permission drafts-decide has to")]
    OwnDraft,
    /// The state does not let it.
    #[error("the draft {}: it cannot be {} now", .0.words(), .1.done())]
    NotNow(State, Action),
    /// The draft is another than the one that was looked at.
    #[error("the draft was changed since you opened it. Load the page again, look at it, and decide then")]
    Moved,
    /// The rules moved on.
    #[error("the draft is stale: {0}")]
    Stale(String),
    /// The checks fail.
    #[error("{0} of its checks fail: its author has to mend them first")]
    Broken(usize),
    /// Nothing was said.
    #[error("say why: the author has to know what to change")]
    NoReason,
}

/// The state after a step.
///
/// # Errors
/// The first reason why it cannot be taken: of the role, then of the person, the state,
/// the draft.
pub fn step(state: State, action: Action, facts: &Facts<'_>) -> Result<State, Refusal> {
    use Action as A;
    use State as S;
    match action {
        A::Approve | A::Reject if !facts.may_decide => return Err(Refusal::NotAllowed("drafts-decide")),
        A::Approve | A::Reject if facts.author == facts.who => return Err(Refusal::OwnDraft),
        A::Edit | A::Submit | A::Withdraw | A::Revise if !facts.may_write => {
            return Err(Refusal::NotAllowed("drafts-write"));
        }
        A::Edit | A::Submit | A::Withdraw if facts.author != facts.who => {
            return Err(Refusal::NotAuthor(facts.author.to_owned()));
        }
        A::Comment if !(facts.may_write || facts.may_decide) => {
            return Err(Refusal::NotAllowed("drafts-write or drafts-decide"));
        }
        _ => {}
    }
    let next = match (state, action) {
        (S::Draft, A::Edit) => S::Draft,
        (S::Draft, A::Submit) => S::Submitted,
        (S::Draft | S::Submitted, A::Withdraw) => S::Withdrawn,
        (S::Submitted, A::Approve) => S::Approved,
        (S::Submitted, A::Reject) => S::Rejected,
        (S::Rejected | S::Withdrawn, A::Revise) | (_, A::Comment) => state,
        _ => return Err(Refusal::NotNow(state, action)),
    };
    if matches!(action, A::Edit | A::Submit | A::Approve | A::Reject) && facts.seen != facts.revision {
        return Err(Refusal::Moved);
    }
    if matches!(action, A::Submit | A::Approve) {
        if let Some(why) = facts.stale {
            return Err(Refusal::Stale(why.to_owned()));
        }
        if facts.broken > 0 {
            return Err(Refusal::Broken(facts.broken));
        }
    }
    if matches!(action, A::Reject | A::Comment) && facts.words.trim().is_empty() {
        return Err(Refusal::NoReason);
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of somebody who may do everything and is not the author, about a sound draft.
    const OTHER: Facts<'static> = Facts {
        author: "dora",
        who: "finn",
        may_write: true,
        may_decide: true,
        revision: 2,
        seen: 2,
        stale: None,
        broken: 0,
        words: "because",
    };
    const AUTHOR: Facts<'static> = Facts { who: "dora", ..OTHER };

    /// Every transition there is: state, action, by the author, the state after it.
    const TABLE: [(State, Action, bool, State); 14] = [
        (State::Draft, Action::Edit, true, State::Draft),
        (State::Draft, Action::Submit, true, State::Submitted),
        (State::Draft, Action::Withdraw, true, State::Withdrawn),
        (State::Draft, Action::Comment, true, State::Draft),
        (State::Submitted, Action::Withdraw, true, State::Withdrawn),
        (State::Submitted, Action::Approve, false, State::Approved),
        (State::Submitted, Action::Reject, false, State::Rejected),
        (State::Submitted, Action::Comment, true, State::Submitted),
        (State::Approved, Action::Comment, true, State::Approved),
        (State::Rejected, Action::Revise, true, State::Rejected),
        (State::Rejected, Action::Comment, true, State::Rejected),
        (State::Withdrawn, Action::Revise, true, State::Withdrawn),
        (State::Withdrawn, Action::Comment, true, State::Withdrawn),
        (State::Draft, Action::Comment, false, State::Draft),
    ];

    #[test]
    fn the_transitions_are_those_of_the_table_and_no_others() {
        for state in State::ALL {
            for action in Action::ALL {
                for by_author in [true, false] {
                    let facts = if by_author { AUTHOR } else { OTHER };
                    let anybodys = matches!(action, Action::Comment | Action::Revise);
                    let row = TABLE.iter().find(|(from, does, by, _)| {
                        *from == state && *does == action && (*by == by_author || anybodys)
                    });
                    let after = step(state, action, &facts);
                    match row {
                        Some((.., to)) => assert_eq!(after, Ok(*to), "{state} {action:?}"),
                        None => assert!(after.is_err(), "{state} {action:?} by the author: {by_author}"),
                    }
                }
            }
        }
    }

    #[test]
    fn nobody_decides_on_a_draft_of_their_own() {
        for action in [Action::Approve, Action::Reject] {
            for state in State::ALL {
                assert_eq!(step(state, action, &AUTHOR), Err(Refusal::OwnDraft));
            }
        }
    }

    #[test]
    fn only_the_author_edits_submits_and_withdraws() {
        for action in [Action::Edit, Action::Submit, Action::Withdraw] {
            assert_eq!(step(State::Draft, action, &OTHER), Err(Refusal::NotAuthor("dora".into())));
        }
    }

    #[test]
    fn roles_come_first() {
        let reads = Facts { may_write: false, may_decide: false, ..OTHER };
        for state in State::ALL {
            for action in Action::ALL {
                assert!(matches!(step(state, action, &reads), Err(Refusal::NotAllowed(_))), "{action:?}");
            }
        }
        let writes = Facts { may_decide: false, ..OTHER };
        assert!(matches!(step(State::Submitted, Action::Approve, &writes), Err(Refusal::NotAllowed(_))));
        let decides = Facts { may_write: false, ..AUTHOR };
        assert!(matches!(step(State::Draft, Action::Submit, &decides), Err(Refusal::NotAllowed(_))));
        assert_eq!(step(State::Draft, Action::Comment, &decides), Ok(State::Draft));
    }

    #[test]
    fn what_is_stale_or_broken_or_another_is_not_approved() {
        let approve = |facts: Facts<'_>| step(State::Submitted, Action::Approve, &facts);
        let stale = Facts { stale: Some("rules moved"), ..OTHER };
        assert_eq!(approve(stale), Err(Refusal::Stale("rules moved".into())));
        assert_eq!(step(State::Submitted, Action::Reject, &stale), Ok(State::Rejected), "it can be ended");
        assert_eq!(approve(Facts { broken: 2, ..OTHER }), Err(Refusal::Broken(2)));
        assert_eq!(approve(Facts { seen: 1, ..OTHER }), Err(Refusal::Moved));
        let own = Facts { stale: Some("rules moved"), ..AUTHOR };
        assert_eq!(step(State::Draft, Action::Submit, &own), Err(Refusal::Stale("rules moved".into())));
        assert_eq!(step(State::Draft, Action::Withdraw, &own), Ok(State::Withdrawn));
        assert_eq!(
            step(State::Draft, Action::Submit, &Facts { broken: 1, ..AUTHOR }),
            Err(Refusal::Broken(1))
        );
        assert_eq!(step(State::Draft, Action::Edit, &Facts { seen: 1, ..AUTHOR }), Err(Refusal::Moved));
    }

    #[test]
    fn a_rejection_says_why() {
        let silent = Facts { words: "  ", ..OTHER };
        assert_eq!(step(State::Submitted, Action::Reject, &silent), Err(Refusal::NoReason));
        assert_eq!(step(State::Submitted, Action::Approve, &silent), Ok(State::Approved));
        assert_eq!(step(State::Draft, Action::Comment, &silent), Err(Refusal::NoReason));
    }
}
