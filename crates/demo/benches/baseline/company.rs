//! A generated company as the engine knows it. The conversion is the one that the
//! crate's own tests use.

use spiffcast_demo::{Shape, World};
use spiffcast_engine::company::Company;

use crate::engine;

/// The company at the end of its data, with the sales that were made and not yet
/// reported: what a month really sold is known, and what was known when is in the lines.
pub fn hindsight(world: &World) -> Company {
    let mut books = world.books.clone();
    books.lines.extend(world.unreported.iter().cloned());
    Company { as_of: Shape::last_month().last(), ..engine::company(&books) }
}
