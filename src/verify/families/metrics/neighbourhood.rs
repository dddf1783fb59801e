//! How alike neighbouring pixels are: Moran's I and Geary's C.

use std::sync::Arc;

use bench::metrics::image::{Grey, Neighbours, geary, moran};

use super::close::{Task, case, close, number_in, unknown};
use super::inputs::Inputs;
use crate::case::Job;
use crate::fault::Fault;
use crate::json::Field;

/// The case of a picture and a kind of neighbours.
pub fn jobs(inputs: &mut Inputs, name: &str, given: &Field) -> Vec<Job> {
    let kinds = [("_rook_binary", Neighbours::Four), ("_queen_binary", Neighbours::Eight)];
    let kind = kinds.into_iter().find_map(|(ending, kind)| Some((name.strip_suffix(ending)?, kind)));
    let Some((picture, kind)) = kind else { return vec![unknown(name.into())] };
    vec![match drawn(inputs, picture, given) {
        Ok(Some(picture)) => Job::or_fault(name, job(name, given, picture, kind)),
        Ok(None) => unknown(name.into()),
        Err(fault) => Job::answered(name, Err(fault)),
    }]
}

/// A picture by its name: a smaller one of the camera man, a table, or one that is drawn.
fn drawn(inputs: &mut Inputs, name: &str, given: &Field) -> Result<Option<Arc<Grey>>, Fault> {
    let of = |side: usize, f: &dyn Fn(usize, usize) -> f64| -> Result<Option<Arc<Grey>>, Fault> {
        let values = (0..side * side).map(|i| f(i % side, i / side)).collect();
        Ok(Some(Arc::new(Grey::new(side, side, values)?)))
    };
    let side = |word: &str| number_in::<usize>(name, word).filter(|n| (1..=1024).contains(n));
    if let Some(n) = side("checkerboard") {
        return of(n, &|x, y| ((x + y) % 2) as f64);
    }
    if let Some(n) = side("gradient") {
        return of(n, &|x, _| x as f64);
    }
    if let Some(n) = side("camera") {
        let whole = inputs.picture("camera256_ref")?;
        let step = whole.width() / n;
        if step == 0 || n * step > whole.height() {
            return Err(given.fault(format!("expected at most {} pixels a side, found {n}", whole.width())));
        }
        return of(n, &|x, y| whole.values()[step * y * whole.width() + step * x]);
    }
    let name = inputs.folder().inside(name).map_err(|e| given.fault(e))?;
    let file = format!("images/{name}.csv");
    if !inputs.folder().has(&file) {
        return Ok(None);
    }
    let table = inputs.table(&file, false)?;
    Ok(Some(Arc::new(Grey::new(table.columns(), table.rows(), table.values().to_vec())?)))
}

fn job(name: &str, given: &Field, picture: Arc<Grey>, kind: Neighbours) -> Result<Job, Fault> {
    let number = |key: &str| given.get(key).number();
    let [index, expected, variance, z] =
        [number("moran_I")?, number("EI")?, number("VI_norm")?, number("z_norm")?];
    let contrast = number("geary_C")?;
    let all: Task = Box::new(move || {
        let found = moran(&picture, kind)?;
        Ok(vec![
            close("moran_I", found.index, index),
            close("EI", found.expected, expected),
            close("VI_norm", found.variance, variance),
            close("z_norm", found.z, z),
            close("geary_C", geary(&picture, kind)?, contrast),
        ])
    });
    Ok(case(name.into(), vec![all]))
}
