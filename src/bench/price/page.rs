//! Prices on a page: a table, quality against energy, and energy against the length of a film.

use maud::{Markup, html};

use super::energy::EnergySource;
use super::row::{Price, Spread};
use crate::report::chart::{Chart, LineStyle, Series, key};
use world::units::{count, metric, seconds};

/// Lengths of films, frames, for which quality is shown against energy.
pub const LENGTHS: [u64; 3] = [1, 1_000, 100_000];

/// Table of prices, a row each. `about` says how energy became known ([`super::Meter::about`]).
pub fn table(prices: &[Price], about: &str) -> Markup {
    html! {
        p {
            "Each generator alone on one thread. The first picture includes instantiation and warm-up. A frame: the median, and below it the mean with its 95 % interval, which is what many frames cost. "
            (about)
            " What runs elsewhere is priced by the time waited for it and the power that its card states; nothing here confirms either. The program itself, and its author's knowledge, do not count as description."
        }
        div.table tabindex="0" role="region" aria-label="Price of each generator" {
            table {
                thead { tr {
                    th scope="col" { "generator" }
                    th scope="col" { "description" }
                    th scope="col" { "trained on" small { "pictures" } }
                    th scope="col" { "training" small { "CPU time, energy" } }
                    th scope="col" { "first picture" small { "time, CPU time" } }
                    th scope="col" { "a frame" small { "CPU time" } }
                    th scope="col" { "a frame" small { "energy" } }
                    th scope="col" { "memory" small { "peak" } }
                    th scope="col" { "knobs" small { "until a change is seen" } }
                    th scope="col" { "training paid for" small { "against the rule" } }
                } }
                tbody { @for p in prices { (row(p)) } }
            }
        }
    }
}

fn row(p: &Price) -> Markup {
    let unknown = "not known";
    let energy = |joules: f64, source: EnergySource| match source {
        EnergySource::Measured => metric(joules, "J"),
        source => format!("{} ({})", metric(joules, "J"), source.words()),
    };
    let training = p.training;
    html! {
        tr {
            th scope="row" {
                (key(p.colour, false)) (p.name)
                @if p.is_foreign { small { "runs elsewhere" } }
                @if !p.is_reproducible { small.warn { "not reproducible" } }
            }
            td { (metric(p.description_bytes as f64, "B")) }
            @match training {
                None => { td { "none" } td { "none" } }
                Some(t) => {
                    td { (t.images.map_or(unknown.into(), count)) }
                    td {
                        (t.seconds.map_or(unknown.into(), seconds))
                        small { (t.energy.map_or("energy not known".into(), |e| energy(e.joules, e.source))) }
                    }
                }
            }
            td {
                (p.first_seconds.map_or(unknown.into(), seconds))
                @if let (Some(cpu), false) = (p.first_cpu_seconds, p.is_foreign) { small { (seconds(cpu)) " CPU" } }
            }
            td {
                @match p.frame_seconds {
                    Some(s) => { (seconds(s.median)) @if p.is_foreign { small { "of waiting" } } (mean_of(&s, "s")) }
                    None => (unknown),
                }
            }
            td {
                @match (p.frame_joules, p.source) {
                    (Some(s), Some(source)) => { (energy(s.median, source)) (mean_of(&s, "J")) }
                    _ => (unknown),
                }
            }
            td { (p.peak_bytes.map_or(unknown.into(), |b| metric(b as f64, "B"))) }
            td { (p.steering.knobs) small { (p.steering.latency.words()) } }
            td.words { (paid(p)) }
        }
    }
}

fn mean_of(s: &Spread, unit: &str) -> Markup {
    let [low, high] = s.interval.map(|v| metric(v, unit));
    html! { small { "mean " (metric(s.mean, unit)) " (" (low) " to " (high) ")" } }
}

fn paid(p: &Price) -> String {
    match (p.training, p.break_even) {
        (None, _) => "nothing to pay".into(),
        (Some(_), Some(even)) => even.words(),
        (Some(_), None) => "not known".into(),
    }
}

/// Quality of each price, in the order of the prices: value and half-width of its interval of a distance, where lower is
/// better.
pub type Quality = Option<(f64, f64)>;

/// Quality against the energy of a film, with training: one chart for each length in frames. `distance` names the
/// metric. Generators whose energy is not known are left out; if only that of their training is not, they are shown
/// with what is known, and named so.
pub fn quality_charts(prices: &[Price], quality: &[Quality], distance: &str, lengths: &[u64]) -> Markup {
    html! {
        div.charts { @for n in lengths { (quality_chart(prices, quality, distance, *n).figure()) } }
    }
}

