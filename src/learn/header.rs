//! Header of a trained generator's file: everything besides the weights.

use std::collections::BTreeMap;

use super::ImageShape;
use super::dynamics::WorldSpec;
use world::limits;

/// The model card of a trained generator.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ModelCard {
    /// Version of the program that trained it.
    pub version: String,
    /// Name of the data.
    pub data: String,
    /// Hash of the training pictures and labels, hexadecimal.
    pub data_hash: String,
    /// Training and validation pictures.
    pub pictures: [usize; 2],
    /// Training pictures processed, repeats included.
    pub seen: u64,
    /// Epochs done, and the one whose weights were kept.
    pub epochs: [usize; 2],
    /// Validation loss of the epoch kept, if the method has one.
    pub validation_loss: Option<f64>,
    /// Seed of the training.
    pub seed: u64,
    /// Wall and processor seconds of training.
    pub seconds: [f64; 2],
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// Losses of every epoch by name, the validation loss last.
    pub history: Vec<BTreeMap<String, f64>>,
}

/// Everything needed to read the weights, and the model card.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ModelHeader {
    /// Name of the method.
    pub method: String,
    /// Channels of its pictures: 1 or 3.
    pub channels: usize,
    /// Pixels a side.
    pub side: usize,
    /// Class names of the training pictures.
    pub classes: Vec<String>,
    /// Settings of the method by name.
    pub settings: BTreeMap<String, f64>,
    /// The model card.
    pub card: ModelCard,
    /// What its frames hold, if it is a learned world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<WorldSpec>,
}

impl ModelHeader {
    /// Shape of the pictures.
    pub fn shape(&self) -> ImageShape {
        ImageShape { channels: self.channels, side: self.side }
    }

    /// Validates the fields; nothing in a header is trusted before this.
    ///
    /// # Errors
    /// The field, what was expected and what was found.
    pub fn check(&self) -> Result<(), String> {
        if let Some(world) = &self.world {
            world.check()?;
            return self.check_settings();
        }
        if ![1, 3].contains(&self.channels) {
            return Err(format!("channels: expected 1 or 3, found {}", self.channels));
        }
        let side = limits::within("side", self.side, limits::MADE)?;
        let halved = if side < 48 { 4 } else { 8 };
        if !side.is_multiple_of(halved) {
            return Err(format!("side: expected a multiple of {halved}, found {side}"));
        }
        limits::within("classes", self.classes.len(), 1..=limits::CLASSES)?;
        self.classes.iter().try_for_each(|c| limits::name("a class", c))?;
        self.check_settings()
    }

    fn check_settings(&self) -> Result<(), String> {
        limits::name("method", &self.method)?;
        limits::within("settings", self.settings.len(), 0..=limits::CLASSES)?;
        match self.settings.iter().find(|(_, v)| !v.is_finite()) {
            Some((name, v)) => Err(format!("the setting `{name}`: expected a number, found {v}")),
            None => Ok(()),
        }
    }
}
