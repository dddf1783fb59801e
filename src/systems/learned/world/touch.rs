//! How touches change a state.

use super::layout::StateLayout;
use super::params::WorldKnobs;
use super::planes::{FieldKind, PlaneGroup};
use core::f32::consts::TAU;
use world::brush::Brush;
use world::system::Touch;

/// Largest magnitude that a touch gives a value, in deviations from the mean.
const MOST: f32 = 4.0;
/// Radii per tick at which a stroke pushes in full; a slower one pushes less.
const FULL: f32 = 0.25;
/// Turns from the colour of one pointer to that of the next: the golden angle.
const HUE_STEP: f32 = 0.381_966;

/// Changes every field of a state under a touch. A touch that gives pushes a velocity along (at rest it stirs it
/// clockwise), raises a scalar, paints a colour; one that takes slows the velocity, lowers the scalar, and takes the
/// colour back to its mean.
pub fn edit(state: &mut [f32], layout: &StateLayout, touch: &Touch, knobs: &WorldKnobs) {
    let touch = Touch { radius: touch.radius * knobs.touch_radius, ..*touch };
    let [rows, columns] = layout.periodic;
    let brush = Brush::wrapping(&touch, layout.size, [columns, rows]);
    let stroke =
        Stroke { brush, strength: brush.amount() * knobs.touch_gain, hue: touch.id as f32 * HUE_STEP };
    for group in &layout.groups {
        for (axis, p) in group.planes().enumerate() {
            let plane = &mut state[p * layout.plane()..(p + 1) * layout.plane()];
            stroke.apply(plane, group, axis, layout.scales[p]);
        }
    }
}

/// A touch on the cells of a world.
struct Stroke {
    brush: Brush,
    /// In deviations.
    strength: f32,
    /// Colour of the pointer, in turns.
    hue: f32,
}

impl Stroke {
    /// Changes one plane, which is the given axis or colour of its field.
    fn apply(&self, plane: &mut [f32], group: &PlaneGroup, axis: usize, [mean, deviation]: [f32; 2]) {
        let brush = &self.brush;
        let towards = |v: f32, goal: f32, share: f32| v + share.min(1.0) * (goal - v);
        let (low, high) = (mean - MOST * deviation, mean + MOST * deviation);
        let added = |v: f32, add: f32| (v + add * deviation).clamp(low.min(v), high.max(v));
        match (group.kind, brush.takes()) {
            (FieldKind::Vector, false) => brush.paint(plane, |x, y, v, weight| {
                *v = added(*v, weight * self.strength * self.direction(x, y)[axis]);
            }),
            (FieldKind::Vector, true) => {
                brush.paint(plane, |_, _, v, weight| *v = towards(*v, 0.0, weight * self.strength));
            }
            (FieldKind::Scalar, takes) => {
                let strength = if takes { -self.strength } else { self.strength };
                brush.paint(plane, |_, _, v, weight| *v = added(*v, weight * strength));
            }
            (FieldKind::Colour, takes) => {
                let third = axis as f32 / 3.0;
                let bright = 2.0 * deviation * libm::cosf(TAU * (self.hue - third));
                let goal = if takes { mean } else { mean + bright };
                brush.paint(plane, |_, _, v, weight| *v = towards(*v, goal, weight * self.strength));
            }
        }
    }

