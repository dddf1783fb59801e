//! Arguments in, one command run, an exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    untrained::cli::main()
}
