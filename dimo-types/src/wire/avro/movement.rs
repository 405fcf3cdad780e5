//! Movement evidence as values of the library, and back.

use apache_avro::types::Value;

use super::value::{
    bits, double, fields, items, list, long, nullable, number, of_location, present, record, to_location,
    unsigned,
};
use crate::wire::{DecodeError, v1};

pub(super) fn of(movement: v1::Movement) -> Value {
    record([
        ("fixes", list(movement.fixes, of_fix)),
        ("bus_speeds", list(movement.bus_speeds, of_bus_speed)),
        ("motion", list(movement.motion, of_motion)),
        ("cells", list(movement.cells, of_cell)),
    ])
}

fn of_fix(fix: v1::Fix) -> Value {
    record([
        ("step_us", Value::Long(fix.step_us)),
        ("location", nullable(fix.location.map(of_location))),
        ("speed_m_s", nullable(fix.speed_m_s.map(Value::Double))),
        ("satellites", nullable(fix.satellites.map(small))),
    ])
}

fn of_bus_speed(speed: v1::BusSpeed) -> Value {
    record([
        ("step_us", Value::Long(speed.step_us)),
        ("speed_km_h", nullable(speed.speed_km_h.map(Value::Double))),
    ])
}

fn of_motion(motion: v1::Motion) -> Value {
    record([
        ("step_us", Value::Long(motion.step_us)),
        ("span_us", Value::Long(motion.span_us)),
        ("mean_m_s2", nullable(motion.mean_m_s2.map(Value::Double))),
        ("peak_m_s2", nullable(motion.peak_m_s2.map(Value::Double))),
        ("samples", small(motion.samples)),
    ])
}

fn of_cell(cell: v1::Cell) -> Value {
    record([
        ("step_us", Value::Long(cell.step_us)),
        ("mcc", small(cell.mcc)),
        ("mnc", small(cell.mnc)),
        ("area", small(cell.area)),
        ("cell", unsigned(cell.cell)),
    ])
}

/// An unsigned integer of 32 bits, for which Avro has no type of its own.
fn small(value: u32) -> Value {
    Value::Long(value.into())
}

pub(super) fn to(value: Value) -> Result<v1::Movement, DecodeError> {
    let mut movement = v1::Movement::default();
    for (name, value) in fields(value)? {
        match name.as_str() {
            "fixes" => movement.fixes = items(value, to_fix)?,
            "bus_speeds" => movement.bus_speeds = items(value, to_bus_speed)?,
            "motion" => movement.motion = items(value, to_motion)?,
            "cells" => movement.cells = items(value, to_cell)?,
            _ => {}
        }
    }
    Ok(movement)
}

fn to_fix(value: Value) -> Result<v1::Fix, DecodeError> {
    let mut fix = v1::Fix::default();
    for (name, value) in fields(value)? {
        match name.as_str() {
            "step_us" => fix.step_us = long(value)?,
            "location" => fix.location = present(value)?.map(to_location).transpose()?,
            "speed_m_s" => fix.speed_m_s = present(value)?.map(double).transpose()?,
            "satellites" => fix.satellites = present(value)?.map(number).transpose()?,
            _ => {}
        }
    }
    Ok(fix)
}

fn to_bus_speed(value: Value) -> Result<v1::BusSpeed, DecodeError> {
    let mut speed = v1::BusSpeed::default();
    for (name, value) in fields(value)? {
        match name.as_str() {
            "step_us" => speed.step_us = long(value)?,
            "speed_km_h" => speed.speed_km_h = present(value)?.map(double).transpose()?,
            _ => {}
        }
    }
    Ok(speed)
}

fn to_motion(value: Value) -> Result<v1::Motion, DecodeError> {
    let mut motion = v1::Motion::default();
    for (name, value) in fields(value)? {
        match name.as_str() {
            "step_us" => motion.step_us = long(value)?,
            "span_us" => motion.span_us = long(value)?,
            "mean_m_s2" => motion.mean_m_s2 = present(value)?.map(double).transpose()?,
            "peak_m_s2" => motion.peak_m_s2 = present(value)?.map(double).transpose()?,
            "samples" => motion.samples = number(value)?,
            _ => {}
        }
    }
    Ok(motion)
}

fn to_cell(value: Value) -> Result<v1::Cell, DecodeError> {
    let mut cell = v1::Cell::default();
    for (name, value) in fields(value)? {
        match name.as_str() {
            "step_us" => cell.step_us = long(value)?,
            "mcc" => cell.mcc = number(value)?,
            "mnc" => cell.mnc = number(value)?,
            "area" => cell.area = number(value)?,
            "cell" => cell.cell = bits(value)?,
            _ => {}
        }
    }
    Ok(cell)
}
