//! What is measured of a state: the vorticity and divergence of its velocity, and how lively it is.

use super::layout::StateLayout;
use super::planes::FieldKind;
use learn::dynamics::strip;

/// Observables of a state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// Vorticity of its velocity, per cell, clockwise positive; empty if it has none.
    pub vorticity: Vec<f32>,
    /// Root mean square divergence over that of the vorticity; 0 if there is no velocity.
    pub divergence: f64,
    /// Mean square, in squared deviations from the mean.
    pub energy: f64,
}

impl Observed {
    /// Measures a state.
    pub fn of(state: &[f32], layout: &StateLayout) -> Self {
        let energy = layout.energy(state);
        let Some(group) = layout.first(FieldKind::Vector) else {
            return Self { energy, ..Self::default() };
        };
        let plane = |i: usize| &state[(group.first + i) * layout.plane()..][..layout.plane()];
        let (u, v) = (plane(0), plane(1));
        let vorticity = curl(u, v, layout);
        // The curl of (−v, u) is the divergence of (u, v).
        let turned: Vec<f32> = v.iter().map(|v| -v).collect();
        let (spread, turning) = (rms(&curl(&turned, u, layout)), rms(&vorticity));
        let divergence = if turning > 0.0 { spread / turning } else { 0.0 };
        Self { vorticity, divergence, energy }
    }

    /// Root mean square vorticity.
    pub fn turning(&self) -> f64 {
        rms(&self.vorticity)
    }
}

/// ∂v/∂x − ∂u/∂y by central differences; 0 along walls, where a neighbour is missing.
fn curl(u: &[f32], v: &[f32], layout: &StateLayout) -> Vec<f32> {
    let ((w, h), [rows, columns]) = (layout.size, layout.periodic);
    let mut all = strip::vorticity(u, v, w);
    if !(rows && columns) {
        for (i, value) in all.iter_mut().enumerate() {
            let (x, y) = (i % w, i / w);
            if (!columns && (x == 0 || x + 1 == w)) || (!rows && (y == 0 || y + 1 == h)) {
                *value = 0.0;
            }
        }
    }
    all
}

fn rms(values: &[f32]) -> f64 {
    let square = values.iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>();
    (square / values.len().max(1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use learn::dynamics::WorldSpec;

    const SIDE: usize = 32;

    fn layout(periodic: bool, state: &[&str]) -> StateLayout {
        let spec = WorldSpec {
            scene: "t".into(),
            width: SIDE,
            height: SIDE,
            periodic: [periodic; 2],
            every: 1,
            state: state.iter().map(|s| s.to_string()).collect(),
            given: Vec::new(),
            knobs: Vec::new(),
        };
        StateLayout::of(&spec, vec![[0.0, 2.0]; state.len()])
    }

    /// Planes (u, v) of functions of the angles across and down.
    fn flow(f: impl Fn(f64, f64) -> [f64; 2]) -> Vec<f32> {
        let angle = |i: usize| i as f64 / SIDE as f64 * std::f64::consts::TAU;
        let at = |i: usize| f(angle(i % SIDE), angle(i / SIDE));
        (0..2).flat_map(|p| (0..SIDE * SIDE).map(move |i| (p, i))).map(|(p, i)| at(i)[p] as f32).collect()
    }

    #[test]
    fn a_flow_of_both_kinds_has_the_ratio_of_its_parts() {
        let layout = layout(true, &["air.x", "air.y"]);
        // A curl of (−sin y, sin x) and 0.3 of the gradient (sin x, sin y).
        let state = flow(|x, y| [-y.sin() + 0.3 * x.sin(), x.sin() + 0.3 * y.sin()]);
        let observed = Observed::of(&state, &layout);
        assert!((observed.divergence - 0.3).abs() < 1e-5, "{}", observed.divergence);
        // The mean square of each component is (1 + 0.09) / 2, in units of 2².
        assert!((observed.energy - 1.09 / 8.0).abs() < 1e-5, "{}", observed.energy);
        // cos x + cos y, times the wavenumber per cell as the differences see it.
        let expected = (std::f64::consts::TAU / SIDE as f64).sin();
        assert!((observed.turning() - expected).abs() < 1e-6, "{}", observed.turning());
    }

    #[test]
    fn along_walls_nothing_is_measured() {
        let state = flow(|x, _| [0.0, x.sin()]);
        let observed = Observed::of(&state, &layout(false, &["air.x", "air.y"]));
        let border = |i: usize| [i % SIDE, i / SIDE].iter().any(|k| *k == 0 || *k == SIDE - 1);
        let within =
            |i: usize| observed.vorticity[i] != 0.0 || i % SIDE == SIDE / 4 || i % SIDE == 3 * SIDE / 4;
        assert!((0..SIDE * SIDE).all(|i| if border(i) { observed.vorticity[i] == 0.0 } else { within(i) }));
        assert_eq!(observed.divergence, 0.0);
    }

    #[test]
    fn a_world_without_a_velocity_has_no_vorticity() {
        let observed = Observed::of(&vec![3.0; SIDE * SIDE], &layout(true, &["heat"]));
        assert_eq!(observed, Observed { energy: 2.25, ..Observed::default() });
    }
}
