//! What oscillators are called. Sums go in the order of their numbers, so that they do not depend on how they are stored.

use crate::real::Real;

/// The number of each, all different, below how many there are; by default each is called by its place.
#[derive(Clone, Debug, Default)]
pub struct Numbers(Option<Vec<u32>>);

impl Numbers {
    /// Numbers by place.
    pub fn of(numbers: Vec<u32>) -> Self {
        Self(Some(numbers))
    }

    /// Values in the order of the numbers.
    pub fn gather<'a, R: Real>(&self, from: &'a [R], into: &'a mut Vec<R>) -> &'a [R] {
        let Some(numbers) = &self.0 else { return from };
        into.resize(from.len(), R::ZERO);
        numbers.iter().zip(from).for_each(|(&number, &value)| into[number as usize] = value);
        into
    }
}
