//! Training on tiny sets made here: it learns, it repeats bit for bit, and after an interruption it resumes bit for
//! bit.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SIDE: usize = 12;

fn idx(dims: &[u32], bytes: Vec<u8>) -> Vec<u8> {
    let mut out = vec![0, 0, 8, dims.len() as u8];
    dims.iter().for_each(|d| out.extend(d.to_be_bytes()));
    out.extend(bytes);
    out
}

/// Pictures of a horizontal or vertical bar, at a position and a brightness that vary with `i`.
pub fn bars(folder: &Path, prefix: &str, n: usize) {
    let picture = |i: usize| {
        let (label, place, tone) = (i % 2, 3 + (i / 2) % 6, 120 + (i * 37 % 130) as u8);
        (0..SIDE * SIDE).map(move |p| {
            let across = if label == 0 { p / SIDE } else { p % SIDE };
            if across == place { tone } else { (i * 13 + p * 7) as u8 % 40 }
        })
    };
    let pixels = (0..n).flat_map(picture).collect();
    let images = idx(&[n as u32, SIDE as u32, SIDE as u32], pixels);
    let labels = idx(&[n as u32], (0..n).map(|i| (i % 2) as u8).collect());
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(format!("{prefix}-images-idx3-ubyte")), images).unwrap();
    std::fs::write(folder.join(format!("{prefix}-labels-idx1-ubyte")), labels).unwrap();
}

fn train(data: &Path, out: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_untrained"));
    command.arg("train").arg(data).arg("--out").arg(out).args(["--batch", "16", "--epochs", "6"]).args(more);
    command
}

fn done(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn set(dir: &Path, n: usize) -> PathBuf {
    let data = dir.join("bars");
    bars(&data, "train", n);
    bars(&data, "test", 60);
    data
}

/// Starts a training run, sends SIGINT once it has a checkpoint after `epochs` epochs, and waits.
pub fn interrupted(mut command: Command, signal: &str, epochs: usize) -> Output {
    use std::io::{BufRead, BufReader, Read};
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    for _ in 0..epochs + 1 {
        lines.read_line(&mut text).unwrap();
    }
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    lines.read_to_string(&mut text).unwrap();
    let mut output = child.wait_with_output().unwrap();
    output.stdout = text.into_bytes();
    output
}

#[test]
fn a_simple_difference_is_learned_in_a_few_epochs() {
    let dir = tempfile::tempdir().unwrap();
    let data = set(dir.path(), 240);
    let out = dir.path().join("judge.safetensors");
    done(&mut train(&data, &out, &[]));
    let card = std::fs::read_to_string(out.with_extension("json")).unwrap();
    let card: serde_json::Value = serde_json::from_str(&card).unwrap();
    assert_eq!(card["measured_on"], "test");
    assert!(card["accuracy"].as_f64().unwrap() > 0.95, "{card}");
    assert!(!out.with_extension("training").exists(), "a finished training has no middle");
}

#[test]
fn the_same_seed_gives_the_same_weights_with_one_thread_and_two() {
    let dir = tempfile::tempdir().unwrap();
    let data = set(dir.path(), 120);
    let weights = |name: &str, threads: &str, seed: &str| {
        let out = dir.path().join(name);
        let more = ["--epochs", "2", "--seed", seed];
        let mut command = Command::new(env!("CARGO_BIN_EXE_untrained"));
        command.arg("train").arg(&data).arg("--out").arg(&out).args(["--batch", "16"]).args(more);
        done(command.env("RAYON_NUM_THREADS", threads));
        std::fs::read(out).unwrap()
    };
    let first = weights("a.safetensors", "2", "1");
    assert!(first == weights("b.safetensors", "2", "1"), "the same again");
    assert!(first == weights("c.safetensors", "1", "1"), "one thread");
    assert!(first != weights("d.safetensors", "2", "2"), "another seed");
}

#[test]
fn an_interrupted_training_resumes_to_the_same_bits() {
    let dir = tempfile::tempdir().unwrap();
    let data = set(dir.path(), 400);
    let (whole, parts) = (dir.path().join("whole.safetensors"), dir.path().join("parts.safetensors"));
    done(&mut train(&data, &whole, &[]));
    for (signal, resume) in [("-INT", false), ("-TERM", true)] {
        let more: &[&str] = if resume { &["--resume", parts.to_str().unwrap()] } else { &[] };
        let output = interrupted(train(&data, &parts, more), signal, 1 + resume as usize);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(said(&output).contains("interrupted"), "{}", said(&output));
        assert!(parts.exists() && parts.with_extension("training").exists());
    }
    let output = done(&mut train(&data, &parts, &["--resume", parts.to_str().unwrap()]));
    assert!(said(&output).contains("resuming after"), "{}", said(&output));
    assert!(std::fs::read(&whole).unwrap() == std::fs::read(&parts).unwrap());
    assert!(!parts.with_extension("training").exists());
    let card = |p: &Path| -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(p.with_extension("json")).unwrap()).unwrap()
    };
    assert_eq!(card(&whole)["history"], card(&parts)["history"]);
    assert_eq!(card(&parts)["interrupted"], false);
}

