//! [`Unit`]: what a physical value is measured in, and how one unit becomes another.

use core::fmt;

use crate::Scale;

macro_rules! units {
    ($($(#[$doc:meta])* $name:ident, $symbol:literal, [$($also:literal),*], $base:ident, $factor:expr, $offset:expr;)*) => {
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

            /// `base = value * factor + offset` in the base unit of its quantity.
            const fn to_base(self) -> Option<(Base, Scale)> {
                match self {
                    $(Self::$name => Some((Base::$base, Scale { factor: $factor, offset: $offset })),)*
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

// Names that differ only in case are one unit here, so milli and mega are never spelled by case alone.
units! {
    /// Hundredths.
    Percent, "percent", ["%"], Ratio, 0.01, 0.0;
    /// Metres.
    Metre, "m", ["meter", "meters"], Length, 1.0, 0.0;
    /// Kilometres.
    Kilometre, "km", ["kilometers", "kilometer"], Length, 1000.0, 0.0;
    /// International miles, 1609.344 m.
    Mile, "mi", ["mile", "miles"], Length, 1609.344, 0.0;
    /// Millimetres.
    Millimetre, "mm", [], Length, 0.001, 0.0;
    /// Kilometres an hour.
    KilometrePerHour, "km/h", ["kph", "kmh", "km/hr", "kmph"], Speed, 1.0 / 3.6, 0.0;
    /// Miles an hour, 1.609344 km/h.
    MilePerHour, "mph", ["mi/h"], Speed, 0.44704, 0.0;
    /// Metres a second.
    MetrePerSecond, "m/s", [], Speed, 1.0, 0.0;
    /// Degrees Celsius.
    Celsius, "celsius", ["degC", "°C", "C", "deg C", "degrees C"], Temperature, 1.0, 0.0;
    /// Degrees Fahrenheit.
    Fahrenheit, "fahrenheit", ["degF", "°F", "F", "deg F"], Temperature, 5.0 / 9.0, -160.0 / 9.0;
    /// Kilopascals.
    Kilopascal, "kPa", [], Pressure, 1.0, 0.0;
    /// Bar, 100 kPa.
    Bar, "bar", [], Pressure, 100.0, 0.0;
    /// Pounds a square inch, 6.894757 kPa.
    Psi, "psi", [], Pressure, 6.894_757_293_168_361, 0.0;
    /// Volts.
    Volt, "V", ["volt", "volts"], Voltage, 1.0, 0.0;
    /// Millivolts.
    Millivolt, "mV", [], Voltage, 0.001, 0.0;
    /// Amperes.
    Ampere, "A", ["amp", "amps"], Current, 1.0, 0.0;
    /// Watts.
    Watt, "W", [], Power, 1.0, 0.0;
    /// Kilowatts.
    Kilowatt, "kW", [], Power, 1000.0, 0.0;
    /// Watt hours.
    WattHour, "Wh", [], Energy, 0.001, 0.0;
    /// Kilowatt hours.
    KilowattHour, "kWh", [], Energy, 1.0, 0.0;
    /// Litres.
    Litre, "l", ["liter", "liters", "litre"], Volume, 1.0, 0.0;
    /// US liquid gallons, 3.785411784 l.
    Gallon, "gal", ["gallon", "gallons"], Volume, 3.785_411_784, 0.0;
    /// Kilograms.
    Kilogram, "kg", [], Mass, 1.0, 0.0;
    /// Grams a second.
    GramPerSecond, "g/s", [], MassFlow, 1.0, 0.0;
    /// Litres an hour.
    LitrePerHour, "l/h", [], VolumeFlow, 1.0, 0.0;
    /// Seconds.
    Second, "s", ["sec", "seconds"], Time, 1.0, 0.0;
    /// Milliseconds.
    Millisecond, "ms", ["msec"], Time, 0.001, 0.0;
    /// Minutes.
    Minute, "min", ["minutes"], Time, 60.0, 0.0;
    /// Hours.
    Hour, "h", ["hr", "hours"], Time, 3600.0, 0.0;
    /// Degrees of angle.
    Degree, "degrees", ["deg", "°", "degree"], Angle, 1.0, 0.0;
    /// Degrees a second.
    DegreePerSecond, "degrees/s", ["deg/s", "°/s"], AngularSpeed, 1.0, 0.0;
    /// Revolutions a minute.
    RevolutionPerMinute, "rpm", ["1/min", "r/min"], Rotation, 1.0, 0.0;
    /// Newton metres.
    NewtonMetre, "Nm", ["N.m", "N m"], Torque, 1.0, 0.0;
    /// Metres a second squared.
    MetrePerSecondSquared, "m/s^2", ["m/s2", "m/s²"], Acceleration, 1.0, 0.0;
}

impl Unit<'_> {
    /// The scale that turns a value in `self` into one in `target`; the identity between equal units, `None` when the
    /// two do not measure the same thing or one of them is unknown.
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
        if self == target {
            return Some(Scale::IDENTITY);
        }
        let ((from, up), (to, down)) = (self.to_base()?, target.to_base()?);
        (from == to).then(|| Scale {
            factor: up.factor / down.factor,
            offset: (up.offset - down.offset) / down.factor,
        })
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
