//! [`App`]: what a decent app does with a phone, until it has what it wants.

use dimo_crypto::pairing::Role;
use dimo_pairing::{Answer, Event, Opening, Refusal, Request, RequestId, Resumption};

use crate::pair::Pair;
use crate::util::{self, CLAIM_SIGNATURE};

/// How a command ended.
#[derive(Debug)]
enum Ended {
    Proven,
    Granted(Resumption),
    Resumed,
    Claimed(String),
    Identified,
    Refused(Refusal),
    Failed,
}

#[derive(Default)]
pub(crate) struct App {
    pub(crate) resumption: Option<Resumption>,
    /// The claim whose answer is not known, and how often the device had lost its power when it was made.
    out: Option<(RequestId, u32)>,
    claims: usize,
}

impl App {
    /// How many claims the device may have signed: those asked for, each once.
    pub(crate) fn claims_allowed(&self) -> usize {
        self.claims
    }

    pub(crate) fn run_until_claimed(&mut self, pair: &mut Pair) {
        for _ in 0..120 {
            pair.press();
            if self.attempt(pair) {
                return;
            }
            pair.assert_allowance();
            pair.wait(5);
        }
        panic!("never claimed");
    }

    /// A late first message may have ended the session at the device, which the phone learns when it asks next.
    pub(crate) fn settle(&mut self, pair: &mut Pair) {
        pair.calm();
        for _ in 0..8 {
            pair.press();
            if pair.up && pair.phone.is_ready() || self.get_in(pair) {
                pair.phone.request(pair.now, &Request::Identify).unwrap();
                match ended(pair) {
                    Ended::Identified => return,
                    Ended::Refused(_) | Ended::Failed => {}
                    other => panic!("{other:?}"),
                }
            }
            pair.cut();
            pair.wait(5);
        }
        panic!("never settled");
    }

    fn attempt(&mut self, pair: &mut Pair) -> bool {
        if (!pair.up || !pair.phone.is_ready()) && !self.get_in(pair) {
            pair.cut();
            assert!(pair.phone.poll_event().is_none(), "a command ended twice");
            return false;
        }
        self.claim(pair)
    }

    fn get_in(&mut self, pair: &mut Pair) -> bool {
        if pair.up {
            pair.cut();
        }
        if let Some(resumption) = &self.resumption {
            pair.connect(Opening::Resume(resumption.clone()));
            match ended(pair) {
                Ended::Resumed => return true,
                Ended::Refused(Refusal::HandshakeFailed) => self.resumption = None,
                Ended::Refused(_) | Ended::Failed => {}
                other => panic!("{other:?}"),
            }
            return false;
        }
        pair.connect(util::by_label());
        match ended(pair) {
            Ended::Proven => {}
            Ended::Refused(_) | Ended::Failed => return false,
            other => panic!("{other:?}"),
        }
        assert!(pair.proven(pair.phone.handshake_hash().unwrap()), "a wrong key");
        let grant = util::grant(&pair.phone, Role::Owner, util::FAR);
        // A grant takes the place of the claim in what the device keeps.
        self.out = None;
        pair.phone.grant(pair.now, grant).unwrap();
        match ended(pair) {
            Ended::Granted(resumption) => self.resumption = Some(resumption),
            Ended::Refused(_) | Ended::Failed => return false,
            other => panic!("{other:?}"),
        }
        true
    }

    fn claim(&mut self, pair: &mut Pair) -> bool {
        let request = Request::Claim(util::claim());
        match self.out.filter(|(_, restarts)| *restarts == pair.restarts) {
            Some((id, _)) => pair.phone.repeat(pair.now, &request, id).unwrap(),
            None => {
                let id = pair.phone.request(pair.now, &request).unwrap();
                self.out = Some((id, pair.restarts));
                self.claims += 1;
            }
        }
        match ended(pair) {
            Ended::Claimed(signature) => {
                assert_eq!(signature, CLAIM_SIGNATURE);
                return true;
            }
            // Worked on still: ask again under the same id.
            Ended::Refused(Refusal::Busy) => {}
            Ended::Refused(refusal) => {
                self.out = None;
                if refusal == Refusal::RateLimited {
                    pair.wait(600);
                }
                pair.cut();
            }
            // Maybe done, maybe not: a new session, the same id.
            Ended::Failed => pair.cut(),
            other => panic!("{other:?}"),
        }
        assert!(pair.phone.poll_event().is_none(), "a command ended twice");
        false
    }
}

/// The one event in which the command that is out ends.
fn ended(pair: &mut Pair) -> Ended {
    loop {
        pair.until_event();
        let ended = match pair.phone.poll_event().unwrap() {
            Event::Working { .. } => continue,
            Event::Proven { .. } => Ended::Proven,
            Event::Granted(resumption) => Ended::Granted(resumption),
            Event::Resumed { .. } => Ended::Resumed,
            Event::Answered(_, Answer::ClaimProof(signature)) => Ended::Claimed(signature.to_string()),
            Event::Answered(_, Answer::Identity(_)) => Ended::Identified,
            Event::Refused(refusal) => Ended::Refused(refusal),
            Event::Failed(_) => Ended::Failed,
            other => panic!("{other:?}"),
        };
        assert!(!pair.phone.is_waiting() && pair.phone.poll_event().is_none(), "a command ended twice");
        return ended;
    }
}
