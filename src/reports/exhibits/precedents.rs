//! What followed past changes of the programs.

use spiffcast_engine::company::Company;
use spiffcast_engine::forecast::{Forecast, Precedent};

use super::Exhibit;
use crate::reports::charts::{self, PastPair};
use crate::reports::{format, grounds};

/// Changes that are drawn: the last ones; the table has all.
const DRAWN_MAX: usize = 8;

/// The units before and after past changes, as the forecast has them: newest first.
pub fn precedents(forecast: &Forecast, company: &Company) -> Option<Exhibit> {
    let lines = grounds::precedents(forecast, company);
    let pair = |(p, line): (&Precedent, &grounds::PrecedentLine)| PastPair {
        name: line.what.clone(),
        before: p.units_before,
        after: p.units_after,
        moved: line.moved.clone(),
    };
    let pairs: Vec<PastPair> = forecast.precedents.iter().zip(&lines).map(pair).take(DRAWN_MAX).collect();
    let more = forecast.precedents.iter().take(DRAWN_MAX).filter(|p| p.units_after > p.units_before).count();
    let lead = match (pairs.len(), more) {
        (1, 1) => "More was sold in the three months from the last change than before it.".to_owned(),
        (1, _) => "No more was sold in the three months from the last change than before it.".to_owned(),
        (all, more) => format!(
            "After {} of the last {} changes more was sold in three months than in the three before.",
            format::count(more as f64),
            format::count(all as f64)
        ),
    };
    let rows = lines.into_iter().map(|l| vec![l.what, l.change, l.before, l.after, l.moved]).collect();
    Some(Exhibit {
        id: "precedents",
        title: "What past changes did".to_owned(),
        lead: format!("{lead} Season and market move too: this is what happened, not what the change did."),
        chart: charts::precedents(&pairs)?,
        head: vec!["Change", "What changed", "3 months before", "3 months from it", "Units"],
        rows,
    })
}
