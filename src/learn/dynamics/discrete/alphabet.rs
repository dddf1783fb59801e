//! The states of cells, found by the values that the planes of a world take.

use std::collections::BTreeSet;

use super::stored;
use crate::dynamics::trajectories::{Moment, WorldSpec};
use crate::net::weights::{WeightArray, Weights};
use world::limits;

/// The most states of a cell, and the most values of a plane.
pub const STATES: usize = 16;
/// Values are counted no further than this for a message.
const COUNTED: usize = 1000;
const ARRAY: &str = "seen.states";

/// The states of a world's cells: the values that the planes of the state take together, in ascending order.
#[derive(Clone, Debug, PartialEq)]
pub struct Alphabet(Vec<Vec<f32>>);

impl Alphabet {
    /// The states that occur in these frames.
    ///
    /// # Errors
    /// A plane takes too many values, or the planes too many together, or nothing ever differs.
    pub fn of(spec: &WorldSpec, frames: &[&Moment]) -> Result<Self, String> {
        let (planes, plane) = (spec.state.len(), spec.plane());
        limits::within("planes of discrete cells", planes, 1..=STATES)?;
        let levels = (0..planes).map(|p| {
            let all = frames.iter().flat_map(|f| f.state[p * plane..][..plane].iter().copied());
            levels(&spec.state[p], all)
        });
        let levels = levels.collect::<Result<Vec<_>, _>>()?;
        let code = |f: &Moment, i: usize| {
            let digit = |p: usize| place(&levels[p], f.state[p * plane + i]) as u64;
            (0..planes).fold(0, |code, p| code << 4 | digit(p))
        };
        let (mut codes, mut last) = (BTreeSet::new(), None);
        for code in frames.iter().flat_map(|f| (0..plane).map(move |i| code(f, i))) {
            if last != Some(code) {
                codes.insert(code);
                last = Some(code);
            }
            if codes.len() > COUNTED {
                break;
            }
        }
        match codes.len() {
            2..=STATES => {}
            0 | 1 => {
                return Err(format!(
                    "{}: expected cells that differ, found one state",
                    spec.state.join(", ")
                ));
            }
            n => return Err(too_many(&format!("the planes {} together", spec.state.join(", ")), n)),
        }
        let value = |code: u64, p: usize| levels[p][(code >> (4 * (planes - 1 - p)) & 15) as usize];
        Ok(Self(codes.into_iter().map(|code| (0..planes).map(|p| value(code, p)).collect()).collect()))
    }

    /// Number of states, 2 to [`STATES`].
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The value of each plane in a state.
    pub fn values(&self, state: u8) -> &[f32] {
        &self.0[usize::from(state)]
    }

    /// The state of every cell of planes `[planes][cells]`: the nearest one, so that what a touch or a picture blurs
    /// is a state again.
    pub fn states(&self, planes: &[f32]) -> Vec<u8> {
        let cells = planes.len() / self.0[0].len();
        let nearest = |i: usize| {
            let (mut best, mut least) = (0, f32::INFINITY);
            for (state, values) in (0u8..).zip(&self.0) {
                let differences = values.iter().enumerate().map(|(p, v)| planes[p * cells + i] - v);
                let distance = differences.fold(0.0, |sum: f32, d| d.mul_add(d, sum));
                if distance < least {
                    (best, least) = (state, distance);
                }
            }
            best
        };
        (0..cells).map(nearest).collect()
    }

    /// The planes `[planes][cells]` of cells in these states.
    pub fn planes(&self, states: &[u8]) -> Vec<f32> {
        (0..self.0[0].len()).flat_map(|p| states.iter().map(move |s| self.0[usize::from(*s)][p])).collect()
    }

    /// Adds it to the arrays of a file.
    pub fn store(&self, w: &mut Weights) {
        w.insert(ARRAY, WeightArray { dims: vec![self.count(), self.0[0].len()], values: self.0.concat() });
    }

    /// From the arrays of a file.
    ///
    /// # Errors
    /// The array is missing, of another number of planes, or holds too many states or none.
    pub fn of_weights(w: &Weights, spec: &WorldSpec) -> Result<Self, String> {
        let rows = stored::rows(w, ARRAY);
        limits::within("states of a cell", rows, 2..=STATES)?;
        let planes = spec.state.len();
        Ok(Self(w.get(ARRAY, &[rows, planes])?.chunks_exact(planes).map(<[f32]>::to_vec).collect()))
    }
}

