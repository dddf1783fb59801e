//! How the ground looks: colours by height, and a texture.

use world::rng::Rng;

/// Ground from low to high: height 0..1 and colour in linear light.
const STRATA: [(f32, [f32; 3]); 7] = [
    (0.00, [0.46, 0.41, 0.30]),
    (0.30, [0.62, 0.53, 0.37]),
    (0.50, [0.74, 0.63, 0.44]),
    (0.60, [0.38, 0.37, 0.18]),
    (0.72, [0.13, 0.20, 0.07]),
    (0.88, [0.09, 0.13, 0.07]),
    (1.00, [0.30, 0.28, 0.25]),
];

/// Colour of ground at a height of 0..1.
pub fn stratum(t: f32) -> [f32; 3] {
    let t = t.clamp(0.0, 1.0);
    let k = STRATA.iter().rposition(|s| s.0 <= t).unwrap_or(0).min(STRATA.len() - 2);
    let ((a, low), (b, high)) = (STRATA[k], STRATA[k + 1]);
    let s = (t - a) / (b - a);
    [0, 1, 2].map(|c| low[c] + s * (high[c] - low[c]))
}

/// Side of the texture's tile.
const SIDE: usize = 256;

/// A tile of texture: fine grain and soft patches, both −1..1.
pub struct Texture {
    tile: Vec<[f32; 2]>,
}

impl Texture {
    /// Made of the numbers at an address.
    pub fn new(rng: Rng) -> Self {
        let at = |rng: Rng, x: usize, y: usize| 2.0 * rng.unit((y % SIDE * SIDE + x % SIDE) as u64) - 1.0;
        let soft = |rng: Rng, x: usize, y: usize, size: usize| {
            let (i, j, s, t) = (x / size, y / size, x % size, y % size);
            let smooth = |s: usize| {
                let s = s as f32 / size as f32;
                s * s * (3.0 - 2.0 * s)
            };
            let (s, t, n) = (smooth(s), smooth(t), SIDE / size);
            let node = |i: usize, j: usize| at(rng, i % n, j % n);
            let above = node(i, j) + s * (node(i + 1, j) - node(i, j));
            let below = node(i, j + 1) + s * (node(i + 1, j + 1) - node(i, j + 1));
            above + t * (below - above)
        };
        let cell = |k: usize| {
            let (x, y) = (k % SIDE, k / SIDE);
            let grain = 0.5 * (at(rng, x, y) + soft(rng.fork(1), x, y, 4));
            let patch = 0.6 * soft(rng.fork(2), x, y, 32) + 0.4 * soft(rng.fork(3), x, y, 16);
            [grain, patch]
        };
        Self { tile: (0..SIDE * SIDE).map(cell).collect() }
    }

    /// Grain and patches of the ground at a cell.
    pub fn ground(&self, x: usize, y: usize) -> [f32; 2] {
        self.tile[y % SIDE * SIDE + x % SIDE]
    }

    /// How much of foam is seen at a cell: it has holes.
    pub fn foam(&self, x: usize, y: usize) -> f32 {
        (0.86 + 0.3 * self.ground(x, y)[0]).min(1.0)
    }
}
