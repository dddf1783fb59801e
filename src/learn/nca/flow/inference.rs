//! A carried texture at inference.

use super::data::pixels;
use super::settings::FlowSettings;
use crate::ImageShape;
use crate::dynamics::{HiddenState, WorldModel, WorldSpec};
use crate::header::ModelHeader;
use crate::method::settings;
use crate::nca::cells::rule::CellRule;
use crate::nca::inference::{Automaton, NcaWorld};
use crate::nca::motion::scale::MotionScale;
use crate::net::weights::Weights;
use world::rng::Rng;

/// A trained rule with the units of its motion.
///
/// As a [`WorldModel`] its state is the picture, and its hidden state that of the cells, which
/// [`WorldModel::advance`] carries from frame to frame as training does; [`WorldModel::next`] alone, which sees no more
/// than the last picture, begins with hidden channels of zero.
pub struct FlowAutomaton {
    automaton: Automaton,
    motion: CarriedMotion,
    spec: WorldSpec,
}

/// How a flow moves the pictures of a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CarriedMotion {
    /// Its units.
    pub scale: MotionScale,
    /// Steps from a frame to the next.
    pub steps: usize,
    /// Whether the flow carries the cells before their steps.
    pub transport: bool,
}

/// A learned world from its weights.
///
/// # Errors
/// Weights are missing or of another shape, or the file describes no picture with a velocity.
pub fn open(header: &ModelHeader, w: &Weights) -> Result<Box<dyn WorldModel>, String> {
    Ok(Box::new(FlowAutomaton::open(header, w)?))
}

impl FlowAutomaton {
    /// A rule from its weights.
    ///
    /// # Errors
    /// As [`open`].
    pub fn open(header: &ModelHeader, w: &Weights) -> Result<Self, String> {
        let spec = header.world.as_ref().ok_or("expected a learned world, found a generator of pictures")?;
        let mut s: FlowSettings = settings(&header.settings);
        // Files without this setting were trained before there was transport.
        s.transport &= header.settings.contains_key("transport");
        Self::of(&s, spec, w)
    }

    /// From its settings, the kind of frames and its weights.
    ///
    /// # Errors
    /// As [`open`].
    pub fn of(s: &FlowSettings, spec: &WorldSpec, w: &Weights) -> Result<Self, String> {
        let channels = pixels(spec)?;
        let shape = s.shape();
        if shape.channels < channels {
            return Err(format!("expected at least {channels} channels, found {}", shape.channels));
        }
        let picture = ImageShape { channels, side: spec.width.max(spec.height) };
        let automaton = Automaton::texture(picture, CellRule::of(w, shape)?, s.fire);
        let (scale, steps, transport) = (MotionScale::of(w)?, s.steps as usize, s.transport);
        Ok(Self { automaton, motion: CarriedMotion { scale, steps, transport }, spec: spec.clone() })
    }

    /// The rule, and how a flow moves its pictures.
    pub fn into_parts(self) -> (Automaton, CarriedMotion) {
        (self.automaton, self.motion)
    }

    /// A world that shows a picture, as it begins: its hidden channels are zero.
    pub fn begun(&self, picture: &[f32]) -> NcaWorld {
        let (width, height) = (self.spec.width, self.spec.height);
        let mut state: Vec<f32> = picture.iter().map(|v| v - 0.5).collect();
        state.resize(self.automaton.channels() * width * height, 0.0);
        NcaWorld { width, height, state }
    }

    /// A frame on: as many steps as in training, under a velocity `[2][height][width]`.
    pub fn frame(&self, world: &mut NcaWorld, velocity: &[f32], rng: Rng) {
        let moved = self.motion.scale.displacement(velocity);
        if self.motion.transport {
            world.carry(&moved);
        }
        let told = self.motion.scale.told(&moved);
        (0..self.motion.steps as u64).for_each(|t| self.automaton.step_given(world, &[], &told, rng.fork(t)));
    }
}

impl WorldModel for FlowAutomaton {
    fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    fn next(&self, past: &[&[f32]], given: &[f32], knobs: &[f32], rng: Rng) -> Vec<f32> {
        self.advance(&mut self.begin(past), past, given, knobs, rng)
    }

    /// States of the cells, `[channels][height][width]`.
    fn begin(&self, past: &[&[f32]]) -> HiddenState {
        HiddenState { values: self.begun(past[past.len() - 1]).state }
    }

    fn advance(
        &self,
        hidden: &mut HiddenState,
        past: &[&[f32]],
        given: &[f32],
        _: &[f32],
        rng: Rng,
    ) -> Vec<f32> {
        let newest = past[past.len() - 1];
        let mut world = self.begun(newest);
        if hidden.values.len() == world.state.len() {
            world.state = std::mem::take(&mut hidden.values);
            // What is shown is limited to 0..1; where it is as it was shown, cells keep what is beyond.
            let shown = self.automaton.shown(&world);
            for ((v, shown), now) in world.state.iter_mut().zip(&shown).zip(newest) {
                *v = if shown == now { *v } else { now - 0.5 };
            }
        }
        self.frame(&mut world, given, rng);
        let shown = self.automaton.shown(&world);
        hidden.values = world.state;
        shown
    }
}
