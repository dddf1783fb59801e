//! What the engine holds: [`Node`], the catalogue entry [`SystemKind`], and the adaptor from [`System`] to both.

use std::path::Path;

use super::audible::Sounding;
use super::body::Body;
use super::field::Field;
use super::params::{ParamSpec, Params};
use super::ports::{Inputs, Outputs, Port, Readout, Readouts};
use super::rng::Rng;
use super::system::{Env, Fault, InitContext, System, TextSpec, Texts};
use super::view::View;

/// The object-safe form that the engine holds.
///
/// ```
/// use std::path::Path;
///
/// use world::field::Field;
/// use world::node::{Node, SystemKind};
/// use world::system::Env;
/// use world::view::View;
/// # use world::ports::Nothing;
/// # use world::system::{Fault, InitContext, System};
/// # world::params! {
/// #     /// How bright it glows.
/// #     pub struct Knobs {
/// #         /// Brightness after each tick.
/// #         light: f32 = 0.5 in 0.0..=1.0;
/// #     }
/// # }
/// # world::outputs! {
/// #     /// What it shows.
/// #     pub enum Output {
/// #         /// Brightness.
/// #         Light: "light" scalar 0.0..=1.0;
/// #     }
/// # }
/// # struct Lamp(f32);
/// # impl System for Lamp {
/// #     const NAME: &'static str = "lamp";
/// #     const ABOUT: &'static str = "Uniform light.";
/// #     const FAMILY: &'static str = "texture";
/// #     type Input = Nothing;
/// #     type Output = Output;
/// #     type Readout = Nothing;
/// #     type Params = Knobs;
/// #     fn new(_: &Knobs, _: &InitContext) -> Result<Self, Fault> {
/// #         Ok(Self(0.0))
/// #     }
/// #     fn step(&mut self, knobs: &Knobs, _: &Env) {
/// #         self.0 = knobs.light;
/// #     }
/// #     fn show(&self, _: Output, _: &View, into: &mut Field) {
/// #         into.data_mut().fill(self.0);
/// #     }
/// #     fn read(&self, readout: Nothing) -> f32 {
/// #         match readout {}
/// #     }
/// # }
///
/// // `Lamp` is a `System` of one knob and one output.
/// static LAMP: SystemKind = SystemKind::of::<Lamp>();
/// let mut node: Box<dyn Node> = LAMP.instantiate_default(8, 4, 1, Path::new("."))?;
/// node.set_knob(0, 7.0);
/// assert_eq!((node.knob(0), node.size()), (1.0, (8, 4)), "a knob is clamped to its range");
/// # let rng = world::rng::Rng::new(1);
/// node.step(&Env { tick: 0, dt: 1.0 / 60.0, rng, inputs: &[], touches: &[], switches: &[] });
/// let mut shown = Field::new(8, 4, 1);
/// node.show(0, &View::WHOLE, &mut shown);
/// assert_eq!((shown.mean(0), node.read(0)), (1.0, 0.0));
/// # Ok::<(), Fault>(())
/// ```
pub trait Node: Send + Sync {
    /// The catalogue entry.
    fn kind(&self) -> &'static SystemKind;
    /// (width, height) in cells.
    fn size(&self) -> (usize, usize);
    /// Value of knob `index`.
    fn knob(&self, index: usize) -> f64;
    /// Sets knob `index`, clamped.
    fn set_knob(&mut self, index: usize, value: f64);
    /// One tick. NaN and infinities in inputs are sanitised first.
    fn step(&mut self, env: &Env);
    /// Shows an output, reshaping `into`'s planes to the port's; no value is NaN or infinite. All zero if there is
    /// none.
    fn show(&self, port: usize, view: &View, into: &mut Field);
    /// A readout; never NaN, and 0 if there is none.
    fn read(&self, readout: usize) -> f32;
    /// Status message for the performer.
    fn message(&self) -> Option<String>;
    /// Appends the bodies that an output shows, every number finite, at most [`Body::MOST`].
    fn bodies(&self, port: usize, into: &mut Vec<Body>);
    /// Appends the audible events of the last tick, every number finite and in its range, at most [`Sounding::MOST`].
    fn soundings(&self, into: &mut Vec<Sounding>);
    /// Gives it the sound of the room for the next step, mono at [`AUDIO_RATE`](super::audible::AUDIO_RATE).
    fn hear(&mut self, room: &[f32]);
    /// Appends the sound that it made in the last tick, left and right; every sample is finite and within ±1.
    fn audio(&self, into: &mut Vec<[f32; 2]>);
}

