//! The command line: reads arguments, calls one use case, prints.

use std::process::ExitCode;

fn main() -> ExitCode {
    spiffcast::cli::run()
}
