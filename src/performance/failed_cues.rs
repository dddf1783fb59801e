//! Cues that cannot be played.

use std::collections::BTreeSet;

use show::CueTarget;

/// Cues that have failed since one last played.
#[derive(Default)]
pub struct FailedCues {
    /// Their indices.
    pub cues: BTreeSet<usize>,
    /// Performance time of the last failure, seconds.
    pub at: f64,
    /// A command for the next or previous cue that can be played.
    pub wanted: Option<CueTarget>,
    /// The last message about them.
    pub reported: String,
}

impl FailedCues {
    /// Forgets them: a cue has started.
    pub fn clear(&mut self) {
        self.cues.clear();
        self.wanted = None;
    }

    /// How many have failed.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.cues.len()
    }

    /// Whether one has failed.
    pub fn has(&self, cue: usize) -> bool {
        self.cues.contains(&cue)
    }
}
