//! Pictures held against a reference.

use std::sync::Arc;

use bench::metrics::MetricError;
use bench::metrics::image::{Grey, SsimWindow, ms_ssim, mse, nmi, nrmse, psnr, ssim, uqi_sewar, vif};

use super::close::{Task, case, close, task};
use super::inputs::Inputs;
use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

type Of = fn(&Grey, &Grey) -> Result<f64, MetricError>;

fn similarity(a: &Grey, b: &Grey, window: SsimWindow) -> Result<f64, MetricError> {
    Ok(ssim(a, b, window)?.index)
}

fn structure(a: &Grey, b: &Grey) -> Result<f64, MetricError> {
    Ok(ssim(a, b, SsimWindow::Uniform11)?.contrast_structure)
}

/// Metrics by their keys; where the value is a list, with the place in it.
const METRICS: &[(&str, Option<usize>, Of)] = &[
    ("mse", None, mse),
    ("psnr_dr255", None, psnr),
    ("nrmse", None, nrmse),
    ("nmi", None, nmi),
    ("ssim_uniform7_samplecov(default)", None, |a, b| similarity(a, b, SsimWindow::Uniform7)),
    ("ssim_gaussian1.5_popcov(Wang2004)", None, |a, b| similarity(a, b, SsimWindow::Gaussian)),
    ("ssim_uniform11_popcov", None, |a, b| similarity(a, b, SsimWindow::Uniform11)),
    ("sewar_ssim(cs tuple)", Some(0), |a, b| similarity(a, b, SsimWindow::Uniform11)),
    ("sewar_ssim(cs tuple)", Some(1), structure),
    // The imaginary part, which follows, is 0 where there is a value.
    ("sewar_msssim_complex", Some(0), ms_ssim),
    ("sewar_uqi", None, uqi_sewar),
    ("sewar_vifp", None, vif),
];

/// The case of a picture.
pub fn jobs(inputs: &mut Inputs, name: &str, given: &Field) -> Vec<Job> {
    let title = format!("camera256_{name} against camera256_ref");
    vec![Job::or_fault(&title, job(inputs, &title, name, given))]
}

fn job(inputs: &mut Inputs, title: &str, name: &str, given: &Field) -> Result<Job, Fault> {
    let name = inputs.folder().inside(name).map_err(|e| given.fault(e))?;
    let pictures = [inputs.picture("camera256_ref")?, inputs.picture(&format!("camera256_{name}"))?];
    let mut tasks: Vec<Task> = Vec::new();
    for (key, place, of) in METRICS {
        let field = given.get(key);
        if !field.is_absent() || field.is_null() {
            let field = place.map_or(field.clone(), |i| field.at(i));
            // The ratio of signal and noise is infinite where there is no noise.
            let value =
                if field.is_null() && *key == "psnr_dr255" { f64::INFINITY } else { field.number()? };
            tasks.push(comparison(key, *of, value, &pictures));
        }
    }
    match tasks.is_empty() {
        true => Err(given.expected("values such as `mse`")),
        false => Ok(case(title.into(), tasks)),
    }
}

fn comparison(key: &'static str, of: Of, given: f64, pictures: &[Arc<Grey>; 2]) -> Task {
    let [reference, copy] = pictures.clone();
    task(move || {
        let found = of(&reference, &copy)?;
        Ok(if given.is_infinite() {
            Check::relative(key, found, given, 0.0)
        } else {
            close(key, found, given)
        })
    })
}
