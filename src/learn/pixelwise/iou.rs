//! How well masks agree: intersection over union.

/// Numbers of pixels by true and predicted class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PixelConfusion {
    classes: usize,
    counts: Vec<u64>,
}

impl PixelConfusion {
    /// Of no pixels yet.
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// Adds a mask and its prediction; every index is below the number of classes.
    pub fn add(&mut self, truth: &[u8], predicted: &[u8]) {
        for (t, p) in truth.iter().zip(predicted) {
            self.counts[*t as usize * self.classes + *p as usize] += 1;
        }
    }

    /// Pixels of a true class that were given a class.
    pub fn count(&self, truth: usize, predicted: usize) -> u64 {
        self.counts[truth * self.classes + predicted]
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Pixels of a class in either mask.
    fn union(&self, class: usize) -> u64 {
        let all = (0..self.classes).map(|c| self.count(class, c) + self.count(c, class)).sum::<u64>();
        all - self.count(class, class)
    }

    /// Intersection over union of a class (Jaccard 1912), 0..1: the pixels that are of it in both masks, as a share of those
    /// that are of it in either. None if there are none.
    pub fn iou(&self, class: usize) -> Option<f64> {
        let union = self.union(class);
        (union > 0).then(|| self.count(class, class) as f64 / union as f64)
    }

    /// Mean over the classes that occur (Everingham et al. 2010); 0 if none does.
    pub fn mean_iou(&self) -> f64 {
        let all: Vec<f64> = (0..self.classes).filter_map(|c| self.iou(c)).collect();
        all.iter().sum::<f64>() / all.len().max(1) as f64
    }

    /// Share of the pixels that are right, 0..1.
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.classes).map(|c| self.count(c, c)).sum();
        right as f64 / self.counts.iter().sum::<u64>().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    /// By hand: class 0 is right in 2 of the 4 pixels that either mask gives it, class 1 in 1 of 3, class 2 in 1 of 2; class
    /// 3 does not occur.
    #[test]
    fn a_table_by_hand() {
        let mut confusion = PixelConfusion::new(4);
        confusion.add(&[0, 0, 0, 1, 1, 2], &[0, 0, 1, 1, 0, 2]);
        assert_eq!((confusion.iou(0), confusion.iou(1)), (Some(0.5), Some(1.0 / 3.0)));
        assert_eq!((confusion.iou(2), confusion.iou(3)), (Some(1.0), None));
        assert!((confusion.mean_iou() - (0.5 + 1.0 / 3.0 + 1.0) / 3.0).abs() < 1e-15);
        assert_eq!(confusion.accuracy(), 4.0 / 6.0);
        assert_eq!((confusion.count(0, 1), confusion.count(1, 0)), (1, 1));
    }

    /// Against sets of pixels.
    #[test]
    fn it_is_that_of_sets_of_pixels() {
        let draw = |r: Rng, n: u64| (0..500).map(|i| r.below(i, n) as u8).collect::<Vec<u8>>();
        for seed in 0..20 {
            let r = Rng::new(seed);
            let (truth, predicted) = (draw(r.fork(0), 3 + seed % 4), draw(r.fork(1), 5));
            let mut confusion = PixelConfusion::new(8);
            let (a, b) = truth.split_at(200);
            confusion.add(a, &predicted[..200]);
            confusion.add(b, &predicted[200..]);
            for class in 0..8u8 {
                let both = (0..500).filter(|&i| truth[i] == class && predicted[i] == class).count();
                let either = (0..500).filter(|&i| truth[i] == class || predicted[i] == class).count();
                let expected = (either > 0).then(|| both as f64 / either as f64);
                assert_eq!(confusion.iou(class as usize), expected);
            }
        }
    }
}
