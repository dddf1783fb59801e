//! Collapse of language: a model that learns from texts that models wrote (Shumailov et al. 2024, whose other half, of pictures
//! and of a single Gaussian, is `untrained collapse`). Rare words go first.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::json;

use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::Setup;
use super::show::{self, interval};
use crate::collapse::Regime;
use crate::collapse::statistics::Band;
use crate::report::shell::number;
use crate::runs::{Watch, kept};
use data::dataset::hash;
use judge::JudgeError;
use learn::language::Alphabet;
use learn::language::training::{LanguageConfig, train};
use learn::pipeline::processor_seconds;
use world::rng::Rng;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "language",
    reads: Reads::Text,
    about: "What becomes of a language model that learns from texts that such models wrote? (Shumailov et al. 2024)",
    run,
};

/// Generations after the first.
const GENERATIONS: usize = 3;
/// Windows of text that a generation writes, and that it learns from at least.
const WINDOWS: usize = 2000;
/// Windows of real text that it is measured on.
const MEASURED: usize = 400;
/// Least characters of a block of the text, of which every tenth is held out.
const BLOCK: usize = 500;
/// Characters that it knows.
const SYMBOLS: usize = 48;
/// Words that count as frequent; all others of the text are its tail.
const FREQUENT: usize = 100;
/// The model.
const MODEL: LanguageConfig =
    LanguageConfig { places: 32, heads: 4, head: 16, layers: 1, steps: 400, batch: 32, rate: 0.006 };

/// What one generation wrote, and how it did.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Generation {
    /// Mean negative log-likelihood of a character of real text, nats.
    loss: f64,
    /// The text, window by window.
    text: Vec<String>,
    /// CPU time, seconds.
    seconds: f64,
}

/// A text, to learn from and to be measured on.
struct Corpus {
    alphabet: Alphabet,
    train: Vec<usize>,
    held: Vec<usize>,
    words: Words,
    hash: String,
}

/// The words of a text by how often they occur.
struct Words {
    frequent: Vec<String>,
    tail: Vec<String>,
}

impl Words {
    fn of(text: &str) -> Self {
        let mut counts = BTreeMap::new();
        whole_words(text).for_each(|w| *counts.entry(w.to_string()).or_insert(0usize) += 1);
        let mut all: Vec<(String, usize)> = counts.into_iter().collect();
        all.sort_by_key(|(w, n)| (std::cmp::Reverse(*n), w.clone()));
        let mut words: Vec<String> = all.into_iter().map(|(w, _)| w).collect();
        let tail = words.split_off(FREQUENT.min(words.len()));
        Self { frequent: words, tail }
    }
}

/// Words of three letters or more.
fn whole_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic()).filter(|w| w.chars().count() >= 3)
}

impl Corpus {
    /// Of a text: every tenth block is held out.
    fn of(text: &str) -> Result<Self, JudgeError> {
        let alphabet = Alphabet::of(text, SYMBOLS);
        let codes = alphabet.encode(text);
        let (mut train, mut held) = (Vec::new(), Vec::new());
        let (mut block, mut length) = (0, 0);
        for code in &codes {
            let into = if block % 10 == 9 { &mut held } else { &mut train };
            into.push(*code);
            length += 1;
            // No word is cut in two.
            if length >= BLOCK && *code == 0 {
                (block, length) = (block + 1, 0);
            }
        }
        if held.len() < 20 * MODEL.places {
            let least = 20 * BLOCK;
            let message = format!("expected a text of at least {least} characters, found {}", codes.len());
            return Err(JudgeError::input(std::path::Path::new("the text"), message));
        }
        let words = Words::of(&alphabet.decode(&train));
        Ok(Self { words, train, held, hash: format!("{:016x}", hash(text.as_bytes())), alphabet })
    }

    fn windows(&self, n: usize, rng: Rng) -> Vec<Vec<usize>> {
        self.alphabet.windows(&self.train, MODEL.places, n, rng)
    }

