//! Two pictures in one frame, and which side a touch belongs to.

use show::SplitMode;
use world::frame::Frame;
use world::system::{Phase, Touch};

/// Writes two pictures of one size into one.
pub fn share(left: &Frame, right: &Frame, way: SplitMode, part: f32, into: &mut Frame) {
    let (w, h) = (left.width.min(right.width), left.height.min(right.height));
    let row = |f: &Frame, y: usize| -> std::ops::Range<usize> { y * f.width * 4..(y * f.width + w) * 4 };
    let wide = if way == SplitMode::Beside { 2 * w } else { w };
    into.resize(wide, h);
    let seam = (w as f32 * (1.0 - part)) as usize * 4;
    let weight = (part * 256.0) as u32;
    for (y, line) in into.rgba.chunks_exact_mut(wide * 4).enumerate().take(h) {
        let (a, b) = (&left.rgba[row(left, y)], &right.rgba[row(right, y)]);
        match way {
            SplitMode::Beside => {
                line[..w * 4].copy_from_slice(a);
                line[w * 4..].copy_from_slice(b);
            }
            SplitMode::Wipe => {
                line[..seam].copy_from_slice(&a[..seam]);
                line[seam..].copy_from_slice(&b[seam..]);
            }
            SplitMode::Blend => {
                let mix = |a: u8, b: u8| ((a as u32 * (256 - weight) + b as u32 * weight + 128) >> 8) as u8;
                line.iter_mut().zip(a.iter().zip(b)).for_each(|(p, (a, b))| *p = mix(*a, *b));
            }
        }
    }
    into.provenance.clone_from(&left.provenance);
    let provenance = &mut into.provenance;
    provenance.scene = format!("{} versus {}", left.provenance.scene, right.provenance.scene);
    (provenance.width, provenance.height) = (wide as u32, h as u32);
}

/// The side of each touch point, by pointer: the one on which it began.
#[derive(Clone, Debug, Default)]
pub struct TouchSides(Vec<(u32, usize)>);

