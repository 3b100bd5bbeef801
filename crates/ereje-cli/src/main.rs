//! The `ereje` command. All of it is in [`ereje_cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ereje_cli::run(std::env::args_os())
}
