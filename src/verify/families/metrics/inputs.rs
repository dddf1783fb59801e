//! Tables and pictures that cases are about, each read once.

use std::collections::BTreeMap;
use std::sync::Arc;

use bench::metrics::SampleMatrix;
use bench::metrics::image::{Grey, Mask};

use super::netpbm;
use crate::case::Job;
use crate::fault::Fault;
use crate::folder::Folder;
use crate::json::Field;
use crate::sheet::table;

/// Most rows and columns of a table: what metrics take time and memory for.
const MOST_SAMPLES: [usize; 2] = [4096, 1024];
/// Most bytes of a picture's file.
const MOST_BYTES: u64 = 64 << 20;
/// Most pixels along a side.
const MOST_PIXELS: usize = 4096;

type Read<T> = BTreeMap<String, Result<Arc<T>, Fault>>;

/// All that was read so far.
pub struct Inputs<'a> {
    folder: &'a Folder,
    tables: Read<SampleMatrix>,
    pictures: Read<Grey>,
    masks: Read<Mask>,
}

impl<'a> Inputs<'a> {
    /// Nothing so far.
    pub fn new(folder: &'a Folder) -> Self {
        Self { folder, tables: Read::new(), pictures: Read::new(), masks: Read::new() }
    }

    /// The folder.
    pub fn folder(&self) -> &'a Folder {
        self.folder
    }

    /// Mistakes in what was read, a case for each file.
    pub fn mistakes(&self) -> Vec<Job> {
        fn of<T>(read: &Read<T>) -> impl Iterator<Item = Job> {
            read.iter().filter_map(|(file, r)| Some(Job::answered(file, Err(r.as_ref().err()?.clone()))))
        }
        of(&self.tables).chain(of(&self.pictures)).chain(of(&self.masks)).collect()
    }

    /// A table whose name, without its ending, a field has.
    ///
    /// # Errors
    /// The field has no name, or the table a mistake.
    pub fn named(&mut self, field: &Field) -> Result<Arc<SampleMatrix>, Fault> {
        let name = self.folder.inside(field.text()?).map_err(|e| field.fault(e))?;
        self.table(&format!("{name}.csv"), true)
    }

    /// A table; its values were in single precision before they were written if `single` is set.
    ///
    /// # Errors
    /// It has a mistake, which is told by [`Self::mistakes`].
    pub fn table(&mut self, file: &str, single: bool) -> Result<Arc<SampleMatrix>, Fault> {
        let folder = self.folder;
        once(&mut self.tables, file, || {
            let (columns, values) = table(&folder.shown(file), &folder.text(file)?, single, MOST_SAMPLES)?;
            Ok(SampleMatrix::new(columns, values)?)
        })
    }

    /// A grey picture in `images`, by its name without an ending.
    ///
    /// # Errors
    /// It has a mistake, which is told by [`Self::mistakes`].
    pub fn picture(&mut self, name: &str) -> Result<Arc<Grey>, Fault> {
        let folder = self.folder;
        let [pgm, png] = ["pgm", "png"].map(|ending| format!("images/{name}.{ending}"));
        let file = if folder.has(&pgm) || !folder.has(&png) { pgm } else { png };
        once(&mut self.pictures, &file, || {
            let wrong = |e: String| Fault::file(&folder.shown(&file), e);
            let bytes = folder.bytes(&file, MOST_BYTES)?;
            if file.ends_with(".pgm") {
                let (width, height, levels) = netpbm::grey(&bytes, MOST_PIXELS).map_err(wrong)?;
                return Ok(Grey::from_levels(width, height, levels)?);
            }
            let picture = data::picture::decode(&bytes).map_err(wrong)?;
            let (width, height) = (picture.width() as usize, picture.height() as usize);
            if width.max(height) > MOST_PIXELS {
                return Err(wrong(format!(
                    "expected at most {MOST_PIXELS} pixels along a side, found {width}×{height}"
                )));
            }
            Ok(Grey::from_levels(width, height, picture.to_luma8().as_raw())?)
        })
    }

    /// A bitmap in `images`, by its name without an ending.
    ///
    /// # Errors
    /// It has a mistake, which is told by [`Self::mistakes`].
    pub fn mask(&mut self, name: &str) -> Result<Arc<Mask>, Fault> {
        let (folder, file) = (self.folder, format!("images/{name}.pbm"));
        once(&mut self.masks, &file, || {
            let bytes = folder.bytes(&file, MOST_BYTES)?;
            let (width, height, lit) =
                netpbm::bitmap(&bytes, MOST_PIXELS).map_err(|e| Fault::file(&folder.shown(&file), e))?;
            Ok(Mask::new(width, height, lit)?)
        })
    }
}

/// What was read before, or is read now. A mistake is told once; here it is only said that there is one.
fn once<T>(read: &mut Read<T>, file: &str, now: impl FnOnce() -> Result<T, Fault>) -> Result<Arc<T>, Fault> {
    let entry = read.entry(file.into()).or_insert_with(|| now().map(Arc::new));
    entry
        .as_ref()
        .map(Arc::clone)
        .map_err(|_| Fault::NotCovered(format!("needs {file}, which cannot be used")))
}