fn quality_chart(prices: &[Price], quality: &[Quality], distance: &str, length: u64) -> Chart {
    let series = prices.iter().zip(quality).filter_map(|(p, quality)| {
        let (value, half) = (*quality)?;
        let film = p.film_joules(length as f64)?;
        let training = p.training_joules();
        let name =
            if training.is_some() { p.name.clone() } else { format!("{} (without its training)", p.name) };
        let points = vec![(film + training.unwrap_or(0.0), value, half)];
        Some(Series { name, points, stroke: LineStyle::Points, colour: p.colour })
    });
    let series: Vec<Series> = series.collect();
    let positive = series.iter().flat_map(|s| &s.points).all(|p| p.1 - p.2 > 0.0);
    let frames = if length == 1 { "one picture".into() } else { format!("{} frames", count(length as f64)) };
    Chart {
        title: format!("Quality against energy, {frames} and the training: lower left is better"),
        axes: ["energy, J".into(), format!("{distance} distance")],
        log: [true, positive],
        series,
    }
}

/// Energy of a film with training, by its length in frames: where the lines of a rule and an imitator cross, the
/// training is paid for.
pub fn film_chart(prices: &[Price]) -> Markup {
    let lengths: Vec<f64> = (0..=28).map(|i| 10f64.powf(f64::from(i) / 4.0)).collect();
    let series = prices.iter().filter_map(|p| {
        let training = p.training_joules()?;
        let points: Option<Vec<(f64, f64)>> =
            lengths.iter().map(|n| Some((*n, p.film_joules(*n)? + training))).collect();
        Some(Series::plain(p.name.clone(), p.colour, LineStyle::Line, &points?))
    });
    let chart = Chart {
        title: "Energy of a film with the training: paid for where a line crosses the rule's".into(),
        axes: ["length, frames".into(), "energy, J".into()],
        log: [true; 2],
        series: series.collect(),
    };
    chart.figure()
}

#[cfg(test)]
mod tests {
    use super::super::row::against;
    use super::super::row::tests::{imitator, rule, shelf};
    use super::*;
    use crate::price::StatedTraining;

    fn prices() -> [Price; 3] {
        let mut prices = [rule(), imitator(), shelf(StatedTraining::default())];
        against(&rule(), &mut prices);
        prices
    }

    #[test]
    fn the_table_says_what_is_measured_estimated_stated_and_unknown() {
        let text = table(&prices(), "Energy is what it is.").into_string();
        let rows: Vec<&str> = text.split("<tr>").skip(2).collect();
        assert_eq!(rows.len(), 3);
        let has = |row: usize, words: &[&str]| {
            words.iter().for_each(|w| assert!(rows[row].contains(w), "{w}: {}", rows[row]));
        };
        has(
            0,
            &[
                "rule",
                "900 B",
                "none",
                "500 mJ",
                "1 tick",
                "nothing to pay",
                "120 ms",
                "100 ms CPU",
                "1.05 MB",
            ],
        );
        assert!(!rows[0].contains("estimate") && !rows[0].contains("stated"), "{}", rows[0]);
        has(1, &["imitator", "1.00 MB", "300", "1 min", "600 J (estimate)", "250 mJ", "2,400 frames"]);
        has(
            2,
            &[
                "runs elsewhere",
                "not reproducible",
                "5.21 GB",
                "energy not known",
                "5.00 J (as stated by the card)",
            ],
        );
        has(2, &["of waiting", "1 whole picture"]);
        assert!(text.contains("Energy is what it is."));
    }

    #[test]
    fn charts_place_each_generator_at_its_energy() {
        let quality = [Some((1.5, 0.5)), Some((95.0, 8.0)), Some((60.0, 5.0))];
        let one = quality_chart(&prices(), &quality, "frechet", 1);
        let at = |chart: &Chart, i: usize| chart.series[i].points[0];
        assert_eq!((at(&one, 0), at(&one, 1)), ((2.0, 1.5, 0.5), (600.25, 95.0, 8.0)));
        assert_eq!((at(&one, 2).0, one.log), (9.0, [true; 2]));
        assert_eq!(one.series[2].name, "shelf (without its training)");
        let many = quality_chart(&prices(), &quality, "frechet", 1001);
        assert_eq!((at(&many, 0).0, at(&many, 1).0), (502.0, 850.25));
        let partial = quality_chart(&prices(), &[None, Some((5.0, 6.0)), None], "kid", 1000);
        assert_eq!(
            (partial.series.len(), partial.log),
            (1, [true, false]),
            "an interval below zero has no logarithm"
        );
        let text = quality_charts(&prices(), &quality, "frechet", &LENGTHS).into_string();
        assert!(
            text.contains("one picture") && text.contains("100,000 frames") && !text.contains("NaN"),
            "{text}"
        );
        assert_eq!(text.matches("<figure>").count(), 3);
    }

    #[test]
    fn films_whose_whole_energy_is_known_are_drawn_by_length() {
        let text = film_chart(&prices()).into_string();
        assert!(text.contains("imitator") && !text.contains("shelf") && !text.contains("NaN"), "{text}");
        assert_eq!(text.matches("class=\"series\"").count(), 2 * 2, "two lines, each with its key");
    }
}
