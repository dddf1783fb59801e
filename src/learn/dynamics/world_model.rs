//! The interface of every learned world.

use super::trajectories::{Moment, WorldSpec};
use world::rng::Rng;

/// What a world carries from frame to frame besides the states that it shows (as the hidden state of a recurrent
/// network, Elman 1990). With it and the last states a roll-out goes on bit for bit where it was left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HiddenState {
    /// Values in the method's own order and units; none if the states are all there is.
    pub values: Vec<f32>,
}

/// A world whose step was learned from frames. The same past, the same hidden state, the same inputs and the same
/// address give the same bits on every machine and at any thread count.
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
    /// given and the knobs while it comes about, and from nothing that is hidden.
    fn next(&self, past: &[&[f32]], given: &[f32], knobs: &[f32], rng: Rng) -> Vec<f32>;

    /// The hidden state of a world that begins with these states.
    fn begin(&self, _past: &[&[f32]]) -> HiddenState {
        HiddenState::default()
    }

    /// [`Self::next`] of a world with a hidden state, which goes a frame on. `past` is what counts of what is shown: if
    /// its newest state is not the one that was made last (someone touched it), the world goes on from the one given.
    fn advance(
        &self,
        _hidden: &mut HiddenState,
        past: &[&[f32]],
        given: &[f32],
        knobs: &[f32],
        rng: Rng,
    ) -> Vec<f32> {
        self.next(past, given, knobs, rng)
    }

    /// The states that follow a past, one for each moment of `driven`, of which only what is given and the knobs are
    /// read.
    fn rollout(&self, past: &[Moment], driven: &[Moment], rng: Rng) -> Vec<Vec<f32>> {
        let mut states: Vec<Vec<f32>> = past.iter().map(|m| m.state.clone()).collect();
        let mut hidden = self.begin(&states.iter().map(Vec::as_slice).collect::<Vec<_>>());
        for (i, m) in driven.iter().enumerate() {
            let from = states.len().saturating_sub(self.history());
            let seen: Vec<&[f32]> = states[from..].iter().map(Vec::as_slice).collect();
            states.push(self.advance(&mut hidden, &seen, &m.given, &m.knobs, rng.fork(i as u64)));
        }
        states.split_off(past.len())
    }
}
