//! A small stream that grows large.

/// The longest run that one symbol of DEFLATE stands for (RFC 1951 §3.2.5).
const RUN: u64 = 258;

/// About so many spaces, as gzip (RFC 1952): one byte for 158. The checksum at the end is wrong, because whoever gets
/// that far has lost already.
pub(super) fn bomb(bytes: u64) -> Vec<u8> {
    let mut stream = Bits { bytes: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff], ..Bits::default() };
    // The last block, of fixed codes.
    stream.push(&[true, true, false]);
    stream.code(0x30 + u16::from(b' '), 8);
    for _ in 0..bytes / RUN {
        stream.code(0b1100_0101, 8);
        stream.code(0, 5);
    }
    stream.code(0, 7);
    stream.finish()
}

/// Bits, the lowest of a byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    open: u8,
    used: u8,
}

impl Bits {
    fn push(&mut self, bits: &[bool]) {
        for bit in bits {
            self.open |= u8::from(*bit) << self.used;
            self.used += 1;
            if self.used == 8 {
                self.bytes.push(self.open);
                (self.open, self.used) = (0, 0);
            }
        }
    }

    /// A Huffman code, which goes out with its highest bit first (RFC 1951 §3.1.1).
    fn code(&mut self, code: u16, length: u32) {
        for place in (0..length).rev() {
            self.push(&[code >> place & 1 == 1]);
        }
    }

    fn finish(mut self) -> Vec<u8> {
        while self.used != 0 {
            self.push(&[false]);
        }
        self.bytes.extend([0; 8]);
        self.bytes
    }
}
