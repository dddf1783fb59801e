//! Initial conditions: states of training frames that a file carries, or smooth noise.

use core::f64::consts::TAU;

use super::layout::StateLayout;
use super::planes::FieldKind;
use learn::net::weights::Weights;
use world::rng::Rng;

/// Waves of the noise, and the shortest: so many along each side of the world.
const WAVES: u64 = 24;
const SHORTEST: u64 = 4;

/// The initial conditions of a world.
pub struct Starts {
    history: usize,
    /// `[history][planes][height][width]` each.
    stored: Vec<Vec<f32>>,
}

/// A plane wave: cycles across and down, phase in turns, amplitude.
struct Wave {
    cycles: [f64; 2],
    phase: f64,
    amplitude: f64,
}

impl Starts {
    /// Those of a file: arrays `start.0`, `start.1`, … `[history][planes][height][width]`.
    ///
    /// # Errors
    /// One has another shape.
    pub fn of(weights: &Weights, history: usize, layout: &StateLayout) -> Result<Self, String> {
        let dims = [history, layout.scales.len(), layout.size.1, layout.size.0];
        let names = (0..).map(|i| format!("start.{i}")).take_while(|name| weights.has(name));
        let stored = names.map(|name| weights.get(&name, &dims)).collect::<Result<_, _>>()?;
        Ok(Self { history, stored })
    }

    /// The first states of a world, the newest last: a stored one, shifted at random along periodic sides; without any
    /// smooth noise of the training frames' mean and deviation.
    pub fn draw(&self, layout: &StateLayout, rng: Rng) -> Vec<Vec<f32>> {
        if self.stored.is_empty() {
            return vec![noise(layout, rng.named("noise")); self.history];
        }
        let one = &self.stored[rng.below(0, self.stored.len() as u64) as usize];
        let [rows, columns] = layout.periodic;
        let shift = |cell: u64, n: usize, periodic: bool| match periodic {
            true => rng.below(cell, n as u64) as usize,
            false => 0,
        };
        let by = (shift(1, layout.size.0, columns), shift(2, layout.size.1, rows));
        one.chunks_exact(one.len() / self.history).map(|state| rolled(state, layout.size, by)).collect()
    }
}

/// Planes rolled right and down on a torus.
fn rolled(state: &[f32], (w, h): (usize, usize), (right, down): (usize, usize)) -> Vec<f32> {
    let planes = state.chunks_exact(w * h);
    let rows = planes.flat_map(|plane| (0..h).map(move |y| &plane[(y + h - down) % h * w..][..w]));
    rows.flat_map(|row| row[w - right..].iter().chain(&row[..w - right]).copied()).collect()
}

/// A random state of the scales' mean and deviation. A velocity is that of a stream function, so it has no divergence.
fn noise(layout: &StateLayout, rng: Rng) -> Vec<f32> {
    let (w, h) = layout.size;
    let mut state = Vec::with_capacity(layout.scales.len() * layout.plane());
    for group in &layout.groups {
        let rng = rng.fork(group.first as u64);
        let planes: Vec<Vec<f64>> = match group.kind {
            FieldKind::Vector => {
                let waves = waves(rng);
                let [across, down] = [1.0 / w as f64, 1.0 / h as f64];
                vec![
                    sum(&waves, layout.size, |[_, y]| -y * down),
                    sum(&waves, layout.size, |[x, _]| x * across),
                ]
            }
            kind => {
                (0..kind.planes() as u64).map(|i| sum(&waves(rng.fork(i)), layout.size, |_| 1.0)).collect()
            }
        };
        // One factor for all planes of a field.
        let values = planes.iter().map(Vec::len).sum::<usize>().max(1) as f64;
        let spread = (planes.iter().flatten().map(|v| v * v).sum::<f64>() / values).sqrt().max(1e-12);
        let scales = &layout.scales[group.planes()];
        let square =
            scales.iter().map(|[_, deviation]| f64::from(*deviation) * f64::from(*deviation)).sum::<f64>();
        let factor = (square / scales.len() as f64).sqrt() / spread;
        for (plane, [mean, _]) in planes.iter().zip(scales) {
            state.extend(plane.iter().map(|v| f64::from(*mean) + factor * v).map(|v| v as f32));
        }
    }
    state
}

fn waves(rng: Rng) -> Vec<Wave> {
    let one = |i: u64| {
        let rng = rng.fork(i);
        let whole = |cell: u64| rng.below(cell, 2 * SHORTEST + 1) as f64 - SHORTEST as f64;
        let cycles = match [whole(0), whole(1)] {
            [0.0, 0.0] => [1.0, 0.0],
            cycles => cycles,
        };
        let amplitude = 1.0 / libm::hypot(cycles[0], cycles[1]);
        Wave { cycles, phase: rng.unit64(2), amplitude }
    };
    (0..WAVES).map(one).collect()
}

