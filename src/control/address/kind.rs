//! Kinds of addresses.

use world::params::ParamSpec;

/// The kind of control at an address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AddressKind {
    /// A knob with range and scale.
    Knob(&'static ParamSpec),
    /// On or off.
    Switch,
    /// A number 0..1.
    Level,
    /// Fires when pressed; it has no value.
    Trigger,
}
