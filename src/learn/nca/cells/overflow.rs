//! Keeps states within bounds: without it they drift, and a world that ran for long enough ends in infinity
//! (Niklasson et al. 2021).

/// Bound of the visible channels, which are shown as 0..1 about a half, and of the hidden ones.
const BOUNDS: [f32; 2] = [0.5, 2.0];

/// How far a state (`[channels][cells]`, the first `visible` ones shown) is out of bounds, summed over channels, as a
/// mean over the cells of so many worlds; and its gradient.
pub fn overflow(state: &[f32], visible: usize, cells: usize, worlds: usize) -> (f64, Vec<f32>) {
    let share = 1.0 / (cells * worlds) as f32;
    let mut sum = 0f64;
    let one = |(i, v): (usize, &f32)| {
        let excess = v.abs() - BOUNDS[(i / cells >= visible) as usize];
        sum += f64::from(excess.max(0.0));
        if excess > 0.0 { share.copysign(*v) } else { 0.0 }
    };
    let gradient = state.iter().enumerate().map(one).collect();
    (sum * f64::from(share), gradient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_out_of_bounds_counts() {
        // Two cells, one visible channel and one hidden.
        let (loss, gradient) = overflow(&[0.75, -0.25, 1.5, -3.0], 1, 2, 2);
        assert_eq!((loss, gradient), (1.25 / 4.0, vec![0.25, 0.0, 0.0, -0.25]));
    }
}
