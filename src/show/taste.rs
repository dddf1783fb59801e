//! What panels read of a taste that is learned while a show runs.

use std::sync::Arc;

use world::taste::TastePair;

/// A taste that is learned while a show runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TasteState {
    /// Two pictures of the show to vote on; none before two that differ were seen.
    pub pair: Option<Arc<TastePair>>,
    /// Votes that were learned, earlier ones included.
    pub votes: usize,
    /// How well votes are predicted, for people.
    pub agreement: String,
    /// How much the newest picture is liked, 0..1; none before anything was learned.
    pub score: Option<f64>,
}

impl TasteState {
    /// A line for people: how much the picture is liked now.
    pub fn words(&self) -> String {
        let votes = format!("{} {}", self.votes, if self.votes == 1 { "vote" } else { "votes" });
        match self.score {
            Some(score) => format!("{votes} · this picture: {:.0} %", 100.0 * score),
            None => votes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_told_once_there_is_one() {
        let mut state = TasteState::default();
        assert_eq!(state.words(), "0 votes");
        (state.votes, state.score) = (1, Some(0.734));
        assert_eq!(state.words(), "1 vote · this picture: 73 %");
    }
}
