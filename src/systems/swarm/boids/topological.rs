//! What a body feels of the nearest others only, however near they are (Ballerini et al. 2008: about seven, in starlings).

use super::company::Company;
use super::sums::Sums;
use crate::real::Real;

/// Most others that may count.
const MOST: usize = 16;

/// The nearest of those seen so far: where they stand in the company, and the square of the distance.
struct Nearest<R> {
    at: [usize; MOST],
    square: [R; MOST],
    count: usize,
    most: usize,
}

impl<R: Real> Nearest<R> {
    /// Takes up another; of two as near the one with the lower number stays.
    #[inline(always)]
    fn take(&mut self, numbers: &[u32], at: usize, square: R) {
        let before = |other: usize, far: R| square < far || square == far && numbers[at] < numbers[other];
        let mut place = self.count;
        if self.count == self.most {
            place -= 1;
            if !before(self.at[place], self.square[place]) {
                return;
            }
        } else {
            self.count += 1;
        }
        while place > 0 && before(self.at[place - 1], self.square[place - 1]) {
            (self.at[place], self.square[place]) = (self.at[place - 1], self.square[place - 1]);
            place -= 1;
        }
        (self.at[place], self.square[place]) = (at, square);
    }
}

/// What the one who has looked last feels of the `n` nearest in sight; `close` is the square of the distance that is kept.
#[inline(never)]
pub(super) fn sums<R: Real>(company: &Company<R>, close: R, n: usize) -> Sums<R> {
    let mut nearest = Nearest { at: [0; MOST], square: [R::ZERO; MOST], count: 0, most: n.min(MOST) };
    for at in 0..company.numbers.len() {
        if company.seen[at] > R::ZERO {
            let (dx, dy) = (company.dx[at], company.dy[at]);
            nearest.take(&company.numbers, at, dx * dx + dy * dy);
        }
    }
    let mut sums = Sums::default();
    for (&at, &square) in nearest.at.iter().zip(&nearest.square).take(nearest.count) {
        let (way, velocity) = ([company.dx[at], company.dy[at]], [company.u[at], company.v[at]]);
        sums.count += R::ONE;
        for k in 0..2 {
            sums.velocity[k] += velocity[k];
            sums.offset[k] += way[k];
            if square < close && square > R::ZERO {
                sums.separation[k] += -(way[k] / square);
            }
        }
    }
    sums
}
