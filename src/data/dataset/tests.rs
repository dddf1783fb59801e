use super::*;

fn origin(i: u64) -> Origin {
    let split = if i.is_multiple_of(3) { Split::Test } else { Split::Train };
    Origin {
        label: "life".into(),
        split,
        scene_hash: u64::MAX - i,
        seed: i,
        tick: 7,
        scene: "a = 1, b\nc = \"x\\\\n\"\n".into(),
    }
}

#[test]
fn a_set_is_read_back_and_appended_to_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let picture: Vec<u8> = (0..BYTES).map(|i| (i * 7) as u8).collect();
    let mut w = Writer::open(dir.path()).unwrap();
    (0..3).for_each(|i| w.add(&picture, &origin(i)).unwrap());
    drop(w);
    // Killed in the middle of a line, with a picture that no line names.
    let manifest = dir.path().join("manifest.csv");
    let mut file = OpenOptions::new().append(true).open(&manifest).unwrap();
    file.write_all(b"frames/00000003.png,li").unwrap();
    std::fs::write(dir.path().join("frames/00000003.png"), b"half").unwrap();
    let mut w = Writer::open(dir.path()).unwrap();
    assert_eq!(w.len(), 3);
    w.add(&picture, &origin(3)).unwrap();
    let rows = rows(dir.path()).unwrap();
    assert_eq!(rows.len(), 4);
    for (i, row) in rows.iter().enumerate() {
        assert_eq!(row.origin, origin(i as u64));
        assert_eq!(image::open(&row.path).unwrap().to_rgb8().into_raw(), picture);
        assert_eq!(row.hash, hash(&picture));
    }
}

#[test]
fn labels_of_any_characters_are_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let labels =
        ["a, b", "\"cats\"", "line\none", "caf\u{e9}", "back\\slash\\n", "", " wide ", "\r\n", "'", "#1"];
    let mut w = Writer::open(dir.path()).unwrap();
    for label in labels {
        w.add(&vec![7; BYTES], &Origin { label: label.into(), ..origin(1) }).unwrap();
    }
    drop(w);
    let manifest = dir.path().join("manifest.csv");
    assert_eq!(Writer::open(dir.path()).unwrap().len(), labels.len());
    let found: Vec<String> = rows(dir.path()).unwrap().into_iter().map(|r| r.origin.label).collect();
    assert_eq!(found, labels);
    // Killed within a label that has an end of line in it.
    let whole = std::fs::read(&manifest).unwrap();
    let cut = [&whole[..], b"frames/00000010.png,\"two\n"].concat();
    std::fs::write(&manifest, cut).unwrap();
    assert_eq!(Writer::open(dir.path()).unwrap().len(), labels.len());
    assert_eq!(std::fs::read(&manifest).unwrap(), whole);
}

/// As it was written before labels were quoted.
#[test]
fn old_manifests_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let text = format!(
        "{HEAD}\nframes/00000000.png,life,test,ffffffffffffffff,3,7,00000000000000ff,\"a = \"\"b\"\", c\\nd \\\\\"\nframes/00"
    );
    std::fs::write(dir.path().join("manifest.csv"), text).unwrap();
    let rows = rows(dir.path()).unwrap();
    assert_eq!(rows.len(), 1);
    let Origin { label, scene, seed, .. } = &rows[0].origin;
    assert_eq!((label.as_str(), scene.as_str(), *seed, rows[0].hash), ("life", "a = \"b\", c\nd \\", 3, 255));
}

#[test]
fn a_manifest_names_nothing_outside_the_set() {
    let dir = tempfile::tempdir().unwrap();
    for file in ["../a.png", "/etc/passwd", "frames/../../a.png", ""] {
        let text = format!("{HEAD}\n{file},life,test,0,3,7,0,x\n");
        std::fs::write(dir.path().join("manifest.csv"), text).unwrap();
        assert!(rows(dir.path()).unwrap_err().to_string().contains("line 2"), "{file}");
    }
}

#[test]
fn another_csv_is_not_accepted_as_a_set() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("manifest.csv"), "name,age\nx,3\n").unwrap();
    assert!(Writer::open(dir.path()).is_err_and(|e| e.to_string().contains("manifest")));
}

