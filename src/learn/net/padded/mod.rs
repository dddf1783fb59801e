//! Activations between layers: channels last, with a border of zeros, so that a convolution reads them in place and
//! writes where the next one reads. A layer may write some of the channels only, beside those of others
//! (concatenation).

pub mod convolution;
pub mod depthwise;
pub mod gradient;
pub mod norm;
pub mod pool;

/// Pictures of one size.
#[derive(Clone, Debug, Default)]
pub struct PaddedImages {
    /// Values per pixel.
    pub channels: usize,
    /// Rows without the border.
    pub height: usize,
    /// Columns without the border.
    pub width: usize,
    /// How many pictures.
    pub count: usize,
    /// Rows and columns of zeros on each side.
    pub border: usize,
    data: Vec<f32>,
}

impl PaddedImages {
    /// Black pictures with a border of one.
    pub fn new(channels: usize, height: usize, width: usize, count: usize) -> Self {
        Self::bordered(channels, height, width, count, 1)
    }

    /// Black pictures.
    pub fn bordered(channels: usize, height: usize, width: usize, count: usize, border: usize) -> Self {
        let data = vec![0.0; count * (height + 2 * border) * (width + 2 * border) * channels];
        Self { channels, height, width, count, border, data }
    }

    /// Offset of a pixel's first value; `y` and `x` count from 0 within the border.
    fn place(&self, picture: usize, y: usize, x: usize) -> usize {
        let (rows, columns) = (self.height + 2 * self.border, self.width + 2 * self.border);
        ((picture * rows + y + self.border) * columns + x + self.border) * self.channels
    }

    /// Values of a row, border included.
    fn line(&self) -> usize {
        (self.width + 2 * self.border) * self.channels
    }

    /// Values of a picture, border included.
    fn picture(&self) -> usize {
        (self.height + 2 * self.border) * self.line()
    }

    /// Every row: its picture, and its place in it.
    pub fn rows(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let height = self.height;
        (0..self.count * height).map(move |i| (i / height, i % height))
    }

    /// A row of a picture, `[width][channels]`.
    pub fn row(&self, picture: usize, y: usize) -> &[f32] {
        let at = self.place(picture, y, 0);
        &self.data[at..at + self.width * self.channels]
    }

    /// A row of a picture to fill.
    pub fn row_mut(&mut self, picture: usize, y: usize) -> &mut [f32] {
        let at = self.place(picture, y, 0);
        &mut self.data[at..at + self.width * self.channels]
    }

    /// All values, border included: `[count][height + 2 · border][width + 2 · border][channels]`.
    pub fn values(&self) -> &[f32] {
        &self.data
    }

    /// All values to fill, as [`Self::values`].
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.data
    }

    /// Mean and maximum of each channel of a picture: all means, all maxima.
    pub fn mean_and_max(&self, picture: usize) -> (Vec<f32>, Vec<f32>) {
        let mut sums = vec![0f32; self.channels];
        let mut maxima = vec![f32::NEG_INFINITY; self.channels];
        for y in 0..self.height {
            for pixel in self.row(picture, y).chunks_exact(self.channels) {
                for ((sum, max), v) in sums.iter_mut().zip(&mut maxima).zip(pixel) {
                    *sum += v;
                    *max = greater(*v, *max);
                }
            }
        }
        let n = (self.height * self.width) as f32;
        sums.iter_mut().for_each(|s| *s /= n);
        (sums, maxima)
    }
}

/// The greater of two numbers; which of two zeros is returned does not depend on the machine.
#[inline(always)]
fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_maxima_are_those_of_each_channel() {
        for border in 0..3 {
            let mut x = PaddedImages::bordered(2, 3, 5, 2, border);
            for (y, u) in (0..15).map(|i| (i / 5, i % 5)) {
                let pixel = &mut x.row_mut(1, y)[u * 2..u * 2 + 2];
                pixel.copy_from_slice(&[(y * 5 + u) as f32, -((y * 5 + u) as f32)]);
            }
            assert_eq!(x.mean_and_max(1), (vec![7.0, -7.0], vec![14.0, 0.0]));
            assert_eq!(x.mean_and_max(0), (vec![0.0; 2], vec![0.0; 2]));
            assert_eq!(x.values().iter().filter(|v| **v > 0.0).count(), 14);
        }
    }
}
