//! Matrix of samples: one sample a row.

use super::MetricError;

/// `rows` samples of `columns` numbers, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleMatrix {
    columns: usize,
    values: Vec<f64>,
}

impl SampleMatrix {
    /// A matrix from its row-major values.
    ///
    /// # Errors
    /// No columns, an incomplete last row, or a value that is not finite (its row and column are named).
    pub fn new(columns: usize, values: Vec<f64>) -> Result<Self, MetricError> {
        let unfit = |why: String| MetricError::Unfit { metric: "features", why };
        if columns == 0 || !values.len().is_multiple_of(columns) {
            return Err(unfit(format!("{} values do not make rows of {columns}", values.len())));
        }
        if let Some(i) = values.iter().position(|v| !v.is_finite()) {
            let (row, column) = (i / columns + 1, i % columns + 1);
            return Err(unfit(format!(
                "{} in row {row}, column {column}; expected finite numbers",
                values[i]
            )));
        }
        Ok(Self { columns, values })
    }

    /// A matrix of no samples.
    pub fn none() -> Self {
        Self { columns: 1, values: Vec::new() }
    }

    /// Number of samples.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }
    /// Number of values a sample.
    pub fn columns(&self) -> usize {
        self.columns
    }
    /// One sample.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.columns..(i + 1) * self.columns]
    }
    /// All values, row-major.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
    /// One coordinate of every sample.
    pub fn column(&self, c: usize) -> Vec<f64> {
        self.values.iter().skip(c).step_by(self.columns).copied().collect()
    }
    /// The samples at these indices, in this order; an index may occur more than once.
    pub fn pick(&self, indices: &[usize]) -> Self {
        let values = indices.iter().flat_map(|&i| self.row(i)).copied().collect();
        Self { columns: self.columns, values }
    }
}

/// Samples of a matrix in an order of their own, without a copy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Samples<'a> {
    table: &'a SampleMatrix,
    /// Their rows; all if not given.
    places: Option<&'a [usize]>,
}

impl<'a> From<&'a SampleMatrix> for Samples<'a> {
    fn from(table: &'a SampleMatrix) -> Self {
        Self { table, places: None }
    }
}

impl<'a> Samples<'a> {
    /// The samples at these rows of a matrix, in this order.
    pub fn at(table: &'a SampleMatrix, places: &'a [usize]) -> Self {
        Self { table, places: Some(places) }
    }

    /// Number of samples.
    pub fn rows(self) -> usize {
        self.places.map_or(self.table.rows(), <[usize]>::len)
    }

    /// Number of values a sample.
    pub fn columns(self) -> usize {
        self.table.columns()
    }

    /// One sample.
    pub fn row(self, i: usize) -> &'a [f64] {
        self.table.row(self.places.map_or(i, |places| places[i]))
    }

    /// The mean; zeros for no samples.
    pub fn mean(self) -> Vec<f64> {
        let mut mean = vec![0.0; self.columns()];
        (0..self.rows()).for_each(|i| mean.iter_mut().zip(self.row(i)).for_each(|(m, v)| *m += v));
        mean.iter_mut().for_each(|m| *m /= self.rows().max(1) as f64);
        mean
    }
}
