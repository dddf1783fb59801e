//! Scenes that listen and are heard, before their own loudspeaker: the sound of the worlds comes back into the
//! microphone, louder than it left.

use std::collections::VecDeque;
use std::path::Path;

use untrained::CATALOGUE;
use untrained::sound::analysis::{Analyser, SIGNALS};
use untrained::sound::feedback_suppressor::{FeedbackSuppressor, UPDATE_RATE};
use untrained::sound::{Offline, RATE};
use untrained::world::engine::Engine;
use untrained::world::rng::Rng;
use untrained::world::room_sound::RoomSound;
use untrained::world::scene::Scene;
use untrained::world::tape::Event;

/// Delay of devices and room, ticks: a fifth of a second.
const DELAY: usize = 12;
/// Gain from loudspeaker to microphone: the room howls if a world passes on all it hears.
const ROOM: f32 = 4.0;
/// Full scale, as a limiter leaves it.
const FULL: f32 = 0.95;

/// A scene of the repository with its worlds at a quarter of their size.
fn small(name: &str) -> Scene {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes").join(format!("{name}.toml"));
    let text = std::fs::read_to_string(&file).unwrap().replace("size = [640, 360]", "size = [160, 90]");
    let text = text.replace("size = [128, 72]", "size = [64, 36]");
    Scene::parse(&text, name, file.parent().unwrap(), CATALOGUE).unwrap_or_else(|p| panic!("{p:?}"))
}

/// Root mean square of the loudspeaker in each half second.
fn levels(name: &str, guarded: bool, seconds: usize) -> Vec<f32> {
    let mut engine = Engine::new(small(name), Some(3)).unwrap();
    let (mut offline, mut analyser) = (Offline::new(RATE, 60.0, None), Analyser::new(RATE));
    let mut guard = FeedbackSuppressor::default();
    let mut air = VecDeque::from(vec![vec![0.0f32; 800]; DELAY]);
    let (mut gain, mut levels, mut sum) = (1.0f32, Vec::new(), 0.0f32);
    let rms = |x: &[f32]| (x.iter().map(|v| v * v).sum::<f32>() / x.len().max(1) as f32).sqrt();
    for tick in 0..60 * seconds as u64 {
        let people = Rng::new(8).fork(tick);
        let back = air.pop_front().unwrap();
        let heard =
            back.iter().enumerate().map(|(i, v)| (v + 0.02 * people.normal(i as u64)).clamp(-1.0, 1.0));
        let heard: Vec<f32> = heard.collect();
        analyser.push(&heard);
        let named = SIGNALS.iter().zip(analyser.signals());
        let mut events: Vec<Event> =
            named.map(|(s, v)| Event::Signal(format!("sound.{}", s.name), *v)).collect();
        events.push(Event::Room(RoomSound::of(heard.iter().copied())));
        engine.step(&events);
        let mut out = Vec::new();
        offline.tick(&engine, tick, 0.0, &mut out);
        let mono: Vec<f32> = out.chunks(2).map(|p| (gain * 0.5 * (p[0] + p[1])).clamp(-FULL, FULL)).collect();
        sum += rms(&mono);
        if guarded && tick % (60 / UPDATE_RATE as u64) == 0 {
            gain = guard.update(rms(&mono), rms(&heard));
        }
        air.push_back(mono.iter().map(|v| v * ROOM).collect());
        if tick % 30 == 29 {
            levels.push(std::mem::take(&mut sum) / 30.0);
        }
    }
    levels
}

#[test]
fn installations_that_hear_themselves_do_not_run_away() {
    for name in INSTALLATIONS {
        let (free, held) = (levels(name, false, 24), levels(name, true, 24));
        let late = |x: &[f32]| x[x.len() / 2..].iter().fold(0.0f32, |m, v| m.max(*v));
        println!("{name}: {:.3} without the guard, {:.3} with it", late(&free), late(&held));
        assert!(late(&held) < 0.3, "{name}: {}", late(&held));
        assert!(late(&held) > 0.003, "{name} is silenced");
    }
}

/// Scenes that need nothing but a microphone and a loudspeaker.
const INSTALLATIONS: [&str; 3] = ["room", "pond", "julia_drum"];
