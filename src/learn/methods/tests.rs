//! Properties of every method in the catalogue.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::file::File;
use crate::method::TrainingBackend;
use crate::net::weights::Weights;
use crate::{ImageShape, trials};
use world::rng::Rng;

const SHAPE: ImageShape = ImageShape { channels: 1, side: 28 };

#[test]
fn each_is_named_once_cites_its_source_and_documents_every_setting() {
    let mut names_so_far = BTreeSet::new();
    for m in METHODS {
        assert!(names_so_far.insert(m.name) && m.name.chars().all(|c| c.is_ascii_lowercase()), "{}", m.name);
        let years = m.about.split(|c: char| !c.is_ascii_digit()).filter(|n| n.len() == 4);
        assert!(years.count() > 0 && !m.about.ends_with('.'), "{}: no source in `{}`", m.name, m.about);
        let mut settings = BTreeSet::new();
        for s in m.settings {
            assert!(settings.insert(s.name) && s.doc().ends_with('.'), "{}: {}", m.name, s.name);
        }
        assert!(!m.small.is_empty(), "{} has no small settings", m.name);
        for (name, value) in m.small.iter().copied().flatten() {
            let spec = m.settings.iter().find(|s| s.name == *name);
            assert_eq!(spec.map(|s| s.clamp(*value)), Some(*value), "{}: {name}", m.name);
        }
    }
    assert!(METHODS.iter().all(|m| find(m.name).is_ok_and(|found| found.name == m.name)));
}

#[test]
fn each_trains_with_small_settings_and_its_file_makes_pictures() {
    let samples = trials::pictures(SHAPE, 2, 16);
    for m in METHODS {
        if let TrainingBackend::Burn(None) = m.backend {
            assert!(!cfg!(feature = "judge") && m.begin().unwrap_err().contains("`judge`"), "{}", m.name);
            continue;
        }
        for small in m.small {
            let mut trainer = trials::trainer(m, &samples, small);
            trials::steps(&mut *trainer, &samples, &m.plan, 0..2);
            let file = File { header: trials::header(m, SHAPE, 2, small), weights: trainer.weights() };
            let path = Path::new("g.safetensors");
            let model = File::from_bytes(&file.to_bytes().unwrap(), path).unwrap().open(path).unwrap();
            assert_eq!((model.shape(), model.is_conditional()), (SHAPE, m.conditional), "{}", m.name);
            let picture = model.sample(m.conditional.then_some(1), Rng::new(5));
            assert!(picture.iter().all(|v| (0.0..=1.0).contains(v)), "{}", m.name);
        }
    }
}

#[test]
fn a_file_of_an_unknown_method_is_refused_with_the_names_of_all() {
    let mut header = trials::header(&METHODS[0], SHAPE, 2, METHODS[0].small[0]);
    for wrong in ["gan", "GMM", "gmm "] {
        header.method = wrong.into();
        let file = File { header: header.clone(), weights: Weights::default() };
        let error = file.open(Path::new("g.safetensors")).err().unwrap().to_string();
        let all = names().collect::<Vec<_>>().join(", ");
        assert!(error.contains(&format!("expected a method among {all}, found `{wrong}`")), "{error}");
        assert!(error.contains("g.safetensors"), "{error}");
    }
}
