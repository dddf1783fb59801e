//! Variations of the pictures (shifts, turns, scales) instead of more pictures: what they are worth by how many there are.

use maud::html;

use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::Setup;
use super::show::{self, interval};
use crate::runs::arm::run_all;
use crate::runs::{Arm, Group, Watch};
use judge::JudgeError;
use judge::training_config::TrainingConfig;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "augment",
    reads: Reads::Pictures,
    about: "How many pictures are variations of the pictures worth? (Simard et al. 2003; Shorten and Khoshgoftaar 2019)",
    run,
};

/// Numbers of training pictures.
const COUNTS: [usize; 3] = [50, 200, 800];

/// For each number of pictures: as they are, and varied. All take as many steps.
fn arms(setup: &Setup) -> Vec<Arm<'_>> {
    let most = setup.pictures.unwrap_or(COUNTS[2]);
    let one = move |part: usize, is_varied: bool| {
        let count = (most * COUNTS[part] / COUNTS[2]).max(20);
        let name = format!("{count}, {}", if is_varied { "varied" } else { "as they are" });
        let epochs = setup.epochs.unwrap_or(15) * most.div_ceil(32) / count.div_ceil(32);
        Arm::new(name.clone(), move |seed| {
            let own = setup.exactly(count, 400, seed);
            let own = if is_varied { own } else { own.fixed() };
            own.run(&format!("augment {name}"), TrainingConfig { epochs, ..setup.plan(epochs, seed) })
        })
    };
    (0..COUNTS.len()).flat_map(|part| [false, true].map(|is_varied| one(part, is_varied))).collect()
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let arms = arms(setup);
    let Some(groups) = run_all(&arms, setup.all_seeds(), &setup.folder, watch)? else { return Ok(None) };
    let shown = (arms[0].run)(setup.seed);
    Ok(Some(Findings {
        done: format!(
            "A network was trained on pictures of {}, as they are and with the variations that `train` makes of such pictures (a new one \
             every time a picture is seen), on three numbers of pictures. Every training has as many steps, so that fewer pictures are seen \
             more often.",
            setup.named()
        ),
        said: said(&groups),
        sections: show::with_results(
            Section {
                title: "What variations are worth".into(),
                text: String::new(),
                body: html! { div.charts { (by_count(&groups)) (show::learning("On test pictures", &groups, "test")) } },
            },
            &groups,
            &shown.phases[0],
        ),
        json: show::json_of(&groups),
        seconds: show::seconds(&groups),
    }))
}

fn said(groups: &[Group]) -> Vec<String> {
    let mut said = Vec::new();
    for pair in groups.chunks_exact(2) {
        let (plain, varied) = (&pair[0], &pair[1]);
        let gain = 100.0 * (varied.mean("test") - plain.mean("test"));
        said.push(format!(
            "With {} pictures: {} on test pictures as they are, {} varied, {gain:+.1} points.",
            plain.name.split(',').next().unwrap_or(""),
            interval(plain.accuracy("test")),
            interval(varied.accuracy("test"))
        ));
    }
    let better =
        groups.chunks_exact(2).filter_map(|p| Some((p[1].accuracy("test")?, p[0].accuracy("test")?)));
    let clear = better.filter(|(varied, plain)| varied.low > plain.high).count();
    said.push(format!(
        "The intervals are apart, in favour of variations, in {clear} of {} cases.",
        groups.len() / 2
    ));
    let worth = groups.chunks_exact(2).zip(groups.chunks_exact(2).skip(1));
    let worth = worth.rev().find(|(few, many)| few[1].mean("test") >= many[0].mean("test"));
    if let Some((few, many)) = worth {
        said.push(format!(
            "{} varied pictures did at least as well as {} that are seen as they are.",
            few[1].name.split(',').next().unwrap_or(""),
            many[0].name.split(',').next().unwrap_or("")
        ));
    }
    said
}

/// Test accuracy against the number of pictures.
fn by_count(groups: &[Group]) -> maud::Markup {
    let points = |at: usize| {
        let own = groups.chunks_exact(2).map(|p| &p[at]);
        own.filter_map(|g| Some((g.name.split(',').next()?.parse().ok()?, g.accuracy("test")))).collect()
    };
    let all = [("as they are".into(), points(0)), ("varied".into(), points(1))];
    show::against(
        "By the number of pictures",
        ["training pictures", "accuracy on test pictures"],
        [true, false],
        &all,
    )
}
