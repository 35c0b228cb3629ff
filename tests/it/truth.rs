//! The demo company's truth is known: the estimated response must cover it, and the
//! naive estimate, misled by launches after weak months, must not.

use spiffcast_engine::model::Model;
