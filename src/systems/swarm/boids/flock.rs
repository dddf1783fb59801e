//! The bodies of a flock, in the order of their cells, and what each senses of the others.
//!
//! Bodies are moved in memory so that those of a cell, and of the cells beside it, are one run: whoever senses reads
//! three runs from end to end. They keep their numbers, and within a cell stand in the order of these, so sums do not
//! depend on how they were stored before.

use super::sums::Sums;
use crate::real::Real;
use crate::swarm::bins::Bins;

/// How far bodies sense.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight<R> {
    /// Of others nearer than this alignment and cohesion are felt.
    pub radius: R,
    /// From others nearer than this one keeps away.
    pub separation: R,
    /// Only so many of the nearest count (Ballerini et al. 2008); all of them if 0.
    pub nearest: usize,
}

/// Bodies that sense each other.
#[derive(Clone, Debug, Default)]
pub struct Flock<R> {
    /// Number of each, by which it is known.
    pub numbers: Vec<u32>,
    /// Positions, across.
    pub x: Vec<R>,
    /// Positions, down.
    pub y: Vec<R>,
    /// Velocities, to the right.
    pub u: Vec<R>,
    /// Velocities, down.
    pub v: Vec<R>,
    pub(super) spare: Vec<R>,
    /// Who stands in which cell.
    pub bins: Bins,
    /// What each felt of the others in the last [`Flock::sense`].
    pub sums: Vec<Sums<R>>,
    /// Whether that was of a sample of the others, as they were too many.
    pub sampled: bool,
}

impl<R: Real> Flock<R> {
    /// Bodies numbered from 0.
    pub fn new(bodies: impl IntoIterator<Item = ([R; 2], [R; 2])>) -> Self {
        let empty = || Vec::new();
        let mut new = Self {
            numbers: Vec::new(),
            x: empty(),
            y: empty(),
            u: empty(),
            v: empty(),
            spare: empty(),
            bins: Bins::default(),
            sums: Vec::new(),
            sampled: false,
        };
        for ([x, y], [u, v]) in bodies {
            new.numbers.push(new.numbers.len() as u32);
            new.x.push(x);
            new.y.push(y);
            new.u.push(u);
            new.v.push(v);
        }
        new
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.x.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.x.is_empty()
    }
}
