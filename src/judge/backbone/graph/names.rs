//! Names of a graph's layers, for people: from those of the convolutions, which weights are named by.

use super::{Graph, Layer};

impl Graph {
    /// A name for every node, each once: a convolution's own, `NAME.pooled` and `NAME.active` for what follows it, the
    /// block's for what ends a block (a sum or a concatenation), `picture` for the input.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::with_capacity(self.nodes.len());
        for (i, node) in self.nodes.iter().enumerate() {
            let from = || node.from.first().map_or("", |f| names[*f].as_str());
            let name = match &node.layer {
                Layer::Input => "picture".into(),
                Layer::Convolve(f) => f.name.clone(),
                Layer::Pool(_) => format!("{}.pooled", from()),
                Layer::Activate => format!("{}.active", from()),
                Layer::Add { .. } | Layer::Concatenate => block(from()).into(),
            };
            let is_free = !name.is_empty() && !names.contains(&name);
            names.push(if is_free { name } else { format!("layer.{i}") });
        }
        names
    }
}

/// `one` of `one.second` and of `one.second.point.pooled`.
fn block(name: &str) -> &str {
    let mut end = name;
    for part in [".pooled", ".point"] {
        end = end.strip_suffix(part).unwrap_or(end);
    }
    end.rsplit_once('.').map_or(end, |(block, _)| block)
}

#[cfg(test)]
mod tests {
    use crate::backbone::tests::{shapes, variants};
    use crate::backbone::{Layers, find};

    #[test]
    fn every_layer_has_a_name_of_its_own() {
        for shape in shapes().iter().chain(&variants()) {
            let Layers::Graph(graph) = &find(&shape.backbone).unwrap().layers else { continue };
            let names = graph(shape).names();
            let unique: std::collections::BTreeSet<&String> = names.iter().collect();
            assert_eq!(unique.len(), names.len(), "{names:?}");
            assert_eq!(names[0], "picture");
        }
    }

    #[test]
    fn blocks_and_what_follows_a_convolution_are_named_after_it() {
        let names = |backbone: &str| {
            let shape = shapes().into_iter().find(|s| s.backbone == backbone).unwrap();
            let Layers::Graph(graph) = &find(backbone).unwrap().layers else { unreachable!() };
            graph(&shape).names().join(" ")
        };
        assert_eq!(names("compact"), "picture first second third third.pooled fourth fourth.pooled fifth");
        assert!(names("resnet").contains("two.first two.second two.shortcut two "));
        assert!(names("squeezenet").contains("one.squeeze one.one one.three one "));
        assert!(names("xception").contains("entry.0 entry.0.active entry.1.first.depth entry.1.first.point"));
    }
}
