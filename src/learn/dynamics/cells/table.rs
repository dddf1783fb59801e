//! Neighbourhoods of a discrete world, and what follows each.

use crate::dynamics::trajectories::{Moment, Trajectories, WorldSpec};

/// States of a cell at most.
pub const STATES: usize = 16;
/// Neighbourhoods at most whose table is enumerated.
pub const ENUMERATED: usize = 1 << 20;

/// Cells of a neighbourhood.
pub const CELLS: usize = 9;

/// The values that the states of a cell have, ascending.
#[derive(Clone, Debug, PartialEq)]
pub struct States(pub Vec<f32>);

impl States {
    /// The values of all frames.
    ///
    /// # Errors
    /// There is more than one plane, or more values than a discrete world has.
    pub fn of(data: &Trajectories) -> Result<Self, String> {
        if data.spec.state.len() != 1 {
            let found = data.spec.state.join(", ");
            return Err(format!("expected one plane, the states of the cells, found {found}"));
        }
        let mut values: Vec<f32> = Vec::new();
        for v in data.worlds.iter().flat_map(|w| &w.frames).flat_map(|f| &f.state) {
            if let Err(place) = values.binary_search_by(|known| known.total_cmp(v)) {
                values.insert(place, *v);
            }
            if values.len() > STATES {
                return Err(format!(
                    "expected at most {STATES} different values in {}, found more",
                    data.spec.state[0]
                ));
            }
        }
        match values.len() {
            0 | 1 => Err(format!(
                "expected at least two different values in {}, found {}",
                data.spec.state[0],
                values.len()
            )),
            _ => Ok(Self(values)),
        }
    }

    /// The state nearest to a value: a touch may leave values in between.
    pub fn nearest(&self, v: f32) -> usize {
        let distance = |i: &usize| (self.0[*i] - v).abs();
        (0..self.0.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
    }

    /// Number of neighbourhoods, if they are enumerated.
    pub fn neighbourhoods(&self) -> Option<usize> {
        self.0.len().checked_pow(CELLS as u32).filter(|n| *n <= ENUMERATED)
    }

    /// The states of a board.
    pub fn board(&self, planes: &[f32]) -> Vec<usize> {
        planes.iter().map(|v| self.nearest(*v)).collect()
    }
}

/// The neighbourhood of a cell as a number: nine digits, row by row, the first the most significant. Beyond a side that
/// is not periodic every cell is in the first state.
pub fn neighbourhood(board: &[usize], spec: &WorldSpec, states: usize, cell: usize) -> usize {
    let (w, h) = (spec.width, spec.height);
    let (y, x) = (cell / w, cell % w);
    let along = |at: usize, by: usize, n: usize, periodic: bool| match (at + by).checked_sub(1) {
        Some(v) if v < n => Some(v),
        _ if periodic => Some((at + by + n - 1) % n),
        _ => None,
    };
    (0..CELLS).fold(0, |number, i| {
        let row = along(y, i / 3, h, spec.periodic[0]);
        let column = along(x, i % 3, w, spec.periodic[1]);
        let state = row.zip(column).map_or(0, |(r, c)| board[r * w + c]);
        number * states + state
    })
}

/// The digits of a neighbourhood.
pub fn digits(mut number: usize, states: usize) -> [usize; CELLS] {
    let mut digits = [0; CELLS];
    for d in digits.iter_mut().rev() {
        (*d, number) = (number % states, number / states);
    }
    digits
}

/// How often each neighbourhood was followed by each state, by neighbourhood.
pub type Counts = Vec<(usize, usize, u32)>;

/// The counts of pairs of frames.
pub fn counts<'a>(
    pairs: impl Iterator<Item = (&'a Moment, &'a Moment)>,
    spec: &WorldSpec,
    states: &States,
) -> Counts {
    let mut all: Vec<(usize, usize)> = Vec::new();
    for (before, after) in pairs {
        let (before, after) = (states.board(&before.state), states.board(&after.state));
        let seen = |(i, next): (usize, &usize)| (neighbourhood(&before, spec, states.0.len(), i), *next);
        all.extend(after.iter().enumerate().map(seen));
    }
    all.sort_unstable();
    all.chunk_by(|a, b| a == b).map(|same| (same[0].0, same[0].1, same.len() as u32)).collect()
}
