//! Several changes in one question: where one ends and the next begins, which are
//! alternatives, and what each takes over from its neighbours ("5% for Gold and 3%
//! for Silver"). Every change becomes a run of tokens that reads like a question of
//! its own; what it means is read elsewhere.

mod compose;
mod cuts;
mod split;
mod survey;

pub(crate) use compose::{Piece, compose};
pub(crate) use split::{COMPARE, Passage, VERSUS, label, split};
pub(crate) use survey::{Phrase, Slot, Survey};
