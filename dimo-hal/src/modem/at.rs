//! [`AtModem`]: a modem over a byte stream, by the commands of 3GPP TS 27.007.

mod answer;
mod channel;
mod lines;
mod within;

use core::time::Duration;

use dimo_types::{Imei, SimIdentity, Timestamp};
use embedded_hal_async::delay::DelayNs;
use embedded_io_async::{Read, Write};
use thiserror::Error;

use super::{
    Apn, EdrxCycle, Error, ErrorKind, ErrorType, Link, LowPower, Modem, ModemEvent, Network, PsmTimers,
    RadioPower, Signal, SimState, SmsWake,
};
use channel::{Channel, Expect};

/// A modem over a byte stream, by the commands of 3GPP TS 27.007 that all makes share.
///
/// The stream's reads must be cancel-safe, as `embedded-io-async` asks of them, and it is at the modem's speed already. Echo, error codes
/// and reports are set up with the first call and again after each restart of the modem; a call that was dropped or timed out leaves
/// late answers behind, which the next call waits out and throws away.
///
/// Reports of the modem between command and answer are kept for [`Modem::next_event`]; of each kind the last. A line is read up to 192
/// bytes, and longer ones are ignored. An LTE-M network is reported as LTE: the standard command does not tell them apart.
///
/// Each call takes at most the time of its commands in [`AtTimeouts`], for up to eight commands.
#[derive(Debug)]
pub struct AtModem<U, D> {
    channel: Channel<U, D>,
}

/// How long to wait for a modem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "three durations that a maker sets from the modem's manual")]
pub struct AtTimeouts {
    /// For an answer that the modem has itself.
    pub answer: Duration,
    /// For what the network has to answer: connecting, switching the radio.
    pub network: Duration,
    /// How long it has to be silent before late answers count as over.
    pub quiet: Duration,
}

/// 5 s, 150 s, 100 ms: what most manuals name as the longest.
impl Default for AtTimeouts {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(5),
            network: Duration::from_secs(150),
            quiet: Duration::from_millis(100),
        }
    }
}

/// Why an [`AtModem`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AtError<E> {
    /// The byte stream failed.
    #[error("the stream to the modem failed")]
    Io(E),
    /// The byte stream has ended.
    #[error("the stream to the modem has ended")]
    Closed,
    /// No answer in time. The next call resynchronises.
    #[error("the modem does not answer")]
    Timeout,
    /// The modem refused the command with a code of 3GPP TS 27.007, 9.2.
    #[error("the modem refused with code {code}")]
    Equipment {
        /// The code.
        code: u16,
    },
    /// The modem refused the command and does not say why.
    #[error("the modem refused")]
    Refused,
    /// The network gives no link.
    #[error("the network gives no link")]
    NoLink,
    /// The modem does not know the command.
    #[error("the modem cannot do this")]
    Unsupported,
    /// The answer does not answer the question.
    #[error("an answer that is not understood")]
    Answer,
}

impl<E: core::fmt::Debug> Error for AtError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Io(_) | Self::Closed => ErrorKind::Io,
            Self::Timeout => ErrorKind::Timeout,
            Self::NoLink => ErrorKind::Network,
            Self::Unsupported => ErrorKind::Unsupported,
            Self::Answer => ErrorKind::Protocol,
            Self::Refused => ErrorKind::Other,
            Self::Equipment { code } => match code {
                10..=18 => ErrorKind::Sim,
                30..=32 | 103..=150 => ErrorKind::Network,
                3 | 4 => ErrorKind::Unsupported,
                _ => ErrorKind::Other,
            },
        }
    }
}

impl<E> AtError<E> {
    /// Whether the modem answered, and only said no.
    const fn is_no(&self) -> bool {
        matches!(self, Self::Equipment { .. } | Self::Refused | Self::Unsupported)
    }
}

type Outcome<T, U> = Result<T, AtError<<U as embedded_io::ErrorType>::Error>>;

impl<U: Read + Write, D: DelayNs> AtModem<U, D> {
    /// A modem at the other end of `stream`, waited for with `delay`. Nothing is sent yet.
    pub const fn new(stream: U, delay: D, timeouts: AtTimeouts) -> Self {
        Self { channel: Channel::new(stream, delay, timeouts) }
    }

