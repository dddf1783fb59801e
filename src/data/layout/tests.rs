//! Small folders of each layout.

use super::*;
use crate::picture::UnreadablePolicy;
use crate::reader;
use crate::sample::Samples;

fn save(root: &Path, name: &str, tone: u8) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let format = if name.ends_with("png") { image::ImageFormat::Png } else { image::ImageFormat::Jpeg };
    image::RgbImage::from_pixel(16, 16, image::Rgb([tone; 3])).save_with_format(path, format).unwrap();
}

fn write(root: &Path, name: &str, text: &str) {
    std::fs::write(root.join(name), text).unwrap();
}

fn read(root: &Path) -> Result<Data, DataError> {
    let reading = ReadOptions { broken: UnreadablePolicy::SkipFew, ..ReadOptions::default() };
    reader::read(root, &reading)
}

/// Class and brightness of each picture.
fn pairs(samples: &Samples) -> Vec<(usize, u8)> {
    samples.labels.iter().zip(&samples.pictures).map(|(l, p)| (*l, p[0])).collect()
}

/// A MATLAB file of one array of bytes each.
fn mat(arrays: &[(&str, &[u8])]) -> Vec<u8> {
    let part = |kind: u32, data: &[u8]| {
        let mut all = [kind.to_le_bytes(), (data.len() as u32).to_le_bytes()].concat();
        all.extend(data);
        all.resize(all.len().next_multiple_of(8), 0);
        all
    };
    let mut all = b"MATLAB 5.0 MAT-file".to_vec();
    all.resize(124, b' ');
    all.extend([0, 1, b'I', b'M']);
    for (name, values) in arrays {
        let dims = [1u32.to_le_bytes(), (values.len() as u32).to_le_bytes()].concat();
        let flags = [9u32.to_le_bytes(), [0; 4]].concat();
        let body = [part(6, &flags), part(5, &dims), part(1, name.as_bytes()), part(2, values)].concat();
        all.extend(part(14, &body));
    }
    all
}

#[test]
fn flowers_have_labels_and_splits_from_matlab_files() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("flowers");
    for i in 1..=6u8 {
        save(&root, &format!("jpg/image_{i:05}.jpg"), 40 * i);
    }
    std::fs::write(root.join("imagelabels.mat"), mat(&[("labels", &[2, 1, 2, 1, 3, 3])])).unwrap();
    let splits: [(&str, &[u8]); 3] = [("trnid", &[1, 2, 5]), ("valid", &[4]), ("tstid", &[3, 6])];
    std::fs::write(root.join("setid.mat"), mat(&splits)).unwrap();
    let data = read(dir.path()).unwrap();
    assert_eq!(data.train.classes, ["1", "2", "3"]);
    assert_eq!(pairs(&data.train), [(0, 80), (0, 160), (1, 40), (2, 200)]);
    assert_eq!(pairs(&data.test), [(1, 120), (2, 240)]);
    assert_eq!(data.train.names[0], "jpg/image_00002.jpg");
    let notes = data.notes.join("\n");
    assert!(
        notes.contains("3 pictures of `trnid` and 1 of `valid`")
            && notes.contains("no pictures of the class `1`"),
        "{notes}"
    );
    std::fs::write(root.join("setid.mat"), mat(&[("trnid", &[1, 7]), ("valid", &[2]), ("tstid", &[3])]))
        .unwrap();
    let told = read(dir.path()).unwrap_err().to_string();
    assert!(told.contains("setid.mat: trnid(2): expected a number from 1 to 6, found 7"), "{told}");
    std::fs::write(root.join("imagelabels.mat"), mat(&[("labels", &[2, 1, 0])])).unwrap();
    let told = read(dir.path()).unwrap_err().to_string();
    assert!(told.contains("imagelabels.mat: labels(3): expected a whole number from 1, found 0"), "{told}");
    std::fs::write(root.join("imagelabels.mat"), mat(&[("names", &[2, 1, 2])])).unwrap();
    let told = read(dir.path()).unwrap_err().to_string();
    assert!(told.contains("expected an array `labels`, found names"), "{told}");
    std::fs::remove_file(root.join("setid.mat")).unwrap();
    std::fs::write(root.join("imagelabels.mat"), mat(&[("labels", &[2, 1, 1])])).unwrap();
    let told = read(dir.path()).unwrap_err().to_string();
    assert!(told.contains("found 3 labels, but") && told.contains("image_00004.jpg"), "{told}");
}

