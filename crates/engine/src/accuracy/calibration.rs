//! How good forecasts of changes were, over all past ones: ranges, errors, signs and
//! the slope of what came on what was said (FORECASTING.md §5). Sums only.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::what_if::{Event, Said, round};

/// A predicted change smaller than this share of the units says neither up nor down.
const LIFT_MIN: f64 = 0.005;
/// A slope needs so many events, from so many origins.
const EVENTS_MIN: usize = 5;
const ORIGINS_MIN: usize = 3;
/// Predicted log-lifts that lie closer together than this, root mean square, are one.
const SPREAD_MIN: f64 = 0.001;
/// P90 − P10 of a normal in standard deviations.
const WIDTH_80: f64 = 2.563_103_131_1;

/// Scores of past changes. Null where nothing could be scored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WhatIfScores {
    /// Changes scored.
    pub events: usize,
    /// Units, all changes.
    pub units: FigureScores,
    /// Units had nobody been taken to answer the change: what the response adds is
    /// the difference to `units`.
    pub units_without_response: FigureScores,
    /// Payouts, of changes after which anything was paid or expected to be.
    pub payout: FigureScores,
    /// Slope of log(what came / units without the change) on the predicted log-lift,
    /// weighted by the width of the ranges: 1 where lifts come as they are said, 0
    /// where they say nothing.
    pub slope: Option<f64>,
    /// Its standard error, events of one origin taken as one (CR1).
    pub slope_se: Option<f64>,
    /// Changes predicted to move units by 0.5% at least.
    pub signs: usize,
    /// Of these, those after which units moved that way.
    pub signs_right: usize,
}

/// Scores of one figure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FigureScores {
    /// Changes counted.
    pub events: usize,
    /// Of these, those that came inside the range of 8 in 10; null for a figure
    /// without a range.
    pub inside_80: Option<usize>,
    /// Sum of absolute errors over the sum of what came.
    pub wape: Option<f64>,
    /// Sum of forecasts over the sum of what came, less 1.
    pub bias: Option<f64>,
}

impl FigureScores {
    /// Share inside the range of 8 in 10.
    pub fn coverage_80(&self) -> Option<f64> {
        let share = self.inside_80? as f64 / self.events as f64;
        share.is_finite().then_some(share)
    }

    /// Scores of what was said; `ranged`: whether a range was said too.
    pub fn of(said: &[Said], ranged: bool) -> Self {
        let came: f64 = said.iter().map(|s| s.actual).sum();
        let over = |part: f64| (came > 0.0).then(|| round(part / came, 4)).filter(|v| v.is_finite());
        Self {
            events: said.len(),
            inside_80: ranged.then(|| said.iter().filter(|s| s.is_inside()).count()),
            wape: over(said.iter().map(|s| (s.mean - s.actual).abs()).sum()),
            bias: over(said.iter().map(|s| s.mean - s.actual).sum()),
        }
    }
}

impl WhatIfScores {
    /// Scores of some events.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let events: Vec<&Event> = events.into_iter().collect();
        let units: Vec<Said> = events.iter().map(|e| e.units).collect();
        let without: Vec<Said> = events.iter().map(|e| Said { mean: e.units_without, ..e.units }).collect();
        let pays = |s: &Said| s.mean >= 0.005 || s.actual >= 0.005;
        let payout: Vec<Said> = events.iter().map(|e| e.payout).filter(pays).collect();
        let told: Vec<&&Event> = events.iter().filter(|e| e.lift.mean.abs() >= LIFT_MIN).collect();
        let right = told.iter().filter(|e| e.lift.actual * e.lift.mean > 0.0).count();
        let slope = Slope::of(&events);
        Self {
            events: events.len(),
            units: FigureScores::of(&units, true),
            units_without_response: FigureScores::of(&without, false),
            payout: FigureScores::of(&payout, true),
            slope: slope.map(|s| round(s.slope, 4)),
            slope_se: slope.map(|s| round(s.se, 4)),
            signs: told.len(),
            signs_right: right,
        }
    }
}

/// A weighted straight line with an intercept (what all changes of a time share is
/// not their response).
#[derive(Debug, Clone, Copy, PartialEq)]
struct Slope {
    slope: f64,
    se: f64,
}

/// One point of the line.
struct Point {
    said: f64,
    came: f64,
    weight: f64,
    origin: chrono::NaiveDate,
}

impl Slope {
    /// `None` with too few events or origins, or where every lift is the same.
    fn of(events: &[&Event]) -> Option<Self> {
        let points: Vec<Point> = events.iter().filter_map(|e| point(e)).collect();
        let mut origins: Vec<_> = points.iter().map(|p| p.origin).collect();
        origins.sort_unstable();
        origins.dedup();
        let (n, groups) = (points.len() as f64, origins.len() as f64);
        if points.len() < EVENTS_MIN || origins.len() < ORIGINS_MIN {
            return None;
        }
        let sum = |f: &dyn Fn(&Point) -> f64| points.iter().map(|p| p.weight * f(p)).sum::<f64>();
        let all = sum(&|_| 1.0);
        let (said, came) = (sum(&|p| p.said) / all, sum(&|p| p.came) / all);
        let spread = sum(&|p| (p.said - said).powi(2));
        let slope = sum(&|p| (p.said - said) * (p.came - came)) / spread;
        // CR1: Liang and Zeger 1986, Biometrika 73, with the usual correction.
        let error = |p: &Point| p.came - came - slope * (p.said - said);
        let of_origin = |origin| -> f64 {
            let in_it = points.iter().filter(|p| p.origin == origin);
            in_it.map(|p| p.weight * (p.said - said) * error(p)).sum()
        };
        let meat: f64 = origins.iter().map(|o| of_origin(*o).powi(2)).sum();
        let correction = groups / (groups - 1.0) * (n - 1.0) / (n - 2.0);
        let se = (meat * correction).sqrt() / spread;
        let apart = (spread / all).sqrt() > SPREAD_MIN;
        (slope.is_finite() && se.is_finite() && apart).then_some(Self { slope, se })
    }
}

