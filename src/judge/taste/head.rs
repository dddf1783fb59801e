//! A linear head on the judge's embedding that predicts which of two pictures is preferred.

use super::linear::{logistic, solved};
use crate::verdict::EMBEDDING;
use world::proportion;
use world::rng::Rng;

/// The embedding of a picture.
pub type Embedding = [f32; EMBEDDING];

/// Standard deviation of scores under the prior, of pictures as they differ in the votes: a clear preference.
const PRIOR: f64 = 2.0;
/// Earlier votes that tell as much of a direction as the prior does: each adds about a fifth (the variance of a vote that
/// is not quite a coin's) of the differences' variance, of which a direction has one part of [`EMBEDDING`].
const SAME: f64 = EMBEDDING as f64 / (0.2 * PRIOR * PRIOR);
/// Parts of the votes of which each is held out once.
const FOLDS: usize = 10;
/// Newton's steps at most; it converges within a few.
const STEPS: usize = 50;

/// How often held-out votes were predicted.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Agreement {
    /// Held-out votes whose preferred picture had the higher score.
    pub right: usize,
    /// All votes, each held out once.
    pub votes: usize,
}

impl Agreement {
    /// Share of right ones, 0..1.
    pub fn share(self) -> f64 {
        self.right as f64 / self.votes.max(1) as f64
    }

    /// Its 95 % interval ([`proportion::wilson`]).
    pub fn interval(self) -> [f64; 2] {
        proportion::wilson(self.right, self.votes)
    }

    /// Exact two-sided p-value against guessing.
    pub fn p(self) -> f64 {
        proportion::binomial_p(self.right, self.votes)
    }

    /// For people: `71 of 100 held-out votes, 71 % (61 to 79 %)`.
    pub fn words(self) -> String {
        let [low, high] = self.interval().map(|v| 100.0 * v);
        let Self { right, votes } = self;
        format!("{right} of {votes} held-out votes, {:.0} % ({low:.0} to {high:.0} %)", 100.0 * self.share())
    }
}

/// A taste that was learned: Bradley and Terry's model (1952) whose log strengths are linear in the embedding.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Taste {
    pub(super) weights: Vec<f64>,
    /// Score of the mean of all pictures that were voted on.
    pub(super) middle: f64,
    votes: usize,
}

impl Default for Taste {
    /// Without a vote, every picture scores 0.
    fn default() -> Self {
        Self { weights: vec![0.0; EMBEDDING], middle: 0.0, votes: 0 }
    }
}

impl Taste {
    /// Learns votes, each as the embeddings of (the preferred picture, the other), by greatest posterior probability
    /// under a normal prior.
    pub fn learn(votes: &[(Embedding, Embedding)]) -> Self {
        Self::default().and(votes)
    }

    /// Learns further votes: the prior is around what was learned before, and the narrower the more votes that were.
    pub fn and(&self, votes: &[(Embedding, Embedding)]) -> Self {
        if votes.is_empty() {
            return self.clone();
        }
        let differences: Vec<Vec<f64>> = votes.iter().map(|(a, b)| difference(a, b)).collect();
        let all: Vec<&[f64]> = differences.iter().map(Vec::as_slice).collect();
        let weights = self.fitted(&all);
        let mut taste = Self { weights, middle: 0.0, votes: self.votes + votes.len() };
        let sum: f64 = votes.iter().map(|(a, b)| taste.raw(a) + taste.raw(b)).sum();
        taste.middle = sum / (2 * votes.len()) as f64;
        taste
    }

    fn raw(&self, e: &Embedding) -> f64 {
        self.weights.iter().zip(e).map(|(w, v)| w * *v as f64).sum()
    }

    /// Log odds that a picture is preferred to the mean of those that were voted on.
    pub fn score(&self, e: &Embedding) -> f64 {
        self.raw(e) - self.middle
    }

    /// Probability that a picture is preferred to the mean of those that were voted on, 0..1; 0.5 without votes.
    pub fn probability(&self, e: &Embedding) -> f64 {
        logistic(self.score(e))
    }

    /// Probability that the first of two pictures is preferred, 0..1.
    pub fn preferred(&self, a: &Embedding, b: &Embedding) -> f64 {
        logistic(self.raw(a) - self.raw(b))
    }

    /// Votes that it has learned.
    pub fn votes(&self) -> usize {
        self.votes
    }

    /// Predicts each vote from those of other parts (ten-fold cross-validation; a vote's pictures may recur in other
    /// votes). None with fewer than ten votes.
    pub fn agreement(votes: &[(Embedding, Embedding)]) -> Option<Agreement> {
        Self::default().agreement_on(votes)
    }

    /// The same with [`Self::and`].
    pub fn agreement_on(&self, votes: &[(Embedding, Embedding)]) -> Option<Agreement> {
        if votes.len() < FOLDS {
            return None;
        }
        let differences: Vec<Vec<f64>> = votes.iter().map(|(a, b)| difference(a, b)).collect();
        let order = data::sample::shuffled(votes.len(), Rng::new(0).named("taste"));
        let mut right = 0;
        for fold in 0..FOLDS {
            let part = |held: bool| {
                let of = order.iter().enumerate().filter(move |(i, _)| (i % FOLDS == fold) == held);
                of.map(|(_, k)| differences[*k].as_slice())
            };
            let weights = self.fitted(&part(false).collect::<Vec<_>>());
            right += part(true).filter(|x| dot(&weights, x) > 0.0).count();
        }
        Some(Agreement { right, votes: votes.len() })
    }

