//! Samples of code, as reference pages show them: those of every document compile, which is what this file is
//! for. They are not run: there is nobody to call.

include!(concat!(env!("OUT_DIR"), "/samples.rs"));

#[test]
fn operations_have_samples() {
    let missing = SAMPLED.iter().filter(|(_, operations, samples)| operations != samples);
    let missing: Vec<(&str, usize)> =
        missing.map(|(name, operations, samples)| (*name, operations - samples)).collect();
    assert_eq!(missing, []);
}
