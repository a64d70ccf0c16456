//! Zip archives down to the byte, with names, modes and claims that no honest program writes.

/// An entry of an archive.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Name as stored.
    pub name: Vec<u8>,
    /// Content.
    pub data: Vec<u8>,
    /// Unix mode with file type; 0: none.
    pub mode: u32,
    /// Whether it claims to be encrypted.
    pub encrypted: bool,
    /// Whether the content is stored in a deflate stream.
    pub deflated: bool,
    /// Whether the sizes and the checksum are wrong.
    pub lies: bool,
}

/// Entries in the notation of the seeds: parted by 0xFF; each is one byte for what it is, a name, a line feed, the content.
#[must_use]
pub fn entries(text: &[u8]) -> Vec<Entry> {
    text.split(|byte| *byte == 0xFF).filter_map(entry).collect()
}

fn entry(text: &[u8]) -> Option<Entry> {
    let (&what, rest) = text.split_first()?;
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let mode = match what.to_ascii_lowercase() {
        b'f' => 0o100_644,
        b'l' => 0o120_777,
        b'd' => 0o040_755,
        b'p' => 0o010_644,
        b's' => 0o140_644,
        b'c' => 0o020_644,
        _ => 0,
    };
    Some(Entry {
        name: rest[..end].to_vec(),
        data: rest.get(end + 1..).unwrap_or_default().to_vec(),
        mode,
        encrypted: what == b'e',
        deflated: what.is_ascii_uppercase(),
        lies: what == b'!',
    })
}

/// One stored block: a deflate stream anybody can write.
fn deflated(data: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    let blocks: Vec<&[u8]> = if data.is_empty() {
        vec![data]
    } else {
        data.chunks(0xFFFF).collect()
    };
    for (index, block) in blocks.iter().enumerate() {
        let length = u16::try_from(block.len()).expect("a block is cut to 65535 bytes");
        stream.push(u8::from(index + 1 == blocks.len()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(*block);
    }
    stream
}

/// The bytes of an archive with exactly these entries; `None` if there are more than the format can count.
#[must_use]
pub fn archive(entries: &[Entry]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut contents = Vec::new();
    for entry in entries {
        let offset = u32::try_from(bytes.len()).ok()?;
        let packed = if entry.deflated {
            deflated(&entry.data)
        } else {
            entry.data.clone()
        };
        let lie = u32::from(entry.lies);
        let mut common = Vec::new();
        common.extend(20_u16.to_le_bytes());
        common.extend((0x800 | u16::from(entry.encrypted)).to_le_bytes());
        common.extend((if entry.deflated { 8_u16 } else { 0 }).to_le_bytes());
        common.extend([0; 4]);
        common.extend((crc32(&entry.data) ^ lie).to_le_bytes());
        common.extend(u32::try_from(packed.len()).ok()?.to_le_bytes());
        common.extend((u32::try_from(entry.data.len()).ok()?.wrapping_sub(lie)).to_le_bytes());
        common.extend(u16::try_from(entry.name.len()).ok()?.to_le_bytes());
        common.extend([0; 2]);

        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(&entry.name);
        bytes.extend(&packed);

        contents.extend(b"PK\x01\x02");
        contents.extend([20, 3]);
        contents.extend(&common);
        contents.extend([0; 6]);
        contents.extend((entry.mode << 16).to_le_bytes());
        contents.extend(offset.to_le_bytes());
        contents.extend(&entry.name);
    }
    let start = u32::try_from(bytes.len()).ok()?;
    let count = u16::try_from(entries.len()).ok()?;
    bytes.extend(&contents);
    bytes.extend(b"PK\x05\x06");
    bytes.extend([0; 4]);
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(u32::try_from(contents.len()).ok()?.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
    Some(bytes)
}

/// CRC-32 as zip has it, bit by bit.
fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    })
}
