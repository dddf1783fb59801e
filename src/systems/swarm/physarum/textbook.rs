//! One species as papers and other programs run it, with the random turns given: for checks.

use super::agents::Agents;
use super::law::{Chance, Ground, Law};
use super::trail::Trail;
use crate::real::Real;

/// Turns at random as a list says.
struct Listed<'a>(&'a [bool]);

impl<R: Real> Chance<R> for Listed<'_> {
    fn clockwise(&self, agent: u64) -> bool {
        self.0.get(agent as usize).copied().unwrap_or(false)
    }
    fn anywhere(&self, _: u64) -> [R; 2] {
        [R::ONE, R::ZERO]
    }
}

/// One species on a torus.
#[derive(Debug)]
pub struct Colony<R> {
    /// The agents.
    pub agents: Agents<R>,
    /// The trail, row after row.
    pub trail: Trail<R>,
    size: (usize, usize),
}

impl<R: Real> Colony<R> {
    /// Agents (position, heading in degrees from the right clockwise) on a trail of so many columns and rows.
    ///
    /// # Panics
    /// The trail has not as many cells.
    pub fn new(size: (usize, usize), trail: Vec<R>, bodies: &[([R; 2], R)]) -> Self {
        let mut agents = Agents { x: Vec::new(), y: Vec::new(), cos: Vec::new(), sin: Vec::new() };
        bodies.iter().for_each(|&(place, degrees)| agents.push(place, degrees));
        let mut own = Trail::new(size);
        assert_eq!(trail.len(), own.now.len(), "one value a cell");
        own.now = trail;
        Self { agents, trail: own, size }
    }

    /// One step: all sense the old trail, turn, move and deposit; then the trail spreads and decays. `clockwise` says for
    /// each agent how it turns if it has to at random.
    pub fn step(&mut self, law: &Law<R>, deposit: R, decay: R, clockwise: &[bool]) {
        let scent = self.trail.now.clone();
        let ground =
            Ground { size: self.size, torus: true, scent: &scent, solid: None, reach: None, bend: None };
        self.agents.step(law, &ground, &Listed(clockwise), &self.trail.marks);
        self.trail.settle(deposit, decay, true);
    }
}
