//! What the parts of the panel show, and where their requests go.

use super::mapping_view::MappingView;
use crate::effects::EffectChain;
use crate::pace::FramePacing;
use show::{Command, Hub, ShowState};
use world::tape::Event;

/// What the panel shows, and where its requests go.
pub struct PanelContext<'a> {
    /// State of the show.
    pub state: &'a ShowState,
    /// The hub, for master brightness and volume.
    pub hub: &'a Hub,
    /// The effects, changed in place.
    pub chain: &'a mut EffectChain,
    /// Frame and tick times.
    pub pace: &'a FramePacing,
    /// Commands for the show.
    pub requests: &'a mut Vec<Command>,
    /// Learn mode.
    pub learn: &'a mut MappingView,
    /// What rows must contain to be shown, in lower case; empty shows all.
    pub filter: String,
}

impl PanelContext<'_> {
    /// Requests a new value of a knob, switch or layer knob.
    pub fn set(&mut self, address: String, value: f64) {
        self.requests.push(Command::Event(Event::Set(address.into(), value)));
    }

    /// Whether one of these words passes the filter.
    pub fn passes(&self, words: &[&str]) -> bool {
        self.filter.is_empty() || words.iter().any(|w| w.to_lowercase().contains(&self.filter))
    }
}
