//! How far worlds are from the texture of some pictures, and which way lies nearer.

use rand::seq::index;
use rayon::prelude::*;

use super::bank::Bank;
use super::filters::Filters;
use super::pyramid::{halved, halved_gradient};
use world::rng::Rng;

/// Random filters on top of the oriented ones.
const RANDOM: usize = 48;
/// Pictures that the target is taken from, at most, and samples of it at each scale.
const PICTURES: usize = 256;
const SAMPLES: usize = 1 << 15;
/// Fewest cells a side at which a texture is compared.
const LEAST: usize = 8;
/// Layers of features: pixels, oriented filters, random filters.
const LAYERS: usize = 3;

/// Pictures to take a texture from; at one address they are always the same.
pub struct TexturePictures<'a> {
    /// How many.
    pub count: usize,
    /// Rows and columns.
    pub size: (usize, usize),
    /// 1 or 3.
    pub channels: usize,
    /// The planes of one, in 0..1.
    pub picture: &'a (dyn Fn(usize) -> Vec<f32> + Sync),
}

/// The texture of some pictures, as a loss.
pub struct TextureLoss {
    oriented: Filters,
    random: Filters,
    /// By scale and layer.
    banks: Vec<[Bank; LAYERS]>,
    size: (usize, usize),
}

/// How far worlds are from a texture.
pub struct TextureDistance {
    /// Mean over scales and layers, in squared deviations of the features.
    pub mean: f64,
    /// That of each world's own cells.
    pub each: Vec<f64>,
    /// Gradient of the mean with respect to the planes of each world.
    pub gradient: Vec<Vec<f32>>,
}

/// Planes and their size at one scale.
type Level = (Vec<f32>, (usize, usize));

/// Cells at the border of a picture whose features see beyond it: the reach of both filters, and below the first
/// scale that of the halving.
fn margin(scale: usize) -> usize {
    3 + (scale > 0) as usize
}

/// Scales at which worlds and pictures of these sizes can be compared, at most `wanted`.
fn scales(wanted: usize, world: (usize, usize), picture: (usize, usize)) -> usize {
    let sides = [world.0, world.1, picture.0, picture.1];
    let fits = |k: &usize| {
        let even = sides.iter().all(|n| n.is_multiple_of(1 << *k));
        even && sides[..2].iter().all(|n| n >> k >= LEAST)
            && sides[2..].iter().all(|n| n >> k > 2 * margin(*k))
    };
    1 + (1..wanted).take_while(fits).count()
}

/// The planes at each scale, the finest first.
fn levels(planes: &[f32], size: (usize, usize), scales: usize) -> Vec<Level> {
    let mut all = vec![(planes.to_vec(), size)];
    while all.len() < scales {
        let (planes, size) = &all[all.len() - 1];
        let next = (halved(planes, *size), (size.0 / 2, size.1 / 2));
        all.push(next);
    }
    all
}

impl TextureLoss {
    /// For `worlds` worlds of `size` (rows, columns) that are compared at once, at no more than `wanted` scales.
    ///
    /// # Errors
    /// No pictures, or ones too small.
    pub fn new(
        pictures: &TexturePictures,
        (worlds, size): (usize, (usize, usize)),
        wanted: usize,
        rng: Rng,
    ) -> Result<Self, String> {
        let least = LEAST.max(2 * margin(0) + 1);
        if pictures.count == 0 || pictures.size.0.min(pictures.size.1) < least || size.0.min(size.1) < LEAST {
            let (n, (h, w)) = (pictures.count, pictures.size);
            return Err(format!("expected a picture of at least {least}×{least}, found {n} of {w}×{h}"));
        }
        let oriented = Filters::oriented(pictures.channels);
        let random = Filters::random(oriented.to, RANDOM);
        let mut loss = Self { oriented, random, banks: Vec::new(), size };
        let scales = scales(wanted, size, pictures.size);
        let drawn: Vec<usize> = match pictures.count {
            n if n <= PICTURES => (0..n).collect(),
            n => index::sample(&mut rng.named("pictures").sequence(), n, PICTURES).into_vec(),
        };
        let share = SAMPLES.div_ceil(drawn.len());
        let taken: Vec<Vec<[Vec<f32>; LAYERS]>> = drawn
            .par_iter()
            .map(|&i| {
                let rng = rng.named("samples").fork(i as u64);
                loss.samples(&(pictures.picture)(i), pictures.size, scales, share, rng)
            })
            .collect();
        for scale in 0..scales {
            let points = worlds * (size.0 >> scale) * (size.1 >> scale);
            let bank = |layer: usize| {
                let channels = loss.channels(pictures.channels)[layer];
                let parts: Vec<&[f32]> = taken.iter().map(|t| &t[scale][layer][..]).collect();
                let rng = rng.named("directions").fork((scale * LAYERS + layer) as u64);
                Bank::of(&joined(&parts, channels), channels, points, rng)
            };
            let banks = [bank(0), bank(1), bank(2)];
            loss.banks.push(banks);
        }
        Ok(loss)
    }

