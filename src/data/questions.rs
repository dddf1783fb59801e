//! Questions on pictures with their answers (VQA: Antol et al. 2015): a list of `{"image", "question", "answer"}`, or the two
//! files of VQA v2 (Goyal et al. 2017), questions and annotations.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::DataError;
use super::picture::{ENDINGS, is_picture};
use super::walk::{self, Skipped};
use world::limits;

/// Questions on pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionSet {
    /// Files of the pictures.
    pub pictures: Vec<PathBuf>,
    /// The questions.
    pub questions: Vec<Question>,
    /// What was skipped or assumed.
    pub notes: Vec<String>,
}

/// A question on a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Index of the picture.
    pub picture: usize,
    /// The question.
    pub text: String,
    /// What people answered, [normalised](normalised): one or several.
    pub answers: Vec<String>,
}

/// A name, or a number that names.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    Number(serde_json::Number),
    Truth(bool),
}

impl Word {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Truth(is_so) => if *is_so { "yes" } else { "no" }.into(),
        }
    }
}

#[derive(Deserialize)]
struct Pair {
    image: Word,
    question: String,
    answer: Option<Word>,
    #[serde(default)]
    answers: Vec<Word>,
}

#[derive(Deserialize)]
struct Questions {
    questions: Vec<OfficialQuestion>,
}

#[derive(Deserialize)]
struct OfficialQuestion {
    image_id: Word,
    question_id: u64,
    question: String,
}

