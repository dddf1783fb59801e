//! Cases of losses: their values and the gradient by the outputs.

use learn::loss::{Loss, smoothed};

use super::array::Array;
use super::layers::CLOSE;
use super::reference::Group;
use super::words::Words;
use crate::case::{Answer, Job};
use crate::check::Check;
use crate::fault::Fault;

/// Kinds of losses, for messages.
pub const KINDS: &str = "ce, mse, l1, huber, bce_logits";

const OUTPUT: &[&str] = &["logits", "x", "y", "input", "pred"];
const TARGET: &[&str] = &["target", "targets", "t"];

/// What is summed up over outputs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reduction {
    /// The mean, smoothed by so much.
    Mean(f64),
    /// The sum, smoothed by so much.
    Sum(f64),
}

/// The loss of a name.
fn named(name: &str) -> Option<Loss> {
    let mut words = Words::new(name);
    let known = |word: &str| {
        Some(match word {
            "ce" | "crossentropy" => Loss::CrossEntropy,
            "mse" | "mseloss" => Loss::Squared,
            "l" | "lloss" | "mae" => Loss::Absolute,
            "huber" | "smoothl" => Loss::Huber(1.0),
            "bce" | "bcelogits" | "bcewithlogits" => Loss::BinaryCrossEntropy,
            _ => return None,
        })
    };
    let (loss, number) = words.head(known)?;
    let delta = words.number(&["delta", "d"]).ok()?;
    words.end().ok()?;
    match (loss, number.as_str()) {
        (Loss::Absolute, "1" | "") | (_, "") => Some(loss),
        (Loss::Huber(_), "1") => Some(loss),
        _ => None,
    }
    .map(|loss| match (loss, delta) {
        (Loss::Huber(_), Some(delta)) if delta > 0.0 => Loss::Huber(delta),
        _ => loss,
    })
}

/// Whether a name is that of a loss.
pub fn is_loss(name: &str) -> bool {
    named(name).is_some()
}

/// How a value or a gradient is summed up, by what stands behind `loss` or `grad` in its name.
fn reduction(rest: &str) -> Option<Reduction> {
    let rest = rest.trim_start_matches('_');
    let (rest, sum) = match rest.strip_prefix("sum") {
        Some(rest) => (rest, true),
        None => (rest.strip_prefix("mean").unwrap_or(rest), false),
    };
    let rest = rest.trim_start_matches('_');
    let smoothing = match rest.strip_prefix("label_smoothing").or(rest.strip_prefix("smoothing")) {
        Some(amount) => amount.trim_start_matches('_').parse().ok().filter(|v| (0.0..=1.0).contains(v))?,
        None if rest.is_empty() => 0.0,
        None => return None,
    };
    Some(if sum { Reduction::Sum(smoothing) } else { Reduction::Mean(smoothing) })
}

/// What is given of a loss.
struct Given {
    loss: Loss,
    outputs: Array,
    columns: usize,
    targets: Targets,
    values: Vec<(String, Reduction, f64)>,
    gradients: Vec<(Reduction, Array)>,
    stated: Vec<Check>,
}

/// What the outputs should be.
enum Targets {
    /// Of each row its class.
    Labels(Vec<usize>),
    /// Of each output its value.
    Values(Vec<f32>),
}

/// The job of a loss, and one for each part of it that nothing is known of.
pub fn jobs(group: &mut Group) -> Vec<Job> {
    let title = group.name.clone();
    let read = read(group);
    let mut unknown: Vec<String> = group.rest();
    let parts = group.field().object().unwrap_or_default();
    let is_unknown = |key: &&str| key.starts_with("loss") && reduction(&key[4..]).is_none();
    unknown.extend(parts.into_iter().map(|(key, _)| key).filter(is_unknown).map(String::from));
    let job = match read {
        Ok(given) => Job::one(title.clone(), move || checks(&given)),
        Err(fault) => Job::answered(title.clone(), Err(fault)),
    };
    let rest = unknown.into_iter().map(|part| {
        let why = format!("nothing is known of {part:?} of a loss");
        Job::answered(format!("{title}.{part}"), Err(Fault::NotCovered(why)))
    });
    std::iter::once(job).chain(rest).collect()
}

