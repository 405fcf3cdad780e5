//! SPEC.md says what the code does: its vectors are what both machines send, its numbers are the constants.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what it expects"
)]
#![cfg(feature = "dev")]

mod util;

use dimo_pairing::{Action, Device, FRAGMENT_MAX, Limits, MESSAGE_MAX, Mtu, PACKET_MAX, Phone, Presence};
use util::*;

const SPEC: &str = include_str!("../SPEC.md");

/// The fragments both sides send for one claim at `mtu`: `>` from the phone, `<` from the device.
fn transcript(mtu: Mtu) -> String {
    let (mut device, mut phone): (Device, Phone) = (device(), phone());
    device.open_window(at(0), Presence::PluggedIn);
    device.handle_connected(mtu);
    phone.handle_connected(mtu);
    phone.claim(at(1), claim()).unwrap();
    let mut buffer = [0; FRAGMENT_MAX];
    let mut lines = Vec::new();
    while let Some(fragment) = phone.poll_transmit(&mut buffer) {
        lines.push(format!("> {}", hex(fragment)));
        device.handle_fragment(at(1), fragment).unwrap();
    }
    let Some(Action::Sign { job, request }) = device.poll_action() else { panic!("nothing to sign") };
    device.handle_signature(job, sign(&request)).unwrap();
    while let Some(fragment) = device.poll_transmit(&mut buffer) {
        lines.push(format!("< {}", hex(fragment)));
    }
    lines.join("\n")
}

#[test]
fn the_vectors_of_the_specification_are_what_is_sent() {
    for mtu in [23, 247] {
        let transcript = transcript(Mtu::new(mtu).unwrap());
        assert!(SPEC.contains(&transcript), "SPEC.md lacks, for MTU {mtu}:\n{transcript}");
    }
}

#[test]
fn the_numbers_of_the_specification_are_the_constants() {
    assert!(SPEC.contains(&format!("A **packet** of 0 to {PACKET_MAX} bytes")));
    assert!(SPEC.contains(&format!("A message has at most {MESSAGE_MAX} bytes")));
    let Limits { presence_window, fragment_gap, job, signatures_per_window } = Limits::SPEC;
    assert!(SPEC.contains(&format!("| presence window | device | {} s |", presence_window.as_secs())));
    assert!(
        SPEC.contains(&format!(
            "| between two fragments of a packet | device | {} s |",
            fragment_gap.as_secs()
        ))
    );
    assert!(SPEC.contains(&format!("| signature or VIN | device | {} s, then refusal 8 |", job.as_secs())));
    assert!(SPEC.contains(&format!("answer to a request | phone | {} s,", Limits::PHONE_WAIT.as_secs())));
    assert!(SPEC.contains(&format!("at most {signatures_per_window} signatures")));
}
