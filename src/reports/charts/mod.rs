//! Charts of an answer as SVG: direct labels instead of legends, what is in grey,
//! the scenario in the one accent colour, intervals as bands, zero lines honest.
//! Every chart is drawn twice, wide and narrow, because text that shrinks with a
//! picture cannot be read on a phone. They take plain numbers and compute none.

mod budget;
mod canvas;
mod fan;
mod months;
mod movers;
mod said;
mod scale;
mod tornado;

pub use budget::{BudgetArm, BudgetData, budget};
pub use fan::{FanData, FanPoint, fan};
pub use months::{MonthBar, months};
pub use movers::{MoverBar, movers};
pub use said::{SaidRow, said, tenths};
pub use tornado::{TornadoLine, tornado};

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

fn text_width(text: &str, bold: bool) -> f64 {
    text.chars().count() as f64 * if bold { CHARACTER_BOLD } else { CHARACTER }
}

/// Cuts a name to a width, with an ellipsis.
fn fitted(text: &str, width: f64, bold: bool) -> String {
    let room = (width / if bold { CHARACTER_BOLD } else { CHARACTER }) as usize;
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
