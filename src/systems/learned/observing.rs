//! What systems share that look with the eyes of a judge: the file of its weights, and pictures as it sees them.

use std::sync::LazyLock;

use judge::Judge;
use judge::sight::dream::resized;
use world::field::Field;
use world::frame::colour::{linear_of_srgb, srgb_of_linear};
use world::rng::Rng;
use world::system::{Fault, TextKind, TextSpec, Texts};

/// The setting of these systems.
pub const TEXTS: &[TextSpec] = &[TextSpec {
    name: "judge",
    about: "Weights of a judge (`untrained train`), relative to the scene file; without it, the shipped one. Its backbone \
            must be one of convolutions.",
    kind: TextKind::File,
}];

/// The judge that a scene names, or the shipped one.
pub fn judge(texts: &Texts) -> Result<Judge, Fault> {
    let judge = match texts.file("judge") {
        Some(path) => Judge::load(&path),
        None => Judge::shipped(),
    };
    judge.map_err(|e| fault(e.to_string()))
}

/// A fault of that setting.
pub fn fault(message: String) -> Fault {
    Fault::at("judge", message)
}

/// A picture in linear light as a judge's input of `channels`: sRGB in 0..1, channels last, each pixel the mean of what it
/// covers, as [`data::reduce`](data::reduce::reduce) does it for files.
pub fn seen(field: &Field, (height, width): (usize, usize), channels: usize) -> Vec<f32> {
    let span = |i: usize, of: usize, from: usize| {
        let begin = (i * from / of).min(from - 1);
        begin..((i + 1) * from / of).max(begin + 1)
    };
    let mut out = Vec::with_capacity(height * width * channels);
    for y in 0..height {
        let rows = span(y, height, field.height());
        for x in 0..width {
            let columns = span(x, width, field.width());
            let n = (rows.len() * columns.len()) as f32;
            let colour: [f32; 3] = std::array::from_fn(|c| {
                let plane = c.min(field.planes() - 1);
                let cells = rows.clone().flat_map(|y| &field.row(plane, y)[columns.clone()]);
                cells.map(|v| srgb(*v)).sum::<f32>() / n
            });
            match channels {
                1 => out.push(0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]),
                _ => out.extend(colour),
            }
        }
    }
    out
}

/// sRGB of the squares of steps of 0..1: finest where the curve is steepest.
static SRGB: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let square = |i: usize| (i * i) as f64 / (Light::STEPS * Light::STEPS) as f64;
    (0..=Light::STEPS).map(|i| srgb_of_linear(square(i)) as f32).collect()
});

/// sRGB of linear light, within a thousandth.
fn srgb(light: f32) -> f32 {
    SRGB[(light.clamp(0.0, 1.0).sqrt() * Light::STEPS as f32 + 0.5) as usize]
}

/// A plane in 0..1 at another size, each pixel the value at its middle.
pub fn seen_plain(field: &Field, (height, width): (usize, usize)) -> Vec<f32> {
    let place = |i: usize, of: usize, from: usize| ((2 * i + 1) * from / (2 * of)).min(from - 1);
    let row = |y: usize| {
        let row = field.row(0, place(y, height, field.height()));
        (0..width).map(move |x| row[place(x, width, row.len())].clamp(0.0, 1.0))
    };
    (0..height).flat_map(row).collect()
}

/// Grey with soft clouds of colour: what there is to see without a picture.
pub fn soft_noise(size: (usize, usize), channels: usize, rng: Rng) -> Vec<f32> {
    let coarse = (size.0.div_ceil(12), size.1.div_ceil(12));
    let value = |i: usize| 0.5 + 0.12 * rng.normal(i as u64);
    let clouds: Vec<f32> = (0..coarse.0 * coarse.1 * channels).map(value).collect();
    resized(&clouds, coarse, size, channels).iter().map(|v| v.clamp(0.0, 1.0)).collect()
}

/// A table from sRGB to linear light.
pub struct Light(Vec<f32>);

impl Light {
    const STEPS: usize = 1024;

    /// The table.
    pub fn new() -> Self {
        Self((0..=Self::STEPS).map(|i| linear_of_srgb(i as f64 / Self::STEPS as f64) as f32).collect())
    }

    /// Linear light of a value in 0..1.
    pub fn of(&self, v: f32) -> f32 {
        self.0[(v.clamp(0.0, 1.0) * Self::STEPS as f32 + 0.5) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_averaged_in_the_bytes_of_files() {
        let mut field = Field::new(4, 2, 3);
        field.plane_mut(0).copy_from_slice(&[0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let picture = seen(&field, (1, 2), 3);
        assert_eq!(picture, [0.5, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!((seen(&field, (1, 2), 1)[0] - 0.5 * 0.2126).abs() < 1e-6);
        for light in [0.0f32, 0.001, 0.02, 0.2, 0.7, 1.0] {
            assert!((srgb(light) as f64 - srgb_of_linear(light as f64)).abs() < 1e-3);
        }
        assert_eq!(seen(&field, (2, 8), 3).len(), 48, "larger than the field: cells are repeated");
        let light = Light::new();
        assert!((light.of(0.5) as f64 - linear_of_srgb(0.5)).abs() < 1e-3 && light.of(7.0) == 1.0);
    }

    #[test]
    fn a_judge_that_cannot_be_read_is_a_fault_of_the_setting() {
        let texts = Texts::default().with("judge", "no.safetensors");
        let fault = judge(&texts).err().unwrap();
        assert!(fault.at == "judge" && fault.message.contains("no.safetensors"), "{fault:?}");
    }
}
