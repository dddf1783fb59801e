//! Lists the files of `scenes/`, which ship with the program: first those with an `order` (`order = 1`), in that order,
//! then the others by name.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the package is"));
    let folder = root.join("../../scenes").canonicalize().expect("there is a folder of scenes");
    println!("cargo:rerun-if-changed={}", folder.display());
    println!("cargo:rerun-if-changed=build.rs");
    let files = fs::read_dir(&folder).expect("the folder of scenes can be read");
    let files = files.filter_map(|entry| Some(entry.ok()?.path()));
    let mut scenes: Vec<(u32, String, PathBuf)> =
        files.filter(|p| p.extension().is_some_and(|e| e == "toml")).map(scene).collect();
    scenes.sort();
    let rows = scenes.iter().map(|(_, name, path)| format!("    ({name:?}, include_str!({path:?})),\n"));
    let text = format!("&[\n{}]\n", rows.collect::<String>());
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo says where to write"));
    fs::write(out.join("shipped.rs"), text).expect("the list of scenes can be written");
}

/// Order, name and file of a scene.
fn scene(path: PathBuf) -> (u32, String, PathBuf) {
    let name = path.file_stem().map_or(String::new(), |s| s.to_string_lossy().into_owned());
    (order(&path).unwrap_or(u32::MAX), name, path)
}

/// `order = 3` in the head of a scene, above its tables. The program's scene parser is not built yet at this point; a
/// test checks that both agree.
fn order(path: &Path) -> Option<u32> {
    let text = fs::read_to_string(path).ok()?;
    let head = text.lines().take_while(|line| !line.starts_with('['));
    let values = head.filter_map(|line| line.strip_prefix("order")?.trim_start().strip_prefix('='));
    values.filter_map(|v| v.split('#').next()?.trim().parse().ok()).next()
}