    /// Scales that are compared.
    pub fn scales(&self) -> usize {
        self.banks.len()
    }

    fn channels(&self, pixels: usize) -> [usize; LAYERS] {
        [pixels, self.oriented.to, self.random.to]
    }

    fn features(&self, planes: &[f32], size: (usize, usize)) -> [Vec<f32>; LAYERS] {
        let oriented = self.oriented.apply(planes, size);
        let random = self.random.apply(&oriented, size);
        [planes.to_vec(), oriented, random]
    }

    /// Features of a picture at a share of its inner cells, by scale and layer, `[channels][share]`.
    fn samples(
        &self,
        picture: &[f32],
        size: (usize, usize),
        scales: usize,
        share: usize,
        rng: Rng,
    ) -> Vec<[Vec<f32>; LAYERS]> {
        let one = |(scale, level): (usize, &Level)| {
            let (m, (h, w)) = (margin(scale), level.1);
            let inner = |i: usize| (m + i / (w - 2 * m)) * w + m + i % (w - 2 * m);
            let cells = (h - 2 * m) * (w - 2 * m);
            let n = share.min(cells);
            // One at random of every so many.
            let drawn = |i: usize| {
                let at = (i as f64 + rng.fork(scale as u64).unit64(i as u64)) * cells as f64 / n as f64;
                inner((at as usize).min(cells - 1))
            };
            let places: Vec<usize> = (0..n).map(drawn).collect();
            self.features(&level.0, (h, w)).map(|features| {
                features.chunks_exact(h * w).flat_map(|plane| places.iter().map(move |p| plane[*p])).collect()
            })
        };
        levels(picture, size, scales).iter().enumerate().map(one).collect()
    }

    /// The distance of worlds from the texture; each is the planes of a picture on a torus.
    pub fn distance(&self, worlds: &[Vec<f32>], rng: Rng) -> TextureDistance {
        let (n, scales) = (worlds.len(), self.scales());
        let seen: Vec<Vec<Level>> = worlds.par_iter().map(|w| levels(w, self.size, scales)).collect();
        let share = 1.0 / (scales * LAYERS) as f64;
        let mut total = TextureDistance { mean: 0.0, each: vec![0.0; n], gradient: vec![Vec::new(); n] };
        for scale in (0..scales).rev() {
            let size = seen[0][scale].1;
            let features: Vec<[Vec<f32>; LAYERS]> =
                seen.par_iter().map(|s| self.features(&s[scale].0, size)).collect();
            let mut of_layers: Vec<Vec<Vec<f32>>> = Vec::with_capacity(LAYERS);
            for (layer, bank) in self.banks[scale].iter().enumerate() {
                let layers: Vec<&[f32]> = features.iter().map(|f| &f[layer][..]).collect();
                let count = (layers[0].len() / (size.0 * size.1)).max(LEAST);
                let found = bank.distance(&layers, count, rng.fork((scale * LAYERS + layer) as u64));
                total.mean += share * found.mean;
                total.each.iter_mut().zip(&found.each).for_each(|(t, e)| *t += share * e);
                of_layers.push(found.gradient);
            }
            let finer = |i: usize| {
                let [pixels, oriented, random] = [0, 1, 2].map(|layer| &of_layers[layer][i]);
                let mut of_oriented = self.random.gradient(&features[i][2], random, size);
                add(&mut of_oriented, oriented);
                let mut of_pixels = self.oriented.gradient(&features[i][1], &of_oriented, size);
                add(&mut of_pixels, pixels);
                of_pixels.iter_mut().for_each(|v| *v *= share as f32);
                let coarser = &total.gradient[i];
                if !coarser.is_empty() {
                    add(&mut of_pixels, &halved_gradient(coarser, size));
                }
                of_pixels
            };
            total.gradient = (0..n).into_par_iter().map(finer).collect();
        }
        total
    }
}

/// Adds values.
pub fn add(values: &mut [f32], others: &[f32]) {
    values.iter_mut().zip(others).for_each(|(v, o)| *v += o);
}

/// `[channels][n]` of each part as one `[channels][all n]`.
fn joined(parts: &[&[f32]], channels: usize) -> Vec<f32> {
    let row =
        |c: usize| parts.iter().flat_map(move |p| &p[c * p.len() / channels..(c + 1) * p.len() / channels]);
    (0..channels).flat_map(row).copied().collect()
}

#[cfg(test)]
mod tests;
