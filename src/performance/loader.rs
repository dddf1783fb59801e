//! Worlds that are brought to life beside the show, so that a heavy birth stalls nothing. One after the other, on one
//! thread: of each kind the newest order counts, so that hands which ask two hundred times a second make two worlds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use show::director::{self, PreparedScene};
use show::source::{SceneSource, SourceError};
use world::engine::{Engine, ParameterOverrides, PreparedNodes};
use world::scene::{Catalogue, Problem, Scene};
use world::tape::{Event, SceneEntry, Transition, WorldReset};

/// A birth that takes longer than this is left to itself, and what is ordered next begins beside it.
const PATIENCE: Duration = Duration::from_secs(20);
/// Births that may be left to themselves at once.
const LEFT: usize = 3;

/// What is to be born.
#[derive(Clone)]
pub enum LoadRequest {
    /// A scene that comes.
    Scene(Box<IncomingScene>),
    /// What a changed scene file needs beside the worlds that live on.
    Changed(Box<ChangedScene>),
    /// The worlds of the scene in front, anew.
    Restart(Box<WorldRestart>),
}

/// How a scene is to come.
#[derive(Clone, Debug)]
pub struct IncomingScene {
    /// Where it is.
    pub source: SceneSource,
    /// Its place in the list of scenes.
    pub place: usize,
    /// The cue that asks for it.
    pub cue: Option<usize>,
    /// How it comes.
    pub way: Transition,
    /// Seconds that this takes.
    pub seconds: f64,
    /// Seed of the run; the scene's own if none.
    pub seed: Option<u64>,
    /// Canvas in pixels, where it is not the scene's own.
    pub size: Option<(usize, usize)>,
    /// Knobs that it is born with.
    pub knobs: ParameterOverrides,
    /// What happens to it as soon as it is there.
    pub then: Vec<Event>,
}

/// A scene file that has changed.
#[derive(Clone)]
pub struct ChangedScene {
    /// The scene as it is now.
    pub entry: SceneEntry,
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
pub struct WorldRestart {
    /// The scene in front.
    pub scene: Scene,
    /// With what.
    pub reborn: WorldReset,
    /// The scene in front when it was ordered.
    pub generation: u64,
}

/// What a birth has come to.
pub struct LoadOutcome {
    /// What was ordered.
    pub order: LoadRequest,
    /// What was born, or what is wrong with it.
    pub ready: Result<PreparedScene, Vec<String>>,
}

impl LoadRequest {
    /// Orders of one kind take one another's place.
    fn kind(&self) -> usize {
        match self {
            Self::Scene(_) => 0,
            Self::Changed(_) => 1,
            Self::Restart(_) => 2,
        }
    }
}

/// What the workers and the show share.
#[derive(Default)]
struct Shared {
    queue: Mutex<LoadQueue>,
    news: Condvar,
}

#[derive(Default)]
struct LoadQueue {
    orders: Vec<LoadRequest>,
    /// The kind that is being born, since when, and by which worker.
    busy: Option<(usize, Instant, usize)>,
    /// The worker that may take orders.
    worker: usize,
    closed: bool,
}

/// Births on their way.
pub struct SceneLoader {
    catalogue: Catalogue,
    shared: Arc<Shared>,
    sender: Sender<(usize, LoadOutcome)>,
    outcomes: Receiver<(usize, LoadOutcome)>,
    left: usize,
}

impl SceneLoader {
    /// Nothing is on its way yet; `catalogue` is what scenes may name.
    pub fn new(catalogue: impl Into<Catalogue>) -> Self {
        let catalogue = catalogue.into();
        let (sender, outcomes) = channel();
        let own = Self { catalogue, shared: Arc::default(), sender, outcomes, left: 0 };
        own.hire();
        own
    }

