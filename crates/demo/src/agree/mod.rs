//! Random small companies, paid by the engine and by the naive calculator: both must
//! come to the same payout lines, field by field. Tests only; the one place where this
//! crate meets the engine, which gets the programs as files and the rest as its own types.
//!
//! `SPIFFCAST_AGREE_WORLDS=200000 cargo test -p spiffcast-demo agree` tries more;
//! `SPIFFCAST_AGREE_SEED=123` tries one, and tells it.

mod company;
mod compare;
mod days;
mod demo;
mod draw;
mod edges;
pub mod engine;
mod rules;
mod sales;
mod shrink;
mod tell;
mod terms;
mod worlds;

use crate::books::Books;
use draw::Draw;

/// A company with programs and a history, all drawn from one number.
fn world(seed: u64) -> Books {
    let draw = &mut Draw::new(seed);
    let mut books = company::company(draw);
    let days = days::Days::new(draw, books.first_month);
    rules::programs(draw, &days, &mut books);
    sales::sales(draw, &days, &mut books);
    edges::nudge(draw, &mut books);
    rules::changes(draw, &days, &mut books);
    edges::cap(draw, &mut books);
    sales::returns(draw, &mut books);
    books
}
