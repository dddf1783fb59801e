//! Films with known answers: drifting waves, frozen ones, noise.

use std::f64::consts::TAU;

use super::*;
use crate::compare::motion::Motion;
use crate::compare::setup::ComparisonSetup;
use crate::compare::testing::{NoProgress, setup};
use crate::generator::SampleSpec;
use crate::metrics::SampleMatrix;
use world::rng::Rng;

const SIDE: usize = 16;
const FRAMES: usize = 32;
/// Pixels a frame of the four clips.
const SPEEDS: [f64; 4] = [0.8, 1.0, 1.2, 1.0];

fn comparison() -> ComparisonSetup {
    let spec = SampleSpec { side: SIDE, channels: 1, frames: FRAMES, every: 5, warm_up: 0 };
    ComparisonSetup { spec, clips: 4, ..setup() }
}

/// Radians a frame.
fn omega(speed: f64) -> f64 {
    TAU / SIDE as f64 * speed
}

/// Roughness and range of the first row, and a little of its first pixel.
fn features_of(frame: &[u8]) -> [f64; 3] {
    let row: Vec<f64> = frame[..SIDE].iter().map(|v| f64::from(*v)).collect();
    let rough = row.windows(2).map(|w| (w[1] - w[0]).abs()).sum::<f64>() / (SIDE - 1) as f64;
    let ends = row.iter().fold([f64::MAX, f64::MIN], |e, v| [e[0].min(*v), e[1].max(*v)]);
    [4.0 * rough / 255.0, (ends[1] - ends[0]) / 255.0, row[0] / 1000.0]
}

/// Clips whose pixels are a function of (clip, column, row, frame), 0 to 255.
fn clips(f: impl Fn(usize, usize, usize, usize) -> f64) -> Motion {
    let frame = |c: usize, t: usize| -> Vec<u8> {
        (0..SIDE * SIDE).map(|i| (f(c, i % SIDE, i / SIDE, t) + 0.5) as u8).collect()
    };
    let clips: Vec<Vec<Vec<u8>>> = (0..4).map(|c| (0..FRAMES).map(|t| frame(c, t)).collect()).collect();
    let row = |f: &Vec<u8>| features_of(f);
    let features = |clip: &Vec<Vec<u8>>| SampleMatrix::new(3, clip.iter().flat_map(row).collect()).unwrap();
    Motion { features: clips.iter().map(features).collect(), clips, start: Some(1), ..Motion::default() }
}

/// One wave across, which drifts at the speeds of the clips times `factor`, from these phases.
fn waves(speeds: [f64; 4], factor: f64, phase: f64) -> Motion {
    clips(|c, x, _, t| {
        let angle = TAU * x as f64 / SIDE as f64 - omega(speeds[c]) * factor * t as f64 + phase + c as f64;
        128.0 + 100.0 * angle.cos()
    })
}

fn noise() -> Motion {
    let rng = Rng::new(3);
    let unit = |c: usize, t: usize, i: usize| rng.fork((c * FRAMES + t) as u64).unit(i as u64);
    Motion { start: None, ..clips(|c, x, y, t| 255.0 * f64::from(unit(c, t, y * SIDE + x))) }
}

/// Everyone against the waves: the same at half the speed from the same start, the waves from other phases, noise, and a
/// copy.
fn measured() -> Films {
    let reference = waves(SPEEDS, 1.0, 0.0);
    let twin = Motion { start: None, ..waves([1.2, 1.0, 0.8, 1.0], 1.0, 0.3) };
    let (slow, noise, copy) = (waves(SPEEDS, 0.5, 0.0), noise(), reference.clone());
    let footage = |name: &str, role, motion| Footage { name: name.into(), role, motion };
    let all = [
        footage("other starts", FilmRole::OtherStart, &twin),
        footage("slow", FilmRole::Candidate(0), &slow),
        footage("copy", FilmRole::Candidate(1), &copy),
        footage("noise", FilmRole::Noise, &noise),
    ];
    films(&reference, &all, &comparison(), &NoProgress)
}

