//! The planes of a state, with the scale of their values.

use super::planes::{FieldKind, PlaneGroup, first, groups};
use learn::dynamics::WorldSpec;

/// Largest magnitude of a value, in standard deviations from the mean: wider than anything that a network has seen,
/// narrow enough that it recovers.
pub const LIMIT: f32 = 20.0;

/// What a state `[planes][height][width]` holds.
pub struct StateLayout {
    /// Its fields.
    pub groups: Vec<PlaneGroup>,
    /// Mean and standard deviation of each plane over the training frames.
    pub scales: Vec<[f32; 2]>,
    /// Columns and rows of a plane.
    pub size: (usize, usize),
    /// Whether rows (up and down) and columns (left and right) are periodic.
    pub periodic: [bool; 2],
}

impl StateLayout {
    /// The layout of a world's states.
    pub fn of(spec: &WorldSpec, scales: Vec<[f32; 2]>) -> Self {
        let size = (spec.width, spec.height);
        Self { groups: groups(&spec.state), scales, size, periodic: spec.periodic }
    }

    /// Values in a plane.
    pub fn plane(&self) -> usize {
        self.size.0 * self.size.1
    }

    /// The planes of the first field of a kind, if there is one.
    pub fn first(&self, kind: FieldKind) -> Option<&PlaneGroup> {
        first(&self.groups, kind)
    }

    /// Limits every value to [`LIMIT`] deviations; returns how many were outside.
    pub fn limit(&self, state: &mut [f32]) -> usize {
        let mut outside = 0;
        for (values, [mean, deviation]) in state.chunks_exact_mut(self.plane()).zip(&self.scales) {
            let (low, high) = (mean - LIMIT * deviation, mean + LIMIT * deviation);
            for v in values {
                outside += usize::from(*v < low || *v > high);
                *v = v.clamp(low, high);
            }
        }
        outside
    }

    /// Mean square of a state, in squared deviations from the mean.
    pub fn energy(&self, state: &[f32]) -> f64 {
        let planes = state.chunks_exact(self.plane()).zip(&self.scales);
        let each = planes.flat_map(|(values, [mean, deviation])| {
            values.iter().map(move |v| square(f64::from(v - mean) / f64::from(*deviation)))
        });
        each.sum::<f64>() / state.len().max(1) as f64
    }

    /// Removes a share of the energy above `calm`: deviations from the mean shrink by one factor.
    pub fn damp(&self, state: &mut [f32], share: f64, calm: f64) {
        let energy = self.energy(state);
        if energy <= calm || share <= 0.0 {
            return;
        }
        let factor = ((energy - share * (energy - calm)) / energy).sqrt() as f32;
        for (values, [mean, _]) in state.chunks_exact_mut(self.plane()).zip(&self.scales) {
            values.iter_mut().for_each(|v| *v = factor.mul_add(*v - mean, *mean));
        }
    }

    /// Root mean square distance between two states, in deviations.
    pub fn distance(&self, a: &[f32], b: &[f32]) -> f64 {
        let planes = a.chunks_exact(self.plane()).zip(b.chunks_exact(self.plane())).zip(&self.scales);
        let each = planes.flat_map(|((a, b), [_, deviation])| {
            a.iter().zip(b).map(move |(a, b)| square(f64::from(a - b) / f64::from(*deviation)))
        });
        (each.sum::<f64>() / a.len().max(1) as f64).sqrt()
    }
}

fn square(v: f64) -> f64 {
    v * v
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layout() -> StateLayout {
        let spec = WorldSpec {
            scene: "t".into(),
            width: 8,
            height: 8,
            periodic: [true; 2],
            every: 1,
            state: ["a", "b"].map(String::from).to_vec(),
            given: Vec::new(),
            knobs: Vec::new(),
        };
        StateLayout::of(&spec, vec![[1.0, 0.5], [-2.0, 4.0]])
    }

    proptest! {
        /// Damping takes its share of what is above, and nothing of a calm state.
        #[test]
        fn damping_removes_its_share_of_the_energy_above(
            size in 0.1f32..6.0, share in 0.0f64..=1.0, values in prop::collection::vec(-1.0f32..1.0, 128),
        ) {
            let layout = layout();
            let scale = |i: usize| layout.scales[i / 64];
            let state: Vec<f32> =
                values.iter().enumerate().map(|(i, v)| scale(i)[0] + size * scale(i)[1] * v).collect();
            let mut damped = state.clone();
            layout.damp(&mut damped, share, 2.0);
            let (before, after) = (layout.energy(&state), layout.energy(&damped));
            let expected = before - share * (before - 2.0).max(0.0);
            prop_assert!((after - expected).abs() < 1e-4 * before.max(1.0), "{} from {}", after, before);
            prop_assert!(before > 2.0 || damped == state);
        }
    }

    #[test]
    fn energy_and_distance_are_in_deviations() {
        let layout = layout();
        let state = |a: f32, b: f32| [[a; 64], [b; 64]].concat();
        assert_eq!(layout.energy(&state(2.0, -2.0)), 2.0);
        assert_eq!(layout.distance(&state(2.0, -2.0), &state(2.0, 2.0)), 0.5f64.sqrt());
        let mut far = state(1.0, 1000.0);
        assert_eq!((layout.limit(&mut far), far), (64, state(1.0, 78.0)));
    }
}
