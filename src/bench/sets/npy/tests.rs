use std::io::{Cursor, Write};

use proptest::prelude::*;

use super::*;

/// Output of `numpy.save`, version 1.0.
pub fn saved(descr: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend((header.len() as u16).to_le_bytes());
    out.extend(header.bytes());
    out.extend(data);
    out
}

/// Output of `numpy.savez` (or `savez_compressed`).
pub fn zipped(arrays: &[(&str, Vec<u8>)], method: zip::CompressionMethod) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in arrays {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        zip.start_file(format!("{name}.npy"), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn read(name: &str, bytes: &[u8]) -> Result<Vec<NpyArray<f64>>, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let place = ArrayPath::of(&path);
    let error = |e: SetError| e.to_string().rsplit(name).next().unwrap().to_string();
    let heads = place.heads().map_err(error)?;
    heads.iter().map(|h| place.load(h, |v| v).map_err(error)).collect()
}

fn bytes<T, const N: usize>(values: &[T], one: impl Fn(&T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(one).collect()
}

#[test]
fn every_numeric_type_in_either_byte_order_is_read() {
    let n = [0i8, 1, 2, 3, 100, 127];
    let wanted: Vec<f64> = n.iter().map(|v| f64::from(*v)).collect();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("<f8", bytes(&n, |v| f64::from(*v).to_le_bytes())),
        (">f8", bytes(&n, |v| f64::from(*v).to_be_bytes())),
        ("<f4", bytes(&n, |v| f32::from(*v).to_le_bytes())),
        (">f4", bytes(&n, |v| f32::from(*v).to_be_bytes())),
        ("<f2", bytes(&n, |v| half::f16::from(*v).to_le_bytes())),
        (">f2", bytes(&n, |v| half::f16::from(*v).to_be_bytes())),
        ("<i8", bytes(&n, |v| i64::from(*v).to_le_bytes())),
        (">i8", bytes(&n, |v| i64::from(*v).to_be_bytes())),
        ("<i4", bytes(&n, |v| i32::from(*v).to_le_bytes())),
        (">i2", bytes(&n, |v| i16::from(*v).to_be_bytes())),
        ("|i1", bytes(&n, |v| v.to_le_bytes())),
        ("<u8", bytes(&n, |v| (*v as u64).to_le_bytes())),
        (">u4", bytes(&n, |v| (*v as u32).to_be_bytes())),
        ("<u2", bytes(&n, |v| (*v as u16).to_le_bytes())),
        ("|u1", bytes(&n, |v| [*v as u8])),
    ];
    for (descr, data) in cases {
        let found = read("a.npy", &saved(descr, false, "(2, 3)", &data)).unwrap();
        assert_eq!((&found[0].values, &found[0].head.shape[..]), (&wanted, &[2, 3][..]), "{descr}");
    }
    let bools = read("a.npy", &saved("|b1", false, "(2, 3)", &[1, 0, 0, 1, 1, 1])).unwrap();
    assert_eq!(bools[0].values, [1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    let negative = read("a.npy", &saved("|i1", false, "(1, 2)", &[0xff, 0x80])).unwrap();
    assert_eq!(negative[0].values, [-1.0, -128.0]);
}

proptest! {
    #[test]
    fn fortran_order_is_converted(shape in prop::collection::vec(1usize..5, 1..5)) {
        let all: usize = shape.iter().product();
        // Each number encodes its position.
        let place = |mut i: usize| {
            let mut name = 0;
            for (axis, n) in shape.iter().enumerate() {
                name += i % n * 10usize.pow(axis as u32);
                i /= n;
            }
            name as f64
        };
        let data: Vec<u8> = (0..all).flat_map(|i| place(i).to_le_bytes()).collect();
        let text = format!("({},)", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", "));
        let found = read("a.npy", &saved("<f8", true, &text, &data)).unwrap().remove(0);
        for (i, v) in found.values.iter().enumerate() {
            let mut rest = i;
            let mut wanted = 0;
            for (axis, n) in shape.iter().enumerate().rev() {
                wanted += rest % n * 10usize.pow(axis as u32);
                rest /= n;
            }
            prop_assert_eq!(*v, wanted as f64);
        }
    }

    #[test]
    fn damaged_arrays_give_values_or_an_error(places in prop::collection::vec((0usize..300, any::<u8>()), 0..8), zip: bool, cut in 0usize..400) {
        let data = bytes(&[1.0f64; 12], |v| v.to_le_bytes());
        let mut file = saved("<f8", false, "(4, 3)", &data);
        if zip {
            file = zipped(&[("a", file.clone()), ("b", file)], zip::CompressionMethod::Deflated);
        }
        for (place, value) in places {
            let n = file.len();
            file[place % n] = value;
        }
        file.truncate(cut);
        match read(if zip { "a.npz" } else { "a.npy" }, &file) {
            Ok(arrays) => {
                let full = |a: &NpyArray<f64>| a.values.len() == a.head.shape.iter().product::<usize>();
                prop_assert!(!arrays.is_empty() && arrays.iter().all(full));
            }
            Err(e) => prop_assert!(!e.trim().is_empty()),
        }
    }
}

#[test]
fn archives_are_read_stored_and_deflated() {
    let one = saved("<f8", false, "(1, 2)", &bytes(&[1.0, 2.0], |v: &f64| v.to_le_bytes()));
    let two = saved("|u1", false, "(3,)", &[7, 8, 9]);
    for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
        let file = zipped(
            &[("features", one.clone()), ("labels", two.clone()), ("__MACOSX/._features", vec![1])],
            method,
        );
        let found = read("a.npz", &file).unwrap();
        let names: Vec<&str> = found.iter().map(|a| a.head.name.as_str()).collect();
        assert_eq!((names, &found[1].values), (vec!["features", "labels"], &vec![7.0, 8.0, 9.0]));
    }
}

/// A flipped bit in the data is detected by the checksum, whether it still decompresses or not, as in NumPy.
#[test]
fn damaged_archive_data_is_rejected() {
    let numbers: Vec<f64> = (0..64).map(|i| f64::from(i * i % 17)).collect();
    let array = saved("<f8", false, "(16, 4)", &bytes(&numbers, |v| v.to_le_bytes()));
    for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
        let whole = zipped(&[("a", array.clone())], method);
        assert_eq!(read("a.npz", &whole).unwrap()[0].values, numbers);
        // The data lies between the headers of entry and array and the central directory.
        let directory = whole.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        let data = if method == zip::CompressionMethod::Stored { directory - 512 } else { 40 };
        let flipped = |place: usize| {
            let mut file = whole.clone();
            file[place] ^= 0x10;
            read("a.npz", &file)
        };
        for place in data..directory {
            match flipped(place) {
                // A bit without meaning.
                Ok(found) => assert_eq!(found[0].values, numbers),
                Err(e) => assert!(e.lines().count() == 1 && e.contains("`a`"), "{place}: {e}"),
            }
        }
        let error = flipped(directory - (directory - data) / 4).unwrap_err();
        assert!(error.starts_with(": no readable .npz array: the array `a` is damaged: "), "{error}");
    }
}

