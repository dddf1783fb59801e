//! What holds for the whole chain: any block size, no allocation, no click, nothing lost.

use std::path::Path;

use super::synth::{Synth, SynthHandle, SynthStatus, synth};
use super::voices::{KINDS, VoiceBank};
use super::{Grain, Offline, Sonifier, SynthCommand};
use world::engine::Engine;
use world::rng::Rng;
use world::scene::{Catalogue, Scene};
use world::voice::{Reads, VoiceInput, VoiceKind, VoicePlan};

const SCENE: &str = r#"
size = [64, 36]
[node.cells]
system = "life"
density = 0.3
[wave.slow]
period = 2
[voice.births]
kind = "grains"
read = "cells.births"
rate = 200
[voice.drops]
kind = "water"
read = "cells.alive"
[voice.air]
kind = "wind"
read = "cells.alive"
[voice.layers]
kind = "intervals"
read = ["wave.slow", "cells.alive.mean"]
[voice.body]
kind = "partials"
read = "cells.age"
[[layer]]
show = "cells.alive"
"#;

/// What scenes of the tests may name.
pub const CATALOGUE: Catalogue =
    Catalogue { systems: systems::CATALOGUE, voices: Some(KINDS), effects: None };

pub fn engine() -> Engine {
    let scene = Scene::parse(SCENE, "heard", Path::new("."), CATALOGUE).unwrap();
    Engine::new(scene, Some(5)).unwrap()
}

pub fn plans() -> Vec<VoicePlan> {
    let input = |r: Reads| match r {
        Reads::Field => vec![VoiceInput::Field(0, 0)],
        Reads::Signals => vec![VoiceInput::Signal("x".into(), [0.0, 1.0])],
        Reads::Soundings | Reads::Audio => vec![VoiceInput::Node(0)],
    };
    let knobs = |k: &VoiceKind| k.knobs.iter().map(|s| s.default).collect();
    KINDS
        .iter()
        .map(|kind| VoicePlan { name: kind.name.into(), kind, inputs: input(kind.reads), knobs: knobs(kind) })
        .collect()
}

/// Commands of a tick that move everything, with knobs that jump.
pub fn commands(tick: u64) -> Vec<SynthCommand> {
    let rng = Rng::new(9).fork(tick);
    let mut all = Vec::new();
    for (v, kind) in KINDS.iter().enumerate() {
        let voice = v as u8;
        for (k, spec) in kind.knobs.iter().enumerate() {
            if rng.unit((v * 50 + k) as u64) < 0.1 {
                let value = spec.value_at(rng.unit64((v * 50 + k + 1000) as u64)) as f32;
                all.push(SynthCommand::Knob { voice, knob: k as u8, value });
            }
        }
        for part in 0..24u8 {
            let value = rng.unit(part as u64 + 3000 * voice as u64);
            all.push(SynthCommand::Level { voice, part, value, place: value });
        }
        let pitch = if ["water", "bubbles"].contains(&kind.name) { 0.003 } else { 220.0 };
        let grain = |n: u64| Grain { voice, at: rng.unit(n), pitch, loud: 0.5, pan: 0.2, seed: n as u32 };
        (0..3).for_each(|n| all.push(SynthCommand::Grain(grain(n))));
        let pairs = |n: u64| std::array::from_fn(|i| [0.1 * rng.normal(8 * n + i as u64); 2]);
        let blocks = if kind.reads == Reads::Audio { 100 } else { 0 };
        all.extend((0..blocks).map(|n| SynthCommand::Samples { voice, count: 8, pairs: pairs(n) }));
    }
    all.push(SynthCommand::Tick(tick));
    all
}

/// Plays ticks, each rendered in blocks of the lengths that `block` returns.
fn play(ticks: u64, mut block: impl FnMut(usize) -> usize) -> Vec<f32> {
    let (mut synth, mut handle) = synth(48_000, 60.0, None);
    let _ = handle.send(SynthCommand::Bank(VoiceBank::new(&plans(), 48_000.0), 0.05));
    let mut out = Vec::new();
    for tick in 0..ticks {
        commands(tick).into_iter().for_each(|o| assert!(handle.send(o).is_ok()));
        let mut left = 800;
        while left > 0 {
            let n = block(left).clamp(1, left);
            let from = out.len();
            out.resize(from + 2 * n, 0.0);
            synth.render(&mut out[from..]);
            left -= n;
        }
    }
    out
}

