//! How a fixed address is declared.

use show::{Command, Master, ShowState};
use world::params::ParamSpec;

use crate::address::action::ControlAction;
use crate::address::input::ControlInput;
use crate::address::kind::AddressKind;

/// An address that every show has.
pub struct Fixed {
    /// Its name, `GROUP.WORD`.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// Its control.
    pub holds: Holds,
}

/// The control at an address: its kind, how it is read and what an input does.
pub enum Holds {
    /// On or off; a press toggles.
    Switch {
        /// Whether it is on.
        is_on: fn(&ShowState, &Master) -> bool,
        /// The action that switches it.
        switch: fn(bool, &Master) -> ControlAction,
    },
    /// A number 0..1; a press toggles between 0 and 1.
    Level {
        /// Its value.
        read: fn(&Master) -> f32,
        /// The action that sets it.
        set: fn(f32, &Master) -> ControlAction,
    },
    /// A number in its unit; a press has a command of its own.
    Knob {
        /// Range and unit.
        spec: &'static ParamSpec,
        /// Its value.
        read: fn(&ShowState) -> f64,
        /// The command that sets it.
        set: fn(f64) -> Command,
        /// The command of a press.
        pressed: Command,
    },
    /// Fires when pressed. It has no value; a number that was sent with the press is passed on.
    Trigger(fn(Option<f64>, &ShowState) -> Command),
}

impl Fixed {
    /// The first part of its name.
    pub fn head(&self) -> &'static str {
        self.name.split('.').next().unwrap_or(self.name)
    }

    /// Its kind.
    pub fn kind(&self) -> AddressKind {
        match self.holds {
            Holds::Switch { .. } => AddressKind::Switch,
            Holds::Level { .. } => AddressKind::Level,
            Holds::Knob { spec, .. } => AddressKind::Knob(spec),
            Holds::Trigger(_) => AddressKind::Trigger,
        }
    }

    /// Its value; `None` for triggers.
    pub fn value(&self, state: &ShowState, master: &Master) -> Option<f64> {
        match self.holds {
            Holds::Switch { is_on, .. } => Some(is_on(state, master) as u8 as f64),
            Holds::Level { read, .. } => Some(read(master) as f64),
            Holds::Knob { read, .. } => Some(read(state)),
            Holds::Trigger(_) => None,
        }
    }

    /// The action of a finite number or a press; `None` when a trigger's button is released.
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
            Holds::Trigger(_) if to.is_release() => return None,
            Holds::Trigger(fire) => ControlAction::Send(fire(to.given(), state)),
        })
    }
}

/// Names are unique.
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