impl TouchSides {
    /// The touch as passed to each side, left first.
    pub fn divide(&mut self, touch: &Touch, way: SplitMode) -> [Option<Touch>; 2] {
        if way != SplitMode::Beside {
            return [Some(*touch); 2];
        }
        let held = self.0.iter().find(|f| f.0 == touch.id).map(|f| f.1);
        let side = held.unwrap_or((touch.x >= 0.5) as usize);
        self.0.retain(|f| f.0 != touch.id);
        if touch.phase != Phase::Up {
            self.0.push((touch.id, side));
        }
        let x = (touch.x * 2.0 - side as f32).clamp(0.0, 1.0);
        let felt = Touch { x, dx: touch.dx * 2.0, ..*touch };
        let mut both = [None; 2];
        both[side] = Some(felt);
        both
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(w: usize, value: u8) -> Frame {
        let mut f = Frame::new(w, 3);
        f.rgba.chunks_exact_mut(4).for_each(|p| p.copy_from_slice(&[value, value, value, 255]));
        f
    }

    #[test]
    fn both_are_whole_side_by_side_and_share_in_a_wipe_or_blend() {
        let (a, b, mut into) = (plain(8, 200), plain(8, 40), Frame::default());
        share(&a, &b, SplitMode::Beside, 0.5, &mut into);
        assert_eq!((into.width, into.height, into.pixel(7, 1), into.pixel(8, 1)), (16, 3, [200; 3], [40; 3]));
        share(&a, &b, SplitMode::Wipe, 0.25, &mut into);
        assert_eq!((into.width, into.pixel(5, 2), into.pixel(6, 2)), (8, [200; 3], [40; 3]));
        share(&a, &b, SplitMode::Blend, 0.25, &mut into);
        assert_eq!((into.pixel(0, 0), into.rgba[3]), ([160; 3], 255));
        for (part, value) in [(0.0, 200), (1.0, 40)] {
            for way in [SplitMode::Wipe, SplitMode::Blend] {
                share(&a, &b, way, part, &mut into);
                assert!((0..8).all(|x| into.pixel(x, 0) == [value; 3]), "{way:?} {part}");
            }
        }
    }

    #[test]
    fn a_touch_stays_with_the_side_it_began_on() {
        let touch =
            |x, phase| Touch { id: 1, x, y: 0.3, dx: 0.1, dy: 0.0, radius: 0.1, strength: 1.0, phase };
        let mut touch_sides = TouchSides::default();
        let [left, right] = touch_sides.divide(&touch(0.75, Phase::Down), SplitMode::Beside);
        assert!(left.is_none());
        let felt = right.unwrap();
        assert!((felt.x, felt.y, felt.dx) == (0.5, 0.3, 0.2));
        let [left, right] = touch_sides.divide(&touch(0.1, Phase::Up), SplitMode::Beside);
        assert!(left.is_none() && right.unwrap().x == 0.0);
        let [left, right] = touch_sides.divide(&touch(0.1, Phase::Down), SplitMode::Beside);
        assert!(right.is_none() && (left.unwrap().x - 0.2).abs() < 1e-6);
        assert_eq!(
            touch_sides.divide(&touch(0.9, Phase::Move), SplitMode::Blend),
            [Some(touch(0.9, Phase::Move)); 2]
        );
    }

    #[test]
    fn pictures_of_two_sizes_share_what_both_have_and_say_what_they_are() {
        let rng = world::rng::Rng::new(4);
        let noise = |w: usize, h: usize, name: &str, from: u64| {
            let mut f = Frame::new(w, h);
            f.rgba.iter_mut().enumerate().for_each(|(i, v)| *v = rng.bits(from + i as u64) as u8);
            f.provenance.scene = name.into();
            f
        };
        let (a, b) = (noise(9, 5, "a", 0), noise(7, 6, "b", 10_000));
        let mut into = Frame::default();
        for (way, wide) in [(SplitMode::Beside, 14), (SplitMode::Wipe, 7), (SplitMode::Blend, 7)] {
            share(&a, &b, way, 0.375, &mut into);
            assert_eq!((into.width, into.height), (wide, 5));
            let provenance = &into.provenance;
            assert_eq!(
                (provenance.scene.as_str(), provenance.width, provenance.height),
                ("a versus b", wide as u32, 5)
            );
            for (x, y) in (0..wide).flat_map(|x| (0..5).map(move |y| (x, y))) {
                let mean = |c: usize| {
                    let [p, q] = [a.pixel(x, y)[c], b.pixel(x, y)[c]].map(f64::from);
                    (p + (q - p) * 0.375 + 0.5).floor() as u8
                };
                let wanted = match way {
                    SplitMode::Beside if x < 7 => a.pixel(x, y),
                    SplitMode::Beside => b.pixel(x - 7, y),
                    // Left of the seam at 7 · (1 − 0.375) = 4.
                    SplitMode::Wipe if x < 4 => a.pixel(x, y),
                    SplitMode::Wipe => b.pixel(x, y),
                    SplitMode::Blend => [0, 1, 2].map(mean),
                };
                assert_eq!(into.pixel(x, y), wanted, "{way:?} {x} {y}");
            }
        }
    }

    #[test]
    fn touches_are_distinguished_and_forgotten_when_they_end() {
        let touch =
            |id, x, phase| Touch { id, x, y: 0.3, dx: 0.1, dy: 0.2, radius: 0.1, strength: 1.0, phase };
        let mut touch_sides = TouchSides::default();
        let mut side = |id, x, phase| {
            let felt = touch_sides.divide(&touch(id, x, phase), SplitMode::Beside);
            assert_eq!(felt.iter().flatten().count(), 1);
            (felt[1].is_some() as usize, felt.iter().flatten().next().unwrap().x)
        };
        assert_eq!((side(1, 0.25, Phase::Down), side(2, 0.5, Phase::Down)), ((0, 0.5), (1, 0.0)));
        assert_eq!((side(1, 0.75, Phase::Move), side(2, 0.25, Phase::Move)), ((0, 1.0), (1, 0.0)));
        assert_eq!((side(1, 0.75, Phase::Up), side(1, 0.75, Phase::Move)), ((0, 1.0), (1, 0.5)));
        assert_eq!(side(2, 1.0, Phase::Move), (1, 1.0));
    }
}
