//! Undo and redo of knob edits, and presets in slots.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use world::limits;
use world::scene::Address;

/// Edits remembered.
const LONGEST: usize = 500;
/// Further changes of a knob within this many ticks belong to the same edit.
const SAME: u64 = 30;

/// One edit of a knob.
#[derive(Clone, Debug, PartialEq)]
struct ParameterEdit {
    address: Address,
    from: f64,
    to: f64,
    /// Tick of its last change; `None` if further changes start a new edit.
    tick: Option<u64>,
}

/// Edits done and undone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    done: Vec<ParameterEdit>,
    undone: Vec<ParameterEdit>,
}

impl History {
    /// Records a manual change of a knob.
    pub fn moved(&mut self, address: &Address, from: f64, to: f64, tick: u64) {
        if from == to {
            return;
        }
        self.undone.clear();
        if let Some(last) = self.done.last_mut()
            && last.address == *address
            && last.tick.is_some_and(|before| tick <= before + SAME)
        {
            (last.to, last.tick) = (to, Some(tick));
            return;
        }
        self.done.push(ParameterEdit { address: address.clone(), from, to, tick: Some(tick) });
        if self.done.len() > LONGEST {
            self.done.remove(0);
        }
    }

    /// Undoes the last edit: the address and the value to restore.
    pub fn undo(&mut self) -> Option<(Address, f64)> {
        let last = self.done.pop()?;
        let back = (last.address.clone(), last.from);
        self.undone.push(last);
        Some(back)
    }

    /// Redoes the last undone edit: the address and its value.
    pub fn redo(&mut self) -> Option<(Address, f64)> {
        let last = self.undone.pop()?;
        let on = (last.address.clone(), last.to);
        // The next change starts a new edit.
        self.done.push(ParameterEdit { tick: None, ..last });
        Some(on)
    }

    /// Edits that can be undone, and redone.
    pub fn depth(&self) -> (usize, usize) {
        (self.done.len(), self.undone.len())
    }

    /// Clears everything: another scene has other knobs.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Preset slots of a scene.
pub const SLOTS: usize = 10;

/// Presets: scene, slot, knob values by address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Preset(BTreeMap<String, BTreeMap<usize, Vec<(Address, f64)>>>);

impl Preset {
    /// Stores values in a slot of a scene; false if there is no such slot.
    pub fn keep(&mut self, scene: &str, slot: usize, values: Vec<(Address, f64)>) -> bool {
        if slot >= SLOTS {
            return false;
        }
        self.0.entry(scene.into()).or_default().insert(slot, values);
        true
    }

    /// What a slot holds.
    pub fn recall(&self, scene: &str, slot: usize) -> Option<&[(Address, f64)]> {
        self.0.get(scene)?.get(&slot).map(Vec::as_slice)
    }

    /// Checks what was read against the limits.
    pub(super) fn check(&self) -> Result<(), String> {
        limits::within("scenes with slots", self.0.len(), 0..=limits::ENTRIES)?;
        let slots = self.0.values().flat_map(|slots| slots.values().take(SLOTS));
        slots.into_iter().try_for_each(|k| limits::knobs(k))
    }

