//! The interface of every learned world.

use super::trajectories::{Moment, WorldSpec};
use world::rng::Rng;

/// A world whose step was learned from frames. The same past, the same inputs and the same address give the same bits
/// on every machine and at any thread count.
///
/// ```
/// use learn::dynamics::trajectories::{Moment, WorldSpec};
/// use learn::dynamics::WorldModel;
/// use world::rng::Rng;
///
/// /// Fades by half.
/// struct Fading(WorldSpec);
///
/// impl WorldModel for Fading {
///     fn spec(&self) -> &WorldSpec {
///         &self.0
///     }
///     fn next(&self, past: &[&[f32]], _: &[f32], _: &[f32], _: Rng) -> Vec<f32> {
///         past[past.len() - 1].iter().map(|v| 0.5 * v).collect()
///     }
/// }
///
/// let spec = WorldSpec {
///     scene: "fading".into(),
///     width: 32,
///     height: 32,
///     periodic: [true; 2],
///     every: 1,
///     state: vec!["light".into()],
///     given: Vec::new(),
///     knobs: Vec::new(),
/// };
/// let begin = Moment { state: vec![1.0; 1024], ..Moment::default() };
/// let frames = Fading(spec).rollout(&[begin], &vec![Moment::default(); 3], Rng::new(1));
/// assert_eq!(frames[2], [0.125; 1024]);
/// ```
pub trait WorldModel: Send + Sync {
    /// What its frames hold.
    fn spec(&self) -> &WorldSpec;

    /// Frames of the past that a step sees.
    fn history(&self) -> usize {
        1
    }

    /// The next state `[state][height][width]`, from the last [`Self::history`] states (the newest last), the planes
    /// given and the knobs while it comes about.
    fn next(&self, past: &[&[f32]], given: &[f32], knobs: &[f32], rng: Rng) -> Vec<f32>;

    /// The states that follow a past, one for each moment of `driven`, of which only what is given and the knobs are
    /// read.
    fn rollout(&self, past: &[Moment], driven: &[Moment], rng: Rng) -> Vec<Vec<f32>> {
        let mut states: Vec<Vec<f32>> = past.iter().map(|m| m.state.clone()).collect();
        for (i, m) in driven.iter().enumerate() {
            let from = states.len().saturating_sub(self.history());
            let seen: Vec<&[f32]> = states[from..].iter().map(Vec::as_slice).collect();
            states.push(self.next(&seen, &m.given, &m.knobs, rng.fork(i as u64)));
        }
        states.split_off(past.len())
    }
}
