//! Blackout, freeze and the flash limiter as the audience sees them: through the live output, picture by picture.

use image::RgbImage;

use crate::seen::{apart, fed, is_black, nearest, pictures};
use crate::show::{Hall, shown};
use crate::window::STROBE;

const SIZE: (u32, u32) = (320, 200);

/// Plays with live output that is read to its end: the pictures, and the printed text.
fn play(hall: &Hall, line: &str) -> Option<(Vec<RgbImage>, String)> {
    let pipe = hall.folder.path().join("pipe");
    let _ = std::fs::remove_file(&pipe);
    if !crate::skip::fifo(&pipe) {
        return None;
    }
    let reader = fed(pipe, SIZE);
    let text = hall.run(&format!("play --no-judge --no-sound --window 320x200 --feed pipe {line}"));
    Some((reader.join().unwrap(), text))
}

#[test]
fn a_blackout_is_black_to_its_end_and_a_freeze_shows_one_picture_while_the_world_runs_on() {
    let Some(hall) = Hall::new() else { return };
    let line = "a.toml --tape t.tape --frames 340 --keys b@110~b@170~k@270";
    let Some((all, text)) = play(&hall, line) else { return };
    hall.run("render --tape t.tape --out again --only");
    let tape = pictures(&hall.folder.path().join("again"));
    let black: Vec<usize> = (0..all.len()).filter(|i| is_black(&all[*i])).collect();
    let (Some(first), Some(last)) = (black.first(), black.last()) else { panic!("never black") };
    assert_eq!(black.len(), last - first + 1, "nothing is seen in the midst of a blackout");
    assert!(*first > 0 && last + 1 < all.len(), "there was light before and after");
    // In full light it is the picture of a tick, up to a rounding; so it is before the blackout and in the freeze.
    let same = |picture: &RgbImage| {
        let (place, difference) = nearest(picture, &tape);
        assert!(difference < 0.5, "{difference} from tick {}", tape[place].tick);
        tape[place].tick
    };
    let before = same(&all[first - 1]);
    let frozen = all.last().unwrap();
    let stood = same(frozen);
    let since = all.iter().position(|p| p == frozen).unwrap();
    assert!(since > *last && all[since..].iter().all(|p| p == frozen), "the freeze holds to the end");
    let (_, end) = shown(&text);
    assert!(before < stood && stood + 20 < end, "ticks {before}, {stood}, and {end} at the end");
    assert!(all[..*first].windows(2).any(|w| w[0] != w[1]), "it moved before");
    let light = |p: &RgbImage| p.as_raw().iter().map(|v| *v as u64).sum::<u64>();
    let returns = &all[last + 1..];
    assert!(light(&returns[0]) < light(frozen), "the light takes its time to come back");
}

#[test]
fn a_fade_dims_the_picture_in_linear_light() {
    let Some(hall) = Hall::new() else { return };
    hall.write("k.toml", "q = { to = \"master.fade\", hold = 0.5 }\n");
    let line = "a.toml --tape t.tape --keys-map k.toml --frames 260 --keys hold:q@90";
    let Some((all, _)) = play(&hall, line) else { return };
    hall.run("render --tape t.tape --out again --only");
    let tape = pictures(&hall.folder.path().join("again"));
    // The fader is a grey: half of it is the linear light of a grey of one half.
    let light = linear(0.5);
    let half = |v: u8| {
        let dimmed = linear(v as f64 / 255.0) * light;
        let stored =
            if dimmed <= 0.0031308 { dimmed * 12.92 } else { 1.055 * dimmed.powf(1.0 / 2.4) - 0.055 };
        (255.0 * stored).round() as u8
    };
    let dim = |p: &RgbImage| {
        RgbImage::from_raw(p.width(), p.height(), p.as_raw().iter().map(|v| half(*v)).collect())
    };
    let last = all.last().unwrap();
    let near = tape.iter().map(|p| apart(last, &dim(&p.image).unwrap())).fold(f64::INFINITY, f64::min);
    assert!(near < 1.0, "{near} from the nearest picture in half the light");
    assert!(nearest(last, &tape).1 > 10.0, "it would be darker than any picture");
}

/// Linear light of a stored value (IEC 61966-2-1), both 0 to 1.
fn linear(v: f64) -> f64 {
    if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

/// Relative luminance of a picture of one colour.
fn luminance(picture: &RgbImage) -> f64 {
    let [r, g, b] = picture.get_pixel(160, 100).0.map(|v| linear(v as f64 / 255.0));
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// Where the luminance reversed after a change that counts (WCAG 2.3.1: a tenth, from below 0.8), as frame numbers.
fn changes(all: &[f64]) -> Vec<usize> {
    let (mut found, mut extreme, mut up) = (Vec::new(), all[0], None);
    for (i, &now) in all.iter().enumerate() {
        let counts = (now - extreme).abs() >= 0.1 && now.min(extreme) < 0.8;
        match up {
            Some(true) if now >= extreme => extreme = now,
            Some(false) if now <= extreme => extreme = now,
            _ if counts => {
                (up, extreme) = (Some(now > extreme), now);
                found.push(i);
            }
            _ => {}
        }
    }
    found
}

/// Most changes within this many pictures; two of them are a flash.
fn most(changes: &[usize], pictures: usize) -> usize {
    changes
        .iter()
        .map(|a| changes.iter().filter(|b| (*a..a + pictures).contains(b)).count())
        .max()
        .unwrap_or(0)
}

#[test]
fn the_count_of_flashes_distinguishes_a_strobe_from_a_swell() {
    let strobe: Vec<f64> = (0..240).map(|i| if i / 4 % 2 == 0 { 0.05 } else { 1.0 }).collect();
    assert_eq!(most(&changes(&strobe), 60), 15);
    let swell: Vec<f64> = (0..240).map(|i| 0.5 - 0.5 * (i as f64 * 0.05).cos()).collect();
    assert!(most(&changes(&swell), 60) <= 2);
    let flicker: Vec<f64> = (0..240).map(|i| 0.5 + 0.04 * (i % 2) as f64).collect();
    assert!(changes(&flicker).is_empty());
}

#[test]
fn a_strobe_reaches_the_audience_only_without_the_limiter() {
    let Some(hall) = Hall::new() else { return };
    hall.write("a.toml", &STROBE.replace("[800, 450]", "[320, 200]"));
    let run = |more: &str| -> Option<(Vec<f64>, serde_json::Value)> {
        let (all, _) = play(&hall, &format!("a.toml --no-tape --frames 300 --health h.json {more}"))?;
        let health = std::fs::read(hall.folder.path().join("h.json")).unwrap();
        Some((all.iter().map(luminance).collect(), serde_json::from_slice(&health).unwrap()))
    };
    let (Some((free, off)), Some((held, on))) = (run("--no-flash-limiter"), run("")) else { return };
    assert_eq!((&off["limiter"]["on"], &on["limiter"]["on"]), (&false.into(), &true.into()));
    let swing = |all: &[f64]| all.iter().any(|v| *v > 0.95) && all.iter().any(|v| *v < 0.06);
    assert!(swing(&free), "both ends of the strobe are seen without the limiter");
    // Nine tenths of a second, so that a late picture does not bring a fourth flash into the window.
    let (free, held) = (most(&changes(&free), 54), most(&changes(&held), 54));
    assert!(held <= 7, "{held} changes in a second; three flashes are six, and one may have begun");
    // A machine that draws fewer than some sixteen pictures a second shows no strobe of eight.
    if free > 9 {
        assert!(held < free && on["limiter"]["held"].as_u64() > Some(0), "{free}, {held}: {}", on["limiter"]);
    }
}