    /// Shares of the frequent and of the tail words that a text has, and of its words that are real ones.
    fn shares(&self, text: &[String]) -> [f64; 3] {
        let mut found = BTreeMap::new();
        // The last word of a window may be cut off.
        let cut = text.iter().map(|t| t.rsplit_once(' ').map_or("", |t| t.0));
        cut.flat_map(whole_words).for_each(|w| *found.entry(w).or_insert(0usize) += 1);
        let share = |words: &[String]| {
            words.iter().filter(|w| found.contains_key(w.as_str())).count() as f64 / words.len().max(1) as f64
        };
        let Words { frequent, tail } = &self.words;
        let all: usize = found.values().sum();
        let real = frequent.iter().chain(tail).filter_map(|w| found.get(w.as_str())).sum::<usize>();
        [share(frequent), share(tail), real as f64 / all.max(1) as f64]
    }
}

/// The generations of a regime with one seed, as far as they are finished; the first is the same for all.
fn chain(
    corpus: &Corpus,
    regime: Regime,
    seed: u64,
    setup: &Setup,
    watch: Watch,
) -> Result<Vec<Generation>, JudgeError> {
    let rng = Rng::new(seed).named("language");
    let real = corpus.windows(WINDOWS, rng.named("real"));
    let held = corpus.alphabet.windows(&corpus.held, MODEL.places, MEASURED, Rng::new(0).named("held"));
    let mut all: Vec<Generation> = Vec::new();
    let mut written: Vec<Vec<Vec<usize>>> = Vec::new();
    for n in 0..=GENERATIONS {
        let learned: Vec<Vec<usize>> = match (regime, written.last()) {
            (_, None) => real.clone(),
            (Regime::Replace, Some(last)) => last.clone(),
            (Regime::Accumulate, Some(_)) => real.iter().chain(written.iter().flatten()).cloned().collect(),
            (Regime::Keep10, Some(last)) => {
                real[..WINDOWS / 10].iter().chain(&last[WINDOWS / 10..]).cloned().collect()
            }
        };
        let name = if n == 0 { format!("first-{seed}") } else { format!("{}-{n}-{seed}", regime.name()) };
        let path = setup.folder.join(format!("language-{name}.json"));
        let steps = setup.epochs.map_or(MODEL.steps, |e| e * WINDOWS.div_ceil(MODEL.batch));
        let model = LanguageConfig { steps, ..MODEL };
        let key = json!({ "version": env!("CARGO_PKG_VERSION"), "model": model, "text": corpus.hash, "name": name, "windows": WINDOWS });
        let generation = match kept::read::<Generation>(&path, &key)? {
            Some(kept) => kept,
            None => {
                let start = processor_seconds();
                let address =
                    if n == 0 { rng.named("first") } else { rng.named(regime.name()).fork(n as u64) };
                let seed = if n == 0 { seed } else { address.bits(0) };
                let step = || (watch.step)(&name);
                let Some(model) = train(&learned, corpus.alphabet.len(), &model, seed, watch.stop, &step)?
                else {
                    return Ok(all);
                };
                let text = model.samples(WINDOWS, address.named("text"));
                let text = text.iter().map(|w| corpus.alphabet.decode(w)).collect();
                let made = Generation { loss: model.loss(&held), text, seconds: processor_seconds() - start };
                kept::write(&path, &key, &made)?;
                made
            }
        };
        // A window is as long as it was, so that it is the same after it was kept.
        written.push(
            generation.text.iter().map(|t| t.chars().map(|c| corpus.alphabet.code(c)).collect()).collect(),
        );
        all.push(generation);
    }
    Ok(all)
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let corpus = Corpus::of(setup.text.as_deref().unwrap_or_default())?;
    std::fs::create_dir_all(&setup.folder).map_err(|e| JudgeError::io("write", &setup.folder, e))?;
    let chains = 1 + GENERATIONS * Regime::ALL.len();
    (watch.plan)(setup.seeds * (MODEL.steps * chains) as u64);
    // [regime][seed][generation].
    let mut all: Vec<Vec<Vec<Generation>>> = vec![Vec::new(); Regime::ALL.len()];
    for seed in setup.all_seeds() {
        for (regime, chains) in Regime::ALL.into_iter().zip(&mut all) {
            chains.push(chain(&corpus, regime, seed, setup, watch)?);
        }
    }
    if all[0][0].is_empty() {
        return Ok(None);
    }
    let view = View { corpus: &corpus, all: &all };
    Ok(Some(Findings {
        done: format!(
            "A transformer over characters ({} block of width {}, windows of {} characters) was trained for {} steps on a text of {} characters, \
             and wrote {WINDOWS} windows. The next was trained from fresh weights on what the last one wrote (replace), on the text and all that was \
             written since (accumulate), or on what the last one wrote with a tenth of the text (keep10), and so on for {GENERATIONS} generations. \
             Frequent are the {FREQUENT} most frequent words of three letters or more, the other {} are the tail.",
            MODEL.layers,
            MODEL.heads * MODEL.head,
            MODEL.places,
            MODEL.steps,
            corpus.train.len() + corpus.held.len(),
            corpus.words.tail.len()
        ),
        said: view.said(),
        sections: view.sections(),
        json: view.json(),
        seconds: view.seconds(),
    }))
}

