//! Novelty: distance of a frame from those of the last minutes (Lehman and Stanley 2011: the mean distance to the k
//! nearest neighbours in an archive), here between the judge's embeddings.

use std::collections::VecDeque;

use super::verdict::EMBEDDING;

const NEIGHBOURS: usize = 5;

/// Episodic memory: embeddings of recent frames.
#[derive(Clone, Debug)]
pub struct NoveltyMemory {
    seen: VecDeque<(u64, [f32; EMBEDDING])>,
    span: u64,
    spacing: u64,
    scale: f32,
}

impl NoveltyMemory {
    /// Remembers `span` ticks, one frame in every `spacing` ticks. `scale` is a typical distance between
    /// frames of different classes, known from training; a frame that far from all remembered ones has novelty 1 − 1/e.
    pub fn new(span: u64, spacing: u64, scale: f32) -> Self {
        Self { seen: VecDeque::new(), span, spacing: spacing.max(1), scale: scale.max(1e-6) }
    }

    /// Novelty 0..1 of an embedding, which is then remembered. The first of all has novelty 1.
    pub fn observe(&mut self, tick: u64, embedding: &[f32; EMBEDDING]) -> f32 {
        if self.seen.back().is_some_and(|l| l.0 > tick) {
            self.seen.clear();
        }
        while self.seen.front().is_some_and(|f| f.0 + self.span < tick) {
            self.seen.pop_front();
        }
        // What was seen within the last spacing is the present, not the past.
        let past = self.seen.iter().filter(|s| s.0 + self.spacing <= tick || s.0 == tick);
        let mut nearest: Vec<f32> = past.map(|s| distance(&s.1, embedding)).collect();
        nearest.sort_by(f32::total_cmp);
        nearest.truncate(NEIGHBOURS);
        let novelty = match nearest.is_empty() {
            true => 1.0,
            false => {
                let mean = nearest.iter().sum::<f32>() / nearest.len() as f32;
                1.0 - libm::expf(-mean / self.scale)
            }
        };
        if self.seen.back().is_none_or(|l| l.0 + self.spacing <= tick) {
            self.seen.push_back((tick, *embedding));
        }
        novelty.clamp(0.0, 1.0)
    }
}

fn distance(a: &[f32; EMBEDDING], b: &[f32; EMBEDDING]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(v: f32) -> [f32; EMBEDDING] {
        let mut e = [0.0; EMBEDDING];
        e[3] = v;
        e
    }

    #[test]
    fn the_same_again_is_not_new_and_the_forgotten_is_new_again() {
        let mut m = NoveltyMemory::new(600, 30, 2.0);
        assert_eq!(m.observe(0, &place(0.0)), 1.0);
        assert_eq!(m.observe(60, &place(0.0)), 0.0);
        let far = m.observe(90, &place(2.0));
        assert!((far - (1.0 - (-1.0f32).exp())).abs() < 1e-6, "{far}");
        for i in 0..20 {
            m.observe(120 + 30 * i, &place(2.0));
        }
        assert!(m.observe(720, &place(2.0)) < 0.01);
        assert!(m.observe(1300, &place(0.0)) > 0.6, "what was seen ten seconds of ticks ago is forgotten");
    }
}
