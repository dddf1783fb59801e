//! From questions with answers to a network, beside those that see nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::encoder::{self, PICTURE};
use super::evaluation::{Accuracy, accuracy, score};
use super::head::{AnswerCard, AnswerHead, AnswerHeader};
use super::network::{AnswerNetwork, Input};
use super::training::{Example, train};
use crate::Judge;
use crate::calibration::best;
use crate::score::head::fingerprint;
use data::questions::Question;
use data::sample::shuffled;
use world::limits;
use world::rng::Rng;

pub use super::training::AnswerConfig;

/// Pictures that were read, with the questions on them.
pub struct AnswerData {
    /// Name of the file of questions.
    pub name: String,
    /// Pictures in the judge's size, in 0..1.
    pub pictures: Vec<Vec<f32>>,
    /// Questions on them.
    pub questions: Vec<Question>,
}

/// Share of the training pictures on which the epoch is chosen.
const VALIDATION: f64 = 0.1;
/// Pictures that are needed.
const LEAST: usize = 20;

/// Trains the network and the one without pictures. `watch` is told of each epoch: which network, the epoch, its loss on
/// validation questions.
///
/// # Errors
/// There are too few pictures or answers.
pub fn learn(
    data: &AnswerData,
    judge: &Judge,
    config: &AnswerConfig,
    watch: &mut dyn FnMut(&str, usize, f64),
) -> Result<AnswerHead, String> {
    if data.pictures.len() < LEAST {
        return Err(format!(
            "expected questions on at least {LEAST} pictures, found {}",
            data.pictures.len()
        ));
    }
    let order = shuffled(data.pictures.len(), Rng::new(config.seed).named("held"));
    let parts = |share: f64| ((order.len() as f64 * share).round() as usize).max(1);
    let (held, rest) = order.split_at(parts(config.held));
    let (validation, training) = rest.split_at(parts(VALIDATION).min(rest.len() - 1));
    let of = |places: &[usize]| -> Vec<&Question> {
        let chosen: BTreeSet<&usize> = places.iter().collect();
        data.questions.iter().filter(|q| chosen.contains(&q.picture)).collect()
    };
    let (training, validation, held) = (of(training), of(validation), of(held));
    let answers = most_frequent(&training, config.answers);
    limits::within("different answers", answers.len(), 2..=limits::CLASSES)?;
    let config = &AnswerConfig { answers: answers.len(), ..*config };
    let numbers = numbers(data, judge);
    let (means, deviations) = moments(&numbers, &training);
    let mut header = AnswerHeader {
        version: env!("CARGO_PKG_VERSION").into(),
        judge: fingerprint(judge).map_err(|e| e.to_string())?,
        about_judge: judge.header.about.clone(),
        answers,
        means,
        deviations,
        card: AnswerCard {
            data: data.name.clone(),
            config: *config,
            questions: [training.len() + validation.len(), held.len()],
            pictures: [rest.len(), order.len() - rest.len()],
            answerable: 0.0,
            accuracy: NONE,
            question_only: NONE,
            most_frequent: NONE,
            gain: NONE,
        },
    };
    let pictures: Vec<Vec<f32>> = numbers.iter().map(|n| header.standardised(n)).collect();
    let blind = vec![vec![0.0; PICTURE]; pictures.len()];
    let mut trained = |name: &str, pictures: &[Vec<f32>]| {
        let [training, validation] =
            [&training, &validation].map(|of| examples(of, &header.answers, pictures));
        train(&training, &validation, config, &mut |epoch, loss| watch(name, epoch, loss))
    };
    let (network, without) = (trained("with pictures", &pictures), trained("question only", &blind));
    measure(&mut header, &held, [(&network, &pictures), (&without, &blind)]);
    Ok(AnswerHead { header, network })
}

/// Before it is measured.
const NONE: Accuracy = Accuracy { value: 0.0, interval: [0.0, 0.0] };

