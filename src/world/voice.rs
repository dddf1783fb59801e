//! Voices: what makes a scene audible, each of a kind with its knobs. Scene files, links, sliders and the manual read
//! the kinds; which kinds exist is given by the scene's [`Catalogue`](crate::scene::Catalogue).

use super::params::{ParamSpec, Params};

/// What a voice reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// One field, `node.output` with one plane: its amount, and where it is.
    Field,
    /// Signals by name: each is one tone.
    Signals,
    /// Audible events of one node: collisions, bubbles, drops.
    Soundings,
    /// Sound that one node makes, at audio rate.
    Audio,
}

impl Reads {
    /// What it is and how a scene names it, such as `one field like "cells.births"`.
    pub fn example(self) -> &'static str {
        match self {
            Self::Field => "one field like \"cells.births\"",
            Self::Signals => "up to 16 signals like [\"cells.alive\", \"wave.slow\"]",
            Self::Soundings => "one node with audible events, like \"discs\"",
            Self::Audio => "one node that makes sound, like \"drum\"",
        }
    }
}

/// A kind of voice: a row of the catalogue. Kinds are equal if their names are.
#[derive(Clone, Copy, Debug)]
pub struct VoiceKind {
    /// Name in scene files.
    pub name: &'static str,
    /// One sentence, with the source of the method.
    pub about: &'static str,
    /// What it reads.
    pub reads: Reads,
    /// Its knobs, of which the first three are `level`, `space` and `gain`.
    pub knobs: &'static [ParamSpec],
}

impl VoiceKind {
    /// A kind with the knobs `K`.
    pub const fn of<K: Params>(name: &'static str, about: &'static str, reads: Reads) -> Self {
        Self { name, about, reads, knobs: K::SPECS }
    }
}

impl PartialEq for VoiceKind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Maximum number of voices in a scene.
pub const MOST_VOICES: usize = 16;
/// Maximum number of signals that one voice reads.
pub const MOST_SIGNALS: usize = 16;

/// One thing that a voice reads.
#[derive(Clone, Debug, PartialEq)]
pub enum VoiceInput {
    /// Output `port` of a node, by position in the scene.
    Field(usize, usize),
    /// A signal and its usual range.
    Signal(String, [f64; 2]),
    /// A node, by position in the scene: its audible events, or its sound.
    Node(usize),
}

/// A voice as declared.
#[derive(Clone, Debug, PartialEq)]
pub struct VoicePlan {
    /// Name in the scene.
    pub name: String,
    /// What it is.
    pub kind: &'static VoiceKind,
    /// What it reads: one field or node, or up to [`MOST_SIGNALS`] signals.
    pub inputs: Vec<VoiceInput>,
    /// Knob values, in the order of the kind's specs.
    pub knobs: Vec<f64>,
}

/// Knobs of a voice, as set and as links have moved them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VoiceKnobs {
    /// As set by the user or the scene.
    pub set: Vec<f64>,
    /// In force.
    pub now: Vec<f64>,
}
