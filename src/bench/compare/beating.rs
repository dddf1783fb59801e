//! Which trivial opponents a generator beats.

use super::measure::Neighbour;
use crate::metrics::interval::Estimate;

/// Share of copies above which a generator counts as a copier.
pub const COPIER: f64 = 0.5;

/// What it means to beat an opponent, for reports.
pub const DEFINITION: &str = "A generator beats an opponent if its 95 % interval of the leading metric lies wholly \
    below the opponent's. Persistence and nearest show real frames, so by distance nobody beats them. A sample is a copy \
    if it is nearer to a training frame than any held-out frame is, and less than a third as far from it as from the \
    next nearest training frame (Yoon et al. 2023); a generator more than half of whose samples are copies is a copier, \
    and every generator that is none beats it.";

/// Result of the copy test.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct CopyTest {
    /// Share of samples that are nearer to a known frame than any held-out frame is.
    pub nearer: f64,
    /// Share of samples that are copies, of those.
    pub share: f64,
    /// The known frames.
    pub known: String,
}

impl CopyTest {
    /// From the nearest known frame of every sample. `None` if nothing could be held out, or there are no samples.
    pub fn of(neighbours: &[Neighbour], edge: Option<f64>, known: &str) -> Option<Self> {
        edge.filter(|_| !neighbours.is_empty())?;
        let share =
            |f: fn(&&Neighbour) -> bool| neighbours.iter().filter(f).count() as f64 / neighbours.len() as f64;
        Some(Self { nearer: share(|n| n.suspicious), share: share(|n| n.copy), known: known.into() })
    }

    /// Whether most samples are copies.
    pub fn is_copier(&self) -> bool {
        self.share > COPIER
    }
}

/// Outcome of holding a generator against an opponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is nearer to the reference, by intervals.
    Nearer,
    /// The opponent copies, and the generator does not.
    Original,
    /// Neither.
    NotBeaten,
    /// One of them has no figure.
    Unknown,
}

impl Outcome {
    /// The outcome for a generator and an opponent, each with its leading figure and whether it is a copier.
    pub fn of(own: (Option<&Estimate>, bool), opponent: (Option<&Estimate>, bool)) -> Self {
        match (own, opponent) {
            ((Some(a), _), (Some(b), _)) if a.interval[1] < b.interval[0] => Self::Nearer,
            ((Some(_), false), (_, true)) => Self::Original,
            ((Some(_), _), (Some(_), _)) => Self::NotBeaten,
            _ => Self::Unknown,
        }
    }

    /// Whether the opponent is beaten.
    pub fn is_beaten(self) -> bool {
        matches!(self, Self::Nearer | Self::Original)
    }
}

/// A generator held against one opponent.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Bout {
    /// The opponent's name.
    pub opponent: String,
    /// Whether a learned generator has to beat it.
    pub must_beat: bool,
    /// The outcome.
    pub outcome: Outcome,
}

/// The opponents that had to be beaten and were not.
pub fn not_beaten(bouts: &[Bout]) -> Vec<&str> {
    let missed = bouts.iter().filter(|b| b.must_beat && b.outcome == Outcome::NotBeaten);
    missed.map(|b| b.opponent.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(low: f64, high: f64) -> Estimate {
        Estimate { value: (low + high) / 2.0, interval: [low, high] }
    }

    #[test]
    fn intervals_decide_and_copiers_lose_to_whoever_copies_nothing() {
        let (near, level, far) = (at(30.0, 36.0), at(35.0, 45.0), at(90.0, 110.0));
        let copy = at(0.5, 1.5);
        let honest = |e| (Some(e), false);
        assert_eq!(Outcome::of(honest(&near), honest(&far)), Outcome::Nearer);
        assert_eq!(Outcome::of(honest(&near), honest(&level)), Outcome::NotBeaten);
        assert_eq!(Outcome::of(honest(&far), honest(&near)), Outcome::NotBeaten);
        // A copier is nearest by distance.
        assert_eq!(Outcome::of(honest(&near), (Some(&copy), true)), Outcome::Original);
        assert_eq!(Outcome::of(honest(&near), (Some(&copy), false)), Outcome::NotBeaten);
        assert_eq!(Outcome::of((Some(&near), true), (Some(&copy), true)), Outcome::NotBeaten);
        assert_eq!(Outcome::of((None, false), (Some(&copy), true)), Outcome::Unknown);
        assert_eq!(Outcome::of(honest(&near), (None, false)), Outcome::Unknown);
        let bout =
            |opponent: &str, must_beat, outcome| Bout { opponent: opponent.into(), must_beat, outcome };
        let bouts = [
            bout("tiles", true, Outcome::NotBeaten),
            bout("nearest", true, Outcome::Original),
            bout("half", false, Outcome::NotBeaten),
        ];
        assert_eq!(not_beaten(&bouts), ["tiles"]);
    }

    #[test]
    fn more_than_half_of_the_samples_make_a_copier() {
        let near = |n: usize| -> Vec<Neighbour> {
            let one = |i| Neighbour { place: i, distance: 1.0, suspicious: i < 8, copy: i < n };
            (0..10).map(one).collect()
        };
        let test = |n| CopyTest::of(&near(n), Some(2.0), "frames").unwrap();
        assert!(!test(5).is_copier() && test(6).is_copier());
        assert_eq!(test(3), CopyTest { nearer: 0.8, share: 0.3, known: "frames".into() });
        assert!(
            CopyTest::of(&near(3), None, "frames").is_none() && CopyTest::of(&[], Some(2.0), "").is_none()
        );
    }
}
