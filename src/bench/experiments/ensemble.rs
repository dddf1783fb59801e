//! Several networks asked together: the mean of their probabilities.

use maud::html;

use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::Setup;
use super::show::{self, interval};
use crate::collapse::statistics::Band;
use crate::runs::arm::run_all;
use crate::runs::{Arm, Group, Watch};
use judge::JudgeError;
use judge::calibration::{accuracy, calibration_error, softmax};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "ensemble",
    reads: Reads::Pictures,
    about: "Are several networks together right more often than one, and do they know better how sure they are? (Hansen and Salamon 1990; Lakshminarayanan et al. 2017)",
    run,
};

/// Members.
const MEMBERS: usize = 5;

/// One for each member: the same pictures, other first weights and another order.
fn arms(setup: &Setup) -> Vec<Arm<'_>> {
    let one = |member: usize| {
        Arm::new(format!("member {}", member + 1), move |seed| {
            let own = setup.pictures(200, 600, seed);
            let plan = setup.plan(20, seed.wrapping_mul(1000).wrapping_add(member as u64));
            own.run("ensemble", plan)
        })
    };
    (0..MEMBERS).map(one).collect()
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let arms = arms(setup);
    let Some(groups) = run_all(&arms, setup.all_seeds(), &setup.folder, watch)? else { return Ok(None) };
    let shown = (arms[0].run)(setup.seed);
    Ok(Some(Findings {
        done: format!(
            "For each seed, {MEMBERS} networks were trained on the same {} pictures of {} for {} epochs, from different first weights and in different \
             orders. Together they say the mean of their probabilities; for each number of members all runs of neighbours in the list of members are asked, \
             and their mean is taken.",
            shown.phases[0].len(),
            setup.named(),
            shown.plan.epochs
        ),
        said: said(&groups),
        sections: show::with_results(
            Section {
                title: "By the number of members".into(),
                text: String::new(),
                body: html! { div.charts { (charts(&groups)) } },
            },
            &groups,
            &shown.phases[0],
        ),
        json: show::json_of(&groups),
        seconds: show::seconds(&groups),
    }))
}

/// Logarithms of the mean probabilities of some members, for the test pictures of a seed.
fn together(groups: &[Group], seed: usize, members: &[usize]) -> Vec<Vec<f32>> {
    let logits: Vec<&Vec<Vec<f32>>> = members.iter().map(|m| &groups[*m].records[seed].logits[1]).collect();
    let picture = |i: usize| -> Vec<f32> {
        let all: Vec<Vec<f32>> = logits.iter().map(|l| softmax(&l[i], 1.0)).collect();
        let mean = |c: usize| all.iter().map(|p| p[c]).sum::<f32>() / all.len() as f32;
        (0..all[0].len()).map(|c| libm::logf(mean(c).max(1e-12))).collect()
    };
    (0..logits[0].len()).map(picture).collect()
}

/// Accuracy and calibration error by the number of members, from 1, over the seeds.
fn by_members(groups: &[Group]) -> Vec<[Option<Band>; 2]> {
    let seeds = groups.iter().map(|g| g.records.len()).min().unwrap_or(0);
    let one = |n: usize, seed: usize| {
        let labels = &groups[0].records[seed].labels[1];
        let sums = (0..MEMBERS).fold([0.0; 2], |[a, e], first| {
            let members: Vec<usize> = (0..n).map(|k| (first + k) % MEMBERS).collect();
            let logits = together(groups, seed, &members);
            [a + accuracy(&logits, labels), e + calibration_error(&logits, labels, 1.0)]
        });
        sums.map(|s| s / MEMBERS as f64)
    };
    (1..=MEMBERS)
        .map(|n| {
            let all: Vec<[f64; 2]> = (0..seeds).map(|s| one(n, s)).collect();
            [0, 1].map(|i| Band::of(&all.iter().map(|v| v[i]).collect::<Vec<_>>(), [0.0, 1.0]))
        })
        .collect()
}

fn said(groups: &[Group]) -> Vec<String> {
    let all = by_members(groups);
    let (Some(one), Some(many)) = (all.first(), all.last()) else { return Vec::new() };
    let mean = |b: Option<Band>| b.map_or(f64::NAN, |b| b.mean);
    let gain = 100.0 * (mean(many[0]) - mean(one[0]));
    vec![
        format!(
            "One network is right on {} of test pictures, {MEMBERS} together on {}: {gain:+.1} points.",
            interval(one[0]),
            interval(many[0])
        ),
        format!(
            "The second member brings {:+.1} points, the last {:+.1}.",
            100.0 * (mean(all[1][0]) - mean(one[0])),
            100.0 * (mean(many[0]) - mean(all[MEMBERS - 2][0]))
        ),
        format!(
            "The expected calibration error goes from {} to {}: {}",
            interval(one[1]),
            interval(many[1]),
            if mean(many[1]) < mean(one[1]) {
                "where members disagree, the mean is less sure."
            } else {
                "together they are less sure than they could be."
            }
        ),
        format!("That costs {MEMBERS} times the time, in training and for every verdict."),
    ]
}

/// Accuracy and calibration error by the number of members.
fn charts(groups: &[Group]) -> maud::Markup {
    let all = by_members(groups);
    let points = |i: usize| all.iter().enumerate().map(|(n, v)| ((n + 1) as f64, v[i])).collect::<Vec<_>>();
    let chart = |title: &str, axis: &str, i: usize| {
        show::against(title, ["members", axis], [false; 2], &[("together".into(), points(i))])
    };
    html! { (chart("Accuracy", "accuracy on test pictures", 0)) (chart("Calibration", "expected calibration error", 1)) }
}