    /// Asks for a birth. An older order of its kind that has not begun is forgotten.
    pub fn order(&mut self, order: LoadRequest) {
        let mut queue = self.lock();
        queue.orders.retain(|o| o.kind() != order.kind());
        queue.orders.push(order);
        let stuck = queue.busy.is_some_and(|b| b.1.elapsed() > PATIENCE) && self.left < LEFT;
        if stuck {
            (queue.worker, queue.busy) = (queue.worker + 1, None);
        }
        drop(queue);
        if stuck {
            self.left += 1;
            self.hire();
        }
        self.shared.news.notify_all();
    }

    /// Whether a scene is on its way.
    pub fn is_scene_coming(&self) -> bool {
        let queue = self.lock();
        queue.busy.is_some_and(|b| b.0 == 0) || queue.orders.iter().any(|o| o.kind() == 0)
    }

    /// Forgets orders that the scene in front has been left by.
    pub fn forget_front(&mut self) {
        self.lock().orders.retain(|o| o.kind() == 0);
    }

    /// A birth that has ended since the last call.
    pub fn ready(&mut self) -> Option<LoadOutcome> {
        loop {
            let (worker, outcome) = self.outcomes.try_recv().ok()?;
            let mut queue = self.lock();
            if worker == queue.worker {
                // Until now: whoever asks whether a scene is coming must not find it neither here nor there.
                queue.busy = None;
                self.shared.news.notify_all();
                return Some(outcome);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, LoadQueue> {
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
                if sender.send((own, LoadOutcome { order, ready })).is_err() {
                    return;
                }
            }
        };
        let _ = std::thread::Builder::new().name("birth".into()).spawn(work);
    }
}

impl Drop for SceneLoader {
    fn drop(&mut self) {
        self.lock().closed = true;
        self.shared.news.notify_all();
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, LoadQueue> {
    shared.queue.lock().unwrap_or_else(|e| e.into_inner())
}

/// The next order for a worker; none when it is to end. The last outcome must have been taken before.
fn next(shared: &Shared, own: usize) -> Option<LoadRequest> {
    let mut queue = lock(shared);
    loop {
        if queue.closed || queue.worker != own {
            return None;
        }
        if queue.busy.is_none() && !queue.orders.is_empty() {
            let order = queue.orders.remove(0);
            queue.busy = Some((order.kind(), Instant::now(), own));
            return Some(order);
        }
        queue = shared.news.wait(queue).unwrap_or_else(|e| e.into_inner());
    }
}

fn born(catalogue: Catalogue, order: &LoadRequest) -> Result<PreparedScene, Vec<String>> {
    let told = |problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>();
    match order {
        LoadRequest::Scene(coming) => {
            let (entry, _) = entry(catalogue, coming)?;
            let engine: Engine = director::born(catalogue, &entry, None).map_err(told)?;
            Ok(PreparedScene::Scene(entry, engine))
        }
        LoadRequest::Changed(c) => {
            let prepared =
                PreparedNodes::of(&c.scene, c.seed, &[], |i| c.which.get(i) != Some(&false)).map_err(told)?;
            Ok(PreparedScene::Changed(c.entry.clone(), prepared))
        }
        LoadRequest::Restart(a) => {
            let prepared =
                PreparedNodes::of(&a.scene, a.reborn.seed, &a.reborn.knobs, |_| true).map_err(told)?;
            Ok(PreparedScene::Restart(a.reborn.clone(), prepared))
        }
    }
}

/// Entry for a scene that comes, with the ticks its passage takes, and the scene.
///
/// # Errors
/// What is wrong with its file.
pub fn entry(
    catalogue: impl Into<Catalogue>,
    coming: &IncomingScene,
) -> Result<(SceneEntry, Scene), Vec<String>> {
    let scene = coming.source.load(catalogue).map_err(|e| match e {
        SourceError::Problems { problems, .. } => problems.iter().map(ToString::to_string).collect(),
        other => vec![other.to_string()],
    })?;
    let entry = SceneEntry {
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
