//! Progress of a training: a bar, a line an epoch, pictures of what it has learned, and checkpoints.

use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::learn::LearnError;
use crate::learn::checkpoint::{self, Task};
use crate::learn::file::File;
use crate::learn::training::{Losses, TrainingCallback, TrainingRun};
use crate::world::frame::write_atomic;

/// Pictures are drawn after the first epochs and then so many times.
const DRAWINGS: usize = 16;

/// Draws what was learned so far, as PNG.
pub type Draw<'a> = dyn Fn(&File) -> Result<Vec<u8>, LearnError> + 'a;

/// Shows and saves a training while it runs.
pub struct TrainingProgress<'a> {
    /// The bar.
    pub bar: ProgressBar,
    out: &'a Path,
    task: &'a Task,
    draw: &'a Draw<'a>,
}

impl<'a> TrainingProgress<'a> {
    /// For a training whose weights go to `out`.
    pub fn new(out: &'a Path, task: &'a Task, draw: &'a Draw<'a>) -> Self {
        let bar = ProgressBar::new(1);
        let style = ProgressStyle::with_template("{bar:32} {pos}/{len} steps  {msg}  {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, out, task, draw }
    }
}

/// Whether pictures are drawn after an epoch: they may cost as much as the epoch itself.
fn is_drawn(epoch: usize, of: usize) -> bool {
    epoch <= 2 || epoch == of || epoch.is_multiple_of(of.div_ceil(DRAWINGS).max(1))
}

impl TrainingCallback for TrainingProgress<'_> {
    fn step(&mut self, done: usize, all: usize, losses: &Losses) {
        self.bar.set_length(all as u64);
        self.bar.set_position(done as u64);
        let text: Vec<String> = losses.iter().map(|(n, v)| format!("{n} {v:.4}")).collect();
        self.bar.set_message(text.join("  "));
    }

    fn epoch(&mut self, training: &TrainingRun) -> Result<(), LearnError> {
        let number = training.progress.history.len();
        let losses = training.progress.history.last().cloned().unwrap_or_default();
        let text: Vec<String> = losses.iter().map(|(n, v)| format!("{n} {v:.4}")).collect();
        let seconds = training.progress.seconds;
        self.bar.suspend(|| println!("epoch {number:>3}  {}  {seconds:.0} s", text.join("  ")));
        if !is_drawn(number, self.task.plan.epochs) {
            return Ok(());
        }
        let file = File { header: self.task.header.clone(), weights: training.trainer.weights() };
        let png = (self.draw)(&file)?;
        write_atomic(&self.out.with_extension("png"), &png).map_err(|e| LearnError::Failed(e.to_string()))
    }

    fn checkpoint(&mut self, training: &TrainingRun) -> Result<(), LearnError> {
        checkpoint::save(&checkpoint::beside(self.out), self.task, training)
    }
}

#[cfg(test)]
mod tests {
    use super::is_drawn;

    #[test]
    fn a_long_training_is_drawn_some_twenty_times() {
        let drawn = |of: usize| (1..=of).filter(|e| is_drawn(*e, of)).count();
        assert_eq!(drawn(4), 4);
        assert!((16..20).contains(&drawn(400)) && is_drawn(400, 400) && is_drawn(1, 400));
    }
}
