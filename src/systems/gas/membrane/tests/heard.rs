//! What goes in as sound, and what comes out.

use super::super::knobs::{Form, MembraneKnobs};
use super::super::{Membrane, Readout};
use super::system::{born, env};
use world::audible::samples_of_tick;
use world::field::Field;
use world::system::{Phase, System, Touch};

/// Nothing shakes it.
fn quiet() -> MembraneKnobs {
    MembraneKnobs {
        form: Form::Full,
        shake: 0.0,
        grains: 0,
        pitch: 150.0,
        level: 0.0,
        ..MembraneKnobs::default()
    }
}

fn listen(
    drum: &mut Membrane,
    knobs: &MembraneKnobs,
    ticks: u64,
    mut room: impl FnMut(u64) -> Vec<f32>,
) -> Vec<[f32; 2]> {
    let mut heard = Vec::new();
    for tick in 0..ticks {
        drum.hear(knobs, &room(tick));
        drum.step(knobs, &env(tick, &[None; 3], &[]));
        let from = heard.len();
        drum.audio(&mut heard);
        assert_eq!(heard.len() - from, samples_of_tick(tick, 1.0 / 60.0));
    }
    heard
}

fn tone(hertz: f64, loud: f32) -> impl FnMut(u64) -> Vec<f32> {
    move |tick| {
        let at = |i: u64| (tick * 800 + i) as f64 / 48_000.0;
        (0..800).map(|i| loud * libm::sin(core::f64::consts::TAU * hertz * at(i)) as f32).collect()
    }
}

fn power(heard: &[[f32; 2]]) -> f64 {
    heard.iter().map(|[l, r]| (l * l + r * r) as f64).sum::<f64>() / heard.len() as f64
}

#[test]
fn the_room_is_heard_through_the_skin() {
    let knobs = MembraneKnobs { level: -40.0, ..quiet() };
    let run = |hertz: f64, loud: f32| {
        let heard = listen(&mut born(&knobs, (32, 32)), &knobs, 60, tone(hertz, loud));
        power(&heard[heard.len() / 2..])
    };
    let silent = run(150.0, 0.0);
    assert!(silent < 1e-16, "{silent}");
    // At its own tone it answers louder than beside it, and twice the sound is heard twice as loud.
    let (at, beside) = (run(150.0, 0.01), run(180.0, 0.01));
    assert!(at > 10.0 * beside && beside > 1e-12, "{at} {beside}");
    assert!((run(150.0, 0.02) / at - 4.0).abs() < 0.05);
    // It moves at the tone that it hears, and no other.
    let knobs = MembraneKnobs { t60: 0.2, t60_high: 0.1, ..knobs };
    let heard = listen(&mut born(&knobs, (32, 32)), &knobs, 90, tone(317.0, 0.01));
    let turns = heard[24_000..].windows(2).filter(|w| (w[0][1] > 0.0) != (w[1][1] > 0.0)).count();
    assert!(turns.abs_diff(634) <= 2, "{turns}");
}

#[test]
fn loudness_is_in_decibels_and_limited_softly() {
    let run = |level: f32| {
        let knobs = MembraneKnobs { level, ..quiet() };
        listen(&mut born(&knobs, (32, 32)), &knobs, 30, tone(150.0, 0.02))
    };
    let (soft, less, loud) = (run(-30.0), run(-50.0), run(24.0));
    assert!((power(&soft) / power(&less) - 100.0).abs() < 1.0);
    let most = loud.iter().flatten().fold(0f32, |m, v| m.max(v.abs()));
    assert!((0.5..=1.0).contains(&most), "{most}");
}

#[test]
fn a_blow_rings_at_the_pitch_and_fades_in_its_time() {
    let knobs = MembraneKnobs { t60: 0.8, t60_high: 0.1, strike: 0.05, ..quiet() };
    let mut drum = born(&knobs, (32, 32));
    let touch =
        Touch { id: 0, x: 0.5, y: 0.5, dx: 0.0, dy: 0.0, radius: 0.3, strength: 1.0, phase: Phase::Down };
    drum.step(&knobs, &env(0, &[None; 3], &[touch]));
    assert_eq!(drum.read(Readout::Blows), 1.0);
    let mut first = Vec::new();
    drum.audio(&mut first);
    // It begins without a click: the hammer's force rises from nothing.
    assert!(first[0][0].abs() < 1e-4 && first[..40].windows(2).all(|w| (w[1][0] - w[0][0]).abs() < 0.02));
    let mut heard = Vec::new();
    for tick in 1..49 {
        drum.step(&knobs, &env(tick, &[None; 3], &[]));
        drum.audio(&mut heard);
    }
    // After a tenth of a second only the lowest tone is left: 60 dB in t60.
    let (a, b) = (power(&heard[4800..9600]), power(&heard[28_800..33_600]));
    let decibels = 10.0 * libm::log10(a / b) / (24_000.0 / 48_000.0) * 0.8;
    assert!((decibels - 60.0).abs() < 4.0, "{decibels} dB in t60");
    let turns = heard[4800..28_800].windows(2).filter(|w| (w[0][0] > 0.0) != (w[1][0] > 0.0)).count();
    assert!((turns as f64 / 2.0 / 0.5 - 150.0).abs() < 3.0, "{turns}");
    assert!(heard.iter().flatten().all(|v| v.abs() <= 1.0));
}

