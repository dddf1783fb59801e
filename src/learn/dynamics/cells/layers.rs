//! A linear layer over many rows, forward and backward. Every sum runs in one order, so all machines agree.

/// A linear layer's weights `[from][to]` followed by its bias `[to]`, in one slice.
#[derive(Clone, Copy)]
pub struct Linear<'a> {
    /// Weights `[from][to]`.
    pub weight: &'a [f32],
    /// Bias `[to]`.
    pub bias: &'a [f32],
}

impl<'a> Linear<'a> {
    /// Numbers of a layer.
    pub const fn size(from: usize, to: usize) -> usize {
        (from + 1) * to
    }

    /// Of a slice of [`Self::size`] numbers.
    pub fn of(numbers: &'a [f32], from: usize, to: usize) -> Self {
        let (weight, bias) = numbers.split_at(from * to);
        Self { weight, bias }
    }

    /// Rows `[n][to]` from rows `[n][from]`.
    pub fn forward(&self, x: &[f32], n: usize) -> Vec<f32> {
        let mut y = vec![0f32; n * self.bias.len()];
        affine(x, self.weight, self.bias, &mut y);
        y
    }

    /// Adds the gradient of the layer, for rows `x` and the gradients `dy` of what it made of them.
    pub fn accumulate(&self, x: &[f32], dy: &[f32], gradient: &mut [f32]) {
        let (weight, bias) = gradient.split_at_mut(self.weight.len());
        outer(x, dy, weight, bias);
    }

    /// The gradients of the rows that it was given, from those of the rows that it made.
    pub fn backward(&self, dy: &[f32]) -> Vec<f32> {
        let to = self.bias.len();
        let from = self.weight.len() / to;
        let transposed: Vec<f32> =
            (0..to).flat_map(|o| (0..from).map(move |i| self.weight[i * to + o])).collect();
        let mut dx = vec![0f32; dy.len() / to * from];
        affine(dy, &transposed, &vec![0.0; from], &mut dx);
        dx
    }
}

world::widest! {
    /// `y = bias + x · weight` for rows; terms of zero are left out, which are many.
    fn affine(x: &[f32], weight: &[f32], bias: &[f32], y: &mut [f32]) {
        let to = bias.len();
        let from = weight.len() / to;
        for (x, y) in x.chunks_exact(from).zip(y.chunks_exact_mut(to)) {
            y.copy_from_slice(bias);
            for (x, weight) in x.iter().zip(weight.chunks_exact(to)) {
                if *x != 0.0 {
                    for (y, w) in y.iter_mut().zip(weight) {
                        *y = x.mul_add(*w, *y);
                    }
                }
            }
        }
    }
}

world::widest! {
    /// Adds `xᵀ · dy` to the weights' gradient and the sum of `dy` to the bias's, row by row.
    fn outer(x: &[f32], dy: &[f32], weight: &mut [f32], bias: &mut [f32]) {
        let to = bias.len();
        let from = weight.len() / to;
        for (x, dy) in x.chunks_exact(from).zip(dy.chunks_exact(to)) {
            for (x, weight) in x.iter().zip(weight.chunks_exact_mut(to)) {
                if *x != 0.0 {
                    for (w, d) in weight.iter_mut().zip(dy) {
                        *w = x.mul_add(*d, *w);
                    }
                }
            }
            bias.iter_mut().zip(dy).for_each(|(b, d)| *b += d);
        }
    }
}

/// Negative numbers become zero.
pub fn relu(x: &mut [f32]) {
    x.iter_mut().for_each(|v| *v = v.max(0.0));
}

/// The gradient before a [`relu`] from that behind it: zero wherever the unit was.
pub fn relu_backward(dy: &mut [f32], y: &[f32]) {
    dy.iter_mut().zip(y).filter(|(_, y)| **y <= 0.0).for_each(|(d, _)| *d = 0.0);
}