    /// The stream back, such as for PPP once a data call was dialled on it.
    pub fn into_stream(self) -> U {
        self.channel.into_stream()
    }

    /// Tells the modem something.
    async fn tell(&mut self, command: &[&str]) -> Outcome<(), U> {
        let limit = self.channel.timeouts().answer;
        self.channel.run(command, Expect::Nothing, limit).await.map(drop)
    }

    /// Tells the modem something for which it asks the network.
    async fn tell_network(&mut self, command: &[&str]) -> Outcome<(), U> {
        let limit = self.channel.timeouts().network;
        self.channel.run(command, Expect::Nothing, limit).await.map(drop)
    }

    /// Asks the modem something, and understands the answer by `read`.
    async fn ask<T>(
        &mut self,
        command: &str,
        expect: Expect,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Outcome<T, U> {
        let limit = self.channel.timeouts().answer;
        let answer = self.channel.run(&[command], expect, limit).await?;
        answer.and_then(read).ok_or(AtError::Answer)
    }

    /// The same, `None` where the modem says no or something unheard of.
    async fn ask_maybe<T>(
        &mut self,
        command: &str,
        expect: Expect,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Outcome<Option<T>, U> {
        match self.ask(command, expect, read).await {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_no() || matches!(error, AtError::Answer) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Tells the modem something that it may not know.
    async fn tell_maybe(&mut self, command: &[&str]) -> Outcome<Told, U> {
        match self.tell(command).await {
            Ok(()) => Ok(Told::Done),
            Err(error) if error.is_no() => Ok(Told::Refused),
            Err(error) => Err(error),
        }
    }
}

#[derive(PartialEq)]
enum Told {
    Done,
    Refused,
}

impl<U: Read + Write, D> ErrorType for AtModem<U, D> {
    type Error = AtError<U::Error>;
}

impl<U: Read + Write, D: DelayNs> Modem for AtModem<U, D> {
    async fn set_power(&mut self, power: RadioPower) -> Outcome<(), U> {
        let level = match power {
            RadioPower::Off => "0",
            RadioPower::Flight => "4",
            RadioPower::On => "1",
        };
        self.tell_network(&["AT+CFUN=", level]).await
    }

    async fn imei(&mut self) -> Outcome<Imei, U> {
        self.ask("AT+CGSN", Expect::Digits("+CGSN"), |text| answer::digits(text).parse().ok()).await
    }

    async fn sim(&mut self) -> Outcome<SimState, U> {
        match self.ask("AT+CPIN?", Expect::Line("+CPIN"), answer::sim_state).await {
            Err(AtError::Equipment { code }) => {
                answer::sim_state_of_error(code).ok_or(AtError::Equipment { code })
            }
            other => other,
        }
    }

    async fn sim_identity(&mut self) -> Outcome<SimIdentity, U> {
        let imsi = self.ask("AT+CIMI", Expect::Digits("+CIMI"), |text| answer::digits(text).parse().ok());
        let imsi = imsi.await?;
        // The one command for the card's number is in no standard; these three are those of most makes.
        for (command, name) in [("AT+CCID", "+CCID"), ("AT+ICCID", "+ICCID"), ("AT+QCCID", "+QCCID")] {
            let read = |text: &str| answer::digits(text).parse().ok();
            if let Some(iccid) = self.ask_maybe(command, Expect::Digits(name), read).await? {
                return Ok(SimIdentity { iccid, imsi });
            }
        }
        Err(AtError::Answer)
    }

    async fn network(&mut self) -> Outcome<Network, U> {
        let mut first = None;
        // LTE, 5G, and the packet side of everything older.
        for (command, name) in [("AT+CEREG?", "+CEREG"), ("AT+C5GREG?", "+C5GREG"), ("AT+CGREG?", "+CGREG")] {
            let Some(found) = self.ask_maybe(command, Expect::Status(name), answer::registration).await?
            else {
                continue;
            };
            if found.is_registered() {
                // Operators by number, not by name.
                self.tell_maybe(&["AT+COPS=3,2"]).await?;
                let (operator, technology) = self
                    .ask_maybe("AT+COPS?", Expect::Line("+COPS"), answer::operator)
                    .await?
                    .unwrap_or_default();
                return Ok(Network { registration: found, operator, technology });
            }
            first = first.or(Some(found));
        }
        first.map(Network::new).ok_or(AtError::Answer)
    }

    async fn signal(&mut self) -> Outcome<Signal, U> {
        match self.ask_maybe("AT+CESQ", Expect::Line("+CESQ"), answer::cesq).await? {
            Some(signal) => Ok(signal),
            None => self.ask("AT+CSQ", Expect::Line("+CSQ"), answer::csq).await,
        }
    }

    /// The old way is switched off after the new one was taken.
    async fn set_low_power(&mut self, wanted: LowPower) -> Outcome<(), U> {
        match wanted {
            LowPower::None => {
                self.tell_maybe(&["AT+CPSMS=0"]).await?;
                self.tell_maybe(&["AT+CEDRXS=0"]).await?;
            }
            LowPower::Psm(timers) => {
                let (update, active) = timers.bits();
                let (update, active) = (answer::bits::<8>(update), answer::bits::<8>(active));
                let command =
                    ["AT+CPSMS=1,,,\"", answer::text(&update), "\",\"", answer::text(&active), "\""];
                if self.tell_maybe(&command).await? == Told::Refused {
                    return Err(AtError::Unsupported);
                }
                self.tell_maybe(&["AT+CEDRXS=0"]).await?;
            }
            LowPower::Edrx(cycle) => {
                let cycle = answer::bits::<4>(cycle.bits());
                let mut told = Told::Refused;
                // LTE with LTE-M, and NB-IoT.
                for technology in ["4", "5"] {
                    let command = ["AT+CEDRXS=1,", technology, ",\"", answer::text(&cycle), "\""];
                    if self.tell_maybe(&command).await? == Told::Done {
                        told = Told::Done;
                    }
                }
                if told == Told::Refused {
                    return Err(AtError::Unsupported);
                }
                self.tell_maybe(&["AT+CPSMS=0"]).await?;
            }
        }
        Ok(())
    }

    async fn low_power(&mut self) -> Outcome<LowPower, U> {
        let timers: Option<PsmTimers> =
            self.ask_maybe("AT+CEREG?", Expect::Status("+CEREG"), answer::psm).await?;
        if let Some(timers) = timers {
            return Ok(LowPower::Psm(timers));
        }
        let cycle: Option<EdrxCycle> =
            self.ask_maybe("AT+CEDRXRDP", Expect::Line("+CEDRXRDP"), answer::edrx).await?;
        Ok(cycle.map_or(LowPower::None, LowPower::Edrx))
    }

    async fn set_sms_wake(&mut self, wake: SmsWake) -> Outcome<(), U> {
        let command = match wake {
            SmsWake::Ignored => "AT+CNMI=0,0",
            SmsWake::Reported => "AT+CNMI=2,1",
        };
        match self.tell_maybe(&[command]).await? {
            Told::Done => Ok(()),
            Told::Refused => Err(AtError::Unsupported),
        }
    }

    async fn connect(&mut self, apn: &Apn) -> Outcome<Link, U> {
        let link = self.link().await?;
        if link != Link::Down {
            return Ok(link);
        }
        self.tell(&["AT+CGDCONT=1,\"IP\",\"", apn.as_str(), "\""]).await?;
        match self.tell_network(&["AT+CGACT=1,1"]).await {
            Ok(()) => self.link().await,
            Err(error) if error.is_no() => Err(AtError::NoLink),
            Err(error) => Err(error),
        }
    }

    async fn disconnect(&mut self) -> Outcome<(), U> {
        if self.link().await? == Link::Down {
            return Ok(());
        }
        self.tell_network(&["AT+CGACT=0,1"]).await
    }

    async fn link(&mut self) -> Outcome<Link, U> {
        let active = self.ask_maybe("AT+CGACT?", Expect::Context("+CGACT"), answer::is_active).await?;
        if active.is_none() {
            return Ok(Link::Down);
        }
        let address = self.ask_maybe("AT+CGPADDR=1", Expect::Context("+CGPADDR"), answer::address).await?;
        Ok(Link::Up { address })
    }

    async fn network_time(&mut self) -> Outcome<Option<Timestamp>, U> {
        self.ask_maybe("AT+CCLK?", Expect::Line("+CCLK"), answer::time).await
    }

    async fn next_event(&mut self) -> Outcome<ModemEvent, U> {
        self.channel.next_event().await
    }
}
