//! The codebook: each vector is a moving average of the encodings assigned to it (van den Oord et al. 2017, appendix
//! A.1). A dead vector, to which nothing is assigned any more, is re-initialised where the codebook fits worst.

#![expect(clippy::disallowed_methods, reason = "only in training")]

use rand::RngExt;
use rand::distr::Distribution;
use rand::distr::weighted::WeightedIndex;
use rayon::prelude::*;

use world::rng::Rng;

/// Decay of the moving averages per step.
const DECAY: f32 = 0.99;
/// A vector with less than this fraction of an equal share of the assignments is dead.
const DEAD: f32 = 0.05;
/// Rows of a parallel task.
const TASK: usize = 256;

/// Vectors, with moving averages of the number and the sum of the encodings assigned to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Codebook {
    width: usize,
    vectors: Vec<f32>,
    uses: Vec<f32>,
    sums: Vec<f32>,
}

impl Codebook {
    /// `size` vectors of `width` zeros; they are initialised from the first rows of the training.
    pub fn new(size: usize, width: usize) -> Self {
        Self { width, vectors: vec![0.0; size * width], uses: vec![0.0; size], sums: vec![0.0; size * width] }
    }

    /// Number of vectors.
    pub fn size(&self) -> usize {
        self.uses.len()
    }

    /// `[size][width]`.
    pub fn vectors(&self) -> &[f32] {
        &self.vectors
    }

    /// Whether it has been initialised from rows.
    pub fn is_initialised(&self) -> bool {
        self.uses.iter().any(|u| *u > 0.0)
    }

    /// The vectors of codes, concatenated.
    pub fn look_up(&self, codes: &[usize]) -> Vec<f32> {
        codes.iter().flat_map(|c| &self.vectors[c * self.width..(c + 1) * self.width]).copied().collect()
    }

    /// The nearest vector of each row (`[n][width]`); the first of several.
    pub fn nearest(&self, rows: &[f32]) -> Vec<usize> {
        let (size, width) = (self.size(), self.width);
        let half: Vec<f32> =
            self.vectors.chunks_exact(width).map(|v| 0.5 * v.iter().map(|x| x * x).sum::<f32>()).collect();
        let mut across = vec![0f32; size * width];
        for (i, v) in self.vectors.iter().enumerate() {
            across[i % width * size + i / width] = *v;
        }
        let one = |row: &[f32]| {
            let mut far = half.clone();
            for (x, column) in row.iter().zip(across.chunks_exact(size)) {
                far.iter_mut().zip(column).for_each(|(f, c)| *f -= x * c);
            }
            far.iter().enumerate().fold(0, |best, (i, f)| if *f < far[best] { i } else { best })
        };
        let tasks = rows.par_chunks(TASK * width);
        tasks.flat_map_iter(|rows| rows.chunks_exact(width).map(one).collect::<Vec<_>>()).collect()
    }

    /// Initialises the vectors from random rows, with equal shares of the assignments.
    pub fn initialise(&mut self, rows: &[f32], rng: Rng) {
        let (width, n) = (self.width, rows.len() / self.width);
        let share = n as f32 / self.size() as f32;
        let mut s = rng.sequence();
        for k in 0..self.size() {
            let row = s.random_range(0..n);
            self.put(k, &rows[row * width..(row + 1) * width], share);
        }
    }

    /// Moves towards rows that were encoded as `codes`.
    pub fn learn(&mut self, rows: &[f32], codes: &[usize], rng: Rng) {
        let width = self.width;
        self.uses.iter_mut().chain(&mut self.sums).for_each(|v| *v *= DECAY);
        for (row, &c) in rows.chunks_exact(width).zip(codes) {
            self.uses[c] += 1.0 - DECAY;
            let sum = &mut self.sums[c * width..(c + 1) * width];
            sum.iter_mut().zip(row).for_each(|(s, x)| *s += (1.0 - DECAY) * x);
        }
        self.revive(rows, codes, rng);
        for (k, vector) in self.vectors.chunks_exact_mut(width).enumerate() {
            let sum = &self.sums[k * width..(k + 1) * width];
            vector.iter_mut().zip(sum).for_each(|(v, s)| *v = s / self.uses[k]);
        }
    }

    /// Re-initialises dead vectors at a row, chosen with a probability proportional to its squared distance from its
    /// vector (k-means++, Arthur and Vassilvitskii 2007).
    fn revive(&mut self, rows: &[f32], codes: &[usize], rng: Rng) {
        let (width, share) = (self.width, codes.len() as f32 / self.size() as f32);
        let dead: Vec<usize> = (0..self.size()).filter(|&k| self.uses[k] < DEAD * share).collect();
        if dead.is_empty() {
            return;
        }
        let distance = |(row, &c): (&[f32], &usize)| {
            let vector = &self.vectors[c * width..(c + 1) * width];
            row.iter().zip(vector).map(|(x, v)| ((x - v) as f64).powi(2)).sum::<f64>()
        };
        // None where all rows lie on their vectors, or the encoder has diverged: then the last row will do.
        let far = WeightedIndex::new(rows.chunks_exact(width).zip(codes).map(distance)).ok();
        let mut s = rng.sequence();
        for k in dead {
            let row = far.as_ref().map_or(codes.len() - 1, |far| far.sample(&mut s));
            self.put(k, &rows[row * width..(row + 1) * width], share);
        }
    }

