//! A trained language model: how well it foretells a text, and texts of its own.

use rayon::prelude::*;

use crate::net::layers::{categorical, softmax};
use crate::net::transformer::{Transformer, TransformerConfig};
use crate::net::weights::Weights;
use world::rng::Rng;

/// Windows that are decoded together.
const TOGETHER: usize = 32;

/// The model.
#[derive(Clone, Debug)]
pub struct LanguageModel {
    sizes: TransformerConfig,
    network: Transformer,
}

impl LanguageModel {
    /// From its weights, all under `text.`.
    ///
    /// # Errors
    /// A weight is missing or of another shape.
    pub fn of(weights: &Weights, sizes: TransformerConfig) -> Result<Self, String> {
        Ok(Self { sizes, network: Transformer::of(weights, "text", sizes)? })
    }

    /// Mean negative log-likelihood of a character of these windows, nats; its exponential is the perplexity.
    pub fn loss(&self, windows: &[Vec<usize>]) -> f64 {
        let sums = windows.par_chunks(TOGETHER).map(|windows| {
            let mut cache = self.network.begin(vec![0; windows.len()]);
            let mut sum = 0.0;
            for place in 0..self.sizes.places {
                let before: Vec<usize> =
                    windows.iter().filter_map(|w| place.checked_sub(1).map(|p| w[p])).collect();
                let logits = self.network.next(&mut cache, &before);
                for (row, window) in logits.chunks_exact(self.sizes.symbols).zip(windows) {
                    sum -= libm::log(f64::from(softmax(row)[window[place]]).max(1e-12));
                }
            }
            sum
        });
        let sums: Vec<f64> = sums.collect();
        sums.iter().sum::<f64>() / (windows.len() * self.sizes.places).max(1) as f64
    }

    /// So many windows of its own.
    pub fn samples(&self, n: usize, rng: Rng) -> Vec<Vec<usize>> {
        let places: Vec<u64> = (0..n as u64).collect();
        let together = places.par_chunks(TOGETHER).flat_map_iter(|own| {
            let mut cache = self.network.begin(vec![0; own.len()]);
            let mut windows = vec![Vec::with_capacity(self.sizes.places); own.len()];
            for place in 0..self.sizes.places {
                let before: Vec<usize> =
                    windows.iter().filter_map(|w: &Vec<usize>| w.last().copied()).collect();
                let logits = self.network.next(&mut cache, &before);
                for ((window, row), i) in
                    windows.iter_mut().zip(logits.chunks_exact(self.sizes.symbols)).zip(own)
                {
                    window.push(categorical(&softmax(row), rng.fork(*i).unit(place as u64)));
                }
            }
            windows
        });
        together.collect()
    }
}
