//! What the links of a scene act on.

use crate::scene::{Directory, Parameter, Scene};
use crate::signal::{Link, Mode};

/// Destination of a link, resolved when the scene starts.
#[derive(Clone, Debug)]
pub(super) enum LinkTarget {
    /// A knob or switch.
    Knob(Parameter),
    /// An output of a node; all of them if none is named.
    Output(usize, Option<usize>),
    /// An unknown address.
    Nothing,
}

/// What each link of a scene acts on.
pub(super) fn link_targets(scene: &Scene, directory: &Directory) -> Vec<LinkTarget> {
    let aim = |link: &Link| match link.mode {
        Mode::Inhibit => {
            output(scene, &link.to).map_or(LinkTarget::Nothing, |(n, p)| LinkTarget::Output(n, p))
        }
        _ => directory.find(&link.to).map_or(LinkTarget::Nothing, |p| LinkTarget::Knob(p.clone())),
    };
    scene.links.iter().map(aim).collect()
}

/// `node` or `node.output`.
fn output(scene: &Scene, address: &str) -> Option<(usize, Option<usize>)> {
    let (node, port) = address.split_once('.').map_or((address, None), |(n, p)| (n, Some(p)));
    let node = scene.node(node)?;
    let outputs = scene.nodes[node].kind.outputs;
    match port {
        None => Some((node, None)),
        Some(port) => Some((node, Some(outputs.iter().position(|o| o.name == port)?))),
    }
}
