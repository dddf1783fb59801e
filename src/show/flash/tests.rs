//! Strobes in, at most three flashes a second out, counted by a plain reading of the standard.

use super::*;
use proptest::prelude::*;
use world::frame::luminance;

/// A frame whose left part (0..1 of its width) has one colour and the rest another.
fn part(share: f32, colour: [u8; 3], rest: [u8; 3]) -> Frame {
    let mut f = Frame::new(96, 54);
    let w = f.width;
    for (i, p) in f.rgba.chunks_exact_mut(4).enumerate() {
        p[..3].copy_from_slice(if ((i % w) as f32) < share * w as f32 { &colour } else { &rest });
    }
    f
}

/// Most flashes in any second of a series (time, value), halves counted whole: pairs of opposing changes of `step` or
/// more whose darker state is below `bright`.
pub fn flashes(series: &[(f64, f32)], step: f32, bright: f32) -> usize {
    most(&changes(series, step, bright)).div_ceil(2)
}

/// Most of these times within any second.
pub fn most(times: &[f64]) -> usize {
    let in_second = |i: usize| times[i..].iter().take_while(|t| **t - times[i] < 1.0 - 1e-9).count();
    (0..times.len()).map(in_second).max().unwrap_or(0)
}

/// When a series (time, value) turns by `step` or more, the darker state below `bright`.
pub fn changes(series: &[(f64, f32)], step: f32, bright: f32) -> Vec<f64> {
    let mut times = Vec::new();
    let (mut lo, mut hi, mut up) = (series[0].1, series[0].1, None);
    for &(t, v) in series {
        let falls = up != Some(false) && v <= hi - step && v < bright;
        let rises = up != Some(true) && v >= lo + step && lo < bright;
        if falls || rises {
            times.push(t);
            (lo, hi, up) = (v, v, Some(rises));
        }
        (lo, hi) = (lo.min(v), hi.max(v));
    }
    times
}

/// What comes out at a pixel: (time, luminance).
fn run(
    frames: impl Iterator<Item = Frame>,
    rate: f64,
    at: (usize, usize),
) -> (Vec<(f64, [u8; 3])>, FlashLimiter) {
    let mut limiter = FlashLimiter::default();
    let out = frames.enumerate().map(|(i, mut f)| {
        let t = i as f64 / rate;
        limiter.pass(&mut f, t);
        (t, f.pixel(at.0, at.1))
    });
    (out.collect(), limiter)
}

fn light(series: &[(f64, [u8; 3])]) -> Vec<(f64, f32)> {
    series.iter().map(|(t, p)| (*t, luminance(*p))).collect()
}

fn strobe(
    hertz: f64,
    rate: f64,
    seconds: f64,
    on: [u8; 3],
    off: [u8; 3],
    share: f32,
) -> impl Iterator<Item = Frame> {
    (0..(seconds * rate) as usize).map(move |i| {
        let lit = (i as f64 / rate * hertz).fract() < 0.5;
        part(share, if lit { on } else { off }, [90; 3])
    })
}

#[test]
fn a_strobe_of_ten_hertz_comes_out_with_at_most_three_flashes_a_second() {
    let frames: Vec<Frame> = strobe(10.0, 60.0, 6.0, [255; 3], [0; 3], 1.0).collect();
    let raw: Vec<(f64, f32)> =
        frames.iter().enumerate().map(|(i, f)| (i as f64 / 60.0, luminance(f.pixel(5, 5)))).collect();
    assert!(flashes(&raw, 0.1, 0.8) >= 10, "the counter counts: {}", flashes(&raw, 0.1, 0.8));
    let (out, limiter) = run(frames.into_iter(), 60.0, (5, 5));
    let n = flashes(&light(&out), 0.1, 0.8);
    assert!((1..=3).contains(&n), "{n} flashes");
    assert!(limiter.held() > 100);
}

#[test]
fn strobes_of_every_speed_rate_and_contrast_are_held() {
    for rate in [24.0, 30.0, 60.0, 144.0] {
        for hertz in [3.5, 5.0, 8.0, 12.0, 25.0, 60.0] {
            for (on, off) in [([255; 3], [0; 3]), ([255, 255, 0], [0, 0, 255]), ([150; 3], [60; 3])] {
                let (out, _) = run(strobe(hertz, rate, 3.0, on, off, 1.0), rate, (9, 9));
                // 8-bit rounding of what is held just below the threshold.
                let n = flashes(&light(&out), 0.105, 0.8);
                assert!(n <= 3, "{hertz} Hz at {rate} frames: {n}");
            }
        }
    }
}

