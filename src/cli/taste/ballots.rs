//! Votes from tables of files and from shows, with the pictures that they are on.

use std::collections::BTreeMap;
use std::path::Path;

use super::pictures;
use crate::cli::reading::ReadOverrides;
use crate::cli::{Failure, watching};
use crate::data::preferences;
use crate::judge::Judge;
use crate::judge::taste::head::Embedding;
use crate::judge::taste::live::embeddings;
use crate::world::taste::RatedPicture;

/// Votes, and the pictures that they are on.
#[derive(Default)]
pub struct Ballots {
    /// Names and embeddings of the pictures.
    pub pictures: Vec<(String, Embedding)>,
    /// Of each vote the preferred picture, and the other.
    pub pairs: Vec<(usize, usize)>,
    /// Of each vote who cast it; empty if that is not known.
    pub voters: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl Ballots {
    /// Adds those of a CSV table of picture files.
    ///
    /// # Errors
    /// The table or a picture cannot be read.
    pub fn add_table(&mut self, table: &Path, judge: &Judge, over: ReadOverrides) -> Result<(), Failure> {
        let mut workspace = judge.classifier().workspace();
        for vote in preferences::read(table)? {
            let mut place = |file: &Path| -> Result<usize, Failure> {
                let name = file.display().to_string();
                if let Some(place) = self.places.get(&name) {
                    return Ok(*place);
                }
                let embedding = pictures::embedding(judge, file, over, &mut workspace)?;
                Ok(self.place(name.clone(), name, embedding))
            };
            let pair = (place(&vote.preferred)?, place(&vote.other)?);
            self.pairs.push(pair);
            self.voters.push(vote.voter);
        }
        Ok(())
    }

    /// Adds those of shows that the judge of this hash watched; of others it has no embeddings.
    ///
    /// # Errors
    /// The file cannot be read, or holds no such votes.
    pub fn add_show(&mut self, file: &Path, judge: &str) -> Result<(), Failure> {
        let before = self.pairs.len();
        let (own, others): (Vec<_>, Vec<_>) =
            watching::read_votes(file)?.into_iter().partition(|v| v.judge == judge);
        if !others.is_empty() {
            eprintln!(
                "{}: {} votes are on what another judge saw (--model FILE)",
                file.display(),
                others.len()
            );
        }
        for vote in &own {
            let (Some((a, b)), [preferred, other]) = (embeddings(vote), vote.ordered()) else { continue };
            let pair = (self.place_of(preferred, a), self.place_of(other, b));
            self.pairs.push(pair);
            self.voters.push(vote.voter.to_string());
        }
        match self.pairs.len() > before {
            true => Ok(()),
            false => Err(Failure::input(format!(
                "{}: expected votes on what this judge saw, found none",
                file.display()
            ))),
        }
    }

    fn place_of(&mut self, picture: &RatedPicture, embedding: Embedding) -> usize {
        let from = &picture.provenance;
        let key = format!("{from:?} {:?}", picture.embedding);
        let name = format!("{}, seed {}, tick {}", from.scene, from.seed, from.tick);
        self.place(key, name, embedding)
    }

    /// The place of a picture of a key; a new one is added.
    fn place(&mut self, key: String, name: String, embedding: Embedding) -> usize {
        let next = self.pictures.len();
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            self.pictures.push((name, embedding));
        }
        place
    }

    /// Of each vote the embeddings of the preferred picture and of the other.
    pub fn embedded(&self) -> Vec<(Embedding, Embedding)> {
        self.pairs.iter().map(|(a, b)| (self.pictures[*a].1, self.pictures[*b].1)).collect()
    }
}
