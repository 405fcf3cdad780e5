//! [`Event`]: what one line says, in the forms that DIP-4's operations take.

use dimo_rewards::{Actor, BasisPoints, Name, Violation};
use dimo_types::{DeviceType, Month, ProviderKind, Timestamp, Wei};

use crate::fields::{Fields, Malformed};

/// One operation, by whoever tries it. What is not known yet, such as an NFT, is still as the line spells it.
pub(crate) enum Event {
    Policy { royalty: BasisPoints },
    Open { account: Actor, amount: Wei },
    Apply { by: Actor, kind: ProviderKind },
    Grant { by: Actor, provider: Name },
    Suspend { by: Actor, provider: Name },
    Reinstate { by: Actor, provider: Name },
    Revoke { by: Actor, provider: Name },
    Stake { by: Actor, provider: Name, amount: Wei },
    Raise { by: Actor, provider: Name, amount: Wei },
    Approve { by: Actor, provider: Name, model: Name, device_type: DeviceType },
    Ban { by: Actor, device: String },
    Buy { by: Actor, device_type: DeviceType, count: u64 },
    Resell { by: Actor, to: Actor, nft: String, price: Wei },
    Bond { by: Actor, nft: String, device: String, model: Name },
    Connect { device: String, vehicle: String },
    Disconnect { device: String },
    Close { month: Month },
    Challenge { by: Actor, id: Name, provider: Name, violation: Option<Violation> },
    Verdict { by: Actor, id: Name, upheld: bool, burn: Wei, compensate: Vec<(Actor, Wei)> },
    Renounce { by: Actor },
    Release { by: Actor },
    Quantity { by: Actor, device_type: DeviceType, add: More },
}

/// How many NFTs more there may be.
pub(crate) enum More {
    Number(u64),
    Unlimited,
}

/// The event of a line and its day; `policy` and `open` have none.
pub(crate) fn parse(line: &str) -> Result<(Option<Timestamp>, Event), Malformed> {
    let fields = Fields::of(line)?;
    let event = event(&fields)?;
    let at = match event {
        Event::Policy { .. } | Event::Open { .. } => None,
        _ => Some(fields.date("at")?),
    };
    Ok((at, event))
}

fn event(fields: &Fields) -> Result<Event, Malformed> {
    let by = || fields.parsed("by");
    let provider = || fields.name("provider");
    let device_type = || device_type(fields);
    Ok(match fields.text("do")? {
        "policy" => Event::Policy { royalty: royalty(fields)? },
        "open" => Event::Open { account: fields.parsed("account")?, amount: fields.amount("amount")? },
        "apply" => Event::Apply { by: by()?, kind: kind(fields)? },
        "grant" => Event::Grant { by: by()?, provider: provider()? },
        "suspend" => Event::Suspend { by: by()?, provider: provider()? },
        "reinstate" => Event::Reinstate { by: by()?, provider: provider()? },
        "revoke" => Event::Revoke { by: by()?, provider: provider()? },
        "stake" => Event::Stake { by: by()?, provider: provider()?, amount: fields.amount("amount")? },
        "raise" => Event::Raise { by: by()?, provider: provider()?, amount: fields.amount("amount")? },
        "approve" => {
            let (model, device_type) = (fields.name("model")?, device_type()?);
            Event::Approve { by: by()?, provider: provider()?, model, device_type }
        }
        "ban" => Event::Ban { by: by()?, device: fields.label("device")? },
        "buy" => Event::Buy { by: by()?, device_type: device_type()?, count: fields.number("count")? },
        "resell" => {
            let (nft, price) = (fields.label("nft")?, fields.amount("price")?);
            Event::Resell { by: by()?, to: fields.parsed("to")?, nft, price }
        }
        "bond" => {
            let (device, model) = (fields.label("device")?, fields.name("model")?);
            Event::Bond { by: by()?, nft: fields.label("nft")?, device, model }
        }
        "connect" => Event::Connect { device: fields.label("device")?, vehicle: fields.label("vehicle")? },
        "disconnect" => Event::Disconnect { device: fields.label("device")? },
        "close" => Event::Close { month: fields.parsed("month")? },
        "challenge" => {
            let violation = Violation::new(fields.text("obligation")?);
            Event::Challenge { by: by()?, id: challenge_id(fields)?, provider: provider()?, violation }
        }
        "verdict" => verdict(fields)?,
        "renounce" => Event::Renounce { by: by()? },
        "release" => Event::Release { by: by()? },
        "quantity" => Event::Quantity { by: by()?, device_type: device_type()?, add: more(fields)? },
        unknown => return Err(format!("nothing is known of {unknown}")),
    })
}

fn royalty(fields: &Fields) -> Result<BasisPoints, Malformed> {
    let number = u16::try_from(fields.number("royalty_bps")?).unwrap_or(u16::MAX);
    BasisPoints::new(number).map_err(|reason| format!("royalty_bps: {reason}"))
}

fn kind(fields: &Fields) -> Result<ProviderKind, Malformed> {
    match fields.text("kind")? {
        "hardware" => Ok(ProviderKind::Hardware),
        "software" => Ok(ProviderKind::Software),
        _ => Err("kind is neither hardware nor software".to_owned()),
    }
}

/// One of the six of DIP-4.
fn device_type(fields: &Fields) -> Result<DeviceType, Malformed> {
    let device_type: DeviceType = fields.parsed("type")?;
    device_type.dip4().map(|known| known.device_type).ok_or_else(|| "type is none of DIP-4's".to_owned())
}

fn challenge_id(fields: &Fields) -> Result<Name, Malformed> {
    Name::new(fields.label("id")?).map_err(|reason| format!("id: {reason}"))
}

/// A verdict; where it takes nothing, the amounts may be left out.
fn verdict(fields: &Fields) -> Result<Event, Malformed> {
    let burn = if fields.has("burn") { fields.amount("burn")? } else { Wei::ZERO };
    let compensate = if fields.has("compensate") { fields.amounts("compensate")? } else { Vec::new() };
    let (id, upheld) = (challenge_id(fields)?, fields.yes_or_no("upheld")?);
    Ok(Event::Verdict { by: fields.parsed("by")?, id, upheld, burn, compensate })
}

fn more(fields: &Fields) -> Result<More, Malformed> {
    match fields.text("add") {
        Ok("unlimited") => Ok(More::Unlimited),
        Ok(_) => Err("add is neither a whole number nor unlimited".to_owned()),
        Err(_) => Ok(More::Number(fields.number("add")?)),
    }
}
