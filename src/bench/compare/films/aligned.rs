//! Which frames of a film are shown side by side.

/// Frames after the start that are shown of every film.
pub const ALIGNED: [usize; 5] = [0, 1, 10, 100, 1000];

/// Those that a film of so many frames has.
pub fn aligned(frames: usize) -> Vec<usize> {
    ALIGNED.into_iter().filter(|t| *t < frames).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_frames_that_there_are_are_shown() {
        assert_eq!(aligned(24), [0, 1, 10]);
        assert_eq!((aligned(100), aligned(101)), (vec![0, 1, 10], vec![0, 1, 10, 100]));
        assert_eq!((aligned(1001), aligned(1), aligned(0)), (ALIGNED.to_vec(), vec![0], Vec::new()));
    }
}
