//! Maps of importance over a picture.

/// A plane of numbers; more is more important.
#[derive(Clone, Debug, PartialEq)]
pub struct SaliencyMap {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Row by row.
    pub values: Vec<f32>,
}

impl SaliencyMap {
    /// The greatest value, and the first place that has it (row, column).
    pub fn peak(&self) -> (f32, (usize, usize)) {
        let mut best = (f32::NEG_INFINITY, 0);
        for (i, v) in self.values.iter().enumerate() {
            if *v > best.0 {
                best = (*v, i);
            }
        }
        (best.0, (best.1 / self.width, best.1 % self.width))
    }

    /// Over its greatest value: in 0..1 where it is not negative, and zero where nothing is above zero.
    pub fn normalised(mut self) -> Self {
        let most = self.peak().0;
        let scale = if most > 0.0 { 1.0 / most } else { 0.0 };
        self.values.iter_mut().for_each(|v| *v = (*v * scale).max(0.0));
        self
    }

    /// Bilinear interpolation to another size, pixel centres aligned; beyond the outermost centres its values continue.
    pub fn resized(&self, height: usize, width: usize) -> Self {
        let place = |i: usize, of: usize, from: usize| {
            let at = (i as f32 + 0.5) * from as f32 / of as f32 - 0.5;
            let at = at.clamp(0.0, (from - 1) as f32);
            let low = at as usize;
            (low, (low + 1).min(from - 1), at - low as f32)
        };
        let mut values = Vec::with_capacity(height * width);
        for y in 0..height {
            let (top, bottom, down) = place(y, height, self.height);
            for x in 0..width {
                let (left, right, along) = place(x, width, self.width);
                let at = |y: usize, x: usize| self.values[y * self.width + x];
                let upper = at(top, left) + (at(top, right) - at(top, left)) * along;
                let lower = at(bottom, left) + (at(bottom, right) - at(bottom, left)) * along;
                values.push(upper + (lower - upper) * down);
            }
        }
        Self { height, width, values }
    }
}

/// Rank correlation (Spearman 1904) of two maps of one size, −1..1; ties share their mean rank.
pub fn rank_correlation(a: &[f32], b: &[f32]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    let size = libm::sqrt(product(&a, &a) * product(&b, &b));
    if size > 0.0 { product(&a, &b) / size } else { 0.0 }
}

fn ranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0f64; values.len()];
    let mut begin = 0;
    while begin < order.len() {
        let same = order[begin..].iter().take_while(|i| values[**i] == values[order[begin]]).count().max(1);
        let rank = begin as f64 + (same as f64 - 1.0) / 2.0;
        order[begin..begin + same].iter().for_each(|i| ranks[*i] = rank);
        begin += same;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_of_monotone_maps_agree_and_of_reversed_ones_are_opposite() {
        let a = [1.0, 5.0, 2.0, 9.0];
        assert_eq!(rank_correlation(&a, &[0.1, 0.3, 0.2, 7.0]), 1.0);
        assert_eq!(rank_correlation(&a, &[4.0, 2.0, 3.0, 1.0]), -1.0);
        assert_eq!(rank_correlation(&a, &[3.0; 4]), 0.0);
        // A textbook's: ranks 1 2.5 2.5 4 against 1 2 3 4.
        let tied = rank_correlation(&[1.0, 2.0, 2.0, 3.0], &[1.0, 2.0, 3.0, 4.0]);
        assert!((tied - 0.948_683).abs() < 1e-6, "{tied}");
    }

    #[test]
    fn resizing_keeps_a_ramp_and_a_map_of_its_own_size() {
        let ramp = SaliencyMap { height: 1, width: 4, values: vec![0.0, 1.0, 2.0, 3.0] };
        assert_eq!(ramp.resized(1, 4), ramp);
        assert_eq!(ramp.resized(1, 8).values, [0.0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.0]);
        assert_eq!(ramp.resized(3, 4).values[8..], ramp.values);
        assert_eq!(ramp.peak(), (3.0, (0, 3)));
        assert_eq!(ramp.normalised().values[1], 1.0 / 3.0);
    }
}
