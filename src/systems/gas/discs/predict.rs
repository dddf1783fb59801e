//! The next event of a disc: the earliest of leaving its cell, meeting a wall, another disc or an obstacle.

use super::arena::Side;
use super::cells::{SOLIDS, WALLS};
use super::contact::falls;
use super::dynamics::Dynamics;
use super::event::{Event, Kind};
use super::search::{Flight, Pair};
use super::solids::Path;

/// Work of a search besides the pairs that it looks at, in pairs.
const SEARCH: u64 = 8;

impl Dynamics {
    /// Finds and schedules the next event of a disc.
    pub(super) fn predict(&mut self, disc: usize) {
        let flight = self.flight(disc);
        let pair = match self.gravity == [0.0; 2] {
            true => self.pair_around::<false>(disc, &flight),
            false => self.pair_around::<true>(disc, &flight),
        };
        self.schedule(disc, &flight, pair);
    }

    /// The same for a disc that has just crossed a side of its cell. If its partner has not been hit, only the cells that
    /// are new to it are looked at.
    pub(super) fn predict_crossed(&mut self, disc: usize, side: Side) {
        let flight = self.flight(disc);
        let pair = match self.gravity == [0.0; 2] {
            true => self.pair_beyond::<false>(disc, side, &flight),
            false => self.pair_beyond::<true>(disc, side, &flight),
        };
        match pair {
            Some(pair) => self.schedule(disc, &flight, pair),
            None => self.predict(disc),
        }
    }

    /// Finds the next event of every disc.
    pub(super) fn predict_all(&mut self) {
        (0..self.discs.len()).for_each(|disc| self.predict(disc));
    }

    /// Schedules the earliest of a pair and of what may happen to a disc alone. Of two at once the pair is first.
    #[inline(always)]
    fn schedule(&mut self, disc: usize, flight: &Flight, pair: Pair) {
        let hard = self.cells.hard(disc);
        let (mut wait, mut kind) = match self.gravity == [0.0; 2] {
            true => self.exit(disc, flight),
            false => self.exit_falling(disc, flight),
        };
        let mut keep = |sooner: f64, what| {
            if sooner < wait {
                (wait, kind) = (sooner, what);
            }
        };
        if hard & WALLS != 0 {
            self.walls(flight, &mut keep);
        }
        if pair.wait <= wait && pair.wait < f64::INFINITY {
            (wait, kind) = (pair.wait, Kind::Disc);
        }
        if hard & SOLIDS != 0 && !self.ghosts[disc] {
            let path = Path { place: flight.place, velocity: flight.velocity, gravity: self.gravity };
            let (found, pieces) = self.contour.meets(&path, flight.radius, wait);
            self.tally.work += pieces;
            if let Some((sooner, normal)) = found {
                (wait, kind) = (sooner, Kind::Solid);
                self.normals[disc] = normal;
            }
        }
        self.tally.searches += 1;
        self.tally.work += SEARCH + pair.seen as u64;
        self.discs[disc].event = Event::new(kind, pair.partner());
        self.schedule.set(disc, self.now + wait);
    }

    /// When and where it leaves its cell along a straight line.
    #[inline(always)]
    fn exit(&self, disc: usize, flight: &Flight) -> (f64, Kind) {
        let cell = self.cells.of(disc);
        let along = |k: usize| {
            let (p, v) = (flight.place[k], flight.velocity[k]);
            let high = v > 0.0;
            let side = Side::of(k, high);
            let wait = (self.cells.bound(k, cell[k] + high as u16) - p) / v;
            let leaves = (v != 0.0) & self.cells.continues(side, cell[k]);
            (if leaves { wait.max(0.0) } else { f64::INFINITY }, side)
        };
        let (across, down) = (along(0), along(1));
        let (wait, side) = if down.0 < across.0 { down } else { across };
        (wait, Kind::Cross(side))
    }

    /// The same along a parabola.
    fn exit_falling(&self, disc: usize, flight: &Flight) -> (f64, Kind) {
        let cell = self.cells.of(disc);
        let mut first = (f64::INFINITY, Kind::Cross(Side::Left));
        for side in Side::ALL {
            let (k, sign) = (side.axis(), side.inwards());
            let height = sign * (flight.place[k] - self.cells.bound(k, cell[k] + (sign < 0.0) as u16));
            if self.cells.continues(side, cell[k]) {
                let wait = falls(height, sign * flight.velocity[k], sign * self.gravity[k]);
                if wait < first.0 {
                    first = (wait, Kind::Cross(side));
                }
            }
        }
        first
    }

    #[inline(always)]
    fn walls(&self, flight: &Flight, keep: &mut impl FnMut(f64, Kind)) {
        for side in Side::ALL {
            let k = side.axis();
            if self.arena.wraps[k] {
                continue;
            }
            let (h, v) = self.arena.above(side, flight.place[k], flight.velocity[k], flight.radius, self.now);
            keep(falls(h, v, side.inwards() * self.gravity[k]), Kind::Wall(side));
        }
    }
}
