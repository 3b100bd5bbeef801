//! [`ereje_fuzz::cases`] under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
ereje_fuzz::fuzzed!(cases);
