//! A taste that is learned while a show runs: which pictures to ask about, and what the votes taught.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::head::{Agreement, Embedding, Taste};
use crate::verdict::EMBEDDING;
use world::frame::Frame;
use world::rng::Rng;
use world::taste::{PairPicture, RatedPicture, TastePair, TasteVote, VERSION};
use world::votes::{VoteSide, Voter};

/// Ticks between pictures that may be asked about.
const APART: u64 = 90;
/// Pictures that may be asked about; older ones are forgotten.
const POOL: usize = 16;
/// Votes that are learned; of more, the newest.
const NEWEST: usize = 1000;

/// A picture that may be asked about.
struct Candidate {
    id: u64,
    embedding: Embedding,
    picture: PairPicture,
    asked: u32,
}

/// A taste that is learned while a show runs.
///
/// It asks about two pictures of the last half minute: those whose comparison tells most, by what it knows so far (a vote
/// tells little of two pictures that are alike, or of which it is sure), and none twice.
pub struct LiveTaste {
    judge: String,
    start: Taste,
    votes: Vec<(Embedding, Embedding)>,
    taste: Taste,
    agreement: Option<Agreement>,
    pool: VecDeque<Candidate>,
    asked: BTreeSet<(u64, u64)>,
    looked: Option<u64>,
    next: u64,
    number: u64,
    pair: Option<(Arc<TastePair>, [Embedding; 2])>,
}

impl LiveTaste {
    /// Of the judge whose weights have this hash ([`fingerprint`](crate::score::head::fingerprint)); begins with what was
    /// learned before, and with earlier votes. Votes on embeddings of another judge are passed over.
    pub fn new(judge: String, start: Taste, votes: &[TasteVote]) -> Self {
        let votes = votes.iter().filter(|v| v.judge == judge).filter_map(embeddings).collect();
        let mut live = Self {
            judge,
            taste: start.clone(),
            start,
            votes,
            agreement: None,
            pool: VecDeque::new(),
            asked: BTreeSet::new(),
            looked: None,
            next: 0,
            number: 0,
            pair: None,
        };
        live.learn();
        live
    }

    /// Sees a frame with its embedding, at a tick of the performance.
    pub fn see(&mut self, frame: &Frame, embedding: &Embedding, tick: u64) {
        if self.looked.is_some_and(|last| tick < last + APART && tick >= last) {
            return;
        }
        self.looked = Some(tick);
        if embedding.iter().all(|v| v.is_finite()) {
            let (id, embedding, picture) = (self.next, *embedding, PairPicture::of(frame));
            self.pool.push_back(Candidate { id, embedding, picture, asked: 0 });
            self.next += 1;
        }
        if self.pool.len() > POOL {
            self.pool.pop_front();
            let oldest = self.pool.front().map_or(0, |c| c.id);
            self.asked.retain(|pair| pair.0 >= oldest);
        }
        if self.pair.is_none() {
            self.ask();
        }
    }

    /// The pair to vote on; none before two pictures that differ were seen.
    pub fn pair(&self) -> Option<&Arc<TastePair>> {
        self.pair.as_ref().map(|p| &p.0)
    }

    /// A vote on the pair of a number, or on that which is asked about; learned at once. None if that pair is gone.
    pub fn vote(&mut self, side: VoteSide, voter: Voter, number: Option<u64>) -> Option<TasteVote> {
        let (pair, [left, right]) = self.take(number)?;
        let [a, b] = [(0, left), (1, right)].map(|(i, e)| RatedPicture {
            provenance: pair.pictures[i].provenance.clone(),
            embedding: e.to_vec(),
        });
        self.votes.push(if side == VoteSide::Left { (left, right) } else { (right, left) });
        self.learn();
        self.ask();
        let (version, judge) = (VERSION, self.judge.clone());
        Some(TasteVote { version, judge, preferred: side, voter, left: a, right: b })
    }

    /// Asks about another pair than that of a number, or than that which is asked about.
    pub fn skip(&mut self, number: Option<u64>) {
        if self.take(number).is_some() {
            self.ask();
        }
    }

    /// Probability that a picture is preferred to the mean of those that were voted on, 0..1; none before anything was
    /// learned.
    pub fn probability(&self, embedding: &Embedding) -> Option<f64> {
        (self.taste.votes() > 0).then(|| self.taste.probability(embedding))
    }

