//! A block of agents at a time: where their sensors are, what these find, how they turn and where they come to. What can be
//! done for all of a block by vectors is; what has to be looked up is asked for many at once.

use super::law::{Chance, Ground, Law, rotation};
use crate::real::Real;

/// Agents of a block.
pub(super) const BLOCK: usize = 256;
/// An agent that turns at random.
const RANDOM: i8 = 2;
/// An agent that could not move.
const BARRED: u32 = u32::MAX;

/// The agents of a block.
pub(super) struct Bodies<'a, R> {
    pub x: &'a mut [R],
    pub y: &'a mut [R],
    pub cos: &'a mut [R],
    pub sin: &'a mut [R],
}

/// What is known of a block on the way.
pub(super) struct Block<R> {
    /// How far each agent senses.
    reach: [R; BLOCK],
    /// Cosine and sine of its sensor's angle, and of its turn.
    sensor: [[R; BLOCK]; 2],
    turn: [[R; BLOCK]; 2],
    /// Columns and rows of the three sensors: ahead, clockwise, against it.
    spots: [[[i32; BLOCK]; 2]; 3],
    way: [i8; BLOCK],
    /// Where each is after its step.
    pub cells: [u32; BLOCK],
}

impl<R: Real> Ground<'_, R> {
    /// The cell of a column and a row; `None` beyond a wall.
    #[inline(always)]
    fn cell(&self, column: i32, row: i32) -> Option<usize> {
        let (w, h) = self.size;
        if ((column as u32 as usize) < w) & ((row as u32 as usize) < h) {
            return Some(row as usize * w + column as usize);
        }
        self.torus.then(|| row.rem_euclid(h as i32) as usize * w + column.rem_euclid(w as i32) as usize)
    }

    #[inline(always)]
    fn sense(&self, column: i32, row: i32) -> R {
        self.cell(column, row).map_or(R::ZERO, |cell| self.scent[cell])
    }

    /// A coordinate brought into 0..n of a torus.
    #[inline(always)]
    fn wrapped(&self, at: R, n: R) -> R {
        if !self.torus || at >= R::ZERO && at < n {
            return at;
        }
        let at = at - n * (at / n).floor();
        if at >= R::ZERO && at < n { at } else { R::ZERO }
    }
}

impl<R: Real> Block<R> {
    /// A block whose agents all move by a law.
    pub fn new(law: &Law<R>) -> Self {
        let (sensor, turn) = (rotation(law.sensor_angle), rotation(law.turn_angle));
        Self {
            reach: [law.reach; BLOCK],
            sensor: sensor.map(|v| [v; BLOCK]),
            turn: turn.map(|v| [v; BLOCK]),
            spots: [[[0; BLOCK]; 2]; 3],
            way: [0; BLOCK],
            cells: [0; BLOCK],
        }
    }

    /// One step of agents, of which the first has this number.
    #[inline(always)]
    pub fn step(
        &mut self,
        bodies: &mut Bodies<R>,
        law: &Law<R>,
        ground: &Ground<R>,
        (chance, first): (&impl Chance<R>, u64),
    ) {
        self.vary(bodies, law, ground);
        sense(self, bodies, ground);
        let n = bodies.x.len();
        for (i, way) in self.way[..n].iter_mut().enumerate().filter(|(_, way)| **way == RANDOM) {
            *way = if chance.clockwise(first + i as u64) { 1 } else { -1 };
        }
        advance(self, bodies, ground, law.step);
        for i in 0..n {
            if self.cells[i] == BARRED {
                [bodies.cos[i], bodies.sin[i]] = chance.anywhere(first + i as u64);
                let (column, row) = (bodies.x[i].floor().whole(), bodies.y[i].floor().whole());
                self.cells[i] = ground.cell(column, row).unwrap_or(0) as u32;
            }
        }
    }

