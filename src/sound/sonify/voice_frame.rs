//! What the score of a voice reads at a tick.

use world::engine::Engine;
use world::rng::Rng;
use world::voice::VoicePlan;

/// Most grains of one voice in one tick.
pub const MOST: usize = 32;

/// What the score of one voice reads at one tick.
pub struct VoiceFrame<'a> {
    /// The worlds, just after the tick.
    pub engine: &'a Engine,
    /// Its position among the voices of the scene.
    pub voice: u8,
    /// Its declaration in the scene.
    pub plan: &'a VoicePlan,
    /// Random numbers of this voice and tick.
    pub rng: Rng,
}
