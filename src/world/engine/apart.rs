//! A tick in parts, for profiling tools: they have a clock, the engine has none.

use super::Engine;
use super::now::Now;
use crate::tape::Event;

/// A timed part of a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A node steps; by position in the scene.
    Node(usize),
    /// All nodes show the outputs that are read.
    Publish,
}

impl Engine {
    /// One tick, bit-identical to [`Self::step`], but node by node, each with all threads. `around` is called with
    /// every part and must run it once; whatever else it does (read a clock) affects no node.
    pub fn step_apart(&mut self, events: &[Event], mut around: impl FnMut(Part, &mut dyn FnMut())) {
        events.iter().for_each(|e| self.apply(e));
        self.begin_tick();
        let now = Now::of(self.tick, &self.scene, &self.bus, &self.touches, &self.room);
        for (i, (living, plan)) in self.nodes.iter_mut().zip(&self.scene.nodes).enumerate() {
            around(Part::Node(i), &mut || now.step(living, plan));
        }
        self.end_tick();
        around(Part::Publish, &mut || self.publish());
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::engine::tests::sample::KINDS;
    use crate::scene::Scene;
    use crate::system::{Phase, Touch};

    const SCENE: &str = "size = [16, 8]\n[node.a]\nsystem = \"cells\"\n[node.b]\nsystem = \"haze\"\n[node.c]\nsystem = \"cells\"\n\
         obstacle = \"a.alive\"\nflow = \"b.value\"\n[wave.w]\nperiod = 1\n[[link]]\nfrom = \"wave.w\"\nto = \"b.value\"\n\
         [[layer]]\nshow = \"b.value\"\n";

    #[test]
    fn a_tick_in_parts_is_the_same_tick_and_each_part_runs_once() {
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
            assert_eq!(parts, [Part::Node(0), Part::Node(1), Part::Node(2), Part::Publish]);
            assert_eq!((whole.tick(), whole.signals()), (apart.tick(), apart.signals()));
            [&mut whole, &mut apart].into_iter().zip(&mut frames).for_each(|(e, f)| e.compose(f));
            assert_eq!(frames[0], frames[1]);
        }
        assert_eq!(whole.signals().get("touch.down"), 1.0);
        apart.step_apart(&[], |part, run| {
            if part == Part::Publish {
                run()
            }
        });
        assert_eq!(apart.tick(), 5, "what is not run does not step, and time passes");
    }
}
