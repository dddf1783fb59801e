//! The addresses that a pattern can match.

use std::sync::Arc;

use crate::address::{AddressKind, Numbered, in_scene, list};
use show::SceneDescription;

/// All paths that a pattern can match, with the number of their target: several paths lead to the same one.
#[derive(Default)]
pub struct AddressIndex {
    description: Option<Arc<SceneDescription>>,
    /// (path, number of its target).
    pub paths: Vec<(String, usize)>,
}

impl AddressIndex {
    /// Rebuilds the index if this is another scene description.
    pub fn enter(&mut self, description: &Arc<SceneDescription>) {
        if self.description.as_ref().is_some_and(|f| Arc::ptr_eq(f, description)) {
            return;
        }
        (self.description, self.paths) = (Some(description.clone()), Vec::new());
        let mut place = 0;
        for address in list(description) {
            place += 1;
            let names = names(description, &address.name);
            for name in names {
                let path = format!("/{}", name.replace('.', "/"));
                let travels = matches!(address.kind, AddressKind::Knob(_) | AddressKind::Level);
                let travel = travels.then(|| (format!("{path}/travel"), place));
                self.paths.extend([(path, place)].into_iter().chain(travel));
            }
        }
        let mut signals: Vec<&str> =
            description.links.iter().filter_map(|l| l.from.strip_prefix("osc.")).collect();
        signals.sort_unstable();
        signals.dedup();
        let others = signals.iter().map(|s| format!("/signal/{s}"));
        self.paths.extend(others.enumerate().map(|(i, path)| (path, place + 1 + i)));
    }
}

/// An address, and its aliases.
fn names(description: &SceneDescription, address: &str) -> Vec<String> {
    let named = Numbered::find(description, address).and_then(|(kind, n)| kind.by_name(description, n));
    let in_front = Some(in_scene(description, address)).filter(|a| a != address);
    std::iter::once(address.to_string()).chain(named).chain(in_front).collect()
}