fn point(event: &Event) -> Option<Point> {
    let (said, came) = ((1.0 + event.lift.mean).ln(), (1.0 + event.lift.actual).ln());
    let width = ((1.0 + event.lift.p90) / (1.0 + event.lift.p10)).ln() / WIDTH_80;
    // Nothing is known better than to a percent.
    let weight = 1.0 / width.max(0.01).powi(2);
    let finite = [said, came, weight].iter().all(|v| v.is_finite());
    finite.then_some(Point { said, came, weight, origin: event.known_to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accuracy::past_changes::ChangeKind;
    use crate::forecast::Grade;
    use crate::programs::terms::ProgramKind;

    fn said(mean: f64, half: f64, actual: f64) -> Said {
        Said { mean, p10: mean - half, p90: mean + half, actual }
    }

    /// An event of 100 units without the change; `lift` said, `seen` came.
    fn event(month: u32, lift: f64, seen: f64) -> Event {
        let units = said(100.0 * (1.0 + lift), 20.0, 100.0 * (1.0 + seen));
        Event {
            program: "p".into(),
            name: "P".into(),
            program_kind: ProgramKind::Spiff,
            kind: ChangeKind::Launch,
            version: 1,
            on: chrono::NaiveDate::from_ymd_opt(2025, month + 1, 1).expect("a day"),
            change: String::new(),
            known_to: chrono::NaiveDate::from_ymd_opt(2025, month, 28).expect("a day"),
            months: ["2025-02".into(), "2025-04".into()],
            grade: Grade::B,
            units,
            units_without: 100.0,
            lift: said(lift, 0.2, seen),
            payout: said(0.0, 0.0, 0.0),
        }
    }

    #[test]
    fn lifts_that_come_as_said_have_slope_one_and_twice_as_large_ones_two() {
        let lifts = [0.1, -0.1, 0.2, 0.0, 0.05, -0.2];
        let as_said: Vec<Event> = lifts.iter().zip(1..).map(|(l, m)| event(m, *l, *l)).collect();
        let scores = WhatIfScores::of(&as_said);
        assert!((scores.slope.expect("a slope") - 1.0).abs() < 1e-9);
        assert!(scores.slope_se.expect("an error") < 1e-9);
        // Level lifts are no sign; all others came that way.
        assert_eq!((scores.signs, scores.signs_right), (5, 5));
        assert_eq!(scores.units.wape, Some(0.0));
        assert!(scores.units_without_response.wape > Some(0.1));
        let squared: Vec<Event> =
            lifts.iter().zip(1..).map(|(l, m)| event(m, *l, (1.0f64 + l).powi(2) * 1.1 - 1.0)).collect();
        // A tenth more everywhere is no response: the intercept takes it.
        assert!((WhatIfScores::of(&squared).slope.expect("a slope") - 2.0).abs() < 0.02);
    }

    #[test]
    fn ranges_errors_and_pay_are_counted_by_hand() {
        let mut events = vec![event(1, 0.1, 0.25), event(2, 0.1, 0.5), event(3, -0.1, 0.09)];
        events[0].payout = said(50.0, 10.0, 40.0);
        events[1].payout = said(50.0, 10.0, 80.0);
        let scores = WhatIfScores::of(&events);
        // 110 ± 20 holds 125, not 150; 90 ± 20 holds 109.
        assert_eq!((scores.units.events, scores.units.inside_80), (3, Some(2)));
        assert_eq!(scores.units.wape, Some(round((15.0 + 40.0 + 19.0) / 384.0, 4)));
        assert_eq!(scores.units.bias, Some(round(-74.0 / 384.0, 4)));
        assert_eq!((scores.payout.events, scores.payout.inside_80), (2, Some(1)));
        assert_eq!(scores.payout.wape, Some(round(40.0 / 120.0, 4)));
        assert_eq!((scores.signs, scores.signs_right), (3, 2));
        assert_eq!((scores.slope, scores.slope_se), (None, None), "three events make no slope");
    }

    #[test]
    fn nothing_to_score_is_null() {
        let scores = WhatIfScores::of([]);
        assert_eq!((scores.events, scores.units.wape, scores.units.coverage_80()), (0, None, None));
        let level: Vec<Event> = (1..8).map(|m| event(m, 0.1, 0.1)).collect();
        assert_eq!(WhatIfScores::of(&level).slope, None, "one lift makes no slope");
    }
}
