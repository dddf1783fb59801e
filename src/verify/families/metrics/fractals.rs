//! Bitmaps of exact fractals: boxes that cover them, their dimension, and their gaps.

use std::sync::Arc;

use bench::metrics::image::{Mask, box_count, box_dimension, lacunarity};

use super::close::close;
use super::inputs::Inputs;
use crate::case::{Answer, Job};
use crate::check::Check;
use crate::fault::Fault;
use crate::json::Field;

/// Of a dimension by boxes of the fractal's own scale.
const EXACT: f64 = 1e-12;
/// Most sizes of boxes.
const MOST: usize = 1000;

/// Sizes of boxes, how many are needed, and the slope.
struct Counts {
    what: &'static str,
    sides: Vec<usize>,
    given: Vec<usize>,
    slope: f64,
}

/// The case of a bitmap.
pub fn jobs(inputs: &mut Inputs, name: &str, given: &Field) -> Vec<Job> {
    vec![Job::or_fault(name, job(inputs, name, given))]
}

fn job(inputs: &mut Inputs, name: &str, given: &Field) -> Result<Job, Fault> {
    let mask = inputs.mask(inputs.folder().inside(name).map_err(|e| given.fault(e))?)?;
    let pixels = given.get("lit_pixels").count(0..=1 << 40)?;
    let theory = given.get("theory_dimension").number()?;
    let generic = given.get("generic_sizes");
    let mut counts = vec![boxes("boxes", given, "box_sizes", "counts", &mask)?];
    if !generic.is_absent() {
        let key = "counts_grid_at_origin_partial_boxes_kept";
        counts.push(boxes("boxes of any size", &generic, "sizes", key, &mask)?);
    }
    let gaps = given.get("lacunarity_gliding_box");
    let mut known = Vec::new();
    if !gaps.is_absent() {
        let most = mask.width().min(mask.height()) as u64;
        for (side, value) in gaps.numbered()? {
            if side == 0 || side > most || known.len() == MOST {
                return Err(value.fault(format!("expected a side from 1 to {most} as the key, found {side}")));
            }
            known.push((side as usize, value.number()?));
        }
    }
    Ok(Job::one(name, move || answer(&mask, pixels, theory, &counts, &known)))
}

fn boxes(what: &'static str, of: &Field, sides: &str, counts: &str, mask: &Mask) -> Result<Counts, Fault> {
    let longest = mask.width().max(mask.height());
    let list = of.get(sides).list()?;
    if list.len() > MOST {
        return Err(of.get(sides).expected(format!("a list of at most {MOST}")));
    }
    let sides = list.iter().map(|f| f.count(1..=longest)).collect::<Result<Vec<_>, _>>()?;
    let given = of.get(counts).list_of(sides.len())?;
    let given = given.iter().map(|f| f.count(0..=1 << 40)).collect::<Result<Vec<_>, _>>()?;
    Ok(Counts { what, sides, given, slope: of.get("ols_slope").number()? })
}

fn answer(mask: &Arc<Mask>, pixels: usize, theory: f64, counts: &[Counts], gaps: &[(usize, f64)]) -> Answer {
    let mut checks = vec![Check::same("lit_pixels", mask.count() as i128, pixels as i128)];
    for of in counts {
        let found = of.sides.iter().map(|s| box_count(mask, *s)).collect::<Result<Vec<_>, _>>()?;
        let each = found.iter().zip(&of.given).zip(&of.sides);
        checks.extend(Check::of_many(each.map(|((found, given), side)| {
            Check::same(format!("{} of side {side}", of.what), *found as i128, *given as i128)
        })));
        checks.push(close(format!("slope of {}", of.what), box_dimension(mask, &of.sides)?, of.slope));
    }
    checks.push(Check::absolute("theory_dimension", box_dimension(mask, &counts[0].sides)?, theory, EXACT));
    for (side, given) in gaps {
        checks.push(close(format!("lacunarity, boxes of side {side}"), lacunarity(mask, *side)?, *given));
    }
    Ok(checks)
}