/// Python 2 wrote long integers with an L.
#[test]
fn arrays_of_python_2_are_read() {
    let data = bytes(&[1.0f64; 10], |v| v.to_le_bytes());
    let found = read("a.npy", &saved("<f8", false, "(2L, 5L)", &data)).unwrap();
    assert_eq!((&found[0].head.shape[..], found[0].values.len()), (&[2, 5][..], 10));
}

#[test]
fn invalid_and_oversized_arrays_are_reported() {
    let says = |name: &str, file: &[u8], words: &str| {
        let e = read(name, file).unwrap_err();
        assert!(e.contains(words), "{e}");
    };
    says("a.npy", b"1,2", "no readable .npy array: expected NumPy's magic");
    says("a.npy", &saved("<f8", false, "(2, 3)", &[0; 16]), "no readable .npy array");
    says("a.npy", &saved("<f8", false, "(4000000000, 4000000000)", &[0; 16]), "at most 8.0 GiB");
    says("a.npy", &saved("<f8", false, "(99999, 99999)", &[0; 16]), "at most 8.0 GiB");
    says(
        "a.npy",
        &saved("<f8", false, "(9999, 9999)", &[0; 16]),
        "[9999, 9999] numbers of 8 bytes are promised",
    );
    says("a.npy", &saved("<c16", false, "(1, 1)", &[0; 16]), "found c16");
    says("a.npy", &saved("|O", false, "(1, 1)", &[0; 16]), "Python objects");
    says("a.npy", &saved("<f8", false, &"(".repeat(5000), &[0; 16]), "nested brackets");
    says(
        "a.npy",
        &saved("<f8", false, "(2\n5)", &[0; 80]),
        "its header is not a NumPy header dictionary; it begins `{'descr': '<f8', 'fortran_order': False, 'shape': (2\\n5), }`",
    );
    says("a.npy", &saved("<f8", false, "(-2, 5)", &[0; 80]), "its header cannot be read: dimension");
    says("a.npy", &saved("<f8", false, "(2, 5)", &[0; 80])[..60], "expected more bytes, found the end");
    let mut long = b"\x93NUMPY\x02\x00\xff\xff\xff\xff".to_vec();
    long.extend([b' '; 50]);
    says("a.npy", &long, "bytes of its header: expected 1 to 16384, found 4294967295");
    says("a.npz", b"PK no archive", "no readable .npz array");
    says("a.npz", &zipped(&[], zip::CompressionMethod::Stored), "holds no arrays");
}

#[test]
fn axes_omit_trailing_ones() {
    let axes = |shape: &[usize]| {
        ArrayHeader { name: String::new(), shape: shape.into(), kind: "f8".into() }.axes().to_vec()
    };
    assert_eq!(axes(&[40, 6, 1, 1]), [40, 6]);
    assert_eq!(axes(&[40, 1, 28, 28]), [40, 1, 28, 28]);
    assert_eq!(axes(&[40, 28, 28, 1]), [40, 28, 28]);
    assert_eq!((axes(&[1, 1, 1, 1]), axes(&[40]), axes(&[])), (vec![1, 1], vec![40], vec![]));
}
