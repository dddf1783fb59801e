//! Tables, arrays, IDX files, manifests and pictures: damaged, read, and measured.

use std::path::Path;

use proptest::prelude::*;
use untrained::bench::metrics::SampleMatrix;
use untrained::bench::metrics::catalogue::{MetricInputs, evaluate, find};
use untrained::bench::sets::{self, FeatureExtractor};
use untrained::data::picture::{ReadOptions, UnreadablePolicy, WHITE};
use untrained::data::{picture, reader};

use super::{Cut, cut, over};

fn cuts() -> impl Strategy<Value = Vec<Cut>> {
    let byte =
        prop_oneof![any::<u8>(), prop::sample::select(b"0123456789.,;-+eE\n\r\t \"#'()[]{}:<>|f".to_vec())];
    prop::collection::vec((0.0..1.0f64, byte, prop::bool::weighted(0.05)), 1..8)
}

/// Computes metrics of a table against itself.
fn measured(table: &SampleMatrix) -> Result<(), TestCaseError> {
    let metrics: Vec<_> = ["frechet", "kid", "js"].iter().filter_map(|n| find(n)).collect();
    let small = table.columns() <= 16 && table.rows() <= 64;
    if small {
        for answer in evaluate(&MetricInputs::of(table, table), &metrics, |_| ()) {
            prop_assert!(answer.is_err() || answer.is_ok_and(|a| !a.figure.value.is_nan()));
        }
    }
    Ok(())
}

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    [&b"\x93NUMPY\x01\x00\x76\x00"[..], format!("{text:<117}\n").as_bytes(), data].concat()
}

fn zipped(name: &str, bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap().into_inner()
}

fn idx(dims: &[u32], bytes: &[u8]) -> Vec<u8> {
    let sizes = dims.iter().flat_map(|d| d.to_be_bytes());
    [0, 0, 8, dims.len() as u8].into_iter().chain(sizes).chain(bytes.iter().copied()).collect()
}

/// Files to damage, each with its name.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let rows = (0..12).map(|i| format!("{}.5,{},-{}e-1\n", i, i * i, i)).collect::<String>();
    let floats: Vec<u8> = (0..36).flat_map(|i| (i as f32 * 0.3).to_le_bytes()).collect();
    let table = npy("<f4", "(12, 3)", &floats);
    let pictures = npy("|u1", "(4, 3, 3, 3)", &(0..108).collect::<Vec<u8>>());
    vec![
        ("a.csv", format!("a,b,c\n{rows}").into_bytes()),
        ("b.csv", rows.replace('.', ",").replace(",5,", ",5;").into_bytes()),
        ("c.npz", zipped("x.npy", &table)),
        ("a.npy", table),
        ("d.npy", pictures),
    ]
}

fn tables(cases: u32) {
    let (seeds, dir) = (seeds(), tempfile::tempdir().unwrap());
    over(cases, &(0..seeds.len(), cuts()), |(which, cuts)| {
        let (name, bytes) = &seeds[which];
        let path = dir.path().join(name);
        std::fs::write(&path, cut(bytes.clone(), &cuts)).unwrap();
        match sets::read(&path, &FeatureExtractor::Pixels, None, &ReadOptions::default()) {
            Ok(set) => measured(&set.features),
            Err(e) => {
                prop_assert!(e.is_input() && e.to_string().contains(name), "{}", e);
                Ok(())
            }
        }
    });
}

fn digits(cases: u32) {
    let dir = tempfile::tempdir().unwrap();
    let images = idx(&[6, 3, 3], &(0..54).map(|i| i * 4).collect::<Vec<u8>>());
    let labels = idx(&[6], &[1, 2, 1, 2, 26, 1]);
    let zip = |bytes: &[u8]| {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gz, bytes).unwrap();
        gz.finish().unwrap()
    };
    over(cases, &(cuts(), prop::bool::weighted(0.3), any::<[bool; 2]>()), |(cuts, both, zipped)| {
        let [i, l] = [(&images, true), (&labels, both)].map(|(b, damage)| {
            let bytes = if zipped[usize::from(damage)] { zip(b) } else { b.clone() };
            if damage { cut(bytes, &cuts) } else { bytes }
        });
        std::fs::write(dir.path().join("train-images-idx3-ubyte"), i).unwrap();
        std::fs::write(dir.path().join("train-labels-idx1-ubyte"), l).unwrap();
        if let Ok(data) = reader::read(dir.path(), &ReadOptions::default()) {
            let s = &data.train;
            prop_assert!(s.labels.iter().all(|l| *l < s.classes.len()));
            prop_assert!(s.pictures.iter().all(|p| p.len() == s.side * s.side));
        }
        Ok(())
    });
}