    /// Votes that were learned, earlier ones included.
    pub fn votes(&self) -> usize {
        self.taste.votes()
    }

    /// How often held-out votes are predicted; none with fewer than ten.
    pub fn agreement(&self) -> Option<Agreement> {
        self.agreement
    }

    fn take(&mut self, number: Option<u64>) -> Option<(Arc<TastePair>, [Embedding; 2])> {
        self.pair.take_if(|(pair, _)| number.is_none_or(|n| n == pair.number))
    }

    fn learn(&mut self) {
        let newest = &self.votes[self.votes.len().saturating_sub(NEWEST)..];
        self.taste = self.start.and(newest);
        self.agreement = self.start.agreement_on(newest);
    }

    /// Chooses the pair whose comparison tells most; each on the side where a coin puts it.
    fn ask(&mut self) {
        let mut best = (0.0, None);
        for j in 0..self.pool.len() {
            for i in 0..j {
                let told = self.told(i, j);
                if told > best.0 {
                    best = (told, Some((i, j)));
                }
            }
        }
        let Some((i, j)) = best.1 else { return };
        self.asked.insert((self.pool[i].id, self.pool[j].id));
        [i, j].into_iter().for_each(|k| self.pool[k].asked += 1);
        self.number += 1;
        let tails = Rng::new(0).named("pair").bits(self.number) & 1 == 1;
        let sides = if tails { [j, i] } else { [i, j] };
        let pictures = sides.map(|k| self.pool[k].picture.clone());
        let pair = TastePair { number: self.number, pictures };
        self.pair = Some((Arc::new(pair), sides.map(|k| self.pool[k].embedding)));
    }

    /// How much a vote on two pictures tells: their squared distance times the variance of the vote that is expected, less
    /// for pictures that were asked about before; 0 for a pair that was.
    fn told(&self, i: usize, j: usize) -> f64 {
        let (a, b) = (&self.pool[i], &self.pool[j]);
        if self.asked.contains(&(a.id, b.id)) {
            return 0.0;
        }
        let square: f64 =
            a.embedding.iter().zip(&b.embedding).map(|(a, b)| *a as f64 - *b as f64).map(|d| d * d).sum();
        let p = self.taste.preferred(&a.embedding, &b.embedding);
        square * p * (1.0 - p) / ((1 + a.asked) * (1 + b.asked)) as f64
    }
}

