//! Particles in an array for each quantity, sorted by the cell they are in, so that neighbours are neighbours in memory.

use std::ops::Range;

use crate::real::Real;
use crate::swarm::bins::Bins;

/// Bits of a particle's number that tell it from others of its kind.
const BITS: u32 = 20;
/// Most particles.
pub const MOST: usize = 1 << BITS;

/// Where particles are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Space<R> {
    /// Width and height.
    pub extent: [R; 2],
    /// Along which axes it is periodic.
    pub wraps: [bool; 2],
}

impl<R: Real> Space<R> {
    /// Lengths after which it repeats; without end where it does not.
    pub fn periods(&self) -> [R; 2] {
        [0, 1].map(|k| if self.wraps[k] { self.extent[k] } else { R::of(1e30) })
    }

    /// Coordinate and velocity of a particle that has moved to `at`: back from the other side, or off a wall.
    #[inline(always)]
    pub fn inside(&self, k: usize, at: R, velocity: R) -> (R, R) {
        let length = self.extent[k];
        if self.wraps[k] {
            let at = at - length * (at / length).floor();
            return (if at < length { at } else { R::ZERO }, velocity);
        }
        let (at, velocity) = match at {
            at if at < R::ZERO => (-at, velocity.size()),
            at if at > length => (length + length - at, -velocity.size()),
            at => (at, velocity),
        };
        // One that crosses the whole world in a step stops at the far wall.
        (crate::real::lesser(crate::real::greater(at, R::ZERO), length), velocity)
    }
}

/// Particles; see the module. All of the arrays are in the same order.
#[derive(Clone, Debug, Default)]
pub struct Crowd<R> {
    /// Across.
    pub x: Vec<R>,
    /// Down.
    pub y: Vec<R>,
    /// Velocity across.
    pub vx: Vec<R>,
    /// Velocity down.
    pub vy: Vec<R>,
    /// Kind and number, see [`kind_of`].
    pub name: Vec<u32>,
    bins: Bins,
    spare: Vec<R>,
}

/// The kind in a particle's name.
#[inline(always)]
pub fn kind_of(name: u32) -> usize {
    (name >> BITS) as usize
}

/// The number in a particle's name, by which all that is random about it is addressed.
#[inline(always)]
pub fn number_of(name: u32) -> usize {
    name as usize & (MOST - 1)
}

impl<R: Real> Crowd<R> {
    /// Particles at these places with these velocities and kinds, numbered from 0.
    ///
    /// # Panics
    /// There are more than [`MOST`], or the lengths differ.
    pub fn new(places: &[[R; 2]], velocities: &[[R; 2]], kinds: &[u8]) -> Self {
        assert!(places.len() <= MOST, "{} particles", places.len());
        assert!(
            places.len() == velocities.len() && places.len() == kinds.len(),
            "one of each for every particle"
        );
        let one = |of: &[[R; 2]], k: usize| of.iter().map(|v| v[k]).collect();
        Self {
            x: one(places, 0),
            y: one(places, 1),
            vx: one(velocities, 0),
            vy: one(velocities, 1),
            name: kinds.iter().enumerate().map(|(i, kind)| (*kind as u32) << BITS | i as u32).collect(),
            ..Self::default()
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.x.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.x.is_empty()
    }

    /// The cells of the last sorting.
    pub fn bins(&self) -> &Bins {
        &self.bins
    }

    /// Sorts them by cells at least `reach` wide, within a cell by kind and number: the order then depends on where they
    /// are alone.
    pub fn sort(&mut self, space: &Space<R>, reach: R) {
        self.bins.sort((&self.x, &self.y), &self.name, space.extent, reach, space.wraps);
        let order = self.bins.order();
        for row in [&mut self.x, &mut self.y, &mut self.vx, &mut self.vy] {
            self.spare.clear();
            self.spare.extend(order.iter().map(|&i| row[i as usize]));
            std::mem::swap(row, &mut self.spare);
        }
        let name = order.iter().map(|&i| self.name[i as usize]).collect();
        self.name = name;
    }

    /// One step: friction leaves `keeps` of the velocity, `pull` accelerates, then they move.
    pub fn advance(&mut self, pull: [&[R]; 2], keeps: R, dt: R, space: &Space<R>) {
        let rows = [(&mut self.x, &mut self.vx), (&mut self.y, &mut self.vy)];
        for (k, ((places, velocities), pull)) in rows.into_iter().zip(pull).enumerate() {
            for ((x, v), a) in places.iter_mut().zip(velocities).zip(pull) {
                let moving = *v * keeps + *a * dt;
                (*x, *v) = space.inside(k, *x + moving * dt, moving);
            }
        }
    }

    /// Places and velocities, (x, y, vx, vy), by their numbers.
    pub fn by_number(&self) -> Vec<[R; 4]> {
        let mut all = vec![[R::ZERO; 4]; self.len()];
        for i in 0..self.len() {
            all[number_of(self.name[i])] = [self.x[i], self.y[i], self.vx[i], self.vy[i]];
        }
        all
    }

    /// Ranges of places, each of one kind, in a cell.
    pub fn by_kind(&self, cell: Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> {
        let mut at = cell.start;
        std::iter::from_fn(move || {
            let from = at;
            let kind = kind_of(*self.name[..cell.end].get(from)?);
            at += self.name[from..cell.end].iter().take_while(|name| kind_of(**name) == kind).count();
            Some((kind, from..at))
        })
    }
}
