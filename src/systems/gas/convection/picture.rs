//! The glow of hot and cold plumes, for a picture that needs no palette.

use super::lattice::Lattice;
use super::observe::across;

/// Linear RGB of hot fluid, from the mean temperature to the hot plate's, evenly spaced.
const HOT: [[f32; 3]; 6] = [
    [0.004, 0.003, 0.010],
    [0.060, 0.004, 0.022],
    [0.320, 0.022, 0.016],
    [0.850, 0.140, 0.014],
    [1.050, 0.480, 0.080],
    [1.150, 0.950, 0.560],
];
/// The same down to the cold plate's.
const COLD: [[f32; 3]; 6] = [
    [0.004, 0.003, 0.010],
    [0.006, 0.012, 0.070],
    [0.008, 0.060, 0.250],
    [0.020, 0.220, 0.520],
    [0.180, 0.520, 0.780],
    [0.620, 0.880, 0.960],
];
/// Linear RGB of what is solid and insulates.
const SOLID: [f32; 3] = [0.012, 0.011, 0.014];
/// How much brighter a steep front is, per temperature a cell.
const FRONT: f32 = 1.6;

/// One channel of a colour for a temperature, −½ to ½.
fn ramp(channel: usize, heat: f32) -> f32 {
    let stops = if heat > 0.0 { &HOT } else { &COLD };
    // Lifts faint plumes out of the dark.
    let part = (2.0 * heat.abs()).min(1.0);
    let at = 2.0 * part / (1.0 + part) * (stops.len() - 1) as f32;
    let i = (at as usize).min(stops.len() - 2);
    let t = at - i as f32;
    stops[i][channel] + t * (stops[i + 1][channel] - stops[i][channel])
}

/// One channel of a row of the picture.
pub fn row(lattice: &Lattice, channel: usize, y: usize, into: &mut [f32]) {
    let (w, h) = lattice.size();
    let around = lattice.surroundings();
    let (above, below) = (lattice.moment(3, y.saturating_sub(1)), lattice.moment(3, (y + 1).min(h - 1)));
    let (heat, solid) = (lattice.moment(3, y), lattice.solid_row(y));
    for (x, v) in into.iter_mut().enumerate() {
        if solid[x] != 0 {
            *v = around.obstacles.map_or(SOLID[channel], |heat| 0.6 * ramp(channel, heat));
            continue;
        }
        let (a, b, per) =
            if x > 0 && x + 1 < w { (x - 1, x + 1, 0.5) } else { across(x, w, around.periodic) };
        let (gx, gy) = ((heat[b] - heat[a]) * per, (below[x] - above[x]) * 0.5);
        let front = ((gx * gx + gy * gy).sqrt() * FRONT).min(0.5);
        *v = (ramp(channel, heat[x]) * (0.85 + front)).min(1.2);
    }
}
