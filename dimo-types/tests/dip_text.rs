//! What we quote from DIP-4 stands in DIP-4, word for word.
//!
//! Looks for the proposal at `$DIMO_DIP4`, else at `../shared/dip-4.md` beside the workspace.

use std::io::Write;
use std::path::PathBuf;

use dimo_types::{Certification, DeviceTypeInfo, Obligation, PricePoint};

/// The proposal without emphasis, escapes and line breaks.
fn proposal() -> Option<String> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/dip-4.md");
    let path = std::env::var_os("DIMO_DIP4").map_or_else(beside, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(&path) else {
        // Past the test runner, which would swallow it.
        let _ = writeln!(std::io::stderr(), "not run: needs ../shared/dip-4.md");
        return None;
    };
    Some(words(&text.replace('\\', "").replace("&#x20;", " ")))
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn quotations_are_verbatim() {
    let Some(proposal) = proposal() else { return };
    let holds =
        |quotation: &str| assert!(proposal.contains(&words(quotation)), "not in the DIP: {quotation}");
    for obligation in Obligation::DIP4 {
        holds(obligation.clause());
    }
    for row in Certification::DIP4 {
        holds(&format!("| {} |", row.name()));
        match row {
            Certification::ThirdPartyCertifications => row.description().split("; ").for_each(holds),
            _ => holds(row.description()),
        }
    }
    for info in DeviceTypeInfo::DIP4 {
        holds(&format!("| {} |", info.name));
        holds(&format!("| {} |", info.price_point));
        if let PricePoint::Text(words) = info.price_point {
            holds(words);
        }
        let cost = info.cost;
        let quantity = match info.initial_quantity {
            1_000_000 => "1,000,000",
            100_000 => "100,000",
            30_000 => "30,000",
            other => panic!("no such quantity in the DIP: {other}"),
        };
        holds(&format!("| {} | {} | {quantity} | {cost} |", info.name, info.description));
    }
}
