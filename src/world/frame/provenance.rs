//! Provenance of a picture.

/// All that it takes to reproduce a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Provenance {
    /// Name of the scene.
    pub scene: String,
    /// Hash of the scene's text.
    pub scene_hash: u64,
    /// Seed of all randomness.
    pub seed: u64,
    /// Ticks since the start.
    pub tick: u64,
    /// Canvas width in pixels.
    pub width: u32,
    /// Canvas height in pixels.
    pub height: u32,
    /// Version of the program.
    pub version: String,
    /// Knobs that differ from the scene file, in compact text; may be empty.
    pub knobs: String,
}
