//! Sets with known flaws.

use std::path::Path;

use super::balance::ClassBalance;
use super::duplicates::Duplicates;
use super::perceptual::PerceptualHash;
use super::*;
use data::resample::resample_bytes;
use data::sample::ImageKind;
use world::rng::Rng;

const SIDE: usize = 32;

/// A smooth grey picture: a few waves of random direction.
fn waves(seed: u64) -> Vec<u8> {
    let rng = Rng::new(seed).named("waves");
    let waves: Vec<[f64; 3]> = (0..6).map(|k| [0, 1, 2].map(|i| f64::from(rng.fork(k).unit(i)))).collect();
    let level = |x: f64, y: f64| {
        let wave =
            |[a, b, phase]: &[f64; 3]| (6.0 * (a - 0.5) * x + 6.0 * (b - 0.5) * y + phase).fract().abs();
        waves.iter().map(wave).sum::<f64>() / waves.len() as f64
    };
    let pixel = |i: usize| level((i % SIDE) as f64 / SIDE as f64, (i / SIDE) as f64 / SIDE as f64);
    (0..SIDE * SIDE).map(|i| (40.0 + 170.0 * pixel(i)) as u8).collect()
}

fn set(pixels: Vec<Vec<u8>>, labels: Vec<usize>) -> ImageSet {
    ImageSet { channels: 1, side: SIDE, pixels, classes: vec!["a".into(), "b".into()], labels }
}

/// As another program would save it: brighter, of less contrast, with noise, and resized in between.
fn altered(picture: &[u8], seed: u64) -> Vec<u8> {
    let rng = Rng::new(seed);
    let small = resample_bytes(picture, (SIDE, SIDE), (24, 24), 1);
    let again = resample_bytes(&small, (24, 24), (SIDE, SIDE), 1);
    let noisy = |(i, v): (usize, &u8)| (0.85 * f32::from(*v) + 20.0 + 4.0 * (rng.unit(i as u64) - 0.5)) as u8;
    again.iter().enumerate().map(noisy).collect()
}

#[test]
fn a_hash_survives_what_another_program_does_to_a_picture_and_tells_pictures_apart() {
    let of = |p: &[u8]| PerceptualHash::of(p, SIDE, 1);
    let hashes: Vec<PerceptualHash> = (0..60).map(|i| of(&waves(i))).collect();
    let apart = |a: &PerceptualHash, b: &PerceptualHash| (a.bits.unwrap() ^ b.bits.unwrap()).count_ones();
    for (i, hash) in hashes.iter().enumerate() {
        let other = of(&altered(&waves(i as u64), 7));
        assert!(
            apart(hash, &other) <= duplicates::NEAR && hash.correlation(&other) > duplicates::ALIKE,
            "{i}"
        );
        let coloured: Vec<u8> = waves(i as u64).iter().flat_map(|v| [*v; 3]).collect();
        assert_eq!(PerceptualHash::of(&coloured, SIDE, 3).bits, hash.bits);
    }
    let distances: Vec<u32> = (0..60)
        .flat_map(|i| (0..i).map(move |j| [i, j]))
        .map(|[i, j]| apart(&hashes[i], &hashes[j]))
        .collect();
    let mean = distances.iter().sum::<u32>() as f64 / distances.len() as f64;
    // Half of the bits are above the median, so two pictures that have nothing in common differ in half of them.
    assert!(
        (mean - 32.0).abs() < 3.0 && distances.iter().all(|d| *d > duplicates::NEAR),
        "{mean}, {:?}",
        distances.iter().min()
    );
    assert_eq!(of(&[128; SIDE * SIDE]).bits, None, "an even grey has no shapes");
}