/// Results of all regimes, seeds and generations.
struct View<'a> {
    corpus: &'a Corpus,
    all: &'a [Vec<Vec<Generation>>],
}

impl View<'_> {
    /// A quantity of a generation of a regime over the seeds.
    fn band(&self, regime: usize, n: usize, of: impl Fn(&Generation) -> f64) -> Option<Band> {
        let values = self.all[regime].iter().filter_map(|chain| chain.get(n).map(&of));
        Band::of(&values.collect::<Vec<_>>(), [0.0, f64::INFINITY])
    }

    fn perplexity(&self, regime: usize, n: usize) -> Option<Band> {
        self.band(regime, n, |g| libm::exp(g.loss))
    }

    fn share(&self, regime: usize, n: usize, which: usize) -> Option<Band> {
        self.band(regime, n, |g| self.corpus.shares(&g.text)[which])
    }

    fn last(&self, regime: usize) -> usize {
        self.all[regime].iter().map(Vec::len).min().unwrap_or(0).saturating_sub(1)
    }

    fn said(&self) -> Vec<String> {
        let words = |b: Option<Band>| b.map_or("–".into(), |b| number(b.mean));
        let mut said = vec![format!(
            "The first generation, which learned from the text, has a perplexity of {} a character on real text, and writes {} of the frequent words \
             and {} of the tail.",
            words(self.perplexity(0, 0)),
            interval(self.share(0, 0, 0)),
            interval(self.share(0, 0, 1))
        )];
        for (i, regime) in Regime::ALL.into_iter().enumerate() {
            let n = self.last(i);
            let mean = |b: Option<Band>| b.map_or(f64::NAN, |b| b.mean);
            let kept = mean(self.share(i, n, 1)) / mean(self.share(i, 0, 1));
            said.push(format!(
                "{} ({}): after {n} generations the perplexity is {}, and {} of the frequent words and {} of the tail are written: {} of the tail words \
                 that the first generation had.",
                regime.name(),
                regime.about(),
                words(self.perplexity(i, n)),
                interval(self.share(i, n, 0)),
                interval(self.share(i, n, 1)),
                show::percent(kept)
            ));
        }
        let rise = |i: usize| {
            self.perplexity(i, self.last(i))
                .zip(self.perplexity(i, 0))
                .map_or(f64::NAN, |(l, f)| l.mean / f.mean)
        };
        said.push(match (rise(0), rise(1)) {
            (replace, accumulate) if replace > accumulate && replace > 1.1 => format!(
                "Fed on its own text alone, the model loses real language: perplexity grew by {:.0} %, against {:.0} % where the text stays in the diet.",
                100.0 * (replace - 1.0),
                100.0 * (accumulate - 1.0)
            ),
            _ => "In so few generations the regimes cannot be told apart by perplexity.".into(),
        });
        said
    }

    fn chart(&self, title: &str, axis: &str, of: impl Fn(usize, usize) -> Option<Band>) -> Markup {
        let points = |i: usize| (0..=self.last(i)).map(|n| (n as f64, of(i, n))).collect::<Vec<_>>();
        let all: Vec<_> =
            Regime::ALL.into_iter().enumerate().map(|(i, r)| (r.name().to_string(), points(i))).collect();
        show::against(title, ["generation", axis], [false; 2], &all)
    }

    fn sections(&self) -> Vec<Section> {
        let excerpt = |g: &Generation| g.text.iter().take(6).cloned().collect::<Vec<_>>().join("\n");
        let charts = html! { div.charts {
            (self.chart("Perplexity on real text", "perplexity a character", |i, n| self.perplexity(i, n)))
            (self.chart("Words of the tail", "share that is written", |i, n| self.share(i, n, 1)))
            (self.chart("Frequent words", "share that is written", |i, n| self.share(i, n, 0)))
            (self.chart("Words that exist", "share of the written words", |i, n| self.share(i, n, 2)))
        } };
        let texts = html! {
            h3 { "The first generation" }
            pre { (self.all[0][0].first().map(excerpt).unwrap_or_default()) }
            @for (regime, chains) in Regime::ALL.into_iter().zip(self.all) {
                h3 { (regime.name()) ", generation " (chains[0].len().saturating_sub(1)) }
                pre { (chains[0].last().map(excerpt).unwrap_or_default()) }
            }
        };
        vec![
            Section { title: "Generation by generation".into(), text: String::new(), body: charts },
            Section {
                title: "What they write".into(),
                text: "Windows of the first seed, one a line.".into(),
                body: texts,
            },
        ]
    }

    fn json(&self) -> serde_json::Value {
        let one = |(i, regime): (usize, Regime)| {
            let generations = (0..=self.last(i)).map(|n| {
                json!({ "generation": n, "perplexity": self.perplexity(i, n), "frequent": self.share(i, n, 0),
                    "tail": self.share(i, n, 1), "real": self.share(i, n, 2) })
            });
            json!({ "regime": regime.name(), "generations": generations.collect::<Vec<_>>() })
        };
        Regime::ALL.into_iter().enumerate().map(one).collect()
    }

    fn seconds(&self) -> f64 {
        let first: f64 = self.all[0].iter().filter_map(|c| c.first()).map(|g| g.seconds).sum();
        first + self.all.iter().flatten().flat_map(|c| c.iter().skip(1)).map(|g| g.seconds).sum::<f64>()
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn words_of_the_tail_are_counted_apart() {
        let rare: Vec<String> = (0..40)
            .map(|i| format!("rare{}", char::from(b'a' + i % 26).to_string().repeat(1 + i as usize / 26)))
            .collect();
        let common: String = (0..FREQUENT)
            .map(|i| {
                format!("common{} ", "xyzuvw".chars().cycle().skip(i).take(1 + i / 6).collect::<String>())
            })
            .collect();
        let text = format!("{} {} {}", common.repeat(3), rare.join(" "), common.repeat(3)).repeat(4);
        let corpus = Corpus::of(&text).unwrap();
        assert_eq!(corpus.words.frequent.len(), FREQUENT);
        assert!(corpus.words.tail.iter().all(|w| w.starts_with("rare")), "{:?}", corpus.words.tail);
        let half: Vec<String> =
            corpus.words.tail.iter().take(corpus.words.tail.len() / 2).map(|w| format!("{w} cut")).collect();
        let [frequent, tail, real] = corpus.shares(&half);
        assert!(frequent == 0.0 && (tail - 0.5).abs() < 0.03 && real == 1.0, "{frequent} {tail} {real}");
        assert_eq!(corpus.shares(&["nonsense commonx cut".to_string()])[2], 0.5);
        assert!(Corpus::of("too short").is_err());
    }
}
