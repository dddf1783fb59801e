use super::*;
use std::io::Write;

fn idx(dims: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0, 0, 8, dims.len() as u8];
    dims.iter().for_each(|d| out.extend(d.to_be_bytes()));
    out.extend(bytes);
    out
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn plain_and_gzipped_files_read_alike() {
    let dir = tempfile::tempdir().unwrap();
    let images = idx(&[2, 2, 2], &[1, 2, 3, 4, 250, 6, 7, 8]);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&images).unwrap();
    write(dir.path(), "train-images-idx3-ubyte.gz", &gz.finish().unwrap());
    write(dir.path(), "train-labels-idx1-ubyte", &idx(&[2], &[1, 0]));
    write(dir.path(), "t10k-images-idx3-ubyte", &images);
    write(dir.path(), "t10k-labels-idx1-ubyte", &idx(&[2], &[0, 2]));
    let data = read(dir.path(), "x".into()).unwrap();
    assert_eq!(data.train.pictures, [[1, 2, 3, 4], [250, 6, 7, 8]]);
    assert_eq!((data.train.labels, data.test.labels), (vec![1, 0], vec![0, 2]));
    assert_eq!(data.train.classes, ["0", "1", "2"]);
}

#[test]
fn damage_is_named_with_what_was_promised_and_found() {
    let dir = tempfile::tempdir().unwrap();
    let say = |images: &[u8], labels: &[u8]| {
        let (i, l) = (write(dir.path(), "i", images), write(dir.path(), "l", labels));
        pair(&i, &l).unwrap_err().to_string()
    };
    let good = idx(&[2, 2, 2], &[9; 8]);
    assert!(say(&good, &idx(&[3], &[0; 3])).contains("2 images"));
    assert!(say(&good[..20], &idx(&[2], &[0; 2])).contains("promises 2 items, the file ends after 1"));
    assert!(say(b"PK\x03\x04 zip of something", &idx(&[2], &[0; 2])).contains("found 50 4b 03 04"));
    assert!(say(b"", &idx(&[2], &[0; 2])).contains("empty"));
    assert!(say(&idx(&[1, 2, 3], &[0; 6]), &idx(&[1], &[0])).contains("square"));
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

fn set(dir: &Path, prefix: &str, labels: &[u8]) {
    let pixels: Vec<u8> = labels.iter().flat_map(|l| [*l + 100; 4]).collect();
    write(dir, &format!("{prefix}-images-idx3-ubyte"), &idx(&[labels.len() as u32, 2, 2], &pixels));
    write(dir, &format!("{prefix}-labels-idx1-ubyte"), &idx(&[labels.len() as u32], labels));
}

#[test]
fn classes_are_the_labels_that_occur() {
    let dir = tempfile::tempdir().unwrap();
    set(dir.path(), "emnist-letters-train", &[26, 1, 3]);
    set(dir.path(), "emnist-letters-test", &[3, 7]);
    let data = read(dir.path(), "letters".into()).unwrap();
    assert_eq!(data.train.classes, ["1", "3", "7", "26"]);
    assert_eq!((data.train.labels, data.test.labels), (vec![3, 0, 1], vec![1, 2]));
    assert_eq!(data.test.classes.len(), 4);
}

#[test]
fn several_sets_in_a_folder_require_a_choice() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["balanced", "digits", "letters"] {
        set(dir.path(), &format!("emnist-{name}-train"), &[name.len() as u8, 1]);
    }
    set(dir.path(), "emnist-digits-test", &[1]);
    write(dir.path(), "._emnist-digits-train-images-idx3-ubyte", b"left by a Mac");
    let told = read(dir.path(), "x".into()).unwrap_err().to_string();
    assert!(told.contains("those of 3") && told.contains("emnist-letters-train-images-idx3-ubyte"), "{told}");
    for file in ["emnist-digits-train-images-idx3-ubyte", "emnist-digits-test-images-idx3-ubyte"] {
        let path = dir.path().join(file);
        assert!(is_images(&path) && !is_images(&dir.path().join("emnist-digits-train-labels-idx1-ubyte")));
        let data = read(&path, "x".into()).unwrap();
        assert_eq!((data.train.classes, data.test.len()), (vec!["1".to_string(), "6".into()], 1));
    }
    // Any name will do where its labels' name follows from it.
    let other = write(dir.path(), "my-images.gz", &gz(&idx(&[1, 2, 2], &[1, 2, 3, 200])));
    write(dir.path(), "my-labels", &idx(&[1], &[9]));
    assert!(is_images(&other));
    assert_eq!(read(&other, "x".into()).unwrap().train.classes, ["9"]);
}

