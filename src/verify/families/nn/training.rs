//! Cases of training: a network that begins with given weights, after some steps of an optimiser.

use std::cmp::Ordering;
use std::sync::Arc;

use data::sample::Samples;
use learn::sequential::network::{Lessons, Sequential, trained};

use super::architecture::Architecture;
use super::array::Array;
use super::optimisers::{Descent, descent};
use super::reference::Reference;
use crate::case::{Answer, Job};
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Of weights after training, relative to the largest; of losses, relative to each.
const TRAINED: f64 = 1e-3;
/// Most steps.
const MOST_STEPS: usize = 100_000;

/// Whether a name belongs to a network that is trained.
pub fn is_training(name: &str, networks: &[String]) -> bool {
    networks.iter().any(|n| name.strip_prefix(n.as_str()).is_some_and(|rest| rest.starts_with('.')))
}

/// Networks that are trained: those with weights to begin from.
pub fn networks(names: &[String]) -> Vec<String> {
    let mut all: Vec<String> =
        names.iter().filter_map(|n| Some(n.split_once(".init.")?.0.to_string())).collect();
    all.dedup();
    all
}

/// Pictures of a data set, scaled, with their labels.
struct Pictures {
    train: Samples,
    /// None, if there are no pictures for testing.
    test: Option<Samples>,
}

/// What trainings of one network have in common.
struct Start {
    architecture: Architecture,
    arrays: Vec<(String, Array)>,
    pictures: Pictures,
}

/// The jobs of a network: the arrays that it begins with, and each training.
pub fn jobs(reference: &Reference, network: &str, names: &[String]) -> Vec<Job> {
    let root = reference.document.root();
    let init = format!("{network}.init.");
    let mut own: Vec<&str> = names.iter().filter_map(|n| n.strip_prefix(&init)).collect();
    own.sort_by(|a, b| natural(a, b));
    let is_weight = |name: &&str| name.ends_with("weight") || name.ends_with("bias");
    let (own, others): (Vec<&str>, Vec<&str>) = own.into_iter().partition(is_weight);
    let mut jobs: Vec<Job> = others.into_iter().map(|name| unknown(&format!("{init}{name}"))).collect();
    let title = format!("{network}.init");
    let start = start(reference, network, &own);
    let checks = start.as_ref().ok().map(|s| begun(&s.arrays, &root));
    match (&start, checks) {
        (Err(fault), _) => jobs.push(Job::answered(&title, Err(fault.clone()))),
        (_, Some(Err(fault))) => jobs.push(Job::answered(&title, Err(fault))),
        (_, Some(Ok(checks))) if !checks.is_empty() => jobs.push(Job::answered(&title, Ok(checks))),
        _ => {}
    }
    let start = start.map(Arc::new).map_err(|fault| match fault {
        Fault::NotCovered(why) => Fault::NotCovered(why),
        _ => Fault::NotCovered(format!("needs {title}, which cannot be used")),
    });
    let after = runs(network, names, &own, &root.get(&format!("{network}_training")));
    jobs.extend(after.unknown.iter().map(|name| unknown(name)));
    for run in after.runs {
        let name = format!("{network}.after{}.{}", run.steps, run.optimiser);
        let job = match &start {
            Ok(start) => training(reference, network, run, start.clone(), &name),
            Err(fault) => Err(fault.clone()),
        };
        jobs.push(Job::or_fault(&name, job));
    }
    jobs
}

fn unknown(name: &str) -> Job {
    Job::answered(name, Err(Fault::NotCovered("nothing is known of arrays of this name".into())))
}

/// What is stated of the arrays that a network begins with, and of how many weights it has.
fn begun(arrays: &[(String, Array)], root: &Field) -> Result<Vec<Check>, Fault> {
    let mut checks: Vec<Check> = arrays.iter().flat_map(|a| a.1.stated()).cloned().collect();
    let count = root.get("params");
    if !count.is_absent() {
        let found: usize = arrays.iter().map(|a| a.1.values.len()).sum();
        checks.push(Check::same("weights", found as i128, count.whole(0..=i64::MAX)?.into()));
    }
    Ok(checks)
}

