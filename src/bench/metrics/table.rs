//! Features: one sample a row.

use super::MetricError;

/// `rows` samples of `columns` numbers, row after row.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleMatrix {
    columns: usize,
    values: Vec<f64>,
}

impl SampleMatrix {
    /// A table from its values, row after row.
    ///
    /// # Errors
    /// No columns, values that do not fill whole rows, or one that is not finite (its row and column are named).
    pub fn new(columns: usize, values: Vec<f64>) -> Result<Self, MetricError> {
        let unfit = |why: String| MetricError::Unfit { metric: "features", why };
        if columns == 0 || !values.len().is_multiple_of(columns) {
            return Err(unfit(format!("{} values do not make rows of {columns}", values.len())));
        }
        if let Some(i) = values.iter().position(|v| !v.is_finite()) {
            let (row, column) = (i / columns + 1, i % columns + 1);
            return Err(unfit(format!("{} in row {row}, column {column}; expected numbers", values[i])));
        }
        Ok(Self { columns, values })
    }

    /// A table of no samples.
    pub fn none() -> Self {
        Self { columns: 1, values: Vec::new() }
    }

    /// How many samples.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }
    /// Numbers a sample.
    pub fn columns(&self) -> usize {
        self.columns
    }
    /// One sample.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.columns..(i + 1) * self.columns]
    }
    /// All values, row after row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
    /// One coordinate of every sample.
    pub fn column(&self, c: usize) -> Vec<f64> {
        self.values.iter().skip(c).step_by(self.columns).copied().collect()
    }
    /// The samples at these places, in this order; a place may come more than once.
    pub fn pick(&self, places: &[usize]) -> Self {
        let values = places.iter().flat_map(|&i| self.row(i)).copied().collect();
        Self { columns: self.columns, values }
    }
}
