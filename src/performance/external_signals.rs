//! External signals.

use std::collections::BTreeMap;

/// The newest values of external signals, whether a scene reads them or not.
#[derive(Default)]
pub struct ExternalSignals(pub BTreeMap<String, f64>);
