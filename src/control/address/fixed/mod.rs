//! The addresses that every show has: the catalogue, one line each. An address is declared in the file of its group.

mod clock;
mod cues;
mod favourites;
mod history;
pub mod light;
mod limiter;
mod record;
mod sides;
mod sound;
mod tempo;
mod worlds;

use show::{Command, Master, ShowState};
use world::params::ParamSpec;

use super::{AddressKind, ControlAction, ControlInput};

/// Every one of them, in the order of the panel and of `docs/addresses.md`.
pub static FIXED: &[&Fixed] = &[
    // One line an address.
    &light::BLACKOUT,
    &light::FREEZE,
    &light::FADE,
    &sound::VOLUME,
    &sound::MUTE,
    &limiter::LIMITER,
    &record::RECORD,
    &cues::GO,
    &cues::BACK,
    &clock::PAUSE,
    &clock::STEP,
    &history::UNDO,
    &history::REDO,
    &favourites::FAVOUR,
    &favourites::FAVOURITE,
    &worlds::RESET,
    &worlds::RESEED,
    &tempo::TAP,
    &tempo::BPM,
    &sides::SWAP,
    &sides::WAY,
    &sides::LESS,
    &sides::MORE,
];

/// An address that every show has.
pub struct Fixed {
    /// As everybody writes it: `GROUP.WORD`.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// What lies there.
    pub holds: Holds,
}

/// What kind of thing lies at an address, how it is read and what a move of it does.
pub enum Holds {
    /// On or off; a press changes over.
    Switch {
        /// Whether it is on.
        is_on: fn(&ShowState, &Master) -> bool,
        /// What switches it.
        switch: fn(bool, &Master) -> ControlAction,
    },
    /// A number 0..1; a press switches between nothing and all.
    Level {
        /// Where it stands.
        read: fn(&Master) -> f32,
        /// What moves it.
        set: fn(f32, &Master) -> ControlAction,
    },
    /// A number in its unit; a press does something of its own.
    Knob {
        /// Range and unit.
        spec: &'static ParamSpec,
        /// Where it stands.
        read: fn(&ShowState) -> f64,
        /// What moves it.
        set: fn(f64) -> Command,
        /// What a press asks for.
        pressed: Command,
    },
    /// Something that happens when it is pressed. It has no value; a number that was sent with it is given, if one was.
    Trigger(fn(Option<f64>, &ShowState) -> Command),
}

impl Fixed {
    /// The first word of its name.
    pub fn head(&self) -> &'static str {
        self.name.split('.').next().unwrap_or(self.name)
    }

    /// What kind of thing it is.
    pub fn kind(&self) -> AddressKind {
        match self.holds {
            Holds::Switch { .. } => AddressKind::Switch,
            Holds::Level { .. } => AddressKind::Level,
            Holds::Knob { spec, .. } => AddressKind::Knob(spec),
            Holds::Trigger(_) => AddressKind::Trigger,
        }
    }

    /// Its value; nothing for triggers.
    pub fn value(&self, state: &ShowState, master: &Master) -> Option<f64> {
        match self.holds {
            Holds::Switch { is_on, .. } => Some(is_on(state, master) as u8 as f64),
            Holds::Level { read, .. } => Some(read(master) as f64),
            Holds::Knob { read, .. } => Some(read(state)),
            Holds::Trigger(_) => None,
        }
    }

    /// What a move of it means, by a finite number or a press; nothing where a trigger's button is let go.
    pub fn act(&self, to: ControlInput, state: &ShowState, master: &Master) -> Option<ControlAction> {
        Some(match &self.holds {
            Holds::Switch { is_on, switch } => switch(to.switches(|| is_on(state, master)), master),
            Holds::Level { read, set } => set(
                match to {
                    ControlInput::Travel(v) | ControlInput::Value(v) => v.clamp(0.0, 1.0) as f32,
                    ControlInput::Press => (read(master) < 0.5) as u8 as f32,
                },
                master,
            ),
            Holds::Knob { spec, set, pressed, .. } => ControlAction::Send(match to {
                ControlInput::Travel(t) => set(spec.value_at(t)),
                ControlInput::Value(v) => set(spec.clamp(v)),
                ControlInput::Press => pressed.clone(),
            }),
            Holds::Trigger(_) if to.lets_go() => return None,
            Holds::Trigger(fire) => ControlAction::Send(fire(to.given(), state)),
        })
    }
}

/// There is one of each name.
impl PartialEq for Fixed {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Fixed {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Fixed({})", self.name)
    }
}

#[cfg(test)]
mod tests;
