//! How far a velocity moves a picture, measured from frames: the factors by which the velocity carries each frame best
//! to the next (least squares on the image gradient, coarse to fine; Lucas and Kanade 1981).

use rayon::prelude::*;

use super::advection::Advection;
use crate::nca::texture::pyramid::halved;

/// A picture, the next one, and the velocity between them.
pub struct FramePair<'a> {
    /// `[channels][height][width]`.
    pub before: &'a [f32],
    /// The same a frame later.
    pub after: &'a [f32],
    /// `[2][height][width]`, to the right and down.
    pub velocity: &'a [f32],
}

/// Scales, each half the one before, and rounds of least squares at each.
const SCALES: usize = 3;
const ROUNDS: usize = 6;
/// Fewest cells a side of a scale.
const LEAST: usize = 16;
/// Cells at the border that do not count: there a walled world and the torus differ.
const BORDER: usize = 4;
/// Along the velocity a picture must miss the next one by less than this share of what it misses against it. (Standing
/// still is no measure: carrying blurs, and a blurred picture is nearer to any other.)
const UNEXPLAINED: f64 = 0.8;

/// One frame pair at one scale.
struct Scaled {
    before: Vec<f32>,
    after: Vec<f32>,
    velocity: Vec<f32>,
}

/// Sums of least squares: aᵀa (three entries), aᵀr (two), rᵀr.
type Sums = [f64; 6];

/// Cells a frame, to the right and down, that a velocity of one moves a picture.
///
/// # Errors
/// The pictures do not move with the velocity.
pub fn measured(pairs: &[FramePair], size: (usize, usize)) -> Result<[f32; 2], String> {
    let finest = pairs.iter().map(|p| Scaled {
        before: p.before.to_vec(),
        after: p.after.to_vec(),
        velocity: p.velocity.to_vec(),
    });
    let mut levels = vec![(finest.collect::<Vec<_>>(), size)];
    while levels.len() < SCALES {
        let (pairs, (h, w)) = (&levels[levels.len() - 1].0, levels[levels.len() - 1].1);
        if !h.is_multiple_of(2) || !w.is_multiple_of(2) || h.min(w) / 2 < LEAST {
            break;
        }
        let half = |p: &Scaled| Scaled {
            before: halved(&p.before, (h, w)),
            after: halved(&p.after, (h, w)),
            velocity: halved(&p.velocity, (h, w)),
        };
        let next = (pairs.iter().map(half).collect(), (h / 2, w / 2));
        levels.push(next);
    }
    let mut cells = [0f64; 2];
    for (level, (pairs, size)) in levels.iter().enumerate().rev() {
        cells = improved(pairs, *size, cells, 1.0 / (1 << level) as f64);
    }
    let left = |cells: [f64; 2]| sums(&levels[0].0, size, cells, 1.0)[5];
    let (along, against) = (left(cells), left(cells.map(|c| -c)));
    // Also false of NaN.
    let explains = along < UNEXPLAINED * against;
    match explains {
        true => Ok(cells.map(|c| c as f32)),
        false => Err(format!(
            "expected a picture that moves with the velocity given: carried along it, it misses the next one by {along:.3e}, carried against it by {against:.3e}"
        )),
    }
}

/// Better factors than the given ones, at one scale: rounds of least squares while they help.
fn improved(pairs: &[Scaled], size: (usize, usize), mut cells: [f64; 2], unit: f64) -> [f64; 2] {
    let (mut trial, mut least) = (cells, f64::INFINITY);
    for _ in 0..=ROUNDS {
        let sums = sums(pairs, size, trial, unit);
        if sums[5] < least {
            (least, cells) = (sums[5], trial);
        } else {
            break;
        }
        let step = solved(&sums);
        trial = [cells[0] + step[0], cells[1] + step[1]];
    }
    cells
}

/// Sums over all pairs of one scale, whose cell is `1 / unit` cells of the finest.
fn sums(pairs: &[Scaled], size: (usize, usize), cells: [f64; 2], unit: f64) -> Sums {
    let each: Vec<Sums> = pairs.par_iter().map(|p| pair_sums(p, size, cells, unit)).collect();
    each.iter().fold([0.0; 6], |sum, s| std::array::from_fn(|i| sum[i] + s[i]))
}

