//! `untrained compare` on small rules: what a report must contain, and that a browser shows it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::learn::{done, rejected, untrained};

/// Small, quick and various.
const SMALL: &str = "garden?canvas=64x36,cells=64x36,warm-up=20..40";

fn compare(out: &Path, more: &[&str]) -> Command {
    let mut command = untrained(&["compare"]);
    command.args(more).args(["--n", "24", "--clips", "1", "--frames", "4", "--side", "32", "--out"]).arg(out);
    command
}

fn report(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("report.json")).unwrap()).unwrap()
}

fn small(folder: &Path) -> PathBuf {
    let out = folder.join("report");
    done(&mut compare(&out, &[SMALL, "imitator:ink", "noise", "--reference", SMALL]));
    out
}

#[test]
fn a_twin_is_at_the_floor_and_noise_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let out = small(dir.path());
    let json = report(&out);
    let frechet = |i: usize| &json["generators"][i]["metrics"]["frechet"];
    let number = |v: &Value| v.as_f64().unwrap_or_else(|| panic!("{v} is no number in {json:#}"));
    let (twin, noise) = (number(&frechet(0)["value"]), number(&frechet(2)["value"]));
    // The reference against itself, other seeds: that is what a twin is.
    let floor = number(&frechet(0)["floor"]["value"]);
    assert!((0.3 * floor..3.0 * floor).contains(&twin), "{twin} at a floor of {floor}");
    assert!(noise > 20.0 * twin.max(floor), "{noise}");
    assert_eq!(json["partial"], false);
    assert!(json["generators"][1]["cost"]["training_images"].as_u64() > Some(99));
    assert!(json["generators"].as_array().unwrap().iter().all(|g| g["samples"] == 24));
    for name in ["metrics.csv", "samples.csv"] {
        assert!(std::fs::read_to_string(out.join(name)).unwrap().lines().count() > 24, "{name}");
    }
}

#[test]
fn the_report_depends_on_nothing_but_the_command() {
    let dir = tempfile::tempdir().unwrap();
    let run = |threads: &str| {
        let out = dir.path().join("report");
        done(compare(&out, &[SMALL, "noise", "--reference", SMALL]).env("RAYON_NUM_THREADS", threads));
        let mut json = report(&out);
        for of_the_machine in ["measured", "prices", "energy"] {
            json[of_the_machine].take();
        }
        (json, std::fs::read(out.join("metrics.csv")).unwrap())
    };
    assert!(run("1") == run("2"));
}