    /// Where a touch that gives pushes a cell, at most 1 long: along its path, or round its centre if it rests.
    fn direction(&self, x: usize, y: usize) -> [f32; 2] {
        let radius = self.brush.radius();
        let moved = self.brush.moved();
        let [dx, dy] = match moved == [0.0; 2] {
            true => {
                let [ox, oy] = self.brush.offset(x, y);
                [-oy / radius, ox / radius]
            }
            false => moved.map(|m| m / (FULL * radius)),
        };
        let length = (dx * dx + dy * dy).sqrt().max(1.0);
        [dx / length, dy / length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use learn::dynamics::WorldSpec;
    use proptest::prelude::*;
    use world::system::Phase;

    const SIDE: usize = 24;
    const STATE: [&str; 6] = ["heat", "air.x", "air.y", "picture.red", "picture.green", "picture.blue"];

    fn layout() -> StateLayout {
        let spec = WorldSpec {
            scene: "t".into(),
            width: SIDE,
            height: SIDE,
            periodic: [true, false],
            every: 1,
            state: STATE.map(String::from).to_vec(),
            given: Vec::new(),
            knobs: Vec::new(),
        };
        StateLayout::of(&spec, vec![[0.5, 0.25]; STATE.len()])
    }

    fn touch(strength: f32, [dx, dy]: [f32; 2]) -> Touch {
        let phase = if dx == 0.0 && dy == 0.0 { Phase::Down } else { Phase::Move };
        Touch { id: 0, x: 0.5, y: 0.5, dx, dy, radius: 0.2, strength, phase }
    }

    fn edited(touches: &[Touch], knobs: &WorldKnobs) -> Vec<f32> {
        let mut state = vec![0.5; STATE.len() * SIDE * SIDE];
        touches.iter().for_each(|t| edit(&mut state, &layout(), t, knobs));
        state
    }

    fn at(state: &[f32], plane: usize, x: usize, y: usize) -> f32 {
        state[(plane * SIDE + y) * SIDE + x]
    }

    #[test]
    fn a_stroke_pushes_along_and_one_that_takes_slows() {
        let knobs = WorldKnobs::default();
        let given = edited(&[touch(1.0, [0.2, 0.0])], &knobs);
        // A stroke of more than a quarter of its radius: half a deviation in full, on its path.
        assert!((at(&given, 1, 11, 12) - (0.5 + 0.5 * 0.25)).abs() < 0.01, "{}", at(&given, 1, 11, 12));
        assert_eq!(at(&given, 2, 11, 12), 0.5);
        let taken = edited(&[touch(-1.0, [0.2, 0.0])], &knobs);
        assert!((at(&taken, 1, 11, 12) - 0.25).abs() < 0.01 && (at(&taken, 2, 11, 12) - 0.25).abs() < 0.01);
    }

    #[test]
    fn a_touch_at_rest_stirs_clockwise() {
        let state = edited(&[touch(1.0, [0.0; 2])], &WorldKnobs::default());
        // To the right of its centre the air goes down, below it to the left, and so on round.
        assert!(at(&state, 2, 14, 12) > 0.5 && at(&state, 2, 9, 12) < 0.5);
        assert!(at(&state, 1, 12, 14) < 0.5 && at(&state, 1, 12, 9) > 0.5);
    }

    #[test]
    fn a_scalar_is_raised_and_lowered_a_colour_painted_and_taken_back() {
        let knobs = WorldKnobs::default();
        let (given, taken) =
            (edited(&[touch(1.0, [0.0; 2])], &knobs), edited(&[touch(-1.0, [0.0; 2])], &knobs));
        let (up, down) = (at(&given, 0, 12, 12) - 0.5, at(&taken, 0, 12, 12) - 0.5);
        assert!(up > 0.1 && (up + down).abs() < 1e-6);
        assert!(at(&given, 3, 12, 12) > 0.6 && at(&given, 4, 12, 12) < 0.5 && at(&given, 5, 12, 12) < 0.5);
        assert_eq!(at(&taken, 3, 12, 12), 0.5, "it is at its mean already");
        let both = edited(&[touch(1.0, [0.0; 2]), touch(-1.0, [0.0; 2])], &knobs);
        assert!((at(&both, 3, 12, 12) - 0.5).abs() < 0.6 * (at(&given, 3, 12, 12) - 0.5));
    }

    #[test]
    fn its_radius_and_strength_are_scaled() {
        let changed = |knobs: &WorldKnobs| {
            let state = edited(&[touch(1.0, [0.0; 2])], knobs);
            state[..SIDE * SIDE].iter().filter(|v| **v != 0.5).count()
        };
        let wide = WorldKnobs { touch_radius: 2.0, ..WorldKnobs::default() };
        let ratio = changed(&wide) as f32 / changed(&WorldKnobs::default()) as f32;
        assert!((3.0..5.0).contains(&ratio), "{ratio}: four times the area");
        assert_eq!(changed(&WorldKnobs { touch_gain: 0.0, ..WorldKnobs::default() }), 0);
    }

    proptest! {
        /// However often and hard it is touched, no value leaves the range of touches, and none far away changes.
        #[test]
        fn touches_stay_in_their_place_and_range(
            strength in -1.0f32..=1.0, dx in -0.1f32..0.1, dy in -0.1f32..0.1, gain in 0.0f32..4.0,
        ) {
            let knobs = WorldKnobs { touch_gain: gain, ..WorldKnobs::default() };
            let state = edited(&[touch(strength, [dx, dy]); 40], &knobs);
            for (i, v) in state.iter().enumerate() {
                let (x, y) = ((i % SIDE) as f32 + 0.5, (i / SIDE % SIDE) as f32 + 0.5);
                // The path ends at the middle; it and the radius reach 2.4 + 4.8 cells.
                let far = (x - 12.0).abs() > 7.5 || (y - 12.0).abs() > 7.5;
                prop_assert!(!far || *v == 0.5);
                prop_assert!((*v - 0.5).abs() <= MOST * 0.25 + 1e-6);
            }
        }
    }
}
