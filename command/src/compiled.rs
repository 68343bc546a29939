//! The filter as it was last compiled.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use levee_harness::Module;

/// Compiles a file only when it is another one than the last time: another configuration alone is taken at once.
#[derive(Default)]
pub(crate) struct Compiled(Mutex<Option<(Vec<u8>, Module)>>);

impl Compiled {
    pub(crate) fn module(&self, file: &Path) -> anyhow::Result<Module> {
        let bytes =
            std::fs::read(file).with_context(|| format!("cannot read the module {}", file.display()))?;
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, module)) = &*last
            && *of == bytes
        {
            return Ok(module.clone());
        }
        let module = Module::from_bytes(&bytes)?;
        *last = Some((bytes, module.clone()));
        Ok(module)
    }
}
