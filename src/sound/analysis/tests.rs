//! Synthesised material with known results.

use super::*;
use proptest::prelude::*;
use world::rng::Rng;

const RATE: u32 = 48_000;

fn silence(seconds: f32) -> Vec<f32> {
    vec![0.0; (seconds * RATE as f32) as usize]
}

/// A short burst of noise that decays within a few milliseconds.
fn click(into: &mut [f32], at: usize, loud: f32, seed: u64) {
    let rng = Rng::new(seed);
    let end = (at + 960).min(into.len());
    for (i, v) in into.iter_mut().enumerate().take(end).skip(at) {
        let t = (i - at) as f32 / RATE as f32;
        *v += loud * rng.range(i as u64, -1.0, 1.0) * (-t / 0.004).exp();
    }
}

/// A plucked note.
fn note(into: &mut [f32], at: usize, pitch: f32, loud: f32) {
    let end = (at + 72_000).min(into.len());
    for (i, v) in into.iter_mut().enumerate().take(end).skip(at) {
        let t = (i - at) as f32 / RATE as f32;
        let tone: f32 =
            (1..6).map(|n| (t * pitch * n as f32 * core::f32::consts::TAU).sin() / n as f32).sum();
        *v += loud * tone * (-t / 0.15).exp();
    }
}

fn noise(into: &mut [f32], loud: f32) {
    let rng = Rng::new(77);
    into.iter_mut().enumerate().for_each(|(i, v)| *v += loud * rng.range(i as u64, -1.0, 1.0));
}

/// Clicks at a tempo; with swing, softer ones at two thirds of each beat.
fn track(bpm: f32, swing: bool, seconds: f32) -> Vec<f32> {
    let mut x = silence(seconds);
    let beat = 60.0 / bpm;
    for k in 0..(seconds / beat) as usize {
        let at = |share: f32| ((k as f32 + share) * beat * RATE as f32) as usize;
        click(&mut x, at(0.0), 0.7, k as u64);
        if swing {
            click(&mut x, at(0.66), 0.3, 1000 + k as u64);
        }
    }
    x
}

#[test]
fn tempo_is_within_a_percent_on_clicks_and_swing() {
    let mut worst = 0.0f64;
    for swing in [false, true] {
        for bpm in (70..=180).step_by(10).chain([73, 97, 117, 133, 159, 174]) {
            let mut a = Analyser::new(RATE);
            a.push(&track(bpm as f32, swing, 12.0));
            let found = a.get("bpm");
            let off = (found / bpm as f64 - 1.0).abs();
            assert!(off < 0.01, "{bpm} bpm{}: {found}", if swing { " with swing" } else { "" });
            worst = worst.max(off);
        }
    }
    println!("worst tempo error {:.3} %", 100.0 * worst);
}

#[test]
fn the_beat_is_where_the_clicks_are() {
    for bpm in [75.0f32, 120.0, 168.0] {
        let x = track(bpm, false, 14.0);
        let mut a = Analyser::new(RATE);
        let beat = 60.0 / bpm * RATE as f32;
        let mut worst = 0.0f32;
        for (n, block) in x.chunks(480).enumerate() {
            a.push(block);
            let now = ((n + 1) * 480) as f32;
            if now > 10.0 * RATE as f32 {
                let off = a.get("beat") as f32 - now / beat;
                worst = worst.max((off - off.round()).abs() * 60.0 / bpm);
            }
        }
        assert!(worst < 0.04, "{bpm} bpm: {:.1} ms", 1e3 * worst);
    }
}

/// F1 of onsets found within 20 ms of the true ones, and the mean error in ms.
fn score(x: &[f32], truth: &[usize]) -> (f32, f32) {
    let (mut a, mut found) = (Analyser::new(RATE), Vec::new());
    for block in x.chunks(64) {
        let before = a.onset().count;
        a.push(block);
        if a.onset().count > before {
            found.push(a.onset().sample as f32);
        }
    }
    let mut left = found.clone();
    let (mut hits, mut bias) = (0, 0.0);
    for t in truth {
        let near = left.iter().position(|f| (f - *t as f32).abs() <= 0.02 * RATE as f32);
        if let Some(i) = near {
            bias += (left.remove(i) - *t as f32) / RATE as f32 * 1e3;
            hits += 1;
        }
    }
    (2.0 * hits as f32 / (found.len() + truth.len()) as f32, bias / hits.max(1) as f32)
}

#[test]
fn onsets_are_within_twenty_milliseconds() {
    let rng = Rng::new(4);
    let mut times = vec![24_000usize];
    for i in 0..60u64 {
        let last = times[times.len() - 1];
        times.push(last + (rng.range(i, 0.12, 0.6) * RATE as f32) as usize);
    }
    let length = times[times.len() - 1] as f32 / RATE as f32 + 1.0;
    let fresh = || silence(length);
    let (mut clicks, mut notes, mut drums) = (fresh(), fresh(), fresh());
    for (i, &t) in times.iter().enumerate() {
        click(&mut clicks, t, 0.2 + 0.6 * rng.unit(500 + i as u64), i as u64);
        note(&mut notes, t, 110.0 * (rng.below(900 + i as u64, 24) as f32 / 12.0).exp2(), 0.3);
        click(&mut drums, t, 0.5, i as u64);
        note(&mut drums, t, 60.0, 0.4);
    }
    noise(&mut drums, 0.02);
    for (what, x) in [("clicks", clicks), ("notes", notes), ("drums in noise", drums)] {
        let (f1, bias) = score(&x, &times);
        println!("{what}: F1 {f1:.3}, mean error {bias:.1} ms");
        assert!(f1 >= 0.95, "{what}: F1 {f1}");
        assert!(bias.abs() < 8.0, "{what}: {bias} ms");
    }
}

