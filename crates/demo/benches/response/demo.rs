//! A full refit of the demo company: the history of its incentives and the response
//! to them. Nothing is kept between runs.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use spiffcast_demo::{Shape, generate};
use spiffcast_engine::model::Model;
use spiffcast_engine::panel::Panel;

use crate::engine;

const SEED: u64 = 7;
const RUNS: usize = 5;

pub fn run() {
    let company = Arc::new(engine::company(&generate(SEED, &Shape::demo()).books));
    let panel = Panel::of_lines(company.lines.iter(), company.as_of);
    for _ in 0..RUNS {
        let started = Instant::now();
        // The share that is done names the part: incentives, response, baseline.
        let parts = std::sync::Mutex::new(Vec::new());
        let progress = |share: f64| {
            if let Ok(mut parts) = parts.lock() {
                parts.push((share, started.elapsed().as_secs_f64()));
            }
        };
        let model = black_box(Model::fit(Arc::clone(&company), panel.clone(), &progress));
        let parts = parts.lock().expect("no run panics").clone();
        let text: Vec<String> = parts.iter().map(|(share, at)| format!("{share:.1} at {at:.3} s")).collect();
        println!("{} products: {}", model.response.products.len(), text.join(", "));
    }
}
