//! Charts of an answer as SVG: direct labels instead of legends, what is in grey,
//! the scenario in the one accent colour, intervals as bands, zero lines honest.
//! Every chart is drawn twice, wide and narrow, because text that shrinks with a
//! picture cannot be read on a phone. They take plain numbers and compute none.

mod accruals;
mod budget;
mod canvas;
mod curve;
mod fan;
mod months;
mod movers;
mod paper;
mod places;
mod precedents;
mod said;
mod scale;
mod screen;
mod tornado;
mod waterfall;

pub use accruals::{AccrualBar, accruals};
pub use budget::{BudgetArm, BudgetData, budget};
pub use curve::{CurveData, CurveDot, curve, height};
pub use fan::{FanData, FanPoint, fan};
pub use months::{MonthBar, months};
pub use movers::{MoverBar, movers};
pub use paper::on_paper;
pub use places::{Panel, PlaceGroup, PlaceRow, places};
pub use precedents::{PastPair, precedents};
pub use said::{SaidRow, said, tenths};
pub use tornado::{TornadoLine, tornado};
pub use waterfall::{Step, StepKind, waterfall};

/// A drawn chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// SVG for wide screens, paper and reports.
    pub wide: String,
    /// The same for phones.
    pub narrow: String,
    /// What it shows, in words.
    pub alternative: String,
}

impl Chart {
    fn draw(alternative: String, wide: (f64, &str), draw: impl Fn(f64, &str, &str) -> String) -> Self {
        Self {
            wide: draw(wide.0, "chart wide", &alternative),
            narrow: draw(350.0, "chart narrow", &alternative),
            alternative,
        }
    }
}

const TEXT: &str = "var(--text)";
const MUTED: &str = "var(--muted)";
const GRID: &str = "var(--grid)";
const AXIS: &str = "var(--axis)";
const PAST: &str = "var(--past)";
const BASELINE: &str = "var(--baseline)";
const ACCENT: &str = "var(--accent)";
const ACCENT_TEXT: &str = "var(--accent-text)";
const BAND: &str = "var(--band)";
const BAND_OUTCOME: &str = "var(--band-outcome)";

/// Width of a character at 12 px, roughly; generous, because the font is the
/// reader's own.
const CHARACTER: f64 = 7.2;
/// The same in bold.
const CHARACTER_BOLD: f64 = 7.9;

/// How many characters a letter is as wide as: those of East Asian scripts are square.
fn characters(letter: char) -> f64 {
    match u32::from(letter) {
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE4F => 1.7,
        0xFF00..=0xFF60 | 0x1F300..=0x1FAFF | 0x2_0000..=0x3_FFFF => 1.7,
        _ => 1.0,
    }
}

fn text_width(text: &str, bold: bool) -> f64 {
    text.chars().map(characters).sum::<f64>() * if bold { CHARACTER_BOLD } else { CHARACTER }
}

/// Cuts a name to a width, with an ellipsis.
fn fitted(text: &str, width: f64, bold: bool) -> String {
    if text_width(text, bold) <= width {
        return text.to_owned();
    }
    let room = width / if bold { CHARACTER_BOLD } else { CHARACTER } - 1.0;
    let mut taken = 0.0;
    let kept: String = text
        .chars()
        .take_while(|letter| {
            taken += characters(*letter);
            taken <= room
        })
        .collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_to_the_room_they_take() {
        assert_eq!(fitted("Northwind", 72.0, false), "Northwind");
        assert_eq!(fitted("Northwind Traders", 72.0, false), "Northwind…");
        assert_eq!(fitted("東京電機株式会社", 72.0, false), "東京電機株…");
    }
}
