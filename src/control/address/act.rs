//! Control input as an action: a command to the show, or an immediate change of the master.

use show::{Command, Master, ShowState};
use world::params::{KnobKind, ParamSpec};
use world::scene::Address;
use world::tape::Event;

use super::action::ControlAction;
use super::error::AddressError;
use super::input::ControlInput;
use super::target::{AddressTarget, ResolvedAddress};

/// The action of a control input at a resolved address; `None` when a trigger's button is released.
pub fn act_on(
    resolved: &ResolvedAddress,
    to: ControlInput,
    state: &ShowState,
    master: &Master,
) -> Result<Option<ControlAction>, AddressError> {
    if to.number().is_some_and(|v| !v.is_finite()) {
        return Err(AddressError::NotFinite(resolved.address.to_string()));
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