fn read(group: &mut Group) -> Result<Given, Fault> {
    let loss = named(&group.name)
        .ok_or_else(|| Fault::NotCovered(format!("no loss of this name; known are {KINDS}")))?;
    let outputs = group.array(OUTPUT)?.ok_or_else(|| group.fault("expected outputs (logits), found none"))?;
    let targets = group.array(TARGET)?;
    let mut gradients = Vec::new();
    for role in group.rest() {
        let of = role.strip_prefix("grad").or((role == "gx").then_some(""));
        if let Some(of) = of.and_then(reduction) {
            gradients.extend(group.array(&[&role])?.map(|array| (of, array)));
        }
    }
    let (rows, columns) = match *outputs.dims {
        [rows, columns] => (rows, columns),
        // Where each output counts for itself, rows say nothing.
        _ if loss != Loss::CrossEntropy => (1, outputs.values.len()),
        _ => return Err(group.fault(format!("expected outputs of [_, _], found {:?}", outputs.dims))),
    };
    let field = group.field();
    let mut values = Vec::new();
    for (key, value) in field.object()? {
        if let Some(of) = key.strip_prefix("loss").and_then(reduction) {
            values.push((key.to_string(), of, value.number()?));
        }
    }
    for (what, wrong) in
        gradients.iter().map(|(_, array)| ("gradient", array)).chain(targets.iter().map(|t| ("target", t)))
    {
        if wrong.values.len() != outputs.values.len() {
            return Err(
                group.fault(format!("expected a {what} of {:?}, found {:?}", outputs.dims, wrong.dims))
            );
        }
    }
    let all = [Some(&outputs), targets.as_ref()].into_iter().flatten().chain(gradients.iter().map(|g| &g.1));
    let stated = all.flat_map(Array::stated).cloned().collect();
    let targets = match targets {
        Some(targets) => Targets::Values(targets.values),
        None if loss == Loss::CrossEntropy => {
            let labels = field.get("labels").list_of(rows)?;
            let labels: Result<Vec<usize>, Fault> = labels.iter().map(|f| f.count(0..=columns - 1)).collect();
            Targets::Labels(labels?)
        }
        None => return Err(group.fault("expected targets (target), found none")),
    };
    if values.is_empty() && gradients.is_empty() {
        return Err(group.fault("expected a loss (loss_mean), found none"));
    }
    Ok(Given { loss, outputs, columns, targets, values, gradients, stated })
}

impl Given {
    /// The loss summed up so, and its gradient.
    fn of(&self, reduction: Reduction) -> Result<(f64, Vec<f32>), Fault> {
        let (Reduction::Mean(smoothing) | Reduction::Sum(smoothing)) = reduction;
        let targets = match &self.targets {
            Targets::Values(values) => values.clone(),
            Targets::Labels(labels) => {
                let mut rows = vec![0.0; self.outputs.values.len()];
                for (row, label) in rows.chunks_exact_mut(self.columns).zip(labels) {
                    smoothed(row, *label, smoothing as f32);
                }
                rows
            }
        };
        let found = self.loss.differentiated(&self.outputs.values, &targets, self.columns);
        let (value, mut gradient) = found.map_err(Fault::Failed)?;
        let counted = match (reduction, self.loss) {
            (Reduction::Mean(_), _) => 1,
            (Reduction::Sum(_), Loss::CrossEntropy) => self.outputs.values.len() / self.columns,
            (Reduction::Sum(_), _) => self.outputs.values.len(),
        };
        gradient.iter_mut().for_each(|g| *g *= counted as f32);
        Ok((value * counted as f64, gradient))
    }
}

fn checks(given: &Given) -> Answer {
    let mut checks = given.stated.clone();
    for (key, reduction, value) in &given.values {
        checks.push(Check::relative(key, given.of(*reduction)?.0, *value, CLOSE));
    }
    for (reduction, array) in &given.gradients {
        checks.push(array.compared("the gradient", &given.of(*reduction)?.1, CLOSE));
    }
    Ok(checks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_and_their_sums_are_known_by_their_names() {
        for (name, loss) in [
            ("ce", Some(Loss::CrossEntropy)),
            ("cross_entropy", Some(Loss::CrossEntropy)),
            ("mse", Some(Loss::Squared)),
            ("l1", Some(Loss::Absolute)),
            ("smooth_l1", Some(Loss::Huber(1.0))),
            ("huber_delta0.5", Some(Loss::Huber(0.5))),
            ("bce_with_logits", Some(Loss::BinaryCrossEntropy)),
            ("l2", None),
            ("ce_other", None),
            ("relu", None),
        ] {
            assert_eq!(named(name), loss, "{name}");
        }
        for (rest, of) in [
            ("", Some(Reduction::Mean(0.0))),
            ("_mean", Some(Reduction::Mean(0.0))),
            ("_sum", Some(Reduction::Sum(0.0))),
            ("_label_smoothing_0.1", Some(Reduction::Mean(0.1))),
            ("_sum_smoothing0.2", Some(Reduction::Sum(0.2))),
            ("_label_smoothing_x", None),
            ("_weighted", None),
        ] {
            assert_eq!(reduction(rest), of, "{rest}");
        }
    }
}
