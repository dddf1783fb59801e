//! What watches trainings, and may end them.

use judge::JudgeError;
use judge::progress::{Epoch, Progress};
use judge::training::TrainingCallback;

/// Watches trainings.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Whether to stop; asked before every step.
    pub stop: &'a dyn Fn() -> bool,
    /// So many steps will follow at most, unless some are kept.
    pub plan: &'a dyn Fn(u64),
    /// A step is done, of the training of that name.
    pub step: &'a dyn Fn(&str),
}

impl Watch<'_> {
    /// Nobody watches.
    pub const SILENT: Self = Watch { stop: &|| false, plan: &|_| {}, step: &|_| {} };
}

/// Passes the steps of a training on, and saves nothing.
pub struct Steps<'a> {
    /// The training's name.
    pub name: &'a str,
    /// Who watches.
    pub watch: Watch<'a>,
}

impl TrainingCallback for Steps<'_> {
    fn step(&mut self, _: usize, _: usize, _: f64) {
        (self.watch.step)(self.name);
    }
    fn epoch(&mut self, _: Epoch) {}
    fn checkpoint(&mut self, _: &Progress) -> Result<(), JudgeError> {
        Ok(())
    }
}
