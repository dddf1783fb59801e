//! Arguments in, one command run, an exit code out.

use std::alloc::System;
use std::process::ExitCode;

use untrained::bench::memory::Counted;

/// Comparisons tell how much memory each generator takes.
#[global_allocator]
static ALLOCATOR: Counted<System> = Counted(System);

fn main() -> ExitCode {
    quiet_when_nobody_reads();
    untrained::cli::main()
}

/// A reader that has seen enough (`untrained … | head`) is no error.
fn quiet_when_nobody_reads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let text = info.payload().downcast_ref::<String>();
        if text.is_some_and(|t| t.contains("failed printing to std") && t.contains("Broken pipe")) {
            #[expect(clippy::exit, reason = "this is `main`, and there is nobody to tell")]
            std::process::exit(0);
        }
        if untrained::data::picture::is_decoding() {
            return;
        }
        usual(info);
    }));
}
