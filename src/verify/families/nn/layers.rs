//! Cases of single layers: output and gradients, in training and, where it has the layer, in inference.

use learn::sequential::gradients::{Applied, Differentiated, batch_normalised, differentiated};
use learn::sequential::inference::{Given, batch_normalised as folded, infer};
use learn::sequential::layer::{Layer, Normalisation};

use super::array::Array;
use super::names;
use super::reference::Group;
use crate::case::{Answer, Job};
use crate::check::Check;
use crate::fault::Fault;

/// Relative to the largest value of an array.
pub const CLOSE: f64 = 1e-5;

/// Arrays of a case by what they are of.
const INPUT: &[&str] = &["x", "input"];
const WEIGHT: &[&str] = &["w", "weight", "gamma"];
const BIAS: &[&str] = &["b", "bias", "beta"];
const OUTPUT: &[&str] = &["y", "y_train", "out", "output"];
const ABOVE: &[&str] = &["gy", "gout", "grad_y", "grad_out"];
const OF_INPUT: &[&str] = &["gx", "grad_x"];
const OF_WEIGHT: &[&str] = &["gw", "grad_w"];
const OF_BIAS: &[&str] = &["gb", "grad_b"];
const EVALUATED: &[&str] = &["y_eval"];
const RUNNING: [&[&str]; 2] = [&["running_mean"], &["running_var"]];

/// What is given of a layer.
struct Reference {
    applied: Applied,
    momentum: f64,
    output: Option<Array>,
    above: Option<Array>,
    gradients: [Option<Array>; 3],
    evaluated: Option<Array>,
    running: [Option<Array>; 2],
    stated: Vec<Check>,
}

/// The job of a layer, and one for each array of it that nothing is known of.
pub fn jobs(group: &mut Group) -> Vec<Job> {
    let title = group.name.clone();
    let read = read(group);
    let rest = group.rest().into_iter().map(|role| {
        let why = format!("nothing is known of arrays called {role:?}");
        Job::answered(format!("{title}.{role}"), Err(Fault::NotCovered(why)))
    });
    let job = match read {
        Ok(reference) => Job::one(title.clone(), move || checks(&reference)),
        Err(fault) => Job::answered(title.clone(), Err(fault)),
    };
    std::iter::once(job).chain(rest).collect()
}

fn read(group: &mut Group) -> Result<Reference, Fault> {
    // All of them first, so that what one is missing is not told of the others.
    let [weight, bias] = [group.array(WEIGHT), group.array(BIAS)];
    let [output, above, evaluated] = [OUTPUT, ABOVE, EVALUATED].map(|role| group.array(role));
    let gradients = [OF_INPUT, OF_WEIGHT, OF_BIAS].map(|role| group.array(role));
    let running = RUNNING.map(|role| group.array(role));
    let x = group.input(INPUT);
    let (weight, bias, output, above, evaluated, x) = (weight?, bias?, output?, above?, evaluated?, x?);
    let [of_input, of_weight, of_bias] = gradients;
    let gradients = [of_input?, of_weight?, of_bias?];
    let [mean, variance] = running;
    let running = [mean?, variance?];
    let input = x.four(&group.entry(INPUT))?;
    let dims = |array: &Option<Array>| array.as_ref().map(|a| a.dims.clone());
    let (of_weight, of_bias) = (dims(&weight), dims(&bias));
    let wrong = |message: String| group.fault(message);
    let named = names::layer(&group.name, input[1], of_weight.as_deref()).map_err(Fault::NotCovered)?;
    let sizes = named.layer.sizes(input, of_weight.as_deref(), of_bias.as_deref()).map_err(wrong)?;
    let all = [
        &weight,
        &bias,
        &output,
        &above,
        &evaluated,
        &gradients[0],
        &gradients[1],
        &gradients[2],
        &running[0],
        &running[1],
    ];
    let stated =
        all.into_iter().flatten().flat_map(Array::stated).chain(group.own_input(&x)).cloned().collect();
    let layer = named.layer;
    let is_batch = matches!(layer, Layer::Normalisation(Normalisation::Batch, _));
    for (what, array, wanted) in [
        ("y", &output, sizes.output),
        ("gy", &above, sizes.output),
        ("gx", &gradients[0], input),
        ("gw", &gradients[1], sizes.weight),
        ("gb", &gradients[2], sizes.bias),
        ("y_eval", &evaluated, sizes.output),
        ("running_mean", &running[0], [1, input[1], 1, 1]),
        ("running_var", &running[1], [1, input[1], 1, 1]),
    ] {
        let Some(array) = array else { continue };
        if array.values.len() != wanted.iter().product::<usize>() {
            return Err(group.fault(format!("expected {what} of {wanted:?}, found {:?}", array.dims)));
        }
        let of_batch = ["y_eval", "running_mean", "running_var"].contains(&what);
        let has = [("gw", weight.is_some()), ("gb", bias.is_some())];
        if of_batch && !is_batch || has.contains(&(what, false)) {
            return Err(group.fault(format!("expected no {what}, found one")));
        }
    }
    if above.is_none() && gradients.iter().any(Option::is_some) {
        return Err(group.fault("expected the gradient from above (gy), found none"));
    }
    if output.is_none()
        && gradients.iter().all(Option::is_none)
        && evaluated.is_none()
        && running.iter().all(Option::is_none)
    {
        return Err(group.fault("expected an output (y), found none"));
    }
    let values = |array: Option<Array>| array.map(|a| a.values);
    let applied = Applied { layer, x: x.values, input, sizes, weight: values(weight), bias: values(bias) };
    Ok(Reference { applied, momentum: named.momentum, output, above, gradients, evaluated, running, stated })
}

