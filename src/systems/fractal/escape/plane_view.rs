//! Mapping from pixels to the complex plane.

use world::field::Field;
use world::view::{Affine, Sampling, View, sample};

/// Height of the plane that zoom 1 shows.
pub const HEIGHT: f64 = 2.5;
/// A pixel at least this wide is computed in f32: 32 steps of f32 at magnitude 2. The bits of a picture change where
/// the choice does, never within one picture, and the choice depends only on knobs, view and size.
const F32_PIXEL: f64 = 7.62939453125e-6;

/// The part of the plane that a node as a whole shows. Right is +1, down is +i.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneView {
    /// Plane point at the centre.
    pub centre: [f64; 2],
    /// Height shown, in plane units.
    pub span: f64,
    /// Rotation in turns.
    pub turn: f64,
    /// Width of the node over its height.
    pub aspect: f64,
    /// Displacement in heights of the picture, 2 planes.
    pub bend: Option<Field>,
}

/// A plane view sampled through a view, for a picture of some size.
pub struct PlaneSampler<'a> {
    plane_view: &'a PlaneView,
    /// The displacement at every pixel, in heights of the picture.
    bend: Option<Field>,
    /// To fractions of the world.
    world: Affine,
    /// To plane units from the centre.
    plane: Affine,
    turn: (f64, f64),
    /// Width of a pixel in plane units.
    pub pixel: f64,
}

impl PlaneView {
    /// Through a view, at a size.
    pub fn sight(&self, view: &View, size: (usize, usize)) -> PlaneSampler<'_> {
        let world = view.map(size);
        let angle = self.turn * core::f64::consts::TAU;
        let (sin, cos) = match self.turn == 0.0 {
            true => (0.0, 1.0),
            false => (libm::sin(angle), libm::cos(angle)),
        };
        let (p, q) = (self.span * self.aspect, self.span);
        let right = |u: f64, v: f64| u * p * cos - v * q * sin;
        let down = |u: f64, v: f64| u * p * sin + v * q * cos;
        let (u0, v0) = (world.a0 - 0.5, world.b0 - 0.5);
        let plane = Affine {
            ax: right(world.ax, world.bx),
            ay: right(world.ay, world.by),
            a0: right(u0, v0),
            bx: down(world.ax, world.bx),
            by: down(world.ay, world.by),
            b0: down(u0, v0),
        };
        let pixel = self.span * (world.bx * world.bx + world.by * world.by).sqrt();
        let bend = self.bend.as_ref().map(|bend| {
            let mut at = Field::new(size.0, size.1, 2);
            match view.is_whole() {
                true => bend.resample(&mut at),
                false => sample(bend, &mut at, &world, Sampling::SmoothBound),
            }
            at
        });
        PlaneSampler { plane_view: self, bend, world, plane, turn: (sin, cos), pixel }
    }
}

impl PlaneSampler<'_> {
    /// Whether pixels are wide enough for f32.
    pub fn coarse(&self) -> bool {
        self.pixel >= F32_PIXEL
    }

    /// Fractions of the world at a pixel's centre.
    pub fn world(&self, x: usize, y: usize) -> (f64, f64) {
        self.world.at(x as f64, y as f64)
    }

    /// The plane point at a pixel's centre.
    #[inline(always)]
    pub fn plane(&self, x: usize, y: usize) -> (f64, f64) {
        let (p, q) = self.plane.at(x as f64, y as f64);
        (self.plane_view.centre[0] + p, self.plane_view.centre[1] + q)
    }

    /// Adds the displacement to the plane points of pixels from `from` on.
    #[inline(always)]
    pub fn bend(&self, from: (usize, usize), p: &mut [f64], q: &mut [f64]) {
        let Some(bend) = &self.bend else { return };
        let (sin, cos) = (self.turn.0 * self.plane_view.span, self.turn.1 * self.plane_view.span);
        let (right, down) = (&bend.row(0, from.1)[from.0..], &bend.row(1, from.1)[from.0..]);
        for ((p, q), (&right, &down)) in p.iter_mut().zip(q).zip(right.iter().zip(down)) {
            *p += right as f64 * cos - down as f64 * sin;
            *q += right as f64 * sin + down as f64 * cos;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_centre_is_the_centre_and_a_quarter_turn_swaps_the_axes() {
        let plane_view = PlaneView { centre: [-0.5, 0.25], span: 2.0, turn: 0.0, aspect: 2.0, bend: None };
        let at = |l: &PlaneView, v: View, x, y| l.sight(&v, (201, 101)).plane(x, y);
        let near = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).abs() + (a.1 - b.1).abs() < 1e-12;
        assert!(near(at(&plane_view, View::WHOLE, 100, 50), (-0.5, 0.25)));
        let (dx, dy) = (4.0 / 201.0, 2.0 / 101.0);
        assert!(near(at(&plane_view, View::WHOLE, 110, 53), (-0.5 + 10.0 * dx, 0.25 + 3.0 * dy)));
        let turned = PlaneView { turn: 0.25, ..plane_view.clone() };
        assert!(near(at(&turned, View::WHOLE, 110, 53), (-0.5 - 3.0 * dy, 0.25 + 10.0 * dx)));
        // A view that magnifies 4 times equals a plane view of a quarter the span.
        let close = PlaneView { span: 0.5, ..plane_view.clone() };
        let four = View { zoom: 4.0, ..View::WHOLE };
        assert!(near(at(&plane_view, four, 37, 91), at(&close, View::WHOLE, 37, 91)));
    }

    #[test]
    fn a_bend_moves_by_heights_of_the_picture_and_turns_with_it() {
        let mut bend = Field::new(8, 4, 2);
        bend.plane_mut(0).fill(0.5);
        let plane_view = PlaneView { centre: [0.0; 2], span: 3.0, turn: 0.25, aspect: 2.0, bend: Some(bend) };
        let (mut p, mut q) = ([1.0], [0.0]);
        plane_view.sight(&View::WHOLE, (16, 8)).bend((3, 3), &mut p, &mut q);
        assert!((p[0] - 1.0).abs() < 1e-12 && (q[0] - 1.5).abs() < 1e-12);
    }

    #[test]
    fn neighbouring_pixels_differ_at_the_deepest_zoom() {
        let plane_view =
            PlaneView { centre: [-0.75, 0.1], span: HEIGHT / 1e13, turn: 0.0, aspect: 1.5, bend: None };
        let sight = plane_view.sight(&View::WHOLE, (640, 480));
        assert!(!sight.coarse());
        assert!((0..639).all(|x| sight.plane(x, 7).0 < sight.plane(x + 1, 7).0));
    }
}
