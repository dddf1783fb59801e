//! What plays, determined by events alone: the active scene, the outgoing ones, and how they are mixed.
//! The same events give the same pictures, so a tape is a performance.

#![cfg_attr(not(test), warn(clippy::disallowed_types, reason = "its output must be reproducible"))]

mod outgoing;
#[cfg(test)]
mod tests;

use world::engine::{Engine, PreparedNodes};
use world::frame::{Frame, dim, mix};
use world::scene::{Catalogue, Problem, Scene};
use world::tape::{Event, SceneEntry, Transition, WorldReset};

use outgoing::OutgoingScene;

/// Most outgoing scenes at a time; one more, and the oldest is dropped.
const MAX_OUTGOING: usize = 3;

/// Largest step of the mean relative luminance from one tick to the next that a transition makes by itself.
pub const LUMINANCE_STEP: f32 = 0.04;

/// The active scene and the outgoing ones.
pub struct Director {
    catalogue: Catalogue,
    front: Engine,
    outgoing: Vec<OutgoingScene>,
    tick: u64,
    canvas: Option<(usize, usize)>,
    ready: Vec<PreparedScene>,
    below: Frame,
}

/// What was prepared on another thread, for the event that will name it.
#[expect(clippy::large_enum_variant, reason = "there are two at most, and they are moved about once")]
pub enum PreparedScene {
    /// An incoming scene.
    Scene(SceneEntry, Engine),
    /// The new nodes of a reloaded scene; the others keep running.
    Changed(SceneEntry, PreparedNodes),
    /// Restarted worlds.
    Restart(WorldReset, PreparedNodes),
}

/// Instantiates the scene of an entry; `canvas` shows the same worlds at another size.
///
/// # Errors
/// What is wrong with its text, or cannot be created.
pub fn instantiate(
    catalogue: impl Into<Catalogue>,
    entry: &SceneEntry,
    canvas: Option<(usize, usize)>,
) -> Result<Engine, Vec<Problem>> {
    Engine::with(scene(catalogue, entry, canvas)?, entry.seed, &entry.knobs)
}

/// The scene of an entry.
///
/// # Errors
/// What is wrong with its text.
pub fn scene(
    catalogue: impl Into<Catalogue>,
    entry: &SceneEntry,
    canvas: Option<(usize, usize)>,
) -> Result<Scene, Vec<Problem>> {
    let scene = Scene::parse(&entry.text, &entry.name, &entry.folder, catalogue)?;
    let scene = entry.size.map_or(scene.clone(), |s| scene.with_size(s));
    Ok(canvas.map_or(scene.clone(), |c| scene.with_canvas(c)))
}

/// Ticks of a transition: never so few that the mean luminance would jump.
pub fn ticks(way: Transition, seconds: f64, rate: f64) -> u64 {
    // The maximum slope of 3t² − 2t³ is 1.5; a fade through black covers the range twice.
    let least = match way {
        Transition::Cut => return 0,
        Transition::Dissolve | Transition::Morph => 1.5 / LUMINANCE_STEP,
        Transition::Black => 3.0 / LUMINANCE_STEP,
    };
    ((seconds * rate).round().max(0.0) as u64).max(least.ceil() as u64)
}

impl Director {
    /// Starts with an entry, at tick 0; `catalogue` is what scenes may name. `canvas`: see [`instantiate`].
    ///
    /// # Errors
    /// As [`instantiate`].
    pub fn new(
        catalogue: impl Into<Catalogue>,
        entry: &SceneEntry,
        canvas: Option<(usize, usize)>,
    ) -> Result<Self, Vec<Problem>> {
        let catalogue = catalogue.into();
        let front = instantiate(catalogue, entry, canvas)?;
        Ok(Self {
            catalogue,
            front,
            outgoing: Vec::new(),
            tick: 0,
            canvas,
            ready: Vec::new(),
            below: Frame::default(),
        })
    }

    /// What scenes may name.
    pub fn catalogue(&self) -> Catalogue {
        self.catalogue
    }

    /// Takes what was prepared on another thread, for the event that will name it; otherwise the event creates it
    /// itself, and the show waits.
    pub fn prepare(&mut self, ready: PreparedScene) {
        self.ready.push(ready);
    }

    /// Applies these events, then advances all running scenes by one tick.
    ///
    /// # Errors
    /// Entries that cannot be created; all else has been done, and the old scene keeps playing.
    pub fn step(&mut self, events: &[Event]) -> Result<(), Vec<Problem>> {
        let outcomes: Vec<_> = events.iter().map(|event| self.apply(event)).collect();
        self.advance();
        outcomes.into_iter().collect()
    }

    /// Applies an event now, in order, whether running or paused.
    ///
    /// # Errors
    /// An entry that cannot be created; the old scene keeps playing.
    pub fn apply(&mut self, event: &Event) -> Result<(), Vec<Problem>> {
        match event {
            Event::Enter(entry) => return self.enter(entry),
            Event::Swap(entry) => return self.change(entry),
            Event::Reborn(reset) => return self.restart(reset),
            Event::Reseed(seed) => return self.front.reseed(*seed),
            Event::Set(address, _) => self.outgoing.iter_mut().for_each(|l| l.release(address)),
            Event::Signal(..) | Event::Room(_) | Event::Touch(_) => {
                self.outgoing.iter_mut().for_each(|l| l.apply(event))
            }
            Event::Hurry(ticks) => self.outgoing.iter_mut().for_each(|l| l.hurry(*ticks)),
            Event::Link(..) | Event::Mark => {}
        }
        self.front.apply(event);
        Ok(())
    }

