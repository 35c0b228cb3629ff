//! Writes the demo company: `cargo run -p spiffcast-demo --example write -- SEED OUT_DIR TRUTH_FILE`.

use std::path::Path;
use std::{env, fs, io};

use spiffcast_demo::{Shape, generate};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [seed, out, truth] = arguments.as_slice() else {
        return Err(io::Error::other("usage: write SEED OUT_DIR TRUTH_FILE"));
    };
    let seed = seed.parse().map_err(io::Error::other)?;
    let world = generate(seed, &Shape::demo());
    for (path, bytes) in world.files() {
        let path = Path::new(out).join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)?;
    }
    if let Some(folder) = Path::new(truth).parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(truth, world.truth())
}
