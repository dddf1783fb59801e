//! Batches of augmented pictures.

use super::super::*;
use crate::augment::plain;
use crate::classifier::planar;

fn samples() -> Samples {
    let mut all = Samples::empty(3, 16, vec!["a".into(), "b".into(), "c".into()]);
    let r = Rng::new(2);
    for i in 0..30 {
        let bytes = (0..16 * 16 * 3).map(|p| r.fork(i).below(p, 256) as u8).collect();
        all.push(bytes, i as usize % 3, None);
    }
    all
}

fn batch(augment: Option<&str>, kind: ImageKind) -> Batch {
    let plan = TrainingConfig {
        epochs: 1,
        batch: 30,
        smoothing: 0.06,
        augment: augment.map(|text| text.parse().unwrap()),
        ..TrainingConfig::default()
    };
    let places: Vec<usize> = (0..30).rev().collect();
    Batch::varied(&samples(), &places, kind, &plan, Rng::new(5))
}

#[test]
fn a_list_of_the_own_variation_alone_gives_the_bits_of_no_list() {
    for kind in [ImageKind::Frames, ImageKind::Glyphs, ImageKind::Things] {
        let (without, own) = (batch(None, kind), batch(Some("own"), kind));
        assert!(without.pixels == own.pixels && without.targets == own.targets, "{kind:?}");
        assert_ne!(batch(Some("none"), kind).pixels, own.pixels);
    }
    let mut first = vec![0.0; 16 * 16 * 3];
    planar(&plain(&samples().pictures[29]), 3, &mut first);
    assert_eq!(batch(Some("none"), ImageKind::Frames).pixels[..16 * 16 * 3], first);
}

#[test]
fn augmented_batches_have_the_same_bits_on_any_number_of_threads_and_soft_labels() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| batch(Some("own,flip,elastic,noise,mixup:1,cutmix"), ImageKind::Things))
    };
    let (one, four) = (on(1), on(4));
    assert!(one.pixels == four.pixels && one.targets == four.targets);
    let rows: Vec<&[f32]> = one.targets.chunks_exact(3).collect();
    assert!(rows.iter().all(|r| (r.iter().sum::<f32>() - 1.0).abs() < 1e-5 && r.iter().all(|v| *v > 0.019)));
    // Of thirty mixed pictures most are of two classes or three.
    let soft = rows.iter().filter(|r| r.iter().filter(|v| **v > 0.03).count() > 1).count();
    assert!(soft > 15, "{soft}");
}
