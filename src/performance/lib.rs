//! A performance: scenes with transitions and hot reload, cues, control inputs, the judge's verdicts, the tape. It
//! depends on no window, device or command line: [`PerformanceSetup`] says what is played, and the show thread drives
//! it through [`ShowDriver`].
//!
//! ```text
//!   inputs ─commands, in order──►  Performance ──events──►  Director (worlds, transitions)
//!   judge, sound, beat, cues ────►      │      └──────────►  tape
//!   loader thread ───────────────►      └──state, pictures──► panels, window
//! ```
//! What changes a picture becomes an event; the [`Director`] and the tape get the same events at the same ticks, so the
//! tape reproduces the performance. Commands take the same path whether running or paused.

#![allow(clippy::disallowed_types, reason = "a show keeps time; its effects are on the tape")]
#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests may measure"))]

mod audio_io;
mod commands;
mod cues;
mod dataset_recorder;
mod descriptions;
mod external_signals;
mod failed_cues;
mod favourites;
mod judge;
mod loader;
mod pacer;
mod reload;
#[cfg(test)]
mod sample;
mod setup;
mod signals;
#[cfg(test)]
#[allow(dead_code, reason = "other crates' tests use it too")]
#[path = "../../tests/suite/skip.rs"]
mod skip;
mod stamp;
mod state;
mod tape;
#[cfg(test)]
mod tests;
mod touches;
mod transition;
pub mod versus;
mod votes_writer;

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
use external_signals::ExternalSignals;
use failed_cues::FailedCues;
use judge::JudgeRunner;
use loader::{IncomingScene, LoadOutcome, LoadRequest, SceneLoader};
use pacer::Pacer;
use stamp::{Stamp, stamp};
use tape::TapeRecorder;
use touches::Touches;

pub use audio_io::AudioIo;
pub use judge::{FrameJudge, JudgeFactory, VerdictSignals};
pub use setup::{PerformanceSetup, SetupError, TapeTarget};

/// The scenes of this show and what plays.
pub struct Performance {
    sources: Vec<SceneSource>,
    current: usize,
    size: Option<(usize, usize)>,
    seed: Option<u64>,
    manual_transition: (Transition, f64),
    director: Director,
    loader: SceneLoader,
    /// Incremented with each new scene.
    generation: u64,
    cues: Option<CueList>,
    failed: FailedCues,
    tempo: Tempo,
    history: History,
    presets: Preset,
    external: ExternalSignals,
    touches: Touches,
    description: Arc<SceneDescription>,
    stamp: Option<Stamp>,
    problems: Vec<String>,
    /// The file with these problems, as it was, if it is not that of the active scene.
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
    /// Seconds of the transition to a new scene, until the sound has received them.
    transition_seconds: f32,
    audio: AudioIo,
    tape: Option<TapeRecorder>,
    favourites: Favourites,
    saver: Option<Autosave>,
    /// Master state, now and when an earlier run was cut off.
    master: MasterState,
    saved_master: Option<MasterState>,
    dataset_recorder: Option<DatasetRecorder>,
}

impl Performance {
    /// Control of the sound, if there is any.
    pub fn sound_control(&self) -> Option<Arc<dyn SoundControl>> {
        self.audio.live.as_ref().map(|l| l.status().clone() as Arc<dyn SoundControl>)
    }

    /// The engine of the active scene.
    pub fn engine(&self) -> &Engine {
        self.director.front()
    }

    /// Ticks since the performance began.
    pub fn ticks(&self) -> u64 {
        self.director.tick()
    }

    fn notify(&mut self, text: String) {
        self.notice = (self.notice.0 + 1, text);
    }

    fn describe(&self) -> SceneDescription {
        SceneDescription {
            scenes: self.sources.iter().map(SceneSource::name).collect(),
            scene: self.current,
            cues: self.cues.as_ref().map_or(Vec::new(), |c| descriptions::cues(c.program())),
            ..SceneDescription::at(self.engine().scene(), self.engine().directory().clone())
        }
    }

    /// Applies an event, to the worlds and on the tape.
    fn act(&mut self, event: Event) {
        self.act_in(event, self.engine().scene().rate);
    }

    /// The same in a show that makes `rate` ticks per second from then on.
    fn act_in(&mut self, event: Event, rate: f64) {
        let tick = self.director.tick();
        self.tape.iter_mut().for_each(|t| t.record(tick, rate, &event));
        if let Err(problems) = self.director.apply(&event) {
            let problems = problems.iter().map(ToString::to_string).collect();
            self.show_problems(&self.sources[self.current].clone(), problems);
        }
    }

