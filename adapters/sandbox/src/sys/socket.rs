//! Sequenced-packet sockets that carry JSON messages and descriptors.

use super::check;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::Cell;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// Longest message; below the usual socket buffer of 208 KiB.
pub(crate) const MAX_MESSAGE_BYTES: usize = 160 * 1024;
/// Most descriptors in one message.
const MAX_DESCRIPTORS: usize = 8;
const CONTROL_BYTES: usize = 128;

thread_local! {
    /// For messages that arrive: asking the system for so much memory each time takes longer than reading most of them.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// One end of a connection between two processes; messages keep their borders.
#[derive(Debug)]
pub(crate) struct PacketSocket(OwnedFd);

impl AsFd for PacketSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl From<PacketSocket> for OwnedFd {
    fn from(socket: PacketSocket) -> Self {
        socket.0
    }
}

impl From<OwnedFd> for PacketSocket {
    fn from(descriptor: OwnedFd) -> Self {
        Self(descriptor)
    }
}

/// Memory for control messages, aligned as the kernel wants it.
#[repr(C, align(8))]
struct Control([u8; CONTROL_BYTES]);

impl PacketSocket {
    /// Two connected ends, both closed by exec.
    pub(crate) fn pair() -> io::Result<(Self, Self)> {
        let mut ends: [RawFd; 2] = [-1; 2];
        // SAFETY: the kernel writes two descriptors into the array.
        check(unsafe { libc::socketpair(libc::AF_UNIX, libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC, 0, ends.as_mut_ptr()) })?;
        // SAFETY: the kernel just gave us these descriptors.
        Ok(unsafe { (Self(OwnedFd::from_raw_fd(ends[0])), Self(OwnedFd::from_raw_fd(ends[1]))) })
    }

    /// Sends one message.
    pub(crate) fn send(&self, message: &impl Serialize, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        let text = serde_json::to_vec(message)?;
        if text.len() > MAX_MESSAGE_BYTES || descriptors.len() > MAX_DESCRIPTORS {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the message to the sandbox helper is too long",
            ));
        }
        let mut piece = libc::iovec {
            iov_base: text.as_ptr().cast_mut().cast(),
            iov_len: text.len(),
        };
        let mut control = Control([0; CONTROL_BYTES]);
        let raw: Vec<RawFd> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
        // SAFETY: an all-zero header is valid; every pointer set below lives until sendmsg returns; the control memory
        // is aligned and larger than CMSG_SPACE of MAX_DESCRIPTORS descriptors (48 bytes).
        let sent = unsafe {
            let mut header: libc::msghdr = std::mem::zeroed();
            header.msg_iov = &raw mut piece;
            header.msg_iovlen = 1;
            if !raw.is_empty() {
                let payload = u32::try_from(size_of_val(raw.as_slice())).map_err(io::Error::other)?;
                header.msg_control = control.0.as_mut_ptr().cast();
                header.msg_controllen = libc::CMSG_SPACE(payload) as _;
                let first = libc::CMSG_FIRSTHDR(&raw const header);
                (*first).cmsg_level = libc::SOL_SOCKET;
                (*first).cmsg_type = libc::SCM_RIGHTS;
                (*first).cmsg_len = libc::CMSG_LEN(payload) as _;
                std::ptr::copy_nonoverlapping(raw.as_ptr().cast::<u8>(), libc::CMSG_DATA(first), payload as usize);
            }
            libc::sendmsg(self.0.as_raw_fd(), &raw const header, libc::MSG_NOSIGNAL)
        };
        check(i64::try_from(sent).unwrap_or(-1)).map(drop)
    }

    /// Waits for one message; `None` when the other side is gone.
    pub(crate) fn receive<M: DeserializeOwned>(&self) -> io::Result<Option<(M, Vec<OwnedFd>)>> {
        // Not cleared first: that would take longer than the message.
        let mut text = BUFFER.take();
        text.clear();
        text.reserve(MAX_MESSAGE_BYTES);
        let mut control = Control([0; CONTROL_BYTES]);
        let mut piece = libc::iovec {
            iov_base: text.as_mut_ptr().cast(),
            iov_len: text.capacity(),
        };
        let mut descriptors = Vec::new();
        // SAFETY: an all-zero header is valid; the pointers set below live until the header is last used; the kernel
        // tells by msg_controllen how much of the control memory it filled, and CMSG_NXTHDR stays within it.
        let (received, flags) = unsafe {
            let mut header: libc::msghdr = std::mem::zeroed();
            header.msg_iov = &raw mut piece;
            header.msg_iovlen = 1;
            header.msg_control = control.0.as_mut_ptr().cast();
            header.msg_controllen = CONTROL_BYTES as _;
            let received = loop {
                match check(i64::try_from(libc::recvmsg(self.0.as_raw_fd(), &raw mut header, libc::MSG_CMSG_CLOEXEC)).unwrap_or(-1)) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other?,
                }
            };
            let mut entry = libc::CMSG_FIRSTHDR(&raw const header);
            while !entry.is_null() {
                if (*entry).cmsg_level == libc::SOL_SOCKET && (*entry).cmsg_type == libc::SCM_RIGHTS {
                    let bytes = (*entry).cmsg_len as usize - libc::CMSG_LEN(0) as usize;
                    let data = std::slice::from_raw_parts(libc::CMSG_DATA(entry), bytes);
                    for number in data.chunks_exact(size_of::<RawFd>()).filter_map(|number| number.try_into().ok()) {
                        descriptors.push(OwnedFd::from_raw_fd(RawFd::from_ne_bytes(number)));
                    }
                }
                entry = libc::CMSG_NXTHDR(&raw const header, entry);
            }
            (received, header.msg_flags)
        };
        if received == 0 {
            return Ok(None);
        }
        if flags & (libc::MSG_TRUNC | libc::MSG_CTRUNC) != 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a message between sandbox processes was cut",
            ));
        }
        // SAFETY: the kernel wrote so many bytes, at most the capacity it was told.
        unsafe { text.set_len(usize::try_from(received).unwrap_or(0).min(text.capacity())) };
        let message = serde_json::from_slice(&text);
        BUFFER.set(text);
        Ok(Some((message?, descriptors)))
    }
}