fn pair_sums(pair: &Scaled, (h, w): (usize, usize), cells: [f64; 2], unit: f64) -> Sums {
    let n = h * w;
    let moved = |i: usize, v: &f32| (f64::from(*v) * unit * cells[(i >= n) as usize]) as f32;
    let displacement: Vec<f32> = pair.velocity.iter().enumerate().map(|(i, v)| moved(i, v)).collect();
    let carried = Advection::new(&displacement, (h, w)).apply(&pair.before);
    let mut sums = [0f64; 6];
    for (plane, goal) in carried.chunks_exact(n).zip(pair.after.chunks_exact(n)) {
        for y in BORDER..h.saturating_sub(BORDER) {
            for x in BORDER..w.saturating_sub(BORDER) {
                let i = y * w + x;
                let slope = |a: usize, b: usize| 0.5 * f64::from(plane[b] - plane[a]) * unit;
                // How the carried picture changes with either factor.
                let a = -f64::from(pair.velocity[i]) * slope(i - 1, i + 1);
                let b = -f64::from(pair.velocity[n + i]) * slope(i - w, i + w);
                let r = f64::from(goal[i] - plane[i]);
                let own = [a * a, a * b, b * b, a * r, b * r, r * r];
                sums.iter_mut().zip(own).for_each(|(s, v)| *s += v);
            }
        }
    }
    sums
}

/// The least-squares solution, slightly damped, so that an axis without motion stays at zero.
fn solved([aa, ab, bb, ar, br, _]: &Sums) -> [f64; 2] {
    let damping = 1e-9 * (aa + bb) + 1e-300;
    let (aa, bb) = (aa + damping, bb + damping);
    let determinant = aa * bb - ab * ab;
    [(bb * ar - ab * br) / determinant, (aa * br - ab * ar) / determinant]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::normals;
    use world::rng::Rng;

    const N: usize = 48;

    /// Soft blobs in two colours.
    fn picture(seed: u64) -> Vec<f32> {
        let mut x = normals(Rng::new(seed), 2 * N * N);
        let blur = Advection::new(&[vec![0.5; N * N], vec![0.5; N * N]].concat(), (N, N));
        (0..8).for_each(|_| x = blur.apply(&x));
        x
    }

    /// A swirl whose velocity is a hundredth of a cell a frame times `of`.
    fn swirl(of: f64) -> Vec<f32> {
        let turn = |i: usize| core::f64::consts::TAU * i as f64 / N as f64;
        let u = (0..N * N).map(|i| (-of * libm::sin(turn(i / N))) as f32);
        u.chain((0..N * N).map(|i| (of * libm::sin(turn(i % N)) + 0.3 * of) as f32)).collect()
    }

    #[test]
    fn it_finds_how_far_a_velocity_carries() {
        let velocity = swirl(0.01);
        let scale = [140.0, 90.0];
        let moved: Vec<f32> =
            velocity.iter().enumerate().map(|(i, v)| v * scale[(i >= N * N) as usize]).collect();
        let flow = Advection::new(&moved, (N, N));
        let before = [1, 2, 3].map(picture);
        // Something else happens as well: it fades, and there is noise.
        let after = before.each_ref().map(|x| {
            let noise = normals(Rng::new(7), x.len());
            flow.apply(x).iter().zip(noise).map(|(v, n)| 0.97 * v + 0.01 * n).collect::<Vec<f32>>()
        });
        let pairs: Vec<FramePair> = before
            .iter()
            .zip(&after)
            .map(|(before, after)| FramePair { before, after, velocity: &velocity })
            .collect();
        let found = measured(&pairs, (N, N)).unwrap();
        for (found, expected) in found.iter().zip(scale) {
            assert!((found - expected).abs() < 0.06 * expected, "{found}, {expected}");
        }
        let strangers: Vec<FramePair> = before
            .iter()
            .zip(before.iter().skip(1))
            .map(|(before, after)| FramePair { before, after, velocity: &velocity })
            .collect();
        assert!(measured(&strangers, (N, N)).is_err_and(|e| e.contains("moves with the velocity")));
    }
}