#[test]
fn copies_are_found_in_both_splits_and_nothing_else_is() {
    let mut pixels: Vec<Vec<u8>> = (0..40).map(waves).collect();
    let mut labels: Vec<usize> = (0..40).map(|i| i % 2).collect();
    let training = 40;
    // Of the test split: an equal copy, an altered one of another class, an altered copy of a test picture, a new one.
    for (picture, label) in [
        (waves(3), 1),
        (altered(&waves(8), 1), 1),
        (waves(90), 0),
        (altered(&waves(90), 2), 0),
        (waves(91), 1),
    ] {
        pixels.push(picture);
        labels.push(label);
    }
    let found = Duplicates::of(&set(pixels, labels), training);
    assert_eq!((found.exact, found.pairs), (vec![vec![3, 40]], 2));
    let pairs: Vec<[usize; 2]> = found.near.iter().map(|p| p.pair).collect();
    assert!(pairs.contains(&[8, 41]) && pairs.contains(&[42, 43]), "{pairs:?}");
    assert_eq!((found.leaked, found.contradicting), (vec![40, 41], vec![8, 41]));
}

#[test]
fn every_member_of_an_equal_group_with_two_labels_is_named() {
    let pixels = vec![waves(1), waves(1), waves(1), waves(1), waves(2)];
    let found = Duplicates::of(&set(pixels, vec![0, 0, 0, 1, 1]), 5);
    assert_eq!((found.contradicting.clone(), found.repeated(), found.leaked.len()), (vec![0, 1, 2, 3], 3, 0));
    assert_eq!(found.pairs, 0, "equal pictures are not nearly the same as well");
}

/// Stripes across or down, of random width and place, in noise.
fn stripes(down: bool, seed: u64) -> Vec<u8> {
    let rng = Rng::new(seed).named("stripes");
    let (width, shift) = (3.0 + 3.0 * rng.unit(0), 8.0 * rng.unit(1));
    let pixel = |i: usize| {
        let along = if down { i % SIDE } else { i / SIDE } as f32;
        let bright = (((along + shift) / width) as usize).is_multiple_of(2);
        (90.0 + if bright { 60.0 } else { 0.0 } + 40.0 * rng.unit(9 + i as u64)) as u8
    };
    (0..SIDE * SIDE).map(pixel).collect()
}

fn check(set: &ImageSet) -> labels::LabelCheck {
    labels::check(set, Path::new("made"), &[FeatureExtractor::Random], 3000).unwrap().unwrap()
}

#[test]
fn wrong_labels_are_suspected_and_right_ones_are_not() {
    let truth: Vec<usize> = (0..300).map(|i| i % 2).collect();
    let pixels: Vec<Vec<u8>> = truth.iter().enumerate().map(|(i, c)| stripes(*c == 1, i as u64)).collect();
    let right = check(&set(pixels.clone(), truth.clone()));
    assert!(right.agreement > 0.98 && right.suspects.len() <= 2, "{right:?}");
    let wrong: Vec<usize> = (0..300).filter(|i| i % 23 == 5).collect();
    let mut labels = truth;
    wrong.iter().for_each(|i| labels[*i] = 1 - labels[*i]);
    let found = check(&set(pixels, labels.clone()));
    let first: Vec<usize> = found.suspects.iter().take(wrong.len()).map(|s| s.index).collect();
    let hits = wrong.iter().filter(|i| first.contains(i)).count();
    assert!(wrong.len() == 13 && hits >= 12, "{hits} of {}: {:?}", wrong.len(), found.suspects);
    assert!(found.suspects.iter().all(|s| s.label == labels[s.index] && s.likely == 1 - s.label));
    assert!(found.hardest.iter().all(|i| !found.suspects.iter().any(|s| s.index == *i)));
}

