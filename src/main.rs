//! The `ereje` command. All of it is in [`ereje::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ereje::cli::run(std::env::args_os())
}
