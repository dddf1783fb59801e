//! Hot reload of scene files.

use super::Performance;
use super::loader::{ChangedScene, IncomingScene, LoadRequest, entry};
use super::stamp::stamp;
use world::tape::Transition;

impl Performance {
    /// Reloads the scene file if it has changed: new worlds are created in the background first, the others keep
    /// running. An invalid file leaves the scene running and its problems shown.
    pub(super) fn check_for_changes(&mut self) {
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
                self.loader.request(LoadRequest::Changed(Box::new(ChangedScene {
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