fn checks(of: &Reference) -> Answer {
    let failed = |e: String| Fault::Failed(e);
    let zeros = || vec![0.0; of.applied.sizes.output.iter().product()];
    let above = of.above.as_ref().map_or_else(zeros, |a| a.values.clone());
    let mut checks = of.stated.clone();
    match of.applied.layer {
        Layer::Normalisation(Normalisation::Batch, epsilon) => {
            let found = batch_normalised(&of.applied, &above, [epsilon, of.momentum]).map_err(failed)?;
            push(&mut checks, of, &found.trained);
            each(&mut checks, "y_eval", &of.evaluated, &found.evaluated);
            each(&mut checks, "running_mean", &of.running[0], &found.running[0]);
            each(&mut checks, "running_var", &of.running[1], &found.running[1]);
            if let Some(given) = of.evaluated.as_ref().filter(|_| epsilon == 1e-5) {
                let [mean, variance] = &found.running;
                let channels = of.applied.input[1];
                let plain =
                    |values: &Option<Vec<f32>>, v| values.clone().unwrap_or_else(|| vec![v; channels]);
                let (gamma, beta) = (plain(&of.applied.weight, 1.0), plain(&of.applied.bias, 0.0));
                let y = folded(&of.applied.x, of.applied.input, [&gamma, &beta, mean, variance])
                    .map_err(failed)?;
                checks.push(given.compared("y_eval in inference", &y, CLOSE));
            }
        }
        _ => push(&mut checks, of, &differentiated(&of.applied, &above).map_err(failed)?),
    }
    let Applied { layer, x, input, sizes, weight, bias } = &of.applied;
    let given = Given { weight: weight.as_deref(), bias: bias.as_deref() };
    let inferred = infer(x, *input, layer, sizes, given).map_err(failed)?;
    if let (Some(given), Some(y)) = (&of.output, inferred) {
        checks.push(given.compared("y in inference", &y, CLOSE));
    }
    Ok(checks)
}

fn push(checks: &mut Vec<Check>, of: &Reference, found: &Differentiated) {
    each(checks, "y", &of.output, &found.y);
    for (what, given, found) in [
        ("gx", &of.gradients[0], &found.x),
        ("gw", &of.gradients[1], &found.weight),
        ("gb", &of.gradients[2], &found.bias),
    ] {
        each(checks, what, given, found);
    }
}

fn each(checks: &mut Vec<Check>, what: &str, given: &Option<Array>, found: &[f32]) {
    checks.extend(given.as_ref().map(|given| given.compared(what, found, CLOSE)));
}
