//! `render --fields`: outputs of nodes as an array of numbers rather than as pictures.

use std::path::Path;

use super::Failure;
use super::headless::Headless;
use crate::output::{Done, NpyWriter, OutputError};
use crate::world::field::Field;
use crate::world::scene::Scene;
use crate::world::scene::problem::suggest;

/// The fields that are written, and where.
pub struct Fields {
    /// Node and output of each.
    places: Vec<(usize, usize)>,
    array: NpyWriter,
}

impl Fields {
    /// Begins the array: `names` are `node.output`; their planes are concatenated in each frame.
    ///
    /// # Errors
    /// A name that the scene does not have, nodes of different sizes, or another extension than `.npy` (exit code 2);
    /// an unwritable path.
    pub fn create(names: &[String], show: &Headless, out: &Path) -> Result<Self, Failure> {
        if out.extension().is_none_or(|e| e != "npy") {
            let message =
                format!("--fields writes numbers: expected --out to end in .npy, found `{}`", out.display());
            return Err(Failure::input(message));
        }
        let scene = show.engine.scene();
        let places = names.iter().map(|n| place(scene, n)).collect::<Result<Vec<_>, Failure>>()?;
        let fields = shown(&places, show);
        let size = fields.first().map_or((0, 0), Field::size);
        if let Some(i) = fields.iter().position(|f| f.size() != size) {
            let say = |(w, h): (usize, usize)| format!("{w}×{h}");
            return Err(Failure::input(format!(
                "--fields: expected fields of one size, found `{}` of {} and `{}` of {}",
                names[0],
                say(size),
                names[i],
                say(fields[i].size())
            )));
        }
        let array = NpyWriter::create(out, fields.iter().map(Field::planes).sum(), size)?;
        Ok(Self { places, array })
    }

    /// Adds a frame.
    pub fn add(&mut self, show: &Headless) -> Result<(), OutputError> {
        self.array.frame(&shown(&self.places, show))
    }

    /// Completes the file.
    pub fn finish(self) -> Result<Done, OutputError> {
        self.array.finish()
    }
}

fn shown(places: &[(usize, usize)], show: &Headless) -> Vec<Field> {
    places.iter().map(|&(node, port)| show.engine.field(node, port)).collect()
}

fn place(scene: &Scene, name: &str) -> Result<(usize, usize), Failure> {
    let all: Vec<String> = scene
        .nodes
        .iter()
        .flat_map(|n| n.kind.outputs.iter().map(|o| format!("{}.{}", n.name, o.name)))
        .collect();
    let found = name.split_once('.').and_then(|(node, output)| {
        let node = scene.node(node)?;
        Some((node, scene.nodes[node].kind.outputs.iter().position(|o| o.name == output)?))
    });
    found.ok_or_else(|| {
        let valid: Vec<&str> = all.iter().map(String::as_str).collect();
        Failure::input(format!("--fields: the scene has no field `{name}`; {}", suggest(name, &valid)))
    })
}