    /// Advances by one tick.
    pub fn advance(&mut self) {
        self.front.advance();
        self.outgoing.iter_mut().for_each(|l| l.advance(&mut self.front));
        self.outgoing.retain(|l| !l.is_gone());
        self.tick += 1;
    }

    /// Takes the prepared item that `fits`, if there is one; those prepared before it are dropped, as no event will
    /// name them.
    fn prepared(&mut self, fits: impl Fn(&PreparedScene) -> bool) -> Option<PreparedScene> {
        let place = self.ready.iter().position(fits)?;
        self.ready.drain(..=place).next_back()
    }

    fn change(&mut self, entry: &SceneEntry) -> Result<(), Vec<Problem>> {
        let ready = match self.prepared(|r| matches!(r, PreparedScene::Changed(e, _) if e == entry)) {
            Some(PreparedScene::Changed(_, prepared)) => Some(prepared),
            _ => None,
        };
        self.front.swap(scene(self.catalogue, entry, self.canvas)?, ready)
    }

    fn restart(&mut self, reset: &WorldReset) -> Result<(), Vec<Problem>> {
        let ready = match self.prepared(|r| matches!(r, PreparedScene::Restart(r, _) if r == reset)) {
            Some(PreparedScene::Restart(_, prepared)) => Some(prepared),
            _ => None,
        };
        self.front.restart(reset.seed, &reset.knobs, ready)
    }

    fn enter(&mut self, entry: &SceneEntry) -> Result<(), Vec<Problem>> {
        let mut engine = match self.prepared(|r| matches!(r, PreparedScene::Scene(e, _) if e == entry)) {
            Some(PreparedScene::Scene(_, engine)) => engine,
            _ => instantiate(self.catalogue, entry, self.canvas)?,
        };
        let way = if entry.ticks == 0 { Transition::Cut } else { entry.way };
        if way == Transition::Cut {
            self.outgoing.clear();
            self.front = engine;
            return Ok(());
        }
        let morph =
            if way == Transition::Morph { outgoing::shared(&self.front, &mut engine) } else { Vec::new() };
        let old = std::mem::replace(&mut self.front, engine);
        self.outgoing.push(OutgoingScene::new(old, way, entry.ticks, morph));
        if self.outgoing.len() > MAX_OUTGOING {
            self.outgoing.remove(0);
        }
        Ok(())
    }

    /// The current picture.
    pub fn compose(&mut self, into: &mut Frame) {
        let Some((oldest, rest)) = self.outgoing.split_first_mut() else {
            return self.front.compose(into);
        };
        oldest.compose(&mut self.below);
        let (mut way, mut done) = (oldest.way(), oldest.done());
        for next in rest {
            next.compose(into);
            blend(&mut self.below, into, way, done);
            std::mem::swap(&mut self.below, into);
            (way, done) = (next.way(), next.done());
        }
        self.front.compose(into);
        blend(&mut self.below, into, way, done);
        into.provenance.knobs = format!("{} [{} {done:.3}]", into.provenance.knobs, way.name());
    }

    /// The engine of the active scene.
    pub fn front(&self) -> &Engine {
        &self.front
    }
    /// The same, mutable for its curator.
    pub fn front_mut(&mut self) -> &mut Engine {
        &mut self.front
    }
    /// Ticks since the performance began.
    pub fn tick(&self) -> u64 {
        self.tick
    }
    /// Progress of the newest transition, 0..1; `None` without one.
    pub fn transition(&self) -> Option<f32> {
        self.outgoing.last().map(OutgoingScene::done)
    }
    /// Whether any link is quantised to beats.
    pub fn is_quantised(&self) -> bool {
        let waits = |e: &Engine| e.links().iter().any(|l| l.link.quantise > 0.0);
        waits(&self.front) || self.outgoing.iter().any(|l| waits(l.engine()))
    }
    /// Whether a world of a running scene takes the sound of the room at audio rate.
    pub fn hears(&self) -> bool {
        self.front.scene().hears() || self.outgoing.iter().any(|l| l.engine().scene().hears())
    }

    /// Whether any running scene reads a signal of this name.
    pub fn reads(&self, name: &str) -> bool {
        self.front.scene().reads(name) || self.outgoing.iter().any(|l| l.engine().scene().reads(name))
    }
}

/// Blends the incoming picture over the outgoing one, which may be overwritten.
fn blend(outgoing: &mut Frame, incoming: &mut Frame, way: Transition, done: f32) {
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    match way {
        Transition::Cut => {}
        Transition::Dissolve | Transition::Morph => fit_and_mix(outgoing, incoming, smooth(done)),
        Transition::Black if done >= 0.5 => dim(incoming, smooth(done * 2.0 - 1.0)),
        Transition::Black => {
            dim(outgoing, 1.0 - smooth(done * 2.0));
            fit_and_mix(outgoing, incoming, 0.0);
        }
    }
}

/// Mixes two pictures; the outgoing one is first resampled to the incoming size (nearest neighbour).
fn fit_and_mix(outgoing: &mut Frame, incoming: &mut Frame, weight: f32) {
    if (outgoing.width, outgoing.height) != (incoming.width, incoming.height) {
        let mut fitted = Frame::new(incoming.width, incoming.height);
        for y in 0..fitted.height {
            for x in 0..fitted.width {
                let [r, g, b] =
                    outgoing.pixel(x * outgoing.width / fitted.width, y * outgoing.height / fitted.height);
                let at = (y * fitted.width + x) * 4;
                fitted.rgba[at..at + 3].copy_from_slice(&[r, g, b]);
            }
        }
        *outgoing = fitted;
    }
    mix(outgoing, incoming, weight);
}
