//! What is to be played, told plainly; and how it begins.
//!
//! ```
//! use performance::Setup;
//! use show::source::Source;
//! use show::{Command, World};
//! use world::frame::Frame;
//!
//! let mut performance = Setup::of(systems::CATALOGUE, vec![Source::find("julia")?]).start()?;
//! performance.command(Command::Travel("layer.set-escape.opacity".into(), 0.5));
//! (0..3).for_each(|_| performance.tick());
//! let mut frame = Frame::default();
//! performance.picture(&mut frame);
//! assert_eq!(frame.provenance.tick, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::dataset_recorder::DatasetRecorder;
use super::judge::{JudgeFactory, JudgeRunner};
use super::loader::{IncomingScene, SceneLoader, entry};
use super::signals::AudioIo;
use super::tape::{TapeRecorder, prune};
use super::transition::Pacer;
use super::{Performance, commands, cues, reload, state};
use data::DataError;
use show::autosave::{Autosave, SavedState};
use show::favourites::Favourites;
use show::health::{of_this_run, with_tail};
use show::history::{History, Preset};
use show::program::{CueList, ShowProgram, TimeOfDay};
use show::source::{SceneSource, SourceError};
use show::tempo::Tempo;
use show::{Director, MasterState};
use world::engine::{Engine, ParameterOverrides};
use world::names::component;
use world::scene::Catalogue;
use world::scene::{Problem, Scene};
use world::tape::{SceneEntry, Transition};

/// Where the tape of a performance goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum TapeTarget {
    /// Nowhere.
    #[default]
    None,
    /// To this file; that it cannot be written is an error.
    File(PathBuf),
    /// To a file of its own in this folder, of which the newest are kept; that it cannot be written is told, and the
    /// performance goes on without.
    Folder(PathBuf),
}

/// Opens the sound of a performance of so many ticks a second.
pub type AudioFactory = Box<dyn FnOnce(f64) -> AudioIo>;

/// What is to be played.
pub struct PerformanceSetup {
    /// What scenes may name.
    pub catalogue: Catalogue,
    /// The scenes; hands pick among them, and the first begins.
    pub scenes: Vec<SceneSource>,
    /// A show, whose cues name the scenes in order.
    pub program: Option<ShowProgram>,
    /// Canvas in pixels; the scenes' own if none.
    pub size: Option<(usize, usize)>,
    /// Seed of every run; the scenes' own if none.
    pub seed: Option<u64>,
    /// How scenes come that hands pick, and the seconds that it takes.
    pub by_hand: (Transition, f64),
    /// Who watches; nobody if none.
    pub judge: Option<JudgeFactory>,
    /// What plays and listens; silence if none.
    pub sound: Option<AudioFactory>,
    /// Where the tape goes.
    pub tape: TapeTarget,
    /// The file of favourites; they last as long as the performance if there is none.
    pub favourites: Option<PathBuf>,
    /// Where it is saved how the show stands, and from where it goes on.
    pub state: Option<PathBuf>,
    /// A folder of labelled frames to which single layers are added.
    pub learn: Option<PathBuf>,
    /// Whether the first scene says what it is.
    pub introduces: bool,
}

