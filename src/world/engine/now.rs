//! What all nodes step against: the state of the previous tick.

use super::bus::FieldBus;
use super::instantiate::LiveNode;
use crate::field::Field;
use crate::scene::{NodePlan, Scene};
use crate::system::{Env, Touch};

/// What all nodes share in one tick.
pub(super) struct Now<'a> {
    tick: u64,
    dt: f32,
    bus: &'a FieldBus,
    touches: &'a [Touch],
    room: &'a [f32],
}

impl<'a> Now<'a> {
    pub fn of(tick: u64, scene: &Scene, bus: &'a FieldBus, touches: &'a [Touch], room: &'a [f32]) -> Self {
        Self { tick, dt: scene.dt() as f32, bus, touches, room }
    }

    /// Steps one node against what all showed on the previous tick.
    pub fn step(&self, living: &mut LiveNode, plan: &NodePlan) {
        let Self { tick, dt, bus, touches, room } = *self;
        let inputs: Vec<Option<&Field>> =
            plan.wires.iter().map(|w| bus.wired(w.as_ref(), plan.size)).collect();
        if !room.is_empty() {
            living.node.hear(room);
        }
        let rng = living.rng.fork(tick);
        living.node.step(&Env { tick, dt, rng, inputs: &inputs, touches, switches: &living.switches });
    }
}
