//! The engine as the stage drives it: scenes that change and reload, the judge's verdicts, the tape.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::Args;
use super::learn::Learner;
use super::live::Live;
use crate::cli::Failure;
use crate::cli::load::{self, Source};
use crate::show::{
    Face, LayerFace, LayerState, LinkFace, LinkState, NodeFace, NodeState, State, VerdictState, World,
};
use crate::systems;
use crate::world::engine::Engine;
use crate::world::frame::{Frame, LayerKnobs};
use crate::world::params::Params;
use crate::world::scene::{Problem, Scene};
use crate::world::signal::{LiveLink, Mode};
use crate::world::tape::{Event, Tape};

/// The scenes of this show and the one that runs.
pub struct Played {
    sources: Vec<Source>,
    current: usize,
    size: Option<(usize, usize)>,
    seed: Option<u64>,
    engine: Engine,
    face: Arc<Face>,
    stamp: Option<(SystemTime, u64)>,
    problems: Vec<String>,
    notice: (u64, String),
    judge: Option<Judged>,
    tape: Option<(PathBuf, Tape)>,
    learner: Option<Learner>,
}

/// The judge with what it said last.
struct Judged {
    live: Live,
    taken: Option<Instant>,
    rate: f32,
    last: Option<Instant>,
    shown: Option<Instant>,
}

/// Seconds between pictures for the judge: of those that are drawn for the window, and at the latest, where none is.
const JUDGED_EVERY: [f32; 2] = [1.0 / 30.0, 0.08];

impl Judged {
    /// Hands the judge a picture if it has waited for one long enough.
    fn offer(&mut self, every: f32, write: impl FnOnce(&mut Frame)) {
        if self.shown.is_none_or(|t| t.elapsed().as_secs_f32() >= every) {
            let now = Instant::now();
            self.live.offer(|frame| {
                self.shown = Some(now);
                write(frame);
            });
        }
    }
}

impl Played {
    /// Brings the first scene to life.
    ///
    /// # Errors
    /// Everything wrong with it.
    pub fn new(sources: Vec<Source>, args: &Args) -> Result<Self, Failure> {
        let scene = sized(sources[0].load()?, args.size);
        let engine = Engine::new(scene, args.seed).map_err(|p| born_dead(&sources[0], &p))?;
        let tape = args.tape.clone().map(|path| (path, tape_of(&engine)));
        let mut played = Self {
            stamp: stamp(&sources[0]),
            current: 0,
            size: args.size,
            seed: args.seed,
            face: Arc::default(),
            problems: Vec::new(),
            notice: (0, String::new()),
            judge: judge(args)?.map(|watch| Judged {
                live: Live::start(watch),
                taken: None,
                rate: 0.0,
                last: None,
                shown: None,
            }),
            tape,
            learner: args.learn.as_deref().map(Learner::new).transpose()?,
            sources,
            engine,
        };
        played.face = Arc::new(played.make_face());
        if args.frames.is_none() {
            played.say(title(&played.engine));
        }
        Ok(played)
    }

