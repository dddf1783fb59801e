//! What acts on oscillators from wired fields, at the place of each.

use super::knobs::{Input, SynchronyKnobs};
use super::touch::cell;
use world::field::Field;
use world::system::Env;

/// Largest value that counts.
const MOST: f32 = 4.0;

/// Influences by oscillator; empty where nothing is wired.
#[derive(Default)]
pub struct Outside {
    /// Added to the natural frequency, Hz.
    pub light: Vec<f32>,
    /// Velocity across and down, units of length per unit of time.
    pub wind: [Vec<f32>; 2],
}

impl Outside {
    /// Reads the wired fields at places, fractions of the world.
    pub fn read(env: &Env, knobs: &SynchronyKnobs, places: [&[f32]; 2], does_move: bool) -> Self {
        let list = |field: Option<&Field>, plane: usize, factor: f32| match field {
            Some(field) => sample(field, plane, places).map(|v| factor * v.clamp(-MOST, MOST)).collect(),
            None => Vec::new(),
        };
        let wind = env.input(Input::Wind).filter(|_| does_move && knobs.pace > 0.0);
        let factor = 1.0 / (knobs.scale * knobs.pace.max(0.01));
        Self {
            light: list(env.input(Input::Light), 0, 1.0),
            wind: [0, 1].map(|plane| list(wind, plane, factor)),
        }
    }
}

/// Values of the cells that places lie in; 0 outside.
fn sample<'a>(field: &'a Field, plane: usize, [u, v]: [&'a [f32]; 2]) -> impl Iterator<Item = f32> + 'a {
    let (values, size) = (field.plane(plane), field.size());
    u.iter().zip(v).map(move |(&u, &v)| cell(u, v, size).map_or(0.0, |at| values[at]))
}
