//! Samples of the input on their way to worlds that hear the room: a short queue between the device's clock and the
//! show's.

use std::collections::VecDeque;
use std::sync::Mutex;

use world::audible::AUDIO_RATE;

/// Samples that wait before the first is taken: 30 ms, more than the blocks of most devices.
const AHEAD: usize = AUDIO_RATE as usize * 30 / 1000;
/// Samples that wait at most; of more, the oldest are dropped.
const MOST: usize = AUDIO_RATE as usize * 120 / 1000;

/// The queue. Neither end is a device's callback.
#[derive(Default)]
pub struct RoomBuffer(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    samples: VecDeque<f32>,
    flows: bool,
}

impl RoomBuffer {
    /// Adds samples, mono at [`AUDIO_RATE`].
    pub fn push(&self, samples: &[f32]) {
        let mut queue = self.0.lock().unwrap_or_else(|e| e.into_inner());
        queue.samples.extend(samples);
        if queue.samples.len() > MOST {
            let late = queue.samples.len() - 2 * AHEAD;
            queue.samples.drain(..late);
        }
    }

    /// The next `n` samples; fewer, or none, where the input falls behind, which then gathers a little first.
    pub fn take(&self, n: usize) -> Vec<f32> {
        let mut queue = self.0.lock().unwrap_or_else(|e| e.into_inner());
        queue.flows = queue.samples.len() >= if queue.flows { n } else { n + AHEAD };
        let n = if queue.flows { n } else { 0 };
        queue.samples.drain(..n).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_come_out_in_order_without_gaps_while_input_keeps_up() {
        let (buffer, mut given, mut taken) = (RoomBuffer::default(), 0u32, Vec::new());
        // Blocks of 10 ms against ticks of 16.7 ms.
        for ms in 0..3000 {
            if ms % 10 == 0 {
                buffer.push(&(given..given + 480).map(|v| v as f32).collect::<Vec<_>>());
                given += 480;
            }
            if ms % 50 == 0 {
                (0..3).for_each(|_| taken.extend(buffer.take(800)));
            }
        }
        assert!(taken.len() > 48_000 * 3 - 2 * MOST, "{}", taken.len());
        assert!(taken.windows(2).all(|w| w[1] == w[0] + 1.0));
    }

    #[test]
    fn a_show_that_stalls_hears_what_is_newest_and_silence_is_waited_out() {
        let buffer = RoomBuffer::default();
        buffer.push(&(0..48_000).map(|v| v as f32).collect::<Vec<_>>());
        assert_eq!(buffer.take(800)[0], (48_000 - 2 * AHEAD) as f32);
        assert_eq!([buffer.take(800).len(), buffer.take(800).len()], [800, 800]);
        assert!(buffer.take(800).is_empty(), "what is left is gathered first");
        buffer.push(&[1.0; 4000]);
        assert_eq!(buffer.take(800).len(), 800);
    }
}