    /// Reach and angles where each agent is, if a field says that they vary.
    fn vary(&mut self, bodies: &Bodies<R>, law: &Law<R>, ground: &Ground<R>) {
        if ground.reach.is_none() && ground.bend.is_none() {
            return;
        }
        for (i, (&x, &y)) in bodies.x.iter().zip(bodies.y.iter()).enumerate() {
            let cell = ground.cell(x.floor().whole(), y.floor().whole()).unwrap_or(0);
            let by = |field: &[f32]| R::of(field[cell].clamp(0.0, 4.0) as f64);
            if let Some(reach) = ground.reach {
                self.reach[i] = law.reach * by(reach);
            }
            if let Some(bend) = ground.bend {
                let by = by(bend);
                [self.sensor[0][i], self.sensor[1][i]] = rotation(law.sensor_angle * by);
                [self.turn[0][i], self.turn[1][i]] = rotation(law.turn_angle * by);
            }
        }
    }
}

/// How an agent turns that senses this much ahead, clockwise and against it (Jones 2010).
#[inline(always)]
fn decide<R: Real>(ahead: R, clockwise: R, against: R) -> i8 {
    let straight = (ahead > clockwise) & (ahead > against);
    let random = (ahead < clockwise) & (ahead < against);
    let sided = (clockwise > against) as i8 - (against > clockwise) as i8;
    if straight {
        0
    } else if random {
        RANDOM
    } else {
        sided
    }
}

world::widest! {
    /// Where the sensors are, and what they find.
    fn sense<T: Real>(block: &mut Block<T>, bodies: &Bodies<T>, ground: &Ground<T>) {
        let n = bodies.x.len().min(BLOCK);
        let (x, y, cos, sin) = (&bodies.x[..n], &bodies.y[..n], &bodies.cos[..n], &bodies.sin[..n]);
        let [ahead, clockwise, against] = &mut block.spots;
        for i in 0..n {
            let (reach, [c, s]) = (block.reach[i], [block.sensor[0][i], block.sensor[1][i]]);
            ahead[0][i] = (x[i] + reach * cos[i]).floor().whole();
            ahead[1][i] = (y[i] + reach * sin[i]).floor().whole();
            clockwise[0][i] = (x[i] + reach * (cos[i] * c - sin[i] * s)).floor().whole();
            clockwise[1][i] = (y[i] + reach * (sin[i] * c + cos[i] * s)).floor().whole();
            against[0][i] = (x[i] + reach * (cos[i] * c + sin[i] * s)).floor().whole();
            against[1][i] = (y[i] + reach * (sin[i] * c - cos[i] * s)).floor().whole();
        }
        for i in 0..n {
            let found = [
                ground.sense(ahead[0][i], ahead[1][i]),
                ground.sense(clockwise[0][i], clockwise[1][i]),
                ground.sense(against[0][i], against[1][i]),
            ];
            block.way[i] = decide(found[0], found[1], found[2]);
        }
    }
}

world::widest! {
    /// Turns and moves all; the cells where they are then, or that they were barred.
    fn advance<T: Real>(block: &mut Block<T>, bodies: &mut Bodies<T>, ground: &Ground<T>, step: T) {
        let n = bodies.x.len().min(BLOCK);
        let (x, y, cos, sin) =
            (&mut bodies.x[..n], &mut bodies.y[..n], &mut bodies.cos[..n], &mut bodies.sin[..n]);
        let (zero, half, most) = (T::ZERO, T::of(0.5), T::of(1.5));
        for i in 0..n {
            let way = block.way[i];
            let s = if way > 0 { block.turn[1][i] } else if way < 0 { -block.turn[1][i] } else { zero };
            let c = if way == 0 { T::ONE } else { block.turn[0][i] };
            let (across, down) = (cos[i] * c - sin[i] * s, sin[i] * c + cos[i] * s);
            // Newton's step to length 1: rounding would make it drift.
            let keep = most - half * (across * across + down * down);
            (cos[i], sin[i]) = (across * keep, down * keep);
        }
        let (w, h) = (T::of(ground.size.0 as f64), T::of(ground.size.1 as f64));
        for i in 0..n {
            let next = [ground.wrapped(x[i] + step * cos[i], w), ground.wrapped(y[i] + step * sin[i], h)];
            let cell = ground.cell(next[0].floor().whole(), next[1].floor().whole());
            block.cells[i] = match cell {
                Some(cell) if ground.solid.is_none_or(|solid| solid[cell] == 0) => {
                    (x[i], y[i]) = (next[0], next[1]);
                    cell as u32
                }
                _ => BARRED,
            };
        }
    }
}
