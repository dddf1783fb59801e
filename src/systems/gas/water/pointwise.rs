//! What happens in each cell by itself: friction (Manning 1891), forces, sources; and the speed of its waves.

use super::flux::SPEED_LIMIT;
use world::widest;

/// 1 / cube root of a number above 0, to the last bits of f32: Newton's method from the exponent's third. Plain
/// arithmetic, so that a row of them is vector code and every machine agrees.
#[inline(always)]
fn per_cube_root(x: f32) -> f32 {
    let mut y = f32::from_bits(0x54a2_1d2a - x.to_bits() / 3);
    for _ in 0..3 {
        y *= (4.0 - x * (y * y * y)) * (1.0 / 3.0);
    }
    y
}

widest! {
    /// Velocities of a row after `seconds` of a force and of friction: g·n²·|u|u/h^(4/3), by Euler's implicit step solved
    /// exactly, so that thin water stops and does not turn round. `friction` is seconds·g·n².
    pub fn accelerate(
        row: [&mut [f32]; 3],
        force: Option<[&[f32]; 2]>,
        seconds: f32,
        friction: f32,
        dry: f32,
    ) {
        let n = row[0].len();
        let [h, u, v] = row.map(|l| &mut l[..n]);
        if let Some([fx, fy]) = force {
            let (fx, fy) = (&fx[..n], &fy[..n]);
            for i in 0..n {
                let wet = if h[i] > dry { seconds } else { 0.0 };
                u[i] += wet * fx[i];
                v[i] += wet * fy[i];
            }
        }
        for i in 0..n {
            let third = per_cube_root(h[i].max(1e-9));
            let speed = (u[i] * u[i] + v[i] * v[i]).sqrt();
            let brake = (friction * speed) * (third * third) * (third * third);
            let keep = 2.0 / (1.0 + (1.0 + 4.0 * brake).sqrt());
            u[i] = (u[i] * keep).clamp(-SPEED_LIMIT, SPEED_LIMIT);
            v[i] = (v[i] * keep).clamp(-SPEED_LIMIT, SPEED_LIMIT);
        }
    }
}

widest! {
    /// Greatest speed of a wave along either axis in a row.
    pub fn fastest(row: [&[f32]; 3], gravity: f32) -> f32 {
        const LANES: usize = 16;
        let [h, u, v] = row;
        let mut most = [0f32; LANES];
        let speed = |h: f32, u: f32, v: f32| u.abs().max(v.abs()) + (gravity * h).sqrt();
        let n = h.len() / LANES * LANES;
        let (u, v) = (&u[..h.len()], &v[..h.len()]);
        for start in (0..n).step_by(LANES) {
            for k in 0..LANES {
                most[k] = most[k].max(speed(h[start + k], u[start + k], v[start + k]));
            }
        }
        for i in n..h.len() {
            most[0] = most[0].max(speed(h[i], u[i], v[i]));
        }
        most.into_iter().fold(0.0, f32::max)
    }
}

widest! {
    /// Adds `rate` times a field to depths, down to 0 and up to `most`; what comes has no velocity of its own.
    pub fn add(row: [&mut [f32]; 3], field: &[f32], rate: f32, most: f32) {
        let n = row[0].len();
        let [h, u, v] = row.map(|l| &mut l[..n]);
        let field = &field[..n];
        for i in 0..n {
            // Beyond 1000 a source is no brighter: a tick must not fill a world.
            let wanted = rate * field[i].clamp(-1e3, 1e3);
            let old = h[i];
            let new = if wanted > 0.0 { (old + wanted).min(old.max(most)) } else { (old + wanted).max(0.0) };
            let keep = if new > old { old / new } else { 1.0 };
            h[i] = new;
            u[i] *= keep;
            v[i] *= keep;
        }
    }
}
