//! The one integration binary: each further file directly under `tests/` would
//! cost a link of its own.

mod arrows;
