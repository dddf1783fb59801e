//! Performances for tests.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::setup::OpensSound;
use super::{Performance, Setup, Tape};
use show::source::Source;
use show::{Command, World};
use sound::Listening;
use sound::live::{Live, NoDevices, Order, Wanted};
use world::frame::Frame;
use world::tape::{Event, Passage};

/// A setup of these scene files; scenes come at once.
pub fn setup(files: &[PathBuf]) -> Setup {
    let sources = files.iter().cloned().map(Source::File).collect();
    Setup { by_hand: (Passage::Cut, 0.0), ..Setup::of(systems::CATALOGUE, sources) }
}

/// A performance of scenes that are written into a folder as `0.toml`, `1.toml`, …, with its tape in `t.tape`.
pub fn performance(folder: &Path, scenes: &[&str]) -> Performance {
    with(folder, scenes, |setup| setup)
}

/// The same with a setup of its own.
pub fn with(folder: &Path, scenes: &[&str], make: impl FnOnce(Setup) -> Setup) -> Performance {
    let files: Vec<PathBuf> = (0..scenes.len()).map(|i| folder.join(format!("{i}.toml"))).collect();
    files.iter().zip(scenes).for_each(|(file, text)| std::fs::write(file, text).unwrap());
    make(Setup { tape: Tape::File(folder.join("t.tape")), ..setup(&files) }).start().unwrap()
}

/// What hears a file, and plays it nowhere.
pub fn listening(file: PathBuf) -> OpensSound {
    Box::new(move |ticks| {
        let clip = sound::Clip::read(&file).unwrap();
        let listening = Some(Listening::new(&clip, ticks));
        let order = Order { speaker: Wanted::Nothing, microphone: Wanted::Nothing, ticks, clip: Some(clip) };
        super::Sounding { live: Some(Live::open(NoDevices, order)), listening, ..super::Sounding::default() }
    })
}

/// A hand sets a knob.
pub fn set(address: &str, value: f64) -> Command {
    Command::Event(Event::Set(address.into(), value))
}

impl Performance {
    /// Ticks until something holds, giving births their time; at most twenty seconds.
    pub fn until(&mut self, holds: impl Fn(&Self) -> bool) {
        for _ in 0..10_000 {
            if holds(self) {
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
            self.tick();
        }
        panic!("it never came to that");
    }

    /// Rests until something holds: the clock stands.
    pub fn rest_until(&mut self, holds: impl Fn(&Self) -> bool) {
        for _ in 0..10_000 {
            if holds(self) {
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
            self.rest();
        }
        panic!("it never came to that");
    }

    /// The hash of the picture as it is now.
    pub fn seen(&mut self) -> u64 {
        let mut frame = Frame::default();
        self.picture(&mut frame);
        frame.hash()
    }
}
