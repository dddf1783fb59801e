//! What plays, told by events alone: the scene in front, those that are leaving, and how they share the picture.
//! The same events give the same pictures, so a tape is a performance.

#![cfg_attr(not(test), warn(clippy::disallowed_types, reason = "what it makes is seen"))]

mod leaving;
#[cfg(test)]
mod tests;

use world::engine::{Engine, Litter};
use world::frame::{Frame, dim, mix};
use world::scene::{Catalogue, Problem, Scene};
use world::tape::{Entry, Event, Passage, Reborn};

use leaving::Leaving;

/// Scenes that may be leaving at once; one more, and the oldest is gone at once.
const LEAVING: usize = 3;

/// Largest step of the mean relative luminance from one tick to the next that a transition makes by itself.
pub const LUMINANCE_STEP: f32 = 0.04;

/// A scene in front and those that leave.
pub struct Director {
    catalogue: Catalogue,
    front: Engine,
    leaving: Vec<Leaving>,
    tick: u64,
    canvas: Option<(usize, usize)>,
    ready: Vec<Ready>,
    below: Frame,
}

/// What was brought to life elsewhere, for the event that will name it.
#[expect(clippy::large_enum_variant, reason = "there are two at most, and they are moved about once")]
pub enum Ready {
    /// A scene that comes.
    Scene(Entry, Engine),
    /// The nodes that a changed scene needs beside those that live on.
    Changed(Entry, Litter),
    /// Worlds that are born anew.
    Anew(Reborn, Litter),
}

/// Brings an entry to life; `canvas` shows the same worlds at another size.
///
/// # Errors
/// What is wrong with its text, or cannot be born.
pub fn born(
    catalogue: impl Into<Catalogue>,
    entry: &Entry,
    canvas: Option<(usize, usize)>,
) -> Result<Engine, Vec<Problem>> {
    Engine::with(scene(catalogue, entry, canvas)?, entry.seed, &entry.knobs)
}

/// The scene that an entry tells of.
///
/// # Errors
/// What is wrong with its text.
pub fn scene(
    catalogue: impl Into<Catalogue>,
    entry: &Entry,
    canvas: Option<(usize, usize)>,
) -> Result<Scene, Vec<Problem>> {
    let scene = Scene::parse(&entry.text, &entry.name, &entry.folder, catalogue)?;
    let scene = entry.size.map_or(scene.clone(), |s| scene.with_size(s));
    Ok(canvas.map_or(scene.clone(), |c| scene.with_canvas(c)))
}

/// Ticks of a transition: never so few that its mean luminance would leap.
pub fn ticks(way: Passage, seconds: f64, rate: f64) -> u64 {
    // The steepest place of 3t² − 2t³ is 1.5; a passage through black covers the way twice.
    let least = match way {
        Passage::Cut => return 0,
        Passage::Dissolve | Passage::Morph => 1.5 / LUMINANCE_STEP,
        Passage::Black => 3.0 / LUMINANCE_STEP,
    };
    ((seconds * rate).round().max(0.0) as u64).max(least.ceil() as u64)
}

