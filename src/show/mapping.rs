//! Learning: a knob waits for a control, and the control that is moved next moves it from then on.

/// What moves what, as panels show it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MappingState {
    /// The address that waits for a control.
    pub armed: Option<String>,
    /// (address, control that moves it), as the map holds them.
    pub moved: Vec<(String, String)>,
    /// Addresses that several controls move, in words.
    pub conflicts: Vec<String>,
    /// Faders that wait for their knob: (address, up 1 or down −1).
    pub waiting: Vec<(String, i8)>,
    /// What was learnt last, with a running number.
    pub news: (u64, String),
}

impl MappingState {
    /// The controls that move one of these addresses.
    pub fn moved_by<'a>(&'a self, addresses: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let ours = self.moved.iter().filter(move |m| addresses.contains(&m.0.as_str()));
        ours.map(|m| m.1.as_str())
    }
}

/// What hands can ask of the map of controllers.
pub trait MappingControl: Send + Sync {
    /// The next control that is moved will move this address; `None` disarms.
    fn arm(&self, address: Option<String>);
    /// Nothing moves an address any more.
    fn forget(&self, address: &str);
    /// What moves what.
    fn state(&self) -> MappingState;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_controls_of_some_addresses_are_those_that_move_them_and_no_others() {
        let moved = [("a.b", "cc 1"), ("a.c", "cc 2"), ("a.b", "key x"), ("a.d", "note 3")];
        let moved = moved.map(|(a, c)| (a.to_string(), c.to_string())).to_vec();
        let state = MappingState { moved, ..MappingState::default() };
        assert_eq!(state.moved_by(&["a.b", "a.d"]).collect::<Vec<_>>(), ["cc 1", "key x", "note 3"]);
        assert_eq!(state.moved_by(&["a.e"]).count(), 0);
    }
}
