//! [`Country`]: ISO 3166-1, and the mobile country codes of ITU-T E.212 that a modem reports.

use core::fmt;
use core::str::FromStr;

use thiserror::Error;

/// A country by its ISO 3166-1 alpha-2 code. Only assigned codes make one, and `XK` for Kosovo: ISO has assigned none,
/// the European Union uses this one, and its networks have a mobile country code.
///
/// # Example: where the network says the device is
///
/// ```
/// use dimo_types::{Country, CountryError};
/// assert_eq!(Country::from_mobile_country_code(262), Some("DE".parse()?));
/// assert_eq!(Country::from_mobile_country_code(901), None); // satellites and ships have no country
/// assert_eq!("UK".parse::<Country>(), Err(CountryError::NotAssigned { code: *b"UK" })); // it is GB
/// # Ok::<(), CountryError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Canada.
    pub const CANADA: Self = Self(*b"CA");
    /// The United States of America.
    pub const UNITED_STATES: Self = Self(*b"US");

    /// The country of an alpha-2 code in upper case; `None` when no country has it.
    #[must_use]
    pub fn new(code: [u8; 2]) -> Option<Self> {
        let (records, _) = ASSIGNED.as_bytes().as_chunks::<3>();
        records.binary_search_by(|[a, b, _]| [*a, *b].cmp(&code)).is_ok().then_some(Self(code))
    }

    /// The country of a mobile country code, 0 to 999 (ITU-T E.212).
    ///
    /// `None` for codes that no country has: unassigned ones, test networks, and the shared 9xx codes of satellite and
    /// maritime networks. A code that several countries share gives the one that E.212 names first (340, the French
    /// Antilles and Guiana: `GP`; 362, the former Netherlands Antilles: `CW`; 647, Réunion and Mayotte: `RE`).
    #[must_use]
    pub fn from_mobile_country_code(mcc: u16) -> Option<Self> {
        let (records, _) = MOBILE.as_bytes().as_chunks::<6>();
        let code = |[a, b, c, ..]: &[u8; 6]| {
            [a, b, c].iter().fold(0, |number, digit| number * 10 + u16::from(digit.wrapping_sub(b'0')))
        };
        let place = records.binary_search_by(|record| code(record).cmp(&mcc)).ok()?;
        records.get(place).map(|[_, _, _, a, b, _]| Self([*a, *b]))
    }

    /// The alpha-2 code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Every country of a list of records like `AD AE `, which this crate's tables are.
    pub(crate) fn of_list(list: &'static str) -> impl Iterator<Item = Self> + Clone {
        list.as_bytes().as_chunks::<3>().0.iter().map(|[a, b, _]| Self([*a, *b]))
    }

    /// Every country, by code.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        Self::of_list(ASSIGNED)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({self})")
    }
}

/// Two upper-case letters.
impl FromStr for Country {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code: [u8; 2] = text.as_bytes().try_into().map_err(|_| CountryError::Form)?;
        if !code.iter().all(u8::is_ascii_uppercase) {
            return Err(CountryError::Form);
        }
        Self::new(code).ok_or(CountryError::NotAssigned { code })
    }
}

/// Why a text is no [`Country`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CountryError {
    /// Not two upper-case letters.
    #[error("a country is two upper-case letters (ISO 3166-1 alpha-2)")]
    Form,
    /// No country has this code. Common slips: `UK` is `GB`, `EL` is `GR`, `EU` is no country.
    #[error("no country has the code {}", core::str::from_utf8(code).unwrap_or_default())]
    NotAssigned {
        /// The code given.
        code: [u8; 2],
    },
}

#[cfg(feature = "serde")]
crate::text::serde_as_text!(Country, "a country as two upper-case letters");

/// The 249 assigned codes of ISO 3166-1, and XK, in order; three bytes each.
const ASSIGNED: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE \
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO \
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM \
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW ";

/// Geographic mobile country codes of ITU-T E.212 with the country of each, in order; six bytes each.
const MOBILE: &str = "\
    202GR 204NL 206BE 208FR 212MC 213AD 214ES 216HU 218BA 219HR 220RS 221XK 222IT 225VA 226RO 228CH 230CZ 231SK \
    232AT 234GB 235GB 238DK 240SE 242NO 244FI 246LT 247LV 248EE 250RU 255UA 257BY 259MD 260PL 262DE 266GI 268PT \
    270LU 272IE 274IS 276AL 278MT 280CY 282GE 283AM 284BG 286TR 288FO 290GL 292SM 293SI 294MK 295LI 297ME \
    302CA 308PM 310US 311US 312US 313US 314US 315US 316US 330PR 332VI 334MX 338JM 340GP 342BB 344AG 346KY 348VG \
    350BM 352GD 354MS 356KN 358LC 360VC 362CW 363AW 364BS 365AI 366DM 368CU 370DO 372HT 374TT 376TC \
    400AZ 401KZ 402BT 404IN 405IN 406IN 410PK 412AF 413LK 414MM 415LB 416JO 417SY 418IQ 419KW 420SA 421YE 422OM \
    424AE 425IL 426BH 427QA 428MN 429NP 432IR 434UZ 436TJ 437KG 438TM 440JP 441JP 450KR 452VN 454HK 455MO 456KH \
    457LA 460CN 461CN 466TW 467KP 470BD 472MV \
    502MY 505AU 510ID 514TL 515PH 520TH 525SG 528BN 530NZ 534MP 535GU 536NR 537PG 539TO 540SB 541VU 542FJ 543WF \
    544AS 545KI 546NC 547PF 548CK 549WS 550FM 551MH 552PW 553TV 554TK 555NU \
    602EG 603DZ 604MA 605TN 606LY 607GM 608SN 609MR 610ML 611GN 612CI 613BF 614NE 615TG 616BJ 617MU 618LR 619SL \
    620GH 621NG 622TD 623CF 624CM 625CV 626ST 627GQ 628GA 629CG 630CD 631AO 632GW 633SC 634SD 635RW 636ET 637SO \
    638DJ 639KE 640TZ 641UG 642BI 643MZ 645ZM 646MG 647RE 648ZW 649NA 650MW 651LS 652BW 653SZ 654KM 655ZA 657ER \
    658SH 659SS \
    702BZ 704GT 706SV 708HN 710NI 712CR 714PA 716PE 722AR 724BR 730CL 732CO 734VE 736BO 738GY 740EC 742GF 744PY \
    746SR 748UY 750FK ";
