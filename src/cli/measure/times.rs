//! Milliseconds of each part of a scene.

use std::time::Instant;

use crate::world::scene::Scene;

/// Durations of repeated runs, milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Lengths(Vec<f64>);

impl Lengths {
    /// The median, milliseconds; 0 without any.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
    }

    /// Number of durations.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The longest, milliseconds.
    pub fn max(&self) -> f64 {
        self.0.iter().copied().fold(0.0, f64::max)
    }
}

/// The times of a run.
pub struct Times {
    /// Whether durations are recorded.
    pub on: bool,
    /// A whole tick, all nodes at once.
    pub tick: Lengths,
    /// Each node alone.
    pub nodes: Vec<Lengths>,
    /// The field bus: all outputs that nodes publish to each other.
    pub board: Lengths,
    /// A picture.
    pub frame: Lengths,
}

impl Times {
    /// Of a scene, before anything is timed.
    pub fn of(scene: &Scene) -> Self {
        let nodes = vec![Lengths::default(); scene.nodes.len()];
        let [tick, board, frame] = [const { Lengths(Vec::new()) }; 3];
        Self { on: false, tick, nodes, board, frame }
    }
    /// Times a tick.
    pub fn tick(&mut self, run: impl FnMut()) {
        self.tick.0.extend(Some(milliseconds(run)).filter(|_| self.on));
    }
    /// Times a step of a node.
    pub fn node(&mut self, node: usize, run: impl FnMut()) {
        self.nodes[node].0.extend(Some(milliseconds(run)).filter(|_| self.on));
    }
    /// Times the publishing of outputs that are read.
    pub fn board(&mut self, run: impl FnMut()) {
        self.board.0.extend(Some(milliseconds(run)).filter(|_| self.on));
    }
    /// Times the composition of a picture.
    pub fn frame(&mut self, run: impl FnMut()) {
        self.frame.0.extend(Some(milliseconds(run)).filter(|_| self.on));
    }
}

/// Duration of a run, milliseconds.
fn milliseconds(mut run: impl FnMut()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_maximum_are_those_of_the_durations() {
        let of = |all: &[f64]| (Lengths(all.to_vec()).median(), Lengths(all.to_vec()).max());
        assert_eq!(of(&[3.0, 9.0, 1.0]), (3.0, 9.0));
        assert_eq!(of(&[]), (0.0, 0.0));
        let whole = |name: &str| name.parse::<f64>().unwrap();
        assert_eq!(of(&["2", "1"].map(whole)), (2.0, 2.0));
    }
}
