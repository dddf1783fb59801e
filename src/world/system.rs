//! Two traits: [`System`] to write, [`Node`] to hold. One adaptor joins them; [`Kind`] tells what is known of a
//! system before it is born.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::field::Field;
use super::params::{Params, Spec};
use super::rng::Rng;
use super::view::View;

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
pub struct Birth<'a> {
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

/// What a system sees in one tick: a keyhole, not the world.
pub struct Env<'a> {
    /// Ticks since birth of the scene, from 0.
    pub tick: u64,
    /// Seconds a tick.
    pub dt: f32,
    /// Randomness of this node and tick.
    pub rng: Rng,
    /// One entry a port of [`System::INPUTS`]: at this system's size, all values sane, as shown on the previous
    /// tick; `None` where nothing is wired or the source is inhibited.
    pub inputs: &'a [Option<&'a Field>],
    /// Touches upon the world.
    pub touches: &'a [Touch],
    /// One entry a name of [`System::switches`].
    pub switches: &'a [bool],
}

impl Env<'_> {
    /// The input field at a port, if it is wired.
    pub fn input(&self, port: usize) -> Option<&Field> {
        self.inputs.get(port).copied().flatten()
    }
}

/// A world with a rule and no training: it steps, and it shows fields. The trait an author fills.
pub trait System: Send + Sync + Sized + 'static {
    /// Name in scene files.
    const NAME: &'static str;
    /// One sentence, with the source.
    const ABOUT: &'static str;
    /// Folder of the catalogue: `automata`, `gas`, `fractal`, `swarm`, `texture`.
    const FAMILY: &'static str;
    /// Settings that are not knobs.
    const TEXTS: &'static [TextSpec] = &[];
    /// Fields that may drive it; each may be absent.
    const INPUTS: &'static [Port] = &[];
    /// Fields it shows.
    const OUTPUTS: &'static [Port];
    /// Scalars it reports each tick.
    const READOUTS: &'static [Readout] = &[];
    /// Its knobs.
    type Params: Params;

    /// Everything wrong with the texts, all at once.
    fn check(_texts: &Texts) -> Vec<Fault> {
        Vec::new()
    }
    /// Names of switches that the texts declare (an agent's layers). They act like knobs of 0 or 1, on at birth.
    fn switches(_texts: &Texts) -> Vec<String> {
        Vec::new()
    }
    /// Birth.
    fn new(params: &Self::Params, birth: &Birth) -> Result<Self, Fault>;
    /// One tick.
    fn step(&mut self, params: &Self::Params, env: &Env);
    /// Shows an output. `into` has its size and the port's planes; every value is to be written.
    fn show(&self, port: usize, view: &View, into: &mut Field);
    /// The value of a readout after the last step (or birth).
    fn read(&self, readout: usize) -> f32;
    /// A word to the performer ("limited the speed of 12 cells"), while it is true.
    fn message(&self) -> Option<String> {
        None
    }
}

/// The object-safe form that the engine holds.
pub trait Node: Send + Sync {
    /// The catalogue entry.
    fn kind(&self) -> &'static Kind;
    /// (width, height) in cells.
    fn size(&self) -> (usize, usize);
    /// Value of knob `index`.
    fn knob(&self, index: usize) -> f64;
    /// Sets knob `index`, clamped.
    fn set_knob(&mut self, index: usize, value: f64);
    /// One tick. Inputs that hold NaN or infinities are tamed first.
    fn step(&mut self, env: &Env);
    /// Shows an output, reshaping `into`'s planes to the port's; no value is NaN or infinite.
    fn show(&self, port: usize, view: &View, into: &mut Field);
    /// A readout; never NaN.
    fn read(&self, readout: usize) -> f32;
    /// A word to the performer.
    fn message(&self) -> Option<String>;
}

/// What birth gives.
pub type Born = Result<Box<dyn Node>, Fault>;

/// What can be known of a system before it is born.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Name in scene files.
    pub name: &'static str,
    /// One sentence, with the source.
    pub about: &'static str,
    /// Folder of the catalogue.
    pub family: &'static str,
    /// Settings that are not knobs.
    pub texts: &'static [TextSpec],
    /// Fields that may drive it.
    pub inputs: &'static [Port],
    /// Fields it shows.
    pub outputs: &'static [Port],
    /// Scalars it reports.
    pub readouts: &'static [Readout],
    /// Its knobs.
    pub knobs: &'static [Spec],
    /// Everything wrong with the texts.
    pub check: fn(&Texts) -> Vec<Fault>,
    /// Switches that the texts declare.
    pub switches: fn(&Texts) -> Vec<String>,
    /// Birth, with knob values in the order of `knobs`.
    pub birth: fn(&[f64], &Birth) -> Born,
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kind({})", self.name)
    }
}

