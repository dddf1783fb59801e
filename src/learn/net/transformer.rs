//! A causal transformer that decodes symbol by symbol with a KV cache (Vaswani et al. 2017; Shazeer 2019 for the
//! cache). Several sequences are decoded in step, each as if it were alone.

use super::layers::{Dense, relu, softmax, squared};
use super::weights::Weights;

/// Sizes of a transformer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransformerConfig {
    /// Vocabulary size.
    pub symbols: usize,
    /// Sequence length.
    pub places: usize,
    /// Number of classes.
    pub classes: usize,
    /// Number of blocks.
    pub layers: usize,
    /// Attention heads.
    pub heads: usize,
    /// Dimensions of a head.
    pub head: usize,
}

impl TransformerConfig {
    /// Dimensions of the model.
    pub fn width(&self) -> usize {
        self.heads * self.head
    }
    /// Units in the hidden layer of a block.
    pub fn hidden(&self) -> usize {
        4 * self.width()
    }
}

/// Layer normalisation of each row (Ba et al. 2016): `name.gamma` and `name.beta`.
#[derive(Clone, Debug)]
struct LayerNorm {
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

impl LayerNorm {
    fn of(w: &Weights, name: &str, width: usize) -> Result<Self, String> {
        let get = |part: &str| w.get(&format!("{name}.{part}"), &[width]);
        Ok(Self { gamma: get("gamma")?, beta: get("beta")? })
    }

