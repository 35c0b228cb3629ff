//! Rebuilds when a migration, a template or an embedded asset changes.
fn main() {
    for folder in ["migrations", "templates", "static", "data"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
