//! The vision transformer at inference.

use super::sizes::{self, WIDTH, across, global, inputs, patch};
use crate::architecture::Architecture;
use crate::backbone::network::{FeatureNetwork, Workspace};
use crate::layer_options::Global;
use learn::net::activation::summed;
use learn::net::convolution::tile::{Rows, Run};
use learn::net::encoder::Encoder;
use learn::net::layers::Dense;
use learn::net::padded::PaddedImages;
use learn::net::weights::Weights;

/// The transformer with its weights.
struct Vit {
    /// The picture, the scratch memory of the encoder, the patches before their positions, the tokens.
    blank: Vec<PaddedImages>,
    /// Where each patch of all pictures begins, and its rows of pixels.
    bases: Vec<usize>,
    runs: Vec<Run>,
    places: Vec<usize>,
    patch: Dense,
    /// `[tokens][WIDTH]`.
    positions: Vec<f32>,
    encoder: Encoder,
    global: Global,
}

/// Builds it for a number of pictures at a time.
pub fn open(w: &Weights, shape: &Architecture, pictures: usize) -> Result<Box<dyn FeatureNetwork>, String> {
    let (p, n, side) = (patch(shape), across(shape), shape.side);
    // What is missing of the last patches lies in the border.
    let border = n * p - side;
    let input = PaddedImages::bordered(shape.channels, side, side, pictures, border);
    let tokens = PaddedImages::bordered(WIDTH, n, n, pictures, 0);
    let padded = side + 2 * border;
    let line = padded * shape.channels;
    let begin = |i: usize| {
        let (picture, y, x) = (i / (n * n), i / n % n, i % n);
        ((picture * padded + border + y * p) * padded + border + x * p) * shape.channels
    };
    let across = p * shape.channels;
    let encoder = Encoder::of(w, sizes::encoder(shape))?;
    let scratch = encoder.scratch(&tokens);
    let blank = [vec![input], scratch, vec![tokens.clone(), tokens]].concat();
    Ok(Box::new(Vit {
        blank,
        bases: (0..pictures * n * n).map(begin).collect(),
        runs: (0..p).map(|ky| Run { from: ky * line, row: ky * across, len: across }).collect(),
        places: (0..pictures * n * n).collect(),
        patch: Dense::of(w, "patch", inputs(shape), WIDTH)?,
        positions: w.get("place", &[n * n, WIDTH])?,
        encoder,
        global: global(shape),
    }))
}

impl FeatureNetwork for Vit {
    fn workspace(&self) -> Workspace {
        Workspace(self.blank.clone())
    }

    fn features(&self, Workspace(between): &mut Workspace) -> Vec<f32> {
        let [picture, scratch @ .., patches, tokens] = &mut between[..] else { return Vec::new() };
        let rows = Rows { data: picture.values(), bases: &self.bases, runs: &self.runs };
        self.patch.apply_to(rows, &self.places, patches.values_mut(), None);
        let each = self.positions.len();
        let pairs = tokens.values_mut().chunks_exact_mut(each).zip(patches.values().chunks_exact(each));
        pairs.for_each(|(tokens, patches)| summed(tokens, patches, &self.positions, None));
        self.encoder.apply(tokens, scratch);
        let mut features = Vec::new();
        for picture in 0..tokens.count {
            let (means, maxima) = tokens.mean_and_max(picture);
            if self.global != Global::Max {
                features.extend(means);
            }
            if self.global != Global::Mean {
                features.extend(maxima);
            }
        }
        features
    }
}
