//! The switch of vector widths, as users see it.

use std::process::{Command, Output};

use untrained::world::vectors::{VARIABLE, Vectors};

fn doctor(vectors: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
    program.arg("doctor").env(VARIABLE, vectors).output().unwrap()
}

#[test]
fn the_environment_chooses_the_vectors_and_what_is_lacking_is_said() {
    for v in Vectors::ALL {
        let told = doctor(v.name());
        let (out, complaint) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
        if v.is_available() {
            assert!(told.status.success() && out.contains(&format!("{v} vectors")), "{out}");
        } else {
            assert_eq!(told.status.code(), Some(2), "{out}");
            assert!(complaint.contains(&format!("no {v} vectors")), "{complaint}");
        }
    }
    let told = doctor("mmx");
    assert_eq!(told.status.code(), Some(2));
    let complaint = String::from_utf8_lossy(&told.stderr);
    assert!(complaint.contains("expected plain, avx2 or avx512"), "{complaint}");
    assert!(doctor("").status.success(), "empty is as if it were not there");
}
