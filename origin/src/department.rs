//! The departments that give out queue numbers.

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::language::Language;

/// A department of the hospital with a queue of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum Department {
    /// Internal medicine.
    InternalMedicine,
    /// Children.
    Paediatrics,
    /// Pregnancy, birth and women's health.
    Obstetrics,
    /// Heart and vessels.
    Cardiology,
    /// Bones and joints, injuries.
    Orthopaedics,
    /// Ear, nose and throat.
    EarNoseThroat,
}

impl Department {
    /// Every department, in the order in which the page shows them.
    pub const ALL: [Self; 6] = [
        Self::InternalMedicine,
        Self::Paediatrics,
        Self::Obstetrics,
        Self::Cardiology,
        Self::Orthopaedics,
        Self::EarNoseThroat,
    ];

    /// The stable name in forms, in the API and in the database.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::InternalMedicine => "internal-medicine",
            Self::Paediatrics => "paediatrics",
            Self::Obstetrics => "obstetrics",
            Self::Cardiology => "cardiology",
            Self::Orthopaedics => "orthopaedics",
            Self::EarNoseThroat => "ear-nose-throat",
        }
    }

    /// The name that a patient reads.
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::InternalMedicine, Language::Vietnamese) => "Nội tổng quát",
            (Self::InternalMedicine, Language::English) => "Internal medicine",
            (Self::Paediatrics, Language::Vietnamese) => "Nhi",
            (Self::Paediatrics, Language::English) => "Paediatrics",
            (Self::Obstetrics, Language::Vietnamese) => "Sản phụ khoa",
            (Self::Obstetrics, Language::English) => "Obstetrics and gynaecology",
            (Self::Cardiology, Language::Vietnamese) => "Tim mạch",
            (Self::Cardiology, Language::English) => "Cardiology",
            (Self::Orthopaedics, Language::Vietnamese) => "Chấn thương chỉnh hình",
            (Self::Orthopaedics, Language::English) => "Orthopaedics and trauma",
            (Self::EarNoseThroat, Language::Vietnamese) => "Tai mũi họng",
            (Self::EarNoseThroat, Language::English) => "Ear, nose and throat",
        }
    }

    /// The department with this slug, if there is one. Slugs are compared exactly.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|department| department.slug() == slug)
    }
}

/// Written as its slug.
impl Serialize for Department {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.slug())
    }
}
