//! [`ereje_fuzz::rows`] under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
ereje_fuzz::fuzzed!(rows);