#[test]
fn images_without_labels_are_reported_and_skipped_if_others_have_some() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "half-images-idx3-ubyte", &idx(&[1, 2, 2], &[0; 4]));
    let told = read(dir.path(), "x".into()).unwrap_err().to_string();
    assert!(told.contains("no labels file"), "{told}");
    set(dir.path(), "whole-train10", &[0, 1]);
    set(dir.path(), "whole-test2", &[0, 1]);
    let data = read(dir.path(), "x".into()).unwrap();
    assert_eq!((data.train.len(), data.test.len()), (2, 2));
    assert!(data.notes[0].contains("no labels") && data.notes[0].contains("half-images"), "{:?}", data.notes);
}

/// Labels may be whole numbers of any type, whatever the file's name says of it.
#[test]
fn labels_are_whole_numbers_of_any_type() {
    let of = |code: u8, count: u32, values: Vec<u8>| {
        [vec![0, 0, code, 1], count.to_be_bytes().into(), values].concat()
    };
    let wide = |v: [i32; 2]| v.map(i32::to_be_bytes).concat();
    for (name, bytes) in [
        ("train-labels-idx1-int", of(0x0c, 2, wide([300, 2]))),
        ("train-labels-idx1-ubyte", of(0x0c, 2, wide([300, 2]))),
        ("train-labels.idx1-short", of(0x0b, 2, [300i16, 2].map(i16::to_be_bytes).concat())),
        ("train-labels-idx1-int.gz", gz(&of(0x0c, 2, wide([300, 2])))),
    ] {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "train-images-idx3-ubyte", &idx(&[2, 2, 2], &[200; 8]));
        write(dir.path(), name, &bytes);
        let data = read(dir.path(), "x".into()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(
            (data.train.classes, data.train.labels),
            (vec!["2".into(), "300".into()], vec![1, 0]),
            "{name}"
        );
    }
    let dir = tempfile::tempdir().unwrap();
    let images = write(dir.path(), "i", &idx(&[2, 2, 2], &[200; 8]));
    let say =
        |images: &Path, labels: &[u8]| pair(images, &write(dir.path(), "l", labels)).unwrap_err().to_string();
    let told = say(&images, &of(0x0c, 2, wide([0, -1])));
    assert!(told.contains("label 2 is -1, expected numbers from 0 on"), "{told}");
    assert!(say(&images, &of(0x09, 2, vec![0, 255])).contains("label 2 is -1"));
    assert!(say(&images, &of(0x0d, 2, vec![0; 8])).contains("holds floats, expected unsigned bytes or"));
    assert!(say(&images, &of(0x0c, 2, vec![0; 5])).contains("promises 2 items, the file ends after 1"));
    let wide_images = write(dir.path(), "w", &[vec![0, 0, 0x0d, 3], vec![0; 12]].concat());
    assert!(say(&wide_images, &idx(&[0], &[])).contains("holds floats, expected unsigned bytes"));
}

/// A small file that decompresses to a large one, and a header that promises more than the limit.
#[test]
fn no_more_is_decompressed_than_the_header_promises() {
    let dir = tempfile::tempdir().unwrap();
    let mut long = idx(&[3], &[1, 2, 3]);
    long.extend(vec![0; 50_000_000]);
    let path = write(dir.path(), "l.gz", &gz(&long));
    assert_eq!(parse(&path, 1, BYTES).unwrap(), (vec![3], TYPES[0], vec![1, 2, 3]));
    for sizes in [[u32::MAX; 3], [60_000, 30_000, 30_000]] {
        let path = write(dir.path(), "i", &idx(&sizes, &[0; 9]));
        let told = parse(&path, 3, BYTES).unwrap_err().to_string();
        assert!(told.contains("promises") && told.contains("at most 8.0 GiB"), "{told}");
    }
}

#[test]
fn values_up_to_16_are_brightened_unless_those_of_the_files_are_wanted() {
    let dir = tempfile::tempdir().unwrap();
    let labels = write(dir.path(), "l", &idx(&[2], &[7, 3]));
    for (top, factor) in [(16u8, 15), (5, 51), (17, 1)] {
        let images = write(dir.path(), "i", &idx(&[2, 2, 2], &[0, 1, 2, top, 3, 3, 3, 3]));
        let [bright, plain] = [pair(&images, &labels).unwrap(), unscaled(&images, &labels).unwrap()];
        assert_eq!(plain.pictures, [[0, 1, 2, top], [3; 4]]);
        assert_eq!(bright.pictures, [[0, 1, 2, top].map(|v| v * factor), [3 * factor; 4]]);
        assert_eq!((bright.labels, plain.labels), (vec![7, 3], vec![7, 3]));
    }
}