#[test]
fn failures_are_named_and_the_rest_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    // One good picture and one that is truncated: a generator that fails half-way.
    let image_folder = dir.path().join("image_folder");
    std::fs::create_dir_all(&image_folder).unwrap();
    for i in 0..24u8 {
        image::RgbImage::from_fn(32, 32, |x, y| image::Rgb([(x * 7) as u8 ^ i, (y * 5) as u8, i * 9]))
            .save(image_folder.join(format!("{i:02}.png")))
            .unwrap();
    }
    let broken = image_folder.join("11.png");
    let bytes = std::fs::read(&broken).unwrap();
    std::fs::write(&broken, &bytes[..bytes.len() / 2]).unwrap();
    let out = dir.path().join("report");
    let words = [image_folder.to_str().unwrap(), "noise", "--reference", SMALL];
    let (code, said) = rejected(&mut compare(&out, &words));
    assert!(code == Some(2) && said.contains("11.png"), "{code:?} {said}");
    assert!(!out.join("report.json").exists(), "nothing passes for a report");
    // More neighbours than samples: those metrics are missing and named, and all others are there.
    let (code, said) = rejected(&mut compare(&out, &[SMALL, "noise", "--reference", SMALL, "--k", "200"]));
    assert!(code == Some(1) && said.contains("partial") && said.contains("at least 201"), "{code:?} {said}");
    let json = report(&out);
    assert_eq!(json["partial"], true);
    for (i, name) in ["garden", "noise"].iter().enumerate() {
        let one = &json["generators"][i];
        assert_eq!((one["name"].as_str(), one["samples"].as_u64()), (Some(*name), Some(24)), "{one:#}");
        let has = |metric: &str| one["metrics"][metric]["value"].is_number();
        assert!(
            has("frechet") && has("kid") && !has("precision") && !has("coverage"),
            "{:#}",
            one["metrics"]
        );
    }
    let page = std::fs::read_to_string(out.join("index.html")).unwrap();
    assert!(page.contains("at least 201 samples") && page.contains("noise"), "the page says what is missing");
    // Without the broken picture the image folder is compared like any other.
    std::fs::remove_file(&broken).unwrap();
    let words = [image_folder.to_str().unwrap(), "noise", "--reference", SMALL, "--n", "23"];
    done(
        untrained(&["compare"])
            .args(words)
            .args(["--clips", "1", "--frames", "4", "--side", "32", "--out"])
            .arg(&out),
    );
    assert_eq!(report(&out)["partial"], false);
    for (words, expected) in [
        (vec!["gardn", "--reference", SMALL], "gardn"),
        (vec![SMALL], "--reference"),
        (vec![SMALL, "--reference", SMALL, "--reference-n", "9"], "--unequal"),
        (vec!["imitator:coast", "--reference", SMALL], "street, ink"),
        (vec![SMALL, "--reference", SMALL, "--metric", "fid"], "no metric `fid`"),
    ] {
        let (code, said) = rejected(&mut compare(&out, &words));
        assert!(code == Some(2) && said.contains(expected), "{words:?}: {code:?} {said}");
    }
}

/// Console messages and network requests of a page while it was rendered to a picture.
struct Visit {
    console: Vec<String>,
    asked: Vec<String>,
}

/// None where there is no Chromium.
fn visit(page: &Path, picture: &Path) -> Option<Visit> {
    let known = |b: &&str| Command::new(b).arg("--version").output().is_ok_and(|o| o.status.success());
    let browser = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(known)?;
    let home = tempfile::tempdir().unwrap();
    let net = home.path().join("net.json");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--v=0", "--hide-scrollbars", "--window-size=1200,2400"])
        .arg(format!("--user-data-dir={}", home.path().join("profile").display()))
        .arg(format!("--screenshot={}", picture.display()))
        .arg(format!("--log-net-log={}", net.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let asked = std::fs::read_to_string(net).unwrap();
    let lines =
        |text: &str, word: &str| text.lines().filter(|l| l.contains(word)).map(String::from).collect();
    // A page in a file has no origin; what the browser asks for on its own account is "not an origin".
    Some(Visit { console: lines(&log, "CONSOLE"), asked: lines(&asked, "\"initiator\":\"null\"") })
}

#[test]
fn a_browser_shows_the_pages_without_a_complaint_or_a_request() {
    let dir = tempfile::tempdir().unwrap();
    let picture = dir.path().join("page.png");
    let bad = dir.path().join("bad.html");
    let text = "<img src='http://127.0.0.1:18321/x.png'><script>console.error('bad')</script>";
    std::fs::write(&bad, text).unwrap();
    let Some(visited) = visit(&bad, &picture) else {
        return crate::skip::skip("chromium", "it does not start");
    };
    assert!(!visited.console.is_empty() && !visited.asked.is_empty(), "this test would see nothing");
    let compared = small(dir.path()).join("index.html");
    let collapse = dir.path().join("collapse");
    done(untrained(&["collapse", "--runs", "20", "--out"]).arg(&collapse));
    for page in [compared, collapse.join("index.html")] {
        let visited = visit(&page, &picture).unwrap();
        assert!(visited.console.is_empty(), "{:?}", visited.console);
        assert!(visited.asked.is_empty(), "{:?}", visited.asked);
        let shown = image::open(&picture).unwrap().to_rgb8();
        let paper = *shown.get_pixel(3, 3);
        let inked = shown.pixels().filter(|p| **p != paper).count();
        assert!(inked * 50 > shown.pixels().len(), "the page is blank");
    }
}
