//! What three companies, and one of every world that is not assumed, can hold in a few
//! seconds; hundreds are the example's. Tests only.

use super::{Judged, Setup, trial};
use crate::Departure;

const DRAWS: usize = 200;
const SAMPLES: usize = 4;

fn look(seed: u64, departure: Option<Departure>) -> Judged {
    trial(seed, &Setup { draws: DRAWS, samples: SAMPLES, departure, of_demo_size: false })
        .expect("a program to change")
}

/// Half as wide intervals would double these errors, and leave the upper bound; twice as
/// wide ones would halve them, and leave the lower one.
#[test]
fn three_companies_are_as_far_off_as_their_intervals_say() {
    let found: Vec<Judged> = [1, 2, 3].map(|seed| look(seed, None)).into();
    let errors: Vec<f64> = found
        .iter()
        .flat_map(|t| t.change.iter().chain(t.beta.iter().flat_map(|(lags, _)| lags)).map(|e| e.z()))
        .collect();
    assert_eq!(errors.len(), 18, "three changes and three lags of three companies");
    let size = (errors.iter().map(|z| z * z).sum::<f64>() / errors.len() as f64).sqrt();
    assert!((0.5..1.2).contains(&size), "errors of {size} standard deviations: {errors:?}");
    let inside = found.iter().flat_map(|t| &t.change).filter(|e| e.inside(0.9)).count();
    assert!(inside >= 7, "{inside} of 9 changes inside 90%");
}

#[test]
fn a_company_of_every_other_world_is_told_the_right_way_or_warned_of() {
    let found = Departure::ALL.map(|departure| look(1, Some(departure)));
    let right = found.iter().filter(|t| t.sign_is_right()).count();
    let honest = found.iter().zip(Departure::ALL).filter(|(t, world)| t.is_honest(*world)).count();
    assert!(right >= 4 && honest >= 4, "{right} right, {honest} honest of 5");
    let flat = look(1, None);
    // Promotions are in the history alone; what is ahead differs in the other worlds.
    let differ = |t: &&Judged| t.change[0].truth.to_bits() != flat.change[0].truth.to_bits();
    assert!(found.iter().filter(differ).count() >= 3);
}
