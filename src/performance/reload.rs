//! Scene files that are saved while they run.

use std::time::SystemTime;

use super::Performance;
use super::loader::{ChangedScene, IncomingScene, LoadRequest, entry};
use show::source::SceneSource;
use world::tape::Transition;

/// When a file was written, and its length.
pub type Stamp = (SystemTime, u64);

/// The stamp of a scene's file; `None` for one that ships with the program.
pub fn stamp(source: &SceneSource) -> Option<Stamp> {
    let meta = std::fs::metadata(source.path()?).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

impl Performance {
    /// Takes up the scene's file if it has changed: what it needs beside the worlds that live on is born first. A bad one
    /// leaves the picture running and its problems shown.
    pub(super) fn look_for_changes(&mut self) {
        if self.flawed.as_ref().is_some_and(|(source, then)| stamp(source) != *then) {
            self.forget_problems();
        }
        let source = self.sources[self.current].clone();
        let now = stamp(&source);
        if now == self.stamp || now.is_none() {
            return;
        }
        self.stamp = now;
        let seed = Some(self.engine().seed());
        let (place, cue, way, seconds) = (self.current, None, Transition::Cut, 0.0);
        let (size, knobs, then) = (self.size, Vec::new(), Vec::new());
        match entry(
            self.director.catalogue(),
            &IncomingScene { source: source.clone(), place, cue, way, seconds, seed, size, knobs, then },
        ) {
            Ok((entry, scene)) => {
                let (seed, which) = (self.engine().seed(), self.engine().would_instantiate(&scene));
                let generation = self.generation;
                self.loader.order(LoadRequest::Changed(Box::new(ChangedScene {
                    entry,
                    scene,
                    seed,
                    which,
                    generation,
                })));
            }
            Err(problems) => self.show_problems(&source, problems),
        }
    }
}
