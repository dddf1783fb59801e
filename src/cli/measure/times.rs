//! Milliseconds of each part of a scene.

use super::milliseconds;
use crate::world::scene::Scene;

/// How long something took, each time.
#[derive(Clone, Debug, Default)]
pub struct Lengths(Vec<f64>);

impl Lengths {
    /// Milliseconds that half of them stay below; 0 if there are none.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
    }

    /// How often it was timed.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Milliseconds of the longest.
    pub fn max(&self) -> f64 {
        self.0.iter().copied().fold(0.0, f64::max)
    }
}

/// The times of a run.
pub struct Times {
    /// Whether what runs now counts.
    pub on: bool,
    /// A whole tick, all nodes at once.
    pub tick: Lengths,
    /// Each node alone.
    pub nodes: Vec<Lengths>,
    /// All that nodes show to each other.
    pub board: Lengths,
    /// A picture.
    pub frame: Lengths,
}

impl Times {
    /// Of a scene, before anything ran.
    pub fn of(scene: &Scene) -> Self {
        let nodes = vec![Lengths::default(); scene.nodes.len()];
        let [tick, board, frame] = [const { Lengths(Vec::new()) }; 3];
        Self { on: false, tick, nodes, board, frame }
    }
    /// A tick runs.
    pub fn tick(&mut self, run: impl FnMut()) {
        self.tick.0.extend(Some(milliseconds(run)).filter(|_| self.on));
    }
    /// A node steps.
    pub fn node(&mut self, node: usize, run: impl FnMut()) {
        self.nodes[node].0.extend(Some(milliseconds(run)).filter(|_| self.on));
    }
    /// Nodes show what is read of them.
    pub fn board(&mut self, run: impl FnMut()) {
        self.board.0.extend(Some(milliseconds(run)).filter(|_| self.on));
    }
    /// A picture is composed.
    pub fn frame(&mut self, run: impl FnMut()) {
        self.frame.0.extend(Some(milliseconds(run)).filter(|_| self.on));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_lengths_lie_below_the_median_and_none_above_the_greatest() {
        let of = |all: &[f64]| (Lengths(all.to_vec()).median(), Lengths(all.to_vec()).max());
        assert_eq!(of(&[3.0, 9.0, 1.0]), (3.0, 9.0));
        assert_eq!(of(&[]), (0.0, 0.0));
        let whole = |name: &str| name.parse::<f64>().unwrap();
        assert_eq!(of(&["2", "1"].map(whole)), (2.0, 2.0));
    }
}
