//! What bodies meet beside each other: predators, hands, fields and walls.

use super::predator::Predator;
use super::vector::{limited, wrapped};
use crate::swarm::bins::nearest;
use world::field::Field;
use world::system::Touch;

/// A hand: where, how far it reaches, cells, and how strongly it draws.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hand {
    place: [f32; 2],
    reach: f32,
    strength: f32,
}

/// Everything around in a tick.
pub(super) struct Surroundings<'a> {
    pub size: (usize, usize),
    pub torus: bool,
    pub predators: &'a [Predator],
    pub hands: Vec<Hand>,
    pub lure: Option<&'a Field>,
    pub wind: Option<&'a Field>,
    /// Cells that are not entered: not 0.
    pub solid: Option<&'a [u8]>,
}

/// How much farther than it is wide a hand is felt.
const FELT: f32 = 2.5;

impl Hand {
    /// The hand of a touch; none once it is lifted.
    pub fn of(touch: &Touch, (w, h): (usize, usize)) -> Option<Self> {
        let strength = world::brush::strength(touch);
        (strength != 0.0).then(|| Self {
            place: [touch.x * w as f32, touch.y * h as f32],
            reach: (FELT * touch.radius * h as f32).max(1.0),
            strength,
        })
    }
}

impl Surroundings<'_> {
    /// The shortest way between two places.
    #[inline(always)]
    pub fn way(&self, from: [f32; 2], to: [f32; 2]) -> [f32; 2] {
        let (w, h) = (self.size.0 as f32, self.size.1 as f32);
        let d = [to[0] - from[0], to[1] - from[1]];
        match self.torus {
            true => [nearest(d[0], w), nearest(d[1], h)],
            false => d,
        }
    }

    /// Away from all predators nearer than `fear`, the nearer the more.
    #[inline(always)]
    pub fn flight(&self, place: [f32; 2], fear: f32) -> [f32; 2] {
        let mut away = [0f32; 2];
        for predator in self.predators {
            let [x, y] = self.way(predator.place, place);
            let square = x * x + y * y;
            if square < fear * fear && square > 0.0 {
                away = [away[0] + x / square, away[1] + y / square];
            }
        }
        away
    }

    /// Towards hands that draw, away from those that repel.
    #[inline(always)]
    pub fn hands(&self, place: [f32; 2]) -> [f32; 2] {
        let mut sum = [0f32; 2];
        for hand in &self.hands {
            let [x, y] = self.way(place, hand.place);
            let far = (x * x + y * y).sqrt();
            if far < hand.reach && far > 1e-6 {
                let pull = hand.strength * (1.0 - far / hand.reach) / far;
                sum = [sum[0] + pull * x, sum[1] + pull * y];
            }
        }
        sum
    }

    /// Up the slope of the luring field.
    #[inline(always)]
    pub fn slope(&self, place: [f32; 2]) -> [f32; 2] {
        let Some(field) = self.lure else { return [0.0; 2] };
        let ((w, h), [x, y]) = (self.size, self.cell(place));
        let side = |at: usize, n: usize| match self.torus {
            true => [(at + n - 1) % n, (at + 1) % n],
            false => [at.saturating_sub(1), (at + 1).min(n - 1)],
        };
        let ([left, right], [up, down]) = (side(x, w), side(y, h));
        let d = [field.at(0, right, y) - field.at(0, left, y), field.at(0, x, down) - field.at(0, x, up)];
        // What is as good as even has no slope.
        if d[0] * d[0] + d[1] * d[1] < 1e-8 { [0.0; 2] } else { d }
    }

    /// The current where a body is, of length at most 4.
    #[inline(always)]
    pub fn current(&self, place: [f32; 2]) -> [f32; 2] {
        let Some(field) = self.wind else { return [0.0; 2] };
        let [x, y] = self.cell(place);
        limited([field.at(0, x, y), field.at(1, x, y)], 4.0)
    }

    /// To the freer side, where something solid or a wall is `ahead` seconds away; nowhere if the way is free.
    #[inline(always)]
    pub fn detour(&self, place: [f32; 2], velocity: [f32; 2], ahead: f32) -> [f32; 2] {
        // One that is walled in goes straight on, and out.
        if self.solid.is_none() && self.torus || self.is_solid(place) {
            return [0.0; 2];
        }
        let along = [velocity[0] * ahead, velocity[1] * ahead];
        let aside = [-along[1], along[0]];
        let at = |forward: f32, side: f32| {
            [place[0] + forward * along[0] + side * aside[0], place[1] + forward * along[1] + side * aside[1]]
        };
        if !self.is_solid(at(1.0, 0.0)) && !self.is_solid(at(0.5, 0.0)) {
            return [0.0; 2];
        }
        let barred =
            |side: f32| self.is_solid(at(0.7, 0.7 * side)) as u8 + self.is_solid(at(0.2, side)) as u8;
        let side = if barred(1.0) <= barred(-1.0) { 1.0 } else { -1.0 };
        [side * aside[0] - 0.3 * along[0], side * aside[1] - 0.3 * along[1]]
    }

    /// Whether a place cannot be entered.
    #[inline(always)]
    pub fn is_solid(&self, place: [f32; 2]) -> bool {
        let (w, h) = (self.size.0 as f32, self.size.1 as f32);
        let inside = place[0] >= 0.0 && place[0] < w && place[1] >= 0.0 && place[1] < h;
        if !self.torus && !inside {
            return true;
        }
        let Some(solid) = self.solid else { return false };
        let [x, y] = self.cell(place);
        solid[y * self.size.0 + x] != 0
    }

    /// A place brought into the world.
    #[inline(always)]
    pub fn inside(&self, place: [f32; 2]) -> [f32; 2] {
        let along = |at: f32, n: usize| match self.torus {
            true => wrapped(at, n as f32),
            false => at.clamp(0.0, n as f32 * (1.0 - 1e-6)),
        };
        [along(place[0], self.size.0), along(place[1], self.size.1)]
    }

    /// The cell of a place; beyond the border that at the border, or round the world.
    #[inline(always)]
    fn cell(&self, place: [f32; 2]) -> [usize; 2] {
        let along = |at: f32, n: usize| match self.torus {
            true => (wrapped(at, n as f32) as usize).min(n - 1),
            false => (at.max(0.0) as usize).min(n - 1),
        };
        [along(place[0], self.size.0), along(place[1], self.size.1)]
    }
}
