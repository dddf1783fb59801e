//! The five competences as augmented finite state machines, each evaluated for a block of agents at a time.

mod avoid;
mod flock;
mod forage;
mod gradient;
mod wander;

use super::lanes::{LANES, Line, Machine};
use super::now::Now;
use super::stack::Layer;
use super::steer::V2;
use super::vocabulary::Behaviour;

/// The bodies of a block, as behaviours see them.
pub struct Bodies<'a> {
    /// Number of the first agent.
    pub first: u64,
    /// How many there are.
    pub len: usize,
    /// Places.
    pub x: &'a [f32; LANES],
    /// Places, down.
    pub y: &'a [f32; LANES],
    /// Directions they face, of length one.
    pub hx: &'a [f32; LANES],
    /// Directions they face, down.
    pub hy: &'a [f32; LANES],
    /// Each one's share of full speed.
    pub pace: &'a [f32; LANES],
    /// 1 for those that carry food.
    pub load: &'a [u8; LANES],
}

impl Bodies<'_> {
    /// An agent's place.
    #[inline(always)]
    pub fn at(&self, i: usize) -> V2 {
        V2::new(self.x[i], self.y[i])
    }
    /// The direction it faces.
    #[inline(always)]
    pub fn facing(&self, i: usize) -> V2 {
        V2::new(self.hx[i], self.hy[i])
    }
}

/// A heading message, or what stands in for it.
#[inline(always)]
fn heading_or(line: &Line, i: usize, or: V2) -> V2 {
    if line.speaks(i) { V2::new(line.x[i], line.y[i]) } else { or }
}

/// A layer's settings, made ready for one tick.
#[derive(Clone, Copy, Debug)]
pub enum Ready<'a> {
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

impl<'a> Ready<'a> {
    /// The settings of a layer in this tick.
    pub fn new(layer: &Layer, now: &Now<'a>) -> Self {
        match layer.behaviour {
            Behaviour::Avoid => Ready::Avoid(avoid::Avoid::new(layer, now)),
            Behaviour::Wander => Ready::Wander(wander::Wander::new(layer, now)),
            Behaviour::Gradient => Ready::Gradient(gradient::Gradient::new(layer, now)),
            Behaviour::Forage => Ready::Forage(forage::Forage::new(layer, now)),
            Behaviour::Flock => Ready::Flock(flock::Flock::new(layer)),
        }
    }

    /// Evaluates the machines of one layer for a block: `me` is the layer's number.
    #[inline(always)]
    pub fn run(
        &self,
        now: &Now,
        bodies: &Bodies,
        me: u8,
        machine: &mut Machine,
        ins: &[Line],
        outs: &mut [Line],
    ) {
        let reset = ins.last().expect("every behaviour's last input is reset");
        for i in 0..bodies.len {
            if reset.speaks(i) {
                machine.reset(i);
            }
        }
        outs.iter_mut().for_each(Line::silence);
        match self {
            Ready::Avoid(b) => b.run(now, bodies, me, machine, ins, outs),
            Ready::Wander(b) => b.run(now, bodies, me, machine, ins, outs),
            Ready::Gradient(b) => b.run(now, bodies, me, machine, ins, outs),
            Ready::Forage(b) => b.run(now, bodies, me, machine, outs),
            Ready::Flock(b) => b.run(now, bodies, me, machine, ins, outs),
        }
    }
}