#[test]
fn during_the_first_epoch_no_untrained_judge_is_written_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let data = set(dir.path(), 2000);
    let (whole, out) = (dir.path().join("whole.safetensors"), dir.path().join("judge.safetensors"));
    let more = ["--epochs", "1"];
    let run = |out: &Path, resume: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_untrained"));
        command.arg("train").arg(&data).arg("--out").arg(out).args(["--batch", "16"]).args(more);
        if resume {
            command.arg("--resume").arg(out);
        }
        command
    };
    done(&mut run(&whole, false));
    let output = interrupted(run(&out, false), "-INT", 0);
    assert_eq!(output.status.code(), Some(0));
    assert!(said(&output).contains("during the first epoch"), "{}", said(&output));
    assert!(!out.exists());
    done(&mut run(&out, true));
    assert!(std::fs::read(&whole).unwrap() == std::fs::read(&out).unwrap());
}

#[test]
fn resuming_with_more_data_keeps_the_weights_and_reports_a_fresh_schedule() {
    let dir = tempfile::tempdir().unwrap();
    let data = set(dir.path(), 240);
    let out = dir.path().join("judge.safetensors");
    done(&mut train(&data, &out, &[]));
    bars(&data, "train", 300);
    let resume = ["--resume", out.to_str().unwrap(), "--epochs=1", "--lr=0.0001"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_untrained"));
    command.arg("train").arg(&data).arg("--out").arg(dir.path().join("more.safetensors")).args(resume);
    let output = done(&mut command);
    assert!(said(&output).contains("a fresh schedule starts"), "{}", said(&output));
    let card = std::fs::read_to_string(dir.path().join("more.json")).unwrap();
    let card: serde_json::Value = serde_json::from_str(&card).unwrap();
    assert!(
        card["accuracy"].as_f64().unwrap() > 0.95,
        "so low a rate leaves fresh weights at chance: {card}"
    );

    let output = interrupted(train(&data, &out, &[]), "-INT", 1);
    assert!(said(&output).contains("interrupted"), "{}", said(&output));
    bars(&data, "train", 360);
    let output = done(&mut train(&data, &out, &["--resume", out.to_str().unwrap()]));
    assert!(said(&output).contains("the pictures changed since the interruption"), "{}", said(&output));
}

#[test]
fn a_judge_in_a_file_says_the_same_as_before_it_was_saved() {
    use untrained::judge::Judge;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("copy.safetensors");
    let mut first = Judge::shipped().unwrap();
    first.save(&file).unwrap();
    let mut second = Judge::load(&file).unwrap();
    let rgba: Vec<u8> = (0..96 * 54 * 4).map(|i| (i * i / 7 % 251) as u8).collect();
    let (a, b) = (first.classify(&rgba, 96, 54, 0), second.classify(&rgba, 96, 54, 0));
    assert_eq!(a.probabilities, b.probabilities);
    assert_eq!(a.embedding, b.embedding);
    assert_eq!((a.unsure, a.confidence), (b.unsure, b.confidence));
}

#[test]
fn weights_of_another_architecture_are_reported_with_both_architectures() {
    let dir = tempfile::tempdir().unwrap();
    let data = set(dir.path(), 60);
    let shipped = dir.path().join("shipped.safetensors");
    untrained::judge::Judge::shipped().unwrap().save(&shipped).unwrap();
    let out = dir.path().join("o.safetensors");
    let output = train(&data, &out, &["--resume", shipped.to_str().unwrap()]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("unknown to the judge") && text.contains("life"), "{text}");
    assert!(!out.exists());
}
