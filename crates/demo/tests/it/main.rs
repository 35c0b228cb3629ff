//! Tests of the generator and of the naive calculator.

mod books;
mod catalogue;
mod confounding;
mod grounding;
mod naive_pay;
mod naive_qualify;
mod naive_returns;
mod paraphrases;
mod prose;
mod questions;
mod spoilt;
mod worked_examples;
mod world;