    /// Weights of a logistic regression without intercept on differences whose label is always "preferred" (Newton's
    /// method). The prior is round in the embedding's own units: what differs little in them is learned late.
    fn fitted(&self, differences: &[&[f64]]) -> Vec<f64> {
        let mut weights = self.weights.clone();
        let square: f64 = differences.iter().map(|x| dot(x, x)).sum();
        if square <= 0.0 {
            return weights;
        }
        let learned = 1.0 + self.votes as f64 / SAME;
        let precision = learned * square / differences.len() as f64 / (PRIOR * PRIOR);
        for _ in 0..STEPS {
            let mut slope: Vec<f64> =
                weights.iter().zip(&self.weights).map(|(w, from)| -precision * (w - from)).collect();
            let mut curvature = vec![0.0; EMBEDDING * EMBEDDING];
            (0..EMBEDDING).for_each(|i| curvature[i * EMBEDDING + i] = precision);
            for x in differences {
                let p = logistic(dot(&weights, x));
                let spread = p * (1.0 - p);
                for (i, row) in curvature.chunks_exact_mut(EMBEDDING).enumerate() {
                    slope[i] += (1.0 - p) * x[i];
                    row[..=i].iter_mut().zip(*x).for_each(|(c, v)| *c += spread * x[i] * v);
                }
            }
            let Some(step) = solved(curvature, slope) else { return weights };
            weights.iter_mut().zip(&step).for_each(|(w, s)| *w += s);
            if step.iter().all(|s| s.abs() < 1e-9) {
                break;
            }
        }
        weights
    }
}

fn difference(a: &Embedding, b: &Embedding) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| *a as f64 - *b as f64).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of no particular kind: a few coordinates vary much, most little, as in embeddings.
    fn picture(r: Rng) -> Embedding {
        std::array::from_fn(|i| r.normal(i as u64) / (1.0 + 0.3 * i as f32))
    }

    /// Someone who likes a direction, and errs as Bradley and Terry say.
    fn voted(count: u64, seed: u64, wish: &Embedding, strength: f64) -> Vec<(Embedding, Embedding)> {
        let r = Rng::new(seed);
        let like = |e: &Embedding| strength * e.iter().zip(wish).map(|(a, b)| (a * b) as f64).sum::<f64>();
        let one = |i: u64| {
            let [a, b] = [0, 1].map(|k| picture(r.named("picture").fork(2 * i + k)));
            if r.unit64(i) < logistic(like(&a) - like(&b)) { (a, b) } else { (b, a) }
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn a_hundred_votes_beat_chance_significantly() {
        for seed in 0..10 {
            let wish = picture(Rng::new(seed).named("wish"));
            let votes = voted(100, seed, &wish, 2.0);
            let taste = Taste::learn(&votes);
            // New pictures, on which nobody errs.
            let new = voted(400, 1000 + seed, &wish, 1e6);
            let right = new.iter().filter(|(a, b)| taste.score(a) > taste.score(b)).count();
            assert!(proportion::wilson(right, new.len())[0] > 0.6, "{right} of 400, voter {seed}");
            let agreement = Taste::agreement(&votes).unwrap();
            assert!(agreement.votes == 100 && agreement.interval()[0] > 0.5, "{}", agreement.words());
        }
    }

    /// Who votes by a coin is not agreed with.
    #[test]
    fn a_coin_is_not_predicted() {
        let coins = (0..10).map(|seed| Taste::agreement(&voted(100, seed, &[0.0; EMBEDDING], 1.0)).unwrap());
        let right: usize = coins.map(|a| a.right).sum();
        assert!((430..570).contains(&right), "{right} of 1000");
    }

    /// The slope of the posterior is zero where it ends.
    #[test]
    fn the_fit_is_the_most_probable() {
        let votes = voted(40, 5, &picture(Rng::new(5)), 3.0);
        let taste = Taste::learn(&votes);
        let posterior = |weights: &[f64]| {
            let square: f64 = votes.iter().map(|(a, b)| dot(&difference(a, b), &difference(a, b))).sum();
            let prior = square / votes.len() as f64 / (PRIOR * PRIOR) * dot(weights, weights) / 2.0;
            votes.iter().map(|(a, b)| logistic(dot(weights, &difference(a, b))).ln()).sum::<f64>() - prior
        };
        let best = posterior(&taste.weights);
        for i in 0..EMBEDDING {
            for by in [-1e-3, 1e-3] {
                let mut moved = taste.weights.clone();
                moved[i] += by;
                assert!(posterior(&moved) < best, "coordinate {i}");
            }
        }
    }

    #[test]
    fn without_votes_nothing_is_preferred() {
        let e = picture(Rng::new(1));
        assert_eq!(Taste::learn(&[]), Taste::default());
        assert_eq!((Taste::default().probability(&e), Taste::agreement(&[])), (0.5, None));
        // A picture against itself says nothing.
        assert_eq!(Taste::learn(&[(e, e)]).probability(&e), 0.5);
    }

    #[test]
    fn scores_are_centred_on_what_was_voted_on() {
        let votes = voted(30, 2, &picture(Rng::new(2)), 2.0);
        let taste = Taste::learn(&votes);
        let sum: f64 = votes.iter().map(|(a, b)| taste.score(a) + taste.score(b)).sum();
        assert!(sum.abs() < 1e-9 && taste.votes() == 30, "{sum}");
    }
}
