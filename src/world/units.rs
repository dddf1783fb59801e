//! Numbers with units, for people.

/// Metric prefixes (BIPM, *The International System of Units*, 9th edition, table 7).
const PREFIXES: [(f64, &str); 8] =
    [(1e-9, "n"), (1e-6, "µ"), (1e-3, "m"), (1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T")];

/// A value with three significant digits, a metric prefix from n to T, and its unit: `0.0123`, `"J"` is `12.3 mJ`. A
/// dash if it is not finite.
pub fn metric(value: f64, unit: &str) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let size = value.abs();
    if size == 0.0 {
        return format!("0 {unit}");
    }
    // What would be rounded to a thousand belongs to the next prefix.
    let fits = |p: &&(f64, &str)| size >= 0.9995 * p.0;
    let (scale, prefix) = *PREFIXES.iter().rev().find(fits).unwrap_or(&PREFIXES[0]);
    let digits = match size / scale {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    format!("{:.digits$} {prefix}{unit}", value / scale)
}

/// A time, seconds: with a metric prefix below a minute, then in minutes, hours or days.
pub fn seconds(value: f64) -> String {
    match value {
        v if v < 59.95 => metric(v, "s"),
        v if v < 5400.0 => format!("{:.0} min", v / 60.0),
        v if v < 172_800.0 => format!("{:.1} h", v / 3600.0),
        v if v.is_finite() => format!("{} days", count(v / 86_400.0)),
        _ => "–".into(),
    }
}

/// A count, rounded, with separators: `1,234,567`; with a power of ten from 10¹⁵ on.
pub fn count(value: f64) -> String {
    match value.round() {
        v if !v.is_finite() => "–".into(),
        v if v.abs() >= 1e15 => format!("{v:.2e}"),
        v => {
            let digits = format!("{:.0}", v.abs());
            let grouped = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
            let sign = if v < 0.0 { "−" } else { "" };
            format!("{sign}{}", grouped.collect::<Vec<_>>().join(","))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_have_three_digits_and_the_prefix_that_fits() {
        let cases = [
            (0.0123, "12.3 mJ"),
            (1.35e11, "135 GJ"),
            (4.947, "4.95 J"),
            (999.6, "1.00 kJ"),
            (999.4, "999 J"),
            (1e-12, "0.00 nJ"),
            (5.21e9, "5.21 GJ"),
            (0.0, "0 J"),
            (f64::NAN, "–"),
            (f64::INFINITY, "–"),
        ];
        cases.iter().for_each(|(v, text)| assert_eq!(metric(*v, "J"), *text));
        let times = [
            (0.0016, "1.60 ms"),
            (59.0, "59.0 s"),
            (600.0, "10 min"),
            (7200.0, "2.0 h"),
            (5.4e8, "6,250 days"),
        ];
        times.iter().for_each(|(v, text)| assert_eq!(seconds(*v), *text));
    }

    #[test]
    fn counts_are_grouped() {
        let cases =
            [(0.0, "0"), (999.4, "999"), (1000.0, "1,000"), (1234567.0, "1,234,567"), (-1e6, "−1,000,000")];
        cases.iter().for_each(|(v, text)| assert_eq!(count(*v), *text));
        assert_eq!((count(2.5e15), count(f64::INFINITY)), ("2.50e15".into(), "–".into()));
    }

    proptest! {
        /// The text reads back as the value, to the digits it has.
        #[test]
        fn no_value_is_shown_as_another(exponent in -8.9..14.9f64, negative: bool) {
            let value = libm::pow(10.0, exponent) * if negative { -1.0 } else { 1.0 };
            let text = metric(value, "J");
            let (number, unit) = text.split_once(' ').unwrap();
            let scale = PREFIXES.iter().find(|p| format!("{}J", p.1) == unit).unwrap().0;
            let read = number.parse::<f64>().unwrap() * scale;
            prop_assert!((read / value - 1.0).abs() < 0.00501, "{value} as {text}");
            let whole = value.abs().round();
            if whole < 1e15 {
                prop_assert_eq!(count(whole).replace(',', ""), format!("{whole:.0}"));
            }
        }
    }
}
