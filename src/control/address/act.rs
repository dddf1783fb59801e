//! What a move means: a command to the show, or the master's light at once.

use show::{Command, Hub, Master, ShowState};
use world::params::{KnobKind, ParamSpec};
use world::scene::Address;
use world::tape::Event;

use super::{AddressError, AddressTarget, ControlInput, ResolvedAddress};

/// Something to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum ControlAction {
    /// Sent to the show.
    Send(Command),
    /// The picture goes black, or comes back; at once, past the show's thread.
    Black(bool),
    /// The picture stands, or goes on; at once.
    Freeze(bool),
    /// The light goes to this level (0..1) within so many seconds; at once.
    Fade(f32, f32),
    /// The volume of all sound (0..1), and whether it is muted; at once.
    Volume(f32, bool),
}

impl ControlAction {
    /// Does it.
    pub fn apply(self, hub: &Hub) {
        match self {
            Self::Send(command) => hub.send(command),
            Self::Black(on) => hub.master().blackout(on),
            Self::Freeze(on) => hub.master().freeze(on),
            Self::Fade(level, seconds) => hub.master().fade(level, seconds),
            Self::Volume(volume, mute) => hub.set_volume(volume, mute),
        }
    }
}

impl ControlInput {
    /// Its number, if it has one.
    pub(super) fn number(self) -> Option<f64> {
        match self {
            Self::Travel(v) | Self::Value(v) => Some(v),
            Self::Press => None,
        }
    }

    /// The number in a unit that was sent with a trigger, if one was.
    pub(super) fn given(self) -> Option<f64> {
        match self {
            Self::Value(v) => Some(v),
            Self::Travel(_) | Self::Press => None,
        }
    }

    /// Whether a switch that is on or not is on after it.
    pub(super) fn switches(self, is_on: impl FnOnce() -> bool) -> bool {
        self.number().map_or_else(|| !is_on(), |v| v >= 0.5)
    }

    /// Whether a trigger's button is let go by it, which asks nothing.
    pub(super) fn lets_go(self) -> bool {
        self.number().is_some_and(|v| v < 0.5)
    }
}

/// What a move of a place means; nothing where a trigger's button is let go.
pub fn act_on(
    resolved: &ResolvedAddress,
    to: ControlInput,
    state: &ShowState,
    master: &Master,
) -> Result<Option<ControlAction>, AddressError> {
    if to.number().is_some_and(|v| !v.is_finite()) {
        return Err(AddressError::NoNumber(resolved.address.to_string()));
    }
    let (place, address) = (resolved.place, &resolved.address);
    let is_on = || place.value(state, master).unwrap_or(0.0) >= 0.5;
    Ok(match place {
        AddressTarget::Fixed(fixed) => fixed.act(to, state, master),
        AddressTarget::Knob(_, spec) => Some(knob(spec, address, to, is_on)),
        AddressTarget::Switch(_) => Some(set(address, to.switches(is_on) as u8 as f64)),
        AddressTarget::Numbered(kind, n) => kind.act(n, to, state),
    })
}

fn knob(
    spec: &ParamSpec,
    address: &Address,
    to: ControlInput,
    is_on: impl FnOnce() -> bool,
) -> ControlAction {
    match to {
        ControlInput::Travel(t) => ControlAction::Send(Command::Travel(address.clone(), t.clamp(0.0, 1.0))),
        ControlInput::Value(v) => set(address, spec.clamp(v)),
        ControlInput::Press if spec.kind == KnobKind::Switch => set(address, !is_on() as u8 as f64),
        ControlInput::Press => set(address, spec.default),
    }
}

fn set(address: &Address, value: f64) -> ControlAction {
    ControlAction::Send(Command::Event(Event::Set(address.clone(), value)))
}
