//! Codes drawn from the prior, and the decoder.

use rayon::prelude::*;

use super::Settings;
use super::data::VqVaeConfig;
use crate::header::ModelHeader;
use crate::method::settings;
use crate::model::{ImageShape, Model};
use crate::net::layers::{Conv3, categorical, doubled, relu, sigmoid, softmax};
use crate::net::transformer::Transformer;
use crate::net::weights::Weights;
use world::rng::Rng;

/// Pictures whose codes are decoded in step: as many rows as a product handles at once.
const TOGETHER: usize = 12;

/// A trained prior and decoder. A point is the codebook vectors of the sampled codes, place by place; it carries the
/// class.
struct VqVae {
    sizes: VqVaeConfig,
    temperature: f32,
    codebook: Vec<f32>,
    prior: Transformer,
    convs: [Conv3; 4],
}

/// A generator from its weights.
///
/// # Errors
/// Weights are missing or of another shape.
pub fn open(header: &ModelHeader, w: &Weights) -> Result<Box<dyn Model>, String> {
    Ok(Box::new(VqVae::of(header, w)?))
}

impl VqVae {
    fn of(header: &ModelHeader, w: &Weights) -> Result<Self, String> {
        let s: Settings = settings(&header.settings);
        let sizes = VqVaeConfig::of(&s, header.shape(), header.classes.len());
        let [quarter, half, whole] = sizes.widths;
        Ok(Self {
            temperature: s.temperature,
            codebook: w.get("codebook", &[sizes.prior.symbols, sizes.embedding])?,
            prior: Transformer::of(w, "prior", sizes.prior)?,
            convs: [
                Conv3::of(w, "decoder.begin", sizes.embedding, quarter, 1)?,
                Conv3::of(w, "decoder.first", quarter, half, 1)?,
                Conv3::of(w, "decoder.second", half, whole, 1)?,
                Conv3::of(w, "decoder.last", whole, sizes.shape.channels, 1)?,
            ],
            sizes,
        })
    }

    /// Codes of pictures, decoded in step.
    fn draw(&self, wanted: &[(Option<usize>, Rng)]) -> Vec<Vec<usize>> {
        let most = self.sizes.prior.classes.max(1) - 1;
        let classes = wanted.iter().map(|(label, _)| label.unwrap_or(0).min(most)).collect();
        let mut cache = self.prior.begin(classes);
        let mut codes = vec![Vec::with_capacity(self.sizes.places()); wanted.len()];
        for place in 0..self.sizes.places() {
            let before: Vec<usize> = codes.iter().filter_map(|c| c.last().copied()).collect();
            let logits = self.prior.next(&mut cache, &before);
            let rows = logits.chunks_exact(self.sizes.prior.symbols);
            for ((codes, row), (_, rng)) in codes.iter_mut().zip(rows).zip(wanted) {
                let scaled: Vec<f32> = row.iter().map(|v| v / self.temperature).collect();
                codes.push(categorical(&softmax(&scaled), rng.named("codes").unit(place as u64)));
            }
        }
        codes
    }

    fn vectors(&self, codes: &[usize]) -> Vec<f32> {
        let n = self.sizes.embedding;
        codes.iter().flat_map(|c| &self.codebook[c * n..(c + 1) * n]).copied().collect()
    }
}

impl Model for VqVae {
    fn shape(&self) -> ImageShape {
        self.sizes.shape
    }

    fn is_conditional(&self) -> bool {
        self.sizes.prior.classes > 1
    }

    fn point(&self, label: Option<usize>, rng: Rng) -> Vec<f32> {
        self.draw(&[(label, rng)]).iter().flat_map(|codes| self.vectors(codes)).collect()
    }

    /// Linear in each vector: the decoder turns a mean of two codes into a stroke between theirs.
    fn between(&self, a: &[f32], b: &[f32], t: f32) -> Vec<f32> {
        a.iter().zip(b).map(|(a, b)| a + (b - a) * t).collect()
    }

    fn picture(&self, point: &[f32], _: Option<usize>) -> Vec<f32> {
        let n = self.sizes.embedding;
        let mut side = self.sizes.small();
        let planes: Vec<f32> = (0..n).flat_map(|i| point.iter().skip(i).step_by(n)).copied().collect();
        let mut x = self.convs[0].apply(&planes, side, side);
        relu(&mut x);
        for conv in &self.convs[1..3] {
            x = doubled(&x, side, side);
            side *= 2;
            x = conv.apply(&x, side, side);
            relu(&mut x);
        }
        let mut x = self.convs[3].apply(&x, side, side);
        sigmoid(&mut x);
        x
    }

    fn samples(&self, wanted: &[(Option<usize>, Rng)]) -> Vec<Vec<f32>> {
        let together = wanted.par_chunks(TOGETHER).flat_map_iter(|wanted| self.draw(wanted));
        together.map(|codes| self.picture(&self.vectors(&codes), None)).collect()
    }
}
