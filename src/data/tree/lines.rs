//! Lines of a label tree: `child is-a parent`, or `parent child` as in WordNet's `wordnet.is_a.txt`.

use std::collections::{BTreeMap, BTreeSet};

/// Who is a kind of what.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Relations {
    ids: BTreeMap<String, usize>,
    names: Vec<String>,
    /// The first parent of each, with its line.
    parents: Vec<Option<(usize, usize)>>,
    /// The line in which each occurs first.
    lines: Vec<usize>,
    /// Further parents: child and line.
    others: Vec<(usize, usize)>,
}

impl Relations {
    /// From text; `#` begins a comment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut all = Self::default();
        for (i, line) in text.lines().enumerate() {
            let words: Vec<&str> = line.split('#').next().unwrap_or("").split_whitespace().collect();
            let (child, parent) = match words.iter().position(|w| *w == "is-a") {
                _ if words.is_empty() => continue,
                Some(at) if at > 0 && at + 1 < words.len() => {
                    (words[..at].join(" "), words[at + 1..].join(" "))
                }
                None if words.len() == 2 => (words[1].into(), words[0].into()),
                _ => {
                    let found: String = line.trim().chars().take(60).collect();
                    return Err(format!(
                        "line {}: expected `child is-a parent`, or two names, `parent child`, found `{found}`",
                        i + 1
                    ));
                }
            };
            all.add(child, parent, i + 1);
        }
        Ok(all)
    }

    /// From pairs of a child and its parent.
    pub fn of_pairs(pairs: Vec<(String, String)>) -> Self {
        let mut all = Self::default();
        pairs.into_iter().enumerate().for_each(|(i, (child, parent))| all.add(child, parent, i + 1));
        all
    }

    fn add(&mut self, child: String, parent: String, line: usize) {
        let [child, parent] = [child, parent].map(|name| self.numbered(name, line));
        match self.parents[child] {
            None => self.parents[child] = Some((parent, line)),
            Some((first, _)) if first == parent => {}
            Some(_) => self.others.push((child, line)),
        }
    }

    fn numbered(&mut self, name: String, line: usize) -> usize {
        let next = self.names.len();
        let id = *self.ids.entry(name.clone()).or_insert(next);
        if id == next {
            self.names.push(name);
            self.parents.push(None);
            self.lines.push(line);
        }
        id
    }

    /// The number of a class: by its name, or by its first word, as in `n02084071 dog`.
    pub fn id(&self, class: &str) -> Option<usize> {
        let first = || class.split_whitespace().next().and_then(|word| self.ids.get(word));
        self.ids.get(class).or_else(first).copied()
    }

    pub fn name(&self, id: usize) -> &str {
        &self.names[id]
    }

    /// The line in which it occurs first.
    pub fn line(&self, id: usize) -> usize {
        self.lines[id]
    }

    /// From the root down to this one; without cycles only.
    pub fn path(&self, id: usize) -> Vec<usize> {
        let mut path: Vec<usize> =
            std::iter::successors(Some(id), |i| self.parents[*i].map(|p| p.0)).collect();
        path.reverse();
        path
    }

    /// # Errors
    /// Something is a kind of itself, by whatever detour.
    pub fn check_cycles(&self) -> Result<(), String> {
        let mut is_clear = vec![false; self.names.len()];
        for start in 0..self.names.len() {
            let (mut way, mut seen, mut at) = (vec![start], BTreeSet::from([start]), start);
            while let (false, Some((parent, line))) = (is_clear[at], self.parents[at]) {
                if !seen.insert(parent) {
                    let names: Vec<&str> =
                        way.iter().skip_while(|i| **i != parent).map(|i| self.name(*i)).collect();
                    let first = self.name(parent);
                    return Err(format!("line {line}: a cycle: {} is-a {first}", names.join(" is-a ")));
                }
                way.push(parent);
                at = parent;
            }
            way.into_iter().for_each(|i| is_clear[i] = true);
        }
        Ok(())
    }

    /// On nodes with several parents on the paths that count.
    pub fn notes(&self, paths: &[Vec<usize>]) -> Vec<String> {
        let used: BTreeSet<usize> = paths.iter().flatten().copied().collect();
        let several: Vec<(usize, usize)> =
            self.others.iter().copied().filter(|o| used.contains(&o.0)).collect();
        let Some((child, line)) = several.first() else { return Vec::new() };
        let count = several.iter().map(|o| o.0).collect::<BTreeSet<usize>>().len();
        vec![format!(
            "{count} of the tree's names have more than one parent, of which the first counts; first `{}` in line {line}",
            self.name(*child)
        )]
    }
}

/// Names by identifier: `n02084071<tab or blank>dog, domestic dog`, of which the first counts.
pub(crate) fn words(text: &str) -> BTreeMap<String, String> {
    let one = |line: &str| {
        let (id, words) = line.trim().split_once(char::is_whitespace)?;
        let first = words.split(',').next()?.trim();
        Some((id.to_string(), first.to_string())).filter(|_| !first.is_empty())
    };
    text.lines().filter_map(one).collect()
}
