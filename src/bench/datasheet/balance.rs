//! Pictures by class and split.

use data::sample::Samples;

/// Pictures by class and split.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassBalance {
    /// Class names.
    pub classes: Vec<String>,
    /// Training and test pictures of each class.
    pub counts: Vec<[usize; 2]>,
}

impl ClassBalance {
    /// Of a training and a test split with the same classes.
    pub fn of(train: &Samples, test: &Samples) -> Self {
        let classes = train.classes.clone();
        let mut counts = vec![[0; 2]; classes.len()];
        for (split, samples) in [train, test].into_iter().enumerate() {
            samples.labels.iter().for_each(|l| counts[*l][split] += 1);
        }
        Self { classes, counts }
    }

    /// Pictures of each split.
    pub fn totals(&self) -> [usize; 2] {
        [0, 1].map(|split| self.counts.iter().map(|c| c[split]).sum())
    }

    fn of_class(&self) -> impl Iterator<Item = usize> {
        self.counts.iter().map(|c| c[0] + c[1])
    }

    /// Pictures of the largest class for each of the smallest.
    pub fn imbalance(&self) -> f64 {
        let least = self.of_class().min().unwrap_or(0).max(1);
        self.of_class().max().unwrap_or(0) as f64 / least as f64
    }

    /// Effective number of classes, 2^H of the class entropy H in bits (Hill 1973): as many as there are if they are of
    /// one size, less otherwise.
    pub fn effective_classes(&self) -> f64 {
        let all = self.of_class().sum::<usize>().max(1) as f64;
        let share = self.of_class().filter(|n| *n > 0).map(|n| n as f64 / all);
        share.map(|p| -p * p.log2()).sum::<f64>().exp2()
    }
}
