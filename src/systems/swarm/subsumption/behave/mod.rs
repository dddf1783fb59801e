//! The five competences as augmented finite state machines, each evaluated for a block of agents at a time.

mod avoid;
mod bodies;
mod flock;
mod forage;
mod gradient;
mod wander;

pub use bodies::Bodies;

use super::lanes::{Machine, MessageLine};
use super::perception::Perception;
use super::stack::Layer;
use super::vocabulary::Behaviour;

/// A layer's settings, prepared for one tick.
#[derive(Clone, Copy, Debug)]
pub enum PreparedBehaviour<'a> {
    /// See [`Behaviour::Avoid`].
    Avoid(avoid::Avoid),
    /// See [`Behaviour::Wander`].
    Wander(wander::Wander),
    /// See [`Behaviour::Gradient`].
    Gradient(gradient::Gradient<'a>),
    /// See [`Behaviour::Forage`].
    Forage(forage::Forage),
    /// See [`Behaviour::Flock`].
    Flock(flock::Flock),
}

impl<'a> PreparedBehaviour<'a> {
    /// The settings of a layer in this tick.
    pub fn new(layer: &Layer, now: &Perception<'a>) -> Self {
        match layer.behaviour {
            Behaviour::Avoid => PreparedBehaviour::Avoid(avoid::Avoid::new(layer, now)),
            Behaviour::Wander => PreparedBehaviour::Wander(wander::Wander::new(layer, now)),
            Behaviour::Gradient => PreparedBehaviour::Gradient(gradient::Gradient::new(layer, now)),
            Behaviour::Forage => PreparedBehaviour::Forage(forage::Forage::new(layer, now)),
            Behaviour::Flock => PreparedBehaviour::Flock(flock::Flock::new(layer)),
        }
    }

    /// Evaluates the machines of one layer for a block: `me` is the layer's number.
    #[inline(always)]
    pub fn run(
        &self,
        now: &Perception,
        bodies: &Bodies,
        me: u8,
        machine: &mut Machine,
        ins: &[MessageLine],
        outs: &mut [MessageLine],
    ) {
        let reset = ins.last().expect("every behaviour's last input is reset");
        for i in 0..bodies.len {
            if reset.has_message(i) {
                machine.reset(i);
            }
        }
        outs.iter_mut().for_each(MessageLine::silence);
        match self {
            PreparedBehaviour::Avoid(b) => b.run(now, bodies, me, machine, ins, outs),
            PreparedBehaviour::Wander(b) => b.run(now, bodies, me, machine, ins, outs),
            PreparedBehaviour::Gradient(b) => b.run(now, bodies, me, machine, ins, outs),
            PreparedBehaviour::Forage(b) => b.run(now, bodies, me, machine, outs),
            PreparedBehaviour::Flock(b) => b.run(now, bodies, me, machine, ins, outs),
        }
    }
}
