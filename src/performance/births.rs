//! Worlds that are brought to life beside the show, so that a heavy birth stalls nothing. One after the other, on one
//! thread: of each kind the newest order counts, so that hands which ask two hundred times a second make two worlds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use show::director::{self, Ready};
use show::source::{Source, SourceError};
use world::engine::{Engine, Litter, Moved};
use world::scene::{Catalogue, Problem, Scene};
use world::tape::{Entry, Event, Passage, Reborn};

/// A birth that takes longer than this is left to itself, and what is ordered next begins beside it.
const PATIENCE: Duration = Duration::from_secs(20);
/// Births that may be left to themselves at once.
const LEFT: usize = 3;

/// What is to be born.
#[derive(Clone)]
pub enum Order {
    /// A scene that comes.
    Scene(Box<Coming>),
    /// What a changed scene file needs beside the worlds that live on.
    Changed(Box<Changed>),
    /// The worlds of the scene in front, anew.
    Anew(Box<Anew>),
}

/// How a scene is to come.
#[derive(Clone, Debug)]
pub struct Coming {
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
    /// Canvas in pixels, where it is not the scene's own.
    pub size: Option<(usize, usize)>,
    /// Knobs that it is born with.
    pub knobs: Moved,
    /// What happens to it as soon as it is there.
    pub then: Vec<Event>,
}

/// A scene file that has changed.
#[derive(Clone)]
pub struct Changed {
    /// The scene as it is now.
    pub entry: Entry,
    /// The same, read.
    pub scene: Scene,
    /// Seed of the run.
    pub seed: u64,
    /// Whether each node is to be born.
    pub which: Vec<bool>,
    /// The scene in front when it was ordered.
    pub generation: u64,
}

/// Worlds that are born anew.
#[derive(Clone)]
pub struct Anew {
    /// The scene in front.
    pub scene: Scene,
    /// With what.
    pub reborn: Reborn,
    /// The scene in front when it was ordered.
    pub generation: u64,
}

/// What a birth has come to.
pub struct Outcome {
    /// What was ordered.
    pub order: Order,
    /// What was born, or what is wrong with it.
    pub ready: Result<Ready, Vec<String>>,
}

impl Order {
    /// Orders of one kind take one another's place.
    fn kind(&self) -> usize {
        match self {
            Self::Scene(_) => 0,
            Self::Changed(_) => 1,
            Self::Anew(_) => 2,
        }
    }
}

/// What the workers and the show share.
#[derive(Default)]
struct Shared {
    desk: Mutex<Desk>,
    news: Condvar,
}

#[derive(Default)]
struct Desk {
    orders: Vec<Order>,
    /// The kind that is being born, since when, and by which worker.
    busy: Option<(usize, Instant, usize)>,
    /// The worker that may take orders.
    worker: usize,
    closed: bool,
}

/// Births on their way.
pub struct Births {
    catalogue: Catalogue,
    shared: Arc<Shared>,
    sender: Sender<(usize, Outcome)>,
    outcomes: Receiver<(usize, Outcome)>,
    left: usize,
}

impl Births {
    /// Nothing is on its way yet; `catalogue` is what scenes may name.
    pub fn new(catalogue: impl Into<Catalogue>) -> Self {
        let catalogue = catalogue.into();
        let (sender, outcomes) = channel();
        let own = Self { catalogue, shared: Arc::default(), sender, outcomes, left: 0 };
        own.hire();
        own
    }

    /// Asks for a birth. An older order of its kind that has not begun is forgotten.
    pub fn order(&mut self, order: Order) {
        let mut desk = self.lock();
        desk.orders.retain(|o| o.kind() != order.kind());
        desk.orders.push(order);
        let stuck = desk.busy.is_some_and(|b| b.1.elapsed() > PATIENCE) && self.left < LEFT;
        if stuck {
            (desk.worker, desk.busy) = (desk.worker + 1, None);
        }
        drop(desk);
        if stuck {
            self.left += 1;
            self.hire();
        }
        self.shared.news.notify_all();
    }