#[derive(Deserialize)]
struct Annotations {
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Annotation {
    question_id: u64,
    answers: Vec<OfficialAnswer>,
}

#[derive(Deserialize)]
struct OfficialAnswer {
    answer: Word,
}

/// Reads questions, and with `annotations` their answers from a file of their own. Pictures are in `folder`: by name, with or
/// without ending, or by the number at the end of their name (`COCO_train2014_000000458752.jpg` is 458752).
///
/// # Errors
/// A file cannot be read or is no such list, a question has no answer, or no picture is found.
pub fn read(pairs: &Path, annotations: Option<&Path>, folder: &Path) -> Result<QuestionSet, DataError> {
    let bytes = limits::read(pairs, limits::ARRAY).map_err(|e| DataError::io("read", pairs, e))?;
    let is_list = bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[');
    let wrong = |what: &str, e: serde_json::Error| DataError::input(pairs, format!("expected {what}: {e}"));
    let asked: Vec<(String, String, Vec<String>)> = match (is_list, annotations) {
        (true, _) => {
            let all: Vec<Pair> = serde_json::from_slice(&bytes)
                .map_err(|e| wrong("a list of {\"image\", \"question\", \"answer\"}", e))?;
            all.into_iter()
                .map(|p| {
                    (p.image.text(), p.question, p.answer.iter().chain(&p.answers).map(Word::text).collect())
                })
                .collect()
        }
        (false, Some(file)) => {
            let all: Questions =
                serde_json::from_slice(&bytes).map_err(|e| wrong("the questions of VQA v2", e))?;
            let mut answers = official(file)?;
            all.questions
                .into_iter()
                .map(|q| (q.image_id.text(), q.question, answers.remove(&q.question_id).unwrap_or_default()))
                .collect()
        }
        (false, None) => {
            let message = "expected a list of {\"image\", \"question\", \"answer\"}, or the annotations of these questions, too (--annotations FILE)";
            return Err(DataError::input(pairs, message));
        }
    };
    gathered(asked, pairs, folder)
}

/// The answers to each question.
fn official(file: &Path) -> Result<BTreeMap<u64, Vec<String>>, DataError> {
    let bytes = limits::read(file, limits::ARRAY).map_err(|e| DataError::io("read", file, e))?;
    let all: Annotations = serde_json::from_slice(&bytes)
        .map_err(|e| DataError::input(file, format!("expected the annotations of VQA v2: {e}")))?;
    let texts = |a: Annotation| (a.question_id, a.answers.iter().map(|w| w.answer.text()).collect());
    Ok(all.annotations.into_iter().map(texts).collect())
}

/// Pictures by number, and the questions on them.
fn gathered(
    asked: Vec<(String, String, Vec<String>)>,
    file: &Path,
    folder: &Path,
) -> Result<QuestionSet, DataError> {
    let files = by_name(folder)?;
    let mut set = QuestionSet { pictures: Vec::new(), questions: Vec::new(), notes: Vec::new() };
    let (mut places, mut missing): (BTreeMap<PathBuf, usize>, Skipped) = Default::default();
    for (i, (image, text, answers)) in asked.into_iter().enumerate() {
        let answers: Vec<String> = answers.iter().map(|a| normalised(a)).filter(|a| !a.is_empty()).collect();
        if answers.is_empty() || text.trim().is_empty() {
            let what = if answers.is_empty() { "an answer" } else { "a question" };
            return Err(DataError::input(file, format!("question {}: expected {what}, found none", i + 1)));
        }
        let Some(path) = located(folder, &image, &files) else {
            missing.add(Path::new(&image));
            continue;
        };
        let next = set.pictures.len();
        let picture = *places.entry(path.clone()).or_insert(next);
        if picture == next {
            set.pictures.push(path);
        }
        set.questions.push(Question { picture, text, answers });
    }
    if set.questions.is_empty() {
        let found =
            if missing.count() > 0 { format!("none of {}", missing.names()) } else { "no question".into() };
        return Err(DataError::input(
            file,
            format!("expected pictures in {}, found {found}", folder.display()),
        ));
    }
    if missing.count() > 0 {
        set.notes.push(format!(
            "skipped {} questions whose pictures are missing: {}",
            missing.count(),
            missing.names()
        ));
    }
    Ok(set)
}

/// Picture files directly in a folder by the number at the end of their names.
fn by_name(folder: &Path) -> Result<BTreeMap<u64, PathBuf>, DataError> {
    let files = walk::entries(folder)?.into_iter().filter(|e| !e.is_folder && is_picture(&e.path));
    let number = |path: &Path| {
        let stem = path.file_stem()?.to_str()?.to_string();
        let digits = stem.len() - stem.bytes().rev().take_while(u8::is_ascii_digit).count();
        stem[digits..].parse::<u64>().ok()
    };
    Ok(files.filter_map(|e| Some((number(&e.path)?, e.path))).collect())
}

fn located(folder: &Path, name: &str, files: &BTreeMap<u64, PathBuf>) -> Option<PathBuf> {
    let endings = ENDINGS.iter().map(|e| folder.join(format!("{name}.{e}")));
    let found = std::iter::once(folder.join(name)).chain(endings).find(|p| p.is_file());
    found.or_else(|| name.parse().ok().and_then(|n: u64| files.get(&n).cloned()))
}

/// An answer as it is compared: in lower case, without articles and punctuation, number words as digits (after the rules of
/// VQA's evaluation).
pub fn normalised(answer: &str) -> String {
    const NUMBERS: &[&str] =
        &["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let lower = answer.to_lowercase();
    let kept = |c: char| if c.is_alphanumeric() || "'.-/%$:".contains(c) { c } else { ' ' };
    let plain: String = lower.chars().map(kept).collect();
    let words = plain.split_whitespace().map(|w| w.trim_matches(['.', '\'', '-', ':']));
    let words = words.filter(|w| !w.is_empty() && !["a", "an", "the"].contains(w));
    let digits = |w: &str| NUMBERS.iter().position(|n| *n == w).map_or(w.to_string(), |n| n.to_string());
    words.map(digits).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        files.iter().for_each(|f| std::fs::write(dir.path().join(f), "x").unwrap());
        dir
    }

    #[test]
    fn a_list_of_pairs_is_read() {
        let dir = folder(&["a.png", "b.jpg"]);
        let file = dir.path().join("pairs.json");
        let text = r#"[{"image": "a.png", "question": "What is it?", "answer": "A Dog."},
            {"image": "b", "question": "How many?", "answers": ["two", 2, "2 dogs"]},
            {"image": "gone.png", "question": "?", "answer": "no"},
            {"image": "a.png", "question": "Is it red?", "answer": true}]"#;
        std::fs::write(&file, text).unwrap();
        let set = read(&file, None, dir.path()).unwrap();
        assert_eq!(set.pictures, [dir.path().join("a.png"), dir.path().join("b.jpg")]);
        let answers: Vec<(usize, &[String])> =
            set.questions.iter().map(|q| (q.picture, &q.answers[..])).collect();
        let strings = |all: &[&str]| all.iter().map(|s| s.to_string()).collect::<Vec<_>>();
        assert_eq!(
            answers,
            [(0, &strings(&["dog"])[..]), (1, &strings(&["2", "2", "2 dogs"])), (0, &strings(&["yes"]))]
        );
        assert!(set.notes[0].contains("skipped 1 questions") && set.notes[0].contains("gone.png"));
    }

    #[test]
    fn the_two_files_of_vqa_are_joined_by_question_and_pictures_found_by_number() {
        let dir = folder(&["COCO_val2014_000000000042.jpg"]);
        let [asked, answered] = ["q.json", "a.json"].map(|n| dir.path().join(n));
        std::fs::write(
            &asked,
            r#"{"info": {}, "questions": [{"image_id": 42, "question": "What?", "question_id": 42001}]}"#,
        )
        .unwrap();
        let answers = r#"{"annotations": [{"question_id": 42001, "question_type": "what", "answers": [{"answer": "net", "answer_id": 1}, {"answer": "the net", "answer_id": 2}]}]}"#;
        std::fs::write(&answered, answers).unwrap();
        let set = read(&asked, Some(&answered), dir.path()).unwrap();
        assert_eq!(
            set.questions,
            [Question { picture: 0, text: "What?".into(), answers: vec!["net".into(); 2] }]
        );
        assert!(read(&asked, None, dir.path()).unwrap_err().to_string().contains("--annotations"));
        std::fs::write(&answered, r#"{"annotations": []}"#).unwrap();
        assert!(
            read(&asked, Some(&answered), dir.path())
                .unwrap_err()
                .to_string()
                .contains("question 1: expected an answer")
        );
    }

    #[test]
    fn mistakes_are_told_with_their_places() {
        let dir = folder(&["a.png"]);
        let file = dir.path().join("pairs.json");
        let told = |text: &str| {
            std::fs::write(&file, text).unwrap();
            read(&file, None, dir.path()).unwrap_err().to_string()
        };
        let said = told("[{\"image\": \"a.png\",\n \"answer\": \"x\"}]");
        assert!(
            said.contains("pairs.json") && said.contains("question") && said.contains("line 2"),
            "{said}"
        );
        assert!(
            told(r#"[{"image": "a.png", "question": " ", "answer": "x"}]"#)
                .contains("question 1: expected a question")
        );
        assert!(
            told(r#"[{"image": "b.png", "question": "q", "answer": "x"}]"#).contains("found none of b.png")
        );
        assert!(told("[]").contains("no question") && told("nonsense").contains("expected a list"));
    }

    #[test]
    fn answers_are_compared_without_articles_case_and_punctuation() {
        for (raw, plain) in [
            ("The  Dog!", "dog"),
            ("two", "2"),
            ("A", ""),
            ("3.5 m", "3.5 m"),
            ("don't", "don't"),
            ("Yes, it is.", "yes it is"),
        ] {
            assert_eq!(normalised(raw), plain);
        }
    }
}
