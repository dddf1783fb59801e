//! A frame on a canvas of another size.

use super::Frame;

/// Centres a frame on a canvas, cropped or padded with black: streams and files hold frames of one size.
pub fn fit(frame: &mut Frame, size: (usize, usize)) {
    if (frame.width, frame.height) == size {
        return;
    }
    let mut fitted = Frame::new(size.0, size.1);
    let offset =
        |outer: usize, inner: usize| (outer.saturating_sub(inner) / 2, inner.saturating_sub(outer) / 2);
    let ((to_x, from_x), (to_y, from_y)) = (offset(size.0, frame.width), offset(size.1, frame.height));
    let (w, h) = (size.0.min(frame.width), size.1.min(frame.height));
    for y in 0..h {
        let from = ((from_y + y) * frame.width + from_x) * 4;
        let to = ((to_y + y) * size.0 + to_x) * 4;
        fitted.rgba[to..to + w * 4].copy_from_slice(&frame.rgba[from..from + w * 4]);
    }
    fitted.provenance.clone_from(&frame.provenance);
    *frame = fitted;
}
