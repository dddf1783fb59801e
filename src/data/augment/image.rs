//! Pictures of numbers, and how they are warped and smoothed.

/// A square picture of numbers in 0..=1.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// Pixels a side.
    pub side: usize,
    /// 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// `side · side · channels` values, channels last.
    pub values: Vec<f32>,
}

impl Image {
    /// Of bytes, channels last.
    pub fn of(bytes: &[u8], side: usize, channels: usize) -> Self {
        Self { side, channels, values: bytes.iter().map(|v| f32::from(*v) / 255.0).collect() }
    }

    /// As bytes, rounded.
    pub fn bytes(&self) -> Vec<u8> {
        self.values.iter().map(|v| (255.0 * v.clamp(0.0, 1.0)).round() as u8).collect()
    }

    /// Every pixel taken from elsewhere: `from` says from where, in pixels (pixel centres are whole numbers). Between pixels
    /// the picture is interpolated linearly; beyond its border the nearest pixel is repeated.
    pub(super) fn warped(&self, from: impl Fn(usize, usize) -> (f32, f32)) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        for (y, x) in (0..self.side).flat_map(|y| (0..self.side).map(move |x| (y, x))) {
            let (u, v) = from(x, y);
            (0..self.channels).for_each(|c| values.push(self.at(u, v, c)));
        }
        Self { values, ..*self }
    }

    /// Every pixel taken from where a linear map `[a, b, c, d]` about the centre leads: `x' = a x + b y`, `y' = c x + d y`.
    pub(super) fn mapped(&self, [a, b, c, d]: [f32; 4]) -> Self {
        let centre = (self.side as f32 - 1.0) / 2.0;
        self.warped(|x, y| {
            let (x, y) = (x as f32 - centre, y as f32 - centre);
            (a * x + b * y + centre, c * x + d * y + centre)
        })
    }

    fn at(&self, x: f32, y: f32, channel: usize) -> f32 {
        let top = self.side as f32 - 1.0;
        let (x, y) = (x.clamp(0.0, top), y.clamp(0.0, top));
        let (left, above) = (x as usize, y as usize);
        let (right, below) = ((left + 1).min(self.side - 1), (above + 1).min(self.side - 1));
        let (tx, ty) = (x - left as f32, y - above as f32);
        let pixel = |x: usize, y: usize| self.values[(y * self.side + x) * self.channels + channel];
        let upper = pixel(left, above) + (pixel(right, above) - pixel(left, above)) * tx;
        let lower = pixel(left, below) + (pixel(right, below) - pixel(left, below)) * tx;
        upper + (lower - upper) * ty
    }

    /// The mean of each channel.
    pub(super) fn means(&self) -> Vec<f32> {
        let n = (self.side * self.side).max(1) as f32;
        let sum = |c: usize| self.values.iter().skip(c).step_by(self.channels).sum::<f32>();
        (0..self.channels).map(|c| sum(c) / n).collect()
    }

    /// The pixels of a rectangle (columns and rows, ends excluded) one after another, to be changed.
    pub(super) fn pixels_of(
        &mut self,
        columns: std::ops::Range<usize>,
        rows: std::ops::Range<usize>,
    ) -> impl Iterator<Item = (usize, &mut [f32])> {
        let (side, channels) = (self.side, self.channels);
        let is_in = move |i: usize| columns.contains(&(i % side)) && rows.contains(&(i / side));
        self.values.chunks_exact_mut(channels).enumerate().filter(move |(i, _)| is_in(*i))
    }
}

/// A square of `extent` pixels a side about a centre, cut off at the border of a picture: columns and rows.
pub(super) fn square(extent: f32, centre: [f32; 2], side: usize) -> [std::ops::Range<usize>; 2] {
    let end = |v: f32| v.round().clamp(0.0, side as f32) as usize;
    centre.map(|c| end(c - extent / 2.0)..end(c + extent / 2.0))
}

/// A grid of `channels` interleaved planes, smoothed by a Gaussian of this deviation in pixels; beyond the border the nearest
/// pixel is repeated.
pub(super) fn smoothed(values: &[f32], side: usize, channels: usize, sigma: f32) -> Vec<f32> {
    let reach = (3.0 * sigma).ceil() as isize;
    let bell = |d: isize| libm::expf(-0.5 * (d as f32 / sigma) * (d as f32 / sigma));
    let weights: Vec<f32> = (-reach..=reach).map(bell).collect();
    let sum: f32 = weights.iter().sum();
    let along = |values: &[f32], [dx, dy]: [isize; 2]| -> Vec<f32> {
        let inside = |v: isize| v.clamp(0, side as isize - 1) as usize;
        let pixel = |i: usize| {
            let (p, c) = (i / channels, i % channels);
            let (x, y) = ((p % side) as isize, (p / side) as isize);
            let tap = |(w, d): (&f32, isize)| {
                w * values[(inside(y + d * dy) * side + inside(x + d * dx)) * channels + c]
            };
            weights.iter().zip(-reach..).map(tap).sum::<f32>() / sum
        };
        (0..values.len()).map(pixel).collect()
    };
    along(&along(values, [1, 0]), [0, 1])
}
