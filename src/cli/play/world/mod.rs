//! The performance as the stage drives it: scenes that pass into one another and reload, cues, hands, the judge's
//! verdicts, the tape. What changes a picture becomes an event; the [`Director`] and the tape get the same events.

mod coming;
mod faces;
mod favouring;
mod hands;
mod judged;
mod reloading;
#[cfg(test)]
mod sample;
mod saving;
mod senses;
mod taping;

use std::sync::Arc;
use std::time::Instant;

use super::Args;
use super::learn::Learner;
use crate::cli::Failure;
use crate::cli::load::{self, Source};
use crate::show::favourites::Favourites;
use crate::show::history::{History, Kept};
use crate::show::program::{CueList, Moment, Program};
use crate::show::saved::Saver;
use crate::show::tempo::Tempo;
use crate::show::{Command, CueState, Director, Face, SoundDesk, State, TempoState, World};
use crate::world::engine::Engine;
use crate::world::frame::Frame;
use crate::world::tape::{Event, Passage};
use coming::{Coming, Order, entry};
use judged::{EVERY, Judged};
use reloading::{Stamp, stamp};
pub use senses::Sounding;
use taping::Taping;

/// The scenes of this show and what plays.
pub struct Played {
    sources: Vec<Source>,
    current: usize,
    size: Option<(usize, usize)>,
    seed: Option<u64>,
    by_hand: (Passage, f64),
    director: Director,
    coming: Coming,
    cues: Option<CueList>,
    tempo: Tempo,
    history: History,
    kept: Kept,
    /// What hands and rules ask for; it acts in the next tick.
    waiting: Vec<Event>,
    outside: hands::Outside,
    face: Arc<Face>,
    stamp: Option<Stamp>,
    problems: Vec<String>,
    notice: (u64, String),
    judge: Option<Judged>,
    bored: f64,
    touched: f64,
    quiet: f64,
    begun: Instant,
    last: f64,
    time: f64,
    sounding: Sounding,
    tape: Option<Taping>,
    favourites: Favourites,
    saver: Option<Saver>,
    learner: Option<Learner>,
}

impl Played {
    /// Brings the first scene to life.
    ///
    /// # Errors
    /// Everything wrong with it; or the tape cannot be written.
    pub fn new(sources: Vec<Source>, args: &Args) -> Result<Self, Failure> {
        Self::with_program(sources, None, args)
    }

    /// The same with a show file, whose cues name these sources in order.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_program(
        sources: Vec<Source>,
        program: Option<Program>,
        args: &Args,
    ) -> Result<Self, Failure> {
        let saved = saving::saved(args, &sources);
        // A show that begins late begins with what belongs to the hour.
        let hour = program.as_ref().and_then(|p| p.of_the_hour(Moment::now().minute)).unwrap_or(0);
        let (current, seed) = saved.as_ref().map_or((hour, args.seed), |(i, s)| (*i, Some(s.seed)));
        let source = &sources[current];
        source.load()?;
        let (first, scene) =
            entry(source, seed, args.size, Passage::Cut, 0.0).map_err(|p| Failure::input(p.join("\n")))?;
        let born = Director::new(&first, None);
        let director =
            born.map_err(|p| load::report(&source.name(), source.text().unwrap_or_default(), &p))?;
        let tape = taping::open(args, &scene, &first)?;
        let mut cues = program.map(CueList::new);
        if let Some(list) = &mut cues {
            list.begin(current);
        }
        let mut played = Self {
            stamp: stamp(source),
            current,
            size: args.size,
            seed: args.seed,
            by_hand: args.transition,
            coming: Coming::default(),
            cues,
            tempo: Tempo::default(),
            history: History::default(),
            kept: Kept::default(),
            waiting: Vec::new(),
            outside: hands::Outside::default(),
            face: Arc::default(),
            problems: Vec::new(),
            notice: (0, String::new()),
            judge: judged::open(args)?,
            bored: 0.0,
            touched: 0.0,
            quiet: 0.0,
            begun: Instant::now(),
            last: 0.0,
            time: 0.0,
            sounding: super::sound::open(args, scene.rate),
            tape,
            favourites: Favourites::open(&args.favourites()),
            saver: args.state.as_deref().map(Saver::start),
            learner: args.learn.as_deref().map(Learner::new).transpose()?,
            sources,
            director,
        };
        played.face = Arc::new(played.make_face());
        if args.frames.is_none() {
            played.say(title(played.engine()));
        }
        if let Some((_, saved)) = saved {
            played.restore(saved);
        }
        Ok(played)
    }

    /// What hands can ask of the sound, if there is any.
    pub fn sound_desk(&self) -> Option<Arc<dyn SoundDesk>> {
        self.sounding.live.as_ref().map(|l| l.board().clone() as Arc<dyn SoundDesk>)
    }

    /// The engine of the scene in front.
    pub fn engine(&self) -> &Engine {
        self.director.front()
    }

    fn say(&mut self, text: String) {
        self.notice = (self.notice.0 + 1, text);
    }

    fn make_face(&self) -> Face {
        Face {
            scenes: self.sources.iter().map(Source::name).collect(),
            scene: self.current,
            seed: self.engine().seed(),
            cues: self.cues.as_ref().map_or(Vec::new(), |c| faces::cues(c.program())),
            ..Face::of(self.engine().scene())
        }
    }

    /// A scene that has been born comes with this tick.
    fn take_scene(&mut self, events: &mut Vec<Event>) {
        let Some((order, outcome)) = self.coming.ready() else { return };
        match outcome {
            Ok((entry, engine)) => {
                self.current = order.place;
                self.stamp = stamp(&order.source);
                if let (Some(cues), Some(cue)) = (&mut self.cues, order.cue) {
                    cues.begin(cue);
                }
                self.director.prepare(entry.clone(), engine);
                events.push(Event::Enter(Box::new(entry)));
                self.waiting.extend(order.then);
                self.problems.clear();
                self.history.clear();
            }
            Err(problems) => self.problems = problems,
        }
    }

    fn order(&mut self, place: usize, cue: Option<usize>, (way, seconds): (Passage, f64)) {
        if let Some(source) = self.sources.get(place).cloned() {
            let (seed, then) = (self.seed, Vec::new());
            self.coming.order(Order { source, place, cue, way, seconds, seed, then }, self.size);
        }
    }

    fn cue(&mut self, cue: usize) {
        let plan = self.cues.as_ref().and_then(|c| c.program().cues.get(cue));
        match plan.map(|p| (p.way, p.seconds)) {
            Some(passage) => self.order(cue, Some(cue), passage),
            None => self.say(format!("there is no cue {}", cue + 1)),
        }
    }

    /// Events that act now, on the tape as in the world.
    fn keep(&mut self, events: &[Event]) {
        let (tick, rate) = (self.director.tick(), self.director.front().scene().rate);
        self.tape.iter_mut().for_each(|t| t.keep(tick, rate, events));
    }

    fn told(&mut self, outcome: Result<(), Vec<crate::world::scene::Problem>>) {
        if let Err(problems) = outcome {
            self.problems = problems.iter().map(ToString::to_string).collect();
        }
    }
}

