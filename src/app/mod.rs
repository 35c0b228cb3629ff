//! Use cases: the chain of a question in plain sight. Every step takes plain
//! values and gives plain values; the edges do the talking to the outside.

pub mod answer;
pub mod port;
