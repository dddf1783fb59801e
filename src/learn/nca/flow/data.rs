//! What a carried texture learns from: pictures with the velocity between them.

use crate::dynamics::trajectories::Moment;
use crate::dynamics::{Trajectories, WorldSpec};
use crate::nca::motion::calibration::{FramePair, measured};
use crate::nca::motion::scale::MotionScale;
use world::rng::Rng;

/// Frame pairs that the motion is measured on, at most.
const PAIRS: usize = 48;

/// Channels of the picture, if frames hold a picture and are given a velocity.
///
/// # Errors
/// They hold or are given something else.
pub fn pixels(spec: &WorldSpec) -> Result<usize, String> {
    let velocity = matches!(&spec.given[..], [x, y] if x.ends_with(".x") && y.ends_with(".y"));
    let channels = spec.state.len();
    match (channels, velocity) {
        (1 | 3, true) => Ok(channels),
        (1 | 3, false) => Err(format!(
            "expected to be given one velocity (planes ….x and ….y), found {}; try --given node.velocity",
            if spec.given.is_empty() { "nothing".into() } else { spec.given.join(", ") }
        )),
        _ => Err(format!(
            "expected the state to be one picture (1 or 3 planes), found {}; try --state picture",
            spec.state.join(", ")
        )),
    }
}

/// Checks that all pictures lie in 0..1 and that every world has at least `frames` frames.
///
/// # Errors
/// Which world does not.
pub fn check(data: &Trajectories, frames: usize) -> Result<(), String> {
    if data.worlds.is_empty() {
        return Err("expected at least one world to learn from, found none".into());
    }
    for world in &data.worlds {
        let (seed, found) = (world.seed, world.frames.len());
        if found < frames {
            return Err(format!("expected worlds of at least {frames} frames, found {found} of seed {seed}"));
        }
        let all = world.frames.iter().flat_map(|f| &f.state);
        if let Some(v) = all.copied().find(|v| !(-0.01..=1.01).contains(v)) {
            return Err(format!("expected pictures in 0..1, found {v} in the world of seed {seed}"));
        }
    }
    Ok(())
}

/// The units of the motion: how far a velocity carries these pictures (`cells` if it is not 0), and how far it does on
/// average.
///
/// # Errors
/// The pictures do not move with the velocity, or nothing moves.
pub fn motion(data: &Trajectories, cells: f64) -> Result<MotionScale, String> {
    let cells = match cells > 0.0 {
        true => [cells as f32; 2],
        false => {
            let all: Vec<&[Moment]> = data.worlds.iter().flat_map(|w| w.frames.windows(2)).collect();
            let n = PAIRS.min(all.len());
            let pair = |i: usize| {
                let [before, after] = [0, 1].map(|k| &all[i * all.len() / n][k]);
                FramePair { before: &before.state, after: &after.state, velocity: &after.given }
            };
            let pairs: Vec<FramePair> = (0..n).map(pair).collect();
            measured(&pairs, (data.spec.height, data.spec.width))?
        }
    };
    let scale = MotionScale { cells, deviation: 1.0 };
    let squares = |f: &Moment| -> f64 {
        let moved = scale.displacement(&f.given);
        moved.iter().map(|d| f64::from(*d) * f64::from(*d)).sum::<f64>() / moved.len() as f64
    };
    let sum: f64 = data.worlds.iter().flat_map(|w| &w.frames).map(squares).sum();
    let deviation = (sum / data.frames() as f64).sqrt() as f32;
    match deviation > 0.0 {
        true => Ok(MotionScale { cells, deviation }),
        false => Err("expected a velocity that moves something, found zero throughout".into()),
    }
}

/// Where a square of a world's planes lies.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Which world.
    pub world: usize,
    /// Its first frame.
    pub first: usize,
    /// Upper row and left column; over a periodic side it goes on.
    pub corner: (usize, usize),
    /// Cells a side.
    pub side: usize,
}

impl Window {
    /// One at random that leaves room for so many frames.
    pub fn drawn(data: &Trajectories, frames: usize, side: usize, rng: Rng) -> Self {
        let (spec, n) = (&data.spec, data.worlds.len() as u64);
        let world = rng.below(0, n) as usize;
        let room = (data.worlds[world].frames.len() + 1).saturating_sub(frames).max(1);
        let first = rng.below(1, room as u64) as usize;
        let corner = |cell: u64, n: usize, periodic: bool| {
            let free = if periodic { n } else { n - side + 1 };
            rng.below(cell, free as u64) as usize
        };
        let top = corner(2, spec.height, spec.periodic[0]);
        let left = corner(3, spec.width, spec.periodic[1]);
        Self { world, first, corner: (top, left), side }
    }

    /// The square of planes `[…][height][width]`.
    pub fn of(&self, planes: &[f32], spec: &WorldSpec) -> Vec<f32> {
        let (h, w) = (spec.height, spec.width);
        let row = |plane: &[f32], y: usize| -> Vec<f32> {
            let line = &plane[(self.corner.0 + y) % h * w..][..w];
            (0..self.side).map(|x| line[(self.corner.1 + x) % w]).collect()
        };
        let each = planes.chunks_exact(h * w);
        each.flat_map(|plane| (0..self.side).flat_map(move |y| row(plane, y))).collect()
    }

    /// A frame of the window's world, counted from its first.
    pub fn moment<'a>(&self, data: &'a Trajectories, frame: usize) -> &'a Moment {
        &data.worlds[self.world].frames[self.first + frame]
    }
}
