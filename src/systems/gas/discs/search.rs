//! With whom a disc collides next, of all that are near.

use std::hint::select_unpredictable;

use super::arena::Side;
use super::contact::approaches;
use super::disc::{Disc, NOBODY};
use super::dynamics::Dynamics;
use super::event::Partner;

/// A disc now.
#[derive(Clone, Copy)]
pub(super) struct Flight {
    pub number: u32,
    pub place: [f64; 2],
    pub velocity: [f64; 2],
    pub radius: f64,
}

/// The earliest of some pairs: in how many steps, and with whom, or [`NOBODY`].
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub wait: f64,
    number: u32,
    stamp: u32,
    /// Pairs looked at.
    pub seen: u32,
}

impl Pair {
    const NONE: Self = Self { wait: f64::INFINITY, number: NOBODY, stamp: 0, seen: 0 };

    /// Keeps the earlier one; of two at once that with the lower number. Which it is cannot be foreseen, so there is no branch.
    #[inline(always)]
    fn keep(&mut self, wait: f64, number: u32, stamp: u32) {
        let sooner =
            (wait < self.wait) | (wait == self.wait) & (number < self.number) & (wait < f64::INFINITY);
        self.wait = select_unpredictable(sooner, wait, self.wait);
        self.number = select_unpredictable(sooner, number, self.number);
        self.stamp = select_unpredictable(sooner, stamp, self.stamp);
    }

    #[inline(always)]
    pub fn partner(&self) -> Option<Partner> {
        (self.number != NOBODY).then_some(Partner { number: self.number, stamp: self.stamp })
    }
}

impl Dynamics {
    #[inline(always)]
    pub(super) fn flight(&self, disc: usize) -> Flight {
        let own = &self.discs[disc];
        let (place, velocity) = own.state(self.now, self.gravity);
        Flight { number: disc as u32, place, velocity, radius: own.radius }
    }

    /// The first pair of a disc with all that it may meet in the cells around.
    #[inline(always)]
    pub(super) fn pair_around<const FALLS: bool>(&self, disc: usize, flight: &Flight) -> Pair {
        let mut pair = Pair::NONE;
        match self.cells.inner(disc) {
            Some(rows) => {
                let mut search = Search::<FALLS, false>::new(self, flight, &mut pair);
                rows.into_iter().flatten().for_each(|head| search.push(*head, [0.0; 2]));
                search.finish();
            }
            None => {
                let mut search = Search::<FALLS, true>::new(self, flight, &mut pair);
                self.cells.around(disc, |head, shift| search.add(head, shift));
                search.finish();
            }
        }
        pair
    }

    /// The first pair with its partner and with all others that came in sight across a side; `None` if that is not all.
    #[inline(always)]
    pub(super) fn pair_beyond<const FALLS: bool>(
        &self,
        disc: usize,
        side: Side,
        flight: &Flight,
    ) -> Option<Pair> {
        let mut pair = Pair::NONE;
        if !self.cells.is_wide() {
            return None;
        }
        if let Some(partner) = self.discs[disc].event.partner() {
            let other = &self.discs[partner.number as usize];
            let wait = self.meets::<FALLS>(flight, other, |r| self.arena.nearest(r));
            // Whom it would meet instead is not known.
            if other.stamp != partner.stamp || wait == f64::INFINITY {
                return None;
            }
            pair.keep(wait, partner.number, partner.stamp);
        }
        let mut search = Search::<FALLS, true>::new(self, flight, &mut pair);
        self.cells.beyond(disc, side, |head, shift| search.add(head, shift));
        search.finish();
        Some(pair)
    }

    /// When a disc meets another, of which `image` says how far it is. All fall alike, so relative to each other they move in
    /// straight lines under gravity, too.
    #[inline(always)]
    fn meets<const FALLS: bool>(
        &self,
        flight: &Flight,
        other: &Disc,
        image: impl Fn([f64; 2]) -> [f64; 2],
    ) -> f64 {
        let dt = self.now - other.time;
        let [mut u, mut v] = other.velocity;
        let [half_x, half_y] = [0.5 * self.gravity[0] * dt, 0.5 * self.gravity[1] * dt];
        if FALLS {
            (u, v) = (u + half_x, v + half_y);
        }
        let [x, y] = flight.place;
        let r = image([x - (other.place[0] + dt * u), y - (other.place[1] + dt * v)]);
        if FALLS {
            (u, v) = (u + half_x, v + half_y);
        }
        let closing = [flight.velocity[0] - u, flight.velocity[1] - v];
        approaches(r, closing, flight.radius + other.radius)
    }
}

/// Places in a queue.
const RING: usize = 16;

/// Looks at discs, in a queue with at most one of each list at a time: who comes next in a list is known once the disc before
/// it is there. So all are on their way from memory before the first is looked at.
struct Search<'a, const FALLS: bool, const IMAGES: bool> {
    dynamics: &'a Dynamics,
    flight: &'a Flight,
    pair: &'a mut Pair,
    ring: [u32; RING],
    /// Where the image of each lies.
    shifts: [[f64; 2]; RING],
    first: usize,
    end: usize,
}

impl<'a, const FALLS: bool, const IMAGES: bool> Search<'a, FALLS, IMAGES> {
    #[inline(always)]
    fn new(dynamics: &'a Dynamics, flight: &'a Flight, pair: &'a mut Pair) -> Self {
        Self { dynamics, flight, pair, ring: [NOBODY; RING], shifts: [[0.0; 2]; RING], first: 0, end: 0 }
    }

    /// Appends a disc unless it is nobody.
    #[inline(always)]
    fn push(&mut self, disc: u32, shift: [f64; 2]) {
        self.ring[self.end % RING] = disc;
        if IMAGES {
            self.shifts[self.end % RING] = shift;
        }
        self.end += (disc != NOBODY) as usize;
    }

    /// The same for any number of lists.
    #[inline(always)]
    fn add(&mut self, disc: u32, shift: [f64; 2]) {
        if self.end - self.first == RING - 1 {
            self.finish();
        }
        self.push(disc, shift);
    }

    /// Looks at those of the queue, and at all that come after them in their lists.
    #[inline(always)]
    fn finish(&mut self) {
        let begun = self.first;
        while self.first < self.end {
            let at = self.first % RING;
            let (number, shift) = (self.ring[at], self.shifts[at]);
            let other = &self.dynamics.discs[number as usize];
            self.first += 1;
            self.push(other.next, shift);
            let wait = self.dynamics.meets::<FALLS>(self.flight, other, |r| match IMAGES {
                true => [r[0] - shift[0], r[1] - shift[1]],
                false => r,
            });
            // The disc itself is among them.
            let wait = select_unpredictable(number == self.flight.number, f64::INFINITY, wait);
            self.pair.keep(wait, number, other.stamp);
        }
        self.pair.seen += (self.first - begun) as u32;
    }
}
