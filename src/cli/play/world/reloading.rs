//! Scene files that are saved while they run.

use std::time::SystemTime;

use super::Played;
use super::coming::entry;
use crate::cli::load::Source;
use crate::world::tape::{Event, Passage};

/// When a file was written, and its length.
pub type Stamp = (SystemTime, u64);

/// The stamp of a scene's file; `None` for one that ships with the program.
pub fn stamp(source: &Source) -> Option<Stamp> {
    let meta = std::fs::metadata(source.path()?).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

impl Played {
    /// Takes up the scene's file if it has changed; a bad one leaves the picture running and its problems shown.
    pub(super) fn reload(&mut self) {
        let source = self.sources[self.current].clone();
        let now = stamp(&source);
        if now == self.stamp || now.is_none() {
            return;
        }
        self.stamp = now;
        match entry(&source, self.seed, self.size, Passage::Cut, 0.0) {
            Ok((entry, _)) => {
                self.problems.clear();
                self.waiting.push(Event::Swap(Box::new(entry)));
                self.say(format!("{} reloaded", source.name()));
            }
            Err(problems) => self.problems = problems,
        }
    }
}