/// Writes to the card how good both networks are, and the most frequent answer.
fn measure(header: &mut AnswerHeader, held: &[&Question], networks: [(&AnswerNetwork, &Vec<Vec<f32>>); 2]) {
    let rng = Rng::new(header.card.config.seed).named("interval");
    let of: Vec<usize> = held.iter().map(|q| q.picture).collect();
    let answers = &header.answers;
    let scores = |(network, pictures): (&AnswerNetwork, &Vec<Vec<f32>>)| -> Vec<f64> {
        let one = |q: &&Question| {
            let input = Input { question: encoder::question(&q.text), picture: pictures[q.picture].clone() };
            score(&answers[best(&network.logits(&input))], &q.answers)
        };
        held.iter().map(one).collect()
    };
    let [with, without] = networks.map(scores);
    let constant: Vec<f64> = held.iter().map(|q| score(&answers[0], &q.answers)).collect();
    let gain: Vec<f64> = with.iter().zip(&without).map(|(a, b)| a - b).collect();
    let known: BTreeSet<&String> = answers.iter().collect();
    let answerable = held.iter().filter(|q| q.answers.iter().any(|a| known.contains(a))).count();
    let [accuracy, question_only, most_frequent, gain] =
        [with, without, constant, gain].map(|scores| accuracy(&scores, &of, rng));
    header.card = AnswerCard {
        answerable: answerable as f64 / held.len().max(1) as f64,
        accuracy,
        question_only,
        most_frequent,
        gain,
        ..header.card.clone()
    };
}

/// The most frequent answers, at most so many; of equally frequent ones the first in the alphabet.
fn most_frequent(questions: &[&Question], most: usize) -> Vec<String> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    let short = questions.iter().flat_map(|q| &q.answers).filter(|a| a.len() <= limits::NAME);
    short.for_each(|a| *counts.entry(a).or_default() += 1);
    let mut all: Vec<(&String, usize)> = counts.into_iter().collect();
    all.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    all.into_iter().take(most).map(|(a, _)| a.clone()).collect()
}

/// Numbers of each picture, not yet standardised.
fn numbers(data: &AnswerData, judge: &Judge) -> Vec<Vec<f32>> {
    let shape = &judge.header.architecture;
    let outputs = judge.classifier().pictures(&data.pictures);
    let all = data.pictures.iter().zip(&outputs.embeddings);
    all.map(|(pixels, e)| encoder::picture(pixels, shape.side, shape.channels, e)).collect()
}

/// Mean and deviation of each number over the pictures of some questions.
fn moments(numbers: &[Vec<f32>], questions: &[&Question]) -> (Vec<f32>, Vec<f32>) {
    let used: BTreeSet<usize> = questions.iter().map(|q| q.picture).collect();
    let n = used.len().max(1) as f32;
    let mean = |of: &dyn Fn(usize) -> f32| used.iter().map(|p| of(*p)).sum::<f32>() / n;
    let means: Vec<f32> = (0..PICTURE).map(|c| mean(&|p| numbers[p][c])).collect();
    let square = |v: f32| v * v;
    let deviation = |c: usize| mean(&|p| square(numbers[p][c] - means[c])).sqrt();
    let deviations = (0..PICTURE).map(deviation).collect();
    (means, deviations)
}

/// Questions with an answer that the network can give.
fn examples(questions: &[&Question], answers: &[String], pictures: &[Vec<f32>]) -> Vec<Example> {
    let places: BTreeMap<&String, usize> = answers.iter().enumerate().map(|(i, a)| (a, i)).collect();
    let one = |q: &&Question| {
        let known: Vec<usize> = q.answers.iter().filter_map(|a| places.get(a).copied()).collect();
        let mut target: Vec<(usize, f32)> = Vec::new();
        for answer in &known {
            let share = 1.0 / known.len() as f32;
            match target.iter_mut().find(|t| t.0 == *answer) {
                Some(entry) => entry.1 += share,
                None => target.push((*answer, share)),
            }
        }
        let input = Input { question: encoder::question(&q.text), picture: pictures[q.picture].clone() };
        (!known.is_empty()).then_some(Example { input, target })
    };
    questions.iter().filter_map(one).collect()
}
