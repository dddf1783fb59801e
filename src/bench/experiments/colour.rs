//! Colours that stand for classes.

use data::sample::Samples;

/// A colour on the wheel, from 0 to 1, as shares of red, green and blue.
fn hue(at: f64) -> [f64; 3] {
    [0.0, 4.0, 2.0].map(|shift| {
        let place = (6.0 * at + shift) % 6.0;
        ((place - 3.0).abs() - 1.0).clamp(0.15, 1.0)
    })
}

/// The colour of a class among so many.
pub fn of_class(class: usize, classes: usize) -> [f64; 3] {
    hue(class as f64 / classes.max(1) as f64)
}

/// In three channels, each picture as bright as before, painted with the colour of a class.
pub fn painted(samples: &Samples, class: impl Fn(usize) -> usize) -> Samples {
    let classes = samples.classes.len();
    repainted(samples, |i| of_class(class(i), classes))
}

/// In three channels, without any colour.
pub fn grey(samples: &Samples) -> Samples {
    repainted(samples, |_| [1.0; 3])
}

fn repainted(samples: &Samples, ink: impl Fn(usize) -> [f64; 3]) -> Samples {
    let channels = samples.channels;
    let mut all = Samples { channels: 3, ..samples.clone() };
    for (i, picture) in all.pictures.iter_mut().enumerate() {
        let ink = ink(i);
        let grey = |p: &[u8]| p.iter().map(|v| f64::from(*v)).sum::<f64>() / channels as f64;
        *picture = picture.chunks_exact(channels).flat_map(|p| ink.map(|f| (f * grey(p)) as u8)).collect();
    }
    all
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn colours_of_classes_are_apart_and_keep_the_picture() {
        assert_eq!((of_class(0, 3), of_class(1, 3)), ([1.0, 0.15, 0.15], [0.15, 1.0, 0.15]));
        for (a, b) in (0..10).flat_map(|a| (0..a).map(move |b| (a, b))) {
            let apart = of_class(a, 10).iter().zip(of_class(b, 10)).map(|(x, y)| (x - y).abs()).sum::<f64>();
            assert!(apart > 0.25, "{a} and {b}: {apart}");
        }
        let mut one = Samples::empty(1, 2, vec!["a".into(), "b".into()]);
        one.push(vec![0, 100, 200, 255], 1, None);
        assert_eq!(grey(&one).pictures[0], [0, 0, 0, 100, 100, 100, 200, 200, 200, 255, 255, 255]);
        let red = painted(&one, |_| 0);
        assert_eq!((red.channels, &red.pictures[0][..6]), (3, &[0, 0, 0, 100, 15, 15][..]));
        assert_eq!(grey(&grey(&one)).pictures, grey(&one).pictures);
    }
}