#[test]
fn the_right_button_mutes() {
    let knobs = MembraneKnobs { t60: 20.0, t60_high: 5.0, ..quiet() };
    let ring = |muted: bool| {
        let mut drum = born(&knobs, (32, 32));
        let touch = |strength: f32, phase: Phase| Touch {
            id: 0,
            x: 0.5,
            y: 0.5,
            dx: 0.0,
            dy: 0.0,
            radius: 0.4,
            strength,
            phase,
        };
        drum.step(&knobs, &env(0, &[None; 3], &[touch(0.2, Phase::Down)]));
        let hand = [touch(-1.0, Phase::Move)];
        (1..30).for_each(|tick| drum.step(&knobs, &env(tick, &[None; 3], if muted { &hand } else { &[] })));
        drum.read(Readout::Energy)
    };
    let (free, muted) = (ring(false), ring(true));
    assert!(muted < 1e-3 * free && free > 1e-6, "{free} {muted}");
}

/// A field that jumps once a tick is heard as its motion, not as clicks: no sample is far from its neighbours' mean.
#[test]
fn fields_drive_it_without_clicks() {
    let knobs = MembraneKnobs { drive_gain: 0.3, ..quiet() };
    let mut drum = born(&knobs, (32, 32));
    let mut heard = Vec::new();
    for tick in 0..60u64 {
        let up =
            Field::from_fn(
                32,
                32,
                |x, _| if (tick / 2 + x as u64 / 16).is_multiple_of(2) { 1.0 } else { -1.0 },
            );
        drum.step(&knobs, &env(tick, &[None, Some(&up), None], &[]));
        drum.audio(&mut heard);
    }
    assert!(power(&heard) > 1e-4, "it is heard");
    let jerk = heard.windows(3).map(|w| (w[0][0] - 2.0 * w[1][0] + w[2][0]).abs()).fold(0.0, f32::max);
    assert!(jerk < 0.004, "{jerk}");
}

#[test]
fn a_rise_strikes_and_a_fall_does_not() {
    let knobs = quiet();
    let run = |from: f32, to: f32| {
        let mut drum = born(&knobs, (32, 32));
        for (tick, v) in [from, to, to].into_iter().enumerate() {
            let field = Field::from_fn(32, 32, |_, _| v);
            drum.step(&knobs, &env(tick as u64, &[None, None, Some(&field)], &[]));
        }
        drum.read(Readout::Energy)
    };
    assert!(run(0.0, 1.0) > 1e-5 && run(1.0, 0.0) < 1e-20 && run(1.0, 1.0) < 1e-20);
}

/// A larger skin is stepped less often, and is still heard at audio rate.
#[test]
fn a_divided_rate_sounds_at_the_same_pitch() {
    let turns = |divide: u32| {
        let knobs = MembraneKnobs { divide, pitch: 60.0, strike: 0.1, ..quiet() };
        let mut drum = born(&knobs, (24, 24));
        let touch =
            Touch { id: 0, x: 0.5, y: 0.5, dx: 0.0, dy: 0.0, radius: 0.4, strength: 1.0, phase: Phase::Down };
        drum.step(&knobs, &env(0, &[None; 3], &[touch]));
        let heard = listen(&mut drum, &knobs, 60, |_| Vec::new());
        assert_eq!(drum.message(), None);
        heard[9600..].windows(2).filter(|w| (w[0][0] > 0.0) != (w[1][0] > 0.0)).count()
    };
    let (one, seven) = (turns(1), turns(7));
    assert!(one.abs_diff(seven) <= 2 && one.abs_diff(96) <= 3, "{one} {seven}");
}
