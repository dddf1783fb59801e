//! The reference folder as it is.

use super::folders::{failed, reference, report, results};
use crate::case::Status;

#[test]
fn every_case_of_the_reference_that_is_covered_passes() {
    let Some(folder) = reference() else { return };
    for (family, case, least) in [
        ("lattice_gas", "", 15),
        ("hard_discs", "collisions", 3),
        ("hard_discs", "density 0.2", 2),
        // One of those for which no value of the series is given.
        ("hard_discs", "density 0.5", 1),
        ("golly", "", 100),
        ("metrics", "", 120),
        ("stable_fluids", "o", 4),
        ("stable_fluids", "157", 4),
        ("water", "", 12),
        ("rayleigh_benard", "Ra 10000", 4),
        ("swarm", "", 26),
        ("automata", "", 7),
        #[cfg(feature = "judge")]
        ("nn", "", 12),
    ] {
        let all = results(&folder.join(family), case);
        assert_eq!(failed(&all), Vec::<String>::new(), "{family}");
        let passed = all.iter().filter(|r| r.status() == Status::Passed).count();
        assert!(passed >= least, "{family}: {passed} passed");
    }
}

#[test]
fn results_are_the_same_on_any_number_of_threads() {
    let Some(folder) = reference() else { return };
    let bits = |threads: usize| -> Vec<(String, Vec<u64>)> {
        let all = report(&folder.join("lattice_gas"), "", threads).families;
        let more = report(&folder.join("metrics"), "gaussA_vs_gaussB", threads).families;
        let cases = all.into_iter().chain(more).flat_map(|f| f.cases);
        let found = |c: &crate::check::Check| c.found.to_bits();
        cases.map(|c| (c.name, c.answer.unwrap_or_default().iter().map(found).collect())).collect()
    };
    let one = bits(1);
    assert!(one.len() > 20 && one == bits(2) && one == bits(5));
}

#[test]
fn a_folder_of_several_families_names_those_that_it_does_not_know() {
    let Some(folder) = reference() else { return };
    let found = crate::search::search(&folder).unwrap();
    let names: Vec<&str> = found.families.iter().map(|(f, _)| f.name()).collect();
    assert_eq!(names, crate::CATALOGUE.iter().map(|f| f.name()).collect::<Vec<_>>());
    assert!(["deep_zoom", "flame"].iter().all(|n| found.others.iter().any(|o| o == n)));
}
