//! What holds for every voice of the catalogue.

use std::path::Path;

use super::*;
use crate::command::SynthCommand;
use crate::math::strength;
use crate::synth::synth;
use crate::tests::CATALOGUE as SCENES;
use crate::{Offline, RATE};
use world::engine::Engine;
use world::rng::Rng;
use world::scene::Scene;
use world::voice::{Reads, VoiceInput};

/// A scene of cells, of which a share `density` lives, and of discs, as warm as that, sonified by one voice of a kind.
fn scene(kind: &str, density: f32, read: &str) -> String {
    format!(
        "size = [64, 36]\n[node.cells]\nsystem = \"life\"\ndensity = {density}\n[node.gas]\nsystem = \"discs\"\n\
         count = 40\nradius = 2\ntemperature = {density}\n[node.drum]\nsystem = \"membrane\"\nsize = [32, 18]\n\
         shake = {density}\n[voice.v]\nkind = \"{kind}\"\nread = {read}\n[[layer]]\n\
         show = \"cells.alive\"\n"
    )
}

/// Two seconds of that scene.
fn rendered(kind: &VoiceKind, density: f32) -> Vec<f32> {
    let read = match kind.reads {
        Reads::Field => "\"cells.births\"",
        Reads::Signals => "[\"cells.births.mean\", \"cells.alive.mean\"]",
        Reads::Soundings => "\"gas\"",
        Reads::Audio => "\"drum\"",
    };
    let text = scene(kind.name, density, read);
    let scene = Scene::parse(&text, "one", Path::new("."), SCENES).unwrap_or_else(|p| panic!("{p:?}"));
    let mut engine = Engine::new(scene, Some(5)).unwrap();
    let (mut offline, mut out) = (Offline::new(RATE, 60.0, None), Vec::new());
    for _ in 0..120 {
        engine.step(&[]);
        offline.tick(&engine, engine.tick() - 1, 0.0, &mut out);
    }
    out
}

fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0f32, |m, v| m.max(v.abs()))
}

#[test]
fn every_voice_is_audible_with_a_live_world_and_silent_with_a_dead_one() {
    for kind in KINDS {
        let (alive, dead) = (peak(&rendered(kind, 0.4)), peak(&rendered(kind, 0.0)));
        assert!(alive > 1e-3 && dead < 1e-4, "{}: {alive} alive, {dead} dead", kind.name);
    }
}

/// Spectrum in sixths of an octave, normalised to a sum of one.
fn spectrum(stereo: &[f32]) -> Vec<f64> {
    let left: Vec<f32> = stereo.iter().step_by(2).copied().skip(24_000).take(48_000).collect();
    let bands: Vec<f64> = (0..48).map(|i| strength(&left, 50.0 * 2f64.powf(i as f64 / 6.0))).collect();
    let sum: f64 = bands.iter().sum();
    bands.iter().map(|b| b / sum).collect()
}

/// With the same world and normalised spectra, no two voices can be confused.
#[test]
fn no_two_voices_sound_alike() {
    let all: Vec<_> = KINDS.iter().map(|k| (k.name, spectrum(&rendered(k, 0.4)))).collect();
    for (i, (a, one)) in all.iter().enumerate() {
        for (b, other) in &all[i + 1..] {
            let apart: f64 = 0.5 * one.iter().zip(other).map(|(x, y)| (x - y).abs()).sum::<f64>();
            println!("{a} and {b}: {apart:.3}");
            assert!(apart > 0.25, "{a} and {b} share all but {apart} of their spectra");
        }
    }
}

/// Sounds of every kind are pinned to the bit: a change of an instrument must be intended, and none can replace
/// another.
#[test]
fn every_voice_plays_its_commands_to_the_bit() {
    let pins = [
        ("grains", 0x3544_037c_7467_1c95),
        ("water", 0xac89_1745_b5cc_ce75),
        ("wind", 0xf1e5_2af8_43ba_8127),
        ("intervals", 0x2b3b_3130_8bc9_0eb0),
        ("partials", 0xab0a_c937_52fe_d811),
        ("bubbles", 0x8ef3_8a93_c4ae_5c88),
        ("strikes", 0x8e56_a674_acd0_de1e),
        ("membrane", 0xe6f3_2ae8_4887_f87b),
        ("aeolian", 0x3aa2_0824_340e_814b),
    ];
    let found: Vec<(&str, u64)> = KINDS.iter().map(|k| (k.name, digest(&driven(k)))).collect();
    assert_eq!(found, pins, "{found:#018x?}");
}

