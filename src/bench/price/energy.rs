//! Amounts of energy, each with the way it became known.

use serde::Serialize;

/// Power of a busy core where no counter can be read, watts: what Green Algorithms takes for a processor of unknown
/// model (`Any` in its table of thermal design power per core; Lannelongue, Grealey and Inouye, *Advanced Science*
/// 2021, 2100707). The processors in that table have 4 to 24. Memory, cooling and losses of the power supply are not
/// included.
pub const WATTS: f64 = 12.0;

/// How an amount of energy became known, from the most to the least reliable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EnergySource {
    /// Read from the processor's counters.
    Measured,
    /// CPU time times a wattage.
    Estimated,
    /// Stated by whoever offers the generator; nothing here confirms it.
    Stated,
}

impl EnergySource {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Estimated => "estimate",
            Self::Stated => "as stated by the card",
        }
    }
}

/// An amount of energy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Energy {
    /// Joules.
    pub joules: f64,
    /// How it became known.
    pub source: EnergySource,
}

impl Energy {
    /// CPU time, seconds, at a power of `watts` for each busy core.
    pub fn estimated(cpu_seconds: f64, watts: f64) -> Self {
        Self { joules: cpu_seconds * watts, source: EnergySource::Estimated }
    }
}