/// Result of instantiation.
pub type NodeResult = Result<Box<dyn Node>, Fault>;

/// What is known of a system before it is instantiated.
#[derive(Clone, Copy)]
pub struct SystemKind {
    /// Name in scene files.
    pub name: &'static str,
    /// One sentence, with the source.
    pub about: &'static str,
    /// Folder of the catalogue.
    pub family: &'static str,
    /// Whether it is one of the judge's classes.
    pub judged: bool,
    /// Ticks after birth until it looks typical.
    pub warm_up: u64,
    /// Whether it can show more detail than it has cells.
    pub redrawn: bool,
    /// Settings that are not knobs.
    pub texts: &'static [TextSpec],
    /// Names of the sorts of audible events that it reports.
    pub soundings: &'static [&'static str],
    /// Whether it makes sound of its own at audio rate.
    pub audio: bool,
    /// Whether it takes the sound of the room at audio rate.
    pub hears: bool,
    /// Fields that may drive it.
    pub inputs: &'static [Port],
    /// Fields it shows.
    pub outputs: &'static [Port],
    /// Scalars it reports.
    pub readouts: &'static [Readout],
    /// Its knobs.
    pub knobs: &'static [ParamSpec],
    /// Checks the texts; every fault at once.
    pub check: fn(&Texts) -> Vec<Fault>,
    /// Switches that the texts declare.
    pub switches: fn(&Texts) -> Vec<String>,
    /// Sampling prior: knobs of one typical instance.
    pub habitat: fn(Rng) -> Vec<(&'static str, f64)>,
    /// Knob values, in the order of `knobs`, of the same world on cells so many times as wide.
    pub coarsened: fn(&[f64], usize) -> Vec<f64>,
    /// Creates a node, with knob values in the order of `knobs`.
    pub instantiate: fn(&[f64], &InitContext) -> NodeResult,
}

impl std::fmt::Debug for SystemKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SystemKind({})", self.name)
    }
}

impl SystemKind {
    /// The catalogue entry of a system.
    pub const fn of<S: System>() -> Self {
        Self {
            name: S::NAME,
            about: S::ABOUT,
            family: S::FAMILY,
            judged: S::JUDGED,
            warm_up: S::WARM_UP,
            redrawn: S::REDRAWN,
            texts: S::TEXTS,
            soundings: S::SOUNDINGS,
            audio: S::AUDIO,
            hears: S::HEARS,
            inputs: S::Input::PORTS,
            outputs: S::Output::PORTS,
            readouts: S::Readout::ROWS,
            knobs: S::Params::SPECS,
            check: S::check,
            switches: S::switches,
            habitat: S::habitat,
            coarsened: SystemNode::<S>::coarsened,
            instantiate: SystemNode::<S>::instantiate,
        }
    }

    /// Creates a node with every knob at its default; for tests and tools.
    pub fn instantiate_default(&self, width: usize, height: usize, seed: u64, folder: &Path) -> NodeResult {
        let knobs: Vec<f64> = self.knobs.iter().map(|k| k.default).collect();
        let texts = Texts { folder: folder.into(), ..Texts::default() };
        (self.instantiate)(&knobs, &InitContext { width, height, rng: Rng::new(seed), texts: &texts })
    }
}

/// The adaptor between [`System`] and [`Node`].
struct SystemNode<S: System> {
    system: S,
    params: S::Params,
    size: (usize, usize),
}

impl<S: System> SystemNode<S> {
    const KIND: &'static SystemKind = &SystemKind::of::<S>();

