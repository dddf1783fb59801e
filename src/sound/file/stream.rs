//! A clip at one sample rate, looped and decoded on demand: a few blocks are in memory at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use super::clip::Clip;
use super::decoder::Decoder;
use super::layout::Layout;
use crate::rate_adapter::RateAdapter;

/// Decoded frames.
struct AudioChunk {
    layout: Arc<Layout>,
    samples: Vec<f32>,
}

impl AudioChunk {
    fn frames(&self) -> usize {
        self.samples.len() / self.layout.channels()
    }
}

/// Reads a clip. Without seeks, its output is a function of the clip and the position alone.
pub struct Stream {
    clip: Clip,
    rate: u32,
    /// Stereo downmix instead of all channels.
    stereo: Option<Arc<Layout>>,
    decoder: Option<Box<dyn Decoder>>,
    adapter: Option<(Arc<Layout>, RateAdapter)>,
    ready: VecDeque<AudioChunk>,
    /// Frames of the first chunk that were read.
    taken: usize,
    /// Frames of this pass through the clip so far, and of a whole pass, if known.
    pass: u64,
    length: Option<u64>,
    /// Frames still to be dropped after a seek.
    skip: u64,
    /// The next frame, counted through all passes.
    place: u64,
    dead: bool,
    block: Vec<f32>,
    mixed: Vec<f32>,
}

impl Stream {
    /// A clip from its start, at a sample rate, Hz: as stereo, or with all its channels.
    pub fn open(clip: &Clip, rate: u32, stereo: bool) -> Self {
        Self::with(clip.clone(), clip.decoder(), rate, stereo)
    }

    /// The output of a decoder, once, as stereo.
    pub(super) fn of(decoder: Box<dyn Decoder>, rate: u32) -> Self {
        Self::with(Clip::new(Vec::new()), Some(decoder), rate, true)
    }

    fn with(clip: Clip, decoder: Option<Box<dyn Decoder>>, rate: u32, stereo: bool) -> Self {
        Self {
            clip,
            rate,
            stereo: stereo.then(|| Arc::new(Layout::stereo())),
            dead: decoder.is_none(),
            decoder,
            adapter: None,
            ready: VecDeque::new(),
            taken: 0,
            pass: 0,
            length: None,
            skip: 0,
            place: 0,
            block: Vec::new(),
            mixed: Vec::new(),
        }
    }

    /// The next frame, counted through all passes.
    pub fn place(&self) -> u64 {
        self.place
    }

    /// Passes the next frames to `each`, in chunks with their layout. A clip that can no longer be read is silent.
    pub fn read(&mut self, frames: u64, each: &mut dyn FnMut(&Layout, &[f32])) {
        let mut left = frames as usize;
        self.place += frames;
        while left > 0 {
            let Some(chunk) = self.ready.front() else {
                if !self.dead {
                    self.fill();
                }
                if self.dead {
                    let layout = Layout::stereo();
                    return each(&layout, &vec![0.0; 2 * left]);
                }
                continue;
            };
            let n = chunk.layout.channels();
            let now = left.min(chunk.frames() - self.taken);
            each(&chunk.layout, &chunk.samples[n * self.taken..n * (self.taken + now)]);
            (left, self.taken) = (left - now, self.taken + now);
            if self.taken == chunk.frames() {
                (self.taken, _) = (0, self.ready.pop_front());
            }
        }
    }

    /// Appends more of the first pass to `into`; false at its end.
    pub(super) fn once(&mut self, into: &mut Vec<f32>) -> bool {
        let continues = !self.dead && self.length.is_none() && self.fill();
        self.ready.drain(..).for_each(|p| into.extend(p.samples));
        continues
    }

    /// Seeks to a frame, counted through all passes.
    pub fn seek(&mut self, frame: u64) {
        let stated = self.decoder.as_ref().and_then(|d| d.seconds()).map(|s| (s * self.rate as f64) as u64);
        let within = match self.length.or(stated).filter(|l| *l > 0) {
            Some(length) => frame % length,
            None => frame,
        };
        (self.place, self.taken, self.adapter) = (frame, 0, None);
        self.ready.clear();
        let seconds = within as f64 / self.rate as f64;
        let reached = if within == 0 { None } else { self.decoder.as_mut().and_then(|d| d.seek(seconds)) };
        if reached.is_none() {
            self.begin();
        }
        self.pass = ((reached.unwrap_or(0.0).max(0.0) * self.rate as f64).round() as u64).min(within);
        self.skip = within - self.pass;
    }

    fn begin(&mut self) {
        self.decoder = self.clip.decoder();
        self.dead = self.decoder.is_none();
        self.pass = 0;
    }

    /// Decodes a block; at the end of the clip it starts over. False at the end of a pass.
    fn fill(&mut self) -> bool {
        let mut block = std::mem::take(&mut self.block);
        let spec = self.decoder.as_mut().and_then(|d| d.next(&mut block));
        match &spec {
            Some(spec) => {
                let layout = self.stereo.clone().unwrap_or_else(|| spec.layout.clone());
                let mut mixed = std::mem::take(&mut self.mixed);
                mixed.clear();
                let sound = match self.stereo.is_some() {
                    true => {
                        spec.layout.mix(&block, &mut mixed);
                        &mixed
                    }
                    false => &block,
                };
                self.resample(sound, &layout, spec.rate);
                self.mixed = mixed;
            }
            None => self.end(),
        }
        self.block = block;
        spec.is_some()
    }

    /// Converts a block to the sample rate.
    fn resample(&mut self, sound: &[f32], layout: &Arc<Layout>, rate: u32) {
        if self.adapter.as_ref().is_some_and(|(known, _)| known != layout) {
            self.flush();
        }
        let channels = layout.channels();
        let (_, adapter) =
            self.adapter.get_or_insert_with(|| (layout.clone(), RateAdapter::of(self.rate, channels)));
        let mut samples = Vec::new();
        adapter.push(sound, rate, &mut samples);
        self.push(layout.clone(), samples);
    }

    fn flush(&mut self) {
        if let Some((layout, mut adapter)) = self.adapter.take() {
            let mut samples = Vec::new();
            adapter.flush(&mut samples);
            self.push(layout, samples);
        }
    }

    fn push(&mut self, layout: Arc<Layout>, mut samples: Vec<f32>) {
        let channels = layout.channels();
        let frames = samples.len() / channels;
        let skipped = (frames as u64).min(self.skip);
        (self.pass, self.skip) = (self.pass + frames as u64, self.skip - skipped);
        samples.drain(..skipped as usize * channels);
        if !samples.is_empty() {
            self.ready.push_back(AudioChunk { layout, samples });
        }
    }

    fn end(&mut self) {
        self.flush();
        let broken = self.decoder.as_ref().map_or(0, |d| d.broken());
        self.clip.report_broken_packets(broken);
        self.length = Some(self.pass);
        if self.pass == 0 {
            return self.dead = true;
        }
        self.skip %= self.pass;
        self.begin();
    }
}
