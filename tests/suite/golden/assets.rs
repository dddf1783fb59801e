//! Outputs of the learned assets, and verdicts of the judge on pictures that are made here.

use std::path::Path;

use untrained::judge::Judge;
use untrained::learn::File;
use untrained::learn::dynamics::trajectories::Moment;
use untrained::world::rng::Rng;

use super::everywhere;
use super::pins::{Pins, digest};

fn bits(values: impl IntoIterator<Item = f32>) -> u64 {
    let bytes: Vec<u8> = values.into_iter().flat_map(f32::to_le_bytes).collect();
    digest(&bytes)
}

fn learned(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name).with_extension("safetensors");
    let model = File::load(&path).unwrap().open(&path).unwrap();
    let mut pins = Pins::default();
    for seed in 0..2 {
        let make = || bits(model.sample(None, Rng::new(seed)));
        pins.add(format!("sample of seed {seed}"), everywhere(name, make));
    }
    pins.hold(&format!("learned-{name}"));
}

#[test]
fn ink() {
    learned("ink");
}

/// The texture of `mandarin`, and what the scene `skin` is made of.
#[test]
fn skin() {
    learned("skin");
}

/// Frames of the learned gas from one of its own starts, stirred by a wave.
#[test]
fn gas() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/gas.safetensors");
    let file = File::load(&path).unwrap();
    let model = file.open_world(&path).unwrap();
    let spec = model.spec();
    let dims = [1, spec.state.len(), spec.height, spec.width];
    let start = Moment { state: file.weights.get("start.0", &dims).unwrap(), ..Moment::default() };
    let wave = |i: usize| ((i % spec.width) as f32 / spec.width as f32 - 0.5) * 0.2;
    let given: Vec<f32> = (0..2 * spec.plane()).map(wave).collect();
    let driven = vec![Moment { given, ..Moment::default() }; 4];
    let make = || {
        let frames = model.rollout(std::slice::from_ref(&start), &driven, Rng::new(1));
        bits(frames.into_iter().flatten())
    };
    let mut pins = Pins::default();
    pins.add("four frames", everywhere("gas", make));
    pins.hold("learned-gas");
}

#[test]
fn julia() {
    learned("julia");
}

#[test]
fn street() {
    learned("street");
}

/// Bands, cells, noise and plain colours, each of a different size.
fn picture(which: u64) -> (Vec<u8>, usize, usize) {
    let (w, h) = (90 + 37 * which as usize, 60 + 23 * which as usize);
    let rng = Rng::new(which);
    let pixel = |i: usize| {
        let (x, y) = (i % w, i / w);
        let value = match which {
            0 => (x * 255 / w) as u8,
            1 => ((x / 7 + y / 5) % 2 * 200) as u8,
            2 => rng.bits(i as u64) as u8,
            3 => ((x * x + y * y) / 64) as u8,
            4 => {
                if rng.bits((y / 4 * w + x / 4) as u64).is_multiple_of(3) {
                    255
                } else {
                    0
                }
            }
            _ => 77,
        };
        [value, value.wrapping_mul(3), 255 - value, 255]
    };
    ((0..w * h).flat_map(pixel).collect(), w, h)
}

#[test]
fn judge() {
    let say = || -> Vec<u64> {
        let mut judge = Judge::shipped().unwrap();
        let verdict = |i: u64| {
            let (rgba, w, h) = picture(i);
            let v = judge.classify(&rgba, w, h, 100 * i);
            let scalars = [v.confidence, v.entropy, v.novelty, v.unsure as u8 as f32];
            bits(v.probabilities.into_iter().chain(v.embedding).chain(scalars))
        };
        (0..6).map(verdict).collect()
    };
    let mut pins = Pins::default();
    for (i, hash) in everywhere("judge", say).into_iter().enumerate() {
        pins.add(format!("verdict on picture {i}"), hash);
    }
    pins.hold("judge");
}
