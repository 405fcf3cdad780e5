//! [`open`]: a session with the backend, from the store and the wallet.

use core::fmt::Debug;

use dimo_crypto::DeviceSigner as _;
use dimo_crypto::session::{
    DeviceSession, Ephemeral, OpeningCounter, Reservation, SessionAction, SessionRequest,
};
use dimo_hal::key_value::KeyValue;
use dimo_hal::{SecureElement, Wallet};
use dimo_types::Timestamp;

use crate::config::Backend;
use crate::keys::{NUMBERS, OPENINGS};

/// Opens a session. `None` when store or element failed: nothing was sent, and the next attempt has numbers of its own.
pub(crate) async fn open<K: KeyValue<Error: Debug>, E: SecureElement>(
    store: &mut K,
    wallet: &mut Wallet<E>,
    backend: &Backend,
) -> Option<DeviceSession> {
    let counter = next_opening(store).await?;
    let mut random = [0; 32];
    wallet.element_mut().random(&mut random).await.ok()?;
    let request = SessionRequest {
        device: wallet.address(),
        server: backend.server,
        recipient: backend.recipient,
        counter,
        // The device may not know the time.
        not_after: Timestamp::MAX,
    };
    let stored = stored_numbers(store).await?;
    let mut session = DeviceSession::new(request, Ephemeral::from_bytes(random).ok()?, stored).ok()?;
    while let Some(action) = session.poll_action() {
        match action {
            SessionAction::Persist(reservation) => persist(store, &mut session, reservation).await?,
            SessionAction::Sign(opening) => {
                let signature = wallet.sign(&opening).await.ok()?;
                session.handle_signature(&signature).ok()?;
            }
            _ => return None,
        }
    }
    Some(session)
}

/// Stores a reservation, and tells the session.
pub(crate) async fn persist<K: KeyValue<Error: Debug>>(
    store: &mut K,
    session: &mut DeviceSession,
    reservation: Reservation,
) -> Option<()> {
    store.put(NUMBERS, &reservation.to_bytes()).await.ok()?;
    session.handle_persisted(reservation).ok()
}

async fn stored_numbers<K: KeyValue>(store: &mut K) -> Option<Reservation> {
    let mut bytes = [0; 8];
    match store.get(NUMBERS, &mut bytes).await.ok()? {
        None => Some(Reservation::NONE),
        Some(_) => Reservation::from_bytes(bytes).ok(),
    }
}

/// Counted before it is used: a number is never used twice, whatever happens.
async fn next_opening<K: KeyValue>(store: &mut K) -> Option<OpeningCounter> {
    let mut bytes = [0; 8];
    let last = store.get(OPENINGS, &mut bytes).await.ok()?.map_or(0, |_| u64::from_le_bytes(bytes));
    let next = OpeningCounter::new(last.checked_add(1)?)?;
    store.put(OPENINGS, &next.get().to_le_bytes()).await.ok()?;
    Some(next)
}