    /// Whether a scene is on its way.
    pub fn is_scene_coming(&self) -> bool {
        let desk = self.lock();
        desk.busy.is_some_and(|b| b.0 == 0) || desk.orders.iter().any(|o| o.kind() == 0)
    }

    /// Forgets orders that the scene in front has been left by.
    pub fn forget_front(&mut self) {
        self.lock().orders.retain(|o| o.kind() == 0);
    }

    /// A birth that has ended since the last call.
    pub fn ready(&mut self) -> Option<Outcome> {
        loop {
            let (worker, outcome) = self.outcomes.try_recv().ok()?;
            let mut desk = self.lock();
            if worker == desk.worker {
                // Until now: whoever asks whether a scene is coming must not find it neither here nor there.
                desk.busy = None;
                self.shared.news.notify_all();
                return Some(outcome);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Desk> {
        lock(&self.shared)
    }

    /// A thread that takes the orders from now on. Without one (the system gives none) nothing is ever born.
    fn hire(&self) {
        let (shared, sender, catalogue) = (self.shared.clone(), self.sender.clone(), self.catalogue);
        let own = self.lock().worker;
        let work = move || {
            while let Some(order) = next(&shared, own) {
                let ready = catch_unwind(AssertUnwindSafe(|| born(catalogue, &order)))
                    .unwrap_or_else(|_| Err(vec!["the scene broke while it was being born".into()]));
                if sender.send((own, Outcome { order, ready })).is_err() {
                    return;
                }
            }
        };
        let _ = std::thread::Builder::new().name("birth".into()).spawn(work);
    }
}

impl Drop for Births {
    fn drop(&mut self) {
        self.lock().closed = true;
        self.shared.news.notify_all();
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, Desk> {
    shared.desk.lock().unwrap_or_else(|e| e.into_inner())
}

/// The next order for a worker; none when it is to end. The last outcome must have been taken before.
fn next(shared: &Shared, own: usize) -> Option<Order> {
    let mut desk = lock(shared);
    loop {
        if desk.closed || desk.worker != own {
            return None;
        }
        if desk.busy.is_none() && !desk.orders.is_empty() {
            let order = desk.orders.remove(0);
            desk.busy = Some((order.kind(), Instant::now(), own));
            return Some(order);
        }
        desk = shared.news.wait(desk).unwrap_or_else(|e| e.into_inner());
    }
}

fn born(catalogue: Catalogue, order: &Order) -> Result<Ready, Vec<String>> {
    let told = |problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>();
    match order {
        Order::Scene(coming) => {
            let (entry, _) = entry(catalogue, coming)?;
            let engine: Engine = director::born(catalogue, &entry, None).map_err(told)?;
            Ok(Ready::Scene(entry, engine))
        }
        Order::Changed(c) => {
            let litter =
                Litter::of(&c.scene, c.seed, &[], |i| c.which.get(i) != Some(&false)).map_err(told)?;
            Ok(Ready::Changed(c.entry.clone(), litter))
        }
        Order::Anew(a) => {
            let litter = Litter::of(&a.scene, a.reborn.seed, &a.reborn.knobs, |_| true).map_err(told)?;
            Ok(Ready::Anew(a.reborn.clone(), litter))
        }
    }
}

/// Entry for a scene that comes, with the ticks its passage takes, and the scene.
///
/// # Errors
/// What is wrong with its file.
pub fn entry(catalogue: impl Into<Catalogue>, coming: &Coming) -> Result<(Entry, Scene), Vec<String>> {
    let scene = coming.source.load(catalogue).map_err(|e| match e {
        SourceError::Problems { problems, .. } => problems.iter().map(ToString::to_string).collect(),
        other => vec![other.to_string()],
    })?;
    let entry = Entry {
        name: scene.name.clone(),
        folder: scene.folder.clone(),
        text: scene.source.clone(),
        seed: coming.seed,
        size: coming.size,
        knobs: coming.knobs.clone(),
        way: coming.way,
        ticks: director::ticks(coming.way, coming.seconds, scene.rate),
    };
    let scene = coming.size.map_or(scene.clone(), |s| scene.with_size(s));
    Ok((entry, scene))
}

#[cfg(test)]
mod tests;
