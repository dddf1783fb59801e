//! Shipped scenes with judge and audio input, rendered without a window.

use untrained::cli::headless::Headless;
use untrained::cli::load::{SHIPPED, SceneSource};
use untrained::cli::watching;
use untrained::sound::{Clip, ClipAnalyser, Offline, RATE, WavWriter};
use untrained::world::frame::Frame;
use untrained::world::rng::Rng;
use untrained::world::scene::Scene;
use untrained::world::tape::Event;
use untrained::world::vectors::Vectors;

use super::pins::{self, Pins, digest};
use super::{everywhere, once, with};
use crate::promises::is_picture;

/// Ticks whose pictures are pinned at the scene's own size.
const TICKS: [u64; 3] = [20, 60, 120];
/// And on a small canvas, where all combinations of threads and vectors are tried.
const FEW: [u64; 2] = [8, 16];

/// A scene after one of the ticks: its picture, and a hash of the sound since the one before.
struct Seen {
    tick: u64,
    frame: Frame,
    sound: Option<u64>,
}

/// Audio input: two tones that come and go, and a hiss. At a rate that must be converted.
fn room() -> Clip {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("room.wav");
    let mut wav = WavWriter::create(&path, 44_100).unwrap();
    let sample = |n: u64| {
        let t = n as f32 / 44_100.0;
        let tone = |pitch: f32| libm::sinf(core::f32::consts::TAU * ((pitch * t) % 1.0));
        let beat = libm::expf(-6.0 * ((2.0 * t) % 1.0));
        0.4 * beat * (tone(220.0) + 0.5 * tone(554.0)) + 0.02 * Rng::new(1).range(n, -1.0, 1.0)
    };
    let samples: Vec<f32> = (0..2 * 44_100).flat_map(|n| [sample(n), sample(n + 1)]).collect();
    wav.add(&samples).unwrap();
    Clip::read(&wav.finish().unwrap()).unwrap()
}

fn run(scene: Scene, ticks: &[u64]) -> Vec<Seen> {
    let rate = scene.rate;
    let speaks = !scene.voices.is_empty();
    let listens = scene.links.iter().any(|l| l.from.starts_with("sound."));
    let mut listening = listens.then(|| ClipAnalyser::new(&room(), rate));
    let mut show = Headless::new(scene, None, watching::open(None).unwrap()).unwrap();
    let mut offline = Offline::new(RATE, rate, None);
    let (mut samples, mut seen) = (Vec::new(), Vec::new());
    for &until in ticks {
        while show.engine.tick() < until {
            let tick = show.engine.tick();
            let scene = show.engine.scene();
            let heard =
                listening.iter_mut().flat_map(|l| l.tick(tick)).map(|(n, v)| (format!("sound.{n}"), v));
            let events: Vec<Event> =
                heard.filter(|(n, _)| scene.reads(n)).map(|(n, v)| Event::Signal(n, v)).collect();
            assert!(events.is_empty() != listens);
            show.step(&events);
            offline.tick(&show.engine, tick, 0.0, &mut samples);
        }
        let mut frame = Frame::default();
        show.engine.compose(&mut frame);
        let bytes: Vec<u8> = samples.drain(..).flat_map(f32::to_le_bytes).collect();
        assert_eq!(bytes.len() as u64 % 8, 0);
        seen.push(Seen { tick: until, frame, sound: speaks.then(|| digest(&bytes)) });
    }
    seen
}

fn pin(pins: &mut Pins, seen: &[Seen]) {
    for s in seen {
        let (w, h) = (s.frame.width, s.frame.height);
        pins.add_picture(&format!("picture {w}x{h} tick {:03}", s.tick), &s.frame);
        if let Some(sound) = s.sound {
            pins.add(format!("sound {w}x{h} until tick {:03}", s.tick), sound);
        }
    }
}

/// Three pictures side by side, small.
fn strip(seen: &[Seen]) -> (usize, Vec<u8>) {
    let factor = seen[0].frame.width.div_ceil(160).max(1);
    let (w, h) = (seen[0].frame.width / factor, seen[0].frame.height / factor);
    let mut rgb = Vec::new();
    for y in 0..h {
        for (s, x) in seen.iter().flat_map(|s| (0..w).map(move |x| (s, x))) {
            let mut sums = [0usize; 3];
            for i in 0..factor * factor {
                let pixel = s.frame.pixel(x * factor + i % factor, y * factor + i / factor);
                sums.iter_mut().zip(pixel).for_each(|(sum, v)| *sum += v as usize);
            }
            rgb.extend(sums.map(|s| (s / (factor * factor)) as u8));
        }
    }
    (w * seen.len(), rgb)
}

/// Compares a shipped scene with its pins.
pub fn scene(name: &str) {
    let place = SHIPPED.iter().position(|s| s.0 == name).unwrap();
    let load = || SceneSource::Shipped(place).load(untrained::CATALOGUE).unwrap();
    let (w, h) = load().size;
    let mut pins = Pins::default();
    let hashes = |seen: &[Seen]| seen.iter().map(|s| (s.frame.hash(), s.sound)).collect::<Vec<_>>();
    let small = || run(load().with_size((w / 4, h / 4)), &FEW);
    everywhere(name, || hashes(&small()));
    pin(&mut pins, &small());
    if !once() {
        let own = with((2, Vectors::in_use()), || run(load(), &TICKS));
        let last = own.last().unwrap();
        assert!(is_picture(&last.frame), "{name} is nearly one colour at tick {}", last.tick);
        pin(&mut pins, &own);
        let (width, rgb) = strip(&own);
        pins.hold(name);
        pins::hold_picture(name, width, &rgb);
        return;
    }
    pins.hold(name);
}
