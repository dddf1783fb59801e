//! Statistics drawn from what a detector remembers of each class.

use super::detector::{OpenSet, unlogarithm};
use world::rng::Rng;

impl OpenSet {
    /// Statistics of a picture as they are seen through the detector's principal components.
    pub fn reconstructed(&self, statistics: &[f32]) -> Vec<f32> {
        self.unprojected(&self.projected(statistics))
    }

    /// Statistics drawn from the Gaussian of a class.
    pub fn drawn(&self, class: usize, rng: Rng) -> Vec<f32> {
        let normal: Vec<f64> = (0..self.header.components).map(|i| rng.normal(i as u64) as f64).collect();
        self.unprojected(&self.known().drawn(class, &normal))
    }

    fn unprojected(&self, point: &[f64]) -> Vec<f32> {
        let (mean, deviation, basis) = self.projection();
        let mut all = vec![0f64; mean.len()];
        for (p, row) in point.iter().zip(basis.chunks_exact(mean.len())) {
            all.iter_mut().zip(row).for_each(|(v, b)| *v += p * *b as f64);
        }
        let moments = mean.iter().zip(deviation);
        all.iter().zip(moments).map(|(v, (m, d))| unlogarithm(v * *d as f64 + *m as f64)).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::Judge;
    use crate::augment::plain;
    use world::rng::Rng;

    /// What is drawn has the mean of the class in the components, and what is reconstructed stays as it is when it is
    /// reconstructed again.
    #[test]
    fn draws_have_their_classs_mean_and_reconstruction_is_a_projection() {
        let judge = Judge::shipped().unwrap();
        let open_set = judge.open_set().unwrap();
        let draws: Vec<Vec<f64>> =
            (0..400).map(|i| open_set.projected(&open_set.drawn(1, Rng::new(3).fork(i)))).collect();
        let other = open_set.projected(&open_set.drawn(2, Rng::new(3)));
        let mean: Vec<f64> = (0..8).map(|k| draws.iter().map(|d| d[k]).sum::<f64>() / 400.0).collect();
        let expected = open_set.known().drawn(1, &vec![0.0; open_set.header.components]);
        let spread = |k: usize| {
            (draws.iter().map(|d| (d[k] - mean[k]) * (d[k] - mean[k])).sum::<f64>() / 400.0).sqrt()
        };
        for k in 0..8 {
            // Four standard errors, and a little for statistics that cannot fall below zero.
            let off = (mean[k] - expected[k]).abs();
            assert!(off < 0.2 * spread(k) + 0.25, "{k}: {off} with a spread of {}", spread(k));
        }
        assert!((0..8).any(|k| (other[k] - expected[k]).abs() > 3.0 * spread(k)), "classes differ");
        let picture: Vec<u8> = (0..64 * 64 * 3).map(|i| (i * 7 % 251) as u8).collect();
        let statistics = judge.classifier().observe(&[plain(&picture)]).remove(0).statistics;
        let once = open_set.reconstructed(&statistics);
        let twice = open_set.reconstructed(&once);
        let off = once.iter().zip(&twice).map(|(a, b)| (a - b).abs() / (a.abs() + 0.05)).fold(0f32, f32::max);
        assert!(off < 1e-3, "{off}");
    }
}