    /// Slots of a scene that hold something.
    pub fn slots(&self, scene: &str) -> Vec<usize> {
        self.0.get(scene).map_or(Vec::new(), |s| s.keys().copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_drag_is_one_edit_and_two_drags_are_two() {
        let mut h = History::default();
        (0..20).for_each(|i| h.moved(&"a".into(), i as f64, i as f64 + 1.0, i));
        h.moved(&"b".into(), 5.0, 6.0, 21);
        h.moved(&"a".into(), 20.0, 30.0, 200);
        assert_eq!(h.depth(), (3, 0));
        assert_eq!(
            [h.undo(), h.undo(), h.undo(), h.undo()].map(|m| m.map(|m| m.1)),
            [Some(20.0), Some(5.0), Some(0.0), None]
        );
        assert_eq!(h.redo(), Some(("a".into(), 20.0)));
        h.moved(&"b".into(), 5.0, 9.0, 300);
        assert_eq!((h.redo(), h.depth()), (None, (2, 0)));
    }

    #[test]
    fn changes_within_half_a_second_merge_but_not_after_a_redo() {
        let (mut h, a) = (History::default(), "a".into());
        h.moved(&a, 0.0, 1.0, 100);
        h.moved(&a, 1.0, 2.0, 130);
        assert_eq!(h.depth(), (1, 0), "still the same drag");
        h.moved(&a, 2.0, 3.0, 161);
        h.moved(&a, 3.0, 3.0, 200);
        assert_eq!(h.depth(), (2, 0), "another, and one that moved nothing");
        h.undo();
        assert_eq!(h.redo(), Some((a.clone(), 3.0)));
        h.moved(&a, 3.0, 4.0, 162);
        assert_eq!(h.depth(), (3, 0), "the next change starts a new edit");
        let first = |h: &mut History| std::iter::from_fn(|| h.undo()).last();
        (0..600).for_each(|i| h.moved(&a, i as f64, i as f64 + 0.5, 1000 + 100 * i));
        assert_eq!((h.depth(), first(&mut h)), ((500, 0), Some((a, 100.0))), "the oldest are forgotten");
    }

    proptest! {
        /// Whatever is edited: undoing everything restores the initial values, redoing everything the final ones.
        #[test]
        fn undoing_and_redoing_everything(moves in proptest::collection::vec((0usize..3, 0.0f64..1.0, 0u64..50), 1..60)) {
            let (mut now, mut h, mut tick) = ([0.5; 3], History::default(), 0);
            for (knob, value, wait) in moves {
                tick += wait;
                h.moved(&["a", "b", "c"][knob].into(), now[knob], value, tick);
                now[knob] = value;
            }
            let end = now;
            let index = |a: &str| ["a", "b", "c"].iter().position(|n| *n == a).unwrap();
            while let Some((a, v)) = h.undo() { now[index(&a)] = v; }
            prop_assert_eq!(now, [0.5; 3]);
            while let Some((a, v)) = h.redo() { now[index(&a)] = v; }
            prop_assert_eq!(now, end);
        }
    }

    #[test]
    fn slots_belong_to_their_scene() {
        let mut kept = Preset::default();
        assert!(kept.keep("ink", 3, vec![("a.b".into(), 1.0)]) && !kept.keep("ink", SLOTS, Vec::new()));
        assert_eq!((kept.slots("ink"), kept.slots("coast")), (vec![3], vec![]));
        assert_eq!(kept.recall("ink", 3).unwrap()[0].1, 1.0);
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Preset>(&text).unwrap(), kept);
    }

    #[test]
    fn another_scene_has_nothing_to_undo_and_presets_are_checked_against_the_limits() {
        let mut h = History::default();
        h.moved(&"a".into(), 0.0, 1.0, 0);
        h.moved(&"b".into(), 0.0, 1.0, 0);
        h.undo();
        assert_eq!(h.depth(), (1, 1));
        h.clear();
        assert_eq!((h.depth(), h.undo(), h.redo()), ((0, 0), None, None));
        let mut kept = Preset::default();
        assert!(kept.check().is_ok() && kept.recall("ink", 0).is_none());
        kept.keep("ink", SLOTS - 1, vec![("a.b".into(), 1.0)]);
        assert!(kept.check().is_ok() && kept.recall("ink", 0).is_none());
        kept.keep("ink", 2, vec![("a.b".into(), f64::INFINITY)]);
        assert!(kept.check().unwrap_err().contains("a.b"));
        let many = |n: usize| Preset((0..n).map(|i| (i.to_string(), BTreeMap::new())).collect());
        assert!(many(limits::ENTRIES).check().is_ok() && many(limits::ENTRIES + 1).check().is_err());
    }
}
