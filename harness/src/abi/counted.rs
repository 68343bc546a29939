//! Host functions have numbers, by which calls of them are counted.

/// A host function that is linked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostFunction {
    pub(crate) name: &'static str,
    pub(crate) number: usize,
}

/// The functions that are linked, by their numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct HostFunctions(Vec<&'static str>);

impl HostFunctions {
    /// The function of that name: numbered now, unless it has a number already.
    pub(crate) fn number(&mut self, name: &'static str) -> HostFunction {
        let known = self.0.iter().position(|other| *other == name);
        let number = known.unwrap_or_else(|| {
            self.0.push(name);
            self.0.len() - 1
        });
        HostFunction { name, number }
    }

    /// Their names, in the order of their numbers.
    pub(crate) fn names(&self) -> &[&'static str] {
        &self.0
    }
}
