//! A value looked for, or a range gone over, of the program last spoken of: "what rate
//! would break even?", "and from 40 to 50?". Reads the words of the question with that
//! program and its time behind them; takes no amount over.

use crate::reading::board::Board;
use crate::reading::reader::Reader;
use crate::reading::splitting::{Slot, Survey};
use crate::reading::token::tokens;
use crate::reading::{goal, lookup, sweep};
use crate::scenario::Draft;

use super::words::{self, OFFSET};

/// Whether the question looks for a value or goes over a range, and names no program.
pub(crate) fn asks(survey: &Survey<'_>, previous: &Draft) -> bool {
    let whole = 0..survey.sheet.len();
    let alone = previous.options.iter().map(|o| o.levers.len()).sum::<usize>() == 1;
    let own = survey.has(Slot::Program, &whole) || survey.has(Slot::Product, &whole);
    let ranged = sweep::find(survey).is_some_and(|r| r.asked());
    alone && !own && !lookup::is_lookup(survey) && (goal::find(survey).is_some() || ranged)
}

/// The draft of such a question.
pub(super) fn read(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    previous: &Draft,
    board: &mut Board,
) -> Option<Draft> {
    let lever = previous.options.first()?.levers.first()?;
    let whole = 0..survey.sheet.len();
    let mut behind = format!(" of {}{}", lever.program, words::term(lever));
    if !survey.has(Slot::Period, &whole) {
        behind += &format!(" from {} to {}", previous.period.start, previous.period.end);
    }
    let mut context = tokens(&behind);
    for token in &mut context {
        token.start += OFFSET;
        token.end += OFFSET;
    }
    let joint = Survey::of(reader, survey.sheet.tokens.iter().cloned().chain(context).collect());
    let draft = match goal::find(&joint) {
        Some(found) => goal::read(reader, &joint, found, board),
        None => sweep::read(reader, &joint, sweep::find(&joint)?, board),
    };
    board.coverage.forget(OFFSET);
    let audience = survey.has(Slot::Audience, &whole);
    draft.map(|d| if audience { d } else { Draft { audience: previous.audience.clone(), ..d } })
}
