//! Random scenes of one system alone, for the training of the judge. (A world driven by another shows both, and has no
//! single true label.) The scene is written as text, so that anyone with a frame's manifest row can run the process
//! that made it again.

use std::fmt::Write;

use crate::world::field::Field;
use crate::world::frame::palette::Palette;
use crate::world::params::{KnobKind, ParamSpec, Scale};
use crate::world::rng::Rng;
use crate::world::system::SystemKind;

/// A random world of one system, and the ways to look at it.
pub struct Specimen {
    kind: &'static SystemKind,
    rng: Rng,
    /// The node, as text.
    world: String,
    /// Ticks to run before the first frame.
    pub warm_up: u64,
    /// Ticks between frames.
    pub stride: u64,
}

impl Specimen {
    /// The output that a look shows.
    pub fn output(&self, look: u64) -> usize {
        output(self.kind, address(self.rng.named("output"), look))
    }

    /// The scene file of a look, whose layer is given.
    pub fn scene(&self, look: u64, layer: &str) -> String {
        let (w, h) = drawn(CANVASES, address(self.rng, look).unit64(4));
        format!("size = [{w}, {h}]\n{}{layer}", self.world)
    }
}

/// The address of a look's choices; those of the first are the world's own.
pub fn address(rng: Rng, look: u64) -> Rng {
    if look == 0 { rng } else { rng.named("look").fork(look) }
}

/// A size, and how often it is drawn.
type Weighted = ((usize, usize), f64);

/// Sizes of the picture, pixels, from thumbnails to a scene's; it is then reduced to the judge's input size.
const CANVASES: &[Weighted] =
    &[((64, 36), 0.1), ((96, 54), 0.1), ((160, 90), 0.2), ((320, 180), 0.4), ((640, 360), 0.2)];

/// Sizes of the world, cells. Shipped scenes have the largest; small ones cost less.
const SIZES: &[Weighted] = &[
    ((96, 54), 0.15),
    ((128, 72), 0.2),
    ((160, 90), 0.25),
    ((240, 135), 0.2),
    ((320, 180), 0.15),
    ((480, 270), 0.05),
];

fn drawn(sizes: &[Weighted], u: f64) -> (usize, usize) {
    let mut sum = 0.0;
    let up_to = sizes.iter().find(|(_, weight)| {
        sum += weight;
        u < sum
    });
    up_to.unwrap_or(&sizes[sizes.len() - 1]).0
}

/// Life-like rules that stay active from a random soup.
const RULES: &[&str] =
    &["B3/S23", "B3/S23", "B3/S23", "B36/S23", "B3678/S34678", "B34/S34", "B368/S245", "B35678/S5678"];

/// A specimen of a system. `rng` is the address of this specimen.
pub fn specimen(kind: &'static SystemKind, rng: Rng) -> Specimen {
    let (w, h) = drawn(SIZES, rng.unit64(0));
    let mut world = format!("[node.it]\nsystem = \"{}\"\nsize = [{w}, {h}]\n", kind.name);
    let chosen = (kind.habitat)(rng.named("habitat"));
    for (i, spec) in kind.knobs.iter().enumerate() {
        let given = chosen.iter().find(|(name, _)| *name == spec.name).map(|c| round(c.1));
        if let Some(value) = given.or_else(|| knob(spec, rng.named("knob").fork(i as u64))) {
            let quote = if matches!(spec.kind, KnobKind::Choice(_)) { "\"" } else { "" };
            let _ = writeln!(world, "{} = {quote}{}{quote}", spec.name, spec.text(value));
        }
    }
    if kind.texts.iter().any(|t| t.name == "rule") {
        let _ = writeln!(world, "rule = \"{}\"", RULES[rng.below(1, RULES.len() as u64) as usize]);
    }
    let warm_up = kind.warm_up + 15 + rng.below(2, 70);
    Specimen { kind, rng, world, warm_up, stride: 8 + rng.below(3, 24) }
}

/// Scenes mostly show the first outputs: each is drawn 0.55 times as often as the one before.
fn output(kind: &SystemKind, r: Rng) -> usize {
    let shown = kind.outputs.iter().filter(|o| !o.name.starts_with("layer")).count().max(1);
    let up_to = |n: usize| 1.0 - (0..n).fold(1.0, |share, _| share * 0.55);
    let u = r.unit64(0) * up_to(shown);
    (1..shown).find(|&k| u < up_to(k)).unwrap_or(shown) - 1
}

/// Half of the knobs keep their default; the others vary around it. Knobs that cost more work (counts, iterations,
/// steps) are never raised.
fn knob(spec: &ParamSpec, r: Rng) -> Option<f64> {
    if r.unit(0) < 0.5 {
        return None;
    }
    let home = spec.position_of(spec.default);
    let spread = if r.unit(1) < 0.2 { 0.25 } else { 0.1 };
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

/// Six significant digits are enough, and easy to read in a manifest.
fn round(v: f64) -> f64 {
    format!("{v:.5e}").parse().unwrap_or(v)
}

/// The layer that shows an output, toned to its current values (`now`), as the author of a scene would. None if there
/// is nothing to see.
pub fn layer(output: &str, now: &Field, r: Rng) -> Option<String> {
    let mut text = format!("[[layer]]\nshow = \"it.{output}\"\n");
    if now.planes() < 3 {
        let (lo, hi) = span(now);
        let reach = hi - lo;
        if reach.is_nan() || reach < 1e-6 {
            return None;
        }
        let palettes: Vec<&str> = Palette::names().collect();
        let palette = palettes[r.below(0, palettes.len() as u64) as usize];
        let (low, high) = (lo - 0.15 * reach * r.unit64(1), hi + 0.4 * reach * r.unit64(2));
        let _ = writeln!(text, "palette = \"{palette}\"\nlow = {}\nhigh = {}", round(low), round(high));
        let _ = writeln!(text, "gamma = {:.2}\nhue = {:.2}", 0.6 + 0.9 * r.unit64(3), r.unit64(4) - 0.5);
    }
    if r.unit(5) < 0.5 {
        let zoom = 1.0 + r.unit64(6) * r.unit64(7);
        // Somewhere, but never over the world's edge.
        let aside = |k| 0.5 + (r.unit64(k) - 0.5) * (1.0 - 1.0 / zoom);
        let (x, y) = (aside(8), aside(9));
        let _ = writeln!(text, "zoom = {zoom:.3}\nx = {x:.3}\ny = {y:.3}");
    }
    Some(text)
}

/// The 2nd and the 98th percentile of the values, or their extremes where these coincide; of vectors the lengths.
fn span(f: &Field) -> (f64, f64) {
    let mut values: Vec<f32> = match f.planes() {
        1 => f.plane(0).to_vec(),
        _ => f.plane(0).iter().zip(f.plane(1)).map(|(x, y)| (x * x + y * y).sqrt()).collect(),
    };
    values.sort_by(f32::total_cmp);
    let at = |q: f64| values[(q * (values.len() - 1) as f64) as usize] as f64;
    if at(0.98) > at(0.02) { (at(0.02), at(0.98)) } else { (at(0.0), at(1.0)) }
}
