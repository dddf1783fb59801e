//! Classes in their label tree: how many pictures are below each node, and how far apart the classes are that similar
//! pictures confuse.

use maud::{Markup, html};

use super::balance::ClassBalance;
use super::labels::LabelCheck;
use data::tree::{LabelTree, TreeAccuracy};

/// A label tree with what the set has of each part.
#[derive(Clone, Debug, PartialEq)]
pub struct Hierarchy {
    /// The tree above the classes.
    pub tree: LabelTree,
    /// Training and test pictures below each node.
    pub counts: Vec<[usize; 2]>,
    /// How well the nearest neighbours of a picture tell its class, by the tree.
    pub neighbours: Option<TreeAccuracy>,
}

/// Nodes that are listed.
const SHOWN: usize = 400;

impl Hierarchy {
    /// Of a set whose classes are those of the tree.
    pub fn of(tree: &LabelTree, balance: &ClassBalance, labels: Option<&LabelCheck>) -> Self {
        let mut counts = vec![[0; 2]; tree.nodes().len()];
        for (node, own) in tree.classes().iter().zip(&balance.counts) {
            let up = std::iter::successors(Some(*node), |n| tree.nodes()[*n].parent);
            up.for_each(|n| (0..2).for_each(|split| counts[n][split] += own[split]));
        }
        Self { tree: tree.clone(), counts, neighbours: labels.map(|l| tree.accuracy(&l.confusion)) }
    }

    /// As a part of the page.
    pub fn markup(&self) -> Markup {
        let levels = self.tree.levels().into_iter().map(|(_, groups)| groups.to_string());
        html! {
            p {
                "By depth, the tree distinguishes " (levels.collect::<Vec<_>>().join(", ")) " groups. A mistake between two \
                 classes costs the height of their lowest common ancestor (Deng et al. 2010)."
            }
            @if let Some(found) = &self.neighbours {
                p {
                    "Of most neighbours of a picture the label is in the same group: "
                    @for (i, level) in found.levels.iter().enumerate() {
                        @if i > 0 { ", " }
                        (format!("{:.1} % of {}", 100.0 * level.accuracy, level.groups)) " groups"
                    }
                    @if let Some(cost) = found.mistake {
                        (format!(". A contradiction costs {cost:.2}, one at random {:.2}", found.random_mistake))
                    }
                    "."
                }
            }
            div.table { table {
                thead { tr { th { "kind" } th { "training" } th { "test" } th { "height" } } }
                tbody { @for i in self.order().into_iter().take(SHOWN) { (self.row(i)) } }
            } }
        }
    }

    fn row(&self, i: usize) -> Markup {
        let node = &self.tree.nodes()[i];
        let is_class = self.tree.classes().contains(&i);
        html! {
            tr {
                td style=(format!("padding-left:{:.1}rem", 0.4 + 1.2 * node.depth.min(20) as f64)) {
                    @if is_class { (node.name) } @else { strong { (node.name) } }
                }
                td { (self.counts[i][0]) }
                td { (self.counts[i][1]) }
                td { (node.height) }
            }
        }
    }

    /// Nodes from the root, each followed by what is below it.
    fn order(&self) -> Vec<usize> {
        let nodes = self.tree.nodes();
        let mut children = vec![Vec::new(); nodes.len()];
        nodes
            .iter()
            .enumerate()
            .filter_map(|(i, n)| Some((i, n.parent?)))
            .for_each(|(i, p)| children[p].push(i));
        let (mut order, mut open) = (Vec::new(), vec![0]);
        while let Some(i) = open.pop() {
            order.push(i);
            open.extend(children[i].iter().rev());
        }
        order
    }
}
