//! Scenes: which nodes there are, how they are coupled, and what is shown. A scene is a TOML file; reading one reports
//! every problem at once, each with its line.
//!
//! ```toml
//! title = "Breath"
//! size = [960, 540]                 # canvas, pixels
//! poster = 20                       # the second that shows it best
//!
//! [node.cells]                      # one table a node; knobs by name
//! system = "life"
//! rule = "B3/S23"
//!
//! [node.air]
//! system = "lbm"
//! obstacle = "cells.alive"          # a string is a wire
//!
//! [wave.slow]                       # a signal from the clock
//! period = 20                       # seconds
//!
//! [[link]]                          # a signal moves a knob
//! from = "cells.births"
//! to = "air.inflow"
//! span = [0.02, 0.1]
//! lag = 2
//!
//! [[layer]]                         # a field becomes a picture
//! show = "air.speed"
//! palette = "inferno"
//!
//! [voice.bubbles]                   # a field becomes sound
//! kind = "water"
//! read = "air.vorticity"
//! ```

mod catalogue;
mod directory;
mod layers;
mod links;
mod nodes;
mod parse;
mod print;
pub mod problem;
mod size;
mod tables;
mod voices;

use std::path::PathBuf;

use super::frame::{Backdrop, Layer};
use super::signal::{Lfo, Link};
use super::system::{SystemKind, Texts};
use super::voice::{VoiceInput, VoicePlan};

pub use catalogue::Catalogue;
pub use directory::{Address, Directory, Parameter, ParameterOverrides, Target};
pub use problem::Problem;
pub use tables::tables;

/// Largest canvas and node size, cells a side.
pub const LARGEST: usize = 16384;

/// A field of another node that drives an input.
#[derive(Clone, Debug, PartialEq)]
pub struct Wire {
    /// Source node, by position in [`Scene::nodes`].
    pub node: usize,
    /// Output port of the source.
    pub port: usize,
    /// Factor on the values.
    pub gain: f32,
    /// Added after the factor.
    pub offset: f32,
}

/// One node as declared.
#[derive(Clone, Debug)]
pub struct NodePlan {
    /// Name in the scene.
    pub name: String,
    /// Its system.
    pub kind: &'static SystemKind,
    /// (width, height) in cells.
    pub size: (usize, usize),
    /// Knob values, in the order of the kind's specs.
    pub knobs: Vec<f64>,
    /// Switches that the texts declare, and whether each is on.
    pub switches: Vec<(String, bool)>,
    /// Settings that are not knobs.
    pub texts: Texts,
    /// One entry an input port.
    pub wires: Vec<Option<Wire>>,
}

/// A field shown.
#[derive(Clone, Debug)]
pub struct LayerPlan {
    /// Node shown, by position in [`Scene::nodes`].
    pub node: usize,
    /// Its output port.
    pub port: usize,
    /// How it is shown.
    pub layer: Layer,
}

/// Action of the curator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CuratorAction {
    /// Moves knobs at random.
    Mutate,
    /// Requests the show's next scene.
    Next,
    /// Restarts all worlds from a new seed.
    Reseed,
}

impl CuratorAction {
    /// Names in scene files.
    pub const NAMES: &'static [&'static str] = &["mutate", "next", "reseed"];
    /// In the order of [`Self::NAMES`].
    pub const ALL: [Self; 3] = [Self::Mutate, Self::Next, Self::Reseed];
}

/// Watches a signal and acts when it stays low.
#[derive(Clone, Debug, PartialEq)]
pub struct Curator {
    /// Signal watched, usually `judge.novelty`.
    pub watch: String,
    /// The signal is low while it is below this.
    pub below: f64,
    /// Seconds that the signal must be low before it acts, and between two acts.
    pub seconds: f64,
    /// What it does.
    pub action: CuratorAction,
    /// Largest move of a knob in one mutation, as a fraction of its travel.
    pub amount: f64,
    /// Knob addresses it may mutate.
    pub knobs: Vec<String>,
}

/// A parsed and checked scene.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Name: the file's stem.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// Description, in a sentence.
    pub about: String,
    /// Canvas (width, height) in pixels.
    pub size: (usize, usize),
    /// Seed when none is given.
    pub seed: u64,
    /// Ticks a second.
    pub rate: f64,
    /// Seconds after which a picture that is still, black or of one colour is a fault; 0: never.
    pub still: Option<f64>,
    /// Second at which its representative picture is taken.
    pub poster: Option<f64>,
    /// Place among the scenes that ship, from 1; scenes without one follow those that have one.
    pub order: Option<u32>,
    /// Canvas colour below all layers, and whether the finished light is dithered.
    pub backdrop: Backdrop,
    /// Stage shaders, by name, in order.
    pub shaders: Vec<String>,
    /// The nodes.
    pub nodes: Vec<NodePlan>,
    /// LFOs.
    pub waves: Vec<Lfo>,
    /// Modulation of knobs by signals.
    pub links: Vec<Link>,
    /// What is shown, from the bottom up.
    pub layers: Vec<LayerPlan>,
    /// The voices.
    pub voices: Vec<VoicePlan>,
    /// The curator, if any.
    pub curator: Option<Curator>,
    /// The file's text.
    pub source: String,
    /// Hash of the text.
    pub hash: u64,
    /// Folder that file names are relative to.
    pub folder: PathBuf,
    /// Prefixes of addresses (`cells`, `layer.smoke`, `voice.wake`, `wave.slow`) whose declaration is invalid;
    /// references to them are no further problem.
    lost: Vec<String>,
}

/// Whether an address is lost, or below a lost one.
fn is_lost(lost: &[String], address: &str) -> bool {
    lost.iter().any(|l| address.strip_prefix(l.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('.')))
}

impl Scene {
    fn is_lost(&self, address: &str) -> bool {
        is_lost(&self.lost, address)
    }

    /// Position of a node.
    pub fn node(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|n| n.name == name)
    }

    /// Signals that a link, the curator or a voice reads, each as often as it is read.
    pub fn signals(&self) -> impl Iterator<Item = &str> {
        let inputs = self.voices.iter().flat_map(|v| &v.inputs).filter_map(|e| match e {
            VoiceInput::Signal(name, _) => Some(name),
            VoiceInput::Field(..) | VoiceInput::Node(_) => None,
        });
        let links = self.links.iter().map(|l| &l.from);
        links.chain(self.curator.iter().map(|c| &c.watch)).chain(inputs).map(String::as_str)
    }

    /// Whether a link, the curator or a voice reads a signal.
    pub fn reads(&self, signal: &str) -> bool {
        self.signals().any(|s| s == signal)
    }

    /// Whether one of its worlds takes the sound of the room at audio rate.
    pub fn hears(&self) -> bool {
        self.nodes.iter().any(|n| n.kind.hears)
    }

    /// Seconds a tick.
    pub fn dt(&self) -> f64 {
        1.0 / self.rate
    }

    /// The same scene on a canvas of another size; nodes that had the canvas's size follow it.
    pub fn with_size(mut self, size: (usize, usize)) -> Self {
        for node in self.nodes.iter_mut().filter(|n| n.size == self.size) {
            node.size = size;
        }
        self.size = size;
        self
    }

    /// The same worlds on a canvas of another size.
    pub fn with_canvas(mut self, size: (usize, usize)) -> Self {
        self.size = size;
        self
    }
}
