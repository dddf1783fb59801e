//! What flows in a scene: the velocity and the density of one of its worlds.

use world::engine::Engine;
use world::field::Field;
use world::scene::Scene;

/// Outputs that hold how much matter is where, by preference.
const DENSITIES: [&str; 3] = ["density", "depth", "liquid"];

/// The flow of a scene: that of its first node with a velocity, of those that are shown if there are any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowSource {
    /// Name of the velocity's output, `node.output`; two planes, in the system's own unit.
    pub velocity: String,
    /// Name of the output that holds its density, if it has one that a flow conserves.
    pub density: Option<String>,
    /// Cells across and down.
    pub size: (usize, usize),
    /// The system, whose unit the velocity has.
    pub system: &'static str,
    node: usize,
    ports: [Option<usize>; 2],
}

impl FlowSource {
    /// That of a scene; `None` where nothing has a velocity.
    pub fn of(scene: &Scene) -> Option<Self> {
        let is_shown = |node: usize| scene.layers.iter().any(|l| l.node == node);
        let (shown, hidden): (Vec<usize>, Vec<usize>) = (0..scene.nodes.len()).partition(|n| is_shown(*n));
        shown.into_iter().chain(hidden).find_map(|node| {
            let n = &scene.nodes[node];
            let port = |name: &str, planes: usize| {
                n.kind.outputs.iter().position(|o| o.name == name && o.planes == planes)
            };
            let velocity = port("velocity", 2)?;
            let density = DENSITIES.iter().find_map(|name| port(name, 1));
            let name = |port: usize| format!("{}.{}", n.name, n.kind.outputs[port].name);
            Some(Self {
                velocity: name(velocity),
                density: density.map(name),
                size: n.size,
                system: n.kind.name,
                node,
                ports: [density, Some(velocity)],
            })
        })
    }

    /// Its planes now, density (1 everywhere if there is none), then velocity, on so many cells.
    pub fn planes(&self, engine: &Engine, (width, height): (usize, usize)) -> Vec<f32> {
        let shown = |port: Option<usize>| match port {
            None => vec![1.0; width * height],
            Some(port) => {
                let whole = engine.field(self.node, port);
                let mut field = Field::new(width, height, whole.planes());
                whole.resample(&mut field);
                field.data().to_vec()
            }
        };
        self.ports.into_iter().flat_map(shown).collect()
    }
}
