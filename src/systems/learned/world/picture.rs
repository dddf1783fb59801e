//! How a state is shown.

use super::layout::StateLayout;
use super::observe::Observed;
use super::params::Output;
use super::planes::{FieldKind, PlaneGroup};
use world::field::Field;
use world::frame::colour::linear_of_srgb;
use world::frame::palette::Palette;
use world::view::{Sampling, View};

/// Colours of vorticity: anticlockwise, none, clockwise.
const TURNING: &str = "#4aa3ff #10306b 25% #020308 50% #7a3d08 75% #ffc04a";
/// Vorticity that is shown brightest, in root mean squares at the start.
const BRIGHTEST: f64 = 3.0;
/// Value of another plane that is shown brightest, in standard deviations.
const PLAIN: f32 = 2.0;
/// Steps of the table of sRGB.
const STEPS: usize = 1024;

/// Turns states into fields.
pub struct Painter {
    palette: Palette,
    /// Linear light of each step of sRGB.
    light: Vec<f32>,
    /// Vorticity that is shown brightest.
    brightest: f32,
}

impl Painter {
    /// For a world that begins as observed.
    pub fn new(begin: &Observed) -> Self {
        let palette = Palette::parse(TURNING).unwrap_or_default();
        let light = (0..=STEPS).map(|i| linear_of_srgb(i as f64 / STEPS as f64) as f32).collect();
        let brightest = (BRIGHTEST * begin.turning()) as f32;
        Self { palette, light, brightest: if brightest > 0.0 { brightest } else { 1.0 } }
    }

    /// Shows an output of a state.
    pub fn show(
        &self,
        state: &[f32],
        seen: &Observed,
        layout: &StateLayout,
        port: Output,
        view: &View,
        into: &mut Field,
    ) {
        let sampling =
            if layout.periodic == [true; 2] { Sampling::SmoothWrap } else { Sampling::SmoothBound };
        let width = layout.size.0;
        let line = |plane: usize, y: usize| &state[plane * layout.plane() + y * width..][..width];
        let copied = |group: Option<&PlaneGroup>, plane: usize, y: usize, row: &mut [f32]| match group {
            Some(group) => row.copy_from_slice(line(group.first + plane, y)),
            None => row.fill(0.0),
        };
        let turning = |y: usize| seen.vorticity.get(y * width..(y + 1) * width);
        let density = layout.groups.iter().find(|g| g.kind == FieldKind::Scalar && g.is_named("density"));
        view.project(into, layout.size, sampling, |plane, y, row| match port {
            Output::Picture => match (layout.first(FieldKind::Colour), turning(y)) {
                (Some(group), _) => self.coloured(group, line(group.first + plane, y), row),
                (None, Some(values)) => self.shaded(plane, values, row),
                (None, None) => each(row, line(0, y), |v| self.at(normal(layout, v) / PLAIN)[plane]),
            },
            Output::Velocity => copied(layout.first(FieldKind::Vector), plane, y, row),
            Output::Vorticity => match turning(y) {
                Some(values) => row.copy_from_slice(values),
                None => row.fill(0.0),
            },
            Output::State => each(row, line(0, y), |v| normal(layout, v)),
            Output::Density => copied(density, 0, y, row),
        });
    }

    /// A plane of colour, as linear light.
    fn coloured(&self, group: &PlaneGroup, from: &[f32], row: &mut [f32]) {
        match group.is_srgb() {
            true => each(row, from, |v| self.light[(v.clamp(0.0, 1.0) * STEPS as f32) as usize]),
            false => each(row, from, |v| v.clamp(0.0, 1.0)),
        }
    }

    /// A plane of the colour of vorticity.
    fn shaded(&self, plane: usize, from: &[f32], row: &mut [f32]) {
        each(row, from, |v| self.at(v / self.brightest)[plane]);
    }

    /// The colour of a value, −1 to 1.
    fn at(&self, v: f32) -> [f32; 4] {
        self.palette.at(0.5 + 0.5 * v)
    }
}

/// A value of the first plane, in deviations from the mean.
fn normal(layout: &StateLayout, v: f32) -> f32 {
    let [mean, deviation] = layout.scales[0];
    (v - mean) / deviation
}

fn each(row: &mut [f32], from: &[f32], f: impl Fn(f32) -> f32) {
    row.iter_mut().zip(from).for_each(|(into, v)| *into = f(*v));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vorticity_is_blue_one_way_amber_the_other_and_dark_between() {
        let painter = Painter::new(&Observed { vorticity: vec![0.1; 4], ..Observed::default() });
        let colour = |v: f32| {
            [0, 1, 2].map(|plane| {
                let mut row = [0.0];
                painter.shaded(plane, &[v], &mut row);
                row[0]
            })
        };
        let [blue, dark, amber] = [-0.3, 0.0, 0.3].map(colour);
        assert!(blue[2] > 0.9 && blue[0] < 0.2 && amber[0] > 0.9 && amber[2] < 0.2);
        assert!(dark.iter().all(|v| *v < 0.01) && colour(0.15)[0] < amber[0]);
    }
}
