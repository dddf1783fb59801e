//! Avoidable costs of a scene: wires for which a node renders an output at a size other than its own.

use std::time::Instant;

use crate::world::engine::{Engine, shown_size};
use crate::world::field::Field;
use crate::world::scene::Scene;
use crate::world::view::View;

/// Milliseconds per tick below which nothing is reported.
const CHEAP: f64 = 0.1;

/// An output rendered at a size other than its node's, and the inputs that require it (`air.obstacle`).
struct Drawn {
    node: usize,
    port: usize,
    size: (usize, usize),
    readers: Vec<String>,
}

/// A line for each, the costliest first, with its cost on this machine.
pub fn wires(engine: &Engine) -> Vec<String> {
    let scene = engine.scene();
    let mut all: Vec<(f64, Drawn)> = drawn(scene).into_iter().map(|d| (cost(engine, &d), d)).collect();
    all.retain(|(cost, _)| *cost >= CHEAP);
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all.iter().map(|(cost, drawn)| line(scene, *cost, drawn)).collect()
}

/// Outputs rendered for wires at a size other than their node's; wires of one size share it.
fn drawn(scene: &Scene) -> Vec<Drawn> {
    let mut all: Vec<Drawn> = Vec::new();
    for reader in &scene.nodes {
        let wires = reader.wires.iter().zip(reader.kind.inputs);
        for (wire, input) in wires.filter_map(|(w, input)| Some((w.as_ref()?, input))) {
            let source = &scene.nodes[wire.node];
            let (size, name) = (shown_size(source, reader.size), format!("{}.{}", reader.name, input.name));
            if size == source.size {
                continue;
            }
            match all.iter_mut().find(|d| (d.node, d.port, d.size) == (wire.node, wire.port, size)) {
                Some(drawn) => drawn.readers.push(name),
                None => all.push(Drawn { node: wire.node, port: wire.port, size, readers: vec![name] }),
            }
        }
    }
    all
}

/// Milliseconds that the node takes to render it: the best of three.
fn cost(engine: &Engine, drawn: &Drawn) -> f64 {
    let mut field = Field::new(drawn.size.0, drawn.size.1, 1);
    let mut once = || {
        let start = Instant::now();
        engine.node(drawn.node).show(drawn.port, &View::WHOLE, &mut field);
        start.elapsed().as_secs_f64() * 1e3
    };
    (0..3).map(|_| once()).fold(f64::INFINITY, f64::min)
}

fn line(scene: &Scene, cost: f64, drawn: &Drawn) -> String {
    let node = &scene.nodes[drawn.node];
    let (port, share) = (node.kind.outputs[drawn.port].name, 100.0 * cost * scene.rate / 1e3);
    format!(
        "`{}.{port}` is drawn at {}×{} for {}: {cost:.1} ms a tick here, {share:.0} % of its time; its own size is {}×{}",
        node.name,
        drawn.size.0,
        drawn.size.1,
        drawn.readers.join(", "),
        node.size.0,
        node.size.1
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::systems::CATALOGUE;

    /// A fractal renders at any resolution, cells do not.
    const SCENE: &str = "size = [64, 36]\n[node.set]\nsystem = \"escape\"\nsize = [16, 9]\n[node.cells]\nsystem = \"life\"\nsize = [32, 18]\n\
         [node.a]\nsystem = \"noise\"\nwind = \"set.smooth\"\n[node.b]\nsystem = \"noise\"\nwind = { from = \"set.smooth\", gain = 2 }\n\
         [node.c]\nsystem = \"noise\"\nsize = [16, 9]\nwind = \"set.smooth\"\n[node.d]\nsystem = \"noise\"\nwind = \"cells.age\"\n\
         [[layer]]\nshow = \"a.value\"\n";

    #[test]
    fn an_output_drawn_at_another_size_is_reported_once_with_all_its_readers() {
        let scene = Scene::parse(SCENE, "s", Path::new("."), CATALOGUE).unwrap_or_else(|p| panic!("{p:?}"));
        let all = drawn(&scene);
        assert_eq!(all.len(), 1, "at its own size, or interpolated, nothing is redrawn");
        assert_eq!(
            (all[0].size, &all[0].readers[..]),
            ((64, 36), &["a.wind".into(), "b.wind".to_string()][..])
        );
        assert_eq!(
            line(&scene, 2.0, &all[0]),
            "`set.smooth` is drawn at 64×36 for a.wind, b.wind: 2.0 ms a tick here, 12 % of its time; its own size is 16×9"
        );
        let engine = Engine::new(scene, None).unwrap();
        let cost = cost(&engine, &all[0]);
        assert!(cost > 0.0 && cost.is_finite(), "{cost}");
    }
}
