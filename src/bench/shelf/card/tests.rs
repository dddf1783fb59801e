use std::time::Duration;

use super::*;
use crate::generator::{Generator, SampleSpec};
use crate::shelf::{Endpoint, Shelf};
use data::picture::ReadOptions;
use proptest::prelude::*;

const FULL: &str = r#"[shelf]
name = "SD-Turbo"
model = "sd-turbo, one step"
resolution = [512, 256]
gpu = "GeForce RTX 4090"
watts = 450
seconds = 0.011
prompt = "ink in “water”"

[shelf.weights]
bytes = 5_210_000_000
hash = "sha256:00"
licence = "open"

[shelf.training]
licence = "unknown"
images = 2e9
seconds = 5.4e8
joules = 1.35e11

[shelf.source]
http = "http://127.0.0.1:8000/?s={seed}"
timeout = 1.5
"#;

fn parse(text: &str) -> Result<Card, Vec<Problem>> {
    Card::parse(text, Path::new("cards"))
}

/// A card with another source.
fn with_source(source: &str) -> String {
    let head = FULL.split("[shelf.source]").next().unwrap();
    format!("{head}[shelf.source]\n{source}\n")
}

#[test]
fn a_card_is_read_whole() {
    let card = parse(FULL).unwrap();
    assert_eq!((&*card.name, &*card.model, card.resolution), ("SD-Turbo", "sd-turbo, one step", [512, 256]));
    assert_eq!(
        (card.gpu.as_deref(), card.watts, card.seconds),
        (Some("GeForce RTX 4090"), Some(450.0), Some(0.011))
    );
    let weights =
        Weights { bytes: Some(5_210_000_000), hash: Some("sha256:00".into()), licence: Some("open".into()) };
    assert_eq!((card.weights, card.prompt.as_deref()), (weights, Some("ink in “water”")));
    let training = StatedTraining { images: Some(2e9), seconds: Some(5.4e8), joules: Some(1.35e11) };
    assert_eq!((card.training, &*card.data_licence, card.line), (training, "unknown", 22));
    let Source::Http { is_post, endpoint, .. } = card.source else { panic!("{:?}", card.source) };
    assert!(!is_post);
    assert_eq!(endpoint, Endpoint { timeout: Duration::from_millis(1500), is_moving: false });
    let least = "[shelf]\nname = \"a\"\nmodel = \"b\"\nresolution = [8, 8]\ntraining = { licence = \"c\" }\nsource = { film = \"d.mp4\" }\n";
    let card = parse(least).unwrap();
    assert_eq!(card.source, Source::Film("cards/d.mp4".into()));
    let about = card.about();
    assert!(about.contains("licence not stated") && about.ends_with("training data: c"), "{about}");
}

#[test]
fn each_source_is_read_as_written() {
    let source = |text: &str| parse(&with_source(text)).unwrap().source;
    assert_eq!(source("folder = \"a/b\""), Source::Folder("cards/a/b".into()));
    assert_eq!(source("folder = \"/a/b\"").place(), "/a/b");
    let command = vec!["./model".to_string(), "--x".into()];
    let endpoint = Endpoint { timeout: Duration::from_secs(60), is_moving: true };
    let pipe = Source::Pipe { command, folder: "cards".into(), keep: true, endpoint };
    assert_eq!(source("pipe = [\"./model\", \"--x\"]"), pipe);
    let Source::Pipe { keep, endpoint, .. } =
        source("pipe = [\"m\"]\nkeep = false\nmoving = false\ntimeout = 9")
    else {
        panic!("no pipe");
    };
    assert_eq!((keep, endpoint), (false, Endpoint { timeout: Duration::from_secs(9), is_moving: false }));
    let moves = |text: &str| match source(text) {
        Source::Http { is_post, endpoint, .. } => (is_post, endpoint.is_moving),
        other => panic!("{other:?}"),
    };
    assert_eq!(moves("http = \"http://a/{seed}\""), (false, false));
    assert_eq!(moves("http = \"http://a/{seed}/{frame}\""), (false, true));
    assert_eq!(moves("http = \"http://a/\"\nmethod = \"post\""), (true, true));
    assert_eq!(moves("http = \"http://a/{seed}/{frame}\"\nmoving = false\nmethod = \"get\""), (false, false));
}

