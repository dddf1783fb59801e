//! `untrained look PICTURE…`: what the judge sees in pictures, as a page.

use std::path::{Path, PathBuf};

use super::command_line::command_line;
use super::{Failure, Outcome, classify};
use crate::bench::look::methods::METHODS;
use crate::bench::look::pointing::pointing_game;
use crate::bench::look::{LookSetup, Looks, look, overlay, page};
use crate::data::reduce::SIDE;
use crate::data::{masked, reader, sample::Samples};
use crate::judge::Judge;
use crate::judge::sight::Observer;
use crate::world::frame::write_atomic;

/// Arguments of `look`.
#[derive(clap::Args)]
pub struct Args {
    /// Picture files.
    #[arg(required_unless_present = "pointing")]
    files: Vec<PathBuf>,
    /// Weights of a judge; the shipped one if not given. Its backbone must be one of convolutions.
    #[arg(long, value_name = "FILE")]
    judge: Option<PathBuf>,
    /// A data set in the judge's size: the nearest of its frames are shown, and the map of its embeddings.
    #[arg(long, value_name = "DATA")]
    data: Option<PathBuf>,
    /// Instead of a page the pointing game: on the composed frames of this set with masks (`untrained dataset --masks
    /// --compose N`), how often the map of a class peaks where that class is, by each method.
    #[arg(long, value_name = "DATA", conflicts_with_all = ["files", "data", "class", "maps"])]
    pointing: Option<PathBuf>,
    /// The page.
    #[arg(long, value_name = "FILE", default_value = "look.html")]
    out: PathBuf,
    /// A folder for the maps: NAME-METHOD.png, over the picture.
    #[arg(long, value_name = "DIR")]
    maps: Option<PathBuf>,
    /// The class whose maps are drawn; that of each verdict if not given.
    #[arg(long, value_name = "NAME")]
    class: Option<String>,
    /// The layer of the class maps and of the units; the deepest that still tells places if not given.
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    /// Units shown for each picture.
    #[arg(long, value_name = "N", default_value_t = 6)]
    units: usize,
    /// Neighbours shown for each picture.
    #[arg(long, value_name = "N", default_value_t = 8)]
    neighbours: usize,
    /// Seed of noise and ascents.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    over: super::reading::ReadOverrides,
}

/// Looks at the pictures and writes the page.
///
/// # Errors
/// A picture, the judge or the data set cannot be read, or they do not fit (code 2); the page cannot be written (code 1).
pub fn run(args: &Args) -> Outcome {
    let mut judge = super::reading::judge(args.judge.as_deref())?;
    if let Some(path) = &args.pointing {
        return play(&judge, path, args);
    }
    let mut pictures = Vec::new();
    for file in &args.files {
        let name = file.file_stem().map_or_else(|| "picture".into(), |n| n.to_string_lossy().into_owned());
        pictures.push((name, classify::picture(file, &judge, args.over.background())?));
    }
    let data = args.data.as_ref().map(|path| samples(path, &judge, args)).transpose()?;
    let setup = LookSetup {
        class: args.class.clone(),
        layer: args.layer.clone(),
        units: args.units,
        neighbours: args.neighbours,
        seed: args.seed,
    };
    let named = data.as_ref().map(|(name, data)| (name.as_str(), data));
    let looks = look(&mut judge, &pictures, named, &setup).map_err(Failure::input)?;
    if let Some(folder) = &args.maps {
        write_maps(&looks, folder)?;
    }
    write_atomic(&args.out, page::page(&looks, &command_line()).as_bytes()).map_err(Failure::failed)?;
    for look in &looks.looks {
        let (name, share) = &look.ranking[0];
        println!("{}: {name} {:.1} %, maps of {}", look.name, 100.0 * share, look.class);
    }
    println!("{}", args.out.display());
    Ok(())
}

/// Plays the pointing game on both splits of a set.
fn play(judge: &Judge, path: &Path, args: &Args) -> Outcome {
    let set = masked::read(&[path.to_path_buf()])?;
    let observer = Observer::new(judge).map_err(Failure::input)?;
    let (found, side) = (judge.header.architecture.side, SIDE);
    if found != side {
        return Err(Failure::input(format!(
            "{}: its frames are {side} pixels wide, the judge sees {found}",
            path.display()
        )));
    }
    let layer = match &args.layer {
        Some(name) => observer.layer(name).map_err(Failure::input)?,
        None => observer.usual_layer(),
    };
    let frames = [set.train, set.test].concat();
    let results = pointing_game(&observer, &judge.header.classes, layer, (&frames, &set.classes), &METHODS);
    match results.first() {
        Some(first) if first.maps > 0 => println!(
            "{} maps of classes in composed frames, at layer {}; pointing anywhere hits {:.1} %",
            first.maps,
            observer.layers()[layer].name,
            100.0 * first.chance
        ),
        _ => {
            return Err(Failure::input(format!(
                "{}: expected composed frames (`untrained dataset --masks --compose N`) of {}, found none",
                path.display(),
                judge.header.classes.join(", ")
            )));
        }
    }
    for r in &results {
        println!(
            "  {:<12} {:5.1} % hit ({} of {})",
            r.method,
            100.0 * r.hits as f64 / r.maps as f64,
            r.hits,
            r.maps
        );
    }
    Ok(())
}

/// The training split of a data set, which must have the judge's size.
fn samples(path: &Path, judge: &Judge, args: &Args) -> Result<(String, Samples), Failure> {
    let data = reader::read_classes(path, 1, &args.over.learning())?;
    let shape = &judge.header.architecture;
    let (found, expected) = ((data.train.side, data.train.channels), (shape.side, shape.channels));
    if found != expected {
        return Err(Failure::input(format!(
            "{}: expected pictures of {} pixels and {} channels, as the judge's, found {} and {}",
            path.display(),
            expected.0,
            expected.1,
            found.0,
            found.1
        )));
    }
    Ok((data.name, data.train))
}

/// Every map over its picture, four times as large.
fn write_maps(looks: &Looks, folder: &PathBuf) -> Outcome {
    std::fs::create_dir_all(folder)
        .map_err(|e| Failure::failed(format!("cannot create {}: {e}", folder.display())))?;
    for look in &looks.looks {
        for map in &look.maps {
            let png = overlay(&look.picture, looks.shape, &map.map, 4).png().map_err(Failure::failed)?;
            let file = folder.join(format!("{}-{}.png", look.name, map.name));
            write_atomic(&file, &png).map_err(Failure::failed)?;
        }
    }
    Ok(())
}