/// A set with masks, of a plain and of a composed frame.
fn masked(folder: &Path) -> (Vec<String>, [Truth; 2]) {
    let classes: Vec<String> = ["discs", "life", "noise"].map(String::from).into();
    let mask: Vec<u8> = (0..SIDE * SIDE).map(|i| (i % 3) as u8).collect();
    let boxes = vec![
        LabelledBox { class: "discs".into(), edges: [0.0, 1.25, 8.5, 64.0] },
        LabelledBox { class: "life".into(), edges: [10.0, 11.0, 12.0, 13.0] },
    ];
    let part = Part { region: "ellipse 0.5 0.25 0.2 0.3 0.125".parse().unwrap(), origin: origin(2) };
    let plain = Truth { mask: vec![1; SIDE * SIDE], boxes: Vec::new(), parts: Vec::new() };
    let composed = Truth { mask, boxes, parts: vec![part.clone(), part] };
    let mut w = Writer::open_masked(folder, &classes).unwrap();
    w.add_masked(&vec![7; BYTES], &origin(1), &plain).unwrap();
    w.add_masked(&vec![9; BYTES], &origin(2), &composed).unwrap();
    (classes, [plain, composed])
}

#[test]
fn masks_boxes_and_parts_are_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let (names, truths) = masked(dir.path());
    assert_eq!(classes(dir.path()).unwrap(), names);
    let rows = rows(dir.path()).unwrap();
    for (row, truth) in rows.iter().zip(&truths) {
        let found = row.truth.as_ref().unwrap();
        assert_eq!(found.read_mask(3).unwrap(), truth.mask);
        assert_eq!((&found.boxes, &found.parts), (&truth.boxes, &truth.parts));
    }
    // Any program shows a mask in the classes' colours.
    let shown = image::open(&rows[1].truth.as_ref().unwrap().mask).unwrap().to_rgb8();
    assert_eq!(
        (shown.as_raw()[..3].to_vec(), shown.as_raw()[3..6].to_vec()),
        (truth::colour(0).into(), truth::colour(1).into())
    );
    // Killed in the middle of a line, it is appended to.
    let mut file = OpenOptions::new().append(true).open(dir.path().join("manifest.csv")).unwrap();
    file.write_all(b"frames/00000002.png,life,test,00,1,2,00,\"a\",masks/00").unwrap();
    let mut w = Writer::open_masked(dir.path(), &names).unwrap();
    w.add_masked(&vec![3; BYTES], &origin(1), &truths[0]).unwrap();
    assert_eq!(super::rows(dir.path()).unwrap().len(), 3);
}

#[test]
fn sets_with_and_without_masks_are_not_mixed() {
    let dir = tempfile::tempdir().unwrap();
    let (_, [plain, _]) = masked(&dir.path().join("masks"));
    let told = |e: DataError| e.to_string();
    assert!(Writer::open(&dir.path().join("masks")).err().map(told).unwrap().contains("the set has masks"));
    let others = ["a".to_string()];
    assert!(
        Writer::open_masked(&dir.path().join("masks"), &others)
            .err()
            .map(told)
            .unwrap()
            .contains("other classes")
    );
    let mut w = Writer::open(&dir.path().join("none")).unwrap();
    w.add(&vec![7; BYTES], &origin(1)).unwrap();
    assert!(w.add_masked(&vec![7; BYTES], &origin(1), &plain).is_err());
    assert!(
        Writer::open_masked(&dir.path().join("none"), &others).err().map(told).unwrap().contains("no masks")
    );
    assert!(classes(&dir.path().join("none")).err().map(told).unwrap().contains("--masks"));
}

#[test]
fn damaged_truths_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    masked(dir.path());
    let manifest = dir.path().join("manifest.csv");
    let whole = std::fs::read_to_string(&manifest).unwrap();
    for (from, to) in [
        ("8.50", "NaN"),
        ("8.50", "64.5"),
        ("life 10.00", "life 12.00"),
        ("ellipse 0.5", "moon 0.5"),
        ("masks/00000001.png", "../masks/00000001.png"),
        ("\"\"tick\"\"", "\"\"tock\"\""),
    ] {
        assert!(whole.contains(from), "{from} in {whole}");
        std::fs::write(&manifest, whole.replace(from, to)).unwrap();
        assert!(rows(dir.path()).unwrap_err().to_string().contains("line 3"), "{to}");
    }
    std::fs::write(&manifest, &whole).unwrap();
    let row = &rows(dir.path()).unwrap()[1];
    let truth = row.truth.as_ref().unwrap();
    assert!(truth.read_mask(2).unwrap_err().to_string().contains("below 2"));
    std::fs::copy(&row.path, &truth.mask).unwrap();
    assert!(truth.read_mask(3).unwrap_err().to_string().contains("indexed PNG"));
    std::fs::write(&truth.mask, b"half").unwrap();
    assert!(truth.read_mask(3).is_err());
}
