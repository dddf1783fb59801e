use super::*;
use data::sample::ImageKind;
use std::sync::LazyLock;

/// Stripes of some width, slanted or not, in some colours: a class of pictures that the shipped judge does not know.
fn stripes(class: usize, seed: u64) -> Vec<u8> {
    let r = Rng::new(seed).fork(class as u64);
    let (period, phase) = (4.0 + 6.0 * r.unit(0), 20.0 * r.unit(1));
    let (a, b) = if class == 0 { (1.0, 0.0) } else { (0.7, 0.7) };
    let pixel = |i: usize| {
        let (y, x) = ((i / 64) as f32, (i % 64) as f32);
        let wave = 0.5 + 0.5 * libm::sinf(6.3 * (a * x + b * y + phase) / period);
        [wave, wave * r.unit(2), 1.0 - wave * r.unit(3)].map(|v| (255.0 * v) as u8)
    };
    (0..64 * 64).flat_map(pixel).collect()
}

fn data(each: u64) -> Data {
    let set = |seed: u64, n: u64| {
        let mut samples = Samples::empty(3, 64, vec!["upright".into(), "slanted".into()]);
        (0..2 * n).for_each(|i| samples.push(stripes(i as usize % 2, seed + i / 2), i as usize % 2, None));
        samples
    };
    Data {
        name: "stripes".into(),
        kind: ImageKind::Frames,
        train: set(0, each),
        test: set(1000, 25),
        notes: vec![],
    }
}

static GROWN: LazyLock<(Judge, GrowCard)> = LazyLock::new(|| {
    grow(&Judge::shipped().unwrap(), &data(60), None, &GrowConfig { replay: 300, seed: 1 }).unwrap()
});

/// What the shipped judge makes of features drawn from its memory, but by other numbers than those that were rehearsed, the
/// grown one makes of them still.
#[test]
fn new_classes_are_learned_and_old_ones_are_kept() {
    let old = Judge::shipped().unwrap();
    let (grown, card) = &*GROWN;
    assert!(card.recall.iter().all(|r| r.is_some_and(|r| r >= 0.8)), "{:?}", card.recall);
    assert!(card.unsure[1] < 0.3, "{:?}", card.unsure);
    assert_eq!(grown.header.classes.len(), old.header.classes.len() + 2);
    let [a, b] = [&old, grown].map(|j| {
        let (embed, head) = j.classifier().last_layers();
        Perceptron::of(embed, head, 0)
    });
    let places = old.classifier().feature_places().unwrap();
    let (mut same, mut all) = (0, 0);
    for class in 0..old.header.classes.len() {
        for i in 0..100u64 {
            let statistics = old.open_set().unwrap().drawn(class, Rng::new(99).fork(class as u64).fork(i));
            let row: Vec<f32> = places.iter().map(|p| statistics[*p]).collect();
            same += (best(&a.probabilities(&row)) == best(&b.probabilities(&row))) as usize;
            all += 1;
        }
    }
    assert!(same * 100 >= all * 95, "{same} of {all}");
}

#[test]
fn the_same_seed_gives_the_same_judge_and_it_is_read_again() {
    let again =
        grow(&Judge::shipped().unwrap(), &data(60), None, &GrowConfig { replay: 300, seed: 1 }).unwrap();
    assert_eq!(again.0.weights(), GROWN.0.weights());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grown.safetensors");
    GROWN.0.save(&path).unwrap();
    let read = Judge::load(&path).unwrap();
    assert_eq!((read.weights(), &read.header.classes), (GROWN.0.weights(), &GROWN.0.header.classes));
    let known = read.header.open_set.unwrap().known;
    assert_eq!(known, Judge::shipped().unwrap().header.open_set.unwrap().known + 2);
}

#[test]
fn what_cannot_be_learned_from_is_said() {
    let judge = Judge::shipped().unwrap();
    let error = |data: &Data| grow(&judge, data, None, &GrowConfig::default()).err().unwrap().to_string();
    assert!(error(&data(10)).contains("upright: expected at least 20 training pictures, found 10"));
    let mut known = data(30);
    known.train.classes = judge.header.classes[..2].to_vec();
    assert!(error(&known).contains("expected frames of a class besides"));
    let mut small = data(30);
    small.train.side = 28;
    assert!(error(&small).contains("expected pictures of 64×64 in 3 channels"));
}
