//! Trajectories of the teacher, and what the student has to predict to follow them.

use rayon::prelude::*;

use crate::Model;
use crate::diffusion::data::{DiffusionRates, time};
use crate::diffusion::inference::Diffusion;
use world::rng::Rng;

/// A picture on its way from noise, in the teacher's steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    /// Its class.
    pub label: usize,
    /// `steps + 1` states at the student's times, pixels in about −1..1: noise first, the picture last.
    pub states: Vec<Vec<f32>>,
}

/// `n` trajectories of `steps` parts with `fine` of the teacher's steps each, from noise addressed by `rng`; `one` is
/// called after each. Fewer if `stop` says so.
///
/// The teacher must take `steps · fine` steps.
pub fn trajectories(
    teacher: &Diffusion,
    classes: usize,
    [steps, fine, n]: [usize; 3],
    rng: Rng,
    stop: &(dyn Fn() -> bool + Sync),
    one: &(dyn Fn() + Sync),
) -> Vec<Trajectory> {
    let run = |i: usize| {
        if stop() {
            return None;
        }
        let (label, rng) = (i % classes.max(1), rng.fork(i as u64));
        let mut at = teacher.begin(&teacher.point(Some(label), rng));
        let mut states = vec![at.state.clone()];
        for _ in 0..steps {
            for _ in 0..fine {
                teacher.step(&mut at, Some(label), &mut |_, _| {});
            }
            states.push(at.state.clone());
        }
        one();
        Some(Trajectory { label, states })
    };
    (0..n).into_par_iter().filter_map(run).collect()
}

/// The velocity whose step of DDIM leads from one state to the next: what the student should predict for a state
/// before step `step` of `steps`. The picture that it implies is clamped to −1..1, as it is in sampling.
pub fn velocity(from: &[f32], to: &[f32], step: usize, steps: usize) -> Vec<f32> {
    let (now, next) = (DiffusionRates::at(time(step, steps)), rates_after(step, steps));
    let kept = next.noise / now.noise;
    let rest = next.signal - kept * now.signal;
    let one = |(x, y): (&f32, &f32)| {
        let picture = ((y - kept * x) / rest).clamp(-1.0, 1.0);
        (now.signal * x - picture) / now.noise
    };
    from.iter().zip(to).map(one).collect()
}

/// Rates after a step; the last ends at the picture itself.
fn rates_after(step: usize, steps: usize) -> DiffusionRates {
    match step + 1 >= steps {
        true => DiffusionRates { signal: 1.0, noise: 0.0 },
        false => DiffusionRates::at(time(step + 1, steps)),
    }
}