fn start(reference: &Reference, network: &str, own: &[&str]) -> Result<Start, Fault> {
    let text = reference.document.root().get(&format!("{network}_arch"));
    let architecture = Architecture::parse(text.text()?).map_err(|e| text.fault(e))?;
    let mut arrays = Vec::new();
    for name in own {
        arrays.push((name.to_string(), reference.array(&format!("{network}.init.{name}"))?));
    }
    let pictures = pictures(reference, &architecture)?;
    let input = sizes(&pictures.train);
    let layers = architecture.with_weights(input, &arrays).map_err(|e| text.fault(e))?;
    let layers: Vec<_> = layers.into_iter().map(|l| l.0).collect();
    Sequential::new(&layers, input).map_err(|e| text.fault(e))?;
    Ok(Start { architecture, arrays, pictures })
}

/// Channels, rows and columns of pictures.
fn sizes(samples: &Samples) -> [usize; 3] {
    [samples.channels, samples.side, samples.side]
}

/// Reads the data set, in a folder of its name, or in `data` there, beside or above this one.
fn pictures(reference: &Reference, of: &Architecture) -> Result<Pictures, Fault> {
    let name = &of.data;
    let own = reference.folder.path(".");
    let own = own.canonicalize().unwrap_or(own);
    let places = own.ancestors().flat_map(|above| [above.join("data").join(name), above.join(name)]);
    let Some(at) = places.into_iter().find(|p| p.is_dir()) else {
        return Err(Fault::NotCovered(format!(
            "needs the data set `{name}` (IDX: train-images-idx3-ubyte, train-labels-idx1-ubyte), which is in no folder data/{name} here or above"
        )));
    };
    let part = |part: &str| -> Result<Samples, Fault> {
        let file = |kind: &str| {
            let plain = format!("{part}-{kind}-ubyte");
            let found = [at.join(&plain), at.join(format!("{plain}.gz"))].into_iter().find(|p| p.is_file());
            let why =
                || Fault::NotCovered(format!("needs {plain} in the data set `{name}`, which is not there"));
            found.ok_or_else(why)
        };
        data::idx::unscaled(&file("images-idx3")?, &file("labels-idx1")?).map_err(|e| Fault::file(name, e))
    };
    let train = part("train")?;
    let test = match part("test") {
        Err(Fault::NotCovered(_)) => None,
        test => Some(test?),
    };
    match train.len() >= of.batch {
        true => Ok(Pictures { train, test }),
        false => {
            let message = format!("expected {} training pictures, found {}", of.batch, train.len());
            Err(Fault::file(name, message))
        }
    }
}

/// One training.
struct Run {
    steps: usize,
    optimiser: String,
    /// Places of its arrays among those that the network begins with, and their names.
    arrays: Vec<(usize, String)>,
}

/// Trainings, and arrays that belong to none.
struct Runs {
    runs: Vec<Run>,
    unknown: Vec<String>,
}

fn runs(network: &str, names: &[String], own: &[&str], losses: &Field) -> Runs {
    let mut all = Runs { runs: Vec::new(), unknown: Vec::new() };
    for name in names {
        let Some(rest) = name.strip_prefix(&format!("{network}.")).filter(|r| !r.starts_with("init.")) else {
            continue;
        };
        match after(rest, own) {
            Some((steps, optimiser, place)) => {
                let run = all.runs.iter().position(|r| r.steps == steps && r.optimiser == optimiser);
                let run = run.unwrap_or_else(|| {
                    all.runs.push(Run { steps, optimiser: optimiser.into(), arrays: Vec::new() });
                    all.runs.len() - 1
                });
                all.runs[run].arrays.push((place, name.clone()));
            }
            None => all.unknown.push(name.clone()),
        }
    }
    // Trainings of which only losses are given.
    for (optimiser, field) in losses.object().unwrap_or_default() {
        if !all.runs.iter().any(|r| r.optimiser == optimiser) {
            let steps = loss_list(&field).and_then(|f| f.list().ok().map(|l| l.len())).unwrap_or(0);
            all.runs.push(Run { steps, optimiser: optimiser.into(), arrays: Vec::new() });
        }
    }
    all
}

