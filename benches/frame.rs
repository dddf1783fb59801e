//! Compositing layers into a frame: `cargo bench --no-default-features --bench frame`. Bound: every layer reads 4
//! bytes a plane and pixel, the frame is written once with 4; the streaming rate is measured in the same run.

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use untrained::world::field::Field;
use untrained::world::frame::blend::Blend;
use untrained::world::frame::palette::Palette;
use untrained::world::frame::{Backdrop, Frame, Layer, compose, encode_png};
use untrained::world::ports::Port;
use untrained::world::rng::Rng;

const SIZE: (usize, usize) = (1280, 720);

/// Best and median of many runs, milliseconds: they differ if other processes use the cores.
fn timed<T>(mut work: impl FnMut() -> T) -> String {
    let mut times: Vec<f64> = (0..101)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(work());
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    format!("{:>7.2} ms best {:>7.2} median", times[0], times[times.len() / 2])
}

fn field(planes: usize) -> Field {
    let mut field = Field::new(SIZE.0, SIZE.1, planes);
    let rng = Rng::new(planes as u64);
    field.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = rng.unit(i as u64) - 0.2);
    field
}

fn layer(palette: &str, blend: Blend) -> Layer {
    let mut layer = Layer::new("l", &Port::scalar("v", "", 0.0, 1.0));
    layer.palette = Palette::parse(palette).expect("a named palette");
    (layer.blend, layer.knobs.opacity) = (blend, 0.8);
    layer
}

fn main() {
    let fields = [field(1), field(2), field(3)];
    let four: Vec<Layer> = [Blend::Normal, Blend::Add, Blend::Screen, Blend::Overlay]
        .into_iter()
        .zip(["magma", "ember", "abyss", "tide"])
        .map(|(b, p)| layer(p, b))
        .collect();
    let mut curved = layer("aurora", Blend::Normal);
    (curved.knobs.gamma, curved.knobs.hue) = (0.6, 0.2);
    let cases: [(&str, Vec<(&Layer, &Field)>); 6] = [
        ("four scalar layers", four.iter().map(|l| (l, &fields[0])).collect()),
        ("one scalar layer", vec![(&four[0], &fields[0])]),
        ("one scalar layer, gamma and hue", vec![(&curved, &fields[0])]),
        ("one vector layer by direction", vec![(&four[3], &fields[1])]),
        ("one colour layer", vec![(&four[0], &fields[2])]),
        ("none", vec![]),
    ];
    let mut frame = Frame::new(SIZE.0, SIZE.1);
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            println!("{}x{}, {threads} thread(s)", SIZE.0, SIZE.1);
            for (name, layers) in &cases {
                let ms = timed(|| compose(layers, [0.0; 3], &mut frame));
                println!("  {name:<34} {ms}");
            }
            let plain = Backdrop { colour: [0.0; 3], dither: false };
            let ms = timed(|| compose(&cases[0].1, plain, &mut frame));
            println!("  {:<34} {ms}", "four scalar layers, not dithered");
        });
    }
    println!("single thread\n  {:<34} {}", "hash", timed(|| frame.hash()));
    let copy = timed(|| fields[0].clone());
    println!("  {:<34} {copy} (one plane read and written: the bound of one layer)", "copy");
    for (name, level) in [("png fastest", png::Compression::Fastest), ("png fast", png::Compression::Fast)] {
        let ms = timed(|| encode_png(&frame, level));
        let size = encode_png(&frame, level).map_or(0, |b| b.len());
        println!("  {name:<34} {ms} {:>6} KiB (noise: the worst case)", size / 1024);
    }
}
