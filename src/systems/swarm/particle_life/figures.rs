//! What is measured of particles, each sum in a fixed order.

use super::crowd::Crowd;
use super::knobs::Readout;
use crate::real::{squares, sum};

/// The readouts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    speed: f64,
    energy: f64,
    momentum: [f64; 2],
    clustering: f64,
}

impl Figures {
    /// Of particles that are sorted by cells.
    pub fn of(crowd: &Crowd<f32>) -> Self {
        let n = crowd.len().max(1) as f64;
        let speeds: Vec<f32> = crowd.vx.iter().zip(&crowd.vy).map(|(u, v)| (u * u + v * v).sqrt()).collect();
        Self {
            speed: sum(&speeds) / n,
            energy: 0.5 * (squares(&crowd.vx) + squares(&crowd.vy)) / n,
            momentum: [sum(&crowd.vx) / n, sum(&crowd.vy) / n],
            clustering: clustering(crowd),
        }
    }

    /// One of them.
    pub fn read(&self, readout: Readout) -> f32 {
        let value = match readout {
            Readout::Speed => self.speed,
            Readout::Energy => self.energy,
            Readout::MomentumX => self.momentum[0],
            Readout::MomentumY => self.momentum[1],
            Readout::Clustering => self.clustering,
        };
        value as f32
    }
}

/// Pairs that share a cell, over how many would if all were scattered.
fn clustering(crowd: &Crowd<f32>) -> f64 {
    let [w, h] = crowd.bins().counts();
    let pairs = |n: u64| n * n.saturating_sub(1);
    let together: u64 = (0..w * h).map(|i| pairs(crowd.bins().cell(i % w, i / w).len() as u64)).sum();
    let all = pairs(crowd.len() as u64);
    if all == 0 { 1.0 } else { together as f64 * (w * h) as f64 / all as f64 }
}
