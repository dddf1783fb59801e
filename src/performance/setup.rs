//! The setup of a performance: what is played, and how it starts.
//!
//! ```
//! use performance::PerformanceSetup;
//! use show::source::SceneSource;
//! use show::{Command, ShowDriver};
//! use world::frame::Frame;
//!
//! let mut performance = PerformanceSetup::of(systems::CATALOGUE, vec![SceneSource::find("julia")?]).start()?;
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

use super::audio_io::AudioIo;
use super::dataset_recorder::DatasetRecorder;
use super::descriptions::title;
use super::external_signals::ExternalSignals;
use super::failed_cues::FailedCues;
use super::judge::{JudgeFactory, JudgeRunner};
use super::loader::{IncomingScene, SceneLoader, entry};
use super::pacer::Pacer;
use super::stamp::stamp;
use super::tape::{TapeRecorder, prune};
use super::touches::Touches;
use super::{Performance, state};
use data::DataError;
use show::autosave::{Autosave, SavedState};
use show::favourites::Favourites;
use show::health::{of_this_run, with_suffix};
use show::history::{History, Preset};
use show::program::{CueList, ShowProgram, TimeOfDay};
use show::source::{SceneSource, SourceError};
use show::tempo::Tempo;
use show::{Director, MasterState};
use world::names::component;
use world::scene::{Catalogue, ParameterOverrides, Problem, Scene};
use world::tape::{SceneEntry, Transition};

/// Where the tape of a performance goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum TapeTarget {
    /// Nowhere.
    #[default]
    None,
    /// To this file; it is an error if it cannot be written.
    File(PathBuf),
    /// To a new file in this folder, of which the newest are kept; if it cannot be written, that is reported, and the
    /// performance continues without.
    Folder(PathBuf),
}

/// Opens the sound of a performance at a tick rate, Hz.
pub type AudioFactory = Box<dyn FnOnce(f64) -> AudioIo>;

/// What is played.
pub struct PerformanceSetup {
    /// What scenes may name.
    pub catalogue: Catalogue,
    /// The scenes to select from; the first one starts.
    pub scenes: Vec<SceneSource>,
    /// A show, whose cues name the scenes in order.
    pub program: Option<ShowProgram>,
    /// Canvas in pixels; the scenes' own if none.
    pub size: Option<(usize, usize)>,
    /// Seed of every run; the scenes' own if none.
    pub seed: Option<u64>,
    /// Transition for manual scene changes, and its duration in seconds.
    pub manual_transition: (Transition, f64),
    /// The judge, if any.
    pub judge: Option<JudgeFactory>,
    /// The file to which votes on pictures of the show are appended; without one they are learned and not saved.
    pub votes: Option<PathBuf>,
    /// Audio output and input; silence if none.
    pub sound: Option<AudioFactory>,
    /// Where the tape goes.
    pub tape: TapeTarget,
    /// The file of favourites; without one they last as long as the performance.
    pub favourites: Option<PathBuf>,
    /// The autosave file, from which the show resumes.
    pub state: Option<PathBuf>,
    /// A folder of labelled frames to which single layers are added.
    pub learn: Option<PathBuf>,
    /// Whether the first scene shows its title.
    pub introduces: bool,
}

