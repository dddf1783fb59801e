//! The page of a blind vote.

use maud::{Markup, html};

use super::summary::{Group, Summary};
use crate::report::chart::{Chart, LineStyle, Series};
use crate::report::shell;
use world::votes::{TELL, Tally};

/// Rounds listed.
const ROUNDS: usize = 200;
/// Pairs with a line of their own in the chart.
const LINES: usize = 6;
/// Points of a line, or about as many: more would not be seen.
const POINTS: usize = 1000;

/// The page; `notes` are lines about the files, such as how many of their lines are damaged, and `command` made it.
pub fn page(summary: &Summary, notes: &[String], command: &str) -> String {
    let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let subtitle =
        format!("{} of {}", counted(summary.all.tally.total, "vote"), counted(summary.voters, "voter"));
    let power = format!(
        "{} votes tell a true share of {:.0} % from guessing, in four of five studies (two-sided test at 5 %).",
        summary.needed,
        100.0 * TELL
    );
    let body = html! {
        p { strong { (summary.verdict()) } }
        p { (power) }
        p {
            "Share of votes for the side that was ruled, with the 95 % interval of Wilson (1927); p: exact binomial test \
             against one half, two-sided. Votes of one voter are counted as independent, which they are the less, the more \
             one person has cast. “Left” is the share of votes for the left: a coin places the sides, so a preference for \
             one of them costs votes but gives no advantage. The band in the chart is the interval of the pair with the \
             most votes."
        }
        @for note in notes { p { (note) } }
        (chart(summary))
        h2 { "By pair" }
        (table(&summary.pairs, &summary.all))
        h2 { "By round" }
        @if summary.rounds.len() > ROUNDS {
            p { "The last " (ROUNDS) " of " (summary.rounds.len()) " rounds." }
        }
        (table(&summary.rounds[summary.rounds.len().saturating_sub(ROUNDS)..], &summary.all))
        p { code { (command) } }
    };
    shell::page("Which side is ruled?", &subtitle, body)
}

fn table(groups: &[Group], all: &Group) -> Markup {
    html! {
        table {
            thead {
                tr { th { "" } th { "votes" } th { "right" } th { "95 % interval" } th { "p" } th { "left" } th { "seconds" } }
            }
            tbody {
                @for group in groups.iter().chain(Some(all)) { (row(group)) }
            }
        }
    }
}

fn row(group: &Group) -> Markup {
    let tally = group.tally;
    let percent = |v: f64| format!("{:.0} %", 100.0 * v);
    let [low, high] = tally.interval();
    let left = group.left as f64 / tally.total.max(1) as f64;
    html! {
        tr {
            td { (group.name) }
            td { (tally.total) }
            td { (tally.share().map_or("–".into(), percent)) }
            td { (percent(low)) " to " (percent(high)) }
            td { (shell::number(tally.p())) }
            td { (percent(left)) }
            td { (shell::number(group.seconds)) }
        }
    }
}

/// The share of right votes so far, vote by vote, and what guessing gives.
fn chart(summary: &Summary) -> Markup {
    let last = summary.courses.iter().map(Vec::len).max().unwrap_or(0);
    if last == 0 {
        return html! {};
    }
    let mut series: Vec<Series> = Vec::new();
    for (i, (pair, course)) in summary.pairs.iter().zip(&summary.courses).take(LINES).enumerate() {
        let every = course.len().div_ceil(POINTS).max(1);
        let drawn = |(n, _): &(usize, &Tally)| n.is_multiple_of(every) || n + 1 == course.len();
        let point = |(n, t): (usize, &Tally)| {
            Some((n as f64 + 1.0, 100.0 * t.share()?, t.interval().map(|v| 100.0 * v)))
        };
        let points: Vec<_> = course.iter().enumerate().filter(drawn).filter_map(point).collect();
        let [band, line] = Series::banded(&pair.name, i, &points, false);
        // Of the pair with the most votes.
        series.extend((i == 0).then_some(band));
        series.push(line);
    }
    let guess = [(1.0, 50.0), (last.max(2) as f64, 50.0)];
    series.push(Series::plain("guessing", shell::REFERENCE, LineStyle::Law, &guess));
    let axes = ["votes of a pair so far".into(), "right so far, %".into()];
    let chart = Chart { title: "Share of right votes".into(), axes, log: [false; 2], series };
    chart.figure_within([None, Some((0.0, 100.0))])
}

#[cfg(test)]
mod tests {
    use super::super::summary::tests::vote;
    use super::*;
    use world::votes::Voter;

    #[test]
    fn the_page_has_rate_interval_p_and_the_votes_that_are_needed() {
        let pair = ("ink", "<vae>");
        let votes: Vec<_> =
            (0..10).map(|i| vote(1, 1 + i, pair, i < 7, Voter::Page(i), 2.0 + i as f64)).collect();
        let text =
            page(&Summary::of(&votes), &["a.jsonl: line 3 is damaged".into()], "untrained votes a.jsonl");
        for expected in [
            "10 votes of 10 voters",
            "7 of 10 right, 70 % (40 to 89 %), p = 0.34",
            "40 % to 89 %",
            "194 votes tell a true share of 60 %",
            "&lt;vae&gt;",
            "a.jsonl: line 3 is damaged",
            "round 10",
            "guessing",
            "<svg",
        ] {
            assert!(text.contains(expected), "{expected}");
        }
        assert!(!text.contains("<vae>") && !text.contains("NaN") && !text.contains("<script"));
    }

    /// A line of a long course has about a thousand points, and both of its ends.
    #[test]
    fn long_courses_are_thinned() {
        let votes: Vec<_> =
            (0..5001).map(|i| vote(1, 1 + i, ("a", "b"), true, Voter::Page(i), 1.0)).collect();
        let text = page(&Summary::of(&votes), &[], "untrained votes");
        let figure = text.split("<figure").nth(1).and_then(|t| t.split("</figure>").next()).unwrap();
        assert!(text.contains("5001 votes of 5001 voters") && figure.len() < 60_000, "{}", figure.len());
    }

    #[test]
    fn a_page_without_votes_says_so() {
        let text = page(&Summary::of(&[]), &[], "untrained votes");
        assert!(
            text.contains("There are no votes.")
                && !text.contains("NaN")
                && !text.contains("class=\"series\"")
        );
    }
}
