//! [`ereje_fuzz::journal`] under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
ereje_fuzz::fuzzed!(journal);
