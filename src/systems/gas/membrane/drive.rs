//! Input fields as forces: one that bends the skin, and one whose rises strike it.
//!
//! Fields come once a tick. Between two of them the force goes along a smooth step, whose slope is zero at both ends, so
//! that neither the force nor its slope jumps: a field that changes slowly is not heard as clicks.

use super::outline::Outline;
use world::field::Field;

/// Greatest value of an input that counts.
const MOST: f32 = 10.0;

/// A force that follows a field.
#[derive(Default)]
pub struct Drive {
    base: Vec<f32>,
    change: Vec<f32>,
    active: bool,
}

impl Drive {
    /// Aims at a field, from where the last one was.
    pub fn aim(&mut self, outline: &Outline, field: Option<&Field>) {
        if field.is_none() && !self.active {
            return;
        }
        let n = outline.floats();
        self.base.resize(n, 0.0);
        self.change.resize(n, 0.0);
        // What was aimed at has been reached.
        self.base.iter_mut().zip(&self.change).for_each(|(b, c)| *b += c);
        for y in 0..outline.height {
            let cells = outline.row(y);
            let (base, change) = (&self.base[cells.clone()], &mut self.change[cells]);
            match field {
                Some(field) => change
                    .iter_mut()
                    .zip(base)
                    .zip(field.row(0, y))
                    .for_each(|((c, b), v)| *c = v.clamp(-MOST, MOST) - b),
                None => change.iter_mut().zip(base).for_each(|(c, b)| *c = -b),
            }
        }
        self.active = field.is_some() || self.change.iter().any(|&c| c != 0.0);
    }

    /// Whether there is any force.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// Where it starts in the tick, and how far it goes.
    pub fn fields(&self) -> [&[f32]; 2] {
        [&self.base, &self.change]
    }
}

/// A smooth step from 0 to 1.
pub fn smooth(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// Blows where a field has risen.
#[derive(Default)]
pub struct Excite {
    last: Vec<f32>,
    rise: Vec<f32>,
    none: Vec<f32>,
    active: bool,
}

impl Excite {
    /// Notes where the field has risen since the last tick; the first field of all strikes nothing.
    pub fn aim(&mut self, outline: &Outline, field: Option<&Field>) {
        self.active = false;
        let Some(field) = field else {
            self.last.clear();
            return;
        };
        let n = outline.floats();
        self.rise.resize(n, 0.0);
        self.none.resize(n, 0.0);
        let first = self.last.len() != field.data().len();
        if first {
            self.last = field.plane(0).to_vec();
        }
        for y in 0..outline.height {
            let (row, w) = (outline.row(y), outline.width);
            let rows = self.rise[row].iter_mut().zip(&mut self.last[y * w..(y + 1) * w]).zip(field.row(0, y));
            for ((rise, last), &now) in rows {
                let now = now.clamp(-MOST, MOST);
                *rise = (now - last.clamp(-MOST, MOST)).max(0.0);
                self.active |= *rise > 0.0;
                *last = now;
            }
        }
    }

    /// Whether anything has risen.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// The rises, as a force that stays.
    pub fn fields(&self) -> [&[f32]; 2] {
        [&self.rise, &self.none]
    }
}
