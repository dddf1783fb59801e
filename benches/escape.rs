//! Escape-time fractals: raw iteration rate in both precisions against the fused multiply-add rate, and frame times of
//! typical views, on 1 and 2 threads. An iteration of z² + c is 3 fused multiply-adds and an addition.

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use untrained::systems::fractal::escape::kernel::OrbitOutputs;
use untrained::systems::fractal::escape::plane_view::{HEIGHT, PlaneView};
use untrained::systems::fractal::escape::render::{OrbitImage, OrbitSpec};
use untrained::world::vectors::Vectors;
use untrained::world::view::View;

/// Best of several runs, in seconds.
fn best(runs: usize, mut f: impl FnMut()) -> f64 {
    let once = |f: &mut dyn FnMut()| {
        let t = Instant::now();
        f();
        t.elapsed().as_secs_f64()
    };
    (0..runs).map(|_| once(&mut f)).fold(f64::INFINITY, f64::min)
}

fn threads<T: Send>(n: usize, f: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(f)
}

fn shot(centre: [f64; 2], zoom: f64, iterations: u32, shortcuts: bool) -> OrbitSpec {
    let plane_view = PlaneView { centre, span: HEIGHT / zoom, turn: 0.0, aspect: 16.0 / 9.0, bend: None };
    let (constant, trap_at) = ([0.0; 2], [0.0; 2]);
    OrbitSpec {
        plane_view,
        formula: 0,
        julia: false,
        constant,
        shift: None,
        iterations,
        trap: 0,
        trap_at,
        shortcuts,
    }
}

fn iterations(p: &OrbitImage, most: f64) -> f64 {
    p.count.data().iter().map(|&n| if n < 0.0 { most } else { n as f64 }).sum()
}

/// Twelve chains of `rounds` 512-bit fused multiply-adds in f32 or f64 (`WIDE`), whose rate bounds that of iterations.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn chains<const WIDE: bool>(rounds: usize) {
    use std::arch::x86_64::*;
    use std::hint::black_box;
    let (a, b) = (_mm512_set1_ps(black_box(0.999)), _mm512_set1_ps(black_box(1e-3)));
    let (c, d) = (_mm512_set1_pd(black_box(0.999)), _mm512_set1_pd(black_box(1e-3)));
    let (mut narrow, mut wide) = ([a; 12], [c; 12]);
    for _ in 0..rounds {
        for k in 0..12 {
            if WIDE {
                wide[k] = _mm512_fmadd_pd(wide[k], c, d);
            } else {
                narrow[k] = _mm512_fmadd_ps(narrow[k], a, b);
            }
        }
    }
    black_box((narrow, wide));
}

/// Billions of fused multiply-adds a second on one thread, (f32, f64); none without AVX-512.
#[cfg(target_arch = "x86_64")]
fn multiply_adds() -> Option<(f64, f64)> {
    let rounds = 4_000_000;
    if Vectors::in_use() != Vectors::Avx512 {
        return None;
    }
    // SAFETY: the CPU supports the vectors in use.
    let (narrow, wide) = unsafe { (best(7, || chains::<false>(rounds)), best(7, || chains::<true>(rounds))) };
    let vectors = (12 * rounds) as f64 / 1e9;
    Some((16.0 * vectors / narrow, 8.0 * vectors / wide))
}

fn raw(name: &str, centre: [f64; 2], zoom: f64) {
    let most = 1000;
    let s = shot(centre, zoom, most, false);
    let sampler = s.plane_view.sight(&View::WHOLE, (1920, 1080));
    for n in [1, 2] {
        for wide in [false, true] {
            let render = || match wide {
                false => s.render_as::<f32>(&sampler, (1920, 1080), OrbitOutputs::Count),
                true => s.render_as::<f64>(&sampler, (1920, 1080), OrbitOutputs::Count),
            };
            let total = iterations(&render(), most as f64);
            let seconds = threads(n, || best(5, || drop(std::hint::black_box(render()))));
            let ty = if wide { "f64" } else { "f32" };
            println!("raw {name:<8} {ty} {n} thread(s): {:7.2} G iterations/s", total / seconds / 1e9);
        }
    }
}

fn frame(name: &str, s: &OrbitSpec, follow: OrbitOutputs) {
    for n in [1, 2] {
        let seconds = threads(n, || best(5, || drop(s.render(&View::WHOLE, (1280, 720), follow))));
        println!("frame {name:<28} {n} thread(s): {:7.2} ms = {:6.1} frames/s", seconds * 1e3, 1.0 / seconds);
    }
}

fn main() {
    #[cfg(target_arch = "x86_64")]
    if let Some((a, b)) = multiply_adds() {
        println!("multiply-adds of one thread: f32 {a:.1} G/s, f64 {b:.1} G/s");
        println!("bound, 3 an iteration, two threads: f32 {:.1}, f64 {:.1} G iterations/s", a / 1.5, b / 1.5);
    }
    raw("inside", [-0.1, 0.0], 12.0);
    raw("whole", [-0.6, 0.0], 1.0);
    frame("whole set, 256", &shot([-0.6, 0.0], 1.0, 256, true), OrbitOutputs::Count);
    frame("seahorse valley x60, 256", &shot([-0.7453, 0.1127], 60.0, 256, true), OrbitOutputs::Count);
    frame("seahorse valley x2000 f64, 256", &shot([-0.7453, 0.1127], 2000.0, 256, true), OrbitOutputs::Count);
    frame("whole set, 256, all outputs", &shot([-0.6, 0.0], 1.0, 256, true), OrbitOutputs::Slope);
    frame(
        "julia with its trap, 256",
        &OrbitSpec { julia: true, constant: [-0.8, 0.156], ..shot([0.0, 0.0], 1.0, 256, true) },
        OrbitOutputs::Trap,
    );
    let julia = OrbitSpec { julia: true, constant: [-0.8, 0.156], ..shot([0.0, 0.0], 1.0, 256, true) };
    frame("julia -0.8+0.156i, 256", &julia, OrbitOutputs::Count);
    frame(
        "burning ship, 256",
        &OrbitSpec { formula: 1, ..shot([-0.5, -0.5], 1.0, 256, true) },
        OrbitOutputs::Count,
    );
    frame(
        "multibrot 3, 256",
        &OrbitSpec { formula: 3, ..shot([0.0, 0.0], 1.0, 256, true) },
        OrbitOutputs::Count,
    );
}
