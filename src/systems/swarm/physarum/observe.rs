//! What a tick is summed up in.

use super::Physarum;
use super::knobs::Readout;
use rayon::prelude::*;
use world::ports::Readouts as _;

impl Physarum {
    pub(super) fn observe(&mut self) {
        let (w, cells) = (self.size.0, (self.size.0 * self.size.1) as f64);
        let trails: Vec<(&[f32], f32)> =
            self.species.iter().map(|s| (&s.trail.now[..], 1.0 / s.mean)).collect();
        // A sum a row, rows in order: no sum depends on threads.
        let rows: Vec<[f64; 3]> = (0..self.size.1)
            .into_par_iter()
            .map(|y| {
                let [mut sum, mut squares, mut lost] = [0f64; 3];
                for x in y * w..(y + 1) * w {
                    let own = trails[0].0[x] * trails[0].1;
                    let most = trails[1..].iter().map(|(t, by)| t[x] * by).fold(0.0, f32::max);
                    let all = trails.iter().map(|(t, by)| t[x] * by).sum::<f32>() as f64;
                    (sum, squares) = (sum + all, squares + all * all);
                    lost += if most > own { own as f64 } else { 0.0 };
                }
                [sum, squares, lost]
            })
            .collect();
        let [sum, squares, lost] = rows.iter().fold([0.0; 3], |a, b| std::array::from_fn(|k| a[k] + b[k]));
        let mean = sum / cells;
        let own: f64 = trails[0].0.chunks(w).map(|row| row.iter().map(|&v| v as f64).sum::<f64>()).sum();
        let above = (0..self.size.1).into_par_iter().map(|y| {
            let all = |x: usize| trails.iter().map(|(t, by)| t[x] * by).sum::<f32>() as f64;
            (y * w..(y + 1) * w).filter(|&x| all(x) > mean).count()
        });
        let covered = above.sum::<usize>() as f64 / cells;
        let spread = (squares / cells - mean * mean).max(0.0).sqrt();
        let share = |a: f64, b: f64| if b > 1e-12 { (a / b) as f32 } else { 0.0 };
        self.readings[Readout::Contrast.index()] = share(spread, mean);
        self.readings[Readout::Covered.index()] = covered as f32;
        self.readings[Readout::Contested.index()] = share(lost, own * trails[0].1 as f64);
    }
}