/// A second and a half of a voice whose knobs, levels and grains jump at every tick.
fn driven(kind: &'static VoiceKind) -> Vec<f32> {
    let inputs = match kind.reads {
        Reads::Field => vec![VoiceInput::Field(0, 0)],
        Reads::Signals => vec![VoiceInput::Signal("x".into(), [0.0, 1.0])],
        Reads::Soundings | Reads::Audio => vec![VoiceInput::Node(0)],
    };
    let knobs = kind.knobs.iter().map(|s| s.default).collect();
    let plan = VoicePlan { name: kind.name.into(), kind, inputs, knobs };
    let (mut synth, mut handle) = synth(RATE, 60.0, None);
    let mut send = |command| assert!(handle.send(command).is_ok());
    send(SynthCommand::Bank(VoiceBank::new(&[plan], RATE as f32), 0.05));
    let mut out = vec![0.0; 1600 * 90];
    for (tick, block) in out.chunks_mut(1600).enumerate() {
        let rng = Rng::new(9).fork(tick as u64);
        for (k, spec) in kind.knobs.iter().enumerate().filter(|(k, _)| rng.unit(*k as u64) < 0.1) {
            let value = spec.value_at(rng.unit64(1000 + k as u64)) as f32;
            send(SynthCommand::Knob { voice: 0, knob: k as u8, value });
        }
        for part in 0..24u8 {
            let value = rng.unit(3000 + part as u64);
            send(SynthCommand::Level { voice: 0, part, value, place: value });
        }
        let pitch = if ["water", "bubbles"].contains(&kind.name) { 0.003 } else { 220.0 };
        for n in 0..3 {
            send(SynthCommand::Grain(Grain {
                voice: 0,
                at: rng.unit(n),
                pitch,
                loud: 0.5,
                pan: 0.2,
                seed: n as u32,
            }));
        }
        for n in 0..100 {
            let pairs = std::array::from_fn(|i| [0.3 * rng.normal(9000 + 8 * n + i as u64); 2]);
            send(SynthCommand::Samples { voice: 0, count: 8, pairs });
        }
        send(SynthCommand::Tick(tick as u64));
        synth.render(block);
    }
    out
}

/// FNV-1a (Fowler, Noll, Vo 1991) of the bits.
fn digest(samples: &[f32]) -> u64 {
    let bytes = samples.iter().flat_map(|v| v.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ b as u64).wrapping_mul(0x100_0000_01b3))
}

#[test]
fn kinds_are_those_of_the_catalogue_and_each_has_its_own_name() {
    assert!(KINDS.iter().eq(CATALOGUE.iter().map(|e| &e.kind)));
    for (kind, entry) in KINDS.iter().zip(CATALOGUE) {
        assert!(of(kind).is_some_and(|e| std::ptr::fn_addr_eq(e.create, entry.create)), "{}", kind.name);
        assert_eq!(KINDS.iter().filter(|k| *k == kind).count(), 1, "{}", kind.name);
    }
}

#[test]
fn the_first_knobs_of_every_voice_are_level_space_and_gain() {
    for kind in KINDS {
        let names: Vec<&str> = kind.knobs.iter().take(3).map(|k| k.name).collect();
        assert_eq!(names, ["level", "space", "gain"], "{}", kind.name);
    }
}

#[test]
fn a_kind_of_another_catalogue_is_silent() {
    static FOREIGN: VoiceKind = VoiceKind::of::<()>("gong", "Not of this catalogue.", Reads::Field);
    let plan = VoicePlan { name: "v".into(), kind: &FOREIGN, inputs: vec![], knobs: vec![0.0; 4] };
    let mut bank = VoiceBank::new(&[plan], RATE as f32);
    bank.knob(0, 3, 1.0);
    bank.level(0, 0, 1.0, 1.0);
    assert!(of(&FOREIGN).is_none() && (0..99).all(|_| bank.sample() == ([0.0; 2], [0.0; 2])));
}

#[test]
fn an_unknown_kind_is_a_problem() {
    let text = scene("gong", 0.4, "\"cells.births\"");
    let problems = Scene::parse(&text, "none", Path::new("."), SCENES).expect_err("there is no gong");
    let said = &problems[0].message;
    assert!(problems.len() == 1 && said.contains("there is no kind of voice `gong`"), "{problems:?}");
    assert!(KINDS.iter().all(|k| said.contains(k.name)), "{said}");
}

#[test]
fn the_manual_has_every_voice_with_all_its_knobs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sound.md");
    let manual = std::fs::read_to_string(path).unwrap();
    for kind in KINDS {
        let (_, own) =
            manual.split_once(&format!("\n### {}\n", kind.name)).unwrap_or_else(|| panic!("{}", kind.name));
        let own = own.split("\n#").next().unwrap();
        assert!(own.contains(kind.about) && own.contains("Reads "), "{}", kind.name);
        for knob in kind.knobs {
            let row = format!("| `{}` | {} |", knob.name, knob.doc());
            assert!(knob.doc().ends_with('.') && own.contains(&row), "{}: {row}", kind.name);
        }
    }
}
