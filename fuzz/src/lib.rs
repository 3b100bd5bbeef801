//! Fuzzing: what must hold whatever bytes come in, as functions of bytes, one for each door of the program.
//!
//! ```text
//! seeds ──mutate──▶ bytes ──▶ text, policy, facts, cases, rows, journal ──▶ nothing, or a panic that says what is broken
//! ```
//!
//! The same functions are driven in two ways. `cargo fuzz run TARGET` takes libFuzzer, which follows what the code does
//! with its inputs, for hours and under sanitizers. `cargo run -- run`, in this folder, takes any stable compiler: it
//! changes the seeds by numbers, so that a run can be repeated, for a minute on every change.

pub mod cases;
pub mod facts;
pub mod files;
pub mod journal;
pub mod mutate;
pub mod policies;
pub mod policy;
pub mod rows;
pub mod seeds;
pub mod text;

#[cfg(fuzzing)]
#[doc(hidden)]
pub use libfuzzer_sys;

/// A door of the program: bytes come in.
pub struct Target {
    /// Its name on command lines.
    pub name: &'static str,
    /// Panics if something does not hold for these bytes.
    pub run: fn(&[u8]),
    /// What is changed to get inputs.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many inputs a short run tries, so that it takes about a quarter of a minute.
    pub short: u64,
}

/// All targets, in the order of the pipeline.
pub const TARGETS: [Target; 6] = [
    Target { name: "text", run: text::run, seeds: text::seeds, short: 1_000 },
    Target { name: "policy", run: policy::run, seeds: policy::seeds, short: 1_500 },
    Target { name: "facts", run: facts::run, seeds: facts::seeds, short: 3_000 },
    Target { name: "cases", run: cases::run, seeds: cases::seeds, short: 400 },
    Target { name: "rows", run: rows::run, seeds: rows::seeds, short: 6_000 },
    Target { name: "journal", run: journal::run, seeds: journal::seeds, short: 1_500 },
];

/// The target of a name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// A resumed batch starts its own program again, to try rows and to note how far it has come. Here that is this one: with
/// the arguments of `ereje` it is `ereje`.
#[must_use]
pub fn is_started_by_a_batch(args: &[std::ffi::OsString]) -> bool {
    args.get(1).is_some_and(|first| first == "batch" || first == "--guard-of-a-batch")
}

/// The program that libFuzzer drives, and without libFuzzer one that tries the files that are named.
#[macro_export]
macro_rules! fuzzed {
    ($target:ident) => {
        #[cfg(fuzzing)]
        $crate::libfuzzer_sys::fuzz_target!(
            init: {
                let args: Vec<std::ffi::OsString> = std::env::args_os().collect();
                if $crate::is_started_by_a_batch(&args) {
                    let code = $crate::run_as_ereje(args);
                    std::process::exit(code);
                }
            },
            |data: &[u8]| $crate::$target::run(data)
        );
        // Half of the inputs are changed as libFuzzer does it, half as somebody would who knows lines and words.
        #[cfg(fuzzing)]
        $crate::libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            if seed % 2 == 0 {
                $crate::libfuzzer_sys::fuzzer_mutate(data, size, max_size)
            } else {
                static SEEDS: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();
                let seeds = SEEDS.get_or_init($crate::$target::seeds);
                let mut changed = $crate::mutate::changed(&data[..size], seeds, &mut $crate::mutate::Dice::new(u64::from(seed)));
                changed.truncate(max_size);
                data[..changed.len()].copy_from_slice(&changed);
                changed.len()
            }
        });
        #[cfg(not(fuzzing))]
        fn main() {
            for name in std::env::args_os().skip(1) {
                let bytes = std::fs::read(&name).unwrap_or_else(|error| panic!("{}: {error}", name.display()));
                $crate::$target::run(&bytes);
            }
        }
    };
}

/// Runs the command line of `ereje` in this process; its exit code.
#[must_use]
pub fn run_as_ereje(args: Vec<std::ffi::OsString>) -> i32 {
    let code = ereje_cli::run(args);
    (0..=255).find(|number| std::process::ExitCode::from(*number) == code).map_or(255, i32::from)
}
