//! Samples of the mixture.

use crate::header::ModelHeader;
use crate::model::{ImageShape, Model, normals};
use crate::net::layers::categorical;
use crate::net::weights::Weights;
use world::limits;
use world::rng::Rng;

/// A fitted mixture; a point is a picture's principal components.
struct Gmm {
    shape: ImageShape,
    mean: Vec<f32>,
    basis: Vec<f32>,
    shares: Vec<f32>,
    means: Vec<f32>,
    factors: Vec<f32>,
    /// Classes, Gaussians a class, components.
    sizes: [usize; 3],
}

/// A generator from its weights.
///
/// # Errors
/// Weights are missing or of another shape.
pub fn open(header: &ModelHeader, w: &Weights) -> Result<Box<dyn Model>, String> {
    let (shape, classes) = (header.shape(), header.classes.len());
    let dims = w.iter().find(|(n, _)| *n == "means").map(|(_, a)| a.dims.clone()).unwrap_or_default();
    let [_, k, d] =
        dims.try_into().map_err(|d| format!("expected `means` of three dimensions, found {d:?}"))?;
    for (what, n) in [("Gaussians", k), ("components", d)] {
        limits::within(what, n, 1..=limits::CLASSES)?;
    }
    Ok(Box::new(Gmm {
        shape,
        mean: w.get("mean", &[shape.len()])?,
        basis: w.get("basis", &[d, shape.len()])?,
        shares: w.get("shares", &[classes, k])?,
        means: w.get("means", &[classes, k, d])?,
        factors: w.get("factors", &[classes, k, d, d])?,
        sizes: [classes, k, d],
    }))
}

impl Model for Gmm {
    fn shape(&self) -> ImageShape {
        self.shape
    }

    fn is_conditional(&self) -> bool {
        self.sizes[0] > 1
    }

    fn point(&self, label: Option<usize>, rng: Rng) -> Vec<f32> {
        let [classes, k, d] = self.sizes;
        let class = label.unwrap_or(0).min(classes - 1);
        let place =
            class * k + categorical(&self.shares[class * k..(class + 1) * k], rng.named("gaussian").unit(0));
        let z = normals(rng, d);
        let factor = &self.factors[place * d * d..(place + 1) * d * d];
        let mean = &self.means[place * d..(place + 1) * d];
        let along = |row: &[f32]| row.iter().zip(&z).fold(0.0, |s: f32, (l, z)| l.mul_add(*z, s));
        factor.chunks_exact(d).zip(mean).map(|(row, m)| m + along(row)).collect()
    }

    fn between(&self, a: &[f32], b: &[f32], t: f32) -> Vec<f32> {
        a.iter().zip(b).map(|(a, b)| a + (b - a) * t).collect()
    }

    fn picture(&self, point: &[f32], _: Option<usize>) -> Vec<f32> {
        let mut picture = self.mean.clone();
        for (p, row) in point.iter().zip(self.basis.chunks_exact(picture.len())) {
            picture.iter_mut().zip(row).for_each(|(x, b)| *x = p.mul_add(*b, *x));
        }
        picture.iter_mut().for_each(|x| *x = x.clamp(0.0, 1.0));
        picture
    }
}
