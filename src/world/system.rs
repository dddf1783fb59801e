//! What an author of a system needs: two traits, [`System`] to write and [`Node`] to hold, joined by one adaptor;
//! [`SystemKind`] describes a system before it is instantiated. The guide is `docs/write-a-system.md`.
//!
//! The same scene, seed and inputs give the same bytes on every machine, at any thread count and vector width. For
//! that, a system keeps these rules; clippy's `disallowed-methods` and `disallowed-types` hold the first four here and
//! in `systems`:
//!
//! 1. Random numbers have an address: [`InitContext::rng`] and [`Env::rng`] are addresses, not streams.
//! 2. Transcendental functions come from `libm`, not from `std`, and a fused multiply-add is written `mul_add`.
//! 3. No sum of floats depends on threads: [`Field::sum`](crate::field::Field::sum) and
//!    [`Field::mean`](crate::field::Field::mean) add in a fixed order.
//! 4. No clock, hash map, environment or file: time is [`Env::tick`] and [`Env::dt`].
//! 5. Any input within ±10⁶ is tolerated; [`Node`] sanitises NaN and infinities before a step and after a show.
//! 6. A system reads another only through its inputs, which hold what was shown on the previous tick.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::body::Body;
use super::field::Field;
use super::params::Params;
use super::ports::{Inputs, Outputs, Readouts};
use super::rng::Rng;
use super::view::View;

pub use super::audible::{AUDIO_RATE, Sounding};
pub use super::node::{Node, NodeResult, SystemKind};

/// Type of a text setting in a scene's node table.
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

/// A setting that is read at birth and is not a knob.
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

/// Why a system cannot be created: what is wrong, and where in its table.
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

/// What a system is created with.
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

/// Phase of a touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Phase {
    /// It begins.
    Down,
    /// It continues (moving or resting).
    Move,
    /// It ends.
    Up,
}

/// A touch point on the world: finger, mouse or tracked hand.
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
    /// −1..1; negative removes (right mouse button).
    pub strength: f32,
    /// Begin, continue, end.
    pub phase: Phase,
}

impl Touch {
    /// Whether all of its numbers are finite.
    pub fn is_finite(&self) -> bool {
        [self.x, self.y, self.dx, self.dy, self.radius, self.strength].iter().all(|v| v.is_finite())
    }
}

/// Step context: all that a system can read in one tick.
pub struct Env<'a> {
    /// Ticks since the scene started, from 0.
    pub tick: u64,
    /// Seconds a tick.
    pub dt: f32,
    /// Randomness of this node and tick.
    pub rng: Rng,
    /// One entry a port of [`System::Input`]: at this system's size, all values finite, as shown on the previous
    /// tick; `None` where nothing is wired or the source is inhibited.
    pub inputs: &'a [Option<&'a Field>],
    /// Touches on the world.
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

