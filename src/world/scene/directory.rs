//! Every address of a scene, resolved once: its parameter, and where that is.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::Scene;
use crate::frame::LayerKnobs;
use crate::params::{ParamSpec, Params};

/// What an address names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Knob of a node: (node, knob).
    Knob(usize, usize),
    /// Switch of a node: (node, switch).
    Switch(usize, usize),
    /// Knob of a layer: (layer, knob).
    Layer(usize, usize),
    /// Knob of a voice: (voice, knob).
    Voice(usize, usize),
}

/// Address of a parameter (`node.knob`, `node.switch`, `layer.NAME.knob`, `voice.NAME.knob`), with its index in the
/// directory that it was resolved in. Any other directory looks it up by name, so it can be kept, written to a file and
/// sent between threads. Addresses are equal if their names are.
#[derive(Clone)]
pub struct Address {
    name: Arc<str>,
    /// Number of the directory, and the index there.
    found: Option<(u64, u32)>,
}

impl Address {
    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.name
    }
}

impl From<&str> for Address {
    fn from(name: &str) -> Self {
        Self { name: name.into(), found: None }
    }
}

impl From<String> for Address {
    fn from(name: String) -> Self {
        Self { name: name.into(), found: None }
    }
}

impl From<&String> for Address {
    fn from(name: &String) -> Self {
        name.as_str().into()
    }
}

impl From<&Address> for Address {
    fn from(other: &Address) -> Self {
        other.clone()
    }
}

impl std::ops::Deref for Address {
    type Target = str;
    fn deref(&self) -> &str {
        &self.name
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", &*self.name)
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl PartialEq<str> for Address {
    fn eq(&self, other: &str) -> bool {
        &*self.name == other
    }
}

impl PartialEq<&str> for Address {
    fn eq(&self, other: &&str) -> bool {
        &*self.name == *other
    }
}

impl Eq for Address {}

impl PartialOrd for Address {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Address {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name.cmp(&other.name)
    }
}

impl serde::Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.name)
    }
}

impl<'de> serde::Deserialize<'de> for Address {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(String::deserialize(from)?.into())
    }
}

/// Knobs by address that differ from what a scene's file says.
pub type ParameterOverrides = Vec<(Address, f64)>;

/// A parameter: a knob or switch that can be set.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its address.
    pub address: Address,
    /// What it addresses.
    pub target: Target,
    /// Its knob; a switch has none.
    pub spec: Option<&'static ParamSpec>,
}

impl Parameter {
    /// The nearest value that it can take.
    pub fn clamp(&self, value: f64) -> f64 {
        self.spec.map_or((value >= 0.5) as u8 as f64, |s| s.clamp(value))
    }

    /// The value at a normalised position, 0..1.
    pub fn value_at(&self, travel: f64) -> f64 {
        self.spec.map_or((travel >= 0.5) as u8 as f64, |s| s.value_at(travel))
    }
}

/// All parameters of one scene.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    number: u64,
    all: Vec<Parameter>,
    by_name: BTreeMap<Arc<str>, u32>,
}

/// Numbers of directories: unique in a process; 0 is only used by an empty one.
static NEXT: AtomicU64 = AtomicU64::new(1);

impl Directory {
    /// Of a scene whose nodes, layers and voices are read.
    pub fn of(scene: &Scene) -> Self {
        let mut own = Self { number: NEXT.fetch_add(1, Relaxed), ..Self::default() };
        for (n, node) in scene.nodes.iter().enumerate() {
            own.knobs(&node.name, node.kind.knobs, |k| Target::Knob(n, k));
            for (s, switch) in node.switches.iter().enumerate() {
                own.add(format!("{}.{}", node.name, switch.0), Target::Switch(n, s), None);
            }
        }
        for (l, plan) in scene.layers.iter().enumerate() {
            own.knobs(&format!("layer.{}", plan.layer.name), LayerKnobs::SPECS, |k| Target::Layer(l, k));
        }
        for (v, voice) in scene.voices.iter().enumerate() {
            own.knobs(&format!("voice.{}", voice.name), voice.kind.knobs, |k| Target::Voice(v, k));
        }
        own
    }

    fn knobs(&mut self, head: &str, specs: &'static [ParamSpec], target: impl Fn(usize) -> Target) {
        for (k, spec) in specs.iter().enumerate() {
            self.add(format!("{head}.{}", spec.name), target(k), Some(spec));
        }
    }

    /// Of two with the same name the first is found.
    fn add(&mut self, name: String, target: Target, spec: Option<&'static ParamSpec>) {
        let (place, name) = (self.all.len() as u32, Arc::<str>::from(name));
        self.by_name.entry(name.clone()).or_insert(place);
        let address = Address { name, found: Some((self.number, place)) };
        self.all.push(Parameter { address, target, spec });
    }

    /// The parameter at an address: by index if it was resolved here, else by name.
    pub fn locate(&self, address: &Address) -> Option<&Parameter> {
        match address.found {
            Some((number, place)) if number == self.number => self.all.get(place as usize),
            _ => self.find(&address.name),
        }
    }

    /// The parameter at the address of this name.
    pub fn find(&self, name: &str) -> Option<&Parameter> {
        self.by_name.get(name).and_then(|place| self.all.get(*place as usize))
    }

    /// Everything, in the order of the scene: nodes, layers, voices.
    pub fn iter(&self) -> std::slice::Iter<'_, Parameter> {
        self.all.iter()
    }
}

impl FromIterator<(String, Target, Option<&'static ParamSpec>)> for Directory {
    fn from_iter<I: IntoIterator<Item = (String, Target, Option<&'static ParamSpec>)>>(all: I) -> Self {
        let mut own = Self { number: NEXT.fetch_add(1, Relaxed), ..Self::default() };
        all.into_iter().for_each(|(name, target, spec)| own.add(name, target, spec));
        own
    }
}

impl<'a> IntoIterator for &'a Directory {
    type Item = &'a Parameter;
    type IntoIter = std::slice::Iter<'a, Parameter>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