fn value(film: &Film, metric: &str) -> f64 {
    film.result(metric).unwrap_or_else(|| panic!("{metric}: {:?}", film.named(metric))).figure.value
}

fn near(found: f64, expected: f64, by: f64) {
    assert!((found - expected).abs() <= by, "{found}, expected {expected} to {by}");
}

#[test]
fn a_wave_is_followed_as_long_as_its_phase_is_right() {
    let films = measured();
    let slow = films.of(FilmRole::Candidate(0)).unwrap();
    let first = films.of(FilmRole::FirstFrame).unwrap();
    assert!(slow.starts_alike && first.starts_alike);
    for t in 0..FRAMES {
        let mean =
            |factor: f64| SPEEDS.iter().map(|s| (omega(*s) * factor * t as f64).cos()).sum::<f64>() / 4.0;
        // The lag of the phase: half of what the wave moved, and all of it.
        near(slow.curves.correlation[t].value, mean(0.5), 0.01);
        near(first.curves.correlation[t].value, mean(1.0), 0.01);
    }
    // Two waves of variance 1 that are correlated by c differ by √(2 − 2c).
    let gap = |t: usize| {
        SPEEDS.map(|s| (2.0 - 2.0 * (omega(s) * 0.5 * t as f64).cos()).sqrt()).iter().sum::<f64>() / 4.0
    };
    for t in [0, 1, 5, 12] {
        near(slow.curves.error[t].value, gap(t), 0.03);
    }
    // cos θ falls below 0.8 at θ = 0.6435: after 3.3 frames, and below 0.5 after 5.3.
    assert_eq!((value(slow, "correlation-time-80"), value(first, "correlation-time-80")), (4.0, 2.0));
    assert!(slow.result("correlation-time-80").unwrap().ceiling.unwrap().value == 2.0);
}

#[test]
fn statistics_of_waves_and_noise_are_known() {
    let films = measured();
    let [slow, other, noise] =
        [FilmRole::Candidate(0), FilmRole::OtherStart, FilmRole::Noise].map(|role| films.of(role).unwrap());
    // The autocorrelation of a wave is cos ωτ, which falls to 1/e at ωτ = 1.194.
    let time = libm::acos(libm::exp(-1.0)) / omega(1.0);
    near(value(other, "autocorrelation-time"), time, 0.1);
    near(value(slow, "autocorrelation-time"), 2.0 * time, 0.3);
    assert!(value(noise, "autocorrelation-time") <= 1.0);
    // Second over first differences: 2 sin(ω/2), for normal noise √3, for uniform noise 7/4.
    let sines = |factor: f64| SPEEDS.map(|s| 2.0 * (0.5 * factor * omega(s)).sin());
    let ratio = |s: [f64; 4]| s.iter().map(|v| v * v).sum::<f64>() / s.iter().sum::<f64>();
    near(value(other, "flicker"), ratio(sines(1.0)), 0.02);
    near(value(slow, "flicker"), ratio(sines(0.5)), 0.02);
    near(value(noise, "flicker"), 1.75, 0.03);
    assert_eq!(value(films.of(FilmRole::FirstFrame).unwrap(), "flicker"), 0.0);
    // All of the power at one wavenumber: half the variance of 1.
    let spectrum = &films.reference.spectrum;
    near(spectrum[1].value, 0.5, 0.01);
    assert!(spectrum.iter().enumerate().all(|(k, e)| k == 1 || e.value < 1e-3), "{spectrum:?}");
    // And around two periods in 32 frames.
    let most = films.reference.temporal.iter().enumerate().max_by(|a, b| a.1.value.total_cmp(&b.1.value));
    assert_eq!((films.reference.segment, most.unwrap().0), (FRAMES, 2));
    assert!(value(noise, "video-kernel") > 1.0 && value(other, "video-kernel").abs() < 0.1);
    assert!(value(slow, "spectrum-in-space") < 0.5 && value(noise, "spectrum-in-space") > 3.0);
}