/// The trait an author implements: a world with a rule and no training, which steps and shows fields.
///
/// ```
/// use world::field::Field;
/// use world::ports::Nothing;
/// use world::system::{Env, Fault, InitContext, System, SystemKind};
/// use world::view::{Sampling, View};
///
/// world::params! {
///     /// How fast it fades.
///     pub struct Knobs {
///         /// What is left after a tick.
///         decay: f32 = 0.5 in 0.0..=1.0;
///     }
/// }
/// world::outputs! {
///     /// What it shows.
///     pub enum Output {
///         /// Brightness.
///         Light: "light" scalar 0.0..=1.0;
///     }
/// }
///
/// struct Ember(Field);
///
/// impl System for Ember {
///     const NAME: &'static str = "ember";
///     const ABOUT: &'static str = "Light that fades exponentially.";
///     const FAMILY: &'static str = "texture";
///     type Input = Nothing;
///     type Output = Output;
///     type Readout = Nothing;
///     type Params = Knobs;
///
///     fn new(_: &Knobs, context: &InitContext) -> Result<Self, Fault> {
///         let mut light = Field::new(context.width, context.height, 1);
///         light.data_mut().fill(1.0);
///         Ok(Self(light))
///     }
///     fn step(&mut self, knobs: &Knobs, _: &Env) {
///         self.0.data_mut().iter_mut().for_each(|v| *v *= knobs.decay);
///     }
///     fn show(&self, _: Output, view: &View, into: &mut Field) {
///         view.project(into, self.0.size(), Sampling::SmoothBound, |_, y, row| {
///             row.copy_from_slice(self.0.row(0, y));
///         });
///     }
///     fn read(&self, readout: Nothing) -> f32 {
///         match readout {}
///     }
/// }
///
/// static EMBER: SystemKind = SystemKind::of::<Ember>();
/// let mut node = EMBER.instantiate_default(8, 4, 1, std::path::Path::new(".")).unwrap();
/// # let rng = world::rng::Rng::new(1);
/// node.step(&Env { tick: 0, dt: 1.0 / 60.0, rng, inputs: &[], touches: &[], switches: &[] });
/// let mut shown = Field::new(8, 4, 1);
/// node.show(0, &View::WHOLE, &mut shown);
/// assert_eq!(shown.mean(0), 0.5);
/// ```
pub trait System: Send + Sync + Sized + 'static {
    /// Name in scene files.
    const NAME: &'static str;
    /// One sentence, with the source.
    const ABOUT: &'static str;
    /// Folder of the catalogue: `automata`, `gas`, `fractal`, `swarm`, `texture`, `reaction`, `learned`.
    const FAMILY: &'static str;
    /// Settings that are not knobs.
    const TEXTS: &'static [TextSpec] = &[];
    /// Whether it is one of the judge's classes. Learned systems imitate others and are not.
    const JUDGED: bool = true;
    /// Ticks after birth until it looks typical; the judge's data set skips as many before it samples.
    const WARM_UP: u64 = 0;
    /// Whether it can show more detail than it has cells. For a wire into a larger world it is then rendered at that
    /// size, at that cost; any other system is rendered at its own size, and the wire interpolates.
    const REDRAWN: bool = false;
    /// Names of the sorts of audible events that it reports ([`System::soundings`]), numbered from 0; empty if none.
    const SOUNDINGS: &'static [&'static str] = &[];
    /// Whether it makes sound of its own at audio rate ([`System::audio`]).
    const AUDIO: bool = false;
    /// Whether it takes the sound of the room at audio rate ([`System::hear`]).
    const HEARS: bool = false;
    /// Fields that may drive it, made by [`inputs!`](crate::inputs!); each may be absent.
    /// [`Nothing`](crate::ports::Nothing) if there are none.
    type Input: Inputs;
    /// Fields it shows, made by [`outputs!`](crate::outputs!).
    type Output: Outputs;
    /// Scalars it reports each tick, made by [`readouts!`](crate::readouts!), or [`Nothing`](crate::ports::Nothing).
    type Readout: Readouts;
    /// Its knobs, made by [`params!`](crate::params!).
    type Params: Params;

    /// Checks the texts; every fault at once.
    fn check(_texts: &Texts) -> Vec<Fault> {
        Vec::new()
    }
    /// Names of switches that the texts declare (an agent's layers). They act like knobs of 0 or 1, on at birth.
    fn switches(_texts: &Texts) -> Vec<String> {
        Vec::new()
    }
    /// Sampling prior: knobs of one typical instance, for those that must be chosen together or whose range is mostly
    /// empty; the judge's data set varies the others around their defaults.
    fn habitat(_rng: Rng) -> Vec<(&'static str, f64)> {
        Vec::new()
    }
    /// The knobs of the same world on cells `factor` times as wide: what is counted in cells or steps is converted, so
    /// that it is coarser but neither faster nor thicker. By default nothing is.
    fn coarsened(params: Self::Params, _factor: usize) -> Self::Params {
        params
    }

    /// Creates the world.
    fn new(params: &Self::Params, context: &InitContext) -> Result<Self, Fault>;
    /// One tick.
    fn step(&mut self, params: &Self::Params, env: &Env);
    /// Shows an output. `into` has its size and the port's planes; every value must be written.
    fn show(&self, port: Self::Output, view: &View, into: &mut Field);
    /// The value of a readout after the last step (or birth).
    fn read(&self, readout: Self::Readout) -> f32;
    /// Status message for the performer ("limited the speed of 12 cells"), while it applies.
    fn message(&self) -> Option<String> {
        None
    }

    /// Appends the bodies that an output shows: what a viewer would count. None if it shows a continuum.
    fn bodies(&self, _port: Self::Output, _into: &mut Vec<Body>) {}
    /// Appends what happened in the last tick and may be heard: a collision, a bubble, a drop. Voices that read events
    /// play them. At most [`Sounding::MOST`]; a system with more gives the strongest.
    fn soundings(&self, _into: &mut Vec<Sounding>) {}
    /// Takes the sound of the room that the next step may use, mono at [`AUDIO_RATE`]; called before each step while
    /// there is any.
    fn hear(&mut self, _params: &Self::Params, _room: &[f32]) {}
    /// Appends what its listening points heard in the last tick, left and right at [`AUDIO_RATE`]; nothing if it makes no
    /// sound of its own.
    fn audio(&self, _into: &mut Vec<[f32; 2]>) {}
}
