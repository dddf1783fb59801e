//! What the agents of a species follow: its own trail, those of the others, food and light, in trails of one size.

use rayon::prelude::*;
use world::field::rows_per_task;

/// What counts beside the own trail.
pub(super) struct Pull<'a> {
    /// Weight of the trails of other species.
    pub others: f32,
    /// Weight of the next species' trail, and of the one before with the other sign.
    pub pursuit: f32,
    /// Food, and its weight in mean trails.
    pub food: Option<(&'a [f32], f32)>,
    /// Light, and its weight.
    pub light: Option<(&'a [f32], f32)>,
}

/// What one species of several follows. `trails` are their trails, each with its mean.
pub(super) fn follow(trails: &[(&[f32], f32)], own: usize, pull: &Pull, width: usize) -> Vec<f32> {
    let (n, mean) = (trails.len(), trails[own].1);
    let weight = |other: usize| {
        let pursuit = match n {
            1 => 0.0,
            2 => pull.pursuit * if own == 0 { 1.0 } else { -1.0 },
            _ => pull.pursuit * if other == (own + 1) % n { 1.0 } else { -1.0 },
        };
        (pull.others + pursuit) * mean / trails[other].1
    };
    let mut scent = trails[own].0.to_vec();
    scent.par_chunks_mut(width).with_min_len(rows_per_task(width)).enumerate().for_each(|(y, row)| {
        let part = y * width..(y + 1) * width;
        for other in (0..n).filter(|&other| other != own) {
            add(row, &trails[other].0[part.clone()], weight(other));
        }
        if let Some((food, appetite)) = pull.food {
            add(row, &food[part.clone()], appetite * mean);
        }
        if let Some((light, shyness)) = pull.light {
            add(row, &light[part], -shyness * mean);
        }
    });
    scent
}

world::widest! {
    /// Adds a multiple of a row to another.
    fn add(row: &mut [f32], of: &[f32], by: f32) {
        let n = row.len().min(of.len());
        let (row, of) = (&mut row[..n], &of[..n]);
        for i in 0..n {
            row[i] += by * of[i];
        }
    }
}
