//! The pages, one file an area, mirrored by `templates/`.

pub mod answer;
pub mod ask;
pub mod programs;