    fn coarsened(values: &[f64], factor: usize) -> Vec<f64> {
        let mut params = S::Params::default();
        values.iter().enumerate().for_each(|(i, v)| params.set(i, *v));
        let coarse = S::coarsened(params, factor);
        let limited = |(i, spec): (usize, &ParamSpec)| coarse.get(i).clamp(spec.lo, spec.hi);
        S::Params::SPECS.iter().enumerate().map(limited).collect()
    }

    fn instantiate(knobs: &[f64], context: &InitContext) -> NodeResult {
        let mut params = S::Params::default();
        knobs.iter().enumerate().for_each(|(i, &v)| params.set(i, v));
        Ok(Box::new(Self {
            system: S::new(&params, context)?,
            params,
            size: (context.width, context.height),
        }))
    }
}

impl<S: System> Node for SystemNode<S> {
    fn kind(&self) -> &'static SystemKind {
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
        let ports = S::Input::PORTS.iter().enumerate();
        let sanitised: Vec<Option<Field>> = ports
            .map(|(i, port)| wired(i).filter(|f| !fits(f, port)).map(|f| sanitise(f, self.size, port.planes)))
            .collect();
        let inputs: Vec<Option<&Field>> =
            (0..S::Input::PORTS.len()).map(|i| sanitised[i].as_ref().or(wired(i))).collect();
        self.system.step(&self.params, &Env { inputs: &inputs, ..*env });
    }
    fn show(&self, port: usize, view: &View, into: &mut Field) {
        let (w, h) = into.size();
        let (Some(output), Some(port)) = (S::Output::at(port), S::Output::PORTS.get(port)) else {
            into.reshape(w, h, 1);
            return into.data_mut().fill(0.0);
        };
        into.reshape(w, h, port.planes);
        self.system.show(output, view, into);
        if !into.is_sane() {
            into.sanitise();
        }
    }
    fn read(&self, readout: usize) -> f32 {
        let v = S::Readout::at(readout).map_or(0.0, |readout| self.system.read(readout));
        if v.is_nan() { 0.0 } else { v.clamp(-1e30, 1e30) }
    }
    fn message(&self) -> Option<String> {
        self.system.message()
    }
    fn bodies(&self, port: usize, into: &mut Vec<Body>) {
        let Some(port) = S::Output::at(port) else { return };
        let mut bodies = Vec::new();
        self.system.bodies(port, &mut bodies);
        into.extend(bodies.into_iter().filter(Body::is_sane).take(Body::MOST));
    }
    fn soundings(&self, into: &mut Vec<Sounding>) {
        let from = into.len();
        self.system.soundings(into);
        into.truncate(from + Sounding::MOST);
        let share = |v: f32| if v.is_nan() { 0.0 } else { v.clamp(0.0, 1.0) };
        for s in &mut into[from..] {
            let size = if s.size.is_finite() { s.size.max(0.0) } else { 0.0 };
            *s = Sounding {
                at: share(s.at),
                x: share(s.x),
                y: share(s.y),
                strength: share(s.strength),
                size,
                ..*s
            };
        }
    }
    fn hear(&mut self, room: &[f32]) {
        self.system.hear(&self.params, room);
    }
    fn audio(&self, into: &mut Vec<[f32; 2]>) {
        let from = into.len();
        self.system.audio(into);
        let sane = |v: f32| if v.is_finite() { v.clamp(-1.0, 1.0) } else { 0.0 };
        into[from..].iter_mut().for_each(|pair| *pair = pair.map(sane));
    }
}

/// A sanitised copy of `f` in the given size and number of planes. A vector read as a scalar gives its length; a scalar
/// read as a vector points right; missing planes repeat the last.
fn sanitise(f: &Field, size: (usize, usize), planes: usize) -> Field {
    let mut clean = f.clone();
    clean.sanitise();
    let mut sized = Field::new(size.0, size.1, f.planes());
    clean.resample(&mut sized);
    convert_planes(sized, planes)
}

/// `f` with the number of planes that a port expects: see [`sanitise`].
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
