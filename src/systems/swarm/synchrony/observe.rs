//! Order parameters.

use core::f64::consts::TAU;

use rayon::prelude::*;

use super::mean::sum;
use super::waves::{TASK, Wave, waves_of};

/// Length and angle (radians, 0..2π) of the mean of e^{iθ} (Kuramoto 1975): 1 if all are in step, 0 if they are scattered.
pub fn order<R: Wave>(theta: &[R]) -> (f64, f64) {
    let (mut sin, mut cos) = (Vec::new(), Vec::new());
    waves_of(theta, &mut sin, &mut cos);
    polar(sum(&sin), sum(&cos), theta.len())
}

/// The rainbow order parameters S± = |⟨e^{i(φ ± θ)}⟩|, φ the angle about the centroid (O'Keeffe, Hong and Strogatz 2017): one of
/// them is near 1 if the phase turns once round the swarm. `stretch` is how much longer a unit across is than one down.
pub fn rainbow<R: Wave>(x: &[R], y: &[R], stretch: R, theta: &[R]) -> [f64; 2] {
    let n = theta.len().max(1) as f64;
    let centre = [sum(x) / n, sum(y) / n].map(R::of);
    let (mut sin, mut cos) = (Vec::new(), Vec::new());
    waves_of(theta, &mut sin, &mut cos);
    let places = x.par_chunks(TASK).zip(y.par_chunks(TASK));
    let parts: Vec<[f64; 4]> = places
        .zip(sin.par_chunks(TASK).zip(cos.par_chunks(TASK)))
        .map(|((x, y), (sin, cos))| products([x, y, sin, cos], centre, stretch))
        .collect();
    let [ac, bs, bc, a_s] = [0, 1, 2, 3].map(|k| parts.iter().map(|part| part[k]).sum::<f64>());
    [polar(bc + a_s, ac - bs, theta.len()).0, polar(bc - a_s, ac + bs, theta.len()).0]
}

world::widest! {
    /// Sums of the products of (cos φ, sin φ) and (cos θ, sin θ), each with each, in eight lanes.
    fn products<R: Wave>(planes: [&[R]; 4], centre: [R; 2], stretch: R) -> [f64; 4] {
        let [x, y, sin, cos] = planes;
        let mut sums = [[R::ZERO; 8]; 4];
        for i in 0..x.len() {
            let (dx, dy) = (stretch * (x[i] - centre[0]), y[i] - centre[1]);
            let far = dx * dx + dy * dy;
            let near = if far > R::of(1e-12) { far.inverse_root() } else { R::ZERO };
            let (a, b) = (dx * near, dy * near);
            sums[0][i % 8] += a * cos[i];
            sums[1][i % 8] += b * sin[i];
            sums[2][i % 8] += b * cos[i];
            sums[3][i % 8] += a * sin[i];
        }
        sums.map(lanes_sum)
    }
}

#[inline(always)]
fn lanes_sum<R: Wave>(lanes: [R; 8]) -> f64 {
    let mut sum = 0.0;
    for lane in lanes {
        sum += lane.wide();
    }
    sum
}

fn polar(sin: f64, cos: f64, n: usize) -> (f64, f64) {
    let (s, c) = (sin / n.max(1) as f64, cos / n.max(1) as f64);
    let angle = libm::atan2(s, c);
    ((s * s + c * c).sqrt(), if angle < 0.0 { angle + TAU } else { angle })
}
