//! Life: generations of a dense random soup of 4096² cells, against the arithmetic bound and Golly's QuickLife.
//!
//! `cargo bench --no-default-features --bench life`

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use untrained::systems::automata::life::Life;
use untrained::systems::automata::life::double_buffer::DoubleBuffer;
use untrained::systems::automata::life::grid::{Grid, Layout};
use untrained::systems::automata::life::rule::Rule;
use untrained::world::field::Field;
use untrained::world::rng::Rng;
use untrained::world::system::{Env, SystemKind};
use untrained::world::vectors::Vectors;
use untrained::world::view::View;

const SIDE: usize = 4096;

/// Best and median of several rates.
fn rates(repetitions: usize, mut rate: impl FnMut() -> f64) -> (f64, f64) {
    let mut all: Vec<f64> = (0..repetitions).map(|_| rate()).collect();
    all.sort_by(f64::total_cmp);
    (all[repetitions - 1], all[repetitions / 2])
}

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

fn soup(side: usize) -> Grid {
    let rng = Rng::new(1);
    Grid::from_fn(Layout::new(side, side), |x, y| rng.bits((y * side + x) as u64) & 1 == 1)
}

/// The code path of a tick: [`DoubleBuffer::advance`]. Best rate in cells a second.
fn generations(threads: usize, rule: &str, a_tick: usize, soup: &Grid) -> f64 {
    let (pool, parsed) = (pool(threads), Rule::parse(rule).unwrap());
    let cells = (soup.layout().width * soup.layout().height) as f64;
    let calls = 256 / a_tick;
    let mut buffer = DoubleBuffer::new(soup.clone());
    let (best, median) = rates(7, || {
        // Restarted from the soup each time, as it would thin out.
        buffer.now_mut().words_mut().copy_from_slice(soup.words());
        let start = Instant::now();
        pool.install(|| (0..calls).for_each(|_| buffer.advance(parsed, true, a_tick)));
        cells * (calls * a_tick) as f64 / start.elapsed().as_secs_f64()
    });
    let (best_g, median_g) = (best / 1e9, median / 1e9);
    println!(
        "{threads} threads, {rule:<12} {a_tick:>2} generations a tick: best {best_g:6.1}, median {median_g:6.1} Gcells/s"
    );
    best
}

/// Parity and majority of three, on registers only: the arithmetic bound, at 11 three-input functions a 512-bit word.
fn bound(threads: usize) {
    let (best, _) = rates(7, || {
        let start = Instant::now();
        let rounds = 4_000_000usize;
        std::thread::scope(|s| {
            (0..threads).for_each(|t| {
                s.spawn(move || std::hint::black_box(logic(rounds, t as u64)));
            })
        });
        (threads * rounds * 16) as f64 * 512.0 / 11.0 / start.elapsed().as_secs_f64()
    });
    println!(
        "{threads} threads, arithmetic bound (11 three-input functions a word): {:.0} Gcells/s",
        best / 1e9
    );
}

fn logic(rounds: usize, seed: u64) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if Vectors::in_use() == Vectors::Avx512 {
        // SAFETY: the CPU supports the vectors in use.
        return unsafe { logic_avx512(rounds, seed) };
    }
    logic_plain(rounds, seed)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn logic_avx512(rounds: usize, seed: u64) -> u64 {
    logic_plain(rounds, seed)
}

#[inline(always)]
fn logic_plain(rounds: usize, seed: u64) -> u64 {
    // Sixteen chains hide the latency; each reads the one eight further on, so that rounds cannot be folded together.
    let mut chains: [[u64; 8]; 16] = std::array::from_fn(|i| [seed ^ i as u64; 8]);
    let a = std::hint::black_box([seed ^ 3; 8]);
    for _ in 0..rounds {
        for i in 0..16 {
            for lane in 0..8 {
                chains[i][lane] = (chains[i][lane] & a[lane]) ^ chains[(i + 8) % 16][lane];
            }
        }
    }
    chains.iter().flatten().fold(0, |sum, v| sum ^ v)
}

/// Whole ticks of the system, with ages, counts and one output rendered to a canvas.
fn ticks(threads: usize, side: usize) {
    let kind = SystemKind::of::<Life>();
    let mut node = kind.instantiate_default(side, side, 1, Path::new(".")).unwrap();
    let mut canvas = Field::new(1280, 720, 1);
    let pool = pool(threads);
    let env = Env { tick: 0, dt: 0.0, rng: Rng::new(1), inputs: &[None, None], touches: &[], switches: &[] };
    let ms = |f: &mut (dyn FnMut() + Send)| {
        let (best, _) = rates(5, || {
            let start = Instant::now();
            pool.install(&mut *f);
            1.0 / start.elapsed().as_secs_f64()
        });
        1e3 / best
    };
    let step = ms(&mut || node.step(&env));
    let shown: Vec<f64> = (0..3).map(|port| ms(&mut || node.show(port, &View::WHOLE, &mut canvas))).collect();
    println!(
        "{threads} threads, {side}²: a tick of one generation with ages and tallies {step:.2} ms; shown at 1280×720: \
         alive {:.2}, age {:.2}, births {:.2} ms",
        shown[0], shown[1], shown[2]
    );
}

/// The same soup in `bgolly`, unbounded, one thread: the time of 288 generations less that of the first 32.
fn golly(soup: &Grid) -> Option<f64> {
    let folder = std::env::temp_dir().join(format!("life-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).ok()?;
    let file = folder.join("soup.rle");
    let mut text = format!("x = {SIDE}, y = {SIDE}, rule = B3/S23\n").into_bytes();
    for y in 0..SIDE {
        let row: String = (0..SIDE).map(|x| if soup.get(x, y) { 'o' } else { 'b' }).collect();
        row.as_bytes().chunks(64).for_each(|c| writeln!(text, "{}", String::from_utf8_lossy(c)).unwrap());
        writeln!(text, "$").unwrap();
    }
    std::fs::write(&file, text).ok()?;
    let seconds = |generations: usize| {
        let start = Instant::now();
        let mut command = Command::new("bgolly");
        command.args([
            "-q",
            "-a",
            "QuickLife",
            "-m",
            &generations.to_string(),
            "-i",
            &generations.to_string(),
        ]);
        let ended = command.arg(&file).stdout(std::process::Stdio::null()).status().ok()?;
        ended.success().then(|| start.elapsed().as_secs_f64())
    };
    let times = (0..3).map(|_| Some(seconds(288)? - seconds(32)?)).collect::<Option<Vec<f64>>>();
    let _ = std::fs::remove_dir_all(&folder);
    let best = times?.into_iter().fold(f64::INFINITY, f64::min);
    Some((SIDE * SIDE * 256) as f64 / best)
}

fn main() {
    let soup4096 = soup(SIDE);
    bound(1);
    bound(2);
    let one = generations(1, "B3/S23", 64, &soup4096);
    for threads in [1, 2] {
        for a_tick in [1, 8, 64] {
            generations(threads, "B3/S23", a_tick, &soup4096);
        }
        for rule in ["B36/S23", "B34/S234"] {
            generations(threads, rule, 64, &soup4096);
        }
        ticks(threads, SIDE);
    }
    generations(2, "B3/S23", 64, &soup(1920));
    ticks(2, 16384);
    match golly(&soup4096) {
        Some(peer) => {
            let (peer_g, ratio) = (peer / 1e9, one / peer);
            println!(
                "bgolly QuickLife, 1 thread, the same soup: {peer_g:.2} Gcells/s nominal; ours is {ratio:.1} times as fast"
            );
        }
        None => println!("bgolly is not installed: no comparison"),
    }
}
