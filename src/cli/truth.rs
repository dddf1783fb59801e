//! What is true of a frame: the process of every pixel, the boxes of bodies.

use crate::data::compose::SMALLEST;
use crate::data::dataset::{LabelledBox, Truth};
use crate::data::reduce::{SIDE, reduce};
use crate::world::engine::Engine;
use crate::world::frame::Frame;

/// Least share of a body that lies within the picture.
const INSIDE: f64 = 0.5;

/// What is true of the frame that the engine has just composed; `classes` are what a mask's indices mean.
pub fn truth(engine: &mut Engine, frame: &Frame, classes: &[String]) -> Truth {
    Truth { mask: mask(engine, frame, classes), boxes: boxes(engine), parts: Vec::new() }
}

/// The process of each pixel: that without whose layers the pixel would change most. Where none changes it, and of equal
/// ones, it is the lowest.
fn mask(engine: &mut Engine, frame: &Frame, classes: &[String]) -> Vec<u8> {
    let scene = engine.scene();
    let kinds: Vec<&str> = scene.layers.iter().map(|l| scene.nodes[l.node].kind.name).collect();
    let index = |name: &str| classes.iter().position(|c| c == name).unwrap_or(0) as u8;
    let mut names: Vec<&str> = Vec::new();
    kinds.iter().for_each(|k| {
        if !names.contains(k) {
            names.push(k)
        }
    });
    let mut mask = vec![names.first().map_or(0, |n| index(n)); SIDE * SIDE];
    if names.len() < 2 {
        return mask;
    }
    let whole = reduce(&frame.rgba, frame.width, frame.height, 4);
    let (mut most, mut other) = (vec![0u32; SIDE * SIDE], Frame::default());
    for name in names {
        engine.compose_without(|layer| kinds[layer] == name, &mut other);
        let without = reduce(&other.rgba, other.width, other.height, 4);
        for (i, (a, b)) in whole.as_chunks::<3>().0.iter().zip(without.as_chunks::<3>().0).enumerate() {
            let change: u32 = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b) as u32).sum();
            if change > most[i] {
                (most[i], mask[i]) = (change, index(name));
            }
        }
    }
    mask
}

/// The boxes of all bodies that layers show, on the reduced frame: those of which most lies within it, and that are large
/// enough there. A layer above may hide them.
fn boxes(engine: &Engine) -> Vec<LabelledBox> {
    let scene = engine.scene();
    let (w, h) = scene.size;
    let scale = [SIDE as f64 / w as f64, SIDE as f64 / h as f64];
    let mut all: Vec<LabelledBox> = Vec::new();
    for (plan, layer) in scene.layers.iter().zip(engine.layers()) {
        if layer.knobs.opacity == 0.0 || engine.is_inhibited(plan.node, plan.port) {
            continue;
        }
        let mut bodies = Vec::new();
        engine.node(plan.node).bodies(plan.port, &mut bodies);
        let class = scene.nodes[plan.node].kind.name;
        let seen = bodies.iter().filter_map(|body| clipped(body.seen(&layer.view(), scene.size), scale));
        let seen = seen.map(|edges| LabelledBox { class: class.into(), edges });
        // Two layers may show the same bodies.
        seen.for_each(|b| {
            if !all.contains(&b) {
                all.push(b)
            }
        });
    }
    all
}

fn clipped([left, top, right, bottom]: [f64; 4], scale: [f64; 2]) -> Option<[f32; 4]> {
    let whole = [left * scale[0], top * scale[1], right * scale[0], bottom * scale[1]];
    let inside = whole.map(|v| v.clamp(0.0, SIDE as f64));
    let area = |[l, t, r, b]: [f64; 4]| (r - l) * (b - t);
    // As written in the manifest.
    let edges = inside.map(|v| ((v * 100.0).round() / 100.0) as f32);
    let large = edges[2] - edges[0] >= SMALLEST && edges[3] - edges[1] >= SMALLEST;
    (area(inside) >= INSIDE * area(whole) && large).then_some(edges)
}
