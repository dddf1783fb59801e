//! A learned world under way: its last states, continued by the network frame by frame.

use super::layout::{LIMIT, StateLayout};
use super::params::WorldKnobs;
use super::starts::Starts;
use super::touch;
use learn::dynamics::{HiddenState, WorldModel};
use world::rng::Rng;
use world::system::Touch;

/// Mean square of a state, in squared deviations, above which the network has lost its world and starts again.
const MOST_ENERGY: f64 = 36.0;
/// Energy up to which nothing is damped: twice that of the training frames.
const CALM: f64 = 2.0;
/// Frames for which a failure is reported.
const REPORTED: u64 = 300;

/// A learned world under way.
pub struct Rollout {
    model: Box<dyn WorldModel>,
    layout: StateLayout,
    starts: Starts,
    /// The last states, the newest last; at least one.
    past: Vec<Vec<f32>>,
    hidden: HiddenState,
    rng: Rng,
    /// Frames so far.
    frame: u64,
    /// How often it has begun.
    begun: u64,
    failures: u64,
    /// Frames since the last failure.
    since: u64,
    limited: usize,
    change: f64,
}

impl Rollout {
    /// At its initial condition under a seed.
    pub fn new(model: Box<dyn WorldModel>, layout: StateLayout, starts: Starts, rng: Rng) -> Self {
        let (frame, begun, failures, since, limited) = (0, 0, 0, 0, 0);
        let (past, hidden, change) = (Vec::new(), HiddenState::default(), 0.0);
        let mut new =
            Self { model, layout, starts, past, hidden, rng, frame, begun, failures, since, limited, change };
        new.restart();
        new
    }

    /// Starts again, from the next initial condition.
    pub fn restart(&mut self) {
        self.past = self.starts.draw(&self.layout, self.rng.named("start").fork(self.begun));
        self.past.iter_mut().for_each(|state| _ = self.layout.limit(state));
        self.hidden = self.model.begin(&seen(&self.past));
        self.begun += 1;
        self.change = 0.0;
    }

    /// What its states hold.
    pub fn layout(&self) -> &StateLayout {
        &self.layout
    }

    /// The newest state.
    pub fn state(&self) -> &[f32] {
        &self.past[self.past.len() - 1]
    }

    /// Root mean square change with the last frame, in deviations.
    pub fn change(&self) -> f64 {
        self.change
    }

    /// Values limited in the last frame.
    pub fn limited(&self) -> usize {
        self.limited
    }

    /// A touch changes the newest state, which the network sees next; what is hidden stays.
    pub fn touch(&mut self, touch: &Touch, knobs: &WorldKnobs) {
        if let Some(newest) = self.past.last_mut() {
            touch::edit(newest, &self.layout, touch, knobs);
        }
    }

    /// One frame; `damping` is the share that is removed of the energy above twice that of the training frames. A state
    /// that is not finite, or far from all that the network has seen, is replaced by an initial condition.
    pub fn advance(&mut self, given: &[f32], knobs: &[f32], damping: f64) {
        let rng = self.rng.named("step").fork(self.frame);
        let mut next = self.model.advance(&mut self.hidden, &seen(&self.past), given, knobs, rng);
        self.frame += 1;
        self.since += 1;
        let finite = next.iter().all(|v| v.is_finite());
        self.limited = if finite { self.layout.limit(&mut next) } else { 0 };
        if !finite || self.layout.energy(&next) > MOST_ENERGY {
            (self.failures, self.since, self.limited) = (self.failures + 1, 0, 0);
            return self.restart();
        }
        self.layout.damp(&mut next, damping, CALM);
        self.change = self.layout.distance(&next, self.state());
        self.past.push(next);
        let surplus = self.past.len().saturating_sub(self.model.history().max(1));
        self.past.drain(..surplus);
    }

    /// What has gone wrong of late, in words.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let failed = self.failures > 0 && self.since < REPORTED;
        let failed = failed.then(|| {
            let times = if self.failures == 1 { "once".into() } else { format!("{} times", self.failures) };
            format!("the network lost its world {times}, and was started again")
        });
        let limited = (self.limited > 0)
            .then(|| format!("limited {} values to {LIMIT} standard deviations", self.limited));
        failed.into_iter().chain(limited)
    }
}

