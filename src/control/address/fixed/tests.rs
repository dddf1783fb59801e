//! Properties of every fixed address.

use std::collections::BTreeSet;

use super::*;
use crate::address::{AddressKind, AddressTarget, ControlAction, ControlInput, list};
use crate::sample::{description, hub, state};

/// The rows of the first table of `docs/addresses.md`, as addresses are written here.
fn manual() -> Vec<String> {
    let text = include_str!("../../../../docs/addresses.md");
    let rows = text.lines().skip_while(|l| !l.starts_with("| address |")).skip(2);
    let paths = rows.map_while(|l| l.strip_prefix("| `/")?.split('`').next());
    paths.map(|path| path.replace('/', ".")).collect()
}

#[test]
fn names_are_unique_described_in_a_sentence_and_in_the_order_of_the_manual() {
    let names: Vec<&str> = FIXED.iter().map(|f| f.name).collect();
    assert_eq!(names, manual());
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    let mut heads: Vec<&str> = FIXED.iter().map(|f| f.head()).collect();
    heads.dedup();
    assert_eq!(
        heads.iter().collect::<BTreeSet<_>>().len(),
        heads.len(),
        "the addresses of a group are adjacent: {heads:?}"
    );
    let listed = list(&description());
    for (f, listed) in FIXED.iter().zip(&listed) {
        let words: Vec<&str> = f.name.split('.').collect();
        let plain = |w: &&str| !w.is_empty() && w.chars().all(|c| c.is_ascii_lowercase());
        assert!(words.len() == 2 && words.iter().all(plain), "{}", f.name);
        assert!(f.about.ends_with('.') && f.about.len() > 10, "{}: {}", f.name, f.about);
        assert_eq!((&*listed.name, &*listed.about, listed.kind), (f.name, f.about, f.kind()));
        assert_eq!(AddressTarget::find(&description(), f.name), Some(AddressTarget::Fixed(f)));
    }
}

#[test]
fn actions_are_distinct_and_immediate_ones_read_back_as_set() {
    let (hub, state) = (hub().0, state());
    let mut actions: Vec<(ControlAction, &str)> = Vec::new();
    for f in FIXED {
        let act = |to| f.act(to, &state, hub.master());
        let fired = act(ControlInput::Travel(1.0)).unwrap();
        let same = actions.iter().find(|m| m.0 == fired);
        assert!(same.is_none(), "{} means the same as {same:?}", f.name);
        actions.push((fired, f.name));
        assert_eq!(act(ControlInput::Travel(0.0)).is_none(), f.kind() == AddressKind::Trigger, "{}", f.name);
        assert_eq!(f.value(&state, hub.master()).is_none(), f.kind() == AddressKind::Trigger, "{}", f.name);
        for place in [1.0, 0.0, 0.5, 1.0] {
            match act(ControlInput::Travel(place)) {
                None | Some(ControlAction::Send(_)) => break,
                Some(at_once) => at_once.apply(&hub),
            }
            let wanted = if f.kind() == AddressKind::Switch { f64::from(place >= 0.5) } else { place };
            assert_eq!(f.value(&state, hub.master()), Some(wanted), "{} at {place}", f.name);
        }
    }
}
