//! Fields as voices read them: values 0..1 of the field's range, on a grid.

use super::Moment;
use crate::order::Order;
use crate::voices::{PARTIALS, REGIONS};
use world::engine::Engine;
use world::field::Field;
use world::node::convert_planes;
use world::view::View;
use world::voice::Ear;

/// Grid for what goes on (levels, histograms), cells at most.
pub const COARSE: (usize, usize) = (96, 54);
/// Grid for what happens at a place, cells at most.
pub const FINE: (usize, usize) = (640, 360);

/// A field's values 0..1 on a grid.
#[derive(Clone, Default)]
pub struct Heard {
    key: (usize, usize, (usize, usize)),
    /// Cells across and down.
    pub size: (usize, usize),
    /// Row by row.
    pub values: Vec<f32>,
}

/// Shows each field once a tick, however many voices read it.
#[derive(Default)]
pub struct Reader {
    heard: Vec<Heard>,
    used: usize,
    canvas: Field,
}

impl Reader {
    /// A tick begins; what was read before is old.
    pub fn begin(&mut self) {
        self.used = 0;
    }

    /// The field of a voice, on a grid of at most `most` cells; all nought while a link silences it.
    pub fn field(&mut self, m: &Moment, most: (usize, usize)) -> &Heard {
        let (node, port) = match m.plan.ears.first() {
            Some(Ear::Field(node, port)) => (*node, *port),
            _ => (0, 0),
        };
        let (w, h) = m.engine.scene().nodes[node].size;
        let key = (node, port, (w.min(most.0), h.min(most.1)));
        if let Some(i) = self.heard[..self.used].iter().position(|h| h.key == key) {
            return &self.heard[i];
        }
        if self.used == self.heard.len() {
            self.heard.push(Heard::default());
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

/// `wind`: the mean of each of eight upright strips is a resonator's strength; the swifter half of it, its pitch.
pub fn regions(m: &Moment, reader: &mut Reader, orders: &mut Vec<Order>) {
    let gain = m.knob("gain");
    let heard = reader.field(m, COARSE);
    let (w, h) = heard.size;
    for r in 0..REGIONS {
        let (from, to) = (r * w / REGIONS, ((r + 1) * w / REGIONS).max(r * w / REGIONS + 1).min(w));
        let from = from.min(to - 1);
        let (mut sum, mut squares) = (0.0f64, 0.0f64);
        for y in 0..h {
            for v in &heard.values[y * w + from..y * w + to] {
                let v = (v * gain).min(1.0) as f64;
                sum += v;
                squares += v * v;
            }
        }
        let n = ((to - from) * h).max(1) as f64;
        let (value, place) = ((sum / n) as f32, libm::sqrt(squares / n) as f32);
        orders.push(Order::Level { voice: m.voice, part: r as u8, value, place });
    }
}

/// `partials`: how much of the field lies in each of 24 classes; what is next to nothing is not heard.
pub fn partials(m: &Moment, reader: &mut Reader, orders: &mut Vec<Order>) {
    let gain = m.knob("gain");
    let heard = reader.field(m, COARSE);
    let mut count = [0u32; PARTIALS];
    for v in &heard.values {
        let class = v * gain * PARTIALS as f32;
        if class >= 0.5 {
            count[(class as usize).min(PARTIALS - 1)] += 1;
        }
    }
    let n = heard.values.len().max(1) as f32;
    for (i, c) in count.iter().enumerate() {
        let value = libm::sqrtf(*c as f32 / n);
        orders.push(Order::Level { voice: m.voice, part: i as u8, value, place: 0.0 });
    }
}
