//! Named arrays of a network.

use std::collections::BTreeMap;

/// An array in row-major order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WeightArray {
    /// Size of each dimension.
    pub dims: Vec<usize>,
    /// The values.
    pub values: Vec<f32>,
}

/// The arrays of a network by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights(BTreeMap<String, WeightArray>);

impl Weights {
    /// Adds or replaces an array.
    pub fn insert(&mut self, name: impl Into<String>, array: WeightArray) {
        self.0.insert(name.into(), array);
    }

    /// The array of that name and these dimensions.
    ///
    /// # Errors
    /// It is missing or of another shape; the message names it.
    pub fn get(&self, name: &str, dims: &[usize]) -> Result<Vec<f32>, String> {
        let array =
            self.0.get(name).ok_or_else(|| format!("expected weights `{name}` of {dims:?}, found none"))?;
        match array.dims == dims {
            true => Ok(array.values.clone()),
            false => Err(format!("expected weights `{name}` of {dims:?}, found {:?}", array.dims)),
        }
    }

    /// Whether there is an array of that name.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Adds the arrays of a part under `name.`.
    pub fn extend(&mut self, name: &str, part: Self) {
        self.0.extend(part.0.into_iter().map(|(n, a)| (format!("{name}.{n}"), a)));
    }

    /// Every array, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &WeightArray)> {
        self.0.iter().map(|(n, a)| (n.as_str(), a))
    }

    /// Number of weights; arrays named `seen.…`, which say what the data showed, are not counted.
    pub fn count(&self) -> usize {
        self.0.iter().filter(|(n, _)| !n.starts_with("seen.")).map(|(_, a)| a.values.len()).sum()
    }
}
