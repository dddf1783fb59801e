//! A value held against one that is given.

/// What a deviation is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Relative to the value that is given.
    Relative,
    /// In the unit of the value.
    Absolute,
    /// How many differ.
    Count,
}

/// One comparison of a case.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Check {
    /// What is compared.
    pub what: String,
    /// What this program computes.
    pub found: f64,
    /// What is given.
    pub expected: f64,
    /// How far the two are apart, at least 0.
    pub deviation: f64,
    /// The largest deviation that passes; 0 if it must be exact.
    pub tolerance: f64,
    /// What both are measured in.
    pub scale: Scale,
}

impl Check {
    /// Relative to the value that is given.
    pub fn relative(what: impl Into<String>, found: f64, expected: f64, tolerance: f64) -> Self {
        Self::above(what, found, expected, tolerance, 0.0)
    }

    /// Relative to the value that is given, or to `least` where that is larger in size: near zero a relative deviation
    /// says nothing.
    pub fn above(what: impl Into<String>, found: f64, expected: f64, tolerance: f64, least: f64) -> Self {
        let (off, size) = (off(found, expected), expected.abs().max(least));
        let deviation = if off == 0.0 { 0.0 } else { off / size };
        Self { what: what.into(), found, expected, deviation, tolerance, scale: Scale::Relative }
    }

    /// In the unit of the value.
    pub fn absolute(what: impl Into<String>, found: f64, expected: f64, tolerance: f64) -> Self {
        let deviation = off(found, expected);
        Self { what: what.into(), found, expected, deviation, tolerance, scale: Scale::Absolute }
    }

    /// Of whole numbers: they must be the same.
    pub fn same(what: impl Into<String>, found: i128, expected: i128) -> Self {
        let deviation = found.abs_diff(expected) as f64;
        Self {
            what: what.into(),
            found: found as f64,
            expected: expected as f64,
            deviation,
            tolerance: 0.0,
            scale: Scale::Absolute,
        }
    }

    /// How many of `total` differ: none may.
    pub fn none_differ(what: impl Into<String>, differ: usize, total: usize) -> Self {
        let (found, expected) = ((total - differ) as f64, total as f64);
        Self {
            what: what.into(),
            found,
            expected,
            deviation: differ as f64,
            tolerance: 0.0,
            scale: Scale::Count,
        }
    }

    /// Whether it passes.
    pub fn passed(&self) -> bool {
        self.deviation <= self.tolerance
    }

    /// The deviation in tolerances: at most 1 if it passes. An exact value has 0, one that should be and is not has
    /// infinity.
    pub fn strain(&self) -> f64 {
        match self.passed() {
            true if self.tolerance == 0.0 => 0.0,
            _ if self.deviation.is_nan() || self.tolerance == 0.0 => f64::INFINITY,
            _ => self.deviation / self.tolerance,
        }
    }

    /// The worst of some.
    pub fn worst<'a>(checks: impl IntoIterator<Item = &'a Self>) -> Option<&'a Self> {
        checks.into_iter().reduce(|worst, c| if c.strain() > worst.strain() { c } else { worst })
    }

    /// The worst of many values that are one thing, such as the columns of a table.
    pub fn of_many(checks: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let worst = checks.into_iter().reduce(|worst, c| if c.strain() > worst.strain() { c } else { worst });
        worst.into_iter().collect()
    }
}

/// The distance of two values; 0 for equal infinities.
fn off(found: f64, expected: f64) -> f64 {
    if found == expected { 0.0 } else { (found - expected).abs() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_number_never_passes() {
        for (found, expected) in
            [(f64::NAN, 1.0), (1.0, f64::NAN), (f64::INFINITY, 1.0), (1.0, f64::INFINITY)]
        {
            for check in [
                Check::relative("", found, expected, 1e300),
                Check::absolute("", found, expected, 1e300),
                Check::above("", found, expected, 1e300, 1.0),
            ] {
                assert!(!check.passed() && check.strain() > 1.0, "{check:?}");
            }
        }
        assert!(Check::relative("", f64::INFINITY, f64::INFINITY, 0.0).passed());
        assert!(!Check::relative("", 1e-300, 0.0, 1e6).passed(), "nothing is near zero in relation to it");
        assert!(Check::above("", 1e-300, 0.0, 1e-6, 1e-3).passed());
    }

    #[test]
    fn the_worst_is_the_one_nearest_to_its_tolerance_or_beyond() {
        let checks = [
            Check::absolute("a", 1.5, 1.0, 1.0),
            Check::absolute("b", 1.09, 1.0, 0.1),
            Check::same("c", 7, 7),
            Check::absolute("d", 0.0, 0.0, 0.0),
        ];
        assert_eq!(Check::worst(&checks).unwrap().what, "b");
        let failed = Check::none_differ("e", 2, 8);
        assert_eq!((failed.strain(), failed.found), (f64::INFINITY, 6.0));
        assert_eq!(Check::worst(checks.iter().chain([&failed])).unwrap().what, "e");
        assert_eq!(Check::of_many(checks)[0].what, "b");
    }
}
