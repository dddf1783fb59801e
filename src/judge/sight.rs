//! Looking: what a network says of pictures, each seen once or, where its mirror images mean the same, four ways.

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use super::augment::plain;
use super::model::{Architecture, Network};
use super::verdict::EMBEDDING;
use crate::data::sample::Samples;

/// What the network says of pictures.
pub struct Outputs {
    /// One row of logits a picture.
    pub logits: Vec<Vec<f32>>,
    /// One embedding a picture.
    pub embeddings: Vec<[f32; EMBEDDING]>,
}

/// A network that looks.
pub struct Sight<'a> {
    /// Its weights.
    pub network: &'a Network,
    /// Their shapes.
    pub shape: &'a Architecture,
    /// Whether it looks at a picture, its mirror image, and both upside down, and takes the mean of what it sees.
    pub mirrored: bool,
}

impl Sight<'_> {
    /// Looks at pictures of a data set as they are.
    pub fn samples(&self, data: &Samples) -> Outputs {
        let mut outputs = Outputs { logits: Vec::new(), embeddings: Vec::new() };
        for pictures in data.pictures.chunks(128) {
            let floats: Vec<Vec<f32>> = pictures.par_iter().map(|p| plain(p)).collect();
            let more = self.pictures(&floats);
            outputs.logits.extend(more.logits);
            outputs.embeddings.extend(more.embeddings);
        }
        outputs
    }

    /// Looks at pictures in 0..1, channels last.
    pub fn pictures(&self, pictures: &[Vec<f32>]) -> Outputs {
        let &Architecture { channels, side, .. } = self.shape;
        let (looks, per) = (if self.mirrored { 4 } else { 1 }, side * side * channels);
        let n = pictures.len() * looks;
        let mut pixels = vec![0f32; n * per];
        pixels.par_chunks_mut(per).enumerate().for_each(|(i, out)| {
            planar(&pictures[i / looks], channels, out);
            mirror(out, side, i % looks);
        });
        let data = TensorData::new(pixels, [n, channels, side, side]);
        let embedding = self.network.embed(Tensor::<4>::from_data(data, &Device::flex()));
        let logits = rows(self.network.head(embedding.clone()), looks);
        let embeddings = rows(embedding, looks);
        Outputs { logits, embeddings: embeddings.iter().map(|e| std::array::from_fn(|i| e[i])).collect() }
    }
}

/// Rows of a table, each the mean of `looks` of them.
fn rows(table: Tensor<2>, looks: usize) -> Vec<Vec<f32>> {
    let [n, width] = table.dims();
    let values = table.into_data().try_to_vec::<f32>().unwrap_or_else(|_| vec![f32::NAN; n * width]);
    let mean = |rows: &[f32]| {
        let column = |c: usize| rows.iter().skip(c).step_by(width).sum::<f32>() / looks as f32;
        (0..width).map(column).collect()
    };
    values.chunks_exact(width * looks).map(mean).collect()
}

/// Channels last to channels first.
pub fn planar(picture: &[f32], channels: usize, out: &mut [f32]) {
    let n = picture.len() / channels;
    for (c, plane) in out.chunks_exact_mut(n).enumerate() {
        plane.iter_mut().enumerate().for_each(|(i, v)| *v = picture[i * channels + c]);
    }
}

/// Turns planes of `side`² left for right if the lowest bit of `way` is set, and upside down if the next is.
fn mirror(planes: &mut [f32], side: usize, way: usize) {
    if way & 1 != 0 {
        planes.chunks_exact_mut(side).for_each(<[f32]>::reverse);
    }
    if way & 2 != 0 {
        for plane in planes.chunks_exact_mut(side * side) {
            for y in 0..side / 2 {
                let (upper, lower) = plane.split_at_mut((side - 1 - y) * side);
                upper[y * side..][..side].swap_with_slice(&mut lower[..side]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::rng::Rng;

    #[test]
    fn a_picture_and_its_mirror_images_are_told_the_same() {
        let shape = Architecture { channels: 3, side: 64, classes: 5 };
        let network = Network::new(&shape, &Device::flex());
        let sight = Sight { network: &network, shape: &shape, mirrored: true };
        let r = Rng::new(3);
        let straight: Vec<f32> = (0..64 * 64 * 3).map(|i| r.unit(i)).collect();
        let at = |x: usize, y: usize, c: usize| straight[(y * 64 + x) * 3 + c];
        let seen = |f: &dyn Fn(usize, usize) -> (usize, usize)| {
            let pixel = |i: usize| {
                let (x, y) = f(i / 3 % 64, i / 192);
                at(x, y, i % 3)
            };
            (0..64 * 64 * 3).map(pixel).collect::<Vec<f32>>()
        };
        let four = [
            seen(&|x, y| (x, y)),
            seen(&|x, y| (63 - x, y)),
            seen(&|x, y| (x, 63 - y)),
            seen(&|x, y| (63 - x, 63 - y)),
        ];
        assert_eq!(four[0], straight);
        let told = sight.pictures(&four);
        for k in 1..4 {
            let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4);
            assert!(near(&told.logits[0], &told.logits[k]) && near(&told.embeddings[0], &told.embeddings[k]));
        }
        let once = Sight { mirrored: false, ..sight }.pictures(&four);
        assert_ne!(once.logits[0], once.logits[1]);
        let mean = (0..4).map(|k| once.logits[k][2]).sum::<f32>() / 4.0;
        assert!((mean - told.logits[0][2]).abs() < 1e-4);
    }
}
