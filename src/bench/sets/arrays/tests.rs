use super::super::npy::tests::{saved, zipped};
use super::*;

fn content(name: &str, bytes: &[u8]) -> Result<(Content, Vec<String>), String> {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = name.split_once('?').unwrap_or((name, ""));
    std::fs::write(dir.path().join(file), bytes).unwrap();
    read(&dir.path().join(name), [255; 3]).map_err(|e| e.to_string())
}

fn parse(name: &str, bytes: &[u8]) -> Result<SampleMatrix, String> {
    match content(name, bytes)?.0 {
        Content::Table(table) => Ok(table),
        other => panic!("{other:?}"),
    }
}

fn pictures(bytes: &[u8]) -> Result<ImageSet, String> {
    match content("a.npy", bytes)?.0 {
        Content::Pictures(pictures) => Ok(pictures),
        other => panic!("{other:?}"),
    }
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

#[test]
fn texts_and_arrays_of_either_order_give_the_same_table() {
    let expected = SampleMatrix::new(3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
    let c = saved("<f8", false, "(2, 3)", &doubles(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let f = saved("<f8", true, "(2, 3)", &doubles(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]));
    let squeezed = saved("|u1", false, "(2, 3, 1, 1)", &[1, 2, 3, 4, 5, 6]);
    for bytes in [&c, &f, &squeezed] {
        assert_eq!(parse("a.npy", bytes).unwrap(), expected);
    }
    let zip = zipped(&[("arr_0", c.clone())], zip::CompressionMethod::Deflated);
    assert_eq!(parse("a.npz", &zip).unwrap(), expected);
    for name in ["a.csv", "a.CSV", "a.tsv", "a.txt"] {
        assert_eq!(parse(name, b"x,y,z\r\n1,2,3\r\n4, 5,6").unwrap(), expected);
    }
}

#[test]
fn of_several_arrays_the_only_candidate_is_read_or_a_name_is_required() {
    let a = saved("<f8", false, "(2, 2)", &doubles(&[1.0, 2.0, 3.0, 4.0]));
    let b = saved("<f8", false, "(1, 2)", &doubles(&[5.0, 6.0]));
    let labels = saved("|u1", false, "(2,)", &[0, 1]);
    let zip = |arrays: &[(&str, Vec<u8>)]| zipped(arrays, zip::CompressionMethod::Stored);
    let (found, notes) = content("a.npz", &zip(&[("labels", labels.clone()), ("x", a.clone())])).unwrap();
    assert!(matches!(found, Content::Table(t) if t.rows() == 2));
    assert_eq!(notes, ["read array `x`; ignored: labels [2]"]);
    let both = zip(&[("x", a.clone()), ("y", b.clone())]);
    let error = content("a.npz", &both).unwrap_err();
    assert!(error.contains("several arrays: x [2, 2], y [1, 2]") && error.contains("?array=x"), "{error}");
    assert_eq!(parse("a.npz?array=y", &both).unwrap().values(), [5.0, 6.0]);
    assert!(content("a.npz?array=z", &both).unwrap_err().contains("no array `z`; it has x [2, 2]"));
}

#[test]
fn mean_and_covariance_are_recognised() {
    let mu = saved("<f8", false, "(2,)", &doubles(&[1.0, 2.0]));
    let sigma = saved("<f8", false, "(2, 2)", &doubles(&[2.0, 0.5, 0.5, 1.0]));
    let zip = |arrays: &[(&str, Vec<u8>)]| zipped(arrays, zip::CompressionMethod::Stored);
    let both = zip(&[("mu", mu.clone()), ("sigma", sigma.clone())]);
    assert!(matches!(content("a.npz", &both).unwrap().0, Content::Statistics(s) if s.mean() == [1.0, 2.0]));
    // Under other names too, if the shapes match; otherwise they may be anything.
    let named = zip(&[("m", mu.clone()), ("s", sigma.clone())]);
    assert!(matches!(content("a.npz", &named).unwrap().0, Content::Statistics(s) if s.mean() == [1.0, 2.0]));
    let table = saved("<f8", false, "(3, 2)", &doubles(&[1.0; 6]));
    let other = zip(&[("mean", mu.clone()), ("cov", table)]);
    assert!(matches!(content("a.npz", &other).unwrap().0, Content::Table(t) if t.rows() == 3));
    // With samples they are not needed.
    let x = saved("<f8", false, "(2, 2)", &doubles(&[1.0; 4]));
    let with = zip(&[("arr_0", x), ("mu", mu.clone()), ("sigma", sigma)]);
    assert!(matches!(content("a.npz", &with).unwrap().0, Content::Table(_)));
    let odd = saved("<f8", false, "(3, 1)", &doubles(&[1.0; 3]));
    assert!(content("a.npz", &zip(&[("mu", mu.clone()), ("sigma", odd)])).unwrap_err().contains("2×2"));
    let skewed = saved("<f8", false, "(2, 2)", &doubles(&[2.0, 0.5, 0.1, 1.0]));
    assert!(
        content("a.npz", &zip(&[("mu", mu.clone()), ("sigma", skewed)])).unwrap_err().contains("symmetric")
    );
    let negative = saved("<f8", false, "(2, 2)", &doubles(&[-2.0, -0.5, -0.5, -1.0]));
    let error = content("a.npz", &zip(&[("mu", mu), ("sigma", negative)])).unwrap_err();
    assert!(error.contains("a.npz: mean and covariance: expected a covariance without negative"), "{error}");
}

/// Six pictures of 5 × 4 in every layout and type are the same pictures.
#[test]
fn pictures_are_read_in_any_layout() {
    let level = |i: usize, y: usize, x: usize, c: usize| (i * 40 + y * 10 + x * 7 + c * 3) as u8;
    let all = |order: &dyn Fn(usize) -> [usize; 4], n: usize| -> Vec<u8> {
        (0..n).map(order).map(|[i, y, x, c]| level(i, y, x, c)).collect()
    };
    let last = all(&|k| [k / 60, k / 15 % 4, k / 3 % 5, k % 3], 360);
    let planes = all(&|k| [k / 60, k / 5 % 4, k % 5, k / 20 % 3], 360);
    let wanted = pictures(&saved("|u1", false, "(6, 4, 5, 3)", &last)).unwrap();
    assert_eq!((wanted.channels, wanted.side, wanted.pixels.len()), (3, data::reduce::SIDE, 6));
    let image = image::RgbImage::from_raw(5, 4, last[60..120].to_vec()).unwrap();
    assert_eq!(
        wanted.pixels[1],
        data::picture::bicubic(&data::picture::centre(&image), 64),
        "as if read from a file"
    );
    assert_eq!(pictures(&saved("|u1", false, "(6, 3, 4, 5)", &planes)).unwrap(), wanted);
    let unit: Vec<u8> = planes.iter().flat_map(|v| (f32::from(*v) / 255.0).to_le_bytes()).collect();
    assert_eq!(pictures(&saved("<f4", false, "(6, 3, 4, 5)", &unit)).unwrap(), wanted);
    let levels: Vec<u8> = last.iter().flat_map(|v| i64::from(*v).to_le_bytes()).collect();
    assert_eq!(pictures(&saved("<i8", false, "(6, 4, 5, 3)", &levels)).unwrap(), wanted);
    let clear: Vec<u8> = last.chunks(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    assert_eq!(pictures(&saved("|u1", false, "(6, 4, 5, 4)", &clear)).unwrap(), wanted);
    // Grey pictures keep their size, as in IDX files, and are cropped to the centre square.
    let grey = all(&|k| [k / 20, k / 5 % 4, k % 5, 0], 120);
    let found = pictures(&saved("|u1", false, "(6, 4, 5)", &grey)).unwrap();
    assert_eq!((found.channels, found.side), (1, 4));
    assert_eq!(
        found.pixels[2][..5],
        [level(2, 0, 0, 0), level(2, 0, 1, 0), level(2, 0, 2, 0), level(2, 0, 3, 0), level(2, 1, 0, 0)]
    );
    for shape in ["(6, 1, 4, 5)", "(6, 4, 5, 1)"] {
        assert_eq!(pictures(&saved("|u1", false, shape, &grey)).unwrap(), found);
    }
    let on = pictures(&saved("|b1", false, "(1, 2, 2)", &[1, 0, 0, 1])).unwrap();
    assert_eq!(on.pixels, [[255, 0, 0, 255]]);
}

/// The usual ranges of black and white are recognised; values slightly beyond, as from a model's rounding, are clamped.
#[test]
fn pixel_values_may_have_any_of_the_usual_ranges() {
    let levels = [0u8, 51, 102, 255];
    let of = |descr: &str, data: Vec<u8>| match content("a.npy", &saved(descr, false, "(1, 2, 2)", &data))
        .unwrap()
    {
        (Content::Pictures(p), notes) => (p.pixels[0].clone(), notes.join("; ")),
        other => panic!("{other:?}"),
    };
    let floats = |f: &dyn Fn(f64) -> f64| {
        let values: Vec<f64> = levels.iter().map(|l| f(f64::from(*l) / 255.0)).collect();
        of("<f8", doubles(&values))
    };
    for over in [0.0, 1e-7, 9e-4] {
        assert_eq!(floats(&|v| (v - 0.5) * (1.0 + 2.0 * over) + 0.5), (levels.to_vec(), String::new()));
        let (found, note) = floats(&|v| (2.0 * v - 1.0) * (1.0 + over));
        assert_eq!(
            (found, note.as_str()),
            (levels.to_vec(), "its values were read with black at -1 and white at 1")
        );
    }
    assert_eq!(floats(&|v| 255.0 * v).0, levels);
    let wide = |k: u16| levels.iter().flat_map(|l| (u16::from(*l) * k).to_le_bytes()).collect();
    assert_eq!(of("<u2", wide(1)), (levels.to_vec(), String::new()));
    let (found, note) = of("<u2", wide(257));
    assert!(found == levels && note.contains("white at 65535"), "{found:?}, {note}");
    // Integers from 0 to 2 are levels as they are, even as floats.
    assert_eq!(of("<f8", doubles(&[0.0, 2.0, 1.0, 0.0])).0, [0, 2, 1, 0]);
}

#[test]
fn arrays_are_recognised_by_contents_and_not_by_extension() {
    let plain = saved("<f8", false, "(2, 1, 2)", &doubles(&[1.0, 2.0, 3.0, 4.0]));
    let zip = zipped(&[("x", plain.clone())], zip::CompressionMethod::Stored);
    let expected = SampleMatrix::new(2, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
    for (name, bytes) in
        [("a.npz", &plain), ("a.npy", &zip), ("a.csv", &plain), ("a.NPY", &plain), ("a", &plain)]
    {
        assert_eq!(parse(name, bytes).unwrap(), expected, "{name}");
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, b"a,b\n1,2\n3,4\n").unwrap();
    let gzip = gzip.finish().unwrap();
    assert_eq!(parse("a.csv.gz", &gzip).unwrap(), expected);
    let cut = content("a.csv.gz", &gzip[..gzip.len() - 9]).unwrap_err();
    assert!(cut.contains("a.csv.gz") && cut.contains("gzip stream is damaged"), "{cut}");
}

#[test]
fn invalid_tables_are_reported_with_their_position() {
    let says = |name: &str, bytes: &[u8], words: &str| {
        let e = content(name, bytes).unwrap_err();
        assert!(e.contains(words), "{e}");
    };
    says("a.csv", b"1,2\n3\n", "line 2: expected 2 numbers, found 1");
    says("a.csv", b"1,2\n3,nan\n", "NaN in row 2, column 2");
    says("a.bin", b"1,2", ".csv, .npy or .npz");
    says("a.npy", &saved("<f8", false, "(2,)", &[0; 16]), "two axes");
    says("a.npy", &saved("<f8", false, "(1, 2, 1, 2, 2)", &[0; 64]), "two axes");
    says("a.npy", &saved("<f8", false, "(0, 2)", &[]), "holds no samples: its shape is [0, 2]");
    says("a.npy", &saved("<f8", false, "(2, 0)", &[]), "holds no samples: its shape is [2, 0]");
    says("a.npy", &saved("<f8", false, "()", &[0; 8]), "two axes");
    says("a.npy", &saved("<U1", false, "(2,)", &[0; 8]), "found U1");
    let records = saved("", false, "(2,)", &[0; 16]);
    let text = String::from_utf8_lossy(&records[10..]).replace("''", "[('a', '<f4'), ('b', '<f4')]");
    let head = [b"\x93NUMPY\x01\x00", &(text.len() as u16 - 16).to_le_bytes()[..], text.as_bytes()].concat();
    says("a.npy", &head, "structured array");
    says("a.npy", &saved("|u1", false, "(2, 2, 2, 2)", &[0; 16]), "[2, 2, 2, 2]");
    // Neither: unclipped or standardised values, or a flow.
    for odd in [-1.5, 300.0, f64::NAN, f64::INFINITY, 1.25, 255.75] {
        let array = saved("<f8", false, "(1, 2, 2)", &doubles(&[0.5, odd, 0.25, 0.0]));
        says("a.npy", &array, &format!("0..1, -1..1 or 0..255, found {odd}"));
    }
    let array = saved("<i2", false, "(1, 2, 2)", &[0, 1, 0, 0, 0, 0, 0, 0]);
    says("a.npy", &array, "0..1, -1..1 or 0..255, found 256");
    says("a.npy", &saved("|u1", false, "(0, 4, 5)", &[]), "no pictures");
    says("a.npy", &saved("|u1", false, "(4, 0, 5)", &[]), "pixel");
}
