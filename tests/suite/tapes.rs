//! A tape reproduces its performance: the live sound and the sound of the tape, sample by sample, and every picture.

use std::path::Path;
use std::process::Command;

use untrained::performance::{Performance, PerformanceSetup, TapeTarget};
use untrained::show::source::SceneSource;
use untrained::show::{Command as ShowCommand, ShowDriver};
use untrained::sound::{Offline, RATE};
use untrained::world::frame::Frame;
use untrained::world::system::{Phase, Touch};
use untrained::world::tape::{Event, Transition};

/// Ants that food lures home, sonified by what they do: users move their world and their voice.
const SCENE: &str = r#"
size = [96, 64]

[node.cloud]
system = "noise"
scale = 3
speed = 1

[node.cells]
system = "life"
size = [96, 64]
rule = "B36/S23"

[wave.slow]
period = 0.7

[[link]]
from = "wave.slow"
to = "cloud.contrast"
span = [1, 4]

[[layer]]
name = "sky"
show = "cloud.value"
palette = "inferno"

[[layer]]
show = "cells.alive"
blend = "add"
opacity = 0.4

[voice.wind]
kind = "wind"
read = "cloud.value"
level = -3

[voice.cells]
kind = "grains"
read = "cells.alive"
level = -6
"#;

/// Duration of the transition to the second scene, seconds.
const TRANSITION: f64 = 0.5;

fn touch(x: f32, phase: Phase) -> ShowCommand {
    let touch = Touch { id: 0, x, y: 0.4, dx: 0.02, dy: 0.01, radius: 0.2, strength: 1.0, phase };
    ShowCommand::Event(Event::Touch(touch))
}

fn set(address: &str, value: f64) -> ShowCommand {
    ShowCommand::Event(Event::Set(address.into(), value))
}

/// Commands of users at a tick.
fn user_commands(tick: u64) -> Vec<ShowCommand> {
    match tick {
        10 => vec![touch(0.3, Phase::Down)],
        11..=20 => vec![touch(0.3 + 0.02 * (tick - 10) as f32, Phase::Move)],
        21 => vec![touch(0.5, Phase::Up), set("voice.wind.level", 0.0)],
        30 => vec![ShowCommand::Event(Event::Link(0, false)), set("cloud.scale", 7.0)],
        40 => vec![ShowCommand::Undo, ShowCommand::Keep(2)],
        50 => vec![set("layer.sky.opacity", 0.5), ShowCommand::Event(Event::Reseed(99))],
        60 => vec![ShowCommand::Scene(1)],
        _ => Vec::new(),
    }
}

/// Sound and pictures of a performance, tick by tick.
#[derive(Default)]
struct Lived {
    samples: Vec<f32>,
    pictures: Vec<u64>,
}

impl Lived {
    fn tick(&mut self, played: &mut Performance, offline: &mut Offline) {
        let (tick, before) = (played.ticks(), played.engine().scene().name.clone());
        played.tick();
        let comes = played.engine().scene().name != before;
        let transition = if comes { TRANSITION as f32 } else { 0.0 };
        offline.tick(played.engine(), tick, transition, &mut self.samples);
        let mut frame = Frame::default();
        played.picture(&mut frame);
        self.pictures.push(frame.hash());
    }
}

fn perform(folder: &Path) -> Lived {
    let files =
        [("a", SCENE.into()), ("b", SCENE.replace("inferno", "viridis").replace("scale = 3", "scale = 9"))];
    let sources = files.map(|(name, text)| {
        let file = folder.join(format!("{name}.toml"));
        std::fs::write(&file, text).unwrap();
        SceneSource::File(file)
    });
    let tape = TapeTarget::File(folder.join("t.tape"));
    let setup = PerformanceSetup {
        tape,
        manual_transition: (Transition::Dissolve, TRANSITION),
        seed: Some(5),
        ..PerformanceSetup::of(untrained::CATALOGUE, sources.to_vec())
    };
    let mut played = setup.start().unwrap();
    let rate = played.engine().scene().rate;
    let (mut offline, mut lived, mut done) = (Offline::new(RATE, rate, None), Lived::default(), 0);
    // Worlds are created on their own thread: run this many ticks after the second scene has become active.
    while done < 60 {
        user_commands(played.ticks()).into_iter().for_each(|command| played.command(command));
        lived.tick(&mut played, &mut offline);
        done += (played.engine().scene().name == "b") as usize;
        assert!(played.ticks() < 20_000, "the second scene never came");
    }
    assert!(played.end()[0].contains("tape"), "the tape is closed");
    lived
}

fn render(folder: &Path, args: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
    let out = program.current_dir(folder).arg("render").args(args.split_whitespace()).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn a_tape_sounds_and_looks_as_the_performance_did_to_the_last_bit() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    let lived = perform(folder);
    ["a.toml", "b.toml"].iter().for_each(|f| std::fs::remove_file(folder.join(f)).unwrap());
    let seconds = lived.pictures.len() as f64 / 60.0;
    render(folder, &format!("--tape t.tape --out x.png --only --wav t.wav --seconds {seconds}"));
    let mut wav = hound::WavReader::open(folder.join("t.wav")).unwrap();
    let spec = wav.spec();
    assert_eq!((spec.channels, spec.sample_rate), (2, RATE));
    let again: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => wav.samples::<f32>().map(Result::unwrap).collect(),
        hound::SampleFormat::Int => {
            let full = (1i64 << (spec.bits_per_sample - 1)) as f32;
            wav.samples::<i32>().map(|s| s.unwrap() as f32 / full).collect()
        }
    };
    assert_eq!(again.len(), lived.samples.len());
    let step = if spec.sample_format == hound::SampleFormat::Float { 0.0 } else { 1.0 / 32_767.0 };
    let apart = again.iter().zip(&lived.samples).position(|(a, b)| (a - b).abs() > step);
    assert_eq!(apart, None, "the first sample that differs, of {}", again.len());
    let power = |s: &[f32]| s.iter().map(|v| v * v).sum::<f32>() / s.len() as f32;
    let second = RATE as usize * 2;
    assert!(
        power(&again[..second]) > 1e-6 && power(&again[again.len() - second / 2..]) > 1e-6,
        "it is heard"
    );
    let hashes = render(folder, &format!("--tape t.tape --hash --seconds {seconds}"));
    let seen: Vec<&str> = hashes.lines().filter_map(|l| l.strip_prefix("tick ")?.split(' ').nth(1)).collect();
    let live: Vec<String> = lived.pictures.iter().map(|h| format!("{h:016x}")).collect();
    assert_eq!(seen, live);
    let different: std::collections::BTreeSet<&String> = live.iter().collect();
    assert!(different.len() > live.len() / 2, "the pictures move");
    // One command less on the tape is another sound: the comparison is sensitive.
    let tape = std::fs::read_to_string(folder.join("t.tape")).unwrap();
    for what in ["voice.wind.level", "\"Touch\"", "cloud.scale"] {
        let less: Vec<&str> = tape.lines().filter(|l| !l.contains(what) || l.contains("\"Enter\"")).collect();
        assert!(less.len() < tape.lines().count(), "{what} is on the tape");
        std::fs::write(folder.join("less.tape"), less.join("\n") + "\n").unwrap();
        render(folder, &format!("--tape less.tape --out y.png --only --wav less.wav --seconds {seconds}"));
        let bytes = |name: &str| std::fs::read(folder.join(name)).unwrap();
        assert!(bytes("less.wav") != bytes("t.wav"), "without {what} it sounds otherwise");
    }
}
