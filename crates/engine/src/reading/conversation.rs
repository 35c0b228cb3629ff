//! The conversation that a question goes on with: which turn it is, and from which
//! turn each field of the last scenario came. Turns count from the question that
//! leans on nothing before it.

use crate::scenario::Draft;

use super::{Choice, Chosen, Clarification, Context, Provenance, Reading, Source};

/// Field of the entry that says which turn a reading goes on from.
const GOES_ON_FROM: &str = "options";

impl<'a> Context<'a> {
    /// The last scenario of the conversation.
    pub(crate) fn last(&self) -> Option<&'a Draft> {
        self.previous.and_then(|p| p.scenario.as_ref())
    }

    /// The turn that the last scenario was read in, from 1; 0 without one.
    pub(crate) fn last_turn(&self) -> usize {
        self.previous.filter(|p| p.scenario.is_some()).map_or(0, turn)
    }
}

/// The turn a reading was made in.
fn turn(reading: &Reading) -> usize {
    turn_of(&reading.provenance)
}

fn turn_of(provenance: &[Provenance]) -> usize {
    let before = provenance.iter().find_map(|p| match p.source {
        Source::Conversation { turn } if p.field == GOES_ON_FROM => Some(turn),
        _ => None,
    });
    before.unwrap_or(0) + 1
}

/// Stands for the turn that is being read, until it is known which one that is.
const THIS_TURN: usize = 0;

/// An answer given to a question back, in the turn that is being read.
pub(crate) fn answered(field: &str) -> Provenance {
    from(field, THIS_TURN)
}

/// A field that was settled in the last turn or before it.
pub(crate) fn of_last_turn(context: &Context<'_>, field: &str) -> Provenance {
    from(field, context.last_turn().max(1))
}

/// Choices made in the conversation so far.
pub(crate) fn chosen(context: &Context<'_>) -> Vec<Chosen> {
    context.previous.map_or_else(Vec::new, |previous| previous.chosen.clone())
}

/// What was chosen the last time that this was asked in the conversation.
pub(crate) fn chosen_before<'a>(context: &Context<'_>, open: &'a Clarification) -> Option<&'a Choice> {
    let before = context.previous?.chosen.iter().rev().find(|chosen| chosen.settles(open))?;
    open.choices.iter().find(|choice| choice.id == before.choice)
}

/// Numbers the turn that is being read.
pub(crate) fn number(provenance: &mut [Provenance]) {
    let this = turn_of(provenance);
    for entry in provenance {
        if let Source::Conversation { turn: turn @ THIS_TURN } = &mut entry.source {
            *turn = this;
        }
    }
}

/// Where the fields of the last scenario came from, seen from the turn after it;
/// those that `keep` leaves out are said anew.
pub(crate) fn kept(context: &Context<'_>, keep: impl Fn(&str) -> bool) -> Vec<Provenance> {
    let last = context.last_turn();
    let entries = context.previous.into_iter().flat_map(|p| &p.provenance);
    let mut out: Vec<Provenance> = vec![from(GOES_ON_FROM, last)];
    for entry in entries.filter(|e| e.field != GOES_ON_FROM && keep(&e.field)) {
        let source = match &entry.source {
            Source::Question { .. } => Source::Conversation { turn: last },
            earlier => earlier.clone(),
        };
        let entry = Provenance { field: entry.field.clone(), source };
        if !out.contains(&entry) {
            out.push(entry);
        }
    }
    out
}

/// Where a field of the last scenario came from: the turn in which it was said.
pub(crate) fn source_of(context: &Context<'_>, field: &str) -> Source {
    let before = context.previous.and_then(|p| p.provenance.iter().find(|e| e.field == field));
    match before.map(|e| &e.source) {
        Some(earlier @ (Source::Conversation { .. } | Source::Rule { .. })) => earlier.clone(),
        _ => Source::Conversation { turn: context.last_turn() },
    }
}

/// A field that comes from a turn.
fn from(field: &str, turn: usize) -> Provenance {
    Provenance { field: field.to_owned(), source: Source::Conversation { turn } }
}