    fn apply(&self, x: &[f32]) -> Vec<f32> {
        let n = self.gamma.len();
        let row = |row: &[f32]| {
            let mean = row.iter().map(|v| *v as f64).sum::<f64>() / n as f64;
            let variance = row.iter().map(|v| squared(*v as f64 - mean)).sum::<f64>() / n as f64;
            let (mean, scale) = (mean as f32, (1.0 / libm::sqrt(variance + 1e-5)) as f32);
            let pairs = row.iter().zip(self.gamma.iter().zip(&self.beta));
            pairs.map(|(v, (g, b))| (v - mean) * scale * g + b).collect::<Vec<f32>>()
        };
        x.chunks_exact(n).flat_map(row).collect()
    }
}

#[derive(Clone, Debug)]
struct TransformerBlock {
    before: LayerNorm,
    attend: Dense,
    join: Dense,
    between: LayerNorm,
    up: Dense,
    down: Dense,
}

/// The network.
#[derive(Clone, Debug)]
pub struct Transformer {
    sizes: TransformerConfig,
    start: Vec<f32>,
    symbol: Vec<f32>,
    place: Vec<f32>,
    class: Vec<f32>,
    blocks: Vec<TransformerBlock>,
    last: LayerNorm,
    head: Dense,
}

/// KV cache of the sequences being decoded: keys `[width][places]` and values `[places][width]` of every layer.
#[derive(Clone, Debug)]
pub struct KvCache {
    classes: Vec<usize>,
    done: usize,
    /// `[layer][sequence]`.
    layers: Vec<Vec<LayerCache>>,
}

#[derive(Clone, Debug)]
struct LayerCache {
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl Transformer {
    /// Reads its weights, all under `name.`.
    ///
    /// # Errors
    /// A weight is missing or of another shape.
    pub fn of(w: &Weights, name: &str, sizes: TransformerConfig) -> Result<Self, String> {
        let width = sizes.width();
        let get = |part: &str, rows: usize| w.get(&format!("{name}.{part}"), &[rows, width]);
        let block = |i: usize| {
            let part = |p: &str| format!("{name}.blocks.{i}.{p}");
            Ok::<_, String>(TransformerBlock {
                before: LayerNorm::of(w, &part("before"), width)?,
                attend: Dense::of(w, &part("attend"), width, 3 * width)?,
                join: Dense::of(w, &part("join"), width, width)?,
                between: LayerNorm::of(w, &part("between"), width)?,
                up: Dense::of(w, &part("up"), width, sizes.hidden())?,
                down: Dense::of(w, &part("down"), sizes.hidden(), width)?,
            })
        };
        Ok(Self {
            start: get("start", 1)?,
            symbol: get("symbol", sizes.symbols)?,
            place: get("place", sizes.places)?,
            class: get("class", sizes.classes)?,
            blocks: (0..sizes.layers).map(block).collect::<Result<_, _>>()?,
            last: LayerNorm::of(w, &format!("{name}.last"), width)?,
            head: Dense::of(w, &format!("{name}.head"), width, sizes.symbols)?,
            sizes,
        })
    }

    /// An empty cache for sequences of these classes.
    pub fn begin(&self, classes: Vec<usize>) -> KvCache {
        let numbers = self.sizes.places * self.sizes.width();
        let one = LayerCache { keys: vec![0.0; numbers], values: vec![0.0; numbers] };
        let layers = vec![vec![one; classes.len()]; self.sizes.layers];
        KvCache { classes, done: 0, layers }
    }

    /// Logits of the next symbol of each sequence, `[sequences][symbols]`, given the previous one (none at first).
    pub fn next(&self, cache: &mut KvCache, symbols: &[usize]) -> Vec<f32> {
        let (width, t) = (self.sizes.width(), cache.done);
        let row = |table: &[f32], i: usize| -> Vec<f32> { table[i * width..(i + 1) * width].to_vec() };
        let place = row(&self.place, t);
        let begin = |(s, &c): (usize, &usize)| {
            let before = if t == 0 { self.start.clone() } else { row(&self.symbol, symbols[s]) };
            let class = row(&self.class, c);
            (0..width).map(|i| before[i] + place[i] + class[i]).collect::<Vec<f32>>()
        };
        let mut x: Vec<f32> = cache.classes.iter().enumerate().flat_map(begin).collect();
        for (block, layer) in self.blocks.iter().zip(&mut cache.layers) {
            let all = block.attend.apply_rows(&block.before.apply(&x));
            let pairs = all.chunks_exact(3 * width).zip(layer);
            let attended: Vec<f32> = pairs.flat_map(|(all, layer)| self.attend(all, layer, t)).collect();
            add(&mut x, &block.join.apply_rows(&attended));
            let mut inner = block.up.apply_rows(&block.between.apply(&x));
            relu(&mut inner);
            add(&mut x, &block.down.apply_rows(&inner));
        }
        cache.done += 1;
        self.head.apply_rows(&self.last.apply(&x))
    }

    /// Attention of place `t` to those up to it; `all` holds its query, key and value.
    fn attend(&self, all: &[f32], cache: &mut LayerCache, t: usize) -> Vec<f32> {
        let TransformerConfig { places, head, .. } = self.sizes;
        let width = self.sizes.width();
        let (query, key, value) = (&all[..width], &all[width..2 * width], &all[2 * width..]);
        cache.keys.iter_mut().skip(t).step_by(places).zip(key).for_each(|(k, v)| *k = *v);
        cache.values[t * width..(t + 1) * width].copy_from_slice(value);
        let scale = 1.0 / libm::sqrtf(head as f32);
        let mut attended = vec![0f32; width];
        for (h, attended) in attended.chunks_exact_mut(head).enumerate() {
            let mut scores = vec![0f32; t + 1];
            let rows = cache.keys.chunks_exact(places);
            for (q, keys) in query.iter().zip(rows).skip(h * head).take(head) {
                let q = q * scale;
                scores.iter_mut().zip(keys).for_each(|(s, k)| *s += q * k);
            }
            for (p, values) in softmax(&scores).iter().zip(cache.values.chunks_exact(width)) {
                attended.iter_mut().zip(&values[h * head..]).for_each(|(y, v)| *y += p * v);
            }
        }
        attended
    }
}

fn add(x: &mut [f32], y: &[f32]) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
}
