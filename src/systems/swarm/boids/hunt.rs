//! How predators hunt: they are few, faster than the flock, drawn to where most of it is.

use super::knobs::BoidKnobs;
use super::predator::Predator;
use super::surroundings::Surroundings;
use super::vector::limited;

/// How much faster than its prey.
const FASTER: f32 = 1.25;
/// How far it sees, in distances at which prey flees.
const SEES: f32 = 2.0;

impl Predator {
    /// The predator after `dt` seconds in which it chased the nearer part of the prey, or what there is anywhere; it never
    /// enters what is solid.
    pub fn hunted(
        mut self,
        prey: (&[f32], &[f32]),
        around: &Surroundings,
        knobs: &BoidKnobs,
        dt: f32,
    ) -> Self {
        let sees = SEES * knobs.fear.max(1.0);
        let (mut near, mut all) = ([0f64; 2], [0f64; 2]);
        for (&x, &y) in prey.0.iter().zip(prey.1) {
            let way = around.way(self.place, [x, y]);
            let square = way[0] * way[0] + way[1] * way[1];
            let weight = if square < sees * sees { 1.0 / (1.0 + square) } else { 0.0 };
            for k in 0..2 {
                near[k] += (weight * way[k]) as f64;
                all[k] += way[k] as f64;
            }
        }
        let goal = if near == [0.0; 2] { all } else { near };
        let long = (goal[0] * goal[0] + goal[1] * goal[1]).sqrt();
        let top = FASTER * knobs.speed;
        let scale = if long > 0.0 { top as f64 / long } else { 0.0 };
        let wish = goal.map(|g| (g * scale) as f32);
        let detour = around.detour(self.place, self.velocity, 0.3);
        let wish = if detour == [0.0; 2] { wish } else { detour.map(|d| 4.0 * d) };
        let push = limited([wish[0] - self.velocity[0], wish[1] - self.velocity[1]], knobs.force);
        self.velocity = limited([self.velocity[0] + dt * push[0], self.velocity[1] + dt * push[1]], top);
        let next = [self.place[0] + dt * self.velocity[0], self.place[1] + dt * self.velocity[1]];
        match around.is_solid(next) {
            true => self.velocity = self.velocity.map(|v| -0.5 * v),
            false => self.place = around.inside(next),
        }
        self
    }
}
