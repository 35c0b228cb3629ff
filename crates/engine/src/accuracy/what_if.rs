//! One past change forecast as it would have been the day before it: what was known
//! then, the real new terms, both arms through the payout rules; and what came. Says
//! nothing about many changes: [`super::calibration`] does.

use chrono::NaiveDate;
use rust_decimal::prelude::ToPrimitive;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::past_changes::{ChangeKind, PastChange};
use crate::calendar::Month;
use crate::forecast::{Forecast, Grade, Quantity};
use crate::model::Model;
use crate::panel::Panel;
use crate::programs::RuleBook;
use crate::programs::accruals::Accruals;
use crate::programs::terms::ProgramKind;
use crate::simulation::{Arm, Continue, Request, SimulationError, reached, simulate};

/// Draws of a past change: half of what an answer takes, for a quarter of the figures.
const DRAWS: usize = 1_000;

/// A past change, what would have been said then, and what came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Program.
    pub program: String,
    /// Its name.
    pub name: String,
    /// Kind of the program.
    pub program_kind: ProgramKind,
    /// What kind of change.
    pub kind: ChangeKind,
    /// Version that began, or the one that ended.
    pub version: u32,
    /// Day of the change.
    pub on: NaiveDate,
    /// What changed, in words.
    pub change: String,
    /// Last day of the data that the forecast used.
    pub known_to: NaiveDate,
    /// First and last month that were forecast, such as `2025-07`.
    pub months: [String; 2],
    /// Evidence grade then, that of most of the units.
    pub grade: Grade,
    /// Units of the products and partners reached, over these months.
    pub units: Said,
    /// Units that were expected had the terms stayed as they were.
    pub units_without: f64,
    /// The change of units as a share of those without it. `actual` is what came over
    /// `units_without`: the change, and everything else that was not foreseen.
    pub lift: Said,
    /// What the program pays over these months, own pay and overrides.
    pub payout: Said,
}

/// What was said of a figure, and what came.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Said {
    /// Expected.
    pub mean: f64,
    /// Low end of the range that 8 in 10 outcomes lie in.
    pub p10: f64,
    /// High end.
    pub p90: f64,
    /// What came.
    pub actual: f64,
}

impl Said {
    /// Whether what came lay in the range. A range of counts and cents holds its
    /// ends.
    pub fn is_inside(&self) -> bool {
        (self.p10..=self.p90).contains(&self.actual)
    }

    fn of(said: &Quantity, actual: f64) -> Option<Self> {
        let mean = said.mean?;
        let (p10, p90) = (said.outcome_p10.unwrap_or(mean), said.outcome_p90.unwrap_or(mean));
        let finite = [mean, p10, p90, actual].iter().all(|v| v.is_finite());
        finite.then_some(Self { mean, p10, p90, actual })
    }

    fn rounded(self, places: i32) -> Self {
        let round = |v: f64| round(v, places);
        Self {
            mean: round(self.mean),
            p10: round(self.p10),
            p90: round(self.p90),
            actual: round(self.actual),
        }
    }
}

pub(super) fn round(value: f64, places: i32) -> f64 {
    let scale = 10f64.powi(places);
    (value * scale).round() / scale
}

/// What came, of the whole history.
pub(super) struct Came<'a> {
    pub panel: &'a Panel,
    pub accruals: &'a Accruals,
}

/// Forecasts a change with a model that knows nothing of it and sets what came beside
/// it. `None` where it would have reached nobody who sold, or what came is no number.
pub(super) fn event(
    change: &PastChange<'_>,
    model: &Model,
    came: &Came<'_>,
    months: usize,
    seed: u64,
) -> Option<Event> {
    let rules = RuleBook::of(&model.company.programs);
    // The real terms are the baseline of the simulation, the old ones its option: the
    // rows of a baseline cover the period alone, those of an option its tail too.
    let without = Arm { label: "without".to_owned(), rules: change.without(&rules, months) };
    let changed = [change.program.id.clone()];
    let request = Request {
        model,
        period: change.span(months),
        baseline: &rules,
        options: std::slice::from_ref(&without),
        changed_programs: &changed,
        seed,
        draws: DRAWS,
        counted: None,
    };
    let (partners, covered) = reached(&request).ok()?;
    let forecast = played(&request).ok()?;
    let window = change.window(months);
    let sold = sold(came.panel, &partners, &covered, window);
    let paid = paid(came.accruals, &change.program.id, window);
    told(change, model, &forecast, sold, paid, months)
}

