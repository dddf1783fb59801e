//! The generator alone.

use super::Settings;
use super::data::AcganConfig;
use crate::header::ModelHeader;
use crate::method::settings;
use crate::model::{ImageShape, Model, normals};
use crate::net::layers::{Conv3, Dense, doubled, relu, sigmoid};
use crate::net::weights::Weights;
use world::rng::Rng;

/// A trained generator; a point is a latent vector.
struct Acgan {
    sizes: AcganConfig,
    begin: Dense,
    grow: Vec<Conv3>,
    end: Conv3,
}

/// A generator from its weights.
///
/// # Errors
/// Weights are missing or of another shape.
pub fn open(header: &ModelHeader, w: &Weights) -> Result<Box<dyn Model>, String> {
    let s: Settings = settings(&header.settings);
    let sizes = AcganConfig::of(&s, header.shape(), header.classes.len());
    let grow = sizes.widths.windows(2).enumerate();
    let grow = grow.map(|(i, pair)| {
        Conv3::of(w, &format!("grow.{i}.conv"), pair[0], pair[1], 1)?.with_norm(w, &format!("grow.{i}.norm"))
    });
    Ok(Box::new(Acgan {
        begin: Dense::of(w, "begin", sizes.latent + sizes.conditions(), sizes.flat())?,
        grow: grow.collect::<Result<_, String>>()?,
        end: Conv3::of(w, "end", sizes.widths[sizes.widths.len() - 1], sizes.shape.channels, 1)?,
        sizes,
    }))
}

impl Model for Acgan {
    fn shape(&self) -> ImageShape {
        self.sizes.shape
    }

    fn is_conditional(&self) -> bool {
        self.sizes.conditions() > 0
    }

    fn point(&self, _: Option<usize>, rng: Rng) -> Vec<f32> {
        normals(rng, self.sizes.latent)
    }

    fn picture(&self, point: &[f32], label: Option<usize>) -> Vec<f32> {
        let conditions = self.sizes.conditions();
        let label = label.unwrap_or(0).min(conditions.saturating_sub(1));
        let classes = (0..conditions).map(|c| if c == label { 1.0 } else { 0.0 });
        let code: Vec<f32> = point.iter().copied().take(self.sizes.latent).chain(classes).collect();
        let mut side = self.sizes.small();
        let mut x = self.begin.apply(&code);
        relu(&mut x);
        for conv in &self.grow {
            x = doubled(&x, side, side);
            side *= 2;
            x = conv.apply(&x, side, side);
            relu(&mut x);
        }
        let mut x = self.end.apply(&x, side, side);
        sigmoid(&mut x);
        x
    }
}
