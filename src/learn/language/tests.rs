//! A language model on a text whose entropy is known.

use super::training::{LanguageConfig, train};
use super::*;
use world::rng::Rng;

/// Words `ab` and `cd`, each as likely, separated by spaces: half a bit of surprise in each character but the first.
fn text() -> String {
    let rng = Rng::new(3);
    (0..3000).map(|i| if rng.below(i, 2) == 0 { "ab" } else { "cd" }).collect::<Vec<_>>().join(" ")
}

#[test]
fn it_comes_near_the_entropy_of_a_text_and_writes_such_texts() {
    let alphabet = Alphabet::of(&text(), 30);
    let codes = alphabet.encode(&text());
    let config =
        LanguageConfig { places: 12, heads: 2, head: 8, layers: 1, steps: 150, batch: 16, rate: 0.01 };
    let windows = alphabet.windows(&codes, 12, 400, Rng::new(1));
    let model = train(&windows, alphabet.len(), &config, 1, &|| false, &|| {}).unwrap().unwrap();
    let loss = model.loss(&alphabet.windows(&codes, 12, 100, Rng::new(2)));
    // Four words of twelve characters, each one bit.
    let entropy = 4.0 * 2f64.ln() / 12.0;
    assert!((entropy * 0.95..entropy * 1.15).contains(&loss), "{loss} for {entropy}");
    let written = model.samples(100, Rng::new(5));
    let texts: Vec<String> = written.iter().map(|w| alphabet.decode(w)).collect();
    let words: Vec<&str> = texts.iter().flat_map(|t| t.split_whitespace()).collect();
    let right = words.iter().filter(|w| **w == "ab" || **w == "cd").count();
    assert!(right as f64 > 0.95 * words.len() as f64, "{right} of {}", words.len());
    let ab = words.iter().filter(|w| **w == "ab").count() as f64 / right as f64;
    assert!((0.35..0.65).contains(&ab), "{ab}");
    assert_eq!(written, model.samples(100, Rng::new(5)));
    assert!(train(&windows, alphabet.len(), &config, 1, &|| true, &|| {}).unwrap().is_none());
    assert!(train(&[], alphabet.len(), &config, 1, &|| false, &|| {}).is_err());
}
