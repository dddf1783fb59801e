//! The addresses of a map, resolved once for each scene description.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::ResolvedAddress;
use show::SceneDescription;

/// Addresses resolved in the last scene description.
#[derive(Default)]
pub struct ResolvedAddresses {
    description: Option<Arc<SceneDescription>>,
    found: BTreeMap<String, Option<ResolvedAddress>>,
}

impl ResolvedAddresses {
    /// Resolves an address. A map may hold addresses of inactive scenes.
    pub fn find(&mut self, description: &Arc<SceneDescription>, address: &str) -> Option<&ResolvedAddress> {
        if !self.description.as_ref().is_some_and(|f| Arc::ptr_eq(f, description)) {
            self.found.clear();
            self.description = Some(description.clone());
        }
        if !self.found.contains_key(address) {
            self.found.insert(address.into(), ResolvedAddress::find(description, address));
        }
        self.found.get(address)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn addresses_are_resolved_again_in_another_description() {
        let (hub, _inbox) = sample::hub();
        let mut resolved_addresses = ResolvedAddresses::default();
        let description = hub.state().description.clone();
        assert_eq!(
            resolved_addresses.find(&description, "gas.inflow"),
            ResolvedAddress::find(&description, "gas.inflow").as_ref()
        );
        assert!(
            resolved_addresses.find(&description, "gas.inflow").is_some()
                && resolved_addresses.find(&description, "no.where").is_none()
        );
        let other = Arc::new(SceneDescription {
            directory: Default::default(),
            ..SceneDescription::clone(&description)
        });
        assert_eq!(resolved_addresses.find(&other, "gas.inflow"), None);
        assert!(resolved_addresses.find(&description, "gas.inflow").is_some());
    }
}
