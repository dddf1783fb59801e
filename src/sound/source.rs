//! The output path, through rodio: its `Source`, its mixer, its stream on a device.
//!
//! What rodio does: [`Played`] is a source, so that the synth (and a file that is read ahead, [`ReadAheadConsumer`])
//! can be played by any rodio graph; `device` opens the named device with rodio's stream and adds the synth to its
//! mixer. With [`Clip::record`](crate::Clip::record) any source can be analysed, or played along.
//!
//! What it does not do, and the test that shows why:
//!
//! - **Mixing.** The mixer allocates when a source starts and frees when one ends, in the device's callback
//!   (`a_source_that_starts_or_ends_allocates_in_the_callback`). So it plays one source that never ends; voices, reverb
//!   and files are mixed in the synth.
//! - **Sample rates.** The mixer resamples by linear interpolation (`rodio_resamples_with_aliasing`). So the synth runs
//!   at the device's rate, and files are resampled by [`resample`](crate::resample).
//! - **Channels.** Rodio's conversion to mono drops the right channel. So [`Played`] has as many channels as the
//!   device.
//! - **Files.** Rodio's decoder (0.23, on symphonia 0.5) ends at the first link of a chained Ogg, seeks inaccurately,
//!   and allocates as much memory as a damaged header says (`file/tests/rodio.rs`).
//! - **Lost devices.** Rodio does not notice that callbacks have stopped; the device manager does (`live`), by the
//!   frames that the synth has counted. It also lists devices and tries their formats, with cpal, the layer under
//!   rodio.
//! - **Microphones.** Rodio's input blocks in `next` until a sample arrives, so a silent loss of the device is not
//!   noticed.

use std::num::NonZero;
use std::time::Duration;

use rodio::{ChannelCount, Sample, SampleRate, Source};

use crate::file::ReadAheadConsumer;
use crate::synth::Synth;

/// Frames rendered at once: two thirds of a millisecond at 48 kHz, the latency added to commands.
pub const BLOCK: usize = 32;

/// An endless stereo sound that neither allocates, locks nor waits: it may run in a device's callback.
///
/// ```
/// use sound::{Played, Stereo};
///
/// /// Nothing on the left, full scale on the right.
/// struct Right;
///
/// impl Stereo for Right {
///     fn rate(&self) -> u32 {
///         48_000
///     }
///     fn render(&mut self, out: &mut [f32]) {
///         out.as_chunks_mut::<2>().0.fill([0.0, 1.0]);
///     }
/// }
///
/// assert_eq!(Played::new(Right, 2).take(4).collect::<Vec<_>>(), [0.0, 1.0, 0.0, 1.0]);
/// assert_eq!(Played::new(Right, 1).next(), Some(0.5));
/// ```
pub trait Stereo: Send {
    /// Sample rate, Hz.
    fn rate(&self) -> u32;
    /// Fills a block, interleaved stereo.
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

/// A [`Stereo`] sound as a rodio source, with as many channels as the device.
///
/// ```
/// use rodio::mixer::mixer;
/// use rodio::source::{SineWave, Source};
/// use sound::{Played, rodio, synth};
///
/// let (synth, mut handle) = synth(48_000, 60.0, None);
/// let played = Played::new(synth, 2);
/// let (graph, mut out) = mixer(played.channels(), played.sample_rate());
/// graph.add(played);
/// graph.add(SineWave::new(440.0).amplify(0.1));
/// // A device's callback, or a test, pulls sample by sample; the show sends commands meanwhile.
/// assert!(handle.send(sound::SynthCommand::Tick(0)).is_ok());
/// assert!(out.by_ref().take(96_000).any(|v| v > 0.09));
/// ```
pub struct Played<T: Stereo> {
    from: T,
    channels: ChannelCount,
    rate: SampleRate,
    block: [f32; 2 * BLOCK],
    /// The current pair of the block, and its next channel.
    pair: usize,
    channel: u16,
}

impl<T: Stereo> Played<T> {
    /// On a number of channels (0 counts as 1): a single one has the mean of both sides; from the third on they are
    /// silent.
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
