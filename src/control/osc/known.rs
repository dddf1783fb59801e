//! Everything that an address pattern may mean.

use std::sync::Arc;

use crate::address::{Kind, Numbered, in_scene, list};
use show::Face;

/// Everything that a pattern may mean, with the number of its place: several names lead to the same one.
#[derive(Default)]
pub struct Known {
    face: Option<Arc<Face>>,
    /// (path, number of its place).
    pub paths: Vec<(String, usize)>,
}

impl Known {
    /// From now on it is what this face has.
    pub fn enter(&mut self, face: &Arc<Face>) {
        if self.face.as_ref().is_some_and(|f| Arc::ptr_eq(f, face)) {
            return;
        }
        (self.face, self.paths) = (Some(face.clone()), Vec::new());
        let mut place = 0;
        for address in list(face) {
            place += 1;
            let names = names(face, &address.name);
            for name in names {
                let path = format!("/{}", name.replace('.', "/"));
                let travels = matches!(address.kind, Kind::Knob(_) | Kind::Level);
                let travel = travels.then(|| (format!("{path}/travel"), place));
                self.paths.extend([(path, place)].into_iter().chain(travel));
            }
        }
        let mut signals: Vec<&str> = face.links.iter().filter_map(|l| l.from.strip_prefix("osc.")).collect();
        signals.sort_unstable();
        signals.dedup();
        let others = signals.iter().map(|s| format!("/signal/{s}"));
        self.paths.extend(others.enumerate().map(|(i, path)| (path, place + 1 + i)));
    }
}

/// An address, and the other names that lead to the same place.
fn names(face: &Face, address: &str) -> Vec<String> {
    let named = Numbered::find(face, address).and_then(|(kind, n)| kind.by_name(face, n));
    let in_front = Some(in_scene(face, address)).filter(|a| a != address);
    std::iter::once(address.to_string()).chain(named).chain(in_front).collect()
}
