//! Patches of pixels as the channels of one cell (pixel unshuffle, Shi et al. 2016), and back: a network on patches of
//! p × p pixels costs a p²-th of one on pixels.

/// Planes `[channels][height][width]` as `[channels · p · p][height / p][width / p]`.
pub fn to_patches(x: &[f32], size: (usize, usize), p: usize) -> Vec<f32> {
    moved(x, size, p, |out, x, cell, pixel| out[cell] = x[pixel])
}

/// The inverse of [`to_patches`]; `size` (height, width) is that of the result.
pub fn from_patches(x: &[f32], size: (usize, usize), p: usize) -> Vec<f32> {
    moved(x, size, p, |out, x, cell, pixel| out[pixel] = x[cell])
}

fn moved(
    x: &[f32],
    (height, width): (usize, usize),
    p: usize,
    put: impl Fn(&mut [f32], &[f32], usize, usize),
) -> Vec<f32> {
    let (mut out, high, wide) = (vec![0f32; x.len()], height / p, width / p);
    for i in 0..x.len() {
        let (plane, y, u) = (i / (height * width), i / width % height, i % width);
        let channel = (plane * p + y % p) * p + u % p;
        put(&mut out, x, (channel * high + y / p) * wide + u / p, i);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_holds_its_patch_row_by_row() {
        let x: Vec<f32> = (0..2 * 16).map(|i| i as f32).collect();
        let y = to_patches(&x, (4, 4), 2);
        // The first cell of the four planes of channel 0: pixels (0, 0), (0, 1), (1, 0), (1, 1).
        assert_eq!([y[0], y[4], y[8], y[12]], [0.0, 1.0, 4.0, 5.0]);
        assert_eq!(y[16 + 3], 16.0 + 10.0);
        assert_eq!(from_patches(&y, (4, 4), 2), x);
        assert_eq!(to_patches(&x, (4, 4), 1), x);
        // Two rows of eight: the first patch takes the first two of each.
        let y = to_patches(&x, (2, 16), 2);
        assert_eq!([y[0], y[8], y[16], y[24], y[1]], [0.0, 1.0, 16.0, 17.0, 2.0]);
    }
}
