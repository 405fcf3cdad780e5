//! The day itself, and what is checked of it in the end.

use dimo_types::{SharingPolicy, Timestamp};

use super::{World, one_reading};
use crate::backend::Form;
use crate::linked::granted;
use crate::mapping::Mapping;
use crate::owner::{Owner, RECIPIENT};
use crate::report::{Checked, hold, reason};
use crate::truth;

impl World {
    pub(super) fn live(&mut self) -> Checked {
        let stopped = self.poll_until(self.hours(24))?;
        hold(stopped.is_none(), || format!("the polling ended: {stopped:?}"))?;
        let (told, batches) =
            (self.running.inside().counts.told, self.linked.as_ref().map_or(0, |linked| linked.batches));
        hold(told >= 100 && batches >= 20, || format!("{told} answers, {batches} batches"))
    }

    pub(super) fn tokens_refreshed(&self) -> Checked {
        let counts = self.running.inside().counts;
        hold(counts.refreshed >= 11 && counts.unauthorised == 0, || {
            format!("{} refreshed, {} requests without a good token", counts.refreshed, counts.unauthorised)
        })
    }

    pub(super) fn limit_obeyed(&self) -> Checked {
        let counts = self.running.inside().counts;
        hold(counts.limited >= 1 && counts.impatient == 0, || {
            format!("{} times limited, {} requests too soon", counts.limited, counts.impatient)
        })
    }

    pub(super) fn faults_outlived(&self) -> Checked {
        let counts = self.running.inside().counts;
        let each = [counts.errors, counts.dropped, counts.malformed];
        hold(each.into_iter().all(|count| count > 0), || format!("not every fault happened: {each:?}"))
    }

    pub(super) fn left_asleep(&self) -> Checked {
        let inside = self.running.inside();
        let (asleep, car) = (inside.counts.found_asleep, inside.car.disturbances);
        hold(asleep >= 100 && car.woken == 0 && car.asked_asleep == 0, || {
            format!(
                "found asleep {asleep} times, {} wake-ups, {} asked in its sleep",
                car.woken, car.asked_asleep
            )
        })
    }

    pub(super) fn never_kept_awake(&self) -> Checked {
        let inside = self.running.inside();
        let (told, held) = (inside.counts.told, inside.car.disturbances.kept_awake);
        hold(told > 0 && held == 0, || format!("{told} answers, {held} requests held it awake"))
    }

    /// The service repeats old values in every answer, so there is something to leave out.
    pub(super) fn nothing_repeated(&self) -> Checked {
        let inside = self.running.inside();
        let (groups, fresh) = (inside.counts.told * 4, inside.told.len() as u64);
        hold(fresh < groups, || "the service repeated nothing".to_owned())?;
        let repeated = self.backend.repeated;
        hold(repeated == 0, || format!("{repeated} readings came twice"))
    }

    pub(super) fn nothing_invented(&self) -> Checked {
        for form in [Form::Protobuf, Form::Gen1, Form::CloudEvent] {
            let readings = self.backend.readings(form).ok_or("nothing was received")?;
            let tyre = readings.keys().find(|(_, name)| name == "chassisAxleRow2WheelLeftTirePressure");
            hold(tyre.is_none(), || "the tyre without a sensor has a pressure".to_owned())?;
            let car = &self.running.inside().car;
            let parked = |time: Timestamp| car.measure(time).km_per_hour.is_none();
            let speed = readings.keys().find(|(time, name)| name == "speed" && parked(*time));
            hold(speed.is_none(), || format!("the parked car has a speed: {speed:?}"))?;
        }
        self.nothing_for_strangers()
    }

    pub(super) fn equal(&self, form: Form) -> Checked {
        let inside = self.running.inside();
        let expected = truth::expected(&inside.car, &inside.told);
        truth::compare(&expected, self.backend.readings(form))
    }

    /// A recipient that the owner did not name gets nothing of what the other one gets.
    fn nothing_for_strangers(&self) -> Checked {
        let linked = self.linked.as_ref().ok_or("there is no connection with a consent")?;
        let policy = SharingPolicy::new(linked.connection.synthetic.vehicle, linked.version, &linked.grants);
        let (policy, now, mut mapping) = (policy.map_err(reason)?, self.start, Mapping::new());
        let readings = one_reading(&mut mapping, now);
        let count = |recipient| granted(&mapping, readings.clone(), &policy, recipient, now).len();
        let counts = (count(RECIPIENT), count(Owner::stranger()?.address()));
        hold(counts == (1, 0), || format!("granted and not granted: {counts:?}"))
    }
}
