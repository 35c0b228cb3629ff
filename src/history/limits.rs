//! Bounds on everything that comes from outside, in one place. They are far above
//! what a company has and far below what would take the process down.

/// Largest file of a table, in bytes.
pub(super) const TABLE_BYTES_MAX: u64 = 2 << 30;
/// Largest size of a Parquet table once unpacked, in bytes: a small file may unpack to anything.
pub(super) const UNPACKED_BYTES_MAX: u64 = 8 << 30;
/// Largest workbook once unpacked, in bytes. A million rows of transactions take some 600 MB.
pub(super) const WORKBOOK_BYTES_MAX: u64 = 2 << 30;
/// A workbook may unpack to so many times its size, beyond [`WORKBOOK_FREE`]: sheets pack
/// to a tenth or so, and only what was made to fill the memory packs to a thousandth.
pub(super) const WORKBOOK_TIMES_MAX: u64 = 100;
/// Bytes that any workbook may unpack to, however small it is.
pub(super) const WORKBOOK_FREE: u64 = 64 << 20;
/// Most parts of a workbook.
pub(super) const WORKBOOK_PARTS_MAX: usize = 10_000;
/// Most rows of one table.
pub(super) const ROWS_MAX: usize = 20_000_000;
/// Most columns of one table, known or not.
pub(super) const COLUMNS_MAX: usize = 256;
/// Longest cell, in bytes.
pub(super) const CELL_BYTES_MAX: usize = 1_000;
/// Largest program file, in bytes.
pub(super) const PROGRAM_BYTES_MAX: u64 = 1 << 20;
/// Most program files.
pub(super) const PROGRAM_FILES_MAX: usize = 5_000;
/// Most cells (series × months) of the panel.
pub(super) const PANEL_CELLS_MAX: usize = 200_000_000;
/// Findings of one file that are shown; all are counted.
pub(super) const SHOWN_MAX: usize = 100;
/// First and last year that a date may have.
pub(super) const YEARS: std::ops::RangeInclusive<i32> = 1970..=2100;
