//! Where a judge looks in a frame.

use super::Observer;
use super::class_map::Weighting;
use super::map::SaliencyMap;
use crate::augment::plain;
use crate::calibration::best;
use data::reduce::reduce;

impl Observer {
    /// The class that the verdict on an RGBA frame names, and the map of what speaks for it (Grad-CAM, Selvaraju et al.
    /// 2016), in the observer's size over the whole frame; its peak is 1, or it is 0 everywhere.
    pub fn gaze(&mut self, rgba: &[u8], width: usize, height: usize) -> (usize, SaliencyMap) {
        let picture = plain(&reduce(rgba, width, height, 4));
        let class = best(&self.look(&picture).logits);
        let map = self.class_map(&picture, class, self.usual_layer(), Weighting::Mean);
        let (rows, columns) = self.size();
        (class, map.resized(rows, columns).normalised())
    }
}
