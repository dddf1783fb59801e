//! The judge on a frame of 1280×720, ms on one thread: resizing to its input, inference at each vector width, and
//! burn's kernels on the same weights for comparison. `cargo bench --bench judge`

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use burn::tensor::{Device, Tensor, TensorData};
use untrained::data::reduce::{SIDE, reduce};
use untrained::judge::Judge;
use untrained::judge::augment::plain;
use untrained::judge::classifier::planar;
use untrained::world::vectors::Vectors;

/// Best and median of sixty runs, milliseconds.
fn ms(mut f: impl FnMut()) -> [f64; 2] {
    let once = |f: &mut dyn FnMut()| {
        let start = Instant::now();
        f();
        1e3 * start.elapsed().as_secs_f64()
    };
    let mut all: Vec<f64> = (0..60).map(|_| once(&mut f)).collect();
    all.sort_by(f64::total_cmp);
    [all[0], all[30]]
}

fn main() {
    let mut judge = Judge::shipped().unwrap();
    let rgba: Vec<u8> = (0..1280 * 720 * 4u32).map(|i| (i.wrapping_mul(i) / 7 % 251) as u8).collect();
    let small = reduce(&rgba, 1280, 720, 4);
    let say = |name: &str, [best, median]: [f64; 2]| {
        println!("{name:<28} best {best:6.2} ms, median {median:6.2} ms")
    };
    say("resize to the input", ms(|| drop(std::hint::black_box(reduce(&rgba, 1280, 720, 4)))));
    for v in Vectors::available() {
        let look = || drop(std::hint::black_box(judge.classify_reduced(&small, 0)));
        say(&format!("network, {v}"), v.run(|| ms(look)).unwrap());
    }
    let network = judge.network(&Device::flex()).unwrap();
    let mut planes = vec![0f32; SIDE * SIDE * 3];
    planar(&plain(&small), 3, &mut planes);
    let four: Vec<f32> = planes.repeat(4);
    let burn = || {
        let x = TensorData::new(four.clone(), [4, 3, SIDE, SIDE]);
        let embedding = network.embed(Tensor::<4>::from_data(x, &Device::flex()));
        std::hint::black_box(network.head(embedding).into_data());
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    say("network, burn", pool.install(|| ms(burn)));
}