impl Kind {
    /// The catalogue entry of a system.
    pub const fn of<S: System>() -> Self {
        Self {
            name: S::NAME,
            about: S::ABOUT,
            family: S::FAMILY,
            texts: S::TEXTS,
            inputs: S::INPUTS,
            outputs: S::OUTPUTS,
            readouts: S::READOUTS,
            knobs: S::Params::SPECS,
            check: S::check,
            switches: S::switches,
            birth: Held::<S>::birth,
        }
    }

    /// Birth with every knob at its default; for tests and tools.
    pub fn born(&self, width: usize, height: usize, seed: u64, folder: &Path) -> Born {
        let knobs: Vec<f64> = self.knobs.iter().map(|k| k.default).collect();
        let texts = Texts { folder: folder.into(), ..Texts::default() };
        (self.birth)(&knobs, &Birth { width, height, rng: Rng::new(seed), texts: &texts })
    }
}

/// The adaptor between [`System`] and [`Node`].
struct Held<S: System> {
    system: S,
    params: S::Params,
    size: (usize, usize),
}

impl<S: System> Held<S> {
    const KIND: &'static Kind = &Kind::of::<S>();

    fn birth(knobs: &[f64], birth: &Birth) -> Born {
        let mut params = S::Params::default();
        knobs.iter().enumerate().for_each(|(i, &v)| params.set(i, v));
        Ok(Box::new(Self { system: S::new(&params, birth)?, params, size: (birth.width, birth.height) }))
    }
}

impl<S: System> Node for Held<S> {
    fn kind(&self) -> &'static Kind {
        Self::KIND
    }
    fn size(&self) -> (usize, usize) {
        self.size
    }
    fn knob(&self, index: usize) -> f64 {
        self.params.get(index)
    }
    fn set_knob(&mut self, index: usize, value: f64) {
        self.params.set(index, value);
    }
    fn step(&mut self, env: &Env) {
        let fits = |f: &Field, port: &Port| f.size() == self.size && f.planes() == port.planes && f.is_sane();
        let wired = |i: usize| env.inputs.get(i).copied().flatten();
        let ports = S::INPUTS.iter().enumerate();
        let tamed: Vec<Option<Field>> = ports
            .map(|(i, port)| wired(i).filter(|f| !fits(f, port)).map(|f| tame(f, self.size, port.planes)))
            .collect();
        let inputs: Vec<Option<&Field>> =
            (0..S::INPUTS.len()).map(|i| tamed[i].as_ref().or(wired(i))).collect();
        self.system.step(&self.params, &Env { inputs: &inputs, ..*env });
    }
    fn show(&self, port: usize, view: &View, into: &mut Field) {
        let (w, h) = into.size();
        into.reshape(w, h, S::OUTPUTS[port].planes);
        self.system.show(port, view, into);
        if !into.is_sane() {
            into.sanitise();
        }
    }
    fn read(&self, readout: usize) -> f32 {
        let v = self.system.read(readout);
        if v.is_nan() { 0.0 } else { v.clamp(-1e30, 1e30) }
    }
    fn message(&self) -> Option<String> {
        self.system.message()
    }
}

/// A copy of `f` that has the given size and planes and holds only sane numbers. A vector read as a scalar
/// gives its length; a scalar read as a vector points right; missing planes repeat the last.
fn tame(f: &Field, size: (usize, usize), planes: usize) -> Field {
    let mut clean = f.clone();
    clean.sanitise();
    let mut sized = Field::new(size.0, size.1, f.planes());
    clean.resample(&mut sized);
    convert_planes(sized, planes)
}

/// `f` with the number of planes that a port wants: see [`tame`].
pub fn convert_planes(f: Field, planes: usize) -> Field {
    let from = f.planes();
    if from == planes {
        return f;
    }
    let mut out = Field::new(f.width(), f.height(), planes);
    out.fill_rows(|plane, y, row| match (from, planes) {
        (2, 1) => {
            let (a, b) = (f.row(0, y), f.row(1, y));
            row.iter_mut().enumerate().for_each(|(x, v)| *v = (a[x] * a[x] + b[x] * b[x]).sqrt());
        }
        (3, 1) => {
            let (r, g, b) = (f.row(0, y), f.row(1, y), f.row(2, y));
            row.iter_mut().enumerate().for_each(|(x, v)| *v = 0.2126 * r[x] + 0.7152 * g[x] + 0.0722 * b[x]);
        }
        (1, 2) if plane == 1 => row.fill(0.0),
        _ => row.copy_from_slice(f.row(plane.min(from - 1), y)),
    });
    out
}
