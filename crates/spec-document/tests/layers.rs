//! The modules are layers: each imports only from groups above its own in `lib.rs`.

use std::collections::HashMap;
use std::path::Path;

/// Returns all text of a module: of its file, or of its folder.
fn text(source: &Path, module: &str) -> String {
    let file = source.join(format!("{module}.rs"));
    if file.exists() {
        return std::fs::read_to_string(file).expect("a module");
    }
    let files = std::fs::read_dir(source.join(module)).expect("a folder").flatten();
    files.map(|file| std::fs::read_to_string(file.path()).expect("a module")).collect()
}

#[test]
fn modules_import_from_layers_above() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let root = std::fs::read_to_string(source.join("lib.rs")).expect("the root");
    let mut layers = HashMap::new();
    for (layer, group) in root.split("\n\n").enumerate() {
        let modules = group.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
        layers.extend(modules.map(|module| (module.to_owned(), layer)));
    }
    assert!(layers.len() > 10, "{layers:?}");
    for (module, layer) in &layers {
        let text = text(&source, module);
        let imports = text.lines().filter_map(|line| line.strip_prefix("use crate::")).flat_map(|path| {
            let path = path.trim_end_matches(';').trim_matches(['{', '}']);
            path.split(", ").map(|path| path.split("::").next().unwrap_or_default())
        });
        for above in imports.filter_map(|name| layers.get_key_value(name)) {
            assert!(above.1 < layer, "{module} must not import from {}", above.0);
        }
    }
}
