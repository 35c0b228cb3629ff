//! Judgements added up.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Judgement, Question, Verdict};
use crate::reading::{Reading, Status};

/// The scores of a set of questions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Score {
    /// Questions judged.
    pub questions: usize,
    /// Of them, those that expect a scenario.
    pub answerable: usize,
    /// Answerable questions read exactly, or as well.
    pub exact: usize,
    /// Fields of expected scenarios that were read right.
    pub fields_right: usize,
    /// Fields of expected scenarios.
    pub fields: usize,
    /// Questions asked back.
    pub asked: usize,
    /// Questions asked back where that was expected or accepted.
    pub asked_rightly: usize,
    /// Questions that expect to be asked back.
    pub to_ask: usize,
    /// Of them, those that were, or were answered in a way that is as good.
    pub to_ask_met: usize,
    /// Answerable questions asked back without need.
    pub needless: usize,
    /// Scenarios that are neither expected nor accepted.
    pub silent_errors: usize,
    /// Questions of any kind that were read right.
    pub right: usize,
}

impl Score {
    /// Adds a judgement.
    pub fn add(&mut self, question: &Question, reading: &Reading, judgement: &Judgement) {
        let right = judgement.verdict == Verdict::Right;
        let asked = reading.status == Status::NeedsClarification;
        self.questions += 1;
        self.right += usize::from(right);
        self.fields_right += judgement.fields.0;
        self.fields += judgement.fields.1;
        self.asked += usize::from(asked);
        self.asked_rightly += usize::from(asked && right);
        self.silent_errors += usize::from(judgement.verdict == Verdict::SilentError);
        match question.expect.status {
            Status::Ready => {
                self.answerable += 1;
                self.exact += usize::from(right);
                self.needless += usize::from(asked && !right);
            }
            Status::NeedsClarification => {
                self.to_ask += 1;
                self.to_ask_met += usize::from(right);
            }
            Status::Unsupported | Status::Failed => {}
        }
    }

    /// Share of answerable questions read exactly; 1 where there are none.
    pub fn exact_match(&self) -> f64 {
        share(self.exact, self.answerable)
    }

    /// Share of the fields of expected scenarios read right.
    pub fn field_accuracy(&self) -> f64 {
        share(self.fields_right, self.fields)
    }

    /// Share of the questions asked back that were to be.
    pub fn clarification_precision(&self) -> f64 {
        share(self.asked_rightly, self.asked)
    }

    /// Share of the questions to be asked back that were.
    pub fn clarification_recall(&self) -> f64 {
        share(self.to_ask_met, self.to_ask)
    }

    /// Share of the answerable questions asked back without need.
    pub fn needless_share(&self) -> f64 {
        if self.answerable == 0 { 0.0 } else { self.needless as f64 / self.answerable as f64 }
    }

    /// Share of all questions with a silent error.
    pub fn silent_error_rate(&self) -> f64 {
        if self.questions == 0 { 0.0 } else { self.silent_errors as f64 / self.questions as f64 }
    }

    /// Upper end of the 95% interval of the silent-error rate.
    pub fn silent_error_upper(&self) -> f64 {
        wilson_upper(self.silent_errors, self.questions)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// Upper end of the 95% Wilson score interval of a share (Wilson 1927); 1 where
/// nothing was counted.
pub fn wilson_upper(hits: usize, of: usize) -> f64 {
    /// 97.5% point of the standard normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    if of == 0 {
        return 1.0;
    }
    let (n, p) = (of as f64, hits as f64 / of as f64);
    let z2 = Z * Z;
    let centre = p + z2 / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    ((centre + spread) / (1.0 + z2 / n)).min(1.0)
}
