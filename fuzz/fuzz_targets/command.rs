#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lonewatch_fuzz::command(data));