fn place(levels: &[f32], value: f32) -> usize {
    levels.binary_search_by(|l| l.total_cmp(&(value + 0.0))).unwrap_or(0)
}

/// The values of a plane in ascending order; −0 counts as 0.
fn levels(name: &str, values: impl Iterator<Item = f32>) -> Result<Vec<f32>, String> {
    let (mut levels, mut last): (Vec<f32>, _) = (Vec::new(), None);
    for value in values.map(|v| v + 0.0) {
        if last == Some(value) {
            continue;
        }
        last = Some(value);
        if let Err(at) = levels.binary_search_by(|l| l.total_cmp(&value)) {
            levels.insert(at, value);
        }
        if levels.len() > COUNTED {
            break;
        }
    }
    match levels.len() {
        ..=STATES => Ok(levels),
        n => Err(too_many(&format!("the plane `{name}`"), n)),
    }
}

fn too_many(what: &str, found: usize) -> String {
    let found = if found > COUNTED { format!("more than {COUNTED}") } else { found.to_string() };
    format!(
        "{what}: expected at most {STATES} values, as discrete cells have, found {found}; record cells at their own size, \
         which interpolates nothing"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(planes: &[&str]) -> WorldSpec {
        let state = planes.iter().map(|p| p.to_string()).collect();
        let (given, knobs) = (Vec::new(), Vec::new());
        WorldSpec {
            scene: "t".into(),
            width: 8,
            height: 8,
            periodic: [true; 2],
            every: 1,
            state,
            given,
            knobs,
        }
    }

    fn frame(of: impl Fn(usize) -> f32, planes: usize) -> Moment {
        Moment { state: (0..64 * planes).map(of).collect(), ..Moment::default() }
    }

    /// A picture of two colours has two states, though each of its planes has its own values.
    #[test]
    fn planes_make_one_state_together() {
        let colour = |i: usize| [[0.25, 0.0, 1.0], [0.5, -0.0, 0.125]][i % 64 % 2][i / 64];
        let frame = frame(colour, 3);
        let a = Alphabet::of(&spec(&["p.red", "p.green", "p.blue"]), &[&frame]).unwrap();
        assert_eq!((a.count(), a.values(0), a.values(1)), (2, &[0.25, 0.0, 1.0][..], &[0.5, 0.0, 0.125][..]));
        let states = a.states(&frame.state);
        assert!(states.iter().enumerate().all(|(i, s)| usize::from(*s) == i % 2));
        assert_eq!(a.states(&a.planes(&states)), states);
        let mut w = Weights::default();
        a.store(&mut w);
        assert_eq!(Alphabet::of_weights(&w, &spec(&["p.red", "p.green", "p.blue"])), Ok(a.clone()));
        assert!(Alphabet::of_weights(&w, &spec(&["p.red"])).is_err());
        assert!(Alphabet::of_weights(&Weights::default(), &spec(&["p.red"])).is_err());
    }

    #[test]
    fn what_lies_between_is_the_nearest_state() {
        let a = Alphabet::of(&spec(&["a"]), &[&frame(|i| [0.0, 1.0, 4.0][i % 3], 1)]).unwrap();
        assert_eq!(a.states(&[-9.0, 0.4, 0.5, 0.6, 2.4, 2.6, 99.0, f32::NAN]), [0, 0, 0, 1, 1, 2, 2, 0]);
    }

    #[test]
    fn too_many_values_are_counted_and_the_plane_named() {
        let of = |planes: &[&str], f: &dyn Fn(usize) -> f32| {
            Alphabet::of(&spec(planes), &[&frame(f, planes.len())]).unwrap_err()
        };
        assert!(of(&["a"], &|_| 3.0).contains("found one state"));
        let e = of(&["a", "b"], &|i| if i < 64 { 0.0 } else { (i % 17) as f32 });
        assert!(e.contains("the plane `b`") && e.contains("found 17"), "{e}");
        let e = of(&["a", "b"], &|i| if i < 64 { (i / 8) as f32 } else { (i % 8) as f32 });
        assert!(e.contains("a, b together") && e.contains("found 64"), "{e}");
    }
}
