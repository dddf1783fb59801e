//! What a learned world learns from: frames of a world in order, from several seeds.

use world::limits;

/// The range that a knob was drawn from, in the knob's own unit.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct KnobRange {
    /// The knob: `node.knob`.
    pub name: String,
    /// Least value seen.
    pub low: f32,
    /// Greatest value seen.
    pub high: f32,
}

/// What a frame of a world holds.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct WorldSpec {
    /// The scene, as it was named.
    pub scene: String,
    /// Columns of a plane.
    pub width: usize,
    /// Rows of a plane.
    pub height: usize,
    /// Whether rows (up and down) and columns (left and right) are periodic.
    pub periodic: [bool; 2],
    /// Ticks from a frame to the next.
    pub every: u64,
    /// Planes of the state, which the network predicts: `picture.red`, `basin.velocity.x`, ….
    pub state: Vec<String>,
    /// Planes that drive the world from outside, which the network is given.
    pub given: Vec<String>,
    /// Knobs that vary, which the network is given.
    pub knobs: Vec<KnobRange>,
}

/// One moment of a world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// `[state][height][width]`.
    pub state: Vec<f32>,
    /// `[given][height][width]`, as it acted in the ticks that led here.
    pub given: Vec<f32>,
    /// Value of each knob in those ticks.
    pub knobs: Vec<f32>,
}

/// The frames of one world.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trajectory {
    /// The seed of the world.
    pub seed: u64,
    /// Its frames in order.
    pub frames: Vec<Moment>,
}

/// Frames of several worlds.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectories {
    /// What a frame holds.
    pub spec: WorldSpec,
    /// One for each seed.
    pub worlds: Vec<Trajectory>,
}

impl WorldSpec {
    /// Values in a plane.
    pub fn plane(&self) -> usize {
        self.width * self.height
    }

    /// Validates the fields; nothing in a header is trusted before this.
    ///
    /// # Errors
    /// The field, what was expected and what was found.
    pub fn check(&self) -> Result<(), String> {
        limits::within("width", self.width, limits::MADE)?;
        limits::within("height", self.height, limits::MADE)?;
        limits::within("planes of the state", self.state.len(), 1..=limits::CLASSES)?;
        limits::within("given planes", self.given.len(), 0..=limits::CLASSES)?;
        limits::within("knobs", self.knobs.len(), 0..=limits::CLASSES)?;
        limits::within("ticks a frame", self.every, 1..=1_000_000)?;
        let names = self.state.iter().chain(&self.given).chain(self.knobs.iter().map(|k| &k.name));
        names.into_iter().try_for_each(|n| limits::name("a plane", n))?;
        match self.knobs.iter().find(|k| !(k.low.is_finite() && k.high >= k.low && k.high.is_finite())) {
            Some(k) => Err(format!("knob `{}`: expected a range, found {}..{}", k.name, k.low, k.high)),
            None => Ok(()),
        }
    }
}

impl Trajectories {
    /// Checks that every frame has the size that the specification says, and only finite values.
    ///
    /// # Errors
    /// Which world and frame, and what is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        self.spec.check()?;
        let plane = self.spec.plane();
        let want = [self.spec.state.len() * plane, self.spec.given.len() * plane, self.spec.knobs.len()];
        for world in &self.worlds {
            for (i, f) in world.frames.iter().enumerate() {
                let at = || format!("frame {i} of the world of seed {}", world.seed);
                let found = [f.state.len(), f.given.len(), f.knobs.len()];
                if found != want {
                    return Err(format!("{}: expected {want:?} values, found {found:?}", at()));
                }
                let all = f.state.iter().chain(&f.given).chain(&f.knobs);
                if all.copied().any(|v| !v.is_finite()) {
                    return Err(format!("{}: expected finite values, found others", at()));
                }
            }
        }
        Ok(())
    }

    /// Hash of every value (FNV-1a).
    pub fn hash(&self) -> u64 {
        let eat = |h: u64, b: u64| (h ^ b).wrapping_mul(0x100_0000_01b3);
        let mut h = 0xcbf2_9ce4_8422_2325;
        for w in &self.worlds {
            h = eat(h, w.seed);
            let all = w.frames.iter().flat_map(|f| f.state.iter().chain(&f.given).chain(&f.knobs));
            h = all.fold(h, |h, v| eat(h, u64::from(v.to_bits())));
        }
        h
    }

    /// The worlds to train on, and the last ones, which are held out: a share of them, at least one if there are two.
    pub fn split(mut self, share: f64) -> (Self, Self) {
        let n = self.worlds.len();
        let held = ((n as f64 * share).ceil() as usize).min(n.saturating_sub(1));
        let worlds = self.worlds.split_off(n - held);
        let held = Self { spec: self.spec.clone(), worlds };
        (self, held)
    }

    /// Frames of all worlds.
    pub fn frames(&self) -> usize {
        self.worlds.iter().map(|w| w.frames.len()).sum()
    }
}

