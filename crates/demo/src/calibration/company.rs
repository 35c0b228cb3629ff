//! A small company of random size, and what the engine learned from it.

use std::sync::Arc;

use spiffcast_engine::model::Model;
use spiffcast_engine::panel::Panel;

use super::Setup;
use crate::agree::engine;
use crate::random::Stream;
use crate::{Shape, World, generate_unpaid};

/// A company from both sides.
pub struct Subject {
    /// As it was drawn, with its truth.
    pub world: World,
    /// As the engine sees it.
    pub model: Model,
}

/// Draws the company of a seed and lets the engine learn.
pub fn draw(seed: u64, setup: &Setup) -> Subject {
    let shape = if setup.of_demo_size { Shape::demo() } else { shape(seed) };
    let world = generate_unpaid(seed, &shape, setup.departure);
    let mut company = engine::company(&world.books);
    company.as_of = Shape::last_month().last();
    let panel = Panel::of_lines(company.lines.iter(), company.as_of);
    let model = Model::fit(Arc::new(company), panel, &|_| ());
    Subject { world, model }
}

/// 30 to 120 partners, 8 to 20 products, 24 to 42 months, half to twice the usual sales.
fn shape(seed: u64) -> Shape {
    let mut stream = Stream::new(seed, "calibration shape", &[]);
    Shape {
        partners: stream.between(30, 120) as usize,
        products: stream.between(8, 20) as usize,
        months: stream.between(24, 42) as usize,
        volume: libm::exp2(2.0 * stream.uniform() - 1.0),
    }
}