#[test]
fn every_problem_is_reported_with_its_line() {
    let text = "[shelf]\nname = \"\"\nmodel = 3\nresolution = [512, 0]\nwatts = -1\nprompt = \"a\\nb\"\nprize = 2\n\
                [shelf.weights]\nbytes = 1.5\n[shelf.training]\nimages = \"many\"\n[shelf.source]\nfolder = \"a\"\nfilm = \"b\"\n[other]\n";
    let problems = parse(text).unwrap_err();
    let shown: Vec<String> = problems.iter().map(Problem::to_string).collect();
    for (line, word) in [
        (2, "`name` of [shelf] must be a text"),
        (3, "`model` of [shelf] must be a string"),
        (4, "`resolution` of [shelf] must be two whole numbers"),
        (5, "`watts` of [shelf] must be a number"),
        (6, "control characters"),
        (7, "[shelf] has no `prize`"),
        (9, "`bytes` of [shelf.weights] must be a whole number, found 1.5"),
        (10, "[shelf.training] has no `licence`"),
        (11, "`images` of [shelf.training]"),
        (12, "found `folder` and `film`"),
        (15, "the card has no `other`"),
    ] {
        let head = format!("line {line}: ");
        assert!(shown.iter().any(|s| s.starts_with(&head) && s.contains(word)), "{line} {word}: {shown:#?}");
    }
    assert_eq!(problems.len(), 11, "{shown:#?}");
}

#[test]
fn what_is_missing_or_does_not_belong_is_named() {
    let told = |text: &str| {
        parse(text).unwrap_err().iter().map(|p| p.message.clone()).collect::<Vec<_>>().join("; ")
    };
    for (text, words) in [
        ("", "the card has no table [shelf]"),
        ("shelf = 3", "[shelf] must be a table"),
        ("[shelf", "this is not TOML"),
        ("[shelf]", "no table [shelf.training] with its `licence`"),
        ("[shelf]", "no table [shelf.source] with one of"),
        ("[shelf]", "[shelf] has no `resolution`, [WIDTH, HEIGHT]"),
        (&with_source(""), "must have one of `folder`, `film`, `pipe` and `http`, found none"),
        (&with_source("folder = \"a\"\ntimeout = 3"), "has no `timeout`"),
        (&with_source("pipe = []"), "a program and its arguments"),
        (&with_source("pipe = [\"a\\u0000\"]"), "a program and its arguments"),
        (&with_source("pipe = \"python3 model.py\""), "a list of strings"),
        (&with_source("http = \"https://a/{seed}\""), "a proxy on this machine"),
        (&with_source("http = \"http://a/\""), "expected {seed}"),
        (&with_source("http = \"http://a/{seed}\"\nmethod = \"put\""), "has no method `put`"),
        (&with_source("http = \"http://a/{seed}\"\ntimeout = 0"), "`timeout`"),
        (&FULL.replace("[512, 256]", "[32768, 32768]"), "pixels together"),
    ] {
        let told = told(text);
        assert!(told.contains(words), "{text}: {words}: {told}");
    }
}

