//! Numeric arrays in MATLAB's files of level 5 (MathWorks, *MAT-File Format*, 2019): a header of 128 bytes, then elements,
//! each with its type and its number of bytes, plain or compressed by zlib. Read: real arrays of numbers, of two or more
//! dimensions. Text, structures and cells beside them are passed over.

use std::io::Read;
use std::path::Path;

use flate2::read::ZlibDecoder;

use super::DataError;
use world::limits;

/// A named array.
#[derive(Clone, Debug, PartialEq)]
pub struct MatArray {
    /// Its name.
    pub name: String,
    /// Its size along each dimension.
    pub dims: Vec<usize>,
    /// Its values, the first dimension running fastest.
    pub values: Vec<f64>,
}

const HEADER: usize = 128;
/// Bytes of an array, uncompressed.
const LARGEST: usize = 1 << 28;
const COMPRESSED: u32 = 15;
const MATRIX: u32 = 14;
/// Classes of arrays of numbers: double, single, and eight whole ones.
const NUMBERS: std::ops::RangeInclusive<u8> = 6..=15;
const COMPLEX: u8 = 8;

/// The arrays of numbers in a file.
///
/// # Errors
/// The file cannot be read, is of another version (7.3 is HDF5), or is damaged; the message names the element.
pub fn read(path: &Path) -> Result<Vec<MatArray>, DataError> {
    let bytes = limits::read(path, limits::ARRAY).map_err(|e| DataError::io("read", path, e))?;
    parse(&bytes).map_err(|e| DataError::input(path, e))
}

/// The values of one array of a file.
///
/// # Errors
/// As [`read`], or there is no such array.
pub fn values(path: &Path, name: &str) -> Result<Vec<f64>, DataError> {
    let arrays = read(path)?;
    let names: Vec<&str> = arrays.iter().map(|a| a.name.as_str()).collect();
    let message = format!(
        "expected an array `{name}`, found {}",
        if names.is_empty() { "none".into() } else { names.join(", ") }
    );
    let found = arrays.into_iter().find(|a| a.name == name);
    found.map(|a| a.values).ok_or_else(|| DataError::input(path, message))
}

fn parse(bytes: &[u8]) -> Result<Vec<MatArray>, String> {
    if bytes.starts_with(b"\x89HDF") || bytes.starts_with(b"MATLAB 7.3") {
        return Err("expected a MATLAB file of level 5, found version 7.3 (HDF5); save it with `-v7`".into());
    }
    let (version, order) = match bytes.get(124..HEADER) {
        Some([a, b, c, d]) => ([*a, *b], [*c, *d]),
        _ => {
            return Err(format!(
                "expected a MATLAB file with a header of {HEADER} bytes, found {} bytes",
                bytes.len()
            ));
        }
    };
    let is_big = match (&order, version) {
        (b"IM", [0, 1]) => false,
        (b"MI", [1, 0]) => true,
        _ => return Err("expected a MATLAB file of level 5 (version 0x0100), found another header".into()),
    };
    let (mut cursor, mut arrays) = (Cursor { bytes: &bytes[HEADER..], is_big }, Vec::new());
    while !cursor.bytes.is_empty() {
        let place = arrays.len() + 1;
        let element = cursor.element(false).and_then(|(kind, data)| array(kind, data, is_big));
        arrays.push(element.map_err(|e| format!("element {place}: {e}"))?);
    }
    Ok(arrays.into_iter().flatten().collect())
}

/// An element at the top; none if it is no array of numbers.
fn array(kind: u32, data: &[u8], is_big: bool) -> Result<Option<MatArray>, String> {
    match kind {
        MATRIX => matrix(data, is_big),
        COMPRESSED => {
            let mut inflated = Vec::new();
            let mut decoder = ZlibDecoder::new(data).take(LARGEST as u64 + 1);
            decoder.read_to_end(&mut inflated).map_err(|e| format!("cannot be uncompressed: {e}"))?;
            limits::within("uncompressed bytes", inflated.len(), 0..=LARGEST)?;
            let (kind, data) = Cursor { bytes: &inflated, is_big }.element(true)?;
            if kind == MATRIX { matrix(data, is_big) } else { Ok(None) }
        }
        _ => Ok(None),
    }
}

