//! Augmentations, label trees, tables of scores and questions on pictures, through the program itself.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::bad_input::stderr;
use crate::training::bars;

fn untrained(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_untrained"));
    command.args(args).env("NO_COLOR", "1").stdin(Stdio::null()).output().unwrap()
}

fn done(args: &[&str]) -> String {
    let output = untrained(args);
    assert!(output.status.success(), "{args:?}: {}", stderr(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn refuses(args: &[&str], words: &[&str]) {
    let output = untrained(args);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {told}");
    words.iter().for_each(|w| assert!(told.contains(w), "{args:?}: expected `{w}` in: {told}"));
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn file(dir: &Path, name: &str, content: &str) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

#[test]
fn a_training_with_augmentations_and_a_tree_has_both_on_its_card() {
    let dir = tempfile::tempdir().unwrap();
    let (data, out) = (dir.path().join("bars"), dir.path().join("bars.safetensors"));
    bars(&data, "train", 160);
    bars(&data, "test", 40);
    let tree = file(dir.path(), "bars.txt", "0 is-a bar\n1 is-a slanted\nslanted is-a bar\n");
    let list = "own,noise:0.1,mixup:0.2";
    let train = ["train", text(&data), "--out", text(&out), "--epochs", "2", "--batch", "16", "--augment"];
    let said = done(&[&train[..], &[list, "--tree", text(&tree)]].concat());
    assert!(said.contains("2 groups:") && said.contains("by the tree"), "{said}");
    let card = std::fs::read_to_string(out.with_extension("json")).unwrap();
    let card: serde_json::Value = serde_json::from_str(&card).unwrap();
    assert_eq!(card["plan"]["augment"], list);
    assert_eq!(
        (card["tree"]["height"].as_u64(), card["tree"]["levels"][0]["groups"].as_u64()),
        (Some(2), Some(2))
    );
    let level = card["tree"]["levels"][0]["accuracy"].as_f64().unwrap();
    assert!((level - card["accuracy"].as_f64().unwrap()).abs() < 1e-12, "{card}");
    refuses(&[&train[..], &["flip,flop"]].concat(), &["flop", "crop, rotate"]);
    refuses(&[&train[..], &["mixup:3"]].concat(), &["mixup: expected 0 to 2", "`3`"]);
    let cycle = file(dir.path(), "cycle.txt", "0 is-a bar\nbar is-a 0\n");
    refuses(&[&train[..], &["none", "--tree", text(&cycle)]].concat(), &["cycle.txt", "line 2: a cycle"]);
}

#[test]
fn tables_and_questions_with_mistakes_are_refused_with_their_places() {
    let dir = tempfile::tempdir().unwrap();
    image::RgbImage::new(8, 8).save(dir.path().join("a.png")).unwrap();
    let picture = dir.path().join("a.png");
    let table = |name: &str, content: &str| text(&file(dir.path(), name, content)).to_string();
    let out = text(&dir.path().join("out")).to_string();
    let learn =
        |what: &str, path: &str, words: &[&str]| refuses(&[what, "learn", path, "--out", &out], words);
    learn("score", &table("t.csv", "file,beauty\na.png,1\n"), &["t.csv", "--score-column", "file, beauty"]);
    learn("score", &table("t.csv", "file,score\na.png,ugly\n"), &["line 2", "`ugly`"]);
    learn("score", &table("t.csv", "file,score\nb.png,1\n"), &["found none of b.png"]);
    learn("score", &table("t.csv", "file,score\na.png,1\n"), &["expected at least", "found 1"]);
    learn(
        "answer",
        &table("p.json", "[{\"image\": \"a.png\", \"question\": \"q\"}]"),
        &["question 1", "an answer"],
    );
    learn("answer", &table("p.json", "{\"questions\": []}"), &["--annotations"]);
    let pair = "[{\"image\": \"a.png\", \"question\": \"q\", \"answer\": \"x\"}]";
    learn("answer", &table("p.json", pair), &["at least 20 pictures, found 1"]);
    let other = table("other.json", "{}");
    refuses(&["score", "pictures", &other, text(&picture)], &["other.json", "untrained score learn"]);
    refuses(&["answer", "ask", &other, text(&picture), "what?"], &["other.json", "untrained answer learn"]);
    assert!(!Path::new(&out).exists());
}