    /// The engine of the scene that runs.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    fn say(&mut self, text: String) {
        self.notice = (self.notice.0 + 1, text);
    }

    fn make_face(&self) -> Face {
        let scene = self.engine.scene();
        let node = |n: &crate::world::scene::NodePlan| NodeFace {
            name: n.name.clone(),
            kind: n.kind,
            size: n.size,
            switches: n.switches.iter().map(|s| s.0.clone()).collect(),
        };
        let link = |l: &LiveLink| LinkFace {
            from: l.link.from.clone(),
            to: l.link.to.clone(),
            mode: Mode::NAMES[l.link.mode as usize],
        };
        let layers = scene.layers.iter().map(|plan| {
            let source = &scene.nodes[plan.node];
            let about = format!("{}.{}", source.name, source.kind.outputs[plan.port].name);
            LayerFace { name: plan.layer.name.clone(), about }
        });
        Face {
            scenes: self.sources.iter().map(Source::name).collect(),
            scene: self.current,
            seed: self.engine.seed(),
            size: scene.size,
            nodes: scene.nodes.iter().map(node).collect(),
            links: self.engine.links().iter().map(link).collect(),
            layers: layers.collect(),
            shaders: scene.shaders.clone(),
            voices: Vec::new(),
            cues: Vec::new(),
        }
    }

    fn take_verdict(&mut self, events: &mut Vec<Event>) {
        let Some(judged) = &mut self.judge else { return };
        if let Some(seen) = judged.live.verdict() {
            let gap = judged.last.map_or(1.0, |t| t.elapsed().as_secs_f32()).max(1e-3);
            judged.rate += (1.0 / gap - judged.rate) * 0.15;
            judged.last = Some(Instant::now());
            judged.taken = Some(seen.taken);
            events.extend(seen.verdict.into_iter().map(|(name, value)| Event::Signal(name, value)));
        }
        let engine = &mut self.engine;
        judged.offer(JUDGED_EVERY[1], |frame| engine.compose(frame));
    }

    fn verdict(&self) -> Option<VerdictState> {
        let judged = self.judge.as_ref()?;
        let age = judged.taken?.elapsed().as_secs_f32();
        let signal = |name: &str| self.engine.signals().get(&format!("judge.{name}")) as f32;
        let mut top: Vec<(String, f32)> =
            systems::rules().map(|k| (k.name.to_string(), signal(k.name))).collect();
        top.sort_by(|a, b| b.1.total_cmp(&a.1));
        top.truncate(3);
        Some(VerdictState {
            top,
            confidence: signal("confidence"),
            unsure: signal("unsure") >= 0.5,
            novelty: signal("novelty"),
            age,
            rate: judged.rate,
        })
    }
}

impl World for Played {
    fn tick(&mut self, events: &[Event]) {
        let mut events = events.to_vec();
        self.take_verdict(&mut events);
        if let Some((_, tape)) = &mut self.tape {
            events.iter().for_each(|e| tape.record(self.engine.tick(), e.clone()));
        }
        let seed = self.engine.seed();
        self.engine.step(&events);
        self.learner.iter_mut().for_each(|l| l.watch(&self.engine));
        if self.engine.seed() != seed {
            self.face = Arc::new(self.make_face());
        }
        if self.engine.take_wish_for_next() && self.sources.len() > 1 {
            self.go((self.current + 1) % self.sources.len());
        }
    }

    fn poke(&mut self, events: &[Event]) {
        if let Some((_, tape)) = &mut self.tape {
            events.iter().for_each(|e| tape.record(self.engine.tick(), e.clone()));
        }
        self.engine.poke(events);
        self.face = Arc::new(self.make_face());
    }

    fn picture(&mut self, into: &mut Frame) {
        self.engine.compose(into);
        if let Some(judged) = &mut self.judge {
            judged.offer(JUDGED_EVERY[0], |frame| frame.copy(into));
        }
    }

    fn rate(&self) -> f64 {
        self.engine.scene().rate
    }

    fn state(&mut self, into: &mut State) {
        into.face = self.face.clone();
        into.tick = self.engine.tick();
        into.nodes = node_states(&self.engine);
        into.links = self.engine.links().iter().map(|l| link_state(&self.engine, l)).collect();
        into.layers = layer_states(&self.engine);
        into.messages = self.engine.messages();
        into.problems.clone_from(&self.problems);
        into.notice.clone_from(&self.notice);
        into.verdict = self.verdict();
    }

    fn go(&mut self, scene: usize) {
        let Some(source) = self.sources.get(scene).cloned() else { return };
        self.stamp = stamp(&source);
        let fresh =
            read(&source).and_then(|s| Engine::new(sized(s, self.size), self.seed).map_err(|p| texts(&p)));
        self.current = scene;
        match fresh {
            Ok(engine) => {
                self.engine = engine;
                self.problems.clear();
                self.say(title(&self.engine));
                if let Some((_, tape)) = &mut self.tape {
                    *tape = tape_of(&self.engine);
                }
            }
            Err(problems) => self.problems = problems,
        }
        self.face = Arc::new(self.make_face());
    }

