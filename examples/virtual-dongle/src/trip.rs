//! One vehicle and one device, from factory to settlement. Every station calls the crate that owns its matter.

use std::time::Instant;

use dimo_dbc::Plan;
use dimo_rewards::NftId;
use dimo_types::{Checklist, TokenId};

use crate::args::Args;
use crate::backend::Backend;
use crate::device::Uplink;
use crate::drive::{Drive, Driven, dictionary};
use crate::economy::Books;
use crate::error::TripError;
use crate::factory::{self, DeviceWallet};
use crate::output::{Output, SignalsCsv};
use crate::owner;
use crate::progress::Progress;
use crate::report::{self, Contents};
use crate::sending::{Sending, SentTotals};
use crate::source::Source;
use crate::story::Story;
use crate::summary::Summary;

/// A device that is made, licensed, claimed and paired, and everybody who knows it.
struct Ready {
    wallet: DeviceWallet,
    certifications: Checklist<'static>,
    books: Books,
    nft: NftId,
    backend: Backend,
    vehicle: TokenId,
}

/// Makes the whole trip and writes its output folder.
pub(crate) fn run(args: &Args) -> Result<(), TripError> {
    let began = Instant::now();
    let source = Source::from_args(args)?;
    let mut story = Story::default();
    let ready = make_ready(&mut story)?;
    let address = ready.wallet.address();
    let Source { description, plan, mut log, log_bytes, log_name } = source;
    let plan = Plan::from_bytes(&plan).map_err(|error| TripError::part("the plan")(&error))?;
    tell_plan(&plan, &mut story);

    let output = Output::beside(&args.out)?;
    let Ready { wallet, mut certifications, mut books, nft, mut backend, vehicle } = ready;
    let (uplink, openings) = Uplink::open(wallet, vehicle, dictionary(&plan), Backend::endpoint())?;
    let mut sending = Sending::open(&output, uplink, &openings, &mut backend, &books.economy)?;
    let csv = SignalsCsv::new(output.create("signals.csv")?).map_err(output.failed("signals.csv"))?;
    let mut progress = Progress::new(&log_name, log_bytes);
    let drive = Drive::new(&plan, args.interval_ms, csv);
    let driven = drive.run(&mut log, &mut progress, |readings| sending.send(readings))?;
    let sent = sending.finish(driven.counts.samples)?;
    if sent.batches > 0 {
        factory::streaming_shown(&mut certifications)?;
    }
    tell_drive(&driven, sent, &backend, &mut story);

    let settled = books.settle(nft)?;
    story.tell("settlement", format!("{} months closed", settled.months));
    println!("\n{}\n", settled.statement);

    let mut summary = Summary::new(&driven, sent, backend.tally(), address);
    summary.wall_seconds = began.elapsed().as_secs_f64();
    let names = dictionary(&plan);
    let contents = Contents { description, driven: &driven, names: &names, summary: &summary };
    let page = report::page(&contents, &story, &certifications, settled);
    output.write("report.html", page.as_bytes())?;
    output.write("summary.json", summary.to_json()?.as_bytes())?;
    let place = output.publish()?;
    println!("{summary}\nwrote {}", place.join("report.html").display());
    Ok(())
}

/// Factory, licence, stake, minting NFT, claim and pairing.
fn make_ready(story: &mut Story) -> Result<Ready, TripError> {
    let mut wallet = factory::wallet()?;
    let address = wallet.address();
    story.tell("factory", format!("a standard dongle with the wallet {address}"));
    let certifications = factory::certifications(&wallet)?;
    factory::print(&certifications);

    let mut books = Books::open()?;
    let mut backend = Backend::default();
    backend.register(address, books.maker.clone());
    match books.economy.standing(&books.maker).require() {
        Err(refusal) => story
            .tell("licence", format!("granted to {}; its data are refused, since {refusal}", books.maker)),
        Ok(()) => return Err(TripError::part("the licence")(&"in good standing without a stake")),
    }
    let stake = books.stake()?;
    story.tell("stake", format!("{stake} $DIMO deposited; {} is in good standing", books.maker));
    books.approve()?;
    let nft = books.mint(address)?;
    story.tell("approval", "the model is approved, on a list stated for this run");
    story.tell("minting", format!("NFT {nft} bought and bonded to the device"));

    let paired = owner::claim_and_pair(&mut wallet, books.factory_day())?;
    let [by_owner, by_device] = paired.claim_signatures.map(|signature| signature.to_string());
    story.tell("claim", format!("device {} belongs to {}", paired.device_node, paired.owner));
    story.tell("", format!("owner signed {by_owner:.18}…, device signed {by_device:.18}…"));
    story.tell(
        "pairing",
        format!("with vehicle {}; {} fragments over the link", paired.vehicle, paired.fragments),
    );
    story.tell("", format!("the vehicle says that its VIN is {}", paired.vin));
    books.connect(&address, paired.vehicle)?;
    Ok(Ready { wallet, certifications, books, nft, backend, vehicle: paired.vehicle })
}

fn tell_plan(plan: &Plan<'_>, story: &mut Story) {
    let (signals, messages, bytes) = (plan.signal_count(), plan.message_count(), plan.device_bytes());
    story.tell("plan", format!("{signals} signals in {messages} messages, {bytes} bytes on the device"));
}

fn tell_drive(driven: &Driven, sent: SentTotals, backend: &Backend, story: &mut Story) {
    let counts = &driven.counts;
    let (frames, readings, signals) = (counts.frames, counts.samples, counts.signals);
    story.tell("drive", format!("{frames} frames, {readings} readings of {signals} signals"));
    let tally = backend.tally();
    let (batches, verified, failed) = (sent.batches, tally.signatures_verified, tally.signatures_failed);
    story.tell(
        "backend",
        format!("{batches} batches in four forms; {verified} signatures verified, {failed} failed"),
    );
}
