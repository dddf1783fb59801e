//! Two traits: [`System`] to write, [`Node`] to hold. One adaptor joins them; [`SystemKind`] tells what is known of a
//! system before it is born. This file is what an author needs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::field::Field;
use super::params::Params;
use super::ports::{Inputs, Outputs, Readouts};
use super::rng::Rng;
use super::view::View;

pub use super::node::{Node, NodeResult, SystemKind};

/// A field that a system takes in or shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Port {
    /// Name in scene files (`gas.speed`).
    pub name: &'static str,
    /// What it is, in one sentence with its unit.
    pub about: &'static str,
    /// 1 (scalar), 2 (vector) or 3 (linear RGB) planes.
    pub planes: usize,
    /// Value shown darkest by default.
    pub lo: f32,
    /// Value shown brightest by default.
    pub hi: f32,
}

impl Port {
    /// A scalar field whose values usually lie in `lo..=hi`.
    pub const fn scalar(name: &'static str, about: &'static str, lo: f32, hi: f32) -> Self {
        Self { name, about, planes: 1, lo, hi }
    }
    /// A vector field (x to the right, y down) whose length is usually at most `hi`.
    pub const fn vector(name: &'static str, about: &'static str, hi: f32) -> Self {
        Self { name, about, planes: 2, lo: 0.0, hi }
    }
    /// A colour field in linear RGB, 0..1.
    pub const fn colour(name: &'static str, about: &'static str) -> Self {
        Self { name, about, planes: 3, lo: 0.0, hi: 1.0 }
    }
}

/// A scalar that a system reports each tick; a signal named `node.readout`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Readout {
    /// Name in scene files.
    pub name: &'static str,
    /// What it is, in one sentence with its unit.
    pub about: &'static str,
    /// Usual least value (a link maps `lo..hi` to its span unless told otherwise).
    pub lo: f32,
    /// Usual greatest value.
    pub hi: f32,
}

/// What a text of a scene's node table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// A string (a rule).
    Word,
    /// A file name, relative to the scene file.
    File,
    /// One of these names.
    OneOf(&'static [&'static str]),
    /// An array of tables, described by the system's own documentation.
    Tables,
}

/// A setting that is given at birth and is not a knob.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextSpec {
    /// Name in scene files.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// What it holds.
    pub kind: TextKind,
}

/// The texts of one node, and the folder that file names are relative to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    /// Values by name; arrays of tables as JSON arrays of objects.
    pub values: BTreeMap<String, serde_json::Value>,
    /// Folder of the scene file.
    pub folder: PathBuf,
}

impl Texts {
    /// The string under `name`, if given.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_str()
    }
    /// The file under `name`, if given, resolved against the scene's folder.
    pub fn file(&self, name: &str) -> Option<PathBuf> {
        self.word(name).map(|f| self.folder.join(f))
    }
    /// The array of tables under `name`; empty if not given.
    pub fn tables(&self, name: &str) -> &[serde_json::Value] {
        self.values.get(name).and_then(|v| v.as_array()).map_or(&[], |v| v)
    }
    /// With one more string; for tests and tools.
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.values.insert(name.into(), value.into());
        self
    }
}

/// Why a system cannot be born: what is wrong, and where in its table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Key in the node's table (`rule`, `layer[2].when`); empty for the node as a whole.
    pub at: String,
    /// One sentence: what was found, what was expected.
    pub message: String,
}

impl Fault {
    /// A fault at a key of the node's table.
    pub fn at(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { at: key.into(), message: message.into() }
    }
}

/// What a system is born with.
pub struct InitContext<'a> {
    /// Cells across, 1..=16384.
    pub width: usize,
    /// Cells down, 1..=16384.
    pub height: usize,
    /// Randomness of this node.
    pub rng: Rng,
    /// Settings that are not knobs.
    pub texts: &'a Texts,
}

/// Where a touch is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Phase {
    /// It begins.
    Down,
    /// It goes on (moving or resting).
    Move,
    /// It ends.
    Up,
}

