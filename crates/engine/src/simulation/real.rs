//! The numbers that sales are worked out in: double precision where cells sell counts,
//! single where they sell amounts, which twice as many fit side by side of. What is
//! summed over partners, and all pay, is in double precision either way.

use std::ops::{Add, AddAssign, Mul, Sub};

use super::counts::{Cell, Rates};
use super::ledger::DRAWS;
use super::{lanes, singles};

/// A number of sales.
pub trait Real:
    Copy
    + Default
    + PartialOrd
    + Into<f64>
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Send
    + Sync
    + 'static
{
    /// The nearest one.
    fn of(value: f64) -> Self;

    /// The exponential.
    fn exp(self) -> Self;

    /// What a cell sells in every arm and both draws.
    fn draw<const P: usize>(
        cell: &Cell,
        first: u64,
        rates: &mut Rates<Self, P>,
        sold: &mut [Vec<[Self; P]>; DRAWS],
    );
}

impl Real for f64 {
    #[inline(always)]
    fn of(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn exp(self) -> Self {
        lanes::exp(self)
    }

    #[inline(always)]
    fn draw<const P: usize>(
        cell: &Cell,
        first: u64,
        rates: &mut Rates<Self, P>,
        sold: &mut [Vec<[Self; P]>; DRAWS],
    ) {
        cell.draw(first, rates, sold);
    }
}

impl Real for f32 {
    #[inline(always)]
    fn of(value: f64) -> Self {
        value as Self
    }

    #[inline(always)]
    fn exp(self) -> Self {
        singles::exp(self)
    }

    #[inline(always)]
    fn draw<const P: usize>(
        cell: &Cell,
        first: u64,
        rates: &mut Rates<Self, P>,
        sold: &mut [Vec<[Self; P]>; DRAWS],
    ) {
        cell.draw_smooth(first, rates, sold);
    }
}

/// Lane by lane.
#[inline(always)]
pub fn each<T: Real, const P: usize>(of: impl Fn(usize) -> T) -> [T; P] {
    let mut out = [T::default(); P];
    for lane in 0..P {
        out[lane] = of(lane);
    }
    out
}

/// Adds lane by lane, within the same precision.
#[inline(always)]
pub fn gather<T: Real, const P: usize>(to: &mut [T; P], from: &[T; P]) {
    // As in [`lanes::add`].
    let mut sum = *to;
    for lane in 0..P {
        sum[lane] += from[lane];
    }
    *to = sum;
}
