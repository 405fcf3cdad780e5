//! [`Table`]: the GATT tables of dimo-pairing in the attribute server of trouble-host.

use dimo_pairing::gatt::{self, LinkSecurity};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use heapless::Vec;
use trouble_host::prelude::*;

/// Attributes: 6 of GAP and GATT, 6 of pairing, 33 of Gen 1.
const ATTRIBUTES: usize = 48;
/// Rows of Gen 1.
const GEN1_ROWS: usize = 16;

pub(crate) type Server<'v> = AttributeServer<'v, NoopRawMutex, DefaultPacketPool, ATTRIBUTES, 1>;

/// What a device serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served {
    /// The pairing protocol.
    Pairing,
    /// The pairing protocol, and the Gen 1 profile beside it.
    PairingAndGen1,
}

/// The server and what its handles mean.
pub(crate) struct Table<'v> {
    pub(crate) server: Server<'v>,
    request: u16,
    pub(crate) answer: Characteristic<[u8]>,
    gen1: Vec<(u16, gatt::Characteristic), GEN1_ROWS>,
}

/// What a handle stands for.
pub(crate) enum Meaning {
    Request,
    Gen1(gatt::Characteristic),
    /// Trouble-host's own.
    Other,
}

impl<'v> Table<'v> {
    /// `None` for a name of more than 22 bytes.
    pub(crate) fn new(name: &'v str, served: Served) -> Option<Self> {
        let mut table = AttributeTable::new();
        let config = PeripheralConfig { name, appearance: &appearance::UNKNOWN };
        GapConfig::Peripheral(config).build(&mut table).ok()?;

        let mut service = table.add_service(Service::new(gatt::PAIRING.uuid.get()));
        // Values are never stored: a row has one byte that nobody reads.
        let request = add(&mut service, &gatt::REQUEST).handle;
        let answer = add(&mut service, &gatt::ANSWER);
        service.build();

        let mut gen1 = Vec::new();
        let services: &[gatt::Service] = match served {
            Served::Pairing => &[],
            Served::PairingAndGen1 => &gatt::gen1::SERVICES,
        };
        for rows in services {
            let mut service = table.add_service(Service::new(rows.uuid.get()));
            for row in rows.characteristics {
                gen1.push((add(&mut service, row).handle, *row)).ok()?;
            }
            service.build();
        }
        Some(Self { server: Server::new(table), request, answer, gen1 })
    }

    pub(crate) fn meaning(&self, handle: u16) -> Meaning {
        if handle == self.request {
            return Meaning::Request;
        }
        let row = self.gen1.iter().find(|(known, _)| *known == handle);
        row.map_or(Meaning::Other, |(_, row)| Meaning::Gen1(*row))
    }
}

fn add(
    service: &mut ServiceBuilder<'_, '_, NoopRawMutex, ATTRIBUTES>,
    row: &gatt::Characteristic,
) -> Characteristic<[u8]> {
    let properties = CharacteristicProps::from(row.properties.bits());
    let row_builder = service.add_characteristic_small(row.uuid.get(), properties, 0_u8);
    // What the properties forbid stays forbidden; what they allow needs the bond.
    let needs = |allowed: gatt::Properties| match (row.properties.contains(allowed), row.security) {
        (false, _) => PermissionLevel::NotAllowed,
        (true, LinkSecurity::Open) => PermissionLevel::Allowed,
        (true, _) => PermissionLevel::AuthenticationRequired,
    };
    row_builder
        .read_permission(needs(gatt::Properties::READ))
        .write_permission(needs(gatt::Properties::WRITE))
        .to_raw()
        .build()
}
