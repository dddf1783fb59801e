//! The gradient against differences; questions that need the picture, and some that do not.

use super::encoder::{self, BUCKETS, PICTURE};
use super::evaluation::{accuracy, score};
use super::head::AnswerHead;
use super::learn::{AnswerConfig, AnswerData, learn};
use super::network::{AnswerNetwork, Input};
use super::training::{Example, gradient, loss};
use crate::Judge;
use data::questions::Question;
use world::rng::Rng;

#[test]
fn the_gradient_is_that_of_differences() {
    let network = AnswerNetwork::fresh(5, Rng::new(3));
    let rng = Rng::new(7);
    let example = |i: u64| Example {
        input: Input {
            question: encoder::question(
                ["is it red", "how many are there", "what is the colour"][i as usize],
            ),
            picture: (0..PICTURE).map(|c| rng.fork(i).normal(c as u64)).collect(),
        },
        target: vec![(i as usize, 0.7), (4, 0.3)],
    };
    let examples: Vec<Example> = (0..3).map(example).collect();
    let found = gradient(&network, &examples, &[0, 1, 2]);
    for (array, slopes) in found.iter().enumerate() {
        let length = network.arrays[array].len() as u64;
        let word = examples[1].input.question[0].0 as u64 * 64;
        for probe in 0..12 {
            let cell = if array == 0 { word + probe } else { rng.fork(99).below(probe, length) } as usize;
            let at = |delta: f32| {
                let mut moved = network.clone();
                moved.arrays[array][cell] += delta;
                loss(&moved, &examples)
            };
            let slope = (at(0.01) - at(-0.01)) / 0.02;
            let own = f64::from(slopes[cell]);
            assert!((slope - own).abs() < 2e-4 + 0.01 * slope.abs(), "{array} {cell}: {slope} {own}");
        }
    }
}

#[test]
fn questions_are_hashed_without_case_and_with_pairs_of_words() {
    let same = |a: &str, b: &str| encoder::question(a) == encoder::question(b);
    assert!(same("Is the dog RED?", "is dog red") && !same("is it red", "is red it"));
    let of = encoder::question("what colour is the small disc");
    // Five words and four pairs; two may share a bucket.
    assert!((7..=9).contains(&of.len()) && of.iter().all(|(b, _)| *b < BUCKETS));
    assert!((of.iter().map(|(_, v)| v * v).sum::<f32>() - 1.0).abs() < 1e-5);
    assert!(encoder::question("").is_empty());
}

#[test]
fn a_picture_is_its_embedding_and_the_colours_and_contrasts_of_its_fields() {
    // Left half red, right half stripes of black and white.
    let pixel = |i: usize| match (i % 8 < 4, i % 2) {
        (true, _) => [1.0, 0.0, 0.0],
        (false, stripe) => [stripe as f32; 3],
    };
    let pixels: Vec<f32> = (0..64).flat_map(pixel).collect();
    let numbers = encoder::picture(&pixels, 8, 3, &[7.0; 64]);
    assert!(numbers.len() == PICTURE && numbers[..64].iter().all(|v| *v == 7.0));
    for (i, field) in numbers[64..].chunks_exact(4).enumerate() {
        let expected = if i % 4 < 2 { [1.0, 0.0, 0.0, 0.0] } else { [0.5; 4] };
        assert!(field.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-3), "{i} {field:?}");
    }
}

#[test]
fn answers_score_as_in_vqa() {
    let given = |n: usize| -> Vec<String> {
        (0..10).map(|i| if i < n { "net".into() } else { format!("{i}") }).collect()
    };
    // Of ten people n said so: over the ten ways to leave one out, min(1, n' / 3).
    let official = |n: usize| {
        let left = |i: usize| (if i < n { n - 1 } else { n }) as f64 / 3.0;
        (0..10).map(|i| left(i).min(1.0)).sum::<f64>() / 10.0
    };
    for n in 0..=10 {
        assert!((score("net", &given(n)) - official(n)).abs() < 1e-12, "{n}");
    }
    assert!((score("net", &given(1)) - 0.3).abs() < 1e-12 && score("net", &given(4)) == 1.0);
    assert_eq!((score("a", &["a".into()]), score("b", &["a".into()])), (1.0, 0.0));
}

#[test]
fn intervals_are_over_pictures() {
    // Eighty pictures with five questions each, all right or all wrong: as if there were eighty questions.
    let scores: Vec<f64> = (0..400).map(|i| f64::from(u8::from(i / 5 % 2 == 0))).collect();
    let pictures: Vec<usize> = (0..400).map(|i| i / 5).collect();
    let found = accuracy(&scores, &pictures, Rng::new(1));
    let half = 1.96 * (0.25f64 / 80.0).sqrt();
    assert_eq!(found.value, 0.5);
    assert!((found.interval[1] - found.interval[0] - 2.0 * half).abs() < 0.04, "{found:?} {half}");
}

