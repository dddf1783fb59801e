//! Arguments in, one command run, an exit code out.

use std::alloc::System;
use std::io::Write as _;
use std::process::ExitCode;

use untrained::bench::memory::Counted;

/// Comparisons report how much memory each generator uses.
#[global_allocator]
static ALLOCATOR: Counted<System> = Counted(System);

fn main() -> ExitCode {
    ignore_broken_pipe();
    untrained::cli::main()
}

/// A reader that closes the pipe early (`untrained … | head`) is not an error.
fn ignore_broken_pipe() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let text = info.payload().downcast_ref::<String>();
        if text.is_some_and(|t| t.contains("failed printing to std") && t.contains("Broken pipe")) {
            #[expect(clippy::exit, reason = "this is `main`, and nobody is left to report to")]
            std::process::exit(0);
        }
        if let Some(why) = text.and_then(|t| t.strip_prefix("failed printing to stdout: ")) {
            // Standard error may be as full.
            let _ = writeln!(std::io::stderr(), "cannot write to standard output: {why}");
            #[expect(clippy::exit, reason = "this is `main`, and the work is done but for its report")]
            std::process::exit(1);
        }
        if untrained::data::picture::is_decoding() {
            return;
        }
        default(info);
    }));
}