/// A fiftieth of real digits relabelled at random.
#[test]
fn relabelled_digits_are_found_among_real_ones() {
    let Some(shared) = crate::skip::shared() else { return };
    let data =
        data::reader::read(&shared.join("data/mnist"), &data::picture::ReadOptions::default()).unwrap();
    let picked = data.train.pick(&(0..3000).collect::<Vec<_>>());
    let rng = Rng::new(5);
    let wrong: Vec<usize> = (0..3000).filter(|i| rng.below(*i as u64, 50) == 0).collect();
    let mut digits = joined(picked, Samples::empty(1, 28, data.train.classes.clone()));
    wrong.iter().for_each(|i| {
        digits.labels[*i] = (digits.labels[*i] + 1 + rng.fork(1).below(*i as u64, 9) as usize) % 10
    });
    let found = check(&digits);
    let suspects: Vec<usize> = found.suspects.iter().map(|s| s.index).collect();
    let hits = |of: &[usize]| wrong.iter().filter(|i| of.contains(i)).count();
    let first = &suspects[..wrong.len().min(suspects.len())];
    assert!(wrong.len() > 40 && 2 * hits(&suspects) > wrong.len(), "{} of {}", hits(&suspects), wrong.len());
    assert!(2 * hits(first) > first.len(), "{} of the first {}", hits(first), first.len());
}

#[test]
fn of_several_features_those_count_that_know_the_classes() {
    // Bright or dark, with one texture: statistics of levels tell them, filters that sum to zero do not.
    let pixels =
        (0..80).map(|i| stripes(false, i).iter().map(|v| v / 2 + 100 * (i % 2) as u8).collect()).collect();
    let made = set(pixels, (0..80).map(|i| i % 2).collect());
    let agreement = |extractors: Vec<FeatureExtractor>| {
        let found = labels::check(&made, Path::new("made"), &extractors, 100).unwrap().unwrap();
        (found.agreement, found.features)
    };
    let single = FeatureExtractor::BUILT_IN.map(|e| agreement(vec![e]).0);
    let (best, features) = agreement(FeatureExtractor::BUILT_IN.to_vec());
    assert_eq!(best, single.iter().copied().fold(0.0, f64::max), "{single:?}");
    let place = single.iter().position(|a| *a == best).unwrap();
    assert_eq!(features, FeatureExtractor::BUILT_IN[place].name());
}

#[test]
fn balance_and_effective_classes_follow_their_formulas() {
    let classes: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
    let samples = |labels: &[usize]| {
        let mut s = Samples::empty(1, 1, classes.clone());
        labels.iter().for_each(|l| s.push(vec![0], *l, None));
        s
    };
    let balance = ClassBalance::of(&samples(&[0, 1, 2, 2]), &samples(&[0, 1, 2, 2]));
    assert_eq!((balance.counts.clone(), balance.totals()), (vec![[1, 1], [1, 1], [2, 2]], [4, 4]));
    // Shares of ¼, ¼ and ½: an entropy of 1.5 bits.
    assert!(balance.imbalance() == 2.0 && (balance.effective_classes() - 2f64.powf(1.5)).abs() < 1e-12);
    let even = ClassBalance::of(&samples(&[0, 1, 2]), &samples(&[]));
    assert!((even.effective_classes() - 3.0).abs() < 1e-12);
}

#[test]
fn moments_are_those_of_each_class() {
    let set = set(vec![vec![0; SIDE * SIDE], vec![200; SIDE * SIDE], vec![50; SIDE * SIDE]], vec![0, 0, 1]);
    let [all, a, b] = &moments::all(&set)[..] else { panic!() };
    assert_eq!((a.count, a.mean[7], a.spread[7]), (2, 100, 200));
    assert_eq!((b.count, b.mean[0], b.spread[0]), (1, 50, 0));
    // Mean 83.3, deviation 84.98.
    assert_eq!((all.count, all.mean[9], all.spread[9]), (3, 83, 170));
}

