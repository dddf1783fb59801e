//! Weights as the bytes of a safetensors file.

use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};

use super::net::weights::{WeightArray, Weights};
use world::limits;

/// The arrays of a file.
///
/// # Errors
/// Arrays that are not of finite f32.
pub fn read(file: &SafeTensors) -> Result<Weights, String> {
    let mut weights = Weights::default();
    for (name, view) in file.iter() {
        let values: Vec<f32> = match view.dtype() {
            Dtype::F32 => bytemuck::pod_collect_to_vec(view.data()),
            other => return Err(format!("expected weights of f32, found {other:?} in `{name}`")),
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
    let views: Result<Vec<_>, _> = weights.iter().map(|(n, a)| view(a).map(|v| (n, v))).collect();
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

fn view(array: &WeightArray) -> Result<TensorView<'_>, SafeTensorError> {
    TensorView::new(Dtype::F32, array.dims.clone(), bytemuck::cast_slice(&array.values))
}