impl World for Played {
    fn tick(&mut self, events: &[Event]) {
        let mut all = std::mem::take(&mut self.waiting);
        all.extend(self.heeded(events));
        self.remember(events);
        self.take_verdict(&mut all);
        self.take_sound(&mut all);
        self.take_beat(&mut all);
        self.take_scene(&mut all);
        self.keep(&all);
        let before = (self.engine().seed(), self.engine().scene().hash);
        let comes = all.iter().any(|e| matches!(e, Event::Enter(_)));
        let outcome = self.director.step(&all);
        self.told(outcome);
        self.sound(&all);
        self.learner.iter_mut().for_each(|l| l.watch(self.director.front()));
        if comes || (self.engine().seed(), self.engine().scene().hash) != before {
            self.face = Arc::new(self.make_face());
        }
        if comes {
            self.say(title(self.engine()));
            self.tell_outside();
        }
        self.follow_cues(events);
        if self.director.front_mut().take_wish_for_next() && self.sources.len() > 1 && self.cues.is_none() {
            self.go((self.current + 1) % self.sources.len());
        }
    }

    fn poke(&mut self, events: &[Event]) {
        self.remember(events);
        let events: Vec<Event> = self.heeded(events).collect();
        self.keep(&events);
        let outcome = self.director.poke(&events);
        self.told(outcome);
        self.face = Arc::new(self.make_face());
    }

    fn picture(&mut self, into: &mut Frame) {
        self.director.compose(into);
        if let Some(judged) = &mut self.judge {
            judged.offer(EVERY[0], |frame| frame.copy(into));
        }
    }

    fn rate(&self) -> f64 {
        self.engine().scene().rate
    }

    fn state(&mut self, into: &mut State) {
        let engine = self.director.front();
        into.face = self.face.clone();
        into.tick = self.director.tick();
        into.nodes = faces::node_states(engine);
        into.links = engine.links().iter().map(|l| faces::link_state(engine, l)).collect();
        into.layers = faces::layer_states(engine);
        into.voices = faces::voice_states(engine);
        into.heard = self.sounding.shown();
        into.devices = self.sounding.live.as_ref().map_or(Vec::new(), |l| l.devices());
        into.messages = engine.messages();
        into.problems.clone_from(&self.problems);
        into.problems.extend(self.tape.as_ref().and_then(Taping::problem));
        into.problems.extend(self.saver.as_ref().and_then(Saver::problem));
        into.tape = self.tape.as_ref().map(|t| t.path().display().to_string());
        into.notice.clone_from(&self.notice);
        into.verdict = self.judge.as_ref().and_then(Judged::verdict);
        into.transition = self.director.transition();
        into.kept = self.kept.slots(&engine.scene().name);
        into.undo = self.history.depth();
        let still = engine.scene().still;
        into.still = self.cues.as_ref().map_or(still.filter(|s| *s > 0.0), |c| c.still(still));
        let tempo = &self.tempo;
        into.tempo = TempoState {
            bpm: tempo.bpm(),
            phase: tempo.phase(),
            beat: tempo.beats() as u64,
            source: tempo.source().name(),
        };
        if let Some(cues) = &self.cues {
            into.closed = !cues.program().is_open(Moment::now().minute);
            into.cue = CueState {
                now: cues.now(),
                next: cues.next(),
                waits_for: cues.plan().map_or(String::new(), |p| p.waits_for()),
                seconds: cues.seconds() as f32,
            };
        }
    }

    fn go(&mut self, scene: usize) {
        match self.cues.is_some() {
            true => self.cue(scene),
            false => self.order(scene, None, self.by_hand),
        }
    }

    fn act(&mut self, command: Command) {
        self.obey(command);
    }

    fn refresh(&mut self) {
        if let Some(mut saver) = self.saver.take() {
            saver.offer(|| self.saved());
            self.saver = Some(saver);
        }
        self.reload();
    }
}

fn title(engine: &Engine) -> String {
    let scene = engine.scene();
    if scene.about.is_empty() { scene.title.clone() } else { format!("{}: {}", scene.title, scene.about) }
}