/// A plane of sines, each times `factor` of its cycles.
fn sum(waves: &[Wave], (w, h): (usize, usize), factor: impl Fn([f64; 2]) -> f64) -> Vec<f64> {
    let factors: Vec<f64> = waves.iter().map(|wave| wave.amplitude * factor(wave.cycles)).collect();
    let value = |x: usize, y: usize| {
        let (u, v) = (x as f64 / w as f64, y as f64 / h as f64);
        let each = waves.iter().zip(&factors).map(|(wave, factor)| {
            let turns = wave.cycles[0] * u + wave.cycles[1] * v + wave.phase;
            factor * libm::sin(TAU * turns)
        });
        each.sum::<f64>()
    };
    (0..h).flat_map(|y| (0..w).map(move |x| (x, y))).map(|(x, y)| value(x, y)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use learn::dynamics::WorldSpec;
    use learn::dynamics::projection::Projection;
    use learn::net::weights::WeightArray;
    use proptest::prelude::*;
    use world::rng::Rng;

    fn layout(periodic: [bool; 2], state: &[&str]) -> StateLayout {
        let spec = WorldSpec {
            scene: "t".into(),
            width: 24,
            height: 16,
            periodic,
            every: 1,
            state: state.iter().map(|s| s.to_string()).collect(),
            given: Vec::new(),
            knobs: Vec::new(),
        };
        let scales = (0..state.len()).map(|i| [i as f32, 0.5]).collect();
        StateLayout::of(&spec, scales)
    }

    fn stored(n: usize, layout: &StateLayout) -> Weights {
        let dims = vec![2, layout.scales.len(), layout.size.1, layout.size.0];
        let values = dims.iter().product::<usize>();
        let mut weights = Weights::default();
        for i in 0..n {
            let values = (0..values).map(|k| (i * values + k) as f32).collect();
            weights.insert(format!("start.{i}"), WeightArray { dims: dims.clone(), values });
        }
        weights
    }

    #[test]
    fn a_stored_state_is_drawn_as_it_is_between_walls() {
        let layout = layout([false; 2], &["a", "b"]);
        let weights = stored(3, &layout);
        let starts = Starts::of(&weights, 2, &layout).unwrap();
        let mut seen = [false; 3];
        for seed in 0..40 {
            let states = starts.draw(&layout, Rng::new(seed));
            assert_eq!(states.len(), 2);
            let which = states[0][0] as usize / (4 * layout.plane());
            assert_eq!(states.concat(), weights.get(&format!("start.{which}"), &[2, 2, 16, 24]).unwrap());
            seen[which] = true;
        }
        assert_eq!(seen, [true; 3], "each is drawn by some seed");
    }

    #[test]
    fn a_stored_state_of_another_shape_is_named() {
        let layout = layout([false; 2], &["a"]);
        let mut weights = stored(2, &layout);
        weights.insert("start.1", WeightArray { dims: vec![2, 1, 16, 23], values: vec![0.0; 736] });
        let message = Starts::of(&weights, 2, &layout).err().unwrap();
        assert!(message.contains("start.1") && message.contains("[2, 1, 16, 24]"), "{message}");
    }

    proptest! {
        /// On a torus every plane of every frame is shifted by the same cells.
        #[test]
        fn on_a_torus_a_stored_state_is_shifted_as_a_whole(seed: u64, rows: bool, columns: bool) {
            let layout = layout([rows, columns], &["a", "b"]);
            let states = Starts::of(&stored(1, &layout), 2, &layout).unwrap().draw(&layout, Rng::new(seed));
            let (w, h) = layout.size;
            let first = states[0].iter().position(|v| *v == 0.0).unwrap();
            let (dx, dy) = (first % w, first / w);
            prop_assert!((columns || dx == 0) && (rows || dy == 0) && first < w * h);
            for (frame, state) in states.iter().enumerate() {
                for (i, v) in state.iter().enumerate() {
                    let (plane, x, y) = (i / (w * h), (i % w + w - dx) % w, (i / w % h + h - dy) % h);
                    prop_assert_eq!(*v as usize, ((frame * 2 + plane) * h + y) * w + x);
                }
            }
        }

        /// Noise has the scales' mean and deviation, and its velocity is one that the projection leaves alone.
        #[test]
        fn noise_has_the_scales_and_no_divergence(seed: u64) {
            let layout = layout([true; 2], &["heat", "air.x", "air.y"]);
            let starts = Starts::of(&Weights::default(), 1, &layout).unwrap();
            let state = starts.draw(&layout, Rng::new(seed)).remove(0);
            let n = layout.plane();
            let mean = |p: usize| state[p * n..(p + 1) * n].iter().map(|v| f64::from(*v)).sum::<f64>() / n as f64;
            let square = |p: usize| {
                state[p * n..(p + 1) * n].iter().map(|v| (f64::from(*v) - p as f64).powi(2)).sum::<f64>() / n as f64
            };
            prop_assert!((0..3).all(|p| (mean(p) - p as f64).abs() < 1e-5));
            prop_assert!((square(0) - 0.25).abs() < 1e-4);
            prop_assert!(((square(1) + square(2)) / 2.0 - 0.25).abs() < 1e-4);
            let (mut u, mut v) = (state[n..2 * n].to_vec(), state[2 * n..].to_vec());
            Projection::new(layout.size.1, layout.size.0, 1.0).apply(&mut u, &mut v);
            let moved = u.iter().chain(&v).zip(&state[n..]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            prop_assert!(moved < 1e-3, "{}", moved);
        }
    }
}
