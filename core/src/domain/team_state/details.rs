//! What people keep current about themselves (Bexley, Rotherham 8 and 9, Wiltshire 3a, Hertfordshire 6.1).

use crate::domain::roster::Person;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Which detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The mobile number.
    Phone,
    /// The number at home.
    Landline,
    /// The home address.
    Address,
    /// Registration, make and model.
    Vehicle,
    /// Name and number.
    NextOfKin,
}

impl Detail {
    /// True for phone numbers.
    pub fn is_a_number(self) -> bool {
        matches!(self, Self::Phone | Self::Landline)
    }
}

/// What somebody has changed since the configuration was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The mobile number.
    pub phone: Option<String>,
    /// The number at home.
    pub landline: Option<String>,
    /// The home address.
    pub address: Option<String>,
    /// Registration, make and model.
    pub vehicle: Option<String>,
    /// Name and number.
    pub next_of_kin: Option<String>,
    /// When they were last changed or confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When they were last asked for again.
    #[serde(default)]
    pub asked_at: Option<DateTime<Utc>>,
}

impl Details {
    /// Changes one of them.
    pub fn set(&mut self, detail: Detail, value: String, now: DateTime<Utc>) {
        let field = match detail {
            Detail::Phone => &mut self.phone,
            Detail::Landline => &mut self.landline,
            Detail::Address => &mut self.address,
            Detail::Vehicle => &mut self.vehicle,
            Detail::NextOfKin => &mut self.next_of_kin,
        };
        *field = Some(value);
        self.confirmed_at = Some(now);
    }

    /// Puts them into the person as configured.
    pub fn apply(&self, person: &mut Person) {
        fn put(to: &mut Option<String>, from: &Option<String>) {
            if from.is_some() {
                to.clone_from(from);
            }
        }
        put(&mut person.phone, &self.phone);
        put(&mut person.landline, &self.landline);
        put(&mut person.address, &self.address);
        put(&mut person.vehicle, &self.vehicle);
        put(&mut person.next_of_kin, &self.next_of_kin);
    }
}
