//! Energy counters of the processor (RAPL, running average power limit), as Linux shows them below
//! `/sys/class/powercap`, for processors of Intel and, since Linux 5.8, of AMD.
//!
//! Every zone counts microjoules in `energy_uj`, and begins again at `max_energy_range_uj`: on a busy server after some
//! ten minutes. Since 2020 only root may read the counters, as they leak what other processes compute (Lipp et al.,
//! *PLATYPUS*, IEEE Symposium on Security and Privacy 2021); `chmod a+r` on `energy_uj` gives access until the next
//! start.

use std::path::{Path, PathBuf};

use world::limits;

/// Where Linux shows the counters.
pub const POWERCAP: &str = "/sys/class/powercap";

/// Prefix of the zones' folders. Those of the memory-mapped interface (`intel-rapl-mmio:`) count the same energy again.
const ZONE: &str = "intel-rapl:";

/// Bytes read of a file; the kernel reports 4096 for all of them.
const LONGEST: u64 = 4096;

/// One counter.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Zone {
    folder: PathBuf,
    /// `package-0`, `dram`.
    name: String,
    /// The largest value of the counter, microjoules.
    range: u64,
}

/// The counters of all processors of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rapl {
    zones: Vec<Zone>,
}

impl Rapl {
    /// Finds the counters below a folder, usually [`POWERCAP`]: all packages, and their memory (`dram`), which packages
    /// do not include. Cores and graphics are part of their package; the platform (`psys`) contains it.
    ///
    /// # Errors
    /// There are none, or one cannot be read; the message names the file.
    pub fn open(root: &Path) -> Result<Self, String> {
        let entries = std::fs::read_dir(root).map_err(|e| format!("{}: {e}", root.display()))?;
        let mut folders: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
        folders.retain(|f| f.file_name().is_some_and(|n| n.to_string_lossy().starts_with(ZONE)));
        folders.sort();
        let mut zones = Vec::new();
        for folder in folders {
            let name = text(&folder, "name")?;
            if name.starts_with("package") || name == "dram" {
                let range = number(&folder, "max_energy_range_uj")?;
                zones.push(Zone { folder, name, range });
            }
        }
        if !zones.iter().any(|z| z.name.starts_with("package")) {
            return Err(format!("{}: expected zones `{ZONE}…` of a package, found none", root.display()));
        }
        let own = Self { zones };
        own.read().map(|_| own)
    }

