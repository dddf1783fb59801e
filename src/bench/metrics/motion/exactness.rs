//! Exactness, for worlds of discrete states: an imitator meets the truth in every cell, or it does not.

use super::crossing::{Crossing, first_below};
use super::rollout::Rollout;

/// Share of cells that are equal in all planes, frame by frame; 0 to 1.
pub fn equal_shares(truth: &Rollout, candidate: &Rollout) -> Vec<f64> {
    let (cells, planes) = (truth.layout().cells(), truth.layout().channels);
    let at = |t: usize| {
        let (a, b) = (truth.frame(t), candidate.frame(t));
        let is_equal = |cell: &usize| (0..planes).all(|p| a.get(p * cells + cell) == b.get(p * cells + cell));
        (0..cells).filter(is_equal).count() as f64 / cells as f64
    };
    (0..truth.frames().min(candidate.frames())).map(at).collect()
}

/// The first frame that differs in any cell; censored if the roll-out is exact to its end.
pub fn first_difference(shares: &[f64]) -> Crossing {
    first_below(shares, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::motion::rollout::Layout;

    const SIDE: usize = 8;

    /// Conway's Life on a torus, by its definition.
    fn step(board: &[f32]) -> Vec<f32> {
        let at = |x: usize, y: usize| board[y % SIDE * SIDE + x % SIDE];
        let cell = |i: usize| {
            let (x, y) = (i % SIDE + SIDE, i / SIDE + SIDE);
            let around = (0..9).filter(|k| *k != 4).map(|k| at(x + k % 3 - 1, y + k / 3 - 1)).sum::<f32>();
            f32::from(u8::from(around == 3.0 || around == 2.0 && at(x, y) == 1.0))
        };
        (0..SIDE * SIDE).map(cell).collect()
    }

    fn life(start: &[usize], frames: usize) -> Vec<Vec<f32>> {
        let board: Vec<f32> = (0..SIDE * SIDE).map(|i| f32::from(u8::from(start.contains(&i)))).collect();
        std::iter::successors(Some(board), |b| Some(step(b))).take(frames).collect()
    }

    fn rollout(frames: Vec<Vec<f32>>) -> Rollout {
        Rollout::new(Layout { discrete: true, ..Layout::torus(SIDE, SIDE, 1) }, frames).unwrap()
    }

    #[test]
    fn a_blinker_with_one_flipped_cell_differs_from_that_frame_on() {
        // Three cells in a row, which turn by a quarter at every step.
        let blinker = life(&[26, 27, 28], 20);
        assert!(blinker[2] == blinker[0] && blinker[1] != blinker[0]);
        let truth = rollout(blinker.clone());
        let exact = equal_shares(&truth, &truth);
        assert_eq!(exact, [1.0; 20]);
        assert_eq!(first_difference(&exact), Crossing { time: 20.0, censored: true });
        // A lone cell dies.
        let mut frames = blinker.clone();
        frames[7][0] = 1.0;
        let shares = equal_shares(&truth, &rollout(frames));
        assert_eq!((shares[6], shares[7], shares[8]), (1.0, 63.0 / 64.0, 1.0));
        assert_eq!(first_difference(&shares), Crossing { time: 7.0, censored: false });
        // Without its middle, nothing survives: the truth's three cells and their places differ.
        let mut gap = blinker[..7].to_vec();
        let mut broken = blinker[7].clone();
        broken[27] = 0.0;
        gap.extend(std::iter::successors(Some(broken), |b| Some(step(b))).take(13));
        let shares = equal_shares(&truth, &rollout(gap));
        assert_eq!((shares[6], shares[7], shares[8]), (1.0, 63.0 / 64.0, 61.0 / 64.0));
        assert_eq!(first_difference(&shares).time, 7.0);
    }

    #[test]
    fn a_cell_counts_once_whatever_its_planes() {
        let layout = Layout::torus(2, 1, 2);
        let of = |f: [f32; 4]| Rollout::new(layout.clone(), vec![f.to_vec()]).unwrap();
        let truth = of([1.0, 2.0, 3.0, 0.0]);
        assert_eq!(equal_shares(&truth, &of([1.0, 5.0, 3.0, 9.0])), [0.5]);
        assert_eq!(equal_shares(&truth, &of([1.0, 2.0, 3.0, -0.0])), [1.0]);
        assert_eq!(equal_shares(&truth, &of([0.0, 5.0, 3.0, 0.0])), [0.0]);
    }
}
