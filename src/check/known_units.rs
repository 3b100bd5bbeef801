//! The units that need no declaration, and those that a policy declares.

use crate::ids::UnitId;
use crate::model::Dimension;
use crate::value::Number;
use std::collections::BTreeMap;

/// Units that need no declaration: symbol, base unit, power of it, and factor.
pub(super) const KNOWN: &[(&str, &str, i8, i64)] = &[
    ("m", "m", 1, 1),
    ("km", "m", 1, 1000),
    ("m2", "m", 2, 1),
    ("ha", "m", 2, 10_000),
    ("km2", "m", 2, 1_000_000),
    ("m3", "m", 3, 1),
    ("kg", "kg", 1, 1),
    ("t", "kg", 1, 1000),
];

/// The currency codes of ISO 4217 that are in use; each is a unit without a declaration.
pub(super) const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN \
    BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD \
    HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD \
    MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON \
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX \
    USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// The units of a policy.
#[derive(Default)]
pub(super) struct Units {
    pub(super) declared: BTreeMap<String, (Dimension, Number)>,
    pub(super) bases: BTreeMap<String, UnitId>,
}
