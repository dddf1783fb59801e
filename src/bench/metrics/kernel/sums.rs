//! Kernel sums over groups of samples.

/// Squared MMD of two sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Discrepancy {
    /// U-statistic, without the diagonal: its expectation is 0 for two sets of one distribution, so it may be negative.
    pub unbiased: f64,
    /// V-statistic, with the diagonal: never negative, biased upwards for two sets of one distribution.
    pub biased: f64,
}

/// Kernel sums over groups of samples, from which the discrepancy of any subset of groups follows at once.
#[derive(Clone, Debug)]
pub struct Sums {
    pub(super) groups: usize,
    /// Samples of each group of each set.
    pub(super) sizes: [Vec<f64>; 2],
    /// Over pairs of distinct samples within each set, group by group.
    pub(super) within: [Vec<f64>; 2],
    /// Over pairs across the sets, group by group.
    pub(super) across: Vec<f64>,
    /// Diagonal terms of each group of each set.
    pub(super) own: [Vec<f64>; 2],
}

impl Sums {
    /// The discrepancy of all samples.
    pub fn all(&self) -> Discrepancy {
        let every: Vec<usize> = (0..self.groups).collect();
        self.of(&every, &every)
    }

    /// The discrepancy of some groups of each set.
    pub fn of(&self, reference: &[usize], candidate: &[usize]) -> Discrepancy {
        let total = |table: &[f64], a: &[usize], b: &[usize]| -> f64 {
            a.iter().flat_map(|i| b.iter().map(move |j| table[i * self.groups + j])).sum()
        };
        let sum = |values: &[f64], of: &[usize]| of.iter().map(|&i| values[i]).sum::<f64>();
        let (n, m) = (sum(&self.sizes[0], reference), sum(&self.sizes[1], candidate));
        let (x, y) =
            (total(&self.within[0], reference, reference), total(&self.within[1], candidate, candidate));
        let across = 2.0 * total(&self.across, reference, candidate) / (n * m);
        let (own_x, own_y) = (sum(&self.own[0], reference), sum(&self.own[1], candidate));
        Discrepancy {
            unbiased: x / (n * (n - 1.0)) + y / (m * (m - 1.0)) - across,
            biased: (x + own_x) / (n * n) + (y + own_y) / (m * m) - across,
        }
    }
}