#[test]
fn any_block_size_gives_the_same_samples() {
    let whole = play(40, |left| left);
    assert!(whole.iter().any(|v| v.abs() > 0.01));
    for size in [1, 7, 64, 333] {
        assert!(play(40, |_| size) == whole, "blocks of {size}");
    }
    let mut n = 0;
    let odd = play(40, |_| {
        n += 1;
        Rng::new(2).below(n, 700) as usize
    });
    assert!(odd == whole, "blocks of any size");
}

#[test]
fn the_callback_neither_allocates_nor_frees() {
    let (track, mut feeder) = super::Clip::new(vec![0.1; 9000]).feed(44_100);
    let (mut synth, mut handle) = synth(44_100, 60.0, Some(track));
    let mut buffer = vec![0.0f32; 2 * 735];
    for tick in 0..300 {
        if tick % 20 == 0 {
            let _ = handle.send(SynthCommand::Bank(VoiceBank::new(&plans(), 44_100.0), 0.05));
        }
        for command in commands(tick) {
            assert!(handle.send(command).is_ok());
        }
        // Now and then the track underruns.
        if tick % 50 < 40 {
            while feeder.fill() {}
        }
        // Some ticks are late, some are played two at once.
        let times = [1, 1, 0, 2][tick as usize % 4];
        assert_no_alloc::assert_no_alloc(|| (0..times).for_each(|_| synth.render(&mut buffer)));
        if tick % 70 == 0 {
            handle.sweep();
        }
    }
}

/// The greatest second difference: a click is a corner.
fn sharpest(out: &[f32]) -> f32 {
    let left: Vec<f32> = out.iter().step_by(2).copied().collect();
    left.windows(3).map(|w| (w[0] - 2.0 * w[1] + w[2]).abs()).fold(0.0, f32::max)
}

/// A tone of 110 Hz, with something changed every tick.
fn tone(mut happens: impl FnMut(u64, &mut SynthHandle), ticks: u64) -> Vec<f32> {
    let (mut synth, mut handle) = synth(48_000, 60.0, None);
    let mut plan = plans().remove(3);
    plan.knobs[5] = 0.0;
    let _ = handle.send(SynthCommand::Bank(VoiceBank::new(&[plan], 48_000.0), 0.05));
    let mut out = vec![0.0; 1600 * ticks as usize];
    for (tick, block) in out.chunks_mut(1600).enumerate() {
        let _ = handle.send(SynthCommand::Level { voice: 0, part: 0, value: 1.0, place: 0.0 });
        happens(tick as u64, &mut handle);
        let _ = handle.send(SynthCommand::Tick(tick as u64));
        synth.render(block);
    }
    out
}

#[test]
fn knobs_scenes_start_and_stop_never_click() {
    let tone_alone = tone(|_, _| {}, 120);
    let still = sharpest(&tone_alone);
    // Of 110 Hz, and loud enough that a jump of its level would be ten times as sharp.
    let peak = tone_alone.iter().fold(0.0f32, |m, v| m.max(v.abs()));
    assert!(peak > 30.0 * still && still > 0.0, "{peak} {still}");
    let knobs = tone(
        |tick, handle| {
            let value = if tick % 2 == 0 { -60.0 } else { -15.0 };
            let _ = handle.send(SynthCommand::Knob { voice: 0, knob: 0, value });
        },
        120,
    );
    assert!(sharpest(&knobs) < 3.0 * still, "knobs: {} against {still}", sharpest(&knobs));
    let scenes = tone(
        |tick, handle| {
            if tick % 10 == 5 {
                let mut plan = plans().remove(3);
                plan.knobs[5] = 0.0;
                let _ = handle.send(SynthCommand::Bank(VoiceBank::new(&[plan], 48_000.0), 0.05));
            }
        },
        120,
    );
    assert!(sharpest(&scenes) < 3.0 * still, "scenes: {} against {still}", sharpest(&scenes));
    let stops = tone(|tick, handle| handle.shared.set_volume((tick % 20 < 10) as u8 as f32), 120);
    assert!(sharpest(&stops) < 3.0 * still, "stops: {} against {still}", sharpest(&stops));
}

