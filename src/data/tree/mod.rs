//! Label trees: which class is a kind of what, as in WordNet (Miller 1995). With one, a mistake is not only right or wrong:
//! a dog taken for a wolf is less of one than a dog taken for a bus.

mod accuracy;
mod lines;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use super::{DataError, cifar};
use world::limits;

pub use accuracy::{LevelAccuracy, TreeAccuracy};
use lines::Relations;
pub(crate) use lines::words;

/// The part of a tree that is above the classes of a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelTree {
    /// Parents come before their children; the first is the root.
    nodes: Vec<Node>,
    /// The node of each class.
    classes: Vec<usize>,
    /// What was assumed in reading it.
    pub notes: Vec<String>,
}

/// A class, or what classes have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its name; from a list of words beside the tree, where there is one.
    pub name: String,
    /// What it is a kind of; none for the root.
    pub parent: Option<usize>,
    /// Steps from the root.
    pub depth: usize,
    /// Steps to the farthest node below it.
    pub height: usize,
}

/// Names of nodes beside a tree, in WordNet's form and in that of ImageNet at Kaggle.
const WORDS: &[&str] = &["words.txt", "LOC_synset_mapping.txt"];
/// Classes that a message names.
const NAMED: usize = 5;

impl LabelTree {
    /// Reads the tree of these classes: a file of lines `child is-a parent` or `parent child`, or the folder of CIFAR-100,
    /// whose superclasses are a tree. Lists of words beside the file (`words.txt`) give nodes their names.
    ///
    /// # Errors
    /// The file cannot be read, a line is neither of the two, there is a cycle, a class is not in the tree, or the classes
    /// have no common root. The message names the lines.
    pub fn read(path: &Path, classes: &[String]) -> Result<Self, DataError> {
        if path.is_dir() {
            let pairs = cifar::superclasses(path)?;
            return Self::of(&Relations::of_pairs(pairs), classes).map_err(|e| DataError::input(path, e));
        }
        let text = limits::read_text(path).map_err(|e| DataError::io("read", path, e))?;
        let relations = Relations::parse(&text).map_err(|e| DataError::input(path, e))?;
        let mut tree = Self::of(&relations, classes).map_err(|e| DataError::input(path, e))?;
        for file in WORDS.iter().map(|name| path.with_file_name(name)).filter(|f| f.is_file()) {
            let text = limits::read_text(&file).map_err(|e| DataError::io("read", &file, e))?;
            tree.rename(&words(&text));
        }
        Ok(tree)
    }

    /// The tree of these classes by these relations.
    fn of(relations: &Relations, classes: &[String]) -> Result<Self, String> {
        relations.check_cycles()?;
        let unknown: Vec<&str> =
            classes.iter().filter(|c| relations.id(c).is_none()).map(String::as_str).collect();
        if !unknown.is_empty() {
            let more = if unknown.len() > NAMED { ", …" } else { "" };
            let named = unknown[..unknown.len().min(NAMED)].join("`, `");
            return Err(format!(
                "expected every class in the tree, found no line with {} of {}: `{named}`{more}",
                unknown.len(),
                classes.len()
            ));
        }
        let paths: Vec<Vec<usize>> =
            classes.iter().filter_map(|c| relations.id(c)).map(|id| relations.path(id)).collect();
        let mut roots: Vec<usize> = paths.iter().map(|p| p[0]).collect();
        roots.sort();
        roots.dedup();
        if roots.len() != 1 {
            let one = |id: &usize| format!("`{}` (line {})", relations.name(*id), relations.line(*id));
            let named: Vec<String> = roots.iter().take(NAMED).map(one).collect();
            return Err(format!(
                "expected one root above all classes, found {}: {}",
                roots.len(),
                named.join(", ")
            ));
        }
        let mut tree = Self { nodes: Vec::new(), classes: Vec::new(), notes: relations.notes(&paths) };
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        for path in &paths {
            let mut parent = None;
            for (depth, id) in path.iter().enumerate() {
                let place = *places.entry(*id).or_insert_with(|| {
                    let name = relations.name(*id).to_string();
                    tree.nodes.push(Node { name, parent, depth, height: 0 });
                    tree.nodes.len() - 1
                });
                parent = Some(place);
            }
            tree.classes.extend(parent);
        }
        for i in (0..tree.nodes.len()).rev() {
            if let Some(p) = tree.nodes[i].parent {
                tree.nodes[p].height = tree.nodes[p].height.max(tree.nodes[i].height + 1);
            }
        }
        Ok(tree)
    }

    fn rename(&mut self, words: &BTreeMap<String, String>) {
        for node in &mut self.nodes {
            if let Some(word) = words.get(&node.name) {
                node.name.clone_from(word);
            }
        }
    }

    /// All nodes, parents before their children.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node of each class.
    pub fn classes(&self) -> &[usize] {
        &self.classes
    }

    /// The ancestor of a node that is `depth` steps from the root; the node itself if it is not so deep.
    pub fn ancestor(&self, mut node: usize, depth: usize) -> usize {
        while let (true, Some(parent)) = (self.nodes[node].depth > depth, self.nodes[node].parent) {
            node = parent;
        }
        node
    }

    /// What a mistake between two classes costs: the height of their lowest common ancestor (Deng et al. 2010); 0 for one
    /// class.
    pub fn distance(&self, a: usize, b: usize) -> usize {
        if a == b {
            return 0;
        }
        let [mut a, mut b] = [self.classes[a], self.classes[b]];
        let depth = self.nodes[a].depth.min(self.nodes[b].depth);
        (a, b) = (self.ancestor(a, depth), self.ancestor(b, depth));
        while let (true, Some(p), Some(q)) = (a != b, self.nodes[a].parent, self.nodes[b].parent) {
            (a, b) = (p, q);
        }
        self.nodes[a].height
    }

    /// The way from the root to a class along the likeliest children, each node with the sum of the probabilities of the
    /// classes below it; without the root.
    pub fn likeliest(&self, probabilities: &[f32]) -> Vec<(&str, f32)> {
        let mut sums = vec![0f32; self.nodes.len()];
        let mut own = vec![false; self.nodes.len()];
        for (class, p) in self.classes.iter().zip(probabilities) {
            sums[*class] += p;
            own[*class] = true;
        }
        let alone = sums.clone();
        for i in (1..self.nodes.len()).rev() {
            self.nodes[i].parent.into_iter().for_each(|p| sums[p] += sums[i]);
        }
        let (mut node, mut way) = (0, Vec::new());
        loop {
            let children = (0..self.nodes.len()).filter(|i| self.nodes[*i].parent == Some(node));
            let Some(best) = children.max_by(|a, b| sums[*a].total_cmp(&sums[*b]).then(b.cmp(a))) else {
                return way;
            };
            // A class that has kinds of its own may be the answer itself.
            if own[node] && alone[node] > sums[best] {
                return way;
            }
            way.push((self.nodes[best].name.as_str(), sums[best]));
            node = best;
        }
    }
}