#[test]
fn cards_are_told_from_scenes() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    assert!(is_card(&write("a.toml", FULL)) && is_card(&write("b.toml", "[shelf.source]\nfilm = 3")));
    assert!(is_card(&write("broken.toml", "x = \n  [shelf]\n")));
    assert!(!is_card(&write("c.txt", FULL)) && !is_card(&write("d.toml", "[node.shelf]\n")));
    assert!(!is_card(&dir.path().join("none.toml")) && !is_card(dir.path()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn a_damaged_card_is_read_or_reported_with_its_lines(at in 0usize..600, with in "[\\PC\\n\"\\[\\]{}=.]{0,8}", length in 0usize..30) {
        let mut chars: Vec<char> = FULL.chars().collect();
        let at = at.min(chars.len());
        let end = (at + length).min(chars.len());
        chars.splice(at..end, with.chars());
        let text: String = chars.into_iter().collect();
        match parse(&text) {
            Ok(card) => {
                prop_assert!(!card.name.is_empty() && card.resolution.iter().all(|v| (1..=PICTURE_SIDE).contains(v)));
                prop_assert!(card.watts.is_none_or(|w| w.is_finite() && w > 0.0));
                prop_assert!((1..=text.lines().count()).contains(&card.line));
                prop_assert!(!card.about().contains('\n'));
            }
            Err(problems) => {
                let lines = 1 + text.matches('\n').count();
                prop_assert!(!problems.is_empty() && problems.windows(2).all(|w| w[0].line <= w[1].line));
                for p in problems {
                    prop_assert!((1..=lines).contains(&p.line) && !p.message.is_empty() && !p.message.contains('\n'), "{p:?}");
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_a_card_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200), headed: bool) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("card.toml");
        let head = if headed { "[shelf]\nname = \"a\"\n[shelf.source]\nfolder = \"" } else { "" };
        std::fs::write(&path, [head.as_bytes(), &bytes].concat()).unwrap();
        let opened = Shelf::open("card", &path, &ReadOptions::default());
        let why = opened.err().map(|e| e.to_string()).unwrap_or_default();
        prop_assert!(why.contains("card.toml"), "{why}");
    }
}

#[test]
fn a_folder_is_priced_by_what_its_card_states() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("pictures")).unwrap();
    for i in 0..5u8 {
        let picture = image::RgbImage::from_pixel(64, 64, image::Rgb([40 * i, 0, 0]));
        picture.save(dir.path().join(format!("pictures/{i}.png"))).unwrap();
    }
    let path = dir.path().join("card.toml");
    let open = |text: String| {
        std::fs::write(&path, text).unwrap();
        Shelf::open("stills", &path, &ReadOptions::default()).unwrap()
    };
    let stills = with_source("folder = \"pictures\"").replace("[512, 256]", "[64, 64]");
    let shelf = open(stills.clone());
    let spec = SampleSpec { side: 64, channels: 3, frames: 2, every: 1, warm_up: 0 };
    let mut reds: Vec<u8> = (0..5).map(|s| shelf.sample(s, &spec).unwrap().frames[0][0]).collect();
    reds.sort_unstable();
    assert_eq!(reds, [0, 40, 80, 120, 160]);
    assert_eq!((shelf.size(), shelf.sample(0, &spec).unwrap().milliseconds), (Some(5), vec![11.0; 2]));
    let foreign = shelf.profile().foreign.unwrap();
    assert!(foreign.is_reproducible && (foreign.joules(0.0).unwrap() - 4.95).abs() < 1e-12, "{foreign:?}");
    assert_eq!(shelf.cost().description_bytes, 5_210_000_000);
    let unknown = open(stills.replace("seconds = 0.011\n", ""));
    assert_eq!(unknown.profile().foreign.unwrap().joules(20.0), None);
    assert_ne!(unknown.hash(), shelf.hash(), "the card counts");
    let before = shelf.hash();
    let picture = image::RgbImage::from_pixel(64, 64, image::Rgb([1, 2, 3]));
    picture.save(dir.path().join("pictures/0.png")).unwrap();
    assert_ne!(open(stills.clone()).hash(), before, "and so do the pictures");
    assert!(shelf.is_learned() && shelf.native_size() == Some((64, 64)));
    assert!(!open(stills.replace("images = 2e9", "images = 0")).is_learned());
    std::fs::write(&path, stills.replace("[64, 64]", "[64, 32]")).unwrap();
    let why = Shelf::open("stills", &path, &ReadOptions::default()).err().unwrap().to_string();
    assert!(
        why.contains("line 22: `folder`: expected 64 × 32 pixels") && why.contains("found 64 × 64"),
        "{why}"
    );
}
