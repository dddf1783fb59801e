//! Weights as the bytes of a safetensors file.

use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};

use super::net::weights::{Array, Weights};

/// The arrays of a file.
///
/// # Errors
/// Arrays that are not of f32, in words.
pub fn read(file: &SafeTensors) -> Result<Weights, String> {
    let mut weights = Weights::default();
    for (name, view) in file.iter() {
        let values = match view.dtype() {
            Dtype::F32 => bytemuck::pod_collect_to_vec(view.data()),
            other => return Err(format!("expected weights of f32, found {other:?} in `{name}`")),
        };
        weights.insert(name, Array { dims: view.shape().to_vec(), values });
    }
    Ok(weights)
}

/// A file of arrays, with a header of one's own under a key.
///
/// # Errors
/// Arrays whose dimensions do not hold their values.
pub fn write(weights: &Weights, header: Option<(&str, String)>) -> Result<Vec<u8>, SafeTensorError> {
    let views: Result<Vec<_>, _> = weights.iter().map(|(n, a)| view(a).map(|v| (n, v))).collect();
    let header = header.map(|(key, text)| [(key.to_string(), text)].into());
    safetensors::serialize(views?, header)
}

fn view(array: &Array) -> Result<TensorView<'_>, SafeTensorError> {
    TensorView::new(Dtype::F32, array.dims.clone(), bytemuck::cast_slice(&array.values))
}
