//! A rodio source (a generator, an effect, a decoder, a graph) as a decoder: block by block, once.

use std::sync::Arc;

use rodio::Source;

use super::decoder::{Decoder, SignalSpec, sanitise};
use super::layout::{Layout, MOST};

/// Frames of a block.
const BLOCK: usize = 4096;

/// Adapts a rodio source.
pub struct Sourced<S>(pub S);

impl<S: Source + Send> Decoder for Sourced<S> {
    fn next(&mut self, into: &mut Vec<f32>) -> Option<SignalSpec> {
        into.clear();
        let (rate, channels) = (self.0.sample_rate().get(), self.0.channels().get() as usize);
        if channels > MOST || !(1000..=768_000).contains(&rate) {
            return None;
        }
        // Rate and channels may change after the span; no span, or an empty one, means unknown.
        let span = self.0.current_span_len().filter(|n| *n > 0).unwrap_or(usize::MAX);
        let most = span.min(BLOCK * channels).next_multiple_of(channels);
        into.extend(self.0.by_ref().take(most).map(sanitise));
        into.truncate(into.len() / channels * channels);
        // A source has a number of channels but no positions, so the usual layout is assumed.
        (!into.is_empty()).then(|| SignalSpec { rate, layout: Arc::new(Layout::new(channels, 0)) })
    }

    /// A source does not report where a seek has ended.
    fn seek(&mut self, _: f64) -> Option<f64> {
        None
    }

    fn seconds(&self) -> Option<f64> {
        None
    }
}
