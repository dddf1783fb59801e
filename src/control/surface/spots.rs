//! Where the addresses of a map lead, looked up once for each face of the show.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::Spot;
use show::Face;

/// What was found in the face that was seen last.
#[derive(Default)]
pub struct Spots {
    face: Option<Arc<Face>>,
    found: BTreeMap<String, Option<Spot>>,
}

impl Spots {
    /// Where an address leads in a face. A map may hold addresses of scenes that do not play now.
    pub fn find(&mut self, face: &Arc<Face>, address: &str) -> Option<&Spot> {
        if !self.face.as_ref().is_some_and(|f| Arc::ptr_eq(f, face)) {
            self.found.clear();
            self.face = Some(face.clone());
        }
        if !self.found.contains_key(address) {
            self.found.insert(address.into(), Spot::find(face, address));
        }
        self.found.get(address)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn another_face_is_searched_anew() {
        let (hub, _inbox) = sample::hub();
        let mut spots = Spots::default();
        let face = hub.state().face.clone();
        assert_eq!(spots.find(&face, "gas.inflow"), Spot::find(&face, "gas.inflow").as_ref());
        assert!(spots.find(&face, "gas.inflow").is_some() && spots.find(&face, "no.where").is_none());
        let other = Arc::new(Face { directory: Default::default(), ..Face::clone(&face) });
        assert_eq!(spots.find(&other, "gas.inflow"), None);
        assert!(spots.find(&face, "gas.inflow").is_some());
    }
}
