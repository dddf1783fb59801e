//! The file of a learned world.

use std::path::Path;

use super::driving::Driving;
use super::layout::StateLayout;
use super::rollout::Rollout;
use super::starts::Starts;
use crate::learned::file::file;
use learn::LearnError;
use learn::dynamics::trajectories::Scales;
use learn::dynamics::{WorldModel, WorldSpec};
use learn::net::weights::Weights;
use world::rng::Rng;
use world::system::{Fault, Texts};

/// The shipped world: gas on a torus, stirred by a wired field.
pub const SHIPPED: &[u8] = include_bytes!("../../../../assets/gas.safetensors");

/// A world as its file describes it.
pub struct LearnedFile {
    model: Box<dyn WorldModel>,
    scales: Scales,
    layout: StateLayout,
    starts: Starts,
}

/// Reads the file that a scene names, or the shipped one.
///
/// # Errors
/// The file cannot be read, holds no learned world, or its weights or initial conditions are of another shape.
pub fn open(texts: &Texts) -> Result<LearnedFile, Fault> {
    let path = texts.file("file").unwrap_or_else(|| Path::new("the shipped world").into());
    let file = file(texts, SHIPPED)?;
    let wrong = |message: String| Fault::at("file", LearnError::input(&path, message).to_string());
    let Some(spec) = &file.header.world else {
        let method = &file.header.method;
        let player = if method == learn::nca::METHOD.name { "nca" } else { "latent" };
        return Err(wrong(format!(
            "expected a learned world, found a generator by `{method}`; the system `{player}` plays it"
        )));
    };
    let model = file.open_world(&path).map_err(|e| Fault::at("file", e.to_string()))?;
    let scales = scales(&file.weights, spec).map_err(wrong)?;
    let layout = StateLayout::of(spec, scales.state.clone());
    let starts = Starts::of(&file.weights, model.history().max(1), &layout).map_err(wrong)?;
    Ok(LearnedFile { model, scales, layout, starts })
}

/// The scales that a file carries; a method that needs none has values around 0 to 1.
fn scales(weights: &Weights, spec: &WorldSpec) -> Result<Scales, String> {
    if weights.has("scale.state") {
        return Scales::of_weights(weights, spec);
    }
    let unit = |n: usize| vec![[0.0, 1.0]; n];
    Ok(Scales {
        state: unit(spec.state.len()),
        change: unit(spec.state.len()),
        given: unit(spec.given.len()),
    })
}

impl LearnedFile {
    /// The world under way, and what drives it.
    pub fn begin(self, rng: Rng) -> (Rollout, Driving) {
        let driving = Driving::of(self.model.spec(), self.scales.given);
        (Rollout::new(self.model, self.layout, self.starts, rng), driving)
    }
}
