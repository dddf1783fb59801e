//! The sound of a render: the voices of the worlds and the audio input file, into a WAV file or into the video.

use std::path::{Path, PathBuf};

use crate::cli::Failure;
use crate::output::add_sound;
use crate::sound::{Clip, ClipAnalyser, FileError, Offline, RATE, WavWriter};
use crate::world::engine::Engine;
use crate::world::frame::digest;
use crate::world::room_sound::RoomSound;
use crate::world::scene::Scene;
use crate::world::tape::Event;

impl From<FileError> for Failure {
    fn from(e: FileError) -> Self {
        match e {
            FileError::Read { .. } | FileError::Format { .. } => Failure::input(e),
            FileError::Write { .. } => Failure::failed(e),
        }
    }
}

/// Opens a sound file as audio input.
pub fn clip(path: &Path) -> Result<Clip, FileError> {
    Clip::open(path)
}

/// The audio signals of the next tick that the scene reads, and the sound itself where a world hears it.
pub fn heard(listening: &mut Option<ClipAnalyser>, scene: &Scene, tick: u64) -> Vec<Event> {
    let Some(listening) = listening else { return Vec::new() };
    let named = listening.tick(tick).map(|(name, v)| (format!("sound.{name}"), v));
    let read = named.filter(|(name, _)| scene.reads(name));
    let mut events: Vec<Event> = read.map(|(name, v)| Event::Signal(name, v)).collect();
    let room =
        RoomSound::of(listening.room().iter().copied().take(if scene.hears() { usize::MAX } else { 0 }));
    events.extend((!room.is_silent()).then_some(Event::Room(room)));
    events
}

/// Destination of the sound.
enum Writer {
    Wav(WavWriter),
    /// A hash of all so far.
    Hash(u64),
}

/// The soundtrack of a render.
pub struct Soundtrack {
    offline: Offline,
    into: Writer,
    video: Option<PathBuf>,
    keep: bool,
    from: u64,
    samples: Vec<f32>,
}

/// Where the sound goes.
pub struct SoundTarget<'a> {
    /// The pictures.
    pub out: &'a Path,
    /// A file of its own.
    pub wav: Option<&'a Path>,
    /// No sound.
    pub silent: bool,
    /// Prints a hash instead.
    pub hash: bool,
}

impl Soundtrack {
    /// Begins the sound of `out` if there is any: voices, a clip, or a requested WAV file. It starts with the tick
    /// `from`.
    pub fn create(
        wanted: &SoundTarget,
        voices: bool,
        ticks: f64,
        clip: Option<&Clip>,
        from: u64,
    ) -> Result<Option<Self>, Failure> {
        let ending = wanted.out.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
        let video = ["mp4", "mkv", "webm"].contains(&ending.as_str()).then(|| wanted.out.to_path_buf());
        let something = voices || clip.is_some();
        let offline = || Offline::new(RATE, ticks, clip);
        if wanted.hash && something && !wanted.silent {
            let (offline, into, samples) = (offline(), Writer::Hash(0), Vec::new());
            return Ok(Some(Self { offline, into, video: None, keep: false, from, samples }));
        }
        let path = match (wanted.wav, &video) {
            _ if wanted.silent || wanted.hash => return Ok(None),
            (Some(path), _) => path.to_path_buf(),
            (None, Some(video)) if something => video.with_extension("sound.part.wav"),
            (None, None) if something && ending.is_empty() => wanted.out.join("sound.wav"),
            _ => return Ok(None),
        };
        let (offline, into) = (offline(), Writer::Wav(WavWriter::create(&path, RATE)?));
        Ok(Some(Self { offline, into, video, keep: wanted.wav.is_some(), from, samples: Vec::new() }))
    }

    /// The sound of the tick that has just been made; `tick` is its number in the show.
    pub fn tick(&mut self, engine: &Engine, tick: u64, events: &[Event]) -> Result<(), Failure> {
        let passage = events.iter().rev().find_map(|e| match e {
            Event::Enter(entry) => Some((entry.ticks as f64 * engine.scene().dt()) as f32),
            _ => None,
        });
        self.samples.clear();
        self.offline.tick(engine, tick, passage.unwrap_or(0.0), &mut self.samples);
        if tick < self.from {
            return Ok(());
        }
        match &mut self.into {
            Writer::Wav(wav) => wav.add(&self.samples)?,
            Writer::Hash(hash) => {
                let bytes: Vec<u8> = self.samples.iter().flat_map(|v| v.to_le_bytes()).collect();
                *hash = digest(*hash, &bytes);
            }
        }
        Ok(())
    }

    /// Closes the sound and muxes it into the video, which must be complete by now; or prints its hash.
    pub fn finish(self) -> Result<(), Failure> {
        let wav = match self.into {
            Writer::Wav(wav) => wav,
            Writer::Hash(hash) => {
                println!("sound {hash:016x}");
                return Ok(());
            }
        };
        let path = wav.finish()?;
        if let Some(video) = self.video.filter(|v| v.is_file()) {
            add_sound(&video, &path)?;
        }
        if !self.keep && path.to_string_lossy().ends_with(".sound.part.wav") {
            // Its sound is now in the video.
            let _ = std::fs::remove_file(path);
        }
        Ok(())
    }
}