    /// Shows the problems of a scene, each with the file name, until the file is fixed or another scene is active.
    fn show_problems(&mut self, source: &SceneSource, problems: Vec<String>) {
        let file = source.path().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned());
        let file = file.unwrap_or_else(|| source.title());
        self.problems = problems.iter().map(|problem| format!("{file}: {problem}")).collect();
        let plays = self.sources[self.current] == *source;
        self.flawed = (!plays).then(|| (source.clone(), stamp(source)));
    }

    /// Closes tape and autosave, and returns the messages about them.
    fn close(&mut self) -> Vec<String> {
        let rated = self.judge.as_mut().and_then(JudgeRunner::end);
        let unsaved = self.saver.take().and_then(|saver| saver.end(self.saved()));
        let tick = self.director.tick();
        let tape = self.tape.take().map(|t| t.end(tick));
        tape.into_iter().chain(unsaved).chain(rated).collect()
    }

    fn forget_problems(&mut self) {
        (self.problems, self.flawed) = (Vec::new(), None);
    }

    /// Takes over what has been loaded; whether anything has.
    fn take_loaded(&mut self) -> bool {
        let mut any = false;
        while let Some(outcome) = self.loader.ready() {
            any = true;
            match outcome.request {
                LoadRequest::Scene(incoming) => self.take_scene(*incoming, outcome.ready),
                LoadRequest::Changed(_) | LoadRequest::Restart(_) => self.take_worlds(outcome),
            }
        }
        any
    }

    fn take_scene(&mut self, incoming: IncomingScene, ready: Result<PreparedScene, Vec<String>>) {
        let (mut entry, engine) = match ready {
            Ok(PreparedScene::Scene(entry, engine)) => (entry, engine),
            Ok(_) => return,
            Err(problems) => return self.scene_failed(&incoming, problems),
        };
        if self.paused {
            // While paused, no time passes for a transition.
            (entry.way, entry.ticks) = (Transition::Cut, 0);
        }
        self.generation += 1;
        self.loader.forget_front();
        self.current = incoming.place;
        self.stamp = stamp(&incoming.source);
        if let (Some(cues), Some(cue)) = (&mut self.cues, incoming.cue) {
            cues.begin(cue);
            self.failed.clear();
        }
        self.forget_problems();
        self.history.clear();
        let rate = engine.scene().rate;
        self.transition_seconds = (entry.ticks as f64 / rate) as f32;
        self.director.prepare(PreparedScene::Scene(entry.clone(), engine));
        self.act_in(Event::Enter(Box::new(entry)), rate);
        self.description = Arc::new(self.describe());
        self.notify(descriptions::title(self.engine()));
        self.publish_external();
        for event in incoming.then {
            let moves = |address, value| self.engine().get(address) != Some(value);
            if !matches!(&event, Event::Set(address, value) if !moves(address, *value)) {
                self.act(event);
            }
        }
    }

    /// Takes over worlds of the active scene that were created in the background.
    fn take_worlds(&mut self, outcome: LoadOutcome) {
        let (event, generation, message) = match outcome.request {
            LoadRequest::Changed(c) => {
                let message = format!("{} reloaded", c.entry.name);
                (Event::Swap(Box::new(c.entry)), c.generation, Some(message))
            }
            LoadRequest::Restart(a) => (Event::Reborn(Box::new(a.reset)), a.generation, None),
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
                    self.description = Arc::new(self.describe());
                    self.publish_external();
                }
                message.into_iter().for_each(|m| self.notify(m));
            }
        }
    }

    fn request_scene(&mut self, place: usize, cue: Option<usize>, (way, seconds): (Transition, f64)) {
        if let Some(source) = self.sources.get(place).cloned() {
            let (seed, size, knobs, then) = (self.seed, self.size, Vec::new(), Vec::new());
            let incoming = IncomingScene { source, place, cue, way, seconds, seed, size, knobs, then };
            self.loader.request(LoadRequest::Scene(Box::new(incoming)));
        }
    }

    /// Another scene, by index; in a show, the cue of that index.
    fn go(&mut self, scene: usize) {
        match self.cues.is_some() {
            true => self.cue(scene),
            false => self.request_scene(scene, None, self.manual_transition),
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
        self.take_loaded();
        self.touches.take().into_iter().for_each(|t| self.act(Event::Touch(t)));
        self.take_verdict();
        self.take_sound();
        self.take_beat();
        self.keep_pace();
        self.director.advance();
        let (tick, rate) = (self.director.tick(), self.engine().scene().rate);
        self.tape.iter_mut().for_each(|t| t.ticked(tick, rate));
        self.sound();
        self.dataset_recorder.iter_mut().for_each(|l| l.watch(self.director.front()));
        let dt = self.pass_time();
        self.follow_cues(dt);
    }

    fn rest(&mut self) -> bool {
        self.pass_time();
        self.judge.iter_mut().for_each(JudgeRunner::save_votes);
        self.take_loaded()
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
        self.write_state(into);
    }

    fn save_master(&mut self, master: MasterState) {
        self.master = master;
    }

    fn saved_master(&mut self) -> Option<MasterState> {
        self.saved_master.take()
    }

    fn refresh(&mut self) {
        if let Some(mut saver) = self.saver.take() {
            saver.offer(|| self.saved());
            self.saver = Some(saver);
        }
        self.check_for_changes();
    }

    fn end(&mut self) -> Vec<String> {
        // A show that was cut off restores its master state; after a normal end the next one starts with the defaults.
        self.master = MasterState::default();
        self.close()
    }
}
