//! Performances for tests.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::setup::AudioFactory;
use super::{Performance, PerformanceSetup, TapeTarget};
use show::source::SceneSource;
use show::{Command, ShowDriver};
use sound::ClipAnalyser;
use sound::live::{DeviceChoice, DeviceCommand, LiveAudio, NoDevices};
use world::frame::Frame;
use world::scene::Catalogue;
use world::tape::{Event, Transition};

/// What scenes of the tests may name.
pub const CATALOGUE: Catalogue =
    Catalogue { systems: systems::CATALOGUE, voices: Some(sound::voices::KINDS), effects: None };

/// A setup of these scene files; scenes change by a cut.
pub fn setup(files: &[PathBuf]) -> PerformanceSetup {
    let sources = files.iter().cloned().map(SceneSource::File).collect();
    PerformanceSetup { manual_transition: (Transition::Cut, 0.0), ..PerformanceSetup::of(CATALOGUE, sources) }
}

/// A performance of scenes that are written into a folder as `0.toml`, `1.toml`, …, with its tape in `t.tape`.
pub fn performance(folder: &Path, scenes: &[&str]) -> Performance {
    with(folder, scenes, |setup| setup)
}

/// The same with a setup of its own.
pub fn with(
    folder: &Path,
    scenes: &[&str],
    make: impl FnOnce(PerformanceSetup) -> PerformanceSetup,
) -> Performance {
    let files: Vec<PathBuf> = (0..scenes.len()).map(|i| folder.join(format!("{i}.toml"))).collect();
    files.iter().zip(scenes).for_each(|(file, text)| std::fs::write(file, text).unwrap());
    make(PerformanceSetup { tape: TapeTarget::File(folder.join("t.tape")), ..setup(&files) }).start().unwrap()
}

/// Audio that analyses a file, and plays it nowhere.
pub fn listening(file: PathBuf) -> AudioFactory {
    Box::new(move |ticks| {
        let clip = sound::Clip::read(&file).unwrap();
        let listening = Some(ClipAnalyser::new(&clip, ticks));
        let order = DeviceCommand {
            speaker: DeviceChoice::Nothing,
            microphone: DeviceChoice::Nothing,
            ticks,
            clip: Some(clip),
        };
        super::AudioIo {
            live: Some(LiveAudio::open(NoDevices, order)),
            listening,
            ..super::AudioIo::default()
        }
    })
}

/// A command that sets a knob.
pub fn set(address: &str, value: f64) -> Command {
    Command::Event(Event::Set(address.into(), value))
}

impl Performance {
    /// Ticks until something holds, giving loads their time; at most twenty seconds.
    pub fn until(&mut self, holds: impl Fn(&Self) -> bool) {
        for _ in 0..10_000 {
            if holds(self) {
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
            self.tick();
        }
        panic!("it never happened");
    }

    /// Rests until something holds, while paused.
    pub fn rest_until(&mut self, holds: impl Fn(&Self) -> bool) {
        for _ in 0..10_000 {
            if holds(self) {
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
            self.rest();
        }
        panic!("it never happened");
    }

    /// The hash of the picture as it is now.
    pub fn seen(&mut self) -> u64 {
        let mut frame = Frame::default();
        self.picture(&mut frame);
        frame.hash()
    }
}