/// Mean and standard deviation over all frames of each plane: of the state, of its change from frame to frame, and of
/// what is given. A plane that never changes has a deviation of 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scales {
    /// Of the state.
    pub state: Vec<[f32; 2]>,
    /// Of its change; the mean is left out (0).
    pub change: Vec<[f32; 2]>,
    /// Of what is given.
    pub given: Vec<[f32; 2]>,
}

impl Scales {
    /// Measures them.
    pub fn of(data: &Trajectories) -> Self {
        let spec = &data.spec;
        let plane = spec.plane();
        let frames = || data.worlds.iter().flat_map(|w| &w.frames);
        let of = |pick: &dyn Fn(&Moment) -> &[f32], i: usize| {
            moments(frames().flat_map(|f| pick(f)[i * plane..(i + 1) * plane].iter().copied()))
        };
        let state = (0..spec.state.len()).map(|i| of(&|f| &f.state, i)).collect();
        let given = (0..spec.given.len()).map(|i| of(&|f| &f.given, i)).collect();
        let change = |i: usize| {
            let pairs = data.worlds.iter().flat_map(|w| w.frames.windows(2));
            let each = pairs.flat_map(|p| {
                let (a, b) = (&p[0].state, &p[1].state);
                (i * plane..(i + 1) * plane).map(move |k| b[k] - a[k])
            });
            // About zero: a world that drifts must be able to stand still.
            let (n, squares) =
                each.fold((0u64, 0f64), |(n, s), v: f32| (n + 1, s + f64::from(v) * f64::from(v)));
            let size = (squares / n.max(1) as f64).sqrt();
            [0.0, if size > 1e-9 { size as f32 } else { 1.0 }]
        };
        Self { state, change: (0..spec.state.len()).map(change).collect(), given }
    }

    /// With one deviation for these two planes of the state, as a vector's have to have if it is to be turned or
    /// projected in normalised units.
    pub fn shared(mut self, [a, b]: [usize; 2]) -> Self {
        let square = |i: usize| self.state[i][1] * self.state[i][1];
        let common = ((square(a) + square(b)) / 2.0).sqrt();
        (self.state[a][1], self.state[b][1]) = (common, common);
        self
    }
}

fn moments(values: impl Iterator<Item = f32>) -> [f32; 2] {
    let (mut n, mut sum, mut squares) = (0u64, 0f64, 0f64);
    for v in values {
        (n, sum, squares) = (n + 1, sum + f64::from(v), squares + f64::from(v) * f64::from(v));
    }
    let mean = sum / n.max(1) as f64;
    let deviation = (squares / n.max(1) as f64 - mean * mean).max(0.0).sqrt();
    [mean as f32, if deviation > 1e-9 { deviation as f32 } else { 1.0 }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> Trajectories {
        let spec = WorldSpec {
            scene: "t".into(),
            width: 32,
            height: 32,
            periodic: [true; 2],
            every: 1,
            state: vec!["a".into(), "b".into()],
            given: vec!["g".into()],
            knobs: Vec::new(),
        };
        // Plane a counts up by 2 a frame, plane b is 5 throughout.
        let frame = |t: usize| Moment {
            state: [vec![2.0 * t as f32; 1024], vec![5.0; 1024]].concat(),
            given: vec![t as f32; 1024],
            knobs: Vec::new(),
        };
        let worlds = (0..4).map(|seed| Trajectory { seed, frames: (0..3).map(frame).collect() }).collect();
        Trajectories { spec, worlds }
    }

    #[test]
    fn scales_are_those_of_the_planes() {
        let scales = Scales::of(&data());
        let near = |a: [f32; 2], b: [f32; 2]| (0..2).all(|i| (a[i] - b[i]).abs() < 1e-5);
        assert!(near(scales.state[0], [2.0, (8f32 / 3.0).sqrt()]) && near(scales.state[1], [5.0, 1.0]));
        assert!(near(scales.change[0], [0.0, 2.0]) && near(scales.given[0], [1.0, (2f32 / 3.0).sqrt()]));
    }

    #[test]
    fn whole_worlds_are_held_out() {
        let (train, held) = data().split(0.1);
        assert_eq!((train.worlds.len(), held.worlds.len(), held.worlds[0].seed), (3, 1, 3));
        assert_ne!(train.hash(), held.hash());
    }

    #[test]
    fn a_short_or_infinite_frame_is_named() {
        let mut wrong = data();
        wrong.worlds[2].frames[1].state.pop();
        assert!(wrong.check().unwrap_err().contains("frame 1 of the world of seed 2"));
        let mut wrong = data();
        wrong.worlds[1].frames[0].given[7] = f32::NAN;
        assert!(wrong.check().unwrap_err().contains("seed 1"));
        assert!(data().check().is_ok());
    }
}
