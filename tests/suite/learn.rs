//! Learned generators from the command line, on tiny sets made here.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use untrained::data::picture::ReadOptions;
use untrained::learn::checkpoint::{self, Interrupted, Task};
use untrained::learn::methods::METHODS;
use untrained::learn::training::{Losses, TrainingCallback, TrainingConfig, TrainingRun};
use untrained::learn::{LearnError, data, pipeline};

use super::training::{bars, interrupted};

pub fn untrained(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_untrained"));
    command.args(args);
    command
}

pub fn done(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Exit code and message, on one line.
pub fn rejected(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = command.output().unwrap();
    let said = String::from_utf8_lossy(&stderr).replace('│', " ");
    (status.code(), said.split_whitespace().collect::<Vec<_>>().join(" "))
}

pub fn set(dir: &Path, n: usize) -> PathBuf {
    let data = dir.join("bars");
    bars(&data, "train", n);
    bars(&data, "test", 60);
    data
}

fn learn(method: &str, data: &Path, out: &Path, more: &[&str]) -> Command {
    let mut command = untrained(&["learn", method]);
    command.arg(data).arg("--out").arg(out).args(["--side", "28"]).args(more);
    command
}

const GMM: [&str; 4] = ["--set", "principal=12", "--set", "gaussians=2"];
const VAE: [&str; 8] = ["--set", "width=8", "--set", "latent=4", "--batch", "16", "--epochs", "4"];

/// How much brighter a bar is along its direction than across: rows for horizontal bars, columns for vertical ones.
fn lies(file: &Path) -> bool {
    let picture = image::open(file).unwrap().to_luma8();
    let row = |y| (0..28).map(|x| picture.get_pixel(x, y).0[0] as u32).sum::<u32>();
    let column = |x| (0..28).map(|y| picture.get_pixel(x, y).0[0] as u32).sum::<u32>();
    (0..28).map(row).max() > (0..28).map(column).max()
}

#[test]
fn a_mixture_is_learned_and_generates_the_requested_class() {
    let dir = tempfile::tempdir().unwrap();
    let (data, out) = (set(dir.path(), 240), dir.path().join("g.safetensors"));
    done(&mut learn("gmm", &data, &out, &GMM));
    let card: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.with_extension("json")).unwrap()).unwrap();
    assert_eq!((card["method"].as_str(), card["side"].as_u64()), (Some("gmm"), Some(28)));
    assert_eq!(
        card["card"]["pictures"].as_array().unwrap().iter().filter_map(|v| v.as_u64()).sum::<u64>(),
        240
    );
    assert!(out.with_extension("png").exists() && !out.with_extension("training").exists());
    let made = |name: &str, threads: &str| {
        let folder = dir.path().join(name);
        let mut command = untrained(&["generate", out.to_str().unwrap(), "--n", "20", "--out"]);
        done(command.arg(&folder).env("RAYON_NUM_THREADS", threads));
        folder
    };
    let (a, b) = (made("a", "1"), made("b", "2"));
    let mut right = 0;
    for class in ["0", "1"] {
        for entry in std::fs::read_dir(a.join(class)).unwrap() {
            let file = entry.unwrap().path();
            let other = b.join(class).join(file.file_name().unwrap());
            assert!(std::fs::read(&file).unwrap() == std::fs::read(other).unwrap());
            right += (lies(&file) == (class == "0")) as usize;
        }
    }
    assert!(right >= 34, "{right} of 40 bars lie or stand as asked for");
}

#[test]
fn an_interrupted_generator_resumes_to_the_same_bits() {
    let dir = tempfile::tempdir().unwrap();
    let data = set(dir.path(), 240);
    let (whole, parts) = (dir.path().join("whole.safetensors"), dir.path().join("parts.safetensors"));
    done(&mut learn("vae", &data, &whole, &VAE));
    let output = interrupted(learn("vae", &data, &parts, &VAE), "-INT", 1);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("interrupted") && parts.with_extension("training").exists(), "{said}");
    let resume = [&VAE[..], &["--resume", parts.to_str().unwrap()]].concat();
    let (code, said) = rejected(&mut learn("vae", &data, &parts, &[&resume[..], &["--lr", "0.5"]].concat()));
    assert!(code == Some(2) && said.contains("changed since the interruption"), "{said}");
    done(&mut learn("vae", &data, &parts, &resume));
    let weights = |p: &Path| untrained::learn::File::load(p).unwrap().weights;
    assert!(weights(&whole) == weights(&parts));
}

