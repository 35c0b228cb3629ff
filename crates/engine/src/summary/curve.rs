//! What a sweep or a goal-seek brought out, in a sentence before the rest.

use super::Teller;
use crate::forecast::CurvePoint;

impl Teller<'_> {
    /// The headline of a sweep or a goal-seek; `None` for other questions.
    pub(super) fn curve_headline(&self) -> Option<String> {
        match (&self.forecast.goal, &self.forecast.sweep) {
            (Some(goal), _) => Some(goal.message.clone()),
            (_, Some(points)) => self.sweep_headline(points),
            _ => None,
        }
    }

    fn sweep_headline(&self, points: &[CurvePoint]) -> Option<String> {
        let (first, last) = (points.first()?, points.last()?);
        let net = self.difference("net", 0)?.mean?;
        let label = self.label(0);
        let tried = format!("{} values from {} to {} tried", points.len(), first.value, last.value);
        Some(if net > 0.0 {
            format!(
                "Of the {tried} {}, {label} leaves the most net margin: about {} against the rules as they are.",
                self.when(),
                self.money.signed(net)
            )
        } else if net == 0.0 {
            format!("None of the {tried} {} gains net margin against the rules as they are.", self.when())
        } else {
            format!(
                "None of the {tried} {} gains net margin; {label} comes closest, at {} against the rules as they are.",
                self.when(),
                self.money.signed(net)
            )
        })
    }
}