#[test]
fn floors_are_what_the_reference_reaches_and_ceilings_what_noise_does() {
    let films = measured();
    let slow = films.of(FilmRole::Candidate(0)).unwrap();
    for metric in STATISTICS {
        let Some(own) = slow.result(metric) else { panic!("{:?}", slow.named(metric)) };
        let [floor, ceiling] =
            [FilmRole::OtherStart, FilmRole::Noise].map(|r| value(films.of(r).unwrap(), metric));
        assert_eq!((own.floor.unwrap().value, own.ceiling.unwrap().value), (floor, ceiling), "{metric}");
        assert!(own.figure.interval[0] <= own.figure.value && own.figure.value <= own.figure.interval[1]);
    }
    // What is the reference itself is measured on its clips from other starts.
    let copy = films.find("copy").unwrap();
    assert!(!copy.starts_alike && copy.result("error").is_none());
    assert_eq!(value(copy, "flicker"), value(films.find("opponent:other starts").unwrap(), "flicker"));
    assert!(
        films.notes.iter().any(|n| n.starts_with("the clips of copy are the reference's own")),
        "{:?}",
        films.notes
    );
}

#[test]
fn the_sentence_says_how_it_moves_beside_the_reference() {
    let films = measured();
    let say = |role| sentence(films.of(role).unwrap(), &films, "waves");
    let slow = say(FilmRole::Candidate(0));
    assert!(
        slow.starts_with("As a moving picture it changes more slowly than waves (autocorrelation time 6."),
        "{slow}"
    );
    assert!(slow.contains("it flickers less than waves") && slow.ends_with('.'), "{slow}");
    assert!(slow.contains("above a correlation of 0.8 with waves from the same start for 4"), "{slow}");
    assert!(slow.contains("the first frame kept 2"), "{slow}");
    let copy = say(FilmRole::Candidate(1));
    assert!(
        copy.contains("changes as fast as waves") && copy.contains("cannot be told from waves"),
        "{copy}"
    );
    assert!(!copy.contains("same start"), "{copy}");
    let bare = Film { results: Vec::new(), ..films.of(FilmRole::Noise).unwrap().clone() };
    assert_eq!(
        sentence(&bare, &films, "waves"),
        "How it moves cannot be said from so few or so short clips."
    );
}

#[test]
fn what_stands_still_or_is_short_is_no_reference_and_no_candidate() {
    let still = clips(|_, _, _, _| 7.0);
    let none = films(&still, &[], &comparison(), &NoProgress);
    assert!(none.all.is_empty() && none.notes[0].contains("the same value everywhere"), "{:?}", none.notes);
    let (reference, mut short) = (waves(SPEEDS, 1.0, 0.0), noise());
    short.clips[2].truncate(9);
    let footage = [Footage { name: "short".into(), role: FilmRole::Candidate(0), motion: &short }];
    let found = films(&reference, &footage, &comparison(), &NoProgress);
    assert!(found.notes[0].starts_with("short: ") && found.notes[0].contains("found 9"), "{:?}", found.notes);
    // What needs no clip of others is there.
    assert!(found.all.len() == 1 && found.all[0].role == FilmRole::FirstFrame);
}

#[test]
fn curves_are_written_with_their_units() {
    let films = measured();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("motion.csv");
    write_curves(&films, "waves", 5, &path).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|l| l.split(',').collect()).collect();
    let of = |name: &str, curve: &str| rows.iter().filter(|r| r[0] == name && r[1] == curve).count();
    assert_eq!((of("slow", "correlation"), of("slow", "error")), (FRAMES, FRAMES));
    assert_eq!((of("opponent:noise", "correlation"), of("waves", "correlation")), (0, 0));
    assert_eq!(
        (of("waves", "spectrum-in-time"), of("waves", "autocorrelation")),
        (FRAMES / 2 + 1, FRAMES / 2 + 1)
    );
    let place = |name: &str, curve: &str, i: usize| {
        rows.iter().filter(|r| r[0] == name && r[1] == curve).nth(i).unwrap()[2]
    };
    assert_eq!((place("slow", "correlation", 3), place("waves", "spectrum-in-time", 16)), ("15", "0.1"));
}