fn matrix(data: &[u8], is_big: bool) -> Result<Option<MatArray>, String> {
    let mut parts = Cursor { bytes: data, is_big };
    let (_, flags) = parts.element(true)?;
    let flags: [u8; 4] = flags.get(..4).and_then(|f| f.try_into().ok()).ok_or("expected flags of 8 bytes")?;
    let word = if is_big { u32::from_be_bytes(flags) } else { u32::from_le_bytes(flags) };
    let (class, flags) = (word as u8, (word >> 8) as u8);
    if !NUMBERS.contains(&class) {
        return Ok(None);
    }
    let (kind, dims) = parts.element(true)?;
    let dims: Vec<usize> = numbers(kind, dims, is_big)?.into_iter().map(|d| d as usize).collect();
    let (_, name) = parts.element(true)?;
    let name = String::from_utf8_lossy(name).into_owned();
    limits::name("the name of an array", &name)?;
    if flags & COMPLEX != 0 {
        return Err(format!("`{name}`: expected real numbers, found complex ones"));
    }
    let (kind, data) = parts.element(true)?;
    let count = dims.iter().try_fold(1usize, |n, d| n.checked_mul(*d)).unwrap_or(usize::MAX);
    let found = data.len() / width(kind)?;
    if dims.len() < 2 || count != found {
        let shape = dims.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ");
        return Err(format!("`{name}`: expected {shape} numbers, found {found}"));
    }
    let values = numbers(kind, data, is_big)?;
    Ok(Some(MatArray { name, dims, values }))
}

/// Bytes of a number of a type.
fn width(kind: u32) -> Result<usize, String> {
    match kind {
        1 | 2 => Ok(1),
        3 | 4 => Ok(2),
        5..=7 => Ok(4),
        9 | 12 | 13 => Ok(8),
        _ => Err(format!("expected a type of numbers, found type {kind}")),
    }
}

/// Numbers of a type: MATLAB stores an array in the smallest type that holds its values.
fn numbers(kind: u32, data: &[u8], is_big: bool) -> Result<Vec<f64>, String> {
    let width = width(kind)?;
    let one = |bytes: &[u8]| {
        let mut word = [0u8; 8];
        // As little-endian.
        bytes.iter().enumerate().for_each(|(i, b)| word[if is_big { width - 1 - i } else { i }] = *b);
        let bits = u64::from_le_bytes(word);
        match kind {
            1 => f64::from(bits as u8 as i8),
            3 => f64::from(bits as u16 as i16),
            5 => f64::from(bits as u32 as i32),
            7 => f64::from(f32::from_bits(bits as u32)),
            9 => f64::from_bits(bits),
            12 => bits as i64 as f64,
            _ => bits as f64,
        }
    };
    Ok(data.chunks_exact(width).map(one).collect())
}

struct Cursor<'a> {
    bytes: &'a [u8],
    is_big: bool,
}

