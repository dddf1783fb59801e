//! `untrained generate FILE --out FOLDER`: pictures from a trained generator.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Failure, Outcome};
use crate::learn::File;
use crate::learn::model::{Model, bytes};
use crate::learn::sheet::ContactSheet;
use crate::world::frame::write_atomic;
use crate::world::names::components;
use crate::world::rng::Rng;

/// The contact sheet.
const SHEET: &str = "sheet.png";

/// Arguments of `generate`.
#[derive(clap::Args)]
pub struct Args {
    /// Weights of a generator (from `untrained learn`).
    generator: PathBuf,
    /// Output folder: a folder of PNGs per class (one for all if the generator has no classes), and a contact sheet,
    /// `sheet.png`.
    #[arg(long, default_value = "generated")]
    out: PathBuf,
    /// Pictures per class, or in all if the generator has no classes.
    #[arg(long, default_value_t = 10)]
    n: usize,
    /// Only pictures of this class.
    #[arg(long)]
    class: Option<String>,
    /// The first seed; picture number i of a class has the seed `seed + i`.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Classifier guidance: a judge steers the samples towards the class (its weights, or `shipped` for the built-in
    /// one). For methods that generate step by step (`diffusion`).
    #[arg(long, value_name = "JUDGE")]
    guide: Option<PathBuf>,
    /// Guidance scale; 1 is what Bayes' theorem gives.
    #[arg(long, default_value_t = 1.0, requires = "guide")]
    scale: f32,
}

/// Generates and writes.
pub fn run(args: &Args) -> Outcome {
    let file = File::load(&args.generator)?;
    let model = file.open(&args.generator)?;
    let classes = &file.header.classes;
    let guided = args.guide.is_some() && !model.is_conditional();
    let own = args.class.as_ref().filter(|_| !guided);
    let asked = own.map(|name| position(name, classes, &*model)).transpose()?;
    let labels: Vec<Option<usize>> = match (model.is_conditional(), asked) {
        (false, _) => vec![None],
        (true, Some(one)) => vec![Some(one)],
        (true, None) => (0..classes.len()).map(Some).collect(),
    };
    let wanted: Vec<_> =
        labels.iter().flat_map(|l| (0..args.n as u64).map(move |i| (*l, address(args.seed + i)))).collect();
    let shape = model.shape();
    let made = match &args.guide {
        None => model.samples(&wanted),
        Some(judge) => guide(args, judge, &*model, classes, &wanted)?,
    };
    let pictures: Vec<Vec<u8>> = made.iter().map(|p| bytes(p, shape)).collect();
    let folders = components(classes, &[SHEET]);
    let write = |(i, picture): (usize, &Vec<u8>)| {
        let class = labels[i / args.n.max(1)].map_or("all", |l| folders[l].as_str());
        let folder = args.out.join(class);
        std::fs::create_dir_all(&folder)
            .map_err(|e| Failure::failed(format!("cannot write {}: {e}", folder.display())))?;
        let sheet = ContactSheet::picture(picture, shape.side, shape.channels);
        put(&sheet, &folder.join(format!("{:06}.png", args.seed + (i % args.n.max(1)) as u64)))
    };
    pictures.par_iter().enumerate().map(write).collect::<Result<Vec<()>, _>>()?;
    put(&ContactSheet::of(&pictures, shape.side, shape.channels, args.n.min(20)), &args.out.join(SHEET))?;
    report_renamed(classes, &folders, &labels);
    println!("{} pictures in {}", pictures.len(), args.out.display());
    Ok(())
}

/// Reports classes whose folders have other names.
fn report_renamed(classes: &[String], folders: &[String], labels: &[Option<usize>]) {
    for &label in labels.iter().flatten().filter(|l| classes[**l] != folders[**l]) {
        println!("the class {:?} is in the folder `{}`", classes[label], folders[label]);
    }
}

/// The random stream of a seed, in this command and wherever a generator is given a seed.
pub fn address(seed: u64) -> Rng {
    Rng::new(seed).named("generate")
}

/// Pictures generated with classifier guidance in every step.
#[cfg(feature = "judge")]
fn guide(
    args: &Args,
    judge: &Path,
    model: &dyn Model,
    classes: &[String],
    wanted: &[(Option<usize>, Rng)],
) -> Result<Vec<Vec<f32>>, Failure> {
    use crate::judge::Judge;
    use crate::judge::guide::Guide;
    if !(args.scale.is_finite() && args.scale >= 0.0) {
        return Err(Failure::input(format!(
            "--scale: expected a number of at least 0, found {}",
            args.scale
        )));
    }
    let judge = if judge == Path::new("shipped") { Judge::shipped()? } else { Judge::load(judge)? };
    let one = |&(label, rng): &(Option<usize>, Rng)| {
        let class = label.map(|l| classes[l].as_str()).or(args.class.as_deref()).ok_or_else(|| {
            Failure::input("--guide: this generator has no classes; name one of the judge's with --class")
        })?;
        let guide = Guide::new(&judge, model.shape(), class, args.scale)
            .map_err(|e| Failure::input(format!("--guide: {e}")))?;
        model.guided(&model.point(label, rng), label, &mut guide.hook()).ok_or_else(|| {
            Failure::input("--guide: this method generates in one step; `diffusion` can be guided")
        })
    };
    wanted.iter().map(one).collect()
}

#[cfg(not(feature = "judge"))]
fn guide(
    _: &Args,
    _: &Path,
    _: &dyn Model,
    _: &[String],
    _: &[(Option<usize>, Rng)],
) -> Result<Vec<Vec<f32>>, Failure> {
    Err(Failure::input(
        "--guide: this program was built without the `judge` feature; build it with its default features",
    ))
}

fn position(name: &str, classes: &[String], model: &dyn Model) -> Result<usize, Failure> {
    let known = || match model.is_conditional() {
        true => format!("it has {}", classes.join(", ")),
        false => "it is not conditioned on classes".into(),
    };
    let place = classes.iter().position(|c| c == name).filter(|_| model.is_conditional());
    place.ok_or_else(|| Failure::input(format!("--class {name}: {}", known())))
}

fn put(sheet: &ContactSheet, path: &Path) -> Outcome {
    let png = sheet.png().map_err(Failure::failed)?;
    write_atomic(path, &png).map_err(Failure::failed)
}
