//! What agents can perceive in one tick: the fields around them, read only. The context of every behaviour.

use super::grid::Grid;
use super::neighbours::NeighbourSum;
use super::steer::{Rotation, Vec2, turned};
use world::field::Field;
use world::rng::Rng;

/// A field that can be sensed at a point.
#[derive(Clone, Copy, Debug)]
pub enum ScentSensor<'a> {
    /// Nothing is wired.
    None,
    /// One value per cell.
    Fine(&'a [f32]),
    /// One value per block of cells, interpolated.
    Coarse(&'a [f32]),
}

/// The world in one tick, and the abilities of the body.
#[derive(Clone, Copy, Debug)]
pub struct Perception<'a> {
    /// Size and border.
    pub grid: Grid,
    /// 1 where a cell is solid; `None` if none is.
    pub solid: Option<&'a [u8]>,
    /// 1 for blocks from which an obstacle can be sensed; `None` if there is no obstacle at all.
    pub near: Option<&'a [u8]>,
    /// Danger as wired.
    pub danger: Option<&'a [f32]>,
    /// Danger left by touches, per block; `None` while there is none.
    pub fear: Option<&'a [f32]>,
    /// Currents, as wired.
    pub flow: Option<&'a Field>,
    /// Cells per tick and unit of flow.
    pub drift: f32,
    /// Scent laid by those who leave home.
    pub nest: &'a [f32],
    /// Scent laid by those who carry food.
    pub trail: &'a [f32],
    /// Food per cell.
    pub food: &'a [f32],
    /// Least food that is picked up.
    pub appetite: f32,
    /// Fields to follow, in the order of [`FIELDS`](super::vocabulary::FIELDS).
    pub smells: [ScentSensor<'a>; 9],
    /// Neighbours around each block.
    pub neighbours: &'a [NeighbourSum],
    /// Position of home.
    pub home: Vec2,
    /// Its radius, cells.
    pub home_radius: f32,
    /// Full speed, cells/tick.
    pub cruise: f32,
    /// Greatest turn of a body in a tick.
    pub most: Rotation,
    /// Random numbers of this tick.
    pub rng: Rng,
    /// Seconds per tick.
    pub dt: f32,
}

impl Perception<'_> {
    /// Whether the cell at `p` cannot be entered.
    #[inline(always)]
    pub fn blocked(&self, p: Vec2) -> bool {
        match (self.grid.cell(p), self.solid) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(c), Some(solid)) => solid[c] != 0,
        }
    }

    /// Free cells from `p` along `dir`, at most `reach`.
    #[inline(always)]
    pub fn clearance(&self, p: Vec2, dir: Vec2, reach: i32) -> i32 {
        for k in 1..=reach {
            if self.blocked(p.plus(dir, k as f32)) {
                return k - 1;
            }
        }
        reach
    }

    /// Danger at a point.
    #[inline(always)]
    pub fn threat(&self, p: Vec2) -> f32 {
        let wired = self.danger.map_or(0.0, |d| self.grid.nearest(d, p));
        let felt = self.fear.map_or(0.0, |f| self.grid.smooth(f, p));
        wired.max(0.0) + felt
    }

    /// Strength of a smell at a point.
    #[inline(always)]
    pub fn smell(&self, smell: ScentSensor, p: Vec2) -> f32 {
        match smell {
            ScentSensor::None => 0.0,
            ScentSensor::Fine(plane) => self.grid.nearest(plane, p),
            ScentSensor::Coarse(plane) => self.grid.smooth(plane, p),
        }
    }

    #[inline(always)]
    fn ahead(&self, smell: ScentSensor, p: Vec2, dir: Vec2, reach: f32) -> f32 {
        self.smell(smell, p.plus(dir, reach))
    }

    /// Smell to the left, ahead and to the right of `facing`.
    #[inline(always)]
    pub fn sample_scent(
        &self,
        smell: ScentSensor,
        p: Vec2,
        facing: Vec2,
        reach: f32,
        aside: Rotation,
    ) -> [(Vec2, f32); 3] {
        let (left, right) = (facing.rotated(aside.back()), facing.rotated(aside));
        // One by one: closures mapped over an array are not compiled for the vector width of the caller.
        [
            (left, self.ahead(smell, p, left, reach)),
            (facing, self.ahead(smell, p, facing, reach)),
            (right, self.ahead(smell, p, right, reach)),
        ]
    }

    /// Heading and step of a body facing `heading` in this tick, if it is to go towards `want` at `speed` (of its full
    /// one).
    #[inline(always)]
    pub fn stride(&self, p: Vec2, heading: Vec2, want: Vec2, pace: f32, speed: f32) -> (Vec2, Vec2) {
        let facing = turned(heading, want, self.most);
        let step = facing.times(self.cruise * pace * speed.clamp(-1.0, 2.0));
        let carried = self.flow.map_or(Vec2::default(), |f| {
            let c = self.grid.inside(p);
            Vec2::new(f.plane(0)[c], f.plane(1)[c]).times(self.drift)
        });
        let by = step.plus(carried, 1.0);
        let leap = super::grid::LEAP;
        (facing, Vec2::new(by.x.clamp(-leap, leap), by.y.clamp(-leap, leap)))
    }

    /// Whether a place is at home.
    #[inline(always)]
    pub fn at_home(&self, p: Vec2) -> bool {
        let way = self.grid.way(p, self.home);
        way.dot(way) <= self.home_radius * self.home_radius
    }
}

/// The direction of the strongest of three smells; ahead where none is stronger.
#[inline(always)]
pub fn strongest(three: [(Vec2, f32); 3]) -> Vec2 {
    let [left, ahead, right] = three;
    if ahead.1 >= left.1 && ahead.1 >= right.1 {
        ahead.0
    } else if left.1 > right.1 {
        left.0
    } else {
        right.0
    }
}
