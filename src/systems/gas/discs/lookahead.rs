//! Memory asked for before it is needed. Each event touches some twenty lines of memory, and of many discs few are in the
//! processor's caches; so what the next events will need is on its way while the present one is worked out.
//!
//! The schedule knows which events come soon. For each such disc its own line is asked for first, with the next event the
//! lists of the cells around, and with that after it the discs of these lists.

use super::dynamics::Dynamics;
use super::schedule::Soon;

impl Dynamics {
    /// Finds out whose events come soon, and asks for what they need.
    #[inline(always)]
    pub(super) fn look_ahead(&mut self) {
        let mut fresh = Soon::default();
        while let Some(disc) = self.schedule.herald() {
            fetch(&self.discs[disc as usize]);
            fresh.add(disc);
        }
        let [last, earlier] = self.soon;
        for disc in last.discs() {
            self.cells.inner(*disc as usize).into_iter().flatten().for_each(fetch);
            if let Some(partner) = self.discs[*disc as usize].event.partner() {
                let partner = partner.number as usize;
                [*disc as usize, partner].into_iter().for_each(|d| fetch(&self.masses[d]));
                fetch(&self.discs[partner]);
            }
        }
        let end = self.discs.len() - 1;
        for disc in earlier.discs() {
            // Where there is nobody, any disc will do.
            let near = self.cells.inner(*disc as usize).into_iter().flatten().flatten();
            near.for_each(|head| fetch(&self.discs[(*head as usize).min(end)]));
        }
        self.soon = [fresh, last];
    }
}

/// Asks the processor to bring a value near. Nothing depends on it but time.
#[inline(always)]
fn fetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch neither reads nor faults, whatever the address; this one is of a value that lives.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(core::ptr::from_ref(value).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}
