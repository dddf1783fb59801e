//! A film strip: frames of a world above those of the network that started with it.

use super::WorldModel;
use super::trajectories::{Trajectory, WorldSpec};
use crate::LearnError;
use crate::sheet::ContactSheet;
use world::rng::Rng;

/// Frames after the start that are drawn.
const SHOWN: [usize; 8] = [1, 2, 5, 10, 20, 50, 100, 200];
const GAP: usize = 2;

/// The strip as PNG: what the world shows in the upper row, what the network makes of its first frames below.
///
/// # Errors
/// The world is shorter than what the network has to see.
pub fn strip(model: &dyn WorldModel, world: &Trajectory) -> Result<Vec<u8>, LearnError> {
    let (spec, history) = (model.spec(), model.history());
    if world.frames.len() <= history {
        let found = world.frames.len();
        return Err(LearnError::Failed(format!(
            "expected more than {history} frames to draw, found {found}"
        )));
    }
    let length = (world.frames.len() - history).min(SHOWN[SHOWN.len() - 1]);
    let driven = &world.frames[history..history + length];
    let made = model.rollout(&world.frames[..history], driven, Rng::new(world.seed).named("strip"));
    let shown: Vec<usize> = SHOWN.into_iter().filter(|i| *i <= length).collect();
    let truth: Vec<Vec<f32>> = shown.iter().map(|i| scalar(&driven[i - 1].state, spec)).collect();
    let learned: Vec<Vec<f32>> = shown.iter().map(|i| scalar(&made[i - 1], spec)).collect();
    let span =
        truth.iter().flatten().fold([f32::INFINITY, f32::NEG_INFINITY], |s, v| [s[0].min(*v), s[1].max(*v)]);
    sheet(&[truth, learned], spec, span).png().map_err(|e| LearnError::Failed(e.to_string()))
}

/// What is drawn of a state, one or three planes: a picture as it is, the vorticity of a velocity, or the first plane.
pub fn scalar(state: &[f32], spec: &WorldSpec) -> Vec<f32> {
    let plane = spec.plane();
    let named = |end: &str| spec.state.iter().position(|n| n.ends_with(end));
    let of = |i: usize| &state[i * plane..(i + 1) * plane];
    match (named(".red"), named(".x").zip(named(".y"))) {
        (Some(red), _) if state.len() >= (red + 3) * plane => state[red * plane..(red + 3) * plane].to_vec(),
        (_, Some((x, y))) => vorticity(of(x), of(y), spec.width),
        _ => of(0).to_vec(),
    }
}

/// Vorticity ∂v/∂x − ∂u/∂y by central differences on a torus.
pub fn vorticity(u: &[f32], v: &[f32], width: usize) -> Vec<f32> {
    let height = u.len() / width;
    let at = |f: &[f32], y: usize, x: usize| f[y % height * width + x % width];
    let one = |i: usize| {
        let (y, x) = (i / width + height, i % width + width);
        0.5 * (at(v, y, x + 1) - at(v, y, x - 1) - at(u, y + 1, x) + at(u, y - 1, x))
    };
    (0..u.len()).map(one).collect()
}

fn sheet(rows: &[Vec<Vec<f32>>; 2], spec: &WorldSpec, [low, high]: [f32; 2]) -> ContactSheet {
    let (w, h, plane) = (spec.width, spec.height, spec.plane());
    let columns = rows[0].len();
    let (width, height) = (columns * (w + GAP) + GAP, 2 * (h + GAP) + GAP);
    let mut rgb = vec![24u8; width * height * 3];
    let level = |v: f32| ((v - low) / (high - low).max(1e-12)).clamp(0.0, 1.0);
    for (i, picture) in rows.iter().flatten().enumerate() {
        let (left, top) = (i % columns * (w + GAP) + GAP, i / columns * (h + GAP) + GAP);
        for p in 0..plane {
            let at = ((top + p / w) * width + left + p % w) * 3;
            let value = |c: usize| picture[(c * plane + p) % picture.len()];
            (0..3).for_each(|c| rgb[at + c] = (level(value(c)) * 255.0 + 0.5) as u8);
        }
    }
    ContactSheet { width, height, rgb }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A solid rotation by sines: u = −sin y, v = sin x has the vorticity cos x + cos y, times sin(h)/h of the
    /// differences.
    #[test]
    fn vorticity_is_that_of_a_known_field() {
        let n = 32;
        let h = core::f64::consts::TAU / n as f64;
        let (u, v): (Vec<f32>, Vec<f32>) = (0..n * n)
            .map(|i| (-libm::sin((i / n) as f64 * h) as f32, libm::sin((i % n) as f64 * h) as f32))
            .unzip();
        for (i, found) in vorticity(&u, &v, n).iter().enumerate() {
            let expected = libm::sin(h) * (libm::cos((i % n) as f64 * h) + libm::cos((i / n) as f64 * h));
            assert!((f64::from(*found) - expected).abs() < 1e-6);
        }
    }
}