/// Steps, optimiser and array of `after100.sgd_lr0.1.c1.weight`.
fn after<'a>(rest: &'a str, own: &[&str]) -> Option<(usize, &'a str, usize)> {
    let rest = rest.strip_prefix("after")?;
    let (steps, rest) = rest.split_once('.')?;
    let steps = steps.parse().ok().filter(|n| *n <= MOST_STEPS)?;
    let found = own.iter().enumerate().filter_map(|(i, name)| {
        let optimiser = rest.strip_suffix(name)?.strip_suffix('.')?;
        Some((steps, optimiser, i))
    });
    // Of `c1.weight` and `block.c1.weight`, the longer one.
    found.min_by_key(|(_, optimiser, _)| optimiser.len())
}

/// The list of losses in an entry.
fn loss_list<'a>(field: &Field<'a>) -> Option<Field<'a>> {
    let all = field.object().ok()?;
    all.into_iter().find(|(key, _)| key.starts_with("loss")).map(|(_, f)| f)
}

fn training(
    reference: &Reference,
    network: &str,
    run: Run,
    start: Arc<Start>,
    name: &str,
) -> Result<Job, Fault> {
    let descent = descent(&run.optimiser).map_err(Fault::NotCovered)?;
    let entry = reference.document.root().get(&format!("{network}_training")).get(&run.optimiser);
    let steps = run.steps;
    let losses = match loss_list(&entry) {
        Some(list) if steps > 0 => {
            list.list_of(steps)?.iter().map(Field::number).collect::<Result<Vec<_>, _>>()?
        }
        Some(list) => return Err(list.expected(format!("from 1 to {MOST_STEPS} losses"))),
        None => Vec::new(),
    };
    let accuracy =
        entry.object().unwrap_or_default().into_iter().find(|(key, _)| key.starts_with("test_acc"));
    let accuracy = accuracy.map(|(_, f)| f.within(0.0..=1.0)).transpose()?;
    let mut given = Vec::new();
    for (place, array) in run.arrays {
        let array = reference.array(&array)?;
        let (found, expected) = (&array.dims, &start.arrays[place].1.dims);
        if found != expected {
            let field = reference.document.root().get(&array.name).get("shape");
            return Err(field.fault(format!("expected {expected:?}, found {found:?}")));
        }
        given.push((place, array));
    }
    if losses.is_empty() && given.is_empty() {
        return Err(entry.fault("expected losses or weights, found none"));
    }
    let task = Task { descent, steps, losses, accuracy, given };
    Ok(Job::one(name, move || checks(&start, &task)))
}

/// What is given of one training.
struct Task {
    descent: Descent,
    steps: usize,
    losses: Vec<f64>,
    accuracy: Option<f64>,
    given: Vec<(usize, Array)>,
}

