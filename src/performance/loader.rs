//! Background loading of scenes, so that creating large worlds stalls nothing. One after the other, on one thread: of
//! each kind the newest request counts, so that a controller that asks two hundred times a second creates two worlds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use show::director::{self, PreparedScene};
use show::source::{SceneSource, SourceError};
use world::engine::{Engine, PreparedNodes};
use world::scene::{Catalogue, ParameterOverrides, Problem, Scene};
use world::tape::{Event, SceneEntry, Transition, WorldReset};

/// A load that takes longer than this is abandoned, and the next request starts on another thread.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Most loads that may be abandoned.
const MAX_ABANDONED: usize = 3;

/// What is to be loaded.
#[derive(Clone)]
pub enum LoadRequest {
    /// An incoming scene.
    Scene(Box<IncomingScene>),
    /// The new worlds of a changed scene file; the others keep running.
    Changed(Box<ChangedScene>),
    /// The restart of the active scene's worlds.
    Restart(Box<WorldRestart>),
}

/// An incoming scene.
#[derive(Clone, Debug)]
pub struct IncomingScene {
    /// Its source.
    pub source: SceneSource,
    /// Its index in the list of scenes.
    pub place: usize,
    /// The cue that requests it.
    pub cue: Option<usize>,
    /// Its transition.
    pub way: Transition,
    /// Duration of the transition, seconds.
    pub seconds: f64,
    /// Seed of the run; the scene's own if none.
    pub seed: Option<u64>,
    /// Canvas in pixels, where it is not the scene's own.
    pub size: Option<(usize, usize)>,
    /// Knobs with which its worlds are created.
    pub knobs: ParameterOverrides,
    /// Events applied as soon as it is active.
    pub then: Vec<Event>,
}

/// A scene file that has changed.
#[derive(Clone)]
pub struct ChangedScene {
    /// The scene as it is now.
    pub entry: SceneEntry,
    /// The same, parsed.
    pub scene: Scene,
    /// Seed of the run.
    pub seed: u64,
    /// Whether each node is to be created.
    pub which: Vec<bool>,
    /// Generation of the active scene when it was requested.
    pub generation: u64,
}

/// The restart of a scene's worlds.
#[derive(Clone)]
pub struct WorldRestart {
    /// The active scene.
    pub scene: Scene,
    /// Its new seed and knobs.
    pub reset: WorldReset,
    /// Generation of the active scene when it was requested.
    pub generation: u64,
}

/// The result of a load.
pub struct LoadOutcome {
    /// The request.
    pub request: LoadRequest,
    /// What was created, or what is wrong with it.
    pub ready: Result<PreparedScene, Vec<String>>,
}

impl LoadRequest {
    /// Requests of one kind replace one another.
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
    changed: Condvar,
}

#[derive(Default)]
struct LoadQueue {
    requests: Vec<LoadRequest>,
    /// The kind being loaded, since when, and by which worker.
    busy: Option<(usize, Instant, usize)>,
    /// The worker that may take requests.
    worker: usize,
    closed: bool,
}

/// Background loading.
pub struct SceneLoader {
    catalogue: Catalogue,
    shared: Arc<Shared>,
    sender: Sender<(usize, LoadOutcome)>,
    outcomes: Receiver<(usize, LoadOutcome)>,
    abandoned: usize,
}

impl SceneLoader {
    /// An idle loader; `catalogue` is what scenes may name.
    pub fn new(catalogue: impl Into<Catalogue>) -> Self {
        let catalogue = catalogue.into();
        let (sender, outcomes) = channel();
        let own = Self { catalogue, shared: Arc::default(), sender, outcomes, abandoned: 0 };
        own.start_worker();
        own
    }

    /// Requests a load. An older request of its kind that has not started is dropped.
    pub fn request(&mut self, request: LoadRequest) {
        let mut queue = self.lock();
        queue.requests.retain(|o| o.kind() != request.kind());
        queue.requests.push(request);
        let stalled = queue.busy.is_some_and(|b| b.1.elapsed() > TIMEOUT) && self.abandoned < MAX_ABANDONED;
        if stalled {
            (queue.worker, queue.busy) = (queue.worker + 1, None);
        }
        drop(queue);
        if stalled {
            self.abandoned += 1;
            self.start_worker();
        }
        self.shared.changed.notify_all();
    }

