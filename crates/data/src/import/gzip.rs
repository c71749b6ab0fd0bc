//! Unpacking gzip, byte for byte. What is cut off or damaged is refused by the length and the checksum that gzip keeps, since a
//! text that merely ends early looks whole. RFC 1951 and RFC 1952.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Seek as _, Write};
use std::path::Path;

use algomosaic_core::{Job, Problem};

use crate::error::{Error, IoContext as _, Result};

/// How far back a copy may reach.
const WINDOW: usize = 1 << 15;
/// The longest code of a symbol, in bits.
const LONGEST_CODE: usize = 15;
/// What is added to a length and to a distance: the first of each symbol, and how many bits more stand behind it.
const LENGTHS: [(u16, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
/// The order in which the lengths of the code for lengths are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Unpacks a gzip file of one or several members.
pub(super) fn unpack(from: &Path, to: &Path, name: &str, job: &Job) -> Result<()> {
    let file = File::open(from).at("reading the file", from)?;
    let all = file.metadata().at("reading the file", from)?.len();
    let input = BufReader::with_capacity(1 << 18, file);
    let output = BufWriter::new(File::create(to).at("writing a temporary file", to)?);
    let mut unpacking =
        Unpacking { input, output, held: 0, bits: 0, window: Vec::new(), written: 0, crc: !0, table: crc_table() };
    match unpacking.members(all, job) {
        Err(Stop::Io(error)) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidData) => {
            let how = if error.kind() == ErrorKind::UnexpectedEof { "is cut off" } else { "is damaged" };
            Err(Problem::bad(
                format!("{name} {how}: it cannot be unpacked to its end"),
                "Copy or download the file again; nothing was written.",
            )
            .into())
        }
        Err(Stop::Io(error)) => Err(error).at("unpacking the file", to),
        Err(Stop::Job(error)) => Err(error),
        Ok(()) => Ok(()),
    }
}

/// Why unpacking stopped.
enum Stop {
    Io(io::Error),
    Job(Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Io(error)
    }
}

fn damaged() -> io::Error {
    ErrorKind::InvalidData.into()
}

/// Symbols by the next bits, and how many of these each takes.
struct Codes(Vec<(u16, u8)>);

impl Codes {
    fn new(lengths: &[u8]) -> Codes {
        let mut table = vec![(0, 0); 1 << LONGEST_CODE];
        let mut code = 0_usize;
        for length in 1..=LONGEST_CODE {
            for symbol in (0..lengths.len()).filter(|symbol| usize::from(lengths[*symbol]) == length) {
                if code >= 1 << length {
                    break;
                }
                // Codes are written with their first bit first.
                let start = code.reverse_bits() >> (usize::BITS as usize - length);
                for entry in (start..1 << LONGEST_CODE).step_by(1 << length) {
                    table[entry] = (symbol as u16, length as u8);
                }
                code += 1;
            }
            code <<= 1;
        }
        Codes(table)
    }
}

struct Unpacking {
    input: BufReader<File>,
    output: BufWriter<File>,
    /// Bits read and not yet used, the next lowest.
    held: u64,
    bits: u32,
    /// What was unpacked last.
    window: Vec<u8>,
    written: u64,
    crc: u32,
    table: [u32; 256],
}

impl Unpacking {
    /// `all`: the bytes of the packed file.
    fn members(&mut self, all: u64, job: &Job) -> std::result::Result<(), Stop> {
        loop {
            self.header()?;
            (self.written, self.crc) = (0, !0);
            loop {
                let read = self.input.stream_position()?;
                job.step(read as usize, all as usize).map_err(|cancelled| Stop::Job(cancelled.into()))?;
                let last = self.take(1)? == 1;
                match self.take(2)? {
                    0 => self.stored()?,
                    1 => {
                        let lengths: Vec<u8> = (0..288)
                            .map(|symbol| match symbol {
                                144..256 => 9,
                                256..280 => 7,
                                _ => 8,
                            })
                            .collect();
                        self.block(&Codes::new(&lengths), &Codes::new(&[5; 30]))?;
                    }
                    2 => {
                        let (literals, distances) = self.codes()?;
                        self.block(&literals, &distances)?;
                    }
                    _ => return Err(damaged().into()),
                }
                if last {
                    break;
                }
            }
            self.flush(0)?;
            self.align();
            let (crc, length) = (self.take(32)?, self.take(32)?);
            if crc != u64::from(!self.crc) || length != self.written & 0xffff_ffff {
                return Err(damaged().into());
            }
            // Zeros may fill the end.
            loop {
                if self.bits == 0 && self.input.fill_buf()?.is_empty() {
                    return Ok(self.output.flush()?);
                }
                self.fill(8)?;
                if self.held & 0xff != 0 {
                    break;
                }
                self.take(8)?;
            }
        }
    }

    fn header(&mut self) -> io::Result<()> {
        if self.take(24)? != 0x08_8b1f {
            return Err(damaged());
        }
        let flags = self.take(8)?;
        self.take(48)?;
        if flags & 4 != 0 {
            for _ in 0..self.take(16)? {
                self.take(8)?;
            }
        }
        for flag in [8, 16] {
            while flags & flag != 0 && self.take(8)? != 0 {}
        }
        if flags & 2 != 0 {
            self.take(16)?;
        }
        Ok(())
    }

    /// Reads until so many bits are held, at most 48.
    fn fill(&mut self, count: u32) -> io::Result<()> {
        while self.bits < count {
            let Some(byte) = self.input.fill_buf()?.first().copied() else {
                return Err(ErrorKind::UnexpectedEof.into());
            };
            self.input.consume(1);
            self.held |= u64::from(byte) << self.bits;
            self.bits += 8;
        }
        Ok(())
    }

    fn take(&mut self, count: u32) -> io::Result<u64> {
        self.fill(count)?;
        let value = self.held & ((1 << count) - 1);
        self.held >>= count;
        self.bits -= count;
        Ok(value)
    }

    /// Leaves out what is left of a byte.
    fn align(&mut self) {
        self.held >>= self.bits % 8;
        self.bits -= self.bits % 8;
    }

    fn symbol(&mut self, codes: &Codes) -> io::Result<u16> {
        // The last code of a file may be shorter than what is looked at.
        let enough = self.fill(LONGEST_CODE as u32);
        let (symbol, length) = codes.0[(self.held & ((1 << LONGEST_CODE) - 1)) as usize];
        if u32::from(length) > self.bits {
            return Err(enough.err().unwrap_or_else(damaged));
        }
        if length == 0 {
            return Err(enough.err().unwrap_or_else(damaged));
        }
        self.take(u32::from(length))?;
        Ok(symbol)
    }

    fn codes(&mut self) -> io::Result<(Codes, Codes)> {
        let (literals, distances, count) =
            (self.take(5)? as usize + 257, self.take(5)? as usize + 1, self.take(4)? as usize + 4);
        let mut lengths = [0; 19];
        for place in &ORDER[..count] {
            lengths[*place] = self.take(3)? as u8;
        }
        let code = Codes::new(&lengths);
        let mut lengths: Vec<u8> = Vec::new();
        while lengths.len() < literals + distances {
            let (value, times) = match self.symbol(&code)? {
                16 => (*lengths.last().ok_or_else(damaged)?, self.take(2)? + 3),
                17 => (0, self.take(3)? + 3),
                18 => (0, self.take(7)? + 11),
                length => (length as u8, 1),
            };
            lengths.extend((0..times).map(|_| value));
        }
        if lengths.len() > literals + distances {
            return Err(damaged());
        }
        Ok((Codes::new(&lengths[..literals]), Codes::new(&lengths[literals..])))
    }

    fn stored(&mut self) -> io::Result<()> {
        self.align();
        let (length, not) = (self.take(16)?, self.take(16)?);
        if length ^ not != 0xffff {
            return Err(damaged());
        }
        for _ in 0..length {
            let byte = self.take(8)? as u8;
            self.window.push(byte);
        }
        self.flush(WINDOW)
    }

    fn block(&mut self, literals: &Codes, distances: &Codes) -> io::Result<()> {
        loop {
            let symbol = usize::from(self.symbol(literals)?);
            match symbol {
                0..256 => self.window.push(symbol as u8),
                256 => return self.flush(WINDOW),
                _ => {
                    let (first, more) = *LENGTHS.get(symbol - 257).ok_or_else(damaged)?;
                    let length = usize::from(first) + self.take(u32::from(more))? as usize;
                    let symbol = u32::from(self.symbol(distances)?);
                    if symbol > 29 {
                        return Err(damaged());
                    }
                    let more = (symbol / 2).saturating_sub(1);
                    let first = if symbol < 4 { symbol as usize + 1 } else { ((2 + symbol as usize % 2) << more) + 1 };
                    let distance = first + self.take(more)? as usize;
                    let start = self.window.len().checked_sub(distance).ok_or_else(damaged)?;
                    for place in start..start + length {
                        self.window.push(self.window[place]);
                    }
                }
            }
            if self.window.len() > 1 << 20 {
                self.flush(WINDOW)?;
            }
        }
    }

    /// Writes what was unpacked, and holds the last of it.
    fn flush(&mut self, keep: usize) -> io::Result<()> {
        if keep > 0 && self.window.len() < 1 << 19 {
            return Ok(());
        }
        let done = self.window.len().saturating_sub(keep);
        for byte in &self.window[..done] {
            self.crc = self.table[((self.crc ^ u32::from(*byte)) & 0xff) as usize] ^ (self.crc >> 8);
        }
        self.output.write_all(&self.window[..done])?;
        self.written += done as u64;
        self.window.drain(..done);
        Ok(())
    }
}

fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    for (byte, entry) in table.iter_mut().enumerate() {
        *entry = (0..8).fold(byte as u32, |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 });
    }
    table
}