fn manifests(cases: u32) {
    let dir = tempfile::tempdir().unwrap();
    let head = "file,label,split,scene_hash,seed,tick,hash,scene";
    let rows: String = (0..4)
        .map(|i| format!("frames/{i}.png,\"a, {i}\",train,0f,{i},7,0f,\"x = \"\"y\"\"\\n\"\n"))
        .collect();
    let text = format!("{head}\n{rows}").into_bytes();
    over(cases, &cuts(), |cuts| {
        std::fs::write(dir.path().join("manifest.csv"), cut(text.clone(), &cuts)).unwrap();
        if let Ok(rows) = untrained::data::dataset::rows(dir.path()) {
            prop_assert!(rows.iter().all(|r| r.path.starts_with(dir.path())));
        }
        let reading = ReadOptions { broken: UnreadablePolicy::Skip, ..ReadOptions::default() };
        prop_assert!(reader::read(dir.path(), &reading).is_err(), "there are no frames");
        let _ = untrained::data::dataset::Writer::open(dir.path());
        Ok(())
    });
}

fn images(cases: u32) {
    use image::ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    let pixel = |x: u32, y: u32| image::Rgb([(x * 9) as u8, (y * 7) as u8, (x * y) as u8]);
    let source = image::DynamicImage::from(image::RgbImage::from_fn(19, 13, pixel));
    let files: Vec<Vec<u8>> = [Bmp, Gif, Jpeg, Png, Tiff, WebP]
        .map(|format| {
            let mut bytes = std::io::Cursor::new(Vec::new());
            source.write_to(&mut bytes, format).unwrap();
            bytes.into_inner()
        })
        .into();
    // Most of what matters is at the beginning.
    let places =
        prop::collection::vec((0.0..1.0f64, any::<u8>(), prop::bool::weighted(0.03), any::<bool>()), 1..6);
    over(cases, &(0..files.len(), places), |(which, places)| {
        let n = files[which].len() as f64;
        let near = |at: f64, early: bool| if early { at * 80.0f64.min(n) / n } else { at };
        let cuts: Vec<Cut> =
            places.into_iter().map(|(at, v, ends, early)| (near(at, early), v, ends)).collect();
        if let Ok(image) = picture::decode(&cut(files[which].clone(), &cuts)) {
            prop_assert_eq!(picture::square(&picture::over(image, WHITE), 64).len(), 64 * 64 * 3);
        }
        Ok(())
    });
}

#[test]
fn twenty_thousand_damaged_tables() {
    tables(20_000);
}

#[test]
fn ten_thousand_damaged_digits_and_manifests() {
    digits(7_000);
    manifests(3_000);
}

#[test]
fn twenty_thousand_damaged_pictures() {
    images(20_000);
}

#[test]
#[ignore = "a quarter of an hour"]
fn four_hundred_thousand_damaged_sets() {
    tables(150_000);
    digits(100_000);
    manifests(50_000);
    images(100_000);
}

/// A small file that claims to be large is rejected before anything is allocated for it.
#[test]
fn promises_that_a_file_cannot_keep_cost_nothing() {
    super::confine();
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let read = |path: &Path| {
        sets::read(path, &FeatureExtractor::Pixels, None, &ReadOptions::default()).unwrap_err().to_string()
    };
    let message = read(&put("a.npy", &npy("<f8", "(1000000, 1000)", &[0; 64])));
    assert!(message.contains("are promised, the file has"), "{message}");
    let message = read(&put("a.npz", &zipped("x.npy", &npy("<f8", "(100000000, 100000)", &[0; 64]))));
    assert!(message.contains("at most 8.0 GiB"), "{message}");
    put("labels-idx1", &idx(&[u32::MAX], &[]));
    let images = put("images-idx3", &idx(&[u32::MAX, 60_000, 60_000], &[]));
    let message = reader::read(&images, &ReadOptions::default()).unwrap_err().to_string();
    assert!(message.contains("promises"), "{message}");
}