    fn put(&mut self, k: usize, vector: &[f32], uses: f32) {
        let range = k * self.width..(k + 1) * self.width;
        self.uses[k] = uses;
        self.sums[range.clone()].iter_mut().zip(vector).for_each(|(s, v)| *s = v * uses);
        self.vectors[range].copy_from_slice(vector);
    }

    /// All of it as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let all = self.vectors.iter().chain(&self.uses).chain(&self.sums);
        all.flat_map(|v| v.to_le_bytes()).collect()
    }

    /// Restores it from bytes; false if their number does not match.
    pub fn restore(&mut self, bytes: &[u8]) -> bool {
        let all: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        let (n, size) = (self.vectors.len(), self.size());
        if all.len() != 2 * n + size || bytes.len() != 4 * all.len() {
            return false;
        }
        self.vectors.copy_from_slice(&all[..n]);
        self.uses.copy_from_slice(&all[n..n + size]);
        self.sums.copy_from_slice(&all[n + size..]);
        true
    }
}

/// Perplexity, the effective number of codes in use: the exponential of their entropy, 1 to the size of the codebook.
pub fn perplexity(codes: &[usize], size: usize) -> f64 {
    let mut uses = vec![0f64; size];
    codes.iter().for_each(|c| uses[*c] += 1.0);
    let part = |u: &f64| u / codes.len() as f64;
    libm::exp(-uses.iter().filter(|u| **u > 0.0).map(|u| part(u) * libm::log(part(u))).sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(n: u64, width: u64, seed: u64) -> Vec<f32> {
        (0..n * width).map(|i| Rng::new(seed).normal(i)).collect()
    }

    #[test]
    fn the_nearest_is_the_one_that_a_search_finds() {
        let mut book = Codebook::new(37, 5);
        book.initialise(&rows(100, 5, 1), Rng::new(2));
        let rows = rows(1000, 5, 3);
        for (row, code) in rows.chunks_exact(5).zip(book.nearest(&rows)) {
            let far = |v: &[f32]| v.iter().zip(row).map(|(a, b)| ((a - b) as f64).powi(2)).sum::<f64>();
            let least = book.vectors().chunks_exact(5).map(far).fold(f64::INFINITY, f64::min);
            assert!(far(&book.look_up(&[code])) <= least + 1e-5);
        }
    }

    /// Vectors that start together, far from all four clusters: re-initialised, they must find the mean of each.
    #[test]
    fn dead_vectors_find_clusters_they_did_not_start_in() {
        let clusters = [[4.0, 0.0], [-4.0, 0.0], [0.0, 4.0], [0.0, -4.0]];
        let mut book = Codebook::new(6, 2);
        let cluster =
            |i: u64, h: usize| (0..2).map(move |k| clusters[h][k] + 0.1 * Rng::new(i).normal(k as u64));
        book.initialise(&rows(64, 2, 4).iter().map(|v| 20.0 + v).collect::<Vec<_>>(), Rng::new(1));
        for step in 0..1500u64 {
            let rows: Vec<f32> = (0..64).flat_map(|i| cluster(step * 64 + i, i as usize % 4)).collect();
            let codes = book.nearest(&rows);
            book.learn(&rows, &codes, Rng::new(2).fork(step));
        }
        for h in clusters {
            let far = |v: &[f32]| (v[0] - h[0]).hypot(v[1] - h[1]);
            let least = book.vectors().chunks_exact(2).map(far).fold(f32::INFINITY, f32::min);
            assert!(least < 0.15, "{h:?} is {least} away: {:?}", book.vectors());
        }
    }

    #[test]
    fn its_bytes_restore_it_and_others_do_not() {
        let mut book = Codebook::new(6, 3);
        book.initialise(&rows(20, 3, 1), Rng::new(1));
        let mut again = Codebook::new(6, 3);
        assert!(again.restore(&book.to_bytes()) && again == book && again.is_initialised());
        assert!(!again.restore(&book.to_bytes()[4..]) && !again.restore(&[]));
    }

    #[test]
    fn perplexity_of_equal_use_is_the_number_used() {
        assert!((perplexity(&[0, 1, 2, 3, 0, 1, 2, 3], 9) - 4.0).abs() < 1e-12);
        assert!((perplexity(&[5; 8], 9) - 1.0).abs() < 1e-12);
    }
}
