//! The same hashes on other processors, emulated by QEMU (`apt-get install qemu-user`): one without any vectors beyond
//! SSE, one with AVX2, and the most that QEMU emulates.

use std::process::Command;

fn emulated(processor: &str, vectors: &str) {
    if Command::new("qemu-x86_64").arg("--version").output().is_err() || cfg!(not(target_arch = "x86_64")) {
        crate::skip::skip("qemu", "there is no qemu-x86_64");
        return;
    }
    let mut run = Command::new("qemu-x86_64");
    run.args(["-cpu", processor]).arg(std::env::current_exe().unwrap());
    run.args([
        "golden::scenes",
        "golden::assets",
        "vectors::in_use_is_what_is_expected",
        "--test-threads",
        "2",
    ]);
    run.env("UNTRAINED_GOLDEN", "once").env("UNTRAINED_EXPECT", vectors).env_remove("UNTRAINED_MINT");
    let output = run.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{processor}: {text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("18 passed"), "{processor}: {text}");
}

#[test]
#[ignore = "minutes: everything is emulated"]
fn a_processor_without_vectors_gives_the_same_hashes() {
    emulated("Nehalem", "plain");
}

#[test]
#[ignore = "minutes: everything is emulated"]
fn a_processor_with_avx2_gives_the_same_hashes() {
    emulated("Haswell", "avx2");
}

#[test]
#[ignore = "minutes: everything is emulated"]
fn the_most_that_the_emulator_supports_gives_the_same_hashes() {
    emulated("max", "");
}
