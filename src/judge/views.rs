//! A picture and its mirror images: left and right, upside down, and both.

use learn::net::padded::PaddedImages;

/// Writes a picture, channels last, into as many views of it as there are pictures: one or four.
pub fn write(picture: &[f32], into: &mut PaddedImages) {
    let (height, channels) = (into.height, into.channels);
    let across = into.width * channels;
    for (view, y) in into.rows() {
        let row = &picture[upright(view, y, height) * across..][..across];
        let into = into.row_mut(view, y);
        match view & 1 == 0 {
            true => into.copy_from_slice(row),
            false => {
                let pixels = into.chunks_exact_mut(channels).zip(row.rchunks_exact(channels));
                pixels.for_each(|(to, from)| to.copy_from_slice(from));
            }
        }
    }
}

/// The sum of all views, mirrored back: a picture, channels last.
pub fn sum(views: &PaddedImages) -> Vec<f32> {
    let (height, channels) = (views.height, views.channels);
    let across = views.width * channels;
    let mut sum = vec![0f32; height * across];
    for (view, y) in views.rows() {
        let into = &mut sum[upright(view, y, height) * across..][..across];
        let row = views.row(view, y);
        match view & 1 == 0 {
            true => into.iter_mut().zip(row).for_each(|(s, v)| *s += v),
            false => {
                let pixels = into.chunks_exact_mut(channels).zip(row.rchunks_exact(channels));
                pixels.for_each(|(to, from)| to.iter_mut().zip(from).for_each(|(s, v)| *s += v));
            }
        }
    }
    sum
}

/// The row of the picture that row `y` of a view shows.
fn upright(view: usize, y: usize, height: usize) -> usize {
    if view & 2 == 0 { y } else { height - 1 - y }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_is_mirrored_back_to_the_picture() {
        let picture: Vec<f32> = (0..3 * 5 * 2).map(|i| i as f32).collect();
        let mut views = PaddedImages::new(2, 3, 5, 4);
        write(&picture, &mut views);
        assert_eq!(views.row(1, 0)[..2], picture[8..10], "left and right");
        assert_eq!(views.row(2, 0), &picture[20..], "upside down");
        assert_eq!(views.row(3, 2)[..2], picture[8..10], "both");
        let four: Vec<f32> = picture.iter().map(|v| 4.0 * v).collect();
        assert_eq!(sum(&views), four);
    }
}
