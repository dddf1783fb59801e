//! Reads files of numbers: a table of features (rows = samples), pictures, or summary statistics of a set. CSV and
//! other text formats, NumPy's `.npy` and `.npz`.

use std::io::Read;
use std::path::Path;

use super::image_set::ImageSet;
use super::npy::{ArrayHeader, ArrayPath};
use super::{SetError, csv, stacks};
use crate::metrics::SampleMatrix;
use crate::metrics::frechet::Statistics;
use world::limits;

/// File extensions of text tables.
const TEXTS: &[&str] = &["csv", "tsv", "txt", "dat"];

/// Contents of a file of numbers.
#[derive(Clone, Debug)]
pub enum Content {
    /// Features, one sample a row.
    Table(SampleMatrix),
    /// Pictures.
    Pictures(ImageSet),
    /// Mean and covariance of features, as saved by Fréchet distance (FID) tools.
    Statistics(Statistics),
}

/// Reads a file of numbers, with notes on what was assumed.
///
/// # Errors
/// No such file, an unknown extension, or unsupported contents; the line, row or array is named.
pub fn read(word: &Path, background: [u8; 3]) -> Result<(Content, Vec<String>), SetError> {
    let place = ArrayPath::of(word);
    if place.is_arrays() {
        let mut notes = Vec::new();
        return Ok((array(&place, background, &mut notes)?, notes));
    }
    let packed = word.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz"));
    let plain = if packed { word.with_extension("") } else { word.into() };
    let ending = plain.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if word.is_file() && !TEXTS.contains(&ending.as_str()) {
        let message =
            "expected a folder of pictures, or features in a .csv, .npy or .npz file (rows = samples)";
        return Err(SetError::input(word, message));
    }
    let read = limits::read(word, limits::ARRAY);
    let mut bytes = read.map_err(|e| SetError::input(word, format!("cannot be read: {e}")))?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        bytes = decompressed(&bytes).map_err(|e| SetError::input(word, e))?;
    }
    let csv::Numbers { columns, values, notes } = csv::parse(&bytes).map_err(|e| SetError::input(word, e))?;
    let table = SampleMatrix::new(columns, values).map_err(|e| SetError::table(word, e))?;
    Ok((Content::Table(table), notes))
}

/// Decompresses a gzip stream, up to the size limit.
fn decompressed(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    let mut stream = flate2::read::MultiGzDecoder::new(bytes).take(limits::ARRAY + 1);
    stream.read_to_end(&mut all).map_err(|e| format!("the gzip stream is damaged: {e}"))?;
    match all.len() as u64 > limits::ARRAY {
        true => Err(format!("expected at most {}, found more", limits::size(limits::ARRAY))),
        false => Ok(all),
    }
}

/// Reads a table of features.
///
/// # Errors
/// As [`read`], or the file holds something else.
pub fn table(word: &Path) -> Result<(SampleMatrix, Vec<String>), SetError> {
    match read(word, [255; 3])? {
        (Content::Table(table), notes) => Ok((table, notes)),
        _ => Err(SetError::input(
            word,
            "expected a table of numbers with two axes (rows, columns), found other arrays",
        )),
    }
}

/// Usual names of the mean and the covariance.
const MOMENTS: [&str; 2] = ["mu", "sigma"];
/// Alternative names, accepted only if the shapes are those of a mean and its covariance.
const ALIASES: [&[&str]; 2] = [&["m", "mean", "means"], &["s", "cov", "covariance"]];

/// The mean and the covariance among the arrays, if both are present.
fn moments(heads: &[ArrayHeader]) -> Option<[&ArrayHeader; 2]> {
    let named = |names: &[&str]| heads.iter().find(|h| names.contains(&h.name.as_str()));
    if let [Some(mu), Some(sigma)] = MOMENTS.map(|name| named(&[name])) {
        return Some([mu, sigma]);
    }
    let [mu, sigma] = [named(ALIASES[0])?, named(ALIASES[1])?];
    matches!((&mu.shape[..], &sigma.shape[..]), ([n], [a, b]) if n == a && n == b).then_some([mu, sigma])
}

fn array(place: &ArrayPath, background: [u8; 3], notes: &mut Vec<String>) -> Result<Content, SetError> {
    let heads = place.heads()?;
    let moments = moments(&heads);
    let is_moment = |h: &ArrayHeader| moments.is_some_and(|m| m.contains(&h));
    let others = |h: &ArrayHeader| {
        !is_moment(h) && !h.name.starts_with("mu") && !h.name.starts_with("sigma") && h.axes().len() > 1
    };
    if let (Some([mu, sigma]), None) = (moments, &place.array)
        && !heads.iter().any(others)
    {
        let statistics = Statistics::new(place.load(mu, |v| v)?.values, place.load(sigma, |v| v)?.values);
        return statistics.map(Content::Statistics).map_err(|e| SetError::table(&place.path, e));
    }
    let head = chosen(place, &heads, notes)?;
    let wrong = |message: String| SetError::input(&place.path, message);
    head.check().map_err(|e| wrong(format!("no readable array: {e}")))?;
    match head.axes()[..] {
        [rows, columns] if rows == 0 || columns == 0 => {
            Err(wrong(format!("holds no samples: its shape is {:?}", head.shape)))
        }
        [_, columns] => {
            let values = place.load(head, |v| v)?.values;
            let table = SampleMatrix::new(columns, values).map_err(|e| SetError::table(&place.path, e))?;
            Ok(Content::Table(table))
        }
        [_, _, _] | [_, _, _, _] => Ok(Content::Pictures(stacks::read(place, head, background, notes)?)),
        _ => Err(wrong(format!(
            "expected an array of two axes (samples, features), or of pictures (samples, height, width, colours), found {:?}",
            head.shape
        ))),
    }
}

/// The array to read: the one named, or the only one that can hold samples.
fn chosen<'a>(
    place: &ArrayPath,
    heads: &'a [ArrayHeader],
    notes: &mut Vec<String>,
) -> Result<&'a ArrayHeader, SetError> {
    let named = |h: &ArrayHeader| format!("{} {:?}", h.name, h.shape);
    let all = || heads.iter().map(named).collect::<Vec<_>>().join(", ");
    if let Some(name) = &place.array {
        let found = heads.iter().find(|h| h.name == *name);
        return found
            .ok_or_else(|| SetError::input(&place.path, format!("has no array `{name}`; it has {}", all())));
    }
    let fit = |h: &&ArrayHeader| h.axes().len() > 1 && !MOMENTS.contains(&h.name.as_str());
    let mut fitting = heads.iter().filter(fit);
    match (fitting.next(), fitting.next(), heads) {
        (_, _, [only]) => Ok(only),
        (Some(one), None, _) => {
            let rest: Vec<String> = heads.iter().filter(|h| *h != one).map(named).collect();
            notes.push(format!("read array `{}`; ignored: {}", one.name, rest.join(", ")));
            Ok(one)
        }
        _ => {
            let message = format!(
                "holds several arrays: {}; name one, as in `{}?array={}`",
                all(),
                place.path.display(),
                heads[0].name
            );
            Err(SetError::input(&place.path, message))
        }
    }
}

#[cfg(test)]
mod tests;
