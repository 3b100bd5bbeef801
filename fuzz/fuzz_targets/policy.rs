//! [`ereje_fuzz::policy`] under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
ereje_fuzz::fuzzed!(policy);
