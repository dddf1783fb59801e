//! How numbers that are no weights stand in a file of weights, and in a checkpoint.

use std::collections::BTreeMap;

use crate::LearnError;
use crate::net::weights::{WeightArray, Weights};

/// Bits of the lower part of a whole number that is stored as two exact `f32`.
const LOW: u32 = 24;

/// Rows of an array; 0 if there is none of that name.
pub fn rows(w: &Weights, name: &str) -> usize {
    w.iter().find(|(n, _)| *n == name).and_then(|(_, a)| a.dims.first().copied()).unwrap_or(0)
}

/// Whole numbers below 2⁴⁸ as an array `[n][2]`: the part above 2²⁴, and the rest.
pub fn whole(numbers: &[u64]) -> WeightArray {
    let values = numbers.iter().flat_map(|n| [(n >> LOW) as f32, (n & ((1 << LOW) - 1)) as f32]).collect();
    WeightArray { dims: vec![numbers.len(), 2], values }
}

/// Whole numbers as [`whole`] writes them.
///
/// # Errors
/// The array is missing, of another length, or holds something else.
pub fn read_whole(w: &Weights, name: &str, n: usize) -> Result<Vec<u64>, String> {
    let part = |v: f32| {
        let is_part = v >= 0.0 && v < (1u32 << LOW) as f32 && v.fract() == 0.0;
        if is_part { Ok(v as u64) } else { Err(format!("expected whole numbers in `{name}`, found {v}")) }
    };
    let pairs = w.get(name, &[n, 2])?;
    pairs.as_chunks::<2>().0.iter().map(|[high, low]| Ok(part(*high)? << LOW | part(*low)?)).collect()
}

/// Numbers as bytes of a checkpoint.
pub fn bytes(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|v| v.to_le_bytes()).collect()
}

/// Reads a part of a checkpoint.
///
/// # Errors
/// It is missing, or of another length.
pub fn restore(state: &BTreeMap<String, Vec<u8>>, name: &str, into: &mut [f32]) -> Result<(), LearnError> {
    let bytes = state.get(name).filter(|b| b.len() == into.len() * 4);
    let bytes = bytes
        .ok_or_else(|| LearnError::Failed(format!("cannot resume: the {name} is missing or damaged")))?;
    into.iter_mut().zip(bytes.as_chunks::<4>().0).for_each(|(v, b)| *v = f32::from_le_bytes(*b));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_come_back_exactly() {
        let numbers = [0, 1, (1 << 24) - 1, 1 << 24, (1 << 36) - 1, 123_456_789_012, (1 << 48) - 1];
        let mut w = Weights::default();
        w.insert("n", whole(&numbers));
        assert_eq!((read_whole(&w, "n", 7).unwrap(), rows(&w, "n"), rows(&w, "m")), (numbers.to_vec(), 7, 0));
        assert!(read_whole(&w, "n", 6).is_err() && read_whole(&w, "m", 7).is_err());
        for wrong in [-1.0, 0.5, 16_777_216.0] {
            w.insert("n", WeightArray { dims: vec![1, 2], values: vec![0.0, wrong] });
            assert!(read_whole(&w, "n", 1).unwrap_err().contains("whole numbers"));
        }
    }

    #[test]
    fn a_short_part_of_a_checkpoint_is_an_error() {
        let numbers = [1.5f32, -0.0, f32::MIN_POSITIVE];
        let mut state = BTreeMap::from([("optimizer".to_string(), bytes(&numbers))]);
        let mut read = [9.0; 3];
        restore(&state, "optimizer", &mut read).unwrap();
        assert_eq!(read.map(f32::to_bits), numbers.map(f32::to_bits));
        state.insert("optimizer".into(), vec![0; 11]);
        assert!(restore(&state, "optimizer", &mut read).is_err());
        assert!(
            restore(&BTreeMap::new(), "optimizer", &mut read).unwrap_err().to_string().contains("optimizer")
        );
    }
}
