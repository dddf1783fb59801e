//! Pairs of pictures of a running show, and votes on which of the two is liked better: as a file, a JSON object a line,
//! appended as they are cast.

use serde::{Deserialize, Serialize};

use super::frame::{Frame, Provenance};
use super::limits;
use super::votes::{VoteSide, Voter, VotesFile, hash_of};

/// Version of the format.
pub const VERSION: u32 = 1;
/// Widest picture that is shown to voters, pixels.
const WIDE: usize = 320;
/// Longest embedding in a file.
const LONGEST: usize = 4096;

/// A picture to vote on: a small copy of a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairPicture {
    /// Pixels across, at most 320.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// `width · height · 3` bytes, sRGB.
    pub rgb: Vec<u8>,
    /// Provenance of the frame.
    pub provenance: Provenance,
}

impl PairPicture {
    /// A small copy of a frame; each pixel is the mean of those that it covers.
    pub fn of(frame: &Frame) -> Self {
        let (w, h) = (frame.width.max(1), frame.height.max(1));
        let width = w.min(WIDE);
        let height = (h * width / w).max(1);
        let span = |i: usize, all: usize, parts: usize| (i * all / parts, ((i + 1) * all / parts).max(1));
        let mut rgb = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            let (top, bottom) = span(y, h, height);
            for x in 0..width {
                let (left, right) = span(x, w, width);
                let mut sums = [0usize; 3];
                for row in top..bottom {
                    for column in left..right {
                        let pixel = frame.pixel(column, row);
                        sums.iter_mut().zip(pixel).for_each(|(s, v)| *s += v as usize);
                    }
                }
                let count = (bottom - top) * (right - left);
                rgb.extend(sums.map(|s| ((2 * s + count) / (2 * count)) as u8));
            }
        }
        Self { width, height, rgb, provenance: frame.provenance.clone() }
    }
}

/// Two pictures of a show: which one is liked better?
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TastePair {
    /// Its number, from 1. A vote that names another one comes too late.
    pub number: u64,
    /// Left, right.
    pub pictures: [PairPicture; 2],
}

/// A picture that was voted on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatedPicture {
    /// Scene, seed, tick and knobs of the frame.
    pub provenance: Provenance,
    /// Its embedding by the judge that watched.
    pub embedding: Vec<f32>,
}

/// One vote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TasteVote {
    /// Version of the format, [`VERSION`].
    pub version: u32,
    /// Hash of the weights of the judge whose embeddings these are: 16 hexadecimal digits.
    pub judge: String,
    /// The side that is liked better.
    pub preferred: VoteSide,
    /// Who voted.
    pub voter: Voter,
    /// The left picture.
    pub left: RatedPicture,
    /// The right one.
    pub right: RatedPicture,
}

impl TasteVote {
    /// The preferred picture, and the other.
    pub fn ordered(&self) -> [&RatedPicture; 2] {
        match self.preferred {
            VoteSide::Left => [&self.left, &self.right],
            VoteSide::Right => [&self.right, &self.left],
        }
    }