#[test]
fn files_and_what_the_folder_says_are_on_the_page() {
    let dir = tempfile::tempdir().unwrap();
    let save = |name: &str, w: u32, h: u32, tone: u8| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        image::RgbImage::from_fn(w, h, |x, y| image::Rgb([tone, (x * 9 % 256) as u8, (y * 5 % 256) as u8]))
            .save(path)
            .unwrap();
    };
    for i in 0..12 {
        save(&format!("cats/{i}.png"), 40, 30, 3 * i);
        save(&format!("<dogs>/{i}.jpg"), 64, 64, 120 + 5 * i);
    }
    std::fs::write(dir.path().join("cats/broken.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    std::fs::write(dir.path().join("README.md"), "Taken by <Ada>, labelled by Grace.").unwrap();
    let reading =
        data::picture::ReadOptions { broken: data::picture::UnreadablePolicy::SkipFew, ..Default::default() };
    let data = data::reader::read(dir.path(), &reading).unwrap();
    assert_eq!(data.kind, ImageKind::Things);
    let lines = dir.path().join("pets.txt");
    std::fs::write(&lines, "cats is-a pet\n<dogs> is-a <i>pack</i>\n<i>pack</i> is-a pet\n").unwrap();
    let tree = LabelTree::read(&lines, &data.train.classes).unwrap();
    let setup = DatasheetSetup {
        extractors: vec![FeatureExtractor::Random],
        checked: 100,
        tree: Some(tree),
        augment: Some("all".parse().unwrap()),
    };
    let sheet = datasheet(data, dir.path(), &setup).unwrap();
    let files = sheet.files.clone().unwrap();
    assert_eq!((files.files, files.unreadable.len(), files.sizes[0].1), (24, 1, 12));
    assert!(files.formats == [("jpg", 12), ("png", 12)] && files.sizes.iter().any(|s| s.0 == (40, 30)));
    assert!(sheet.names.contains(&"cats/3.png".to_string()), "{:?}", sheet.names);
    let text = page::page(&sheet, "untrained datasheet pets");
    for expected in [
        "Taken by &lt;Ada&gt;",
        "Who took or drew the pictures?",
        "40 × 30",
        "the names of the folders",
        "No file says in EXIF",
        "untrained datasheet pets",
        "&lt;dogs&gt;",
        "mixup:0.2",
        "all together",
        "&lt;i&gt;pack&lt;/i&gt;",
    ] {
        assert!(text.contains(expected), "{expected}");
    }
    // Without pictures, in whose letters any word may occur.
    let mut parts = text.split("base64,");
    let first = parts.next().unwrap().to_string();
    let words = parts.fold(first, |all, part| all + part.split_once('"').map_or("", |p| p.1));
    assert!(!words.contains("<dogs>") && !words.contains("NaN") && !words.contains("<script"), "{words}");
    let json = sheet.json();
    let root = &json["tree"]["nodes"][0];
    assert_eq!(
        (root["name"].as_str(), root["training"].as_u64(), root["height"].as_u64()),
        (Some("pet"), Some(24), Some(2))
    );
    assert_eq!((json["pictures"].as_u64(), json["classes"][0]["training"].as_u64()), (Some(24), Some(12)));
    std::fs::remove_file(dir.path().join("README.md")).unwrap();
    let data = data::reader::read(dir.path(), &reading).unwrap();
    let text = page::page(&datasheet(data, dir.path(), &setup).unwrap(), "");
    assert!(text.contains("The folder says nothing about who made the pictures"));
}

#[test]
fn a_sheet_of_augmentations_has_a_row_for_each_and_soft_labels_for_mixes() {
    let set = set((0..6).map(waves).collect(), vec![0, 0, 0, 1, 1, 1]);
    let sheet = AugmentationSheet::of(&set, &"flip:0,rotate,cutmix".parse().unwrap());
    let lists: Vec<String> = sheet.rows.iter().map(|r| r.list.to_string()).collect();
    assert_eq!(lists, ["flip:0", "rotate:15", "cutmix:1", "flip:0,rotate:15,cutmix:1"]);
    assert!(sheet.rows[0].made.iter().all(|m| m.image.bytes() == set.pixels[sheet.picture]));
    assert!([1, 2].iter().all(|r| sheet.rows[*r].made.windows(2).all(|m| m[0] != m[1])));
    let text = sheet.markup(&set, "<p>").into_string();
    assert!(
        text.contains("&lt;p&gt;") && text.contains(" % a, ") && text.matches("<img").count() == 41,
        "{text}"
    );
}
