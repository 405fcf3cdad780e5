#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dimo_fuzz::run("at_modem", bytes));
