//! How the window is drawn. WebKitGTK composes pages on the GPU; where there is none, a software GPU does the same at many
//! times the cost of plain drawing. Never changes what a person chose.

/// Lets WebKitGTK draw plainly where the machine has no GPU. To be called before any thread starts.
pub(crate) fn prepare() {
    #[cfg(target_os = "linux")]
    if std::env::var_os(PLAIN).is_none() && !has_gpu(std::path::Path::new("/dev/dri")) {
        crate::environment::set(PLAIN, "1");
    }
}

#[cfg(target_os = "linux")]
const PLAIN: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Whether the folder of graphics devices has one that renders.
#[cfg(any(target_os = "linux", test))]
fn has_gpu(devices: &std::path::Path) -> bool {
    let renders = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("renderD");
    std::fs::read_dir(devices).is_ok_and(|entries| entries.flatten().any(renders))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_device_that_renders_is_a_gpu() {
        let folder = std::env::temp_dir().join(format!("algomosaic-dri-{}", std::process::id()));
        assert!(!has_gpu(&folder), "there is no folder");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("card0"), "").unwrap();
        assert!(!has_gpu(&folder), "a screen alone");
        std::fs::write(folder.join("renderD128"), "").unwrap();
        assert!(has_gpu(&folder));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
