//! All external events with their ticks: scene + seed + tape replays bit for bit.
//!
//! A tape is a text file: one JSON header line, then one JSON line an event, in order of ticks. It holds the text of
//! every scene that was played, so it is self-contained (but for the files that those scenes name).

use std::io::{BufRead, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::limits;
use super::room_sound::RoomSound;
use super::scene::{Address, ParameterOverrides};
use super::system::Touch;

/// Version of the file format.
pub const VERSION: u32 = 3;

/// An external event that acts on the worlds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// A knob or switch is set: address and value in the knob's units.
    Set(Address, f64),
    /// A link is disabled or enabled, by its position in the scene.
    Link(usize, bool),
    /// An external signal (`judge.novelty`, `sound.level`) takes a value and keeps it.
    Signal(String, f64),
    /// Sound of the room at audio rate, for the worlds that hear it.
    Room(RoomSound),
    /// A touch on the world.
    Touch(Touch),
    /// All worlds restart from this seed, with their knobs as set now.
    Reseed(u64),
    /// The same with the knobs recorded: the worlds were created in the background, and knobs may have moved meanwhile.
    Reborn(Box<WorldReset>),
    /// A transition to another scene begins.
    Enter(Box<SceneEntry>),
    /// Hot reload of the active scene's text; worlds that can be kept are kept.
    Swap(Box<SceneEntry>),
    /// Transitions advance by this many extra ticks: the show runs slower than real time, but a transition keeps its
    /// duration.
    Hurry(u64),
    /// No change: marks how far the tape reaches.
    Mark,
}

/// Restart of the worlds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorldReset {
    /// Their seed.
    pub seed: u64,
    /// Knobs of nodes that differ from the scene file, as of the restart.
    pub knobs: ParameterOverrides,
}

/// An incoming scene, with all it takes to create it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneEntry {
    /// Name of the scene.
    pub name: String,
    /// Folder that its file names are relative to.
    pub folder: PathBuf,
    /// The whole text of its file.
    pub text: String,
    /// Seed of the run; the scene's own if none.
    pub seed: Option<u64>,
    /// Canvas in pixels, if not the scene's own.
    pub size: Option<(usize, usize)>,
    /// Knobs that differ from the text, from the start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub knobs: ParameterOverrides,
    /// Its transition.
    pub way: Transition,
    /// Duration of the transition, in ticks.
    pub ticks: u64,
}

impl Event {
    /// Checks it against the limits.
    fn check(&self) -> Result<(), String> {
        match self {
            Self::Set(name, value) => number(name, *value),
            Self::Signal(name, value) => number(name, *value),
            Self::Touch(t) => limits::finite("a touch", [&t.x, &t.y, &t.dx, &t.dy, &t.radius, &t.strength]),
            Self::Enter(entry) | Self::Swap(entry) => entry.check(),
            Self::Reborn(reborn) => limits::knobs(&reborn.knobs),
            Self::Hurry(ticks) => limits::within("ticks", *ticks, 0..=limits::TICKS).map(drop),
            Self::Link(..) | Self::Room(_) | Self::Reseed(_) | Self::Mark => Ok(()),
        }
    }
}

fn number(address: &str, value: f64) -> Result<(), String> {
    limits::name("an address", address)?;
    limits::within("a value", value, f64::MIN..=f64::MAX).map(drop)
}

impl SceneEntry {
    fn check(&self) -> Result<(), String> {
        limits::name("a scene", &self.name)?;
        limits::within("bytes of a scene", self.text.len() as u64, 0..=limits::TEXT)?;
        limits::within("ticks", self.ticks, 0..=limits::TICKS)?;
        limits::knobs(&self.knobs)?;
        let (width, height) = self.size.unwrap_or((1, 1));
        limits::within("width", width, limits::CANVAS)?;
        limits::within("height", height, limits::CANVAS).map(drop)
    }
}

/// Transition from one scene to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transition {
    /// At once.
    #[default]
    Cut,
    /// A cross-fade in linear light, both scenes running.
    Dissolve,
    /// A dissolve in which knobs that both scenes have move from the old values to the new.
    Morph,
    /// A fade to black, then up to the new scene.
    Black,
}

