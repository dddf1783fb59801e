//! The road to the loudspeakers, which is rodio's: its `Source`, its mixer, its stream on a device.
//!
//! What is rodio's: [`Played`] is a source, so that the synth (and a file on its way, [`ReadAheadConsumer`]) can be played by any
//! graph of rodio's; `device` opens the named device with rodio's stream and hands the synth to its mixer. By
//! [`Clip::record`](crate::Clip::record) whatever is a source can be listened to, or played along.
//!
//! What is not, and the test that shows why:
//!
//! - **Mixing.** The mixer takes memory for a source that comes and frees one that ends, in the device's callback
//!   (`a_source_that_comes_or_ends_costs_memory_in_the_callback`). So it plays one source that never ends; voices, echo and
//!   files are mixed in the synth.
//! - **Sample rates.** The mixer resamples in straight lines (`rodio_resamples_with_a_hiss`). So the synth is made for the
//!   device's rate, and files are resampled by [`resample`](crate::resample).
//! - **Channels.** Rodio's conversion to one channel drops the right one. So [`Played`] has as many as the device.
//! - **Files.** Rodio's decoder (0.23, on symphonia 0.5) ends at the first link of a chained Ogg, comes to another place
//!   than it was asked for, and takes as much memory as a damaged header says (`file/tests/rodio.rs`).
//! - **Lost devices.** Rodio does not notice that callbacks have stopped; the keeper does (`live`), by the frames that the
//!   synth has counted. It also lists devices and tries their formats, for which it uses cpal, the layer under rodio.
//! - **Microphones.** Rodio's waits in `next` for as long as no sample comes, so that nobody notices that none does.

use std::num::NonZero;
use std::time::Duration;

use rodio::{ChannelCount, Sample, SampleRate, Source};

use crate::file::ReadAheadConsumer;
use crate::synth::Synth;

/// Frames that are rendered at once: two thirds of a millisecond at 48 kHz, by which orders may come later.
pub const BLOCK: usize = 32;

/// What gives stereo sound without end, and neither allocates, locks nor waits: it may live in a device's callback.
pub trait Stereo: Send {
    /// Sample rate, Hz.
    fn rate(&self) -> u32;
    /// Fills a block, left and right in turn.
    fn render(&mut self, out: &mut [f32]);
}

impl Stereo for Synth {
    fn rate(&self) -> u32 {
        Self::rate(self)
    }
    fn render(&mut self, out: &mut [f32]) {
        Self::render(self, out);
    }
}

impl Stereo for ReadAheadConsumer {
    fn rate(&self) -> u32 {
        Self::rate(self)
    }
    fn render(&mut self, out: &mut [f32]) {
        out.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| *pair = self.frame());
    }
}

/// Something stereo as a source of rodio's, with as many channels as whoever plays it.
///
/// ```
/// use rodio::mixer::mixer;
/// use rodio::source::{SineWave, Source};
/// use sound::{Played, rodio, synth};
///
/// let (synth, mut wires) = synth(48_000, 60.0, None);
/// let played = Played::new(synth, 2);
/// let (graph, mut out) = mixer(played.channels(), played.sample_rate());
/// graph.add(played);
/// graph.add(SineWave::new(440.0).amplify(0.1));
/// // A device's callback, or a test, pulls sample by sample; the show sends orders meanwhile.
/// assert!(wires.send(sound::Order::Tick(0)).is_ok());
/// assert!(out.by_ref().take(96_000).any(|v| v > 0.09));
/// ```
pub struct Played<T: Stereo> {
    from: T,
    channels: ChannelCount,
    rate: SampleRate,
    block: [f32; 2 * BLOCK],
    /// The pair of the block that is being given, and the channel of it that comes next.
    pair: usize,
    channel: u16,
}

impl<T: Stereo> Played<T> {
    /// On so many channels (0 counts as 1): a single one has the mean of both sides; from the third on they are silent.
    pub fn new(from: T, channels: u16) -> Self {
        Self {
            channels: NonZero::new(channels).unwrap_or(NonZero::<u16>::MIN),
            rate: NonZero::new(from.rate()).unwrap_or(NonZero::<u32>::MIN),
            from,
            block: [0.0; 2 * BLOCK],
            pair: BLOCK,
            channel: 0,
        }
    }
}

impl<T: Stereo> Iterator for Played<T> {
    type Item = Sample;

    #[inline]
    fn next(&mut self) -> Option<Sample> {
        if self.pair == BLOCK {
            self.from.render(&mut self.block);
            self.pair = 0;
        }
        let [left, right] = [self.block[2 * self.pair], self.block[2 * self.pair + 1]];
        let sample = match (self.channels.get(), self.channel) {
            (1, _) => 0.5 * (left + right),
            (_, 0) => left,
            (_, 1) => right,
            _ => 0.0,
        };
        self.channel += 1;
        if self.channel == self.channels.get() {
            (self.channel, self.pair) = (0, self.pair + 1);
        }
        Some(sample)
    }
}

impl<T: Stereo> Source for Played<T> {
    fn current_span_len(&self) -> Option<usize> {
        None
    }
    fn channels(&self) -> ChannelCount {
        self.channels
    }
    fn sample_rate(&self) -> SampleRate {
        self.rate
    }
    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests;
