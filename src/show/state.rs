//! What panels read of the show: the scene description (changes with the scene) and the state (changes every tick).

use std::sync::Arc;

use super::{
    GazeState, PictureDistance, SideState, SplitMode, TasteState, TimeHistogram, VerdictState, VoteState,
};
use world::node::SystemKind;
use world::params::ParamSpec;
use world::scene::{Directory, Target};

/// Scene description: what stays the same while a scene runs.
#[derive(Clone, Debug, Default)]
pub struct SceneDescription {
    /// Names of all scenes that can be selected.
    pub scenes: Vec<String>,
    /// Index of the active one.
    pub scene: usize,
    /// Size of the picture in pixels.
    pub size: (usize, usize),
    /// Every knob and switch of the scene, by its address.
    pub directory: Arc<Directory>,
    /// Its systems.
    pub nodes: Vec<NodeDescription>,
    /// Its links, in order.
    pub links: Vec<LinkDescription>,
    /// Its layers, bottom first.
    pub layers: Vec<LayerDescription>,
    /// Stage shaders that the scene uses.
    pub shaders: Vec<String>,
    /// Voices of the scene.
    pub voices: Vec<VoiceDescription>,
    /// Cues of the show file, in order; empty without one.
    pub cues: Vec<CueDescription>,
}

/// One voice of the scene.
#[derive(Clone, Debug)]
pub struct VoiceDescription {
    /// Its name in addresses (`voice.NAME.knob`).
    pub name: String,
    /// What it is and what it reads.
    pub about: String,
    /// Its knobs.
    pub knobs: &'static [ParamSpec],
}

/// One cue of the show.
#[derive(Clone, Debug, Default)]
pub struct CueDescription {
    /// Its name.
    pub name: String,
    /// Its scene.
    pub scene: String,
    /// Transition and trigger as text: `dissolve 4 s, then after 32 beats`.
    pub about: String,
}

/// One system of the scene.
#[derive(Clone, Debug)]
pub struct NodeDescription {
    /// Its name in the scene.
    pub name: String,
    /// What it is.
    pub kind: &'static SystemKind,
    /// Cells across and down.
    pub size: (usize, usize),
    /// Names of its switches.
    pub switches: Vec<String>,
}

/// One link of the scene.
#[derive(Clone, Debug)]
pub struct LinkDescription {
    /// Its signal.
    pub from: String,
    /// Its target.
    pub to: String,
    /// Its mode.
    pub mode: &'static str,
}

/// One layer of the scene.
#[derive(Clone, Debug)]
pub struct LayerDescription {
    /// Its name in addresses.
    pub name: String,
    /// What it shows, with palette and blend mode.
    pub about: String,
}

/// What may change with every tick.
#[derive(Clone, Debug, Default)]
pub struct ShowState {
    /// The scene to which it belongs.
    pub description: Arc<SceneDescription>,
    /// Ticks since its worlds were created.
    pub tick: u64,
    /// Seed of the run.
    pub seed: u64,
    /// Whether the clock is paused.
    pub paused: bool,
    /// Milliseconds that the last tick took, picture included.
    pub tick_ms: f32,
    /// One entry per node.
    pub nodes: Vec<NodeState>,
    /// One entry per link.
    pub links: Vec<LinkState>,
    /// One entry per layer.
    pub layers: Vec<LayerState>,
    /// External signals (the judge's, …), by name.
    pub signals: Vec<(String, f64)>,
    /// Status messages of the systems: (node, message).
    pub messages: Vec<(String, String)>,
    /// Problems of the scene file as it is on disk now; the running scene is unaffected.
    pub problems: Vec<String>,
    /// The latest notification, with a running number.
    pub notice: (u64, String),
    /// The judge's newest verdict.
    pub verdict: Option<VerdictState>,
    /// Whether it shows where it looks.
    pub looking: bool,
    /// Where it looks, while it shows that.
    pub gaze: Option<Arc<GazeState>>,
    /// The taste that is learned, if the judge learns one.
    pub taste: Option<Arc<TasteState>>,
    /// Left and right of a split-screen comparison; empty without one.
    pub sides: Vec<SideState>,
    /// How the two share the screen.
    pub way: SplitMode,
    /// Share of the right one in a wipe or blend, 0..1.
    pub share: f32,
    /// How far their pictures are apart; none before both have one.
    pub distance: Option<PictureDistance>,
    /// Power of a busy core, watts, at which energy is estimated in a comparison.
    pub watts: f64,
    /// The blind vote on them, if one is held.
    pub vote: Option<VoteState>,
    /// One entry per voice: knob values (set, now).
    pub voices: Vec<LayerState>,
    /// Position in the cue list.
    pub cue: CueState,
    /// Tempo and beat.
    pub tempo: TempoState,
    /// Show mode: all control is locked except for a list.
    pub locked: bool,
    /// Outside the opening hours: the picture is black on purpose.
    pub closed: bool,
    /// Seconds after which a picture that is still, black or of one colour is a fault; `None` if it never is.
    pub still: Option<f64>,
    /// Progress of the transition, 0..1.
    pub transition: Option<f32>,
    /// State of the flash limiter.
    pub limiter: LimiterState,
    /// What is being recorded.
    pub record: Option<RecordState>,
    /// The tape being recorded, if any.
    pub tape: Option<String>,
    /// Sound and control devices.
    pub devices: Vec<DeviceState>,
    /// Slots 0..9 that hold a preset of this scene.
    pub kept: Vec<usize>,
    /// Edits that can be undone, and redone.
    pub undo: (usize, usize),
    /// Features of the audio input, by name (`level`, `low`, …), 0..1 where it has a range.
    pub heard: Vec<(String, f64)>,
    /// Health metrics.
    pub health: HealthState,
}

