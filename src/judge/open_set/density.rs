//! Gaussians at inference.

/// Gaussians with full covariances, of one dimension.
#[derive(Clone, Debug, PartialEq)]
pub struct Densities {
    dimensions: usize,
    /// Means, `[gaussians][dimensions]`.
    means: Vec<f32>,
    /// Cholesky factors of the covariances, lower, row after row without what is above the diagonal.
    factors: Vec<f32>,
    /// Natural logarithms of the mixing weights.
    shares: Vec<f32>,
}

/// Numbers of a lower triangle.
pub fn packed(dimensions: usize) -> usize {
    dimensions * (dimensions + 1) / 2
}

impl Densities {
    /// From arrays of matching sizes.
    ///
    /// # Errors
    /// A factor whose diagonal is not positive, or a number that is not finite.
    pub fn new(
        dimensions: usize,
        means: Vec<f32>,
        factors: Vec<f32>,
        shares: Vec<f32>,
    ) -> Result<Self, String> {
        let mut all = means.iter().chain(&factors).chain(&shares);
        if let Some(v) = all.find(|v| !v.is_finite()) {
            return Err(format!("densities: expected finite numbers, found {v}"));
        }
        let made = Self { dimensions, means, factors, shares };
        let diagonal = |g: usize, i: usize| made.factor(g, i)[i];
        let pairs = (0..made.shares.len()).flat_map(|g| (0..dimensions).map(move |i| (g, i)));
        match pairs.map(|(g, i)| diagonal(g, i)).find(|v| *v <= 0.0) {
            Some(v) => Err(format!("densities: expected a diagonal above 0, found {v}")),
            None => Ok(made),
        }
    }

    /// The point of a Gaussian that standard normal numbers stand for.
    #[cfg(feature = "judge")]
    pub fn drawn(&self, gaussian: usize, normal: &[f64]) -> Vec<f64> {
        let mean = &self.means[gaussian * self.dimensions..][..self.dimensions];
        let one = |i: usize| {
            let along: f64 = self.factor(gaussian, i).iter().zip(normal).map(|(l, z)| *l as f64 * z).sum();
            mean[i] as f64 + along
        };
        (0..self.dimensions).map(one).collect()
    }

    /// Means, factors and logarithms of the mixing weights.
    #[cfg(feature = "judge")]
    pub fn arrays(&self) -> [&[f32]; 3] {
        [&self.means, &self.factors, &self.shares]
    }

    fn factor(&self, gaussian: usize, row: usize) -> &[f32] {
        &self.factors[gaussian * packed(self.dimensions) + packed(row)..][..row + 1]
    }

    /// The greatest log-density of a point under any of them, times its mixing weight and without the constant that all
    /// Gaussians of a dimension share.
    pub fn greatest(&self, point: &[f64]) -> f64 {
        let mut solved = vec![0.0; self.dimensions];
        (0..self.shares.len()).map(|g| self.log(g, point, &mut solved)).fold(f64::NEG_INFINITY, f64::max)
    }

    fn log(&self, gaussian: usize, point: &[f64], solved: &mut [f64]) -> f64 {
        let mean = &self.means[gaussian * self.dimensions..][..self.dimensions];
        let (mut squares, mut determinant) = (0.0, 1.0);
        let mut logs = 0.0;
        for i in 0..self.dimensions {
            let row = self.factor(gaussian, i);
            let known: f64 = row[..i].iter().zip(&*solved).map(|(l, z)| *l as f64 * z).sum();
            solved[i] = (point[i] - mean[i] as f64 - known) / row[i] as f64;
            squares += solved[i] * solved[i];
            determinant *= row[i] as f64;
            // One logarithm for several factors, which are far from overflow.
            if i % 8 == 7 {
                logs += libm::log(determinant);
                determinant = 1.0;
            }
        }
        self.shares[gaussian] as f64 - 0.5 * squares - logs - libm::log(determinant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of two dimensions by the closed form.
    #[test]
    fn the_density_is_that_of_the_closed_form() {
        let (a, b, c) = (2f32.sqrt(), 0.6 / 2f32.sqrt(), 0.9f32);
        let densities = Densities::new(2, vec![1.0, -1.0], vec![a, b, c], vec![0.0]).unwrap();
        let (x, y) = (1.0f64, 1.5f64);
        let [aa, ab, bb] = [(a * a) as f64, (a * b) as f64, (b * b + c * c) as f64];
        let determinant = aa * bb - ab * ab;
        let quadratic = (x * x * bb - 2.0 * x * y * ab + y * y * aa) / determinant;
        let expected = -0.5 * (quadratic + determinant.ln());
        assert!((densities.greatest(&[2.0, 0.5]) - expected).abs() < 1e-6);
    }

    #[test]
    fn the_nearest_of_several_counts_and_many_dimensions_do_not_overflow() {
        let n = 21;
        let identity: Vec<f32> =
            (0..n).flat_map(|i| (0..=i).map(move |j| if i == j { 0.01 } else { 0.0 })).collect();
        let means: Vec<f32> = [0.0, 1.0].iter().flat_map(|m| vec![*m; n]).collect();
        let both = Densities::new(n, means, [identity.clone(), identity].concat(), vec![0.0; 2]).unwrap();
        let top = -(n as f64) * 0.01f64.ln();
        assert!((both.greatest(&vec![0.0; n]) - top).abs() < 1e-3);
        assert_eq!(both.greatest(&vec![0.0; n]), both.greatest(&vec![1.0; n]));
        assert!((both.greatest(&vec![0.99; n]) - (top - 0.5 * n as f64)).abs() < 1e-2);
    }

    #[test]
    fn what_is_no_factor_is_refused() {
        assert!(Densities::new(1, vec![0.0], vec![0.0], vec![0.0]).unwrap_err().contains("diagonal above 0"));
        assert!(Densities::new(1, vec![f32::NAN], vec![1.0], vec![0.0]).unwrap_err().contains("finite"));
    }
}
