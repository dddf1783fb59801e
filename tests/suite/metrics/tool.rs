//! The program under test, and files to give it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use untrained::world::rng::Rng;

/// Runs the program in a folder.
pub fn run(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_untrained"));
    command.args(args).current_dir(dir).env("NO_COLOR", "1").stdin(Stdio::null()).output().unwrap()
}

/// Runs `untrained metrics`.
pub fn metrics(dir: &Path, args: &[&str]) -> Output {
    run(dir, &[&["metrics"], args].concat())
}

/// The program ends with this code and a message with all of these; its standard output is returned.
pub fn ends(output: &Output, code: i32, words: &[&str]) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let message = text.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(code), "{message}");
    words.iter().for_each(|word| assert!(message.contains(word), "expected `{word}` in: {message}"));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// `untrained metrics` fails with exit code 2 and a message with all of these.
pub fn refuses(dir: &Path, args: &[&str], words: &[&str]) -> String {
    ends(&metrics(dir, args), 2, words)
}

/// The JSON report of `untrained metrics … --json`.
pub fn answers(output: &Output) -> serde_json::Value {
    serde_json::from_str(&ends(output, 0, &[])).unwrap()
}

/// A cloud of points around a position, as CSV.
pub fn cloud(dir: &Path, name: &str, rows: usize, columns: usize, at: f64, seed: u64) {
    let r = Rng::new(seed);
    let value = |i: usize| (f64::from(r.normal(i as u64)) + at).to_string();
    let line = |y: usize| (0..columns).map(|x| value(y * columns + x)).collect::<Vec<_>>().join(",");
    std::fs::write(dir.join(name), (0..rows).map(|y| line(y) + "\n").collect::<String>()).unwrap();
}

/// A folder of `n` coloured PNG pictures of 64×64 whose levels are `f(picture, random bits)`.
pub fn pictures(dir: &Path, name: &str, n: u64, f: impl Fn(u64, u64) -> u8) {
    std::fs::create_dir(dir.join(name)).unwrap();
    for i in 0..n {
        let r = Rng::new(n).named(name).fork(i);
        let pixel = |x: u32, y: u32| image::Rgb([0, 8, 16].map(|c| f(i, r.bits(u64::from(y * 64 + x)) >> c)));
        image::RgbImage::from_fn(64, 64, pixel).save(dir.join(name).join(format!("{i}.png"))).unwrap();
    }
}

/// A folder of IDX files: grey noise of 28×28 with these labels.
pub fn idx(dir: &Path, name: &str, labels: &[u8]) {
    let folder = dir.join(name);
    std::fs::create_dir(&folder).unwrap();
    let n = labels.len() as u32;
    let head = |kind: u32, sizes: &[u32]| [&[kind], sizes].concat().into_iter().flat_map(u32::to_be_bytes);
    let r = Rng::new(1).named(name);
    let pixels = (0..u64::from(n) * 784).map(|i| (r.unit(i) * 255.0) as u8);
    let images: Vec<u8> = head(0x803, &[n, 28, 28]).chain(pixels).collect();
    let labels: Vec<u8> = head(0x801, &[n]).chain(labels.iter().copied()).collect();
    std::fs::write(folder.join("train-images-idx3-ubyte"), images).unwrap();
    std::fs::write(folder.join("train-labels-idx1-ubyte"), labels).unwrap();
}