impl ShowState {
    /// The value of a knob or switch (0 or 1) as set by hand or by the scene; `None` while no state is known.
    pub fn set_at(&self, target: Target) -> Option<f64> {
        match target {
            Target::Knob(n, k) => self.nodes.get(n)?.set.get(k).copied(),
            Target::Switch(n, s) => self.nodes.get(n)?.switches.get(s).map(|&on| on as u8 as f64),
            Target::Layer(l, k) => self.layers.get(l)?.set.get(k).copied(),
            Target::Voice(v, k) => self.voices.get(v)?.set.get(k).copied(),
        }
    }

    /// The value in force, after links.
    pub fn now_at(&self, target: Target) -> Option<f64> {
        match target {
            Target::Knob(n, k) => self.nodes.get(n)?.now.get(k).copied(),
            Target::Layer(l, k) => self.layers.get(l)?.now.get(k).copied(),
            Target::Voice(v, k) => self.voices.get(v)?.now.get(k).copied(),
            Target::Switch(..) => self.set_at(target),
        }
    }
}

/// Position in the cue list.
#[derive(Clone, Debug, Default)]
pub struct CueState {
    /// Index of the active cue.
    pub now: Option<usize>,
    /// The one that comes next.
    pub next: Option<usize>,
    /// Its trigger, as text (`after 90 s`, `a key`, `after 8 s of silence`).
    pub waits_for: String,
    /// Seconds since the cue began.
    pub seconds: f32,
}

/// Tempo and beat.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TempoState {
    /// Beats per minute; 0 if unknown.
    pub bpm: f64,
    /// Phase within the beat, 0..1.
    pub phase: f64,
    /// Beats since the tempo was first known.
    pub beat: u64,
    /// Its source: `tap`, `clock`, `sound`, or empty.
    pub source: &'static str,
}

/// State of the flash limiter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LimiterState {
    /// Whether it is on.
    pub on: bool,
    /// Whether it attenuates the picture now.
    pub acting: bool,
    /// Frames attenuated so far.
    pub held: u64,
}

/// A recording in progress.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordState {
    /// Its path.
    pub path: String,
    /// Frames written.
    pub frames: u64,
    /// Frames that were dropped because the disk or the encoder could not keep up.
    pub dropped: u64,
    /// What went wrong; the show continues.
    pub problem: Option<String>,
}

/// A device and whether it works.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeviceState {
    /// What it is for: `sound out`, `sound in`, `midi`, `osc`, `remote`.
    pub what: &'static str,
    /// Its name.
    pub name: String,
    /// Whether it works.
    pub fine: bool,
    /// Status message, one sentence.
    pub word: String,
}

/// Health metrics, shown on the health page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HealthState {
    /// Seconds since the show began.
    pub seconds: f64,
    /// How long ticks took, picture included.
    pub ticks: TimeHistogram,
    /// Milliseconds from one frame of the window to the next.
    pub frames: TimeHistogram,
    /// Longest tick of the last minute, milliseconds.
    pub longest: f32,
    /// Resident memory, bytes; 0 where the system does not report it.
    pub memory: u64,
    /// Times the worlds were restarted after a fault.
    pub restarts: u32,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// State of a node.
#[derive(Clone, Debug, Default)]
pub struct NodeState {
    /// Knob values as set by hand or by the scene.
    pub set: Vec<f64>,
    /// Knob values in force: after links; for knobs that take effect on restart, as of its creation.
    pub now: Vec<f64>,
    /// Positions of the switches.
    pub switches: Vec<bool>,
    /// Values of the readouts.
    pub readouts: Vec<f32>,
}

/// State of a link.
#[derive(Clone, Copy, Debug, Default)]
pub struct LinkState {
    /// Value of its signal.
    pub signal: f64,
    /// The same within the link's range, 0..1.
    pub level: f64,
    /// Whether it is enabled.
    pub on: bool,
    /// Whether it acts at this tick.
    pub active: bool,
}

/// State of a layer: knob values in the order of [`LayerKnobs`](world::frame::LayerKnobs).
#[derive(Clone, Debug, Default)]
pub struct LayerState {
    /// As set by hand or by the scene.
    pub set: Vec<f64>,
    /// In force, after links.
    pub now: Vec<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_reads_its_own_value_as_set_and_as_in_force() {
        let layer = |a: f64| LayerState { set: vec![a, a + 1.0], now: vec![a + 2.0, a + 3.0] };
        let node = NodeState {
            set: vec![0.5, 1.5],
            now: vec![2.5, 3.5],
            switches: vec![false, true],
            ..NodeState::default()
        };
        let state = ShowState {
            nodes: vec![NodeState::default(), node],
            layers: vec![layer(10.0)],
            voices: vec![layer(20.0), layer(30.0)],
            ..ShowState::default()
        };
        for (target, set, now) in [
            (Target::Knob(1, 0), 0.5, 2.5),
            (Target::Knob(1, 1), 1.5, 3.5),
            (Target::Switch(1, 0), 0.0, 0.0),
            (Target::Switch(1, 1), 1.0, 1.0),
            (Target::Layer(0, 1), 11.0, 13.0),
            (Target::Voice(0, 0), 20.0, 22.0),
            (Target::Voice(1, 1), 31.0, 33.0),
        ] {
            assert_eq!((state.set_at(target), state.now_at(target)), (Some(set), Some(now)), "{target:?}");
        }
        for target in [Target::Knob(0, 0), Target::Switch(2, 0), Target::Layer(1, 0), Target::Voice(0, 2)] {
            assert_eq!((state.set_at(target), state.now_at(target)), (None, None), "{target:?}");
        }
    }
}
