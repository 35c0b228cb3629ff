//! The tables of DESIGN.md, "Data in": names, columns, what may be absent.

/// What a table looks like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    /// File name without extension.
    pub name: &'static str,
    /// Columns that must be there.
    pub required: &'static [&'static str],
    /// Columns that may be there.
    pub optional: &'static [&'static str],
    /// Whether the table and at least one row must be there.
    pub needed: bool,
}

impl Spec {
    /// The name of a known column as this page spells it.
    pub fn column(&self, name: &str) -> Option<&'static str> {
        self.required.iter().chain(self.optional).find(|c| **c == name).copied()
    }
}

/// Whether a column holds days.
pub(super) fn holds_days(column: &str) -> bool {
    column.ends_with("_on") || matches!(column, "effective_from" | "period_start" | "period_end")
}

pub(super) const PARTNERS: Spec = Spec {
    name: "partners",
    required: &["partner_id", "name", "partner_type", "tier", "region"],
    optional: &["country", "parent_partner_id", "onboarded_on", "status"],
    needed: true,
};

pub(super) const PARTNER_TIERS: Spec = Spec {
    name: "partner_tiers",
    required: &["partner_id", "tier", "effective_from"],
    optional: &[],
    needed: false,
};

pub(super) const PRODUCTS: Spec = Spec {
    name: "products",
    required: &["sku", "name", "family", "list_price", "unit_cost", "currency"],
    optional: &["launched_on", "end_of_life_on"],
    needed: true,
};

pub(super) const PRODUCT_PRICES: Spec = Spec {
    name: "product_prices",
    required: &["sku", "effective_from", "list_price", "unit_cost"],
    optional: &[],
    needed: false,
};

pub(super) const TRANSACTIONS: Spec = Spec {
    name: "transactions",
    required: &["transaction_id", "sold_on", "partner_id", "sku", "units", "net_revenue", "currency"],
    optional: &[
        "line_no",
        "reported_on",
        "customer_id",
        "deal_registration_id",
        "kind",
        "original_transaction_id",
    ],
    needed: true,
};

pub(super) const DEAL_REGISTRATIONS: Spec = Spec {
    name: "deal_registrations",
    required: &["deal_registration_id", "partner_id", "sku", "submitted_on", "status"],
    optional: &["approved_on", "expires_on", "expected_close_on", "estimated_units"],
    needed: false,
};

pub(super) const TARGETS: Spec = Spec {
    name: "targets",
    required: &["program_id", "partner_id", "period_start", "target"],
    optional: &[],
    needed: false,
};

pub(super) const PAYOUTS: Spec = Spec {
    name: "payouts",
    required: &[
        "payout_id",
        "program_id",
        "program_version",
        "partner_id",
        "period_start",
        "period_end",
        "accrued",
        "currency",
    ],
    optional: &["role", "transaction_id", "status", "paid", "paid_on"],
    needed: false,
};

/// Every table, in the order in which they are checked.
pub(super) const ALL: [Spec; 8] =
    [PARTNERS, PARTNER_TIERS, PRODUCTS, PRODUCT_PRICES, DEAL_REGISTRATIONS, TRANSACTIONS, TARGETS, PAYOUTS];
