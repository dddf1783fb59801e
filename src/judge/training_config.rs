//! Training configuration of a judge.

use data::augment::Augmentations;
use learn::optimiser::{Moments, Optimiser};
use world::limits;

/// Training configuration (hyperparameters). The default is that of `untrained train`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TrainingConfig {
    /// Maximum number of epochs.
    pub epochs: usize,
    /// Batch size.
    pub batch: usize,
    /// Optimiser, by its name in [`Optimiser::NAMES`].
    #[serde(default = "unnamed")]
    pub optimiser: String,
    /// Peak learning rate.
    pub rate: f64,
    /// Weight decay: of AdamW by itself, of the others a part of the gradient, of every weight.
    pub decay: f64,
    /// L1 penalty: so much times the sum of the absolute weights of convolutions and linear maps is added to the loss
    /// (Tibshirani 1996).
    #[serde(default)]
    pub l1: f64,
    /// L2 penalty: half as much times the sum of their squares (Hoerl and Kennard 1970).
    #[serde(default)]
    pub l2: f64,
    /// Share of the embedding that is dropped before the head, in training (Srivastava et al. 2014).
    #[serde(default = "own_dropout")]
    pub dropout: f64,
    /// Label smoothing: weight spread evenly over all classes.
    pub smoothing: f32,
    /// Out-of-distribution samples added, as a fraction of the training pictures; their target is uniform.
    pub strangers: f64,
    /// Early-stopping patience: epochs without a lower validation loss.
    pub patience: usize,
    /// Random seed.
    pub seed: u64,
    /// Augmentations of the training pictures; without a list those of their kind ([`vary`](super::augment::vary)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub augment: Option<Augmentations>,
}

/// The optimiser of files that name none.
fn unnamed() -> String {
    "adamw".into()
}

/// The dropout of files that name none.
fn own_dropout() -> f64 {
    0.15
}

impl Default for TrainingConfig {
    fn default() -> Self {
        let optimiser = unnamed();
        Self {
            epochs: 12,
            batch: 64,
            rate: Self::own_rate(&optimiser),
            decay: Self::own_decay(&optimiser),
            optimiser,
            l1: 0.0,
            l2: 0.0,
            dropout: own_dropout(),
            smoothing: 0.05,
            strangers: 0.15,
            patience: 6,
            seed: 1,
            augment: None,
        }
    }
}

impl TrainingConfig {
    /// The peak learning rate of an optimiser, if none is chosen: one at which the judge learns with it.
    pub fn own_rate(optimiser: &str) -> f64 {
        match optimiser {
            "sgd" => 0.1,
            "momentum" | "nesterov" | "adagrad" => 0.02,
            "rmsprop" => 0.001,
            "adadelta" => 1.0,
            _ => 0.004,
        }
    }

    /// The weight decay of an optimiser, if none is chosen.
    pub fn own_decay(optimiser: &str) -> f64 {
        if optimiser == "adamw" { 0.02 } else { 0.0 }
    }

    /// The optimiser with its settings: those of PyTorch, except that Adam and its kin add 1e-5 to the root of the second
    /// moment.
    ///
    /// # Errors
    /// No optimiser has that name.
    pub fn optimiser(&self) -> Result<Optimiser, String> {
        let moments = Moments { epsilon: 1e-5, ..Moments::default() };
        match Optimiser::named(&self.optimiser) {
            Some(Optimiser::Adam(_)) => Ok(Optimiser::Adam(moments)),
            Some(Optimiser::AdamW(_)) => Ok(Optimiser::AdamW(moments)),
            Some(Optimiser::Adamax(_)) => Ok(Optimiser::Adamax(moments)),
            Some(Optimiser::Nadam(_, decay)) => Ok(Optimiser::Nadam(moments, decay)),
            Some(Optimiser::Radam(_)) => Ok(Optimiser::Radam(moments)),
            Some(other) => Ok(other),
            None => {
                let known = Optimiser::NAMES.join(", ");
                Err(format!("expected an optimiser among {known}, found `{}`", self.optimiser))
            }
        }
    }

    /// Checks what a training needs of it; a file or a command line may name anything.
    ///
    /// # Errors
    /// The field, what was expected and what was found.
    pub fn check(&self) -> Result<(), String> {
        self.optimiser()?;
        limits::within("epochs", self.epochs, 1..=1_000_000)?;
        limits::within("batch", self.batch, 2..=1_000_000)?;
        limits::within("lr", self.rate, 1e-9..=1e3)?;
        for (name, value) in [("decay", self.decay), ("l1", self.l1), ("l2", self.l2)] {
            limits::within(name, value, 0.0..=1e3)?;
        }
        limits::within("strangers", self.strangers, 0.0..=100.0)?;
        limits::within("smoothing", self.smoothing, 0.0..=1.0)?;
        limits::within("dropout", self.dropout, 0.0..=0.95).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_the_newer_fields_means_what_it_meant() {
        let old = r#"{"epochs":26,"batch":64,"rate":0.004,"decay":0.02,"smoothing":0.05,"strangers":0.25,"patience":6,"seed":1}"#;
        let read: TrainingConfig = serde_json::from_str(old).unwrap();
        assert_eq!(read, TrainingConfig { epochs: 26, strangers: 0.25, ..TrainingConfig::default() });
        assert_eq!((read.optimiser.as_str(), read.l1, read.l2, read.dropout), ("adamw", 0.0, 0.0, 0.15));
        let moments = Moments { epsilon: 1e-5, ..Moments::default() };
        assert_eq!(read.optimiser(), Ok(Optimiser::AdamW(moments)));
    }

    #[test]
    fn what_cannot_be_trained_with_is_refused_by_name() {
        let own = TrainingConfig::default();
        assert_eq!(own.check(), Ok(()));
        let cases = [
            ("newton", TrainingConfig { optimiser: "newton".into(), ..own.clone() }),
            ("dropout", TrainingConfig { dropout: 1.0, ..own.clone() }),
            ("l1", TrainingConfig { l1: -1e-4, ..own.clone() }),
            ("l2", TrainingConfig { l2: f64::NAN, ..own.clone() }),
            ("lr", TrainingConfig { rate: 0.0, ..own.clone() }),
            ("batch", TrainingConfig { batch: 1, ..own.clone() }),
            ("epochs", TrainingConfig { epochs: 0, ..own }),
        ];
        for (name, plan) in cases {
            assert!(plan.check().is_err_and(|e| e.contains(name)), "{name}: {:?}", plan.check());
        }
        for name in Optimiser::NAMES {
            let rate = TrainingConfig::own_rate(name);
            let plan = TrainingConfig { optimiser: name.into(), rate, ..TrainingConfig::default() };
            assert_eq!(plan.check(), Ok(()), "{name}");
        }
    }
}
