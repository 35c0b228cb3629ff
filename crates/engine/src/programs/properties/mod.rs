//! What holds of [`settle`](mod@super::settle) whatever the program and whatever was
//! sold, each property with the conditions under which it is true. Random programs
//! of every structure come from [`sample`], random histories from [`history`]. For
//! tests only.
//!
//! `PROPTEST_CASES=20000` plays more of them than the usual 256 a property.

mod alike;
mod always;
mod history;
mod limits;
mod rising;
mod sample;
