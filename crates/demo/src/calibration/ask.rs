//! The question: the rate of a random program that is in force throughout the next
//! quarter, moved up or down for that quarter, within what was paid before or to its
//! edge. Its answer is not looked at here.

use rust_decimal::Decimal;
use spiffcast_engine::calendar::Span;
use spiffcast_engine::programs::RuleBook;
use spiffcast_engine::programs::terms as engine;

use super::company::Subject;
use crate::company::cells::incentives;
use crate::company::incentive::{moves_sales, to_f64};
use crate::random::Stream;
use crate::shape::Shape;
use crate::terms::{Pay, Rate, Version};
use crate::world::World;

/// Months of the quarter.
pub const QUARTER: usize = 3;
/// Months after it in which its change still shows.
pub const TAIL: usize = 2;

/// A change of one rate.
#[derive(Debug, Clone)]
pub struct Question {
    /// Program.
    pub program: String,
    /// Its rate in the quarter as the rules stand, and changed: currency a unit or
    /// percent.
    pub rate: [Decimal; 2],
    /// Effective incentive of every pair by month, as the rules stand, and changed.
    pub x: [Vec<Vec<f64>>; 2],
}

/// The quarter asked about.
pub fn quarter() -> Span {
    let first = Shape::last_month().plus(1);
    Span::new(first.first(), first.plus(QUARTER as i32 - 1).last())
}

/// The question of a seed. `None` where no program can be asked about.
pub fn draw(seed: u64, subject: &Subject) -> Option<Question> {
    let world = &subject.world;
    let mut stream = Stream::new(seed, "question", &[]);
    let span = quarter();
    let live: Vec<&Version> = world
        .books
        .versions
        .iter()
        .filter(|v| moves_sales(&v.terms) && v.terms.from <= span.start && span.end <= v.terms.to)
        .filter(|v| varied(world, &v.program))
        .collect();
    if live.is_empty() {
        return None;
    }
    let version = *stream.pick(&live);
    let (old, most) = (flat(version)?, most_paid(world, &version.program)?);
    let new = new_rate(&mut stream, old, most);
    let base = world.incentives.clone();
    let raised = incentives(&world.market, &with_rate(&world.books.versions, version, new));
    let months = world.market.shape.months;
    let mut changed = base.clone();
    for (path, raised) in changed.iter_mut().zip(&raised) {
        path[months..months + QUARTER].copy_from_slice(&raised[months..months + QUARTER]);
    }
    Some(Question { program: version.program.clone(), rate: [old, new], x: [base, changed] })
}

impl Question {
    /// The rules as they stand, and with the change laid over.
    pub fn rules(&self, subject: &Subject) -> [RuleBook; 2] {
        let rules = RuleBook::of(&subject.model.company.programs);
        let mut changed = rules.clone();
        if let Some(program) = changed.program_mut(&self.program) {
            program.overlay(quarter(), None, |terms| {
                let rate = match &terms.rate {
                    engine::Rate::Flat(engine::Pay::PerUnit(_)) => engine::Pay::PerUnit(self.rate[1]),
                    _ => engine::Pay::Percent(self.rate[1]),
                };
                Some(engine::Terms { rate: engine::Rate::Flat(rate), ..terms.clone() })
            });
        }
        [rules, changed]
    }

    /// Whether the change reaches a pair.
    pub fn reaches(&self, pair: usize) -> bool {
        self.x[0][pair].iter().zip(&self.x[1][pair]).any(|(a, b)| (a - b).abs() > 1e-12)
    }
}

/// Whether a program has paid different rates: one that always paid the same tells
/// nothing, and nothing is within its observed range.
fn varied(world: &World, program: &str) -> bool {
    let today = quarter().start;
    let past = world.books.versions.iter().filter(|v| v.program == program && v.terms.from < today);
    let rates: Vec<Decimal> = past.filter_map(flat).collect();
    rates.iter().any(|rate| *rate != rates[0])
}

fn flat(version: &Version) -> Option<Decimal> {
    match &version.terms.rate {
        Rate::Flat(Pay::PerUnit(rate) | Pay::Percent(rate)) => Some(*rate),
        Rate::Tiers(..) => None,
    }
}

/// The highest rate that the program has paid so far.
fn most_paid(world: &World, program: &str) -> Option<Decimal> {
    let today = quarter().start;
    let past = world.books.versions.iter().filter(|v| v.program == program && v.terms.from < today);
    past.filter_map(flat).max()
}

/// A third of the questions asks for the edge, the others for something between nothing
/// and the edge, a quarter of the way from today's rate at least.
fn new_rate(stream: &mut Stream, old: Decimal, most: Decimal) -> Decimal {
    let (now, edge) = (to_f64(old), to_f64(most));
    loop {
        let new = if stream.chance(1.0 / 3.0) { edge } else { edge * stream.uniform() };
        let cents = libm::round(new * 100.0) as i64;
        if (new - now).abs() >= 0.25 * edge || now >= edge && cents > 0 && new < 0.8 * now {
            return Decimal::new(cents, 2);
        }
        if stream.chance(0.02) {
            // Today's rate is at the edge or near the middle: half of it will do.
            return old / Decimal::from(2);
        }
    }
}

fn with_rate(versions: &[Version], changed: &Version, rate: Decimal) -> Vec<Version> {
    let mut versions = versions.to_vec();
    let same = |v: &&mut Version| v.program == changed.program && v.version == changed.version;
    for version in versions.iter_mut().filter(same) {
        version.terms.rate = match version.terms.rate {
            Rate::Flat(Pay::Percent(_)) => Rate::Flat(Pay::Percent(rate)),
            _ => Rate::Flat(Pay::PerUnit(rate)),
        };
    }
    versions
}
