//! Random one-system scenes: what the judge learns from. The scene is written as text, so that whoever holds a
//! frame's manifest row can run the very process that made it again.

use std::fmt::Write;

use crate::world::frame::palette::Palette;
use crate::world::params::{KnobKind, Scale, Spec};
use crate::world::rng::Rng;
use crate::world::system::{Kind, Port};

/// A random scene of one system.
pub struct Specimen {
    /// The scene file.
    pub text: String,
    /// Ticks to run before the first frame.
    pub warm_up: u64,
    /// Ticks between frames.
    pub stride: u64,
}

/// Canvas sizes; frames are then reduced to the judge's own.
const SIZES: &[(usize, usize)] = &[(96, 54), (160, 90), (192, 108), (256, 144)];

/// Life-like rules that stay busy from a random soup.
const RULES: &[&str] =
    &["B3/S23", "B3/S23", "B3/S23", "B36/S23", "B3678/S34678", "B34/S34", "B368/S245", "B35678/S5678"];

/// A specimen of a system. `rng` is the address of this specimen.
pub fn specimen(kind: &Kind, rng: Rng) -> Specimen {
    let (w, h) = SIZES[rng.below(0, SIZES.len() as u64) as usize];
    let output = &kind.outputs[output(kind, rng)];
    let mut text = format!("size = [{w}, {h}]\n[node.it]\nsystem = \"{}\"\n", kind.name);
    for (i, spec) in kind.knobs.iter().enumerate() {
        if let Some(value) = knob(spec, rng.named("knob").fork(i as u64)) {
            let value = spec.text(value);
            let quoted = matches!(spec.kind, KnobKind::Choice(_));
            let _ = if quoted {
                writeln!(text, "{} = \"{value}\"", spec.name)
            } else {
                writeln!(text, "{} = {value}", spec.name)
            };
        }
    }
    if kind.texts.iter().any(|t| t.name == "rule") {
        let _ = writeln!(text, "rule = \"{}\"", RULES[rng.below(1, RULES.len() as u64) as usize]);
    }
    drive(kind, &mut text, rng.named("drive"));
    layer(output, &mut text, rng.named("layer"));
    Specimen { text, warm_up: 20 + rng.below(2, 100), stride: 10 + rng.below(3, 30) }
}

/// Any output, the first two more often: they are what scenes mostly show.
fn output(kind: &Kind, rng: Rng) -> usize {
    let r = rng.named("output");
    let n = kind.outputs.iter().filter(|o| !o.name.starts_with("layer")).count().max(1) as u64;
    if r.unit(0) < 0.4 { r.below(1, n.min(2)) as usize } else { r.below(2, n) as usize }
}

/// Half of the knobs stay where they are; the others move around their default. Knobs that ask for more work
/// (counts, iterations, steps) are never raised.
fn knob(spec: &Spec, r: Rng) -> Option<f64> {
    if r.unit(0) < 0.5 {
        return None;
    }
    let home = spec.position_of(spec.default);
    let spread = if r.unit(1) < 0.2 { 0.35 } else { 0.12 };
    let near = spec.value_at(home + spread * r.normal(2) as f64);
    match spec.kind {
        KnobKind::Choice(names) if r.unit(3) < 0.5 => Some(r.below(4, names.len() as u64) as f64),
        KnobKind::Switch => Some((r.unit(3) < 0.5) as u8 as f64),
        KnobKind::Choice(_) => None,
        KnobKind::Whole => Some(near.min(spec.default)),
        KnobKind::Real if spec.scale == Scale::Log || spec.hi > spec.lo => Some(round(near)),
        KnobKind::Real => None,
    }
}

/// Six significant digits are enough, and read well in a manifest.
fn round(v: f64) -> f64 {
    format!("{v:.5e}").parse().unwrap_or(v)
}

/// Often an input is driven by noise, as it would be by a neighbour in a scene.
fn drive(kind: &Kind, text: &mut String, r: Rng) {
    if kind.name == "noise" || r.unit(0) < 0.5 || kind.inputs.is_empty() {
        return;
    }
    let port = &kind.inputs[r.below(1, kind.inputs.len() as u64) as usize];
    let (from, gain) = match port.planes {
        2 => ("air.flow", 0.2),
        _ => ("air.value", 0.6),
    };
    let node = text.find("[node.it]").unwrap_or(0);
    text.insert_str(
        node,
        &format!("[node.air]\nsystem = \"noise\"\nsize = [48, 27]\nscale = {}\n", 2 + r.below(2, 4)),
    );
    let _ = writeln!(text, "{} = {{ from = \"{from}\", gain = {gain} }}", port.name);
}

fn layer(output: &Port, text: &mut String, r: Rng) {
    let palettes: Vec<&str> = Palette::names().collect();
    let palette = palettes[r.below(0, palettes.len() as u64) as usize];
    let _ = writeln!(text, "[[layer]]\nshow = \"it.{}\"\npalette = \"{palette}\"", output.name);
    let (lo, hi) = (output.lo as f64, output.hi as f64);
    let reach = (hi - lo) * (0.5 + r.unit64(1));
    let _ = writeln!(text, "low = {}\nhigh = {}", round(lo), round(lo + reach.max(1e-6)));
    let _ = writeln!(text, "gamma = {:.2}\nhue = {:.2}", 0.6 + 0.9 * r.unit64(2), r.unit64(3) - 0.5);
    if r.unit(4) < 0.5 {
        let zoom = 1.0 + 2.0 * r.unit64(5) * r.unit64(6);
        let (x, y) = (0.3 + 0.4 * r.unit64(7), 0.3 + 0.4 * r.unit64(8));
        let _ = writeln!(text, "zoom = {zoom:.3}\nx = {x:.3}\ny = {y:.3}");
    }
}
