//! Weights as the bytes of a safetensors file.

use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};

use super::half::{from_half, is_half, to_half};
use super::net::weights::{WeightArray, Weights};
use world::limits;

/// The arrays of a file.
///
/// # Errors
/// Arrays that are not of finite f32 or f16.
pub fn read(file: &SafeTensors) -> Result<Weights, String> {
    let mut weights = Weights::default();
    for (name, view) in file.iter() {
        let values: Vec<f32> = match view.dtype() {
            Dtype::F32 => bytemuck::pod_collect_to_vec(view.data()),
            Dtype::F16 => {
                bytemuck::pod_collect_to_vec::<u8, u16>(view.data()).into_iter().map(from_half).collect()
            }
            other => return Err(format!("expected weights of f32 or f16, found {other:?} in `{name}`")),
        };
        limits::finite(&format!("the weights `{name}`"), &values)?;
        weights.insert(name, WeightArray { dims: view.shape().to_vec(), values });
    }
    Ok(weights)
}

/// A file of arrays, with a header under a key of the metadata.
///
/// # Errors
/// Arrays whose dimensions do not match their values.
pub fn write(weights: &Weights, header: Option<(&str, String)>) -> Result<Vec<u8>, SafeTensorError> {
    let whole = weights.iter().map(|(n, array)| (n, Stored { array, halves: None }));
    serialized(whole.collect(), header)
}

/// The same; an array whose numbers half precision holds exactly is stored so. burn does not read such files.
///
/// # Errors
/// Arrays whose dimensions do not match their values.
pub fn write_compact(weights: &Weights, header: Option<(&str, String)>) -> Result<Vec<u8>, SafeTensorError> {
    serialized(weights.iter().map(|(n, a)| (n, Stored::of(a))).collect(), header)
}

fn serialized(
    stored: Vec<(&str, Stored)>,
    header: Option<(&str, String)>,
) -> Result<Vec<u8>, SafeTensorError> {
    let views: Result<Vec<_>, _> = stored.iter().map(|(n, s)| s.view().map(|v| (*n, v))).collect();
    let header = header.map(|(key, text)| [(key.to_string(), text)].into());
    safetensors::serialize(views?, header)
}

/// The text under a key of a safetensors file's metadata, if there is one. The declared length of the header is checked
/// against [`limits::HEADER`] before it is read.
///
/// # Errors
/// The bytes are not safetensors, or truncated.
pub fn metadata(bytes: &[u8], key: &str) -> Result<Option<String>, String> {
    let length = bytes.first_chunk().map_or(0, |b| u64::from_le_bytes(*b));
    limits::within("bytes of the header", length, 0..=limits::HEADER as u64)?;
    let (_, meta) = SafeTensors::read_metadata(bytes).map_err(|e| e.to_string())?;
    Ok(meta.metadata().as_ref().and_then(|m| m.get(key)).cloned())
}

/// An array as it is stored.
struct Stored<'a> {
    array: &'a WeightArray,
    halves: Option<Vec<u16>>,
}

impl<'a> Stored<'a> {
    fn of(array: &'a WeightArray) -> Self {
        let fits = array.values.iter().copied().all(is_half);
        let halves = fits.then(|| array.values.iter().copied().map(to_half).collect());
        Self { array, halves }
    }

    fn view(&self) -> Result<TensorView<'_>, SafeTensorError> {
        let dims = self.array.dims.clone();
        match &self.halves {
            Some(halves) => TensorView::new(Dtype::F16, dims, bytemuck::cast_slice(halves)),
            None => TensorView::new(Dtype::F32, dims, bytemuck::cast_slice(&self.array.values)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_weights_take_half_the_bytes_and_come_back_exactly() {
        let mut weights = Weights::default();
        let values: Vec<f32> = (0..1000).map(|i| 1.0 / (i as f32 + 3.0)).collect();
        weights.insert("w", WeightArray { dims: vec![1000], values: values.clone() });
        weights.insert("scale.w", WeightArray { dims: vec![1], values: vec![1e-9] });
        let halved = weights.halved();
        let bytes = |w: &Weights| write_compact(w, None).unwrap();
        for w in [&weights, &halved] {
            let file = bytes(w);
            assert_eq!(&read(&SafeTensors::deserialize(&file).unwrap()).unwrap(), w);
        }
        assert!(bytes(&halved).len() + 1900 < bytes(&weights).len());
        assert_eq!(halved.get("scale.w", &[1]).unwrap(), [1e-9]);
        let near = halved.get("w", &[1000]).unwrap();
        assert!(near.iter().zip(&values).all(|(a, b)| (a - b).abs() <= b / 2048.0) && near != values);
    }
}
