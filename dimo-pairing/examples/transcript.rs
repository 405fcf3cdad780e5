//! Prints the vectors of SPEC.md, made anew: section 13, and with the feature `pin` section 14 too.
//!
//! ```text
//! cargo run --release -p dimo-pairing --features std --example transcript
//! ```

use std::error::Error;

mod vectors;
mod workshop;

fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", vectors::section_13()?);
    #[cfg(feature = "pin")]
    print!("\n{}", vectors::section_14()?);
    Ok(())
}
