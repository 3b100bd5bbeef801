//! [`ereje_fuzz::facts`] under libFuzzer.
#![cfg_attr(fuzzing, no_main)]
ereje_fuzz::fuzzed!(facts);
