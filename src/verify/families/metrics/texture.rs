//! Single pictures: detail, spectrum, texture, and shapes above a threshold.

use std::sync::Arc;

use bench::metrics::image::{
    Grey, Mask, Neighbours, components, compressed_size, cooccurrence, edge_density, entropy, euler_number,
    laplacian_variance, local_patterns, otsu, perimeter, power_slope, radial_power,
};

use super::close::{CLOSE, Task, case, close, number_in, task, unknown};
use super::inputs::Inputs;
use crate::case::Job;
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Relative, of compressed sizes: another program's deflate.
const ZLIB: f64 = 0.03;
/// Power of the mean, which was taken off: rounding only.
const NO_POWER: f64 = 1e-6;

/// The case of a picture, and those of values that are no metric here.
pub fn jobs(inputs: &mut Inputs, name: &str, given: &Field) -> Vec<Job> {
    let title = format!("camera256_{name}");
    let parts = inputs.folder().inside(name).map_err(|e| given.fault(e));
    let read = parts.and_then(|name| Ok((inputs.picture(&format!("camera256_{name}"))?, given.object()?)));
    let (picture, parts) = match read {
        Ok(read) => read,
        Err(fault) => return vec![Job::answered(title, Err(fault))],
    };
    let (mut tasks, mut others) = (Vec::new(), Vec::new());
    for (key, field) in parts {
        match value(key, &field, &picture) {
            Ok(Some(task)) => tasks.push(task),
            Ok(None) => others.push(unknown(format!("{title}, {key}"))),
            Err(fault) => others.push(Job::answered(format!("{title}, {key}"), Err(fault))),
        }
    }
    std::iter::once(case(title, tasks)).chain(others).collect()
}

fn value(key: &str, given: &Field, picture: &Arc<Grey>) -> Result<Option<Task>, Fault> {
    type Whole = fn(&Mask) -> i64;
    let number: Option<fn(&Grey) -> f64> = match key {
        "shannon_entropy_bits" => Some(entropy),
        "sobel_mean" => Some(edge_density),
        "laplace_var_reflect" => Some(laplacian_variance),
        _ => None,
    };
    let shape: Option<Whole> = match key {
        "components_gt_otsu_conn1" => Some(|m| components(m, Neighbours::Four) as i64),
        "components_gt_otsu_conn2" => Some(|m| components(m, Neighbours::Eight) as i64),
        "euler_gt_otsu_conn1" => Some(|m| euler_number(m, Neighbours::Four)),
        "euler_gt_otsu_conn2" => Some(|m| euler_number(m, Neighbours::Eight)),
        _ => None,
    };
    let (what, picture) = (key.to_string(), picture.clone());
    if let Some(of) = number {
        let given = given.number()?;
        return Ok(Some(task(move || Ok(close(&what, of(&picture), given)))));
    }
    if let Some(of) = shape {
        let given = given.whole(-(1 << 40)..=1 << 40)?;
        return Ok(Some(task(move || Ok(Check::same(&what, of(&lit(&picture)?).into(), given.into())))));
    }
    Ok(Some(match key {
        "zlib9_bytes" => {
            let given = given.number()?;
            task(move || Ok(Check::relative(&what, compressed_size(&picture)? as f64, given, ZLIB)))
        }
        "otsu" => {
            let given = given.whole(0..=255)?;
            task(move || Ok(Check::same(&what, otsu(&picture)?.into(), given.into())))
        }
        "perimeter_gt_otsu_n4" => {
            let given = given.number()?;
            task(move || Ok(close(&what, perimeter(&lit(&picture)?), given)))
        }
        _ if key.starts_with("radial_power_slope_k") => slope(key, given, picture)?,
        _ if key.starts_with("radial_power_first") => power(given, picture)?,
        _ if key.starts_with("glcm16_d1_props") => pairs_of_levels(given, picture)?,
        "lbp_uniform_P8R1_hist10" => patterns(given, picture)?,
        _ => return Ok(None),
    }))
}

/// Pixels above Otsu's threshold.
fn lit(picture: &Grey) -> Result<Mask, Fault> {
    Ok(Mask::above(picture, otsu(picture)?))
}

fn slope(key: &str, given: &Field, picture: Arc<Grey>) -> Result<Task, Fault> {
    let from: Option<usize> = number_in(key, "_slope_k");
    let to = from.and_then(|from| number_in(key, &format!("_slope_k{from}_")));
    let (Some(from), Some(to)) = (from, to) else {
        return Err(given.fault("expected two rings in this key, as in `radial_power_slope_k2_119`"));
    };
    let (what, given) = (key.to_string(), given.number()?);
    Ok(task(move || Ok(close(&what, power_slope(&picture, from..=to)?, given))))
}

fn power(given: &Field, picture: Arc<Grey>) -> Result<Task, Fault> {
    let given = given.numbers()?;
    Ok(Box::new(move || {
        let found = radial_power(&picture)?;
        if found.len() < given.len() {
            return Err(Fault::Failed(format!("there are {} rings, not {}", found.len(), given.len())));
        }
        let ring = |(k, (found, given)): (usize, (&f64, &f64))| match k {
            0 => Check::absolute("power of ring 0", *found, *given, NO_POWER),
            _ => Check::relative(format!("power of ring {k}"), *found, *given, CLOSE),
        };
        Ok(Check::of_many(found.iter().zip(&given).enumerate().map(ring)))
    }))
}

fn pairs_of_levels(given: &Field, picture: Arc<Grey>) -> Result<Task, Fault> {
    const PROPERTIES: [&str; 6] =
        ["contrast", "dissimilarity", "homogeneity", "ASM", "energy", "correlation"];
    let mut known = Vec::new();
    for name in PROPERTIES.into_iter().filter(|name| !given.get(name).is_absent()) {
        let each = given.get(name).list_of(4)?;
        known.push((name, each.iter().map(Field::number).collect::<Result<Vec<f64>, _>>()?));
    }
    Ok(Box::new(move || {
        let mut checks = Vec::new();
        for (angle, found) in cooccurrence(&picture)?.iter().enumerate() {
            let of = [
                found.contrast,
                found.dissimilarity,
                found.homogeneity,
                found.asm,
                found.energy,
                found.correlation,
            ];
            let own = |name: &str| PROPERTIES.iter().position(|p| *p == name).map_or(f64::NAN, |i| of[i]);
            let check = |(name, given): &(&str, Vec<f64>)| {
                close(format!("{name} at {} degrees", 45 * angle), own(name), given[angle])
            };
            checks.extend(known.iter().map(check));
        }
        Ok(checks)
    }))
}

fn patterns(given: &Field, picture: Arc<Grey>) -> Result<Task, Fault> {
    let given = given.list_of(10)?.iter().map(|f| f.whole(0..=1 << 40)).collect::<Result<Vec<_>, _>>()?;
    Ok(Box::new(move || {
        let found = local_patterns(&picture);
        let differ = found.iter().zip(&given).filter(|(a, b)| **a as i64 != **b).count();
        Ok(vec![Check::none_differ("bins of local binary patterns", differ, 10)])
    }))
}
