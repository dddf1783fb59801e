//! The outline by knobs or by an input field, made anew when it changes.

use super::knobs::{Form, MembraneKnobs};
use super::outline::Outline;
use world::field::Field;

/// What the present outline was made with.
#[derive(Default)]
pub struct Shape {
    made_with: Option<(usize, usize, f32)>,
    levels: Vec<f32>,
    last: Vec<f32>,
}

impl Shape {
    /// A new outline, if the knobs or the input ask for another than before.
    pub fn update(
        &mut self,
        knobs: &MembraneKnobs,
        size: (usize, usize),
        input: Option<&Field>,
    ) -> Option<Outline> {
        use world::params::Choice as _;
        let with =
            (knobs.rim.index(), if input.is_some() { usize::MAX } else { knobs.form.index() }, knobs.extent);
        if input.is_none() && self.made_with == Some(with) {
            return None;
        }
        let (w, h) = size;
        let (stride, n) = (w + 2, (w + 2) * (h + 2));
        self.levels.resize(n, 0.0);
        for (i, level) in self.levels.iter_mut().enumerate() {
            let (x, y) = ((i % stride) as isize - 1, (i / stride) as isize - 1);
            *level = match input {
                Some(field) => {
                    // Beyond the border as at it: the border itself is the rim.
                    let at = |v: isize, n: usize| v.clamp(0, n as isize - 1) as usize;
                    field.at(0, at(x, w), at(y, h)).clamp(-1e3, 1e3) - knobs.threshold
                }
                None => inside(knobs, size, x as f32 + 0.5, y as f32 + 0.5),
            };
        }
        if self.made_with == Some(with) && self.last == self.levels {
            return None;
        }
        self.made_with = Some(with);
        self.last.clone_from(&self.levels);
        let levels = &self.levels;
        Some(Outline::new(size, knobs.rim, |x, y| {
            // Asked for two beyond the border at most; there as next to it.
            let at = |v: isize, n: usize| (v + 1).clamp(0, n as isize + 1) as usize;
            levels[at(y, h) * stride + at(x, w)]
        }))
    }
}

/// Distance inside the outline of the knobs, in cells; below 0 outside.
fn inside(knobs: &MembraneKnobs, (w, h): (usize, usize), x: f32, y: f32) -> f32 {
    let (w, h) = (w as f32, h as f32);
    let half = 0.5 * knobs.extent * w.min(h);
    let (dx, dy) = (x - 0.5 * w, y - 0.5 * h);
    match knobs.form {
        Form::Full => (0.5 * w - dx.abs()).min(0.5 * h - dy.abs()),
        Form::Square => (half - dx.abs()).min(half - dy.abs()),
        Form::Circle => half - (dx * dx + dy * dy).sqrt(),
    }
}
