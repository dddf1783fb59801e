use super::super::npy::tests::{saved, zipped};
use super::*;

fn content(name: &str, bytes: &[u8]) -> Result<(Content, Vec<String>), String> {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = name.split_once('?').unwrap_or((name, ""));
    std::fs::write(dir.path().join(file), bytes).unwrap();
    read(&dir.path().join(name), [255; 3]).map_err(|e| e.to_string())
}

fn parse(name: &str, bytes: &[u8]) -> Result<Table, String> {
    match content(name, bytes)?.0 {
        Content::Table(table) => Ok(table),
        other => panic!("{other:?}"),
    }
}

fn pictures(bytes: &[u8]) -> Result<Pictures, String> {
    match content("a.npy", bytes)?.0 {
        Content::Pictures(pictures) => Ok(pictures),
        other => panic!("{other:?}"),
    }
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

#[test]
fn texts_and_arrays_of_either_order_are_one_table() {
    let expected = Table::new(3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
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
fn of_several_arrays_the_one_that_is_meant_is_taken_or_asked_for() {
    let a = saved("<f8", false, "(2, 2)", &doubles(&[1.0, 2.0, 3.0, 4.0]));
    let b = saved("<f8", false, "(1, 2)", &doubles(&[5.0, 6.0]));
    let labels = saved("|u1", false, "(2,)", &[0, 1]);
    let zip = |arrays: &[(&str, Vec<u8>)]| zipped(arrays, zip::CompressionMethod::Stored);
    let (found, notes) = content("a.npz", &zip(&[("labels", labels.clone()), ("x", a.clone())])).unwrap();
    assert!(matches!(found, Content::Table(t) if t.rows() == 2));
    assert_eq!(notes, ["of its arrays `x` was taken; not read: labels [2]"]);
    let both = zip(&[("x", a.clone()), ("y", b.clone())]);
    let told = content("a.npz", &both).unwrap_err();
    assert!(told.contains("several arrays: x [2, 2], y [1, 2]") && told.contains("?array=x"), "{told}");
    assert_eq!(parse("a.npz?array=y", &both).unwrap().values(), [5.0, 6.0]);
    assert!(content("a.npz?array=z", &both).unwrap_err().contains("no array `z`; it has x [2, 2]"));
}

#[test]
fn mean_and_covariance_are_known_as_what_they_are() {
    let mu = saved("<f8", false, "(2,)", &doubles(&[1.0, 2.0]));
    let sigma = saved("<f8", false, "(2, 2)", &doubles(&[2.0, 0.5, 0.5, 1.0]));
    let zip = |arrays: &[(&str, Vec<u8>)]| zipped(arrays, zip::CompressionMethod::Stored);
    let both = zip(&[("mu", mu.clone()), ("sigma", sigma.clone())]);
    assert!(matches!(content("a.npz", &both).unwrap().0, Content::Statistics(s) if s.mean() == [1.0, 2.0]));
    // Beside samples they are not needed.
    let x = saved("<f8", false, "(2, 2)", &doubles(&[1.0; 4]));
    let with = zip(&[("arr_0", x), ("mu", mu.clone()), ("sigma", sigma)]);
    assert!(matches!(content("a.npz", &with).unwrap().0, Content::Table(_)));
    let odd = saved("<f8", false, "(3, 1)", &doubles(&[1.0; 3]));
    assert!(content("a.npz", &zip(&[("mu", mu.clone()), ("sigma", odd)])).unwrap_err().contains("2×2"));
    let slanted = saved("<f8", false, "(2, 2)", &doubles(&[2.0, 0.5, 0.1, 1.0]));
    assert!(content("a.npz", &zip(&[("mu", mu), ("sigma", slanted)])).unwrap_err().contains("symmetric"));
}

/// Six pictures of 5 × 4 in every layout and type are the same pictures.
#[test]
fn pictures_come_in_any_layout() {
    let level = |i: usize, y: usize, x: usize, c: usize| (i * 40 + y * 10 + x * 7 + c * 3) as u8;
    let all = |order: &dyn Fn(usize) -> [usize; 4], n: usize| -> Vec<u8> {
        (0..n).map(|k| order(k)).map(|[i, y, x, c]| level(i, y, x, c)).collect()
    };
    let last = all(&|k| [k / 60, k / 15 % 4, k / 3 % 5, k % 3], 360);
    let planes = all(&|k| [k / 60, k / 5 % 4, k % 5, k / 20 % 3], 360);
    let wanted = pictures(&saved("|u1", false, "(6, 4, 5, 3)", &last)).unwrap();
    assert_eq!((wanted.channels, wanted.side, wanted.pixels.len()), (3, crate::data::reduce::SIDE, 6));
    let image = image::RgbImage::from_raw(5, 4, last[60..120].to_vec()).unwrap();
    assert_eq!(wanted.pixels[1], crate::data::picture::square(&image), "as if it were a file");
    assert_eq!(pictures(&saved("|u1", false, "(6, 3, 4, 5)", &planes)).unwrap(), wanted);
    let unit: Vec<u8> = planes.iter().flat_map(|v| (f32::from(*v) / 255.0).to_le_bytes()).collect();
    assert_eq!(pictures(&saved("<f4", false, "(6, 3, 4, 5)", &unit)).unwrap(), wanted);
    let levels: Vec<u8> = last.iter().flat_map(|v| i64::from(*v).to_le_bytes()).collect();
    assert_eq!(pictures(&saved("<i8", false, "(6, 4, 5, 3)", &levels)).unwrap(), wanted);
    let clear: Vec<u8> = last.chunks(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    assert_eq!(pictures(&saved("|u1", false, "(6, 4, 5, 4)", &clear)).unwrap(), wanted);
    // Grey ones keep their size, as IDX files do; the middle square is taken.
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

#[test]
fn what_is_no_table_is_told_with_its_place() {
    let says = |name: &str, bytes: &[u8], words: &str| {
        let e = content(name, bytes).unwrap_err();
        assert!(e.contains(words), "{e}");
    };
    says("a.csv", b"1,2\n3\n", "line 2: expected 2 numbers, found 1");
    says("a.csv", b"1,2\n3,nan\n", "NaN in row 2, column 2");
    says("a.bin", b"1,2", ".csv, .npy or .npz");
    says("a.npy", &saved("<f8", false, "(2,)", &[0; 16]), "two axes");
    says("a.npy", &saved("<f8", false, "(1, 1, 1, 1, 2)", &[0; 16]), "two axes");
    says("a.npy", &saved("|u1", false, "(2, 2, 2, 2)", &[0; 16]), "[2, 2, 2, 2]");
    says("a.npy", &saved("<f8", false, "(1, 1, 2)", &doubles(&[0.5, -0.5])), "0..1 or 0..255, found -0.5");
    says("a.npy", &saved("<f8", false, "(1, 1, 2)", &doubles(&[0.5, 300.0])), "0..1 or 0..255, found 300");
    says("a.npy", &saved("<f8", false, "(1, 1, 2)", &doubles(&[0.5, f64::NAN])), "0..1 or 0..255, found NaN");
    says("a.npy", &saved("|u1", false, "(0, 4, 5)", &[]), "no pictures");
    says("a.npy", &saved("|u1", false, "(4, 0, 5)", &[]), "pixel");
}