fn checks(start: &Start, task: &Task) -> Answer {
    let failed = |e: String| Fault::Failed(e);
    let samples = &start.pictures.train;
    let layers = start.architecture.with_weights(sizes(samples), &start.arrays).map_err(failed)?;
    let (layers, places): (Vec<_>, Vec<_>) = layers.into_iter().unzip();
    let network = Sequential::new(&layers, sizes(samples)).map_err(failed)?;
    let pixels = pixels(samples, start.architecture.divisor);
    let lessons = Lessons { pixels: &pixels, labels: &samples.labels, batch: start.architecture.batch };
    let mut optimizer = task.descent.optimiser.init(task.descent.decay);
    let (network, losses) =
        trained(network, &mut optimizer, task.descent.rate, &lessons, task.steps).map_err(failed)?;
    let mut checks: Vec<Check> = task.given.iter().flat_map(|(_, array)| array.stated()).cloned().collect();
    let each = losses.iter().zip(&task.losses).enumerate();
    let each = each.map(|(i, (found, given))| {
        Check::relative(format!("loss of step {}", i + 1), *found, *given, TRAINED)
    });
    checks.extend(Check::of_many(each));
    let weights = network.weights();
    for (place, array) in &task.given {
        let found = places.iter().zip(&weights).find_map(|(places, weights)| {
            let part = places.iter().position(|p| p == &Some(*place))?;
            weights[part].as_ref()
        });
        let found = found.ok_or_else(|| Fault::Failed(format!("no layer has {}", array.name)))?;
        checks.push(array.compared(&start.arrays[*place].0, found, TRAINED));
    }
    if let (Some(given), Some((found, pictures))) =
        (task.accuracy, accuracy(start, &network).map_err(failed)?)
    {
        // One picture that lies between two classes may go either way.
        checks.push(Check::absolute("accuracy in inference", found, given, 1.5 / pictures as f64));
    }
    Ok(checks)
}

/// Pixels as planes.
fn pixels(samples: &Samples, divisor: f32) -> Vec<f32> {
    let channels = samples.channels;
    let each = |picture: &Vec<u8>| {
        let plane = picture.len() / channels;
        let at = |i: usize| f32::from(picture[i % plane * channels + i / plane]) / divisor;
        (0..picture.len()).map(at).collect::<Vec<f32>>()
    };
    samples.pictures.iter().flat_map(each).collect()
}

/// The share of test pictures that the network classifies in inference, and how many there are; none if inference has not
/// all its layers.
fn accuracy(start: &Start, network: &Sequential) -> Result<Option<(f64, usize)>, String> {
    let Some(test) = start.pictures.test.as_ref().filter(|_| !network.sees_batches()) else {
        return Ok(None);
    };
    let Some(outputs) = network.infer(&pixels(test, start.architecture.divisor))? else { return Ok(None) };
    let rows = outputs.chunks_exact(network.outputs()).zip(&test.labels);
    let right = rows.filter(|(row, label)| row.iter().all(|v| *v <= row[**label])).count();
    Ok(Some((right as f64 / test.len() as f64, test.len())))
}

/// Names in their order, `c2` before `c10`.
fn natural(a: &str, b: &str) -> Ordering {
    let parts = |text: &str| -> Vec<(String, u64)> {
        let mut all = vec![(String::new(), 0u64)];
        for c in text.chars() {
            let last = all.len() - 1;
            match c.to_digit(10) {
                Some(digit) => all[last].1 = all[last].1.saturating_mul(10).saturating_add(digit.into()),
                None if all[last].1 > 0 => all.push((c.to_string(), 0)),
                None => all[last].0.push(c),
            }
        }
        all
    };
    parts(a).cmp(&parts(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_numbers_are_in_their_order() {
        let mut names = ["f.bias", "c10.weight", "c2.weight", "c2.bias", "c1.weight"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["c1.weight", "c2.bias", "c2.weight", "c10.weight", "f.bias"]);
    }

    #[test]
    fn arrays_after_training_are_told_from_their_optimisers() {
        let own = ["c1.weight", "block.c1.weight", "f.bias"];
        assert_eq!(after("after100.sgd_lr0.1.c1.weight", &own), Some((100, "sgd_lr0.1", 0)));
        assert_eq!(after("after7.adamw_lr0.003_wd0.01.f.bias", &own), Some((7, "adamw_lr0.003_wd0.01", 2)));
        assert_eq!(after("after7.sgd_lr1.block.c1.weight", &own), Some((7, "sgd_lr1", 1)));
        for other in
            ["after7.sgd_lr1.g.bias", "after.sgd.f.bias", "before1.sgd.f.bias", "after999999999.sgd.f.bias"]
        {
            assert_eq!(after(other, &own), None, "{other}");
        }
    }
}
