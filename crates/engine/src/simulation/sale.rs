//! What is sold, in units, revenue and margin, expected and in both draws: how it adds up
//! and where it goes in the ledger. Sells nothing.

use super::lanes::{Lanes, add};
use super::ledger::{DRAWS, Drawn, Expected, FIELDS, drawn_at, expected_at};
use super::real::{Real, each, gather};

/// Units: expected, then in both draws.
pub type Units<T, const P: usize> = [[T; P]; 1 + DRAWS];
/// The same in units, revenue and margin.
pub type Sale<T, const P: usize> = [[[T; P]; 3]; 1 + DRAWS];
/// What a unit counts for: itself, revenue, margin.
pub type Worth = [f64; 3];

/// Nothing sold.
#[inline(always)]
pub fn nothing<T: Real, const P: usize>() -> Sale<T, P> {
    [[[T::default(); P]; 3]; 1 + DRAWS]
}

/// Units of the baseline with what was sold before, or what the `k`-th distinct arm differs
/// by from it.
#[inline(always)]
pub fn apart<T: Real, const P: usize>(units: &[[T; P]], k: usize, sold: T) -> [T; P] {
    let own = &units[k];
    if k == 0 {
        return each(|lane| own[lane] + sold);
    }
    let baseline = &units[0];
    each(|lane| own[lane] - baseline[lane])
}

/// Adds units, expected and in both draws, with what a unit is worth.
#[inline(always)]
pub fn add_worth<T: Real, const P: usize>(to: &mut Sale<T, P>, units: &Units<T, P>, worth: Worth) {
    for (to, units) in to.iter_mut().zip(units) {
        for (to, worth) in to.iter_mut().zip(worth) {
            let (had, worth) = (*to, T::of(worth));
            *to = each(|lane| had[lane] + units[lane] * worth);
        }
    }
}

#[inline(always)]
pub fn add_sale<T: Real, const P: usize>(to: &mut Sale<T, P>, sale: &Sale<T, P>) {
    to.iter_mut().flatten().zip(sale.iter().flatten()).for_each(|(to, from)| gather(to, from));
}

/// Adds a sale to a row of the ledger.
#[inline(always)]
pub fn put<T: Real, const P: usize>(row: &mut [Lanes<P>; FIELDS], sale: &Sale<T, P>) {
    let [expected, drawn @ ..] = sale;
    for (field, value) in [Expected::Units, Expected::Revenue, Expected::Margin].into_iter().zip(expected) {
        add(&mut row[expected_at(field)], value);
    }
    for (draw, values) in drawn.iter().enumerate() {
        for (field, value) in [Drawn::Units, Drawn::Revenue, Drawn::Margin].into_iter().zip(values) {
            add(&mut row[drawn_at(field, draw)], value);
        }
    }
}

/// Adds units with what one is worth to a row of the ledger.
#[inline(always)]
pub fn put_units<T: Real, const P: usize>(row: &mut [Lanes<P>; FIELDS], units: &Units<T, P>, worth: Worth) {
    let mut sale = nothing();
    add_worth(&mut sale, units, worth);
    put(row, &sale);
}

/// The fields of a sale: its expectation and both draws.
pub fn sale(units: f64, drawn: [f64; DRAWS], price: f64, margin: f64) -> [f64; FIELDS] {
    let worth = |units: f64| [[units], [units * price], [units * margin]];
    let mut fields = [[0.0]; FIELDS];
    put(&mut fields, &[worth(units), worth(drawn[0]), worth(drawn[1])]);
    fields.map(|[value]| value)
}
