//! Control input.

/// An input to an address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ControlInput {
    /// A normalised value, 0..1.
    Travel(f64),
    /// A value in its unit.
    Value(f64),
    /// A button press: triggers fire, switches toggle, a knob goes to its default.
    Press,
}

impl ControlInput {
    /// Its number, if it has one.
    pub(super) fn number(self) -> Option<f64> {
        match self {
            Self::Travel(v) | Self::Value(v) => Some(v),
            Self::Press => None,
        }
    }

    /// The value that was sent with a trigger, if any.
    pub(super) fn given(self) -> Option<f64> {
        match self {
            Self::Value(v) => Some(v),
            Self::Travel(_) | Self::Press => None,
        }
    }

    /// The state of a switch after it, from the state before.
    pub(super) fn switches(self, is_on: impl FnOnce() -> bool) -> bool {
        self.number().map_or_else(|| !is_on(), |v| v >= 0.5)
    }

    /// Whether it releases a trigger's button, which does nothing.
    pub(super) fn is_release(self) -> bool {
        self.number().is_some_and(|v| v < 0.5)
    }
}
