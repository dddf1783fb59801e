//! Frames of one random world of a system, each seen in several ways.
//!
//! What a world looks like is drawn apart from what it is: the output that is shown, its palette, tone, view and size. A
//! judge meets worlds in looks that their authors choose, and running a world costs far more than looking at it.

use super::labelled_frame::LabelledFrame;
use super::specimen::{Specimen, address, layer, specimen};
use crate::CATALOGUE;
use crate::data::dataset::{Origin, Split, Truth};
use crate::data::reduce::reduce;
use crate::world::engine::Engine;
use crate::world::frame::Frame;
use crate::world::rng::Rng;
use crate::world::scene::Scene;
use crate::world::system::SystemKind;

/// How often a world is looked at.
pub struct Looks {
    /// Moments at which it is.
    pub frames: usize,
    /// Ways in which it is at each.
    pub looks: u8,
    /// The part of the set to which all of its frames belong, so that no world is in both.
    pub split: Split,
    /// Its seed.
    pub seed: u64,
}

/// Frames of one random world that show something, with what `truth` says of each. None if it cannot be created.
pub fn shots(
    kind: &'static SystemKind,
    rng: Rng,
    looks: &Looks,
    truth: impl Fn(&mut Engine, &Frame) -> Option<Truth>,
) -> Vec<LabelledFrame> {
    let made = specimen(kind, rng);
    let plain = made.scene(0, &format!("[[layer]]\nshow = \"it.{}\"\n", kind.outputs[made.output(0)].name));
    let created = parse(&plain).and_then(|s| Engine::new(s, Some(looks.seed)).ok());
    let Some(mut engine) = created else { return Vec::new() };
    (0..made.warm_up).for_each(|_| engine.step(&[]));
    let mut shots = Vec::new();
    let mut first = None;
    for frame in 0..looks.frames as u64 {
        (0..if frame == 0 { 0 } else { made.stride }).for_each(|_| engine.step(&[]));
        for way in 0..looks.looks as u64 {
            // The first way to look at a world is the same at all moments.
            let look = if way == 0 { 0 } else { frame << 8 | way };
            let text = match (way, &first) {
                (0, Some(text)) => Some(String::clone(text)),
                _ => look_at(kind, &made, &engine, rng, look),
            };
            let Some(text) = text else { continue };
            if way == 0 {
                first = Some(text.clone());
            }
            shots.extend(shot(kind, &mut engine, text, looks, &truth));
        }
        if first.is_none() {
            return Vec::new();
        }
    }
    shots
}

/// The scene that shows a world in one way; none if there is nothing to see.
fn look_at(kind: &SystemKind, made: &Specimen, engine: &Engine, rng: Rng, look: u64) -> Option<String> {
    let output = made.output(look);
    let now = engine.scene().node("it").map(|it| engine.field(it, output)).unwrap_or_default();
    Some(made.scene(look, &layer(kind.outputs[output].name, &now, address(rng.named("layer"), look))?))
}

fn parse(text: &str) -> Option<Scene> {
    Scene::parse(text, "specimen", std::path::Path::new("."), CATALOGUE).ok()
}

fn shot(
    kind: &SystemKind,
    engine: &mut Engine,
    text: String,
    looks: &Looks,
    truth: impl Fn(&mut Engine, &Frame) -> Option<Truth>,
) -> Option<LabelledFrame> {
    engine.swap(parse(&text)?, None).ok()?;
    let mut frame = Frame::default();
    engine.compose(&mut frame);
    let picture = reduce(&frame.rgba, frame.width, frame.height, 4);
    if !shows_something(&picture) {
        return None;
    }
    let origin = Origin {
        label: kind.name.into(),
        split: looks.split,
        scene_hash: engine.scene().hash,
        seed: looks.seed,
        tick: engine.tick(),
        scene: text,
    };
    let truth = truth(engine, &frame);
    Some(LabelledFrame { picture, origin, truth })
}

/// Whether at least a twelfth of a picture differs clearly from its commonest tone.
fn shows_something(picture: &[u8]) -> bool {
    let median = |c: usize| {
        let mut plane: Vec<u8> = picture.iter().skip(c).step_by(3).copied().collect();
        let middle = plane.len() / 2;
        *plane.select_nth_unstable(middle).1
    };
    let middle = [median(0), median(1), median(2)];
    let stands_out = |p: &&[u8; 3]| p.iter().zip(&middle).any(|(v, m)| v.abs_diff(*m) > 28);
    let pixels = picture.as_chunks::<3>().0;
    pixels.iter().filter(stands_out).count() * 12 >= pixels.len()
}
