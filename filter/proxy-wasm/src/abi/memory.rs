//! Memory that the host fills.

/// Room for what the host is about to hand over. It calls this from within a call of the module's.
#[unsafe(no_mangle)]
extern "C" fn proxy_on_memory_allocate(size: usize) -> *mut u8 {
    let mut room: Vec<u8> = Vec::with_capacity(size);
    let data = room.as_mut_ptr();
    core::mem::forget(room);
    data
}

/// What the host hands over: where it is, and how long.
pub(super) struct Handed {
    pub(super) data: *mut u8,
    pub(super) size: usize,
}

impl Handed {
    /// Nothing yet.
    pub(super) const fn nothing() -> Self {
        Self {
            data: core::ptr::null_mut(),
            size: 0,
        }
    }

    /// The bytes; none when the host gave no address.
    ///
    /// # Safety
    ///
    /// The host must have had these `size` bytes allocated by [`proxy_on_memory_allocate`], must have filled them, and must
    /// not use them any more.
    pub(super) unsafe fn into_bytes(self) -> Vec<u8> {
        if self.data.is_null() || self.size == 0 {
            return Vec::new();
        }
        // SAFETY: what was allocated is a vector of exactly that capacity, and the host has filled it.
        unsafe { Vec::from_raw_parts(self.data, self.size, self.size) }
    }
}
