//! `untrained docs [PAGE]`: the manual, which is built into the program.

use super::{Failure, Outcome};
use crate::world::scene::problem::suggest;

/// Arguments of `docs`.
#[derive(clap::Args)]
pub struct Args {
    /// Name of a page, or `all`; without one, the list of pages.
    page: Option<String>,
}

/// A page of the manual.
struct Page {
    name: &'static str,
    about: &'static str,
    text: &'static str,
}

macro_rules! pages {
    ($($name:literal: $about:literal;)*) => {
        /// The pages of `docs/`, in reading order.
        const PAGES: &[Page] = &[$(Page {
            name: $name,
            about: $about,
            text: include_str!(concat!("../../docs/", $name, ".md")),
        }),*];
    };
}

pages! {
    "scene-file": "Every key of a scene file, and a complete scene.";
    "systems": "Every system with its knobs, inputs, outputs and readouts; knobs of layers, palettes.";
    "scenes": "The shipped scenes, and what each shows.";
    "show": "Performing: cues, controllers, projector, recording, and what keeps a show safe.";
    "addresses": "Everything that MIDI, OSC, keys and the remote can move, by its address.";
    "write-a-system": "A system from scratch to a scene: declarations, determinism, kernels, touch, tests.";
    "physics": "What gases, liquids, discs and skins are checked against, and how far off they are.";
    "sound": "Voices and their knobs, and every signal of the audio input.";
    "judge": "The shipped judge: what it was trained on, how accurate it is, where it errs.";
    "experiments": "How learning goes wrong: fourteen experiments, each one command with a page.";
    "learned": "Generators trained on pictures, worlds trained on frames, and how both are compared.";
    "shelf": "Other people's generators beside ours: cards for folders, films, programs and endpoints.";
    "data": "Which pictures, sets and tables are read, and their limits.";
    "exact": "Why the same scene, seed and tape give the same bytes, and how to check it.";
    "commands": "Every command with its options.";
}

/// The whole manual.
pub fn all() -> String {
    PAGES.iter().map(|p| p.text).collect::<Vec<_>>().join("\n")
}

/// Prints the list of pages, one of them, or all.
pub fn run(args: &Args) -> Outcome {
    let Some(word) = args.page.as_deref() else {
        let widest = PAGES.iter().map(|p| p.name.len()).max().unwrap_or(0);
        PAGES.iter().for_each(|p| println!("{:<widest$}  {}", p.name, p.about));
        return Ok(());
    };
    if word == "all" {
        print!("{}", all());
        return Ok(());
    }
    let name = word.strip_suffix(".md").unwrap_or(word);
    let Some(page) = PAGES.iter().find(|p| p.name == name) else {
        let names: Vec<&str> = PAGES.iter().map(|p| p.name).chain(["all"]).collect();
        return Err(Failure::input(format!("there is no page `{word}`; {}", suggest(name, &names))));
    };
    print!("{}", page.text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_page_of_the_manual_is_included_with_a_one_sentence_summary() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
        let files = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
        let files = files.filter(|p| p.extension().is_some_and(|e| e == "md"));
        let mut files: Vec<String> =
            files.map(|p| p.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        files.sort();
        let mut pages: Vec<&str> = PAGES.iter().map(|p| p.name).collect();
        pages.sort_unstable();
        assert_eq!(files, pages);
        assert!(PAGES.iter().all(|p| p.about.ends_with('.') && p.text.starts_with("# ")));
    }
}
