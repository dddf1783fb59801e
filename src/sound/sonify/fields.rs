//! Fields as voices read them: values 0..1 of the field's range, on a grid.

use super::VoiceFrame;
use world::engine::Engine;
use world::field::Field;
use world::node::convert_planes;
use world::view::View;
use world::voice::VoiceInput;

/// Grid for what goes on (levels, histograms), cells at most.
pub const COARSE: (usize, usize) = (96, 54);
/// Grid for what happens at a place, cells at most.
pub const FINE: (usize, usize) = (640, 360);

/// A field's values 0..1 on a grid.
#[derive(Clone, Default)]
pub struct SampledField {
    key: (usize, usize, (usize, usize)),
    /// Cells across and down.
    pub size: (usize, usize),
    /// Row by row.
    pub values: Vec<f32>,
}

/// Shows each field once a tick, however many voices read it.
#[derive(Default)]
pub struct Reader {
    heard: Vec<SampledField>,
    used: usize,
    canvas: Field,
}

impl Reader {
    /// A tick begins; what was read before is old.
    pub fn begin(&mut self) {
        self.used = 0;
    }

    /// The field of a voice, on a grid of at most `most` cells; all nought while a link silences it.
    pub fn field(&mut self, m: &VoiceFrame, most: (usize, usize)) -> &SampledField {
        let (node, port) = match m.plan.inputs.first() {
            Some(VoiceInput::Field(node, port)) => (*node, *port),
            _ => (0, 0),
        };
        let (w, h) = m.engine.scene().nodes[node].size;
        let key = (node, port, (w.min(most.0), h.min(most.1)));
        if let Some(i) = self.heard[..self.used].iter().position(|h| h.key == key) {
            return &self.heard[i];
        }
        if self.used == self.heard.len() {
            self.heard.push(SampledField::default());
        }
        self.used += 1;
        self.show(m.engine, key);
        &self.heard[self.used - 1]
    }

    fn show(&mut self, engine: &Engine, key: (usize, usize, (usize, usize))) {
        let heard = &mut self.heard[self.used - 1];
        let (node, port, size) = key;
        (heard.key, heard.size) = (key, size);
        heard.values.clear();
        if engine.is_inhibited(node, port) {
            heard.values.resize(size.0 * size.1, 0.0);
            return;
        }
        let port_spec = &engine.scene().nodes[node].kind.outputs[port];
        self.canvas.reshape(size.0, size.1, port_spec.planes);
        engine.node(node).show(port, &View::WHOLE, &mut self.canvas);
        let (lo, hi) = (port_spec.lo, port_spec.hi);
        // What turns either way is heard by how much it turns.
        let (from, scale) = if lo < 0.0 { (0.0, lo.abs().max(hi.abs())) } else { (lo, hi - lo) };
        let scale = 1.0 / scale.max(1e-9);
        let value = |v: &f32| ((v - from) * scale).abs();
        if port_spec.planes == 2 {
            let length = convert_planes(self.canvas.clone(), 1);
            heard.values.extend(length.plane(0).iter().map(value));
        } else {
            heard.values.extend(self.canvas.plane(0).iter().map(value));
        }
    }
}