    fn refresh(&mut self) {
        let source = self.sources[self.current].clone();
        let now = stamp(&source);
        if now == self.stamp || now.is_none() {
            return;
        }
        self.stamp = now;
        match read(&source).and_then(|s| self.engine.swap(sized(s, self.size)).map_err(|p| texts(&p))) {
            Ok(()) => {
                self.problems.clear();
                let tape = if self.tape.is_some() { "; the tape replays only up to here" } else { "" };
                self.say(format!("{} reloaded{tape}", source.name()));
            }
            Err(problems) => self.problems = problems,
        }
        self.face = Arc::new(self.make_face());
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        let Some((path, tape)) = &self.tape else { return };
        let mut bytes = Vec::new();
        let written = tape.write(&mut bytes).map_err(|e| e.to_string());
        let written =
            written.and_then(|()| crate::world::frame::write_atomic(path, &bytes).map_err(|e| e.to_string()));
        match written {
            Ok(()) => println!("tape: {} events in {}", tape.events.len(), path.display()),
            Err(e) => eprintln!("the tape is lost: {e}"),
        }
    }
}

fn node_states(engine: &Engine) -> Vec<NodeState> {
    let set = engine.knobs();
    let plans = engine.scene().nodes.iter().enumerate().zip(set);
    let state = |((n, plan), set): ((usize, &crate::world::scene::NodePlan), Vec<f64>)| {
        let node = engine.node(n);
        let switch =
            |s: &(String, bool)| engine.get(&format!("{}.{}", plan.name, s.0)).is_none_or(|v| v >= 0.5);
        NodeState {
            now: (0..set.len()).map(|k| node.knob(k)).collect(),
            set,
            switches: plan.switches.iter().map(switch).collect(),
            readouts: (0..plan.kind.readouts.len()).map(|r| node.read(r)).collect(),
        }
    };
    plans.map(state).collect()
}

fn link_state(engine: &Engine, live: &LiveLink) -> LinkState {
    let (signal, [lo, hi]) = (engine.signals().get(&live.link.from), live.link.range);
    let level = if hi == lo { 0.0 } else { ((signal - lo) / (hi - lo)).clamp(0.0, 1.0) };
    let active = live.on && (live.link.mode == Mode::Modulate || level > live.link.above);
    LinkState { signal, level, on: live.on, active }
}

fn layer_states(engine: &Engine) -> Vec<LayerState> {
    let state = |layer: &crate::world::frame::Layer| {
        let address = |k: usize| format!("layer.{}.{}", layer.name, LayerKnobs::SPECS[k].name);
        let now: Vec<f64> = (0..LayerKnobs::SPECS.len()).map(|k| layer.knobs.get(k)).collect();
        let set = now.iter().enumerate().map(|(k, &v)| engine.get(&address(k)).unwrap_or(v)).collect();
        LayerState { set, now }
    };
    engine.layers().iter().map(state).collect()
}

fn tape_of(engine: &Engine) -> Tape {
    Tape::new(&engine.scene().name, engine.scene().hash, engine.seed())
}

fn title(engine: &Engine) -> String {
    let scene = engine.scene();
    if scene.about.is_empty() { scene.title.clone() } else { format!("{}: {}", scene.title, scene.about) }
}

fn sized(scene: Scene, size: Option<(usize, usize)>) -> Scene {
    match size {
        Some(size) => scene.with_size(size),
        None => scene,
    }
}

/// When the scene's file was written, and its length; `None` for one that ships with the program.
fn stamp(source: &Source) -> Option<(SystemTime, u64)> {
    let meta = std::fs::metadata(source.path()?).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

fn read(source: &Source) -> Result<Scene, Vec<String>> {
    match source.parse() {
        Ok(Ok(scene)) => Ok(scene),
        Ok(Err((_, problems))) => Err(texts(&problems)),
        Err(failure) => Err(vec![failure.report.to_string()]),
    }
}

fn texts(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(Problem::to_string).collect()
}

fn born_dead(source: &Source, problems: &[Problem]) -> Failure {
    load::report(&source.name(), source.text().unwrap_or_default(), problems)
}

/// The judge, if it is wanted and there; a show goes on without one.
fn judge(args: &Args) -> Result<Option<Box<dyn crate::cli::headless::Watch>>, Failure> {
    if args.no_judge { Ok(None) } else { crate::cli::watching::open(args.model.as_deref()) }
}
