//! Where a frame comes from: enough to make it again.

/// Split of a data set that a frame belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// For training.
    Train,
    /// Held out: made from other seeds.
    Test,
}

impl Split {
    /// As written in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }
}

/// Metadata of a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The process that generated it.
    pub label: String,
    /// Train or test.
    pub split: Split,
    /// Hash of the scene's text.
    pub scene_hash: u64,
    /// Seed of the run.
    pub seed: u64,
    /// Tick of the frame.
    pub tick: u64,
    /// The scene file that makes the frame, or a name and the knobs.
    pub scene: String,
}