/// A finger, mouse or tracked hand upon the world.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Touch {
    /// Which pointer.
    pub id: u32,
    /// Across, 0..1 of the world.
    pub x: f32,
    /// Down, 0..1 of the world.
    pub y: f32,
    /// Movement since the last tick, in world widths.
    pub dx: f32,
    /// Movement since the last tick, in world heights.
    pub dy: f32,
    /// Radius, as a fraction of the world's height.
    pub radius: f32,
    /// −1..1; negative takes away (right mouse button).
    pub strength: f32,
    /// Begin, go on, end.
    pub phase: Phase,
}

impl Touch {
    /// Whether all of its numbers are some.
    pub fn is_finite(&self) -> bool {
        [self.x, self.y, self.dx, self.dy, self.radius, self.strength].iter().all(|v| v.is_finite())
    }
}

/// What a system sees in one tick: a keyhole, not the world.
pub struct Env<'a> {
    /// Ticks since birth of the scene, from 0.
    pub tick: u64,
    /// Seconds a tick.
    pub dt: f32,
    /// Randomness of this node and tick.
    pub rng: Rng,
    /// One entry a port of [`System::Input`]: at this system's size, all values sane, as shown on the previous
    /// tick; `None` where nothing is wired or the source is inhibited.
    pub inputs: &'a [Option<&'a Field>],
    /// Touches upon the world.
    pub touches: &'a [Touch],
    /// One entry a name of [`System::switches`].
    pub switches: &'a [bool],
}

impl Env<'_> {
    /// The field wired to an input, if there is one.
    pub fn input(&self, port: impl Inputs) -> Option<&Field> {
        self.inputs.get(port.index()).copied().flatten()
    }
}

/// A world with a rule and no training: it steps, and it shows fields. The trait an author fills.
pub trait System: Send + Sync + Sized + 'static {
    /// Name in scene files.
    const NAME: &'static str;
    /// One sentence, with the source.
    const ABOUT: &'static str;
    /// Folder of the catalogue: `automata`, `gas`, `fractal`, `swarm`, `texture`, `learned`.
    const FAMILY: &'static str;
    /// Settings that are not knobs.
    const TEXTS: &'static [TextSpec] = &[];
    /// Whether the judge is taught to name it. Learned systems imitate others and are not.
    const JUDGED: bool = true;
    /// Ticks after birth until it looks as it usually does; who draws specimens (the judge's data set) lets so many pass.
    const WARM_UP: u64 = 0;
    /// Whether it shows itself in more detail than it has cells. A wire into a larger world then asks it for a picture of
    /// that size, at that cost; any other system shows itself at its own size, and the wire interpolates.
    const REDRAWN: bool = false;
    /// Fields that may drive it, made by [`inputs!`](crate::inputs!); each may be absent. [`Nothing`](crate::ports::Nothing)
    /// if none.
    type Input: Inputs;
    /// Fields it shows, made by [`outputs!`](crate::outputs!).
    type Output: Outputs;
    /// Scalars it reports each tick, made by [`readouts!`](crate::readouts!), or [`Nothing`](crate::ports::Nothing).
    type Readout: Readouts;
    /// Its knobs, made by [`params!`](crate::params!).
    type Params: Params;

    /// Everything wrong with the texts, all at once.
    fn check(_texts: &Texts) -> Vec<Fault> {
        Vec::new()
    }
    /// Names of switches that the texts declare (an agent's layers). They act like knobs of 0 or 1, on at birth.
    fn switches(_texts: &Texts) -> Vec<String> {
        Vec::new()
    }
    /// Knobs of one typical member of the system, for those that must be chosen together or whose range is mostly
    /// empty; who draws specimens (the judge's data set) varies the others around their defaults.
    fn habitat(_rng: Rng) -> Vec<(&'static str, f64)> {
        Vec::new()
    }
    /// Birth.
    fn new(params: &Self::Params, birth: &InitContext) -> Result<Self, Fault>;
    /// One tick.
    fn step(&mut self, params: &Self::Params, env: &Env);
    /// Shows an output. `into` has its size and the port's planes; every value is to be written.
    fn show(&self, port: Self::Output, view: &View, into: &mut Field);
    /// The value of a readout after the last step (or birth).
    fn read(&self, readout: Self::Readout) -> f32;
    /// A word to the performer ("limited the speed of 12 cells"), while it is true.
    fn message(&self) -> Option<String> {
        None
    }
}
