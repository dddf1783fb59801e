//! What an interrupted data set has already.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::data::DataError;
use crate::data::dataset::{Origin, rows};

/// Frames that are in a set, by the seeds and ticks of their worlds and the scenes that show them.
#[derive(Default)]
pub struct KeptFrames {
    frames: BTreeSet<(u64, u64, u64)>,
    worlds: BTreeMap<u64, usize>,
}

impl KeptFrames {
    /// Those of the set in a folder.
    ///
    /// # Errors
    /// Its manifest is damaged.
    pub fn of(folder: &Path) -> Result<Self, DataError> {
        let mut kept = Self::default();
        for row in rows(folder)? {
            if kept.frames.insert((row.origin.seed, row.origin.tick, row.origin.scene_hash)) {
                *kept.worlds.entry(row.origin.seed).or_default() += 1;
            }
        }
        Ok(kept)
    }

    /// How many there are of the world with this seed.
    pub fn of_world(&self, seed: u64) -> usize {
        self.worlds.get(&seed).copied().unwrap_or(0)
    }

    /// Whether this one is there.
    pub fn has(&self, origin: &Origin) -> bool {
        self.frames.contains(&(origin.seed, origin.tick, origin.scene_hash))
    }
}