/// Why a performance cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// There is nothing to play.
    #[error("no scene was named")]
    Nothing,
    /// The scene that begins cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It cannot be born.
    #[error("the scene {name} cannot be born: {}", told(.problems))]
    Birth {
        /// Its name.
        name: String,
        /// Its text.
        text: String,
        /// What is wrong.
        problems: Vec<Problem>,
    },
    /// The tape that was asked for.
    #[error("cannot write the tape {}: {source}", path.display())]
    Tape {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The folder of labelled frames.
    #[error(transparent)]
    Learn(#[from] DataError),
}

fn told(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl PerformanceSetup {
    /// Scenes that may name what is in the catalogue, with everything else left out: no judge, no sound, no tape.
    pub fn of(catalogue: impl Into<Catalogue>, scenes: Vec<SceneSource>) -> Self {
        Self {
            catalogue: catalogue.into(),
            scenes,
            program: None,
            size: None,
            seed: None,
            by_hand: (Transition::Dissolve, 1.0),
            judge: None,
            sound: None,
            tape: TapeTarget::None,
            favourites: None,
            state: None,
            learn: None,
            introduces: false,
        }
    }

    /// Brings the first scene to life, or the one at which an earlier run stood.
    ///
    /// # Errors
    /// What is wrong with that scene; the tape that was asked for, or the folder of frames, cannot be written.
    pub fn start(self) -> Result<Performance, SetupError> {
        let saved = self.saved();
        let (current, seed, born) = match &saved {
            Some((place, saved)) => (*place, Some(saved.seed), saved.born.clone()),
            // A show that begins late begins with what belongs to the hour.
            None => {
                let hour = self.program.as_ref().and_then(|p| p.of_the_hour(TimeOfDay::now().minute));
                (hour.unwrap_or(0), self.seed, ParameterOverrides::new())
            }
        };
        let source = self.scenes.get(current).ok_or(SetupError::Nothing)?.clone();
        source.load(self.catalogue)?;
        let (first, scene) = self.entry(&source, current, seed, born)?;
        let director = Director::new(self.catalogue, &first, None).map_err(|problems| SetupError::Birth {
            name: scene.name.clone(),
            text: scene.source.clone(),
            problems,
        })?;
        let tape = begin_tape(&self.tape, &scene, &first)?;
        let learner = self.learn.as_deref().map(DatasetRecorder::new).transpose()?;
        let introduces = self.introduces;
        let mut performance = self.performance(director, current, tape, learner);
        performance.stamp = reload::stamp(&source);
        performance.description = Arc::new(performance.make_face());
        if introduces {
            performance.say(title(performance.engine()));
        }
        if let Some(list) = &mut performance.cues {
            list.begin(current);
        }
        if let Some((_, saved)) = saved {
            performance.restore(saved);
        }
        Ok(performance)
    }

    fn performance(
        self,
        director: Director,
        current: usize,
        tape: Option<TapeRecorder>,
        learner: Option<DatasetRecorder>,
    ) -> Performance {
        let rate = director.front().scene().rate;
        Performance {
            current,
            size: self.size,
            seed: self.seed,
            by_hand: self.by_hand,
            director,
            loader: SceneLoader::new(self.catalogue),
            generation: 0,
            cues: self.program.map(CueList::new),
            failed: cues::FailedCues::default(),
            tempo: Tempo::default(),
            history: History::default(),
            kept: Preset::default(),
            outside: commands::ExternalSignals::default(),
            touches: commands::Touches::default(),
            description: Arc::default(),
            stamp: None,
            problems: Vec::new(),
            flawed: None,
            notice: (0, String::new()),
            judge: self.judge.and_then(JudgeRunner::open),
            paused: false,
            bored: 0.0,
            touched: 0.0,
            quiet: 0.0,
            begun: Instant::now(),
            last: None,
            time: 0.0,
            pacer: Pacer::default(),
            passage: 0.0,
            sounding: self.sound.map_or_else(AudioIo::default, |open| open(rate)),
            tape,
            favourites: self.favourites.as_deref().map_or_else(Favourites::default, Favourites::open),
            saver: self.state.as_deref().map(Autosave::start),
            standing: MasterState::default(),
            stood: None,
            learner,
            sources: self.scenes,
        }
    }

    /// What an earlier run saved, with the place of its scene; a state that cannot be used is told and left alone.
    fn saved(&self) -> Option<(usize, SavedState)> {
        let saved = match SavedState::load(self.state.as_deref()?) {
            Ok(saved) => saved?,
            Err(problem) => {
                show::log::tell(problem);
                return None;
            }
        };
        state::place(&saved, &self.scenes).map(|place| (place, saved))
    }

    fn entry(
        &self,
        source: &SceneSource,
        place: usize,
        seed: Option<u64>,
        knobs: ParameterOverrides,
    ) -> Result<(SceneEntry, Scene), SetupError> {
        let (cue, way, seconds, then) = (None, Transition::Cut, 0.0, Vec::new());
        let (source, size) = (source.clone(), self.size);
        let coming = IncomingScene { source, place, cue, way, seconds, seed, size, knobs, then };
        entry(self.catalogue, &coming).map_err(|e| SetupError::Source(SourceError::Changed(e.join("; "))))
    }
}

/// Opens the tape that is asked for, or one in the folder of tapes.
fn begin_tape(
    wanted: &TapeTarget,
    scene: &Scene,
    first: &SceneEntry,
) -> Result<Option<TapeRecorder>, SetupError> {
    let path = match wanted {
        TapeTarget::None => return Ok(None),
        TapeTarget::File(file) => {
            let file = of_this_run(file);
            put_aside(&file);
            file
        }
        TapeTarget::Folder(folder) => {
            prune(folder);
            let stamp = chrono::Local::now().format("%Y%m%d-%H%M%S");
            folder.join(format!("{stamp}-{}-{}.tape", component(&scene.name), std::process::id()))
        }
    };
    match TapeRecorder::create(&path, scene.rate, first) {
        Ok(taping) => Ok(Some(taping)),
        Err(source) if matches!(wanted, TapeTarget::File(_)) => Err(SetupError::Tape { path, source }),
        Err(e) => {
            show::log::tell(format!("no tape in {}: {e}; the show goes on without", path.display()));
            Ok(None)
        }
    }
}

/// An earlier performance on a tape of that name stays, under a number.
fn put_aside(tape: &Path) {
    let is_kept = tape.metadata().is_ok_and(|m| m.is_file() && m.len() > 0);
    let free = (2..10_000).map(|n| with_tail(tape, &format!("-{n}"))).find(|p| is_kept && !p.exists());
    if let Some(free) = free.filter(|free| std::fs::rename(tape, free).is_ok()) {
        show::log::tell(format!("the earlier tape is kept as {}", free.display()));
    }
}

/// What a scene is, as it introduces itself.
pub(super) fn title(engine: &Engine) -> String {
    let scene = engine.scene();
    if scene.about.is_empty() { scene.title.clone() } else { format!("{}: {}", scene.title, scene.about) }
}