/// Why a performance cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// There is nothing to play.
    #[error("no scene was named")]
    Nothing,
    /// The first scene cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It cannot be created.
    #[error("the scene {name} cannot be created: {}", joined(.problems))]
    Creation {
        /// Its name.
        name: String,
        /// Its text.
        text: String,
        /// What is wrong.
        problems: Vec<Problem>,
    },
    /// The requested tape cannot be written.
    #[error("cannot write the tape {}: {source}", path.display())]
    Tape {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The folder of labelled frames cannot be used.
    #[error(transparent)]
    Learn(#[from] DataError),
}

fn joined(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl PerformanceSetup {
    /// Scenes that may name what is in the catalogue, and nothing else: no judge, no sound, no tape.
    pub fn of(catalogue: impl Into<Catalogue>, scenes: Vec<SceneSource>) -> Self {
        Self {
            catalogue: catalogue.into(),
            scenes,
            program: None,
            size: None,
            seed: None,
            manual_transition: (Transition::Dissolve, 1.0),
            judge: None,
            votes: None,
            sound: None,
            tape: TapeTarget::None,
            favourites: None,
            state: None,
            learn: None,
            introduces: false,
        }
    }

    /// Starts the first scene, or resumes the one of an earlier run.
    ///
    /// # Errors
    /// What is wrong with that scene; the requested tape, or the folder of frames, cannot be written.
    pub fn start(self) -> Result<Performance, SetupError> {
        let saved = self.saved();
        let (current, seed, created_with) = match &saved {
            Some((place, saved)) => (*place, Some(saved.seed), saved.born.clone()),
            // A show that starts late starts with the scheduled cue.
            None => {
                let scheduled = self.program.as_ref().and_then(|p| p.scheduled_cue(TimeOfDay::now().minute));
                (scheduled.unwrap_or(0), self.seed, ParameterOverrides::new())
            }
        };
        let source = self.scenes.get(current).ok_or(SetupError::Nothing)?.clone();
        source.load(self.catalogue)?;
        let (first, scene) = self.entry(&source, current, seed, created_with)?;
        let director = Director::new(self.catalogue, &first, None).map_err(|problems| {
            SetupError::Creation { name: scene.name.clone(), text: scene.source.clone(), problems }
        })?;
        let tape = begin_tape(&self.tape, &scene, &first)?;
        let dataset_recorder = self.learn.as_deref().map(DatasetRecorder::new).transpose()?;
        let introduces = self.introduces;
        let mut performance = self.performance(director, current, tape, dataset_recorder);
        performance.stamp = stamp(&source);
        performance.description = Arc::new(performance.describe());
        if introduces {
            performance.notify(title(performance.engine()));
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
        dataset_recorder: Option<DatasetRecorder>,
    ) -> Performance {
        let rate = director.front().scene().rate;
        Performance {
            current,
            size: self.size,
            seed: self.seed,
            manual_transition: self.manual_transition,
            director,
            loader: SceneLoader::new(self.catalogue),
            generation: 0,
            cues: self.program.map(CueList::new),
            failed: FailedCues::default(),
            tempo: Tempo::default(),
            history: History::default(),
            presets: Preset::default(),
            external: ExternalSignals::default(),
            touches: Touches::default(),
            description: Arc::default(),
            stamp: None,
            problems: Vec::new(),
            flawed: None,
            notice: (0, String::new()),
            judge: self.judge.and_then(|factory| JudgeRunner::open(factory, self.votes)),
            paused: false,
            bored: 0.0,
            touched: 0.0,
            quiet: 0.0,
            begun: Instant::now(),
            last: None,
            time: 0.0,
            pacer: Pacer::default(),
            transition_seconds: 0.0,
            audio: self.sound.map_or_else(AudioIo::default, |open| open(rate)),
            tape,
            favourites: self.favourites.as_deref().map_or_else(Favourites::default, Favourites::open),
            saver: self.state.as_deref().map(Autosave::start),
            master: MasterState::default(),
            saved_master: None,
            dataset_recorder,
            sources: self.scenes,
        }
    }

    /// The saved state of an earlier run, with the index of its scene; an invalid state is reported and ignored.
    fn saved(&self) -> Option<(usize, SavedState)> {
        let saved = match SavedState::load(self.state.as_deref()?) {
            Ok(saved) => saved?,
            Err(problem) => {
                show::log::status(problem);
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
        let incoming = IncomingScene { source, place, cue, way, seconds, seed, size, knobs, then };
        entry(self.catalogue, &incoming).map_err(|e| SetupError::Source(SourceError::Changed(e.join("; "))))
    }
}

/// Opens the requested tape, or one in the folder of tapes.
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
            show::log::status(format!(
                "cannot record the tape {}: {e}; the show continues without",
                path.display()
            ));
            Ok(None)
        }
    }
}

/// An earlier tape of that name is kept, under a number.
fn put_aside(tape: &Path) {
    let is_kept = tape.metadata().is_ok_and(|m| m.is_file() && m.len() > 0);
    let free = (2..10_000).map(|n| with_suffix(tape, &format!("-{n}"))).find(|p| is_kept && !p.exists());
    if let Some(free) = free.filter(|free| std::fs::rename(tape, free).is_ok()) {
        show::log::status(format!("the earlier tape is kept as {}", free.display()));
    }
}