fn played(request: &Request<'_>) -> Result<Forecast, SimulationError> {
    simulate(request, &|_| Continue::Yes)
}

fn told(
    change: &PastChange<'_>,
    model: &Model,
    forecast: &Forecast,
    sold: f64,
    paid: f64,
    months: usize,
) -> Option<Event> {
    let gross = &forecast.gross_of_pull_forward.units;
    let units = Said::of(&gross.baseline, sold)?;
    let without = gross.options.first()?.mean.filter(|units| *units > 0.0)?;
    let share = |units: f64| units / without - 1.0;
    let lift = Said {
        mean: share(units.mean),
        p10: share(units.p10),
        p90: share(units.p90),
        actual: share(units.actual),
    };
    let kind = change.terms()?.kind;
    let key = if kind == ProgramKind::Mdf { "fund_accrual" } else { "payout" };
    let row = forecast.by.program.iter().find(|row| row.key == change.program.id);
    let payout = row.and_then(|row| row.metrics.get(key)).map(|metric| metric.baseline);
    let nothing = Quantity { mean: Some(0.0), ..Quantity::default() };
    let payout = Said::of(&payout.unwrap_or(nothing), paid)?;
    let (first, last) = change.window(months);
    Some(Event {
        program: change.program.id.clone(),
        name: change.program.name().to_owned(),
        program_kind: kind,
        kind: change.kind,
        version: change.version,
        on: change.on,
        change: change.words(),
        known_to: model.company.as_of,
        months: [first.key(), last.key()],
        grade: grade(forecast),
        units: units.rounded(1),
        units_without: round(without, 1),
        lift: lift.rounded(4),
        payout: payout.rounded(2),
    })
}

/// The grade of most of the units; the weaker of two that are level.
fn grade(forecast: &Forecast) -> Grade {
    let units = |sku: &str| {
        let row = forecast.by.product.iter().find(|row| row.key == sku)?;
        row.metrics.get("units")?.baseline.mean
    };
    let weight = |grade: Grade| -> f64 {
        let of_grade = forecast.evidence.iter().filter(|e| e.grade == grade);
        of_grade.map(|e| units(&e.sku).unwrap_or(0.0)).sum()
    };
    let grades = [Grade::A, Grade::B, Grade::C, Grade::PriorOnly];
    grades.into_iter().max_by(|a, b| weight(*a).total_cmp(&weight(*b))).unwrap_or(Grade::PriorOnly)
}

/// Units of some partners and products in some months.
pub(super) fn sold(panel: &Panel, partners: &[usize], covered: &[bool], window: (Month, Month)) -> f64 {
    let from = (window.0.0 - panel.first_month.0).max(0) as usize;
    let count = (window.1.0 - panel.first_month.0 + 1).max(0) as usize;
    let counts = |pair: &(usize, usize)| covered[pair.1] && partners.binary_search(&pair.0).is_ok();
    let series = panel.series.iter().enumerate().filter(|(_, pair)| counts(pair));
    series.map(|(s, _)| panel.units_of(s).iter().take(count).skip(from).sum::<f64>()).sum()
}

/// What the rules gave on the sales as they were, before clawbacks.
fn paid(accruals: &Accruals, program: &str, window: (Month, Month)) -> f64 {
    let keys = window.0.key()..=window.1.key();
    let of_program = accruals.programs.iter().filter(|p| p.program_id == program);
    let months = of_program.flat_map(|p| &p.months).filter(|m| keys.contains(&m.month));
    months.map(|m| (m.accrued.own + m.accrued.overrides).to_f64().unwrap_or(0.0)).sum()
}
