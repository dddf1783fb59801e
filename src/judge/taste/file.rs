//! A taste on disk.

use std::path::Path;

use super::head::{Agreement, Taste};
use crate::score::head::fingerprint;
use crate::verdict::EMBEDDING;
use crate::{Judge, JudgeError};
use world::frame::write_durable;
use world::limits;

/// A taste that was learned, as a JSON file.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct TasteFile {
    /// What this file is: [`KIND`].
    pub kind: String,
    /// Version of the program.
    pub version: String,
    /// Hash of the weights of the judge whose embedding it reads.
    pub judge: String,
    /// The judge in a line.
    pub about_judge: String,
    /// The files of votes that it was learned from.
    pub votes: Vec<String>,
    /// How often held-out votes were predicted; none with fewer than ten.
    pub agreement: Option<Agreement>,
    /// What was learned.
    pub taste: Taste,
}

/// The kind of these files.
pub const KIND: &str = "untrained-taste";

impl TasteFile {
    /// Writes the file, atomically.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), JudgeError> {
        let text = serde_json::to_string_pretty(self).map_err(|e| JudgeError::Failed(e.to_string()))? + "\n";
        write_durable(path, text.as_bytes()).map_err(|e| JudgeError::Failed(e.to_string()))
    }

    /// A taste from a file, for this judge.
    ///
    /// # Errors
    /// The file cannot be read, is no taste, is damaged, or reads the embedding of another judge.
    pub fn load(path: &Path, judge: &Judge) -> Result<Self, JudgeError> {
        let text = limits::read_text(path).map_err(|e| JudgeError::io("read", path, e))?;
        let wrong = |e: String| JudgeError::input(path, e);
        let file: Self = serde_json::from_str(&text)
            .map_err(|e| wrong(format!("expected a file of `untrained taste learn`: {e}")))?;
        if file.kind != KIND {
            return Err(wrong(format!("kind: expected `{KIND}`, found `{}`", file.kind)));
        }
        file.taste.check().map_err(wrong)?;
        match fingerprint(judge)? == file.judge {
            true => Ok(file),
            false => Err(wrong(format!(
                "it reads the embedding of another judge ({}); name that one (--model FILE)",
                file.about_judge
            ))),
        }
    }
}

impl Taste {
    fn check(&self) -> Result<(), String> {
        limits::within("weights", self.weights.len(), EMBEDDING..=EMBEDDING)?;
        match self.weights.iter().chain([&self.middle]).find(|v| !v.is_finite()) {
            Some(v) => Err(format!("weights: expected finite numbers, found {v}")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(judge: &Judge) -> TasteFile {
        let [a, b] = [0.0, 1.0].map(|v| [v; EMBEDDING]);
        TasteFile {
            kind: KIND.into(),
            version: "1".into(),
            judge: fingerprint(judge).unwrap(),
            about_judge: judge.header.about.clone(),
            votes: vec!["votes.csv".into()],
            agreement: Some(Agreement { right: 7, votes: 12 }),
            taste: Taste::learn(&[(a, b)]),
        }
    }

    #[test]
    fn a_taste_is_read_as_it_was_written_and_only_for_its_judge() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taste.json");
        let judge = Judge::shipped().unwrap();
        let mut file = file(&judge);
        file.save(&path).unwrap();
        assert_eq!(TasteFile::load(&path, &judge).unwrap(), file);
        file.judge = "0".into();
        file.save(&path).unwrap();
        let told = TasteFile::load(&path, &judge).unwrap_err();
        assert!(told.is_input() && told.to_string().contains("another judge"), "{told}");
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taste.json");
        let judge = Judge::shipped().unwrap();
        let text = serde_json::to_string(&file(&judge)).unwrap();
        for (from, to, expected) in [
            (KIND, "other", "kind: expected"),
            ("\"middle\":", "\"middle\":1e999,\"was\":", "expected a file of"),
            ("\"weights\":[", "\"weights\":[0.5,", "weights"),
            ("{", "", "expected a file of `untrained taste learn`"),
        ] {
            std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
            let told = TasteFile::load(&path, &judge).unwrap_err().to_string();
            assert!(told.contains(expected), "{told}");
        }
    }
}
