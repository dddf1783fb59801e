//! A performance: scenes that pass into one another and reload, cues, hands, the judge's verdicts, the tape. It knows no
//! window, no device and no command line: [`PerformanceSetup`] says what is to be played, the show's thread drives it through
//! [`ShowDriver`].
//!
//! ```text
//!   hands ──commands, in order──►  Performance ──events──►  Director (worlds, transitions)
//!   judge, sound, beat, cues ────►      │      └──────────►  tape
//!   births on their own thread ──►      └──state, pictures──► whoever looks
//! ```
//! What changes a picture becomes an event; the [`Director`] and the tape get the same events at the same ticks, so the
//! tape gives the performance back. Whether the clock stands makes no difference to the road that commands take.

#![allow(clippy::disallowed_types, reason = "a show keeps time; what comes of it is on the tape")]
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests may measure"))]

mod commands;
mod cues;
mod dataset_recorder;
mod descriptions;
mod favourites;
mod judge;
mod loader;
mod reload;
#[cfg(test)]
mod sample;
mod setup;
mod signals;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
mod state;
mod tape;
#[cfg(test)]
mod tests;
mod transition;
pub mod versus;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use show::autosave::Autosave;
use show::director::PreparedScene;
use show::favourites::Favourites;
use show::history::{History, Preset};
use show::program::CueList;
use show::source::SceneSource;
use show::tempo::Tempo;
use show::{Command, Director, MasterState, SceneDescription, ShowDriver, ShowState, SoundControl};
use world::engine::Engine;
use world::frame::Frame;
use world::tape::{Event, Transition};

use dataset_recorder::DatasetRecorder;
use judge::JudgeRunner;
use loader::{IncomingScene, LoadOutcome, LoadRequest, SceneLoader};
use reload::Stamp;
use tape::TapeRecorder;
use transition::Pacer;

pub use judge::{FrameJudge, JudgeFactory, VerdictSignals};
pub use setup::{PerformanceSetup, SetupError, TapeTarget};
pub use signals::AudioIo;

/// The scenes of this show and what plays.
pub struct Performance {
    sources: Vec<SceneSource>,
    current: usize,
    size: Option<(usize, usize)>,
    seed: Option<u64>,
    by_hand: (Transition, f64),
    director: Director,
    loader: SceneLoader,
    /// Grows with each scene that comes.
    generation: u64,
    cues: Option<CueList>,
    failed: cues::FailedCues,
    tempo: Tempo,
    history: History,
    kept: Preset,
    outside: commands::ExternalSignals,
    touches: commands::Touches,
    description: Arc<SceneDescription>,
    stamp: Option<Stamp>,
    problems: Vec<String>,
    /// The file that these are of, as it was, where it is not the scene's that plays.
    flawed: Option<(SceneSource, Option<Stamp>)>,
    notice: (u64, String),
    judge: Option<JudgeRunner>,
    paused: bool,
    bored: f64,
    touched: f64,
    quiet: f64,
    begun: Instant,
    last: Option<f64>,
    time: f64,
    pacer: Pacer,
    /// Seconds that a scene which has come takes for it, until its sound is told.
    passage: f32,
    sounding: AudioIo,
    tape: Option<TapeRecorder>,
    favourites: Favourites,
    saver: Option<Autosave>,
    /// Light, sound and clock as they stand, and as they stood when an earlier run was cut off.
    standing: MasterState,
    stood: Option<MasterState>,
    learner: Option<DatasetRecorder>,
}

impl Performance {
    /// What hands can ask of the sound, if there is any.
    pub fn sound_control(&self) -> Option<Arc<dyn SoundControl>> {
        self.sounding.live.as_ref().map(|l| l.status().clone() as Arc<dyn SoundControl>)
    }

    /// The engine of the scene in front.
    pub fn engine(&self) -> &Engine {
        self.director.front()
    }

    /// Ticks since the performance began.
    pub fn ticks(&self) -> u64 {
        self.director.tick()
    }

    fn say(&mut self, text: String) {
        self.notice = (self.notice.0 + 1, text);
    }

    fn make_face(&self) -> SceneDescription {
        SceneDescription {
            scenes: self.sources.iter().map(SceneSource::name).collect(),
            scene: self.current,
            cues: self.cues.as_ref().map_or(Vec::new(), |c| descriptions::cues(c.program())),
            ..SceneDescription::at(self.engine().scene(), self.engine().directory().clone())
        }
    }

    /// An event takes hold, in the worlds as on the tape.
    fn act(&mut self, event: Event) {
        self.act_in(event, self.engine().scene().rate);
    }

    /// The same in a show that makes `rate` ticks a second from then on.
    fn act_in(&mut self, event: Event, rate: f64) {
        let tick = self.director.tick();
        self.tape.iter_mut().for_each(|t| t.keep(tick, rate, &event));
        if let Err(problems) = self.director.apply(&event) {
            let problems = problems.iter().map(ToString::to_string).collect();
            self.show_problems(&self.sources[self.current].clone(), problems);
        }
    }

