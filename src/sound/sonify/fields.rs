//! Fields as voices read them: values normalised to 0..1 of the field's range, on a grid.

use super::voice_frame::VoiceFrame;
use world::audible::Sounding;
use world::engine::Engine;
use world::field::Field;
use world::node::convert_planes;
use world::view::View;
use world::voice::VoiceInput;

/// Grid for continuous measures (levels, histograms): cells at most.
pub const COARSE: (usize, usize) = (96, 54);
/// Grid for located events: cells at most.
pub const FINE: (usize, usize) = (640, 360);

/// A field sampled on a grid, values 0..1.
#[derive(Clone, Default)]
pub struct SampledField {
    key: (usize, usize, (usize, usize)),
    /// Cells across and down.
    pub size: (usize, usize),
    /// In row-major order.
    pub values: Vec<f32>,
}

/// Samples each field once a tick, however many voices read it.
#[derive(Default)]
pub struct Reader {
    sampled: Vec<SampledField>,
    used: usize,
    canvas: Field,
    events: Vec<Sounding>,
    audio: Vec<[f32; 2]>,
}

impl Reader {
    /// Starts a tick: fields are sampled again.
    pub fn begin(&mut self) {
        self.used = 0;
    }

    /// The field of a voice, on a grid of at most `most` cells; all zero while a link inhibits it.
    pub fn field(&mut self, frame: &VoiceFrame, most: (usize, usize)) -> &SampledField {
        let (node, port) = match frame.plan.inputs.first() {
            Some(VoiceInput::Field(node, port)) => (*node, *port),
            _ => (0, 0),
        };
        let (w, h) = frame.engine.scene().nodes[node].size;
        let key = (node, port, (w.min(most.0), h.min(most.1)));
        if let Some(i) = self.sampled[..self.used].iter().position(|s| s.key == key) {
            return &self.sampled[i];
        }
        if self.used == self.sampled.len() {
            self.sampled.push(SampledField::default());
        }
        self.used += 1;
        self.sample(frame.engine, key);
        &self.sampled[self.used - 1]
    }

    /// The audible events of the node that a voice reads, in the order in which they happened.
    pub fn soundings(&mut self, frame: &VoiceFrame) -> &[Sounding] {
        self.events.clear();
        if let Some(VoiceInput::Node(node)) = frame.plan.inputs.first() {
            frame.engine.node(*node).soundings(&mut self.events);
        }
        &self.events
    }

    /// The sound that the node made in the last tick, left and right at [`world::audible::AUDIO_RATE`].
    pub fn audio(&mut self, frame: &VoiceFrame) -> &[[f32; 2]] {
        self.audio.clear();
        if let Some(VoiceInput::Node(node)) = frame.plan.inputs.first() {
            frame.engine.node(*node).audio(&mut self.audio);
        }
        &self.audio
    }

    fn sample(&mut self, engine: &Engine, key: (usize, usize, (usize, usize))) {
        let sampled = &mut self.sampled[self.used - 1];
        let (node, port, size) = key;
        (sampled.key, sampled.size) = (key, size);
        sampled.values.clear();
        if engine.is_inhibited(node, port) {
            sampled.values.resize(size.0 * size.1, 0.0);
            return;
        }
        let port_spec = &engine.scene().nodes[node].kind.outputs[port];
        self.canvas.reshape(size.0, size.1, port_spec.planes);
        engine.node(node).show(port, &View::WHOLE, &mut self.canvas);
        let (lo, hi) = (port_spec.lo, port_spec.hi);
        // Signed fields are read by magnitude.
        let (from, scale) = if lo < 0.0 { (0.0, lo.abs().max(hi.abs())) } else { (lo, hi - lo) };
        let scale = 1.0 / scale.max(1e-9);
        let value = |v: &f32| ((v - from) * scale).abs();
        if port_spec.planes == 2 {
            let length = convert_planes(self.canvas.clone(), 1);
            sampled.values.extend(length.plane(0).iter().map(value));
        } else {
            sampled.values.extend(self.canvas.plane(0).iter().map(value));
        }
    }
}