    /// Its line, with the line feed.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn line(&self) -> serde_json::Result<String> {
        serde_json::to_string(self).map(|text| text + "\n")
    }

    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it: a field, what was expected and what was found.
    pub fn parse(line: &str) -> Result<Self, String> {
        let vote: Self = serde_json::from_str(line).map_err(|e| e.to_string())?;
        limits::within("version", vote.version, VERSION..=VERSION)?;
        hash_of(&vote.judge)
            .ok_or_else(|| format!("judge: expected 16 hexadecimal digits, found `{:.40}`", vote.judge))?;
        for (side, picture) in [("left", &vote.left), ("right", &vote.right)] {
            let field = format!("{side}.embedding");
            limits::within(&field, picture.embedding.len(), 1..=LONGEST)?;
            if let Some(v) = picture.embedding.iter().find(|v| !v.is_finite()) {
                return Err(format!("{field}: expected finite numbers, found {v}"));
            }
        }
        Ok(vote)
    }

    /// Reads the bytes of a file, as far as it can be read; empty lines are passed over.
    pub fn file(bytes: &[u8]) -> VotesFile<Self> {
        VotesFile::parse_by(bytes, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vote(seed: u64, embedding: [Vec<f32>; 2], preferred: VoteSide, voter: Voter) -> TasteVote {
        let picture = |embedding: Vec<f32>, tick: u64| RatedPicture {
            provenance: Provenance {
                scene: "ink \"2\"\n".into(),
                scene_hash: u64::MAX,
                seed,
                tick,
                knobs: "a.b=1".into(),
                ..Provenance::default()
            },
            embedding,
        };
        let [left, right] = embedding;
        let (left, right) = (picture(left, seed >> 3), picture(right, 7));
        TasteVote { version: VERSION, judge: format!("{seed:016x}"), preferred, voter, left, right }
    }

    fn embedding() -> impl Strategy<Value = Vec<f32>> {
        proptest::collection::vec(-1e6f32..1e6, 1..70)
    }

    proptest! {
        /// Numbers are read back to the bit.
        #[test]
        fn votes_are_read_as_they_were_written(
            list in proptest::collection::vec((any::<u64>(), embedding(), embedding(), any::<bool>()), 0..6),
        ) {
            let votes: Vec<TasteVote> = list
                .into_iter()
                .map(|(seed, a, b, left)| {
                    let side = if left { VoteSide::Left } else { VoteSide::Right };
                    vote(seed, [a, b], side, Voter::Page(seed))
                })
                .collect();
            let text: String = votes.iter().map(|v| v.line().unwrap()).collect();
            let read = TasteVote::file(text.as_bytes());
            prop_assert_eq!(read.damages, 0);
            prop_assert_eq!(read.votes, votes);
        }

        /// Whatever is cut off or overwritten is reported by its line, and costs no other.
        #[test]
        fn a_damaged_line_costs_no_other(at in 0usize..5, cut in 0usize..200) {
            let line = |n: u64| vote(n, [vec![1.5], vec![2.5]], VoteSide::Left, Voter::Local).line().unwrap();
            let lines: Vec<String> = (1..=5).map(line).collect();
            let mut damaged = lines.clone();
            damaged[at] = format!("{}\n", &lines[at][..1 + cut]);
            let read = TasteVote::file(damaged.concat().as_bytes());
            prop_assert_eq!((read.votes.len(), read.damages, read.damaged[0].line), (4, 1, at + 1));
        }

        #[test]
        fn every_pixel_of_a_small_copy_is_the_mean_of_those_it_covers(w in 1usize..900, h in 1usize..40, v in any::<u8>()) {
            let mut frame = Frame::new(w, h);
            frame.rgba.fill(v);
            let small = PairPicture::of(&frame);
            prop_assert!(small.width <= WIDE && small.height >= 1);
            prop_assert_eq!(small.rgb.len(), small.width * small.height * 3);
            prop_assert!(small.rgb.iter().all(|p| *p == v), "one colour stays that colour");
        }
    }

    #[test]
    fn a_small_copy_has_block_means() {
        let mut frame = Frame::new(640, 2);
        for (i, pixel) in frame.rgba.chunks_exact_mut(4).enumerate() {
            pixel[0] = if i % 2 == 0 { 10 } else { 20 };
        }
        let small = PairPicture::of(&frame);
        assert_eq!((small.width, small.height), (320, 1));
        assert!(small.rgb.chunks_exact(3).all(|p| p[0] == 15));
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        let good = vote(5, [vec![1.5], vec![2.5]], VoteSide::Left, Voter::Local).line().unwrap();
        for (from, to, expected) in [
            ("\"version\":1", "\"version\":2", "version: expected 1 to 1, found 2"),
            ("\"preferred\":\"left\"", "\"preferred\":\"top\"", "unknown variant `top`"),
            ("0000000000000005", "five", "judge: expected 16 hexadecimal digits, found `five`"),
            ("[1.5]", "[]", "left.embedding: expected 1 to 4096, found 0"),
            ("[2.5]", "[1e999]", "number out of range"),
            ("\"voter\":", "\"rater\":", "unknown field"),
        ] {
            assert!(good.contains(from), "{from}");
            let said = TasteVote::parse(&good.replacen(from, to, 1)).unwrap_err();
            assert!(said.contains(expected), "{said}");
        }
    }
}
