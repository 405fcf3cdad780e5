//! [`Unit`]: what a physical value is measured in, and how one unit becomes another.

use core::fmt;

use crate::{Conversion, Scale};

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident, $symbol:literal, [$($also:literal),*], $base:ident, $multiply:literal / $divide:literal $(, $add:literal)?;)*) => {
        /// A unit of measurement. Symbols are those of the VSS catalogue; a unit it does not know is kept as text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Unit<'a> {
            /// A count, a state or a ratio.
            None,
            $($(#[$doc])* $name,)*
            /// A unit this crate has no conversion for, as the DBC file spells it.
            Other(&'a str),
        }

        impl<'a> Unit<'a> {
            /// The unit that `text` spells: the VSS symbol, or a spelling that DBC files use for it.
            #[must_use]
            pub fn parse(text: &'a str) -> Self {
                let text = text.trim();
                if text.is_empty() || text.eq_ignore_ascii_case("none") {
                    return Self::None;
                }
                $(if [$symbol $(, $also)*].iter().any(|known| known.eq_ignore_ascii_case(text)) { return Self::$name; })*
                Self::Other(text)
            }

            /// The symbol.
            #[must_use]
            pub const fn symbol(&self) -> &'a str {
                match self {
                    Self::None => "",
                    $(Self::$name => $symbol,)*
                    Self::Other(text) => text,
                }
            }

            /// How a value becomes one in the base unit of its quantity.
            const fn to_base(self) -> Option<(Base, Conversion)> {
                match self {
                    $(Self::$name => Some((Base::$base, Conversion::new($multiply, 0 $(+ $add)?, $divide))),)*
                    Self::None | Self::Other(_) => None,
                }
            }
        }
    };
}

/// The quantities between whose units there is a conversion.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    Ratio,
    Length,
    Speed,
    Temperature,
    Pressure,
    Voltage,
    Current,
    Power,
    Energy,
    Volume,
    Mass,
    MassFlow,
    VolumeFlow,
    Time,
    Angle,
    AngularSpeed,
    Rotation,
    Torque,
    Acceleration,
}

// Names that differ only in case are one unit here, so milli and mega are never spelled by case alone. A value times the first
// number, plus the third if there is one, by the second is the value in the base unit.
units! {
    /// Hundredths.
    Percent, "percent", ["%"], Ratio, 1 / 100;
    /// Metres.
    Metre, "m", ["meter", "meters"], Length, 1 / 1;
    /// Kilometres.
    Kilometre, "km", ["kilometers", "kilometer"], Length, 1000 / 1;
    /// International miles, 1609.344 m.
    Mile, "mi", ["mile", "miles"], Length, 201_168 / 125;
    /// Millimetres.
    Millimetre, "mm", [], Length, 1 / 1000;
    /// Kilometres an hour.
    KilometrePerHour, "km/h", ["kph", "kmh", "km/hr", "kmph"], Speed, 5 / 18;
    /// Miles an hour, 1.609344 km/h.
    MilePerHour, "mph", ["mi/h"], Speed, 1397 / 3125;
    /// Metres a second.
    MetrePerSecond, "m/s", [], Speed, 1 / 1;
    /// Degrees Celsius.
    Celsius, "celsius", ["degC", "°C", "C", "deg C", "degrees C"], Temperature, 1 / 1;
    /// Degrees Fahrenheit.
    Fahrenheit, "fahrenheit", ["degF", "°F", "F", "deg F"], Temperature, 5 / 9, -160;
    /// Kilopascals.
    Kilopascal, "kPa", [], Pressure, 1 / 1;
    /// Bar, 100 kPa.
    Bar, "bar", [], Pressure, 100 / 1;
    /// Pounds a square inch, 6.894757 kPa.
    Psi, "psi", [], Pressure, 8_896_443_230_521 / 1_290_320_000_000;
    /// Volts.
    Volt, "V", ["volt", "volts"], Voltage, 1 / 1;
    /// Millivolts.
    Millivolt, "mV", [], Voltage, 1 / 1000;
    /// Amperes.
    Ampere, "A", ["amp", "amps"], Current, 1 / 1;
    /// Watts.
    Watt, "W", [], Power, 1 / 1;
    /// Kilowatts.
    Kilowatt, "kW", [], Power, 1000 / 1;
    /// Watt hours.
    WattHour, "Wh", [], Energy, 1 / 1000;
    /// Kilowatt hours.
    KilowattHour, "kWh", [], Energy, 1 / 1;
    /// Litres.
    Litre, "l", ["liter", "liters", "litre"], Volume, 1 / 1;
    /// US liquid gallons, 3.785411784 l.
    Gallon, "gal", ["gallon", "gallons"], Volume, 473_176_473 / 125_000_000;
    /// Kilograms.
    Kilogram, "kg", [], Mass, 1 / 1;
    /// Grams a second.
    GramPerSecond, "g/s", [], MassFlow, 1 / 1;
    /// Litres an hour.
    LitrePerHour, "l/h", [], VolumeFlow, 1 / 1;
    /// Seconds.
    Second, "s", ["sec", "seconds"], Time, 1 / 1;
    /// Milliseconds.
    Millisecond, "ms", ["msec"], Time, 1 / 1000;
    /// Minutes.
    Minute, "min", ["minutes"], Time, 60 / 1;
    /// Hours.
    Hour, "h", ["hr", "hours"], Time, 3600 / 1;
    /// Degrees of angle.
    Degree, "degrees", ["deg", "°", "degree"], Angle, 1 / 1;
    /// Degrees a second.
    DegreePerSecond, "degrees/s", ["deg/s", "°/s"], AngularSpeed, 1 / 1;
    /// Revolutions a minute.
    RevolutionPerMinute, "rpm", ["1/min", "r/min"], Rotation, 1 / 1;
    /// Newton metres.
    NewtonMetre, "Nm", ["N.m", "N m"], Torque, 1 / 1;
    /// Metres a second squared.
    MetrePerSecondSquared, "m/s^2", ["m/s2", "m/s²"], Acceleration, 1 / 1;
}

impl Unit<'_> {
    /// The scale that turns a value in `self` into one in `target`; the identity between equal units, `None` when the
    /// two do not measure the same thing or one of them is unknown.
    ///
    /// Its factor is the nearest double, so a converted decimal may be off by one or two in the last place:
    /// [`exact_conversion_to`](Self::exact_conversion_to) is not.
    ///
    /// # Example: a speedometer in miles
    ///
    /// ```
    /// use dimo_types::Unit;
    /// let scale = Unit::MilePerHour.conversion_to(Unit::KilometrePerHour).unwrap();
    /// assert!((scale.apply(60.0) - 96.56064).abs() < 1e-9);
    /// assert_eq!(Unit::Volt.conversion_to(Unit::Celsius), None);
    /// ```
    #[must_use]
    pub fn conversion_to(self, target: Unit<'_>) -> Option<Scale> {
        self.exact_conversion_to(target).map(Conversion::scale)
    }

    /// The same in whole numbers, for values that people read: 25 m/s are 90 km/h, and 0.1 are 0.36.
    #[must_use]
    pub fn exact_conversion_to(self, target: Unit<'_>) -> Option<Conversion> {
        if self == target {
            return Some(Conversion::IDENTITY);
        }
        let ((from, up), (to, down)) = (self.to_base()?, target.to_base()?);
        if from == to { up.against(down) } else { None }
    }
}

impl fmt::Display for Unit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.symbol())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Unit<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.symbol())
    }
}