fn seen(past: &[Vec<f32>]) -> Vec<&[f32]> {
    past.iter().map(Vec::as_slice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use learn::dynamics::WorldSpec;
    use learn::net::weights::Weights;

    /// A world of one plane, whose next state is a function of what it sees.
    struct Made<F>(WorldSpec, usize, F);

    impl<F: Fn(&[&[f32]], &[f32]) -> Vec<f32> + Send + Sync> WorldModel for Made<F> {
        fn spec(&self) -> &WorldSpec {
            &self.0
        }
        fn history(&self) -> usize {
            self.1
        }
        fn next(&self, past: &[&[f32]], _: &[f32], knobs: &[f32], _: Rng) -> Vec<f32> {
            (self.2)(past, knobs)
        }
    }

    fn rollout(history: usize, f: impl Fn(&[&[f32]], &[f32]) -> Vec<f32> + Send + Sync + 'static) -> Rollout {
        of(|spec| Box::new(Made(spec, history, f)), history)
    }

    fn of(model: impl FnOnce(WorldSpec) -> Box<dyn WorldModel>, history: usize) -> Rollout {
        let spec = WorldSpec {
            scene: "t".into(),
            width: 8,
            height: 8,
            periodic: [true; 2],
            every: 1,
            state: vec!["heat".into()],
            given: Vec::new(),
            knobs: Vec::new(),
        };
        let layout = StateLayout::of(&spec, vec![[1.0, 0.5]]);
        let starts = Starts::of(&Weights::default(), history, &layout).unwrap();
        Rollout::new(model(spec), layout, starts, Rng::new(7))
    }

    #[test]
    fn the_network_sees_as_many_states_as_it_wants_and_the_knobs() {
        let mut world = rollout(3, |past, knobs| {
            assert_eq!(past.len(), 3);
            vec![0.5 * (past[0][0] + past[2][0]) + knobs[0]; 64]
        });
        let mut expected = vec![world.state()[0]; 3];
        for n in 3..7 {
            world.advance(&[], &[0.125], 0.0);
            expected.push(0.5 * (expected[n - 3] + expected[n - 1]) + 0.125);
            assert_eq!(world.state(), vec![expected[n]; 64]);
        }
    }

    /// It adds what it has counted to what is shown.
    struct Counting(WorldSpec);

    impl WorldModel for Counting {
        fn spec(&self) -> &WorldSpec {
            &self.0
        }
        fn next(&self, past: &[&[f32]], given: &[f32], knobs: &[f32], rng: Rng) -> Vec<f32> {
            self.advance(&mut self.begin(past), past, given, knobs, rng)
        }
        fn begin(&self, _: &[&[f32]]) -> HiddenState {
            HiddenState { values: vec![0.0] }
        }
        fn advance(
            &self,
            hidden: &mut HiddenState,
            past: &[&[f32]],
            _: &[f32],
            _: &[f32],
            _: Rng,
        ) -> Vec<f32> {
            hidden.values[0] += 0.25;
            past[0].iter().map(|v| v + hidden.values[0]).collect()
        }
    }

    #[test]
    fn a_hidden_state_goes_on_under_a_touch_and_begins_again_with_its_world() {
        let mut world = of(|spec| Box::new(Counting(spec)), 1);
        let start = world.state()[0];
        (0..3).for_each(|_| world.advance(&[], &[], 0.0));
        assert_eq!(world.state()[0], start + 0.25 + 0.5 + 0.75);
        world.past[0].fill(2.0);
        world.advance(&[], &[], 0.0);
        assert_eq!(world.state(), [3.0; 64]);
        world.restart();
        let start = world.state()[0];
        world.advance(&[], &[], 0.0);
        assert_eq!(world.state()[0], start + 0.25);
    }

    #[test]
    fn values_are_limited_and_counted() {
        let mut world = rollout(1, |_, _| (0..64).map(|i| [1.0, 100.0][usize::from(i == 5)]).collect());
        world.advance(&[], &[], 0.0);
        assert_eq!((world.limited(), world.state()[5], world.state()[6]), (1, 11.0, 1.0));
        assert!(world.notes().any(|n| n.contains("limited 1 values")));
    }

    #[test]
    fn a_world_that_is_lost_starts_again_and_says_so() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30] {
            let mut world = rollout(1, move |past, _| match past[0][0] {
                2.0 => vec![bad; 64],
                _ => vec![2.0; 64],
            });
            let before = world.state().to_vec();
            world.advance(&[], &[], 0.0);
            assert!(world.state() == [2.0; 64] && world.notes().count() == 0);
            world.advance(&[], &[], 0.0);
            let again = world.state().to_vec();
            assert!(again.iter().all(|v| v.is_finite()) && again != [2.0; 64]);
            assert_ne!(again, before, "from another initial condition");
            assert!(world.notes().any(|n| n.contains("once")), "{bad}");
        }
    }

    #[test]
    fn a_world_that_is_too_lively_calms_down_if_it_is_damped() {
        let energy_after = |damping: f64| {
            // It keeps what it is; at the start, twice the noise of a deviation of 1.
            let mut world = rollout(1, |past, _| past[0].to_vec());
            world.past[0].iter_mut().for_each(|v| *v = 1.0 + 2.0 * (*v - 1.0));
            (0..3).for_each(|_| world.advance(&[], &[], damping));
            world.layout().energy(world.state())
        };
        // Of the 2 above the calm, half is left after each of three frames.
        assert!((energy_after(0.0) - 4.0).abs() < 1e-3 && (energy_after(0.5) - 2.25).abs() < 1e-3);
    }

    #[test]
    fn change_is_in_deviations() {
        let mut world = rollout(1, |past, _| past[0].iter().map(|v| v + 0.25).collect());
        world.advance(&[], &[], 0.0);
        assert!((world.change() - 0.5).abs() < 1e-6);
    }
}