/// Embeddings of the preferred picture and of the other; none if they are not of this length.
pub fn embeddings(vote: &TasteVote) -> Option<(Embedding, Embedding)> {
    let [a, b] = vote.ordered().map(|p| <[f32; EMBEDDING]>::try_from(p.embedding.as_slice()).ok());
    a.zip(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JUDGE: &str = "00000000000000aa";

    fn live() -> LiveTaste {
        LiveTaste::new(JUDGE.into(), Taste::default(), &[])
    }

    /// A frame of a brightness, and an embedding that follows it in one direction, with others that mean nothing.
    fn frame(seed: u64, i: u64) -> (Frame, Embedding) {
        let r = Rng::new(seed).named("frame").fork(i);
        let mut frame = Frame::new(4, 3);
        let bright = r.unit(0);
        frame.rgba.fill((bright * 255.0) as u8);
        frame.provenance.tick = i;
        let embedding = std::array::from_fn(|k| {
            let own = if k < 4 { 3.0 * (bright - 0.5) } else { 0.0 };
            own + r.normal(1 + k as u64) / (1.0 + 0.3 * k as f32)
        });
        (frame, embedding)
    }

    fn bright(picture: &PairPicture) -> f64 {
        picture.rgb[0] as f64 / 255.0
    }

    /// Shows frames until `votes` were cast by someone who likes bright pictures, and errs.
    fn voted(live: &mut LiveTaste, seed: u64, votes: usize) -> Vec<TasteVote> {
        let (r, mut cast) = (Rng::new(seed).named("voter"), Vec::new());
        for i in 0u64.. {
            let (frame, embedding) = frame(seed, i);
            live.see(&frame, &embedding, i * APART);
            let Some(pair) = live.pair().cloned() else { continue };
            let [left, right] = [0, 1].map(|k| bright(&pair.pictures[k]));
            let likes_left = r.unit64(i) < 1.0 / (1.0 + (8.0 * (right - left)).exp());
            let side = if likes_left { VoteSide::Left } else { VoteSide::Right };
            cast.extend(live.vote(side, Voter::Local, Some(pair.number)));
            if cast.len() == votes {
                return cast;
            }
        }
        cast
    }

    /// Predictions on new pictures, whose brightness differs.
    fn right(live: &LiveTaste, seed: u64) -> usize {
        let new = (0..400).map(|i| [2 * i, 2 * i + 1].map(|k| frame(1000 + seed, k)));
        let score = |e: &Embedding| live.probability(e).unwrap();
        new.filter(|[a, b]| (score(&a.1) > score(&b.1)) == (a.0.rgba[0] > b.0.rgba[0])).count()
    }

    #[test]
    fn a_hundred_votes_on_the_pairs_that_it_asks_about_beat_chance() {
        for seed in 0..5 {
            let mut live = live();
            assert!(live.probability(&[0.0; EMBEDDING]).is_none());
            let cast = voted(&mut live, seed, 100);
            let hits = right(&live, seed);
            assert!(world::proportion::wilson(hits, 400)[0] > 0.6, "{hits} of 400, voter {seed}");
            let agreement = live.agreement().unwrap();
            assert!(live.votes() == 100 && agreement.p() < 0.05, "{}", agreement.words());
            // A show that begins with the file of these votes knows the same.
            let again = LiveTaste::new(JUDGE.into(), Taste::default(), &cast);
            assert_eq!(again.taste, live.taste);
        }
    }

    #[test]
    fn what_was_learned_before_goes_on() {
        let mut first = live();
        voted(&mut first, 1, 60);
        let mut second = LiveTaste::new(JUDGE.into(), first.taste.clone(), &[]);
        let before = right(&second, 7);
        voted(&mut second, 2, 60);
        assert_eq!(second.votes(), 120);
        assert!(right(&second, 7) > before.min(300), "{} after {before}", right(&second, 7));
        let mut other = live();
        voted(&mut other, 2, 60);
        assert_ne!(other.taste, second.taste);
    }

    #[test]
    fn no_pair_is_asked_about_twice_and_a_late_vote_counts_nothing() {
        let (mut live, mut seen) = (live(), BTreeSet::new());
        for i in 0..POOL as u64 {
            let (frame, embedding) = frame(3, i);
            live.see(&frame, &embedding, i * APART);
        }
        while let Some(pair) = live.pair().cloned() {
            let mut ticks = [0, 1].map(|k| pair.pictures[k].provenance.tick);
            ticks.sort();
            assert!(ticks[0] != ticks[1] && seen.insert(ticks), "{ticks:?}");
            live.skip(Some(pair.number + 1));
            assert!(live.vote(VoteSide::Left, Voter::Local, Some(pair.number - 1)).is_none());
            assert_eq!(live.pair().unwrap().number, pair.number);
            live.skip(None);
        }
        assert_eq!((seen.len(), live.votes()), (POOL * (POOL - 1) / 2, 0));
        assert!(live.vote(VoteSide::Left, Voter::Local, None).is_none(), "nothing is asked");
    }

    #[test]
    fn frames_of_a_moment_or_all_alike_are_not_asked_about() {
        let mut live = live();
        let (a, embedding) = frame(0, 0);
        for i in 0..50 {
            live.see(&a, &embedding, i * APART);
        }
        assert!(live.pair().is_none() && live.pool.len() == POOL);
        let last = live.looked.unwrap();
        let (b, other) = frame(0, 1);
        live.see(&b, &other, last + APART - 1);
        assert!(live.pair().is_none(), "too soon");
        live.see(&b, &[f32::NAN; EMBEDDING], last + APART);
        assert!(live.pair().is_none(), "no embedding");
        live.see(&b, &other, last + 2 * APART);
        assert!(live.pair().is_some());
    }

    #[test]
    fn votes_of_another_judge_are_passed_over() {
        let cast = voted(&mut live(), 0, 12);
        let other = LiveTaste::new("00000000000000bb".into(), Taste::default(), &cast);
        assert_eq!((other.votes(), other.agreement()), (0, None));
    }
}
