//! Pan, zoom and rotation between a world and the picture of it.

mod affine;
mod sample;

use super::field::Field;
pub use affine::Affine;
pub use sample::{Sampling, sample};

/// Which part of a world a picture shows. Positions are fractions of the world: (0, 0) top left, (1, 1) bottom right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// World position at the picture's centre.
    pub x: f64,
    /// World position at the picture's centre, downwards.
    pub y: f64,
    /// Magnification; 1 shows the whole world.
    pub zoom: f64,
    /// Rotation, in turns, clockwise.
    pub angle: f64,
}

impl Default for View {
    fn default() -> Self {
        Self::WHOLE
    }
}

impl View {
    /// The whole world, upright.
    pub const WHOLE: Self = Self { x: 0.5, y: 0.5, zoom: 1.0, angle: 0.0 };

    /// Whether this view is the whole world, upright.
    pub fn is_whole(&self) -> bool {
        *self == Self::WHOLE
    }

    /// The affine map from picture pixels (`size`) to world fractions.
    pub fn map(&self, size: (usize, usize)) -> Affine {
        let (w, h) = (size.0.max(1) as f64, size.1.max(1) as f64);
        let (sin, cos) = match self.angle == 0.0 {
            true => (0.0, 1.0),
            false => (
                libm::sin(self.angle * core::f64::consts::TAU),
                libm::cos(self.angle * core::f64::consts::TAU),
            ),
        };
        let zoom = if self.zoom > 0.0 { self.zoom } else { 1.0 };
        // Rotation happens in pixels, so that the picture keeps its shape at any aspect ratio.
        let (a, b) = (cos / (w * zoom), sin / (w * zoom));
        let (c, d) = (-sin / (h * zoom), cos / (h * zoom));
        let origin = |m: f64, n: f64, centre: f64| centre + m * (0.5 - w / 2.0) + n * (0.5 - h / 2.0);
        Affine { ax: a, ay: b, a0: origin(a, b, self.x), bx: c, by: d, b0: origin(c, d, self.y) }
    }

    /// Shows a world of `world` cells in `into`, whose size and planes are given. `native(plane, y, row)` writes
    /// one row of the world at its own resolution. The whole world at its own size is written straight through;
    /// otherwise it is sampled: cells when magnified, means over the pixel's footprint when shrunk.
    pub fn project(
        &self,
        into: &mut Field,
        world: (usize, usize),
        sampling: Sampling,
        native: impl Fn(usize, usize, &mut [f32]) + Sync,
    ) {
        if self.is_whole() && world == into.size() {
            into.fill_rows(native);
            return;
        }
        let mut whole = Field::new(world.0, world.1, into.planes());
        whole.fill_rows(native);
        if self.is_whole() && (into.width() <= world.0 && into.height() <= world.1) {
            whole.resample(into);
            return;
        }
        sample(&whole, into, &self.map(into.size()), sampling);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(view: View, size: (usize, usize), sampling: Sampling) -> Field {
        let mut into = Field::new(size.0, size.1, 1);
        view.project(&mut into, (8, 4), sampling, |_, y, row| {
            row.iter_mut().enumerate().for_each(|(x, v)| *v = (y * 8 + x) as f32);
        });
        into
    }

    #[test]
    fn the_whole_world_is_copied() {
        let f = show(View::WHOLE, (8, 4), Sampling::CrispWrap);
        assert_eq!(f.data(), (0..32).map(|i| i as f32).collect::<Vec<_>>());
    }

    #[test]
    fn panning_by_cells_shifts_them_and_wraps() {
        let f = show(View { x: 0.5 + 3.0 / 8.0, ..View::WHOLE }, (8, 4), Sampling::CrispWrap);
        let expected: Vec<f32> = (0..32).map(|i| (i / 8 * 8 + (i % 8 + 3) % 8) as f32).collect();
        assert_eq!(f.data(), expected);
        let f = show(View { x: 0.5 + 3.0 / 8.0, ..View::WHOLE }, (8, 4), Sampling::CrispBound);
        assert_eq!(f.row(0, 1), [11.0, 12.0, 13.0, 14.0, 15.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn half_a_turn_reverses_the_picture() {
        let f = show(View { angle: 0.5, ..View::WHOLE }, (8, 4), Sampling::CrispBound);
        assert_eq!(f.data(), (0..32).rev().map(|i| i as f32).collect::<Vec<_>>());
    }

    #[test]
    fn magnified_cells_stay_crisp() {
        let f = show(View { zoom: 2.0, ..View::WHOLE }, (8, 4), Sampling::CrispBound);
        assert_eq!(f.row(0, 0), [10.0, 10.0, 11.0, 11.0, 12.0, 12.0, 13.0, 13.0]);
    }
}
