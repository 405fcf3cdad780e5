//! What `dimo-crypto` needs on a Cortex-M4: instructions, stack and flash.

use crate::bench_m4::Measured;

/// What is measured, in the order of the table, and the most instructions it may take where that is limited.
const OPERATIONS: [(&str, &str, Option<f64>); 9] = [
    ("claim", "digest of a claim (EIP-712)", Some(40_000.0)),
    ("finish", "finishing a chip's r and s", None),
    ("finish-der-high", "the same from DER, upper half", None),
    ("k256-verify", "one verification of k256", None),
    ("recover", "who signed a claim", None),
    ("sign", "signing a claim in software", None),
    ("keccak-1024", "Keccak-256 of 1024 bytes", Some(130_000.0)),
    ("sha256-1024", "SHA-256 of 1024 bytes", None),
    ("chacha20poly1305-1024", "sealing 1024 bytes", None),
];
/// Finishing costs one verification of the same package, with this much beside it.
const MOST_FINISHING: f64 = 1.05;
/// Bytes of flash of the whole identity of a device: 45 KiB.
const MOST_IDENTITY: u64 = 46_080;

/// The programs whose sizes are compared with the empty one.
pub(crate) const PARTS: [(&str, &str); 5] = [
    ("flash-keccak", "Keccak-256"),
    ("flash-finish", "finishing"),
    ("flash-recover", "recovering"),
    ("flash-sign", "signing"),
    (IDENTITY, "all of it, SHA-256 and ChaCha20-Poly1305"),
];
pub(crate) const IDENTITY: &str = "flash-identity";

pub(crate) fn print(measured: &Measured) -> Result<(), String> {
    println!("identity of a device: instructions and bytes of stack; the results are those of the host");
    for (name, what, _) in OPERATIONS {
        let stack = measured.number(&format!("crypto {name}"), "stack").unwrap_or_default();
        println!("{what:<32}{:>12.0}{stack:>10.0}", instructions(measured, name)?);
    }
    let flash = |(name, what)| Ok(format!("{what} {}", measured.flash(name, "flash-empty")?));
    let flash: Result<Vec<_>, String> = PARTS.into_iter().map(flash).collect();
    println!("bytes of flash, each alone: {}", flash?.join(", "));
    Ok(())
}

/// What others need for the same on the same machine, each as it was measured once, optimised for size (`-Os`): instructions, and bytes of flash of it alone.
/// libsecp256k1 is C, in its form of little memory; the rest are packages of Rust.
const ANCHORS: [(&str, &str, &str, f64, u64); 9] = [
    ("sign", "flash-sign", "libsecp256k1", 1.498e6, 27_012),
    ("sign", "flash-sign", "k256 0.13", 2.921e6, 28_824),
    ("recover", "flash-recover", "libsecp256k1", 1.376e6, 31_904),
    ("recover", "flash-recover", "k256 0.13", 8.484e6, 27_008),
    ("finish", "flash-finish", "k256 0.13, by trial", 8.485e6, 28_504),
    ("keccak-1024", "flash-keccak", "sha3 0.10", 0.117e6, 3_720),
    ("keccak-1024", "flash-keccak", "tiny-keccak", 0.122e6, 3_828),
    ("claim", "flash-keccak", "alloy, the digest", 0.493e6, 5_172),
    ("k256-verify", "flash-recover", "libsecp256k1, verifying", 1.216e6, 31_596),
];

/// Ours beside the anchors.
pub(crate) fn print_anchors(measured: &Measured) -> Result<(), String> {
    println!(
        "{:<32}{:>12}{:>10}   {:<26}{:>12}{:>10}",
        "instructions and flash", "ours", "bytes", "another", "", "bytes"
    );
    for (name, program, other, theirs, bytes) in ANCHORS {
        let what = OPERATIONS.iter().find(|(known, ..)| *known == name).map_or(name, |(_, what, _)| what);
        let (ours, flash) = (instructions(measured, name)?, measured.flash(program, "flash-empty")?);
        println!("{what:<32}{ours:>12.0}{flash:>10}   {other:<26}{theirs:>12.0}{bytes:>10}");
    }
    Ok(())
}

/// The limits that do not hold.
pub(crate) fn faults(measured: &Measured) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    for (name, what, most) in OPERATIONS {
        let needed = instructions(measured, name)?;
        if most.is_some_and(|most| needed > most) {
            faults.push(format!("{what}: {needed} instructions"));
        }
    }
    let verification = instructions(measured, "k256-verify")?;
    for name in ["finish", "finish-der-high"] {
        let ratio = instructions(measured, name)? / verification;
        if ratio > MOST_FINISHING {
            faults.push(format!("{name}: {ratio:.3} of one verification"));
        }
    }
    let identity = measured.flash(IDENTITY, "flash-empty")?;
    if identity > MOST_IDENTITY {
        faults.push(format!("the identity of a device has {identity} bytes of flash"));
    }
    Ok(faults)
}

pub(crate) fn instructions(measured: &Measured, name: &str) -> Result<f64, String> {
    let found = measured.number(&format!("crypto {name}"), "instructions").filter(|count| *count > 0.0);
    found.ok_or(format!("nothing measured {name}"))
}
