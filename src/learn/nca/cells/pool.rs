//! Worlds that training keeps between steps, so that a rule learns to maintain what it made (Mordvintsev et al. 2020).

use rand::seq::index;

use super::descent::numbers;
use crate::LearnError;
use world::rng::Rng;

/// States of worlds of one size.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    world: usize,
    states: Vec<f32>,
}

impl Pool {
    /// Of `count` worlds; `fresh` makes one from its number.
    pub fn new(count: usize, fresh: impl Fn(u64) -> Vec<f32>) -> Self {
        let states: Vec<f32> = (0..count as u64).flat_map(fresh).collect();
        Self { world: states.len() / count.max(1), states }
    }

    /// Different places, drawn at random.
    pub fn draw(&self, n: usize, rng: Rng) -> Vec<usize> {
        let count = self.states.len() / self.world.max(1);
        index::sample(&mut rng.sequence(), count, n.min(count)).into_vec()
    }

    /// The state at a place.
    pub fn state(&self, place: usize) -> &[f32] {
        &self.states[place * self.world..][..self.world]
    }

    /// Replaces the state at a place.
    pub fn put(&mut self, place: usize, state: &[f32]) {
        self.states[place * self.world..][..self.world].copy_from_slice(state);
    }

    /// As bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.states.iter().flat_map(|v| v.to_le_bytes()).collect()
    }

    /// Restores from bytes.
    ///
    /// # Errors
    /// Their number does not match the worlds.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), LearnError> {
        let (want, found) = (4 * self.states.len(), bytes.len());
        if want != found {
            return Err(LearnError::Failed(format!(
                "cannot resume: expected {want} bytes of worlds, found {found}"
            )));
        }
        self.states = numbers(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_differ_and_hold_what_was_put() {
        let mut pool = Pool::new(6, |i| vec![i as f32; 4]);
        let mut drawn = pool.draw(4, Rng::new(1));
        assert!(drawn.iter().all(|p| pool.state(*p) == [*p as f32; 4]));
        pool.put(drawn[2], &[-1.0; 4]);
        let mut other = Pool::new(6, |_| vec![0.0; 4]);
        other.restore(&pool.bytes()).unwrap();
        assert_eq!(other, pool);
        assert_eq!(other.state(drawn[2]), [-1.0; 4]);
        assert!(other.restore(&[0; 8]).is_err());
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!((drawn.len(), pool.draw(9, Rng::new(2)).len()), (4, 6));
    }
}
