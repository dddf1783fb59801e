//! What is done between two calls of [`Dynamics::advance`]: time begins anew, walls and gravity change, discs are pushed.

use super::arena::{Arena, Side, Wall};
use super::cells::{Cells, WALLS};
use super::dynamics::{Dynamics, largest};
use super::rule::Rule;

impl Dynamics {
    /// Advances every disc to the present and counts time from there, so that it never loses digits.
    pub fn settle(&mut self) {
        let (now, gravity) = (self.now, self.gravity);
        for disc in &mut self.discs {
            disc.advance(now, gravity);
            disc.time = 0.0;
        }
        self.schedule.rebase(now);
        self.rattles.iter_mut().for_each(|r| r.time -= now);
        for wall in &mut self.arena.walls {
            wall.place += wall.speed * now;
        }
        self.now = 0.0;
    }

    /// Sets gravity, which acts only between walls, and the rule of collisions. To be called when settled.
    pub fn set_law(&mut self, gravity: [f64; 2], restitution: f64) {
        let acts = |k: usize| if self.arena.wraps[k] { 0.0 } else { gravity[k] };
        let gravity = [acts(0), acts(1)];
        self.rule = match restitution == 1.0 && gravity == [0.0; 2] {
            true => Rule::ELASTIC,
            false => Rule::new(restitution, gravity),
        };
        if gravity != self.gravity {
            self.gravity = gravity;
            self.predict_all();
        }
    }

    /// Sets the speeds of the walls for the next so many steps. To be called when settled.
    pub fn set_walls(&mut self, speeds: [f64; 4], steps: f64) {
        let old = self.arena.walls;
        for (wall, speed) in self.arena.walls.iter_mut().zip(speeds) {
            wall.speed = speed;
        }
        if self.arena.walls == old && speeds == [0.0; 4] {
            return;
        }
        let before: Vec<bool> = self.near_walls().collect();
        self.mark_walls(steps);
        let after: Vec<bool> = self.near_walls().collect();
        (0..before.len()).filter(|&i| before[i] || after[i]).for_each(|i| self.predict(i));
    }

    fn near_walls(&self) -> impl Iterator<Item = bool> {
        (0..self.discs.len()).map(|i| self.cells.hard(i) & WALLS != 0)
    }

    /// Marks the cells where walls may be met in so many steps.
    pub(super) fn mark_walls(&mut self, steps: f64) {
        let (arena, reach) = (self.arena, largest(&self.discs));
        let swept = |side: Side| {
            let Wall { place, speed } = arena.walls[side as usize];
            (place.min(place + speed * steps), place.max(place + speed * steps))
        };
        let margin = reach * (1.0 + 1e-9) + 1e-9;
        self.cells.mark(WALLS, |low, high| {
            Side::ALL.into_iter().any(|side| {
                let (k, (from, to)) = (side.axis(), swept(side));
                let beyond =
                    if side.inwards() > 0.0 { low[k] <= to + margin } else { high[k] >= from - margin };
                !arena.wraps[k] && beyond
            })
        });
    }

    /// Changes the velocity of a disc, when settled; its next event has to be predicted then.
    pub fn set_velocity(&mut self, disc: usize, velocity: [f64; 2]) {
        let d = &mut self.discs[disc];
        d.velocity = velocity;
        d.stamp = d.stamp.wrapping_add(1);
    }

    /// Predicts the next events of these discs.
    pub fn predict_each(&mut self, discs: &[u32]) {
        discs.iter().for_each(|&disc| self.predict(disc as usize));
    }

    /// Changes the joined sides; the walls are at rest then. To be called when settled.
    pub fn set_wraps(&mut self, wraps: [bool; 2]) {
        if wraps != self.arena.wraps {
            self.arena = Arena::new(self.arena.size, wraps);
            self.regrid(self.discs.iter().map(|d| d.radius).collect());
        }
    }

    /// Lays a new grid for discs of which each may become as large as `limits` says, and predicts everything.
    pub(super) fn regrid(&mut self, limits: Vec<f64>) {
        for disc in &mut self.discs {
            disc.place = self.arena.inside(disc.place);
        }
        self.cells = Cells::new(&self.arena, &mut self.discs, &limits);
        self.limits = limits;
        self.mark_walls(0.0);
        self.mark_solids();
        self.predict_all();
    }
}
