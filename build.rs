//! One test for each scene that ships: what lies in `scenes/` is pinned, without a list of it.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=scenes");
    println!("cargo:rerun-if-changed=build.rs");
    let files = fs::read_dir("scenes").expect("the folder of scenes can be read");
    let paths = files.filter_map(|entry| Some(entry.ok()?.path()));
    let scenes = paths.filter(|p| p.extension().is_some_and(|e| e == "toml"));
    let mut names: Vec<String> =
        scenes.filter_map(|p| Some(p.file_stem()?.to_string_lossy().into_owned())).collect();
    names.sort();
    let out = env::var_os("OUT_DIR").expect("cargo says where to write");
    let text = format!("scenes! {{ {} }}\n", names.join(" "));
    fs::write(Path::new(&out).join("scene_tests.rs"), text).expect("the list can be written");
}
