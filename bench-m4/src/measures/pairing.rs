//! A device that pairs with a phone: what it needs of RAM, and what each step takes.

use core::hint::black_box;

use dimo_crypto::blocking::DeviceSigner as _;
use dimo_crypto::pairing::Role;
use dimo_crypto::{Claim, SoftwareKey};
use dimo_pairing::{
    Action, Answer, Device, Event, FRAGMENT_MAX, FragmentBuffer, GrantForm, Handshake, Identity, LabelSecret,
    Limits, Memory, Mtu, NoiseKey, Opening, Phone, Presence, PresentedGrant, Refusal, Request, Resumption,
    Seed, Setup, Text, Transport, UnixSeconds,
};
use dimo_types::Timestamp;

use crate::Bench;
use crate::measures::crypto::{Bytes, SECRET, claim};

const NOW: Timestamp = Timestamp::EPOCH;
const LABEL: [u8; 16] = [0x5A; 16];
const OWNER: [u8; 32] = [8; 32];
const EXPIRES: u64 = 1_800_000_000;
/// One fragment holds a packet.
const MTU: u16 = 247;

pub fn run(bench: &mut dyn Bench) {
    let [device, handshake, transport] =
        [size_of::<Device>(), size_of::<Handshake>(), size_of::<Transport>()];
    let [setup, memory, limits] = [size_of::<Setup>(), size_of::<Memory>(), size_of::<Limits>()];
    bench.print(format_args!(
        "pairing ram: device={device} handshake={handshake} transport={transport} setup={setup} memory={memory} limits={limits}"
    ));
    // Each step changes the device, so that it is counted in one run and its stack measured in another.
    let result = story(&mut |name, work| {
        let instructions = bench.instructions(work);
        bench.print(format_args!("pairing {name}: instructions={instructions}"));
    });
    bench.print(format_args!("pairing claimed: x-result={:?}", Bytes(result)));
    story(&mut |name, work| {
        let stack = bench.stack(work);
        bench.print(format_args!("pairing {name} stack: stack={stack}"));
    });
}

/// Measures one step.
type Gauge<'a> = dyn FnMut(&str, &mut dyn FnMut()) + 'a;

/// A handshake by the label, the proof, the grant, a claim, and a resumption; the signature of the claim.
fn story(gauge: &mut Gauge<'_>) -> [u8; 65] {
    let mut wallet = SoftwareKey::from_bytes(SECRET).expect("in range");
    let address = wallet.address();
    let mtu = Mtu::new(MTU).expect("in range");
    let label = LabelSecret::new(LABEL);
    let mut device = device(&label, &wallet);
    let mut phone = Phone::new(NoiseKey::from_bytes([7; 32]), Some(address));

    device.handle_connected(NOW, mtu, Seed::from_bytes([1; 32]));
    phone.connect(NOW, mtu, Seed::from_bytes([2; 32]), Opening::Label(label.pre_shared_key(&address)));
    up(gauge, "first", &mut phone, &mut device);
    down(&mut device, &mut phone);
    up(gauge, "third", &mut phone, &mut device);
    serve(&mut device, &mut wallet);
    down(&mut device, &mut phone);
    assert!(matches!(phone.poll_event(), Some(Event::Proven { .. })));

    phone.grant(NOW, grant(&phone)).expect("it is due");
    up(gauge, "grant", &mut phone, &mut device);
    serve(&mut device, &mut wallet);
    down(&mut device, &mut phone);
    let Some(Event::Granted(resumption)) = phone.poll_event() else { panic!("no grant") };

    let claim = Claim { owner: owner().address(), ..claim() };
    phone.request(NOW, &Request::Claim(claim)).expect("it is due");
    up(gauge, "claim", &mut phone, &mut device);
    serve(&mut device, &mut wallet);
    down(&mut device, &mut phone);
    let claimed = match phone.poll_event() {
        Some(Event::Answered(_, Answer::ClaimProof(signature))) => signature.to_bytes(),
        _ => panic!("no claim"),
    };
    resume(gauge, &mut phone, &mut device, resumption);
    claimed
}

fn resume(gauge: &mut Gauge<'_>, phone: &mut Phone, device: &mut Device, resumption: Resumption) {
    let mtu = Mtu::new(MTU).expect("in range");
    device.handle_connected(NOW, mtu, Seed::from_bytes([3; 32]));
    phone.connect(NOW, mtu, Seed::from_bytes([4; 32]), Opening::Resume(resumption));
    up(gauge, "resume", phone, device);
    down(device, phone);
    assert!(matches!(phone.poll_event(), Some(Event::Resumed { .. })));
}

fn device(label: &LabelSecret, wallet: &SoftwareKey) -> Device {
    let identity = Identity {
        address: wallet.address(),
        serial: Text::new("1").expect("short"),
        hardware: Text::new("7.0").expect("short"),
        firmware: Text::new("1.0").expect("short"),
    };
    let setup = Setup::new(identity, NoiseKey::from_bytes([3; 32])).with_label(label);
    let mut device = Device::new(setup, Memory::new(), Limits::SPEC);
    device.open_window(NOW, Presence::PluggedIn);
    device
}

fn grant(phone: &Phone) -> PresentedGrant {
    let mut owner = owner();
    let (address, expires, role) = (owner.address(), UnixSeconds::new(EXPIRES), Role::Owner);
    let grant = phone.grant_to_sign(address, role, expires).expect("the device is proven");
    let signature = owner.sign(&grant).expect("it has a recovery id");
    PresentedGrant { form: GrantForm::Owner, owner: address, expires, role, signature }
}

fn owner() -> SoftwareKey {
    SoftwareKey::from_bytes(OWNER).expect("in range")
}

/// Carries what the phone writes, which is one fragment, and measures what the device makes of it.
fn up(gauge: &mut Gauge<'_>, name: &str, phone: &mut Phone, device: &mut Device) {
    let mut buffer: FragmentBuffer = [0; FRAGMENT_MAX];
    while let Some(fragment) = phone.poll_transmit(&mut buffer) {
        gauge(name, &mut || {
            let _ = black_box(device.handle_fragment(NOW, black_box(fragment)));
        });
    }
}

fn down(device: &mut Device, phone: &mut Phone) {
    let mut buffer: FragmentBuffer = [0; FRAGMENT_MAX];
    while let Some(fragment) = device.poll_transmit(&mut buffer) {
        phone.handle_fragment(NOW, fragment);
    }
}

/// The rest of the device, as quick as it can be.
fn serve(device: &mut Device, wallet: &mut SoftwareKey) {
    while let Some(action) = device.poll_action() {
        let _ = match action {
            Action::Sign { job, request } => {
                let signature = request.sign_blocking(wallet).expect("it has a recovery id");
                device.handle_signature(NOW, job, Ok(signature))
            }
            Action::Store { job, .. } => device.handle_stored(NOW, job, Ok(())),
            Action::Perform { job, .. } => device.handle_answer(job, &Answer::Refused(Refusal::Unavailable)),
            _ => Ok(()),
        };
    }
}