    /// What is wrong with a scene, each with the file's name. It is shown until the file is mended or another scene comes.
    fn show_problems(&mut self, source: &SceneSource, problems: Vec<String>) {
        let file = source.path().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned());
        let file = file.unwrap_or_else(|| source.title());
        self.problems = problems.iter().map(|problem| format!("{file}: {problem}")).collect();
        let plays = self.sources[self.current] == *source;
        self.flawed = (!plays).then(|| (source.clone(), reload::stamp(source)));
    }

    /// Brings tape and state to their end, and says what is to be said of them.
    fn close(&mut self) -> Vec<String> {
        let unsaved = self.saver.take().and_then(|saver| saver.end(self.saved()));
        let tick = self.director.tick();
        let tape = self.tape.take().map(|t| t.end(tick));
        tape.into_iter().chain(unsaved).collect()
    }

    fn forget_problems(&mut self) {
        (self.problems, self.flawed) = (Vec::new(), None);
    }

    /// What has been born takes its place; whether anything has.
    fn take_births(&mut self) -> bool {
        let mut any = false;
        while let Some(outcome) = self.loader.ready() {
            any = true;
            match outcome.order {
                LoadRequest::Scene(coming) => self.take_scene(*coming, outcome.ready),
                LoadRequest::Changed(_) | LoadRequest::Restart(_) => self.take_worlds(outcome),
            }
        }
        any
    }

    fn take_scene(&mut self, coming: IncomingScene, ready: Result<PreparedScene, Vec<String>>) {
        let (mut entry, engine) = match ready {
            Ok(PreparedScene::Scene(entry, engine)) => (entry, engine),
            Ok(_) => return,
            Err(problems) => return self.scene_failed(&coming, problems),
        };
        if self.paused {
            // No time passes in which it could come by and by.
            (entry.way, entry.ticks) = (Transition::Cut, 0);
        }
        self.generation += 1;
        self.loader.forget_front();
        self.current = coming.place;
        self.stamp = reload::stamp(&coming.source);
        if let (Some(cues), Some(cue)) = (&mut self.cues, coming.cue) {
            cues.begin(cue);
            self.failed.clear();
        }
        self.forget_problems();
        self.history.clear();
        let rate = engine.scene().rate;
        self.passage = (entry.ticks as f64 / rate) as f32;
        self.director.prepare(PreparedScene::Scene(entry.clone(), engine));
        self.act_in(Event::Enter(Box::new(entry)), rate);
        self.description = Arc::new(self.make_face());
        self.say(setup::title(self.engine()));
        self.publish_external();
        for event in coming.then {
            let moves = |address, value| self.engine().get(address) != Some(value);
            if !matches!(&event, Event::Set(address, value) if !moves(address, *value)) {
                self.act(event);
            }
        }
    }

    /// Worlds of the scene in front that were born beside it.
    fn take_worlds(&mut self, outcome: LoadOutcome) {
        let (event, generation, word) = match outcome.order {
            LoadRequest::Changed(c) => {
                let word = format!("{} reloaded", c.entry.name);
                (Event::Swap(Box::new(c.entry)), c.generation, Some(word))
            }
            LoadRequest::Restart(a) => (Event::Reborn(Box::new(a.reborn)), a.generation, None),
            LoadRequest::Scene(_) => return,
        };
        if generation != self.generation {
            return;
        }
        match outcome.ready {
            Err(problems) => self.show_problems(&self.sources[self.current].clone(), problems),
            Ok(ready) => {
                self.director.prepare(ready);
                if matches!(event, Event::Swap(_)) {
                    self.forget_problems();
                }
                self.act(event);
                if !Arc::ptr_eq(&self.description.directory, self.engine().directory()) {
                    self.description = Arc::new(self.make_face());
                    self.publish_external();
                }
                word.into_iter().for_each(|w| self.say(w));
            }
        }
    }

    fn order(&mut self, place: usize, cue: Option<usize>, (way, seconds): (Transition, f64)) {
        if let Some(source) = self.sources.get(place).cloned() {
            let (seed, size, knobs, then) = (self.seed, self.size, Vec::new(), Vec::new());
            let coming = IncomingScene { source, place, cue, way, seconds, seed, size, knobs, then };
            self.loader.order(LoadRequest::Scene(Box::new(coming)));
        }
    }

    /// Another scene, by its place; in a show that is the cue of that place.
    fn go(&mut self, scene: usize) {
        match self.cues.is_some() {
            true => self.cue(scene),
            false => self.order(scene, None, self.by_hand),
        }
    }
}

impl Drop for Performance {
    fn drop(&mut self) {
        self.close();
    }
}

impl ShowDriver for Performance {
    fn command(&mut self, command: Command) {
        self.execute(command);
    }

    fn pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    fn tick(&mut self) {
        self.take_births();
        self.touches.take().into_iter().for_each(|t| self.act(Event::Touch(t)));
        self.take_verdict();
        self.take_sound();
        self.take_beat();
        self.keep_pace();
        self.director.advance();
        let (tick, rate) = (self.director.tick(), self.engine().scene().rate);
        self.tape.iter_mut().for_each(|t| t.ticked(tick, rate));
        self.sound();
        self.learner.iter_mut().for_each(|l| l.watch(self.director.front()));
        let dt = self.pass_time();
        self.follow_cues(dt);
    }

    fn rest(&mut self) -> bool {
        self.pass_time();
        self.take_births()
    }

    fn picture(&mut self, into: &mut Frame) {
        self.director.compose(into);
        let tick = self.director.tick();
        self.judge.iter_mut().for_each(|j| j.offer(judge::EVERY[0], tick, |frame| frame.copy(into)));
    }

    fn rate(&self) -> f64 {
        self.engine().scene().rate
    }

    fn state(&mut self, into: &mut ShowState) {
        self.tell(into);
    }

    fn keep(&mut self, standing: MasterState) {
        self.standing = standing;
    }

    fn stood(&mut self) -> Option<MasterState> {
        self.stood.take()
    }

    fn refresh(&mut self) {
        if let Some(mut saver) = self.saver.take() {
            saver.offer(|| self.saved());
            self.saver = Some(saver);
        }
        self.look_for_changes();
    }

    fn end(&mut self) -> Vec<String> {
        // What was cut off comes back as it stood; the next show begins in the light.
        self.standing = MasterState::default();
        self.close()
    }
}
