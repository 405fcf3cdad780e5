//! Login challenges from any server, and answers from any node.

use dimo_crypto::{Address, ContractQuestion, LoginChallenge, Personal};

const SERVER: &str = "auth.dimo.zone";
const ACCOUNT: Address = Address::new([0x5A; 20]);

/// What is taken for a challenge begins with the server's name and the account; what a node answers is a yes in one way only.
pub(crate) fn login_challenge(bytes: &[u8]) {
    let question = ContractQuestion::new(Personal(b"message"), ACCOUNT, bytes);
    assert_eq!(question.calldata().len() % 32, 4);
    let yes = bytes.starts_with(&[0x16, 0x26, 0xba, 0x7e]) && bytes.len() >= 32 && bytes[4..32] == [0; 28];
    assert_eq!(question.answered(bytes).is_ok(), yes);
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let Ok(challenge) = LoginChallenge::new(text, SERVER, ACCOUNT) else { return };
    assert_eq!(challenge.as_str(), text);
    let mut lines = text.split('\n');
    assert_eq!(lines.next(), Some("auth.dimo.zone wants you to sign in with your Ethereum account:"));
    assert_eq!(lines.next().map(str::parse), Some(Ok(ACCOUNT)));
}
