//! A show without a window: the engine in lockstep with the judge, so that a render repeats.

use crate::performance::{FrameJudge, VerdictSignals};
use crate::world::engine::Engine;
use crate::world::frame::Frame;
use crate::world::scene::Scene;
use crate::world::tape::{Event, Tape};

/// The judge looks at every n-th tick…
pub const LOOK_EVERY: u64 = 6;
/// …and its verdict takes effect this many ticks later, whatever the machine.
pub const VERDICT_DELAY: u64 = 6;

/// An engine with its tape and an optional judge.
pub struct Headless {
    /// The worlds.
    pub engine: Engine,
    /// External events so far.
    pub tape: Tape,
    watch: Option<Box<dyn FrameJudge>>,
    pending: Option<(u64, VerdictSignals)>,
    last: VerdictSignals,
    frame: Frame,
}

impl Headless {
    /// A headless show of a scene.
    ///
    /// # Errors
    /// Problems of nodes that cannot be created.
    pub fn new(
        scene: Scene,
        seed: Option<u64>,
        watch: Option<Box<dyn FrameJudge>>,
    ) -> Result<Self, Vec<crate::world::scene::Problem>> {
        let (name, rate) = (scene.name.clone(), scene.rate);
        let engine = Engine::new(scene, seed)?;
        let tape = Tape::new(&name, rate);
        Ok(Self { engine, tape, watch, pending: None, last: Vec::new(), frame: Frame::default() })
    }

    /// One tick, with external events.
    pub fn step(&mut self, outside: &[Event]) {
        let tick = self.engine.tick();
        let mut events = outside.to_vec();
        if self.pending.as_ref().is_some_and(|p| p.0 <= tick) {
            self.last = self.pending.take().map(|p| p.1).unwrap_or_default();
            events.extend(self.last.iter().map(|(n, v)| Event::Signal(n.clone(), *v)));
        }
        events.iter().for_each(|e| self.tape.record(tick, e.clone()));
        self.engine.step(&events);
        if let Some(watch) = &mut self.watch
            && tick.is_multiple_of(LOOK_EVERY)
            && self.pending.is_none()
        {
            self.engine.compose(&mut self.frame);
            self.pending = Some((tick + VERDICT_DELAY, watch.verdict(&self.frame, tick)));
        }
    }

    /// Whether a judge watches.
    pub fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    /// The verdict in effect; empty before the first.
    pub fn verdict(&self) -> &VerdictSignals {
        &self.last
    }
}
