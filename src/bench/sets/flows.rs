//! Flow clips from NumPy's `.npy`: arrays of shape (frames, 3, height, width).

use std::path::Path;

use super::SetError;
use super::npy::{ArrayHeader, ArrayPath};
use crate::metrics::gas::Flow;

/// Whether an array may be a flow clip: four axes of floats. Floating-point pictures have the same shape, so the
/// context decides.
pub fn may_be_flow(head: &ArrayHeader) -> bool {
    head.is_float() && head.axes().len() == 4
}

/// Header of the only array in a file that may be a flow clip. Any other file, readable or not, is left to the other
/// readers.
pub fn head(word: &Path) -> Option<ArrayHeader> {
    let place = ArrayPath::of(word);
    let heads = place.is_arrays().then(|| place.heads().ok()).flatten()?;
    let wanted = |h: &&ArrayHeader| may_be_flow(h) && place.array.as_ref().is_none_or(|a| *a == h.name);
    let mut found = heads.iter().filter(wanted);
    found.next().filter(|_| found.next().is_none()).cloned()
}

/// Reads a clip: density, u and v of each frame, of any numeric type, top row first.
///
/// # Errors
/// No such file, another shape, or values that do not form a flow; the error names it.
pub fn read(word: &Path) -> Result<Flow, SetError> {
    let place = ArrayPath::of(word);
    let heads = place.heads()?;
    let head = head(word).unwrap_or_else(|| heads[0].clone());
    let (width, height) = match head.shape[..] {
        [_, 3, height, width] => (width, height),
        _ => {
            let error = format!(
                "expected an array of shape (frames, 3, height, width) of density, u and v, found {:?}",
                head.shape
            );
            return Err(SetError::input(word, error));
        }
    };
    let values = place.load(&head, |v| v as f32)?.values;
    Flow::new(width, height, values).map_err(|e| SetError::table(word, e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use output::NpyWriter;
    use world::field::Field;

    fn saved(dir: &Path, planes: usize, size: (usize, usize), value: f32) -> std::path::PathBuf {
        let path = dir.join("a.npy");
        let mut array = NpyWriter::create(&path, planes, size).unwrap();
        let mut field = Field::new(size.0, size.1, planes);
        field.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = value + i as f32);
        (0..3).for_each(|_| array.frame(std::slice::from_ref(&field)).unwrap());
        array.finish().unwrap();
        path
    }

    #[test]
    fn a_written_flow_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = saved(dir.path(), 3, (5, 4), 0.5);
        let flow = read(&path).unwrap();
        assert!(head(&path).is_some());
        assert_eq!((flow.frames(), flow.size()), (3, (5, 4)));
        assert!(flow.plane(2, 1).iter().enumerate().all(|(i, v)| *v == 20.5 + i as f32));
    }

    #[test]
    fn invalid_flows_are_reported() {
        let dir = tempfile::tempdir().unwrap();
        let error = |path: &Path| read(path).unwrap_err().to_string();
        assert!(
            error(&saved(dir.path(), 2, (5, 4), 0.0))
                .contains("(frames, 3, height, width) of density, u and v, found [3, 2, 4, 5]")
        );
        assert!(error(&saved(dir.path(), 3, (2, 4), 0.0)).contains("at least 3×3 cells, found 2×4"));
        assert!(
            error(&saved(dir.path(), 3, (5, 4), f32::NAN)).contains("a.npy: a flow: NaN in frame 0, density")
        );
        let path = dir.path().join("b.npy");
        assert!(error(&path).contains("cannot be read") && head(&path).is_none());
        std::fs::write(&path, "1,2").unwrap();
        assert!(error(&path).contains("no readable .npy") && head(&path).is_none());
    }
}