    /// Whether a scene is queued or loading.
    pub fn is_scene_loading(&self) -> bool {
        let queue = self.lock();
        queue.busy.is_some_and(|b| b.0 == 0) || queue.requests.iter().any(|o| o.kind() == 0)
    }

    /// Drops the requests that concern the active scene, which has been replaced.
    pub fn forget_front(&mut self) {
        self.lock().requests.retain(|o| o.kind() == 0);
    }

    /// A load that has finished since the last call.
    pub fn ready(&mut self) -> Option<LoadOutcome> {
        loop {
            let (worker, outcome) = self.outcomes.try_recv().ok()?;
            let mut queue = self.lock();
            if worker == queue.worker {
                // Not earlier: until now the scene counts as loading, so that it is never in neither place.
                queue.busy = None;
                self.shared.changed.notify_all();
                return Some(outcome);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, LoadQueue> {
        lock(&self.shared)
    }

    /// Starts a thread that takes the requests from now on. If it cannot be started, nothing is ever loaded.
    fn start_worker(&self) {
        let (shared, sender, catalogue) = (self.shared.clone(), self.sender.clone(), self.catalogue);
        let own = self.lock().worker;
        let work = move || {
            while let Some(request) = next(&shared, own) {
                let ready = catch_unwind(AssertUnwindSafe(|| create(catalogue, &request)))
                    .unwrap_or_else(|_| Err(vec!["the scene crashed while it was being created".into()]));
                if sender.send((own, LoadOutcome { request, ready })).is_err() {
                    return;
                }
            }
        };
        let _ = std::thread::Builder::new().name("loader".into()).spawn(work);
    }
}

impl Drop for SceneLoader {
    fn drop(&mut self) {
        self.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, LoadQueue> {
    shared.queue.lock().unwrap_or_else(|e| e.into_inner())
}

/// The next request for a worker; `None` when it is to end. The last outcome must have been taken before.
fn next(shared: &Shared, own: usize) -> Option<LoadRequest> {
    let mut queue = lock(shared);
    loop {
        if queue.closed || queue.worker != own {
            return None;
        }
        if queue.busy.is_none() && !queue.requests.is_empty() {
            let request = queue.requests.remove(0);
            queue.busy = Some((request.kind(), Instant::now(), own));
            return Some(request);
        }
        queue = shared.changed.wait(queue).unwrap_or_else(|e| e.into_inner());
    }
}

fn create(catalogue: Catalogue, request: &LoadRequest) -> Result<PreparedScene, Vec<String>> {
    let texts = |problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>();
    match request {
        LoadRequest::Scene(incoming) => {
            let (entry, _) = entry(catalogue, incoming)?;
            let engine: Engine = director::instantiate(catalogue, &entry, None).map_err(texts)?;
            Ok(PreparedScene::Scene(entry, engine))
        }
        LoadRequest::Changed(c) => {
            let prepared = PreparedNodes::of(&c.scene, c.seed, &[], |i| c.which.get(i) != Some(&false))
                .map_err(texts)?;
            Ok(PreparedScene::Changed(c.entry.clone(), prepared))
        }
        LoadRequest::Restart(a) => {
            let prepared =
                PreparedNodes::of(&a.scene, a.reset.seed, &a.reset.knobs, |_| true).map_err(texts)?;
            Ok(PreparedScene::Restart(a.reset.clone(), prepared))
        }
    }
}

/// Entry for an incoming scene, with the ticks of its transition, and the scene.
///
/// # Errors
/// What is wrong with its file.
pub fn entry(
    catalogue: impl Into<Catalogue>,
    incoming: &IncomingScene,
) -> Result<(SceneEntry, Scene), Vec<String>> {
    let scene = incoming.source.load(catalogue).map_err(|e| match e {
        SourceError::Problems { problems, .. } => problems.iter().map(ToString::to_string).collect(),
        other => vec![other.to_string()],
    })?;
    let entry = SceneEntry {
        name: scene.name.clone(),
        folder: scene.folder.clone(),
        text: scene.source.clone(),
        seed: incoming.seed,
        size: incoming.size,
        knobs: incoming.knobs.clone(),
        way: incoming.way,
        ticks: director::ticks(incoming.way, incoming.seconds, scene.rate),
    };
    let scene = incoming.size.map_or(scene.clone(), |s| scene.with_size(s));
    Ok((entry, scene))
}

#[cfg(test)]
mod tests;