impl Director {
    /// Begins with an entry, at tick 0; `catalogue` is what scenes may name. `canvas`: see [`born`].
    ///
    /// # Errors
    /// As [`born`].
    pub fn new(
        catalogue: impl Into<Catalogue>,
        entry: &Entry,
        canvas: Option<(usize, usize)>,
    ) -> Result<Self, Vec<Problem>> {
        let catalogue = catalogue.into();
        let front = born(catalogue, entry, canvas)?;
        Ok(Self {
            catalogue,
            front,
            leaving: Vec::new(),
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

    /// Hands over what was brought to life elsewhere, for the event that will name it next; without it the event
    /// brings it to life itself, and the show waits.
    pub fn prepare(&mut self, ready: Ready) {
        self.ready.push(ready);
    }

    /// One tick of everything that lives, before which these events act.
    ///
    /// # Errors
    /// Entries that cannot be born; all else has been done, and the old scene plays on.
    pub fn step(&mut self, events: &[Event]) -> Result<(), Vec<Problem>> {
        let outcomes: Vec<_> = events.iter().map(|event| self.apply(event)).collect();
        self.advance();
        outcomes.into_iter().collect()
    }

    /// An event takes hold now, after all before it and before all that follow, whether the clock goes on or stands.
    ///
    /// # Errors
    /// An entry that cannot be born; the old scene plays on.
    pub fn apply(&mut self, event: &Event) -> Result<(), Vec<Problem>> {
        match event {
            Event::Enter(entry) => return self.enter(entry),
            Event::Swap(entry) => return self.change(entry),
            Event::Reborn(reborn) => return self.reborn(reborn),
            Event::Reseed(seed) => return self.front.reseed(*seed),
            Event::Set(address, _) => self.leaving.iter_mut().for_each(|l| l.let_go(address)),
            Event::Signal(..) | Event::Touch(_) => self.leaving.iter_mut().for_each(|l| l.feel(event)),
            Event::Hurry(ticks) => self.leaving.iter_mut().for_each(|l| l.hurry(*ticks)),
            Event::Link(..) | Event::Mark => {}
        }
        self.front.apply(event);
        Ok(())
    }

    /// One tick passes.
    pub fn advance(&mut self) {
        self.front.advance();
        self.leaving.iter_mut().for_each(|l| l.advance(&mut self.front));
        self.leaving.retain(|l| !l.is_gone());
        self.tick += 1;
    }

    /// The prepared one that `fits`, if there is one; those that were prepared before it will not be asked for any more.
    fn prepared(&mut self, fits: impl Fn(&Ready) -> bool) -> Option<Ready> {
        let place = self.ready.iter().position(fits)?;
        self.ready.drain(..=place).next_back()
    }

    fn change(&mut self, entry: &Entry) -> Result<(), Vec<Problem>> {
        let ready = match self.prepared(|r| matches!(r, Ready::Changed(e, _) if e == entry)) {
            Some(Ready::Changed(_, litter)) => Some(litter),
            _ => None,
        };
        self.front.swap(scene(self.catalogue, entry, self.canvas)?, ready)
    }

    fn reborn(&mut self, reborn: &Reborn) -> Result<(), Vec<Problem>> {
        let ready = match self.prepared(|r| matches!(r, Ready::Anew(b, _) if b == reborn)) {
            Some(Ready::Anew(_, litter)) => Some(litter),
            _ => None,
        };
        self.front.rebirth(reborn.seed, &reborn.knobs, ready)
    }

    fn enter(&mut self, entry: &Entry) -> Result<(), Vec<Problem>> {
        let mut engine = match self.prepared(|r| matches!(r, Ready::Scene(e, _) if e == entry)) {
            Some(Ready::Scene(_, engine)) => engine,
            _ => born(self.catalogue, entry, self.canvas)?,
        };
        let way = if entry.ticks == 0 { Passage::Cut } else { entry.way };
        if way == Passage::Cut {
            self.leaving.clear();
            self.front = engine;
            return Ok(());
        }
        let morph =
            if way == Passage::Morph { leaving::shared(&self.front, &mut engine) } else { Vec::new() };
        let old = std::mem::replace(&mut self.front, engine);
        self.leaving.push(Leaving::new(old, way, entry.ticks, morph));
        if self.leaving.len() > LEAVING {
            self.leaving.remove(0);
        }
        Ok(())
    }

    /// The picture of the present moment.
    pub fn compose(&mut self, into: &mut Frame) {
        let Some((oldest, rest)) = self.leaving.split_first_mut() else {
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

    /// The engine in front.
    pub fn front(&self) -> &Engine {
        &self.front
    }
    /// The same, for asking its curator.
    pub fn front_mut(&mut self) -> &mut Engine {
        &mut self.front
    }
    /// Ticks since the performance began.
    pub fn tick(&self) -> u64 {
        self.tick
    }
    /// How far the newest transition is, 0..1; `None` if nothing leaves.
    pub fn transition(&self) -> Option<f32> {
        self.leaving.last().map(Leaving::done)
    }
    /// Whether some link waits for beats.
    pub fn is_quantised(&self) -> bool {
        let waits = |e: &Engine| e.links().iter().any(|l| l.link.quantise > 0.0);
        waits(&self.front) || self.leaving.iter().any(|l| waits(l.engine()))
    }
    /// Whether a tick of the front reads a signal of this name.
    pub fn reads(&self, name: &str) -> bool {
        self.front.scene().reads(name) || self.leaving.iter().any(|l| l.engine().scene().reads(name))
    }
}

/// Lays the coming picture over the leaving one, which may be spoilt.
fn blend(leaving: &mut Frame, coming: &mut Frame, way: Passage, done: f32) {
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    match way {
        Passage::Cut => {}
        Passage::Dissolve | Passage::Morph => fit_and_mix(leaving, coming, smooth(done)),
        Passage::Black if done >= 0.5 => dim(coming, smooth(done * 2.0 - 1.0)),
        Passage::Black => {
            dim(leaving, 1.0 - smooth(done * 2.0));
            fit_and_mix(leaving, coming, 0.0);
        }
    }
}

/// Mixes two pictures; one of another size is first brought to the coming one's by its nearest pixels.
fn fit_and_mix(leaving: &mut Frame, coming: &mut Frame, weight: f32) {
    if (leaving.width, leaving.height) != (coming.width, coming.height) {
        let mut fitted = Frame::new(coming.width, coming.height);
        for y in 0..fitted.height {
            for x in 0..fitted.width {
                let [r, g, b] =
                    leaving.pixel(x * leaving.width / fitted.width, y * leaving.height / fitted.height);
                let at = (y * fitted.width + x) * 4;
                fitted.rgba[at..at + 3].copy_from_slice(&[r, g, b]);
            }
        }
        *leaving = fitted;
    }
    mix(leaving, coming, weight);
}
