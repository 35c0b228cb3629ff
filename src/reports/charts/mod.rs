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

/// Names cut to a width. Where two would then be the same, the words that all of them
/// begin with are left out first.
fn told_apart(names: &[&str], width: f64) -> Vec<String> {
    let cut = |names: &[String]| -> Vec<String> { names.iter().map(|n| fitted(n, width, false)).collect() };
    let whole: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let first = cut(&whole);
    let alike = |a: usize| (0..a).any(|b| first[a] == first[b] && names[a] != names[b]);
    if !(0..names.len()).any(alike) {
        return first;
    }
    let shared = shared_words(names);
    cut(&names.iter().map(|name| format!("…{}", &name[shared..])).collect::<Vec<String>>())
}

/// Bytes of the whole words that all names begin with, so that something is left of each.
fn shared_words(names: &[&str]) -> usize {
    let Some((first, rest)) = names.split_first() else { return 0 };
    let ends = first.match_indices(' ').map(|(at, _)| at + 1);
    ends.take_while(|end| rest.iter().all(|name| name.len() > *end && name.starts_with(&first[..*end])))
        .last()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_begin_alike_are_told_apart() {
        let names = ["Product X SPIFF +12% for Gold partners", "Product X SPIFF +12%"];
        assert_eq!(told_apart(&names, 115.0), ["…+12% for Gold…", "…+12%"]);
        assert_eq!(told_apart(&names, 400.0), names);
        let others = ["Northwind Traders of the North", "Contoso Partners of the South"];
        assert_eq!(told_apart(&others, 72.0), ["Northwind…", "Contoso P…"]);
        assert_eq!(told_apart(&["Gold A", "Gold A"], 20.0).len(), 2);
    }

    #[test]
    fn names_are_cut_to_the_room_they_take() {
        assert_eq!(fitted("Northwind", 72.0, false), "Northwind");
        assert_eq!(fitted("Northwind Traders", 72.0, false), "Northwind…");
        assert_eq!(fitted("東京電機株式会社", 72.0, false), "東京電機株…");
    }
}
