//! [`Table`]: the GATT table of the protocol in the attribute server of trouble-host.

use dimo_pairing::gatt;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use trouble_host::prelude::*;

/// Attributes: 6 of GAP and GATT, 6 of the protocol.
const ATTRIBUTES: usize = 12;
/// What a phone reads that asks for a name. It tells devices from nothing: all have the same.
const NAME: &str = "dimo";

/// One phone at a time.
type Server = AttributeServer<'static, NoopRawMutex, DefaultPacketPool, ATTRIBUTES, 1>;

/// The server, and the two rows of the protocol in it.
pub(crate) struct Table {
    pub(crate) server: Server,
    request: u16,
    pub(crate) answer: Characteristic<[u8]>,
}

impl Table {
    pub(crate) fn new() -> Option<Self> {
        let mut table = AttributeTable::new();
        let config = PeripheralConfig { name: NAME, appearance: &appearance::UNKNOWN };
        GapConfig::Peripheral(config).build(&mut table).ok()?;
        let mut service = table.add_service(Service::new(gatt::PAIRING.uuid.get()));
        let request = add(&mut service, &gatt::REQUEST).handle;
        let answer = add(&mut service, &gatt::ANSWER);
        service.build();
        Some(Self { server: Server::new(table), request, answer })
    }

    /// Whether a phone writes its fragments there.
    pub(crate) const fn is_request(&self, handle: u16) -> bool {
        handle == self.request
    }
}

/// A row. Its value is never stored: it has one byte that nobody reads.
fn add(
    service: &mut ServiceBuilder<'_, '_, NoopRawMutex, ATTRIBUTES>,
    row: &gatt::Characteristic,
) -> Characteristic<[u8]> {
    let needs = |property| {
        if row.properties.contains(property) { PermissionLevel::Allowed } else { PermissionLevel::NotAllowed }
    };
    let properties = CharacteristicProps::from(row.properties.bits());
    service
        .add_characteristic_small(row.uuid.get(), properties, 0_u8)
        .read_permission(needs(gatt::Properties::READ))
        .write_permission(needs(gatt::Properties::WRITE))
        .to_raw()
        .build()
}
