//! The decoder alone.

use super::Settings;
use super::data::VaeConfig;
use crate::header::ModelHeader;
use crate::method::settings;
use crate::model::{ImageShape, Model, normals};
use crate::net::layers::{Conv3, Dense, Prior, doubled, relu, sigmoid};
use crate::net::weights::Weights;
use world::rng::Rng;

/// A trained decoder; a point is the standard normal noise that the latent vector is drawn with.
struct Vae {
    sizes: VaeConfig,
    prior: Prior,
    begin: Dense,
    convs: [Conv3; 3],
}

/// A generator from its weights.
///
/// # Errors
/// Weights are missing or of another shape.
pub fn open(header: &ModelHeader, w: &Weights) -> Result<Box<dyn Model>, String> {
    let s: Settings = settings(&header.settings);
    let sizes = VaeConfig::of(&s, header.shape(), header.classes.len());
    let [quarter, half, whole] = sizes.widths;
    Ok(Box::new(Vae {
        prior: Prior::of(w, "prior", sizes.classes, sizes.latent)?,
        begin: Dense::of(w, "begin", sizes.latent + sizes.classes, sizes.flat())?,
        convs: [
            Conv3::of(w, "first", quarter, half, 1)?,
            Conv3::of(w, "second", half, whole, 1)?,
            Conv3::of(w, "last", whole, sizes.shape.channels, 1)?,
        ],
        sizes,
    }))
}

impl Model for Vae {
    fn shape(&self) -> ImageShape {
        self.sizes.shape
    }

    fn is_conditional(&self) -> bool {
        self.sizes.classes > 1
    }

    fn point(&self, _: Option<usize>, rng: Rng) -> Vec<f32> {
        normals(rng, self.sizes.latent)
    }

    fn picture(&self, point: &[f32], label: Option<usize>) -> Vec<f32> {
        let mut side = self.sizes.small();
        let mut x = self.begin.apply(&self.prior.genome(point, label));
        relu(&mut x);
        for conv in &self.convs[..2] {
            x = doubled(&x, side, side);
            side *= 2;
            x = conv.apply(&x, side, side);
            relu(&mut x);
        }
        let mut x = self.convs[2].apply(&x, side, side);
        sigmoid(&mut x);
        x
    }
}