/// Counts steps, and keeps checkpoints as the program does.
struct Keeper<'a> {
    file: &'a Path,
    task: &'a Task,
    steps: &'a Cell<usize>,
}

impl TrainingCallback for Keeper<'_> {
    fn step(&mut self, _: usize, _: usize, _: &Losses) {
        self.steps.set(self.steps.get() + 1);
    }
    fn epoch(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
        Ok(())
    }
    fn checkpoint(&mut self, training: &TrainingRun) -> Result<(), LearnError> {
        checkpoint::save(self.file, self.task, training)
    }
}

/// Whatever the method, and wherever it is interrupted: in the first epoch, in the midst of a later one, between two.
#[test]
fn every_method_resumes_to_the_same_bits_from_wherever_it_was_interrupted() {
    let dir = tempfile::tempdir().unwrap();
    let data = set(dir.path(), 64);
    let pictures = data::read(&[data], Some(28), false, &ReadOptions::default()).unwrap();
    let file = dir.path().join("middle.training");
    for (method, small) in METHODS.iter().flat_map(|m| m.small.iter().map(move |s| (m, s))) {
        let (name, settings) = (method.name, method.values(small));
        let plan = TrainingConfig { epochs: 3, batch: 16, validation: 0.25, ..method.plan };
        let task = pipeline::task(method, &pictures, settings, plan);
        // Trains until this many steps are done, from the checkpoint if there is one.
        let run = |upto: usize, from: Option<Interrupted>| {
            let steps = Cell::new(0);
            let mut keeper = Keeper { file: &file, task: &task, steps: &steps };
            let from = from.map(|i| (i, file.as_path()));
            let done = pipeline::train_generator(
                method,
                &pictures,
                &task,
                from,
                &|| steps.get() >= upto,
                &mut keeper,
            );
            (done.unwrap_or_else(|e| panic!("{name}: {e}")), steps.get())
        };
        let bits = |f: &untrained::learn::File| {
            (f.weights.clone(), f.header.card.history.clone(), f.header.card.epochs, f.header.card.seen)
        };
        let (whole, all) = run(usize::MAX, None);
        let whole = whole.expect("it is never interrupted");
        assert!(all >= 3 && !whole.header.card.interrupted, "{name}: {all} steps");
        for stops in [&[1][..], &[all / 2], &[1, all / 3]] {
            let mut from = None;
            for stop in stops {
                let (part, steps) = run(*stop, from.take());
                assert!(steps == *stop, "{name}: {steps} steps of {stop}");
                assert!(part.is_none_or(|p| p.header.card.interrupted && bits(&p) != bits(&whole)), "{name}");
                let kept = Interrupted::load(&file).unwrap();
                assert_eq!(task.differs(&kept.task), None, "{name}");
                from = Some(kept);
            }
            let (rest, steps) = run(usize::MAX, from);
            assert_eq!(steps + stops.iter().sum::<usize>(), all, "{name}: nothing is done twice");
            assert!(bits(&rest.unwrap()) == bits(&whole), "{name} after {stops:?} of {all} steps");
        }
    }
}

#[test]
fn a_nan_loss_ends_with_a_message() {
    let dir = tempfile::tempdir().unwrap();
    let (data, out) = (set(dir.path(), 64), dir.path().join("g.safetensors"));
    let (code, said) = rejected(&mut learn("vae", &data, &out, &[&VAE[..], &["--lr", "1e30"]].concat()));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("loss") && said.contains("--lr") && !said.contains("panicked"), "{said}");
}