#[test]
fn red_flashes_are_held_though_their_luminance_hardly_moves() {
    let (red, grey) = ([200, 0, 0], [86, 86, 86]);
    assert!((luminance(red) - luminance(grey)).abs() < 0.05);
    let (out, limiter) = run(strobe(10.0, 60.0, 4.0, red, grey, 1.0), 60.0, (9, 9));
    let linear = |v: u8| world::frame::colour::linear_of_srgb(v as f64 / 255.0) as f32;
    let series: Vec<(f64, f32)> = out
        .iter()
        .map(|(t, p)| (*t, 320.0 * (linear(p[0]) - linear(p[1]) - linear(p[2])).max(0.0)))
        .collect();
    assert!(flashes(&series, 21.0, 1e9) <= 3 && limiter.held() > 50, "{}", flashes(&series, 21.0, 1e9));
}

#[test]
fn what_does_not_flash_passes_untouched() {
    // Slow pulses, a moving edge, fine noise, a small lamp that strobes, and bright states only.
    let pulse = strobe(2.9, 60.0, 4.0, [255; 3], [0; 3], 1.0);
    assert_eq!(run(pulse, 60.0, (5, 5)).1.held(), 0);
    let lamp = strobe(15.0, 60.0, 4.0, [255; 3], [0; 3], 0.05);
    assert_eq!(run(lamp, 60.0, (1, 5)).1.held(), 0);
    let bright = strobe(15.0, 60.0, 4.0, [255; 3], [233; 3], 1.0);
    assert_eq!(run(bright, 60.0, (1, 5)).1.held(), 0);
    let edge = (0..240).map(|i| part(i as f32 / 240.0, [255; 3], [0; 3]));
    assert_eq!(run(edge, 60.0, (5, 5)).1.held(), 0);
}

#[test]
fn the_picture_passes_again_when_the_strobe_ends() {
    let frames = strobe(10.0, 60.0, 2.0, [255; 3], [0; 3], 1.0)
        .chain((0..90).map(|_| part(1.0, [40, 90, 200], [0; 3])));
    let (out, _) = run(frames, 60.0, (5, 5));
    assert_eq!(out[out.len() - 1].1, [40, 90, 200]);
}

/// What one cell shows of greys that walk in steps of `least` and up to 0.05 more, sixty a second, each limited as far
/// as necessary: (time, luminance).
fn walk(seed: u64, least: f32) -> Vec<(f64, f32)> {
    let rng = world::rng::Rng::new(seed);
    let (mut cell, mut shown, mut grey) = (Cell::default(), 0.4_f32, 0.4_f32);
    cell.begin([shown; 3]);
    let mut out = vec![(0.0, shown)];
    for i in 1..180 {
        let (now, way) = (i as f64 / 60.0, if rng.unit(2 * i) < 0.5 { -1.0 } else { 1.0 });
        grey = (grey + way * (least + 0.05 * rng.unit(2 * i + 1))).clamp(0.0, 0.79);
        let shares = (1..=16).rev().map(|k| between([shown; 3], [grey; 3], k as f32 / 16.0));
        shown = shares.into_iter().find(|v| !cell.is_too_much(*v, [grey; 3], now)).map_or(shown, |v| v[0]);
        cell.follow([shown; 3], [grey; 3], now);
        out.push((now, shown));
    }
    out
}

