//! The pages, one file an area, mirrored by `templates/`.

pub mod accuracy;
pub mod answer;
pub mod ask;
pub mod earnings;
pub mod programs;
pub mod scenarios;
