//! One vehicle and one device, from factory to settlement.
fn main() {}
