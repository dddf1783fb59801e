//! Frames on their way to somebody who may be slow: a few wait, and where there are more the oldest give way.

use std::collections::VecDeque;

/// Bytes of frames that wait for a reader, in order.
#[derive(Debug)]
pub struct Mailbox {
    places: usize,
    /// Each with the number of times that it is to be sent.
    waiting: VecDeque<(Vec<u8>, u64)>,
    /// How many times the frame on its way is still to be sent, this time included; 0 if none is on its way.
    going: u64,
    spare: Vec<Vec<u8>>,
    sent: u64,
    dropped: u64,
}

impl Mailbox {
    /// A mailbox in which so many frames may wait, beside the one on its way.
    pub fn new(places: usize) -> Self {
        let places = places.max(1);
        Self { places, waiting: VecDeque::new(), going: 0, spare: Vec::new(), sent: 0, dropped: 0 }
    }

    /// Frames that were sent whole, and frames that gave way.
    pub fn counts(&self) -> (u64, u64) {
        (self.sent, self.dropped)
    }

    /// Whether one more frame finds a place without another giving way.
    pub fn has_room(&self) -> bool {
        self.waiting.len() < self.places
    }

    /// Memory to put a frame into; what is in it means nothing.
    pub fn spare(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    /// A frame comes. Where all places are taken the oldest give way: first the repetitions of the one on its way, and
    /// the one that has waited longest. So a reader that is slow by a steady share sees steady motion, a few frames late.
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

    /// The frame that came last is to be sent once more; false if it has gone already.
    pub fn again(&mut self) -> bool {
        match self.waiting.back_mut() {
            Some(last) => last.1 += 1,
            None if self.going > 0 => self.going += 1,
            None => return false,
        }
        true
    }

    /// The frame that goes next. [`Self::went`] or [`Self::lost`] must follow, and [`Self::recycle`] in the end.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        let (bytes, times) = self.waiting.pop_front()?;
        self.going = times;
        Some(bytes)
    }

    /// The frame on its way was sent whole; whether it is to be sent once more.
    pub fn went(&mut self) -> bool {
        self.sent += 1;
        self.going = self.going.saturating_sub(1);
        self.going > 0
    }

    /// The frame on its way cannot be sent.
    pub fn lost(&mut self) {
        self.dropped += std::mem::take(&mut self.going);
    }

    /// Memory that is no longer needed.
    pub fn recycle(&mut self, bytes: Vec<u8>) {
        self.spare.push(bytes);
    }

    /// Whatever waits will not be sent.
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
        /// Whatever comes and goes in whatever order: each frame is sent or counted, none overtakes another, memory is
        /// bounded, and what goes next is never older than it must be.
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
    fn repetitions_give_way_before_new_pictures_do() {
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
