//! Bounded frame queue for a reader that may be slow: a few frames wait, and beyond that the oldest are dropped.

use std::collections::VecDeque;

/// Frames, as bytes, that wait for a reader, in order.
#[derive(Debug)]
pub struct Mailbox {
    places: usize,
    /// Each with the number of times to send it.
    waiting: VecDeque<(Vec<u8>, u64)>,
    /// How many times the frame in flight is still to be sent, this time included; 0 if none is in flight.
    going: u64,
    spare: Vec<Vec<u8>>,
    sent: u64,
    dropped: u64,
}

impl Mailbox {
    /// A mailbox in which `places` frames may wait, besides the one in flight.
    pub fn new(places: usize) -> Self {
        let places = places.max(1);
        Self { places, waiting: VecDeque::new(), going: 0, spare: Vec::new(), sent: 0, dropped: 0 }
    }

    /// Frames that were sent completely, and frames that were dropped.
    pub fn counts(&self) -> (u64, u64) {
        (self.sent, self.dropped)
    }

    /// Whether one more frame fits without another being dropped.
    pub fn has_room(&self) -> bool {
        self.waiting.len() < self.places
    }

    /// A recycled buffer for a frame; its contents are unspecified.
    pub fn spare(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    /// Queues a frame. If the queue is full the oldest are dropped: the repetitions of the one in flight, and the one
    /// that has waited longest. So a steadily slow reader sees steady motion, a few frames late.
    pub fn put(&mut self, bytes: Vec<u8>) {
        if !self.has_room() {
            self.dropped += self.going.saturating_sub(1);
            self.going = self.going.min(1);
            if let Some((old, times)) = self.waiting.pop_front() {
                self.dropped += times;
                self.spare.push(old);
            }
        }
        self.waiting.push_back((bytes, 1));
    }

    /// Sends the last frame once more; false if it is gone already.
    pub fn again(&mut self) -> bool {
        match self.waiting.back_mut() {
            Some(last) => last.1 += 1,
            None if self.going > 0 => self.going += 1,
            None => return false,
        }
        true
    }

    /// Takes the next frame to send. [`Self::went`] or [`Self::lost`] must follow, and [`Self::recycle`] in the end.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        let (bytes, times) = self.waiting.pop_front()?;
        self.going = times;
        Some(bytes)
    }

    /// The frame in flight was sent completely; returns whether it is to be sent once more.
    pub fn went(&mut self) -> bool {
        self.sent += 1;
        self.going = self.going.saturating_sub(1);
        self.going > 0
    }

    /// The frame in flight cannot be sent.
    pub fn lost(&mut self) {
        self.dropped += std::mem::take(&mut self.going);
    }

    /// Returns a buffer that is no longer needed.
    pub fn recycle(&mut self, bytes: Vec<u8>) {
        self.spare.push(bytes);
    }

    /// Drops everything that waits.
    pub fn clear(&mut self) {
        self.lost();
        for (bytes, times) in self.waiting.drain(..) {
            self.dropped += times;
            self.spare.push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// In any order of calls: each frame is sent or counted, none overtakes another, memory is bounded, and the
        /// next one sent is never older than it must be.
        #[test]
        fn every_frame_is_sent_or_counted_and_none_overtakes(
            places in 1usize..5,
            acts in proptest::collection::vec(0u8..5, 0..400),
        ) {
            let mut mail = Mailbox::new(places);
            let (mut came, mut next, mut last) = (0u64, 0u32, None::<u32>);
            let mut going: Option<Vec<u8>> = None;
            for act in acts {
                match act {
                    0 | 1 => {
                        let mut bytes = mail.spare();
                        bytes.clear();
                        bytes.extend(next.to_le_bytes());
                        mail.put(bytes);
                        (came, next) = (came + 1, next + 1);
                    }
                    2 => came += mail.again() as u64,
                    3 if going.is_none() => {
                        going = mail.take();
                        if let Some(bytes) = &going {
                            let number = u32::from_le_bytes(bytes[..].try_into().unwrap());
                            prop_assert!(last.is_none_or(|l| l < number));
                            prop_assert!(number as usize + places >= next as usize, "frame {number} of {next} waited too long");
                            last = Some(number);
                        }
                    }
                    3 => {
                        if !mail.went() {
                            mail.recycle(going.take().unwrap());
                        }
                    }
                    _ => if let Some(bytes) = going.take() {
                        mail.lost();
                        mail.recycle(bytes);
                    }
                }
                prop_assert!(mail.waiting.len() <= places && mail.spare.len() <= places + 2);
            }
            mail.clear();
            let (sent, dropped) = mail.counts();
            prop_assert_eq!(sent + dropped, came);
            prop_assert!(mail.waiting.is_empty() && mail.going == 0);
        }
    }

    #[test]
    fn repetitions_are_dropped_before_new_frames() {
        let mut mail = Mailbox::new(2);
        mail.put(vec![0]);
        (0..99).for_each(|_| assert!(mail.again()));
        assert_eq!(mail.take(), Some(vec![0]));
        mail.put(vec![1]);
        mail.put(vec![2]);
        assert_eq!(mail.counts(), (0, 0), "a stall is made good while the reader follows");
        mail.put(vec![3]);
        assert_eq!(mail.counts(), (0, 100), "99 repetitions and the oldest");
        assert!(!mail.went());
        assert_eq!((mail.take(), mail.take()), (Some(vec![2]), Some(vec![3])));
    }
}