#[test]
fn imagenet_has_its_validation_labels_in_folders_or_in_a_list() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    let splits = root.join("ILSVRC/Data/CLS-LOC");
    for (i, id) in ["n02084071", "n02121620", "n04467665"].iter().enumerate() {
        save(&splits, &format!("train/{id}/{id}_1.JPEG"), 50 * i as u8);
    }
    for i in 1..=4u8 {
        save(&splits, &format!("val/ILSVRC2012_val_0000000{i}.JPEG"), 200 + 10 * i);
    }
    // In the archive there are more folders and files beside these.
    std::fs::create_dir_all(root.join("ILSVRC/Annotations")).unwrap();
    write(root, "LOC_synset_mapping.txt", "n02084071 dog, domestic dog\nn02121620 cat\nn99999999 cow\n");
    let data = read(root).unwrap();
    assert!(
        data.test.is_empty() && data.notes.join("\n").contains("4 validation pictures are not read"),
        "{:?}",
        data.notes
    );
    write(
        root,
        "LOC_val_solution.csv",
        "ImageId,PredictionString\nILSVRC2012_val_00000002,n02121620 85 1 499 272 \nILSVRC2012_val_00000001,n04467665 1 2 3 4 n04467665 5 6 7 8\nILSVRC2012_val_00000004,n99999999 1 2 3 4\n",
    );
    let data = read(root).unwrap();
    assert_eq!(data.train.classes, ["n02084071 dog", "n02121620 cat", "n04467665"]);
    assert_eq!(
        (pairs(&data.train), pairs(&data.test)),
        (vec![(0, 0), (1, 50), (2, 100)], vec![(1, 220), (2, 210)])
    );
    assert!(
        data.notes.join("\n").contains("skipped 2 validation pictures without a label"),
        "{:?}",
        data.notes
    );
    // By number, in the order of the identifiers.
    write(root, "LOC_val_solution.csv", "ILSVRC2012_val_00000003.JPEG 2\n");
    assert_eq!(pairs(&read(root).unwrap().test), [(2, 230)]);
    write(root, "LOC_val_solution.csv", "ILSVRC2012_val_00000003.JPEG 2\nILSVRC2012_val_00000001.JPEG 3\n");
    let told = read(root).unwrap_err().to_string();
    assert!(told.contains("line 2: expected a picture and its class (n01440764, or 0 to 2)"), "{told}");
    std::fs::remove_dir_all(splits.join("val")).unwrap();
    save(&splits, "val/n02121620/a.JPEG", 77);
    assert_eq!(pairs(&read(root).unwrap().test), [(1, 77)]);
}

#[test]
fn tiny_imagenet_has_folders_within_folders() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("tiny-imagenet-200");
    for (i, id) in ["n01443537", "n01629819"].iter().enumerate() {
        save(&root, &format!("train/{id}/images/{id}_0.JPEG"), 60 * i as u8);
        write(&root, &format!("train/{id}/{id}_boxes.txt"), "n01443537_0.JPEG\t0\t10\t63\t58\n");
    }
    save(&root, "val/images/val_0.JPEG", 33);
    save(&root, "test/images/test_0.JPEG", 99);
    write(&root, "val/val_annotations.txt", "val_0.JPEG\tn01629819\t0\t32\t44\t62\n");
    write(&root, "words.txt", "n01443537\tgoldfish, Carassius auratus\n");
    let data = read(dir.path()).unwrap();
    assert_eq!(data.train.classes, ["n01443537 goldfish", "n01629819"]);
    assert_eq!((pairs(&data.train), pairs(&data.test)), (vec![(0, 0), (1, 60)], vec![(1, 33)]));
}

#[test]
fn cats_and_dogs_come_in_folders_with_broken_pictures_or_in_one() {
    let dir = tempfile::tempdir().unwrap();
    let pets = dir.path().join("kagglecatsanddogs");
    for i in 0..20 {
        save(&pets, &format!("PetImages/Cat/{i}.jpg"), 3 * i);
        save(&pets, &format!("PetImages/Dog/{i}.jpg"), 100 + 3 * i);
    }
    // As in the archive: an empty file, one that is no JPEG, and what Windows left.
    write(&pets, "PetImages/Cat/666.jpg", "");
    write(&pets, "PetImages/Dog/11702.jpg", "GIF89b nothing");
    write(&pets, "PetImages/Cat/Thumbs.db", "x");
    write(&pets, "readme[1].txt", "Please cite.");
    let data = read(&pets).unwrap();
    assert_eq!((data.train.classes.clone(), data.train.len()), (vec!["Cat".to_string(), "Dog".into()], 40));
    let notes = data.notes.join("\n");
    assert!(
        notes.contains("skipped 2 of 42") && notes.contains("Cat/666.jpg") && notes.contains("11702.jpg"),
        "{notes}"
    );

    let flat = dir.path().join("dogs-vs-cats");
    for i in 0..3u8 {
        save(&flat, &format!("train/cat.{i}.jpg"), 10 * i);
        save(&flat, &format!("train/dog.{i}.jpg"), 100 + 10 * i);
        save(&flat, &format!("test1/{i}.jpg"), 200);
    }
    let data = read(&flat).unwrap();
    assert_eq!((data.train.classes.clone(), data.test.len()), (vec!["cat".to_string(), "dog".into()], 0));
    assert_eq!(pairs(&data.train), [(0, 0), (0, 10), (0, 20), (1, 100), (1, 110), (1, 120)]);
    assert!(data.notes.join("\n").contains("3 pictures in `test1` have no label"), "{:?}", data.notes);
    save(&flat, "test/dog.9.jpg", 140);
    assert_eq!(pairs(&read(&flat).unwrap().test), [(1, 140)]);
    // Without a class in their names they are no set.
    let numbered = dir.path().join("numbered");
    (0..9).for_each(|i| save(&numbered, &format!("train/img_{i}.png"), i));
    assert!(read(&numbered).unwrap_err().to_string().contains("9 pictures"));
    // Folders of classes stay classes, whatever the pictures are called.
    let both = dir.path().join("both");
    for class in ["cat", "dog"] {
        (0..3).for_each(|i| save(&both, &format!("{class}/{class}.{i}.png"), i));
        (1..4).for_each(|i| save(&both, &format!("{class}.{i}.png"), 9));
    }
    assert_eq!(read(&both).unwrap().train.len(), 6);
}
