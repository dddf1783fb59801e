//! How good a classifier is by a label tree.

use super::LabelTree;

/// Accuracy at each level, and the cost of mistakes.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct TreeAccuracy {
    /// From the coarsest distinction to the classes themselves; levels that distinguish nothing new are left out.
    pub levels: Vec<LevelAccuracy>,
    /// Mean cost of a picture: the height of the lowest common ancestor of its class and what it is called (Deng et al.
    /// 2010), 0 if it is right.
    pub cost: f64,
    /// Mean cost of a mistake; none without mistakes.
    pub mistake: Option<f64>,
    /// Mean cost of a mistake if the wrong class were any other.
    pub random_mistake: f64,
    /// The greatest cost there is: the height of the root.
    pub height: usize,
}

/// Accuracy at a level.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct LevelAccuracy {
    /// Steps from the root.
    pub depth: usize,
    /// How many groups it distinguishes.
    pub groups: usize,
    /// Share of the pictures that are put into their own group, 0..=1.
    pub accuracy: f64,
}

impl LabelTree {
    /// Of counts `[true class][predicted class]`.
    pub fn accuracy(&self, confusion: &[Vec<usize>]) -> TreeAccuracy {
        let classes = self.classes.len();
        let all = confusion.iter().flatten().sum::<usize>().max(1) as f64;
        let counted = |weight: &dyn Fn(usize, usize) -> f64| -> f64 {
            let pairs = (0..classes).flat_map(|a| (0..classes).map(move |b| (a, b)));
            pairs.map(|(a, b)| confusion[a][b] as f64 * weight(a, b)).sum()
        };
        let mistakes = counted(&|a, b| f64::from(u8::from(a != b)));
        let cost = counted(&|a, b| self.distance(a, b) as f64);
        let random = |a: usize| {
            let sum: usize = (0..classes).map(|b| self.distance(a, b)).sum();
            confusion[a].iter().sum::<usize>() as f64 * sum as f64 / (classes.max(2) - 1) as f64
        };
        let level = |(depth, groups): (usize, usize)| LevelAccuracy {
            depth,
            groups,
            accuracy: counted(&|a, b| f64::from(u8::from(self.is_same(a, b, depth)))) / all,
        };
        TreeAccuracy {
            levels: self.levels().into_iter().map(level).collect(),
            cost: cost / all,
            mistake: (mistakes > 0.0).then(|| cost / mistakes),
            random_mistake: (0..classes).map(random).sum::<f64>() / all,
            height: self.nodes.first().map_or(0, |root| root.height),
        }
    }

    fn is_same(&self, a: usize, b: usize, depth: usize) -> bool {
        self.ancestor(self.classes[a], depth) == self.ancestor(self.classes[b], depth)
    }

    /// Depths at which more is distinguished than above, with the number of groups.
    pub fn levels(&self) -> Vec<(usize, usize)> {
        let deepest = self.nodes.iter().map(|n| n.depth).max().unwrap_or(0);
        let groups = |depth: usize| {
            let mut all: Vec<usize> = self.classes.iter().map(|c| self.ancestor(*c, depth)).collect();
            all.sort();
            all.dedup();
            all.len()
        };
        let mut levels: Vec<(usize, usize)> = Vec::new();
        for (depth, groups) in (1..=deepest).map(|d| (d, groups(d))) {
            if groups > levels.last().map_or(1, |l| l.1) {
                levels.push((depth, groups));
            }
        }
        levels
    }
}

impl TreeAccuracy {
    /// A line for each level, and one on mistakes.
    pub fn lines(&self) -> Vec<String> {
        let level =
            |l: &LevelAccuracy| format!("  {:>5} groups: {:.2} % in their own", l.groups, 100.0 * l.accuracy);
        let mistake =
            self.mistake.map_or("there are no mistakes".into(), |m| format!("a mistake costs {m:.3}"));
        let last = format!(
            "  by the tree {mistake}, one at random {:.3}, the worst {}; mean cost of a picture {:.4}",
            self.random_mistake, self.height, self.cost
        );
        self.levels.iter().map(level).chain([last]).collect()
    }
}