/// A disc or a square, red, green or blue, on the left or on the right, in noise.
fn drawn(i: u64) -> (Vec<f32>, [usize; 3]) {
    let rng = Rng::new(i).named("drawn");
    let [shape, colour, place] = [(0, 2), (1, 3), (2, 2)].map(|(cell, n)| rng.below(cell, n) as usize);
    let centre =
        [if place == 0 { 18.0 } else { 46.0 }, 32.0].map(|c: f32| c + rng.range(3 + c as u64, -6.0, 6.0));
    let radius = rng.range(99, 8.0, 13.0);
    let value = |cell: usize| {
        let (p, c) = (cell / 3, cell % 3);
        let [dx, dy] = [(p % 64) as f32 - centre[0], (p / 64) as f32 - centre[1]];
        let is_in = match shape {
            0 => dx * dx + dy * dy < radius * radius,
            _ => dx.abs().max(dy.abs()) < radius,
        };
        let level = if is_in { if c == colour { 0.9 } else { 0.1 } } else { 0.4 };
        (level + 0.1 * (rng.fork(5).unit(cell as u64) - 0.5)).clamp(0.0, 1.0)
    };
    ((0..64 * 64 * 3).map(value).collect(), [shape, colour, place])
}

const COLOURS: [&str; 3] = ["red", "green", "blue"];

fn data(needs_picture: bool) -> AnswerData {
    let (mut pictures, mut questions) = (Vec::new(), Vec::new());
    for i in 0..200 {
        let (pixels, [_, colour, place]) = drawn(i);
        let asked = match needs_picture {
            true => vec![
                ("What colour is the shape?", COLOURS[colour]),
                ("Is the shape on the left?", ["yes", "no"][place]),
                ("Is it on the right?", ["no", "yes"][place]),
            ],
            false => vec![("What colour is grass?", "green"), ("Is water dry?", "no")],
        };
        let asked = asked.into_iter().map(|(text, answer)| Question {
            picture: i as usize,
            text: text.into(),
            answers: vec![answer.into()],
        });
        questions.extend(asked);
        pictures.push(pixels);
    }
    AnswerData { name: "drawn".into(), pictures, questions }
}

#[test]
fn the_picture_helps_where_the_answer_needs_it_and_nowhere_else() {
    let judge = Judge::shipped().unwrap();
    let config = AnswerConfig { epochs: 20, ..AnswerConfig::default() };
    let seen = data(true);
    let head = learn(&seen, &judge, &config, &mut |_, _, _| {}).unwrap();
    let card = &head.header.card;
    assert!(card.accuracy.value > 0.9 && card.gain.interval[0] > 0.3, "{card:?}");
    // Three colours, and yes or no at even chances.
    assert!((0.2..0.65).contains(&card.question_only.value), "{:?}", card.question_only);
    assert!(card.most_frequent.value < 0.5 && card.answerable == 1.0 && card.pictures == [160, 40]);
    let general = learn(&data(false), &judge, &config, &mut |_, _, _| {}).unwrap().header.card;
    assert!(general.question_only.value == 1.0 && general.gain.interval[0] <= 0.0, "{general:?}");

    let path = tempfile::tempdir().unwrap();
    let path = path.path().join("answer.safetensors");
    head.save(&path).unwrap();
    let loaded = AnswerHead::load(&path, &judge).unwrap();
    assert_eq!(loaded, head);
    let right = (300..340).filter(|i| {
        let (pixels, [_, colour, _]) = drawn(*i);
        loaded.answer(&pixels, "what colour is the shape", &judge)[0].0 == COLOURS[colour]
    });
    assert!(right.count() > 36);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(AnswerHead::load(&path, &judge).unwrap_err().is_input());
    std::fs::write(&path, b"{}").unwrap();
    assert!(AnswerHead::load(&path, &judge).unwrap_err().to_string().contains("untrained answer learn"));
}

#[test]
fn weights_are_the_same_bits_at_any_number_of_threads() {
    let judge = Judge::shipped().unwrap();
    let config = AnswerConfig { epochs: 2, ..AnswerConfig::default() };
    let mut few = data(true);
    few.pictures.truncate(40);
    few.questions.retain(|q| q.picture < 40);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| learn(&few, &judge, &config, &mut |_, _, _| {}).unwrap())
    };
    assert_eq!(on(1), on(3));
    few.questions.iter_mut().for_each(|q| q.answers = vec!["same".into()]);
    let told = learn(&few, &judge, &config, &mut |_, _, _| {}).unwrap_err();
    assert_eq!(told, format!("different answers: expected 2 to {}, found 1", world::limits::CLASSES));
}