impl<'a> Cursor<'a> {
    fn word(&self, at: usize) -> Result<u32, String> {
        let word = self.bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).ok_or("it is cut off")?;
        Ok(if self.is_big { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) })
    }

    /// The next element: its type and its bytes. Within arrays elements begin at multiples of eight bytes, and those of up
    /// to four bytes have a short form, with the number of bytes in the upper half of the first word.
    fn element(&mut self, is_padded: bool) -> Result<(u32, &'a [u8]), String> {
        let first = self.word(0)?;
        let (kind, start, length) = match first >> 16 {
            0 => (first, 8, self.word(4)? as usize),
            length => (first & 0xffff, 4, length as usize),
        };
        let end = start + length;
        let data = self.bytes.get(start..end).ok_or_else(|| {
            let there = self.bytes.len().saturating_sub(start);
            format!("it is cut off: expected {length} bytes, found {there}")
        })?;
        let next = match (start, is_padded || kind != COMPRESSED) {
            (4, _) => 8,
            (_, true) => end.next_multiple_of(8),
            (_, false) => end,
        };
        self.bytes = self.bytes.get(next.min(self.bytes.len())..).unwrap_or_default();
        Ok((kind, data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// A writer that knows nothing of the reader: one array of a type and class.
    fn element(kind: u32, data: &[u8]) -> Vec<u8> {
        let mut all = [kind.to_le_bytes(), (data.len() as u32).to_le_bytes()].concat();
        all.extend(data);
        all.resize(all.len().next_multiple_of(8), 0);
        all
    }

    fn short(kind: u16, data: &[u8]) -> Vec<u8> {
        let mut all = [kind.to_le_bytes(), (data.len() as u16).to_le_bytes()].concat();
        all.extend(data);
        all.resize(8, 0);
        all
    }

    fn matrix(class: u32, dims: &[i32], name: &[u8], data: Vec<u8>) -> Vec<u8> {
        let dims: Vec<u8> = dims.iter().flat_map(|d| d.to_le_bytes()).collect();
        let flags = [class.to_le_bytes(), [0; 4]].concat();
        let name = if name.len() > 4 { element(1, name) } else { short(1, name) };
        element(14, &[element(6, &flags), element(5, &dims), name, data].concat())
    }

    fn file(elements: &[Vec<u8>]) -> Vec<u8> {
        let mut head = b"MATLAB 5.0 MAT-file, made by a test".to_vec();
        head.resize(124, b' ');
        [head, vec![0, 1, b'I', b'M'], elements.concat()].concat()
    }

    fn compressed(element: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(element).unwrap();
        let data = encoder.finish().unwrap();
        [15u32.to_le_bytes().to_vec(), (data.len() as u32).to_le_bytes().to_vec(), data].concat()
    }

    #[test]
    fn arrays_are_read_plain_and_compressed_in_every_type() {
        let bytes = |all: &[f64]| all.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        let double = matrix(6, &[2, 3], b"labels", element(9, &bytes(&[1.0, -2.5, 3.0, 4.0, 5.0, 1e300])));
        // Doubles stored as bytes, in the short form.
        let small = matrix(6, &[1, 3], b"tst", short(2, &[7, 0, 255]));
        let text = matrix(4, &[1, 2], b"note", short(16, b"ab"));
        let halves: Vec<u8> = [-3i16, 300].iter().flat_map(|v| v.to_le_bytes()).collect();
        let int = matrix(10, &[2, 1], b"i", short(3, &halves));
        let single = matrix(7, &[1, 1], b"f", short(7, &1.5f32.to_le_bytes()));
        for all in [
            file(&[double.clone(), text.clone(), small.clone(), int.clone(), single.clone()]),
            file(&[&double, &text, &small, &int, &single].map(|e| compressed(e))),
        ] {
            let found = parse(&all).unwrap();
            let names: Vec<&str> = found.iter().map(|a| a.name.as_str()).collect();
            assert_eq!(names, ["labels", "tst", "i", "f"]);
            assert_eq!(
                (found[0].dims.clone(), found[0].values.clone()),
                (vec![2, 3], vec![1.0, -2.5, 3.0, 4.0, 5.0, 1e300])
            );
            assert_eq!(found[1].values, [7.0, 0.0, 255.0]);
            assert_eq!((found[2].values.clone(), found[3].values.clone()), (vec![-3.0, 300.0], vec![1.5]));
        }
    }

    #[test]
    fn big_endian_files_are_read() {
        let flags = [0u32, 6].map(|_| 6u32.to_be_bytes());
        let part = |kind: u32, data: &[u8]| {
            let mut all = [kind.to_be_bytes(), (data.len() as u32).to_be_bytes()].concat();
            all.extend(data);
            all.resize(all.len().next_multiple_of(8), 0);
            all
        };
        let dims = [1i32, 2].map(i32::to_be_bytes).concat();
        let values = [2.5f64, -7.0].map(f64::to_be_bytes).concat();
        let body = [part(6, &flags.concat()), part(5, &dims), part(1, b"x"), part(9, &values)].concat();
        let mut head = vec![b' '; 124];
        head.extend([1, 0, b'M', b'I']);
        let all = [head, part(14, &body)].concat();
        assert_eq!(parse(&all).unwrap()[0].values, [2.5, -7.0]);
    }

    #[test]
    fn damaged_files_are_told_and_nothing_is_allocated_for_them() {
        let told = |bytes: &[u8]| parse(bytes).unwrap_err();
        let whole = file(&[matrix(6, &[1, 3], b"x", short(2, &[7, 0, 9]))]);
        for cut in 0..whole.len() {
            assert_eq!(
                parse(&whole[..cut]).is_ok(),
                cut == HEADER,
                "{cut}: a header alone is a file of nothing"
            );
        }
        assert!(told(b"MATLAB 7.3 MAT-file").contains("-v7") && told(b"PK").contains("found 2 bytes"));
        let wrong = file(&[matrix(6, &[1 << 30, 1 << 30], b"huge", short(2, &[7, 0, 9]))]);
        assert!(
            told(&wrong).contains("element 1: `huge`: expected 1073741824 × 1073741824 numbers, found 3")
        );
        let negative = file(&[matrix(6, &[-1, 3], b"neg", short(2, &[7]))]);
        assert!(told(&negative).contains("`neg`"));
        let long = file(&[[14u32.to_le_bytes(), u32::MAX.to_le_bytes()].concat()]);
        assert!(told(&long).contains("expected 4294967295 bytes, found 0"));
        let mut complex = file(&[matrix(6 | 8 << 8, &[1, 1], b"z", short(2, &[7]))]);
        assert!(told(&complex).contains("complex"));
        complex[126..128].copy_from_slice(b"XX");
        assert!(told(&complex).contains("another header"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_the_reader(seed in proptest::collection::vec(proptest::num::u8::ANY, 0..200), at in 0usize..400) {
            let mut bytes = file(&[matrix(6, &[2, 3], b"labels", element(9, &[0; 48])), compressed(&matrix(6, &[1, 1], b"x", short(2, &[7])))]);
            let at = (HEADER + at).min(bytes.len());
            let end = (at + seed.len()).min(bytes.len());
            bytes[at..end].copy_from_slice(&seed[..end - at]);
            let told = parse(&bytes).err();
            proptest::prop_assert!(told.is_none_or(|e| !e.is_empty()));
        }
    }
}
