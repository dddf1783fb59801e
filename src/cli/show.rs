//! `untrained show FILE.png`.

use std::path::PathBuf;

use super::{Failure, Outcome};
use crate::world::frame::{Provenance, read_provenance};

/// Arguments of `show`.
#[derive(clap::Args)]
pub struct Args {
    /// A picture that untrained saved.
    file: PathBuf,
}

/// Prints where a picture comes from.
pub fn run(args: &Args) -> Outcome {
    let from = read_provenance(&args.file).map_err(Failure::input)?;
    print!("{}", text(&from));
    Ok(())
}

/// One line a fact; knobs one a line. Within a transition the picture tells which and how far.
fn text(from: &Provenance) -> String {
    let passage = from.knobs.strip_suffix(']').and_then(|k| k.rsplit_once('['));
    let (knobs, passage) =
        passage.map_or((&*from.knobs, String::new()), |(k, p)| (k, format!("within   {p}\n")));
    let knobs = match knobs.trim() {
        "" => "as the scene has them".into(),
        knobs => knobs.split_whitespace().collect::<Vec<_>>().join("\n         "),
    };
    format!(
        "scene    {}\nhash     {:016x}\nseed     {}\ntick     {}\nsize     {}×{}\nversion  {}\n{passage}knobs    {knobs}\n",
        from.scene, from.scene_hash, from.seed, from.tick, from.width, from.height, from.version
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transition_is_told_apart_from_the_knobs() {
        let told = |knobs: &str| {
            let text = text(&Provenance { knobs: knobs.into(), ..Provenance::default() });
            text.lines().skip(6).collect::<Vec<_>>().join("|")
        };
        assert_eq!(told(""), "knobs    as the scene has them");
        assert_eq!(told("a.b=1 a.c=2"), "knobs    a.b=1|         a.c=2");
        assert_eq!(told("a.b=1 [dissolve 0.483]"), "within   dissolve 0.483|knobs    a.b=1");
        assert_eq!(told(" [black 0.125]"), "within   black 0.125|knobs    as the scene has them");
    }
}
