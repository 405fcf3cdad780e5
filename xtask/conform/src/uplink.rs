//! What is sent to a backend.

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::session::{
    AcceptError, DeviceSession, Ephemeral, LastOpening, OVERHEAD, OpeningCounter, Reservation, Server,
    ServerKey, SessionAction, SessionRequest, SignedOpening,
};
use dimo_crypto::{Address, SoftwareKey};
use dimo_types::Timestamp;

const PLAIN: &[u8] = b"a batch";

/// A record comes out at the server as it was; damaged, it does not, and the opening is good for one session only.
pub(crate) fn sealed_session() -> Result<(), String> {
    let mut wallet = SoftwareKey::from_bytes([7; 32]).map_err(text)?;
    let recipient = wallet.address();
    let mut device = open(&mut wallet, recipient)?;
    let opening = *device.opening().ok_or("the opening is not signed")?;
    let mut record = [0; PLAIN.len() + OVERHEAD];
    device.seal(PLAIN, &mut record).map_err(text)?;

    let keys = [ServerKey::from_bytes([1; 32])];
    let server = Server::new(&keys, recipient);
    let now = Timestamp::from_secs(1_800_000_000).map_err(text)?;
    let opening = SignedOpening::parse(&opening).map_err(text)?;
    let accepted = server.accept(now, &opening, wallet.address(), LastOpening::NONE).map_err(text)?;
    let last = accepted.last_opening();
    let mut session = accepted.stored();
    let mut damaged = record;
    if let Some(byte) = damaged.last_mut() {
        *byte ^= 1;
    }
    if session.open_in_place(now, &mut damaged).is_ok() {
        return Err("a damaged record was taken".to_owned());
    }
    let opened = session.open_in_place(now, &mut record).map_err(text)?;
    if opened.plaintext != PLAIN {
        return Err("a record is not what was sealed".to_owned());
    }
    match server.accept(now, &opening, wallet.address(), last) {
        Err(AcceptError::OldCounter { .. }) => Ok(()),
        _ => Err("an opening was taken twice".to_owned()),
    }
}

fn open(wallet: &mut SoftwareKey, recipient: Address) -> Result<DeviceSession, String> {
    let request = SessionRequest {
        device: wallet.address(),
        server: ServerKey::from_bytes([1; 32]).public_key(),
        recipient,
        counter: OpeningCounter::new(1).ok_or("a counter of 0")?,
        not_after: Timestamp::MAX,
    };
    let ephemeral = Ephemeral::from_bytes(core::array::from_fn(|place| place as u8)).map_err(text)?;
    let mut session = DeviceSession::new(request, ephemeral, Reservation::NONE).map_err(text)?;
    while let Some(action) = session.poll_action() {
        match action {
            SessionAction::Persist(reservation) => session.handle_persisted(reservation).map_err(text)?,
            SessionAction::Sign(opening) => {
                let signature = wallet.sign(&opening).map_err(text)?;
                session.handle_signature(&signature).map_err(text)?;
            }
            _ => return Err("an action of another kind".to_owned()),
        }
    }
    Ok(session)
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
