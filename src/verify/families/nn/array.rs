//! Arrays of a folder, and how close a computed one comes to one of them.

use crate::check::{Check, Scale};
use crate::fault::Fault;
use crate::folder::Folder;
use crate::json::Field;

/// Most values of an array.
const MOST_VALUES: usize = 1 << 24;
/// Largest size of a dimension.
const MOST_SIZE: usize = 1 << 20;

/// An array of a folder: finite numbers, row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Its name.
    pub name: String,
    /// Sizes of its dimensions, each from 1.
    pub dims: Vec<usize>,
    /// Its values.
    pub values: Vec<f32>,
    /// What the file of sizes says of its values.
    stated: Vec<Check>,
}

impl Array {
    /// Reads `NAME.f32le.bin`, of the size that its entry has.
    ///
    /// # Errors
    /// The entry has no shape or one that is too large, or the file is missing, of another length, or holds something that is
    /// no finite number.
    pub fn read(folder: &Folder, name: &str, entry: &Field) -> Result<Self, Fault> {
        let name = folder.inside(name).map_err(|e| entry.fault(e))?;
        let shape = entry.get("shape");
        let sizes: Result<Vec<usize>, Fault> = shape.list()?.iter().map(|f| f.count(1..=MOST_SIZE)).collect();
        let dims = sizes?;
        let count = dims.iter().try_fold(1usize, |all, d| all.checked_mul(*d).filter(|n| *n <= MOST_VALUES));
        let count =
            count.ok_or_else(|| shape.fault(format!("expected at most {MOST_VALUES} values, found more")))?;
        let file = format!("{name}.f32le.bin");
        let bytes = folder.bytes(&file, 4 * MOST_VALUES as u64)?;
        let wrong = |message: String| Fault::file(&folder.shown(&file), message);
        if bytes.len() != 4 * count {
            return Err(wrong(format!("expected {} bytes for {dims:?}, found {}", 4 * count, bytes.len())));
        }
        let values: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        if let Some(i) = values.iter().position(|v| !v.is_finite()) {
            return Err(wrong(format!("value {i}: expected a finite number, found {}", values[i])));
        }
        let stated = stated(name, &values, entry)?;
        Ok(Self { name: name.into(), dims, values, stated })
    }

    /// Its sizes in four dimensions: pictures, channels, rows, columns; rows of features are pictures of one cell.
    ///
    /// # Errors
    /// It has others.
    pub fn four(&self, entry: &Field) -> Result<[usize; 4], Fault> {
        match *self.dims {
            [n, channels] => Ok([n, channels, 1, 1]),
            [n, channels, height, width] => Ok([n, channels, height, width]),
            _ => Err(entry.get("shape").expected("two or four sizes")),
        }
    }

    /// Comparisons with the sum and the first values that its entry states.
    pub fn stated(&self) -> &[Check] {
        &self.stated
    }

    /// Compares what was computed with it: the largest deviation, relative to its largest value.
    pub fn compared(&self, what: &str, found: &[f32], tolerance: f64) -> Check {
        if found.len() != self.values.len() {
            let what = format!("values of {what}");
            return Check::same(what, found.len() as i128, self.values.len() as i128);
        }
        let largest = self.values.iter().fold(0.0, |m: f64, v| m.max(f64::from(v.abs())));
        let size = if largest > 0.0 { largest } else { 1.0 };
        let off = |i: usize| (f64::from(found[i]) - f64::from(self.values[i])).abs();
        // A deviation that is not a number is the worst.
        let worse = |a: usize, b: usize| off(b) > off(a) || off(b).is_nan() && !off(a).is_nan();
        let worst = (0..found.len()).reduce(|a, b| if worse(a, b) { b } else { a }).unwrap_or(0);
        Check {
            what: format!("{what} at {:?}", self.place(worst)),
            found: f64::from(found[worst]),
            expected: f64::from(self.values[worst]),
            deviation: off(worst) / size,
            tolerance,
            scale: Scale::Relative,
        }
    }

    /// The index of a value in each dimension.
    fn place(&self, mut i: usize) -> Vec<usize> {
        let mut place = vec![0; self.dims.len()];
        for (at, size) in place.iter_mut().zip(&self.dims).rev() {
            (*at, i) = (i % size, i / size);
        }
        place
    }
}

/// Comparisons with `sum` and `first4` of an entry, if it has them.
fn stated(name: &str, values: &[f32], entry: &Field) -> Result<Vec<Check>, Fault> {
    /// Of sums in double precision, relative to the sum of the sizes.
    const SUM: f64 = 1e-9;
    let mut checks = Vec::new();
    let sum = entry.get("sum");
    if !sum.is_absent() {
        let all = |f: fn(f64) -> f64| values.iter().map(|v| f(f64::from(*v))).sum::<f64>();
        let (found, size) = (all(|v| v), all(f64::abs));
        checks.push(Check::above(format!("sum of {name}"), found, sum.number()?, SUM, size));
    }
    let first = entry.get("first4");
    if !first.is_absent() {
        let given = first.list_of(values.len().min(4))?;
        let each = given.iter().zip(values).enumerate().map(|(i, (given, value))| {
            Ok(Check::relative(format!("value {i} of {name}"), f64::from(*value), given.number()?, 1e-7))
        });
        checks.extend(Check::of_many(each.collect::<Result<Vec<_>, Fault>>()?));
    }
    Ok(checks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(values: &[f32]) -> Array {
        Array { name: "a".into(), dims: vec![2, 3], values: values.to_vec(), stated: Vec::new() }
    }

    #[test]
    fn the_largest_deviation_is_found_at_its_place_and_relative_to_the_largest_value() {
        let given = array(&[1.0, -4.0, 0.0, 2.0, 0.5, 3.0]);
        let check = given.compared("y", &[1.0, -4.0, 0.0, 2.0, 0.25, 3.0625], 0.1);
        assert_eq!((check.what.as_str(), check.deviation), ("y at [1, 1]", 0.0625));
        assert!(check.passed() && !given.compared("y", &[1.0, -4.0, 0.0, 2.0, 0.25, 3.0], 0.06).passed());
        assert!(!given.compared("y", &[1.0], 9.0).passed());
        for bad in [f32::NAN, f32::INFINITY] {
            let check = given.compared("y", &[9.0, -4.0, bad, 2.0, 0.5, 3.0], 1e9);
            assert!(!check.passed() && check.what == "y at [0, 2]", "{check:?}");
        }
        assert!(!array(&[0.0; 6]).compared("y", &[0.0, 0.0, 1e-3, 0.0, 0.0, 0.0], 1e-5).passed());
    }
}