impl Transition {
    /// Names in show files.
    pub const NAMES: &'static [&'static str] = &["cut", "dissolve", "morph", "black"];
    /// In the order of [`Self::NAMES`].
    pub const ALL: [Self; 4] = [Self::Cut, Self::Dissolve, Self::Morph, Self::Black];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// Header of a tape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TapeHeader {
    /// Format version.
    pub tape: u32,
    /// Version of the program.
    pub version: String,
    /// Name of the first scene.
    pub scene: String,
    /// Ticks a second at the start.
    pub rate: f64,
}

impl TapeHeader {
    /// The header of a tape that begins now.
    pub fn new(scene: &str, rate: f64) -> Self {
        Self { tape: VERSION, version: env!("CARGO_PKG_VERSION").into(), scene: scene.into(), rate }
    }
}

/// A recording: events, each with the tick before which it acts, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Tape {
    /// Its header.
    pub header: TapeHeader,
    /// (tick, event), ticks never decreasing.
    pub events: Vec<(u64, Event)>,
}

/// Why a tape cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TapeError {
    /// The file cannot be read.
    #[error("cannot read the tape: {0}")]
    Io(#[from] std::io::Error),
    /// A malformed line.
    #[error("line {line} of the tape: {message}")]
    Line {
        /// Line number from 1.
        line: usize,
        /// What was found.
        message: String,
    },
}

impl Tape {
    /// An empty tape.
    pub fn new(scene: &str, rate: f64) -> Self {
        Self { header: TapeHeader::new(scene, rate), events: Vec::new() }
    }

    /// The tick of the last event.
    pub fn end(&self) -> u64 {
        self.events.last().map_or(0, |e| e.0)
    }

    /// Adds an event at a tick; an earlier tick than the last is moved up to it.
    pub fn record(&mut self, tick: u64, event: Event) {
        let last = self.events.last().map_or(0, |e| e.0);
        self.events.push((tick.max(last), event));
    }

    /// The events of one tick.
    pub fn at(&self, tick: u64) -> impl Iterator<Item = &Event> {
        let from = self.events.partition_point(|e| e.0 < tick);
        self.events[from..].iter().take_while(move |e| e.0 == tick).map(|e| &e.1)
    }

    /// Writes header and events.
    pub fn write(&self, mut to: impl Write) -> std::io::Result<()> {
        writeln!(to, "{}", serde_json::to_string(&self.header)?)?;
        for event in &self.events {
            writeln!(to, "{}", serde_json::to_string(event)?)?;
        }
        to.flush()
    }

    /// Reads a tape. A truncated last line is dropped.
    pub fn read(from: impl BufRead) -> Result<Self, TapeError> {
        let wrong = |line: usize, message: String| TapeError::Line { line: line + 1, message };
        let lines: Vec<String> = from.lines().collect::<Result<_, _>>()?;
        let first =
            lines.first().ok_or_else(|| wrong(0, "the file is empty, expected a tape header".into()))?;
        let header = header(first).map_err(|message| wrong(0, message))?;
        let mut tape = Self { header, events: Vec::new() };
        for (i, text) in lines.iter().enumerate().skip(1) {
            match serde_json::from_str::<(u64, Event)>(text) {
                Ok((tick, _)) if tape.events.last().is_some_and(|l| l.0 > tick) => {
                    return Err(wrong(i, format!("tick {tick} comes after tick {}", tape.events[i - 2].0)));
                }
                Ok((tick, event)) => {
                    let tick = limits::within("tick", tick, 0..=limits::TICKS);
                    let event = tick.and_then(|t| event.check().map(|()| (t, event)));
                    tape.events.push(event.map_err(|message| wrong(i, message))?);
                }
                Err(_) if i + 1 == lines.len() => break,
                Err(e) => return Err(wrong(i, format!("expected [tick, event]: {e}"))),
            }
        }
        Ok(tape)
    }
}

/// Parses the header; its version is checked before the rest.
fn header(line: &str) -> Result<TapeHeader, String> {
    #[derive(Deserialize)]
    struct Version {
        tape: u32,
    }
    let version: Version =
        serde_json::from_str(line).map_err(|e| format!("expected a tape header, found: {e}"))?;
    if version.tape != VERSION {
        return Err(format!("this is tape version {}, expected {VERSION}", version.tape));
    }
    let header: TapeHeader =
        serde_json::from_str(line).map_err(|e| format!("expected a tape header, found: {e}"))?;
    limits::name("a scene", &header.scene)?;
    limits::within("rate", header.rate, limits::RATE)?;
    Ok(header)
}

#[cfg(test)]
mod tests;
