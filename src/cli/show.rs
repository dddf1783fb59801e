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

/// Prints the provenance of a picture.
pub fn run(args: &Args) -> Outcome {
    let from = read_provenance(&args.file).map_err(Failure::input)?;
    print!("{}", text(&from));
    Ok(())
}

/// One line per fact, and per knob. Within a transition the picture says which one and how far it is.
fn text(from: &Provenance) -> String {
    let transition = from.knobs.strip_suffix(']').and_then(|k| k.rsplit_once('['));
    let (knobs, transition) =
        transition.map_or((&*from.knobs, String::new()), |(k, p)| (k, format!("within   {p}\n")));
    let knobs = match knobs.trim() {
        "" => "as the scene has them".into(),
        knobs => knobs.split_whitespace().collect::<Vec<_>>().join("\n         "),
    };
    format!(
        "scene    {}\nhash     {:016x}\nseed     {}\ntick     {}\nsize     {}×{}\nversion  {}\n{transition}knobs    \
         {knobs}\n",
        from.scene, from.scene_hash, from.seed, from.tick, from.width, from.height, from.version
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transition_is_separated_from_the_knobs() {
        let last_lines = |knobs: &str| {
            let text = text(&Provenance { knobs: knobs.into(), ..Provenance::default() });
            text.lines().skip(6).collect::<Vec<_>>().join("|")
        };
        assert_eq!(last_lines(""), "knobs    as the scene has them");
        assert_eq!(last_lines("a.b=1 a.c=2"), "knobs    a.b=1|         a.c=2");
        assert_eq!(last_lines("a.b=1 [dissolve 0.483]"), "within   dissolve 0.483|knobs    a.b=1");
        assert_eq!(last_lines(" [black 0.125]"), "within   black 0.125|knobs    as the scene has them");
    }
}
