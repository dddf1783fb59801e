//! Clips of a gas from NumPy's `.npy`: arrays of shape (frames, 3, height, width).

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::SetError;
use crate::bench::metrics::gas::Flow;

/// Whether a file is an array of four axes. Anything that is not, readable or not, is left to the other readers.
pub fn is_flow(path: &Path) -> bool {
    let named = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy"));
    let file = || File::open(path).ok().and_then(|f| npyz::NpyFile::new(BufReader::new(f)).ok());
    named && file().is_some_and(|f| f.shape().len() == 4)
}

/// Reads a clip: density, u and v of each frame, of type f4 or f8, rows as they lie in the picture.
///
/// # Errors
/// No such file, another shape, order or type, or values that make no flow; the message names it.
pub fn read(path: &Path) -> Result<Flow, SetError> {
    let bad = |e: std::io::Error| SetError::input(path, format!("no readable .npy array: {e}"));
    let file = File::open(path).map_err(|e| SetError::input(path, format!("cannot be read: {e}")))?;
    let array = npyz::NpyFile::new(BufReader::new(file)).map_err(bad)?;
    let (width, height) = match array.shape() {
        [_, 3, height, width] => (*width as usize, *height as usize),
        other => {
            let message = format!(
                "expected an array of shape (frames, 3, height, width) of density, u and v, found {other:?}"
            );
            return Err(SetError::input(path, message));
        }
    };
    if array.order() != npyz::Order::C {
        return Err(SetError::input(path, "expected an array in C order, found Fortran order"));
    }
    let kind: String = array.dtype().descr().chars().filter(char::is_ascii_alphanumeric).collect();
    let values: Vec<f32> = match kind.as_str() {
        "f4" => array.into_vec::<f32>().map_err(bad)?,
        "f8" => array.into_vec::<f64>().map_err(bad)?.into_iter().map(|v| v as f32).collect(),
        other => {
            let message = format!("expected numbers of type f4 or f8, found {other}");
            return Err(SetError::input(path, message));
        }
    };
    Flow::new(width, height, values).map_err(|e| SetError::table(path, e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Array;
    use crate::world::field::Field;

    fn saved(dir: &Path, planes: usize, size: (usize, usize), value: f32) -> std::path::PathBuf {
        let path = dir.join("a.npy");
        let mut array = Array::create(&path, planes, size).unwrap();
        let mut field = Field::new(size.0, size.1, planes);
        field.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = value + i as f32);
        (0..3).for_each(|_| array.frame(std::slice::from_ref(&field)).unwrap());
        array.finish().unwrap();
        path
    }

    #[test]
    fn what_was_written_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = saved(dir.path(), 3, (5, 4), 0.5);
        let flow = read(&path).unwrap();
        assert!(is_flow(&path));
        assert_eq!((flow.frames(), flow.size()), (3, (5, 4)));
        assert!(flow.plane(2, 1).iter().enumerate().all(|(i, v)| *v == 20.5 + i as f32));
    }

    #[test]
    fn what_is_no_flow_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let told = |path: &Path| read(path).unwrap_err().to_string();
        assert!(
            told(&saved(dir.path(), 2, (5, 4), 0.0))
                .contains("(frames, 3, height, width) of density, u and v, found [3, 2, 4, 5]")
        );
        assert!(told(&saved(dir.path(), 3, (2, 4), 0.0)).contains("at least 3×3 cells, found 2×4"));
        assert!(
            told(&saved(dir.path(), 3, (5, 4), f32::NAN)).contains("a.npy: a flow: NaN in frame 0, density")
        );
        let path = dir.path().join("b.npy");
        assert!(told(&path).contains("cannot be read") && !is_flow(&path));
        std::fs::write(&path, "1,2").unwrap();
        assert!(told(&path).contains("no readable .npy") && !is_flow(&path));
    }
}