#[test]
fn a_scene_sounds_the_same_twice_and_different_with_another_seed() {
    let heard = |seed: u64| {
        let mut engine = engine();
        engine.reseed(seed).unwrap();
        let (mut offline, mut out) = (Offline::new(48_000, 60.0, None), Vec::new());
        for _ in 0..60 {
            engine.step(&[]);
            offline.tick(&engine, engine.tick() - 1, 0.0, &mut out);
        }
        assert_eq!(out.len(), 2 * 48_000);
        out
    };
    let first = heard(1);
    assert!(first == heard(1));
    assert!(first != heard(2));
    let rms = (first.iter().map(|v| v * v).sum::<f32>() / first.len() as f32).sqrt();
    assert!((0.005..0.5).contains(&rms), "{rms}");
}

#[test]
fn a_dead_world_is_silent() {
    let text = SCENE.replace("density = 0.3", "density = 0.0").replace(r#"["wave.slow", "#, "[");
    let scene = Scene::parse(&text, "dead", Path::new("."), CATALOGUE).unwrap();
    let mut engine = Engine::new(scene, Some(5)).unwrap();
    let (mut offline, mut out) = (Offline::new(48_000, 60.0, None), Vec::new());
    for _ in 0..60 {
        engine.step(&[]);
        offline.tick(&engine, engine.tick() - 1, 0.0, &mut out);
    }
    let peak = |out: &[f32]| out.iter().fold(0.0f32, |m, v| m.max(v.abs()));
    assert!(out.len() == 96_000 && peak(&out) < 1e-4, "{}", peak(&out));
}

#[test]
fn odd_rates_of_ticks_give_whole_seconds() {
    let (mut offline, mut out) = (Offline::new(48_000, 70.0, None), Vec::new());
    let mut engine = engine();
    for _ in 0..700 {
        engine.step(&[]);
        offline.tick(&engine, engine.tick() - 1, 0.0, &mut out);
    }
    assert_eq!(out.len(), 2 * 480_000);
}

#[test]
fn a_stalled_show_keeps_its_sound_and_catches_up() {
    let (mut synth, mut handle) = synth(48_000, 60.0, None);
    let mut sonifier = Sonifier::default();
    let mut engine = engine();
    let mut commands = Vec::new();
    sonifier.read(&engine, engine.tick(), 48_000, 0.0, &mut commands);
    commands.drain(..).for_each(|o| assert!(handle.send(o).is_ok()));
    let mut second = vec![0.0f32; 96_000];
    assert_eq!((handle.shared.underruns(), waiting(&handle.shared)), (0, 1));
    synth.render(&mut second);
    assert_eq!((handle.shared.underruns(), waiting(&handle.shared)), (1, 0));
    // Twenty ticks at once, after a second of none: the synth catches up with the show.
    for _ in 0..20 {
        engine.step(&[]);
        sonifier.read(&engine, engine.tick(), 48_000, 0.0, &mut commands);
        commands.drain(..).for_each(|o| assert!(handle.send(o).is_ok()));
    }
    assert_eq!(waiting(&handle.shared), 20);
    // At the normal rate it would be twelve behind.
    render_ticks(&mut synth, 8);
    assert!((1..=6).contains(&waiting(&handle.shared)), "{}", waiting(&handle.shared));
}

fn render_ticks(synth: &mut Synth, ticks: usize) {
    let mut block = vec![0.0f32; 1600];
    (0..ticks).for_each(|_| synth.render(&mut block));
}

fn waiting(shared: &SynthStatus) -> u64 {
    shared.waiting()
}