    /// The names of its zones.
    pub fn about(&self) -> String {
        self.zones.iter().map(|z| z.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The counters' values, microjoules, in a fixed order.
    ///
    /// # Errors
    /// One cannot be read or holds no number.
    pub fn read(&self) -> Result<Vec<u64>, String> {
        self.zones.iter().map(|z| number(&z.folder, "energy_uj")).collect()
    }

    /// Energy between two readings, microjoules, summed over all zones. A counter that is lower than before has begun
    /// again once: readings must not be further apart than it takes to count to the end.
    pub fn between(&self, before: &[u64], after: &[u64]) -> u64 {
        let zones = self.zones.iter().zip(before).zip(after);
        let one = |((zone, before), after): ((&Zone, &u64), &u64)| match after.checked_sub(*before) {
            Some(more) => more,
            None => zone.range.saturating_sub(*before).saturating_add(*after),
        };
        zones.map(one).fold(0, u64::saturating_add)
    }
}

/// `intel-rapl:0/energy_uj`.
fn label(folder: &Path, file: &str) -> String {
    format!("{}/{file}", folder.file_name().unwrap_or_default().to_string_lossy())
}

fn text(folder: &Path, file: &str) -> Result<String, String> {
    let bytes =
        limits::read(&folder.join(file), LONGEST).map_err(|e| format!("{}: {e}", label(folder, file)))?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_string())
}

fn number(folder: &Path, file: &str) -> Result<u64, String> {
    let found = text(folder, file)?;
    let shown: String = found.chars().take(40).collect();
    found.parse().map_err(|_| {
        format!("{}: expected a number of microjoules, found `{}`", label(folder, file), shown.escape_debug())
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Writes a zone of a made-up machine.
    pub fn zone(root: &Path, folder: &str, name: &str, range: u64, energy: &str) {
        let folder = root.join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("name"), format!("{name}\n")).unwrap();
        std::fs::write(folder.join("max_energy_range_uj"), format!("{range}\n")).unwrap();
        std::fs::write(folder.join("energy_uj"), energy).unwrap();
    }

    /// At once, as the kernel does: nobody reads half a number.
    pub fn set(root: &Path, folder: &str, energy: u64) {
        let new = root.join("new");
        std::fs::write(&new, format!("{energy}\n")).unwrap();
        std::fs::rename(new, root.join(folder).join("energy_uj")).unwrap();
    }

    /// A machine with two packages: one with memory that counts by itself, both with cores that do not.
    pub fn server(root: &Path) {
        zone(root, "intel-rapl:0", "package-0", 1000, "900\n");
        zone(root, "intel-rapl:0:0", "core", 1000, "10\n");
        zone(root, "intel-rapl:0:1", "dram", 500, "20\n");
        zone(root, "intel-rapl:1", "package-1", 2000, "100\n");
        zone(root, "intel-rapl:1:0", "uncore", 2000, "100\n");
        zone(root, "intel-rapl:2", "psys", 9000, "4000\n");
        zone(root, "intel-rapl-mmio:0", "package-0", 1000, "900\n");
        std::fs::create_dir_all(root.join("intel-rapl")).unwrap();
    }

    #[test]
    fn packages_and_their_memory_are_summed_and_counted_past_the_end_of_the_range() {
        let root = tempfile::tempdir().unwrap();
        server(root.path());
        let rapl = Rapl::open(root.path()).unwrap();
        assert_eq!(rapl.about(), "package-0, dram, package-1");
        let before = rapl.read().unwrap();
        assert_eq!(before, [900, 20, 100]);
        // The first package passes its end (100 to 1000, then 50), the memory and the second do not.
        set(root.path(), "intel-rapl:0", 50);
        set(root.path(), "intel-rapl:0:1", 27);
        set(root.path(), "intel-rapl:1", 1100);
        // What is part of a package, contains it, or counts it again must not matter.
        ["intel-rapl:0:0", "intel-rapl:1:0", "intel-rapl:2", "intel-rapl-mmio:0"]
            .iter()
            .for_each(|z| set(root.path(), z, 3));
        assert_eq!(rapl.between(&before, &rapl.read().unwrap()), 150 + 7 + 1000);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let root = tempfile::tempdir().unwrap();
        let failure = || Rapl::open(root.path()).unwrap_err();
        assert!(failure().contains("found none"), "{}", failure());
        assert!(Rapl::open(&root.path().join("nowhere")).unwrap_err().contains("nowhere"));
        zone(root.path(), "intel-rapl:0", "psys", 1000, "5\n");
        assert!(failure().contains("found none"), "the platform alone is no package");
        zone(root.path(), "intel-rapl:1", "package-0", 1000, "a lot\n");
        assert!(
            failure().contains("intel-rapl:1/energy_uj") && failure().contains("found `a lot`"),
            "{}",
            failure()
        );
        // Without the permission to read a counter; a folder in its place is unreadable for root, too.
        let counter = root.path().join("intel-rapl:1/energy_uj");
        std::fs::remove_file(&counter).unwrap();
        std::fs::create_dir(&counter).unwrap();
        assert!(failure().starts_with("intel-rapl:1/energy_uj: "), "{}", failure());
    }

    proptest! {
        /// Against a counter that never ends: whatever is drawn, up to a whole range between two readings, is found.
        #[test]
        fn sums_agree_with_a_counter_without_end(start in 0u64..1000, steps in proptest::collection::vec(0u64..1000, 1..30)) {
            let zone = Zone { folder: PathBuf::new(), name: "package-0".into(), range: 1000 };
            let rapl = Rapl { zones: vec![zone] };
            let (mut endless, mut sum) = (start, 0);
            for step in &steps {
                let before = endless % 1000;
                endless += step;
                sum += rapl.between(&[before], &[endless % 1000]);
            }
            prop_assert_eq!(sum, steps.iter().sum::<u64>());
        }

        #[test]
        fn any_bytes_are_a_counter_or_an_error(name in proptest::collection::vec(any::<u8>(), 0..40), range in proptest::collection::vec(any::<u8>(), 0..24), energy in proptest::collection::vec(any::<u8>(), 0..24), plain: bool) {
            let root = tempfile::tempdir().unwrap();
            zone(root.path(), "intel-rapl:0", "package-0", 9, "1");
            let at = |file: &str| root.path().join("intel-rapl:0").join(file);
            if !plain {
                std::fs::write(at("name"), &name).unwrap();
            }
            std::fs::write(at("max_energy_range_uj"), &range).unwrap();
            std::fs::write(at("energy_uj"), &energy).unwrap();
            let numeric = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().parse::<u64>().is_ok();
            let opened = Rapl::open(root.path());
            prop_assert!(opened.is_err() || numeric(&range) && numeric(&energy));
            prop_assert!(!plain || opened.is_ok() == (numeric(&range) && numeric(&energy)));
        }
    }
}
