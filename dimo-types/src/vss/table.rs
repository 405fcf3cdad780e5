//! The rows of the catalogue, by name. Data, not code: compared row by row with the network's definitions in
//! `tests/vss.rs`.

use super::{VssDataType, VssKind, VssNode, VssSignal};
use crate::{Privilege, Unit};

/// A bound, or `_` where the specification gives none.
macro_rules! bound {
    (_) => {
        None
    };
    ($value:literal) => {
        Some($value)
    };
}

macro_rules! signals {
    ($($name:literal $path:literal $node:ident $data_type:ident $kind:ident $unit:ident $min:tt .. $max:tt $privilege:ident
        [$($older:literal)*] [$($allowed:literal)*];)*) => {
        &[$(VssSignal {
            name: $name,
            path: $path,
            node: VssNode::$node,
            data_type: VssDataType::$data_type,
            kind: VssKind::$kind,
            unit: Unit::$unit,
            min: bound!($min),
            max: bound!($max),
            privilege: Privilege::$privilege,
            older_names: &[$($older),*],
            allowed: &[$($allowed),*],
        }),*]
    };
}

// name, path, node, data type, kind on the wire, unit, min .. max, privilege, [older names], [allowed values];
pub(super) static TABLE: &[VssSignal] = signals! {
    "angularVelocityYaw" "Vehicle.AngularVelocity.Yaw" Sensor Float Number DegreePerSecond _ .. _ NonLocationData ["yawRate"] [];
    "bodyLightsIsAirbagWarningOn" "Vehicle.Body.Lights.IsAirbagWarningOn" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "bodyLockIsLocked" "Vehicle.Body.Lock.IsLocked" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "bodyTrunkFrontIsOpen" "Vehicle.Body.Trunk.Front.IsOpen" Actuator Boolean Number None _ .. _ NonLocationData [] [];
    "bodyTrunkRearIsOpen" "Vehicle.Body.Trunk.Rear.IsOpen" Actuator Boolean Number None _ .. _ NonLocationData [] [];
    "cabinDoorRow1DriverSideIsOpen" "Vehicle.Cabin.Door.Row1.DriverSide.IsOpen" Actuator Boolean Number None _ .. _ NonLocationData [] [];
    "cabinDoorRow1DriverSideWindowIsOpen" "Vehicle.Cabin.Door.Row1.DriverSide.Window.IsOpen" Actuator Boolean Number None _ .. _ NonLocationData [] [];
    "cabinDoorRow1PassengerSideIsOpen" "Vehicle.Cabin.Door.Row1.PassengerSide.IsOpen" Actuator Boolean Number None _ .. _ NonLocationData [] [];
    "cabinDoorRow1PassengerSideWindowIsOpen" "Vehicle.Cabin.Door.Row1.PassengerSide.Window.IsOpen" Actuator Boolean Number None _ .. _ NonLocationData [] [];
    "cabinDoorRow2DriverSideIsOpen" "Vehicle.Cabin.Door.Row2.DriverSide.IsOpen" Actuator Boolean Number None _ .. _ NonLocationData [] [];
    "cabinDoorRow2DriverSideWindowIsOpen" "Vehicle.Cabin.Door.Row2.DriverSide.Window.IsOpen" Actuator Boolean Number None _ .. _ NonLocationData [] [];
    "cabinDoorRow2PassengerSideIsOpen" "Vehicle.Cabin.Door.Row2.PassengerSide.IsOpen" Actuator Boolean Number None _ .. _ NonLocationData [] [];
    "cabinDoorRow2PassengerSideWindowIsOpen" "Vehicle.Cabin.Door.Row2.PassengerSide.Window.IsOpen" Actuator Boolean Number None _ .. _ NonLocationData [] [];
    "cabinSeatRow1DriverSideIsBelted" "Vehicle.Cabin.Seat.Row1.DriverSide.IsBelted" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "cabinSeatRow1PassengerSideIsBelted" "Vehicle.Cabin.Seat.Row1.PassengerSide.IsBelted" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "cabinSeatRow2DriverSideIsBelted" "Vehicle.Cabin.Seat.Row2.DriverSide.IsBelted" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "cabinSeatRow2MiddleIsBelted" "Vehicle.Cabin.Seat.Row2.Middle.IsBelted" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "cabinSeatRow2PassengerSideIsBelted" "Vehicle.Cabin.Seat.Row2.PassengerSide.IsBelted" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "cabinSeatRow3DriverSideIsBelted" "Vehicle.Cabin.Seat.Row3.DriverSide.IsBelted" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "cabinSeatRow3PassengerSideIsBelted" "Vehicle.Cabin.Seat.Row3.PassengerSide.IsBelted" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "chassisAxleRow1WheelLeftSpeed" "Vehicle.Chassis.Axle.Row1.Wheel.Left.Speed" Sensor Float Number KilometrePerHour _ .. _ NonLocationData ["frontlLeftWheelSpeed"] [];
    "chassisAxleRow1WheelLeftTirePressure" "Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure" Sensor Uint16 Number Kilopascal _ .. _ NonLocationData ["tires.frontLeft" "tiresFrontLeft"] [];
    "chassisAxleRow1WheelRightSpeed" "Vehicle.Chassis.Axle.Row1.Wheel.Right.Speed" Sensor Float Number KilometrePerHour _ .. _ NonLocationData ["frontRightWheelSpeed"] [];
    "chassisAxleRow1WheelRightTirePressure" "Vehicle.Chassis.Axle.Row1.Wheel.Right.Tire.Pressure" Sensor Uint16 Number Kilopascal _ .. _ NonLocationData ["tires.frontRight" "tiresFrontRight"] [];
    "chassisAxleRow2WheelLeftTirePressure" "Vehicle.Chassis.Axle.Row2.Wheel.Left.Tire.Pressure" Sensor Uint16 Number Kilopascal _ .. _ NonLocationData ["tires.backLeft" "tiresBackLeft"] [];
    "chassisAxleRow2WheelRightTirePressure" "Vehicle.Chassis.Axle.Row2.Wheel.Right.Tire.Pressure" Sensor Uint16 Number Kilopascal _ .. _ NonLocationData ["tires.backRight" "tiresBackRight"] [];
    "chassisAxleRow3Weight" "Vehicle.Chassis.Axle.Row3.Weight" Sensor Float Number Kilogram _ .. _ NonLocationData [] [];
    "chassisAxleRow4Weight" "Vehicle.Chassis.Axle.Row4.Weight" Sensor Float Number Kilogram _ .. _ NonLocationData [] [];
    "chassisAxleRow5Weight" "Vehicle.Chassis.Axle.Row5.Weight" Sensor Float Number Kilogram _ .. _ NonLocationData [] [];
    "chassisBrakeABSIsWarningOn" "Vehicle.Chassis.Brake.ABS.IsWarningOn" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "chassisBrakeCircuit1PressurePrimary" "Vehicle.Chassis.Brake.Circuit1.PressurePrimary" Sensor Float Number Kilopascal _ .. _ NonLocationData [] [];
    "chassisBrakeCircuit2PressurePrimary" "Vehicle.Chassis.Brake.Circuit2.PressurePrimary" Sensor Float Number Kilopascal _ .. _ NonLocationData [] [];
    "chassisBrakeIsPedalPressed" "Vehicle.Chassis.Brake.IsPedalPressed" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "chassisBrakePedalPosition" "Vehicle.Chassis.Brake.PedalPosition" Sensor Uint8 Number Percent 0.0 .. 100.0 NonLocationData [] [];
    "chassisParkingBrakeIsEngaged" "Vehicle.Chassis.ParkingBrake.IsEngaged" Actuator Boolean Number None _ .. _ NonLocationData [] [];
    "chassisTireSystemIsWarningOn" "Vehicle.Chassis.TireSystem.IsWarningOn" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "connectivityCellularIsJammingDetected" "Vehicle.Connectivity.Cellular.IsJammingDetected" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "currentLocationAltitude" "Vehicle.CurrentLocation.Altitude" Sensor Double Number Metre _ .. _ AllTimeLocation ["altitude"] [];
    "currentLocationCoordinates" "Vehicle.CurrentLocation.Coordinates" Sensor Coordinates Location None _ .. _ AllTimeLocation [] [];
    "currentLocationHeading" "Vehicle.CurrentLocation.Heading" Sensor Double Number Degree 0.0 .. 360.0 AllTimeLocation [] [];
    "exteriorAirTemperature" "Vehicle.Exterior.AirTemperature" Sensor Float Number Celsius _ .. _ NonLocationData ["ambientAirTemp" "ambientTemp"] [];
    "isIgnitionOn" "Vehicle.IsIgnitionOn" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "lowVoltageBatteryCurrentVoltage" "Vehicle.LowVoltageBattery.CurrentVoltage" Sensor Float Number Volt _ .. _ NonLocationData ["batteryVoltage"] [];
    "obdBarometricPressure" "Vehicle.OBD.BarometricPressure" Sensor Float Number Kilopascal _ .. _ NonLocationData ["barometricPressure"] [];
    "obdCommandedEGR" "Vehicle.OBD.CommandedEGR" Sensor Float Number Percent _ .. _ NonLocationData ["commandedEgr"] [];
    "obdCommandedEVAP" "Vehicle.OBD.CommandedEVAP" Sensor Float Number Percent _ .. _ NonLocationData ["evap"] [];
    "obdDTCList" "Vehicle.OBD.DTCList" Sensor StringArray Text None _ .. _ NonLocationData ["obdDTCList"] [];
    "obdDistanceSinceDTCClear" "Vehicle.OBD.DistanceSinceDTCClear" Sensor Float Number Kilometre _ .. _ NonLocationData ["distanceSinceDtcClear"] [];
    "obdDistanceWithMIL" "Vehicle.OBD.DistanceWithMIL" Sensor Float Number Kilometre _ .. _ NonLocationData ["distanceWMil"] [];
    "obdEngineLoad" "Vehicle.OBD.EngineLoad" Sensor Float Number Percent _ .. _ NonLocationData ["engineLoad"] [];
    "obdEthanolPercent" "Vehicle.OBD.EthanolPercent" Sensor Float Number Percent _ .. _ NonLocationData [] [];
    "obdFuelPressure" "Vehicle.OBD.FuelPressure" Sensor Float Number Kilopascal _ .. _ NonLocationData ["fuelTankPressure"] [];
    "obdFuelRailPressure" "Vehicle.OBD.FuelRailPressure" Sensor Float Number Kilopascal _ .. _ NonLocationData [] [];
    "obdFuelRate" "Vehicle.OBD.FuelRate" Sensor Float Number LitrePerHour _ .. _ NonLocationData [] [];
    "obdFuelTypeName" "Vehicle.OBD.FuelTypeName" Attribute String Text None _ .. _ NonLocationData [] ["NOT AVAILABLE" "GASOLINE" "METHANOL" "ETHANOL" "DIESEL" "LPG" "CNG" "PROPANE" "ELECTRIC" "BIFUEL RUNNING GASOLINE" "BIFUEL RUNNING METHANOL" "BIFUEL RUNNING ETHANOL" "BIFUEL RUNNING LPG" "BIFUEL RUNNING CNG" "BIFUEL RUNNING PROPANE" "BIFUEL RUNNING ELECTRICITY" "BIFUEL RUNNING ELECTRIC AND COMBUSTION ENGINE" "HYBRID GASOLINE" "HYBRID ETHANOL" "HYBRID DIESEL" "HYBRID ELECTRIC" "HYBRID RUNNING ELECTRIC AND COMBUSTION ENGINE" "HYBRID REGENERATIVE" "BIFUEL RUNNING DIESEL"];
    "obdIntakeTemp" "Vehicle.OBD.IntakeTemp" Sensor Float Number Celsius _ .. _ NonLocationData ["intakeTemp"] [];
    "obdIsEngineBlocked" "Vehicle.OBD.IsEngineBlocked" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "obdIsPTOActive" "Vehicle.OBD.IsPTOActive" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "obdIsPluggedIn" "Vehicle.OBD.IsPluggedIn" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "obdLongTermFuelTrim1" "Vehicle.OBD.LongTermFuelTrim1" Sensor Float Number Percent _ .. _ NonLocationData ["longTermFuelTrim1"] [];
    "obdLongTermFuelTrim2" "Vehicle.OBD.LongTermFuelTrim2" Sensor Float Number Percent _ .. _ NonLocationData [] [];
    "obdMAP" "Vehicle.OBD.MAP" Sensor Float Number Kilopascal _ .. _ NonLocationData ["intakePressure"] [];
    "obdMaxMAF" "Vehicle.OBD.MaxMAF" Sensor Float Number GramPerSecond _ .. _ NonLocationData [] [];
    "obdO2WRSensor1Voltage" "Vehicle.OBD.O2WR.Sensor1.Voltage" Sensor Float Number Volt _ .. _ NonLocationData ["oxygenSensor1"] [];
    "obdO2WRSensor2Voltage" "Vehicle.OBD.O2WR.Sensor2.Voltage" Sensor Float Number Volt _ .. _ NonLocationData ["oxygenSensor2"] [];
    "obdOilTemperature" "Vehicle.OBD.OilTemperature" Sensor Float Number Celsius _ .. _ NonLocationData [] [];
    "obdRunTime" "Vehicle.OBD.RunTime" Sensor Float Number Second _ .. _ NonLocationData ["runTime"] [];
    "obdShortTermFuelTrim1" "Vehicle.OBD.ShortTermFuelTrim1" Sensor Float Number Percent _ .. _ NonLocationData ["shortTermFuelTrim1"] [];
    "obdStatusDTCCount" "Vehicle.OBD.Status.DTCCount" Sensor Uint8 Number None _ .. _ NonLocationData ["obdStatusDTCCount"] [];
    "obdThrottlePosition" "Vehicle.OBD.ThrottlePosition" Sensor Float Number Percent _ .. _ NonLocationData [] [];
    "obdWarmupsSinceDTCClear" "Vehicle.OBD.WarmupsSinceDTCClear" Sensor Uint8 Number None _ .. _ NonLocationData ["warmupsSinceDtcClear"] [];
    "powertrainCombustionEngineDieselExhaustFluidCapacity" "Vehicle.Powertrain.CombustionEngine.DieselExhaustFluid.Capacity" Attribute Float Number Litre _ .. _ NonLocationData [] [];
    "powertrainCombustionEngineDieselExhaustFluidLevel" "Vehicle.Powertrain.CombustionEngine.DieselExhaustFluid.Level" Sensor Uint8 Number Percent 0.0 .. 100.0 NonLocationData [] [];
    "powertrainCombustionEngineECT" "Vehicle.Powertrain.CombustionEngine.ECT" Sensor Int16 Number Celsius _ .. _ NonLocationData ["coolantTemp"] [];
    "powertrainCombustionEngineEOP" "Vehicle.Powertrain.CombustionEngine.EOP" Sensor Uint16 Number Kilopascal _ .. _ NonLocationData [] [];
    "powertrainCombustionEngineEOT" "Vehicle.Powertrain.CombustionEngine.EOT" Sensor Int16 Number Celsius _ .. _ NonLocationData [] [];
    "powertrainCombustionEngineEngineOilLevel" "Vehicle.Powertrain.CombustionEngine.EngineOilLevel" Sensor String Text None _ .. _ NonLocationData ["oil" "oilLife"] ["CRITICALLY_LOW" "LOW" "NORMAL" "HIGH" "CRITICALLY_HIGH"];
    "powertrainCombustionEngineEngineOilRelativeLevel" "Vehicle.Powertrain.CombustionEngine.EngineOilRelativeLevel" Sensor Float Number Percent 0.0 .. 100.0 NonLocationData ["oil"] [];
    "powertrainCombustionEngineMAF" "Vehicle.Powertrain.CombustionEngine.MAF" Sensor Uint16 Number GramPerSecond _ .. _ NonLocationData ["maf"] [];
    "powertrainCombustionEngineSpeed" "Vehicle.Powertrain.CombustionEngine.Speed" Sensor Uint16 Number RevolutionPerMinute _ .. _ NonLocationData ["rpm" "engineSpeed"] [];
    "powertrainCombustionEngineTPS" "Vehicle.Powertrain.CombustionEngine.TPS" Sensor Uint8 Number Percent _ .. 100.0 NonLocationData ["throttlePosition"] [];
    "powertrainCombustionEngineTorque" "Vehicle.Powertrain.CombustionEngine.Torque" Sensor Uint16 Number NewtonMetre _ .. _ NonLocationData ["engineTorque"] [];
    "powertrainCombustionEngineTorquePercent" "Vehicle.Powertrain.CombustionEngine.TorquePercent" Sensor Float Number Percent _ .. _ NonLocationData [] [];
    "powertrainFuelSystemAbsoluteLevel" "Vehicle.Powertrain.FuelSystem.AbsoluteLevel" Sensor Float Number Litre _ .. _ NonLocationData ["fuelLevelLiters"] [];
    "powertrainFuelSystemAccumulatedConsumption" "Vehicle.Powertrain.FuelSystem.AccumulatedConsumption" Sensor Float Number Litre _ .. _ NonLocationData [] [];
    "powertrainFuelSystemRelativeLevel" "Vehicle.Powertrain.FuelSystem.RelativeLevel" Sensor Uint8 Number Percent 0.0 .. 100.0 NonLocationData ["fuelLevel" "fuelPercentRemaining"] [];
    "powertrainFuelSystemSupportedFuelTypes" "Vehicle.Powertrain.FuelSystem.SupportedFuelTypes" Attribute StringArray Text None _ .. _ NonLocationData ["fuelType"] ["GASOLINE" "DIESEL" "E85" "LPG" "CNG" "LNG" "H2" "OTHER"];
    "powertrainRange" "Vehicle.Powertrain.Range" Sensor Uint32 Number Kilometre _ .. _ NonLocationData ["range"] [];
    "powertrainTractionBatteryChargingAddedEnergy" "Vehicle.Powertrain.TractionBattery.Charging.AddedEnergy" Sensor Float Number KilowattHour _ .. _ NonLocationData [] [];
    "powertrainTractionBatteryChargingChargeCurrentAC" "Vehicle.Powertrain.TractionBattery.Charging.ChargeCurrent.AC" Sensor Float Number Ampere _ .. _ NonLocationData [] [];
    "powertrainTractionBatteryChargingChargeLimit" "Vehicle.Powertrain.TractionBattery.Charging.ChargeLimit" Actuator Uint8 Number Percent 0.0 .. 100.0 NonLocationData ["chargeLimit"] [];
    "powertrainTractionBatteryChargingChargeVoltageUnknownType" "Vehicle.Powertrain.TractionBattery.Charging.ChargeVoltage.UnknownType" Sensor Float Number Volt _ .. _ NonLocationData [] [];
    "powertrainTractionBatteryChargingIsCharging" "Vehicle.Powertrain.TractionBattery.Charging.IsCharging" Sensor Boolean Number None _ .. _ NonLocationData ["charging"] [];
    "powertrainTractionBatteryChargingIsChargingCableConnected" "Vehicle.Powertrain.TractionBattery.Charging.IsChargingCableConnected" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "powertrainTractionBatteryChargingPower" "Vehicle.Powertrain.TractionBattery.Charging.Power" Sensor Float Number Kilowatt _ .. _ NonLocationData [] [];
    "powertrainTractionBatteryCurrentPower" "Vehicle.Powertrain.TractionBattery.CurrentPower" Sensor Float Number Watt _ .. _ NonLocationData ["charger.power"] [];
    "powertrainTractionBatteryCurrentVoltage" "Vehicle.Powertrain.TractionBattery.CurrentVoltage" Sensor Float Number Volt _ .. _ NonLocationData ["hvBatteryVoltage"] [];
    "powertrainTractionBatteryGrossCapacity" "Vehicle.Powertrain.TractionBattery.GrossCapacity" Attribute Uint16 Number KilowattHour _ .. _ NonLocationData ["batteryCapacity"] [];
    "powertrainTractionBatteryRange" "Vehicle.Powertrain.TractionBattery.Range" Sensor Uint32 Number Kilometre _ .. _ NonLocationData [] [];
    "powertrainTractionBatteryStateOfChargeCurrent" "Vehicle.Powertrain.TractionBattery.StateOfCharge.Current" Sensor Float Number Percent 0.0 .. 100.0 NonLocationData ["soc"] [];
    "powertrainTractionBatteryStateOfChargeCurrentEnergy" "Vehicle.Powertrain.TractionBattery.StateOfCharge.CurrentEnergy" Sensor Float Number KilowattHour _ .. _ NonLocationData [] [];
    "powertrainTractionBatteryStateOfHealth" "Vehicle.Powertrain.TractionBattery.StateOfHealth" Sensor Float Number Percent 0.0 .. 100.0 NonLocationData [] [];
    "powertrainTractionBatteryTemperatureAverage" "Vehicle.Powertrain.TractionBattery.Temperature.Average" Sensor Float Number Celsius _ .. _ NonLocationData ["hvBatteryCoolantTemperature"] [];
    "powertrainTransmissionActualGear" "Vehicle.Powertrain.Transmission.ActualGear" Sensor Int8 Number None _ .. _ NonLocationData [] [];
    "powertrainTransmissionActualGearRatio" "Vehicle.Powertrain.Transmission.ActualGearRatio" Sensor Float Number None _ .. _ NonLocationData [] [];
    "powertrainTransmissionCurrentGear" "Vehicle.Powertrain.Transmission.CurrentGear" Sensor Int8 Number None _ .. _ NonLocationData ["gearSelection"] [];
    "powertrainTransmissionIsClutchSwitchOperated" "Vehicle.Powertrain.Transmission.IsClutchSwitchOperated" Sensor Boolean Number None _ .. _ NonLocationData [] [];
    "powertrainTransmissionRetarderActualTorque" "Vehicle.Powertrain.Transmission.Retarder.ActualTorque" Sensor Float Number Percent _ .. _ NonLocationData [] [];
    "powertrainTransmissionRetarderTorqueMode" "Vehicle.Powertrain.Transmission.Retarder.TorqueMode" Attribute String Text None _ .. _ NonLocationData [] ["LOW IDLE GOVERNOR/NO REQUEST" "ACCELERATOR PEDAL/OPERATOR SELECTION" "CRUISE CONTROL" "PTO GOVERNOR" "ROAD SPEED GOVERNOR" "ASR CONTROL" "TRANSMISSION CONTROL" "ABS CONTROL" "TORQUE LIMITING" "HIGH SPEED GOVERNOR" "BRAKING SYSTEM" "REMOTE ACCELERATOR" "SERVICE PROCEDURE" "NOT DEFINED" "OTHER" "NOT AVAILABLE"];
    "powertrainTransmissionSelectedGear" "Vehicle.Powertrain.Transmission.SelectedGear" Actuator Int8 Number None _ .. _ NonLocationData [] [];
    "powertrainTransmissionTemperature" "Vehicle.Powertrain.Transmission.Temperature" Sensor Int16 Number Celsius _ .. _ NonLocationData ["atfTemperature"] [];
    "powertrainTransmissionTravelledDistance" "Vehicle.Powertrain.Transmission.TravelledDistance" Sensor Float Number Kilometre _ .. _ NonLocationData ["odometer"] [];
    "powertrainType" "Vehicle.Powertrain.Type" Attribute String Text None _ .. _ NonLocationData ["fuelType"] ["COMBUSTION" "HYBRID" "ELECTRIC"];
    "serviceDistanceToService" "Vehicle.Service.DistanceToService" Sensor Float Number Kilometre _ .. _ NonLocationData ["serviceInterval"] [];
    "serviceTimeToService" "Vehicle.Service.TimeToService" Sensor Int32 Number Second _ .. _ NonLocationData [] [];
    "speed" "Vehicle.Speed" Sensor Float Number KilometrePerHour _ .. _ NonLocationData ["vehicleSpeed" "speed"] [];
};
