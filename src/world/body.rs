//! Bodies: the things in a world that a viewer would count, as boxes.

use super::view::View;

/// The box around a body, in fractions of the world; parts of it may lie beyond the world's edge.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Body {
    /// Left edge.
    pub left: f32,
    /// Upper edge.
    pub top: f32,
    /// Right edge.
    pub right: f32,
    /// Lower edge.
    pub bottom: f32,
}

impl Body {
    /// Most that a node gives.
    pub const MOST: usize = 16_384;

    /// Around a point, in cells of a world of so many.
    pub fn around([x, y]: [f32; 2], [rx, ry]: [f32; 2], (w, h): (usize, usize)) -> Self {
        let (w, h) = (w.max(1) as f32, h.max(1) as f32);
        Self { left: (x - rx) / w, top: (y - ry) / h, right: (x + rx) / w, bottom: (y + ry) / h }
    }

    /// Whether all of its numbers are finite, and it has an area.
    pub fn is_sane(&self) -> bool {
        let all = [self.left, self.top, self.right, self.bottom];
        all.iter().all(|v| v.is_finite()) && self.left < self.right && self.top < self.bottom
    }

    /// Itself and, in a world that repeats along x or y, its copies on the other side of each edge that it crosses.
    pub fn with_copies(self, wraps: [bool; 2]) -> Vec<Self> {
        let shifts = |low: f32, high: f32, wraps: bool| {
            let mut all = vec![0.0];
            all.extend((wraps && low < 0.0).then_some(1.0));
            all.extend((wraps && high > 1.0).then_some(-1.0));
            all
        };
        let down = shifts(self.top, self.bottom, wraps[1]);
        let across = shifts(self.left, self.right, wraps[0]);
        across.iter().flat_map(|x| down.iter().map(|y| self.moved(*x, *y))).collect()
    }

    fn moved(self, x: f32, y: f32) -> Self {
        Self { left: self.left + x, top: self.top + y, right: self.right + x, bottom: self.bottom + y }
    }

    /// The box around it in a picture of `size` pixels that shows this view: left, upper, right and lower edge, in pixels
    /// from the upper left corner. Of a turned view it is the box around the turned box.
    pub fn seen(&self, view: &View, size: (usize, usize)) -> [f64; 4] {
        let map = view.map(size);
        let determinant = map.ax * map.by - map.ay * map.bx;
        // Pixel (0, 0) has its centre half a pixel from both edges.
        let pixel = |x: f32, y: f32| {
            let (u, v) = (x as f64 - map.a0, y as f64 - map.b0);
            let across = (map.by * u - map.ay * v) / determinant;
            let down = (map.ax * v - map.bx * u) / determinant;
            [across + 0.5, down + 0.5]
        };
        let corners = [
            (self.left, self.top),
            (self.right, self.top),
            (self.left, self.bottom),
            (self.right, self.bottom),
        ]
        .map(|(x, y)| pixel(x, y));
        let least = |axis: usize| corners.iter().map(|c| c[axis]).fold(f64::INFINITY, f64::min);
        let most = |axis: usize| corners.iter().map(|c| c[axis]).fold(f64::NEG_INFINITY, f64::max);
        [least(0), least(1), most(0), most(1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_follows_the_view() {
        let body = Body::around([40.0, 30.0], [4.0, 2.0], (80, 60));
        assert_eq!(body.seen(&View::WHOLE, (160, 120)).map(|v| v.round()), [72.0, 56.0, 88.0, 64.0]);
        let near = View { zoom: 2.0, ..View::WHOLE };
        assert_eq!(body.seen(&near, (160, 120)).map(|v| v.round()), [64.0, 52.0, 96.0, 68.0]);
        let turned = View { angle: 0.25, ..View::WHOLE };
        assert_eq!(body.seen(&turned, (160, 120)).map(|v| v.round()), [76.0, 52.0, 84.0, 68.0]);
        let aside = View { x: 0.75, ..View::WHOLE };
        assert_eq!(body.seen(&aside, (160, 120)).map(|v| v.round()), [32.0, 56.0, 48.0, 64.0]);
    }

    /// Every point of the body lies in the box, at any view: held against the map from pixels to the world.
    #[test]
    fn a_box_holds_its_body_and_no_more() {
        let body = Body { left: 0.2, top: 0.35, right: 0.3, bottom: 0.6 };
        for view in [
            View { x: 0.3, y: 0.4, zoom: 1.7, angle: 0.1 },
            View { x: 0.6, y: 0.5, zoom: 0.8, angle: -0.3 },
            View::WHOLE,
        ] {
            let size = (320, 180);
            let [left, top, right, bottom] = body.seen(&view, size);
            let map = view.map(size);
            let (mut inside, mut reached) = (0, [false; 4]);
            for i in 0..=2000 {
                for j in 0..=2000 {
                    // A grid of points over the box and a margin around it.
                    let x = left - 1.0 + (right - left + 2.0) * i as f64 / 2000.0;
                    let y = top - 1.0 + (bottom - top + 2.0) * j as f64 / 2000.0;
                    let (u, v) = map.at(x - 0.5, y - 0.5);
                    let (u, v) = (u as f32, v as f32);
                    if u >= body.left && u <= body.right && v >= body.top && v <= body.bottom {
                        inside += 1;
                        assert!(x > left - 0.01 && x < right + 0.01 && y > top - 0.01 && y < bottom + 0.01);
                        let near = [x - left, y - top, right - x, bottom - y].map(|d| d < 0.5);
                        reached.iter_mut().zip(near).for_each(|(r, n)| *r |= n);
                    }
                }
            }
            assert!(inside > 1000 && reached == [true; 4], "{inside} {reached:?}");
        }
    }

    #[test]
    fn what_crosses_an_edge_is_seen_on_both_sides() {
        let body = Body { left: -0.1, top: 0.9, right: 0.1, bottom: 1.1 };
        assert_eq!(body.with_copies([true, true]).len(), 4);
        let one = body.with_copies([false, true]);
        assert_eq!(one.len(), 2);
        assert!((one[1].top + 0.1).abs() < 1e-6 && one[1].left == -0.1);
        assert_eq!(body.with_copies([false; 2]), [body]);
    }
}
