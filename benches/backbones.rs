//! A verdict of each backbone on one thread: four views of a colour picture of 64 × 64. `cargo bench --bench backbones`
//! Arguments are names of backbones; without any, all. With `--layers` it prints the layers of those that are graphs
//! instead, for its peer, `benches/backbones_peer.py`, which times the same.

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use burn::tensor::Device;
use untrained::judge::architecture::Architecture;
use untrained::judge::backbone::{BACKBONES, Backbone, Layers};
use untrained::judge::classifier::Classifier;
use untrained::judge::fresh::fresh;
use untrained::judge::layer_options::LayerOptions;
use untrained::world::vectors::Vectors;

/// Best and median of two hundred runs, milliseconds.
fn ms(mut f: impl FnMut()) -> [f64; 2] {
    let mut once = || {
        let start = Instant::now();
        f();
        1e3 * start.elapsed().as_secs_f64()
    };
    let mut all: Vec<f64> = (0..200).map(|_| once()).collect();
    all.sort_by(f64::total_cmp);
    [all[0], all[100]]
}

fn shape(b: &Backbone) -> Architecture {
    let layers = LayerOptions::default();
    Architecture { channels: 3, side: 64, classes: 5, backbone: b.name.into(), layers }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let wanted: Vec<&String> = arguments.iter().filter(|a| !a.starts_with('-')).collect();
    let chosen = || BACKBONES.iter().filter(|b| wanted.is_empty() || wanted.iter().any(|w| *w == b.name));
    if arguments.iter().any(|a| a == "--layers") {
        for b in chosen() {
            if let Layers::Graph(graph) = &b.layers {
                println!("backbone {}\n{}", b.name, graph(&shape(b)));
            }
        }
        return;
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    println!("{:<11} {:>8} {:>13} {:>6}  best (median), ms", "backbone", "weights", "multiply-adds", "field");
    for b in chosen() {
        let shape = shape(b);
        let device = Device::flex();
        device.seed(1);
        let network = fresh(&shape, &device).unwrap();
        let classifier = Classifier::new(&network.weights(), &shape, true).unwrap();
        let mut workspace = classifier.workspace();
        let picture: Vec<f32> =
            (0..64 * 64 * 3u32).map(|i| (i.wrapping_mul(i) / 7 % 251) as f32 / 251.0).collect();
        let mut line = format!(
            "{:<11} {:>8} {:>13} {:>6} ",
            b.name,
            network.count(),
            b.multiply_adds(&shape),
            b.field(&shape)
        );
        for v in Vectors::available() {
            let look = || drop(std::hint::black_box(classifier.forward(&picture, &mut workspace)));
            let [best, median] = v.run(|| pool.install(|| ms(look))).unwrap();
            line += &format!(" {v} {best:.2} ({median:.2})");
        }
        println!("{line}");
    }
}
