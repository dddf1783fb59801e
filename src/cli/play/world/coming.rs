//! Scenes that are brought to life beside the show, so that a heavy birth stalls nothing.

use std::sync::mpsc::{Receiver, TryRecvError, channel};

use crate::cli::load::Source;
use crate::show::director::born;
use crate::world::engine::Engine;
use crate::world::scene::Scene;
use crate::world::tape::{Entry, Event, Passage};

/// How a scene is to come.
#[derive(Clone, Debug)]
pub struct Order {
    /// Where it is.
    pub source: Source,
    /// Its place in the list of scenes.
    pub place: usize,
    /// The cue that asks for it.
    pub cue: Option<usize>,
    /// How it comes.
    pub way: Passage,
    /// Seconds that this takes.
    pub seconds: f64,
    /// Seed of the run; the scene's own if none.
    pub seed: Option<u64>,
    /// What happens to it as soon as it is there.
    pub then: Vec<Event>,
}

/// What a birth has come to.
pub type Outcome = Result<(Entry, Engine), Vec<String>>;

/// One birth on its way; a newer order takes its place.
#[derive(Default)]
pub struct Coming(Option<(Order, Receiver<Outcome>)>);

/// Entry for a scene, with the ticks its passage takes.
///
/// # Errors
/// What is wrong with its text.
pub fn entry(
    source: &Source,
    seed: Option<u64>,
    size: Option<(usize, usize)>,
    way: Passage,
    seconds: f64,
) -> Result<(Entry, Scene), Vec<String>> {
    let scene = match source.parse() {
        Ok(Ok(scene)) => scene,
        Ok(Err((_, problems))) => return Err(problems.iter().map(ToString::to_string).collect()),
        Err(failure) => return Err(vec![failure.report.to_string()]),
    };
    let entry = Entry {
        name: scene.name.clone(),
        folder: scene.folder.clone(),
        text: scene.source.clone(),
        seed,
        size,
        way,
        ticks: crate::show::director::ticks(way, seconds, scene.rate),
    };
    Ok((entry, scene))
}

impl Coming {
    /// Begins a birth on a thread of its own.
    pub fn order(&mut self, order: Order, size: Option<(usize, usize)>) {
        let (done, outcome) = channel();
        let o = order.clone();
        let work = move || {
            let told = |p: Vec<crate::world::scene::Problem>| p.iter().map(ToString::to_string).collect();
            let made = entry(&o.source, o.seed, size, o.way, o.seconds)
                .and_then(|(e, _)| born(&e, None).map(|engine| (e, engine)).map_err(told));
            let _ = done.send(made);
        };
        if std::thread::Builder::new().name("birth".into()).spawn(work).is_ok() {
            self.0 = Some((order, outcome));
        }
    }

    /// Whether one is on its way.
    pub fn is_busy(&self) -> bool {
        self.0.is_some()
    }

    /// The birth that has ended since the last call.
    pub fn ready(&mut self) -> Option<(Order, Outcome)> {
        let outcome = match self.0.as_ref()?.1.try_recv() {
            Ok(outcome) => outcome,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Err(vec!["the scene broke while it was being born".into()]),
        };
        self.0.take().map(|(order, _)| (order, outcome))
    }
}