#[test]
fn pitch_is_within_five_cents() {
    let mut worst = 0.0f64;
    for saw in [false, true] {
        for step in 0..=60 {
            let pitch = 55.0 * (step as f64 / 12.0).exp2();
            let wave = |n: usize| -> f32 {
                let t = n as f64 * pitch / RATE as f64;
                let most = if saw { ((0.45 * RATE as f64 / pitch) as usize).min(30) } else { 1 };
                (1..=most).map(|k| (core::f64::consts::TAU * t * k as f64).sin() / k as f64).sum::<f64>()
                    as f32
            };
            let x: Vec<f32> = (0..9600).map(|n| 0.3 * wave(n)).collect();
            let mut a = Analyser::new(RATE);
            a.push(&x);
            let cents = 1200.0 * (a.get("pitch") / pitch).log2();
            assert!(cents.abs() < 5.0, "{pitch:.1} Hz, saw {saw}: {} ({cents:.2} cent)", a.get("pitch"));
            worst = worst.max(cents.abs());
        }
    }
    println!("worst pitch error {worst:.2} cent");
}

fn chord(notes: &[f32]) -> Vec<&'static str> {
    let mut x = silence(1.0);
    for f in notes {
        x.iter_mut().enumerate().for_each(|(n, v)| {
            let t = n as f32 / RATE as f32 * f;
            *v += 0.1
                * (1..5).map(|k| (core::f32::consts::TAU * t * k as f32).sin() / (k * k) as f32).sum::<f32>();
        });
    }
    let mut a = Analyser::new(RATE);
    a.push(&x);
    let mut all: Vec<(f64, &str)> =
        SIGNALS.iter().filter_map(|s| Some((a.get(s.name), s.name.strip_prefix("chroma.")?))).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut top: Vec<&str> = all[..3].iter().map(|t| t.1).collect();
    top.sort_unstable();
    top
}

#[test]
fn the_strongest_chroma_classes_are_the_notes_of_a_chord() {
    assert_eq!(chord(&[261.63, 329.63, 392.0]), ["c", "e", "g"]);
    assert_eq!(chord(&[440.0, 523.25, 659.26]), ["a", "c", "e"]);
    assert_eq!(chord(&[293.66, 369.99, 440.0]), ["a", "d", "fs"]);
}

#[test]
fn loudness_matches_the_standard() {
    // EBU Tech 3341: a stereo sine of 1 kHz at −23 dBFS is −23 LUFS; one channel of it is 3 dB less.
    let x: Vec<f32> = (0..4 * RATE as usize)
        .map(|n| 0.070_79 * (core::f64::consts::TAU * 1000.0 * n as f64 / RATE as f64).sin() as f32)
        .collect();
    let mut a = Analyser::new(RATE);
    a.push(&x);
    assert!((a.get("lufs") + 26.0).abs() < 0.1, "{}", a.get("lufs"));
    assert!((a.get("rms") - 0.070_79 / 2f64.sqrt()).abs() < 1e-3);
    assert!(a.get("level") > 0.95 && a.get("mid") > 0.95 && a.get("low") < 0.05);
    assert!((a.get("centroid") - 1000.0).abs() < 30.0 && a.get("flatness") < 0.01);
}

#[test]
fn noise_is_flat_and_silence_is_zero() {
    let mut x = silence(2.0);
    noise(&mut x, 0.3);
    let mut a = Analyser::new(RATE);
    a.push(&x);
    assert!(a.get("flatness") > 0.4 && (a.get("centroid") - 12_000.0).abs() < 1000.0);
    a.push(&[f32::NAN; 4800]);
    a.push(&silence(20.0));
    for (s, v) in
        SIGNALS.iter().zip(a.signals()).filter(|(s, _)| !["lufs", "pitch", "hops", "beat"].contains(&s.name))
    {
        assert!(v.abs() < 1e-3, "{} is {v} in silence", s.name);
    }
    assert_eq!(a.get("lufs"), -70.0);
}

#[test]
fn the_latency_stays_below_thirty_milliseconds() {
    for rate in [8_000, 22_050, 44_100, 48_000, 88_200, 96_000, 192_000] {
        let latency = Analyser::new(rate).latency();
        assert!(latency < 0.03, "{rate} Hz: {latency}");
    }
}

#[test]
fn analysis_does_not_allocate() {
    let x = track(120.0, true, 5.0);
    let mut a = Analyser::new(RATE);
    a.push(&x[..4800]);
    assert_no_alloc::assert_no_alloc(|| a.push(&x));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn blocks_of_any_size_give_the_same_signals(sizes in proptest::collection::vec(1usize..5000, 1..40), seed in 0u64..1000) {
        let mut x = vec![0.0; 40_000];
        noise(&mut x, 0.1);
        note(&mut x, (seed * 20) as usize, 300.0, 0.5);
        let (mut whole, mut parts) = (Analyser::new(44_100), Analyser::new(44_100));
        whole.push(&x);
        let mut left = &x[..];
        for n in sizes.iter().cycle() {
            let (now, later) = left.split_at((*n).min(left.len()));
            parts.push(now);
            left = later;
            if left.is_empty() { break; }
        }
        prop_assert_eq!(whole.signals(), parts.signals());
    }
}