#[test]
fn steps_about_the_threshold_are_held_whichever_threshold_counts() {
    for seed in 0..20_000 {
        let out = walk(seed, if seed % 2 == 0 { 0.08 } else { 0.02 });
        for counted in [0.096, 0.1, 0.104, 0.109] {
            let n = flashes(&out, counted, 0.8);
            assert!(n <= 3, "series {seed}: {n} flashes of {counted}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn no_random_strobe_gets_through(seed in any::<u64>()) {
        let rng = world::rng::Rng::new(seed);
        let grey = |i: usize| (rng.unit(i as u64) * 256.0) as u8;
        let (out, _) = run((0..180).map(|i| part(1.0, [grey(i); 3], [0; 3])), 60.0, (9, 9));
        prop_assert!(flashes(&light(&out), 0.105, 0.8) <= 3);
    }
}

const VIEW: (usize, usize) = (43, 24);

/// Cells of a visual field (a third by a third) from which flashes are limited: a fifth, where the standard has a
/// quarter.
const LIMIT: usize = 206;

/// Passes colours frame by frame through the limiter; returns how many frames were attenuated.
fn held(frames: usize, colour: impl Fn(usize, usize, usize) -> [f32; 3]) -> u64 {
    let mut limiter = FlashLimiter::default();
    let mut shown = vec![[0.0; 3]; GRID.0 * GRID.1];
    for frame in 0..frames {
        let now = frame as f64 / 60.0;
        let cells: Vec<_> = (0..GRID.0 * GRID.1).map(|i| colour(frame, i % GRID.0, i / GRID.0)).collect();
        let share = limiter.share(&cells, 1.0, now);
        if frame == 0 {
            shown.clone_from(&cells);
        }
        shown.iter_mut().zip(&cells).for_each(|(s, c)| *s = between(*s, *c, share));
        limiter.commit(&shown, now);
    }
    limiter.held()
}

/// Whether the limiter acts on cells that strobe between two colours ten times a second, where a mask says so.
fn strobes([on, off]: [[f32; 3]; 2], mask: impl Fn(usize, usize) -> bool) -> bool {
    held(60, |frame, x, y| if mask(x, y) && frame / 3 % 2 == 0 { on } else { off }) > 0
}

/// `cells` cells in rows of 41, starting at `at`.
fn patch(at: (usize, usize), cells: usize) -> impl Fn(usize, usize) -> bool {
    move |x, y| {
        let (dx, dy) = (x.wrapping_sub(at.0), y.wrapping_sub(at.1));
        dx < 41 && dy < 24 && dy * 41 + dx < cells
    }
}

/// Light and dark; and a saturated red with the grey of its light.
const PAIRS: [[[f32; 3]; 2]; 2] = [[[0.6; 3], [0.1; 3]], [[0.4, 0.0, 0.0], [0.08504; 3]]];

#[test]
fn a_patch_below_the_limit_strobes_and_one_cell_more_is_held_wherever_it_lies() {
    assert_eq!(LIMIT, VIEW.0 * VIEW.1 / 5);
    for pair in PAIRS {
        for at in [(0, 0), (87, 0), (0, 66), (87, 66), (50, 30)] {
            assert!(!strobes(pair, patch(at, LIMIT - 1)), "{pair:?} at {at:?}");
            assert!(strobes(pair, patch(at, LIMIT)), "{pair:?} at {at:?}");
        }
        assert!(strobes(pair, |_, _| true) && !strobes(pair, |_, _| false));
    }
}

#[test]
fn patches_add_up_within_a_view_and_not_beyond_it() {
    let both = |a: (usize, usize), b: (usize, usize), cells: usize| {
        let (a, b) = (patch(a, cells), patch(b, cells));
        strobes(PAIRS[0], move |x, y| a(x, y) || b(x, y))
    };
    assert!(!both((0, 0), (87, 66), 200), "at two ends of the picture");
    assert!(both((0, 0), (1, 12), 120), "in one view");
    assert!(!both((0, 0), (0, 23), 120), "just too far from each other");
    // A light patch and a red one, in opposite time, with a still one between them.
    let mixed = |frame: usize, x: usize, y: usize, cells: usize| {
        let lit = (frame / 3).is_multiple_of(2);
        match () {
            () if patch((10, 10), cells)(x, y) => PAIRS[0][lit as usize],
            () if patch((10, 20), cells)(x, y) => PAIRS[1][!lit as usize],
            () if patch((10, 15), 200)(x, y) => [1.0; 3],
            () => [0.08504; 3],
        }
    };
    assert_eq!(held(60, |f, x, y| mixed(f, x, y, LIMIT / 2 - 1)), 0);
    assert!(held(60, |f, x, y| mixed(f, x, y, LIMIT / 2)) > 0);
}

#[test]
fn red_counts_from_its_own_threshold_on_and_only_where_it_is_saturated() {
    let red = |r: f32, g: f32| {
        let light = 0.2126 * r + (0.7152 + 0.0722) * g;
        strobes([[r, g, g], [light; 3]], |_, _| true)
    };
    // The standard counts a change of 20; the limiter begins a little below, and far from 15.
    assert!(!red(15.0 / 320.0, 0.0) && red(21.0 / 320.0, 0.0));
    assert!(red(0.4, 0.04) && !red(0.4, 0.06), "four fifths of it must be red");
}

#[test]
fn as_much_is_shown_as_may_be_and_no_more() {
    let mut limiter = FlashLimiter::default();
    let cells = |lit: bool| vec![[lit as u8 as f32 * 0.7; 3]; GRID.0 * GRID.1];
    let (mut shown, mut found) = (0.0, 0);
    for frame in 0..120 {
        let (now, lit) = (frame as f64 / 60.0, frame / 3 % 2 == 1);
        let share = limiter.share(&cells(lit), 1.0, now);
        assert_eq!(limiter.is_acting(), share < 1.0);
        let goal = lit as u8 as f32 * 0.7;
        if share < 1.0 {
            let grey = |share: f32| between([shown; 3], [goal; 3], share);
            let cell = &limiter.cells[0];
            assert!(!cell.is_too_much(grey(share), [goal; 3], now), "frame {frame}: {share}");
            assert!(cell.is_too_much(grey(share + 1.0 / 256.0), [goal; 3], now), "frame {frame}: {share}");
            found += 1;
        }
        shown += (goal - shown) * share;
        limiter.commit(&vec![[shown; 3]; GRID.0 * GRID.1], now);
    }
    assert!(found > 20 && limiter.held() == found);
}

#[test]
fn a_still_picture_under_strobing_brightness_has_flashed() {
    let white = vec![[1.0; 3]; GRID.0 * GRID.1];
    let black = vec![[0.0; 3]; GRID.0 * GRID.1];
    let share = |flips: usize| {
        let mut limiter = FlashLimiter::default();
        limiter.repeat(1.0, 0.0);
        limiter.expect(&white, 1.0);
        limiter.commit(&white, 0.0);
        (1..=flips).for_each(|i| limiter.repeat((i + 1) as f32 % 2.0, i as f64 * 0.05));
        assert_eq!((limiter.held(), limiter.is_acting()), (0, false));
        limiter.share(&black, 1.0, 0.5)
    };
    assert_eq!([share(0), share(4)], [1.0, 1.0]);
    assert!(share(6) < 0.2, "{}", share(6));
}

#[test]
fn what_is_not_limited_passes_byte_for_byte_and_a_change_of_size_passes_as_it_is() {
    let mut limiter = FlashLimiter::default();
    for i in 0..90u32 {
        let frame = part(i as f32 / 90.0, [(i * 2) as u8, 40, 90], [7, 8, 9]);
        let mut passed = frame.clone();
        limiter.pass(&mut passed, i as f64 / 60.0);
        assert!(passed.rgba == frame.rgba, "frame {i}");
    }
    assert_eq!(limiter.held(), 0);
    let mut limiter = FlashLimiter::default();
    for i in 0..60 {
        let mut frame = Frame::new([96, 64][i / 3 % 2], 54);
        frame.rgba.fill([0, 255][i / 3 % 2]);
        let before = frame.clone();
        limiter.pass(&mut frame, i as f64 / 60.0);
        assert_eq!((frame.width, frame.height), (before.width, before.height));
        assert!(i % 3 > 0 || frame.rgba == before.rgba, "there is nothing of its size to mix it with");
    }
    assert!(limiter.held() > 10);
    let few = vec![[1.0; 3]; 5];
    assert_eq!(FlashLimiter::default().share(&few, 1.0, 0.0), 1.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Whichever cells strobe, they are limited if and only if some visual field, counted cell by cell, is full of
    /// them.
    #[test]
    fn cells_are_held_where_a_view_is_full_of_them(seed in any::<u64>(), least in 0.1f32..0.22, slope in 0.0f32..0.15) {
        let rng = world::rng::Rng::new(seed);
        let mask = |x: usize, y: usize| rng.unit((y * GRID.0 + x) as u64) < least + slope * x as f32 / GRID.0 as f32;
        let of_view = |left: usize, top: usize| {
            (0..VIEW.0 * VIEW.1).filter(|i| mask(left + i % VIEW.0, top + i / VIEW.0)).count()
        };
        let most = (0..=GRID.1 - VIEW.1).flat_map(|y| (0..=GRID.0 - VIEW.0).map(move |x| (x, y)));
        let most = most.map(|(x, y)| of_view(x, y)).max().unwrap();
        prop_assert_eq!(strobes(PAIRS[0], mask), most >= LIMIT, "{}", most);
    }
}
