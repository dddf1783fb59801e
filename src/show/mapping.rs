//! Controller mapping (MIDI learn): a knob is armed, and the next control that is moved is mapped to it.

/// The control mappings, as panels show them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MappingState {
    /// The armed address.
    pub armed: Option<String>,
    /// (address, control mapped to it), in the order of the map.
    pub moved: Vec<(String, String)>,
    /// Mapping conflicts, as text: addresses with several controls.
    pub conflicts: Vec<String>,
    /// Faders in soft takeover: (address, direction to the pickup point: up 1, down −1).
    pub waiting: Vec<(String, i8)>,
    /// The mapping learnt last, as text, with a running number.
    pub news: (u64, String),
}

impl MappingState {
    /// The controls mapped to one of these addresses.
    pub fn moved_by<'a>(&'a self, addresses: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let ours = self.moved.iter().filter(move |m| addresses.contains(&m.0.as_str()));
        ours.map(|m| m.1.as_str())
    }
}

/// Control of the control map.
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use show::{Hub, MappingControl, MappingState};
///
/// /// A map of controllers that nobody moves.
/// #[derive(Default)]
/// struct Map(Mutex<MappingState>);
///
/// impl MappingControl for Map {
///     fn arm(&self, address: Option<String>) {
///         self.0.lock().unwrap().armed = address;
///     }
///     fn forget(&self, address: &str) {
///         self.0.lock().unwrap().moved.retain(|m| m.0 != address);
///     }
///     fn state(&self) -> MappingState {
///         self.0.lock().unwrap().clone()
///     }
/// }
///
/// let (hub, _inbox) = Hub::new();
/// hub.attach_mapping(Arc::new(Map::default()));
/// let map = hub.learn().unwrap();
/// map.arm(Some("gas.speed".into()));
/// assert_eq!(map.state().armed.as_deref(), Some("gas.speed"));
/// ```
pub trait MappingControl: Send + Sync {
    /// Arms an address: the next control that is moved is mapped to it; `None` disarms.
    fn arm(&self, address: Option<String>);
    /// Removes the mappings of an address.
    fn forget(&self, address: &str);
    /// The current mappings.
    fn state(&self) -> MappingState;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_controls_of_some_addresses_are_those_mapped_to_them_and_no_others() {
        let moved = [("a.b", "cc 1"), ("a.c", "cc 2"), ("a.b", "key x"), ("a.d", "note 3")];
        let moved = moved.map(|(a, c)| (a.to_string(), c.to_string())).to_vec();
        let state = MappingState { moved, ..MappingState::default() };
        assert_eq!(state.moved_by(&["a.b", "a.d"]).collect::<Vec<_>>(), ["cc 1", "key x", "note 3"]);
        assert_eq!(state.moved_by(&["a.e"]).count(), 0);
    }
}
