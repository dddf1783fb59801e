//! Numbered addresses: `HEAD.N`, by index from 0, and some by name too. The catalogue, one line each.

use show::{Command, CueTarget, SceneDescription, ShowState};
use world::tape::Event;

use super::action::ControlAction;
use super::input::ControlInput;
use super::kind::AddressKind;

/// Preset slots.
pub const SLOTS: usize = 10;

/// All of them, in the order of `docs/addresses.md`.
pub static NUMBERED: &[&Numbered] = &[&LINK, &SCENE, &CUE, &KEEP, &RECALL];

/// The numbered addresses of one kind.
pub struct Numbered {
    /// First part of their addresses.
    pub head: &'static str,
    /// What they do, in one sentence.
    pub about: &'static str,
    /// Whether they belong to the scene; another scene has its own.
    pub is_scenes: bool,
    /// How many there are.
    pub count: fn(&SceneDescription) -> usize,
    /// The name of one, if it can be addressed by name.
    pub name: fn(&SceneDescription, usize) -> Option<&str>,
    /// What one does, in one sentence.
    pub describe: fn(&SceneDescription, usize) -> String,
    /// Its kind, and the command of an input.
    pub holds: Holds,
}

/// The control at such an address.
pub enum Holds {
    /// On or off; a press toggles.
    Switch {
        /// Whether it is on; `None` while no state is known.
        is_on: fn(&ShowState, usize) -> Option<bool>,
        /// The command that switches it.
        switch: fn(usize, bool) -> Command,
    },
    /// Fires when pressed.
    Trigger(fn(usize) -> Command),
}

static LINK: Numbered = Numbered {
    head: "link",
    about: "Enables or disables a link, by index from 0.",
    is_scenes: true,
    count: |description| description.links.len(),
    name: |_, _| None,
    describe: |description, n| {
        let l = &description.links[n];
        format!("Enables or disables the link from {} to {} ({}).", l.from, l.to, l.mode)
    },
    holds: Holds::Switch {
        is_on: |state, n| state.links.get(n).map(|l| l.on),
        switch: |n, on| Command::Event(Event::Link(n, on)),
    },
};

static SCENE: Numbered = Numbered {
    head: "scene",
    about: "Goes to a scene, by index from 0 or by name.",
    is_scenes: false,
    count: |description| description.scenes.len(),
    name: |description, n| description.scenes.get(n).map(String::as_str),
    describe: |description, n| format!("Goes to the scene {}.", description.scenes[n]),
    holds: Holds::Trigger(Command::Scene),
};

static CUE: Numbered = Numbered {
    head: "cue",
    about: "Goes to a cue, by index from 0 or by name.",
    is_scenes: false,
    count: |description| description.cues.len(),
    name: |description, n| description.cues.get(n).map(|c| c.name.as_str()),
    describe: |description, n| {
        let c = &description.cues[n];
        format!("Goes to the cue {}: {}, {}.", c.name, c.scene, c.about)
    },
    holds: Holds::Trigger(|n| Command::Cue(CueTarget::To(n))),
};

static KEEP: Numbered = Numbered {
    head: "keep",
    about: "Stores all knobs in a slot, 0 to 9.",
    is_scenes: false,
    count: |_| SLOTS,
    name: |_, _| None,
    describe: |_, n| format!("Stores all knobs in slot {n}."),
    holds: Holds::Trigger(Command::Keep),
};

static RECALL: Numbered = Numbered {
    head: "recall",
    about: "Recalls all knobs from a slot, 0 to 9.",
    is_scenes: false,
    count: |_| SLOTS,
    name: |_, _| None,
    describe: |_, n| format!("Recalls all knobs from slot {n}."),
    holds: Holds::Trigger(Command::Recall),
};

impl Numbered {
    /// Resolves `HEAD.N` or `HEAD.NAME` in a scene description: its kind and number.
    pub fn find(description: &SceneDescription, address: &str) -> Option<(&'static Self, usize)> {
        let (head, rest) = address.split_once('.')?;
        let kind = NUMBERED.iter().find(|k| k.head == head)?;
        let count = (kind.count)(description);
        let number = rest.parse().ok().filter(|n| *n < count);
        let n = number.or_else(|| (0..count).find(|&n| (kind.name)(description, n) == Some(rest)))?;
        Some((kind, n))
    }

    /// The address of one.
    pub fn address(&self, n: usize) -> String {
        format!("{}.{n}", self.head)
    }

    /// The address of one by its name, if it has one.
    pub fn by_name(&self, description: &SceneDescription, n: usize) -> Option<String> {
        (self.name)(description, n).map(|name| format!("{}.{name}", self.head))
    }

    /// The kind of each.
    pub fn kind(&self) -> AddressKind {
        match self.holds {
            Holds::Switch { .. } => AddressKind::Switch,
            Holds::Trigger(_) => AddressKind::Trigger,
        }
    }

    /// The value of one; `None` for triggers and while no state is known.
    pub fn value(&self, n: usize, state: &ShowState) -> Option<f64> {
        match self.holds {
            Holds::Switch { is_on, .. } => is_on(state, n).map(|on| on as u8 as f64),
            Holds::Trigger(_) => None,
        }
    }

    /// The action of a finite number or a press at one; `None` when a trigger's button is released.
    pub fn act(&self, n: usize, to: ControlInput, state: &ShowState) -> Option<ControlAction> {
        Some(ControlAction::Send(match self.holds {
            Holds::Switch { is_on, switch } => switch(n, to.switches(|| is_on(state, n) == Some(true))),
            Holds::Trigger(_) if to.is_release() => return None,
            Holds::Trigger(fire) => fire(n),
        }))
    }
}

/// Heads are unique.
impl PartialEq for Numbered {
    fn eq(&self, other: &Self) -> bool {
        self.head == other.head
    }
}

impl std::fmt::Debug for Numbered {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Numbered({})", self.head)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::address::{AddressTarget, FIXED, list};
    use crate::sample::description;

    #[test]
    fn heads_are_unique_and_each_address_is_listed_and_found_by_number_and_name() {
        let heads: BTreeSet<&str> = NUMBERED.iter().map(|k| k.head).collect();
        assert_eq!(heads.len(), NUMBERED.len());
        assert!(FIXED.iter().all(|f| !heads.contains(f.head())));
        let (description, all) = (description(), list(&description()));
        for kind in NUMBERED {
            assert!(kind.about.ends_with('.'), "{}", kind.head);
            let count = (kind.count)(&description);
            assert!(
                count > 0 && Numbered::find(&description, &kind.address(count)).is_none(),
                "{}",
                kind.head
            );
            for n in 0..count {
                let place = Some(AddressTarget::Numbered(kind, n));
                let listed = all.iter().find(|a| a.name == kind.address(n)).unwrap();
                assert_eq!((listed.kind, &listed.about), (kind.kind(), &(kind.describe)(&description, n)));
                assert_eq!(AddressTarget::find(&description, &listed.name), place);
                let named = kind.by_name(&description, n);
                assert!(
                    named.is_none_or(|a| AddressTarget::find(&description, &a) == place),
                    "{}",
                    listed.name
                );
            }
        }
    }
}