#[test]
fn invalid_training_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let (data, out) = (set(dir.path(), 64), dir.path().join("g.safetensors"));
    let cases: [(&str, &[&str], &str); 5] = [
        ("gam", &[], "acgan, diffusion"),
        ("gmm", &["--set", "gausians=2"], "gaussians"),
        ("gmm", &["--set", "gaussians=many"], "a whole number in 1..=64"),
        ("gmm", &["--val", "1.5"], "--val in 0..=0.9"),
        ("nca", &["--set", "goal=grow"], "one picture"),
    ];
    for (method, more, words) in cases {
        let (code, said) = rejected(&mut learn(method, &data, &out, more));
        assert!(code == Some(2) && said.contains(words), "{method} {more:?}: {code:?} {said}");
        assert!(!out.exists());
    }
    let nowhere = dir.path().join("nowhere");
    let (code, said) = rejected(&mut learn("gmm", &nowhere, &out, &[]));
    assert!(code == Some(2) && said.contains("nowhere"), "{said}");
    std::fs::write(&out, "not weights").unwrap();
    let (code, said) = rejected(&mut untrained(&["generate", out.to_str().unwrap()]));
    assert!(code == Some(2) && said.contains("g.safetensors"), "{said}");
}

/// A student samples in fewer steps, is resumed to the same bits, and counts its teacher's training into its price.
#[test]
fn a_diffusion_is_distilled() {
    let dir = tempfile::tempdir().unwrap();
    let (data, teacher) = (set(dir.path(), 48), dir.path().join("teacher.safetensors"));
    let small = ["--set", "width=16", "--set", "steps=6", "--epochs", "1", "--batch", "16"];
    done(&mut learn("diffusion", &data, &teacher, &small));
    let distil = |name: &str, more: &[&str]| {
        let out = dir.path().join(name);
        let mut command = untrained(&["learn", "distil", "--set", "steps=2", "--set", "trajectories=24"]);
        command.arg(&teacher).arg("--out").arg(&out).args(["--epochs", "8", "--batch", "4"]).args(more);
        (out, command)
    };
    let (whole, mut command) = distil("whole.safetensors", &[]);
    done(&mut command);
    let (parts, command) = distil("parts.safetensors", &[]);
    interrupted(command, "-INT", 1);
    let (_, mut command) = distil("parts.safetensors", &["--resume", parts.to_str().unwrap()]);
    done(&mut command);
    let [a, b, t] = [&whole, &parts, &teacher].map(|p| untrained::learn::File::load(p).unwrap());
    assert!(a.weights == b.weights && a.weights != t.weights);
    assert_eq!((a.open(&whole).unwrap().steps(), t.open(&teacher).unwrap().steps()), (2, 6));
    // Of 24 trajectories of two steps each, 23 are learned from: 11 batches of four, eight times.
    assert_eq!(a.header.card.seen, t.header.card.seen + 8 * 11 * 4);
    assert!(a.header.card.seconds[1] > t.header.card.seconds[1] && a.header.card.data == t.header.card.data);
    done(untrained(&["generate", whole.to_str().unwrap(), "--n", "2", "--out"]).arg(dir.path().join("made")));
    let gmm = dir.path().join("g.safetensors");
    done(&mut learn("gmm", &data, &gmm, &GMM));
    let (code, said) = rejected(untrained(&["learn", "distil"]).arg(&gmm));
    assert!(
        code == Some(2) && said.contains("expected a generator by diffusion, found one by gmm"),
        "{said}"
    );
    let (code, said) = rejected(&mut untrained(&["learn", "distil"]));
    assert!(code == Some(2) && said.contains("expected one file to distil"), "{said}");
}

/// The first table of the manual lists each method, in the order of the catalogue.
#[test]
fn the_manual_lists_every_method_in_order() {
    let manual = include_str!("../../docs/learned.md");
    let table = manual.lines().skip_while(|l| !l.starts_with("| method |")).skip(2);
    let rows = table.map_while(|l| l.strip_prefix("| `")?.split('`').next());
    assert_eq!(rows.collect::<Vec<_>>(), METHODS.iter().map(|m| m.name).collect::<Vec<_>>());
}

#[test]
fn every_method_is_listed_with_its_settings() {
    let said = done(&mut untrained(&["learn", "list"]));
    assert!(
        said.lines().any(|l| l.starts_with("distil ")) && said.contains("--set trajectories=4000"),
        "{said}"
    );
    for method in METHODS {
        assert!(said.lines().any(|l| l.split(' ').next() == Some(method.name)), "{}: {said}", method.name);
        for setting in method.settings {
            let shown = format!("--set {}={}", setting.name, setting.text(setting.default));
            assert!(said.contains(&shown), "{shown}: {said}");
        }
    }
}
