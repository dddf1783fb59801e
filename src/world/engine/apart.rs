//! What all nodes step against, and a tick taken apart for tools that tell what each part of it costs: they have a
//! clock, the engine has none.

use super::Engine;
use super::bus::FieldBus;
use super::instantiate::LiveNode;
use crate::field::Field;
use crate::scene::{NodePlan, Scene};
use crate::system::{Env, Touch};
use crate::tape::Event;

/// What one tick is for every node.
pub(super) struct Now<'a> {
    tick: u64,
    dt: f32,
    bus: &'a FieldBus,
    touches: &'a [Touch],
}

impl<'a> Now<'a> {
    pub fn of(tick: u64, scene: &Scene, bus: &'a FieldBus, touches: &'a [Touch]) -> Self {
        Self { tick, dt: scene.dt() as f32, bus, touches }
    }

    /// One node steps, against what all have shown before.
    pub fn step(&self, living: &mut LiveNode, plan: &NodePlan) {
        let Self { tick, dt, bus, touches } = *self;
        let inputs: Vec<Option<&Field>> =
            plan.wires.iter().map(|w| bus.wired(w.as_ref(), plan.size)).collect();
        let rng = living.rng.fork(tick);
        living.node.step(&Env { tick, dt, rng, inputs: &inputs, touches, switches: &living.switches });
    }
}

/// A part of a tick that costs time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A node steps; by position in the scene.
    Node(usize),
    /// All nodes show what is read of them.
    Board,
}

impl Engine {
    /// One tick as [`Self::step`] makes it, bit for bit, but one node after another, each with all threads. `around` is
    /// given every part and has to run it once; what else it does (look at a clock) reaches no node.
    pub fn step_apart(&mut self, events: &[Event], mut around: impl FnMut(Part, &mut dyn FnMut())) {
        events.iter().for_each(|e| self.apply(e));
        self.begin_tick();
        let now = Now::of(self.tick, &self.scene, &self.bus, &self.touches);
        for (i, (living, plan)) in self.nodes.iter_mut().zip(&self.scene.nodes).enumerate() {
            around(Part::Node(i), &mut || now.step(living, plan));
        }
        self.end_tick();
        around(Part::Board, &mut || self.publish());
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::engine::tests::sample::KINDS;
    use crate::system::Phase;

    const SCENE: &str = "size = [16, 8]\n[node.a]\nsystem = \"cells\"\n[node.b]\nsystem = \"haze\"\n[node.c]\nsystem = \"cells\"\n\
         obstacle = \"a.alive\"\nflow = \"b.value\"\n[wave.w]\nperiod = 1\n[[link]]\nfrom = \"wave.w\"\nto = \"b.value\"\n\
         [[layer]]\nshow = \"b.value\"\n";

    #[test]
    fn a_tick_taken_apart_is_the_same_tick_and_each_of_its_parts_is_run_once() {
        let scene = Scene::parse(SCENE, "s", Path::new("."), KINDS).unwrap_or_else(|p| panic!("{p:?}"));
        let (mut whole, mut apart) =
            (Engine::new(scene.clone(), None).unwrap(), Engine::new(scene, None).unwrap());
        let touch =
            Touch { id: 0, x: 0.5, y: 0.5, dx: 0.0, dy: 0.0, radius: 0.1, strength: 1.0, phase: Phase::Down };
        let mut frames = [crate::frame::Frame::default(), crate::frame::Frame::default()];
        for events in [vec![], vec![Event::Touch(touch)], vec![Event::Reseed(3)], vec![]] {
            whole.step(&events);
            let mut parts = Vec::new();
            apart.step_apart(&events, |part, run| {
                run();
                parts.push(part);
            });
            assert_eq!(parts, [Part::Node(0), Part::Node(1), Part::Node(2), Part::Board]);
            assert_eq!((whole.tick(), whole.signals()), (apart.tick(), apart.signals()));
            [&mut whole, &mut apart].into_iter().zip(&mut frames).for_each(|(e, f)| e.compose(f));
            assert_eq!(frames[0], frames[1]);
        }
        assert_eq!(whole.signals().get("touch.down"), 1.0);
        apart.step_apart(&[], |part, run| {
            if part == Part::Board {
                run()
            }
        });
        assert_eq!(apart.tick(), 5, "what is not run does not step, and time passes");
    }
}
