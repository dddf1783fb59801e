//! What a show counts: `HEAD.N`, by its place from 0, and some by a name too. The catalogue, one line each.

use show::{Command, CueTarget, SceneDescription, ShowState};
use world::tape::Event;

use super::{AddressKind, ControlAction, ControlInput, SLOTS};

/// All of them, in the order of `docs/addresses.md`.
pub static NUMBERED: &[&Numbered] = &[&LINK, &SCENE, &CUE, &KEEP, &RECALL];

/// Things of one kind that are counted.
pub struct Numbered {
    /// First word of their addresses.
    pub head: &'static str,
    /// One sentence for all of them.
    pub about: &'static str,
    /// Whether they belong to the scene, and mean something else in another.
    pub is_scenes: bool,
    /// How many there are.
    pub count: fn(&SceneDescription) -> usize,
    /// The name of one, if it can be called by it.
    pub name: fn(&SceneDescription, usize) -> Option<&str>,
    /// One sentence on one.
    pub told: fn(&SceneDescription, usize) -> String,
    /// What kind of thing it is, and what a move of it does.
    pub holds: Holds,
}

/// What lies at such an address.
pub enum Holds {
    /// On or off; a press changes over.
    Switch {
        /// Whether it is on; nothing while no state is known.
        is_on: fn(&ShowState, usize) -> Option<bool>,
        /// What switches it.
        switch: fn(usize, bool) -> Command,
    },
    /// Something that happens when it is pressed.
    Trigger(fn(usize) -> Command),
}

static LINK: Numbered = Numbered {
    head: "link",
    about: "Whether a link may act, by its place from 0.",
    is_scenes: true,
    count: |description| description.links.len(),
    name: |_, _| None,
    told: |description, n| {
        let l = &description.links[n];
        format!("Whether {} may {} {}.", l.from, l.mode, l.to)
    },
    holds: Holds::Switch {
        is_on: |state, n| state.links.get(n).map(|l| l.on),
        switch: |n, on| Command::Event(Event::Link(n, on)),
    },
};

static SCENE: Numbered = Numbered {
    head: "scene",
    about: "A scene, by its place from 0 or by its name.",
    is_scenes: false,
    count: |description| description.scenes.len(),
    name: |description, n| description.scenes.get(n).map(String::as_str),
    told: |description, n| format!("Goes to the scene {}.", description.scenes[n]),
    holds: Holds::Trigger(Command::Scene),
};

static CUE: Numbered = Numbered {
    head: "cue",
    about: "A cue, by its place from 0 or by its name.",
    is_scenes: false,
    count: |description| description.cues.len(),
    name: |description, n| description.cues.get(n).map(|c| c.name.as_str()),
    told: |description, n| {
        let c = &description.cues[n];
        format!("The cue {}: {}, {}.", c.name, c.scene, c.about)
    },
    holds: Holds::Trigger(|n| Command::Cue(CueTarget::To(n))),
};

static KEEP: Numbered = Numbered {
    head: "keep",
    about: "Keeps all knobs in a slot, 0 to 9.",
    is_scenes: false,
    count: |_| SLOTS,
    name: |_, _| None,
    told: |_, n| format!("Keeps all knobs in slot {n}."),
    holds: Holds::Trigger(Command::Keep),
};

static RECALL: Numbered = Numbered {
    head: "recall",
    about: "Knobs go back to what a slot holds.",
    is_scenes: false,
    count: |_| SLOTS,
    name: |_, _| None,
    told: |_, n| format!("Knobs go back to what slot {n} holds."),
    holds: Holds::Trigger(Command::Recall),
};

impl Numbered {
    /// What lies at `HEAD.N` or `HEAD.NAME` in a face, with its number.
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

    /// What kind of thing each is.
    pub fn kind(&self) -> AddressKind {
        match self.holds {
            Holds::Switch { .. } => AddressKind::Switch,
            Holds::Trigger(_) => AddressKind::Trigger,
        }
    }

    /// The value of one; nothing for triggers and while no state is known.
    pub fn value(&self, n: usize, state: &ShowState) -> Option<f64> {
        match self.holds {
            Holds::Switch { is_on, .. } => is_on(state, n).map(|on| on as u8 as f64),
            Holds::Trigger(_) => None,
        }
    }

    /// What a move of one means, by a finite number or a press; nothing where a trigger's button is let go.
    pub fn act(&self, n: usize, to: ControlInput, state: &ShowState) -> Option<ControlAction> {
        Some(ControlAction::Send(match self.holds {
            Holds::Switch { is_on, switch } => switch(n, to.switches(|| is_on(state, n) == Some(true))),
            Holds::Trigger(_) if to.lets_go() => return None,
            Holds::Trigger(fire) => fire(n),
        }))
    }
}

/// There is one of each head.
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
    fn each_head_is_one_alone_and_each_of_its_things_is_listed_and_found_by_number_and_name() {
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
                assert_eq!((listed.kind, &listed.about), (kind.kind(), &(kind.told)(&description, n)));
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
